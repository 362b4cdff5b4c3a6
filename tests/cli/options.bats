#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Every option: what it asks for, seen in the plan. Results are in results.bats.

# shellcheck disable=SC2154,SC2030,SC2031 # bats sets output and stderr; a test is a subshell
load ../lib
load cli

setup() {
	begin
}

teardown() {
	end
}

# columns of the plan
TRANSPORT=1 WAIT=2 COPY=3 MODE=4 PLACEMENT=7 DISPATCH=11

# The size column has a unit or not; SIZE joins them.
sizes() {
	awk '!seen[$5 $6]++ { printf "%s%s%s", sep, $5, $6; sep = " " }' <<<"$output"
}

@test "--help goes to standard output and names every option" {
	cli --help
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	local option
	for option in transport size mode wait copy placement cpus idle mem dispatch layout batch footprint sched load isolate depth channels cpu-helper duration messages warmup \
		trials seed timeout verify output csv json md label dry-run quiet verbose color \
		plugin replay version help; do
		says "--$option"
	done
	says "ipcbench list"
	says "ipcbench clean"
	[[ "$output" != *manual* ]]
	local long=$output
	cli -h
	same "$long" "$output"
}

@test "--help of every command: commands first, lines that fit, one column of text" {
	local command at
	cli --help
	[[ "$output" == "Usage: ipcbench [OPTION...]"*"Commands "*"What to measure "*"Exit status:"* ]]
	for command in '' $(sed -n 's/^  ipcbench \([a-z]*\) .*/\1/p' <<<"$output"); do
		# shellcheck disable=SC2086 # measuring has no word
		cli $command --help
		[ "$status" -eq 0 ]
		same "" "$(awk 'length > 80' <<<"$output")"
		at=$(grep -oE '^  (-., |    )--[a-z-]+(=[^ ]+)?  +' <<<"$output" | awk '{ print length }' | sort -u)
		same 28 "$at"
		# shellcheck disable=SC2086
		COLUMNS=300 cli $command --help
		same "" "$(awk 'length > 100' <<<"$output")"
		# the same words, wherever lines end
		# shellcheck disable=SC2086
		same "$(tr -s ' \n' ' ' <<<"$output")" "$("$IPCBENCH" $command --help | tr -s ' \n' ' ')"
	done
	# a status is one line of a list, with its meaning
	cli gate --help
	grep -qx '  3      inconclusive' <<<"$output"
	grep -qx '  128+N  interrupted by signal N' <<<"$output"
}

@test "--version" {
	cli --version
	[ "$status" -eq 0 ]
	[[ "$output" =~ ^ipcbench\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
	cli -V
	[[ "$output" == "ipcbench "* ]]
}

@test "plain ipcbench plans a tour of the common mechanisms" {
	plan
	local common
	common=$("$IPCBENCH" list --json | jq -r '[.[] | select(.common) | .name] | join(" ")')
	same "$(tr ' ' '\n' <<<"$common" | sort)" "$(column $TRANSPORT | tr ' ' '\n' | sort)"
	same "latency throughput" "$(column $MODE)"
	[[ "$(sizes)" == *"64B 64KiB"* ]]
}

@test "--dry-run says how many cells, how long, and creates nothing" {
	cli --dry-run -t sysv-mq,posix-mq,fifo,file --seed 7 -o "$BATS_TEST_TMPDIR/none"
	[ "$status" -eq 0 ]
	[[ "$output" =~ [0-9]+\ cells,.*\ launches,\ about\ [0-9hms]+\; ]]
	says "seed 7"
	[ ! -e "$BATS_TEST_TMPDIR/none" ]
	no_leaks
}

@test "--transport: names, families, common, all" {
	plan -t pipe
	same pipe "$(column $TRANSPORT)"
	plan --transport unix-stream,pipe -t null
	same "unix-stream pipe null" "$(column $TRANSPORT)"
	plan -t sockets
	same "$("$IPCBENCH" list --json | jq -r '[.[] | select(.family == "sockets") | .name] | join(" ")')" \
		"$(column $TRANSPORT)"
	plan -t all
	same "$("$IPCBENCH" list --json | jq -r '[.[] | select(.name | startswith("exec") | not) | .name] | join(" ")')" \
		"$(column $TRANSPORT)"
	plan -t common
	[ "$(column $TRANSPORT | wc -w)" -ge 5 ]
}

@test "--transport: options, spelt in one way" {
	plan -t pipe:size=1024K,pipe,pipe:size=65537
	same "pipe:size=1M pipe pipe:size=65537" "$(column $TRANSPORT)"
	plan -t shm:waiter=eventfd,segment=sysv,null -w block,spin
	same "shm:segment=sysv,waiter=eventfd null" "$(column $TRANSPORT)"
	# what is the same is measured once
	plan -t pipe:size=0,pipe
	same pipe "$(column $TRANSPORT)"
	# the spelling of a row reproduces it
	plan -t "$(column $TRANSPORT)"
	same pipe "$(column $TRANSPORT)"
}

@test "--size: lists, units, ranges" {
	plan -t pipe -p same-cpu -m latency
	same "64B 4KiB 64KiB 1MiB" "$(sizes)"
	plan -t pipe -s 64,4K,64,4096
	same "64B 4KiB" "$(sizes)"
	plan -t pipe -s 1K,1kB,1MiB,1MB
	same "1KiB 1000B 1MiB 1000000B" "$(sizes)"
	plan -t pipe -s 64..1K
	same "64B 128B 256B 512B 1KiB" "$(sizes)"
	plan -t pipe --size=1K..64K:x4
	same "1KiB 4KiB 16KiB 64KiB" "$(sizes)"
	# a notification has none
	plan -t futex -s 64,128
	same - "$(awk '!s[$5]++ { print $5 }' <<<"$output")"
}

@test "--mode" {
	plan -t pipe
	same "latency throughput" "$(column $MODE)"
	plan -t pipe -m throughput
	same throughput "$(column $MODE)"
	plan -t pipe --mode all
	same "latency throughput rate oneway setup" "$(column $MODE)"
}

# loads: what the column `load` of the plan holds, each value once ("64 B" is two words).
loads() {
	awk '!seen[$10]++ { printf "%s%s", sep, $10; sep = " " }' <<<"$output"
}

@test "--quick: a value with its interval of one cell after the other" {
	cli --quick -t pipe,fifo -s 64 -p same-cpu -m latency,setup --csv -
	[ "$status" -eq 0 ]
	# each cell is told once, when its last trial is done and before the next cell begins
	same "1 1 1 1 1 1 2 2 2 2 2 2 3 3 3 3 3 3 4 4 4 4 4 4" "$(fields cell order <<<"$output" |
		sort -t"$(printf '\t')" -n -k2 | awk -F'\t' '$1 != last { n++; last = $1 }
			{ printf "%s%d", sep, n; sep = " " }')"
	local said=$stderr cell
	same 4 "$(grep -cE ': (p50 )?[0-9.]+ (ns|us|µs|ms), 95% CI [0-9.]+.[0-9.]+' <<<"$said")"
	while read -r cell; do
		grep -qF "$cell: " <<<"$said"
	done < <(fields cell <<<"$output" | sort -u)
	# one cell in a second, the tour in 15; an option that is given is kept
	cli --quick -t pipe -s 64 -p same-cpu -m latency --dry-run
	says "6 trials each, 6 launches, about 1s"
	cli --quick -t pipe -s 64 -p same-cpu -m latency -T 2 -d 3s --dry-run
	says "2 trials each, 2 launches, about 7s"
	cli --quick --dry-run
	says "6 trials each"
	local quick tour
	quick=$(sed -n 's/.*launches, about \([0-9]*\)s.*/\1/p' <<<"$output")
	cli --dry-run
	tour=$(sed -n 's/.*launches, about \([0-9]*\)s.*/\1/p' <<<"$output")
	[ "$quick" -le "$tour" ]
	[ "$tour" -le 15 ]
	# too few for an interval: how far apart they are
	cli --quick -t pipe -s 64 -p same-cpu -m latency -T 2
	grep -qE ': p50 [0-9.]+ (ns|us|µs|ms), low-high [0-9.]+.[0-9.]+$' <<<"$stderr"
	# memory that takes long to touch gets fewer launches, unless their number is given
	cli --quick -t pipe -s 1M -p same-cpu -m latency --footprint 128M --dry-run
	says "up to 6 trials each, 3 launches, about 1s"
	cli --quick -t pipe -s 1M -p same-cpu -m latency --footprint 128M -T 6 --dry-run
	says " 6 trials each, 6 launches, about 2s"
	# too few messages for a percentile have a mean
	cli --quick -t pipe -s 64M -p same-cpu -m latency
	grep -qE '^pipe block latency 64 MiB same-cpu: mean [0-9.]+ ms, (95% CI|low-high) ' <<<"$stderr"
	# a rate says its batch
	cli --quick -t pipe -s 64 -p same-cpu -m throughput -T 1
	grep -qE '^pipe block throughput 64 B same-cpu batch 1: [0-9.]+ ([kM] )?msg/s$' <<<"$stderr"
	cli --quick --quiet -t pipe -s 64 -p same-cpu -m latency
	same "" "$stderr$output"
}

@test "--rate, --arrivals: an open loop, across CPUs" {
	plan -t pipe -s 64 --rate 10k,50%,10000
	same rate "$(column $MODE)"
	same "10000 50%" "$(loads)"
	same "" "$(grep same-cpu <<<"$output")"
	plan -t pipe -s 64 --rate auto
	same 17 "$(wc -l <<<"$output")"
	plan -t pipe -s 64 --slo 'p99<50us'
	same 22 "$(wc -l <<<"$output")"
	plan -t pipe -s 64 --rate 10k --slo 'p99.9<1ms' -T 1
	same "10000 slo-1 slo-2 slo-3 slo-4 slo-5" "$(loads)"
	usage 'is not a limit' --slo p99
	usage 'is not a limit' --slo 'p75<1ms'
	usage 'is not a limit' --slo 'p9.9<1ms'
	usage '"" is not a duration' --slo 'p99<'
	usage '--slo is for mode rate' --slo 'p99<1ms' -m latency
	plan -t pipe -s 64 --rate 1k --arrivals constant,poisson
	same "1000 1000/poisson" "$(loads)"
	# polling the clock on the receiver's CPU is no open loop, and a lock is none at all
	plan -t pipe -s 64 --rate 1k -p same-cpu
	[[ "$output" == *"skip: the sender of an open loop polls the clock"* ]]
	plan -t mutex --rate 1k -p cross-cpu
	[[ "$output" == *"skip: "* ]]
}

@test "--think: pauses between round trips" {
	plan -t pipe -s 64 --think 0,10us,1ms -p same-cpu
	same latency "$(column $MODE)"
	same "- 10us 1ms" "$(loads)"
	plan -t pipe -s 64 --think 1ms -m throughput -p same-cpu
	same "-" "$(loads)"
}

@test "--mode oneway needs to know the CPUs" {
	plan -t pipe -s 64 -m oneway -p none
	[[ "$output" == *"skip: one-way times compare the clocks of two CPUs"* ]]
}

@test "--auto" {
	# a precision that hardly anything misses is reached with the least number of trials, or soon after
	cli -t pipe -p same-cpu -s 64 -m latency -d 5ms --auto --precision 100% --json -
	same "true precision" "$(jq -r '.summary[0] | "\(.trials >= 8) \(.ended_by)"' <<<"$output")"
	# and one that nothing reaches ends by time
	cli -t pipe -p same-cpu -s 64 -m latency -d 50ms --auto --precision 0.1% --max-time 0.5 --json -
	same "max-time" "$(jq -r '.summary[0].ended_by' <<<"$output")"
	cli -t pipe -p same-cpu -s 64 -m latency -d 5ms --auto --precision 100%
	says "ended by precision: every median within 100%"
	# of any metric, where the mode has it
	cli -t pipe -p same-cpu -s 64 -m latency,throughput -d 5ms --auto --precision mean:100%
	says "ended by precision: every median of lat_mean_ns, where a cell has it, within 100%"
	# 50 round trips never have a p99: that is no precision of it, nor one of the median
	cli -t pipe -p same-cpu -s 64 -m latency -n 50 --auto --precision p99:100% --max-time 0.5
	says "ended by --max-time of 0.5 s: 0 of 1 medians of lat_p99_ns, where a cell has it, within 100%"
	local metric
	for metric in p98 p9.9 p9.99 p.5.0 p99.9.9 p99.; do
		usage "\"$metric\" is not a metric" --auto --precision "$metric:5%"
	done
	usage '"" is not a percentage' --auto --precision p99:
}

@test "--wait: customary ways without it" {
	plan -t pipe,null
	same "block spin" "$(column $WAIT)"
	plan -t pipe -w block,hybrid
	same "block hybrid" "$(column $WAIT)"
	plan -t pipe --wait all
	same "block spin hybrid epoll" "$(column $WAIT)"
	# what a mechanism cannot do is a skip that says what it can
	plan -t barrier -w epoll -p same-cpu
	says "skip: barrier does not wait by epoll"
}

@test "--copy" {
	plan -t shm
	same copy "$(column $COPY)"
	plan -t shm -c copy,inplace
	same "copy inplace" "$(column $COPY)"
	plan -t pipe --copy=inplace -p same-cpu
	says "no in-place operations"
}

@test "--dispatch" {
	plan -t pipe -p same-cpu
	same direct "$(column $DISPATCH)"
	plan -t pipe -p same-cpu --dispatch indirect,direct
	same "direct indirect" "$(column $DISPATCH)"
	plan -t pipe -p same-cpu --dispatch all
	same "direct indirect" "$(column $DISPATCH)"
}

@test "--placement" {
	plan -t pipe -p same-cpu
	same same-cpu "$(column $PLACEMENT)"
	plan -t pipe --placement none
	same none "$(column $PLACEMENT)"
}

@test "--cpus" {
	local cpu
	cpu=$(taskset -pc $$ | sed 's/.*: //; s/[-,].*//')
	plan -t pipe --cpus "$cpu,$cpu"
	same same-cpu "$(column $PLACEMENT)"
	says " $cpu,$cpu "
	plan -t pipe --cpus 1023,1023
	says "skip: "
}

@test "--idle" {
	plan -t pipe -p same-cpu
	[[ "$(awk '!s[$9]++ { print $9 }' <<<"$output")" == default ]]
	plan -t pipe -p same-cpu --idle awake,default
	says awake
	says default
}

@test "--mem" {
	plan -t shm,pipe -p same-cpu -m latency -w block -s 64
	same default "$(column 12)"
	plan -t shm,pipe -p same-cpu -m latency -w block -s 64 --mem all
	same "default tx rx interleave" "$(column 12)"
	same "$(printf 'pipe tx\npipe rx\npipe interleave')" \
		"$(awk '/pipe has no memory segment/ { print $1, $12 }' <<<"$output")"
	local nodes=(/sys/devices/system/node/node[0-9]*/cpu[0-9]*)
	nodes=("$(printf '%s\n' "${nodes[@]%/cpu*}" | sort -u)")
	[ "$(wc -l <<<"${nodes[0]}")" -eq 1 ] || skip "this machine has several NUMA nodes"
	same "tx rx interleave" \
		"$(awk '/^shm .* needs two NUMA nodes, the machine has one/ { print $12 }' <<<"$output" | paste -sd ' ')"
}

# places LAYOUT: where the six launches of a run with this layout lie.
places() {
	rm -f places
	cli --plugin "$PLANTED" -t planted:places=places -m throughput -s 64 -p same-cpu -n 100 -T 6 \
		--warmup 0 --seed 7 --quiet --layout "$1"
	[ "$status" -eq 0 ]
	[ "$(wc -l <places)" -eq 6 ]
}

# distinct FIELD: how many values it has in what was noted.
distinct() {
	cut -d ' ' -f "$1" places | sort -u | wc -l
}

@test "--layout random moves stacks, buffers and mappings of each launch as the seed says" {
	cd "$BATS_TEST_TMPDIR"
	plan -t pipe -p same-cpu -m latency -s 64
	same fixed "$(column 13)"
	plan -t pipe -p same-cpu -m latency -s 64 --layout all
	same "fixed random" "$(column 13)"
	places fixed
	[ "$(distinct 1) $(distinct 2)" = "1 1" ]
	places random
	local field
	for field in 1 2 3; do
		[ "$(distinct "$field")" -ge 4 ]
	done
	# from the start of one program to the next the kernel moves stack and mappings itself
	local buffers
	buffers=$(cut -d ' ' -f 2 places)
	places random
	same "$buffers" "$(cut -d ' ' -f 2 places)"
}

@test "what is made of a run keeps layouts apart" {
	cd "$BATS_TEST_TMPDIR"
	cli -t pipe,fifo -w block -p same-cpu -s 64 -m latency,throughput -n 1000 -T 2 --warmup 0 \
		--layout all -o run
	[ "$status" -eq 0 ]
	says "All tables: idle default, batch 1, payload copied; same-cpu is CPU "
	local layout
	for layout in "" ", layout random"; do
		[ "$(grep -c "^Round trip, 64 B, same-cpu${layout}$" <<<"$output")" -eq 1 ]
		[ "$(grep -c "^Throughput, 64 B, same-cpu${layout}$" <<<"$output")" -eq 1 ]
	done
	same "fixed random" "$(fields layout <run/summary.csv | sort -u | xargs)"
	[ "$(find run/hist -name 'pipe_*_layout-random.hlog' | wc -l)" -eq 1 ]
	cli tables run
	says "same-cpu, idle default, layout random"
	cli tables run --table time --csv - -q
	same "random random" "$(fields layout <<<"$output" | xargs)"
	cli advise run --need size=64
	says "left out: measured with other sides, or with a footprint, idle policy or other setting that is not the default"
	cli compare run run --csv -
	same "fixed random" "$(fields layout <<<"$output" | sort -u | xargs)"
	cli gate --base pipe --new fifo -w block -p same-cpu --layout random --dry-run
	says "layout random"
	cli --replay run --dry-run
	[ "$(grep -Ec ' random +[-1] +hot ' <<<"$output")" -eq 4 ]
	grep -q ', layout random</' <<<"$("$IPCBENCH" report run --no-figures -o -)"
}

@test "--batch: of streams alone, 1 unless asked for" {
	plan -t pipe -p same-cpu -m latency,throughput -s 64
	same "- 1" "$(column 14 | xargs)"
	plan -t pipe -p same-cpu -m latency,throughput -s 64 --batch 1,16,256,16
	same 4 "$(wc -l <<<"$output")"
	same "- 1 16 256" "$(column 14 | xargs)"
	local batch
	for batch in 0 x 2000000 1,,2; do
		usage "--batch: " -t pipe --batch "$batch"
	done
}

@test "--batch: what cannot be is skipped with what can" {
	plan -t null,eventfd,sysv-mq -p cross-cpu -m throughput -s 64 --batch 2
	says "null moves messages one by one, not --batch 2 at once; use --batch 1"
	says "eventfd moves messages one by one"
	says "sysv-mq moves messages one by one"
	plan -t udp,unix-dgram,unix-seqpacket -p cross-cpu -m throughput -s 64 --batch 1025
	same 3 "$(grep -c 'sendmmsg() takes 1024 messages at most; use --batch 1024 or less' <<<"$output")"
	plan -t pipe -p cross-cpu -m throughput -s 1M --batch 1025
	says "use --batch 1024 or less"
	plan -t shm -w spin -p cross-cpu -m throughput -s 64 --batch 3
	says "--batch 3 is not a power of two, as a ring needs it; the nearest below is 2"
	plan -t shm:layout=inline -w spin -p cross-cpu -m throughput -s 48 --batch 2
	says "use layout=index or --batch 1"
	# of the first batch alone there is no rate
	plan -t pipe,shm -w block -p same-cpu -m throughput -s 64 --batch 16 -n 16
	same 2 "$(grep -c -- "--messages 16: a rate .* has 16; use --messages 17 or more" <<<"$output")"
	plan -t pipe,shm -w block -p same-cpu -m throughput -s 64 --batch 16 -n 17
	[[ "$output" != *skip* ]]
}

@test "batch= of a ring is --batch now, and stored spellings are still measured" {
	plan -t shm:batch=16 -w spin -p cross-cpu -m throughput -s 64
	says "skip: batch=16: how many messages are published at once is an axis now; use --batch 16"
	plan -t shm:batch=16 -w spin -p cross-cpu -m throughput -s 64 --batch 16
	[[ "$output" != *skip* ]]
}

@test "what is made of a run keeps batches apart" {
	cd "$BATS_TEST_TMPDIR"
	cli -t pipe,fifo -w block -p same-cpu -s 64 -m throughput -n 1000 -T 2 --warmup 0 --batch 1,16 \
		-o run
	[ "$status" -eq 0 ]
	[ "$(grep -c '^Throughput, 64 B, same-cpu, batch 16$' <<<"$output")" -eq 1 ]
	[ "$(grep -c '^Throughput, 64 B, same-cpu, batch 1$' <<<"$output")" -eq 1 ]
	same "1 16" "$(fields batch <run/trials.csv | sort -nu | xargs)"
	cli tables run --table time --csv - -q
	same "1 1" "$(fields batch <<<"$output" | xargs)"
	cli advise run --need size=64
	says "2 cells left out"
	cli compare run run --csv -
	same "1 16" "$(fields batch <<<"$output" | sort -nu | xargs)"
	cli gate --base pipe --new fifo -m throughput -w block -p same-cpu --batch 16 --dry-run
	says "batch 16"
	cli --replay run --dry-run
	same "1 16" "$(awk 'NF >= 15 && /same-cpu/ { print $14 }' <<<"$output" | sort -nu | xargs)"
}

# buffers MODE SIZE FOOTPRINT: how many buffers each side sends from and receives into, in 24 messages
# without a warm-up, and how far these lie apart.
buffers() {
	rm -f buffers
	cli --plugin "$PLANTED" -t planted:buffers=buffers -m "$1" -s "$2" -p same-cpu -n 24 -T 1 --warmup 0 \
		--verify --quiet --footprint "$3"
	[ "$status" -eq 0 ]
	sort -u buffers | sort -k1,2 -k3,3n | awk '
		$1 " " $2 == who { gap = $3 - last; if (!least || gap < least) least = gap }
		$1 " " $2 != who { if (who) print who, n, least + 0; n = least = 0; who = $1 " " $2 }
		{ n++; last = $3 }
		END { print who, n, least + 0 }' | paste -sd ' '
}

@test "--footprint makes each side go through so many buffers, the receiver too" {
	cd "$BATS_TEST_TMPDIR"
	same "rx recv 1 0 tx send 1 0" "$(buffers throughput 64K hot)"
	same "rx recv 16 65536 tx send 16 65536" "$(buffers throughput 64K 1M)"
	# a power of two of them, at least so many bytes
	same "rx recv 8 10048 tx send 8 10048" "$(buffers throughput 10000 50000)"
	# the receiver sends back what it received, from where it lies
	same "rx recv 8 8192 rx send 8 8192 tx recv 8 8192 tx send 8 8192" "$(buffers latency 8K 64K)"
	same "rx recv 8 8192 rx send 8 8192 tx recv 8 8192 tx send 8 8192" "$(buffers oneway 8K 64K)"
	same "rx recv 24 64 tx send 24 64" "$(buffers throughput 64 64K)"
}

@test "every mode keeps its numbers with a footprint of many buffers" {
	local mode copy size
	# of two busy CPUs nobody knows how far their clocks are apart
	for mode in "latency -p cross-cpu" "throughput -p cross-cpu" "rate -p cross-cpu --rate 30k" \
		"oneway -p same-cpu"; do
		for copy in copy inplace; do
			for size in 5 64 4K; do # as many buffers as messages, and fewer
				# shellcheck disable=SC2086 # a mode and its option
				cli -t shm -w block -m $mode -c "$copy" -s "$size" --footprint 256K \
					--verify -n 3000 -T 1 --quiet --csv -
				[ "$status" -eq 0 ]
				same ok "$(fields status <<<"$output")"
				same 262144 "$(fields footprint <<<"$output")"
			done
		done
	done
}

# footprints: those of a plan, in its order.
footprints() {
	awk '{ print $15 }' <<<"$output" | xargs
}

@test "--footprint takes hot, cold, sizes and auto" {
	plan -t pipe -p same-cpu -m throughput -s 64,64K
	same "hot hot" "$(footprints)"
	plan -t pipe -p same-cpu -m throughput -s 64,64K --footprint hot,1M,cold
	same "hot 1048576 cold hot 1048576 cold" "$(footprints)"
	plan -t pipe -p same-cpu -m throughput -s 64,64K --footprint auto
	same "hot hot cold" "$(footprints)"
	plan -t pipe -p same-cpu -m throughput -s 64,64K --footprint auto,cold,hot
	same "hot cold hot cold" "$(footprints)"
	# buffers take their time
	cli --dry-run -t pipe -p same-cpu -m throughput -s 64K -T 10 -d 1ms --warmup 0
	says "10 launches, about 1s;"
	cli --dry-run -t pipe -p same-cpu -m throughput -s 64K -T 10 -d 1ms --warmup 0 --footprint 256M
	says "10 launches, about 4s;"
	# a first message has no turn, a notification no bytes
	plan -t pipe,eventfd -p same-cpu -m latency,setup -s 64K --footprint auto
	[ "$(awk '/^(pipe|eventfd) /' <<<"$output" | wc -l)" -eq 5 ]
	usage '--footprint: "col" is not a footprint; write hot, cold, auto or a size, as in 64M; did you mean cold?' \
		--footprint col
	usage '--footprint: "2048G" exceeds the limit of 1 TiB' --footprint 2048G
}

@test "a footprint that cannot be had is a skip that says why" {
	plan -t pipe -p same-cpu -m throughput -s 1M --footprint 64K
	says "a footprint of 64 KiB does not hold a message of 1 MiB; use --footprint 1M or more"
	plan -t pipe -p same-cpu -m throughput -s 1M --footprint 1M
	[[ "$output" != *skip* ]]
	# private buffers of a ring are of one message; in place it holds two batches
	plan -t shm -w block -p same-cpu -m throughput -s 4K --batch 256 --footprint 64K
	[[ "$output" != *skip* ]]
	plan -t shm -w block -p same-cpu -c inplace -m throughput -s 4K --batch 16 --footprint 64K
	says "a footprint of 64 KiB does not hold two batches of 64 KiB; use --footprint 128K or more"
	# one remedy, not one that leads to the next
	plan -t pipe -p same-cpu -c inplace -m throughput -s 4K --footprint 64M
	says "pipe has no in-place operations; use --copy copy"
	plan -t pipe -p same-cpu -m throughput -s 1M --footprint 1024G
	says "a footprint of 1 TiB per side takes 2 TiB in all, and "
	says "of memory are available to this process; use a smaller --footprint"
	plan -t shm:size=1M -w block -p same-cpu -c inplace -m throughput -s 4K --footprint 64M
	says "size= and --footprint both say how large the ring of a message in place is; drop one of them"
	plan -t shm:layout=mailbox -w block -p same-cpu -c inplace -m latency -s 8 --footprint 64M
	says "layout=mailbox and --footprint both say how large"
}

@test "what is made of a run keeps footprints apart and says which" {
	cd "$BATS_TEST_TMPDIR"
	cli -t pipe,fifo -w block -p same-cpu -s 64,64K -m throughput -n 100 -T 2 --warmup 0 \
		--footprint auto -o run
	[ "$status" -eq 0 ]
	[ "$(grep -c '^Throughput, 64 KiB, same-cpu, footprint cold$' <<<"$output")" -eq 1 ]
	[ "$(grep -c '^Throughput, 64 KiB, same-cpu, footprint hot$' <<<"$output")" -eq 1 ]
	[ "$(grep -c '^Throughput, 64 B, same-cpu$' <<<"$output")" -eq 1 ]
	same "cold hot" "$(fields footprint <run/summary.csv | sort -u | xargs)"
	fields cell <run/summary.csv | grep -qx 'pipe block throughput 64 KiB same-cpu footprint cold'
	cli tables run
	says "Time to move 1 MiB, same-cpu, idle default, batch 1, footprint hot"
	says "Time to move 1 MiB, same-cpu, idle default, batch 1, footprint cold"
	cli tables run --table time --csv - -q
	same "cold cold" "$(fields footprint <<<"$output" | xargs)"
	cli advise run --need size=64K
	says "left out: measured with other sides, or with a footprint, idle policy or other setting that is not the default"
	cli gate --base pipe --new fifo -w block -p same-cpu -s 64K --footprint cold --dry-run
	says "footprint cold"
	cli --replay run --dry-run
	[ "$(grep -c ' cold ' <<<"$output")" -eq 2 ]
	grep -q ', footprint cold</' <<<"$("$IPCBENCH" report run --no-figures -o -)"
}

# without_real_time COMMAND...: in a process that may not use it.
without_real_time() {
	(
		ulimit -r 0
		[ "$(id -u)" -ne 0 ] || exec setpriv --bounding-set=-sys_nice --inh-caps=-sys_nice "$@"
		exec "$@"
	)
}

@test "--sched: other unless asked for, and skipped with the limit and the remedy where it is not allowed" {
	plan -t pipe -p same-cpu -m latency -s 64
	same other "$(column 17)"
	plan -t pipe -p same-cpu -m latency,setup -s 64 --sched all
	same "other fifo rr" "$(column 17)"
	[ "$(wc -l <<<"$output")" -eq 6 ]
	run without_real_time "$IPCBENCH" --dry-run -t pipe -p same-cpu -m latency -s 64 --sched all
	[ "$status" -eq 0 ]
	says "skip: --sched fifo takes real-time priorities up to 2, and the limit is 0; raise it with ulimit -r 2"
	says "skip: --sched rr takes"
	says "3 cells, 2 skipped"
	usage '--sched: "fif" is not one of other, fifo, rr; did you mean fifo?' --sched fif
}

@test "what is made of a run keeps policies apart and says which" {
	cd "$BATS_TEST_TMPDIR"
	plan -t pipe -p same-cpu -m latency -s 64 --sched fifo
	[[ "$output" != *skip* ]] || skip "real-time scheduling is not allowed here"
	cli -t pipe,fifo -w block -p same-cpu -s 64 -m latency -n 1000 -T 2 --warmup 0 --sched other,rr -o run
	[ "$status" -eq 0 ]
	[ "$(grep -c '^Round trip, 64 B, same-cpu, sched rr$' <<<"$output")" -eq 1 ]
	[ "$(grep -c '^Round trip, 64 B, same-cpu$' <<<"$output")" -eq 1 ]
	same "other rr" "$(fields sched <run/summary.csv | sort -u | xargs)"
	same 0 "$(fields tx_queued_s rx_queued_s <run/trials.csv | grep -vcE '^[0-9.e-]+	[0-9.e-]+$')"
	[ "$(find run/hist -name 'pipe_*_sched-rr.hlog' | wc -l)" -eq 1 ]
	cli tables run
	says "same-cpu, idle default, batch 1, footprint hot, sched rr"
	cli advise run --need size=64
	says "left out: measured with other sides, or with a footprint, idle policy or other setting that is not the default"
	cli gate --base pipe --new fifo -w block -p same-cpu --sched rr --dry-run
	says "sched rr"
	cli --replay run --dry-run
	[ "$(grep -c ' rr ' <<<"$output")" -eq 2 ]
	grep -q ', sched rr</' <<<"$("$IPCBENCH" report run --no-figures -o -)"
}

@test "--load: none unless asked for; kinds, numbers and their limits" {
	plan -t pipe -p same-cpu -m latency -s 64
	same none "$(column 18)"
	plan -t pipe -p same-cpu -m latency,setup -s 64 --load memory:1,none,cpu:12,cpu:12,cpu:2
	same "memory:1 none cpu:12 cpu:2" "$(column 18)"
	[ "$(wc -l <<<"$output")" -eq 8 ]
	local wrong
	for wrong in cpu mem:2 "" 2; do
		usage "--load: \"$wrong\" is not a background load; write none, cpu:N or memory:N, as in cpu:2" --load "$wrong"
	done
	usage '--load: "" is not a count' --load cpu:
	usage '--load: "0" is below the minimum of 1' --load cpu:0
	usage '--load: "1025" exceeds the limit of 1024' --load memory:1025
}

@test "what is made of a run keeps loads apart, says which, and what the load took" {
	cd "$BATS_TEST_TMPDIR"
	cli -t pipe,fifo -w block -p same-cpu -s 64 -m latency -d 100ms -T 2 --warmup 0 --load none,cpu:1,memory:1 -o run
	[ "$status" -eq 0 ]
	[ "$(grep -c '^Round trip, 64 B, same-cpu$' <<<"$output")" -eq 1 ]
	[ "$(grep -c '^Round trip, 64 B, same-cpu, load cpu:1$' <<<"$output")" -eq 1 ]
	same "cpu:1 memory:1 none" "$(fields load <run/summary.csv | sort -u | xargs)"
	# CPU time of a load, and of none an empty field
	same "" "$(fields load load_cpu_s <run/trials.csv | awk '$1 == "none" ? NF > 1 : !($2 > 0)')"
	[ "$(find run/hist -name 'pipe_*_load-cpu-1.hlog' | wc -l)" -eq 1 ]
	cli tables run
	says "same-cpu, idle default, batch 1, footprint hot, load cpu:1"
	cli advise run --need size=64
	says "left out: measured with other sides, or with a footprint, idle policy or other setting that is not the default"
	cli compare run run --csv -
	says "pipe block latency 64 B same-cpu load memory:1"
	cli gate --base pipe --new fifo -w block -p same-cpu --load cpu:1 --dry-run
	says "load cpu:1"
	cli gate --base pipe --new fifo -w block -p same-cpu --load cpu:1 --blocks 6,8 -d 5ms --metrics mean -q --csv -
	same "pipe fifo mean" "$(fields transport_base transport_new metric <<<"$output" | xargs)"
	cli --replay run --dry-run
	same "2 2 2" "$(for load in none cpu:1 memory:1; do grep -c " $load  *fixed  *none  *1  *-$" <<<"$output"; done | xargs)"
	cli --replay run -q -o again
	same "$(fields load order <run/trials.csv)" "$(fields load order <again/trials.csv)"
	grep -q ', load cpu:1</' <<<"$("$IPCBENCH" report run --no-figures -o -)"
}

@test "--depth: one unless asked for, of mode latency alone" {
	plan -t pipe -p same-cpu -m latency,throughput -s 64
	same "1 -" "$(column 21)"
	plan -t pipe -p same-cpu -m latency,setup -s 64 --depth 1,8,8,64
	same "1 8 64 -" "$(column 21)"
	[ "$(wc -l <<<"$output")" -eq 4 ]
	usage '--depth: "0" is below the minimum of 1' --depth 0
	usage '--depth: "16385" exceeds the limit of 16384' --depth 16385
	usage "--depth is for mode latency; use --mode latency" -m throughput --depth 2
	plan -t udp,null,mutex,timerfd,signal:call=kill,shm:layout=mailbox,sysv-sem:ops=pair -w block,spin -p cross-cpu -m latency -s 8 --depth 2 --placement none
	same "" "$(grep -v skip: <<<"$output")"
	says "udp may drop some of 2 messages in flight"
	says "null moves nothing, so nothing is in flight"
	plan -t pipe -p same-cpu -m latency -s 64 --depth 2 --think 1us
	says "--think pauses before each round trip, and with --depth 2 the others go on; use --think 0 or --depth 1"
}

@test "what is made of a run keeps depths apart, and says what is in flight" {
	cd "$BATS_TEST_TMPDIR"
	cli -t pipe,posix-sem -w block -p same-cpu -s 4K -m latency -n 1000 -T 2 --warmup 0 --depth 1,8 --verify -o run
	[ "$status" -eq 0 ]
	[ "$(grep -c '^Round trip, 4 KiB, same-cpu$' <<<"$output")" -eq 1 ]
	[ "$(grep -c '^Round trip, 4 KiB, same-cpu, depth 8$' <<<"$output")" -eq 1 ]
	[[ "$output" == *trips/s* ]]
	# a round trip is from its own send: eight at once take longer, by what the rate tells
	same "" "$(fields status depth lat_count msgs_per_s lat_mean_ns <run/trials.csv |
		awk '$1 != "ok" || $3 != 1000 || !($4 * $5 / 1e9 < $2 * 1.05 && ($2 == 1 || $4 * $5 / 1e9 > 1.5))')"
	[ "$(find run/hist -name 'pipe_*_depth-8.hlog' | wc -l)" -eq 1 ]
	cli advise run --need size=4K
	says "left out: measured with other sides, or with a footprint, idle policy or other setting that is not the default"
	cli compare run run --csv -
	says "pipe block latency 4 KiB same-cpu depth 8"
	cli tables run
	[[ "$output" != *"depth 8"* ]]
	cli gate --base pipe --new fifo -w block -p same-cpu -s 64 -m latency --depth 4 --blocks 6,8 -d 5ms --metrics mean -q --csv -
	same "pipe fifo mean 4" "$(fields transport_base transport_new metric depth <<<"$output" | xargs)"
	cli --replay run --dry-run
	[ "$(grep -c ' 8  *- *$' <<<"$output")" -eq 2 ]
	grep -q ', depth 8</' <<<"$("$IPCBENCH" report run --no-figures -o -)"
}

@test "--channels: a launch of mode setup uses them in turn, and tells their rate" {
	cd "$BATS_TEST_TMPDIR"
	usage "--channels is for mode setup; use --mode setup" -m latency --channels 2
	usage '--channels: "4097" exceeds the limit of 4096' -m setup --channels 4097
	plan -t pipe -p same-cpu -m latency,setup -s 64 --channels 1,64
	same "- 1 64" "$(column 22)"
	cli -t "$(blocking_transports | paste -sd ,)" -w block -p same-cpu -s 64 -m setup --channels 1,5 -T 1 --verify -o run
	[ "$status" -eq 0 ]
	says "channels/s: created"
	# the rate includes what the two times leave out
	same "" "$(fields status channels messages msgs_per_s setup_ns first_message_ns <run/trials.csv |
		awk -F '\t' '$1 == "ok" && !($2 == $3 && $4 > 0 && $4 * ($5 + $6) <= 1e9)')"
	[ "$(fields status channels <run/trials.csv | grep -c '^ok.5$')" -gt 15 ]
	run -0 bash -c "ulimit -n 40; '$IPCBENCH' -t tcp -p same-cpu -w block -s 64 -m setup --channels 64 -T 1 --csv - || true"
	says "raise with ulimit"
}

@test "--depth: what a channel does not hold is skipped with the number that it holds" {
	cli -t pipe:size=64K,barrier -w block -p none -s 4K -m latency -d 20ms -T 1 --depth 256 --csv -
	[ "$status" -eq 1 ]
	says "pipe:size=64K holds 16 messages of 4 KiB, too few for 256 round trips in flight; use --depth 16 or pipe:size=..."
	says "barrier holds 0 messages, too few for 256 round trips in flight; use --depth 1"
	same skip "$(fields status <<<"$output" | sort -u)"
}

# The kernel keeps a share of a CPU for ordinary processes that want it.
@test "real-time sides beside a load are held back, and the row says so" {
	plan -t pipe -p same-cpu -m latency -s 64 --sched fifo
	[[ "$output" != *skip* ]] || skip "real-time scheduling is not allowed here"
	[ "$(cat /proc/sys/kernel/sched_rt_runtime_us)" -gt 0 ] || skip "the kernel keeps no share for ordinary processes"
	[ -r /proc/self/schedstat ] || skip "the kernel does not count the time in run queues"
	cli -t pipe -p same-cpu -m latency -s 64 -d 2s -T 1 --sched fifo --load "cpu:$(nproc)" --csv -
	[ "$status" -eq 0 ]
	[[ "$(fields flags <<<"$output")" == *held-back* ]]
}

@test "--size: distributions and traces, in cells of their own that call through pointers" {
	cd "$BATS_TEST_TMPDIR"
	printf '64\n8\n# none\n4K\n' >web.txt
	printf '64 3\n4K 1\n' >h.txt
	plan -t pipe -p same-cpu -m latency -s trace:web.txt,8K,lognormal:median=100,p99=1K,max=2K,dist:./h.txt
	same "8KiB 4KiB 2KiB" "$(sizes)"
	same "fixed trace:web.txt#HASH lognormal:median=100,p99=1K,max=2K dist:h.txt#HASH" \
		"$(column 19 | sed -E 's/#[0-9a-f]{8}\b/#HASH/g')"
	same "direct indirect" "$(column $DISPATCH)"
	plan -t eventfd -p same-cpu -m latency -s trace:web.txt,lognormal:median=100,p99=1K
	[ "$(wc -l <<<"$output")" -eq 1 ]
	plan -t pipe,udp,shm,exec:./echo.py -w block -p same-cpu -m all -c all --batch 1,4 --dispatch all -s trace:web.txt
	same "" "$(grep -v skip: <<<"$output" | grep -vE '^(pipe|shm) +block +copy +(latency +4 KiB.* -|throughput +4 KiB.* 1) +hot')"
	local reason
	for reason in "the loops for different sizes call mechanisms through pointers; use --dispatch indirect" \
		"messages of different sizes are sent one by one from private buffers; use --copy copy and --batch 1" \
		"udp can lose messages, so the receiver does not know the size of the next one; use one --size" \
		"exec tells a program one size of message; use one --size" "mode rate has messages of one size" \
		"mode oneway has messages of one size" "mode setup has messages of one size"; do
		says "skip: $reason"
	done
	usage "--size: missing.txt: No such file or directory" -t pipe -s trace:missing.txt
	usage "not a regular file" -t pipe -s dist:/dev/zero
	usage "--size dist:web.txt: line 1: a weight is missing; write SIZE WEIGHT, as in 4K 12" -t pipe -s dist:web.txt
	usage "would replace" -t pipe -s trace:web.txt --csv web.txt
	usage "gate: --size trace:web.txt is not compared" gate --base pipe --new fifo -s trace:web.txt --dry-run
}

@test "messages of different sizes arrive whole, and their bytes are counted; a replay needs no file" {
	cd "$BATS_TEST_TMPDIR"
	printf '64\n8\n4K\n100\n65537\n' >web.txt
	cli -t pipe,shm -w block -p same-cpu -m latency,throughput -n 1001 -T 2 --warmup 1ms --verify \
		-s trace:web.txt,lognormal:median=1K,p99=16K -o run
	[ "$status" -eq 0 ]
	same "Round trip, up to 65537 B, same-cpu, sizes trace:web.txt#$(fields sizes <run/trials.csv | sed -n 's/^trace:.*#//p' | head -n 1)" \
		"$(grep '^Round trip.*trace' <<<"$output")"
	# 200 turns and a message more or less, that follow the warm-up
	same "" "$(fields sizes size_bytes bytes dispatch <run/trials.csv | awk -F '\t' \
		'$1 ~ /^trace/ && !($2 == 65537 && $3 >= 200 * 69805 + 8 && $3 <= 200 * 69805 + 65537) || $4 != "indirect"')"
	same "lognormal:median=1K,p99=16K" "$(fields sizes <run/trials.csv | grep -v trace | sort -u)"
	[ "$(fields sizes bytes <run/trials.csv | grep -c .)" -eq 16 ]
	[ "$(find run/hist -name 'pipe_*_indirect_sizes-trace-web.txt-????????.hlog' | wc -l)" -eq 1 ]
	rm web.txt
	cli --replay run -q -o again
	[ "$status" -eq 0 ]
	same "$(fields sizes order <run/trials.csv)" "$(fields sizes order <again/trials.csv)"
	same "$(jq -c .plan.sizes run/env.json)" '["64\n8\n4096\n100\n65537\n"]'
	cli gate --base pipe --new shm -w block -s lognormal:median=100,p99=1K --blocks 6,8 -d 2ms --metrics mean -q --csv -
	same "pipe shm mean lognormal:median=100,p99=1K" "$(fields transport_base transport_new metric sizes <<<"$output" | xargs)"
	cli tables run
	[[ "$output" != *lognormal* ]]
	env_json run 'del(.plan.sizes)'
	usage "the plan lacks the sizes of trace:web.txt" --replay run
}

need_namespaces() {
	plan -t pipe -p same-cpu -m latency -s 64 --isolate container
	[[ "$output" != *skip* ]] || skip "namespaces are not allowed here"
}

@test "--isolate: none unless asked for, and skipped with the remedy where it is not allowed" {
	plan -t pipe -p same-cpu -m latency -s 64
	same none "$(column 20)"
	usage '--isolate: "nt" is not one of none, pid, ipc, net, mount, container' --isolate nt
	need_namespaces
	run setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin "$IPCBENCH" --dry-run -t pipe -p same-cpu -m latency -s 64 --isolate all
	[ "$status" -eq 0 ]
	says "skip: --isolate pid needs CAP_SYS_ADMIN: run as root, or in a user namespace"
	says "6 cells, 5 skipped"
}

@test "--isolate: what was inherited reaches across, and what was not is skipped with the reason" {
	need_namespaces
	cli -t pipe,tcp,unix-dgram,posix-mq,posix-shm,fifo,condvar,signal,rwlock,sysv-mq,sysv-sem,shm:waiter=sysv-sem -t "exec:$SOURCE_ROOT/examples/programs/echo.py" \
		-w block -m latency -s 64 -p same-cpu -n 100 -T 1 --warmup 0 --verify --isolate all --csv -
	[ "$status" -eq 0 ]
	same "" "$(fields status reason <<<"$output" | grep ^fail)"
	same "exec container
exec mount
exec net
exec pid
rwlock container
rwlock pid
shm:waiter=sysv-sem container
shm:waiter=sysv-sem ipc
signal container
signal pid
sysv-mq container
sysv-mq ipc
sysv-sem container
sysv-sem ipc" "$(fields status transport isolate <<<"$output" |
		awk -F'\t' '$1 == "skip" { sub(/:program.*/, "", $2); print $2, $3 }' | LC_ALL=C sort)"
	says "signal works with numbers of processes or threads, so both sides must be in one pid namespace; use another --isolate than container"
	cli -t pipe -w block -m latency -s 64 -p same-cpu -n 100 -T 1 --isolate pid --load cpu:1 --csv -
	says "a side in a pid namespace of its own cannot read the CPU time of --load"
}

@test "--plugin adds a mechanism" {
	plan --plugin "$PLANTED" -t planted
	same planted "$(column $TRANSPORT)"
	# wherever it stands on the line
	plan -t planted --plugin="$PLANTED"
	same planted "$(column $TRANSPORT)"
	cli list --plugin "$PLANTED" --json
	same planted "$(jq -r '.[-1].name' <<<"$output")"
}

@test "--trials and --duration lengthen the plan" {
	cli --dry-run -t pipe -p same-cpu -s 64 -m latency -T 3 -d 1
	says "3 trials each, 3 launches"
	cli --dry-run -t pipe -p same-cpu -s 64 -m latency -T 4 -d 100
	[[ "$output" =~ 4\ launches,\ about\ [67]m[0-9]+s ]]
}

@test "long options may be shortened and take = or a space" {
	plan --trans pipe --siz=64 --mo latency
	same "pipe" "$(column $TRANSPORT)"
	same "64B" "$(sizes)"
}

@test "the last of two values counts" {
	plan -t pipe -s 64 -s 128
	same "128B" "$(sizes)"
}

@test "--config: options from a file, of which the command line has the last word" {
	cd "$BATS_TEST_TMPDIR"
	printf '\357\273\277# a tiny run\ntransport = pipe # and\ntransport = "fifo"\nsize = 64,4K\nplacement = same-cpu\n' >run.conf
	printf 'mode = latency\ntrials = 9\ntrials = 2\nduration = 10ms\nwarmup = 1ms\nverify = true\ncounters = false\n' >>run.conf
	plan --config run.conf
	same "pipe fifo" "$(column $TRANSPORT)"
	same "64B 4KiB" "$(sizes)"
	same latency "$(column $MODE)"
	cli --config run.conf --dry-run
	says "2 trials each, 8 launches"
	# a list replaces that of the file, and what excludes an option replaces it as well
	cli --config run.conf -t eventfd --cpus 0,0 -T 3 -n 20 --dry-run
	[ "$status" -eq 0 ]
	says "3 trials each, 3 launches, as long as 20 messages take"
	# what is stored does not need the file again
	cli --config run.conf -s 64 -q -o run
	[ "$status" -eq 0 ]
	same "--transport=pipe --transport=fifo --mode=latency --trials=9 --trials=2 --duration=10ms --warmup=1ms --verify --size=64" \
		"$(jq -r '.plan.options - ["--placement=same-cpu"] | join(" ")' run/env.json)"
	same "--output=run" "$(jq -r '.command[-1]' run/env.json)"
	rm run.conf
	cli --replay run --dry-run
	says "4 launches"
	# whoever asks for help need not have the file
	cli --config run.conf --help
	[ "$status" -eq 0 ]
}

@test "--config: blanks beside the commas of a list, but in no other value" {
	cd "$BATS_TEST_TMPDIR"
	printf 'transport = pipe, fifo ,\tshm:waiter = futex\n' >run.conf
	usage 'run.conf: line 1: transport: shm has no option "waiter "' --config run.conf
	printf 'transport = pipe, fifo ,\teventfd\nsize = "64 , 4K"\nlabel = a , b\nplacement = same-cpu\nmode = latency\ntrials = 1\nmessages = 20\n' >run.conf
	plan --config run.conf
	same "eventfd fifo pipe" "$(column $TRANSPORT | xargs -n1 | sort -u | xargs)"
	cli --config run.conf
	says '"a , b": 1 trial'
}

@test "spinning on one CPU is told as skipped only if it was asked for" {
	local cells=(-t 'pipe,shm' -p same-cpu -s 64 -m latency -T 1 -n 200 --warmup 0)
	cli "${cells[@]}"
	[ "$status" -eq 0 ]
	[[ "$output" != *"skip "* ]]
	cli "${cells[@]}" -w block,spin
	says "skip pipe, shm: spinning on the CPU that the peer needs"
}

@test "an open loop explains each of its columns once, and what its flag means" {
	cli -t pipe -s 64 -m rate --rate 400% -p cross-cpu -T 2 -d 30ms --warmup 5ms
	[ "$status" -eq 0 ] || skip "one CPU"
	says "  saturated "
	says "saturated: the rate when everything is due at once, to which percentages refer; its 95% CI: "
	same 1 "$(grep -o '95% CI: ' <<<"$output" | wc -l)"
	says "O: rate-missed (the offered load was not sustained)"
}

@test "--config: a run that was cut off goes on with the options of its file" {
	cd "$BATS_TEST_TMPDIR"
	printf 'transport = pipe\nsize = 64\nplacement = same-cpu\nmode = latency\nduration = 5ms\nwarmup = 0\noutput = run\ncsv = rows.csv\n' >run.conf
	cli --config run.conf -q -T 3
	[ "$status" -eq 0 ]
	echo "run x: 3 launches planned" >run/incomplete
	sed -i '3,$d' run/trials.csv
	rm run.conf rows.csv
	cli --resume run
	[ "$status" -eq 0 ]
	[[ "$stderr" == *"1 of 3 launches kept"* ]]
	same 4 "$(wc -l <rows.csv)"
}

@test "--config: what is wrong is named with its file and line" {
	cd "$BATS_TEST_TMPDIR"
	local text want
	while IFS='|' read -r text want; do
		printf '%b' "$text" >run.conf
		usage "$want" --config run.conf
	done <<-'END'
		# x\nsize 64\n|run.conf: line 2: "size 64" lacks a "="; write name = value
		siez = 64\n|run.conf: line 1: unknown option "siez"; did you mean "size"?
		size = 64\nduration = long\n|run.conf: line 2: duration: "long" is not a duration; write seconds
		\ntransport = pip\n|run.conf: line 2: transport: unknown mechanism, family or group "pip"; did you mean pipe?
		[a]\nsize = 64\n|run.conf: line 1: [a]: only option files of ipcbench gate have sections
		verify = maybe\n|run.conf: line 1: verify: "maybe" is neither true nor false; write one
		config = x\n|run.conf: line 1: config: an option file cannot name another one; drop
		help = true\n|run.conf: line 1: help is for the command line only; drop
		size = 64\0\n|run.conf: line 1: the line holds a 0 byte; give a text file
		auto = true\ntrials = 3\n|auto (line 1 of run.conf) and trials (line 2 of run.conf) exclude each other
		precision = 5%\n|precision (line 1 of run.conf) is for --auto
		slice = 0\nplot = true\n|slice (line 1 of run.conf) and plot (line 2 of run.conf) exclude
	END
	printf 'label = %2000s\n' x >run.conf
	usage "run.conf: line 1: the line has 2008 bytes, and the limit is 1024; shorten it" --config run.conf
	truncate -s 2M run.conf
	usage "limit of 1 MiB" --config run.conf
	usage "nowhere: No such file" --config nowhere
	usage "not a regular file" --config .
	usage "not a regular file" --config /dev/zero
	mkfifo pipe
	usage "not a regular file" --config pipe
	echo "size = 64" >run.conf
	usage "would replace what is read" --config run.conf --csv run.conf
	usage "and size (line 1 of run.conf) exclude each other: the plan is that of the stored run" --replay x --config run.conf
}

@test "a plan of too many cells or launches is refused before there is memory for it" {
	[ -n "${SANITIZED-}" ] || ulimit -v 500000
	usage "the plan has 8000 cells in 10000 trials, and the limit is 10000000 launches; ask for fewer values or --trials 1250" \
		-t "pipe,unix-stream" -p same-cpu --batch "$(seq -s, 2000)" -m throughput -s 1,2 -T 10000
	usage "the plan has 250500 cells or more, of which each pair counts as one, and the limit is 250000; ask for fewer values" \
		-t pipe -p same-cpu -m latency -s "$(seq -s, 5000)" --think "$(seq -s, 500 | sed 's/,/us,/g')us"
	usage "cells or more" -t pipe -p same-cpu -m rate --rate "$(seq -s, 1000)" -s "$(seq -s, 1000)"
	usage "cells or more" -t pipe -p same-cpu --topology "$(seq -s, -f pairs:%g 512)" -s 1..1M
	usage '--size: "1e9" is not a size' -s 1..1e9
	usage "with N up to 512" --topology pairs:1..1000000000
}
