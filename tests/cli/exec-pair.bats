#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# -t exec-pair: a program that makes both sides and reports. pair-side.sh is one that is sound, or lies as it is told.

# shellcheck disable=SC2154,SC2034,SC2016 # bats sets status, output and stderr; lib.bash reads CSV; back quotes are a page's
load ../lib
load cli
load programs

setup() {
	begin
	EXAMPLES=$SOURCE_ROOT/examples/programs
	# the Python of the system, without what may stand before it
	PATH=/usr/bin:$PATH
	cd "$BATS_TEST_TMPDIR" || return
	ln -s "$BATS_TEST_DIRNAME/pair-side.sh" side
}

teardown() {
	end
	no_programs
}

# sides FAULT...: the option for each of them.
sides() {
	printf -- '-t exec-pair:./side,args=%s ' "$@"
}

# faults MODE [ARG...]: runs the sides that standard input names, one a line with the reason of its row behind a tab.
faults() {
	cat >expected
	# shellcheck disable=SC2046 # words
	measure $(sides $(cut -f1 expected)) --size 64 --mode "$1" "${@:2}"
	expect_status 1
	fields transport status reason <"$CSV" | awk -F'\t' '{
		sub(/.*args=/, "", $1)
		# numbers of nanoseconds that the clock told
		sub(/outside 1 to [0-9]+/, "outside 1 to N", $3)
		print $1 "\t" ($2 == "fail" ? $3 : $2)
	}' | LC_ALL=C sort >found
	diff <(LC_ALL=C sort expected) found >&2
	no_programs
}

@test "exec-pair: it says how many and how long, and the row says that it says so" {
	local fault
	for fault in none histogram late flood; do
		measure -t "exec-pair:./side,args=$fault" -t pipe --size 64 --mode latency,throughput --messages 50 --warmup 0
		expect_status 0
		same "4 ok" "$(fields status <"$CSV" | sort | uniq -c | xargs)"
		fields transport mode messages duration_s lat_count lat_min_ns lat_max_ns msgs_per_s setup_ns first_message_ns flags <"$CSV" |
			awk -F'\t' '
				/^pipe/ && /self-reported/ { bad = 1 }
				!/^exec-pair/ { next }
				{ bad += !/self-reported/ || $3 != 50 || $4 < 0.00199 || $4 > 0.0021 || !($9 > 0) || $10 != ""; n++ }
				$2 == "latency" && ($5 != 50 || $6 < 19990 || $7 > 20010) { bad = 1 }
				$2 == "throughput" && ($5 != "" || $8 < 24e3 || $8 > 25100) { bad = 1 }
				END { exit bad || n != 2 }
			' || { say "$fault:" "$(cat "$CSV")"; return 1; }
		no_programs
	done
}

@test "exec-pair: nothing that it says is believed as it stands" {
	faults latency --messages 50 --warmup 0 <<-'END'
		status-0	sender, attach phase: the program ./side: it ended with status 0 before it wrote its "hello"
		status-3	sender, attach phase: the program ./side ended with status 3; it said: no such queue
		crash	sender, attach phase: the program ./side was ended by signal 11 (Segmentation fault)
		endless	sender, attach phase: the program ./side (told): it wrote {"hello": ...} where {"ready": ...} is due
		close	sender, attach phase: the program ./side: it closed descriptor 4 before it wrote its "hello"
		garbage	sender, attach phase: the program ./side: a line is not a JSON object: "Listening on port 80" ('[' or '{' expected near 'Listening')
		list	sender, attach phase: the program ./side: it wrote an array where {"hello": ...} is due
		deep	sender, attach phase: the program ./side: a line is not a JSON object: "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[" (maximum parsing depth reached near '[')
		giant	sender, attach phase: the program ./side: a line has more than 262144 bytes; use several lines of "times"
		order	sender, attach phase: the program ./side: it wrote {"ready": ...} where {"hello": ...} is due
		two	sender, attach phase: the program ./side: it wrote another number of members than one where {"hello": ...} is due
		protocol	sender, attach phase: the program ./side: hello.protocol is 2; it has to be 1
		nameless	sender, attach phase: the program ./side: hello.name has to be a string of 1 to 40 bytes
		die	sender, timed phase: the program ./side (told): it ended with status 0 before it wrote its "result"
		daemon	sender, timed phase: the program ./side (told): it ended with status 0 before it wrote its "result"
		killed	sender, timed phase: the program ./side was ended by signal 9 (Killed)
		slow	sender, timed phase: the program ./side (told): result.elapsed_ns is 99000000000, outside 1 to N
		fast	sender, timed phase: the program ./side (told): result.messages is 50 in result.elapsed_ns 10; the most is one per ns
		fewer	sender, timed phase: the program ./side (told): result.messages is 49; it has to be 50
		more	sender, timed phase: the program ./side (told): result.messages is 51; it has to be 50
		missing	sender, timed phase: the program ./side (told): result.elapsed_ns is missing; it has to be a whole number
		real	sender, timed phase: the program ./side (told): result.elapsed_ns is of another type; it has to be a whole number
		huge	sender, timed phase: the program ./side (told): a line is not a JSON object: "{"result": {"messages": 50, "elapsed_ns"" (too big integer near '99999999999999999999')
		negative	sender, timed phase: the program ./side (told): result.elapsed_ns is -1, outside 1 to N
		short	sender, timed phase: the program ./side (told): times is empty
		long	sender, timed phase: the program ./side (told): there are more times than the 50 of result.messages
		above	sender, timed phase: the program ./side (told): times[0] is 2000001, above the 2000000 of result.elapsed_ns
		sum	sender, timed phase: the program ./side (told): times add up to 4500000, above the 2000000 of result.elapsed_ns
		text	sender, timed phase: the program ./side (told): times[0] is not a whole number of nanoseconds
		number	sender, timed phase: the program ./side (told): times is neither an array nor a histogram
		twice	sender, timed phase: the program ./side (told): a histogram has to be the only line of "times"
		coarse	sender, timed phase: the program ./side (told): times: the histogram has 2 significant digits; use 3 or more
		damaged	sender, timed phase: the program ./side (told): times: the histogram is damaged: its compressed bytes are not as long as it says
		again	sender, timed phase: the program ./side (told): it wrote {"result": ...} where {"times": ...} is due
	END
	# it was told to go on for longer
	measure -t exec-pair:./side,args=early --size 64 --mode throughput --duration 0.02 --warmup 0
	expect exec-pair fail '^sender, timed phase: the program ./side \(told\): result.elapsed_ns is [0-9]+, outside [0-9]+ to [0-9]+$'
}

@test "exec-pair: silence is told by what it has to do when the launch times out" {
	faults latency --messages 50 --warmup 0 --timeout 4 <<-'END'
		hang	timed out after 4 s in the attach phase: ./side has to write its "hello"; it said: looking for a queue; if it is only slow, raise --timeout
		hang-go	timed out after 4 s in the timed phase: ./side has to move messages and write its "result"; if it is only slow, raise --timeout
	END
}

@test "exec-pair: it is told what to do, and may run on the CPUs of both sides" {
	[ "$(nproc)" -ge 2 ] || skip "needs two CPUs"
	SHOW=$BATS_TEST_TMPDIR/shown cli -q -t exec-pair:./side,args=show -s 64 -p cross-cpu -T 1 -n 50 --warmup 0 -m latency --verify \
		--seed 7 --csv "$CSV"
	[ "$status" -eq 0 ]
	local cpus
	cpus=$(fields cpu_tx cpu_rx <"$CSV" | tr '\t' ,)
	same "[\"latency\",64,[$cpus]]" "$(sed -n 1p shown | jq -c '.config | [.mode, .size, .cpus]')"
	same "[50,9007199254740991,false,true,true]" \
		"$(sed -n 3p shown | jq -c '.go | [.messages, .duration_ns, .warmup, .verify, (.seed | type == "number")]')"
	same "$(tr , '\n' <<<"$cpus" | sort -n | xargs)" \
		"$(sed -n 2p shown | cut -f2 | tr -s ',-' '[\n*]' | sort -n | xargs)"
}

@test "exec-pair: the CPU time of all its processes is charged, but not what it takes to report" {
	# shellcheck disable=SC2046 # words
	measure $(sides burn burn-late) --size 64 --mode latency --messages 50 --warmup 0
	expect_status 0
	fields transport tx_user_s tx_sys_s cpu_ns_per_msg mem_pss_bytes <"$CSV" | awk -F'\t' '
		/late/ { late = $2 + $3 }
		!/late/ { burn = $2 + $3; each = $4; held = $5 }
		END { exit !(burn > 0.005 && late < burn / 2 && each > 1e5 && held > 1e5) }' || {
		say "$(cat "$CSV")"
		return 1
	}
}

@test "exec-pair: it warms up until it becomes no faster" {
	# shellcheck disable=SC2046 # words
	measure $(sides none compiles) --size 64 --mode throughput --duration 0.02 --warmup 0.1
	expect_status 0
	fields transport warmup_s flags <"$CSV" | awk -F'\t' '
		/none/ { bad += $3 ~ /unsteady/ || !($2 >= 0.1) }
		/compiles/ { bad += $3 !~ /unsteady/ || !($2 >= 1) }
		END { exit bad }' || {
		say "$(fields transport warmup_s flags <"$CSV")"
		return 1
	}
}

@test "exec-pair: it is not ranked beside what was measured" {
	cli -t exec-pair:./side,pipe -s 64 -p same-cpu -T 6 -n 50 --warmup 0 -m latency -o run
	[ "$status" -eq 0 ]
	says "Q: self-reported"
	says "Self-reported rows are not ranked"
	[[ "$output" != *"pipe "*"exec-pair:program=./side "*[0-9]× ]]
	cli advise run --need 'p50<1s'
	[ "$status" -eq 0 ]
	says "self-reported, so not compared with measured ones"
	cli report run --output page.html
	[ "$status" -eq 0 ]
	usage "that run ran a program" --replay run
}

@test "exec-pair: what it cannot do is a row that says why" {
	measure -t exec-pair -t exec-pair:./side --size 64 --mode latency --messages 10 --dispatch indirect
	fields reason <"$CSV" >reasons
	measure -t exec-pair:./side --size 64 --mode setup,oneway --placement same-cpu --messages 10
	fields reason <"$CSV" >>reasons
	measure -t exec-pair:./side --size 64 --mode latency --messages 10 --timeline --output run
	fields reason <"$CSV" >>reasons
	measure -t exec-pair:./side --size 64 --mode latency --messages 10 --think 1us
	fields reason <"$CSV" >>reasons
	measure -t exec-pair:./side --size 64K --mode latency --messages 10 --footprint 1M
	fields reason <"$CSV" >>reasons
	same "exec-pair does not report when a message was slow; leave out --timeline
exec-pair has loops of its own; use it without --dispatch indirect and --slowdown
exec-pair reports times and counts itself; use --mode latency or throughput
no program to run; name one, as in -t exec-pair:./pair.py (docs/programs.md)
the program chooses its buffers; use --footprint hot
the program sends when it likes to; use it without --think" "$(LC_ALL=C sort -u reasons)"
}

any_program() {
	[ -n "$(programs)" ]
}

@test "exec-pair: nothing is left when the driver is killed" {
	start --transport exec-pair:./side,args=hang-go --size 64 --mode latency --messages 50 --timeout 60
	until_true 20 both_workers
	until_true 20 any_program
	kill -KILL "$driver"
	finish 20
	no_programs
	until_true 20 no_process
}

# example FILE...: each measures in both modes.
example() {
	# shellcheck disable=SC2046 # words
	measure $(printf -- "-t exec-pair:$EXAMPLES/%s " "$@") --size 64,40000 --mode latency,throughput --verify --messages 50 --timeout 60
	expect_status 0
	same "$((4 * $#)) ok" "$(fields status <"$CSV" | sort | uniq -c | xargs)"
}

@test "exec-pair: the examples in Python" {
	example pair.py pair-pipe.py pair-shm.py
}

@test "exec-pair: the example for Node" {
	command -v node >/dev/null || skip "not installed: nodejs"
	example pair.js
}

@test "exec-pair: the page shows an example, which is short" {
	same "$(cat "$EXAMPLES/pair.py")" "$(sed -n '/^```python$/,/^```$/p' "$SOURCE_ROOT/docs/programs.md" | sed -n '/"""Both sides/,$p' |
		sed '1i#!/usr/bin/env python3' | sed '$d')"
	same "" "$(cd "$EXAMPLES" && wc -l ./pair* | awk '$1 > 50 && $2 != "total"')"
}
