#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Options of shared memory against each other: whatever geometry they ask for together, a row is
# measured, every byte checked, or skipped with the reason.

# shellcheck disable=SC2154 # lib.bash sets CSV
load ../lib

setup() {
	begin
}

teardown() {
	end
}

# geometry SIZES SPELLING...: no row of these fails, and some are measured.
geometry() {
	local sizes=$1 failed
	shift
	measure --transport "$(IFS=,; echo "$*")" --size "$sizes" --wait block --copy copy,inplace \
		--mode latency,throughput --verify --messages 700 --timeout 20
	failed=$(fields status transport copy mode size_bytes reason <"$CSV" | grep '^fail' || true)
	[ -z "$failed" ] || {
		say "$failed"
		return 1
	}
	fields status <"$CSV" | grep -qx ok
}

@test "batches and chunks of every size" {
	geometry 1,7,57,64,72,129,4095,65K,128K shm:batch=1 shm:batch=2 shm:batch=8 shm:chunk=32 shm:chunk=100 \
		shm:chunk=8,batch=2 shm:chunk=64K,batch=4
	# pieces of 3 B of a larger message would take a sanitized build minutes
	geometry 1,7,57,64,4095 shm:chunk=3
}

@test "small rings" {
	geometry 1,7,57,64,1000 shm:size=128 shm:size=5000 shm:size=5000,batch=2 \
		shm:layout=index,chunk=8,size=64 shm:layout=inline,size=128
}

@test "in mapped files, System V and POSIX segments" {
	geometry 64,4K mmap:chunk=8 sysv-shm:chunk=1K posix-shm:batch=2,chunk=1K
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
	fields status reason <"$CSV" | grep -q '^fail	.*ops=pair.*use --think 0'
	measure "${pair[@]}" --wait block --mode latency --messages 700 --dispatch indirect
	fields status reason <"$CSV" | grep -q '^fail	.*not supported'
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
