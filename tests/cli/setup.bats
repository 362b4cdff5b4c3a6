#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# --mode setup: a new channel and its very first message, as figures of their own.

# shellcheck disable=SC2154 # bats sets status, output and stderr
load ../lib
load cli

setup() {
	begin
}

teardown() {
	end
}

# Whatever a trial of another mode is told, here it is one message and no warm-up.
SETUP=(-m setup -s 64 -d 10s --warmup 5s)

@test "every mechanism is set up and exchanges one message" {
	cli -q -t all -w block "${SETUP[@]}" -p same-cpu -T 2 --verify --csv -
	[ "$status" -eq 0 ]
	local rows
	rows=$(fields transport status messages warmup_s setup_ns first_message_ns lat_count \
		lat_p50_ns lat_kind msgs_per_s flags <<<"$output" | grep -v '	skip	')
	[ "$(grep -c . <<<"$rows")" -eq $((2 * $(blocking_transports | wc -l))) ]
	awk -F'\t' '{
		if ($2 != "ok" || $3 != 1 || $4 != 0 || !($5 > 0) || !($6 > 0) ||
			$7 $8 $9 != "" || !($10 * ($5 + $6) <= 1e9) || $11 ~ /short|low/) { bad = 1; print }
	} END { exit bad }' <<<"$rows"
}

@test "the first message is one round trip of a new channel" {
	# a planted delay in the first send, which a warm-up would have used up
	cli -q --plugin "$PLANTED" -t planted:delays=1x30000000+2x1 -p same-cpu "${SETUP[@]}" -T 1 --csv -
	fields first_message_ns duration_s <<<"$output" |
		awk -F'\t' '!($1 >= 3e7 && $1 < 3e9 && $2 >= 0.03 && $2 < 3) { bad = 1; print } END { exit bad }'
}

@test "setting up is charged to setup_ns, private buffers are not" {
	cli -q -t shm:size=64K,shm:size=64M -w block -m setup -s 64 -p same-cpu -T 5 \
		--csv "$CSV" -t shm:layout=index,size=64K -t shm:layout=index,size=64M
	[ "$status" -eq 0 ]
	# a thousand times the memory
	fields transport setup_ns <"$CSV" | awk -F'\t' '
		/layout=index,size=64K/ { if (!small || $2 < small) small = $2 }
		/layout=index,size=64M/ { if (!large || $2 < large) large = $2 }
		END { exit !(small > 0 && large > 10 * small) }'
	cli -q -t pipe -m setup -s 64,16M -p same-cpu -T 5 --csv "$CSV"
	fields size_bytes setup_ns <"$CSV" | awk -F'\t' '
		$1 == 64 { if (!small || $2 < small) small = $2 }
		$1 > 64 { if (!large || $2 < large) large = $2 }
		END { exit !(small > 0 && large < 10 * small) }'
}

@test "a section of the table, and of the Markdown" {
	local args=(-t pipe -t unix-stream -t eventfd "${SETUP[@]}" -p same-cpu -T 6)
	COLUMNS=200 cli "${args[@]}"
	[ "$status" -eq 0 ]
	says "Set-up, 64 B, same-cpu"
	says "Notification set-up, same-cpu"
	says "6 trials × 1 message"
	grep -Eq '^ +transport +wait +set-up .s +95% CI +first message .s +95% CI( +flags)?$' <<<"$output"
	[ "$(grep -Ec '^[*= ] (pipe|unix-stream|eventfd) +block ' <<<"$output")" -eq 3 ]
	[[ "$output" != *"CPU ns"* ]]
	cli "${args[@]}" --md -
	grep -Eq '^\| transport \| wait \| set-up .s \| 95% CI \| first message .s ' <<<"$output"
}

@test "beside other modes: sections and rows of its own" {
	cli "${TINY[@]}" -m latency,throughput,setup --csv "$CSV"
	[ "$status" -eq 0 ]
	says "Round trip, 64 B"
	says "Throughput, 64 B"
	says "Set-up, 64 B"
	same "latency setup throughput" "$(fields mode <"$CSV" | sort | xargs)"
}

@test "the plan takes no time for it" {
	cli --dry-run -t pipe "${SETUP[@]}" -p same-cpu -T 100
	grep -Eq '100 launches, about [12]s' <<<"$output"
	plan -t pipe -m setup -s 64 -p same-cpu
	same setup "$(column 4)"
}

@test "in place and with every way of waiting" {
	cli -q -t shm,pipe -w block,hybrid,epoll -c all "${SETUP[@]}" -p same-cpu -T 1 --csv -
	[ "$status" -eq 0 ]
	# pipes have no place
	same "9 ok" "$(fields status <<<"$output" | grep -c ok) ok"
}
