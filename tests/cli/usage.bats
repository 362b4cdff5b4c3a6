#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Every bad value: status 2, and one line that names the value, what is allowed, and the remedy.

load ../lib
load cli

setup() {
	begin
}

teardown() {
	end
}

@test "options that do not exist" {
	usage 'unknown option --frobnicate (--help shows all)' --frobnicate
	usage 'unknown option --trails; did you mean --trials?' --trails 3
	usage 'unknown option -Z' -Z
	usage 'unknown option -Z' -qZ -T 1
	usage '--t is short for more than one option' --t 1
	usage '-T (--trials) needs a value: -T N' -T
	usage '--size needs a value: --size LIST' --size
	usage '--verify takes no value, not "yes"' --verify=yes
}

@test "words that are no options" {
	usage '"frobnicate" is neither an option nor a command' frobnicate
	usage 'did you mean list?' lsit
	usage 'did you mean --transport pipe?' pipe
	usage 'the command "list" comes first' -q list
}

@test "every command is found when it is misspelt" {
	local command misspelt count=0
	while read -r command; do
		# the last two letters change places
		misspelt=${command:0:-2}${command: -1}${command: -2:1}
		[ "$misspelt" != "$command" ] || misspelt=${command:0:-1}
		usage "\"$misspelt\" is neither an option nor a command; did you mean $command? (--help shows all)" "$misspelt"
		count=$((count + 1))
	done < <("$IPCBENCH" --help | sed -n 's/^  ipcbench \([a-z]*\) .*/\1/p')
	[ "$count" -ge 11 ]
	usage 'did you mean report?' reprot
	usage 'did you mean tables?' tabels
}

@test "--transport" {
	usage 'unknown mechanism, family or group "pip"; did you mean pipe?' -t pip
	usage 'unknown mechanism, family or group "qqqqqq"' -t qqqqqq
	usage 'unknown mechanism, family or group ""' -t pipe,
	usage 'unknown mechanism, family or group ""' -t ''
	usage 'null takes no options, not "x"' -t null:x=1
	usage 'pipe has no option "sise"; did you mean size?' -t pipe:sise=1
	usage 'the option "size" of pipe lacks its value; write NAME=VALUE' -t pipe:size
	usage '--transport pipe:size: "4T" is not a size' -t pipe:size=4T
	usage '--transport pipe:size: "4G" exceeds the limit of' -t pipe:size=4G
	usage '--transport posix-mq:priority: "99999" exceeds the limit of' -t posix-mq:priority=99999
	usage '"sysw" is not one of posix, sysv, memfd, file, hugetlb; did you mean sysv?' \
		-t shm:segment=sysw
	usage 'exec has no option "./a"' -t exec:./a=b
	usage 'program is given twice for one exec' -t exec:./a,program=./b
	usage '"udp" is not one of unix-stream, unix-seqpacket, pipe, tcp, shm' -t exec:./a,via=udp
	usage 'size is given twice for one pipe' -t pipe:size=4K,size=8K
	usage 'needs one mechanism before it' -t sockets,size=4K
	usage 'needs one mechanism before it' -t size=4K
	usage 'needs one mechanism before it' -t all:size=4K
}

@test "--size" {
	usage '--size: "0" is below the minimum of 1 B' -s 0
	usage '--size: "-1" is not a size; write whole bytes, or K, M, G' -s -1
	usage '--size: the range 1M..64 runs downwards; write 64..1M' -s 1M..64
	usage 'write x2 to x1024, as in 64..1M:x4' -s 64..1M:4
}

@test "words from a list" {
	usage '--mode: "latncy" is not one of latency, throughput, rate, oneway, setup; did you mean latency?' -m latncy
	usage '--wait: "sleep" is not one of block, spin, hybrid, epoll' -w sleep
	usage '--copy: "zero" is not one of copy, inplace' -c zero
	usage '--dispatch: "virtual" is not one of direct, indirect' --dispatch virtual
	usage '--placement: "same" is not one of same-cpu, smt,' -p same
	usage '--idle: "deep" is not one of default, awake' --idle deep
	usage '--color: "sometimes" is not one of auto, always, never' --color sometimes
	usage '--wait: "" is not one of' -w block,
}

@test "--rate, --think, --auto" {
	usage '--rate: "fast" is not a rate' --rate fast
	usage '--rate: "0" is not a rate' --rate 0
	usage '--rate: "0%" is not a percentage of the capacity' --rate 10k,0%
	usage '--rate: "5x%" is not a percentage of the capacity' --rate 5x%
	usage '--rate: "" is not a rate' --rate 10k,
	usage '--rate is for mode rate' -m latency --rate 10k
	usage '--arrivals: "random" is not one of constant, poisson' --arrivals random
	usage '--think: "-1" is not a duration' --think=-1
	usage '--think: "11" exceeds the limit of' --think 0,11
	usage '--auto and --trials exclude each other' --auto -T 3
	usage '--precision is for --auto' --precision 1%
	usage '--auto takes the time that it needs' --quick --auto
	usage '--max-time is for --auto' --max-time 10s
	usage '--precision: "0" is not a percentage' --auto --precision 0
	usage '--precision: "100.5" is not a percentage' --auto --precision 100.5
	usage '--max-time: "0" is below the minimum of' --auto --max-time 0
}

@test "--cpus" {
	usage '--cpus: "0" is not a list of CPUs' --cpus 0
	usage '--cpus: names 3 CPUs, and there are 2 sides' --cpus 0,1,2
	usage '--cpus: "a,b" is not a list of CPUs' --cpus a,b
	usage '--cpus: "0,1024" is not a list of CPUs; write the sender' --cpus 0,1024
	usage '--cpus and --placement exclude each other' --cpus 0,1 -p same-cpu
}

@test "times" {
	usage '--duration: "soon" is not a duration; write seconds, or a number with' -d soon
	usage '--duration: "0" is below the minimum of 1 us' -d 0
	usage '--duration: "-1" is not a duration' -d -1
	usage '--duration: "1e3" is not a duration' -d 1e3
	usage '--duration: "25h" exceeds the limit of 24 h' -d 25h
	usage '--warmup: "2h" exceeds the limit of 1 h' --warmup 2h
	usage '--timeout: "0" is below the minimum of 1 ms' --timeout 0
}

@test "numbers" {
	usage '--messages: "0" is below the minimum of 1' -n 0
	usage '--messages: "1K" is not a count' -n 1K
	usage '--messages: "many" is not a count' -n many
	usage '--duration and --messages exclude each other' -d 1 -n 1
	usage '--trials: "0" is below the minimum of 1' -T 0
	usage '--trials: "10001" exceeds the limit of 10000' -T 10001
	usage '--trials: "1.5" is not a count' -T 1.5
	usage '--seed: "-1" is not a seed' --seed -1
	usage '--seed: "0xg" is not a seed' --seed 0xg
	usage '--seed: "random" is not a seed' --seed random
}

@test "where results go" {
	usage '--csv and --json both write to "-"' --csv - --json -
	usage '--json and --md both write to "x"' --md x --json x
	usage '--csv and --json both write to "x"' -t pipe --csv x --json x --dry-run
	[ ! -e x ]
	usage '--output: the value is empty' -o ''
	usage '--csv: the value is empty' --csv=
	usage '--csv and --json both write to' "${TINY[@]}" --csv "$BATS_TEST_TMPDIR/x" \
		--json "$BATS_TEST_TMPDIR/./x"
	mkdir "$BATS_TEST_TMPDIR/d"
	usage '--json and --output both write to' "${TINY[@]}" --json "$BATS_TEST_TMPDIR/d/trials.csv" \
		-o "$BATS_TEST_TMPDIR/d"
	usage '--label: the value is empty' --label ''
	usage '--label: the value holds a control character' --label $'a\nb'
	usage '--quiet and --verbose exclude each other' -q -v
}

@test "a directory or file that cannot be written is found before anything is measured" {
	usage '/proc/none' "${TINY[@]}" -o /proc/none
	usage '/missing/x' "${TINY[@]}" --csv "$BATS_TEST_TMPDIR/missing/x"
	usage '/missing/x' "${TINY[@]}" --json "$BATS_TEST_TMPDIR/missing/x"
	usage '/missing/x' "${TINY[@]}" --md "$BATS_TEST_TMPDIR/missing/x"
}

@test "--plugin" {
	usage 'cannot load plugin: /nonexistent.so' --plugin /nonexistent.so
	echo nothing >"$BATS_TEST_TMPDIR/text.so"
	usage 'cannot load plugin: ' --plugin "$BATS_TEST_TMPDIR/text.so"
	# a bare name is a file here, not a library of the system
	usage 'cannot load plugin: ./libc.so.6' --plugin libc.so.6
	cp "$PLANTED" "$BATS_TEST_TMPDIR/other.so"
	usage 'a transport named planted exists already' --plugin "$PLANTED" --plugin "$BATS_TEST_TMPDIR/other.so"
}

# plugin OPS LOOPS: a plugin whose tables lack what is left out.
plugin() {
	cat >"$BATS_TEST_TMPDIR/plugin.c" <<-EOF
		#include <ipcbench/loops.h>
		static int one(struct channel *ch, const void *b, size_t n) { return 0; }
		static int in(struct channel *ch, void *b, size_t n) { return 0; }
		static void *slot(struct channel *ch, size_t n) { return ch->state; }
		static const void *see(struct channel *ch, size_t *n) { return ch->state; }
		static int done(struct channel *ch, size_t n) { return 0; }
		static int many(struct channel *ch, const void *b, size_t n, size_t c) { return 0; }
		static int get(struct channel *ch, void *b, size_t n, size_t c) { return (int)c; }
		static int no_open(struct channel *ch) { return 0; }
		static void no_close(struct channel *ch) {}
		static const struct channel_ops ops = {one, in, slot, done, see, done, 0, $1};
		IPCBENCH_LOOPS_INPLACE(whole, ops);
		static const struct loops part = {.ping = whole_ping, .pong = whole_pong, .stream_tx = whole_stream_tx,
			.stream_rx = whole_stream_rx, .rate_tx = whole_rate_tx, .rate_rx = whole_rate_rx,
			.oneway_ping = whole_oneway_ping, .oneway_pong = whole_oneway_pong};
		const struct transport ipcbench_transport = {IPCBENCH_ABI, "batching", "tests", "one", "tests", .waits = 1,
			.customary = 1, .batches = true, .state_size = 64, .open = no_open, .close = no_close, .ops = &ops,
			.loops = &$2};
	EOF
	cc -O1 -fPIC -shared -I"$SOURCE_ROOT/include" -o "$BATS_TEST_TMPDIR/plugin.so" "$BATS_TEST_TMPDIR/plugin.c"
}

@test "a plugin that sends batches can receive them, and does so from private buffers" {
	plugin "many, 0" whole
	usage 'plugin.so: ops->recv_batch is NULL, but ops->send_batch is there' --plugin "$BATS_TEST_TMPDIR/plugin.so"
	plugin "0, get" whole
	usage 'plugin.so: ops->send_batch is NULL, but ops->recv_batch is there' --plugin "$BATS_TEST_TMPDIR/plugin.so"
	plugin "many, get" part
	usage 'plugin.so: loops->batch_tx is NULL, but there are operations for batches' --plugin "$BATS_TEST_TMPDIR/plugin.so"
	plugin "0, 0" part
	plan --plugin "$BATS_TEST_TMPDIR/plugin.so" -t batching -p same-cpu -m throughput -s 64 --batch 1,2
	[[ "$output" != *skip* ]]
	plugin "many, get" whole
	plan --plugin "$BATS_TEST_TMPDIR/plugin.so" -t batching -p same-cpu -m throughput -s 64 -c copy,inplace --batch 1,2
	says "skip: batching sends a batch from a private buffer; use --copy copy or --batch 1"
	same 1 "$(grep -c skip <<<"$output")"
}

@test "commands" {
	usage 'unknown option --jsno; did you mean --json?' list --jsno
	usage '--json and --md exclude each other' list --json --md
	usage 'list: "pipe" is not understood' list pipe
	usage 'unknown option --dryrun; did you mean --dry-run?' clean --dryrun
	usage 'clean: "all" is not understood' clean all
}
