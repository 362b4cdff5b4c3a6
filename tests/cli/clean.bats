#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# `ipcbench clean` after runs that were killed.

# shellcheck disable=SC2154 # bats and lib.bash set output, stderr and driver
load ../lib
load cli

setup() {
	begin
}

teardown() {
	end
}

# A run of a mechanism with an object of its own that is killed while it has it.
kill_run_of() {
	start --transport "$1" --duration 60 --size 64 --mode latency
	until_true 20 ledger_lists "$2"
	kill -9 "$driver"
	wait "$driver" 2>/dev/null || true
	driver=
	until_true 20 no_processes
}

ledger_lists() {
	grep -qas -- "$1" "$XDG_RUNTIME_DIR"/ipcbench/*.ledger
}

no_processes() {
	[ -z "$(processes)" ]
}

killed_and_cleaned() {
	kill_run_of "$1" "$2"
	cli clean --dry-run
	[ "$status" -eq 0 ]
	says "would remove $3"
	says "$2"
	cli clean
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	says "removed $3"
	no_leaks
	cli clean
	[ "$status" -eq 0 ]
	[[ "$output" != *"removed $3"* ]]
}

@test "a System V queue that a killed run left" {
	killed_and_cleaned sysv-mq 0x "System V message queue, key 0x"
}

@test "a POSIX queue that a killed run left, if it left one" {
	start --transport posix-mq --duration 60 --size 64 --mode latency
	until_true 20 both_workers
	kill -9 "$driver"
	wait "$driver" 2>/dev/null || true
	driver=
	until_true 20 no_processes
	cli clean
	[ "$status" -eq 0 ]
	no_leaks
}

@test "a run in progress is left alone" {
	start --transport sysv-mq --duration 60 --size 64 --mode latency
	until_true 20 ledger_lists 0x
	cli clean
	[ "$status" -eq 0 ]
	[[ "$output" != *"removed System V"* ]]
	says "in progress"
	kill -0 "$driver"
	kill -INT "$driver"
	finish 20
	expect_status 130
	no_leaks
}

@test "objects of others are left alone" {
	local id
	id=$(ipcmk -Q -p 0600 | sed 's/.*: //')
	kill_run_of sysv-mq 0x
	cli clean
	[ "$status" -eq 0 ]
	grep -Eq "^ *[0-9-]+ +$id " /proc/sysvipc/msg
	ipcrm -q "$id"
}

@test "nothing to remove" {
	cli clean
	[ "$status" -eq 0 ]
	[ -n "$output" ]
	[ -z "$stderr" ]
}

@test "a directory that others could write is refused" {
	mkdir -m 777 "$XDG_RUNTIME_DIR/ipcbench"
	chmod 777 "$XDG_RUNTIME_DIR/ipcbench"
	cli clean
	[ "$status" -eq 1 ]
	says "cannot look into $XDG_RUNTIME_DIR/ipcbench"
	says "mode 777"
	rmdir "$XDG_RUNTIME_DIR/ipcbench"
}

@test "what cannot be removed is told and kept for the next time" {
	kill_run_of sysv-mq 0x
	# the ledger is locked by somebody who may still need it
	local ledger
	ledger=$(echo "$XDG_RUNTIME_DIR"/ipcbench/*.ledger)
	flock "$ledger" "$IPCBENCH" clean >"$OUT"
	grep -q "in progress" "$OUT"
	[ -f "$ledger" ]
	cli clean
	[ "$status" -eq 0 ]
	says "removed System V message queue"
}

@test "clean --help" {
	cli clean --help
	[ "$status" -eq 0 ]
	says --dry-run
}
