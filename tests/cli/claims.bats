#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# ipcbench claims: what it lists, plans, writes and refuses. Verdicts are of made-up figures in
# tests/unit/test-claims-report.c; what is measured here decides nothing.

# shellcheck disable=SC2154 # bats sets status, output and stderr
load ../lib
load cli

CLAIMS=(shared-memory-fastest pipes-and-unix-next fifo-slower-than-pipe unix-beats-tcp
	mq-beats-pipe-at-1M pipe-beats-socket-at-1M posix-beats-sysv signals-fast-but-empty
	semaphores-fast-but-empty files-slowest pipes-small-shm-large mapped-file-is-memory)
COLUMNS_CLAIMS=schema_version,run_id,claim,claim_verdict,cell,first,second,claimed,counts,wait,mode
COLUMNS_CLAIMS+=,size_bytes,placement,metric,unit,blocks,dropped,first_value,second_value,speed
COLUMNS_CLAIMS+=,ci_lo,ci_hi,p,p_holm,verdict,reason,flags,footprint,batch

# a block of each pair, and no more
BRIEF=(--max-time 0.1 --seed 7)

# cache SIZE: the last-level cache, whatever this machine has, since cold memory takes four times as much. hwloc
# numbers the CPUs that it makes up from 0.
cache() {
	local cpus
	cpus=$(nproc --all)
	if grep -qE "^Cpus_allowed_list:[[:space:]]0(-$((cpus - 1)))?$" /proc/self/status; then
		export HWLOC_THISSYSTEM=1 HWLOC_SYNTHETIC="pack:1 l3:1(size=$1) core:$cpus pu:1"
	fi
}

setup() {
	begin
	cache 8MB
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	end
}

# claims STATUS ARG...: ends so.
claims() {
	local wanted=$1
	shift
	cli claims "$@"
	if [ "$status" -ne "$wanted" ]; then
		say "claims $*: status $status instead of $wanted:" "$stderr" "$output"
		return 1
	fi
}

# rows COLUMN...: of the CSV in $output.
rows() {
	fields "$@" <<<"$output" | tr '\t' ' '
}

@test "the list has every claim with its sentence" {
	claims 0 --list
	same "" "$stderr"
	same "$(printf '%s\n' "${CLAIMS[@]}")" "$(awk '{ print $1 }' <<<"$output")"
	says "A FIFO is slightly slower than an anonymous pipe"
	claims 0 --list files-slowest fifo-slower-than-pipe
	same "fifo-slower-than-pipe files-slowest " "$(awk '{ print $1 }' <<<"$output" | tr '\n' ' ')"
}

@test "a dry run shows what is compared, and says how long it takes" {
	claims 0 --dry-run --seed 7
	same "" "$stderr"
	for name in "${CLAIMS[@]}"; do
		grep -qx "$name" <<<"$output"
	done
	says "shm vs pipe block throughput 64 B same-cpu"
	says "signal vs pipe block latency 64 B same-cpu"
	[[ "$(tail -n 1 <<<"$output")" =~ ^[0-9]+" comparisons, at most "[0-9]+"m"[0-9]+"s, seed 7"$ ]]
	cache 500MB
	claims 0 --dry-run --seed 7
	[ -z "${HWLOC_SYNTHETIC:-}" ] || [[ "$output" =~ at\ most\ [0-9]+h[0-9]+m,\ seed\ 7$ ]]
	claims 0 --dry-run --max-time 20 --seed 7
	says "at most 20s"
}

@test "what a user says of the time is heeded, and a quick run is shorter" {
	local full quick long
	# seconds ARG...: what a dry run promises.
	seconds() {
		claims 0 --dry-run signals-fast-but-empty "$@"
		echo $(($(tail -n 1 <<<"$output" |
			sed -E 's/.*at most //; s/, seed.*//; s/([0-9]+)m/\1*60+/; s/s$//')))
	}
	full=$(seconds)
	quick=$(seconds --quick)
	long=$(seconds --duration 1s)
	[ "$quick" -lt "$full" ]
	[ "$full" -lt "$long" ]
	claims 0 --dry-run --quick signals-fast-but-empty
	says "same-cpu"
	[[ "$output" != *cross-cpu* ]]
}

@test "what a claim names is measured, and the seed is taken" {
	claims 0 fifo-slower-than-pipe "${BRIEF[@]}"
	[[ "$stderr" == "ipcbench: 1 claim, "*" comparisons, at most 0s" ]]
	says "Of 1 claim "
	says "seed 7"
	says "pipe vs fifo block throughput 64 B same-cpu"
	says "fifo-slower-than-pipe: \"A FIFO is slightly slower than an anonymous pipe\": undecided"
}

@test "csv: a row per pair with every column" {
	claims 0 fifo-slower-than-pipe "${BRIEF[@]}" --duration 100ms --csv -
	same "$COLUMNS_CLAIMS" "$(head -n 1 <<<"$output")"
	same "pipe fifo latency 64 faster 1
pipe fifo latency 64 faster 1
pipe fifo throughput 64 faster 1
pipe fifo throughput 64 faster 1" "$(rows first second mode size_bytes claimed counts)"
	same "block" "$(rows wait | sort -u)"
	# of one CPU at least there are figures, and of one block none is proven
	local row
	row=$(rows placement verdict blocks metric unit first_value second_value speed ci_lo |
		grep '^same-cpu .* throughput')
	[[ "$row" =~ ^"same-cpu undecided 1 throughput msg/s "[0-9.]+" "[0-9.]+" "[0-9.]+" "$ ]]
}

@test "a quick run has at most 12 blocks of each pair" {
	claims 0 signals-fast-but-empty --quick --csv - --max-time 20
	same "" "$(rows blocks | awk '$1 > 12')"
	same "same-cpu" "$(rows placement | sort -u)"
	same "signal" "$(rows first | sort -u)"
}

@test "the output directory holds pairs, blocks, everything and the machine" {
	claims 0 signals-fast-but-empty "${BRIEF[@]}" -q -o run
	same "" "$stderr$output"
	same "blocks.csv claims.csv claims.json env.json " \
		"$(find run -type f -printf '%f\n' | sort | tr '\n' ' ')"
	same "signal vs pipe block latency 64 B same-cpu layout random" \
		"$(fields cell <run/blocks.csv | sort -u | grep same-cpu)"
	[ "$(fields run_id <run/claims.csv | sort -u)" = "$(jq -r .run_id run/claims.json)" ]
	jq -e '.command == "claims" and .seed == 7 and .rule.alpha == 0.05 and
		(.claims | length) == 1 and (.claims[0].says | test("carries no bytes")) and
		(.claims[0].pairs | length) == 2 and .env.schema_version == 2' run/claims.json
	jq -e '.command | index("claims") != null' run/env.json
	claims 2 signals-fast-but-empty "${BRIEF[@]}" -q -o run
	[[ "$stderr" == *"already holds a run (claims.csv)"* ]]
}

@test "json: the columns of the CSV, and curves with what is known of their crossing" {
	claims 0 pipes-small-shm-large "${BRIEF[@]}" -q --csv run.csv --json run.json
	same "" "$stderr$output"
	same "$(($(wc -l <run.csv) - 1))" "$(jq '.claims[0].pairs | length' run.json)"
	same "$COLUMNS_CLAIMS" "schema_version,run_id,claim,claim_verdict,$(
		jq -r '.claims[0].pairs[0] | keys_unsorted | join(",")' run.json)"
	# of one block nothing is proven
	jq -e '.claims[0].curves | length == 8 and all(.[]; .first == "pipe" and .second == "shm" and
		.crossings == 0 and .size_bytes == null and .faster_below == null)' run.json
	jq -e '.claims[0].says | test("throughput, same-cpu: where the curves cross could not be") and
		test("throughput, same-cpu, cold: where the curves cross could not be")' run.json
}

@test "results/README.md describes every column" {
	local column
	for column in ${COLUMNS_CLAIMS//,/ }; do
		if ! grep -q "\`$column\`" "$SOURCE_ROOT/results/README.md"; then
			say "results/README.md does not describe $column"
			return 1
		fi
	done
}

@test "markdown: a table of claims and one of pairs" {
	claims 0 fifo-slower-than-pipe "${BRIEF[@]}" --md -
	says "| claim | verdict | hold | speed | interval | the weakest comparison |"
	says "| pipe vs fifo block latency 64 B same-cpu |"
}

@test "what cannot be tested here is said, with the reason, and is no success" {
	local cpu
	cpu=$(awk '/^Cpus_allowed_list:/ { split($2, a, /[-,]/); print a[1] }' /proc/self/status)
	run --separate-stderr taskset -c "$cpu" "$IPCBENCH" claims mapped-file-is-memory -o run
	[ "$status" -eq 4 ]
	says "could not be tested"
	says "not on this machine: mmap vs shm:waiter=condvar block throughput 64 B cross-cpu"
	same "not on this machine" "$(fields verdict <run/claims.csv | sort -u)"
	[ -n "$(fields reason <run/claims.csv | head -n 1)" ]
}

@test "an interrupted run ends with 130 and without verdicts" {
	env --default-signal=INT,TERM,HUP,QUIT "$IPCBENCH" claims fifo-slower-than-pipe --verbose \
		--csv run.csv >"$OUT" 2>"$ERR" 3>&- &
	driver=$!
	until_true 30 grep -q "block 3 " "$ERR"
	kill -INT "$driver"
	finish 30
	[ "$status" -eq 130 ]
	grep -q "interrupted by signal 2 (Interrupt) after [0-9]* blocks; no verdict was reached" "$ERR"
	same "undecided" "$(fields verdict <run.csv | sort -u)"
}

@test "what is not understood is refused" {
	usage "unknown claim \"fifo-slower\"" claims fifo-slower
	usage "unknown claim \"file-slowest\"; ipcbench claims --list shows all; did you mean files-slowest?" claims file-slowest
	usage "--seed" claims --seed x
	usage "--max-time" claims --max-time 0
	usage "--duration" claims --duration 2h
	usage "--color" claims --color pink
	usage "--csv: the value is empty" claims --csv ""
	usage "--quiet and --verbose exclude each other" claims -q -v
	usage "--list and --dry-run exclude each other" claims --list --dry-run
	usage "both write to" claims signals-fast-but-empty --csv - --json -
	usage "--bogus" claims --bogus
}
