#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# contract.sh SHARD/SHARDS [TRANSPORT]: the contract tests, as TAP. IPCBENCH names the binary.
#
# Every transport that runs here is measured in every way in which it can wait and copy: sizes 1, 7,
# 8, 64, 4095, 4096, 65537, its limit and the first size beyond it, in both modes, under --verify,
# which also overwrites each buffer as soon as it is sent; 10^5 messages and more in all, fewer where
# MESSAGES says so: a sanitizer looks at every access and needs no repetition. The same
# with each of its buffers made small, so that rings wrap at once, and, in its customary ways and
# with fewer messages, with each value of its choices. What is tested comes from `ipcbench list`:
# a new transport is covered when it is listed. SHARD/SHARDS takes every SHARDS-th case.
set -u

: "${IPCBENCH:?the path of the ipcbench binary}"
shard=${1%/*}
shards=${1#*/}
only=${2:-all}

BULK_SIZES=(1 7 8 64)
SIZES=("${BULK_SIZES[@]}" 4095 4096 65537)
BIG=$((16 << 20))       # from here on a few messages must do
SIZE_LIMIT=$((1 << 30)) # no message is larger than this

rows=$(mktemp)
errors=$(mktemp)
trap 'rm -f "$rows" "$errors"' EXIT

# ---- cases -------------------------------------------------------------------------------------

# Shards run at the same time: each keeps the ways that need one CPU on a CPU of its own.
mapfile -t cpus < <(sed -n 's/^Cpus_allowed_list:\t//p' /proc/self/status | tr , '\n' |
	while IFS=- read -r first last; do seq "$first" "${last:-$first}"; done)
own=${cpus[shard % ${#cpus[@]}]}

# Two sides that poll need two CPUs; without a second one only sleeping ways remain.
if "$IPCBENCH" --dry-run -t pipe --wait block -m latency -s 64 --placement cross-cpu |
	grep -q ' skip: '; then
	two=(--cpus "$own,$own")
else
	two=(--placement cross-cpu)
fi

listing=$("$IPCBENCH" list --json |
	jq --arg only "$only" '[.[] | select(.available and ($only == "all" or .name == $only))]')
declare -A shapes drops
while read -r name shape may_drop; do
	shapes[$name]=$shape
	drops[$name]=$may_drop
done < <(jq -r '.[] | "\(.name) \(.shape) \(.may_drop)"' <<<"$listing")

# spellings FILTER: what the jq filter makes of each transport, as a comma list.
spellings() {
	jq -r "[.[] | $1] | join(\",\")" <<<"$listing"
}

# planned LIST MESSAGES [ARG...]: lines "SPELLING WAIT COPY MESSAGES" of all that can run; why the
# rest cannot is for the tests of the planner.
planned() {
	local list=$1 messages=$2
	shift 2
	[ -n "$list" ] || return 0
	"$IPCBENCH" --dry-run --transport "$list" --copy copy,inplace --mode latency --size 64 \
		"${two[@]}" "$@" | awk -v messages="$messages" '
		NR > 1 && NF == 0 { exit }
		NR > 1 && !/ skip: / { print $1, $2, $3, messages }'
}

cases() {
	planned "$(spellings .name)" "${MESSAGES:-25000}" --wait block,spin,hybrid,epoll
	# shellcheck disable=SC2016 # variables of jq
	planned "$(spellings '.name as $n | .options[] |
		select(.type == "size" and .max >= 4096) | "\($n):\(.name)=4096"')" 1000 \
		--wait block,spin,hybrid,epoll
	# shellcheck disable=SC2016
	planned "$(spellings '.name as $n | .options[] | select(.type == "choice") | .name as $o |
		.default as $d | .choices[] | select(. != $d) | "\($n):\($o)=\(.)"')" 1000
}

# ---- one case ----------------------------------------------------------------------------------

# Ways to say what is wrong with a case; ends up under its "not ok".
complaints=()
complain() {
	complaints+=("$*")
}

measure() {
	local status=0
	timeout -k 5 500 "$IPCBENCH" --transport "$spelling" --wait "$wait" --copy "$copy" \
		"${place[@]}" --trials 1 --timeout 300 --verify --seed 1 "$@" --csv - \
		>"$rows" 2>"$errors" || status=$?
	if [ "$status" -gt 1 ]; then
		complain "exit status $status of --transport $spelling $*: $(cat "$errors")"
	fi
}

# How many of these sizes, from the first on, are planned rather than skipped.
planned_sizes() {
	"$IPCBENCH" --dry-run --transport "$spelling" --wait "$wait" --copy "$copy" \
		"${place[@]}" --mode throughput --size "$1" |
		awk 'NR > 1 && (NF == 0 || / skip: /) { exit } NR > 1 { n++ } END { print n + 0 }'
}

# The largest size that runs: 64-fold search between a size that does and one that does not. That of
# the case before is tried first; whatever is found, rows are due for it and for one byte more.
limit=0
find_limit() {
	local low=1 high=$((SIZE_LIMIT + 1)) step list size planned
	if [ "$limit" -gt 0 ] && [ "$(planned_sizes "$limit,$((limit + 1))")" -eq 1 ]; then
		return
	fi
	limit=$SIZE_LIMIT
	if [ "$(planned_sizes $SIZE_LIMIT)" -eq 1 ]; then
		return
	fi
	while [ $((high - low)) -gt 1 ]; do
		step=$(((high - low + 63) / 64))
		list=
		for ((size = low + step; size < high; size += step)); do
			list+=${list:+,}$size
		done
		planned=$(planned_sizes "$list")
		size=$((low + step * planned))
		if [ $((size + step)) -lt "$high" ]; then
			high=$((size + step))
		fi
		low=$size
	done
	limit=$low
}

# check_rows MODES MESSAGES SIZE...: exactly one row for each mode and size, in the right state.
# What a transport that may drop has lost, it has counted, so a stream needs room for a number in
# its messages; one that moves nothing has no count. A buffer made small may be too small for some
# messages, which names the option.
check_rows() {
	local modes=$1 wanted=$2
	shift 2
	fields mode size_bytes status messages lost_messages lat_count reason <"$rows" | awk -F'\t' \
		-v wanted="$wanted" -v sizes="$*" -v modes="$modes" -v limit="$limit" \
		-v shape="$shape" -v may_drop="$may_drop" -v small="$small" '
	function bad(why) { print why ": " $0 }
	function names_limit(text) {
		return text ~ ("(^|[^0-9])" limit "([^0-9]|$)") ||
			(limit % 1024 == 0 && text ~ ("(^|[^0-9])" limit / 1024 " KiB")) ||
			(limit % 1048576 == 0 && text ~ ("(^|[^0-9])" limit / 1048576 " MiB"))
	}
	function check_skip(mode, size, why) {
		if (small != "" && why ~ (small "=(4 KiB|4096 )"))
			return
		if (may_drop == "true" && mode == "throughput" && size < 8 && why ~ /--size 8 or more/)
			return
		if (size <= limit)
			bad("expected ok")
		else if (!names_limit(why))
			bad("the limit of " limit " B is not named")
	}
	function check_ok(mode, size, why) {
		if (size > limit && small == "")
			bad("expected a skip")
		if ($4 + $5 != wanted && (shape != "null" || mode == "latency"))
			bad("expected " wanted " messages")
		if (mode == "latency" && $6 != $4)
			bad("not every round trip recorded")
		if (why != "")
			bad("a reason for success")
		measured++
	}
	BEGIN {
		n = split(sizes, size, " ")
		m = split(modes, mode, ",")
		for (i = 1; i <= n; i++)
			for (j = 1; j <= m; j++)
				due[mode[j] " " size[i]]++
	}
	{
		key = $1 " " ($2 == "" ? "0" : $2)
		if (due[key]-- < 1)
			bad("a row that was not asked for, or a second one")
		if ($3 == "ok")
			check_ok($1, $2 + 0, $7)
		else if ($3 == "skip")
			check_skip($1, $2 + 0, $7)
		else
			bad("failed")
	}
	END {
		for (key in due)
			if (due[key] > 0)
				print "no row for " key
		if (measured == 0 && small == "")
			print "nothing was measured"
	}' >"$errors"
	if [ -s "$errors" ]; then
		complain "$(cat "$errors")"
	fi
}

# The columns of an RFC 4180 file, tab-separated.
# shellcheck source=../csv.bash
. "$(dirname "$0")/../csv.bash"

# A notification has one row per mode. Some have no rate to measure and say so: for them all
# messages go as round trips, two in each.
test_notification() {
	local rate trips
	# a round trip of a timer waits for two interrupts
	[ "$spelling" != timerfd ] || messages=$((messages / 10))
	trips=$messages
	limit=0
	rate=$(planned_sizes 64)
	[ "$rate" -eq 1 ] || trips=$((messages * 2))
	measure --mode latency --messages "$trips" --warmup 0.001
	check_rows latency "$trips" 0
	[ "$rate" -eq 1 ] || return
	measure --mode throughput --messages $((messages * 2)) --warmup 0
	check_rows throughput $((messages * 2)) 0
}

join() {
	local IFS=,
	echo "$*"
}

test_channel() {
	local each=$((messages / 100)) few=20
	find_limit
	measure --mode throughput --messages "$messages" --warmup 0 --size "$(join "${BULK_SIZES[@]}")"
	check_rows throughput "$messages" "${BULK_SIZES[@]}"
	measure --mode latency --messages $each --warmup 0.001 --size "$(join "${SIZES[@]}")"
	check_rows latency $each "${SIZES[@]}"
	measure --mode throughput --messages $each --warmup 0.001 --size "$(join "${SIZES[@]:4}")"
	check_rows throughput $each "${SIZES[@]:4}"

	[ "$limit" -lt $SIZE_LIMIT ] || return
	[ "$limit" -lt $BIG ] || few=3
	measure --mode latency,throughput --messages $few --warmup 0 --size "$limit,$((limit + 1))"
	check_rows latency,throughput $few "$limit" "$((limit + 1))"
}

test_case() {
	complaints=()
	case $wait in
	spin | hybrid) place=("${two[@]}") ;;
	*) place=(--cpus "$own,$own") ;;
	esac
	shape=${shapes[${spelling%%:*}]}
	may_drop=${drops[${spelling%%:*}]}
	small=
	if [[ $spelling == *=4K ]]; then
		small=${spelling#*:}
		small=${small%=4K}
	fi
	if [ "$shape" = notification ]; then
		test_notification
	else
		test_channel
	fi
}

# Everything that the cases could have left; only in namespaces of our own is it all theirs.
left_behind() {
	local kind
	for kind in msg sem shm; do
		tail -n +2 "/proc/sysvipc/$kind" | sed "s/^/$kind /"
	done
	find /dev/shm "$IPCBENCH_MQUEUE" "$TMPDIR" -mindepth 1
	find "$XDG_RUNTIME_DIR" -not -type d
}

# ---- all cases of this shard -------------------------------------------------------------------

mapfile -t all < <(cases)
mine=()
# the ways of waiting of one transport share its limit, so they stay together
turn=-1 before=
for case in "${all[@]}"; do
	read -r spelling wait copy messages <<<"$case"
	[ "$spelling" = "$before" ] || turn=$((turn + 1)) before=$spelling
	[ $((turn % shards)) -ne $((shard - 1)) ] || mine+=("$case")
done
if [ ${#mine[@]} -eq 0 ]; then
	echo "Bail out! no case in shard $shard of $shards"
	exit 1
fi
echo "TAP version 13"
echo "1..$((${#mine[@]} + 1))"
failed=0
number=0

# report NAME: the outcome of a case; `complaints` say what is wrong with it.
report() {
	number=$((number + 1))
	if [ ${#complaints[@]} -eq 0 ]; then
		echo "ok $number - $1"
		return
	fi
	failed=1
	echo "not ok $number - $1"
	printf '%s\n' "${complaints[@]}" | sed 's/^/# /'
}

for case in "${mine[@]}"; do
	read -r spelling wait copy messages <<<"$case"
	test_case
	report "$spelling $wait $copy"
done

rm -f "$rows" "$errors"
complaints=()
if [ "${IPCBENCH_ISOLATED:-no}" != yes ]; then
	report "nothing is left behind # SKIP needs namespaces of its own"
else
	leftovers=$(left_behind | head -n 20)
	[ -z "$leftovers" ] || complain "$leftovers"
	report "nothing is left behind"
fi
exit $failed
