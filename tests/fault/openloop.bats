#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Open loop and one-way times against planted delays. As in delays.bats, the planted transport's own
# log is the truth, since a busy machine adds to what was planted; what was planted is a lower bound.

# shellcheck disable=SC2154 # lib.bash sets CSV
load ../lib

setup() {
	begin
	LOG=$BATS_TEST_TMPDIR/truth
	[ "$(nproc)" -ge 2 ] || skip "needs two CPUs"
}

teardown() {
	end
}

PERIOD_NS=500000 # 2000 messages per second
STALL_NS=50000000

# The receiver stalls once, at a message in the middle of the window.
stall() {
	measure --transport "planted:delays=2500x$STALL_NS,side=rx,where=recv,log=$LOG" --size 64 \
		--placement cross-cpu --warmup 0 --messages 4000 "$@"
}

@test "a stall of the receiver delays every message that was due during it" {
	stall --mode rate --rate 2000
	local row
	row=$(fields status messages lat_count lat_kind lat_min_ns lat_p99_ns lat_max_ns sent_count <"$CSV")
	say "$row"
	[[ "$row" == "ok	4000	4000	intended	"*"	4000" ]]
	awk -v period="$PERIOD_NS" '
		{ late[NR] = $1 - NR * period; if (NR == 1 || late[NR] < least) least = late[NR] }
		END { for (i = 1; i <= NR; i++) printf "%.0f\n", late[i] - least }' "$LOG" | sort -n |
		awk -v row="$row" -v stall="$STALL_NS" -v period="$PERIOD_NS" '
		function check(name, value, truth) {
			if (value < truth * 0.95 - 1e5 || value > truth * 1.05 + 1e5) {
				print name ": reported " value ", true " truth > "/dev/stderr"
				bad = 1
			}
		}
		{ truth[NR] = $1 }
		END {
			split(row, f, "\t")
			check("p99", f[6], truth[int(NR * 0.99)] + f[5])
			check("max", f[7], truth[NR] + f[5])
			# the messages due during the stall, evenly from 50 ms down to 0: 100 of 4000, so the
			# 40 slowest waited for more than 30 ms
			if (f[6] < (stall - NR * 0.01 * period) * 0.95) {
				print "p99 " f[6] " is less than the arithmetic says" > "/dev/stderr"
				bad = 1
			}
			exit bad
		}'
}

@test "the tail of an open loop, and of one way, has its spread over launches" {
	"$IPCBENCH" --plugin "$PLANTED" -t planted -s 64 -p cross-cpu --rate 5k -T 2 -d 0.4 --warmup 0 >"$OUT"
	say "$(cat "$OUT")"
	grep -qE ' p99( [mnuµ]s)? +low-high ' "$OUT"
	"$IPCBENCH" --plugin "$PLANTED" -t "planted:delays=1x300000" -s 64 -p cross-cpu -m oneway -T 2 -n 1200 \
		--warmup 0 >"$OUT"
	say "$(cat "$OUT")"
	grep -qE ' p99( [mnuµ]s)? +low-high .*back' "$OUT"
}

@test "too few samples of the second kind of times are no precision, nor that of the median" {
	"$IPCBENCH" --plugin "$PLANTED" -t "planted:delays=1x5000000" -s 64 -p cross-cpu --rate 10k -n 30 \
		--warmup 0 --auto --precision sent_p99_ns:100% --max-time 2.5 >"$OUT"
	say "$(cat "$OUT")"
	grep -q "0 of 1 medians of sent_p99_ns, where a cell has it," <(tr -s '\n ' ' ' <"$OUT")
}

@test "what a mechanism drops is a column of an open loop as well" {
	"$IPCBENCH" -t udp -s 64 -p cross-cpu --rate 1k -T 1 -d 0.1 --warmup 0 >"$OUT"
	say "$(cat "$OUT")"
	grep -q ' sent p99 .* lost ' "$OUT"
}

@test "the closed loop hardly sees the same stall" {
	stall --mode latency
	local p99
	p99=$(fields lat_p99_ns <"$CSV")
	say "closed loop: p99 $p99"
	[ "$p99" -lt $((STALL_NS / 2)) ]
}

@test "Poisson arrivals have the mean rate" {
	measure --transport "planted:log=$LOG" --size 64 --placement cross-cpu --warmup 0 --mode rate \
		--rate 5k --arrivals poisson --messages 5000
	[ "$(fields status arrivals rate <"$CSV")" = "ok	poisson	5000" ]
	# the mean of 5000 exponential steps is known to 1.4 %; a side that waits for its CPU sends late, never
	# early, so of the last thousand the one that is least late tells
	awk 'NR == 1 { first = $1 }
		NR > 4000 && (!mean || ($1 - first) / (NR - 1) < mean) { mean = ($1 - first) / (NR - 1) }
		END {
			if (mean < 0.9 * 200000 || mean > 1.2 * 200000) {
				print "mean " mean > "/dev/stderr"
				exit 1
			}
		}' "$LOG"
}

@test "a load that cannot be kept up is flagged, with the achieved rate" {
	# 1 ms for each message: 1000 a second at most
	measure --transport "planted:delays=1x1000000,side=rx,where=recv" --size 64 \
		--placement cross-cpu --mode rate --rate 20k --duration 0.3
	local status flags offered achieved
	IFS=$'\t' read -r status flags offered achieved \
		<<<"$(fields status flags offered_msgs_per_s msgs_per_s <"$CSV")"
	[ "$status" = ok ]
	[[ "$flags" == *rate-missed* ]]
	[ "$offered" = 20000 ]
	awk -v a="$achieved" 'BEGIN { exit !(a > 0 && a < 1001) }'
}

@test "what is due and not sent is counted, with its waiting time so far" {
	local arrivals messages unsent count p50 max mean flags
	for arrivals in constant poisson; do
		# 1 ms for each message: of 600 due in 0.3 s at most 300 are sent
		measure --transport "planted:delays=1x1000000" --size 64 --placement cross-cpu \
			--mode rate --rate 2k --arrivals $arrivals --seed 3 --duration 0.3 --warmup 0
		read -r messages unsent count p50 max mean flags <<<"$(fields messages unsent_messages \
			lat_count lat_p50_ns lat_max_ns lat_mean_ns flags <"$CSV")"
		say "$arrivals: $messages sent, $unsent not; p50 $p50, max $max, mean $mean, $flags"
		[ "$unsent" -ge 200 ]
		[ "$count" -eq $((messages + unsent)) ]
		[[ "$flags" == *rate-missed* ]]
		awk -v due="$count" 'BEGIN { exit !(due > 480 && due < 720) }'
		# the first one unsent has waited for at least half of the window
		[ "$max" -ge 140000000 ]
		[ "$p50" -ge 50000000 ]
	done
	# nearly 300 million: most as groups, but all of them
	measure --transport "planted:delays=1x1000000" --size 64 --placement cross-cpu \
		--mode rate --rate 1G --duration 0.3 --warmup 0
	read -r messages unsent count mean <<<"$(fields messages unsent_messages lat_count \
		lat_mean_ns <"$CSV")"
	say "$messages sent, $unsent not, mean $mean"
	[ "$count" -eq $((messages + unsent)) ]
	# one a nanosecond, so that their mean wait is half their number in nanoseconds
	awk -v due="$count" -v mean="$mean" \
		'BEGIN { exit !(due > 2.9e8 && mean > 0.49 * due && mean < 0.51 * due) }'
	# a load that is kept leaves nothing; the last is due 50 ms before the end
	measure --transport planted --size 64 --placement cross-cpu --mode rate --rate 20 \
		--duration 0.3 --warmup 0
	[ "$(fields unsent_messages lat_count <"$CSV")" = "0	6" ]
	# a count of messages is sent to its end
	measure --transport "planted:delays=1x1000000" --size 64 --placement cross-cpu --mode rate \
		--rate 20k --messages 50 --warmup 0
	[ "$(fields messages unsent_messages <"$CSV")" = "50	0" ]
	# behind at its end by less than the share that misses a load, and said all the same
	measure --transport "planted:delays=399x2500000,side=tx,where=send" --size 64 \
		--placement cross-cpu --mode rate --rate 1k --messages 400 --warmup 0
	read -r mean flags <<<"$(fields late_s flags <"$CSV")"
	say "late by $mean s: $flags"
	[[ "$flags" == *rate-missed* ]]
	# on time it is not said; a busy machine may be late by 1 % of a short window, but not each time, nor of a long one
	local rate
	for rate in 5 5 5 5 1 1 1 1; do
		measure --transport planted --size 64 --placement cross-cpu --mode rate --rate $rate \
			--messages 4 --warmup 0
		flags=$(fields flags <"$CSV")
		say "$rate a second: $flags"
		[[ "$flags" == *rate-missed* ]] || break
	done
	[[ "$flags" != *rate-missed* ]]
}

@test "a part of the throughput is of what the cell can do, which the row says" {
	measure --transport "planted:delays=1x200000,side=rx,where=recv" --size 64 --trials 2 \
		--placement cross-cpu --mode rate --rate 50% --duration 0.1
	local offered capacity lo hi
	read -r offered capacity lo hi <<<"$(fields offered_msgs_per_s capacity_msgs_per_s \
		capacity_msgs_per_s_ci_lo capacity_msgs_per_s_ci_hi <"$CSV" | head -n 1)"
	say "half of $capacity ($lo to $hi), at most 5000: $offered"
	awk -v o="$offered" -v c="$capacity" -v lo="$lo" -v hi="$hi" 'BEGIN {
		exit !(c > 20 && c < 5005 && lo > 0 && lo <= c && c <= hi && hi < 5005 &&
			o / c > 0.499999 && o / c < 0.500001)
	}'
	# an absolute load of the same run has it as well, also where it was launched first
	"$IPCBENCH" --plugin "$PLANTED" -t "planted:delays=1x200000,side=rx,where=recv" -s 64 -p cross-cpu \
		--quick -d 0.05 --warmup 0 --rate 100,50% -T 2 --csv "$CSV" >"$OUT"
	[ "$(fields order rate <"$CSV" | sort -n | cut -f 2 | xargs)" = "100 100 50% 50%" ]
	[ "$(fields capacity_msgs_per_s capacity_msgs_per_s_ci_lo <"$CSV" | sort -u | grep -c '[0-9]')" -eq 1 ]
	grep -qE ' saturated( (k )?msg/s)? +95% CI ' "$OUT"
	# what is not a part of it needs none
	measure --transport planted --size 64 --placement cross-cpu --mode rate --rate 100 --warmup 0
	[ -z "$(fields capacity_msgs_per_s <"$CSV")" ]
}

@test "a capacity needs six good launches of nine" {
	local mark=$BATS_TEST_TMPDIR/mark
	measure_flaky() {
		measure --transport "planted:fault=error,where=open,times=$1,mark=$mark" --size 64 \
			--placement cross-cpu --mode rate --rate 50% --duration 0.1 --warmup 0
	}
	# as many as give an interval
	measure_flaky 3
	say "$(cat "$CSV")"
	[ "$(wc -l <"$mark")" -eq 3 ]
	awk -v c="$(fields capacity_msgs_per_s <"$CSV")" 'BEGIN { exit !(c > 0) }'
	awk -v lo="$(fields capacity_msgs_per_s_ci_lo <"$CSV")" 'BEGIN { exit !(lo > 0) }'
	rm "$mark"
	measure_flaky 4 || true
	say "$(cat "$CSV")"
	[ "$(wc -l <"$mark")" -eq 4 ]
	[ "$(fields status reason <"$CSV")" = \
		"fail	no throughput to take a part of: planted error in a cold callback" ]
}

@test "--slo finds the highest rate that holds it, with an interval" {
	local run=$BATS_TEST_TMPDIR/run
	# 1 ms for each message: of those due in 50 ms at 4000 a second half wait for 25 ms and more
	"$IPCBENCH" --plugin "$PLANTED" -t "planted:delays=1x1000000,side=rx,where=recv" -s 64 \
		-p cross-cpu --rate 240,400,600,4000 --slo 'p50<20ms' --duration 0.05 --warmup 0 \
		-o "$run" >"$OUT"
	say "$(cat "$OUT")"
	# a step is a skip where a busy machine holds not even the lowest load, below which none tells
	[ "$(fields status slo slo_ns trials <"$run/summary.csv" | grep -v ^skip | sort -u)" = "ok	p50<20ms	20000000	6" ]
	[ "$(fields rate <"$run/summary.csv" | grep -c '^slo-[1-5]$')" -eq 5 ]
	# the same from the rows: a busy machine moves what holds, not what that says of the answer
	fields trial offered_msgs_per_s lat_p50_ns late_s duration_s unsent_messages messages \
		<"$run/trials.csv" | sort -n -k1,1 -k2,2 |
		awk -F'\t' -v answer="$(fields slo_msgs_per_s slo_msgs_per_s_ci_lo \
			slo_msgs_per_s_ci_hi <"$run/summary.csv" | head -n 1)" '
		function close_trial(i, k, wrong, fewest) {
			fewest = n + 1
			for (k = 0; k <= n; k++) {
				wrong = 0
				for (i = 1; i <= n; i++) wrong += i <= k ? !good[i] : good[i]
				if (wrong < fewest) { fewest = wrong; at = k }
			}
			held[++trials] = at > 0 ? load[at] : 0
			if (at < n && load[at + 1] > failed) failed = load[at + 1]
			if (at == n) open = 1
			n = 0
		}
		$1 != last && NR > 1 { close_trial() }
		{ last = $1 }
		{ missed = $4 > 0.01 * $5 || $6 > 0.01 * ($6 + $7) }
		$3 != "" || missed {
			load[++n] = $2
			good[n] = $3 != "" && $3 < 20000000 && !missed
		}
		END {
			close_trial()
			for (i = 2; i <= 6; i++)
				for (k = i; k > 1 && held[k] < held[k - 1]; k--) {
					t = held[k]; held[k] = held[k - 1]; held[k - 1] = t
				}
			split(answer, a, "\t")
			want = (held[3] + held[4]) / 2
			print "answer " answer ", from the rows " want ", " held[1] " to " failed > "/dev/stderr"
			exit !(trials == 6 && a[1] == want && a[2] == held[1] && a[3] == (open ? "" : failed))
		}'
	# 4000 a second cannot be held, whatever the machine does
	awk -v h="$(fields slo_msgs_per_s <"$run/summary.csv" | head -n 1)" 'BEGIN { exit !(h < 4000) }'
	grep -q '^p50<20ms: .* (95% CI' "$OUT"
	"$IPCBENCH" report "$run" -o "$BATS_TEST_TMPDIR/page.html" >/dev/null
	grep -q 'p50&lt;20ms: h' "$BATS_TEST_TMPDIR/page.html"
	# a limit that nothing can hold is looked for below the lowest load
	measure --transport "planted:delays=1x1000000,side=rx,where=recv" --size 64 --trials 1 \
		--placement cross-cpu --rate 600,700 --slo 'min<1us' --duration 0.1 --warmup 0 || true
	grep -q "is not a limit; write mean, p50" "$ERR"
	measure --transport "planted:delays=1x1000000,side=rx,where=recv" --size 64 --trials 1 \
		--placement cross-cpu --rate 600,700 --slo 'mean<1us' --duration 0.1 --warmup 0
	[ "$(fields rate offered_msgs_per_s <"$CSV" | grep slo-1)" = "slo-1	300" ]
	[ "$(fields rate offered_msgs_per_s <"$CSV" | grep slo-2)" = "slo-2	150" ]
}

@test "one-way times tell which way is slow" {
	local there back
	measure --transport "planted:delays=1x3000000,side=tx,where=send" --size 64 \
		--placement cross-cpu --mode oneway --messages 200 --warmup 0
	read -r there back <<<"$(fields lat_min_ns back_min_ns <"$CSV")"
	say "there $there, back $back" "$(fields reason <"$CSV")"
	[ "$there" -ge 3000000 ]
	[ "$back" -lt "$((there / 2))" ]
	measure --transport "planted:delays=1x3000000,side=rx,where=send" --size 64 \
		--placement cross-cpu --mode oneway --messages 200 --warmup 0
	read -r there back <<<"$(fields lat_min_ns back_min_ns <"$CSV")"
	say "there $there, back $back" "$(fields reason <"$CSV")"
	[ "$back" -ge 3000000 ]
	[ "$there" -lt "$((back / 2))" ]
	[ "$(fields lat_kind sent_count back_count status <"$CSV")" = "forward		200	ok" ]
}

@test "every round trip of a thinking sender is paused before" {
	measure --transport pipe --size 64 --mode latency --think 20ms --messages 20 --warmup 0
	local duration p50
	read -r duration p50 <<<"$(fields duration_s lat_p50_ns <"$CSV")"
	awk -v d="$duration" -v p="$p50" 'BEGIN { exit !(d >= 0.38 && p < 20000000) }'
	[ "$(fields think_ns <"$CSV")" = 20000000 ]
}

@test "a fault in an open loop and in one-way times is a fail row" {
	local mode
	# shellcheck disable=SC2086 # a mode and its option
	for mode in "rate --rate 5k" oneway; do
		measure --transport planted:fault=crash,side=rx,where=recv,at=20 --size 64 \
			--placement cross-cpu --mode $mode --warmup 0 --duration 0.2
		fields status reason <"$CSV" | grep -q '^fail	the receiver was killed by signal 11'
		measure --transport planted:fault=drop,where=send,at=20 --size 64 \
			--placement cross-cpu --mode $mode --warmup 0 --duration 0.2 --timeout 3
		fields status <"$CSV" | grep -qx fail
	done
	no_leaks
}
