#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# --plot: the figures of a measurement below its table, and nothing left of what they took.

# shellcheck disable=SC2154 # bats sets status, output and stderr
load ../lib
load cli

setup() {
	begin
	cd "$BATS_TEST_TMPDIR" || return
	export IPCBENCH_PLOT=$BATS_TEST_TMPDIR/plot
	# what draws in these tests: says what it was asked for, and of how many rows
	# shellcheck disable=SC2016
	printf '%s\n' '#!/bin/bash' 'set -e' 'echo "asked: ${*:1:3}"' \
		'echo "rows: $(grep -c ,ok, "${!#}/summary.csv")"' >plot
	chmod +x plot
}

teardown() {
	end
}

@test "the figures stand below the table, and no directory is left" {
	COLUMNS=100 cli "${TINY[@]}" -m latency --plot
	[ "$status" -eq 0 ]
	[[ "$output" == "Run "*$'\n\nasked: --text --columns 100\nrows: 1\n\nIn short'* ]]
	same "" "$(ls -A "$TMPDIR")"
	COLUMNS=40 cli "${TINY[@]}" -m latency --plot -q
	same $'\nasked: --text --columns 60\nrows: 1' $'\n'"$(sed '/^$/d' <<<"$output")"
	cli "${TINY[@]}" --plot --dry-run
	[ "$status" -eq 0 ]
	[[ "$output" != *asked* ]]
}

@test "a run directory that is asked for stays" {
	cli "${TINY[@]}" -m latency --plot -o ./-run
	[ "$status" -eq 0 ]
	says "rows: 1"
	[ -e ./-run/trials.csv ]
	same "" "$(ls -A "$TMPDIR")"
	cli --replay ./-run --plot
	[ "$status" -eq 0 ]
	says "rows: 1"
	# the output options are not part of a plan
	run ! jq -e '.plan.options | index("--plot")' ./-run/env.json
}

@test "what cannot be drawn is one line, after the table" {
	printf '#!/bin/sh\necho "plot: no gnuplot" >&2\nexit 1\n' >plot
	cli "${TINY[@]}" -m latency --plot -q
	[ "$status" -eq 1 ]
	same "ipcbench: --plot: no gnuplot" "$stderr"
	cli "${TINY[@]}" -m latency --plot
	[ "$status" -eq 1 ]
	says "Round trip, 64 B"
	same "" "$(ls -A "$TMPDIR")"
}

@test "figures that cannot be drawn are passed on, each with its reason, and the status says so" {
	printf '%s\n' '#!/bin/sh' 'echo figure' 'echo "plot: one cannot be drawn: so, it is" >&2' \
		'echo "plot: not all could be drawn: see the lines above" >&2' 'exit 3' >plot
	cli "${TINY[@]}" -m latency --plot -q
	[ "$status" -eq 1 ]
	same $'ipcbench: --plot: one cannot be drawn: so, it is\nipcbench: --plot: not all could be drawn: see the lines above' "$stderr"
	says figure
	printf '%s\n' '#!/bin/sh' 'echo "plot: 1 cell with failed trials left out" >&2' >plot
	cli "${TINY[@]}" -m latency --plot -q
	[ "$status" -eq 0 ]
	same "ipcbench: --plot: 1 cell with failed trials left out" "$stderr"
	same "" "$(ls -A "$TMPDIR")"
}

@test "what is wrong beforehand is said before anything is measured" {
	IPCBENCH_PLOT=/nonexistent usage '--plot: IPCBENCH_PLOT names "/nonexistent"' "${TINY[@]}" --plot
	usage "--plot and --csv both write to standard output; give --csv a file" "${TINY[@]}" --plot --csv -
	TMPDIR=/nonexistent usage "--plot: cannot make a temporary directory in /nonexistent" "${TINY[@]}" --plot
	usage "--slice and --plot" --slice 0 "${TINY[@]}" --plot
}

@test "interrupted: no figures, and no directory is left" {
	"$IPCBENCH" -t pipe -s 64 -p same-cpu -m latency -T 1 -d 1h --plot -q >out 2>err &
	driver=$!
	until_true 20 both_workers
	kill -TERM "$driver"
	status=0
	wait "$driver" || status=$?
	driver=
	same 143 "$status"
	run ! grep -q asked out
	same "" "$(ls -A "$TMPDIR")"
}

@test "a terminal that stops what writes from the background stops no figures" {
	local command
	printf -v command '%q ' "$IPCBENCH" "${TINY[@]}" -m latency --plot -q
	timeout 60 script -qec "stty tostop; $command" /dev/null >out </dev/null
	grep -q "^rows: 1" out
	same "" "$(ls -A "$TMPDIR")"
}

@test "the figures of scripts/plot" {
	command -v gnuplot >/dev/null || skip "gnuplot is not installed"
	IPCBENCH_PLOT=$SOURCE_ROOT/scripts/plot cli "${TINY[@]}" -m latency --plot
	[ "$status" -eq 0 ]
	says "Round trip of 64 B by mechanism"
	grep -qE '^ +pipe  [0-9.]+ (µs|ms) \|-' <<<"$output"
}

@test "figures of one layout do not show the other" {
	cli -t pipe -w block -p same-cpu -s 64 -m latency -n 200 -T 1 --warmup 0 --layout all -q -o run
	[ "$status" -eq 0 ]
	"$SOURCE_ROOT/scripts/plot" --data run data
	grep -q ', layout random' data/figures.csv
	[ -d data/latency-by-mechanism-same-cpu ]
	[ -d data/latency-by-mechanism-same-cpu-layout-random ]
}
