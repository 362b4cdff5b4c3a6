#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# ipcbench doctor, and what a run keeps of it. No figure of this machine is asserted.

# shellcheck disable=SC2154 # bats sets output and stderr
load ../lib
load cli

setup() {
	begin
	ROOT=$BATS_TEST_TMPDIR/root
	mkdir "$ROOT"
}

teardown() {
	end
}

# plant PATH TEXT: a file of the machine under $ROOT.
plant() {
	mkdir -p "$ROOT${1%/*}"
	printf '%s\n' "$2" >"$ROOT$1"
}

# finding ID FILTER: of the JSON in $output.
finding() {
	jq -r --arg id "$1" ".findings[] | select(.id == \$id) | $2" <<<"$output"
}

# Every finding is whole.
SHAPE='all(.findings[];
	(.id | test("^[a-z0-9-]+$")) and (.title | length > 0) and (.effect | length > 0) and
	(.grade == null or (.grade | IN("good", "note", "warn", "bad"))) and
	(.figure | type | IN("number", "null")) and (.unit | type | IN("string", "null")) and
	(.grade != "warn" and .grade != "bad" or (.remedy | length > 0))) and
	([.findings[].id] | unique | length) == (.findings | length) and
	(.findings | length) >= 20'

# The grade of the whole is that of the worst.
# shellcheck disable=SC2016 # jq expands
WORST='def rank: {"good": 1, "note": 2, "warn": 3, "bad": 4}[. // ""] // 0;
	.grade as $g | .worst as $w | ([.findings[].grade | rank] | max) == ($g | rank) and
	(.findings[] | select(.id == $w) | .grade) == $g'

@test "doctor: the text, the worst first" {
	COLUMNS=70 cli doctor
	expect_status 0
	[ -z "$stderr" ]
	[[ "${lines[0]}" =~ ^grade:\ (good|note|warn|bad)$ ]]
	same "" "$(awk 'length > 70' <<<"$output")"
	says "empty interval of the clock"
	# marks come in one order
	same "" "$(grep -o '^\(bad\|warn\|note\|good\|-\) ' <<<"$output" | uniq | sort | uniq -d)"
}

@test "doctor --json: every probe and every finding" {
	cli doctor --json
	expect_status 0
	[ -z "$stderr" ]
	jq -e "$SHAPE" <<<"$output"
	jq -e "$WORST" <<<"$output"
	same full "$(jq -r .probes <<<"$output")"
	# one entry per CPU that may be used
	same "$(nproc)" "$(jq '.jitter | length' <<<"$output")"
	jq -e 'all(.jitter[]; .lost_share >= 0 and .lost_share <= 1 and .seconds > 0 and
		.histogram[0].gaps >= .histogram[4].gaps)' <<<"$output"
	jq -e '.findings[] | select(.id == "clock") | .figure > 0 and .unit == "ns"' <<<"$output"
}

@test "doctor: between two CPUs" {
	[ "$(nproc)" -ge 2 ] || skip "one CPU"
	cli doctor --json
	expect_status 0
	# each has its figure, or the reason why a busy machine gave none
	local id
	for id in clock-offset wake-up floor; do
		same true "$(finding "$id" '.figure > 0 or (.figure == null and (.effect | test("busy|timed out")))')"
	done
}

@test "doctor: one CPU only" {
	run --separate-stderr timeout 60 taskset -c "$(taskset -cp $$ | sed 's/.*: //; s/[-,].*//')" \
		"$IPCBENCH" doctor --json
	expect_status 0
	same warn "$(finding cpus .grade)"
	same 1 "$(finding cpus .figure)"
	local id
	for id in clock-offset wake-up wake-up-awake floor floor-p99; do
		same "null null" "$(finding "$id" '"\(.figure) \(.grade)"')"
		[[ "$(finding "$id" .effect)" == *CPU* ]]
	done
	same 1 "$(jq '.jitter | length' <<<"$output")"
}

@test "doctor: an unprivileged user is told what only root can measure" {
	[ "$(nproc)" -ge 2 ] || skip "one CPU"
	local as=()
	if [ "$(id -u)" -eq 0 ]; then
		command -v setpriv >/dev/null || skip "no setpriv"
		as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
		"${as[@]}" test -x "$IPCBENCH" || skip "the build directory is not open to others"
	fi
	run --separate-stderr timeout 60 "${as[@]}" "$IPCBENCH" doctor --json
	expect_status 0
	[ -z "$stderr" ]
	jq -e "$SHAPE" <<<"$output"
	[ ! -w /dev/cpu_dma_latency ] || [ "$(id -u)" -eq 0 ] || skip "anybody may hold CPUs awake here"
	same null "$(finding wake-up-awake .figure)"
	[[ "$(finding wake-up-awake .effect)" == *"run as root"* ]]
}

@test "doctor: a closed or full standard output is an error" {
	[ -e /dev/full ] || skip "no /dev/full"
	# shellcheck disable=SC2016 # the inner shell expands
	run timeout 60 sh -c '"$1" doctor --root="$2" >/dev/full' sh "$IPCBENCH" "$ROOT"
	[ "$status" -eq 1 ]
	# shellcheck disable=SC2016
	run timeout 60 sh -c '"$1" doctor --json --root="$2" >/dev/full' sh "$IPCBENCH" "$ROOT"
	[ "$status" -eq 1 ]
}

@test "doctor: usage" {
	usage 'unknown option --jsno; did you mean --json?' doctor --jsno
	usage 'doctor: "all" is not understood' doctor all
	usage '--root needs a value' doctor --root
	usage '"/nonexistent": No such file' doctor --root=/nonexistent
	usage '"/dev/null": Not a directory; give a directory' doctor --root=/dev/null
	usage '--root: the value is empty; give a DIR' doctor --root=
	cli doctor --help
	expect_status 0
	says --json
	says --root
}

# It looks for a third of a second and more, on one CPU too, where no launch lets signals in.
@test "doctor: Ctrl-C ends it" {
	local cpu
	cpu=$(taskset -pc $$ | sed 's/.*: //; s/[-,].*//')
	taskset -c "$cpu" "$IPCBENCH" doctor >"$OUT" 2>"$ERR" &
	driver=$!
	sleep 0.1
	# a background job of a script ignores SIGINT
	kill -TERM "$driver"
	local found=0
	wait "$driver" || found=$?
	driver=
	same 143 "$found"
	[ ! -s "$OUT" ]
}

# ---- other machines ------------------------------------------------------------------------------

@test "doctor --root: a machine without any file" {
	cli doctor --root="$ROOT" --json
	expect_status 0
	[ -z "$stderr" ]
	jq -e "$SHAPE" <<<"$output"
	same none "$(jq -r .probes <<<"$output")"
	same 0 "$(jq '.jitter | length' <<<"$output")"
	same "this kernel does not say" "$(finding steal .effect)"
	same "not measured" "$(finding floor .effect)"
	cli doctor --root="$ROOT"
	expect_status 0
	says "this kernel does not say"
}

@test "doctor --root: bare metal with a slow governor, deep sleep and neighbours" {
	local cpus=/sys/devices/system/cpu
	plant /proc/cpuinfo $'flags\t\t: fpu tsc constant_tsc'
	plant /proc/self/status $'Cpus_allowed_list:\t0-7'
	plant /proc/loadavg '14.00 9 9 10/900 77'
	plant $cpus/online 0-7
	plant $cpus/isolated ''
	plant $cpus/cpu0/cpufreq/scaling_governor powersave
	plant $cpus/cpu0/cpufreq/scaling_driver acpi-cpufreq
	plant $cpus/cpu0/cpufreq/scaling_min_freq 800000
	plant $cpus/cpu0/cpuidle/state0/latency 133
	plant $cpus/cpu0/cpuidle/state0/name C6
	plant $cpus/intel_pstate/no_turbo 0
	plant $cpus/vulnerabilities/spectre_v2 'Mitigation: Retpolines'
	cli doctor --root="$ROOT" --json
	expect_status 0
	jq -e "$SHAPE" <<<"$output"
	jq -e "$WORST" <<<"$output"
	same "load bad" "$(jq -r '"\(.worst) \(.grade)"' <<<"$output")"
	same "bad powersave, acpi-cpufreq" "$(finding frequency '"\(.grade) \(.state)"')"
	same "warn 133 us" "$(finding idle-states '"\(.grade) \(.figure) \(.unit)"')"
	same "good none" "$(finding virtualisation '"\(.grade) \(.state)"')"
	same "note on" "$(finding turbo '"\(.grade) \(.state)"')"
	same "note 1" "$(finding mitigations '"\(.grade) \(.figure)"')"
	same "note 0" "$(finding isolation '"\(.grade) \(.figure)"')"
}

@test "doctor --root: containers with a quota, in both kinds of control groups" {
	plant /proc/self/cgroup '0::/job'
	plant /sys/fs/cgroup/job/cpu.max '50000 100000'
	cli doctor --root="$ROOT" --json
	same "bad 0.5" "$(finding cgroup-quota '"\(.grade) \(.figure)"')"
	same cgroup-quota "$(jq -r .worst <<<"$output")"
	plant /proc/self/cgroup '4:cpu,cpuacct:/job'
	plant /sys/fs/cgroup/cpu/job/cpu.cfs_quota_us 300000
	plant /sys/fs/cgroup/cpu/job/cpu.cfs_period_us 100000
	plant /proc/self/status $'Cpus_allowed_list:\t0-7'
	cli doctor --root="$ROOT" --json
	same "warn 3" "$(finding cgroup-quota '"\(.grade) \(.figure)"')"
	plant /sys/fs/cgroup/cpu/job/cpu.cfs_quota_us -1
	cli doctor --root="$ROOT" --json
	same "good null" "$(finding cgroup-quota '"\(.grade) \(.figure)"')"
}

# ---- runs ----------------------------------------------------------------------------------------

@test "a short run keeps the findings and measures nothing for them" {
	cli "${TINY[@]}" -q -o "$BATS_TEST_TMPDIR/run"
	expect_status 0
	[ -z "$stderr" ]
	output=$(jq .doctor "$BATS_TEST_TMPDIR/run/env.json")
	jq -e "$SHAPE" <<<"$output"
	jq -e "$WORST" <<<"$output"
	same none "$(jq -r .probes <<<"$output")"
	same "null null" "$(finding floor '"\(.figure) \(.grade)"')"
}

@test "a long run has the short probes, and warns of a bad machine in one line" {
	# planned for longer than it is let run
	"$IPCBENCH" -t pipe -s 64 -p same-cpu -m latency -T 30 -d 3 --json "$BATS_TEST_TMPDIR/run.json" \
		>"$OUT" 2>"$ERR" &
	driver=$!
	# once it has looked
	until_true 60 grep -qs 'this takes' "$ERR"
	kill -TERM "$driver"
	wait "$driver" || true
	driver=
	output=$(jq .env.doctor "$BATS_TEST_TMPDIR/run.json")
	jq -e "$SHAPE" <<<"$output"
	same short "$(jq -r .probes <<<"$output")"
	same "$(nproc)" "$(jq '.jitter | length' <<<"$output")"
	# nothing is launched but what was asked for
	same null "$(finding floor .figure)"
	local warned
	warned=$(grep -c '^ipcbench: this machine is noisy: .*; see ipcbench doctor$' "$ERR" || true)
	same "$(jq 'if .grade == "bad" then 1 else 0 end' <<<"$output")" "$warned"
}
