#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# What a cell costs besides time: each figure is there, or it is empty for a reason.

# shellcheck disable=SC2154 # bats and lib.bash set output, stderr and status
load ../lib
load cli

setup() {
	begin
}

teardown() {
	[ -z "${home:-}" ] || rm -r "$home"
	end
}

# figure NAME TRANSPORT OPTION...: that column of the one row of a throughput cell.
figure() {
	local name=$1 transport=$2
	shift 2
	cli -q -t "$transport" -m throughput -p same-cpu -T 1 -d 20ms --warmup 1ms "$@" --csv -
	[ "$status" -eq 0 ] || {
		say "status $status:" "$stderr" "$output"
		return 1
	}
	fields "$name" <<<"$output"
}

# within LOW HIGH VALUE
within() {
	if ! [ "$3" -ge "$1" ] || ! [ "$3" -le "$2" ]; then
		say "\"$3\" is not between $1 and $2"
		return 1
	fi
}

# ---- the window --------------------------------------------------------------------------------

@test "migrations, pressure and PSS are there where the kernel tells them" {
	cli "${TINY[@]}" -T 2 --csv -
	[ "$status" -eq 0 ]
	local file column value
	while read -r file column; do
		value=$(fields "$column" <<<"$output" | sort -u)
		if [ -e "$file" ]; then
			# numbers, and none of them empty
			[ "$(grep -Ecx '[0-9.e+-]+' <<<"$value")" -eq "$(wc -l <<<"$value")" ]
		else
			same "" "$value"
		fi
	done <<-EOF
		/proc/self/sched tx_migrations
		/proc/self/sched rx_migrations
		/proc/self/smaps_rollup mem_pss_bytes
		/proc/pressure/cpu psi_cpu_some_s
		/proc/pressure/memory psi_memory_some_s
		/proc/pressure/io psi_io_some_s
	EOF
}

@test "both sides say how fast their CPU was" {
	local mode
	for mode in latency throughput setup; do
		cli "${TINY[@]}" -m $mode --csv -
		[ "$status" -eq 0 ]
		# steps per second: a multiplication takes 1 to 100 cycles of 0.1 to 10 GHz
		fields tx_speed rx_speed <<<"$output" |
			awk '!($1 > 1e6 && $1 < 1e10 && $2 > 1e6 && $2 < 1e10) { exit 1 } END { exit NR != 1 }'
	done
}

@test "a pinned worker does not migrate" {
	[ -e /proc/self/sched ] || skip "no /proc/self/sched"
	cli "${TINY[@]}" -T 3 --csv -
	same "0	0" "$(fields tx_migrations rx_migrations <<<"$output" | sort -u)"
}

@test "pressure lies within the time in which it was looked at" {
	[ -e /proc/pressure/cpu ] || skip "no /proc/pressure"
	# two that always run on one CPU wait for each other
	cli -q -t shm -w block -m throughput -s 64 -p same-cpu -T 1 -d 300ms --warmup 1ms --csv -
	fields psi_cpu_some_s duration_s <<<"$output" |
		awk -F'\t' '{ exit !($1 > 0.05 && $1 < $2 + 10) }'
}

@test "PSS grows with the buffers of the workers" {
	[ -e /proc/self/smaps_rollup ] || skip "no /proc/self/smaps_rollup"
	local small large
	small=$(figure mem_pss_bytes pipe -s 64)
	large=$(figure mem_pss_bytes pipe -s 16M)
	# a private buffer on each side; pages of the program count less beside other tests that run it
	within 32000000 35000000 $((large - small))
}

@test "a user without privileges gets the same figures" {
	[ "$(id -u)" -eq 0 ] || skip "is one"
	command -v setpriv >/dev/null || skip "no setpriv(1)"
	home=$(mktemp -d /tmp/ipcbench-nobody.XXXXXX)
	chown 65534:65534 "$home"
	setpriv --reuid=65534 --regid=65534 --clear-groups test -x "$IPCBENCH" -a -w "$home" ||
		skip "the binary is out of reach of another user"
	run --separate-stderr env TMPDIR="$home" XDG_RUNTIME_DIR="$home" \
		setpriv --reuid=65534 --regid=65534 --clear-groups \
		timeout 60 "$IPCBENCH" -q -t pipe,unix-stream,sysv-mq,posix-mq,shm -w block -s 64 -m throughput \
		-p same-cpu -T 1 -d 20ms --warmup 1ms --csv -
	[ "$status" -eq 0 ]
	fields status mem_pss_bytes mem_kernel_bytes <<<"$output" |
		awk -F'\t' '$1 != "ok" || $2 == "" || $3 == "" { bad = 1; print } END { exit bad || NR != 5 }'
}

# ---- counters ----------------------------------------------------------------------------------

counters=(cycles instructions llc_misses task_clock_s)

@test "nothing is counted unless --counters asks for it" {
	cli "${TINY[@]}" --csv -
	local name
	for name in "${counters[@]}"; do
		same "	" "$(fields "tx_$name" "rx_$name" <<<"$output" | sort -u)"
	done
	same "" "$(fields counted_share <<<"$output" | sort -u)"
	[ -z "$stderr" ]
}

@test "--counters: a figure, or an empty field and the reason in env.json" {
	cli "${TINY[@]}" --counters --output "$BATS_TEST_TMPDIR/run" --csv "$CSV"
	[ "$status" -eq 0 ]
	says "slowed by --counters"
	local name perf=$BATS_TEST_TMPDIR/run/env.json some=no
	for name in "${counters[@]}"; do
		local row
		row=$(fields "tx_$name" "rx_$name" <"$CSV")
		if [ "$(jq ".perf.${name%_s}.available" "$perf")" = true ]; then
			awk -F'\t' '!($1 > 0 && $2 > 0) { exit 1 }' <<<"$row"
			same null "$(jq ".perf.${name%_s}.reason" "$perf")"
			some=yes
		else
			same "	" "$(sort -u <<<"$row")"
			jq -e ".perf.${name%_s}.reason | length > 10" "$perf"
			[[ "$stderr" == *"${name%_s} cannot be counted: "* ]]
		fi
	done
	fields counted_share <"$CSV" | awk -v some=$some '
		some == "yes" ? !($1 > 0 && $1 <= 1) : $1 != "" { exit 1 }'
}

@test "a refusal by perf_event_paranoid names the limit and the remedy" {
	[ "$(id -u)" -eq 0 ] || skip "needs a privilege to drop"
	local paranoid=/proc/sys/kernel/perf_event_paranoid
	[ -e $paranoid ] && [ "$(cat $paranoid)" -ge 2 ] || skip "unprivileged users may count"
	setpriv --reuid=65534 --regid=65534 --clear-groups test -x "$IPCBENCH" ||
		skip "the binary is out of reach of another user"
	run --separate-stderr env TMPDIR=/tmp XDG_RUNTIME_DIR= \
		setpriv --reuid=65534 --regid=65534 --clear-groups \
		timeout 60 "$IPCBENCH" "${TINY[@]}" --counters --csv -
	[ "$status" -eq 0 ]
	[[ "$stderr" == *"task_clock cannot be counted: "*"perf_event_paranoid is "*"sysctl -w"* ]]
	same "" "$(fields tx_task_clock_s <<<"$output" | sort -u)"
}

# ---- kernel memory -----------------------------------------------------------------------------

@test "a full pipe holds its capacity, whatever the messages" {
	local size
	for size in 64 3000 64K 1M; do
		within 65536 81920 "$(figure mem_kernel_bytes pipe:size=64K -s $size)"
	done
	within 4096 5120 "$(figure mem_kernel_bytes pipe:size=4K -s 64)"
	within 65536 81920 "$(figure mem_kernel_bytes fifo:size=64K -s 64 -w epoll)"
}

@test "a full System V queue holds msgmnb and a head for each message" {
	local limit
	limit=$(cat /proc/sys/kernel/msgmnb)
	# 64 B and a head of 48 B at most
	within "$limit" $((limit + limit * 48 / 64)) "$(figure mem_kernel_bytes sysv-mq -s 64)"
	within $((limit / 2)) $((limit + 1024)) "$(figure mem_kernel_bytes sysv-mq -s 8K)"
}

@test "a full POSIX queue holds as many messages as it may" {
	within 640 2048 "$(figure mem_kernel_bytes posix-mq:depth=10 -s 64)"
	within 320 1024 "$(figure mem_kernel_bytes posix-mq:depth=5 -s 64)"
}

@test "full sockets hold their buffers" {
	local name
	for name in unix-stream unix-dgram unix-seqpacket; do
		# the kernel doubles sndbuf, and the message that reaches the limit is still taken
		within 131072 263168 "$(figure mem_kernel_bytes $name:sndbuf=64K -s 4K)"
	done
	within 131072 1000000 "$(figure mem_kernel_bytes tcp:sndbuf=64K,rcvbuf=64K -s 4K)"
	# one that drops: the receiver's buffer
	within 65536 139264 "$(figure mem_kernel_bytes udp:rcvbuf=64K -s 4K)"
}

@test "shared memory holds its segment, a file its slots" {
	within 65536 73728 "$(figure mem_kernel_bytes shm:size=64K -s 4K -w block)"
	within 65536 73728 "$(figure mem_kernel_bytes mmap:size=64K -s 4K)"
	within 65536 73728 "$(figure mem_kernel_bytes file -s 4K)"
}

@test "a ring between two CPUs is larger than one on a single CPU, and each row says its own" {
	[ "$(nproc)" -ge 2 ] || skip "needs two CPUs"
	cli -q -t shm -w block -s 64 -m throughput -p same-cpu,cross-cpu -T 1 -d 5ms --warmup 1ms --csv -
	same "ok ok" "$(fields status <<<"$output" | xargs)"
	fields placement mem_kernel_bytes <<<"$output" | awk -F'\t' '
		{ held[$1 == "same-cpu"] = $2 }
		END { exit !(held[1] >= 2 ^ 21 && held[1] < 2 ^ 22 && held[0] >= 2 ^ 23) }' || {
		say "$(fields placement mem_kernel_bytes <<<"$output")"
		return 1
	}
}

@test "every way of waiting fills the same" {
	local wait
	for wait in block hybrid epoll; do
		within 65536 81920 "$(figure mem_kernel_bytes pipe:size=64K -s 64 -w $wait)"
	done
	[ "$(nproc)" -ge 2 ] || skip "needs two CPUs"
	cli -q -t pipe:size=64K -m throughput -p cross-cpu -w spin -s 64 -T 1 -d 20ms --csv -
	same ok "$(fields status <<<"$output")"
	within 65536 81920 "$(fields mem_kernel_bytes <<<"$output")"
}

@test "what holds nothing has an empty field" {
	same "" "$(figure mem_kernel_bytes eventfd)"
	cli -q -t null -w spin -s 64 -p cross-cpu -m throughput -T 1 -d 20ms --csv -
	same "" "$(fields mem_kernel_bytes <<<"$output")"
}
