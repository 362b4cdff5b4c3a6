#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# -t exec: a program as the other side. side.py is one that is sound, or fails as it is told; the examples are in other languages.

# shellcheck disable=SC2154,SC2034,SC2016 # bats sets status, output and stderr; lib.bash reads CSV; back quotes are a page's
load ../lib
load cli
load programs

setup() {
	begin
	SIDE=$BATS_TEST_DIRNAME/side.py
	EXAMPLES=$SOURCE_ROOT/examples/programs
	# the Python of the system, without what may stand before it
	PATH=/usr/bin:$PATH
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	end
	no_programs
}

# side FAULT MODE [ARG...]: measures that side; rows in CSV. The row of a pipe says that the run goes on.
side() {
	measure --transport "exec:program=$SIDE,args=$1,via=${VIA:-unix-stream}" --transport pipe --size 64 --mode "$2" \
		--messages 50 --timeout 20 "${@:3}"
	expect pipe ok '^$'
}

# faulty FAULT MODE REGEX [ARG...]: the row fails for this reason, by whatever the two are connected.
faulty() {
	local VIA
	for VIA in unix-stream pipe; do
		side "$1" "$2" "${@:4}"
		expect exec fail "$3"
		expect_status 1
		no_programs
	done
}

@test "exec: every connection and way to wait, every byte checked" {
	measure -t "exec:$SIDE" -t "exec:$SIDE,via=unix-seqpacket" -t "exec:$SIDE,via=pipe" -t "exec:$SIDE,via=tcp" \
		--size 1,64,100000 --mode latency,throughput --wait block,hybrid,epoll --verify --messages 100
	expect_status 0
	same "72 ok" "$(fields status <"$CSV" | sort | uniq -c | xargs)"
	same 100 "$(fields messages <"$CSV" | sort -u)"
	# round trips have times, a stream has a rate, and nobody saw its first message
	same "" "$(fields mode lat_count msgs_per_s first_message_ns setup_ns <"$CSV" |
		awk -F'\t' '$1 == "latency" ? $2 != 100 || $4 == "" : !($3 > 0) || $4 != "" || !($5 > 0)')"
}

@test "exec: the row says what ran, and no stored run makes a program run" {
	cd "$TMPDIR"
	printf '#!/bin/sh\nexec "%s" none "$@"\n' "$SIDE" >'a:b'
	chmod +x 'a:b'
	cli "${TINY[@]:2}" -t 'exec:./a:b,args=x  y=z,via=pipe' -m throughput -q --csv "$CSV" -o run
	[ "$status" -eq 0 ]
	same 'exec:program=./a:b,args=x  y=z,via=pipe' "$(fields transport <"$CSV" | sort -u)"
	usage "that run ran a program, and a stored file must not choose what is executed; measure with -t 'exec:program=./a:b,args=x  y=z,via=pipe'" --replay run
	echo "run x: 99 launches planned" >run/incomplete
	usage "that run ran a program" --resume run
	rm -r run a:b
}

@test "exec: the program has its CPU, its descriptors, its words and a session of its own" {
	[ "$(nproc)" -ge 2 ] || skip "needs two CPUs"
	SHOW=$BATS_TEST_TMPDIR/shown cli -q -t "exec:program=$SIDE,args=show a  b=c,via=tcp" -s 64 -p cross-cpu -T 1 -n 10 \
		--warmup 0 -m latency,throughput --csv "$CSV"
	[ "$status" -eq 0 ]
	local cpu
	cpu=$(fields cpu_rx <"$CSV" | sort -u)
	same "drain tcp 64 ['a', 'b=c'] [$cpu] [0, 1, 2, 3, 4, 5] True True
echo tcp 64 ['a', 'b=c'] [$cpu] [0, 1, 2, 3, 4, 5] True True" "$(sort "$BATS_TEST_TMPDIR/shown")"
}

@test "exec: the CPU time of all its processes is charged to the receiver" {
	local fault
	# a millisecond for each of 50 messages, in the program or in a child that has left its group
	for fault in burn burn-child; do
		side "$fault" latency --counters
		expect exec ok '^$'
		fields transport rx_user_s rx_sys_s cpu_ns_per_msg rx_cycles mem_pss_bytes <"$CSV" | awk -F'\t' -v fault="$fault" '
			$1 ~ /exec/ && !($2 + $3 >= 0.04 && $2 + $3 < 0.5 && $4 >= 8e5 && $5 == "" && $6 > 4e6) {
				print fault ": " $0
				exit 1
			}'
	done
}

@test "exec: what a program prints and what it leaves behind is no failure" {
	local fault mode
	for fault in silent chatty child stay; do
		for mode in latency throughput; do
			side "$fault" "$mode" --verify
			expect exec ok '^$'
			expect_status 0
			no_programs
		done
	done
}

@test "exec: a program that cannot be started" {
	printf '#!/no/such/interpreter\n' >script
	chmod +x script
	echo data >data
	measure -t exec:./nowhere -t exec:./script -t exec:./data -t exec:no-such-command --size 64 --mode latency --messages 10
	expect_status 1
	fields transport status reason <"$CSV" | sort >rows
	same "exec:program=./data	fail	receiver, attach phase: the program ./data cannot be started: Permission denied; make the file executable with chmod +x
exec:program=./nowhere	fail	receiver, attach phase: the program ./nowhere cannot be started: No such file or directory; name an existing file whose first line names an existing interpreter
exec:program=./script	fail	receiver, attach phase: the program ./script cannot be started: No such file or directory; name an existing file whose first line names an existing interpreter
exec:program=no-such-command	fail	receiver, attach phase: the program no-such-command cannot be started: No such file or directory; it is not in PATH: name a file with a slash, as in ./echo.py" "$(cat rows)"
}

@test "exec: a program that ends early says how, and what it printed last" {
	faulty exit-0 latency '^receiver, attach phase: the program .*side.py ended before its input did; it has to go on until the end of file$'
	faulty exit-0 throughput '^receiver, attach phase: the program .*side.py ended before its input did'
	faulty exit-3 latency '^receiver, attach phase: the program .*side.py ended with status 1; it said: no such file: .*data'
	faulty status-9 throughput '^receiver, attach phase: the program .*side.py ended with status 9$'
	faulty leave latency '^receiver, (warm-up|timed) phase: the program .*side.py ended before its input did'
	faulty leave throughput '^receiver, (warm-up|timed) phase: the program .*side.py ended before its input did'
	faulty crash latency '^receiver, (warm-up|timed) phase: the program .*side.py was ended by signal 11 '
	faulty crash throughput '^receiver, (warm-up|timed) phase: the program .*side.py was ended by signal 11 '
	# when all has been sent
	faulty raise throughput '^receiver, timed phase: the program .*side.py ended with status 1; it said: ValueError: nothing adds up$'
	faulty no-count throughput '^receiver, timed phase: the program .*side.py ended without writing the number of bytes that it read$'
}

@test "exec: a program that forks away and ends is not the one that was named, and its child ends as well" {
	faulty daemon latency '^receiver, (attach|warm-up|timed) phase: the program .*side.py ended before its input did' --warmup 1
	faulty daemon throughput '^receiver, (attach|warm-up|timed) phase: the program .*side.py ended before its input did' --warmup 1
}

@test "exec: wrong bytes, and a wrong number of them" {
	faulty wrong latency '^sender, (warm-up|timed) phase: the program .*side.py: corrupt: byte 63 of message 18 is 0x' --verify
	faulty number latency '^sender, (warm-up|timed) phase: the program .*side.py: lost: message 19 arrived where 18 was due'
	faulty twice latency '^sender, (warm-up|timed) phase: the program .*side.py: duplicate: message 18 arrived again'
	faulty wrong throughput '^sender, timed phase: the program .*side.py: lost: it counted [0-9]+ bytes of [0-9]+$'
	faulty words throughput '^sender, timed phase: the program .*side.py: it wrote "many"; after the end of its input it has to write the number of bytes and a line feed$'
	# where messages have bounds
	VIA=unix-seqpacket side short latency
	expect exec fail '^sender, (warm-up|timed) phase: the program .*side.py: .*Message too long'
}

@test "exec: a program that hangs is named when its launch times out, with what it said and what it has to do" {
	faulty hang latency '^timed out after 6 s in the attach phase: .*side.py has to read all 64 bytes of a message and send them back; it said: waiting for data; if it is only slow, raise --timeout$' --timeout 6
	faulty short latency '^timed out after 6 s in the (warm-up|timed) phase: .*side.py has to read all 64 bytes' --timeout 6
	faulty stuck throughput '^timed out after 6 s in the (warm-up|timed) phase: .*side.py has to read to the end of file and write the number of bytes; if' --timeout 6
	faulty close throughput '^timed out after 6 s in the attach phase: .*side.py has to read to the end of file' --timeout 6
	faulty close latency '^sender, attach phase: the program .*side.py closed its descriptor 4 before its input ended$'
}

@test "exec: what it cannot do is a row that says why, and only -t all leaves it out" {
	measure -t exec --size 64 --mode latency --messages 10
	expect exec skip '^no program to run; name one, as in -t exec:./echo.py'
	measure -t "exec:$SIDE" --size 64 --mode rate --rate 1k --placement cross-cpu
	expect exec skip '^(the program does not read our clock; use --mode latency or throughput$|.*CPU)'
	measure -t "exec:$SIDE" --size 64 --mode latency --messages 10 --dispatch indirect
	expect exec skip '^exec has loops of its own'
	measure -t "exec:$SIDE" --size 64K --mode latency --messages 10 --footprint 1M
	expect exec skip '^the program chooses its buffers; use --footprint hot$'
	measure -t "exec:$SIDE,via=unix-seqpacket" --size 64M --mode latency --messages 10
	expect exec skip '^64 MiB exceeds '
	measure -t "exec:$SIDE,via=shm" --size 64 --mode throughput --messages 10
	expect exec skip '^via=shm has room for one message each way; use --mode latency or via=unix-stream$'
	measure -t "exec:$SIDE" --size 64 --mode throughput --batch 4 --messages 10
	expect exec skip '^exec moves messages one by one'
}

# The program, then its child.
processes_of_side() {
	pgrep -f "^[^ ]*python[^ ]* $SIDE child" | sort -n
}

two_processes() {
	[ "$(processes_of_side | wc -l)" -eq 2 ]
}

# struck SIGNAL VICTIM: the launch of a program with a child that has left its group, struck in its window.
struck() {
	start --transport "exec:program=$SIDE,args=child" --size 64 --mode latency --duration 20 --timeout 60
	until_true 20 both_workers
	until_true 20 two_processes
	case $2 in
	driver) kill "-$1" "$driver" ;;
	sender) kill "-$1" "$(workers | head -n 1)" ;;
	receiver) kill "-$1" "$(workers | tail -n 1)" ;;
	program) kill "-$1" "$(processes_of_side | head -n 1)" ;;
	esac
	finish 20
}

@test "exec: nothing is left when the driver, a side or the program is killed" {
	local victim
	struck KILL driver
	no_programs
	until_true 20 no_process
	struck INT driver
	no_programs
	for victim in sender receiver; do
		struck KILL "$victim"
		expect exec fail "^the $victim was killed by signal 9 "
		no_programs
	done
	struck KILL program
	expect exec fail '^receiver, .* phase: the program .*side.py was ended by signal 9 '
	no_programs
}

# What runs here of a sanitized build is the same for side.py, shm.py and echo.py.
needs_examples() {
	[ -z "${SANITIZED-}" ] || skip "the examples run beside the build without sanitizers"
}

# example FILE VIA...: the example measures in both modes, every byte checked.
example() {
	local via
	for via in "${@:2}"; do
		measure -t "exec:$1,via=$via" --size 64,40000 --mode latency,throughput --verify --messages 50 --timeout 60
		expect_status 0
		same "4 ok" "$(fields status <"$CSV" | sort | uniq -c | xargs)"
	done
}

# Java runs a source only with its compiler.
can_java() {
	command -v java >/dev/null && java --list-modules | grep -q '^jdk.compiler'
}

@test "exec: the example in Python" {
	example "$EXAMPLES/echo.py" unix-stream unix-seqpacket pipe tcp
}

@test "exec: the examples of shared memory" {
	local example
	for example in shm.py Mapped; do
		if [ "$example" = Mapped ]; then
			needs_examples
			can_java || skip "not installed: default-jdk-headless"
		fi
		measure -t "exec:$EXAMPLES/$example,via=shm" --size 1,40000 --mode latency --verify --messages 50 --timeout 60
		expect_status 0
		same "2 ok" "$(fields status <"$CSV" | sort | uniq -c | xargs)"
		no_programs
	done
}

@test "exec: the example for the shell" {
	needs_examples
	example "$EXAMPLES/echo.sh" unix-stream pipe tcp
}

@test "exec: the example for Node" {
	needs_examples
	command -v node >/dev/null || skip "not installed: nodejs"
	example "$EXAMPLES/echo.js" unix-stream pipe tcp
}

@test "exec: the example in Go" {
	needs_examples
	command -v go >/dev/null || skip "not installed: golang-go"
	GOCACHE=$BATS_TEST_TMPDIR/cache go build -o "$BATS_TEST_TMPDIR/echo" "$EXAMPLES/echo.go"
	example "$BATS_TEST_TMPDIR/echo" unix-stream unix-seqpacket tcp
}

@test "exec: the example in Java" {
	needs_examples
	can_java || skip "not installed: default-jdk-headless"
	example "$EXAMPLES/Echo" unix-stream tcp
}

@test "exec: the examples are short, and the page shows one of them" {
	same "$(cat "$EXAMPLES/echo.py")" "$(sed -n '/^```python$/,/^```$/p' "$SOURCE_ROOT/docs/programs.md" | sed '1d; /^```$/,$d')"
	same "" "$(cd "$EXAMPLES" && wc -l ./echo* ./shm* ./Echo ./Mapped | awk '$1 > 36 && $2 != "total"')"
}
