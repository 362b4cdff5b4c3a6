#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# `ipcbench clean` after runs that were killed.

# shellcheck disable=SC2030,SC2031,SC2154 # bats and lib.bash set output, stderr and driver
load ../lib
load cli

setup() {
	begin
}

teardown() {
	end
}

# A run that is killed while it has a queue.
kill_run() {
	start --transport sysv-mq --duration 60 --size 64 --mode latency
	until_true 20 queue_made
	kill_runs "$driver"
}

# The run has made a System V queue.
queue_made() {
	leaks | grep -q '^/proc/sysvipc/msg '
}

@test "a queue that a killed run left" {
	kill_run
	cli clean --dry-run
	[ "$status" -eq 0 ]
	says "would remove System V message queue, key 0x"
	queue_made
	cli clean
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	says "removed System V message queue, key 0x"
	no_leaks
	cli clean
	[ "$status" -eq 0 ]
	[[ "$output" != *"removed System V"* ]]
}

@test "a POSIX queue that a killed run left, if it left one" {
	start --transport posix-mq --duration 60 --size 64 --mode latency
	until_true 20 both_workers
	kill_runs "$driver"
	cli clean
	[ "$status" -eq 0 ]
	no_leaks
}

@test "a run in progress is left alone" {
	start --transport sysv-mq --duration 60 --size 64 --mode latency
	until_true 20 queue_made
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
	kill_run
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
	kill_run
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

# waits PROGRAM [COMMAND]: one that says that it runs, in a file beside it, until it is killed; SIGTERM does not end it.
waits() {
	mkdir -p "$BATS_TEST_TMPDIR/bin"
	# shellcheck disable=SC2016
	printf '%s\n' '#!/bin/bash' 'trap "" TERM' "${2-}" 'echo $$ >"${0%/*}/pid"' \
		'read -r <"${0%/*}/never"' >"$BATS_TEST_TMPDIR/bin/$1"
	chmod +x "$BATS_TEST_TMPDIR/bin/$1"
	mkfifo "$BATS_TEST_TMPDIR/bin/never"
}

# drawing PID: what is drawn by this process, and by a program that waits, is left alone until both are gone.
drawing() {
	until_true 20 test -s "$BATS_TEST_TMPDIR/bin/pid"
	[ "$(find "$TMPDIR" -maxdepth 1 -name 'ipcbench-plot-*' | wc -l)" -eq 1 ]
	cli clean
	says "in progress"
	kill -9 "$1"
	wait "$1" 2>/dev/null || true
	cli clean
	[[ "$output" != *removed* ]]
	kill -9 "$(cat "$BATS_TEST_TMPDIR/bin/pid")"
	until_true 20 holds_nothing
	[[ "$output" == "would remove folder $TMPDIR/ipcbench-plot-"* ]]
	[ -n "$(ls -A "$TMPDIR")" ]
	cli clean
	[ "$status" -eq 0 ]
	[[ "$output" == "removed folder $TMPDIR/ipcbench-plot-"* ]]
	[ -z "$(ls -A "$TMPDIR")" ]
}

holds_nothing() {
	cli clean --dry-run
	[[ "$output" == *"would remove"* ]]
}

@test "a folder in which a killed run drew, and what drew made in it" {
	waits plot 'mktemp >/dev/null'
	IPCBENCH_PLOT=$BATS_TEST_TMPDIR/bin/plot start "${TINY[@]:0:4}" --messages 100 -m latency --plot
	drawing "$driver"
	driver=
}

@test "a folder of a killed scripts/plot" {
	waits gnuplot
	PATH=$BATS_TEST_TMPDIR/bin:$PATH "$SOURCE_ROOT/scripts/plot" \
		"$SOURCE_ROOT/results/reference/kvm-epyc-2cpu" "$BATS_TEST_TMPDIR/out" 3>&- &
	local stage plot=("$SOURCE_ROOT/scripts/plot" --data "$SOURCE_ROOT/results/reference/kvm-epyc-2cpu" "$BATS_TEST_TMPDIR/out")
	until_true 20 test -s "$BATS_TEST_TMPDIR/bin/pid"
	stage=$(echo "$BATS_TEST_TMPDIR"/out/.ipcbench-plot-*)
	# one that lives keeps what it draws in, and what a killed one left beside the figures goes with the next one
	"${plot[@]}" >/dev/null
	[ -d "$stage" ]
	drawing $!
	"${plot[@]}" >/dev/null
	[ ! -e "$stage" ]
}

@test "folders that only look like ours are left alone" {
	mkdir -m 755 "$TMPDIR/ipcbench-plot-abcdef"
	mkdir -m 700 "$TMPDIR/ipcbench-plot-backups" "$BATS_TEST_TMPDIR/mine"
	touch "$BATS_TEST_TMPDIR/mine/file"
	ln -s "$BATS_TEST_TMPDIR/mine" "$TMPDIR/ipcbench-plot-ghijkl"
	cli clean
	says "nothing to remove"
	[ -e "$BATS_TEST_TMPDIR/mine/file" ]
	rmdir "$TMPDIR"/ipcbench-plot-{abcdef,backups}
	rm "$TMPDIR/ipcbench-plot-ghijkl"
}

@test "clean --help" {
	cli clean --help
	[ "$status" -eq 0 ]
	says --dry-run
}
