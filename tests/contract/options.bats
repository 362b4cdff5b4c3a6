#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Options of shared memory against each other: whatever geometry they ask for together, a row is
# measured, every byte checked, or skipped with the reason.

# shellcheck disable=SC2154 # lib.bash sets CSV
bats_require_minimum_version 1.5.0

load ../lib

setup() {
	begin
}

teardown() {
	end
}

# geometry MESSAGES SIZES [--batch LIST] SPELLING...: no row of these fails, and some are measured.
geometry() {
	local messages=$1 sizes=$2 batch=1 failed
	shift 2
	if [ "$1" = --batch ]; then
		batch=$2
		shift 2
	fi
	measure --transport "$(IFS=,; echo "$*")" --size "$sizes" --wait block --copy copy,inplace --batch "$batch" \
		--mode latency,throughput --verify --messages "$messages" --warmup 0.001 --timeout 20
	failed=$(fields status transport copy mode size_bytes reason <"$CSV" | grep '^fail' || true)
	[ -z "$failed" ] || {
		say "$failed"
		return 1
	}
	fields status <"$CSV" | grep -qx ok
}

@test "batches and chunks of every size" {
	local chunks=(shm shm:chunk=32 shm:chunk=100 shm:chunk=8 shm:chunk=64K)
	geometry 700 1,7,57,64,72,129,4095 --batch 1,2,8 "${chunks[@]}"
	# small pieces of large messages take a sanitized build long; fewer go round the ring as well
	geometry 100 65K,128K --batch 1,2,8 "${chunks[@]}"
	geometry 700 1,7,57,64,4095 shm:chunk=3
}

@test "small rings" {
	geometry 700 1,7,57,64,1000 --batch 1,2 shm:size=128 shm:size=5000 \
		shm:layout=index,chunk=8,size=64 shm:layout=inline,size=128
}

@test "a round trip that polls for a line which its payload fills" {
	measure --transport shm,mmap --size 56,57,64,65 --wait spin --placement cross-cpu --copy copy \
		--mode latency,setup --verify --messages 3000 --warmup 0.001 --timeout 20
	[ "$(fields status <"$CSV" | sort | uniq -c | xargs)" = "16 ok" ]
}

@test "in mapped files, System V and POSIX segments" {
	geometry 700 64,4K --batch 1,2 mmap:chunk=8 sysv-shm:chunk=1K posix-shm:chunk=4K
}

@test "every mechanism that batches, however it waits, and batches that are not full" {
	measure --transport all --size 7,64,100,4K --mode throughput --batch 1,8,256 --placement cross-cpu \
		--wait all --verify --messages 1000 --warmup 0.001 --timeout 20
	run ! grep -m 3 '^fail' <(fields status transport wait batch size_bytes reason <"$CSV")
	# the last batch holds 1000 - 3 x 256 messages
	[ 1000 = "$(fields status transport messages lost_messages <"$CSV" |
		awk -F'\t' '$1 == "ok" && $2 != "null" { print $3 + $4 }' | sort -u)" ]
	[ "fifo mmap pipe posix-shm shm sysv-shm tcp udp unix-dgram unix-seqpacket unix-stream" = \
		"$(fields status batch transport <"$CSV" | awk '$1 == "ok" && $2 == 256 { print $3 }' |
			sort -u | xargs)" ]
	# a ring shows a batch at once, and the rate is that of the messages behind the first, which
	# the warm-up has begun, be it with its last message alone
	fields status batch transport messages duration_s msgs_per_s <"$CSV" | awk -F'\t' '
		$1 == "ok" && $3 ~ /mmap|shm/ {
			first = $4 - sprintf("%.0f", $5 * $6)
			wrong += first < 1 || first > $2
			begun += first < $2
		}
		END { exit wrong > 0 || begun == 0 }'
	# the others say so
	fields status batch transport reason <"$CSV" | grep -q \
		'^skip	256	sysv-mq	sysv-mq moves messages one by one, not --batch 256 at once; use --batch 1$'
	# without a warm-up the first batch is whole
	measure --transport shm --size 64 --mode throughput --batch 1,256 --placement cross-cpu \
		--wait all --warmup 0 --messages 1000
	run ! grep . <(fields status batch messages duration_s msgs_per_s <"$CSV" | awk -F'\t' '
		$1 == "ok" && $3 - sprintf("%.0f", $4 * $5) != $2')
}

@test "a semaphore set waits and posts in one call" {
	local pair=(--transport sysv-sem:ops=pair --size 8)
	measure "${pair[@]}" --wait block --mode latency,setup --messages 700
	[ "$(fields mode status messages <"$CSV" | sort)" = "$(printf 'latency\tok\t700\nsetup\tok\t1')" ]
	measure "${pair[@]}" --wait block,hybrid --mode throughput,oneway --messages 700
	[ "$(fields status <"$CSV" | sort -u)" = skip ]
	fields reason <"$CSV" | grep -q 'ops=pair waits and posts in one call.*ops=single'
	# what cannot be had is not replaced by something else
	measure "${pair[@]}" --wait block --mode latency --messages 700 --think 1us
	fields status reason <"$CSV" | grep -q '^skip	.*ops=pair.*use --think 0'
	measure "${pair[@]}" --wait block --mode latency --messages 700 --think 0,1us
	[ "$(fields status <"$CSV" | sort | xargs)" = "ok skip" ]
	measure "${pair[@]}" --wait block --mode latency --messages 700 --dispatch indirect
	fields status reason <"$CSV" | grep -q '^skip	.*--dispatch indirect.*use ops=single'
	measure "${pair[@]}" --wait block --mode latency --messages 700 --slowdown 100
	fields status reason <"$CSV" | grep -q '^skip	.*--slowdown.*use ops=single'
}

@test "an option without an effect is refused, since the row would claim one" {
	local spelling
	for spelling in shm:layout=mailbox,size=64 shm:dir=/tmp shm:layout=inline,chunk=8; do
		measure --transport "$spelling" --size 8 --wait block --mode latency
		fields status reason <"$CSV" | grep -Eq '^skip	.*(size|dir|chunk)=.*use ' || {
			say "$spelling:" "$(fields status reason <"$CSV")"
			return 1
		}
	done
	"$IPCBENCH" --dry-run -t shm:waiter=condvar -w spin -s 8 --placement none |
		grep -q 'skip: waiter= says how a side sleeps'
}
