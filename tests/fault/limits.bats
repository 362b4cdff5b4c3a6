#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Exhausted resources: a row that is not ok and names what ran out, never a crash, and the cell
# beside it is measured.

# shellcheck disable=SC2154 # lib.bash sets driver and status
load ../lib

setup() {
	begin
	knobs=()
}

teardown() {
	local i
	for ((i = ${#knobs[@]} - 1; i >= 0; i--)); do
		echo "${knobs[i]#*=}" >"${knobs[i]%%=*}"
	done
	end
}

# turn FILE VALUE: sets a limit of this IPC namespace until the end of the test.
turn() {
	knobs+=("$1=$(cat "$1")")
	echo "$2" >"$1"
}

# without ROW_REGEX TRANSPORT [ARG...]: the transport fails or is skipped for this reason.
without() {
	local regex=$1 transport=$2 row
	shift 2
	measure --transport "$transport,pipe" --size 64 --mode latency --wait block "$@"
	row=$(fields transport status reason <"$CSV" | grep -v '^pipe	')
	if ! grep -Eq "^${transport%%:*}(:[^	]*)?	(fail|skip)	.*($regex)" <<<"$row" ||
		grep -q 'signal' <<<"$row"; then
		say "expected /$regex/, found:" "$row"
		return 1
	fi
	expect pipe ok '^$'
}

@test "a full /dev/shm" {
	need_isolation
	mount -t tmpfs -o size=4k,mode=1777 tmpfs /dev/shm
	head -c 4096 /dev/zero >/dev/shm/full
	without '/dev/shm' posix-shm
	without '/dev/shm' shm:segment=posix
	umount /dev/shm
}

@test "a full temporary directory" {
	need_isolation
	mount -t tmpfs -o size=4k tmpfs "$TMPDIR"
	head -c 4096 /dev/zero >"$TMPDIR/full"
	without 'space|tmp' mmap
	without 'space|tmp' shm:segment=file
	umount "$TMPDIR"
}

@test "no file descriptors left" {
	local limit row bad=0 good=0
	for limit in 5 6 7 8 9 10 11 12 13 14 16 18 20 24 28 32; do
		status=0
		(
			ulimit -n "$limit"
			exec timeout -k 5 60 "$IPCBENCH" "${QUICK[@]}" --duration 0.01 \
				--transport pipe,unix-stream,eventfd --size 64 --mode latency --csv -
		) >"$CSV" 2>"$ERR" 3>&- || status=$?
		[ "$status" -le 2 ]
		if [ "$status" -eq 2 ]; then
			grep -Eqi 'descriptor|open files' "$ERR"
			continue
		fi
		while IFS= read -r row; do
			if [[ $row == ok* ]]; then
				good=$((good + 1))
			else
				grep -Eqi 'descriptor|open files' <<<"$row" || {
					say "limit $limit: $row"
					return 1
				}
				bad=$((bad + 1))
			fi
		done < <(fields status reason <"$CSV")
	done
	[ "$bad" -ge 1 ]
	[ "$good" -ge 3 ]
}

@test "no large file allowed (RLIMIT_FSIZE)" {
	local blocks
	for blocks in 4 256; do
		status=0
		(
			ulimit -f "$blocks"
			exec timeout -k 5 60 "$IPCBENCH" "${QUICK[@]}" "${SHORT[@]}" --transport shm,mmap,file \
				--size 1M --mode latency --wait block --csv -
		) >"$CSV" 2>"$ERR" 3>&- || status=$?
		[ "$status" -eq 1 ]
		grep -q 'ulimit -f' "$CSV" "$ERR"
	done
}

@test "System V: no message queue left (msgmni)" {
	need_isolation
	turn /proc/sys/kernel/msgmni 0
	without 'msgmni' sysv-mq
}

@test "System V: no segment left (shmmni), segments too small (shmmax), no pages left (shmall)" {
	need_isolation
	turn /proc/sys/kernel/shmmni 0
	without 'shmmni' sysv-shm
	echo 4096 >/proc/sys/kernel/shmmni
	turn /proc/sys/kernel/shmmax 4096
	without 'shmmax' sysv-shm
	echo 1073741824 >/proc/sys/kernel/shmmax
	turn /proc/sys/kernel/shmall 1
	without 'shmall' sysv-shm
}

@test "System V: no semaphore set left (kernel.sem)" {
	need_isolation
	turn /proc/sys/kernel/sem '250 32000 32 0'
	without 'kernel.sem|sys/kernel/sem|SEMMNI' sysv-sem
	without 'kernel.sem|sys/kernel/sem|SEMMNI' shm:waiter=sysv-sem
}

@test "POSIX message queues: no bytes left (RLIMIT_MSGQUEUE)" {
	(
		ulimit -q 0
		without 'RLIMIT_MSGQUEUE|ulimit -q' posix-mq
	)
}

@test "POSIX message queues: no queue left (queues_max)" {
	need_isolation
	turn /proc/sys/fs/mqueue/queues_max 0
	# who holds CAP_SYS_RESOURCE is exempt from the limit
	status=0
	setpriv --bounding-set=-sys_resource --inh-caps=-sys_resource \
		timeout -k 5 60 "$IPCBENCH" "${QUICK[@]}" "${SHORT[@]}" --transport posix-mq,pipe --size 64 \
		--mode latency --csv - >"$CSV" 2>"$ERR" || status=$?
	fields transport status reason <"$CSV" | grep -E '^posix-mq	(fail|skip)	.*queues_max'
	expect pipe ok '^$'
}

# obeyed: does what the rows say, in this IPC namespace, and measures them. Once is enough, but for the bytes of POSIX queues:
# those of other processes of the same user count as well, and nothing tells how many they are.
obeyed() {
	local remedy knob
	sysctl() {
		shift
		for knob; do
			turn "/proc/sys/$(tr . / <<<"${knob%%=*}")" "${knob#*=}"
		done
	}
	for _ in 1 2 3 4 5; do
		fields reason <"$CSV" | sed -n 's/ or remove .*//; s/.*; raise with //p' >"$BATS_TEST_TMPDIR/remedies"
		[ -s "$BATS_TEST_TMPDIR/remedies" ]
		while IFS= read -r remedy; do
			eval "$remedy"
		done <"$BATS_TEST_TMPDIR/remedies"
		measure "$@"
		[ "$(fields status <"$CSV" | sort -u)" != ok ] || return 0
		say "after:" "$(cat "$BATS_TEST_TMPDIR/remedies")" "$(fields transport reason <"$CSV")"
		! fields status reason <"$CSV" | grep -v '^ok' | grep -qv 'mq_open: no room for another queue: ulimit -q is ' || return 1
	done
	return 1
}

@test "a remedy names every limit that is too low, with values that suffice" {
	need_isolation
	local cells=(--transport 'sysv-mq,sysv-shm,posix-mq' --size 4K --mode latency --wait block)
	turn /proc/sys/kernel/msgmax 1024
	turn /proc/sys/kernel/msgmnb 2048
	turn /proc/sys/kernel/shmmax 4096
	turn /proc/sys/kernel/shmall 1
	turn /proc/sys/fs/mqueue/msgsize_max 1024
	ulimit -S -q 1000
	measure "${cells[@]}"
	fields transport status reason <"$CSV" >"$BATS_TEST_TMPDIR/rows"
	grep -E '^sysv-mq	skip	a message of 4096 B does not fit: kernel.msgmax is 1024, kernel.msgmnb is 2048; raise with sysctl -w kernel.msgmax=4096 kernel.msgmnb=4096$' "$BATS_TEST_TMPDIR/rows"
	grep -E '^sysv-shm	skip	a segment of .* does not fit: kernel.shmmax is 4096, kernel.shmall is 1; raise with sysctl -w kernel.shmmax=[0-9]+ kernel.shmall=[0-9]+$' "$BATS_TEST_TMPDIR/rows"
	grep -E '^posix-mq	skip	queues of 10 messages of 4096 B do not fit: fs.mqueue.msgsize_max is 1024, ulimit -q is 1000; raise with sysctl -w fs.mqueue.msgsize_max=4096; ulimit -S -q [0-9]+$' "$BATS_TEST_TMPDIR/rows"
	obeyed "${cells[@]}"
}

@test "a remedy of what is used up suffices" {
	need_isolation
	local cells=(--transport 'sysv-mq,shm:segment=sysv,sysv-sem' --size 64 --mode latency --wait block)
	turn /proc/sys/kernel/msgmni 0
	turn /proc/sys/kernel/shmmni 0
	turn /proc/sys/kernel/sem '1 1 32 0'
	measure "${cells[@]}"
	fields reason <"$CSV" >"$BATS_TEST_TMPDIR/rows"
	say "$(cat "$BATS_TEST_TMPDIR/rows")" # shown if one is not as it should be
	grep -F 'msgget: all message queues are in use: kernel.msgmni is 0; raise with sysctl -w kernel.msgmni=2' "$BATS_TEST_TMPDIR/rows"
	grep -F 'kernel.shmmni is 0; raise with sysctl -w kernel.shmmni=2' "$BATS_TEST_TMPDIR/rows"
	grep -F 'kernel.sem is 1 1 32 0; raise with sysctl -w kernel.sem="2 4 32 2" or remove sets with ipcrm' "$BATS_TEST_TMPDIR/rows"
	obeyed "${cells[@]}"
}

@test "one remedy serves round trips and streams" {
	need_isolation
	turn /proc/sys/fs/mqueue/msgsize_max 1024
	measure --transport posix-mq --size 8K --mode latency,throughput --wait block
	[ "$(fields reason <"$CSV" | wc -l)" -eq 2 ]
	[ "$(fields reason <"$CSV" | sort -u | wc -l)" -eq 1 ]
}

@test "no inotify instance left: the command that raises the limit" {
	local limited=$BATS_TEST_TMPDIR/limited
	unshare --user --map-root-user true || skip "cannot make a user namespace here"
	# the limit of a namespace of its own: the sysctl would stop every test beside this one
	cat >"$limited" <<-EOF
		#!/bin/sh
		exec unshare --user --map-root-user sh -c \
			'echo 0 >/proc/sys/user/max_inotify_instances && exec "\$@"' sh "$IPCBENCH" "\$@"
	EOF
	chmod +x "$limited"
	IPCBENCH=$limited without \
		'inotify_init1: .*: fs.inotify.max_user_instances is [0-9]+; raise with sysctl -w fs.inotify.max_user_instances=[0-9]+$' \
		file:notify=inotify
}

@test "socket buffers and pipes: both limits of a pair are named" {
	local most
	most=$(cat /proc/sys/net/core/wmem_max)
	[ -n "$most" ] && [ "$most" -lt 500000000 ] || skip "wmem_max is not limited here"
	measure --transport tcp:sndbuf=512M,rcvbuf=512M --size 64 --mode latency --wait block
	fields status reason <"$CSV" | grep -E '^skip	sndbuf=512 MiB, rcvbuf=512 MiB: too large: net.core.wmem_max is [0-9]+, net.core.rmem_max is [0-9]+; raise with sysctl -w net.core.wmem_max=536870912 net.core.rmem_max=536870912$'
	need_isolation
	setpriv --bounding-set=-sys_resource --inh-caps=-sys_resource timeout -k 5 60 "$IPCBENCH" "${QUICK[@]}" \
		"${SHORT[@]}" --transport pipe:size=512M --size 64 --mode latency --wait block --csv - >"$CSV" 2>"$ERR" || true
	fields status reason <"$CSV" | grep -E '^skip	size=512 MiB is too large: fs.pipe-max-size is [0-9]+, fs.pipe-user-pages-soft is [0-9]+; raise with sysctl -w fs.pipe-max-size=536870912 fs.pipe-user-pages-soft=262144$'
}

@test "POSIX message queues: messages above msgsize_max are skipped with the limit named" {
	need_isolation
	turn /proc/sys/fs/mqueue/msgsize_max 1024
	measure --transport posix-mq --size 1024 --mode latency
	if [ "$(fields status <"$CSV")" = fail ]; then
		say "$(fields reason <"$CSV")"
		return 1
	fi
	measure --transport posix-mq --size 1025 --mode latency
	fields status reason <"$CSV" | grep -E '^skip	.*1025.*1024.*msgsize_max=1025'
}
