#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Each planted fault becomes the right fail row; the suite goes on to the next cell.

# shellcheck disable=SC2154 # lib.bash sets driver and status
load ../lib

setup() {
	begin
}

teardown() {
	end
}

# faulty MODE OPTIONS REGEX [ARG...]: the planted cell fails for this reason, the pipe beside it
# is measured. So few messages arrive in time on the busiest machine.
faulty() {
	local mode=$1 options=$2 regex=$3
	shift 3
	measure --transport "planted:$options,pipe" --size 64 --mode "$mode" \
		--messages 50 --timeout 3 "$@"
	expect planted fail "$regex"
	expect pipe ok '^$'
	expect_status 1
}

@test "the planted transport itself is sound" {
	measure --transport planted,pipe --size 8,64,4K --mode latency,throughput --verify
	expect_status 0
	[ "$(fields status <"$CSV" | grep -c '^ok$')" -eq 12 ]
}

@test "a lost message in a stream" {
	faulty throughput fault=drop,at=20 '^receiver, (warm-up|timed) phase: lost: message 20 arrived where 19 was due, 1 missing'
}

@test "a lost message in a stream of messages too small for a number" {
	faulty throughput fault=drop,at=20 '^receiver, (warm-up|timed) phase: lost: ' --size 1
}

@test "a lost message in a closed loop" {
	faulty latency fault=drop,at=20 '^timed out after 3 s: .*(warm-up|timed) phase.*lost'
}

@test "a lost reply in a closed loop" {
	faulty latency fault=drop,at=20,side=rx '^timed out after 3 s: .*(warm-up|timed) phase.*lost'
}

@test "a corrupt byte under --verify" {
	faulty throughput fault=corrupt,at=20 '^receiver, .* phase: corrupt: byte 63 of message 19 is' --verify
}

@test "a corrupt byte in a reply under --verify" {
	faulty latency fault=corrupt,at=20,side=rx '^sender, .* phase: corrupt: byte 63 of message 19 is' --verify
}

@test "a corrupt message number without --verify" {
	faulty throughput fault=corrupt,at=20 'receiver, .* phase: (corrupt|lost|duplicate): ' --size 8
}

@test "two messages in the wrong order" {
	faulty throughput fault=reorder,at=20 '^receiver, .* phase: reordered: message 20 arrived before message 19'
}

@test "a message that arrives twice in a stream" {
	faulty throughput fault=duplicate,at=20 '^receiver, .* phase: duplicate: message 19 arrived again where 20 was due'
}

@test "a message that arrives twice in a closed loop" {
	faulty latency fault=duplicate,at=20 '(sender|receiver), .* phase: duplicate: message 19 arrived again where 20 was due'
}

@test "a message cut short" {
	faulty latency fault=truncate,at=20 '^receiver, .* phase: recv\(\) of message 19 failed: Message too long'
}

@test "an operation that fails" {
	faulty latency fault=error,at=20 '^sender, .* phase: send\(\) of message 19 failed: Input/output error'
	faulty latency fault=error,at=20,where=recv,side=rx \
		'^receiver, .* phase: recv\(\) of message 19 failed: Input/output error'
}

@test "open() that fails" {
	faulty latency fault=error,where=open 'planted error in a cold callback'
}

@test "attach() that fails in either worker" {
	faulty latency fault=error,where=attach '^sender, attach phase: planted error in a cold callback'
	faulty throughput fault=error,where=attach,side=rx '^receiver, attach phase: planted error in a cold callback'
}

@test "a crash of either worker in each phase" {
	local side who
	for side in tx rx; do
		[ $side = tx ] && who=sender || who=receiver
		faulty latency "fault=crash,where=attach,side=$side" "^the $who was killed by signal 11 .*attach phase"
		faulty latency "fault=crash,at=1,side=$side" "^the $who was killed by signal 11 .*warm-up phase"
		faulty throughput "fault=crash,where=detach,side=$side" "^the $who was killed by signal 11 .*close phase"
		faulty latency "fault=crash,at=20,side=$side" "^the $who was killed by signal 11 .*timed phase" --warmup 0
	done
}

@test "an exit of either worker" {
	faulty latency fault=exit,at=20 '^the sender exited with status 3 in the (warm-up|timed) phase'
	faulty throughput fault=exit,where=recv,at=20,side=rx '^the receiver exited with status 3 in the (warm-up|timed) phase'
	faulty latency fault=exit,where=attach '^the sender exited with status 3 in the attach phase'
}

@test "an exit with the status of success, long before the end" {
	faulty latency fault=quit,at=20 '^the sender exited with status 0 in the (warm-up|timed) phase'
	faulty throughput fault=quit,where=attach,side=rx '^the receiver exited with status 0 in the attach phase'
}

@test "a hang in attach()" {
	faulty latency fault=hang,where=attach '^timed out after 2 s: .*sender \(attach phase\)' --timeout 2
}

@test "a hang in the warm-up" {
	faulty latency fault=hang,at=1 '^timed out after 2 s: .*sender \(warm-up phase\)' --timeout 2
}

@test "a hang in the timed loop" {
	faulty throughput fault=hang,at=20,where=recv,side=rx '^timed out after 2 s: .*receiver \(timed phase\)' --timeout 2 --warmup 0
}

@test "a hang in detach()" {
	faulty latency fault=hang,where=detach,side=rx '^timed out after 2 s: .*receiver \(close phase\)' --timeout 2
}

@test "a worker that stops itself" {
	faulty latency fault=stop,at=20 '^timed out after 2 s: the sender was stopped by signal 19 .*timed phase' --timeout 2 --warmup 0
}

@test "several trials: each has its own row, good and bad" {
	measure --transport planted:fault=crash,at=1,pipe --size 64 --mode latency --messages 50 \
		--trials 3
	[ "$(fields transport status <"$CSV" | grep -c '^planted:.*fail$')" -eq 3 ]
	[ "$(fields transport status <"$CSV" | grep -c '^pipe	ok$')" -eq 3 ]
	expect_status 1
}

# ---- callbacks that run in the driver ---------------------------------------------------------------

# ended OPTIONS REGEX [ARG...]: the callback ends the driver for this reason: one line, status 1, a fail
# row, and what was measured before. With this seed the pipe comes first.
ended() {
	local options=$1 regex=$2
	shift 2
	measure --transport "pipe,planted:$options" --size 64 --mode latency --messages 50 --timeout 3 \
		--seed 1 "$@"
	expect_status 1
	expect pipe ok '^$'
	fields transport status reason <"$CSV" | grep -P '^planted' | tail -n 1 |
		grep -Eq "	fail	plugin .*planted.so: $regex" || {
		say "no fail row for /$regex/:" "$(cat "$CSV")"
		return 1
	}
	grep -Eq "^ipcbench: plugin .*planted.so: $regex.*; what was measured before is kept$" "$ERR"
	[ "$(wc -l <"$ERR")" -eq 1 ]
}

@test "a callback that ends the driver is named, and what was measured is kept" {
	local where how
	for where in open close bytes; do
		ended "fault=leave,where=$where" '(open|close|kernel_bytes)\(\) ended the process by exit\(\)'
	done
	for how in 'leave-c:_Exit' 'quit:_exit' 'leave-quick:quick_exit' 'leave-thread:pthread_exit'; do
		ended "fault=${how%:*},where=close" "close\\(\\) ended the process by ${how#*:}\\(\\)"
	done
}

@test "a run directory of a run that a callback ended" {
	ended fault=quit,where=close 'close\(\) ended the process' --output "$BATS_TEST_TMPDIR/run"
	fields transport status <"$BATS_TEST_TMPDIR/run/trials.csv" | grep -qx 'pipe	ok'
	[ -s "$BATS_TEST_TMPDIR/run/env.json" ]
	"$IPCBENCH" report -o "$BATS_TEST_TMPDIR/page.html" "$BATS_TEST_TMPDIR/run"
}

@test "a callback that crashes the driver" {
	local where
	for where in open close bytes; do
		ended "fault=crash,where=$where" '(open|close|kernel_bytes)\(\) was ended by signal 11 '
	done
	ended fault=abort,where=close 'close\(\) was ended by signal 6 '
	ended fault=overflow,where=open 'open\(\) was ended by signal 11 '
}

@test "a callback that hangs in the driver" {
	local where
	for where in open close bytes; do
		ended "fault=hang,where=$where" \
			'(open|close|kernel_bytes)\(\) did not return within 2 s; if it is only slow raise --timeout' \
			--timeout 2
	done
}

@test "SIGINT while a callback hangs in the driver" {
	start --transport "pipe,planted:fault=hang,where=open,mark=$MARK" --size 64 --mode latency \
		--timeout 60 --seed 1
	until_true 20 marked
	kill -INT "$driver"
	finish 10
	expect_status 130
	expect pipe ok '^$'
	grep -q 'open() did not return within 1 s of signal 2 .*; what was measured before is kept$' "$ERR"
}

@test "a callback whose fork() returns twice leaves one driver" {
	measure --transport planted:fault=fork,where=open --size 64 --mode latency --messages 50
	expect_status 0
	expect planted ok '^$'
	grep -q 'open() returned a second time, in a child that it forked' "$ERR"
}

@test "a callback that ignores signals leaves a driver that hears them" {
	measure --transport planted:fault=deaf,where=open,pipe --size 64 --mode latency --messages 50 --timeout 3
	expect_status 0
	expect planted ok '^$'
	expect pipe ok '^$'
	start --transport "planted:fault=deaf,where=open,mark=$MARK" --size 64 --mode latency --duration 60
	until_true 20 both_workers
	kill -TERM "$driver"
	finish 10
	expect_status 143
}

@test "a plugin may have threads that come and go, but none that ends the driver later" {
	local how
	measure --transport planted:fault=helper,where=open --size 64 --mode latency --messages 50
	expect_status 0
	expect planted ok '^$'
	for how in 'later:a plugin ended the process by exit\(\) outside of its callbacks' \
		'later-crash:the driver was ended by signal 11 .* outside of callbacks; a plugin may have damaged it'; do
		measure --transport "planted:fault=${how%%:*},where=open" --size 64 --mode latency --duration 30
		expect_status 1
		expect planted fail "^${how#*:}$"
		grep -Eq "^ipcbench: ${how#*:}; what was measured before is kept$" "$ERR"
	done
}

@test "a callback that loses the state of its channel" {
	ended fault=lose,where=close 'close\(\) was ended by signal 11 '
}

@test "more bytes in the kernel than the machine has" {
	measure --transport planted:fault=positive,where=bytes --size 64 --mode latency --messages 50
	expect_status 0
	[ -z "$(fields mem_kernel_bytes <"$CSV")" ]
}

# early WHERE:FAULT REGEX
early() {
	PLANTED_EARLY=$1 measure --transport pipe --size 64 --mode latency,throughput --messages 50 \
		--transport planted
	expect_status 1
	grep -Eq "^ipcbench: plugin .*planted.so: $2" "$ERR"
	[ "$(wc -l <"$ERR")" -eq 1 ]
}

@test "a plugin that ends, crashes or stops the driver before there is a plan" {
	early load:leave 'loading it ended the process by exit\(\)'
	early load:crash 'loading it was ended by signal 11 '
	early probe:quit 'probe\(\) ended the process by _exit\(\)'
	early probe:hang 'probe\(\) did not return within 10 s$'
}

@test "what a callback returns besides 0 and -errno, and what it says" {
	local where
	measure --transport pipe,planted:fault=positive,where=open --size 64 --mode latency --messages 50
	expect planted fail '^open\(\) returned 5, which is neither 0 nor -errno$'
	measure --transport pipe,planted:fault=positive,where=limits --size 64 --mode latency --messages 50
	expect planted skip '^limits\(\) returned 5, which is neither 0 nor -errno$'
	for where in open limits attach; do
		measure --transport "pipe,planted:fault=noise,where=$where" --size 64 --mode latency \
			--messages 50 --verbose
		grep -q '???????' "$CSV"
		[ "$(cat "$CSV" "$ERR" | grep -c $'\033')" -eq 0 ]
	done
}
