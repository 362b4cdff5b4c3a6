#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Workers killed and stopped from outside, in each phase. A planted hang makes the phase last.

# shellcheck disable=SC2154 # lib.bash sets driver and status
load ../lib

setup() {
	begin
}

teardown() {
	end
}

# Options that make the sender hang in a phase, and arguments of ipcbench.
hang_in() {
	case $1 in
	attach) echo fault=hang,where=attach ;;
	warm-up) echo fault=hang,at=1 ;;
	timed) echo fault=hang,at=10 --warmup 0 ;;
	close) echo fault=hang,where=detach ;;
	esac
}

# strike SIGNAL PHASE VICTIM REGEX: the sender hangs in the phase, the victim gets the signal.
strike() {
	local options args victim hung
	read -r options args <<<"$(hang_in "$2")"
	rm -f "$MARK"
	# shellcheck disable=SC2086 # words on purpose
	start --transport "planted:$options,mark=$MARK,pipe" --size 64 --mode latency \
		--timeout 2 --messages 50 $args
	until_true 20 marked
	hung=$(cat "$MARK")
	if [ "$3" = sender ]; then
		victim=$hung
	else
		victim=$(workers | grep -vx "$hung")
	fi
	kill "-$1" "$victim"
	finish 20
	expect planted fail "$4"
	expect pipe ok '^$'
	expect_status 1
	no_leaks
}

@test "kill -KILL of the sender in each phase" {
	for phase in attach warm-up timed close; do
		strike KILL $phase sender "^the sender was killed by signal 9 \(Killed\) in the $phase phase"
	done
}

@test "kill -KILL of the receiver in each phase in which it is alive" {
	for phase in attach warm-up timed; do
		strike KILL $phase receiver "^the receiver was killed by signal 9 \(Killed\) in the .* phase"
	done
}

@test "kill -SEGV of the receiver in each phase in which it is alive" {
	# the hung worker blocks every other signal, so the receiver hangs by waiting for it
	for phase in attach warm-up timed; do
		strike SEGV $phase receiver "^the receiver was killed by signal 11 "
	done
}

@test "kill -STOP of the sender in each phase" {
	for phase in attach warm-up timed close; do
		strike STOP $phase sender "^timed out after 2 s: the sender was stopped by signal 19 .* in the $phase phase"
	done
}

@test "kill -STOP of the receiver in each phase in which it is alive" {
	for phase in attach warm-up timed; do
		strike STOP $phase receiver "^timed out after 2 s: the receiver was stopped by signal 19 "
	done
}

@test "a worker of every transport killed while it moves messages" {
	local name
	for name in $(blocking_transports); do
		start --transport "$name" --size 64 --mode latency --wait block --duration 20 --timeout 30
		until_true 20 both_workers
		sleep 0.05
		kill -KILL "$(workers | head -n 1)"
		finish 10
		expect "$name" fail '^the (sender|receiver) was killed by signal 9 '
		expect_status 1
		no_leaks
	done
}
