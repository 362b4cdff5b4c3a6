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
	local knob
	for knob in "${knobs[@]}"; do
		echo "${knob#*=}" >"${knob%%=*}"
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

@test "POSIX message queues: messages above msgsize_max are skipped with the limit named" {
	need_isolation
	turn /proc/sys/fs/mqueue/msgsize_max 1024
	measure --transport posix-mq --size 1024 --mode latency
	if [ "$(fields status <"$CSV")" = fail ]; then
		say "$(fields reason <"$CSV")"
		return 1
	fi
	measure --transport posix-mq --size 1025 --mode latency
	fields status reason <"$CSV" | grep -E '^skip	.*1025.*1024.*msgsize_max'
}
