#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Output: table, CSV, JSON, Markdown, run directory; progress, colour, status.

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

ESC=$'\033'

@test "a table on standard output, nothing on standard error" {
	cli "${TINY[@]}"
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	says pipe
	says "64 B"
	[[ "$output" != *"$ESC"* ]]
}

@test "--csv - is pure CSV, as many columns in every row" {
	cli "${TINY[@]}" -t null -T 2 -w block,spin --csv -
	[ -z "$stderr" ]
	same schema_version "${output%%,*}"
	# 2 mechanisms x 2 waits x 2 modes, of which one spins on a shared CPU or cannot block
	local rows
	rows=$(fields status trial transport mode wait size_bytes placement <<<"$output")
	[ "$(grep -c . <<<"$rows")" -ge 8 ]
	grep -q "^ok	1	pipe	latency	block	64	same-cpu$" <<<"$rows"
	grep -q "^ok	2	pipe	throughput	block	64	same-cpu$" <<<"$rows"
	grep -q "^skip	" <<<"$rows"
}

@test "CSV: figures where they belong and empty fields elsewhere" {
	cli "${TINY[@]}" --csv - --label 'a "quoted", label' --seed 9
	local rows
	rows=$(fields label mode lat_count lat_p50_ns msgs_per_s lat_kind <<<"$output")
	awk -F'\t' '
	$1 != "a \"quoted\", label" { bad = 1 }
	$2 == "latency" { latency++; if (!($3 > 0 && $4 > 0 && $6 == "rtt")) bad = 1 }
	$2 == "throughput" { throughput++; if ($3 != "" || $4 != "" || !($5 > 0)) bad = 1 }
	END { exit bad || latency != 1 || throughput != 1 }' <<<"$rows"
	# the harness alone moves nothing
	cli -t null -w spin -s 64 -p cross-cpu -m throughput -T 1 -d 20ms --warmup 1ms --csv -
	same "		" "$(fields bytes bytes_per_s cpu_ns_per_byte <<<"$output")"
	# plain numbers, whatever the locale
	same "" "$(fields duration_s msgs_per_s <<<"$output" | grep '[^0-9.e+	-]')"
}

@test "--csv FILE: a FIFO, a link and a device are written to, not replaced" {
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	cat "$BATS_TEST_TMPDIR/fifo" >"$CSV" &
	cli "${TINY[@]}" -m latency --csv "$BATS_TEST_TMPDIR/fifo"
	wait
	[ "$status" -eq 0 ]
	same ok "$(fields status <"$CSV")"
	[ -p "$BATS_TEST_TMPDIR/fifo" ]

	: >"$CSV"
	ln -s "$CSV" "$BATS_TEST_TMPDIR/link"
	cli "${TINY[@]}" -m latency --csv "$BATS_TEST_TMPDIR/link"
	[ -L "$BATS_TEST_TMPDIR/link" ]
	same ok "$(fields status <"$CSV")"

	cli "${TINY[@]}" -m latency --csv /dev/null
	[ "$status" -eq 0 ]
	[ -c /dev/null ]
}

@test "--csv where no file can be made is refused before anything runs" {
	usage "--csv /proc/none: cannot write a file there" --csv /proc/none
	usage "is a directory" --csv "$BATS_TEST_TMPDIR"
}

@test "--csv FILE: the table is printed as well" {
	cli "${TINY[@]}" --csv "$CSV"
	[ "$status" -eq 0 ]
	says pipe
	same "ok ok" "$(fields status <"$CSV" | tr '\n' ' ' | sed 's/ $//')"
}

@test "--json -" {
	cli "${TINY[@]}" --json - --label here --seed 5
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	jq -e '.schema_version == 2' <<<"$output"
	jq -e '[.. | objects | select(.transport? == "pipe")] | length >= 2' <<<"$output"
}

@test "--md -" {
	cli "${TINY[@]}" --md -
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	grep -q '^|.*pipe' <<<"$output"
	grep -Eq '^\|( *:?-+:? *\|)+$' <<<"$output"
}

@test "--output: a run directory" {
	cli "${TINY[@]}" -T 2 -o "$DIR"
	[ "$status" -eq 0 ]
	same "4" "$(fields status <"$DIR/trials.csv" | grep -c '^ok$')"
	same "2" "$(fields transport trials <"$DIR/summary.csv" | grep -c '^pipe	2$')"
	jq -e . "$DIR/env.json" >/dev/null
	[ -s "$DIR/percentiles.csv" ] && [ -s "$DIR/table.txt" ]
	# the same run under each name
	same 1 "$(fields run_id <"$DIR/trials.csv" | sort -u | wc -l)"
}

@test "--output: a run that is there is not overwritten" {
	cli "${TINY[@]}" -o "$DIR"
	[ "$status" -eq 0 ]
	local before
	before=$(cat "$DIR/trials.csv")
	usage "$DIR" "${TINY[@]}" -o "$DIR"
	same "$before" "$(cat "$DIR/trials.csv")"
}

@test "a row's spelling reproduces the row" {
	cli -q "${TINY[@]}" -t shm:segment=sysv,waiter=futex -w block --csv "$CSV"
	[ "$status" -eq 0 ]
	local spelling
	spelling=$(fields transport <"$CSV" | grep -m1 '^shm')
	cli -q -t "$spelling" -w block -s 64 -p same-cpu -T 1 -d 20ms --csv -
	same "$spelling" "$(fields transport <<<"$output" | sort -u)"
}

@test "--seed: the same order again" {
	local order
	cli -q "${TINY[@]}" -s 1..64 -T 2 -d 1ms --seed 42 --csv -
	order=$(fields order mode size_bytes trial <<<"$output" | sort -n)
	[ "$(grep -c . <<<"$order")" -eq 28 ]
	# one trial of everything after the other, each in an order of its own
	same "1 2" "$(cut -f 4 <<<"$order" | uniq | tr '\n' ' ' | sed 's/ $//')"
	[ "$(awk '$4 == 1 { print $2, $3 }' <<<"$order")" != "$(awk '$4 == 2 { print $2, $3 }' <<<"$order")" ]
	cli -q "${TINY[@]}" -s 1..64 -T 2 -d 1ms --seed 42 --csv -
	same "$order" "$(fields order mode size_bytes trial <<<"$output" | sort -n)"
	cli -q "${TINY[@]}" -s 1..64 -T 2 -d 1ms --seed 43 --csv -
	[ "$order" != "$(fields order mode size_bytes trial <<<"$output" | sort -n)" ]
}

@test "--messages: so many, no more and no less" {
	cli -q -t pipe -s 64 -p same-cpu -T 1 -n 1234 --warmup 0 --csv -
	same "1234 1234" "$(fields messages <<<"$output" | tr '\n' ' ' | sed 's/ $//')"
}

@test "--verify" {
	cli "${TINY[@]}" -s 64,65537 --verify --csv -
	[ "$status" -eq 0 ]
	same ok "$(fields status <<<"$output" | sort -u)"
}

@test "--dispatch: every mechanism runs either way, and rows say which" {
	cli -q -t all -s 64 -w block,spin -c copy,inplace --cpus 0,0 -T 1 -n 200 --warmup 0 \
		--dispatch direct,indirect --verify --csv "$CSV"
	[ "$status" -eq 0 ]
	local rows
	rows=$(fields transport wait copy mode dispatch status <"$CSV" | grep -w ok)
	# each cell that was measured directly was measured indirectly too
	same "$(grep -w direct <<<"$rows" | cut -f1-4 | sort)" \
		"$(grep -w indirect <<<"$rows" | cut -f1-4 | sort)"
	[ "$(grep -cw inplace <<<"$rows")" -ge 2 ]
	[ "$(cut -f1 <<<"$rows" | sort -u | wc -l)" -ge 10 ]
}

@test "--dispatch: the table says which only where a row is indirect" {
	cli "${TINY[@]}" --dispatch direct,indirect
	[ "$status" -eq 0 ]
	says " dispatch "
	same 4 "$(sed '/^In short/,$d' <<<"$output" | grep -cw -e direct -e indirect)"
	cli "${TINY[@]}"
	[[ "$output" != *dispatch* ]]
}

@test "--timeout: a trial that takes longer is a failure" {
	cli --plugin "$PLANTED" -t planted:fault=hang -s 64 -m latency -p same-cpu -T 1 \
		--timeout 500ms --csv -
	[ "$status" -eq 1 ]
	same fail "$(fields status <<<"$output")"
}

@test "exit status 1: nothing that was asked for can be measured" {
	cli "${TINY[@]}" -w spin --csv -
	[ "$status" -eq 1 ]
	same skip "$(fields status <<<"$output" | sort -u)"
	# each with its reason
	fields reason <<<"$output" | awk '$0 == "" { bad = 1 } END { exit bad || NR == 0 }'
}

@test "exit status 0: some cells are skipped, the others measured" {
	cli "${TINY[@]}" -w block,spin --csv -
	[ "$status" -eq 0 ]
}

@test "--quiet: nothing but what is asked for" {
	cli -q "${TINY[@]}"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	[ -z "$stderr" ]
	cli --quiet "${TINY[@]}" --csv -
	[ "$(wc -l <<<"$output")" -eq 3 ]
}

@test "--quiet: what fails is told all the same" {
	cli -q "${TINY[@]}" --plugin "$PLANTED" -t planted:fault=error,pipe
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	same 1 "$(wc -l <<<"$stderr")"
	[[ "$stderr" == "ipcbench: 2 of 4 launches failed; planted:fault=error"*": sender, warm-up phase: send()"* ]] || {
		say "$stderr"
		return 1
	}
	cli -q "${TINY[@]}" -t shm -w spin
	[ "$status" -eq 1 ]
	[[ "$stderr" == "ipcbench: nothing could be measured; pipe spin "*": "* ]]
	cli topology --quiet --cpus "$(taskset -pc $$ | sed 's/.*: //; s/[-,].*//')"
	[ "$status" -eq 1 ]
	[[ "$stderr" == "ipcbench: a pair needs two CPUs, and only CPU "* ]]
}

@test "a run ends with what its tables come to" {
	# in C, so that a character is a byte
	LC_ALL=C COLUMNS=80 cli "${TINY[@]}" -t pipe,unix-stream,eventfd
	[ "$status" -eq 0 ]
	local closing
	closing=$(awk '/^In short/ { on = 1 } on' <<<"$output")
	[ "$(wc -l <<<"$closing")" -le 10 ]
	same "" "$(awk 'length > 80' <<<"$closing")"
	grep -Eq '^  64 B round trip, one CPU: (pipe|unix-stream) [0-9.]+ [mu]s; (pipe|unix-stream) [0-9.]+x$' <<<"$closing"
	grep -Eq '^  post rate, one CPU: eventfd [0-9.]+( [kM])? posts/s$' <<<"$closing"
	same "Nothing was saved; add -o DIR to keep a run for figures and reports" "$(tail -n 1 <<<"$closing")"
	cli "${TINY[@]}" -o "$DIR"
	says "In short"
	[[ "$output" != *"Nothing was saved"* ]]
	# a run of a stored plan ends so as well, behind what has changed
	cli --replay "$DIR"
	same "In short" "$(awk '/^In short|^The plan is that/ { last = $0 } END { print last }' <<<"$output")"
}

@test "--sort and --baseline: of a run, of its replay, and of what cannot be" {
	# counted: on a busy machine a short window has too few for a median, and four of them give an interval
	COLUMNS=200 cli -t pipe,unix-stream -s 64 -p same-cpu -n 200 --warmup 1ms -m latency -T 4 --sort name --baseline unix-stream -o "$DIR"
	[ "$status" -eq 0 ]
	grep -Eq ' ratio +95% CI' <<<"$output"
	grep -Eq '^  unix-stream .* 1\.00 +-' <<<"$output"
	same "pipe unix-stream" "$(awk '$2 == "block" { print $1 }' <<<"$output" | xargs)"
	# neither is part of the plan
	run ! jq -e '.plan.options | map(select(test("sort|baseline"))) | length > 0' "$DIR/env.json"
	COLUMNS=200 cli --replay "$DIR" --baseline pipe
	[ "$status" -eq 0 ]
	grep -Eq '^  pipe .* 1\.00 +-' <<<"$output"
	usage '--baseline: "tcp" is not measured in this run; name one of pipe, or add it to --transport' \
		-t pipe --baseline tcp
	usage '--sort: "sped" is not one of family, speed, name, cpu; did you mean speed?' --sort sped
}

@test "--verbose: standard output stays the same kind of thing" {
	cli --verbose "${TINY[@]}" --csv -
	[ "$status" -eq 0 ]
	same "ok" "$(fields status <<<"$output" | sort -u)"
	# a line per launch, with what came of it
	[[ "$stderr" == *"1/2 pipe block"*"trial 1: "*"2/2 pipe block"* ]]
}

@test "--csv to what stdout is opened on is --csv -" {
	echo kept >"$BATS_TEST_TMPDIR/log"
	"$IPCBENCH" "${TINY[@]}" --csv /dev/stdout >>"$BATS_TEST_TMPDIR/log"
	same "kept" "$(head -n 1 "$BATS_TEST_TMPDIR/log")"
	same "4" "$(wc -l <"$BATS_TEST_TMPDIR/log")"
	# shellcheck disable=SC2094 # one file under two names is the point
	"$IPCBENCH" "${TINY[@]}" --csv "$BATS_TEST_TMPDIR/f" >"$BATS_TEST_TMPDIR/f"
	same "3" "$(wc -l <"$BATS_TEST_TMPDIR/f")"
}

@test "the legend explains only what is shown" {
	local wide narrow
	wide=$(COLUMNS=200 "$IPCBENCH" "${TINY[@]}" -T 2 -t unix-stream)
	narrow=$(COLUMNS=40 "$IPCBENCH" "${TINY[@]}" -T 2 -t unix-stream)
	grep -q 'low-high:' <<<"$wide"
	run ! grep -q 'low-high' <<<"$narrow"
}

@test "a failed write to standard output is an error" {
	[ -e /dev/full ] || skip "no /dev/full"
	run --separate-stderr timeout 60 sh -c '"$@" >/dev/full' sh "$IPCBENCH" "${TINY[@]}" --csv -
	[ "$status" -eq 1 ]
	[[ "$stderr" == *"standard output"* ]]
	local words
	for words in list 'list --json' --help --version 'list --help' 'clean --dry-run' '--dry-run -t pipe'; do
		# shellcheck disable=SC2016,SC2086 # the inner shell expands; words split
		run --separate-stderr timeout 60 sh -c '"$@" >/dev/full' sh "$IPCBENCH" $words
		same "1 ipcbench: cannot write to standard output: No space left on device" \
			"$status $stderr"
	done
	# shellcheck disable=SC2016
	run --separate-stderr timeout 60 sh -c '"$1" --version >&-' sh "$IPCBENCH"
	[ "$status" -eq 1 ]
}

# ---- terminals ---------------------------------------------------------------------------------

# on_terminal WORD...: output and errors of a command on a terminal, without carriage returns.
on_terminal() {
	command -v script >/dev/null || skip "no script(1)"
	local line
	printf -v line '%q ' "$@"
	TERM=xterm timeout 60 script -qec "$line" /dev/null </dev/null
}

@test "progress is shown on a terminal only" {
	local seen
	seen=$(on_terminal sh -c '"$@" >/dev/null' sh "$IPCBENCH" "${TINY[@]}")
	# the last launch with its figure, and the time left
	seen=$(on_terminal sh -c '"$@" >/dev/null' sh "$IPCBENCH" "${TINY[@]}" -m latency -T 3 | tr '\r' '\n')
	[[ "$seen" == *"[1/3] "*" left, pipe block latency 64 B same-cpu"* ]]
	grep -qE '^\[3/3\] <1s left, p50 [0-9.]+ (ns|µs|us|ms): pipe block latency 64 B same-cpu' <<<"$seen"
	# and what the cell came to, which stays on the screen
	grep -qE '^pipe block latency 64 B same-cpu: p50 [0-9.]+ (ns|µs|us|ms), low-high ' <<<"$seen"
	seen=$(on_terminal sh -c '"$@" >/dev/null' sh "$IPCBENCH" -q "${TINY[@]}")
	same "" "$seen"
	# a terminal for results alone is no place for it
	cli "${TINY[@]}"
	[ -z "$stderr" ]
}

@test "a cell is told when it is done: on a terminal, and in a log of more than a minute" {
	# of two trials each, the last launches of both cells are those of the second round
	local seen
	seen=$(on_terminal sh -c '"$@" >/dev/null' sh "$IPCBENCH" "${TINY[@]}" -t pipe,fifo -m latency -T 2 | tr '\r' '\n' |
		sed -nE 's/^\[(.)\/4\].*/\1/p; s/^(pipe|fifo) block latency 64 B same-cpu: p50.*/cell/p' | uniq)
	same "1 2 3 cell 4 cell" "$(paste -sd' ' <<<"$seen")"
	# --auto ends a cell when its interval is narrow, or after its last trial
	seen=$(on_terminal sh -c '"$@" >/dev/null' sh "$IPCBENCH" -t pipe -s 64 -p same-cpu -m latency -d 5ms \
		--warmup 1ms --auto --precision 80% | tr '\r' '\n')
	same 1 "$(grep -cE '^pipe block latency 64 B same-cpu: p50 .*, 95% CI ' <<<"$seen")"
	# planned for more than a minute; what fails is told with its reason
	cli --plugin "$PLANTED" -t planted:fault=error -s 64 -m latency -p same-cpu -T 1 -d 70s
	grep -qE '^planted:fault=error block latency 64 B same-cpu: fail: sender, ' <<<"$stderr"
	cli -q --plugin "$PLANTED" -t planted:fault=error -s 64 -m latency -p same-cpu -T 1 -d 70s
	same "" "$(grep '^planted' <<<"$stderr")"
}

@test "what takes more than a minute says so before it begins" {
	# interrupted ARG...: what is said within a second
	interrupted() {
		run --separate-stderr timeout -s INT 1 "$IPCBENCH" "$@"
	}
	interrupted -t pipe --think 10ms -s 64 -p same-cpu -m latency -T 70 -d 1s
	[[ "$stderr" == *"ipcbench: this takes about 1m1"[0-9]s* ]]
	interrupted -t pipe --think 10ms -s 64 -p same-cpu -m latency -d 1s --auto --max-time 2m
	[[ "$stderr" == *"ipcbench: this takes at most 2m00s"* ]]
	interrupted -q -t pipe --think 10ms -s 64 -p same-cpu -m latency -T 70 -d 1s
	[[ "$stderr" != *"this takes"* ]]
	interrupted gate --base pipe --new fifo -d 2s
	[[ "$stderr" == *"ipcbench: this takes at most "* ]]
	interrupted gate --selftest -d 100ms --gates 9
	[[ "$stderr" == *"ipcbench: this takes at most "* ]]
	interrupted gate --base pipe --new fifo --max-time 30s
	[[ "$stderr" != *"this takes"* ]]
}

@test "colour: auto, always, never, NO_COLOR" {
	local args=("${TINY[@]}" -w "block,spin")
	# on a terminal
	[[ "$(NO_COLOR='' on_terminal "$IPCBENCH" "${args[@]}" 2>&1)" == *"${ESC}["*m* ]]
	local plain
	plain=$(NO_COLOR=1 on_terminal sh -c '"$@" 2>/dev/null' sh "$IPCBENCH" "${args[@]}")
	[[ "$plain" != *"${ESC}["*m* ]]
	plain=$(on_terminal sh -c '"$@" 2>/dev/null' sh "$IPCBENCH" "${args[@]}" --color never)
	[[ "$plain" != *"${ESC}["*m* ]]
	# and elsewhere
	cli "${args[@]}"
	[[ "$output" != *"$ESC"* ]]
	NO_COLOR=1 cli "${args[@]}" --color always
	[[ "$output" == *"${ESC}["*m* ]]
	# never in what programs read
	cli "${args[@]}" --color always --csv -
	[[ "$output" != *"$ESC"* ]]
}

@test "SIGINT: status 130, and the run directory holds what was finished" {
	start --transport "planted:mark=$MARK" --size 1,2,4,8,16,32,64,128 --mode latency \
		--duration 0.3 --output "$DIR"
	until_true 20 marked 3
	kill -INT "$driver"
	finish 20
	expect_status 130
	[ "$(fields status <"$DIR/trials.csv" | grep -c '^ok$')" -ge 2 ]
	same "" "$(fields status <"$DIR/trials.csv" | grep -v '^ok$')"
	jq -e . "$DIR/env.json" >/dev/null
	grep -q planted "$OUT"
	grep -q "^ipcbench: interrupted by signal 2 (Interrupt) after [0-9]* of [0-9]* launches; what was measured is kept$" "$ERR"
}

@test "SIGINT: nothing is said to be kept that no file holds" {
	env --default-signal=INT "$IPCBENCH" --plugin "$PLANTED" --transport "planted:mark=$MARK" --size 1,2,4,8,16,32,64,128 \
		--mode latency --trials 1 --duration 0.3 --warmup 0 --placement same-cpu >"$OUT" 2>"$ERR" 3>&- &
	driver=$!
	until_true 20 marked 2
	kill -INT "$driver"
	finish 20
	expect_status 130
	grep -q "^ipcbench: interrupted by signal 2 (Interrupt) after [0-9]* of [0-9]* launches$" "$ERR"
	grep -q "^Nothing was saved" "$OUT"
}
