#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# --timeline: when the times were, in timeline.csv.

# shellcheck disable=SC2154 # bats and lib.bash set output and stderr
load ../lib
load cli

setup() {
	begin
	DIR=$BATS_TEST_TMPDIR/run
}

teardown() {
	end
}

# sums FILE COUNT...: cell, trial and the sum of columns, of every cell and trial, in order.
sums() {
	fields transport wait mode placement rate trial "${@:2}" <"$1" | awk -F'\t' '
	$7 != "" { sum[$1 " " $2 " " $3 " " $4 " " $5 " " $6] += $7 + $8 }
	END { for (key in sum) print key, sum[key] }' | sort
}

# Every time is in one slice and range, and in one only.
complete() {
	same "$(sums "$DIR/trials.csv" lat_count)" "$(sums "$DIR/timeline.csv" count)"
	same "$(sums "$DIR/trials.csv" messages unsent_messages | grep -v throughput)" \
		"$(sums "$DIR/trials.csv" lat_count)"
}

@test "a window by time: as many times as in trials.csv, trial by trial" {
	cli -t pipe,null,eventfd -s 64 -p same-cpu -m latency,oneway,throughput -T 2 -d 20ms \
		--warmup 1ms -o "$DIR" --timeline
	[ "$status" -eq 0 ]
	complete
	[ "$(sums "$DIR/timeline.csv" count | wc -l)" -ge 6 ]
	fields mode slice_start_s slice_s low_ns high_ns count <"$DIR/timeline.csv" | awk -F'\t' '
	$1 == "throughput" { bad = 1 }
	# a two-hundredth of 20 ms, or that doubled
	{ fold = $3 / 1e-4; while (fold > 1.5) fold /= 2; if (fold < 0.99 || fold > 1.01) bad = 1 }
	{ slice = $2 / $3; if (slice < 0 || slice > 255.5 || slice - int(slice + 0.5) > 1e-3) bad = 1 }
	!($4 < $5 || $5 == "") || !($6 > 0) { bad = 1 }
	END { exit bad || NR == 0 }'
}

@test "a window by count: slices double as needed, and nothing is lost" {
	cli -t pipe,unix-dgram -s 64 -p same-cpu -m latency -T 3 -n 3000 --warmup 0 -o "$DIR" --timeline
	[ "$status" -eq 0 ]
	complete
	fields slice_start_s slice_s <"$DIR/timeline.csv" |
		awk -F'\t' '$1 / $2 > 255.5 { bad = 1 } END { exit bad || NR < 6 }'
}

@test "an open loop: by when messages were due" {
	[ "$(nproc)" -ge 2 ] || skip "one CPU: an open loop needs two"
	cli -t pipe -s 64 -p cross-cpu -m rate --rate 5000 -T 6 -d 40ms --warmup 5ms -o "$DIR" --timeline
	[ "$status" -eq 0 ]
	complete
	same 6 "$(fields trial slice_s <"$DIR/timeline.csv" | sort -u | wc -l)"
	# the schedule ends with the window, however late messages come
	fields slice_start_s <"$DIR/timeline.csv" | awk '$1 > 0.0401 { bad = 1 } END { exit bad }'
}

@test "an open loop: what is unsent is in it, however much" {
	[ "$(nproc)" -ge 2 ] || skip "one CPU: an open loop needs two"
	cli -t pipe -s 64 -p cross-cpu -m rate --rate 1G -T 1 -d 40ms --warmup 5ms -o "$DIR" --timeline
	[ "$status" -eq 0 ]
	[ "$(fields unsent_messages <"$DIR/trials.csv")" -gt 20000000 ]
	complete
	# half of them were due in the later half, a quarter in its last half
	fields slice_start_s count <"$DIR/timeline.csv" | awk '
		{ all += $2; late += ($1 >= 0.0299) * $2 }
		END { exit !(late > 0.2 * all && late < 0.3 * all) }'
}

@test "columns are named and described, text of the user stays one field" {
	local column
	cli "${TINY[@]}" -m latency -o "$DIR" --label 'a,"b"' --timeline
	while read -r column; do
		grep -q "\`$column\`" "${SOURCE_ROOT:-$BATS_TEST_DIRNAME/../..}/results/README.md" || {
			say "results/README.md does not describe $column"
			return 1
		}
	done < <(head -n 1 "$DIR/timeline.csv" | tr ',' '\n')
	same 'a,"b"' "$(fields label <"$DIR/timeline.csv" | sort -u)"
	same "$(head -n 1 "$DIR/percentiles.csv" | tr ',' '\n' | grep -vE 'quantile|value_ns|count_beyond')" \
		"$(head -n 1 "$DIR/timeline.csv" | tr ',' '\n' | grep -vE '^(trial|slice_start_s|slice_s|low_ns|high_ns|count)$')"
}

@test "without --timeline there is no such file" {
	cli "${TINY[@]}" -m latency -o "$DIR"
	[ "$status" -eq 0 ]
	[ -e "$DIR/percentiles.csv" ]
	[ ! -e "$DIR/timeline.csv" ]
}

@test "what it cannot do is told" {
	usage "--timeline writes into a run directory; give --output DIR as well" --timeline
	usage "--timeline is for modes that time each message" --timeline -m throughput -o "$DIR"
	mkdir "$DIR"
	usage "--csv and --output both write to" "${TINY[@]}" --timeline -o "$DIR" --csv "$DIR/timeline.csv"
	[ ! -e "$DIR/trials.csv" ]
	cli "${TINY[@]}" -m latency -o "$DIR" --csv "$DIR/timeline.csv"
	[ "$status" -eq 0 ]
}

@test "a replay records it where it is asked to, not because the stored run was" {
	cli "${TINY[@]}" -m latency -o "$DIR.1" --timeline
	cli --replay "$DIR.1" -o "$DIR.2" -q
	[ -e "$DIR.2/trials.csv" ]
	[ ! -e "$DIR.2/timeline.csv" ]
	cli --replay "$DIR.2" -o "$DIR" -q --timeline
	complete
	[ "$(wc -l <"$DIR/timeline.csv")" -gt 1 ]
}
