#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# The process that fills a channel to see what it holds: whatever becomes of it, the field is empty,
# the row stands and nothing is left.

# shellcheck disable=SC2154 # lib.bash sets driver and status
load ../lib

setup() {
	begin
}

teardown() {
	end
}

# held STATUS VALUE: the one row of the planted transport.
held() {
	local found
	found=$(fields status mem_kernel_bytes <"$CSV")
	if ! grep -Eqx "$1	$2" <<<"$found"; then
		say "expected $1 and /$2/, found: $found" "$(cat "$ERR")"
		return 1
	fi
}

@test "it fills, and is asked only of who can tell" {
	measure --transport planted:fill=on --size 64 --mode latency
	held ok '[1-9][0-9]*'
	measure --transport planted --size 64 --mode latency
	held ok ''
}

@test "a filler that fails, crashes, exits or quits" {
	local fault
	for fault in error crash exit quit; do
		measure --transport "planted:fill=on,where=fill,fault=$fault" --size 64 --mode latency
		held ok ''
		no_leaks
	done
}

@test "a filler that never gets on is full of what it holds" {
	measure --transport planted:fill=on,where=fill,fault=hang --size 64 --mode latency
	held ok 0
}

@test "a filler that stops is killed when its time is over" {
	measure --transport planted:fill=on,where=fill,fault=stop --size 64 --mode latency
	held ok ''
}

# The filler has stopped itself at its first message.
strike() {
	rm -f "$MARK"
	start --transport "planted:fill=on,where=fill,fault=stop,mark=$MARK" --size 64 --mode latency
	until_true 20 marked
}

@test "kill -KILL of the filler" {
	strike
	kill -KILL "$(cat "$MARK")"
	finish 20
	expect_status 0
	held ok ''
}

@test "kill -KILL of the driver while it waits for the filler" {
	strike
	kill_runs "$driver"
	"$IPCBENCH" clean >"$OUT"
	no_leaks
}

@test "SIGINT while it waits for the filler" {
	strike
	kill -INT "$driver"
	finish 5
	expect_status 130
	no_leaks
}
