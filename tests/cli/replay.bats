#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# --replay: the plan of a stored run is measured again, and what changed is told.

# shellcheck disable=SC2154 # bats sets status, output and stderr
load ../lib
load cli

RUN=(-t "pipe,unix-stream,eventfd" -s "64,4K" -p "same-cpu,cross-cpu" -T 2 -n 200 --warmup 0)
# every column that says what was measured, when and where
PLAN=(transport wait copy mode size_bytes trial order placement cpu_tx cpu_rx idle status think_ns
	rate arrivals dispatch mem layout batch footprint sched load sizes isolate depth channels)

setup() {
	begin
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	end
}

# stored DIR [ARG...]: measures a run there.
stored() {
	local dir=$1
	shift
	cli "$@" -q -o "$dir"
	if [ "$status" -ne 0 ]; then
		say "status $status:" "$stderr"
		return 1
	fi
}

# What the test and its runs have made, but for what the harness keeps here.
made() {
	find . -mindepth 1 -maxdepth 1 -not -name tmp -not -name runtime -not -name 'objects*' \
		-not -name 'separate-stderr*' -printf '%f\n'
}

# replays ARG...: ends with 0.
replays() {
	cli --replay "$@"
	if [ "$status" -ne 0 ]; then
		say "--replay $*: status $status:" "$stderr" "$output"
		return 1
	fi
}

# same_plan A B
same_plan() {
	same "$(fields "${PLAN[@]}" <"$1/trials.csv")" "$(fields "${PLAN[@]}" <"$2/trials.csv")"
	same "$(jq -c .plan "$1/env.json")" "$(jq -c .plan "$2/env.json")"
	# the last part of a run's number is its seed
	same "$(fields run_id <"$1/trials.csv" | sed 's/.*-//' | sort -u)" \
		"$(fields run_id <"$2/trials.csv" | sed 's/.*-//' | sort -u)"
}

@test "the same cells, CPUs, order, trials and seed" {
	stored a "${RUN[@]}"
	replays a -o b
	# a busy machine may have something to say of its counter
	[[ "$stderr" != *differs* ]]
	same_plan a b
	[ "$(fields status <b/trials.csv | grep -c ok)" -ge 20 ]
	says "The plan is that of a: the same cells, CPUs, order and seed."
	says "Machine and build"
	says 'Base "a", new "b"'
	# the command is what was typed, the plan is what it meant
	same "ipcbench --replay a -o b" "$(jq -r '.command[0] |= "ipcbench" | .command | join(" ")' b/env.json)"
	same '["--transport=pipe,unix-stream,eventfd","--size=64,4K","--placement=same-cpu,cross-cpu","--trials=2","--messages=200","--warmup=0"]' \
		"$(jq -c .plan.options b/env.json)"
}

@test "a replay can be replayed, and compared" {
	stored a "${TINY[@]}" --verify
	replays a -q -o b
	same "" "$output"
	replays b -q -o c
	same_plan a c
	cli compare a c --json -
	# whatever the machine is like today
	same "false" "$(jq 'any(.notes[]; test("--verify"))' <<<"$output")"
}

@test "without --output nothing is left behind" {
	stored a "${TINY[@]}"
	replays a
	says 'new "this run"'
	same "a" "$(made)"
}

@test "what changed begins with the machine" {
	stored a "${TINY[@]}"
	env_json a '.cpu.model = "Another"'
	replays a
	says "Machine and build differ from those of the stored run:"
	says "CPU model: Another in base"
	says "(advisory)"
	[[ "$output" == *"CPU model: "*"The plan is that of a"*"Base \"a\""* ]]
	same 1 "$(grep -c 'CPU model: ' <<<"$output")"
}

@test "a run that tells no plan is replayed by its command and its number" {
	stored a "${TINY[@]}"
	env_json a 'del(.plan)'
	replays a -q -o b
	same "$(fields "${PLAN[@]}" <a/trials.csv)" "$(fields "${PLAN[@]}" <b/trials.csv)"
	same "$(fields run_id <a/trials.csv | sed 's/.*-//' | sort -u)" \
		"$(fields run_id <b/trials.csv | sed 's/.*-//' | sort -u)"
}

@test "--dry-run shows the plan and the deviations, and writes nothing" {
	stored a "${RUN[@]}"
	cli --dry-run --replay a -o b
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	says "20 cells"
	says "seed $(jq .plan.seed a/env.json)"
	says "The plan is that of a"
	[ ! -e b ]
	sed -i 's/,same-cpu,[0-9]*,[0-9]*,/,same-cpu,4095,4095,/; s/,eventfd,/,gone,/' a/trials.csv
	COLUMNS=1000 cli --dry-run --replay a
	[ "$status" -eq 0 ]
	says "instead of 4095,4095: CPU 4095 is not online"
	says "and 7 more cells: CPUs"
	[[ "$output" == *"gone block latency"*"plans no such cell"* ]]
	[[ "$output" == *"eventfd block latency"*"no row of it"* ]]
	says "16 cells"
}

@test "deviations are announced before and listed after measuring" {
	stored a "${TINY[@]}"
	sed -i 's/,same-cpu,[0-9]*,[0-9]*,/,same-cpu,4095,4095,/' a/trials.csv
	replays a -o b
	[[ "$stderr" == "ipcbench: the plan differs from the stored one in 1 thing,"* ]]
	says "instead of 4095,4095"
	says "(advisory)"
	replays a -q
	[ -z "$stderr" ]
}

@test "the committed reference runs can be replayed" {
	local dir id
	for dir in "$SOURCE_ROOT"/results/reference/*/; do
		[ -e "$dir/trials.csv" ] || continue
		COLUMNS=1000 cli --dry-run --replay "$dir"
		[ "$status" -eq 0 ] || { say "$dir:" "$stderr"; return 1; }
		id=$(fields run_id <"$dir/trials.csv" | head -n 1)
		says "seed $((16#${id##*-}))"
		# what older versions did not record is taken from the defaults, and told
		if jq -e 'has("plan")' "$dir/env.json" >"$BATS_TEST_TMPDIR/has"; then
			[[ "$output" != *"the default of this version"* ]]
		else
			says "warm-up of 0.05 s, the default of this version"
		fi
	done
	[ -n "$id" ]
}

@test "results go where they are sent" {
	stored a "${TINY[@]}"
	replays a --json - --csv c.csv --md m.md --tex t.tex --label again
	same "again" "$(jq -r '.plan.label' <<<"$output")"
	same "again" "$(fields label <c.csv | sort -u)"
	grep -q '^| ' m.md
	grep -q "booktabs" t.tex
	[[ "$stderr" == *"Machine and build"*'new "this run (again)"'* ]]
}

@test "options that choose cells or lengths are refused" {
	stored a "${TINY[@]}"
	local option
	for option in --transport=pipe --size=64 --mode=latency --wait=block --copy=copy \
		--placement=same-cpu --cpus=0,0 --idle=default --mem=default --dispatch=direct \
		--rate=5 --arrivals=poisson --think=1ms --verify --counters --duration=1s \
		--messages=5 --warmup=0 --trials=2 --auto --precision=1% --max-time=1s --seed=1 \
		--timeout=5s --slice=0 --slowdown=0; do
		usage "--replay and ${option%%=*} exclude each other" --replay a "$option"
	done
	usage "already holds a run" --replay a -o a
	usage "--replay: the value is empty" --replay ""
}

@test "what is no measurement is refused" {
	usage "No such file" --replay nowhere
	mkdir empty cores
	usage "holds no trials.csv" --replay empty
	echo "schema_version" >cores/topology.csv
	usage "written by another command" --replay cores
	stored a "${TINY[@]}"
	cp -r a b
	rm b/env.json
	usage "holds no env.json" --replay b
	head -c 100 a/env.json >b/env.json
	usage "cut or not JSON" --replay b
	cp a/env.json b/env.json
	env_json b '.plan.options = ["topology"]'
	usage '"topology" is not an option' --replay b
	env_json b '.plan.options = ["--help"]'
	usage "--help" --replay b
	env_json b '.plan.options = "-t pipe"'
	usage "not a list of words" --replay b
	cp a/env.json b/env.json
	env_json b '.plan.seed = 1.5'
	usage "seed of the plan" --replay b
	cp a/env.json b/env.json
	head -c -5 a/trials.csv >b/trials.csv
	usage "cut" --replay b
}

@test "files are data: nothing in them is executed or written to" {
	stored a "${TINY[@]}"
	# shellcheck disable=SC2016 # this is the point
	env_json a '.command = ["$(touch hacked)", "-t", "pipe;touch hacked", "-o", "`touch hacked`"] | del(.plan)'
	usage "touch hacked" --replay a
	env_json a '.command = ["sh", "-c", "touch hacked"]'
	usage "touch hacked" --replay a
	# shellcheck disable=SC2016
	env_json a '.command = ["ipcbench", "-t", "pipe", "-s", "64", "-p", "same-cpu", "-n", "100",
		"--warmup", "0", "-o", "stolen", "--csv", "stolen.csv", "--json=stolen.json",
		"--md=stolen.md", "--label=$(touch hacked)"]'
	replays a -q
	same "a" "$(made)"
}

@test "a plugin is loaded only if the command line names it" {
	stored a --plugin "$PLANTED" -t planted,pipe -s 64 -p same-cpu -T 1 -n 100 --warmup 0
	same 0 "$(jq '[.plan.options[] | select(test("plugin"))] | length' a/env.json)"
	replays a --plugin "$PLANTED" -q -o b
	same_plan a b
	usage "give --plugin FILE yourself" --replay a
	env_json a 'del(.plan)'
	usage "give --plugin FILE yourself" --replay a
	# what the file names does not even exist
	env_json a '.command |= map(if test("planted.so") then "./evil.so" else . end)'
	replays a --plugin "$PLANTED" --dry-run
	says "the plugin is the one given now"
}

@test "a cell that fails: 1" {
	stored a --plugin "$PLANTED" -t planted,pipe -s 64 -p same-cpu -T 1 -n 100 --warmup 0
	sed -i 's/,planted,/,planted:fault=crash,/' a/trials.csv
	env_json a '.plan.options[0] = "--transport=planted:fault=crash,pipe"'
	cli --replay a --plugin "$PLANTED"
	[ "$status" -eq 1 ]
	says "fail"
	says 'Base "a"'
}

@test "a run from before --batch: rings batch as they did then" {
	stored a -t shm,pipe -w block -s 64,4K,64K,1M -m throughput -p same-cpu -T 1 -n 50 --warmup 0
	awk 'BEGIN { FS = OFS = "," }
		NR == 1 { for (i = 1; i <= NF; i++) old[i] = $i != "batch" && $i != "footprint" && $i != "sched" && $i != "load" && $i != "sizes" && $i != "isolate" && $i != "depth" && $i != "channels" }
		{ line = $1; for (i = 2; i <= NF; i++) if (old[i]) line = line OFS $i; print line }' a/trials.csv >old
	mv old a/trials.csv
	cli --replay a --dry-run
	[ "$status" -eq 0 ]
	local plan
	plan=$(awk '$2 == "block" && $4 == "throughput" { print $1, $14 }' <<<"$output")
	same "256 4 1 1" "$(awk '$1 == "shm" { print $2 }' <<<"$plan" | xargs)"
	same "1 1 1 1" "$(awk '$1 == "pipe" { print $2 }' <<<"$plan" | xargs)"
}

# The fixture was written by a version without --batch, in which size= and chunk= decided about it.
@test "a run from before --batch: what is not known of a ring is not measured, and said so" {
	cp -r "$SOURCE_ROOT/tests/cli/before-batch" a
	COLUMNS=1000 cli --replay a --dry-run
	[ "$status" -eq 0 ]
	says "batch unknown and 1 more cell: not measured: how many messages it published at once is not known"
	[[ "$output" != *"plans no such cell"* && "$output" != *"no row of it"* ]]
	# a name of that version, in an option that ends no replay
	jq '.plan.options |= map(select(startswith("--trials") | not)) + ["--auto", "--precision=lat2_p99_ns:5%"]' a/env.json >env.json
	mv env.json a
	replays a -q -o b
	same 2 "$(fields schema_version <b/trials.csv | sort -u)"
	same "ok 1 pipe;ok 256 shm" "$(fields mode status batch transport <b/trials.csv |
		awk '$1 == "throughput" && !seen[$0]++ { print $2, $3, $4 }' | sort | paste -sd ';')"
	cli compare a b
	# 4: a cell failed
	[ "$status" -ne 4 ]
	says "skip shm:chunk=1K block throughput 64 B same-cpu batch unknown: only in a"
}

@test "a stored plan of more cells or longer lists than can be is refused" {
	local how
	stored a "${TINY[@]}"
	cp -r a b
	touch b/incomplete
	for how in "--replay a" "--resume b"; do
		env_json "${how#* }" '.plan.options += ["--batch=" + ([range(1; 9000)] | join(",")), "--mode=throughput",
			"--topology=" + ([range(1; 500) | "pairs:\(.)"] | join(","))]'
		# shellcheck disable=SC2086 # two words
		usage "cells or more, of which each pair counts as one, and the limit is 250000" $how --dry-run
		env_json "${how#* }" '.plan.options = ["--size=" + ([range(1; 30000)] | join(","))]'
		# shellcheck disable=SC2086 # two words
		usage "and the limits are 131071 and 1048576; shorten its lists" $how --dry-run
		env_json "${how#* }" '.plan.options = [range(270000) | "-s64"]'
		# shellcheck disable=SC2086 # two words
		usage "which makes 1048580 of the command" $how --dry-run
	done
}
