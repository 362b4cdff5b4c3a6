#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Histogram logs: those of a run directory, and the command that shows, compares and merges them.

# shellcheck disable=SC2154 # bats sets status, output and stderr
load ../lib
load cli

setup() {
	begin
	DIR=$BATS_TEST_TMPDIR/run
	HIST=$DIR/hist
	LOG=$BATS_TEST_TMPDIR/log.hlog
}

teardown() {
	end
}

# Two cells with two trials each, a throughput cell and a skip.
run_twice() {
	cli -t pipe:size=64K,eventfd -s 64 -m latency,throughput -w block,spin -p same-cpu -T 2 -n 2000 \
		--warmup 1ms -q -o "$DIR"
	[ "$status" -eq 0 ]
}

# What another tool may write: V2 not compressed, no BaseTime. Tag a: ten times 0, once 1; tag b:
# 100 times 1000.
other_log() {
	cat >"$LOG" <<-'END'
		#[Histogram log format version 1.2]
		#[StartTime: 1700000000.000 (seconds since epoch), Tue Nov 14 22:13:20 UTC 2023]
		"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"
		Tag=a,0.500,1.000,0.000,HISTEwAAAAEAAAAAAAAAAwAAAAAAAAABAAAAAAAPQkA/8AAAAAAAABQ=
		Tag=b,1.500,1.000,0.000,HISTEwAAAAQAAAAAAAAAAwAAAAAAAAABAAAAAAAPQkA/8AAAAAAAAM8PyAE=
		Tag=a,2.500,1.000,0.000,HISTEwAAAAIAAAAAAAAAAwAAAAAAAAABAAAAAAAPQkA/8AAAAAAAAAAC
	END
}

# refused TEXT ARG...: status 1, one line that says TEXT.
refused() {
	local text=$1
	shift
	cli hist "$@"
	if [ "$status" -ne 1 ] || [ -n "$output" ] || [[ "$stderr" != "ipcbench: "*"$text"* ]] ||
		[ "$(wc -l <<<"$stderr")" -ne 1 ]; then
		say "hist $*: status $status, not one line with \"$text\":" "$stderr" "$output"
		return 1
	fi
}

@test "a run directory has a log and a distribution of each cell with times" {
	run_twice
	cd "$HIST"
	same "eventfd_block_latency_same-cpu_X_default pipe+size=64K_block_copy_latency_64_same-cpu_X_default" \
		"$(printf '%s\n' *.hlog | sed -E 's/_[0-9]+-[0-9]+_/_X_/; s/\.hlog$//' | paste -sd ' ')"
	local log name
	for log in *.hlog; do
		name=${log%.hlog}
		grep -qx '#\[Histogram log format version 1\.3\]' "$log"
		same 2 "$(grep -c "^Tag=$name," "$log")"
		"$IPCBENCH" hist show --hgrm "$log" | diff - "$name.hgrm"
		# 2000 round trips in each trial
		cli hist show --json "$log"
		same "4000 1 2" "$(jq -r '"\(.all.count) \(.histograms | length) \(.histograms[0].intervals)"' <<<"$output")"
	done
	# nothing half-written stays
	same "" "$(find "$DIR" -name '*.tmp')"
}

@test "the log says what trials.csv says" {
	run_twice
	local now csv
	now=$(date +%s)
	csv=$(fields status mode transport lat_count lat_p50_ns lat_p99_ns <"$DIR/trials.csv" |
		awk -F'\t' '$1 == "ok" && $2 == "latency" { print $3, $4, $5, $6 }' | sort)
	for log in "$HIST"/*.hlog; do
		"$IPCBENCH" hist show --intervals --json "$log" | jq -e --argjson now "$now" \
			'.histograms[] | .start_s > $now - 300 and .start_s <= $now + 1 and .end_s > .start_s' \
			>/dev/null
		"$IPCBENCH" hist show --intervals --json "$log" | jq -r '.histograms[] |
			[(.tag | sub("_.*"; "") | sub("[+]"; ":")), .count, .p50_ns, .p99_ns] | join(" ")'
	done | sort | diff <(printf '%s\n' "$csv") -
}

@test "a run without times has no folder for them" {
	cli -t pipe -s 64 -m throughput -p same-cpu -T 1 -n 2000 --warmup 1ms -q -o "$DIR"
	[ "$status" -eq 0 ]
	[ ! -e "$HIST" ]
}

@test "a folder that cannot be made is found before anything is measured" {
	mkdir "$DIR"
	touch "$HIST"
	usage "cannot create $HIST: Not a directory" "${TINY[@]}" -o "$DIR"
}

@test "show: a row per tag, and all" {
	other_log
	cli hist show "$LOG"
	[ "$status" -eq 0 ]
	same "tag count min µs mean ns p50 µs p90 µs p99 p99.9 p99.99 max ns" "$(sed -n 1p <<<"$output" | tr -s ' ')"
	same "tag a b all" "$(awk '{ printf "%s%s", sep, $1; sep = " " }' <<<"$output")"
	# 11 values of 0 and 1 are too few for a p90; 100 of 1000 are enough for one, not for a p99
	same "a 11 0.00 0.1 - - - - - 1" "$(sed -n 2p <<<"$output" | tr -s ' ')"
	same "b 100 1.00 1000.0 1.00 1.00 - - - 1000" "$(sed -n 3p <<<"$output" | tr -s ' ')"
	same "all 111 0.00 900.9 1.00 1.00 - - - 1000" "$(sed -n 4p <<<"$output" | tr -s ' ')"
	cli hist show --tag b "$LOG"
	same 2 "$(wc -l <<<"$output")"
	cli hist show --intervals "$LOG"
	same 5 "$(wc -l <<<"$output")"
}

@test "show --json" {
	other_log
	cli hist show --json "$LOG"
	jq -e '.histograms[1] | .tag == "b" and .count == 100 and .p50_ns == 1000 and .p99_ns == null and
		.mean_ns == 1000 and .start_s == 1700000001.5 and .significant_digits == 3 and
		.highest_trackable == 1000000' <<<"$output" >/dev/null
	same "111 1000" "$(jq -r '"\(.all.count) \(.all.max_ns)"' <<<"$output")"
}

@test "show --hgrm" {
	other_log
	cli hist show --hgrm --tag a "$LOG"
	same "       Value     Percentile TotalCount 1/(1-Percentile)" "${lines[0]}"
	same "0.000 0.000000000000 10 1.00" "$(awk 'NR == 3 { print $1, $2, $3, $4 }' <<<"$output")"
	same "0.001 1.000000000000 11" "$(grep -v '^#' <<<"$output" | awk 'END { print $1, $2, $3 }')"
	same "#[Max     =        0.001, Total count    =           11]" "${lines[-2]}"
	same "#[Buckets =           10, SubBuckets     =         2048]" "${lines[-1]}"
}

@test "diff: side by side" {
	other_log
	"$IPCBENCH" hist merge --tag b -o "$BATS_TEST_TMPDIR/b" "$LOG"
	cli hist diff "$LOG" "$BATS_TEST_TMPDIR/b"
	[ "$status" -eq 0 ]
	same "count 111 100 -11 0.901" "$(grep '^count' <<<"$output" | tr -s ' ')"
	same "p50 1.00 1.00 0.00 1.000" "$(grep '^p50' <<<"$output" | tr -s ' ')"
	same "mean 0.90 1.00 0.10 1.110" "$(grep '^mean' <<<"$output" | tr -s ' ')"
	cli hist diff --json "$LOG" "$BATS_TEST_TMPDIR/b"
	same "0 1 null" "$(jq -r '"\(.difference.p50_ns) \(.ratio.max_ns) \(.ratio.p99_ns)"' <<<"$output")"
}

@test "merge: every interval in order of time, or one per tag" {
	other_log
	local merged=$BATS_TEST_TMPDIR/merged
	cli hist merge -o "$merged" "$LOG" "$LOG"
	[ "$status" -eq 0 ]
	same "a,0.000,1.000 a,0.000,1.000 b,1.000,1.000 b,1.000,1.000 a,2.000,1.000 a,2.000,1.000" \
		"$(sed -n 's/^Tag=\(.*\),[^,]*,[^,]*$/\1/p' "$merged" | paste -sd ' ')"
	grep -q '^#\[BaseTime: 1700000000.500 ' "$merged"
	same "222" "$("$IPCBENCH" hist show --json "$merged" | jq .all.count)"
	cli hist merge --add -o - "$LOG" "$merged"
	same "a,0.000,3.000 b,1.000,1.000" \
		"$(sed -n 's/^Tag=\(.*\),[^,]*,[^,]*$/\1/p' <<<"$output" | paste -sd ' ')"
	same "33 300" "$("$IPCBENCH" hist show --json - <<<"$output" |
		jq -r '[.histograms[].count | tostring] | join(" ")')"
	# never over one of its own inputs
	usage "would replace what is read ($merged)" hist merge -o "$merged" "$merged" "$LOG"
}

@test "what is no log" {
	other_log
	refused '/missing: No such file' show /missing
	refused 'not a regular file but a directory' show "$BATS_TEST_TMPDIR"
	refused '/dev/zero: not a regular file but a device' show /dev/zero
	refused 'standard input:1: a zero byte' show - </dev/zero
	refused '"-": holds no interval' show - </dev/null
	refused 'has the tag "x"; without --tag, hist show lists the tags' show --tag x "$LOG"
	refused 'trials.csv:1: not a line of a histogram log' show \
		"$SOURCE_ROOT/results/reference/kvm-epyc-2cpu/trials.csv"
	local cut=$BATS_TEST_TMPDIR/cut
	head -c -12 "$LOG" >"$cut"
	refused "cut:6: the histogram is damaged" show "$cut"
	refused "cut:6: the histogram is damaged" merge -o - "$cut"
	sed 's/^Tag=b.*/0,1,1,HISTAgAAAAA=/' "$LOG" >"$cut"
	refused "cut:5: the histogram is V1 compressed (cookie 0x1c849302); only V2 is read" show "$cut"
	sed '1s/1\.2/2.0/' "$LOG" >"$cut"
	refused "cut:1: log format version 2.0; only 1.0 to 1.3 are read" show "$cut"
	usage "--output $BATS_TEST_TMPDIR/no/x: cannot write a file there: No such file" \
		hist merge -o "$BATS_TEST_TMPDIR/no/x" "$LOG"
	[ ! -e "$BATS_TEST_TMPDIR/no" ]
}

@test "what is no command line" {
	usage 'hist: write show FILE..., diff A B or merge -o OUT FILE...' hist
	usage '"shw" is not one of show, diff, merge; did you mean show?' hist shw
	usage 'hist show: no file given' hist show
	usage 'hist diff: 1 file given; it compares 2' hist diff a
	usage 'hist diff: 3 files given; it compares 2' hist diff a b c
	usage 'hist merge: no --output given' hist merge a
	usage '--output is for hist merge only' hist show -o x a
	usage '--add is for hist merge only' hist show --add a
	usage '--hgrm is for hist show only' hist diff --hgrm a b
	usage '--json is for hist show and diff only' hist merge --json -o x a
	usage '--hgrm and --json exclude each other' hist show --hgrm --json a
	usage 'unknown option --jsno; did you mean --json?' hist show --jsno a
}
