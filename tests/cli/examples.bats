#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Every command in a fenced block of the documents is run as it stands there. The word after the fence says what a block is:
#
#   sh             commands, one after the other in an empty directory with the runs and builds that documents talk of
#   console        commands behind "$ ", each followed by what it printed
#   sh needs: TOOL     as sh, and run where that command or Python module is installed
#   sh untested: WHY   no test can run it, for the reason given: it installs packages, or takes minutes
#   any other      no commands: text, c, yaml, ..., but no shell by another name
#
# The examples of the manual are run as well, and what is measured within a sentence is planned.
#
# `ipcbench` stands for a script that keeps each command short: see wrapper() below.

# shellcheck disable=SC2154,SC2016 # bats sets status and output; back quotes are those of the documents
load ../lib
load cli

: "${SOURCE_ROOT:?the root of the source tree}"

setup() {
	begin
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	end
}

# The documents, those of later versions as well.
pages() {
	(cd "$SOURCE_ROOT" && find ./*.md docs packaging results -name '*.md' | sed 's|^\./||' | LC_ALL=C sort)
}

# blocks FILE: LINE and the words after the fence of each block, then its lines behind a tab.
blocks() {
	awk '/^ *```/ { open = !open; if (open) print FNR, substr($0, index($0, "```") + 3); next } open { print "\t" $0 }' "$1"
}

# unmarked FILE: blocks that do not say what they are, or not why they are untested.
unmarked() {
	blocks "$1" | awk '/^[0-9]/ && ($2 ~ /^(bash|shell|zsh|fish|dash|ksh|terminal)/ || $0 !~ /^[0-9]+ ([a-z]+$|(sh|console) untested: ........|sh needs: [A-Za-z]+$)/)'
}

# What stands for ipcbench: it refuses what ipcbench refuses, and does the same in less time. Options behind those that are
# written count instead of them, so nothing that is written goes unread.
wrapper() {
	cat <<-'SH'
		#!/usr/bin/env bash
		# a regression, an undecided verdict or unmet needs are answers, too
		answers=0
		short=()
		# a stored run that these commands measured stays as it is
		[[ " $* " != *" -o results/reference/"* ]] || exec "$IPCBENCH" "$@" --dry-run
		launches() {
			sed -n 's/.* \([0-9]*\) launch.*/\1/p'
		}
		case $1 in
		gate)
			answers='[0134]' short=(--blocks 3,4 --duration 1ms --warmup 0)
			[[ " $* " != *" --selftest "* ]] || short+=(--gates 1)
			# how much to slow down is found out first, in seconds
			[[ " $* " != *" --inject "* ]] || short=(--dry-run)
			;;
		# a block of every comparison takes a minute
		claims) [[ " $* " == *" --list "* ]] || short=(--dry-run) ;;
		topology) short=(-d 1ms) ;;
		report) short=(--no-figures) ;;
		compare) answers='[0134]' ;;
		advise) answers='[01]' ;;
		doctor | list | hist | tables | spread | clean | selftest) ;;
		*)
			[[ " $* " == *" --re"* ]] || short=(-d 1ms --warmup 0)
			[[ " $* " != *" --auto "* ]] || short+=(--max-time 0.2)
			# several pairs have to be at work at the same time
			[[ " $* " != *" --topology "* ]] || short=(-d 300ms -T 1)
			plan=$("$IPCBENCH" "$@" --dry-run) || exit
			((50 >= $(launches <<<"$plan"))) || [[ " $* " == *" --auto "* ]] || short+=(-T 1)
			plan=$("$IPCBENCH" "$@" "${short[@]}" --dry-run) || exit
			# too long for a test: its plan was made, and a stored run is what it would leave
			((120 >= $(launches <<<"$plan"))) || [[ " $* " == *" --auto "* ]] || exit 0
			;;
		esac
		"$IPCBENCH" "$@" "${short[@]}"
		[[ $? == $answers ]]
	SH
}

# sandbox DIR: where commands are run.
sandbox() {
	local run
	# as installed
	export CPATH=$SOURCE_ROOT/include PKG_CONFIG_PATH=${IPCBENCH%/*}/../meson-uninstalled
	mkdir -p "$1"/{bin,share,results,old,new,build/old/bench,build/new/bench}
	wrapper >"$1/bin/ipcbench"
	printf '#!/bin/sh\nexec "%s/scripts/plot" "$@"\n' "$SOURCE_ROOT" >"$1/bin/ipcbench-plot"
	chmod +x "$1"/bin/*
	for run in {old,new,build/{old,new}/bench}/ipcbench b{1..6}; do
		ln -s "$IPCBENCH" "$1/$run"
	done
	ln -s "$SOURCE_ROOT/results/reference" "$1/results/reference"
	ln -s "$SOURCE_ROOT/results" "$1/share/ipcbench"
	ln -s "$SOURCE_ROOT/examples" "$1/examples"
	ln -s "$SOURCE_ROOT/tests" "$1/tests"
	cc -shared -fPIC "$SOURCE_ROOT/examples/hello.c" -o "$1/mine.so"
	cp "$1/mine.so" "$1/old"
	cp "$1/mine.so" "$1/new"
	"$IPCBENCH" -q -t pipe -s 256 -m latency,throughput -p same-cpu -T 2 -n 2000 --warmup 0 -o "$1/results/today"
	for run in before after monday tuesday friday cut-off; do
		cp -r "$1/results/today" "$1/results/$run"
	done
	echo "run x: 99 launches planned" >"$1/results/cut-off/incomplete"
	cp "$1"/results/today/hist/*latency*.hlog "$1/before.hlog"
	cp "$1/before.hlog" "$1/after.hlog"
	printf '%s\n' 'transport = pipe' 'size = 64' >"$1/nightly.conf"
}

# installed TOOL
installed() {
	command -v "$1" || python3 -c "import $1"
} >/dev/null 2>&1

# examples FILE: runs what stands there; a line for each block that fails. `examples FILE needs` runs what needs a tool, has it say
# something, and leaves the names of tools that are not installed in `missing`.
examples() {
	local line kind why failed=0 count=0 script=$PWD/block
	while read -r line kind why; do
		[ "$kind" = sh ] || [ "$kind" = console ] || continue
		if [ -z "${2-}" ]; then
			[ -z "$why" ] || continue
		else
			[[ "$why" == "needs: "* ]] || continue
			installed "${why#needs: }" || { echo "${why#needs: }" >>missing; continue; }
		fi
		blocks "$1" | awk -v line="$line" -v kind="$kind" '
			/^[0-9]/ { on = $1 == line; next }
			on && kind == "sh" { print substr($0, 2) }
			on && kind == "console" && (sub(/^\t\$ /, "") || more) { print; more = /\\$/ }' >"$script"
		rm -rf box && cp -r prepared box
		if ! (cd box && PATH=$PWD/bin:$PATH timeout 180 bash -euo pipefail "$script") >said 2>&1 </dev/null ||
			{ [ -n "${2-}" ] && [ ! -s said ]; }; then
			say "$1:$line:" "$(cat "$script")" "said:" "$(tail -n 5 said)"
			failed=1
		fi
		count=$((count + 1))
	done < <(blocks "$1" | grep -v $'^\t')
	echo "$count"
	return "$failed"
}

@test "every block of the documents says what it is, and what is untested says why" {
	local page
	while read -r page; do
		unmarked "$SOURCE_ROOT/$page" | sed "s|^|$page: |"
	done < <(pages) >silent
	cat silent
	[ ! -s silent ]
}

@test "every command of the documents is accepted and does its work" {
	local page failed=0 count=0
	sandbox prepared
	while read -r page; do
		count=$((count + $(examples "$SOURCE_ROOT/$page"))) || failed=1
	done < <(pages)
	[ "$failed" -eq 0 ]
	same "$(cd "$SOURCE_ROOT" && pages | xargs cat | grep -cE '^ *```(sh|console)$')" "$count"
	[ "$count" -ge 15 ]
}

@test "every example of the manual is accepted and does its work, as it is typed" {
	local count
	sandbox prepared
	# each command is a block of its own
	sed -n '/^\.SH EXAMPLES/,/^\.SH NOTES/s/^\.B ipcbench/ipcbench/p' "$SOURCE_ROOT/docs/ipcbench.1.in" |
		sed "s/\\\\-/-/g; s/\\\\(aq/'/g" >commands
	[ "$(wc -l <commands)" -ge 15 ]
	sed 's/.*/```sh\n&\n```/' commands >page.md
	count=$(examples page.md)
	same "$(wc -l <commands)" "$count"
}

@test "every measurement named within the text is accepted" {
	local command failed=0 count=0 args
	sandbox prepared
	while read -r command; do
		# words in capitals stand for what a reader has
		command=$(sed 's|OLD|old/ipcbench|; s|NEW|new/ipcbench|; s|NAME|pipe|; s|DIR|results/new|' <<<"$command")
		read -r -a args <<<"${command#ipcbench }"
		if ! (cd prepared && "$IPCBENCH" "${args[@]}" --dry-run) >said 2>&1; then
			say "$command" "said:" "$(tail -n 1 said)"
			failed=1
		fi
		count=$((count + 1))
	done < <(cd "$SOURCE_ROOT" && pages | while read -r page; do
		tr '\n' ' ' <"$page" | grep -oE '`ipcbench (-[^`]*|gate -[^`]*|claims -o [^`]*|topology -o [^`]*)`' | tr -d '`'
	done | grep -vE ' --(help|plot|re[a-z]*|output|selftest)( |$)' | sort -u)
	[ "$failed" -eq 0 ]
	[ "$count" -ge 25 ]
}

@test "examples in other programs work where these are installed" {
	local page failed=0 count=0
	sandbox prepared
	true >missing
	# packages bring their modules to the Python of the system
	PATH=/usr/bin:$PATH
	while read -r page; do
		count=$((count + $(examples "$SOURCE_ROOT/$page" needs))) || failed=1
	done < <(pages)
	[ "$failed" -eq 0 ]
	same "$(cd "$SOURCE_ROOT" && pages | xargs cat | grep -c '^```sh needs: ')" "$((count + $(wc -l <missing)))"
	[ ! -s missing ] || skip "not installed: $(paste -sd ' ' missing)"
}

@test "a command that the program refuses is found" {
	local wrong
	sandbox prepared
	for wrong in false "ipcbench -t pipe -s 64 --siez 5" "ipcbench -t pipes-and-more" "ipcbench gate --base pipe --new fifo --block 2" \
		"ipcbench advise results/today --need size=1K,speed=9" "ipcbench-plot --txt results/today" "ipcbench report results/nowhere -o r.html"; do
		printf '%s\n' '```sh' "$wrong" ipcbench\ list '```' >page.md
		run examples page.md
		[ "$status" -eq 1 ] || { say "accepted: $wrong"; return 1; }
	done
	printf '%s\n' '```sh' "ipcbench list" '```' '```console' '$ ipcbench list --json' '{' '```' >page.md
	run --separate-stderr examples page.md
	[ "$status" -eq 0 ]
	[ "$output" = 2 ]
	cat >page.md <<-'END'
		```console
		$ ipcbench list \
		  --jsno
		```
	END
	run examples page.md
	[ "$status" -eq 1 ]
	printf '%s\n' '```' ls '```' '```sh untested' ls '```' '```bash' ls '```' >page.md
	[ "$(unmarked page.md | wc -l)" -eq 3 ]
}
