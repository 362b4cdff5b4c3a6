#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# scripts/ci-gate in a repository of its own: which commits it builds, what it leaves, how it ends.
# What it builds is stood in for, so that a test takes no minutes.

# shellcheck disable=SC2154 # bats sets status and output
load ../lib
load cli

setup() {
	begin
	cd "$BATS_TEST_TMPDIR" || return
	mkdir -p repo/scripts tools
	cp "$SOURCE_ROOT/scripts/ci-gate" "$SOURCE_ROOT/.ipcbench-gate" repo/scripts
	mv repo/scripts/.ipcbench-gate repo
	printf '#!/bin/sh\n' >repo/scripts/install-deps
	printf 'build\n' >repo/.gitignore
	printf "option('layout_seed', type: 'integer', value: 0)\n" >repo/meson_options.txt
	# a "build" is a program whose latency stands in the source
	cat >tools/meson <<-'END'
		#!/bin/sh
		mkdir -p "$2/bench"
		if [ "$1" = configure ]; then
			echo "${2##*/} $3" >>"$BATS_TEST_TMPDIR/configured"
		else
			echo "$3" >"$2/build.ninja"
		fi
	END
	cat >tools/ninja <<-'END'
		#!/bin/sh
		source=$(cat "$2/build.ninja")
		! grep -q broken "$source/latency" || exit 1
		case $2 in
		*/head) ln -sf "$IPCBENCH" "$2/bench/real" ;;
		esac
		cat >"$2/bench/ipcbench" <<-IN
			#!/bin/sh
			[ "\$1" != gate ] || exec "${2%/*}/head/bench/real" "\$@"
			echo "status,reason,msgs_per_s,lat_p50_ns,lat_p99_ns,cpu_ns_per_msg"
			echo "ok,,1000000,$(cat "$source/latency"),3000,500"
		IN
		chmod +x "$2/bench/ipcbench"
	END
	chmod +x tools/* repo/scripts/*
	export PATH=$PWD/tools:$PATH
	cd repo || return
	git init -q -b main .
	git config user.email nobody@example.org
	git config user.name Nobody
	commit 1000 "The first"
}

teardown() {
	end
}

commit() {
	echo "$1" >latency
	git add -A
	git commit -q -m "$2"
}

# gate STATUS ARG...
gate() {
	local wanted=$1
	shift
	run timeout -k 5 120 scripts/ci-gate "$@"
	if [ "$status" -ne "$wanted" ]; then
		say "ci-gate $*: status $status instead of $wanted" "$output"
		return 1
	fi
}

@test "a change that costs nothing passes, and leaves a table and a report" {
	git checkout -q -b work
	commit 1001 "Change little"
	gate 0
	says "the base,"
	says "PASS"
	says "5 builds of base and 5 of new took turns"
	grep -q PASS build/gate/table.md
	xmllint --noout build/gate/junit.xml
	[ -s build/gate/run/blocks.csv ]
	# the cells are those of .ipcbench-gate
	same "pipe block latency 64 B same-cpu layout random
pipe block throughput 64 B same-cpu layout random
shm block latency 64 B same-cpu layout random" "$(fields cell <build/gate/run/compare.csv | sort -u)"
}

@test "five layouts of each version take turns, one of a version that has no other" {
	git checkout -q -b work
	commit 1001 "Change little"
	gate 0 main --transport pipe --metrics latency
	says "5 builds of base and 5 of new took turns"
	same "$(printf '%s\n' {base,head}" -Dlayout_seed="{1..5})" "$(cat ../configured)"
	same "1 2 3 4 5 1 2 3 4 5" "$(fields build_base <build/gate/run/blocks.csv | sort -u | xargs) $(
		fields build_new <build/gate/run/blocks.csv | sort -u | xargs)"
	git checkout -q main
	rm meson_options.txt
	commit 1001 "Have one layout"
	git checkout -q -b later
	printf "option('layout_seed', type: 'integer', value: 0)\n" >meson_options.txt
	commit 1001 "Have layouts again"
	rm ../configured
	gate 0 main --transport pipe --metrics latency
	says "1 build of base and 5 of new took turns"
	same "$(printf '%s\n' "head -Dlayout_seed="{1..5})" "$(cat ../configured)"
}

@test "a change that costs speed fails, against where it forked" {
	git checkout -q -b work
	commit 1100 "Cost 10 %"
	git checkout -q main
	commit 1200 "Cost 20 % elsewhere"
	git checkout -q work
	gate 1
	says "REGRESSION"
	says "+10.0%"
	# a second time, with the cells of the command line
	gate 1 main --transport pipe --metrics latency
	# another base is built anew
	gate 0 main~0 --transport pipe --metrics cpu
}

@test "what could not be decided ends as the gate does, and passes where that is asked for" {
	gate 3 main --transport pipe --metrics latency --blocks 3,4
	says "INCONCLUSIVE"
	grep -q INCONCLUSIVE build/gate/table.md
	gate 0 --lenient main --transport pipe --metrics latency --blocks 3,4
	says "INCONCLUSIVE"
	same "inconclusive: no regression was found, and one may be there that this machine could not show" \
		"$(tail -n 1 <<<"$output")"
	gate 0 --lenient
	# a regression is none of that
	git checkout -q -b work
	commit 1100 "Cost 10 %"
	gate 1
	gate 1 --lenient
}

@test "what does not build is no regression, and leaves no old table" {
	gate 0
	[ -s build/gate/table.md ]
	commit broken "Break the build"
	gate 2
	says "does not build"
	[ ! -e build/gate/table.md ]
}

@test "what it cannot begin with is said in a line" {
	gate 2 nowhere
	says "ci-gate: nowhere is not a commit here; fetch it first"
	git checkout -q --orphan other
	commit 1000 "Unrelated"
	gate 2 main
	says "share no history"
	git branch -D -q main
	git branch -m elsewhere
	gate 2
	says "neither origin/main nor main exists"
}
