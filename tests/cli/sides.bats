#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Several pairs at once: their rows, their CPUs, what they refuse, and their faults.

# shellcheck disable=SC2154 # lib.bash sets driver, status and stderr
load ../lib
load cli

setup() {
	begin
	cd "$BATS_TEST_TMPDIR" || return
	cpus=$(nproc)
}

teardown() {
	end
}

# pairs ARG...: measures cells of a pipe on one CPU for each pair, long enough for all to run at once on a busy machine.
pairs() {
	measure --transport pipe --wait block --size 64 --duration 0.3 "$@"
}

@test "a row of several pairs is their sum, and sides.csv has a row for each side" {
	pairs --mode latency,throughput --topology pair,pairs:2,pairs:3 --trials 2 -o run
	[ "$status" -eq 0 ]
	same "$(printf '%s\n' pair pairs:2 pairs:3)" "$(fields topology <run/trials.csv | sort -u)"
	# 2 modes, 2 trials, 4 and 6 sides
	[ "$(fields side <run/sides.csv | wc -l)" -eq 40 ]
	same "$(printf '%s\n' 'rx 20' 'tx 20')" "$(fields side <run/sides.csv | sort | uniq -c | awk '{ print $2, $1 }')"
	# messages and rates add up; the least and the most are among them; 1/N <= Jain's index <= 1
	awk -F'\t' '
		NR == FNR {
			key = $1 FS $2
			if ($3 == "tx") { messages[key] += $4; rate[key] += $5; n[key]++
				if (!(key in least) || $5 < least[key]) least[key] = $5
				if ($5 > most[key]) most[key] = $5 }
			if (($6 != "") != ($3 == "tx" && key ~ /latency/)) { print "p50 of " $0 > "/dev/stderr"; bad = 1 }
			next
		}
		function near(a, b) { return a > b * 0.999999 && a < b * 1.000001 }
		{ key = $1 FS $2; rows += $8 != "pair" }
		$8 == "pair" && $5 $6 $7 != "" { print "a pair has " $0 > "/dev/stderr"; bad = 1 }
		$8 != "pair" && !($3 == messages[key] && near($5, least[key]) && near($6, most[key]) && $7 >= 1 / n[key] - 1e-6 && $7 <= 1 + 1e-6 &&
			near($4, rate[key])) { print "not the sum: " $0 > "/dev/stderr"; bad = 1 }
		END { exit bad || rows != 8 }
	' <(fields cell trial side messages msgs_per_s lat_p50_ns <run/sides.csv) \
		<(fields cell trial messages msgs_per_s side_least_msgs_per_s side_most_msgs_per_s jain_msgs topology <run/trials.csv)
	# every round trip is in the histogram
	awk -F'\t' '$1 != "" && $1 != $2 { exit 1 }' < <(fields lat_count messages <run/trials.csv)
	grep -q 'pairs:3' run/table.txt
}

@test "one pair alone has no sides.csv" {
	pairs --mode latency --topology pairs:1 -o run
	[ "$status" -eq 0 ]
	[ ! -e run/sides.csv ]
	same pair "$(fields topology <run/trials.csv)"
}

@test "every mechanism in pairs" {
	measure --transport all --size 64 --topology pairs:2 --mode latency,throughput --verify --duration 0.2
	[ "$status" -eq 0 ]
	[ "$(fields status <"$CSV" | grep -c ok)" -ge 40 ]
	# what is skipped is skipped for one pair as well
	cp "$CSV" two.csv
	measure --transport all --size 64 --mode latency,throughput
	same "$(fields transport wait copy mode status <"$CSV" | sort)" "$(fields transport wait copy mode status <two.csv | sort)"
}

@test "sides of pairs are placed apart as long as there are CPUs, and flagged beyond" {
	[ "$cpus" -ge 2 ] || skip "needs two CPUs"
	pairs --mode latency --topology "pairs:$cpus,pairs:$((cpus + 1))" -o run
	[ "$status" -eq 0 ]
	same "$cpus" "$(fields topology cpu <run/sides.csv | awk -v of="pairs:$cpus" '$1 == of { print $2 }' | sort -u | wc -l)"
	same "$((cpus + 1)) yes" "$(fields topology flags <run/trials.csv |
		awk '$2 ~ /oversubscribed/ { sub(/pairs:/, "", $1); print $1, "yes" }')"
	# however many there are, if two pairs are on one of them
	cli -t pipe -w block -s 64 -m latency --trials 1 -d 0.3 --cpus 0,0,0,0 --topology pairs:2 --csv -
	[[ $(fields flags <<<"$output") == *oversubscribed* ]]
	# as many spinning sides as CPUs, and no more
	measure --transport shm --wait spin --size 64 --mode throughput --placement cross-cpu --topology "pairs:$((cpus / 2 + 1))"
	same skip "$(fields status <"$CSV")"
	[[ $(fields reason <"$CSV") == *"$((cpus / 2 + 1)) pairs that spin need a CPU for each side"* ]]
}

@test "--cpus places every side" {
	[ "$cpus" -ge 2 ] || skip "needs two CPUs"
	cli -t pipe -w block -s 64 -m latency --trials 1 -d 0.3 --cpus 0,1,1,0 --topology pairs:2 -o run
	[ "$status" -eq 0 ]
	same '0 1 1 0' "$(fields cpu <run/sides.csv | xargs)"
	cli -t pipe -w block -s 64 -m latency --trials 1 -d 0.3 --cpus 0,1 --topology pairs:2 --csv -
	[[ $output == *"--cpus names 2 CPUs, and 2 pairs have 4 sides"* ]]
	cli -t pipe -w block -s 64 -m latency --trials 1 -d 0.3 --cpus 0,1,1,1 --topology pairs:2 --csv -
	[[ $output == *"CPUs 1 and 1 are same-cpu, but those of the first pair are "* ]]
	usage 'names 3 CPUs, and there are 2 sides; name 2, or add --topology fan-in:2' -t pipe --cpus 0,1,1
	usage 'names 4 CPUs, and there are 2 sides; name 2, or add --topology pairs:2' -t pipe --cpus 0,1,1,0
}

@test "what several pairs cannot do is skipped, and what is no topology is refused" {
	pairs --mode setup,oneway --topology pairs:2
	[ "$(fields status reason <"$CSV" | grep -c '^skip	--mode [a-z]* measures one pair, not 2 at once')" -eq 2 ]
	measure --transport pipe --wait block --size 64 --mode latency --topology pairs:2 --messages 100
	[[ $(fields reason <"$CSV") == '--messages ends each of the 2 pairs at another time'* ]]
	measure --transport pipe --wait block --size 64 --mode latency --topology pairs:2 --timeline -o run
	[[ $(fields reason <"$CSV") == '--timeline records one pair, not 2 at once'* ]]
	usage '"pairs:0" is not a topology; write pair, bidi, pairs:N, server:N, fan-in:N' -t pipe --topology pairs:0
	usage '"ring:4" is not a topology' -t pipe --topology ring:4
}

@test "a failed side is named with its pair" {
	local pid
	start --transport pipe --wait block --size 64 --mode latency --topology pairs:2 --duration 30
	until_true 20 four_workers
	sleep 0.3
	# in the order of the sides
	pid=$(workers | sed -n 4p)
	kill -KILL "$pid"
	finish 20
	expect_status 1
	same fail "$(fields status <"$CSV")"
	[[ $(fields reason <"$CSV") == "the receiver of pair 2 was killed by signal 9 (Killed) in the timed phase" ]]
	no_leaks
}

four_workers() {
	[ "$(workers | wc -l)" -eq 4 ]
}

@test "a stopped side is named with its pair" {
	start --transport pipe --wait block --size 64 --mode latency --topology pairs:2 --timeout 3 --duration 1
	until_true 20 four_workers
	kill -STOP "$(workers | sed -n 3p)"
	finish 20
	expect_status 1
	[[ $(fields reason <"$CSV") == "timed out after 3 s: the sender of pair 2 was stopped by signal 19"* ]]
	no_leaks
}

@test "pairs of a run that was cut off are kept" {
	cli "${TINY[@]}" -m latency -d 300ms -T 4 --topology pair,pairs:2 --seed 1 -o run
	[ "$status" -eq 0 ]
	echo "run x: 8 launches planned" >run/incomplete
	# five launches are left
	awk -F, 'NR <= 6' run/trials.csv >cut.csv
	mv cut.csv run/trials.csv
	cp run/sides.csv before.csv
	cli --resume run
	[ "$status" -eq 0 ]
	[[ $stderr == *"ipcbench: 5 of 8 launches kept"* ]]
	[ "$(fields side <run/sides.csv | wc -l)" -eq 16 ]
	# those of kept trials are as they were
	local kept
	kept=$(fields topology <run/trials.csv | head -n 5 | grep -c pairs)
	same "$(fields trial side pair messages lat_p99_ns <before.csv | head -n $((4 * kept)))" \
		"$(fields trial side pair messages lat_p99_ns <run/sides.csv | head -n $((4 * kept)))"
}

@test "a replay and a gate have the same pairs" {
	cli "${TINY[@]}" -m latency -d 300ms --topology pairs:2 -o run
	cli --replay run --csv -
	[ "$status" -eq 0 ]
	same pairs:2 "$(fields topology <<<"$output")"
	cli gate --base pipe --new pipe -s 64 --topology pairs:2 --blocks 2,3 --metrics latency -d 300ms -o gate
	[[ $status -eq 0 || $status -eq 3 ]]
	same pairs:2 "$(fields topology <gate/compare.csv)"
}

# fans ARG...: the same of streams with one common side; --verify checks every number and byte.
fans() {
	measure --wait block --mode throughput --size 64 --duration 0.3 --placement none --verify "$@"
}

@test "bidi: a stream in each direction over every mechanism, whose rates add up" {
	cd "$BATS_TEST_TMPDIR"
	cli -t all -w block -p same-cpu -m throughput -s 64 -d 0.3 -T 1 --verify --topology bidi -q -o run
	[ "$status" -eq 0 ]
	same "mutex null rwlock timerfd" "$(fields transport status <run/trials.csv | sed -n 's/	skip$//p' | sort | xargs)"
	[ "$(fields status <run/trials.csv | grep -c fail)" -eq 0 ]
	same "2 tx 2 rx 1 tx 1 rx" "$(fields transport pair side <run/sides.csv | awk '$1 == "tcp" { print $2, $3 }' | sort -r | xargs)"
	awk -F'\t' 'NR == FNR { if ($2 == "rx") { rate[$1] += $3; n[$1]++ } next }
		$3 == "ok" && !(n[$1] == 2 && rate[$1] > 0.999999 * $2 && rate[$1] < 1.000001 * $2) { print; bad = 1 } END { exit bad }' \
		<(fields transport side msgs_per_s <run/sides.csv) <(fields transport msgs_per_s status <run/trials.csv)
	plan -t pipe -w block -p same-cpu -m latency -s 64 --topology bidi
	says "--topology bidi is a stream in each direction; use --mode throughput"
	plan -t shm -w spin -p same-cpu -m throughput -s 64 --topology bidi
	says "the four sides of bidi spin, and each needs a CPU"
	cli -t unix-stream,posix-mq -w block -p cross-cpu -m throughput -s 4K -d 0.3 -T 1 --warmup 0 --verify --topology bidi --csv -
	[ "$status" -eq 0 ]
}

@test "server: every mechanism that can, by epoll or a thread for each client, and the reason of the others" {
	measure --transport all --wait epoll,block --size 64 --mode latency --topology server:3 --duration 0.1 --verify
	[ "$(fields status <"$CSV" | grep -c fail)" -eq 0 ]
	same "$(cli list --json; jq -r '.[] | .name as $name | .topologies[] | select(startswith("server")) | $name + " " + (if . == "server epoll" then "epoll" else "block" end)' <<<"$output" | sort)" \
		"$(fields transport wait status <"$CSV" | awk '$3 == "ok" && $1 != "planted" { print $1, $2 }' | sort)"
	fields transport wait reason <"$CSV" >reasons
	grep -q '^sysv-mq	epoll	sysv-mq has no descriptor by which epoll_wait(2) could wait for several clients; use --wait block' reasons
	grep -q '^mutex	block	mutex cannot receive in several threads of a process, one for each client; use --topology pair or pairs:N$' reasons
}

@test "a row of a server: its clients together, and a side per process in sides.csv" {
	cli -t unix-stream -w epoll,block -m latency -s 64 -p none --trials 1 -d 0.3 --topology server:1,server:3 -o run
	[ "$status" -eq 0 ]
	same "$(printf '%s\n' '2 1 rx' '2 1 tx' '2 2 tx' '2 3 tx')" "$(fields pair side <run/sides.csv | sort | uniq -c | awk '{ $1 = $1; print }')"
	# the server answered what all clients received; only these have times
	fields wait side messages msgs_per_s lat_p50_ns <run/sides.csv | awk -F'\t' '
		{ messages[$1, $2] += $3; rate[$1, $2] += $4; seen[$1] = 1; bad += ($5 != "") != ($2 == "tx") }
		function near(a, b) { return a > b * 0.999999 && a < b * 1.000001 }
		END { for (w in seen) bad += messages[w, "tx"] != messages[w, "rx"] || !near(rate[w, "tx"], rate[w, "rx"]); exit bad }'
	awk -F'\t' 'NR == FNR { if ($2 == "tx") rate[$1] += $3; next }
		$1 == "server:1" { rows++; next }
		{ rows++; w = $2 }
		!($3 > 0.999999 * rate[w] && $3 < 1.000001 * rate[w] && $4 > 0 && $4 <= $5 && $6 > 0 && $6 <= 1 && $7 + $8 > 0) { print; exit 1 }
		END { exit rows != 4 }' <(fields wait side msgs_per_s <run/sides.csv) \
		<(fields topology wait msgs_per_s side_least_msgs_per_s side_most_msgs_per_s jain_msgs rx_user_s rx_sys_s <run/trials.csv)
	cli --replay run --csv -
	same "$(printf '%s\n' server:1 server:1 server:3 server:3)" "$(fields topology <<<"$output" | sort)"
	echo "run x: 4 launches planned" >run/incomplete
	cp run/sides.csv before.csv
	cli --resume run
	[ "$status" -eq 0 ]
	same "$(fields topology pair side messages <before.csv)" "$(fields topology pair side messages <run/sides.csv)"
}

@test "an open loop of clients: each has its share of the load, and what waits for the server counts from when it was due" {
	cli -t unix-stream -w epoll,block -m rate -s 64 -p none --trials 1 -d 0.5 --rate 600,2M --topology server:1,server:3 --verify --timeout 60 -o run
	[ "$status" -eq 0 ]
	same '4 1 4 2 4 3' "$(fields topology pair side <run/sides.csv | awk '$1 == "server:3" && $3 == "tx" { print $2 }' | sort | uniq -c | xargs)"
	# a low load is kept, in equal shares; of a high one most stays unsent, and that is in the times
	awk -F'\t' '$1 == 600 && !($2 > 0.9 * 600 && $2 < 1.02 * 600 && $3 < 1.1 * 0.5) { print; exit 1 }' <(fields offered_msgs_per_s msgs_per_s duration_s <run/trials.csv)
	awk -F'\t' '$2 == 600 { rows++; bad += !($3 + $4 > 0.9 * 300 && $3 + $4 < 1.1 * 300 && $8 > 0.9) }
		$2 > 600 { rows++; bad += !($4 > 10 * $3 && $7 ~ /rate-missed/ && $5 > 100e6 && $5 > 5 * $6) }
		END { exit bad || rows != 8 }' <(fields topology offered_msgs_per_s messages unsent_messages lat_p99_ns sent_p50_ns flags jain_msgs <run/trials.csv |
		awk -F'\t' -v OFS='\t' '$1 == "server:1" { $8 = 1 } { print }')
	same intended "$(fields lat_kind <run/trials.csv | sort -u)"
	grep -q '^Open-loop round trip, 64 B, not pinned, .*server:3' run/table.txt
	cli -t shm,udp,sysv-mq,shm-queue -w block -m rate -s 64 -p none --trials 1 -d 0.3 --rate 300,50% --topology server:2 --verify --csv -
	[ "$status" -eq 0 ]
	# few messages of many clients, and a mechanism whose loops are its own
	cli -t pipe -w block -m rate -s 64 -p none --trials 1 -d 0.4 --rate 10,30 --topology server:8 --csv -
	same "skip ok" "$(fields offered_msgs_per_s status <<<"$output" | awk '{ print $NF }' | sort -r | xargs)"
	[[ $(fields reason <<<"$output") == *"a load of 10 messages/s has fewer than one for each of 8 clients in 0.4 s"* ]]
	awk -F'\t' '$1 != "" && !($1 > 25 && $1 < 33) { print; exit 1 }' <(fields msgs_per_s <<<"$output")
	measure --transport planted --wait block --size 64 --mode rate --rate 300 --topology server:2 --duration 0.1 --placement none
	same 'ok indirect' "$(fields status dispatch <"$CSV" | xargs)"
	measure --transport planted --wait block --size 64 --mode rate --rate 300 --topology server:2 --dispatch direct --placement none
	[[ $(fields reason <"$CSV") == "the clients of an open loop call mechanisms through pointers; use --dispatch indirect" ]]
	cli -t pipe -w block -m rate -s 64 -p same-cpu --rate 300 --topology server:2 --csv -
	[[ $(fields reason <<<"$output") == *"use --placement cross-cpu"* ]]
}

@test "what a server cannot do is skipped with the reason, and what a client loses names it" {
	measure --transport pipe --wait block --size 64 --mode throughput,oneway --topology server:2
	[ "$(fields reason <"$CSV" | grep -c '^the server of --topology server:2 answers each message; use --mode latency or rate$')" -eq 2 ]
	measure --transport pipe --wait spin --size 64 --mode latency --topology server:2 --placement none
	[[ $(fields reason <"$CSV") == "the server has 2 threads on one CPU, one for each client, and one that polls keeps it from the others; use --wait block or epoll" ]]
	measure --transport pipe --wait epoll --size 64 --mode latency --topology server:2 --messages 10
	[[ $(fields reason <"$CSV") == "--messages ends each of the 2 clients at another time"* ]]
	measure --transport pipe --wait epoll --size lognormal:median=100,p99=200 --mode latency --topology server:2
	[[ $(fields reason <"$CSV") == "the loop of a server has messages of one size"* ]]
	measure --transport planted:where=send,fault=corrupt,at=20 --size 64 --mode latency --topology server:2 --verify
	expect_status 1
	[[ $(fields reason <"$CSV") =~ ^server,\ [a-z-]+\ phase:\ client\ [12]:\ corrupt: ]] || { say "$(fields reason <"$CSV")"; return 1; }
	measure --transport planted:where=send,fault=corrupt,at=20,side=rx --size 64 --mode latency --topology server:2 --verify
	expect_status 1
	[[ $(fields reason <"$CSV") =~ ^client\ [12],\ [a-z-]+\ phase:\ corrupt: ]] || { say "$(fields reason <"$CSV")"; return 1; }
	no_leaks
}

@test "fan-in and fan-out: every mechanism that can, and the reason of the others" {
	fans --transport all --topology fan-in:3,fan-out:3 -d 0.1
	[ "$status" -eq 0 ]
	[ "$(fields status <"$CSV" | grep -c fail)" -eq 0 ]
	same "$(cli list --json; jq -r '.[] | .name as $name | .topologies[] | select(startswith("fan")) | $name + " " + sub(" .*"; "") + ":3"' <<<"$output" | sort)" \
		"$(fields transport topology status <"$CSV" | awk '$3 == "ok" && $1 != "planted" { print $1, $2 }' | sort)"
	fields transport topology reason <"$CSV" >reasons
	grep -q '^tcp	fan-in:3	tcp cannot have several senders on one channel; use --topology pair or pairs:N$' reasons
	grep -q '^signal	fan-out:3	signal cannot have several receivers on one channel; use --topology pair or pairs:N, fan-in:N$' reasons
}

@test "a row of a fan: what the receivers got, and a side per process in sides.csv" {
	cli -t posix-mq -w block -m throughput -s 64 -p none --verify --trials 1 -d 0.3 --topology fan-in:3,fan-out:2 -o run
	[ "$status" -eq 0 ]
	same "$(printf '%s\n' '1 rx' '1 tx' '2 tx' '3 tx')" "$(fields topology pair side <run/sides.csv | awk '$1 == "fan-in:3" { print $2, $3 }' | sort)"
	same "$(printf '%s\n' '1 rx' '1 tx' '2 rx')" "$(fields topology pair side <run/sides.csv | awk '$1 == "fan-out:2" { print $2, $3 }' | sort)"
	# what was sent was received, and the rate is that of what was received
	fields topology side messages msgs_per_s <run/sides.csv | awk '
		{ messages[$1, $2] += $3; rate[$1, $2] += $4; seen[$1] = 1 }
		END { for (t in seen) if (messages[t, "tx"] != messages[t, "rx"]) { print "lost in " t; exit 1 } }'
	awk -F'\t' 'NR == FNR { if ($2 == "rx") rate[$1] += $3; next }
		!(rate[$1] > 0.999999 * $2 && rate[$1] < 1.000001 * $2 && $3 > 0 && $3 <= $4 && $5 > 0 && $5 <= 1) { print; exit 1 }' \
		<(fields topology side msgs_per_s <run/sides.csv) \
		<(fields topology msgs_per_s side_least_msgs_per_s side_most_msgs_per_s jain_msgs <run/trials.csv)
	cli --replay run --csv -
	[ "$status" -eq 0 ]
	same "$(printf '%s\n' fan-in:3 fan-out:2)" "$(fields topology <<<"$output" | sort)"
	# kept by a run that goes on
	echo "run x: 2 launches planned" >run/incomplete
	cp run/sides.csv before.csv
	cli --resume run
	[ "$status" -eq 0 ]
	same "$(fields topology pair side messages <before.csv)" "$(fields topology pair side messages <run/sides.csv)"
}

@test "a fan that may lose messages: what each receiver got and missed is what was sent" {
	cli -t shm-lossy,udp-multicast -w block -m throughput -s 64 -p none --verify --trials 1 -d 0.3 --topology fan-out:3 -o run
	[ "$status" -eq 0 ]
	awk -F'\t' 'NR == FNR { messages[$1, $2] += $3; next }
		{ rows++; mean = messages[$1, "rx"] / 3 }
		!($2 <= mean && $2 > mean - 1 && $2 + $3 == messages[$1, "tx"]) { print; exit 1 }
		END { exit rows != 2 }' <(fields transport side messages <run/sides.csv) \
		<(fields transport messages lost_messages <run/trials.csv)
	# each receiver has a socket
	cli -t udp-multicast -w block -m throughput -s 64 -p none --trials 1 -d 0.1 --topology pair,fan-out:3 --csv -
	awk -F'\t' '{ held[$1] = $2 } END { exit !(held["fan-out:3"] > 1.5 * held["pair"]) }' <(fields topology mem_kernel_bytes <<<"$output")
}

# planted FAULT TOPOLOGY REGEX: the row fails for this reason.
planted() {
	fans --transport "planted:where=send,$1" --topology "$2" --warmup 0
	expect_status 1
	[[ $(fields reason <"$CSV") =~ $3 ]] || { say "$1: $(fields reason <"$CSV")"; return 1; }
}

@test "what a fan loses, gets twice or in another order is a failure that names the side" {
	planted fault=drop,at=20 fan-in:2 '^receiver, [a-z-]+ phase: lost or reordered: message 20 of sender [12] arrived where 19 was due'
	planted fault=reorder,at=20 fan-in:2 '^receiver, [a-z-]+ phase: lost or reordered: message 20 of sender [12] arrived where 19 was due'
	planted fault=duplicate,at=20 fan-in:2 '^receiver, [a-z-]+ phase: duplicate or reordered: message 19 of sender [12] arrived where 20 was due'
	planted fault=corrupt,at=20 fan-in:2 'corrupt'
	planted fault=drop,at=20 fan-out:2 '^lost: [0-9]+ messages sent by all, [0-9]+ received'
	planted fault=error,at=20 fan-out:2 '^sender, [a-z-]+ phase: send'
	no_leaks
}

@test "what a fan cannot do is skipped with the reason" {
	fans --transport pipe --topology fan-in:2 --size 4,64,8K
	same "$(printf 'skip\nok\nskip')" "$(fields size_bytes status <"$CSV" | sort -n | cut -f2)"
	fields reason <"$CSV" >reasons
	grep -q '^4 B cannot carry the number by which the messages of fan-in:2 are told apart; use --size 8 or more' reasons
	grep -q '^8192 B exceeds PIPE_BUF, 4096 B' reasons
	measure --transport pipe --wait block --size 64 --mode latency,rate --topology fan-out:2
	[ "$(fields reason <"$CSV" | grep -c '^--topology fan-out:2 has one direction, without replies; use --mode throughput')" -ge 2 ]
	fans --transport pipe --topology fan-in:2 --batch 8
	[[ $(fields reason <"$CSV") == '--topology fan-in:2 moves messages one by one; use --batch 1' ]]
	fans --transport posix-sem --wait spin --topology "fan-in:$cpus"
	[[ $(fields reason <"$CSV") == "$((cpus + 1)) sides that spin need a CPU each"* ]]
}

@test "--cpus places every side of a fan, and a gate keeps them there" {
	[ "$cpus" -ge 2 ] || skip "needs two CPUs"
	cli -t pipe -w block -s 64 -m throughput --trials 1 -d 0.3 --cpus 0,1,0 --topology fan-in:2 -o run
	[ "$status" -eq 0 ]
	same '0 1 0' "$(fields cpu <run/sides.csv | xargs)"
	[[ $(fields flags <run/trials.csv) == *oversubscribed* ]]
	cli gate --base pipe --new pipe -s 64 -m throughput --topology fan-in:2 --blocks 2,3 -d 300ms -o gate
	[[ $status -eq 0 || $status -eq 3 ]]
	same fan-in:2 "$(fields topology <gate/compare.csv | sort -u)"
	cli gate --base pipe --new pipe -s 64 -w epoll --topology server:2 --blocks 2,3 -d 300ms -o served
	[[ $status -eq 0 || $status -eq 3 ]]
	same server:2 "$(fields topology <served/compare.csv | sort -u)"
}

@test "a side of a fan that is killed or stopped is named, and nothing stays" {
	local pid
	start --transport sysv-mq --wait block --size 64 --mode throughput --topology fan-in:3 --duration 30
	until_true 20 four_workers
	sleep 0.3
	# sender 1, receiver, senders 2 and 3
	pid=$(workers | sed -n 4p)
	kill -KILL "$pid"
	finish 20
	expect_status 1
	[[ $(fields reason <"$CSV") == "the sender 3 was killed by signal 9 (Killed) in the timed phase" ]]
	no_leaks
	start --transport sysv-mq --wait block --size 64 --mode throughput --topology fan-out:3 --timeout 3 --duration 1
	until_true 20 four_workers
	kill -STOP "$(workers | sed -n 3p)"
	finish 20
	expect_status 1
	[[ $(fields reason <"$CSV") == "timed out after 3 s: the receiver 2 was stopped by signal 19"* ]]
	no_leaks
}
