#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Shared memory is input: as TAP, a line per field and value that a worker scribbles over, and per
# overrun. IPCBENCH names the binary, PLANTED the plugin. Each is a cell of one run.
set -u

# shellcheck source=../lib.bash
. "${BASH_SOURCE[0]%/*}/../lib.bash"

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}handle_segv=0

number=0
result() { # OK DESCRIPTION [DETAIL]
	echo "$([ "$1" = 1 ] || echo 'not ')ok $((++number)) - $2"
	[ "$1" = 1 ] || echo "# ${3//$'\n'/ }"
}

# cells FILE: TRANSPORT <tab> EXPECTED, a regular expression for "STATUS REASON", or "any": a value
# that may be true, so that only numbers that cannot be are wrong. Rows of a run with ARG... are
# held against it.
cells() {
	local file=$1 list status=0
	shift
	list=$(cut -f 1 "$file" | paste -sd ,)
	# a driver that follows a scribbled limit would wait for ever
	timeout -k 5 400 "$IPCBENCH" --plugin "$PLANTED" "${QUICK[@]}" --transport "$list" "$@" \
		--csv - >"$dir/rows" 2>"$dir/errors" || status=$?
	result "$((status <= 1))" "the run of $(wc -l <"$file") cells ends (${*/#"$dir"*/DIR})" \
		"status $status: $(tail -n 5 "$dir/errors")"
	fields transport status reason duration_s messages msgs_per_s lat_mean_ns lat_max_ns \
		first_message_ns tx_user_s rx_user_s <"$dir/rows" >"$dir/got" || true
	awk -F '\t' -v number="$number" '
		FILENAME == ARGV[1] { row[$1] = $2 " " $3; sane[$1] = 1
			for (i = 4; i <= NF; i++)
				if ($i != "" && !($i >= 0 && $i < 1e12)) sane[$1] = 0
			next }
		{
			good = ($1 in row) && sane[$1] && ($2 == "any" ? row[$1] ~ /^(ok|fail)/ : row[$1] ~ $2)
			print (good ? "" : "not ") "ok " ++number " - " $1
			if (!good) print "# wanted " $2 ", got " row[$1]
		}' "$dir/got" "$file" >"$dir/tap"
	cat "$dir/tap"
	number=$((number + $(grep -cE '^(not )?ok' "$dir/tap")))
}

# scribbled FIELD OUTSIDE...: a line for each value outside of what the field can be, and for zero.
scribbled() {
	local field=$1 value want who=
	shift
	case $field in
	tx.*) who="the sender's " ;;
	rx.*) who="the receiver's " ;;
	esac
	[[ " $* " == *" zero "* ]] || set -- "$@" any
	for value in "$@"; do
		want=any
		# the message names the member, and of an array perhaps another element
		[ "$value" = any ] || want="^fail .*$who$(sed 's/^[^.]*\.//; s/\[.*//' <<<"$field")"
		planted "scribble,where=detach,field=$field$([ "$value" = ones ] || echo ",value=${value/any/zero}")" "$want"
	done
}

# planted FAULT EXPECTED: a line for cells(); options in the order in which a row has them.
planted() {
	printf 'planted:fault=%s\t%s\n' "$1" "$2"
}

# overrun BLOCK SIDE WHERE EXPECTED: by a byte, a cache line and a page, beyond the end.
overrun() {
	local bytes
	for bytes in 1 64 4096; do
		planted "overrun$([ "$3" = send ] || echo ",where=$3")$([ "$2" = tx ] || echo ,side=rx),at=20$(
			[ "$1" = rx ] || echo ",block=$1"
		)$([ $bytes = 1 ] || echo ",bytes=$bytes")" "^fail .*$4"
	done
}

# ---- fields --------------------------------------------------------------------------------------

wild="ones huge negative nan"
whole=(attach_ns start_tick first_tick first_ns timed_first timed_first_count due_last messages lost
	unsent overdue slice_count ticket migrated error warmup_s "speed[0]" "speed[1]")
# NAN is what could not be had, and -1 the CPU that the kernel does not tell
optional=(cpu account.counted_share account.pss_bytes account.load_s
	account.used[USED_{{USER,SYS,QUEUED,PSI_CPU,PSI_MEMORY,PSI_IO}_S,{VOL,INVOL}_CSW,FAULTS,MIGRATIONS}]
	account.counted[COUNTER_{CYCLES,INSTRUCTIONS,LLC_MISSES,TASK_CLOCK}])
for field in "${whole[@]}"; do
	# shellcheck disable=SC2086 # words
	scribbled "tx.$field" $wild
done >"$dir/fields"
# shellcheck disable=SC2086 # words
{
	for field in "${optional[@]}"; do
		scribbled "tx.$field" huge negative
	done
	# the other side's, by the same hand: one value of each
	for field in "${whole[@]}" "${optional[@]}" reason; do
		planted "scribble,where=detach,field=rx.$field,value=huge" \
			"^fail the receiver's ${field%%[*}"
	done
	scribbled tx.phase $wild zero
	scribbled tx.loop_tick $wild zero
	scribbled tx.timed_last $wild zero
	scribbled "tx.slices[1].tick"
	for field in control.ready tx.pid rx.pid; do
		scribbled "$field" $wild zero
	done
	for field in control.meeting.arrived lane.meeting.arrived control.tickets control.running \
		control.gathered control.more control.extension_ns; do
		scribbled "$field" $wild
	done
	for field in total min max; do
		scribbled "hist0.$field" $wild zero
	done
	scribbled hist0.overflow $wild
	# all ones: more than fits, so that the mean is worked out from the counts
	scribbled hist0.sum huge negative nan zero
	scribbled "hist0.count[0]" $wild
	scribbled "hist0.count[HIST_SLOTS - 1]" $wild
} >>"$dir/fields"
cells "$dir/fields" --size 64 --mode latency --messages 50

# shellcheck disable=SC2086 # words
{
	scribbled timeline.slice_ticks $wild zero
	scribbled "timeline.count[0][0]" $wild
	scribbled "timeline.count[TIMELINE_SLICES - 1][0]" $wild
	overrun timeline tx detach '(wrote|reached) beyond the end of the timeline'
} >"$dir/timeline"
cells "$dir/timeline" --size 64 --mode latency --messages 50 --timeline -o "$dir/run"

for field in total min max; do
	# shellcheck disable=SC2086 # words
	scribbled "hist1.$field" $wild zero
done >"$dir/oneway"
cells "$dir/oneway" --size 64 --mode oneway --messages 50

# shellcheck disable=SC2086 # words
{
	scribbled rx.timed_first $wild zero
	scribbled rx.timed_last $wild zero
	scribbled rx.messages $wild
} >"$dir/stream"
cells "$dir/stream" --size 64 --mode throughput --messages 50

# ---- overruns ------------------------------------------------------------------------------------

{
	overrun rx rx recv 'receiver.*(wrote|reached) beyond the end of its buffer to receive'
	overrun rx tx recv 'sender.*(wrote|reached) beyond the end of its buffer to receive'
	overrun tx tx send 'sender.*(wrote|reached) beyond the end of its buffer to send'
	overrun report tx detach "wrote beyond the end of the sender's report"
	overrun report rx detach "wrote beyond the end of the receiver's report"
	overrun hist tx detach 'wrote beyond the end of the first histogram'
	overrun control tx detach '(wrote|reached) beyond the end of the control block'
	planted overrun,where=recv,side=rx,at=20,before=on \
		'^fail the receiver was killed .*(wrote|reached) before the start of its buffer to receive$'
	planted overrun,at=20,block=tx,before=on \
		'^fail the sender was killed .*(wrote|reached) before the start of its buffer to send$'
	planted overrun,where=detach,side=rx,at=20,block=control,before=on \
		'^fail the receiver was killed .*(wrote|reached) before the start of the control block$'
} >"$dir/overruns"
# one buffer of each kind, which ends within a page
cells "$dir/overruns" --size 5000 --mode latency --messages 50
# another place within the page, so that there is something in front
planted overrun,where=recv,side=rx,at=20,bytes=16,before=on \
	'^fail .*receiver.*(wrote|reached) before the start of its buffer to receive' >"$dir/random"
cells "$dir/random" --size 5000 --mode latency --messages 50 --layout random --seed 1

# ---- time, and words -----------------------------------------------------------------------------

{
	planted scribble,at=20,field=control.extension_ns,then=hang "^fail the sender's extension_ns is"
	planted scribble,at=20,field=control.meeting.arrived '^fail timed out after 1 s'
	planted garble,where=attach '^fail sender, attach phase: planted error in a cold callback[?].2J[?][?][?]$'
} >"$dir/time"
cells "$dir/time" --size 64 --mode latency --messages 50 --timeout 1

echo "1..$number"
