#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# What is around the program: files that are not files, a reader that does not read, a small stack, a
# machine without /proc, and neighbours in /tmp. Nothing hangs, and what is wrong is said in a line.

# shellcheck disable=SC2154,SC2030,SC2031 # bats and lib.bash set status, output, stderr and driver
# shellcheck disable=SC2016 # inner shells expand
load ../lib
load ../cli/cli

setup() {
	begin
	cd "$BATS_TEST_TMPDIR" || return
	mkfifo fifo
}

teardown() {
	end
}

# refused TEXT ARG...: ends in time and fails with one line that says TEXT.
refused() {
	local text=$1
	shift
	cli "$@"
	if [ "$status" -eq 0 ] || [ "$status" -ge 124 ] || [ -n "$output" ] ||
		[[ "$stderr" != "ipcbench: "*"$text"* ]] || [ "$(wc -l <<<"$stderr")" -ne 1 ]; then
		say "ipcbench $*" "status $status, or not one line with \"$text\":" "$stderr" "$output"
		return 1
	fi
}

# ---- what is read --------------------------------------------------------------------------------

@test "nobody waits for a FIFO, whatever it is named for" {
	local what='fifo: not a regular file but a FIFO; only regular files of at most'
	mkdir run
	ln -s ../fifo run/trials.csv
	refused "$what 1 MiB are read" gate --config fifo
	refused "$what 1 GiB are read" hist show fifo
	refused "$what 1 GiB are read" list --plugin ./fifo
	refused "$what 1 MiB are read" manual man fifo
	HWLOC_XMLFILE=fifo refused "$what 16 MiB are read" topology --dry-run
	for command in advise tables "report -o page.html" "--replay"; do
		# shellcheck disable=SC2086 # words
		refused "${what/fifo/run/trials.csv}" $command run
	done
}

@test "nothing without an end is read to its end" {
	refused '/dev/zero: not a regular file but a device' gate --config /dev/zero
	refused '/dev/zero: not a regular file but a device' list --plugin /dev/zero
	refused '/: not a regular file but a directory' gate --config /
	ln -s loop loop
	refused 'loop: Too many levels of symbolic links' gate --config loop
	truncate -s 2G huge
	refused 'huge: has 2147483648 bytes, more than the limit of 1 MiB; name a smaller file' \
		gate --config huge
	refused 'huge: has 2147483648 bytes, more than the limit of 1 GiB' hist show huge
	refused 'huge: has 2147483648 bytes, more than the limit of 1 GiB' list --plugin ./huge
	[ -r /proc/self/pagemap ] || skip "no file of /proc that goes on and on"
	refused '/proc/self/pagemap: exceeds the limit of 1048576 bytes' \
		gate --config /proc/self/pagemap
}

@test "a copy of a machine that is made of FIFOs is one without files" {
	local path
	for path in proc/cpuinfo proc/meminfo proc/stat proc/loadavg proc/self/status proc/self/cgroup \
		proc/self/limits sys/devices/system/cpu/online sys/devices/system/cpu/isolated; do
		mkdir -p "root/${path%/*}"
		mkfifo "root/$path"
	done
	mkdir empty
	cli doctor --root root --json
	expect_status 0
	local found=$output
	cli doctor --root empty --json
	same "$output" "$found"
}

@test "a FIFO among the ledgers is told, and the rest is cleaned" {
	mkdir -m 700 "$XDG_RUNTIME_DIR/ipcbench"
	mkfifo "$XDG_RUNTIME_DIR/ipcbench/1.2.x.ledger"
	cli clean
	expect_status 1
	says "cannot look into $XDG_RUNTIME_DIR/ipcbench/1.2.x.ledger: not a regular file but a FIFO"
	rm "$XDG_RUNTIME_DIR/ipcbench/1.2.x.ledger"
}

# ---- signals -------------------------------------------------------------------------------------

# The driver sleeps in the kernel.
asleep() {
	grep -q '^State:	S' "/proc/$driver/status"
}

# ends_by SIGNAL STATUS: the driver does so, soon.
ends_by() {
	kill "-$1" "$driver"
	finish 10
	expect_status "$2"
}

@test "a log that does not come is waited for, but not against a signal" {
	local signal
	exec 8<>fifo
	for signal in INT:130 TERM:143; do
		env --default-signal=INT,TERM "$IPCBENCH" hist show - <fifo >"$OUT" 2>"$ERR" 3>&- &
		driver=$!
		until_true 10 asleep
		ends_by "${signal%:*}" "${signal#*:}"
	done
	exec 8>&-
}

@test "a reader that does not read is waited for, but not against a signal" {
	local signal
	mkdir empty
	exec 8<>fifo
	# as many bytes as it holds
	dd if=/dev/zero of=fifo oflag=nonblock bs=4096 count=1024 2>"$ERR" || true
	for signal in INT:130 TERM:143; do
		env --default-signal=INT,TERM "$IPCBENCH" doctor --root empty >fifo 2>"$ERR" 3>&- &
		driver=$!
		until_true 10 asleep
		ends_by "${signal%:*}" "${signal#*:}"
		[ ! -s "$ERR" ]
	done
	exec 8>&-
}

@test "a FIFO that nobody reads is waited for, but not against a signal" {
	cat fifo >rows.csv &
	cli "${TINY[@]}" --csv fifo
	wait $!
	expect_status 0
	same ok "$(fields status <rows.csv | sort -u)"
	"$IPCBENCH" "${TINY[@]}" -q --csv fifo >"$OUT" 2>"$ERR" 3>&- &
	driver=$!
	# measured, and asleep since
	until_true 20 waits
	ends_by TERM 1
	grep -q '^ipcbench: cannot write fifo: Interrupted' "$ERR"
}

# The driver sleeps, and has no workers that it could wait for.
waits() {
	local try
	for ((try = 0; try < 10; try++)); do
		asleep && [ -z "$(workers)" ] || return 1
		sleep 0.05
	done
}

@test "what is printed after a signal still arrives, where somebody reads" {
	start --transport pipe --size 64 --mode latency --duration 60
	until_true 20 both_workers
	ends_by TERM 143
	grep -q 'pipe' "$OUT"
	grep -q 'interrupted by signal 15 (Terminated) after 0 of 1 launch' "$ERR"
}

# ---- the stack -----------------------------------------------------------------------------------

@test "a small stack grows where it may, and is an error where it may not" {
	local small="$IPCBENCH"
	run --separate-stderr timeout 60 bash -c 'ulimit -S -s 64 && exec "$@"' bash "$small" "${TINY[@]}"
	expect_status 0
	says pipe
	# root may raise any limit
	command -v setpriv >/dev/null || skip "no setpriv"
	run --separate-stderr timeout 60 setpriv --inh-caps=-sys_resource --bounding-set=-sys_resource \
		bash -c 'ulimit -s 64 && exec "$@"' bash "$small" "${TINY[@]}"
	expect_status 1
	same "ipcbench: the stack is limited to 64 KiB, and 512 KiB are needed; raise the limit (ulimit -s 8192)" \
		"$stderr"
}

# ---- /proc and /tmp ------------------------------------------------------------------------------

# within SCRIPT [ARG...]: runs it with mounts of its own; $1 there is the first ARG.
within() {
	need_isolation
	run --separate-stderr timeout -k 5 60 unshare --mount bash -euc "$1" bash "${@:2}"
}

@test "without /proc the commands that need it say so" {
	local command
	for command in "${TINY[*]}" clean doctor "gate --base x --new x"; do
		# shellcheck disable=SC2086 # words
		within 'mount -t tmpfs tmpfs /proc; exec "$@"' "$IPCBENCH" $command
		# a sanitizer misses it as well
		stderr=$(grep -v '^==' <<<"$stderr")
		if [ "$status" -eq 0 ] || [ "$status" -ge 124 ] || [ "$(wc -l <<<"$stderr")" -ne 1 ] ||
			[[ "$stderr" != "ipcbench: /proc is not mounted"*"mount -t proc proc /proc"* ]]; then
			say "$command: status $status:" "$stderr"
			return 1
		fi
	done
}

# A /tmp of its own, and nothing of a login session. need_tmp() has been called.
PLACE='unset XDG_RUNTIME_DIR TMPDIR
mount -t tmpfs -o mode=1777 tmpfs /tmp
[ ! -d /run/user ] || mount -t tmpfs tmpfs /run/user
taken=/tmp/ipcbench-$(id -u)
'

need_tmp() {
	case $IPCBENCH in
	/tmp/*) skip "the program itself is in /tmp" ;;
	esac
}

# What may stand at the place of the ledgers, and what is said of it.
TAKEN='case $2 in
link) mkdir /tmp/elsewhere; ln -s elsewhere "$taken" ;;
file) : >"$taken" ;;
open) mkdir -m 777 "$taken"; chmod 777 "$taken" ;;
other) mkdir -m 755 "$taken"; chown 12345 "$taken" ;;
esac
'

@test "a place that is taken stops nobody: another is found, and told" {
	local kind script
	need_tmp
	for kind in 'link:is a file or a link' 'file:is a file or a link' 'open:has mode 777' \
		'other:belongs to user 12345'; do
		# one user may be all that there is
		if [ "${kind%%:*}" = other ] && ! chown 12345 fifo; then
			continue
		fi
		script='"$1" -t sysv-mq "${@:3}"; ls -A /tmp'
		within "$PLACE$TAKEN$script" "$IPCBENCH" "${kind%%:*}" "${TINY[@]}"
		expect_status 0
		says "sysv-mq"
		same "ipcbench-$(id -u)" "$(tail -n 1 <<<"$output")"
		if [[ "$stderr" != "ipcbench: /tmp/ipcbench-$(id -u) ${kind#*:}"*"set XDG_RUNTIME_DIR"*"is recorded in /tmp/ipcbench-$(id -u)."?????? ]]; then
			say "$stderr"
			return 1
		fi
		script='"$1" clean'
		within "$PLACE$TAKEN$script" "$IPCBENCH" "${kind%%:*}"
		if [ "${kind%%:*}" = other ]; then
			expect_status 0
			says "left alone: /tmp/ipcbench-$(id -u) belongs to user 12345"
		else
			expect_status 1
			says "cannot look into /tmp/ipcbench-$(id -u) ${kind#*:}"
		fi
	done
}

@test "what a killed run recorded in another place is cleaned" {
	need_tmp
	local kill='"$1" -t sysv-mq "${@:3}" -d 60s &
	until grep -q "^ *[0-9-]" /proc/sysvipc/msg; do sleep 0.05; done
	kill -9 $!
	wait $! || true
	while pgrep -x ipcbench; do sleep 0.05; done
	ls -d "$taken".*
	"$1" clean || true
	ls -A /tmp'
	within "$PLACE$TAKEN$kill" "$IPCBENCH" link -s 64 -p same-cpu -T 1
	says "removed System V message queue"
	same "elsewhere ipcbench-$(id -u)" "$(tail -n 2 <<<"$output" | tr '\n' ' ' | sed 's/ $//')"
}
