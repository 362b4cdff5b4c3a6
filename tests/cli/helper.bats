#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Helpers: the broker of examples/relay.c, which is sound, or fails as it is told (broker.py).

# shellcheck disable=SC2154,SC2034,SC2016 # bats sets status, output and stderr; lib.bash reads CSV; eval expands
load ../lib
load cli

: "${RELAY:?the plugin of examples/relay.c}"

setup() {
	begin
	export SOURCE_ROOT
	BROKER=$BATS_TEST_DIRNAME/broker.py
	# the Python of the system, without what may stand before it
	PATH=/usr/bin:$PATH
}

teardown() {
	end
	no_brokers
}

# Everything that this test has started below a helper.
brokers() {
	local dir
	for dir in /proc/[0-9]*; do
		if grep -qz -- "^BROKER_FAULT=" "$dir/environ" 2>/dev/null &&
			grep -qz -- "^IPCBENCH_TEST=$IPCBENCH_TEST\$" "$dir/environ" 2>/dev/null &&
			! [ "$dir/exe" -ef "$(command -v bash)" ]; then
			echo "${dir#/proc/}"
		fi
	done
}

no_brokers() {
	until_true 10 eval '[ -z "$(brokers)" ]' || {
		say "brokers run on:" "$(brokers | xargs -r ps -o pid,args -p)"
		return 1
	}
}

a_broker() {
	[ -n "$(brokers)" ]
}

# relay FAULT [ARG...]: rows of that broker, and of a pipe, which says that the run goes on.
relay() {
	export BROKER_FAULT=$1
	measure --plugin "$RELAY" -t "relay:program=$BROKER" -t pipe --size 64 --mode latency --messages 200 "${@:2}"
	expect pipe ok '^$'
	unset BROKER_FAULT
}

# faulty FAULT REGEX [ARG...]: the row fails for this reason, and nothing is left.
faulty() {
	relay "$1" "${@:3}"
	expect relay fail "$2"
	expect_status 1
	no_brokers
	no_leaks
}

@test "helper: what it costs is in columns of its own, and in the CPU time per message" {
	BROKER_FAULT=none measure --plugin "$RELAY" -t "relay:program=$SOURCE_ROOT/examples/relay.py" -t pipe --size 64,1000 \
		--mode latency,throughput --verify --messages 200
	expect_status 0
	same "8 ok" "$(fields status <"$CSV" | sort | uniq -c | xargs)"
	same "" "$(fields transport helper_cpu_s helper_pss_bytes <"$CSV" | awk -F'\t' '$1 == "pipe" ? $2 != "" || $3 != "" : !($2 > 0) || !($3 > 1e6)')"
	# what is left of the sum is rounding
	same "" "$(fields cpu_ns_per_msg messages tx_user_s tx_sys_s rx_user_s rx_sys_s helper_cpu_s <"$CSV" |
		awk -F'\t' '{ d = $1 * $2 / 1e9 - $3 - $4 - $5 - $6 - $7; if (d > 1e-7 || d < -1e-7) print }')"
}

@test "helper: a table and a summary say what it costs, and no stored run starts it" {
	cd "$BATS_TEST_TMPDIR"
	cli --plugin "$RELAY" -t "relay:$SOURCE_ROOT/examples/relay.py" -s 64 -m latency -p same-cpu -T 1 -n 50 --warmup 0 -o run
	[ "$status" -eq 0 ]
	says "a mechanism with helpers (a broker): CPU includes theirs"
	same "" "$(fields helper_cpu_s helper_pss_bytes <run/summary.csv | awk '!($1 > 0 && $2 > 1e6)')"
	usage "that run ran a program" --plugin "$RELAY" --replay run
	cli -t pipe -s 64 -m latency -p same-cpu -T 1 -n 50 --warmup 0
	[[ "$output" != *helpers* ]]
}

@test "helper: one for each pair, and on the CPUs that are named" {
	local cpu
	cpu=$(taskset -cp $$ | sed 's/.*[ ,-]//')
	export CPUS_FILE=$BATS_TEST_TMPDIR/cpus
	relay cpus --cpu-helper "$cpu"
	expect relay ok '^$'
	same "$cpu" "$(cat "$CPUS_FILE")"
	rm "$CPUS_FILE"
	BROKER_FAULT=cpus cli gate --base "$IPCBENCH" --new "$IPCBENCH" --plugin "$RELAY" -t "relay:program=$BROKER" -s 64 --blocks 2,3 -d 100ms --cpu-helper "$cpu"
	[[ $status -eq 0 || $status -eq 3 ]]
	same "$cpu" "$(cat "$CPUS_FILE")"
	usage "this process may not use CPU 1000" -t pipe --cpu-helper 1000
	usage '"a" is not the number of a CPU' -t pipe --cpu-helper 0,a
	BROKER_FAULT=none measure --plugin "$RELAY" -t "relay:program=$BROKER" --topology pairs:2 --size 64 --mode latency --duration 0.2
	expect relay ok '^$'
	same "" "$(fields transport helper_cpu_s <"$CSV" | awk '!($2 > 0)')"
}

@test "helper: it does not start, is not ready in time, or ends at once" {
	measure --plugin "$RELAY" -t "relay:program=$BATS_TEST_TMPDIR/none" --size 64 --mode latency
	expect relay fail "helper: the program .*/none cannot be started: No such file"
	faulty hang "the helper broker.py was not ready after [0-9.]+ s; if it is only slow, raise --timeout; the helper broker.py said: loading the index" --timeout 4
	faulty refuse "helper: the program .*broker.py ended with status 1; it said: port 5672 is taken"
}

@test "helper: it dies, is killed or stops while messages flow" {
	faulty die "helper: the program .*broker.py ended with status 7; it said: out of memory"
	faulty killed "helper: the program .*broker.py was ended by signal 9 \(Killed\); it said: listening"
	faulty stop "timed out after 5 s: .*; the helper broker.py said: listening on socket" --timeout 5
}

@test "helper: it forks away" {
	faulty fork "helper: the program .*broker.py ended with status 0; a helper must stay in the foreground"
}

@test "helper: it ignores SIGTERM and leaves a child, or prints without an end" {
	relay ignore
	expect relay ok '^$'
	no_brokers
	relay print
	expect relay ok '^$'
	no_brokers
}

# running FAULT: a run whose broker is ready; sets warden and keeper.
running() {
	export BROKER_FAULT=$1
	start --plugin "$RELAY" -t "relay:program=$BROKER" --size 64 --mode latency --duration 60
	until_true 20 both_workers_and_warden
	unset BROKER_FAULT
	warden=$(workers | head -n 1)
	keeper=$(pgrep -P "$warden")
}

@test "helper: nothing is left when the driver is killed or interrupted, and clean finds the directory if its guardians are killed, too" {
	running ignore
	kill -9 "$driver"
	finish 5
	no_brokers
	until_true 20 no_process
	until_true 20 no_directory
	cli clean
	[ "$status" -eq 0 ]
	running none
	# at once, or the last one would do its work
	kill -STOP "$driver" "$warden" "$keeper"
	kill -9 "$driver" "$warden" "$keeper"
	finish 5
	no_brokers
	until_true 20 no_process
	cli clean
	says "removed directory of a helper $TMPDIR/ipcbench-"
	no_directory
	no_leaks
	running ignore
	kill -INT "$driver"
	finish 20
	expect_status 130
}

@test "helper: a guardian that is killed ends the launch, and the other one the helper" {
	local one
	for one in warden keeper; do
		running ignore
		kill -9 "${!one}"
		finish 20
		expect_status 1
		expect relay fail "helper: the program .*broker.py was ended by signal 9|the process that watches the helper broker.py was killed"
		no_brokers
		no_leaks
	done
}

# The warden precedes the workers.
both_workers_and_warden() {
	[ "$(workers | wc -l)" -eq 3 ]
}

no_directory() {
	! ls -d "$TMPDIR"/ipcbench-* 2>/dev/null
}
