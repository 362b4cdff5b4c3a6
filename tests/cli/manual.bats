#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# What the build makes out of the option tables: the man page and the completions.

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

@test "the man page of the script that draws has its options, and formats without a warning" {
	local page=$SOURCE_ROOT/docs/ipcbench-plot.1 word count=0
	for word in $("$SOURCE_ROOT/scripts/plot" --help | grep -oE -- '--[a-z]+' | sort -u); do
		grep -q -- "${word//-/\\\\-}" "$page" || {
			say "$word is missing"
			return 1
		}
		count=$((count + 1))
	done
	[ "$count" -ge 3 ]
	same "$count" "$(($(grep -oE '^(.B |.fB).-.-[a-z]+' "$page" | sort -u | wc -l)))"
	! command -v man >/dev/null || same "" "$(MANWIDTH=80 man -l --warnings=w "$page" 2>&1 >/dev/null)"
}

@test "a template that is not there" {
	cli manual man /nonexistent
	[ "$status" -eq 1 ]
	[[ "$stderr" == "ipcbench: /nonexistent: "* ]]
}

# complete LINE: what Tab would offer at the end of it, on one line.
complete_line() {
	"$IPCBENCH" manual completion bash >"$BATS_TEST_TMPDIR/completion"
	bash -c '
	. "$1"
	COMP_LINE=$2 COMP_POINT=${#2}
	_ipcbench
	printf "%s\n" "${COMPREPLY[@]}" | sort | paste -sd " "' bash \
		"$BATS_TEST_TMPDIR/completion" "$1"
}

@test "completion: options and commands" {
	same "--tex= --think= --timeline --timeout= --topology= --transport= --trials=" "$(complete_line 'ipcbench --t')"
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
	# of one command alone
	same "qualities" "$(complete_line 'ipcbench tables --table q')"
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

@test "every completion is valid shell with each command and option of --help" {
	local shell name word option count=0
	for shell in bash zsh fish; do
		cli manual completion $shell
		[ "$status" -eq 0 ]
		printf '%s\n' "$output" >"$BATS_TEST_TMPDIR/completion.$shell"
		option=--
		[ $shell != fish ] || option='-l '
		for name in '' $("$IPCBENCH" --help | sed -n 's/^  *ipcbench \([a-z]*\) .*/\1/p'); do
			grep -qw -- "$name" <<<"$output"
			# shellcheck disable=SC2086 # measuring has no name
			for word in $("$IPCBENCH" $name --help | grep -oE '^ +(-[a-zA-Z], +)?--[a-z-]+' | sed 's/.*--//'); do
				grep -q -- "$option$word\([^a-z-]\|\$\)" <<<"$output" || {
					say "$shell: --$word of \"$name\" is missing"
					return 1
				}
				count=$((count + 1))
			done
		done
	done
	[ "$count" -ge 300 ]
	bash -n "$BATS_TEST_TMPDIR/completion.bash"
	! command -v shellcheck >/dev/null || shellcheck -s bash "$BATS_TEST_TMPDIR/completion.bash"
	! command -v zsh >/dev/null || zsh -n "$BATS_TEST_TMPDIR/completion.zsh"
	! command -v fish >/dev/null || fish --no-config --no-execute "$BATS_TEST_TMPDIR/completion.fish"
	usage 'no completion for "tcsh"; write bash, zsh or fish' manual completion tcsh
	usage 'write "man TEMPLATE" or "completion bash|zsh|fish"' manual completion
}

# What a completion has to offer, whichever the shell: a line, what it is completed to.
offers() {
	cat <<-'END'
		ipcbench li|list
		ipcbench -q li|
		ipcbench hist di|diff
		ipcbench list --j|--json
		ipcbench --mode latency,t|throughput
		ipcbench --mode=latency,t|throughput
		ipcbench -t pipe,qqq|
		ipcbench -t pipe,unix-seq|unix-seqpacket
		ipcbench -t shm:segment=m|memfd
		ipcbench --transport=shm:segment=m|memfd
		ipcbench -t pipe,shm:segment=sysv,waiter=ev|eventfd
		ipcbench tables --table q|qualities
		ipcbench --color al|always
	END
}

@test "completion: fish" {
	command -v fish >/dev/null || skip "fish is not installed (apt-get install fish)"
	export HOME=$BATS_TEST_TMPDIR
	"$IPCBENCH" manual completion fish >"$BATS_TEST_TMPDIR/completion.fish"
	local line wanted
	while IFS='|' read -r line wanted; do
		# the text behind a tab describes it; what was typed stays
		fish --no-config -c "source '$BATS_TEST_TMPDIR/completion.fish'
			complete -C '$line'" | cut -f 1 >"$OUT"
		same "" "$(grep -v -- "^${line##* }" "$OUT")"
		same "$line: $wanted" "$line: $(sed 's/.*[,=:]//' "$OUT")"
	done < <(offers)
}

@test "completion: zsh" {
	command -v zsh >/dev/null || skip "zsh is not installed (apt-get install zsh)"
	mkdir "$BATS_TEST_TMPDIR/functions"
	"$IPCBENCH" manual completion zsh >"$BATS_TEST_TMPDIR/functions/_ipcbench"
	offers >"$BATS_TEST_TMPDIR/offers"
	# a shell in a terminal of its own, where Tab is typed behind each line
	cat >"$BATS_TEST_TMPDIR/type.zsh" <<-'END'
		zmodload zsh/zpty
		upto() { while zpty -r z line && [[ $line != *$1* ]]; do print -r -- "$line"; done }
		zpty z zsh -f -i
		zpty -w z "unset zle_bracketed_paste; PS1=; fpath=($1 \$fpath); autoload -Uz compinit; compinit -u -D"
		zpty -w z 'compadd () { local -a found; builtin compadd -A found "$@"; print -rl -- "<"$^found">"; builtin compadd "$@" }'
		zpty -w z 'zle-line-init() { print READ""Y }; zle -N zle-line-init'
		while IFS='|' read -r typed wanted; do
			upto READY >/dev/null
			zpty -w -n z "$typed"$'\t'
			zpty -w -n z $'\C-uprint DON""E\n'
			print -r -- "$typed: $(upto DONE | grep -o '<[^>]*>' | tr -d '<>' | sort -u)"
		done <$2
		zpty -d z
	END
	timeout 60 zsh -f "$BATS_TEST_TMPDIR/type.zsh" "$BATS_TEST_TMPDIR/functions" "$BATS_TEST_TMPDIR/offers" \
		>"$OUT"
	offers | sed 's/|/: /' | diff - "$OUT"
}
