# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# What the tests of the command line share beside ../lib.bash. `output` and `stderr` are bats'.

# shellcheck disable=SC2154 # bats sets status, output and stderr
bats_require_minimum_version 1.5.0

# cli ARG...: runs ipcbench to its end, standard output and standard error apart. The longest takes 10 s; beside
# busy loops and under sanitizers six times that.
cli() {
	run --separate-stderr timeout -k 5 300 "$IPCBENCH" "$@"
}

# A few milliseconds of one mechanism on one CPU.
# shellcheck disable=SC2034 # for the tests
TINY=(-t pipe -s 64 -p same-cpu -T 1 -d 20ms --warmup 1ms)

# usage TEXT ARG...: refused with status 2, nothing on stdout and one line that says TEXT.
usage() {
	local text=$1
	shift
	cli "$@"
	if [ "$status" -ne 2 ] || [ -n "$output" ] || [[ "$stderr" != "ipcbench: "*"$text"* ]] ||
		[ "$(wc -l <<<"$stderr")" -ne 1 ]; then
		say "ipcbench $*" "status $status instead of 2, or not one line with \"$text\":" \
			"$stderr" "stdout:" "$output"
		return 1
	fi
}

# plan ARG...: the rows of the plan, without its heading and its sum.
plan() {
	cli --dry-run "$@"
	[ "$status" -eq 0 ] || {
		say "status $status:" "$stderr"
		return 1
	}
	[ -z "$stderr" ]
	output=$(sed '1d; /^$/,$d' <<<"$output")
}

# column N: that column of the plan, each value once, on one line.
column() {
	awk -v n="$1" '!seen[$n]++ { printf "%s%s", sep, $n; sep = " " }' <<<"$output"
}

# same EXPECTED ACTUAL
same() {
	if [ "$1" != "$2" ]; then
		say "expected: $1" "found:    $2"
		return 1
	fi
}

# says TEXT: standard output holds it.
says() {
	if [[ "$output" != *"$1"* ]]; then
		say "\"$1\" is missing in:" "$output"
		return 1
	fi
}

# env_json DIR FILTER: edits env.json with jq.
env_json() {
	# a limit beyond what JSON's readers take for an integer, which jq writes as one
	jq "$2 | .limits.shmmax = null" "$1/env.json" >edited.json
	mv edited.json "$1/env.json"
}

untraced cli usage plan same says env_json
