#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# contract.sh SHARD/SHARDS [TRANSPORT]: the contract tests, as TAP. IPCBENCH names the binary.
#
# Every transport that runs here is measured in every way in which it can wait and copy: sizes 1, 7,
# 8, 64, 4095, 4096, 65537, its limit and the first size beyond it, in both modes, under --verify,
# which also overwrites each buffer as soon as it is sent; 10^5 messages and more in all. The same
# with each of its buffers made small, so that rings wrap at once, and, in its customary ways and
# with fewer messages, with each value of its choices. What is tested comes from `ipcbench list`:
# a new transport is covered when it is listed. SHARD/SHARDS takes every SHARDS-th case.
set -u

: "${IPCBENCH:?the path of the ipcbench binary}"
shard=${1%/*}
shards=${1#*/}
only=${2:-all}

SIZES=(1 7 8 64 4095 4096 65537)
BULK_SIZES=(1 7 8 64)
EACH_MESSAGES=200
BIG=$((16 << 20))       # from here on a few messages must do
SIZE_LIMIT=$((1 << 30)) # no message is larger than this

rows=$(mktemp)
errors=$(mktemp)
trap 'rm -f "$rows" "$errors"' EXIT

# ---- cases -------------------------------------------------------------------------------------

# Two sides that poll need two CPUs; without a second one only sleeping ways remain.
if "$IPCBENCH" --dry-run -t pipe --wait block -m latency -s 64 --placement cross-cpu |
	grep -q ' skip: '; then
	spin_placement=same-cpu
else
	spin_placement=cross-cpu
fi

listing=$("$IPCBENCH" list --json |
	jq --arg only "$only" '[.[] | select(.available and ($only == "all" or .name == $only))]')

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
		--placement "$spin_placement" "$@" | awk -v messages="$messages" '
		NR > 1 && NF == 0 { exit }
		NR > 1 && !/ skip: / { print $1, $2, $3, messages }'
}

cases() {
	planned "$(spellings .name)" 25000 --wait block,spin,hybrid,epoll
	# shellcheck disable=SC2016 # variables of jq
	planned "$(spellings '.name as $n | .options[] |
		select(.type == "size" and .max >= 4096) | "\($n):\(.name)=4096"')" 2500 \
		--wait block,spin,hybrid,epoll
	# shellcheck disable=SC2016
	planned "$(spellings '.name as $n | .options[] | select(.type == "choice") | .name as $o |
		.default as $d | .choices[] | select(. != $d) | "\($n):\($o)=\(.)"')" 500
}

# ---- one case ----------------------------------------------------------------------------------

# Ways to say what is wrong with a case; ends up under its "not ok".
complaints=()
complain() {
	complaints+=("$*")
}

measure() {
	local status=0
	timeout -k 5 120 "$IPCBENCH" --transport "$spelling" --wait "$wait" --copy "$copy" \
		--placement "$placement" --trials 1 --timeout 60 --verify --seed 1 "$@" --csv - \
		>"$rows" 2>"$errors" || status=$?
	if [ "$status" -gt 1 ]; then
		complain "exit status $status of --transport $spelling $*: $(cat "$errors")"
	fi
}

# How many of these sizes, from the first on, are planned rather than skipped.
planned_sizes() {
	"$IPCBENCH" --dry-run --transport "$spelling" --wait "$wait" --copy "$copy" \
		--placement "$placement" --mode throughput --size "$1" |
		awk 'NR > 1 && (NF == 0 || / skip: /) { exit } NR > 1 { n++ } END { print n + 0 }'
}

# The largest size that runs: 64-fold search between a size that does and one that does not.
find_limit() {
	local low=1 high=$((SIZE_LIMIT + 1)) step list size planned
	if [ "$(planned_sizes $SIZE_LIMIT)" -eq 1 ]; then
		limit=$SIZE_LIMIT
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
# What a transport that may drop has lost, it has counted; one that moves nothing has no count.
check_rows() {
	local modes=$1 wanted=$2 size expected=
	shift 2
	for size in "$@"; do
		if [ "$size" -gt "$limit" ]; then
			expected+=" $size:skip"
		else
			expected+=" $size:ok"
		fi
	done
	fields mode size_bytes status messages lost_messages lat_count reason <"$rows" | awk -F'\t' \
		-v wanted="$wanted" -v expected="$expected" -v modes="$modes" -v limit="$limit" \
		-v shape="$shape" '
	function bad(why) { print why ": " $0 }
	function names_limit(text) {
		return text ~ ("(^|[^0-9])" limit "([^0-9]|$)") ||
			(limit % 1024 == 0 && text ~ ("(^|[^0-9])" limit / 1024 " KiB")) ||
			(limit % 1048576 == 0 && text ~ ("(^|[^0-9])" limit / 1048576 " MiB"))
	}
	BEGIN {
		n = split(expected, e, " ")
		m = split(modes, mode, ",")
		for (i = 1; i <= n; i++)
			for (j = 1; j <= m; j++) {
				split(e[i], part, ":")
				due[mode[j] " " part[1]] = part[2]
			}
	}
	{
		key = $1 " " ($2 == "" ? "0" : $2)
		if (!(key in due)) { bad("a row that was not asked for, or a second one"); next }
		state = due[key]
		delete due[key]
		if ($3 != state) { bad("expected " state); next }
		if (state == "skip" && !names_limit($7)) bad("the limit of " limit " B is not named")
		if (state != "ok") next
		if ($4 + $5 != wanted && (shape != "null" || $1 == "latency"))
			bad("expected " wanted " messages")
		if ($1 == "latency" && $6 != $4) bad("not every round trip recorded")
		if ($7 != "") bad("a reason for success")
	}
	END { for (key in due) print "no row for " key }' >"$errors"
	if [ -s "$errors" ]; then
		complain "$(cat "$errors")"
	fi
}

# The columns of an RFC 4180 file, tab-separated.
# shellcheck source=../csv.bash
. "$(dirname "$0")/../csv.bash"

# A notification has one row per mode; some have no rate to measure, and say so.
test_notification() {
	local rate
	limit=0
	rate=$(planned_sizes 64)
	measure --mode latency --messages $((messages * (rate == 1 ? 1 : 4))) --warmup 0.001
	check_rows latency $((messages * (rate == 1 ? 1 : 4))) 0
	[ "$rate" -eq 1 ] || return
	measure --mode throughput --messages $((messages * 3)) --warmup 0
	check_rows throughput $((messages * 3)) 0
}

join() {
	local IFS=,
	echo "$*"
}

test_channel() {
	local sizes=("${SIZES[@]}") few=20
	find_limit
	measure --mode throughput --messages "$messages" --warmup 0 --size "$(join "${BULK_SIZES[@]}")"
	check_rows throughput "$messages" "${BULK_SIZES[@]}"
	measure --mode latency,throughput --messages $EACH_MESSAGES --warmup 0.001 \
		--size "$(join "${sizes[@]}")"
	check_rows latency,throughput $EACH_MESSAGES "${sizes[@]}"

	[ "$limit" -lt $SIZE_LIMIT ] || return
	[ "$limit" -lt $BIG ] || few=3
	measure --mode latency,throughput --messages $few --warmup 0 --size "$limit,$((limit + 1))"
	check_rows latency,throughput $few "$limit" "$((limit + 1))"
}

test_case() {
	complaints=()
	case $wait in
	spin | hybrid) placement=$spin_placement ;;
	*) placement=same-cpu ;;
	esac
	shape=$(jq -r --arg name "${spelling%%:*}" '.[] | select(.name == $name) | .shape' <<<"$listing")
	if [ "$shape" = notification ]; then
		test_notification
	else
		test_channel
	fi
}

# ---- all cases of this shard -------------------------------------------------------------------

mapfile -t all < <(cases)
mine=()
for ((i = shard - 1; i < ${#all[@]}; i += shards)); do
	mine+=("${all[i]}")
done
if [ ${#mine[@]} -eq 0 ]; then
	echo "Bail out! no case in shard $shard of $shards"
	exit 1
fi
echo "TAP version 13"
echo "1..${#mine[@]}"
failed=0
for ((i = 0; i < ${#mine[@]}; i++)); do
	read -r spelling wait copy messages <<<"${mine[i]}"
	started=$SECONDS
	test_case
	if [ ${#complaints[@]} -eq 0 ]; then
		echo "ok $((i + 1)) - $spelling $wait $copy # $((SECONDS - started)) s"
	else
		failed=1
		echo "not ok $((i + 1)) - $spelling $wait $copy"
		printf '%s\n' "${complaints[@]}" | sed 's/^/# /'
	fi
done
exit $failed
