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
