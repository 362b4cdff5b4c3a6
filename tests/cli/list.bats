#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

# shellcheck disable=SC2154,SC2030,SC2031 # bats sets status, output and stderr; each test is a subshell
load ../lib
load cli

setup() {
	begin
}

teardown() {
	end
}

@test "list: a table of at most 80 columns with every mechanism" {
	cli list
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	same "" "$(awk 'length > 80' <<<"$output")"
	local name table=$output
	for name in $("$IPCBENCH" list --json | jq -r '.[].name'); do
		grep -Eq "^  $name +.* (yes|no)$" <<<"$table"
	done
}

@test "list: what cannot run here says why" {
	cli list --plugin "$PLANTED"
	# every "no" is followed by its reason
	same "" "$(awk '/^    / { no = 0 } no { print } { no = / no$/ }' <<<"$output")"
	cli list --json
	same 0 "$(jq '[.[] | select((.available | not) and (.reason | length) == 0)] | length' <<<"$output")"
	same 0 "$(jq '[.[] | select(.available and .reason != null)] | length' <<<"$output")"
}

@test "list --json: traits and options of every mechanism" {
	cli list --json
	[ "$status" -eq 0 ]
	jq -e 'type == "array" and length >= 20' <<<"$output"
	jq -e 'all(.[];
		(.name | test("^[a-z0-9-]+$")) and (.family | length > 0) and
		(.summary | length > 0) and (.api | length > 0) and
		([.reach] | inside(["kin", "host", "network"])) and
		([.shape] | inside(["stream", "message", "memory", "notification", "null"])) and
		([.persistence] | inside(["process", "kernel", "file"])) and
		(.waits | length > 0) and (.customary - .waits == []) and (.customary | length > 0) and
		(.available | type == "boolean"))' <<<"$output"
	# names are unique
	jq -e '([.[].name] | unique | length) == length' <<<"$output"
	jq -e '.[] | select(.name == "shm") | .options[] | select(.name == "segment") |
		.type == "choice" and (.choices | index("hugetlb")) != null and
		(.default as $d | .choices | index($d)) != null' <<<"$output"
	# which mechanisms --batch is for
	jq -e 'map({(.name): .batches}) | add | .pipe and .udp and .shm and (.["sysv-mq"] or .eventfd | not)' <<<"$output"
	# and --topology
	jq -e 'map({(.name): .topologies}) | add | .pipe == ["fan-in", "fan-out one", "server threads", "server epoll"] and .futex == ["fan-in", "fan-out every", "server threads"] and .signal == ["fan-in"]' <<<"$output"
	# a choice has words, everything has help
	jq -e 'all(.[].options[]; (.help | length > 0) and
		((.type == "choice") == (.choices | length > 0)))' <<<"$output"
}

@test "list: every option that is listed is accepted at its default and its choices" {
	local spelling
	while read -r spelling; do
		cli --dry-run -t "$spelling" -s 64 -m latency -p same-cpu
		[ "$status" -eq 0 ] || {
			say "$spelling: $stderr"
			return 1
		}
	done < <("$IPCBENCH" list --json | jq -r '.[] | .name as $t | .options[] | .name as $o |
		((.choices[], (.default // empty)) | "\($t):\($o)=\(.)")')
}

@test "list --md: one table, one row per mechanism" {
	cli list --md
	[ "$status" -eq 0 ]
	same "$("$IPCBENCH" list --json | jq length)" "$(grep -c '^|.*`' <<<"$output")"
	# every row has as many cells as the heading
	same 1 "$(awk -F'|' '{ gsub(/\\[|]/, ""); print NF }' <<<"$output" | sort -u | wc -l)"
	# nothing of this machine
	local before=$output
	cli list --md
	same "$before" "$output"
}

@test "list --help" {
	cli list --help
	[ "$status" -eq 0 ]
	says --json
	says --md
}

@test "list: a full standard output is an error" {
	[ -e /dev/full ] || skip "no /dev/full"
	# shellcheck disable=SC2016 # the inner shell expands
	run timeout 60 sh -c '"$1" list >/dev/full' sh "$IPCBENCH"
	[ "$status" -eq 1 ]
}

# refused CHANGE TEXT: a change of the example is not loaded for this reason.
refused() {
	sed "$1" "$SOURCE_ROOT/examples/hello.c" >mine.c
	cc -shared -fPIC -fno-jump-tables -I"$SOURCE_ROOT/include" mine.c -o mine.so
	usage "$2" list --plugin mine.so
	[[ "$stderr" != *$'\033'* ]]
}

@test "list --plugin: a record that is not sound is refused with the field and its limit" {
	cd "$BATS_TEST_TMPDIR"
	refused 's/an example:/two\\nlines/' 'plugin mine.so: summary has a byte 0xa at 3, which is a control character'
	refused 's/API_BSD/(enum api)9/' 'plugin mine.so: api is 9; the least is 0 and the most 4'
	refused 's/\(state_size =\).*/\1 -1,/' 'state_size is 18446744073709551615; the least is 0 and the most 67108864'
	refused 's/"hello"/"sockets"/' 'name is "sockets", which is a family or group already'
	refused 's/"hello"/"pipe"/' 'a transport named pipe exists already'
	refused 's/const struct transport ipcbench_/static const struct transport my_/
		$ a const unsigned int old __asm__("ipcbench_transport") = IPCBENCH_ABI;' \
		'plugin mine.so: ipcbench_transport has 4 bytes instead of'
	refused 's/const struct transport ipcbench_/static const struct transport my_/
		$ a void old(void) __asm__("ipcbench_transport"); void old(void) {}' \
		'plugin mine.so: ipcbench_transport is not a variable'
	local with='.config_size = 8, .options = (const struct option_spec[]){{.name = "o", .max = 4, .help = "x",'
	refused "s/\\.duplex/$with .initial = \"9\\\\033\"}, {0}}, &/" 'option o: initial has a byte 0x1b at 1'
	refused "s/\\.duplex/$with .initial = \"9\"}, {0}}, &/" \
		'a default is wrong: --transport hello:o: "9" exceeds the limit of'
	mkfifo fifo
	usage 'fifo: not a regular file but a FIFO' list --plugin fifo
}

# faulty CHANGE TEXT: the self-test finds this in a change of the example.
faulty() {
	sed "$1" "$SOURCE_ROOT/examples/hello.c" >mine.c
	cc -shared -fPIC -I"$SOURCE_ROOT/include" mine.c -o mine.so
	cli selftest --plugin mine.so
	[ "$status" -eq 1 ]
	says "$2"
	says "hello: failed"
}

@test "selftest: what breaks the contract is named" {
	cd "$BATS_TEST_TMPDIR"
	[ "$(cat /proc/sys/net/core/wmem_default)" -ge 1048576 ] || faulty 's/\.limits = hello_limits,//' \
		': sender, warm-up phase: send() of message 0 failed: Message too long'
	faulty '/close(h->fd\[1\]);/d' 'failed: close() left'
	# a name in the ledger outlives close(); the descriptors of the ledger itself are the driver's
	faulty 's/h->open = true;/& if (ipcbench_object_track(OBJECT_PATH, "\/tmp\/none") < 0) return -1;/' \
		'objects in the ledger behind'
	cli clean
	[ "$status" -eq 0 ]
	sed 's/if (!h->open)/if (!h->open) __builtin_trap();\n\tif (false)/' "$SOURCE_ROOT/examples/hello.c" >mine.c
	cc -shared -fPIC -I"$SOURCE_ROOT/include" mine.c -o mine.so
	cli selftest --plugin mine.so
	[ "$status" -eq 1 ]
	[[ "$stderr" == *"mine.so: close() was ended by signal"* ]] || { say "$stderr"; return 1; }
	usage 'nothing to test; name a shared object with --plugin FILE' selftest
	mkdir empty
	usage 'cannot load plugins: empty has no *.so' selftest --plugin empty
}
