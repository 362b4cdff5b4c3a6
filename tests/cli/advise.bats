#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# ipcbench advise: from a run directory and needs to an answer and an exit status. Which mechanism is
# first is decided on made-up figures; the page shows the reference run, and has to be true of it.

# shellcheck disable=SC2154 # bats sets status, output and stderr
load ../lib
load cli

setup() {
	begin
	cd "$BATS_TEST_TMPDIR" || return
	unset COLUMNS
}

teardown() {
	end
}

# made_up DIR [TRIALS]: lines "TRANSPORT MODE SIZE WAIT PLACEMENT P50 P99 MSGS_PER_S CPU" become a run of six
# trials, a twentieth to either side of the figures; "-" is empty.
made_up() {
	mkdir -p "$1"
	awk -v trials="${2:-6}" 'BEGIN {
		print "schema_version,run_id,label,transport,family,wait,copy,mode,size_bytes,trial," \
			"placement,idle,status,reason,flags,msgs_per_s,bytes_per_s,lat_p50_ns," \
			"lat_p99_ns,cpu_ns_per_msg,think_ns,rate,arrivals,dispatch,mem"
	}
	function part(value, i) { return value == "-" ? "" : value * (0.95 + (i - 1) / (trials - 1) / 10) }
	{
		for (i = 1; i <= trials; i++)
			printf "1,made-up,,%s,,%s,%s,%s,%s,%d,%s,default,ok,,,%s,%s,%s,%s,%s,,,,direct,default\n",
				$1, $4, $3 == "-" ? "" : "copy", $2, $3 == "-" ? "" : $3, i, $5,
				part($8, i), $8 == "-" || $3 == "-" ? "" : part($8 * $3, i),
				part($6, i), part($7, i), part($9, i)
	}' >"$1/trials.csv"
	printf '{"schema_version": 1, "cpu": {"model": "Made up", "cpus": 2},
		"kernel": {"name": "Linux", "release": "6.1"}}\n' >"$1/env.json"
}

few() {
	made_up "$1" "${2:-6}" <<-'END'
		pipe latency 64 block same-llc 60000 90000 - 40000
		pipe throughput 64 block same-llc - - 2000000 500
		fifo latency 64 block same-llc 56000 86000 - 42000
		fifo throughput 64 block same-llc - - 1500000 700
		unix-stream latency 64 block same-llc 50000 80000 - 30000
		unix-stream throughput 64 block same-llc - - 1000000 1000
		tcp latency 64 block same-llc 70000 110000 - 60000
		tcp throughput 64 block same-llc - - 150000 6000
		udp latency 64 block same-llc 40000 50000 - 20000
		sysv-mq latency 64 block same-llc 65000 95000 - 45000
		shm latency 64 spin same-llc 100 200 - 300
		eventfd latency - block same-llc 30000 50000 - 20000
		pipe latency 64 block same-cpu 5000 8000 - 5000
		pipe latency 1048576 block same-cpu 400000 800000 - 500000
		pipe throughput 1048576 block same-cpu - - 4000 250000
		posix-shm throughput 1048576 block same-cpu - - 20000 50000
	END
}

# advises STATUS ARG...: ends so, without a word on standard error.
advises() {
	local wanted=$1
	shift
	cli advise "$@"
	if [ "$status" -ne "$wanted" ] || [ -n "$stderr" ]; then
		say "advise $*: status $status instead of $wanted:" "$stderr" "$output"
		return 1
	fi
}

@test "a whole answer" {
	few run
	advises 0 run --need 'size=100 rate=200k p99<200us reach=host'
	diff - <(printf '%s\n' "$output") <<-'END'
		Use fifo: named pipe: mkfifo(3), write(2), read(2)
		Round trip p50 56.0 µs, p99 86.0 µs; 1.50 M msg/s = 96.0 MB/s; CPU 700 ns a message, headroom 2.3; 6 trials
		Ahead of unix-stream: CPU time per message 700 ns (665–735) against 1.00 µs (0.95–1.05)
		Asked: size=100 rate=200k p99<200us reach=host; wait=block, the default; no message may be lost
		Data: run, run made-up (Made up, 2 CPUs, Linux 6.1); 64 B (the nearest measured to 100 B); same-llc

		2 qualify: first those with headroom, by CPU time per message, then the others by p50; ties: the simplest first
		  mechanism    wait   p50 µs  p99 µs  M msg/s  MB/s  CPU µs     95% CI  headroom
		* fifo         block    56.0    86.0     1.50  96.0    0.70  0.67–0.73       2.3
		  unix-stream  block    50.0    80.0     1.00  64.0    1.00  0.95–1.05       2.5

		Excluded, each for the first reason found
		  too slow: need 200 k msg/s: tcp (150 k msg/s)
		  not measured: unix-dgram, unix-seqpacket, sysv-mq, posix-mq, posix-shm, sysv-shm, mmap, file
		  may lose messages: udp, udp-multicast
		  reach: kin only, need host: pipe, shm, shm-queue, shm-broadcast, shm-lossy
		  carry no data: posix-sem, sysv-sem, signal, eventfd, timerfd, futex, condvar, condvar-all, mutex, rwlock, barrier

		CPU: user and system time of both sides per message, of messages back to back, because the next is due before a round trip has ended
		95% CI: of the median over the trials
		headroom: by what factor the limits are met; from 2 on, CPU time decides
	END
}

@test "every format says the same" {
	few run
	local need='size=100 rate=200k p99<200us reach=host'
	advises 0 run --need "$need" --json
	same "fifo 1 64 same-llc cpu" "$(jq -r \
		'"\(.recommended) \(.mechanisms[0].rank) \(.size_bytes) \(.placement) \(.ranked_by)"' <<<"$output")"
	same "p99" "$(jq -r --arg need "$need" 'select(.need == $need and .schema_version == 2 and
		.figures.run_id == "made-up" and .figures.machine == "Made up, 2 CPUs, Linux 6.1") | "p99"' <<<"$output")"
	same "too slow: need 200 k msg/s" "$(jq -r '.mechanisms[] | select(.transport == "tcp").reason' <<<"$output")"
	# each is there once, and has a rank or a reason
	same "0 0" "$(jq -r '"\([.mechanisms[] | select(.qualifies != (.rank != null) or
		.qualifies == (.reason != null))] | length) \(.mechanisms | group_by([.transport, .wait, .copy]) |
		map(select(length > 1)) | length)"' <<<"$output")"
	advises 0 run --need "$need" --md
	[[ "$output" == "## Use fifo: "* ]]
	grep -q '^| fifo \\\* | block |' <<<"$output"
	grep -q '^- too slow: need 200 k msg/s: tcp (150 k msg/s)$' <<<"$output"
}

@test "needs may be spread over options and directories stand anywhere" {
	few run
	advises 0 --need size=64 run --need rate=200k,p99\<200us --need reach=host --json
	same "fifo" "$(jq -r .recommended <<<"$output")"
	same 'size=64 rate=200k,p99<200us reach=host' "$(jq -r .need <<<"$output")"
}

@test "waits, places and losses are as asked for" {
	few run
	advises 0 run --need wait=spin --json
	same "shm spin" "$(jq -r '.mechanisms[0] | "\(.transport) \(.wait)"' <<<"$output")"
	advises 0 run --need wait=spin
	says "spin: a waiting side keeps a CPU busy"
	advises 0 run --need placement=same-cpu
	says "Use pipe: "
	says "64 B (no size given); same-cpu"
	advises 0 run --need loss=yes
	says "Use udp: "
	advises 0 run --need reach=network
	says "Use tcp: "
	says "values are those of the loopback interface"
	advises 0 run --need shape=notify
	says "Use eventfd: "
}

@test "nothing qualifies: 1, and why" {
	few run
	advises 1 run --need 'p99<1us'
	says "No mechanism meets the needs"
	says "too slow: p99, need under 1.00 µs: pipe (90.0 µs), fifo (86.0 µs), unix-stream (80.0 µs), tcp (110 µs), sysv-mq (95.0 µs)"
	advises 1 run --need 'p99<1us' --json
	same "null 0" "$(jq -r '"\(.recommended) \([.mechanisms[] | select(.qualifies)] | length)"' <<<"$output")"
}

@test "without a run: traits alone, and what would measure" {
	advises 0 --need 'size=1K p99<20us shape=message persistence=no wait=block'
	says "Use unix-dgram: "
	says "By traits alone: speed was not considered, and p99 could not be judged."
	says "ipcbench -t all -s 1K -w block -T 6 -o DIR"
	says "may lose messages: udp"
	says "leave objects in the kernel until these are removed, need persistence=no: sysv-mq, posix-mq"
	advises 0 --need reach=kin --json
	same "null simplicity pipe" "$(jq -r '"\(.figures) \(.ranked_by) \(.recommended)"' <<<"$output")"
}

@test "the tree takes its leaves from the figures" {
	few run
	advises 0 run
	says "Does the other process run on another host?"
	says "  yes: sockets that reach it: tcp, p50 70.0 µs for 64 B"
	says "    yes: semaphores, counters, signals, locks: eventfd, p50 30.0 µs, CPU 10.0 µs each"
	advises 0 run --json
	# at the place of the run that has two CPUs nothing large was measured
	same "64 64" "$(jq -r '"\(.small_bytes) \(.large_bytes)"' <<<"$output")"
	same "unix-stream" "$(jq -r .tree.no.no.no.no.recommended <<<"$output")"
	sed -i '/same-llc/d' run/trials.csv
	advises 0 run --json
	same "posix-shm 50000" "$(jq -r '.tree.no.no.yes.yes | "\(.recommended) \(.large_time_ns | floor)"' <<<"$output")"
	same "1048576 same-cpu" "$(jq -r '"\(.large_bytes) \(.placement)"' <<<"$output")"
	advises 0 run --md
	grep -q '^- Does the other process' <<<"$output"
	grep -q '^  - no: Does it only need to be woken' <<<"$output"
}

@test "the tree of a run that lacks what a leaf needs" {
	cli "${TINY[@]}" -q -t pipe,tcp -m latency -T 1 -o run
	cli advise run
	says "a pipe or a stream socket: pipe, tcp (not ranked)"
	run ! grep -E ' -( |,|;|$)' <<<"$output"
}

@test "the tree without figures" {
	advises 0
	says "yes: sockets that reach it: tcp"
	says "By traits alone"
	advises 0 --json
	same "pipe null" "$(jq -r '"\(.tree.no.no.no.no.recommended) \(.figures)"' <<<"$output")"
}

@test "a tie: the fastest is named, all that tie are said, and CPU time decides" {
	made_up run <<-'END'
		shm latency 64 block same-llc 50000 80000 - 60000
		posix-shm latency 64 block same-llc 52000 80000 - 30000
		pipe latency 64 block same-llc 54000 90000 - 60000
		file latency 64 block same-llc 20000 90000 - 90000
	END
	advises 0 run --need family=shared-memory
	says "Use posix-shm: "
	says "Chosen from 2 that are statistically tied in p50 (lowest: shm, 50.0 µs (47.5–52.5)): it costs the least CPU time, 15.0 µs (14.2–15.8) a message"
	says "family: not shared-memory: pipe, fifo"
	advises 0 run --need family=shared-memory --json
	same "posix-shm true true" "$(jq -r '"\(.recommended) \(.mechanisms[0].tied) \(.mechanisms[1].tied)"' <<<"$output")"
}

@test "the fastest of all is not what a tie is decided for, and a file is not shared memory" {
	made_up run <<-'END'
		shm latency 64 block same-llc 50000 80000 - 60000
		pipe latency 64 block same-llc 52000 80000 - 30000
		file latency 64 block same-llc 70000 90000 - 90000
		shm throughput 64 block same-llc - - 1000000 600
		file throughput 64 block same-llc - - 3000000 900
		pipe throughput 64 block same-llc - - 1000000 300
	END
	advises 0 run
	says "round trip of 64 B: shm 50.0 µs (statistically tied: pipe 52.0 µs); stream of 64 B, time per message: file 333 ns"
	says "shared memory with a notification: shm, "
	says "a shared file: file, "
	advises 0 run --json
	same "shm file shm file" "$(jq -r '"\(.small.transport) \(.large.transport) \(.tree.no.no.yes.yes.recommended) \(
		.tree.no.no.yes.no.yes.recommended)"' <<<"$output")"
}

@test "three trials rank nothing, and say what would" {
	few run 3
	advises 0 run --need 'p99<200us reach=host'
	says "4 mechanisms qualify, too few trials to rank them"
	says "Not ranked: 3 trials give no 95% CI, which takes 6; measure with ipcbench -t all -s 64..1M -T 6 -o DIR and ask again"
	says "4 qualify: not ranked, the simplest first"
	says "low-high: lowest and highest trial"
	[[ "$output" != *"Use "* ]]
	[[ "$output" != *"* "* ]]
	advises 0 run --need 'p99<200us reach=host' --json
	same "null null null" "$(jq -r '"\(.recommended) \(.ranked_by) \(.mechanisms[0].rank)"' <<<"$output")"
	same "4 mechanisms" "$(jq -r '"\([.mechanisms[] | select(.qualifies)] | length) mechanisms"' <<<"$output")"
	# one mechanism needs no rank
	advises 0 run --need 'p99<200us reach=network'
	says "Use tcp: "
	[[ "$output" != *"* tcp"* ]]
	advises 0 run
	says "a pipe or a stream socket: pipe 60.0 µs, fifo 56.0 µs, unix-stream 50.0 µs, tcp 70.0 µs (not ranked)"
	says "Not ranked: 3 trials give no 95% CI"
	[[ "$output" != *"Fastest"* ]]
	advises 0 run --json
	same "null null" "$(jq -r '"\(.small) \(.tree.no.no.no.no.recommended)"' <<<"$output")"
}

@test "what the run has no results for is refused" {
	few run
	usage "size: 4 KiB is more than a factor of 4 from every size in the run (64 B)" \
		advise run --need size=4K
	usage "placement: the run has no results for smt, but for same-cpu, same-llc" \
		advise run --need placement=smt
	usage "no round trips and no throughput with epoll" advise run --need wait=epoll
}

@test "bad values are told" {
	few run
	usage "\"sise\" is not one of size" advise --need sise=1K
	usage "is given twice" advise --need size=1 --need size=2
	usage "one directory too many" advise run run
	usage "--json and --md exclude each other" advise --json --md
	usage "No such file or directory" advise nowhere
	ln -s loop loop
	usage "Too many levels of symbolic links" advise loop
	usage "not a directory" advise run/trials.csv
	usage "--needs" advise --needs
	mkdir empty
	usage "holds no trials.csv" advise empty
}

@test "damaged runs: 1 and one line" {
	few run
	truncate -s -3 run/trials.csv
	cli advise run
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	[[ "$stderr" == "ipcbench: run/trials.csv: "*"cut"* ]]
	same 1 "$(wc -l <<<"$stderr")"
}

@test "a message that is too large is not recommended" {
	advises 0 "$SOURCE_ROOT/results/reference/kvm-epyc-2cpu" --need "size=12K boundaries=yes"
	says "skipped in the run: a message of 65536 B does not fit"
	few run
	advises 1 run --need "size=100 boundaries=yes"
	says "have a size limit, and no message of 100 B or more was measured: sysv-mq"
}

@test "what is no file is not waited at" {
	mkdir run
	mkfifo run/trials.csv
	cli advise run
	[ "$status" -eq 1 ]
	same "ipcbench: run/trials.csv: not a regular file but a FIFO; only regular files of at most 256 MiB are read" "$stderr"
	rm run/trials.csv
	few run
	rm run/env.json
	mkfifo run/env.json
	cli advise run
	[ "$status" -eq 1 ]
	same "ipcbench: run/env.json: not a regular file but a FIFO; only regular files of at most 256 MiB are read" "$stderr"
}

@test "two columns of one name are refused" {
	few run
	sed -i '1s/lat_p50_ns/lat_p99_ns/' run/trials.csv
	cli advise run --need p99\<1s
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	[[ "$stderr" == "ipcbench: run/trials.csv: has two columns lat_p99_ns; "* ]]
}

@test "a complaint cannot move the cursor" {
	few run
	sed -i '2s/,ok,/,ok\x1b[2J,/' run/trials.csv
	cli advise run
	[ "$status" -eq 1 ]
	[[ "$stderr" == *'status "ok?[2J"'* ]]
}

@test "a run cannot move the cursor" {
	few run
	sed -i '2,$s/,pipe,/,pipe:\x1b[2Jx=\x07,/' run/trials.csv
	advises 0 run --need loss=yes
	[[ "$output" != *$'\e'* ]]
	[[ "$output" != *$'\a'* ]]
	says "pipe:?[2Jx=?"
}

@test "a plugin is known once it is loaded" {
	made_up run <<<"planted latency 64 block same-llc 1000 2000 - 1000"
	advises 1 run --need rate=1
	says "unknown traits; load a plugin with --plugin: planted"
	advises 0 run --plugin "$PLANTED" --need p50\<1ms
	says "Use planted: "
}

@test "a full disk is told" {
	[ -e /dev/full ] || skip "no /dev/full"
	few run
	local args
	for args in "" --json --md; do
		# shellcheck disable=SC2016,SC2086 # for the inner shell; none or one word
		run --separate-stderr bash -c '"$IPCBENCH" advise run $1 >/dev/full' - $args
		[ "$status" -eq 1 ]
		[[ "$stderr" == "ipcbench: cannot write to standard output: "* ]]
	done
}

@test "docs/advise.md shows what the program says of the reference run" {
	local page=$SOURCE_ROOT/docs/advise.md count=0 command
	cd "$SOURCE_ROOT" || return
	while IFS= read -r command; do
		count=$((count + 1))
		awk -v wanted="\$ $command" '
			/^```/ { on = 0 }
			on { print }
			$0 == wanted { on = 1 }' "$page" >"$BATS_TEST_TMPDIR/shown"
		[ -s "$BATS_TEST_TMPDIR/shown" ]
		# as a shell reads the line, on a terminal of 100 columns
		COLUMNS=100 bash -c "ipcbench() { \"\$IPCBENCH\" \"\$@\"; }; $command" \
			>"$BATS_TEST_TMPDIR/said" || [ $? -eq 1 ]
		diff "$BATS_TEST_TMPDIR/shown" "$BATS_TEST_TMPDIR/said"
	done < <(sed -n 's/^\$ \(ipcbench advise .*\)/\1/p' "$page")
	[ "$count" -ge 3 ]
}

@test "the page and --help name every need" {
	local need list
	advises 0 --help
	says "--need"
	says "DIR"
	list=$("$IPCBENCH" advise --need x=1 2>&1 || true)
	list=${list#*is not one of }
	for need in ${list//,/}; do
		grep -q "^| .*\`${need}[=<]" "$SOURCE_ROOT/docs/advise.md" || {
			say "docs/advise.md does not explain $need"
			return 1
		}
		says "$need"
	done
	same 19 "$(wc -w <<<"$list" | tr -d ' ')"
}
