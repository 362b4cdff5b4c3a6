#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Every mechanism in an open loop, with one-way times and with messages of different sizes, every byte checked: a row is
# measured or skipped with the reason.

# shellcheck disable=SC2154 # lib.bash sets CSV
load ../lib

setup() {
	begin
	[ "$(nproc)" -ge 2 ] || skip "needs two CPUs"
}

teardown() {
	end
}

# every ARG...: no row fails, and at least so many mechanisms are measured.
every() {
	local least=$1 failed
	shift
	measure --transport all --copy copy,inplace --size 8,4K --placement cross-cpu --verify \
		--duration 0.01 --timeout 30 "$@"
	failed=$(fields status transport wait copy mode size_bytes reason <"$CSV" | grep '^fail' || true)
	[ -z "$failed" ] || {
		say "$failed"
		return 1
	}
	[ "$(fields status transport <"$CSV" | sort -u | grep -c '^ok')" -ge "$least" ]
	no_leaks
}

@test "open loop" {
	every 15 --mode rate --rate 20k
}

@test "messages of different sizes" {
	every 12 --mode latency,throughput --size lognormal:median=100,p99=2K,max=4K
	fields status size_bytes sizes <"$CSV" | grep -qx 'ok	4096	lognormal:median=100,p99=2K,max=4K'
}

@test "one way" {
	every 15 --mode oneway
	# both directions of every message
	same_counts=$(fields status messages lat_count back_count <"$CSV" |
		awk '$1 == "ok" && ($2 != $3 || $2 != $4)')
	[ -z "$same_counts" ]
}
