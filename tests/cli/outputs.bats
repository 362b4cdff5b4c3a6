#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# What is written is whole, is that of one run, and replaces nothing but what was asked for.

# shellcheck disable=SC2154 # bats and lib.bash set output, stderr and driver
load ../lib
load cli

setup() {
	begin
	DIR=$BATS_TEST_TMPDIR/run
}

teardown() {
	end
}

# reads_incomplete COMMAND...: a reader of $DIR says that it is incomplete, and how far it came.
reads_incomplete() {
	cli "$@"
	if [ "$status" -gt 3 ] || ! grep -q "incomplete: $LINE" <<<"$stderr"; then
		say "$*: status $status:" "$stderr"
		return 1
	fi
}

# whole DIR: every file of a complete run, and no other.
whole() {
	same "env.json percentiles.csv summary.csv table.txt trials.csv" \
		"$(find "$1" -maxdepth 1 -type f -printf '%f\n' | sort | paste -sd ' ')"
	same 2 "$(find "$1/hist" -type f | wc -l)"
}

# ---- complete or not ---------------------------------------------------------------------------

@test "wherever a run is killed while it saves, its directory is complete or says that it is not" {
	local n held=0
	for ((n = 1; n < 40; n++)); do
		run env LD_PRELOAD="$DIE_AT_SO" DIE_AT=$n "$IPCBENCH" "${TINY[@]}" -m latency -o "$DIR"
		[ "$status" -ne 0 ] || break
		same 137 "$status"
		if [ ! -e "$DIR/incomplete" ]; then
			# a claim, a line that says what the run is, or all of it
			[ ! -e "$DIR/trials.csv" ] || whole "$DIR"
		elif [ -e "$DIR/table.txt" ]; then
			jq -e .plan.options "$DIR/env.json" >/dev/null
			LINE="[01] of 1 launch stored; ipcbench --resume" \
				reads_incomplete tables -q "$DIR"
			held=$((held + 1))
		fi
		rm -rf "$DIR"
	done
	same 0 "$status"
	whole "$DIR"
	[ "$held" -ge 7 ]
}

@test "what a run needs to be gone on with is there before its first launch" {
	start --transport planted:fault=hang --size 64 --mode latency --timeout 60 --output "$DIR"
	until_true 20 both_workers
	jq -e '.plan.seed' "$DIR/env.json" >/dev/null
	grep -Eqx 'run [0-9TZ]+-[0-9a-f]{8}: 1 launch planned; ipcbench --resume DIR goes on with it' \
		"$DIR/incomplete"
	kill -9 "$driver"
	finish 20
	usage "holds a run that has not ended or was cut off (incomplete)" "${TINY[@]}" -o "$DIR"
}

@test "an interrupted run stays incomplete, and every reader says so" {
	start --transport "planted:mark=$MARK" --size 1,2,4,8,16,32,64,128 --mode latency \
		--duration 0.3 --output "$DIR"
	until_true 20 marked 3
	kill -INT "$driver"
	finish 20
	expect_status 130
	LINE="[2-7] of 8 launches stored; ipcbench --resume $DIR goes on with it"
	reads_incomplete tables "$DIR"
	reads_incomplete compare "$DIR" "$DIR"
	reads_incomplete advise "$DIR"
	reads_incomplete report --no-figures -o "$BATS_TEST_TMPDIR/page" "$DIR"
	grep -q "incomplete: $LINE" "$BATS_TEST_TMPDIR/page"
	reads_incomplete --plugin "$PLANTED" --replay "$DIR" --dry-run
	LINE="run .* launches planned" reads_incomplete hist show "$DIR"/hist/*.hlog
	same 1 "$(wc -l <<<"$stderr")"
	run --separate-stderr "$SOURCE_ROOT/scripts/plot" --data "$DIR" "$BATS_TEST_TMPDIR/data"
	grep -qx "plot: $DIR: incomplete: run .*: 8 launches planned; ipcbench --resume DIR goes on with it" <<<"$stderr"
	# a directory of an earlier version says nothing
	rm "$DIR/incomplete"
	cli tables "$DIR"
	same "" "$stderr"
}

@test "an output that cannot be written takes no other with it" {
	ln -s /dev/full "$BATS_TEST_TMPDIR/full"
	cli -q "${TINY[@]}" -m latency --csv "$BATS_TEST_TMPDIR/full" --json "$CSV" -o "$DIR"
	same "1 ipcbench: cannot write $BATS_TEST_TMPDIR/full: No space left on device" "$status $stderr"
	whole "$DIR"
	jq -e '.trials | length == 1' "$CSV"
}

@test "what a killed run left beside its files goes with the next one, and nothing else" {
	local n left=.0123456789abcdef.tmp
	mkdir -p "$DIR/hist"
	for ((n = 1; n < 3; n++)); do
		run env LD_PRELOAD="$DIE_AT_SO" DIE_AT=$n "$IPCBENCH" -q "${TINY[@]}" --csv "$CSV"
		same 137 "$status"
	done
	[ -n "$(find "$BATS_TEST_TMPDIR" -name 'rows.csv.*.tmp')" ]
	touch "$DIR/table.txt$left" "$DIR/incomplete$left" "$DIR/hist/.hlog$left"
	touch "$DIR/other.csv$left" "$DIR/trials.csv.holiday-pictures.tmp" "$CSV.0123456789abcdeg.tmp"
	cli -q "${TINY[@]}" -m latency --csv "$CSV" -o "$DIR"
	same "0 " "$status $stderr"
	rm "$DIR/other.csv$left" "$DIR/trials.csv.holiday-pictures.tmp" "$CSV.0123456789abcdeg.tmp"
	whole "$DIR"
	same "" "$(find "$BATS_TEST_TMPDIR" -name '*.tmp')"
}

@test "a run that ends while it is read is read as it ended" {
	cli -q "${TINY[@]}" -m latency -o "$DIR"
	mv "$DIR/trials.csv" "$DIR/trials.new"
	head -n 1 "$DIR/trials.new" >"$DIR/trials.csv"
	echo "run x: 1 launch planned" >"$DIR/incomplete"
	ENDS_AS_READ=$DIR LD_PRELOAD=$DIE_AT_SO cli tables "$DIR"
	same "0 " "$status $stderr"
	says pipe
}

# ---- one run at a time -------------------------------------------------------------------------

@test "a second run into the same directory or file is told who writes there" {
	local name other=$BATS_TEST_TMPDIR/other
	start --transport planted:fault=hang --size 64 --mode latency --timeout 60 --output "$DIR"
	until_true 20 both_workers
	usage "--output $DIR: process $driver is writing there (" "${TINY[@]}" -o "$DIR"
	[[ "$stderr" == *"${IPCBENCH:0:40}"* ]]
	ln -s "$CSV" "$other.link"
	ln "$CSV" "$other"
	for name in "$CSV" "$other" "$other.link" "$DIR/trials.csv"; do
		usage "--json $name: process $driver is writing there (" "${TINY[@]}" --json "$name"
	done
	# the claim ends with the process, and not with the workers that it leaves
	kill -9 "$driver"
	finish 20
	cli -q "${TINY[@]}" --csv "$CSV"
	same "0 " "$status $stderr"
}

@test "a file of a run that has not written it yet is as claimed as its directory" {
	local at=$BATS_TEST_TMPDIR/at file
	mkdir "$DIR"
	ln -s "$DIR/env.json" "$at"
	for file in "$DIR/trials.csv" "$DIR/../run/summary.csv" "$at"; do
		run --separate-stderr flock "$DIR" "$IPCBENCH" "${TINY[@]}" --csv "$file"
		same 2 "$status"
		[[ "$stderr" == "ipcbench: --csv $file: process "*" is writing there ("* ]]
		same "" "$(ls -A "$DIR")"
	done
	# a report of a run that goes on may lie beside it
	run --separate-stderr flock "$DIR" "$IPCBENCH" -q "${TINY[@]}" --csv "$DIR/own.csv"
	same 0 "$status"
}

@test "a link to nothing is claimed by what it names" {
	local at=$BATS_TEST_TMPDIR/at
	ln -s rows.csv "$at.1"
	ln -s rows.csv "$at.2"
	usage "--json $at.2: another option writes there; name another file" "${TINY[@]}" \
		--csv "$at.1" --json "$at.2"
	[ ! -e "$CSV" ]
	[ -h "$at.1" ]
	cli -q "${TINY[@]}" --csv "$at.1"
	same "0 ok ok" "$status $(fields status <"$CSV" | paste -sd ' ')"
	ln -s nowhere/rows.csv "$at.3"
	usage "--csv $at.3: cannot be opened: No such file or directory" "${TINY[@]}" --csv "$at.3"
	usage "--output /dev/null: not a directory" "${TINY[@]}" -o /dev/null
}

@test "of several runs at once into one directory one is kept, whole" {
	for _ in 1 2 3 4 5; do
		(
			"$IPCBENCH" -q "${TINY[@]}" -m latency -o "$DIR" 2>/dev/null && echo 0 || echo $?
		) >>"$OUT" &
	done
	wait
	same "0 2 2 2 2" "$(sort "$OUT" | paste -sd ' ')"
	whole "$DIR"
}

@test "a file that was made for its claim alone is removed" {
	mkdir "$DIR"
	: >"$DIR/trials.csv"
	usage "already holds a run (trials.csv)" "${TINY[@]}" --csv "$CSV" -o "$DIR"
	[ ! -e "$CSV" ]
	# what was there stays
	echo kept >"$CSV"
	usage "already holds a run (trials.csv)" "${TINY[@]}" --csv "$CSV" -o "$DIR"
	same kept "$(cat "$CSV")"
}

@test "a signal before the first launch leaves no file that was made for its claim alone" {
	# the first name is tried before there is a claim, the second one after it
	DIE_AT=2 DIE_BY=15 LD_PRELOAD=$DIE_AT_SO cli -q "${TINY[@]}" --csv "$CSV" -o "$DIR"
	same 143 "$status"
	[[ "$stderr" == *"interrupted by signal 15 (Terminated) after 0 of 2 launches"* ]]
	same "$(cat "$DIR/trials.csv")" "$(cat "$CSV")"
}

@test "where files cannot be locked the run goes on and says so" {
	NO_LOCKS=1 LD_PRELOAD=$DIE_AT_SO cli -q "${TINY[@]}" --csv "$CSV"
	same "0 ipcbench: --csv $CSV: cannot be locked (No locks available); take care that no other run writes there" \
		"$status $stderr"
	same "ok ok" "$(fields status <"$CSV" | paste -sd ' ')"
}

# ---- links -------------------------------------------------------------------------------------

@test "a link that somebody planted is neither followed nor replaced" {
	local victim=$BATS_TEST_TMPDIR/victim name
	echo kept >"$victim"
	mkdir "$DIR" "$BATS_TEST_TMPDIR/elsewhere"
	# the names that older versions gave to temporary files; exec keeps the process number
	# shellcheck disable=SC2016 # the inner shell expands
	sh -c 'ln -s "$1" "$2.$$.tmp" && ln -s "$1" "$3/env.json.$$.tmp" && shift 3 && exec "$@"' \
		sh "$victim" "$CSV" "$DIR" "$IPCBENCH" -q "${TINY[@]}" --csv "$CSV" -o "$DIR"
	same kept "$(cat "$victim")"
	same 2 "$(find "$BATS_TEST_TMPDIR" -type l | wc -l)"
	rm -r "$DIR"
	mkdir "$DIR"
	for name in trials.csv summary.csv env.json; do
		ln -s "$victim" "$DIR/$name"
		usage "already holds a run ($name)" "${TINY[@]}" -o "$DIR"
		rm "$DIR/$name"
	done
	ln -s "$BATS_TEST_TMPDIR/nothing" "$DIR/trials.csv"
	usage "already holds a run (trials.csv)" "${TINY[@]}" -o "$DIR"
	rm "$DIR/trials.csv"
	ln -s "$BATS_TEST_TMPDIR/elsewhere" "$DIR/hist"
	usage "cannot create $DIR/hist: Not a directory" "${TINY[@]}" -o "$DIR"
	rm "$DIR/hist"
	mkdir "$DIR/hist"
	: >"$DIR/hist/pipe.hlog"
	usage "already holds a run (hist)" "${TINY[@]}" -o "$DIR"
	same kept "$(cat "$victim")"
	[ ! -e "$BATS_TEST_TMPDIR/nothing" ]
}

# ---- inputs ------------------------------------------------------------------------------------

@test "an output that names an input is refused, whatever it is called" {
	local file dir log config=$BATS_TEST_TMPDIR/config
	cli -q "${TINY[@]}" --timeline -o "$DIR"
	same 0 "$status"
	log=$(find "$DIR/hist" -name '*.hlog')
	ln "$DIR/trials.csv" "$BATS_TEST_TMPDIR/hard"
	ln -s "$DIR/trials.csv" "$BATS_TEST_TMPDIR/soft"
	cp "$PLANTED" "$BATS_TEST_TMPDIR/plugin.so"
	echo "blocks = 5,10" >"$config"
	cp -r "$DIR" "$BATS_TEST_TMPDIR/before"
	cli topology -q --cpus 0 -d 2ms -o "$BATS_TEST_TMPDIR/cores"
	cli gate -q --base pipe --new fifo -w block -p same-cpu -d 2ms --warmup 0 --metrics latency \
		--blocks 3,4 -o "$BATS_TEST_TMPDIR/gate"
	for dir in "$DIR" "$BATS_TEST_TMPDIR/cores" "$BATS_TEST_TMPDIR/gate"; do
		while read -r file; do
			usage ": would replace what is read ($dir)" report --no-figures -o "$file" "$dir"
		done < <(find "$dir" -type f)
	done
	for file in "$DIR/../run/trials.csv" "$BATS_TEST_TMPDIR/hard" "$BATS_TEST_TMPDIR/soft"; do
		usage "would replace what is read" tables --csv "$file" --table time "$DIR"
		usage "would replace what is read" compare --md "$file" "$BATS_TEST_TMPDIR/before" "$DIR"
		usage "would replace what is read" spread --csv "$file" "$DIR"
		usage "would replace what is read" --replay "$DIR" --json "$file" --dry-run
	done
	usage "would replace what is read" hist merge -o "$log" "$log"
	# shellcheck disable=SC2094 # one file under two names is the point
	usage "would replace what is read (/dev/stdin)" hist merge -o "$log" - <"$log"
	usage "would replace what is read" gate --config "$config" --base pipe --new fifo --csv "$config"
	usage "would replace what is read" --plugin "$BATS_TEST_TMPDIR/plugin.so" "${TINY[@]}" \
		--csv "$BATS_TEST_TMPDIR/plugin.so"
	cp /bin/cat "$BATS_TEST_TMPDIR/side"
	for file in "exec:program=$BATS_TEST_TMPDIR/side" "exec:$BATS_TEST_TMPDIR/side"; do
		usage "would replace what is read" "${TINY[@]}" -t "$file" --csv "$BATS_TEST_TMPDIR/side"
	done
	cmp /bin/cat "$BATS_TEST_TMPDIR/side"
	# a file that the run lacks would be read as its own
	usage "would replace what is read ($DIR)" report --no-figures -o "$DIR/incomplete" "$DIR"
	usage "would replace what is read ($DIR)" tables --csv "$DIR/../run/sides.csv" --table time "$DIR"
	usage "already holds a run" compare -o "$DIR" "$DIR" "$DIR"
	diff -r "$BATS_TEST_TMPDIR/before" "$DIR"
	cmp "$PLANTED" "$BATS_TEST_TMPDIR/plugin.so"
	# other files beside a run are free
	for file in 1 2; do
		cli report --no-figures -o "$DIR/report.html" "$DIR"
		same 0 "$status"
	done
}
