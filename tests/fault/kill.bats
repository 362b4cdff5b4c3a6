#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# The kill matrix: a side, or the driver, stops itself at a point of a launch (tests/fault/inject.c),
# and while it stands there it, the other side or the driver is killed. IPCBENCH is ipcbench-faults.

# shellcheck disable=SC2154,SC2030,SC2031,SC2034 # lib.bash sets driver and status, reads CSV; a test is a subshell
load ../lib

# The mechanisms whose objects differ, of every family.
KINDS=(fifo tcp sysv-mq posix-mq sysv-shm file sysv-sem)
POINTS=(start attach warm-up timed loop drain report close)

setup() {
	begin
	RUNS=$BATS_TEST_TMPDIR/runs
	mkdir "$RUNS"
}

teardown() {
	local pid
	for pid in $(processes); do
		kill -KILL "$pid"
	done
	end
}

# stop_at POINT TRANSPORTS [ARG...]: starts a run that stops itself there in each of its launches.
stop_at() {
	local name=$1.${2%%,*}
	local CSV=$RUNS/$name.csv
	local -x FAULT=$1:0:stop FAULT_LOG=$BATS_TEST_TMPDIR/$name.log
	start --transport "$2" --size 64 --wait block --mode latency --messages 20 --timeout 30 "${@:3}"
}

# Whether the driver or one of its workers has stopped, which STOPPED is then.
stopped() {
	local pids
	mapfile -t pids < <(children "$1")
	for STOPPED in "${pids[@]}" "$1"; do
		state "$STOPPED"
		[ "$STATE" != T ] || return 0
	done
	return 1
}

gone() {
	! kill -0 "$1" 2>/dev/null
}

# The word for the phase in which a point of a worker lies.
phase_of() {
	case ${1#*-} in
	loop | drain | report) echo timed ;;
	*) echo "${1#*-}" ;;
	esac
}

# rows COUNT REGEX FILE: so many rows, each with this status and reason.
rows() {
	local found
	found=$(fields transport status reason <"$3" | cut -f2-)
	if [ "$(wc -l <<<"$found")" -ne "$1" ] || grep -Evq -- "$2" <<<"$found"; then
		say "$3: expected $1 of /$2/, found:" "$found"
		return 1
	fi
}

# strike POINT VICTIM TRANSPORT...: each time that the side of POINT has stopped there, the VICTIM,
# which is it or its peer, is killed.
strike() {
	local point=$1 victim=$2 kinds pid phase='[a-z-]+'
	kinds=$(tr ' ' , <<<"${*:3}")
	[[ $point != "$victim"-* ]] || phase=$(phase_of "$point")
	stop_at "$point" "$kinds"
	for _ in "${@:3}"; do
		until_true 20 stopped "$driver"
		pid=$STOPPED
		if [[ $point != "$victim"-* ]]; then
			until_true 20 both_workers
			pid=$(workers | grep -vx "$STOPPED")
		fi
		kill -KILL "$pid"
		until_true 20 gone "$STOPPED"
	done
	finish 20
	expect_status 1
	rows $(($# - 2)) "^fail	the $victim was killed by signal 9 \(Killed\) in the $phase phase" \
		"$RUNS/$point.$3.csv"
	no_leaks
}

@test "kill -KILL of the sender at each point" {
	for point in "${POINTS[@]}"; do
		strike "sender-$point" sender "${KINDS[@]}"
	done
}

@test "kill -KILL of the receiver at each point" {
	for point in "${POINTS[@]}"; do
		strike "receiver-$point" receiver "${KINDS[@]}"
	done
}

@test "kill -KILL of the receiver while the sender stands at a point, and the other way round" {
	for point in attach drain; do
		strike "sender-$point" receiver "${KINDS[@]}"
		strike "receiver-$point" sender "${KINDS[@]}"
	done
}

# slay SIDE WHO TOPOLOGY MODE TRANSPORT...: all sides of this kind stand at a point; one of them, WHO, is killed.
slay() {
	local CSV=$RUNS/several.csv kinds point side=$1 pid sides
	kinds=$(tr ' ' , <<<"${*:5}")
	for point in attach warm-up drain close; do
		FAULT=$side-$point:0:stop FAULT_LOG=$BATS_TEST_TMPDIR/several.log start --transport "$kinds" --size 64 --wait "${WAIT:-block}" \
			--topology "$3" --mode "$4" ${RATE:+--rate "$RATE" --placement none} --duration 0.02 --timeout 30
		for _ in "${@:5}"; do
			until_true 20 stopped "$driver"
			# the driver ends the others, which may be stopped as well
			mapfile -t sides < <(workers)
			kill -KILL "$STOPPED"
			for pid in "${sides[@]}"; do
				until_true 20 gone "$pid"
			done
		done
		finish 20
		expect_status 1
		rows $(($# - 4)) "^fail	the $2 was killed by signal 9 \(Killed\) in the $(phase_of "x-$point") phase" "$CSV"
		no_leaks
	done
}

@test "kill -KILL of a side of two pairs at a point of each phase" {
	slay sender 'sender of pair [12]' pairs:2 latency "${KINDS[@]}"
	slay receiver 'receiver of pair [12]' pairs:2 latency fifo sysv-mq sysv-shm
}

@test "kill -KILL of a side of a fan at a point of each phase" {
	slay sender 'sender [123]' fan-in:3 throughput fifo sysv-mq shm-queue signal
	slay receiver 'receiver' fan-in:2 throughput sysv-sem shm-queue
	slay receiver 'receiver [123]' fan-out:3 throughput posix-mq shm-broadcast shm-lossy udp-multicast barrier rwlock
	slay sender 'sender' fan-out:2 throughput unix-dgram shm-broadcast condvar-all
}

@test "kill -KILL of a server or a client at a point of each phase" {
	slay sender 'client [12]' server:2 latency sysv-mq fifo
	slay receiver 'server' server:2 latency sysv-sem shm
	WAIT=epoll slay sender 'client [123]' server:3 latency tcp posix-mq
	WAIT=epoll slay receiver 'server' server:2 latency unix-stream fifo
	RATE=300 slay sender 'client [12]' server:2 rate pipe shm
}

@test "a worker of every transport killed in its loop" {
	local names
	mapfile -t names < <(blocking_transports)
	strike receiver-loop sender "${names[@]}"
}

# All points side by side, since each waits for its time to be over.
@test "a worker that stays stopped, at each point" {
	local point side runs=()
	for side in sender receiver; do
		for point in "${POINTS[@]}"; do
			stop_at "$side-$point" pipe --timeout 5
			runs+=("$driver")
		done
	done
	FAULT=receiver-loop:0:stop FAULT_LOG=$BATS_TEST_TMPDIR/fan.log CSV=$RUNS/fan.csv start --transport shm-broadcast \
		--size 64 --wait block --topology fan-out:3 --mode throughput --duration 0.02 --timeout 5
	runs+=("$driver")
	for driver in "${runs[@]}"; do
		finish 30
		expect_status 1
	done
	rows 1 "^fail	timed out after 5 s: the receiver [123] was stopped by signal 19 .* in the timed phase" \
		"$RUNS/fan.csv"
	for side in sender receiver; do
		for point in "${POINTS[@]}"; do
			rows 1 "^fail	timed out after 5 s: the $side was stopped by signal 19 .* in the $(phase_of "x-$point") phase" \
				"$RUNS/$side-$point.pipe.csv"
		done
	done
	no_leaks
}

# orphan POINT TRANSPORT...: a run over each; the drivers are killed when all have stopped there.
# Their workers end, and what they left is found by clean.
orphan() {
	local point=$1 kind runs=()
	for kind in "${@:2}"; do
		stop_at "$point" "$kind"
		runs+=("$driver")
	done
	for driver in "${runs[@]}"; do
		until_true 20 stopped "$driver"
	done
	kill_runs "${runs[@]}"
	"$IPCBENCH" clean >"$OUT"
	no_leaks
}

@test "kill -KILL of the driver at each point of its workers" {
	local side point
	for side in sender receiver; do
		for point in "${POINTS[@]}"; do
			orphan "$side-$point" "${KINDS[@]}"
		done
	done
	# nothing is written before the end
	[ -z "$(find "$RUNS" -type f -size +0)" ]
}

@test "kill -KILL of the driver at each point of its own" {
	local point
	for point in planned opened closing launched; do
		orphan "driver-$point" "${KINDS[@]}"
	done
	[ -z "$(find "$RUNS" -type f -size +0)" ]
}

@test "kill -KILL of the driver in every transport" {
	local names
	mapfile -t names < <(blocking_transports)
	orphan sender-loop "${names[@]}"
}

# The last call of malloc() is of a JSON document, that of calloc() of the table.
@test "a run that finds no memory at its end says so, and leaves nothing" {
	local call count run=(--transport sysv-mq --size 64 --wait block --mode latency --messages 20)
	local -x FAULT=count FAULT_LOG=$BATS_TEST_TMPDIR/count
	start "${run[@]}" --json "$RUNS/json"
	finish 20
	expect_status 0
	for call in calloc malloc; do
		rm -f "$RUNS/json"
		# how many there are in all differs by a few from run to run
		count=$(grep -c "^$call " "$BATS_TEST_TMPDIR/count")
		FAULT=$call:$((count - count / 100)) FAULT_LOG=$BATS_TEST_TMPDIR/$call
		start "${run[@]}" --json "$RUNS/json"
		finish 20
		expect_status 1
		grep -q '^ipcbench: out of memory' "$ERR"
		[ -z "$(find "$BATS_TEST_TMPDIR" -name '*.tmp')" ]
		[ $call = calloc ] || [ ! -e "$RUNS/json" ]
		no_leaks
	done
}
