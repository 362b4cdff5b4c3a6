#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# ipcbench topology: what it prints and writes, what it refuses, and that nothing stays behind.

# shellcheck disable=SC2154 # bats sets status, output and stderr
load ../lib
load cli

COLUMNS_TOPOLOGY=schema_version,run_id,cpu_a,cpu_b,class,pages,round_trips,rtt_min_ns,rtt_p50_ns
COLUMNS_TOPOLOGY+=,rtt_max_ns,clock,status,reason

setup() {
	begin
	# the first two CPUs that this test may use
	mapfile -t CPUS < <(allowed_cpus | head -n 2)
}

teardown() {
	end
}

allowed_cpus() {
	local part
	for part in $(awk '/^Cpus_allowed_list:/ { print $2 }' /proc/self/status | tr ',' ' '); do
		seq "${part%-*}" "${part#*-}"
	done
}

need_two() {
	[ "${#CPUS[@]}" -eq 2 ] || skip "needs two CPUs"
}

# begin_topology ARG...: in the background, as `driver`; a shell's background jobs ignore SIGINT.
begin_topology() {
	env --default-signal=INT,TERM,HUP,QUIT "$IPCBENCH" topology \
		--cpus "${CPUS[0]},${CPUS[1]}" "$@" >"$OUT" 2>"$ERR" 3>&- &
	driver=$!
}

@test "text: the machine, the matrix, the classes" {
	need_two
	cli topology --cpus "${CPUS[0]},${CPUS[1]}" --duration 20ms
	[ "$status" -eq 0 ]
	same "" "$stderr"
	says "as hwloc sees it: "
	says "package 0, node "
	says "round trip over one cache line, ns"
	# symmetric, and nothing on the diagonal
	local row
	row=$(awk -v cpu="${CPUS[0]}" '$1 == cpu && NF == 3 { print $2, $3 }' <<<"$output")
	[[ $row =~ ^-\ [0-9.]+$ ]]
	same "${row#- } -" "$(awk -v cpu="${CPUS[1]}" '$1 == cpu && NF == 3 { print $2, $3 }' <<<"$output")"
	grep -Eq '^(smt|same-llc|cross-llc|cross-numa) +1 ' <<<"$output"
}

@test "csv: one row per pair, with every column and figures in order" {
	need_two
	cli topology --cpus "${CPUS[1]},${CPUS[0]}-${CPUS[0]}" --duration 20ms --csv -
	[ "$status" -eq 0 ]
	same "$COLUMNS_TOPOLOGY" "${lines[0]}"
	same 2 "${#lines[@]}"
	awk -F, -v a="${CPUS[0]}" -v b="${CPUS[1]}" '
		NR == 2 && $1 == 2 && $3 == a && $4 == b && $6 == 16 && $7 > 16 * 64 * 31 - 1 && $7 % 64 == 0 &&
			$8 > 0 && $8 <= $9 && $9 <= $10 && $11 != "" && $12 == "ok" && $13 == "" { good = 1 }
		END { exit !good }' <<<"$output"
}

@test "json: the same figures, the machine and the classes" {
	need_two
	cli topology --cpus "${CPUS[0]},${CPUS[1]}" --duration 20ms --csv "$CSV" --json -
	[ "$status" -eq 0 ]
	same "$(fields cpu_a cpu_b class pages round_trips clock status <"$CSV")" \
		"$(jq -r '.pairs[0] | [.cpu_a, .cpu_b, .class, .pages, .round_trips, .clock, .status] | @tsv' <<<"$output")"
	jq -e --argjson p50 "$(fields rtt_p50_ns <"$CSV")" '
		.schema_version == 2 and .interrupted == false and .pairs[0].rtt_p50_ns == $p50 and
		.pairs[0].reason == null and .classes[0].pairs == 1 and .classes[0].median_ns == $p50 and
		(.cpus | length) == .env.cpu.cpus and .env.command[1] == "topology"' <<<"$output"
	same "$(head -n 1 "$CSV" | cut -d, -f3-)" "$(jq -r '.pairs[0] | keys_unsorted | join(",")' <<<"$output")"
}

@test "-o writes topology.csv and env.json, and refuses a directory that has them" {
	need_two
	local dir=$BATS_TEST_TMPDIR/run
	cli topology --cpus "${CPUS[0]},${CPUS[1]}" -d 20ms -q -o "$dir"
	[ "$status" -eq 0 ]
	same "" "$output"
	same "env.json topology.csv" "$(cd "$dir" && echo *)"
	same ok "$(fields status <"$dir/topology.csv")"
	jq -e .cpu.cpus "$dir/env.json"
	usage "already holds a run (topology.csv)" topology -o "$dir"
}

@test "every column is described" {
	local column
	for column in ${COLUMNS_TOPOLOGY//,/ }; do
		awk '/^## / { on = /topology.csv/ } on' "$SOURCE_ROOT/results/README.md" |
			grep -q "\`$column\`" || {
			say "results/README.md does not describe $column"
			return 1
		}
	done
}

@test "one CPU is a skip with the reason" {
	run --separate-stderr taskset -c "${CPUS[0]}" "$IPCBENCH" topology
	[ "$status" -eq 1 ]
	says "skip: a pair needs two CPUs, and this process may use only CPU ${CPUS[0]}; widen"
	run --separate-stderr taskset -c "${CPUS[0]}" "$IPCBENCH" topology --csv -
	[ "$status" -eq 1 ]
	same "${CPUS[0]}  skip" "$(fields cpu_a cpu_b status <<<"$output" | tr '\t' ' ')"
	need_two
	cli topology --cpus "${CPUS[1]}"
	[ "$status" -eq 1 ]
	says "only CPU ${CPUS[1]} was chosen; name more with --cpus"
}

@test "--dry-run measures nothing and says how long it would take" {
	need_two
	cli topology --cpus "${CPUS[0]},${CPUS[1]}" --dry-run -o "$BATS_TEST_TMPDIR/none"
	[ "$status" -eq 0 ]
	says "1 pair of CPUs, 1 s each, about 1s"
	cli topology --cpus "${CPUS[0]},${CPUS[1]}" --dry-run --duration 90s
	says "1 pair of CPUs, 90 s each, about 1m30s"
	[ ! -e "$BATS_TEST_TMPDIR/none" ]
}

@test "bad values are told" {
	local list
	for list in "" x 1- -1 1,,2 3-1 0,8192 "0 1" "1," 0-3-4 99999999999999999999; do
		usage "--cpus: \"$list\" is not a list of CPUs; write numbers from 0 to 8191" topology "--cpus=$list"
	done
	usage "CPU 8191 is not online" topology --cpus 8191
	usage "--smt and --cpus exclude each other" topology --smt --cpus 0
	usage "--duration" topology --duration 0
	usage "--duration" topology --duration 2h
	usage "--timeout" topology --timeout x
	usage "--csv: the value is empty" topology --csv=
	usage "unknown option --smtt; did you mean --smt?" topology --smtt
	usage "takes options only" topology 0
	usage "--csv and --json both write to" topology --csv - --json -
	usage "is a directory" topology --csv /
}

@test "SIGINT: 130, and what was measured is printed" {
	need_two
	begin_topology --duration 60s --csv "$CSV"
	until_true 10 both_workers
	kill -INT "$driver"
	finish 5
	expect_status 130
	grep -q "as hwloc sees it" "$OUT"
	grep -q "interrupted by signal 2 (Interrupt) after 0 of 1 pair; what was measured is kept" "$ERR"
	same "$COLUMNS_TOPOLOGY" "$(cat "$CSV")"
}

@test "SIGINT between two pairs keeps the first" {
	[ "$(allowed_cpus | wc -l)" -ge 3 ] || skip "needs three CPUs"
	begin_topology --cpus "$(allowed_cpus | head -n 3 | paste -sd,)" --duration 1s --csv "$CSV"
	sleep 1.5
	kill -INT "$driver"
	finish 5
	expect_status 130
	same ok "$(fields status <"$CSV")"
}

@test "a worker that is killed is a failed pair, and the others end" {
	need_two
	begin_topology --duration 60s --csv "$CSV"
	until_true 10 both_workers
	kill -SEGV "$(workers | tail -n 1)"
	finish 5
	expect_status 1
	fields status reason <"$CSV" | grep -Eq '^fail	the receiver was killed by signal 11 '
	grep -q "^fail CPUs ${CPUS[0]} and ${CPUS[1]}: the receiver" "$OUT"
}

@test "a worker that hangs ends by the time-out" {
	need_two
	begin_topology --duration 60s --timeout 1s --csv "$CSV"
	until_true 10 both_workers
	kill -STOP "$(workers | head -n 1)"
	finish 10
	expect_status 1
	fields status reason <"$CSV" | grep -q '^fail	timed out after 1 s: the sender was stopped'
}

@test "workers die with the driver" {
	need_two
	begin_topology --duration 60s
	until_true 10 both_workers
	kill -KILL "$driver"
	wait "$driver" || true
	driver=
	no_leaks
}
