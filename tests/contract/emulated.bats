#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# The contract in short, for an emulator, under which contract.sh takes minutes: every mechanism in every way in which
# it can wait and copy, every byte checked.

# shellcheck disable=SC2154 # lib.bash sets CSV
load ../lib

setup() {
	begin
	[ "$(nproc)" -ge 2 ] || skip "needs two CPUs"
}

teardown() {
	end
}

# every MODE [REGEX]: no row fails, and every mechanism is measured in every way of waiting that it lists, but for REGEX.
every() {
	measure --transport all --wait block,spin,hybrid,epoll --copy copy,inplace --mode "$1" \
		--size 7,64,4K --placement cross-cpu --messages 100 --warmup 0 --verify --seed 1
	expect_status 0
	fields status transport wait reason <"$CSV" | { ! grep '^fail'; }
	diff <("$IPCBENCH" list --json |
		jq -r '.[] | select(.available and all(.options[]; .name != "program")) | .name as $n | .waits[] | "\($n)\t\(.)"' |
		grep -vE "^(${2:-none})\s" | sort) \
		<(fields status transport wait <"$CSV" | sed -n 's/^ok\t//p' | grep -v '^planted' | sort -u)
}

@test "round trips" {
	every latency
}

@test "streams" {
	# these have no rate
	every throughput 'mutex|rwlock|timerfd'
}
