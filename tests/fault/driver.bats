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

@test "SIGINT while no cell can be opened" {
	prlimit --nofile=7 env --default-signal=INT "$IPCBENCH" --transport fifo --size 64 \
		--mode latency --trials 10000 --duration 0.02 --placement same-cpu --csv - \
		>"$CSV" 2>"$ERR" 3>&- &
	driver=$!
	# a run that is planned to be long looks at the machine first
	sleep 2
	kill -INT "$driver"
	finish 5
	expect_status 130
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

@test "clean removes exactly what a killed run left" {
	local decoy left
	decoys=$(ipcmk -Q | awk '{ print $NF }')
	decoy=/dev/shm/ipcbench-0123456789abcdef0123456789abcdef
	: >"$decoy"
	objects >"$BATS_TEST_TMPDIR/objects.before"

	start --transport sysv-mq --size 64 --wait block --mode latency --duration 20 --timeout 30
	until_true 20 both_workers
	kill_runs "$driver"
	left=$(leaks | grep -c '^msg')
	[ "$left" -ge 1 ]

	"$IPCBENCH" clean --dry-run >"$OUT"
	[ "$(leaks | grep -c '^msg')" -eq "$left" ]
	[ "$(grep -ci 'sys.*v.*queue\|msg\|message queue' "$OUT")" -ge 1 ]
	"$IPCBENCH" clean
	[ -z "$(leaks)" ]
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
