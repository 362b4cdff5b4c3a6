#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# --resume: a run that was cut off goes on, and is then as one that ran through.

# shellcheck disable=SC2154 # bats and lib.bash set output, stderr and driver
load ../lib
load cli

setup() {
	begin
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	end
}

CELLS=(-t "pipe,eventfd,fifo" -m "latency,throughput" -s "64,4K" -p same-cpu --seed 7)
KEYS=(run_id transport mode size_bytes placement cell trial order status)
VALUES=(clock messages duration_s lat_kind lat_count lat_min_ns lat_max_ns lat_p50_ns msgs_per_s offered_msgs_per_s mem_kernel_bytes)

# stored DIR ARG...: measures a run there.
stored() {
	local dir=$1
	shift
	cli "$@" -q -o "$dir"
	[ "$status" -eq 0 ] || { say "status $status:" "$stderr"; return 1; }
}

# cut DIR LAUNCHES: as a run is found that was killed after so many launches.
cut_off() {
	echo "run x: 99 launches planned" >"$1/incomplete"
	{
		head -n 1 "$1/trials.csv"
		awk -F'\t' -v n="$2" '$1 != "" && $1 <= n { print $2 }' < <(paste \
			<(fields order <"$1/trials.csv") <(tail -n +2 "$1/trials.csv"))
	} >cut.csv
	mv cut.csv "$1/trials.csv"
}

# goes_on KEPT DIR ARG...: resumes it; so many of its launches are kept.
goes_on() {
	local kept=$1
	shift
	cli --resume "$@"
	if [ "$status" -ne 0 ] || [[ "$stderr" != *"ipcbench: $kept of "*" launch"*" kept"* ]]; then
		say "--resume $*: status $status, not $kept:" "$stderr"
		return 1
	fi
	[ ! -e "$1/incomplete" ]
}

# whole DIR REFERENCE: the rows of a run that ran through, each with its times in hist/.
whole() {
	same "$(fields "${KEYS[@]:1}" <"$2/trials.csv")" "$(fields "${KEYS[@]:1}" <"$1/trials.csv")"
	same 1 "$(fields run_id <"$1/trials.csv" | sort -u | wc -l)"
	same "$(fields cell trials failed <"$2/summary.csv")" "$(fields cell trials failed <"$1/summary.csv")"
	same "$(ls "$2/hist")" "$(ls "$1/hist")"
	same "$(times "$1")" "$(logged "$1")"
	# the maximum of a distribution is that of its trials
	same "$(fields cell lat_kind lat_max_ns <"$1/trials.csv" | awk -F'\t' '$2 != "" && $3 > max[$1 "\t" $2] { max[$1 "\t" $2] = $3 }
		END { for (cell in max) print cell "\t" max[cell] }' | sort)" \
		"$(fields cell lat_kind quantile value_ns <"$1/percentiles.csv" |
			awk -F'\t' '$3 == 1 && $2 != "sent" { print $1 "\t" $2 "\t" $4 }' | sort)"
}

# readable DIR: programs that read runs have nothing to say of it.
readable() {
	cli tables -q "$1"
	# pauses have no table
	[ -z "$stderr" ] || [[ "$stderr" == *"holds nothing that these tables show"* ]]
	cli report --no-figures -o page.html "$1"
	[ "$status" -eq 0 ]
}

# How many times the trials have, of each kind.
times() {
	fields lat_count sent_count back_count <"$1/trials.csv" | tr '\t' '\n' | grep . | sort -n
}

logged() {
	"$IPCBENCH" hist show --intervals --json - "$1"/hist/*.hlog | jq '.histograms[].count' | sort -n
}

has_rows() {
	[ "$(wc -l <"$1/trials.csv")" -gt 1 ]
}

# The run has told of so many launches.
told() {
	[ "$(grep -c '^ipcbench: [0-9]*/' "$ERR")" -ge "$1" ]
}

# ---- cut off -----------------------------------------------------------------------------------

@test "killed: what was saved is kept, and the rest is measured" {
	local run=(-t "pipe,eventfd" -m latency -s 64 --think 20ms -p same-cpu --seed 7 -T 8) kept
	stored reference "${run[@]}" -n 5 --warmup 0
	"$IPCBENCH" "${run[@]}" -d 200ms --warmup 0 -v -o run >"$OUT" 2>"$ERR" 3>&- &
	driver=$!
	until_true 30 told 3
	# a run is saved every ten seconds, in which this one takes no CPU
	kill -STOP "$driver"
	sleep 10
	kill -CONT "$driver"
	until_true 30 has_rows run
	kill_runs "$driver"
	kept=$(($(wc -l <run/trials.csv) - 1))
	[ "$kept" -lt 16 ]
	fields "${KEYS[@]}" "${VALUES[@]}" <run/trials.csv >before
	COLUMNS=200 cli --resume run --dry-run
	says "$((16 - kept)) launch"
	[ -e run/incomplete ]
	goes_on "$kept" run
	whole run reference
	readable run
	same "$(cat before)" "$(fields "${KEYS[@]}" "${VALUES[@]}" <run/trials.csv | head -n "$kept")"
	same "[$kept]" "$(jq -c '[.resumed[].launches_kept]' run/env.json)"
	jq -e '.resumed[0].started > .started' run/env.json
	usage "is complete" --resume run
}

@test "interrupted, killed as it goes on, and gone on with" {
	local run=(-t "pipe,eventfd,fifo" -m "latency,throughput" -s "64,4K" -p same-cpu --seed 7 -T 2)
	stored reference "${run[@]}" -n 20 --warmup 0
	env --default-signal=INT "$IPCBENCH" "${run[@]}" -d 100ms --warmup 0 -v -o run --csv rows.csv >"$OUT" 2>"$ERR" 3>&- &
	driver=$!
	until_true 20 told 4
	kill -INT "$driver"
	finish 20
	expect_status 130
	"$IPCBENCH" --resume run -v >"$OUT" 2>"$ERR" 3>&- &
	driver=$!
	until_true 20 told 2
	kill_runs "$driver"
	# a launch of a FIFO may have begun
	cli clean
	[ "$status" -eq 0 ]
	cli --resume run -q
	[ "$status" -eq 0 ]
	same "" "$output"
	whole run reference
	readable run
	# what the first command named is written as well
	cmp rows.csv run/trials.csv
	# the one that was killed had saved nothing
	same 1 "$(jq '.resumed | map(.launches_kept) | unique | length' run/env.json)"
}

@test "interrupted before what is missing in the middle is there: nothing behind it is lost" {
	local signal
	# so long that the signal meets the launch
	stored reference -t pipe,eventfd -s 64 -m latency -p same-cpu -T 1 -d 1s --warmup 0 --seed 3
	for signal in INT KILL; do
		cp -r reference run
		touch run/incomplete
		sed -i 2d run/trials.csv
		env --default-signal=INT "$IPCBENCH" --resume run >"$OUT" 2>"$ERR" 3>&- &
		driver=$!
		until_true 20 grep -q '"resumed"' run/env.json
		kill -"$signal" "$driver"
		finish 20
		same 2 "$(fields order <run/trials.csv | xargs)"
		[ -e run/incomplete ]
		goes_on 1 run
		whole run reference
		rm -r run
	done
}

@test "wherever it is killed while it saves" {
	local n
	stored reference -t pipe,eventfd -s 64,4K -m latency,throughput -p same-cpu -T 2 -n 50 --warmup 0 --seed 3
	for n in 2 5 7 8 9 12 17; do
		cp -r reference run
		cut_off run 5
		run env LD_PRELOAD="$DIE_AT_SO" DIE_AT="$n" "$IPCBENCH" --resume run -q
		[ "$status" -eq 137 ]
		cli --resume run -q
		[ "$status" -eq 0 ]
		whole run reference
		rm -r run
	done
}

@test "wherever it is killed before its first launch, it is resumed or free for another run" {
	local n resumed=0
	for n in 2 3 4 5 6 7 8 9; do
		run env LD_PRELOAD="$DIE_AT_SO" DIE_AT="$n" "$IPCBENCH" "${TINY[@]}" -m latency -q -o run
		[ "$status" -eq 137 ]
		if [ -e run/env.json ]; then
			cli --resume run -q
			resumed=$((resumed + 1))
		else
			cli "${TINY[@]}" -m latency -q -o run
		fi
		[ "$status" -eq 0 ] || { say "killed at $n: status $status:" "$stderr"; return 1; }
		same ok "$(fields status <run/trials.csv)"
		[ ! -e run/incomplete ]
		rm -r run
	done
	same 5 "$resumed"
	mkdir gate
	# what another command has begun to save is not free
	touch gate/incomplete gate/compare.csv
	usage "holds a run that has not ended or was cut off" "${TINY[@]}" -o gate
	[ -e gate/incomplete ]
}

# ---- what is kept ------------------------------------------------------------------------------

@test "a trial whose distribution is missing or cut is measured again, and no other" {
	local log
	stored reference "${CELLS[@]}" -T 3 -n 200 --warmup 0
	cp -r reference run
	touch run/incomplete
	goes_on 30 run
	whole run reference
	# the last of three intervals is cut
	log=$(echo run/hist/pipe_block_copy_latency_64_same-cpu_*_default.hlog)
	truncate -s -9 "$log"
	rm run/hist/fifo_*_latency_4096_*.hlog
	# nobody writes into it
	log=$(echo run/hist/fifo_*_latency_64_*.hlog)
	rm "$log"
	mkfifo "$log"
	touch run/incomplete
	goes_on 23 run
	whole run reference
	same "[30,23]" "$(jq -c '[.resumed[].launches_kept]' run/env.json)"
}

@test "both kinds of times, loads, time lines and what failed" {
	[ "$(nproc)" -gt 1 ] || skip "an open loop needs two CPUs"
	stored reference -t pipe -m rate,latency -s 64 --rate 5k,50% -p cross-cpu -T 3 -d 30ms --warmup 1ms --timeline --seed 7
	cp -r reference run
	cut_off run 6
	goes_on 6 run
	whole run reference
	same 1 "$(fields capacity_msgs_per_s <run/trials.csv | grep . | sort -u | wc -l)"
	same "$(head -n 6 < <(fields "${VALUES[@]}" sent_count sent_max_ns sent_p50_ns <reference/trials.csv))" \
		"$(head -n 6 < <(fields "${VALUES[@]}" sent_count sent_max_ns sent_p50_ns <run/trials.csv))"
	same "$(fields lat_count <run/trials.csv | awk '{ n += $1 } END { print n }')" \
		"$(fields count <run/timeline.csv | awk '{ n += $1 } END { print n }')"
	# a row that is lost takes no other trial with it, on whichever side
	sed -i '$d' run/timeline.csv
	sed -i 3d run/trials.csv
	touch run/incomplete
	goes_on 7 run
	whole run reference
	# a trial that failed is as measured as any
	cli --plugin "$PLANTED" -t planted:fault=crash,pipe -s 64 -m latency -p same-cpu -T 2 -n 50 --warmup 0 -q -o failed
	[ "$status" -eq 1 ]
	cut_off failed 3
	usage "give --plugin FILE yourself" --resume failed
	cli --plugin "$PLANTED" --resume failed
	[ "$status" -eq 1 ]
	[[ "$stderr" == *"3 of "* ]]
	same "$(fields status <failed/trials.csv | sort | uniq -c | xargs)" "2 fail 2 ok"
}

@test "--auto ends a cell as it would have, and --quick goes on with its cells" {
	stored reference -t pipe,eventfd -s 64 -m latency -p same-cpu --auto --precision 90% -n 50 --warmup 0 --seed 7
	cp -r reference run
	cut_off run 9
	goes_on 9 run
	[ "$(fields trial <run/trials.csv | sort -n | tail -n 1)" -ge 8 ]
	same "$(seq "$(($(wc -l <run/trials.csv) - 1))")" "$(fields order <run/trials.csv)"
	same "precision" "$(fields ended_by <run/summary.csv | sort -u)"
	stored quick -t pipe,eventfd -s 64 -m latency -p same-cpu --quick
	cp -r quick run2
	cut_off run2 7
	goes_on 7 run2
	whole run2 quick
}

@test "a replay that was cut off" {
	stored a "${CELLS[@]}" -T 2 -n 50 --warmup 0
	cli --replay a -q -o b
	cut_off b 7
	goes_on 7 b
	says 'Base "a"'
	whole b a
}

@test "outputs: as the first command had them, or as this one names them" {
	# which env.json keeps as ~
	HOME=$PWD stored run "${CELLS[@]}" -T 1 -n 50 --warmup 0 --label night --json "$PWD/all.json" --csv rows.csv
	run ! grep -q "$PWD/all.json" run/env.json
	rm all.json
	echo before >rows.csv
	cut_off run 4
	HOME=$PWD goes_on 4 run --csv other.csv
	same night "$(fields label <run/trials.csv | sort -u)"
	same before "$(cat rows.csv)"
	cmp other.csv run/trials.csv
	same 10 "$(jq '.trials | length' all.json)"
	mv run moved
	touch moved/incomplete
	HOME=$PWD cli --resume moved --json -
	same 10 "$(jq '.trials | length' <<<"$output")"
	[ ! -e run ]
}

@test "outputs and the base of a replay, from another directory" {
	mkdir first second
	cd first
	stored base "${CELLS[@]}" -T 1 -n 50 --warmup 0
	HOME=$BATS_TEST_TMPDIR cli --replay base -q -o run --csv rows.csv
	same '"~/first"' "$(jq .directory run/env.json)"
	cut_off run 4
	cd ../second
	echo mine >rows.csv
	HOME=$BATS_TEST_TMPDIR goes_on 4 ../first/run
	same mine "$(cat rows.csv)"
	cmp ../first/rows.csv ../first/run/trials.csv
	# runs that were begun by an older version do not say where
	rm ../first/rows.csv
	touch ../first/run/incomplete
	env_json ../first/run 'del(.directory) | .command |= map(select(test("replay|base") | not))'
	cli --resume ../first/run -q --csv own.csv
	same 0 "$status"
	cmp own.csv ../first/run/trials.csv
	[ ! -e ../first/rows.csv ]
}

# ---- refusals ----------------------------------------------------------------------------------

@test "another machine, another version, another plan" {
	stored run "${CELLS[@]}" -T 2 -n 50 --warmup 0
	cut_off run 7
	cp -r run kept
	env_json run '.cpu.model = "Another"'
	usage "CPU model: Another in base" --resume run
	env_json run '.cpu.cpus = 4096'
	usage "; CPUs: 4096 in base" --resume run
	cp kept/env.json run
	env_json run '.ipcbench.version = "0.0.1"'
	usage "was begun by ipcbench 0.0.1" --resume run
	cp kept/env.json run
	# its rows and new ones would not go together
	env_json run '.schema_version = 1'
	usage "has results of schema version 1, and this ipcbench writes 2" --resume run
	cp kept/env.json run
	env_json run '.plan.options |= map(if test("seed") then "--seed=8" else . end)'
	usage "seed 8 is not that of run" --resume run
	cp kept/env.json run
	env_json run '.plan.options |= map(if test("size") then "--size=4K" else . end)'
	usage "the plan differs here" --resume run
	cp kept/env.json run
	sed -i 's/,same-cpu,[0-9]*,[0-9]*,/,same-cpu,4095,4095,/' run/trials.csv
	usage "has other CPUs" --resume run
	cp kept/trials.csv run
	tail -n 1 kept/trials.csv >>run/trials.csv
	usage "its order is that of another row" --resume run
	cp kept/trials.csv run
	goes_on 7 run
}

@test "what is no run, or not one to go on with" {
	local option
	stored run "${TINY[@]}"
	usage "is complete" --resume run
	usage "No such file" --resume nowhere
	usage "not a directory" --resume run/trials.csv
	usage "--resume: the value is empty" --resume ""
	touch run/incomplete
	for option in --transport=pipe --size=64 --trials=2 --duration=1s --seed=1 --auto --verify --cpus=0,0 \
		--output=x --label=x --timeline --replay=run; do
		usage "--resume and ${option%%=*} exclude each other" --resume run "$option"
	done
	rm run/env.json
	usage "the run was killed as it began: remove it and start it again" --resume run
	mkdir empty
	usage "holds no trials.csv" --resume empty
	[ "$(id -u)" -eq 0 ] || return 0
	stored other "${TINY[@]}"
	touch other/incomplete
	chown -R 4711 other
	usage "belongs to user 4711" --resume other
	chown 0 other/env.json
	usage "belongs to user 4711" --resume other
	chown 0 other
	chown -h 4711 other/env.json
	usage "belongs to user 4711" --resume other
}

@test "a run that goes on is not resumed" {
	"$IPCBENCH" --plugin "$PLANTED" -t planted:fault=hang -s 64 -m latency -p same-cpu -T 1 --timeout 60 -q -o run >"$OUT" 2>"$ERR" 3>&- &
	driver=$!
	until_true 20 test -e run/env.json
	usage "process $driver is writing there" --plugin "$PLANTED" --resume run
	kill -9 "$driver"
	finish 20
}
