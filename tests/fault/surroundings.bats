#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# What is around the program: files that are not files, a reader that does not read, a small stack, a
# machine without /proc, and neighbours in /tmp. Nothing hangs, and what is wrong is said in a line.

# shellcheck disable=SC2154,SC2030,SC2031 # bats and lib.bash set status, output, stderr and driver
# shellcheck disable=SC2016 # inner shells expand
load ../lib
load ../cli/cli

setup() {
	begin
	cd "$BATS_TEST_TMPDIR" || return
	mkfifo fifo
}

teardown() {
	end
}

# refused TEXT ARG...: ends in time and fails with one line that says TEXT.
refused() {
	local text=$1
	shift
	cli "$@"
	if [ "$status" -eq 0 ] || [ "$status" -ge 124 ] || [ -n "$output" ] ||
		[[ "$stderr" != "ipcbench: "*"$text"* ]] || [ "$(wc -l <<<"$stderr")" -ne 1 ]; then
		say "ipcbench $*" "status $status, or not one line with \"$text\":" "$stderr" "$output"
		return 1
	fi
}

# ---- what is read --------------------------------------------------------------------------------

@test "nobody waits for a FIFO, whatever it is named for" {
	local what='fifo: not a regular file but a FIFO; only regular files of at most'
	mkdir run
	ln -s ../fifo run/trials.csv
	refused "$what 1 MiB are read" gate --config fifo
	refused "$what 1 GiB are read" hist show fifo
	refused "$what 1 GiB are read" list --plugin ./fifo
	refused "$what 1 MiB are read" manual man fifo
	HWLOC_XMLFILE=fifo refused "$what 16 MiB are read" topology --dry-run
	for command in advise tables "report -o page.html" "--replay"; do
		# shellcheck disable=SC2086 # words
		refused "${what/fifo/run/trials.csv}" $command run
	done
}

@test "nothing without an end is read to its end" {
	refused '/dev/zero: not a regular file but a device' gate --config /dev/zero
	refused '/dev/zero: not a regular file but a device' list --plugin /dev/zero
	refused '/: not a regular file but a directory' gate --config /
	truncate -s 2G huge
	refused 'huge: has 2147483648 bytes, more than the limit of 1 MiB; name a smaller file' \
		gate --config huge
	refused 'huge: has 2147483648 bytes, more than the limit of 1 GiB' hist show huge
	refused 'huge: has 2147483648 bytes, more than the limit of 1 GiB' list --plugin ./huge
	[ -r /proc/self/pagemap ] || skip "no file of /proc that goes on and on"
	refused '/proc/self/pagemap: goes on after 1048576 bytes, which are the limit' \
		gate --config /proc/self/pagemap
}

@test "a copy of a machine that is made of FIFOs is one without files" {
	local path
	for path in proc/cpuinfo proc/meminfo proc/stat proc/loadavg proc/self/status proc/self/cgroup \
		proc/self/limits sys/devices/system/cpu/online sys/devices/system/cpu/isolated; do
		mkdir -p "root/${path%/*}"
		mkfifo "root/$path"
	done
	mkdir empty
	cli doctor --root root --json
	expect_status 0
	local found=$output
	cli doctor --root empty --json
	same "$output" "$found"
}

