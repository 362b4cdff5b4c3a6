#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# ipcbench report: directories from the command line to a page, good, hostile and damaged ones.
# What a browser makes of a page is in ../report.

# shellcheck disable=SC2154 # bats sets status, output and stderr
load ../lib
load cli

REFERENCE=$SOURCE_ROOT/results/reference

setup() {
	begin
	cd "$BATS_TEST_TMPDIR" || return
	# no test but those of figures waits for gnuplot
	export IPCBENCH_PLOT=$BATS_TEST_TMPDIR/plot
	fake_plot 'exit 1'
}

teardown() {
	end
}

# fake_plot COMMANDS: what draws in this test; $1 is the run, $2 the folder of the figures.
fake_plot() {
	# shellcheck disable=SC2016 # for the script
	printf '#!/bin/bash\nset -e\n[[ "$1 $2" == "--width=half --format=svg" ]]\nshift 2\n%s\n' "$1" >plot
	chmod +x plot
}

# report STATUS ARG...: ends so. That a page was written is kept in `wrote`, not in `stderr`.
report() {
	local wanted=$1
	shift
	cli report "$@"
	wrote=$(grep '^ipcbench: wrote ' <<<"$stderr" || true)
	stderr=$(grep -v '^ipcbench: wrote ' <<<"$stderr" || true)
	if [ "$status" -ne "$wanted" ]; then
		say "report $*: status $status instead of $wanted:" "$stderr" "$output"
		return 1
	fi
}

# one_line TEXT: standard error is one line that says so.
one_line() {
	if [[ "$stderr" != "ipcbench: "*"$1"* ]] || [ "$(wc -l <<<"$stderr")" -ne 1 ]; then
		say "not one line with \"$1\":" "$stderr"
		return 1
	fi
}

# has FILE TEXT
has() {
	if ! grep -qF -- "$2" "$1"; then
		say "\"$2\" is not in $1"
		return 1
	fi
}

# is_page FILE: it is whole, loads nothing, and has one script and one style.
is_page() {
	same '<!DOCTYPE html>' "$(head -n 1 "$1")"
	same '</html>' "$(tail -n 1 "$1")"
	same "1 1" "$(grep -o '<script' "$1" | wc -l) $(grep -o '<style' "$1" | wc -l)"
	same 1 "$(grep -o "content=\"default-src 'none'; style-src 'sha256-[^']*'; script-src 'sha256-[^']*'; img-src data:; base-uri 'none'; form-action 'none'\"" "$1" | wc -l)"
	# nothing that makes a browser ask for something
	run ! grep -oiE '<(link|img|iframe|object|embed|base|audio|video|source)[ />]|<[a-z][^<>]* on[a-z]+=|<[a-z][^<>]* srcset=|@import|href="(http|//|javascript)' "$1"
	[ "$(stat -c %s "$1")" -lt 3000000 ]
}

# jq writes out what is larger than an integer.
smaller_numbers() {
	sed 's/18446744[0-9]\{12\}/1e19/'
}

# small_run DIR ARG...: a run of a few cells.
small_run() {
	local dir=$1
	shift
	cli -t pipe,eventfd -s 64,4K -p same-cpu -T 2 -n 300 --warmup 1ms -q -o "$dir" "$@"
	[ "$status" -eq 0 ] || {
		say "status $status:" "$stderr"
		return 1
	}
}

# rows_of PAGE: the rows of its own tables as text, one blank between fields.
rows_of() {
	awk '/<section id="tables"/ { on = 1 } /<details>/ { on = 0 } on && /^<tr/' "$1" |
		sed 's/<span class="star"[^>]*> [*=]<\/span>//; s/<[^>]*>/ /g; s/&lt;/</g; s/&amp;/\&/g; s/  */ /g; s/^ //; s/ $//'
}

@test "a run: the page has the rows of the run's own table, in their order" {
	small_run run
	report 0 run -o page.html
	is_page page.html
	rows_of page.html >rows
	[ "$(wc -l <rows)" -ge 6 ]
	sed 's/^[*=] /  /; s/  */ /g; s/^ //; s/ $//' run/table.txt >wanted
	# every row of the page, after the one before it
	awk 'NR == FNR { line[FNR] = $0; lines = FNR; next }
		{ for (at++; at <= lines && line[at] != $0; at++) { } }
		at > lines { print "not in the table: " $0; exit 1 }' wanted rows
	for part in headline doubts machine figures tables downloads command glossary; do
		has page.html "<section id=\"$part\""
	done
	has page.html 'Fastest round trip, 64 B, same-cpu: pipe '
	has page.html "ipcbench report run -o page.html"
	has page.html "ipcbench --replay run"
	has page.html "$(jq -r .cpu.model run/env.json)"
	has page.html "Seed of its order: <code>$(jq -r .plan.seed run/env.json)<"
}

@test "what is best says whether it is in place" {
	small_run run -t shm,pipe --copy copy,inplace -m latency
	# of the cells in place made faster than all others
	local file
	for file in summary trials; do
		awk -F, -v OFS=, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
			NR > 1 { $at["lat_p50_ns"] = ($at["copy"] == "inplace" ? 1000 : 9000) }
			{ print }' "run/$file.csv" >made
		mv made "run/$file.csv"
	done
	report 0 run --no-figures -o page.html
	has page.html 'Fastest round trip, 64 B, same-cpu: shm inplace 1.00 '
	run ! grep -q 'Fastest round trip[^<]*: shm 1.00' page.html
}

@test "a run from before --batch, some of whose batches nobody knows" {
	report 0 "$SOURCE_ROOT/tests/cli/before-batch" --no-figures -o page.html
	has page.html "All tables: idle default, payload copied"
	has page.html ", batch 256</caption>"
	has page.html ", batch unknown</caption>"
}

@test "the highest rate that holds --slo stands beside the knee" {
	local head=schema_version,run_id,transport,family,wait,copy,mode,size_bytes,trial,placement,status,rate
	head+=,arrivals,offered_msgs_per_s,lat_count,lat_p50_ns,lat_p99_ns
	mkdir load
	{
		echo "$head"
		printf '1,r,pipe,pipes,block,copy,rate,64,1,same-llc,ok,%s,constant,%s,5000,900,%s\n' \
			10000 10000 1000 20000 20000 2000 30000 30000 9000 40000 40000 99000
	} >load/trials.csv
	sed '1s/,trial,/,/; 1s/$/,slo/; 2,$s/,64,1,/,64,/; 2,$s/$/,p99<5us/' load/trials.csv >load/summary.csv
	report 0 load -o page.html
	has page.html 'p99&lt;5us: holds up to 20.0 k msg/s (low-high 20.0–30.0); knee at 30.0 k msg/s, pipe'
	# without a p99 a load is not beyond the knee
	sed -i -E 's/(,40000,5000,900),.*/\1,/' load/trials.csv
	report 0 load -o straight.html
	has straight.html 'p99&lt;5us: holds up to 20.0 k msg/s (low-high 20.0–30.0), pipe'
	# nor does it hold: of the lowest two all that is known is that it is below the next
	sed -i -E 's/(,[12]0000,5000,900),.*/\1,/' load/trials.csv
	report 0 load -o few.html
	has few.html 'p99&lt;5us: not held from 30.0 k msg/s on; lower loads have too few samples to tell'
	sed -i -E 's/(,30000,5000,900),.*/\1,/' load/trials.csv
	report 0 load -o none.html
	has none.html 'p99&lt;5us: not known, since no load has enough samples; use a longer --duration, pipe'
}

# Before, each row looked at all trials of all loads for each number up to the largest.
@test "a long curve whose trials have numbers of their own is read, whatever the numbers are" {
	local head=schema_version,run_id,transport,family,wait,copy,mode,size_bytes,trial,placement,status,rate
	head+=,arrivals,offered_msgs_per_s,lat_count,lat_p50_ns,lat_p99_ns
	mkdir long
	awk -v head="$head" 'BEGIN {
		print head
		for (i = 1; i <= 20000; i++)
			printf "1,r,pipe,pipes,block,copy,rate,64,%d,same-llc,ok,%d,constant,%d,5000,900,%d\n",
				i == 1 ? 1e9 : i, i, i, i < 15000 ? 1000 : 99000
	}' >long/trials.csv
	awk 'NR == 1 { sub(",trial,", ","); print $0 ",slo" }
		NR == 3 { sub(",64,2,", ",64,"); print $0 ",p99<5us" }' long/trials.csv >long/summary.csv
	report 0 long --no-figures -o page.html
	# of 20000 trials with a load each 5001 held nothing
	has page.html 'p99&lt;5us: holds up to 5.00 k msg/s (95% CI '
	has page.html '; knee at 15.00 k msg/s, pipe'
}

@test "skips and failures are listed with their reasons" {
	cli --plugin "$PLANTED" -t pipe,udp,planted:fault=crash,at=1 -s 64,1M -m latency -p same-cpu -T 1 -n 50 --warmup 1ms -q -o run
	[ -e run/trials.csv ]
	report 0 run -o page.html
	local reason
	fields status reason <run/trials.csv | awk -F'\t' '$1 != "ok"' | cut -f 2 | sort -u >reasons
	same "fail skip " "$(fields status <run/trials.csv | grep -v ok | sort -u | tr '\n' ' ')"
	awk '/<section id="notes"/ { on = 1 } /<section id="downloads"/ { on = 0 } on' page.html |
		sed 's/&lt;/</g; s/&gt;/>/g; s/&quot;/"/g; s/&#39;/'\''/g; s/&amp;/\&/g' >notes
	while read -r reason; do
		has notes "$reason"
	done <reasons
}

@test "hostile labels, names and machines come out as text" {
	local evil='"><script>alert(1)</script><img src=x onerror=alert(2)>'
	small_run run --label "$evil"
	jq --arg e "$evil" '.cpu.model = $e | .kernel.release = $e | .command += [$e] | .limits[$e] = $e
		| .doctor.findings[0] |= (.grade = "warn" | .title = $e | .effect = $e | .unit = $e)' \
		run/env.json | smaller_numbers >env.new && mv env.new run/env.json
	sed -i 's/,pipe,/,"pipe"">'\''<script>alert(3)<\/script>",/' run/trials.csv run/summary.csv
	report 0 run -o page.html
	is_page page.html
	# the label also stands in the downloads, where every sign of it is spelt out
	run ! grep -qiE '<script>alert|<img|<[^>"]*onerror=' page.html
	has page.html '&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x'
	has page.html 'pipe&quot;&gt;&#39;&lt;script&gt;alert(3)&lt;/script&gt;'
	mv run '<b>&"run'
	report 0 '<b>&"run' -o page.html
	is_page page.html
	run ! grep -qF '<b>&"run' page.html
	has page.html '&lt;b&gt;&amp;&quot;run'
}

@test "a name that begins with a dash is a directory, to the script as well" {
	# shellcheck disable=SC2016
	fake_plot 'printf "%s\n" "$1" >&2; exit 1'
	small_run ./-run
	report 0 -o page.html -- -run
	one_line "no figures of -run: ./-run"
}

@test "a reference run with every file is below the limit, a larger one says what it leaves out" {
	report 0 "$REFERENCE/kvm-epyc-2cpu-idle-gap" --no-figures -o page.html
	is_page page.html
	for file in summary.csv trials.csv env.json percentiles.csv; do
		has page.html "<a download=\"$file\" href=\"data:"
	done
	cp -r "$REFERENCE/kvm-epyc-2cpu" large
	for _ in 1 2 3; do
		tail -n +2 "$REFERENCE/kvm-epyc-2cpu/percentiles.csv" >>large/percentiles.csv
	done
	report 0 large --no-figures -o page.html
	is_page page.html
	has page.html '<a download="trials.csv" href="data:'
	grep -qE 'percentiles.csv \([0-9]+ kB\): left out, because with it the page would have more than 3000000 bytes; it lies in <code>large</code>' page.html
}

@test "tables beyond the limit are left out and counted" {
	mkdir large
	cp "$REFERENCE/kvm-epyc-2cpu/env.json" large
	awk -F, -v OFS=, 'NR == 1 { print; next }
		{ name = $4; for (i = 0; i < 36; i++) { $4 = name i; print } }' \
		"$REFERENCE/kvm-epyc-2cpu/trials.csv" >large/trials.csv
	report 0 large --no-figures -o page.html
	is_page page.html
	has page.html 'trials.csv ('
	grep -qE '[0-9]+ tables are left out' page.html
}

@test "a gate: its verdict comes first" {
	report 0 "$REFERENCE/kvm-epyc-2cpu-gate/fifo-against-pipe" -o page.html
	is_page page.html
	# the change that it begins with is one of the gate's, and no regression is missing
	local gate=$REFERENCE/kvm-epyc-2cpu-gate/fifo-against-pipe/gate.json count
	count=$(jq '[.rows[] | select(.verdict == "regression")] | length' "$gate")
	# the worst of the rows, as its cell and metric say it
	has page.html "$(jq -r '
		def percent: (. - 1) * 100 | fabs |
			if . < 99.95 then . * 10 | round | "\(. / 10 | floor).\(. % 10) %" else "\(round) %" end;
		def worsening: (.ratio | log) * (if .better == "higher" then -1 else 1 end);
		[.rows[] | select(.verdict == "regression")] | length as $count | max_by(worsening) |
		[.ci_lo, .ci_hi | percent] as $ci | {
			latency: ["is ", "slower"],
			throughput: ["moves ", "fewer messages"],
			mean: ["takes ", "more time per message"],
			p99: ["has a p99 latency ", "higher"],
			cpu: ["takes ", "more CPU time per message"]}[.metric] as $verb |
		"<p class=\"lead bad\">REGRESSION: \(.cell) \($verb[0])\(.ratio | percent) \($verb[1])" +
		(if .ratio > 1 then " (\($ci[0]) to \($ci[1]))" else " (\($ci[1]) to \($ci[0]))" end) +
		(["", "", "; and 1 more regression"][$count] // "; and \($count - 1) more regressions") + "</p>"' "$gate")"
	same "$count" "$(grep -c '<tr class="bad">' page.html)"
	has page.html 'Seed of its coin: <code>42</code>'
	has page.html 'download="blocks.csv"'
	report 2 "$REFERENCE/kvm-epyc-2cpu-gate/aa-shm" -o other.html
	one_line "self-test"
	[ ! -e other.html ]
}

@test "a matrix: its classes come first" {
	mkdir cores
	printf '%s\n' schema_version,run_id,cpu_a,cpu_b,class,pages,round_trips,rtt_min_ns,rtt_p50_ns,rtt_max_ns,clock,status,reason \
		1,r,0,1,smt,16,99,20,21.5,30,tsc,ok, 1,r,0,2,same-llc,16,99,50,60,70,tsc,ok, \
		1,r,1,2,same-llc,16,99,50,80,90,tsc,ok, '1,r,1,3,same-llc,,,,,,,fail,<gone>' >cores/topology.csv
	report 0 cores -o page.html
	is_page page.html
	has page.html 'Round trip of one cache line: smt 21.5 ns, same-llc 70.0 ns'
	has page.html 'fail CPUs 1 and 3: &lt;gone&gt;'
	has page.html 'The machine was not recorded'
	sed -i 's/,smt,/,far,/' cores/topology.csv
	report 1 cores -o page.html
	one_line 'class "far"'
}

@test "two runs side by side: what differs is marked in words" {
	small_run a
	cp -r a b
	# twice as slow in latency, and another machine
	awk -F, -v OFS=, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; print; next }
		$at["mode"] == "latency" { $at["lat_p50_ns"] *= 2 } { print }' a/trials.csv >b/trials.csv
	for run in a b; do
		# six trials of each, so that there are intervals
		tail -n +2 $run/trials.csv >rest
		cat rest rest >>$run/trials.csv
	done
	jq '.cpu.model = "Other"' a/env.json | smaller_numbers >b/env.json
	report 0 a b -o page.html
	is_page page.html
	has page.html 'B against A'
	has page.html 'CPU model: '
	has page.html ', Other in new'
	grep -qE '<tr class="bad">.*>2\.00 \(.*▲ slower<' page.html
	grep -qE '<tr>.*>1\.00 \(.* =<' page.html
	has page.html 'download="A-trials.csv"'
	has page.html 'download="B-trials.csv"'
	# the other way round
	report 0 b a -o page.html
	grep -qE '<tr class="good">.*>0\.50 \(.*▼ faster<' page.html
	# five have room
	report 0 a b a b a -o page.html
	is_page page.html
	has page.html '>E/A</th>'
}

@test "figures: shown, explained, and missed with a line" {
	small_run run
	# shellcheck disable=SC2016
	fake_plot 'mkdir -p "$2"; cd "$2"; echo "plot: same-cpu: too <few> sizes" >&2
printf "%s\n" "figure,kind,title,subtitle" "good,by-mechanism,T<1>,S" "odd,never-heard-of,T2,S2" "bad,by-size,T3,S3" "gone,by-size,T4,S4" >figures.csv
echo "<?xml version=\"1.0\"?><svg viewBox=\"0 0 9 9\"><path id=\"${IPCBENCH_PLOT_IDS}x\" d=\"M0,0\"/></svg>" | tee good.svg >odd.svg
echo "<svg viewBox=\"0 0 9 9\"><path" >bad.svg'
	report 0 run -o page.html
	same 2 "$(wc -l <<<"$stderr")"
	[[ "$stderr" == *'a figure of run is left out: bad.svg: not a whole drawing'* ]]
	[[ "$stderr" == *'a figure of run is left out: '*'gone.svg: No such file'* ]]
	is_page page.html
	same 4 "$(grep -c '<figure' page.html)"
	same 2 "$(grep -c '<svg ' page.html)"
	has page.html '<figure data-kind="by-mechanism" data-figure="good"><div class="drawing"><svg viewBox="0 0 9 9"><path id="x" d="M0,0"/></svg></div><figcaption><a href="#how-by-mechanism">How to read it</a>'
	has page.html 'href="#how-by-mechanism"'
	has page.html 'href="#how-figure"'
	has page.html 'same-cpu: too &lt;few&gt; sizes'
	report 0 run run -q -o pair.html
	has pair.html 'id="Ax"'
	has pair.html 'id="Bx"'
	# every explanation that is linked to is there
	while read -r anchor; do
		has page.html "<dt id=\"$anchor\">"
	done < <(grep -o 'href="#how-[a-z-]*"' page.html | sort -u | sed 's/.*#//; s/"//')
}

@test "a figure that could not be drawn: its reason in its place, and no failure" {
	small_run run
	# shellcheck disable=SC2016
	fake_plot 'mkdir -p "$2"; cd "$2"; echo "plot: lost cannot be drawn: too <few> samples" >&2
printf "%s\n" "figure,kind,title,subtitle,reason" "good,by-size,T1,S," "lost,bands,T2,S,too <few> samples" >figures.csv
echo "<svg></svg>" >good.svg; echo "plot: not all could be drawn" >&2; exit 3'
	report 0 run -o page.html
	one_line 'a figure of run is left out: lost cannot be drawn: too <few> samples'
	is_page page.html
	same 2 "$(grep -c '<figure' page.html)"
	has page.html 'data-figure="good"><div class="drawing"><svg></svg></div>'
	has page.html 'data-figure="lost"><p class="missing">lost cannot be drawn: too &lt;few&gt; samples</p><figcaption><b>T2</b><br>S '
	# nothing at all: the reasons of the figures as well
	fake_plot 'echo "plot: lost cannot be drawn: why" >&2; echo "plot: nothing could be drawn" >&2; exit 1'
	report 0 run -o page.html
	one_line 'no figures of run: nothing could be drawn'
	has page.html '<li>lost cannot be drawn: why</li>'
}

@test "a figure that the page has no room for is left out, the next one is not" {
	small_run run
	# shellcheck disable=SC2016
	fake_plot 'mkdir -p "$2"; cd "$2"
printf "%s\n" figure,kind,title,subtitle large,by-size,T1,S small,by-size,T2,S >figures.csv
printf "<svg>%3000000s</svg>" "" >large.svg
echo "<svg></svg>" >small.svg'
	report 0 run -q -o page.html
	is_page page.html
	has page.html 'data-figure="large"><p class="missing">left out: with it the page would have more than 3000000 bytes; ipcbench-plot draws it</p>'
	has page.html 'data-figure="small"><div class="drawing"><svg></svg></div>'
}

@test "every kind of figure that the scripts draw has its explanation" {
	local script kind
	small_run run
	# shellcheck disable=SC2016
	{
		echo 'mkdir -p "$2"; cd "$2"; echo figure,kind,title,subtitle >figures.csv'
		grep -l "^load 'figure.gp'" "$SOURCE_ROOT"/plots/*.gp | while read -r script; do
			kind=$(basename "$script" .gp)
			echo "echo $kind,$kind,t,s >>figures.csv; echo '<svg viewBox=\"0 0 1 1\"><path d=\"M0\"/></svg>' >$kind.svg"
		done
	} >commands
	fake_plot "$(cat commands)"
	report 0 run -o page.html
	[ "$(grep -c '<figure' page.html)" -ge 10 ]
	same "" "$(grep -o 'href="#how-figure"' page.html)"
}

@test "without a script, without gnuplot, without a list: a page that says so" {
	small_run run
	fake_plot 'echo "plot: gnuplot is not installed" >&2; exit 1'
	report 0 run -o page.html
	one_line 'no figures of run: gnuplot is not installed'
	is_page page.html
	has page.html 'There are no figures: gnuplot is not installed'
	fake_plot 'printf "plot: \\033[2Jno\\n" >&2; exit 1'
	report 0 run -o page.html
	one_line 'no figures of run: ?[2Jno'
	IPCBENCH_PLOT=/nonexistent/plot report 0 run -o page.html
	one_line 'IPCBENCH_PLOT names "/nonexistent/plot"'
	# shellcheck disable=SC2016
	fake_plot 'mkdir -p "$2"; : >"$2/figures.csv"'
	report 0 run -o page.html
	one_line 'no figures of run: '
	fake_plot 'exit 0'
	report 0 run -o page.html
	one_line 'the plot script wrote no figures.csv'
	same "" "$(ls -A "$TMPDIR")"
}

@test "the figures of scripts/plot are let in" {
	command -v gnuplot >/dev/null || skip "gnuplot is not installed"
	IPCBENCH_PLOT=$SOURCE_ROOT/scripts/plot report 0 "$REFERENCE/kvm-epyc-2cpu" -o page.html
	same "" "$stderr"
	[[ "$wrote" == "ipcbench: wrote page.html, "*" kB" ]]
	is_page page.html
	[ "$(grep -c '<svg ' page.html)" -ge 12 ]
	same "$(grep -c '<figure' page.html)" "$(grep -c '<svg ' page.html)"
	IPCBENCH_PLOT=$SOURCE_ROOT/scripts/plot report 0 "$REFERENCE/kvm-epyc-2cpu-gate/fifo-against-pipe" -o page.html
	same "$(grep -c '<figure' page.html)" "$(grep -c '<svg ' page.html)"
	[ "$(grep -c '<svg ' page.html)" -ge 3 ]
}

@test "figures of a hostile run hold its names as text, and no style that the page forbids" {
	command -v gnuplot >/dev/null || skip "gnuplot is not installed"
	small_run run -m latency -p same-cpu -s 64
	sed -i $'s/,pipe,/,"<script>alert(1)<\\/script> \\&#60; \xe2\x80\xae\xc2\x85\xd8\x9c",/' run/trials.csv run/summary.csv
	grep -qF '<script>alert(1)</script> &#60;' run/summary.csv
	IPCBENCH_PLOT=$SOURCE_ROOT/scripts/plot report 0 run -o page.html
	is_page page.html
	# a long name is cut in its middle
	has page.html $'<text>&lt;script>ale..t> &amp;#60; \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd</text>'
	run ! grep -qE $'<script>alert|<(svg|g|path|rect|use|text)[^>]* style=|\xe2\x80\xae' page.html
}

@test "interrupted while it draws: nothing is left, and nothing written" {
	small_run run
	# shellcheck disable=SC2016
	fake_plot ': >"$IPCBENCH_TEST/drawing"; exec sleep 600'
	"$IPCBENCH" report run -o page.html &
	driver=$!
	until_true 20 test -e drawing
	kill -TERM "$driver"
	status=0
	wait "$driver" || status=$?
	driver=
	same 143 "$status"
	[ ! -e page.html ]
	same "" "$(ls -A "$TMPDIR")"
}

@test "interrupted: what draws has the time to remove what it made" {
	small_run run
	mkfifo never
	# A second signal would end what removes; -e: then it has not removed. It waits without a child:
	# between fork() and exec() bash loses a signal.
	# shellcheck disable=SC2016
	fake_plot 'trap "sleep 0.3; rm \"\$IPCBENCH_TEST/drawing\"" EXIT
: >"$IPCBENCH_TEST/drawing"; read -r <>"$IPCBENCH_TEST/never"'
	"$IPCBENCH" report run -o page.html &
	driver=$!
	until_true 20 test -e drawing
	kill -TERM "$driver"
	status=0
	wait "$driver" || status=$?
	driver=
	same 143 "$status"
	[ ! -e drawing ]
}

@test "killed while it draws: what draws ends, though it ignores the signal that asks it to" {
	small_run run
	# shellcheck disable=SC2016
	fake_plot 'trap "" TERM; echo $$ >"$IPCBENCH_TEST/drawing"; sleep 600'
	"$IPCBENCH" report run -o page.html &
	driver=$!
	until_true 20 test -s drawing
	kill -KILL "$driver"
	wait "$driver" || true
	driver=
	until_true 30 are ZX "$(cat drawing)"
	"$IPCBENCH" clean >"$OUT"
}

@test "standard output, and files that cannot be written" {
	small_run run
	report 0 run --no-figures -q -o -
	same '<!DOCTYPE html>' "$(head -n 1 <<<"$output")"
	same "" "$stderr"
	mkdir folder
	report 2 run -o folder
	one_line "--output folder: is a directory"
	report 2 run -o nowhere/page.html
	one_line "--output nowhere/page.html: cannot write"
	report 1 run --no-figures -q -o /dev/full
	one_line "cannot write /dev/full: No space left"
}

@test "usage errors are one line" {
	usage "no directory given" report
	usage "no directory given" report -o page.html
	usage "no --output given; write report x -o report.html" report x
	usage "the value is empty" report x -o ''
	usage "\"f\" is one directory too many; a page has room for 5" report a b c d e f -o page.html
	usage "nowhere: No such file or directory" report nowhere -o page.html
	mkdir empty
	usage "holds no trials.csv, compare.csv or topology.csv" report empty -o page.html
	usage "not a directory" report "$BATS_TEST_FILENAME" -o page.html
	usage "is a run and" report "$REFERENCE/kvm-epyc-2cpu" "$REFERENCE/kvm-epyc-2cpu-gate/fifo-against-pipe" -o page.html
	usage "--frobnicate" report --frobnicate
}

@test "damaged runs are one line" {
	small_run run
	damage() { # damage FILE COMMAND... TEXT
		rm -rf bad
		cp -r run bad
		"${@:2:$#-2}" "bad/$1"
		report 1 bad -o page.html
		one_line "${*: -1}"
		[ ! -e page.html ]
	}
	damage trials.csv truncate -s -3 "the file is cut"
	damage trials.csv sed -i 's/,latency,/,lateness,/' 'column mode holds "lateness"'
	damage trials.csv sed -i 's/,same-cpu,/,moon,/' 'column placement holds "moon"'
	damage trials.csv sed -i '1s/status/state/' "has no column status"
	damage summary.csv sed -i '2s/$/,1,2/' "line 2"
	damage env.json truncate -s 100 "env.json"
}
