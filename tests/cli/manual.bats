#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# What the build makes out of the option table: the man page and the completion.

# shellcheck disable=SC2154 # bats sets output and stderr
load ../lib
load cli

setup() {
	begin
	TEMPLATE=$SOURCE_ROOT/docs/ipcbench.1.in
}

teardown() {
	end
}

@test "the man page formats without a warning" {
	cli manual man "$TEMPLATE"
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	same "" "$(grep -n '@[A-Z_]*@' <<<"$output")"
	local page=$BATS_TEST_TMPDIR/ipcbench.1
	printf '%s\n' "$output" >"$page"
	if command -v man >/dev/null; then
		same "" "$(MANWIDTH=80 man -l --warnings=w "$page" 2>&1 >/dev/null)"
	elif command -v groff >/dev/null; then
		same "" "$(groff -man -Tutf8 -ww -z "$page" 2>&1)"
	else
		skip "neither man nor groff"
	fi
}

@test "the man page has every section, option and mechanism" {
	cli manual man "$TEMPLATE"
	local word page
	page=${output//\\-/-}
	for word in NAME SYNOPSIS DESCRIPTION COMMANDS OPTIONS "TRANSPORT OPTIONS" "EXIT STATUS" \
		FILES ENVIRONMENT EXAMPLES NOTES "SEE ALSO"; do
		grep -qx ".SH $word" <<<"$page"
	done
	for word in $("$IPCBENCH" --help | grep -o -- '--[a-z][a-z-]*' | sort -u); do
		[[ "$page" == *"$word"* ]] || {
			say "$word is missing"
			return 1
		}
	done
	for word in $("$IPCBENCH" list --json | jq -r '.[] | .name, (.name as $t | .options[] | "\($t):\(.name)")'); do
		[[ "$page" == *"$word"* ]] || {
			say "$word is missing"
			return 1
		}
	done
}

@test "the man page has the words of --help, as they are typed" {
	cli manual man "$TEMPLATE"
	local page line
	page=$(sed 's/\\&//g; s/\\f[BRI]//g; s/\\-/-/g; s/\\(aq/'"'"'/g; s/\\(ti/~/g' <<<"$output")
	while IFS= read -r line; do
		grep -qxF -- "$line" <<<"$page" || {
			say "$line"
			return 1
		}
	done < <(COLUMNS=100000 "$IPCBENCH" --help | sed -n 's/^  ipcbench [a-z]* *//p' &&
		"$IPCBENCH" list --json | jq -r '.[].summary')
	grep -qx 'copy messages through private buffers, .*: copy, inplace. Default: copy' <<<"$page"
	[[ "$page" != *Inplace* && "$page" != *"Copy messages"* ]]
}

@test "a template that is not there" {
	cli manual man /nonexistent
	[ "$status" -eq 1 ]
	[[ "$stderr" == "ipcbench: /nonexistent: "* ]]
}

# complete LINE: what Tab would offer at the end of it, on one line.
complete_line() {
	"$IPCBENCH" manual completion >"$BATS_TEST_TMPDIR/completion"
	bash -c '
	. "$1"
	COMP_LINE=$2 COMP_POINT=${#2}
	_ipcbench
	printf "%s\n" "${COMPREPLY[@]}" | sort | paste -sd " "' bash \
		"$BATS_TEST_TMPDIR/completion" "$1"
}

@test "completion: options and commands" {
	same "--tex= --think= --timeline --timeout= --transport= --trials=" "$(complete_line 'ipcbench --t')"
	same "list" "$(complete_line 'ipcbench li')"
	same "claims clean" "$(complete_line 'ipcbench cl')"
	same "doctor" "$(complete_line 'ipcbench do')"
	same "fifo-slower-than-pipe files-slowest" "$(complete_line 'ipcbench claims signals-fast-but-empty fi')"
	# commands come first
	same "" "$(complete_line 'ipcbench -q li')"
	same "--help --json --md --plugin=" "$(complete_line 'ipcbench list --')"
	same "--dry-run --help" "$(complete_line 'ipcbench clean --')"
	same "hist" "$(complete_line 'ipcbench hi')"
	same "diff" "$(complete_line 'ipcbench hist di')"
	same "--tag=" "$(complete_line 'ipcbench hist show --t')"
	same "--help --json --root=" "$(complete_line 'ipcbench doctor --')"
	same "--threshold=" "$(complete_line 'ipcbench compare --t')"
	same "--help --no-figures --output= --plugin= --quiet" "$(complete_line 'ipcbench report --')"
	same "--help --json --md --need= --plugin=" "$(complete_line 'ipcbench advise --')"
}

@test "completion: words of an option" {
	same "latency" "$(complete_line 'ipcbench -m l')"
	same "latency,throughput" "$(complete_line 'ipcbench --mode latency,t')"
	# bash has split the word at the sign
	same "latency,throughput" "$(complete_line 'ipcbench --mode=latency,t')"
	same "same-cpu same-llc smt" "$(complete_line 'ipcbench -q --placement s')"
	same "always auto" "$(complete_line 'ipcbench --color a')"
	same "" "$(complete_line 'ipcbench --seed 1')"
}

@test "completion: mechanisms and their options" {
	same "unix-dgram unix-seqpacket unix-stream" "$(complete_line 'ipcbench -t unix')"
	same "pipe,unix-stream" "$(complete_line 'ipcbench -t pipe,unix-st')"
	same "segment=" "$(complete_line 'ipcbench -t shm:se')"
	same "memfd" "$(complete_line 'ipcbench -t shm:segment=m')"
	same "memfd" "$(complete_line 'ipcbench --transport=shm:segment=m')"
	same "sysv,waiter=" "$(complete_line 'ipcbench -t shm:segment=sysv,wai')"
	same "eventfd" "$(complete_line 'ipcbench -t shm:segment=sysv,waiter=ev')"
	same "sysv,timerfd" "$(complete_line 'ipcbench -t shm:segment=sysv,ti')"
}

@test "completion: files and directories" {
	mkdir "$BATS_TEST_TMPDIR/somewhere"
	same "$BATS_TEST_TMPDIR/somewhere" "$(complete_line "ipcbench -o $BATS_TEST_TMPDIR/some")"
	touch "$BATS_TEST_TMPDIR/somewhere.csv"
	same "$BATS_TEST_TMPDIR/somewhere $BATS_TEST_TMPDIR/somewhere.csv" \
		"$(complete_line "ipcbench --csv $BATS_TEST_TMPDIR/some")"
}

@test "the completion is valid and clean shell" {
	cli manual completion
	[ "$status" -eq 0 ]
	bash -n <<<"$output"
	command -v shellcheck >/dev/null || skip "no shellcheck"
	shellcheck -s bash - <<<"$output"
}
