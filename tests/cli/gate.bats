#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# ipcbench gate: verdicts over programs whose speed is made up, so that they are certain; protocol,
# files and ends over the real one.

# shellcheck disable=SC2154 # bats sets status, output and stderr
load ../lib
load cli

setup() {
	begin
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	end
}

# as many as a p99 takes, even where a quarter is dropped
ENOUGH=(--blocks "27,60")

# program NAME EXPRESSION [STATUS REASON]: writes a row as ipcbench does, whose latency is the awk
# EXPRESSION over n, the number of the slice, and u, which lies in 0..1 and looks random; the
# throughput is a thousand millions over it.
program() {
	cat >"$1" <<-END
		#!/bin/sh
		n=0
		[ ! -e slices ] || read -r n <slices
		echo \$((n + 1)) >slices
		awk -v n=\$((n + 1)) 'BEGIN {
			u = (n * 7919 + 13) % 1009 / 1008
			v = $2
			print "status,reason,msgs_per_s,lat_p50_ns,lat_p99_ns,cpu_ns_per_msg"
			printf "${3:-ok},${4-},%.6f,%.6f,%.6f,500\n", 1e9 / v, v, 3 * v
		}'
	END
	chmod +x "$1"
}

# gates STATUS ARG...: ends so, without a word on standard error.
gates() {
	local wanted=$1
	shift
	cli gate "$@"
	# a busy machine, or one without a trusted counter, has a clock of its own; that is said
	stderr=$(grep -v 'counter\|tsc\|cntvct' <<<"$stderr" || true)
	if [ "$status" -ne "$wanted" ] || [ -n "$stderr" ]; then
		say "gate $*: status $status instead of $wanted:" "$stderr" "$output"
		return 1
	fi
}

# csv_rows FILE COLUMN...: of every row.
csv_rows() {
	local file=$1
	shift
	fields "$@" <"$file" | tr '\t' ' '
}

# verdicts: metric and verdict of each row of the CSV in $output.
verdicts() {
	printf '%s\n' "$output" >out.csv
	csv_rows out.csv metric verdict | tr '\n' ' '
}

# gone PID: the process has ended, whether or not somebody has reaped it.
gone() {
	local try state
	for ((try = 0; try < 50; try++)); do
		state=$(sed 's/.*) //; s/ .*//' "/proc/$1/stat" 2>/dev/null) || return 0
		[ "$state" != Z ] || return 0
		sleep 0.1
	done
	say "process $1 is there: $(tr '\\0' ' ' <"/proc/$1/cmdline")"
	return 1
}

# Every process whose number a program has put into `pids` has ended.
all_gone() {
	local pid
	[ -s pids ]
	while read -r pid; do
		gone "$pid" || return 1
	done <pids
}

# field NAME ROW: of the CSV file out.csv
field() {
	csv_rows out.csv "$1" | sed -n "${2}p"
}

@test "no difference passes" {
	program a '1000 + 10 * u'
	gates 0 --base ./a --new ./a
	says "PASS: "
	says "Median latency"
	gates 0 --base ./a --new ./a --csv - "${ENOUGH[@]}"
	same "latency pass mean pass p99 pass cpu pass " "$(verdicts)"
	[ -n "$(field look 1)" ]
}

@test "a loss is a regression, and of its size" {
	program a '1000 + 10 * u'
	program b '1070 + 10 * u'
	gates 1 --base ./a --new ./b --csv - --seed 7 "${ENOUGH[@]}"
	same "latency regression mean regression p99 regression cpu pass " "$(verdicts)"
	awk -v r="$(field ratio 1)" 'BEGIN { exit !(r > 1.065 && r < 1.075) }'
	awk -v p="$(field p_holm 1)" 'BEGIN { exit !(p < 0.01) }'
	gates 1 --base ./a --new ./b
	says "REGRESSION: "
}

@test "a version that does not know --layout is named, with the remedy" {
	program a '1000 + 10 * u'
	cat >old <<-'END'
		#!/bin/sh
		case " $* " in
		*" --layout "*)
			echo "ipcbench: unknown option --layout (--help shows all)" >&2
			exit 2
			;;
		esac
		exec ./a "$@"
	END
	chmod +x old
	gates 4 --base ./old --new ./a
	says "./old does not know --layout; give --layout fixed"
	# as versions before said it
	sed -i 's/unknown option/there is no option/' old
	gates 4 --base ./old --new ./a
	says "./old does not know --layout; give --layout fixed"
	gates 0 --base ./old --new ./a --layout fixed
	says "PASS"
	gates 0 --base ./a --new ./a --dry-run
	says "layout random"
	gates 0 --base ./a --new ./a --layout fixed --dry-run
	[[ "$output" != *"layout random"* ]]
}

@test "several builds of a version take turns, and their differences are chance" {
	local name many=()
	for name in 1000 1100 1004 1080 1084; do
		program "p$name" "$name + 2 * u"
	done
	# two of three layouts against one of three: a mean of +3.2 %, which a draw of layouts explains
	gates 3 --base ./p1000 --base ./p1000 --base ./p1100 \
		--new ./p1000 --new ./p1100 --new ./p1100 --metrics latency --seed 5 -o run
	says "3 builds of base and 3 of new took turns"
	# each is named, by the number that its blocks have
	says "build 3 of base: ./p1100"
	says "build 3 of new: ./p1100"
	says "For an answer give it more builds"
	same "layout" "$(csv_rows run/compare.csv mde_by)"
	same "./p1000 ./p1000 ./p1100 ./p1000 ./p1100 ./p1100" \
		"$(jq -r '(.builds_base + .builds_new)[]' run/gate.json | xargs)"
	cli report run -o report.html
	grep -q 'build 2 of new: ./p1100' report.html
	gates 0 --base ./p1000 --base ./p1004 --new ./p1080 --new ./p1084 --new ./p1100 --dry-run
	says "base  ./p1000
      ./p1004
new   ./p1080
      ./p1084
      ./p1100
"
	same 9 "$(csv_rows run/blocks.csv build_base build_new | sort -u | wc -l)"
	# a loss that all layouts show
	gates 1 --base ./p1000 --base ./p1004 --base ./p1000 \
		--new ./p1080 --new ./p1084 --new ./p1084 --metrics latency --seed 5
	says "REGRESSION"
	# one build of the base is one draw as well
	gates 3 --base ./p1000 --new ./p1000 --new ./p1100 --new ./p1100 --metrics latency --seed 5
	# fewer blocks than builds are not those of one build each, of which all would pass
	for name in 1 2 3 4 5; do
		many+=(--base ./p1000 --new ./p1000)
	done
	gates 3 "${many[@]}" --metrics latency --blocks 8,9
	# and of two builds both are measured
	gates 3 --base ./p1000 --new ./p1000 --new ./p1100 --metrics latency --seed 5 -o two
	says "Student's t, 1 degree of freedom"
	same "1 2" "$(csv_rows two/blocks.csv build_new | sort -u | xargs)"
	cli gate --base pipe --base fifo --new shm
	[ "$status" -eq 2 ]
	grep -q 'base: "pipe" is not a path, and only builds are given several times' <<<"$stderr"
}

@test "a gain passes, and exchanging the versions mirrors the change" {
	program a '1000 + 10 * u'
	program b '1070 + 10 * u'
	gates 0 --base ./b --new ./a --csv - "${ENOUGH[@]}"
	[[ "$(verdicts)" =~ ^"latency "(improved|pass)" mean "(improved|pass)" p99 "(improved|pass)" cpu pass "$ ]]
	awk -v r="$(field ratio 1)" 'BEGIN { exit !(r > 1 / 1.075 && r < 1 / 1.065) }'
}

@test "less throughput is a regression, more is not" {
	program a '1000 + 10 * u'
	program b '1070 + 10 * u'
	gates 1 --base ./a --new ./b --csv - -m throughput
	same "throughput regression mean regression cpu pass " "$(verdicts)"
	gates 0 --base ./b --new ./a --csv - -m throughput
	[[ "$(verdicts)" =~ ^"throughput "(improved|pass)" mean "(improved|pass)" cpu pass "$ ]]
}

@test "a loss below the minimum effect is no regression, and no pass above the tolerance" {
	program a '1000'
	program b '1020'
	gates 0 --base ./a --new ./b --csv - --metrics latency
	same "latency pass " "$(verdicts)"
	gates 3 --base ./a --new ./b --csv - --metrics latency --tolerance 1%
	same "latency inconclusive " "$(verdicts)"
	gates 1 --base ./a --new ./b --csv - --metrics latency --min-effect 1%
	same "latency regression " "$(verdicts)"
}

@test "noise is inconclusive, and says what could have been shown" {
	program a '1000 * exp(6 * sin(n * n))'
	gates 3 --base ./a --new ./a --metrics latency --seed 3 --csv -
	same "latency inconclusive " "$(verdicts)"
	same "" "$(field look 1)"
	[ "$(field blocks 1)" -ge 30 ]
	awk -v m="$(field mde 1)" 'BEGIN { exit !(m > 0.1) }'
	rm slices
	gates 3 --base ./a --new ./a --metrics latency --seed 3
	says "INCONCLUSIVE"
}

@test "a drift that a fixed order would call a change is none" {
	program a '1000 + 3 * n'
	gates 0 --base ./a --new ./a --metrics latency --csv -
	same "latency pass " "$(verdicts)"
}

@test "stalls that leave the median as it was are a regression of the mean" {
	program a '1000 + 10 * u'
	# the throughput, which tells the mean, falls by a tenth; the median and the p99 do not
	sed 's|1e9 / v|1e9 / (1.1 * v)|' a >stalls
	# one launch in five takes half as long again
	sed 's|1e9 / v|1e9 / (u < 0.2 ? 1.5 * v : v)|' a >modes
	chmod +x stalls modes
	gates 1 --base ./a --new ./stalls --csv - --seed 1 "${ENOUGH[@]}"
	same "latency pass mean regression p99 pass cpu pass " "$(verdicts)"
	awk -v r="$(field ratio 2)" 'BEGIN { exit !(r > 1.09 && r < 1.11) }'
	gates 1 --base ./a --new ./modes --csv - --seed 1 "${ENOUGH[@]}"
	same "latency pass mean regression p99 pass cpu pass " "$(verdicts)"
	# who does not ask for the mean is not told that it is fine
	gates 0 --base ./a --new ./stalls --metrics latency,cpu --seed 1
	says "PASS: not worse by 5% or more in 2 comparisons of median latency, CPU time per message"
}

# slow PER_S: a program that moves so many messages a second, in windows as long as it is told, and
# says that the hypervisor took time away
slow() {
	cat >slow <<-END
		#!/bin/sh
		while [ "\$1" != --duration ]; do shift; done
		awk -v s="\$2" 'BEGIN {
			print "status,flags,messages,duration_s,lat_p50_ns,cpu_ns_per_msg"
			printf "ok,steal;short-run,%d,%g,1000,500\n", s * $1, s
		}'
	END
	chmod +x slow
}

@test "slices of few messages are lengthened, or not judged" {
	slow 1000
	gates 0 --base ./slow --new ./slow --csv -
	same "latency pass mean pass p99 inconclusive cpu pass " "$(verdicts)"
	gates 0 --base ./slow --new ./slow -o d
	says "slices of 200 ms, because shorter ones have too few messages"
	same "200" "$(csv_rows d/blocks.csv messages | sort -u)"
	# with the limit of a slice that was given for shorter ones
	sed 's/^while/echo "$*" >>lines; &/' slow >tells
	chmod +x tells
	gates 0 --base ./tells --new ./tells --blocks 12,14 --timeout 1s -d 30ms
	same "--timeout 1 --timeout 1.17" "$(grep -o -- '--timeout [0-9.]*' lines | uniq | xargs)"
	# enough for now, but none to spare for a slice that is slow
	slow 4500
	gates 0 --base ./slow --new ./slow
	says "slices of 44 ms, because shorter ones have too few messages"
	# in no window that is bearable; totals are judged of what there is
	slow 100
	gates 3 --base ./slow --new ./slow --metrics latency,mean,cpu --csv -
	same "latency inconclusive mean pass cpu pass " "$(verdicts)"
	gates 3 --base ./slow --new ./slow --metrics latency,cpu
	says "blocks have a slice of fewer than 100 messages; raise --duration"
}

@test "a slice that is short because it was slow speaks for a regression" {
	slow 8000
	# one launch in five takes three times as long for a message
	# shellcheck disable=SC2016 # for the shell of that script
	sed 's|^awk|echo x >>slices; awk -v n="$(wc -l <slices)"|; s|s \* 8000|s * (n % 5 ? 8000 : 2600)|' slow >modes
	chmod +x modes
	gates 1 --base ./slow --new ./modes --metrics latency,mean --csv - -o d
	same "latency inconclusive mean regression " "$(verdicts)"
	same "78 240" "$(csv_rows d/blocks.csv messages | sort -nu | xargs)"
}

@test "a median is judged whatever a few short slices would have said" {
	slow 8000
	# one launch in 37 has few messages
	# shellcheck disable=SC2016 # for the shell of that script
	sed 's|^awk|echo x >>slices; awk -v n="$(wc -l <slices)"|; s|s \* 8000|s * (n % 37 ? 8000 : 2600)|' slow >rare
	chmod +x rare
	gates 0 --base ./slow --new ./rare --metrics latency --csv - -o d
	same "latency pass " "$(verdicts)"
	same "78 240" "$(csv_rows d/blocks.csv messages | sort -nu | xargs)"
}

@test "a version that chooses a batch of its own is not compared with another" {
	# as before --batch: 256 messages of 64 B at once, without a column that says so
	cat >old <<-'END'
		#!/bin/sh
		while [ "$1" != --transport ]; do shift; done
		echo "status,transport,wait,mode,size_bytes,msgs_per_s"
		echo "ok,\"$2\",spin,throughput,64,1000000"
	END
	sed 's/,msgs_per_s/,batch&/; s/,64,/,64,1,/' old >new
	chmod +x old new
	gates 4 --base ./old --new ./new -t shm -m throughput --metrics throughput
	says "base, block 1: ./old is from before --batch and chooses its own batches (256), but the cell has batch 1; give --transport shm:batch=1"
	gates 4 --base ./new --new ./old -t shm:chunk=1K -m throughput --metrics throughput
	says "chooses its own batches (unknown), but the cell has batch 1; give --transport shm:chunk=1K,batch=1"
	gates 0 --base ./old --new ./new -t shm:batch=1 -m throughput --metrics throughput
	gates 4 --base ./new --new ./new -t shm -m throughput --metrics throughput --batch 256
	says "./new measured with batch 1 and not 256; name a build of ipcbench"
}

@test "what slices say against themselves reaches the blocks and the verdict" {
	slow 100000
	gates 0 --base ./slow --new ./slow --seed 1 -o d
	says "note pipe block latency 64 B same-cpu layout random: slices flagged steal in 80 of 80, short-run in 80 of 80"
	same "steal;short-run" "$(csv_rows d/blocks.csv flags | sort -u)"
	jq -e '.blocks | all(.slices | all(.flags == ["steal", "short-run"]))' d/gate.json >/dev/null
	jq -e '.notes | any(contains("steal in 80 of 80"))' d/gate.json >/dev/null
}

@test "a p99 is judged where it was asked for, and else where slices carry it" {
	program a '1000 + 10 * u'
	gates 0 --base ./a --new ./a --metrics p99 --csv -
	same "p99 pass " "$(verdicts)"
	# those that a busy machine makes it drop count as well
	[ $(($(field blocks 1) + $(field dropped 1))) -ge 20 ]
	gates 3 --base ./a --new ./a --metrics p99 --csv - --blocks 8,12
	says "a p99 takes 20 blocks; raise --blocks"
	sed 's/lat_p99_ns/other/' a >short
	chmod +x short
	gates 3 --base ./short --new ./short --metrics p99
	says "have a slice of fewer than the 1000 messages that a p99 needs; raise --duration"
	gates 0 --base ./short --new ./short
	says "3 comparisons of median latency, mean time per message, CPU time per message; 1 of p99 latency not decided"
	# one that seems to be worse has its second look, as a median has
	sed 's|3 \* v|1000 + 1400 * u|' a >wide
	sed 's|3 \* v|1300 + 1400 * u|' a >wider
	chmod +x wide wider
	gates 1 --base ./wide --new ./wider --csv - --seed 1 --blocks 27,200
	same "latency pass mean pass p99 regression cpu pass " "$(verdicts)"
}

@test "what neither version runs is skipped, and nothing passes by it" {
	program a 1 skip "not here"
	gates 4 --base ./a --new ./a
	says "not here"
	program b '1000'
	gates 4 --base ./b --new ./a
	says "new cannot run what base runs: not here"
	gates 4 --base ./a --new ./b
	says "skip"
}

@test "a version that fails is not measured, and says which" {
	program a '1000'
	program b 1 fail "lost 3 messages"
	gates 4 --base ./a --new ./b
	says "new, block 1: lost 3 messages"
	gates 4 --base ./b --new ./a --csv -
	same "fail" "$(printf '%s\n' "$output" >out.csv && field verdict 1)"
}

@test "a program that is no ipcbench is told by what it does" {
	program a '1000'
	printf '#!/bin/sh\necho hello\n' >talks
	printf '#!/bin/sh\necho "ipcbench: --slice: unknown option" >&2\nexit 2\n' >old
	printf '#!/bin/sh\nkill -SEGV $$\n' >crashes
	printf '#!/bin/sh\nexit 0\n' >silent
	chmod +x talks old crashes silent
	gates 4 --base ./a --new ./talks
	says "did not write one row of results"
	gates 4 --base ./old --new ./a
	says "base, block 1: --slice: unknown option"
	printf '#!/bin/sh\nprintf "a\\033[2Jb\\001" >&2\nexit 2\n' >old
	gates 4 --base ./old --new ./a --csv out.csv
	says "base, block 1: a?[2Jb?"
	grep -q 'block 1: a?\[2Jb?' out.csv
	program b 1 fail "$(printf 'lost \033[2J')"
	gates 4 --base ./b --new ./a --csv out.csv
	grep -q 'block 1: lost ?\[2J' out.csv
	gates 4 --base ./a --new ./crashes
	says "was ended by Segmentation fault"
	gates 4 --base ./a --new ./silent
	says "wrote no row of results; name a build of ipcbench"
}

@test "a program that hangs is killed" {
	program a '1000'
	printf '#!/bin/sh\ntrap "" TERM\nsleep 1000 &\necho $$ >pids\necho $! >>pids\nwait; wait\n' >hangs
	chmod +x hangs
	gates 4 --base ./a --new ./hangs --timeout 100ms
	says "was killed; raise --timeout"
	all_gone
}

@test "a program whose child outlives it is no obstacle, and the child goes" {
	program a '1000 + 10 * u'
	sed 's|^n=0|sleep 1000 \& echo $! >>pids; &|' a >leaves
	chmod +x leaves
	gates 0 --base ./leaves --new ./leaves --metrics latency --blocks 12,14
	all_gone
}

@test "a program that breaks after its row is not believed" {
	program a '1000'
	sed '$a kill -SEGV $$' a >breaks
	sed '$a echo "ipcbench: lost the database" >\&2; exit 1' a >complains
	sed 's|,500\\n|,500|' a >'cut'
	chmod +x breaks complains cut
	gates 4 --base ./a --new ./breaks
	says "was ended by Segmentation fault"
	gates 4 --base ./a --new ./complains
	says "new, block 1: lost the database"
	gates 4 --base ./a --new ./cut
	says "did not write one row of results"
	cli gate --quiet --base ./a --new ./complains
	[ "$status" -eq 4 ]
	[ -z "$output" ]
	[[ "$stderr" == *"ipcbench: NOT MEASURED: 1 of 1 cell failed"* ]]
	[[ "$stderr" == *": fail: new, block 1: lost the database" ]]
}

@test "a metric that a version does not measure, in all blocks or in some, is not judged" {
	program a '1000'
	sed 's/lat_p99_ns/other/' a >without
	sed 's/cpu_ns_per_msg/other/' a >idle
	chmod +x without idle
	gates 3 --base ./a --new ./without --metrics p99
	says "have a slice of fewer than the 1000 messages that a p99 needs; raise --duration"
	gates 3 --base ./a --new ./idle --metrics cpu --blocks 4,5
	says "have no value of it; compare versions that measure it"
	usage "none of the metrics asked for is measured in mode latency" gate --base ./a --new ./a \
		--metrics throughput
}

@test "a mechanism of one's own is gated by wrappers" {
	mkdir old new
	cp "$PLANTED" old/mine.so
	cp "$PLANTED" new/mine.so
	cp "$PLANTED" mine.so
	local dir
	for dir in old new; do
		printf '#!/bin/sh\ncd %s && exec "%s" "$@"\n' "$dir" "$IPCBENCH" >"$dir.sh"
		chmod +x "$dir.sh"
	done
	cli gate --base ./old.sh --new ./new.sh --plugin ./mine.so --transport planted \
		--blocks 2,3 -d 2ms --warmup 0 --csv -
	[ "$status" -eq 3 ]
	says "planted block latency"
	# the same plugin for two mechanisms, two sections, two gates
	printf 'plugin = ./mine.so\n[a]\ntransport = planted\n[b]\ntransport = pipe\n' >gate.conf
	cli gate --base ./old.sh --new ./new.sh --config gate.conf --dry-run
	[ "$status" -eq 0 ]
	says "planted block latency"
}

@test "pairs on CPUs that are not there are skipped" {
	program a 1
	gates 4 --base ./a --new ./a --cpus 0,999,0,1 --topology pairs:2
	says "CPU 999 is not online"
}

@test "a section of which nothing runs is not passed over" {
	program a 1 skip "not here"
	cat >only-pipe <<-'END'
		#!/bin/sh
		case " $* " in
		*" pipe "*) exec ./fine "$@" ;;
		esac
		exec ./a "$@"
	END
	chmod +x only-pipe
	program fine '1000'
	printf '[a]\ntransport = pipe\n[b]\ntransport = fifo\n' >gate.conf
	gates 4 --config gate.conf --base ./only-pipe --new ./only-pipe
	says "nothing of section [b] runs here: not here"
	gates 0 -t pipe,fifo --base ./only-pipe --new ./only-pipe
	says "1 of 2 cells skipped"
}

@test "the order within blocks follows the seed, and the CPUs exchange their roles" {
	[ "$(nproc)" -gt 1 ] || skip "one CPU"
	local dir
	for dir in x y; do
		gates 3 --base "$IPCBENCH" --new "$IPCBENCH" -d 2ms --warmup 0 --blocks 3,5 \
			-p cross-cpu --metrics latency --seed 11 -o "$dir"
	done
	# which metrics so short a slice has is another matter
	same "$(csv_rows x/blocks.csv block order cpu_tx cpu_rx | sort -u)" \
		"$(csv_rows y/blocks.csv block order cpu_tx cpu_rx | sort -u)"
	# two pairs of CPUs, each the reverse of the other, taking turns
	csv_rows x/blocks.csv block metric cpu_tx cpu_rx | awk '$2 == "cpu" {
		odd = $1 % 2
		if (odd in tx && (tx[odd] != $3 || rx[odd] != $4)) exit 1
		tx[odd] = $3; rx[odd] = $4
	} END { exit !(tx[0] == rx[1] && rx[0] == tx[1] && tx[0] != rx[0]) }'
	[ "$(csv_rows x/blocks.csv order | sort -u | wc -l)" -eq 2 ]
	[ -s x/compare.csv ] && [ -s x/gate.json ]
	jq -e .cpu x/env.json >/dev/null
}

@test "two mechanisms are compared cell by cell" {
	gates 0 --base pipe --new pipe:size=16K -s 64,4K -m throughput,latency --dry-run
	[ "$(grep -c '^block' <<<"$output")" -eq 4 ]
	# notifications have no size; whichever is faster here, it is compared
	cli gate --base eventfd --new sysv-sem --metrics latency -d 5ms --blocks 3,4 --csv -
	[ "$status" -eq 3 ]
	printf '%s\n' "$output" >out.csv
	same "eventfd sysv-sem" "$(csv_rows out.csv transport_base transport_new)"
}

@test "every format goes to its file" {
	program a '1000 + 10 * u'
	gates 0 --base ./a --new ./a -q --csv c --json j --md m --junit u --bmf b \
		--action-bigger g --action-smaller s
	local file
	for file in c j m u b g s; do
		[ -s "$file" ] || {
			say "$file is missing"
			return 1
		}
	done
	jq -e . j >/dev/null
	gates 0 --base ./a --new ./a --md -
	says "PASS"
}

@test "a second gate does not write over the first" {
	program a '1000 + 10 * u'
	gates 0 --base ./a --new ./a -q -o d
	usage "already holds a run (compare.csv)" gate --base ./a --new ./a -q -o d
}

@test "an option file pins cells and what they are held to" {
	program a '1000 + 10 * u'
	program b '1070 + 10 * u'
	cat >gate.conf <<-END
		# the canary, and a larger message
		base = ./a
		metrics = latency   # not cpu

		[canary]
		transport = pipe
		[large]
		transport = "pipe"
		size = 4K
		min_effect = 10%
		tolerance = 20%
	END
	gates 1 --config gate.conf --new ./b --csv -
	printf '%s\n' "$output" >out.csv
	same "64 regression 4096 pass " "$(csv_rows out.csv size_bytes verdict | tr '\n' ' ')"
	# the command line has the last word on what is of the whole gate, and each build of it is one
	gates 0 --config gate.conf --base ./a --base ./b --new ./b --dry-run
	says "base  ./a
      ./b
new   ./b
"
	gates 0 --config gate.conf --base ./b --new ./b -q
}

@test "an option file is refused with its line" {
	local text
	while IFS='|' read -r text want; do
		printf '%b' "$text" >gate.conf
		usage "gate.conf: $want" gate --config gate.conf --base ./a --new ./b
	done <<-'END'
		# x\nnonsense\n|line 2: "nonsense" lacks a "="
		[a\n|line 1: "[a" lacks its "]"
		[]\n|line 1: a section has no name
		[a]\n[a]\n|line 2: section [a] occurs twice
		[a]\nbase = x\n|line 2: base is for the whole command
		size = 3 4\n\nsiez = 4\n|line 3: unknown option "siez"
		tolerance = much\n|line 1: tolerance: "much"
		[a]\ntolerance = 0\n|line 2: tolerance
		quiet = maybe\n|line 1: quiet: "maybe" is neither true nor false
		config = x\n|line 1: config: an option file cannot name another one
		help = true\n|line 1: help is for the command line
	END
	usage "nowhere.conf: No such file" gate --config nowhere.conf --base ./a --new ./b
	printf '\357\273\277quiet = true\nverbose = false\nplacement = same-cpu\n[a]\ncpus = 0,0\n' >gate.conf
	program a 1000
	# a section has what it does not say itself from above
	printf 'size = 64\nmode = latency\n[b]\ntransport = pipe\nwait = block\nplacement = same-cpu\n' >parts.conf
	gates 0 --config parts.conf --base ./a --new ./a --dry-run
	same "pipe block latency 64 B same-cpu layout random" "$(grep '^pipe' <<<"$output")"
	usage "drop metrics" gate --config gate.conf --base ./a --new ./a --metrics latency
	gates 0 --config gate.conf --base ./a --new ./a
	same "" "$output"
	usage "drop size" gate --config gate.conf --base ./a --new ./a --size 64
}

@test "what cannot be asked is refused" {
	program a 1000
	usage "no --base given" gate
	usage "no --new given" gate --base ./a
	usage "cannot be run: No such file" gate --base ./a --new ./nothing
	usage "one of" gate --base ./a --new pipe
	gates 0 --base file --new file:dir=/tmp --dry-run
	usage "already name the mechanisms; drop --transport" gate --base pipe --new fifo -t pipe
	usage "names 3 mechanisms" gate --base pipe,fifo,eventfd --new pipe
	usage "mode rate is not compared" gate --base ./a --new ./a -m rate
	usage "needs a second look after the first" gate --base ./a --new ./a --blocks 12,12
	usage "is not FIRST,LAST" gate --base ./a --new ./a --blocks 12
	usage "--inject is for --selftest" gate --base ./a --new ./a --inject 5%
	usage "drop --base and --new" gate --selftest --base ./a
	usage "is not understood" gate ./a ./a
	usage "nopipe" gate --base ./a --new ./a -t nopipe
	usage "exclude each other" gate --base ./a --new ./a -q -v
}

# interrupted BLOCKS: in the 30th block
interrupted() {
	"$IPCBENCH" gate --base ./a --new ./a --blocks "$1" --seed 3 --verbose -o d >"$OUT" 2>"$ERR" &
	driver=$!
	until_true 30 grep -q 'block 30 of' "$ERR"
	kill -TERM "$driver"
	wait "$driver" && status=0 || status=$?
	driver=
	[ "$status" -eq 143 ] || {
		say "status $status" "$(cat "$ERR")"
		return 1
	}
	grep -q 'interrupted by signal 15 (Terminated) after .* blocks' "$ERR"
	[ "$(wc -l <d/blocks.csv)" -gt 1 ]
	same "inconclusive interrupted" "$(csv_rows d/compare.csv verdict reason | sort -u)"
	run ! grep -q '^PASS\|^REGRESSION' "$OUT"
}

@test "an interrupted gate has no verdict, but keeps its blocks" {
	program a '1000 + 10 * u'
	interrupted 400,900
}

@test "a verdict of the first look is withdrawn when the gate is interrupted after it" {
	# the CPU time, which is the same always, passes at the first look; the latency does not
	program a '1000 * exp(6 * sin(n * n))'
	interrupted 12,900
}

@test "a result that cannot be written is neither a pass nor a regression" {
	[ -e /dev/full ] || skip "no /dev/full"
	program a '1000'
	program b '1100'
	cli gate --base ./a --new ./a --csv /dev/full
	[ "$status" -eq 4 ]
	local version
	for version in a b; do
		status=0
		"$IPCBENCH" gate --base ./a --new "./$version" >/dev/full 2>"$ERR" || status=$?
		same 4 "$status"
		grep -q 'cannot write to standard output' "$ERR"
	done
}

@test "nothing is left of a gate that is killed" {
	"$IPCBENCH" gate --base "$IPCBENCH" --new "$IPCBENCH" -t sysv-mq,posix-mq --blocks 400,900 \
		>"$OUT" 2>"$ERR" &
	driver=$!
	sleep 0.5
	kill -KILL "$driver"
	wait "$driver" || true
	driver=
	# end() looks for processes and kernel objects
}

@test "the self-test gates the program against itself" {
	cli gate --selftest --gates 2 --blocks 3,4 -d 2ms --warmup 0 --metrics latency -o d --seed 5
	[ "$status" -eq 0 ]
	says "0 of 2"
	says "mirrored in 2 of 2"
	says "Seeds 5 to 6"
	same "2" "$(csv_rows d/gates.csv run_id | sort -u | wc -l)"
	same "8" "$(csv_rows d/blocks.csv metric | grep -c latency)"
	usage "already holds a run (gates.csv)" gate --selftest --gates 1 -o d
	usage "--junit does not go with --selftest" gate --selftest --junit u.xml
}

@test "a slowdown that is planted is found" {
	# a launch is told the work and not the time, which each would measure for itself
	usage "--slowdown" --slowdown 1us
	# a hundred per cent is beyond doubt on any machine
	cli gate --selftest --inject 100% --gates 1 --metrics latency --wait block --blocks 12,40 -d 50ms --warmup 1ms
	[ "$status" -eq 0 ] || { say "status $status:" "$stderr" "$output"; return 1; }
	says "called a slowdown of 100 % a regression: 1 of 1"
}
