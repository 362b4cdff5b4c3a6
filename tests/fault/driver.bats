#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# The driver interrupted and killed; what is left, and what `ipcbench clean` makes of it.

# shellcheck disable=SC2154,SC2030,SC2031 # lib.bash sets driver and status; a test is a subshell
load ../lib

setup() {
	begin
}

teardown() {
	for queue in ${decoys:-}; do
		ipcrm -q "$queue"
	done
	end
}

# Cells that leave a mark as they begin; interrupted in the third, two are done.
interrupt() {
	start --transport "planted:mark=$MARK" --size 1,2,4,8,16,32,64,128 --mode latency \
		--duration 0.3
	until_true 20 marked 3
	kill "-$1" "$driver"
	finish 5
	expect_status "$2"
	local rows
	rows=$(fields status lat_count <"$CSV")
	[ "$(grep -c . <<<"$rows")" -ge 2 ]
	[ "$(grep -c . <<<"$rows")" -le 7 ]
	# whole rows, each of a finished cell
	! grep -Evq '^ok	[1-9][0-9]*$' <<<"$rows"
	# and printed
	grep -q planted "$OUT"
	no_leaks
}

@test "SIGINT keeps, saves and prints what was finished" {
	interrupt INT 130
}

@test "SIGTERM keeps, saves and prints what was finished" {
	interrupt TERM 143
}

@test "every other signal that ends a run does so in order" {
	local signal
	for signal in QUIT:131 USR1:138 ALRM:142; do
		start --transport sysv-mq,sysv-shm --size 64 --mode latency --duration 30
		until_true 20 running
		kill "-${signal%:*}" "$driver"
		finish 5
		expect_status "${signal#*:}"
		no_leaks
	done
}

# A worker is there, so objects may be.
running() {
	[ "$(processes | wc -l)" -ge 3 ]
}

@test "a signal that was ignored stays so, as under nohup" {
	(
		trap '' HUP
		"$IPCBENCH" --transport pipe --size 64 --mode latency --duration 1 --trials 1 --csv "$CSV" \
			--placement same-cpu >"$OUT" 2>"$ERR" 3>&- &
		sleep 0.3
		kill -HUP $!
		wait $!
	)
	expect pipe ok '^$'
}

# interrupted_after SECONDS: a run of which no cell can be opened; whether it came to try one.
interrupted_after() {
	prlimit --nofile=7 env --default-signal=INT "$IPCBENCH" --transport fifo --size 64 \
		--mode latency --trials 10000 --messages 100 --placement same-cpu --csv - \
		>"$CSV" 2>"$ERR" 3>&- &
	driver=$!
	sleep "$1"
	kill -INT "$driver"
	{ finish 5 && expect_status 130; } || exit 1
	grep -q fifo "$CSV"
}

@test "SIGINT while no cell can be opened" {
	local seconds
	for seconds in 0.5 2 8 20; do
		! interrupted_after $seconds || break
	done
	fields status reason <"$CSV" | grep -q '^fail	.*ulimit -n'
}

@test "stopped together with its workers and continued, a run does not count the pause" {
	set -m
	start --transport pipe --size 64 --mode latency --duration 2
	until_true 20 running
	sleep 0.1
	kill -STOP "-$driver"
	sleep 0.5
	kill -CONT "-$driver"
	finish 10
	set +m
	fields status reason <"$CSV" | grep -q '^fail	.*stopped'
}

@test "SIGINT while a worker hangs" {
	start --transport "planted:fault=hang,mark=$MARK" --size 64 --mode latency --timeout 60
	until_true 20 marked
	kill -INT "$driver"
	finish 5
	expect_status 130
	no_leaks
}

@test "SIGINT while a worker is stopped" {
	start --transport "planted:fault=stop,mark=$MARK" --size 64 --mode latency --timeout 60
	until_true 20 marked
	kill -INT "$driver"
	finish 5
	expect_status 130
	no_leaks
}

@test "workers die with the driver, even one that hangs deaf to signals" {
	start --transport "planted:fault=hang,mark=$MARK" --size 64 --mode latency --timeout 60
	until_true 20 marked
	kill_runs "$driver"
}

# policies EXPECTED: whether driver, sender and receiver have these classes and priorities.
policies() {
	local pid stat found='' names=(TS FF RR)
	# real-time workers leave this little of a CPU, so it starts no program: proc(5), fields 40 and 41
	for pid in "$driver" $(workers); do
		read -r stat 2>/dev/null <"/proc/$pid/stat" || return
		read -r -a stat <<<"${stat##*) }"
		found+=" ${names[stat[38]]} ${stat[37]}"
	done
	[ "${found# }" = "$1" ]
}

need_real_time() {
	[[ "$("$IPCBENCH" --dry-run -t pipe -s 64 -p same-cpu --sched fifo)" != *skip:* ]] ||
		skip "real-time scheduling is not allowed here"
}

@test "workers have the policy of their cell, whatever the driver has, which precedes real-time ones" {
	local sched
	need_real_time
	for sched in "other:TS 0 TS 0 TS 0" "fifo:FF 2 FF 1 FF 1" "rr:FF 2 RR 1 RR 1"; do
		start --transport planted --size 64 --mode latency --duration 60 --sched "${sched%%:*}"
		until_true 20 policies "${sched#*:}"
		kill -INT "$driver"
		finish 5
		expect_status 130
	done
	chrt -f 5 "$IPCBENCH" -q -t pipe -s 64 -p same-cpu -d 60 &
	driver=$!
	until_true 20 policies "FF 5 TS 0 TS 0"
	kill -TERM "$driver"
	finish 5
}

@test "real-time workers that never sleep are ended in time, by Ctrl-C, and with the driver" {
	local spin=(--transport shm --wait spin --size 64 --mode latency --duration 60 --sched fifo)
	need_real_time
	[ "$(nproc)" -gt 1 ] || skip "polling needs two CPUs"
	spin+=(--placement cross-cpu)
	measure "${spin[@]}" --timeout 1
	expect shm fail '^timed out after 1 s: '
	expect_status 1
	start "${spin[@]}"
	until_true 20 policies "FF 2 FF 1 FF 1"
	kill -INT "$driver"
	finish 10
	expect_status 130
	no_leaks
	start "${spin[@]}"
	until_true 20 policies "FF 2 FF 1 FF 1"
	kill_runs "$driver"
}

need_namespaces() {
	[[ "$("$IPCBENCH" --dry-run -t pipe -s 64 -p same-cpu --isolate container)" != *skip:* ]] ||
		skip "namespaces are not allowed here"
}

# apart NAMESPACE: driver and workers are in three of them.
apart() {
	local pids
	mapfile -t pids < <(workers)
	[ "${#pids[@]}" -eq 2 ] &&
		[ "$(for pid in "$driver" "${pids[@]}"; do readlink "/proc/$pid/ns/$1"; done | sort -u | wc -l)" -eq 3 ]
}

@test "isolated workers have namespaces of their own, and end with a failed peer, with Ctrl-C, and with the driver" {
	local kind
	need_namespaces
	for kind in pid:pid ipc:ipc net:net mount:mnt container:pid; do
		start --transport pipe --size 64 --mode latency --duration 60 --isolate "${kind%:*}"
		until_true 20 apart "${kind#*:}"
		kill -KILL "$driver"
		finish 5
		until_true 20 no_process
	done
	start --transport pipe --size 64 --mode latency --duration 60 --isolate container
	until_true 20 apart mnt
	kill -KILL "$(workers | head -n 1)"
	finish 10
	expect pipe fail '^the sender was killed by signal 9'
	no_leaks
	start --transport pipe --size 64 --mode latency --duration 60 --isolate container
	until_true 20 apart net
	kill -INT "$driver"
	finish 5
	expect_status 130
	measure --transport planted:fault=exit,pipe --size 64 --mode latency --messages 50 --isolate container
	expect planted fail 'exited with status 3'
	expect pipe ok '^$'
	no_leaks
}

has_children() {
	[ "$(workers | wc -l)" -eq "$1" ]
}

# Numbers of the CPUs that this process may use.
allowed_cpus() {
	awk '$1 == "Cpus_allowed_list:" { print $2 }' /proc/self/status | tr , '\n' |
		awk -F - '{ for (i = $1; i <= ($2 == "" ? $1 : $2); i++) print i }'
}

@test "the processes of --load are pinned in turn, and end with Ctrl-C and with the driver" {
	local cpus found pid
	mapfile -t cpus < <(allowed_cpus)
	start --transport pipe --size 64 --mode latency --duration 60 --load cpu:3
	until_true 20 has_children 5
	found=$(for pid in $(workers | head -n 3); do taskset -pc "$pid" | sed 's/.*: //'; done | xargs)
	[ "$found" = "$(for i in 0 1 2; do echo "${cpus[i % ${#cpus[@]}]}"; done | xargs)" ]
	kill -INT "$driver"
	finish 5
	expect_status 130
	no_leaks
	start --transport pipe --size 64 --mode latency --duration 60 --load memory:2
	until_true 20 has_children 4
	kill -KILL "$driver"
	finish 5
	until_true 20 no_process
}

# of_load SIGNAL REGEX: the row of a launch one of whose two processes of --load gets this.
of_load() {
	start --transport pipe --size 64 --mode latency --duration 2 --load cpu:2
	until_true 20 has_children 4
	kill "-$1" "$(workers | head -n 1)"
	finish 20
	expect_status 1
	expect pipe fail "^a process of --load cpu:2, on CPU [0-9]+, $2: the launch was not under this load all the time$"
	no_leaks
}

@test "a launch whose background load did not run all the time fails, and says so" {
	of_load KILL 'was killed by signal 9 \(Killed\)'
	of_load STOP 'was stopped'
}

@test "a launch that fails leaves no background load" {
	measure --transport planted:fault=crash,pipe --size 64 --mode latency --messages 50 --load cpu:2
	expect planted fail 'killed by signal 11'
	expect pipe ok '^$'
	no_leaks
}

@test "clean removes exactly what a killed run left" {
	local decoy left
	decoys=$(ipcmk -Q | awk '{ print $NF }')
	decoy=/dev/shm/ipcbench-0123456789abcdef0123456789abcdef
	: >"$decoy"
	objects >"$BATS_TEST_TMPDIR/objects.before"

	start --transport sysv-mq --size 64 --wait block --mode latency --duration 20 --timeout 30
	until_true 20 both_workers
	kill_runs "$driver"
	left=$(leaks | grep -c '^/proc/sysvipc/msg ')
	[ "$left" -ge 1 ]

	"$IPCBENCH" clean --dry-run >"$OUT"
	[ "$(leaks | grep -c '^/proc/sysvipc/msg ')" -eq "$left" ]
	[ "$(grep -ci 'sys.*v.*queue\|msg\|message queue' "$OUT")" -ge 1 ]
	"$IPCBENCH" clean
	no_leaks
	[ -e "$decoy" ]
	ipcs -q -i "$decoys" >/dev/null
	rm "$decoy"
}

@test "clean leaves a living run alone" {
	start --transport sysv-mq --size 64 --wait block --mode latency --duration 1
	until_true 20 both_workers
	"$IPCBENCH" clean
	finish 20
	expect sysv-mq ok '^$'
	expect_status 0
}
