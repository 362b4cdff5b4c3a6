#!/bin/sh
# SPDX-License-Identifier: MIT
#
# valgrind.sh BINARY: the driver leaks nothing and reads nothing uninitialised while it lists,
# plans and measures. The workers are not traced: they exit without freeing, on purpose.
set -eu

binary=$1
if ! command -v valgrind >/dev/null; then
	echo "skipped: valgrind is not installed (apt-get install valgrind)"
	exit 77
fi
if readelf -d "$binary" | grep -Eq 'lib(a|t|ub)san'; then
	echo "skipped: valgrind cannot run a binary with sanitizers"
	exit 77
fi
log=$(mktemp)
out=$(mktemp)
trap 'rm -f "$log" "$out"' EXIT
# some shells leave out the line above when a signal ends them
trap 'exit 1' HUP INT TERM

# what hwloc's plugins allocate once at load time stays reachable and is not counted
clean() {
	status=0
	timeout -k 5 120 valgrind --quiet --leak-check=full --show-leak-kinds=definite,indirect \
		--errors-for-leak-kinds=definite,indirect --error-exitcode=99 --trace-children=no \
		--child-silent-after-fork=yes --log-file="$log" "$binary" "$@" >"$out" 2>&1 || status=$?
	if [ "$status" -ne 0 ] || [ -s "$log" ]; then
		echo "ipcbench $*: status $status"
		cat "$out" "$log"
		exit 1
	fi
	echo "clean: ipcbench $*"
}

clean list
clean list --json
clean --dry-run --transport all --size 64,64K --mode latency,throughput
clean --transport pipe --size 64 --mode latency,throughput --duration 0.05 --warmup 0.01 \
	--trials 2 --placement same-cpu --timeout 60 --csv -
clean clean --dry-run
