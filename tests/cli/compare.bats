#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# ipcbench compare: two run directories from the command line to the exit status. Verdicts are of
# made-up trials; what is measured here is only read back.

# shellcheck disable=SC2154 # bats sets status, output and stderr
load ../lib
load cli

setup() {
	begin
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	end
}

# made_up DIR TRIALS PERCENT [MODEL]: a run whose latencies are PERCENT of 1000, 1001, ... ns.
made_up() {
	mkdir -p "$1"
	awk -v id="$1" -v n="$2" -v percent="$3" 'BEGIN {
		print "schema_version,run_id,label,transport,wait,copy,mode,size_bytes,trial," \
			"placement,idle,status,reason,flags,duration_s,messages,msgs_per_s,lat_p50_ns," \
			"lat_p99_ns,cpu_ns_per_msg,think_ns,rate,arrivals,dispatch,mem"
		for (i = 1; i <= n; i++)
			printf "1,%s,,pipe,block,copy,latency,64,%d,same-cpu,default,ok,,,0.1,1000,,%d,," \
				"500,0,,,direct,default\n", id, i, (999 + i) * percent / 100
	}' >"$1/trials.csv"
	printf '{"schema_version": 1, "cpu": {"model": "%s", "cpus": 2}}\n' "${4:-Made up}" \
		>"$1/env.json"
}

# compares STATUS ARG...: ends so, without a word on standard error.
compares() {
	local wanted=$1
	shift
	cli compare "$@"
	if [ "$status" -ne "$wanted" ] || [ -n "$stderr" ]; then
		say "compare $*: status $status instead of $wanted:" "$stderr" "$output"
		return 1
	fi
}

@test "what ipcbench writes is read back" {
	local dir
	for dir in a b; do
		cli -t pipe,eventfd -s 64 -p same-cpu -T 2 -n 5000 --warmup 1ms -q -o "$dir"
		[ "$status" -eq 0 ]
	done
	cli compare a b --csv - --metrics all
	# whatever the machine is like today
	[ "$status" -eq 0 ] || [ "$status" -eq 3 ]
	[ -z "$stderr" ]
	same "eventfd latency cpu
eventfd latency latency
eventfd latency mean
eventfd latency p99
eventfd throughput cpu
eventfd throughput throughput
pipe latency cpu
pipe latency latency
pipe latency mean
pipe latency p99
pipe throughput cpu
pipe throughput throughput" "$(fields transport_base mode metric <<<"$output" | tr '\t' ' ' | sort)"
	same "2 2" "$(fields blocks dropped <<<"$output" | sort -u | tr '\t' ' ')"
}

@test "a regression on one machine: 1" {
	made_up a 6 100
	made_up b 6 150
	compares 1 a b
	says "REGRESSION"
	says "+50.0%"
	says "ipcbench gate"
	same "latency regression" "$("$IPCBENCH" compare a b --csv - --metrics latency |
		fields metric verdict | tr '\t' ' ')"
}

@test "--quiet: a verdict that fails is told, one that passes is not" {
	made_up a 6 100
	made_up b 6 150
	cli compare a b --quiet
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	same 1 "$(wc -l <<<"$stderr")"
	[[ "$stderr" == "ipcbench: REGRESSION: pipe "*" is 50.0 % slower"* ]]
	compares 0 a a --quiet
}

@test "an improvement and no change: 0" {
	made_up a 6 100
	made_up b 6 150
	compares 0 b a
	says "PASS"
	says "improved"
	made_up c 6 100
	compares 0 a c
	says "PASS"
}

@test "a change about as large as the threshold: 3" {
	made_up a 6 100
	made_up b 6 120
	compares 3 a b --threshold 20% --metrics latency
	says "INCONCLUSIVE"
	compares 1 a b --metrics latency
	compares 0 a b --threshold 30% --metrics latency
}

@test "too few trials: 3, and how many it takes" {
	made_up a 3 100
	made_up b 3 200
	COLUMNS=1000 compares 3 a b
	says "--trials 5 for both runs is enough"
	says "+100%"
}

@test "nothing in common or nothing measured: 4" {
	made_up a 6 100
	made_up b 6 100
	sed -i s/pipe/tcp/ b/trials.csv
	compares 4 a b
	says "only in a"
	says "only in b"
	compares 4 a a --metrics p99
}

@test "another machine: advisory, 0, and why" {
	made_up a 6 100
	made_up b 6 150 "Another CPU"
	compares 0 a b
	says "REGRESSION (advisory)"
	says "ADVISORY"
	says "CPU model: Made up in base, Another CPU in new"
	compares 0 a b --json -
	same "true true" "$(jq -r '"\(.advisory) \(any(.notes[]; test("CPU model")))"' <<<"$output")"
	rm b/env.json
	compares 0 a b
	says "env.json is missing"
}

@test "a run with itself passes and says so" {
	made_up a 6 100
	compares 0 a a/
	says "both are the same run"
}

@test "every format, to files and to standard output" {
	made_up a 6 100
	made_up b 6 150
	cli compare a b --csv c.csv --json j.json --md m.md --junit u.xml -o out -q
	[ "$status" -eq 1 ]
	same "" "$output"
	cmp c.csv out/compare.csv
	same "regression" "$(jq -r '.rows[0].verdict' j.json)"
	grep -q '^| pipe | ' m.md
	grep -q '<failure' u.xml
	compares 1 a b --md -
	grep -q '^| pipe | ' <<<"$output"
	compares 1 a b --junit -
	[[ "$output" == "<?xml"* ]]
	usage "already holds a run (compare.csv)" compare a b -o out
	usage "--csv and --md both write to" compare a b --csv - --md -
	if [ -e /dev/full ]; then
		cli compare a b --csv /dev/full
		[ "$status" -eq 4 ]
		[[ "$stderr" == "ipcbench: cannot write /dev/full: "* ]]
	fi
}

@test "the table without a terminal has no colours" {
	made_up a 6 100
	compares 0 a a
	[[ "$output" != *$'\e'* ]]
}

@test "bad values are told" {
	made_up a 3 100
	usage "0 of 2 directories" compare
	usage "1 of 2 directories" compare a
	usage "one directory too many" compare a a a
	usage "--threshold" compare a a --threshold 0
	usage "--threshold" compare a a --threshold 200%
	usage "--metrics" compare a a --metrics speed
	usage "--csv: the value is empty" compare a a --csv ''
	usage "--color" compare a a --color
	usage "No such file or directory" compare a nowhere
	ln -s loop loop
	usage "Too many levels of symbolic links" compare a loop
	usage "not a directory" compare a a/trials.csv
	mkdir empty
	usage "holds no trials.csv" compare a empty
	same "" "$(ls -A empty)"
	# nothing is made for a comparison that cannot be
	usage "holds no trials.csv" compare a empty -o made
	[ ! -e made ]
}

@test "damaged runs: 4 and one line" {
	made_up a 3 100
	made_up b 3 100
	head -c -5 a/trials.csv >b/trials.csv
	cli compare a b
	[ "$status" -eq 4 ]
	[ -z "$output" ]
	[[ "$stderr" == "ipcbench: b/trials.csv: "*"cut"* ]]
	same 1 "$(wc -l <<<"$stderr")"
	made_up b 3 100
	echo '{"cpu": ' >b/env.json
	cli compare a b
	[ "$status" -eq 4 ]
	[[ "$stderr" == "ipcbench: b/env.json: "* ]]
	made_up b 3 100
	sed -i 's/^1,/7,/' b/trials.csv
	cli compare a b
	[ "$status" -eq 4 ]
	[[ "$stderr" == *'schema version "7"'* ]]
}

@test "--help names every option and status" {
	compares 0 --help
	local word
	for word in --threshold --metrics --md --json --csv --junit --output --quiet "BASE_DIR NEW_DIR" \
		inconclusive advisory; do
		says "$word"
	done
}

@test "a key that is empty or damaged is not taken for another" {
	local change
	made_up a 6 100
	for change in s/,block,/,,/ s/,copy,/,,/ s/,latency,/,,/ s/,same-cpu,/,,/ s/,64,/,64x,/ \
		s/,64,/,-64,/ s/,64,/,1e3,/ s/,0,,,direct/,1e400,,,direct/ s/,0,,,direct/,0,fast,,direct/; do
		rm -rf b
		made_up b 6 100
		sed -i "1!$change" b/trials.csv
		compares 4 a b
		says "only in"
	done
	made_up c 6 100
	sed -i '1!s/,ok,,,/,ok,,from-tomorrow,/' c/trials.csv
	cli compare a c
	says "flags on 6 of 6 rows of new: unknown 6"
	# a run without rows has nothing to compare
	mkdir d
	head -n 1 a/trials.csv >d/trials.csv
	compares 4 d a
	compares 4 a d
}
