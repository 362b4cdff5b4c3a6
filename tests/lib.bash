# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# What the tests that drive the binary share. IPCBENCH names the binary, PLANTED the plugin.

: "${IPCBENCH:?the path of the ipcbench binary}"

# shellcheck source=csv.bash
. "${BASH_SOURCE[0]%/*}/csv.bash"

# untraced FUNCTION...: bats notes where it is at each command, which takes 0.4 ms; in these it does not.
untraced() {
	local name
	for name in "$@"; do
		eval "traced_$(declare -f "$name")"
		eval "$name() { local -; set +T; traced_$name \"\$@\"; }"
	done
}

# One short cell on one CPU, which needs no second core and no luck. Tests append --duration or
# --messages, which exclude each other.
QUICK=(--placement same-cpu --trials 1 --warmup 0.01)
SHORT=(--duration 0.05)

# Every test gets its own TMPDIR and a mark in the environment of all processes that it starts.
begin() {
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	export XDG_RUNTIME_DIR=$BATS_TEST_TMPDIR/runtime
	export IPCBENCH_TEST=$BATS_TEST_TMPDIR
	# a crash stays a crash in a sanitized build
	export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}handle_segv=0
	mkdir -m 700 "$TMPDIR" "$XDG_RUNTIME_DIR"
	# a pipe that this process holds both ends of, without a name
	exec {never}<> <(:)
	CSV=$BATS_TEST_TMPDIR/rows.csv
	OUT=$BATS_TEST_TMPDIR/stdout
	ERR=$BATS_TEST_TMPDIR/stderr
	MARK=$BATS_TEST_TMPDIR/mark
	driver=
	objects >"$BATS_TEST_TMPDIR/objects.before"
}

# Kills what a failed test left running, then looks for leaks.
end() {
	if [ -n "$driver" ] && kill -9 "$driver" 2>/dev/null; then
		echo "# the driver was still running" >&2
	fi
	no_leaks
}

say() {
	printf '%s\n' "$@" >&2
}

# ---- leaks -------------------------------------------------------------------------------------

# Every object that a run could leave behind, one per line. Twice in each test, so it starts few processes.
objects() {
	awk 'FILENAME ~ /unix$/ { if ($NF ~ /ipcbench/) print "socket", $NF; next }
		FNR > 1 { print FILENAME, $1, $2 }' /proc/sysvipc/{msg,sem,shm} /proc/net/unix
	# the directory of the ledger stays, no ledger does
	find /dev/shm "${IPCBENCH_MQUEUE:-/dev/mqueue}" "$TMPDIR" "$XDG_RUNTIME_DIR" -mindepth 1 \
		-not \( -type d -path "$XDG_RUNTIME_DIR/*" \) 2>/dev/null || true
	processes 'process '
}

# processes [PREFIX]: processes of this test that run the binary.
processes() {
	local dir
	for dir in /proc/[0-9]*; do
		if [ "$dir/exe" -ef "$IPCBENCH" ] &&
			grep -qz -- "^IPCBENCH_TEST=$IPCBENCH_TEST\$" "$dir/environ" 2>/dev/null; then
			echo "${1-}${dir#/proc/}"
		fi
	done
}

# Kills the drivers and waits until they and their workers hold nothing any more. A process that ends
# loses its memory, by which processes() knows it, before its files and their locks, which clean looks at.
kill_runs() {
	local pid pids=("$@")
	# none forks another worker meanwhile
	kill -STOP "$@"
	until_true 20 are TZX "$@"
	for pid in "$@"; do
		mapfile -t -O "${#pids[@]}" pids < <(children "$pid")
	done
	kill -KILL "$@"
	for driver in "$@"; do
		finish 5
	done
	until_true 20 are ZX "${pids[@]}"
	until_true 20 no_process
}

# are STATES PID...: whether processes that there are yet are in these states of ps(1).
are() {
	local pid
	for pid in "${@:2}"; do
		state "$pid"
		[[ $STATE == ["$1"] || -z $STATE ]] || return
	done
}

# state PID: STATE is its letter in ps(1), or nothing if there is no such process.
state() {
	local stat=
	read -r stat 2>/dev/null <"/proc/$1/stat" || true
	STATE=${stat##*) }
	STATE=${STATE:0:1}
}

# The children of a process, the eldest first.
children() {
	local pids
	read -r -a pids 2>/dev/null <"/proc/$1/task/$1/children" || [ "${#pids[@]}" -gt 0 ] || return 0
	printf '%s\n' "${pids[@]}"
}

no_process() {
	[ -z "$(processes)" ]
}

# What is new since begin(). Objects of other tests come and go; a leak stays.
leaks() {
	objects | grep -vxFf "$BATS_TEST_TMPDIR/objects.before" -
}

no_leaks() {
	local found now try
	found=$(leaks) || return 0
	for ((try = 0; try < 50; try++)); do
		pause 0.1
		now=$(objects)
		found=$(grep -xFf <(printf '%s\n' "$now") - <<<"$found") || return 0
	done
	say "left behind:" "$found"
	return 1
}

# ---- running -----------------------------------------------------------------------------------

# Runs ipcbench to its end; sets status, fills CSV and ERR. Nothing may hang.
measure() {
	local how=("${SHORT[@]}")
	[[ " $* " != *" --messages "* ]] || how=()
	status=0
	timeout -k 5 300 "$IPCBENCH" --plugin "$PLANTED" "${QUICK[@]}" "${how[@]}" "$@" --csv - \
		>"$CSV" 2>"$ERR" || status=$?
	# shown if the test fails
	[ -s "$CSV" ] || cat "$ERR" >&2
	if [ "$status" -ge 124 ]; then
		say "ended with status $status:" "$(cat "$ERR")"
		return 1
	fi
}

# Starts ipcbench in the background as `driver`. A shell's background jobs ignore SIGINT, which
# would be inherited.
start() {
	local how=("${SHORT[@]}")
	[[ " $* " != *" --messages "* ]] || how=()
	env --default-signal=INT,TERM,HUP,QUIT "$IPCBENCH" --plugin "$PLANTED" "${QUICK[@]}" \
		"${how[@]}" "$@" --csv "$CSV" >"$OUT" 2>"$ERR" 3>&- &
	driver=$!
}

# pause SECONDS: many tests wait for something most of the time, so this starts no process.
pause() {
	read -rt "$1" -u "$never" || true
}

# Waits for the driver, at most so many seconds; sets status.
finish() {
	local try
	for ((try = 0; try < $1 * 20; try++)); do
		if ! kill -0 "$driver" 2>/dev/null; then
			status=0
			wait "$driver" || status=$?
			driver=
			return 0
		fi
		pause 0.05
	done
	say "still running after $1 s: $(cat "$ERR")"
	return 1
}

# until_true SECONDS COMMAND...: waits until the command succeeds.
until_true() {
	local try limit=$1
	shift
	for ((try = 0; try < limit * 50; try++)); do
		"$@" && return 0
		pause 0.02
	done
	say "still not so after $limit s: $*"
	return 1
}

# Transports whose workers can share one CPU and that need no program, by name.
blocking_transports() {
	"$IPCBENCH" list --json |
		jq -r '.[] | select(.available and (.waits | index("block")) and all(.options[]; .name != "program")) | .name'
}

marked() {
	[ -f "$MARK" ] && [ "$(wc -l <"$MARK")" -ge "${1:-1}" ]
}

# The workers of the driver, the sender first.
workers() {
	children "$driver"
}

both_workers() {
	local pids
	mapfile -t pids < <(workers)
	[ "${#pids[@]}" -eq 2 ]
}

# ---- rows --------------------------------------------------------------------------------------

# expect TRANSPORT STATUS REGEX: exactly one row of this transport, with this status and reason.
expect() {
	local found
	found=$(fields transport status reason <"$CSV" |
		awk -F'\t' -v t="$1" '$1 == t || index($1, t ":") == 1')
	if [ "$(grep -c . <<<"$found")" -ne 1 ]; then
		say "not one row of $1 but:" "$found" "$(cat "$ERR")"
		return 1
	fi
	if [ "$(cut -f2 <<<"$found")" != "$2" ] || ! cut -f3 <<<"$found" | grep -Eq -- "$3"; then
		say "expected $2 and /$3/, found:" "$found"
		return 1
	fi
}

# expect_status N: what did not end so says why, the rows that failed among it.
expect_status() {
	if [ "$status" -ne "$1" ]; then
		say "exit status $status instead of $1:" "$(cat "$ERR")" \
			"$({ fields status transport wait copy mode size_bytes reason <"$CSV" | grep '^fail'; } 2>/dev/null)"
		return 1
	fi
}

# Tests that turn knobs of the IPC namespace.
need_isolation() {
	if [ "${IPCBENCH_ISOLATED:-no}" != yes ]; then
		skip "needs namespaces of its own, which unshare(1) may not make here"
	fi
}

untraced begin end processes kill_runs no_leaks measure start finish until_true expect
