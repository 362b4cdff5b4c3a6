#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Builds with -Dlayout_seed: each has its functions in an order of its own.

# shellcheck disable=SC2154 # bats sets status and output
load ../lib
load cli

setup() {
	begin
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	end
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

# layouts COMPILER: two seeds differ, in nothing but the order, and one is the same each time.
layouts() {
	CC=$1 meson setup build "$SOURCE_ROOT" --buildtype=plain -Dtests=disabled -Dlayout_seed=1 >log 2>&1
	order 1 >one
	order 2 >two
	order 1 >again
	[ "$(wc -l <one)" -gt 500 ]
	! cmp -s one two || return 1
	cmp one again
	same "$(sort one)" "$(sort two)"
}

@test "two seeds are two orders of the same functions" {
	layouts "${CC:-cc}"
}

@test "without lld as well" {
	cat >cc-without-lld <<-END
		#!/bin/sh
		case " \$* " in *fuse-ld=lld*) exit 1 ;; esac
		exec ${CC:-cc} "\$@"
	END
	chmod +x cc-without-lld
	layouts "$PWD/cc-without-lld"
	[ -e build/padding.c ]
}
