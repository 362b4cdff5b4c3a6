#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# The largest message: 1 GiB over every byte stream, whole and in order.

# shellcheck disable=SC2154 # lib.bash sets status
load ../lib

setup() {
	begin
}

teardown() {
	end
}

@test "1 GiB messages over every byte stream" {
	local available streams
	available=$(awk '/^MemAvailable:/ { print $2 }' /proc/meminfo)
	# a private buffer per side, and as much again for a sanitizer
	[ "$available" -ge 5000000 ] || skip "needs 5 GB of free memory"
	streams=$("$IPCBENCH" list --json |
		jq -r '[.[] | select(.available and .shape == "stream" and all(.options[]; .name != "program")) | .name] | join(",")')
	measure --transport "$streams" --size 1G --mode throughput --messages 2 --warmup 0 --wait block \
		--timeout 60
	expect_status 0
	fields transport size_bytes status messages bytes <"$CSV" | awk -F'\t' '
		$2 != 1073741824 || $3 != "ok" || $4 != 2 || $5 != 2147483648 { print; bad = 1 }
		END { exit bad || NR < 3 }' >&2
}
