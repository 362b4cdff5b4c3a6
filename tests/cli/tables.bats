#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# ipcbench tables: a run directory from the command line to tables in every format, and LaTeX of
# the measuring command.

# shellcheck disable=SC2154 # bats sets status, output and stderr
load ../lib
load cli

REFERENCE=$SOURCE_ROOT/results/reference/kvm-epyc-2cpu

setup() {
	begin
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	end
}

# tables STATUS ARG...: ends so, without a word on standard error.
tables() {
	local wanted=$1
	shift
	cli tables "$@"
	if [ "$status" -ne "$wanted" ] || [ -n "$stderr" ]; then
		say "tables $*: status $status instead of $wanted:" "$stderr" "$output"
		return 1
	fi
}

# latex_is_whole FILE: environments and braces close, and every row has as many fields as its table.
latex_is_whole() {
	awk '
		/^%/ { next }
		{
			line = $0
			gsub(/\\\\/, "", line)
			gsub(/\\[{}&%$#_]/, "", line)
			if (gsub(/\{/, "{", line) != gsub(/\}/, "}", line)) { print "braces: " $0; bad = 1 }
		}
		match($0, /^\\begin\{[a-z]*/) { open[++depth] = substr($0, 8, RLENGTH - 7) }
		match($0, /^\\end\{[a-z]*/) {
			if (open[depth--] != substr($0, 6, RLENGTH - 5)) { print "ends: " $0; bad = 1 }
		}
		/^\\begin\{tabular\}/ {
			columns = $0
			sub(/^\\begin\{tabular\}\{/, "", columns)
			sub(/\}$/, "", columns)
			gsub(/p\{[^}]*\}/, "p", columns)
			want = length(columns)
		}
		/ \\\\$/ && !/^\\multicolumn/ {
			if (gsub(/&/, "&", line) + 1 != want) { print "fields: " $0; bad = 1 }
			rows++
		}
		END {
			if (depth != 0) print "open: " open[depth]
			exit bad || depth != 0 || rows == 0
		}' "$1"
}

# latex_compiles FILE, where there is a pdflatex.
latex_compiles() {
	command -v pdflatex >/dev/null || return 0
	printf '%s\n' '\documentclass{article}' '\usepackage{booktabs}' '\begin{document}' \
		"\\input{$1}" '\end{document}' >document.tex
	if ! pdflatex -halt-on-error -interaction=nonstopmode document.tex >latex.log; then
		say "$(cat latex.log)"
		return 1
	fi
}

@test "the reference run: three tables that fit 80 columns" {
	# in C, so that a character is a byte
	LC_ALL=C COLUMNS=80 tables 0 "$REFERENCE"
	same "" "$(awk 'length($0) > 80' <<<"$output")"
	says "Time to move 1 MiB, same-cpu, idle default"
	says "What each mechanism is"
	says "posix-mq against sysv-mq"
	# one per placement and footprint; of those that wait alike one is the best, or several tie
	local sections footprint=
	! head -n 1 "$REFERENCE/summary.csv" | grep -q footprint || footprint=footprint
	# shellcheck disable=SC2086 # a run of before has no such column
	sections=$(fields status mode size_bytes placement $footprint <"$REFERENCE/summary.csv" |
		awk '$1 == "ok" && $2 == "throughput" && $3 == 1048576 { print $4, $5 }' | sort -u)
	same "$(wc -l <<<"$sections")" "$(grep -c '^Time to move 1 MiB' <<<"$output")"
	same "$(wc -l <<<"$sections") 0" "$(awk '
		/^Time/ { section = $0 } /^What each/ { section = "" }
		section && /^[*=] / { n[section " " $3, $1]++; groups[section " " $3] }
		END {
			for (g in groups)
				if (n[g, "*"] == 1 && !n[g, "="] || !n[g, "*"] && n[g, "="] > 1) good += g ~ / block$/
				else bad++
			print good + 0, bad + 0
		}' <<<"$output")"
}

@test "the reference run: what is scaled says so" {
	tables 0 "$REFERENCE" --table time --csv -
	same 4096 "$(fields transport message_bytes <<<"$output" |
		awk '$1 == "sysv-mq" { print $2; exit }')"
	# nothing but whole messages makes up 1 MiB, and 1 MiB takes one
	fields message_bytes messages <<<"$output" |
		awk '$1 * $2 < 1048576 || $1 * ($2 - 1) >= 1048576 { exit 1 }'
	# the time is that of the run's own throughput
	local wanted
	wanted=$(fields transport wait mode size_bytes placement bytes_per_s <"$REFERENCE/summary.csv" |
		awk -F'\t' '$1 == "pipe" && $3 == "throughput" && $4 == 1048576 && $5 == "same-cpu" {
			printf "%.6g", 1048576e9 / $6 }')
	same "$wanted" "$(fields transport placement time_ns <<<"$output" |
		awk -F'\t' '$1 == "pipe" && $2 == "same-cpu" { printf "%.6g", $3 }')"
}

@test "the page shows the tables of the reference run" {
	tables 0 "$REFERENCE" --md -
	awk '/^<!-- tables:end -->$/ { on = 0 } on; /^<!-- tables:begin -->$/ { on = 1 }' \
		"$SOURCE_ROOT/docs/tables.md" >page
	[ -s page ]
	diff page <(printf '%s\n' "$output")
}

@test "every stored run has the table that this version prints" {
	local table
	for table in "$SOURCE_ROOT"/results/reference/*/table.txt; do
		LC_ALL=C.UTF-8 tables 0 --cells "${table%/*}"
		diff "$table" <(printf '%s\n' "$output")
	done
	tables 0 --cells "$REFERENCE" -q --md cells.md --tex cells.tex
	same "" "$output"
	grep -q '^| pipe ' cells.md
	latex_is_whole cells.tex
	cli tables --cells "$REFERENCE" --csv -
	same 2 "$status"
	[[ $stderr == *"--cells and --csv exclude each other: summary.csv of the run has its cells" ]]
}

@test "LaTeX of the reference run is whole" {
	tables 0 "$REFERENCE" -q --tex all.tex
	same "" "$output"
	latex_is_whole all.tex
	latex_compiles all.tex
	# plain ASCII, whatever the locale
	run ! grep -nP '[^\x00-\x7f]' all.tex
	same "$(grep -c '^\\begin{table}' all.tex)" "$(grep -c '^\\caption{' all.tex)"
}

@test "LaTeX of a measurement, with a hostile label" {
	# shellcheck disable=SC2016 # the dollar is text
	cli "${TINY[@]}" -q --tex run.tex --label '& % $ # _ { } ~ ^ \ < > | " µ × – \end{table}'
	[ "$status" -eq 0 ]
	latex_is_whole run.tex
	latex_compiles run.tex
	# shellcheck disable=SC2016
	grep -qF '\& \% \$ \# \_ \{ \} \textasciitilde{} \textasciicircum{} \textbackslash{}' run.tex
	cli "${TINY[@]}" --tex -
	[ "$status" -eq 0 ]
	says '\begin{tabular}{ll'
	usage "--md and --tex both write to" "${TINY[@]}" --md - --tex -
}

@test "what was just measured is read back" {
	cli -t pipe,posix-sem,sysv-sem -s 64 -p same-cpu -T 4 -n 3000 --warmup 1ms -q -o run
	[ "$status" -eq 0 ]
	tables 0 run --json t.json -q
	same "run_id $(jq -r .run_id t.json)" "run_id $(fields run_id <run/trials.csv | head -1)"
	same "1 3 2" "$(jq -r '"\(.time | length) \(.qualities | length) \(.apis | length)"' t.json)"
	# four trials of both make an interval
	same "true" "$(jq '[.apis[] | .ratio_ci_lo <= .ratio and .ratio <= .ratio_ci_hi] | all' t.json)"
	same "64 16384" "$(jq -r '.time[0] | "\(.message_bytes) \(.messages)"' t.json)"
	tables 0 run --table apis
	says "sysv-sem"
	[[ "$output" != *$'\e'* ]]
}

@test "formats go to files and to standard output" {
	tables 0 "$REFERENCE" --md m --tex t --json j -q
	same "" "$output"
	grep -q '^| \*\*pipes\*\* |' m
	jq -e '.time and .qualities and .apis' j
	tables 0 "$REFERENCE" --table qualities --csv c --md -
	says "What each mechanism is"
	same "transport" "$(head -1 c | cut -d, -f1)"
	usage "--csv takes one table" tables "$REFERENCE" --csv c
	usage "--md and --tex both write to" tables "$REFERENCE" --md - --tex -
	if [ -e /dev/full ]; then
		cli tables "$REFERENCE" --md /dev/full
		[ "$status" -eq 1 ]
		[[ "$stderr" == "ipcbench: cannot write /dev/full: "* ]]
	fi
}

@test "bad values are told" {
	usage "no directory given" tables
	usage "one directory too many" tables a b
	usage "No such file or directory" tables nowhere
	mkdir empty
	usage "holds no trials.csv" tables empty
	usage "--table" tables "$REFERENCE" --table speed
	usage "--md: the value is empty" tables "$REFERENCE" --md ''
	usage "--nonsense" tables "$REFERENCE" --nonsense
}

@test "damaged and empty runs: 1 and one line" {
	mkdir cut
	head -c -5 "$REFERENCE/trials.csv" >cut/trials.csv
	cli tables cut
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	[[ "$stderr" == "ipcbench: cut/trials.csv: "*"cut"* ]]
	mkdir none
	head -1 "$REFERENCE/trials.csv" >none/trials.csv
	cli tables none
	[ "$status" -eq 1 ]
	[[ "$stderr" == "ipcbench: none: holds nothing that these tables show"* ]]
	same 1 "$(wc -l <<<"$stderr")"
}

@test "a run cannot move the cursor" {
	mkdir run
	awk 'BEGIN { FS = OFS = "," }
		NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i }
		NR > 1 { $column["placement"] = "here\033[2J"; $column["idle"] = "so\033[2J"
			$column["family"] = "f\033[2J"; $column["lost_messages"] = 5 }
		{ print }' "$REFERENCE/trials.csv" >run/trials.csv
	local format
	for format in "" --md --tex; do
		cli tables run ${format:+"$format" -}
		[ "$status" -eq 0 ]
		[[ "$output" != *$'\e'* ]]
	done
	cli tables run
	says "64 B here?[2J block so?[2J"
	says "note udp here?[2J: "
}

@test "what cannot have been measured counts as not measured" {
	local value
	mkdir run
	for value in inf -5; do
		awk -v value="$value" 'BEGIN { FS = OFS = "," }
			NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i }
			NR > 1 && $column["transport"] == "pipe" { $column["bytes_per_s"] = value
				$column["lat_p50_ns"] = value }
			{ print }' "$REFERENCE/trials.csv" >run/trials.csv
		cli tables run --json -
		same '[[],[null]]' "$(jq -c '[[.time[] | select(.transport == "pipe")],
			([.qualities[] | select(.transport == "pipe") | .round_trip_ns] | unique)]' <<<"$output")"
	done
}

@test "--help names every option" {
	tables 0 --help
	local word
	for word in --table --md --tex --csv --json --plugin --quiet DIR "Exit status"; do
		says "$word"
	done
}
