#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# contract.sh SHARD/SHARDS [TRANSPORT]: the contract tests, as TAP. IPCBENCH names the binary.
#
# Every transport that runs here, with each value of each of its choices and with its smallest
# sizes (so that rings wrap), is measured in every way in which it can wait and copy: sizes 1, 7,
# 8, 64, 4095, 4096, 65537, its limit and the first size beyond it, in both modes, under --verify,
# which also overwrites each buffer as soon as it is sent. What is tested comes from `ipcbench
# list`, so a new transport is covered when it is listed. SHARD/SHARDS takes every SHARDS-th case.
set -u

: "${IPCBENCH:?the path of the ipcbench binary}"
shard=${1%/*}
shards=${1#*/}
only=${2:-all}

SIZES=(1 7 8 64 4095 4096 65537)
BULK_SIZES=(1 7 8 64)
BULK_MESSAGES=25000   # of each of four sizes: 100000 in all
EACH_MESSAGES=250
BIG=$((16 << 20))     # from here on a few messages must do
SIZE_LIMIT=$((1 << 30)) # no message is larger than this

rows=$(mktemp)
errors=$(mktemp)
trap 'rm -f "$rows" "$errors"' EXIT

# ---- cases -------------------------------------------------------------------------------------

# Spellings of every transport: as it is, then with each option away from its default.
spellings() {
	"$IPCBENCH" list --json | jq -r --arg only "$only" '
		.[] | select($only == "all" or .name == $only) | select(.available) |
		.name, (.name as $n | .options[]? |
			if .type == "choice" then
				(.default as $d | .name as $o | .choices[] | select(. != $d) |
					"\($n):\($o)=\(.)")
			elif .type == "size" and .min != null then "\($n):\(.name)=\(.min)"
			else empty end)'
}

# Lines "SPELLING WAIT COPY" of all that can run; what cannot run is for the planner's tests.
cases() {
	local list
	list=$(spellings | paste -sd,)
	"$IPCBENCH" --dry-run --transport "$list" --wait block,spin,hybrid,epoll \
		--copy copy,inplace --mode latency --size 64 --placement "$spin_placement" |
		awk 'NR > 1 && NF == 0 { exit } NR > 1 && !/ skip: / { print $1, $2, $3 }'
}

# Two sides that poll need two CPUs; without a second one only sleeping ways remain.
if "$IPCBENCH" --dry-run -t pipe --wait block -m latency -s 64 --placement cross-cpu |
	grep -q ' skip: '; then
	spin_placement=same-cpu
else
	spin_placement=cross-cpu
fi

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

# The largest size that runs: 64-fold search between a size that does and one that does not.
find_limit() {
	local low=1 high=$((SIZE_LIMIT + 1)) step list size planned
	while [ $((high - low)) -gt 1 ]; do
		step=$(((high - low + 63) / 64))
		list=
		for ((size = low + step; size < high; size += step)); do
			list+=${list:+,}$size
		done
		planned=$("$IPCBENCH" --dry-run --transport "$spelling" --wait "$wait" \
			--copy "$copy" --placement "$placement" --mode throughput --size "$list" |
			awk 'NR > 1 && NF == 0 { exit }
				NR > 1 { if (/ skip: /) exit; n++ } END { print n + 0 }')
		size=$((low + step * planned))
		if [ $((size + step)) -lt "$high" ]; then
			high=$((size + step))
		fi
		low=$size
	done
	limit=$low
}

# check_rows MESSAGES SIZE...: exactly one row for each mode and size, in the right state. What a
# transport that may drop has lost, it has counted.
check_rows() {
	local wanted=$1 size
	shift
	local expected=()
	for size in "$@"; do
		if [ "$size" -gt "$limit" ]; then
			expected+=("$size:skip")
		else
			expected+=("$size:ok")
		fi
	done
	fields mode size_bytes status messages lost_messages lat_count reason <"$rows" | awk -F'\t' \
		-v wanted="$wanted" -v expected="${expected[*]:-}" -v modes="$modes" \
		-v limit="$limit" -v null="${spelling%%:*}" '
	function bad(why) { print why ": " $0; }
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
		if (state == "ok" && $4 + $5 != wanted) bad("expected " wanted " messages")
		if (state == "ok" && $1 == "latency" && $6 != $4) bad("not every round trip recorded")
		if (state == "ok" && $7 != "") bad("a reason for success")
		if (state == "skip" && !names_limit($7)) bad("the limit of " limit " B is not named")
	}
	function names_limit(text) {
		gsub(/,/, "", text)
		return text ~ ("(^|[^0-9])" limit "([^0-9]|$)") ||
			(limit % 1024 == 0 && text ~ ("(^|[^0-9])" limit / 1024 " KiB")) ||
			(limit % 1048576 == 0 && text ~ ("(^|[^0-9])" limit / 1048576 " MiB"))
	}
	END { for (key in due) print "no row for " key }' >"$errors"
	if [ -s "$errors" ]; then
		complain "$(cat "$errors")"
	fi
}

# The columns of an RFC 4180 file, tab-separated.
# shellcheck source=../csv.bash
. "$(dirname "$0")/../csv.bash"

test_notification() {
	limit=0
	modes=latency,throughput
	measure --mode latency --messages 20000
	modes=latency
	check_rows 20000 0
	measure --mode throughput --messages 80000 --warmup 0
	modes=throughput
	check_rows 80000 0
}

test_channel() {
	find_limit
	modes=throughput
	measure --mode throughput --messages $BULK_MESSAGES --warmup 0 \
		--size "$(IFS=,; echo "${BULK_SIZES[*]}")"
	check_rows $BULK_MESSAGES "${BULK_SIZES[@]}"

	modes=latency,throughput
	measure --mode latency,throughput --messages $EACH_MESSAGES --warmup 0.001 \
		--size "$(IFS=,; echo "${SIZES[*]}")"
	check_rows $EACH_MESSAGES "${SIZES[@]}"

	[ "$limit" -lt $SIZE_LIMIT ] || return
	local messages=20
	[ "$limit" -lt $BIG ] || messages=3
	measure --mode latency,throughput --messages $messages --warmup 0 \
		--size "$limit,$((limit + 1))"
	check_rows $messages "$limit" "$((limit + 1))"
}

test_case() {
	complaints=()
	case $wait in
	spin | hybrid) placement=$spin_placement ;;
	*) placement=same-cpu ;;
	esac
	if "$IPCBENCH" --dry-run --transport "$spelling" --wait "$wait" --copy "$copy" \
		--placement "$placement" --mode latency --size 64 |
		awk 'NR == 2 { exit $5 == "-" ? 0 : 1 }'; then
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
	read -r spelling wait copy <<<"${mine[i]}"
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
