#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Builds with -Dlayout_seed: each has its functions in an order of its own.

# shellcheck disable=SC2154 # bats sets status and output
load ../lib
load cli

setup() {
	begin
	cd "$BATS_FILE_TMPDIR" || return
}

teardown() {
	end
}

# In one directory, whose objects serve all orders: a compiler that has no lld while there is a file that says so, and that
# optimises nothing, for which the order need not wait.
setup_file() {
	cat >"$BATS_FILE_TMPDIR/cc" <<-END
		#!/bin/sh
		[ ! -e "$BATS_FILE_TMPDIR/no-lld" ] || case " \$* " in *fuse-ld=lld*) exit 1 ;; esac
		exec ${CC:-cc} "\$@" -O0
	END
	chmod +x "$BATS_FILE_TMPDIR/cc"
	cd "$BATS_FILE_TMPDIR" || return
	CC=$PWD/cc meson setup build "$SOURCE_ROOT" --buildtype=plain -Dtests=disabled -Dfuzz=disabled -Dlayout_seed=1 >log 2>&1
}

# order SEED: the functions of a build, as they lie.
order() {
	if ! { meson configure build "-Dlayout_seed=$1" && ninja -C build bench/ipcbench; } >log 2>&1; then
		say "seed $1:" "$(tail -n 40 log)"
		return 1
	fi
	build/bench/ipcbench --version >/dev/null
	nm -n --defined-only build/bench/ipcbench | awk '$2 ~ /[tT]/ && $3 !~ /^_/ { print $3 }'
}

# layouts SEED OTHER: two seeds differ, in nothing but the order, and one is the same each time.
layouts() {
	order "$1" >one
	order "$2" >two
	order "$1" >again
	[ "$(wc -l <one)" -gt 500 ]
	! cmp -s one two || return 1
	cmp one again
	same "$(sort one)" "$(sort two)"
}

@test "two seeds are two orders of the same functions" {
	layouts 1 2
}

@test "without lld as well" {
	: >no-lld
	# others than above: of those it is known what the compiler takes
	layouts 3 4
	[ -e build/padding.c ]
}
