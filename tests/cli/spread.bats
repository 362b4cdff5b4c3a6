#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# ipcbench spread: runs made by hand, whose variances are known.

# shellcheck disable=SC2154 # bats sets output, stderr and status
load ../lib
load cli

setup() {
	begin
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	end
}

# stored NAME LAYOUT P50...: adds a trial of one cell for each value to a run directory.
stored() {
	local name=$1 layout=$2 p50 trial=0
	shift 2
	mkdir -p "$name"
	[ -e "$name/trials.csv" ] ||
		echo "schema_version,run_id,transport,family,wait,copy,mode,size_bytes,trial,placement,status,lat_p50_ns,lat_p99_ns,layout" \
			>"$name/trials.csv"
	for p50 in "$@"; do
		echo "1,r,pipe,pipes,block,copy,latency,64,$((++trial)),same-cpu,ok,$p50,,$layout" >>"$name/trials.csv"
	done
}

# near WANTED FOUND
near() {
	awk -v a="$1" -v b="$2" 'BEGIN { exit !(b != "" && b > a * 0.999 - 1e-9 && b < a * 1.001 + 1e-9) }' || {
		say "expected $1, found $2"
		return 1
	}
}

# of COLUMN: that of the one row.
of() {
	fields "$1" <<<"$output"
}

@test "launches, layouts and runs are told apart" {
	# e^(4.6 +- 0.01): within 0.01; random layouts within 0.05; the runs 0.2 apart
	stored a fixed 99.484315642 98.494430162 100.484149636
	stored b fixed 121.510417519 120.301368663 122.731617517
	stored a random 99.484315642 94.632408315 104.584985577
	stored b random 121.510417519 115.584284527 127.740389846
	cli spread a b --csv -
	[ "$status" -eq 0 ]
	near 0.01 "$(of launches_deviation)"
	# sqrt(0.05^2 - 0.01^2)
	near 0.0489898 "$(of layouts_deviation)"
	# of two runs 0.2 apart: sqrt(0.2^2 / 2 - 0.01^2 / 3)
	near 0.141303 "$(of runs_deviation)"
	same "runs 2 12 lat_p50_ns" "$(of repeat) $(of runs) $(of launches) $(of metric)"
	cli spread a b
	says "runs, of 1 launch each"
	# one run says nothing of runs
	cli spread a --csv -
	same "unknown" "$(of repeat)"
	same "" "$(of runs_deviation)"
	cli spread a
	says "runs: there is one"
}

@test "what is worth repeating follows from what varies" {
	# launches vary, runs do not
	stored a fixed 100 110 90
	stored b fixed 101 109 90
	cli spread a b --csv -
	same launches "$(of repeat)"
	near 0 "$(of runs_deviation)"
	same "" "$(of layouts_deviation)"
	# layouts vary more than launches
	stored a random 100 150 70
	stored b random 101 149 70
	cli spread a b --csv -
	same layouts "$(of repeat)"
	cli spread a b --md -
	says "pipe block latency 64 B same-cpu"
}

# built NAME SEED: a run of a build with this layout_seed.
built() {
	echo "{\"schema_version\": 1, \"ipcbench\": {\"layout_seed\": $2}}" >"$1/env.json"
}

@test "builds are told apart from their runs" {
	# e^4.6, e^4.62 and e^4.8, e^4.82, each launch +- 0.01
	stored a fixed 99.484315642 98.494430162 100.484149636
	stored b fixed 101.494032140 100.484149636 102.514064280
	stored c fixed 121.510417519 120.301368663 122.731617517
	stored d fixed 123.965091290 122.731617517 125.210961630
	built a 1
	built b 1
	built c 2
	built d 2
	cli spread a b c d --csv -
	[ "$status" -eq 0 ]
	same "builds 2 4 12" "$(of repeat) $(of builds) $(of runs) $(of launches)"
	near 0.01 "$(of launches_deviation)"
	# runs of a build 0.02 apart: sqrt(0.02^2 / 2 - 0.01^2 / 3); builds 0.2: sqrt(0.2^2 / 2 - 0.0002 / 2)
	near 0.0129099 "$(of runs_deviation)"
	near 0.141067 "$(of builds_deviation)"
	# one run of each: what the runs add is in it, and nothing is known of runs alone
	cli spread a c --csv -
	same "builds  2" "$(of repeat) $(of runs_deviation) $(of builds)"
	near 0.141303 "$(of builds_deviation)"
	# of one build there is no such level
	cli spread a b --csv -
	same "1 " "$(of builds) $(of builds_deviation)"
}

@test "the median is of the values that are split" {
	stored a fixed 1 1 1 1 1
	# only 50 and 60 of 0, 0, 0, 50, 60 have a logarithm
	awk -F, -v OFS=, 'NR == 1 { sub("lat_p99_ns", "unsent_messages") }
		NR > 1 { $13 = NR < 5 ? 0 : 10 * NR } 1' a/trials.csv >made
	mv made a/trials.csv
	cli spread a --metric unsent_messages --csv -
	same "2 55" "$(of launches) $(of median)"
	sed -i 's/,60,fixed/,0,fixed/' a/trials.csv
	cli spread a --metric unsent_messages
	[ "$status" -eq 1 ]
	[[ "$stderr" == *"no cell has two trials with that metric above 0"* ]]
}

@test "a run of schema version 1 has its times from the actual send under their name" {
	local run=$SOURCE_ROOT/tests/cli/before-sent
	same 1 "$(fields schema_version <"$run/trials.csv" | sort -u)"
	cli spread "$run" --metric sent_p99_ns --csv -
	same 5 "$(fields median <<<"$output" | wc -l)"
	same "$(fields cell lat2_p99_ns <"$run/summary.csv" | grep -P '\t.' | sort)" "$(fields cell median <<<"$output" | sort)"
	cli spread "$run" --metric back_p99_ns
	[[ "$stderr" == *"no cell has two trials with that metric"* ]]
	usage '"lat2_p99_ns" is not a metric; write sent_p99_ns (mode rate) or back_p99_ns (mode oneway)' \
		spread "$run" --metric lat2_p99_ns
}

@test "what cannot be split is said" {
	stored a fixed 100
	cli spread a
	[ "$status" -eq 1 ]
	[[ "$stderr" == *"no cell has two trials with that metric"* ]]
	stored a fixed 101
	cli spread a --metric p99
	[ "$status" -eq 1 ]
	usage '"p98" is not a metric' spread a --metric p98
	usage 'no directory given' spread
	usage 'none: No such file' spread a none
}
