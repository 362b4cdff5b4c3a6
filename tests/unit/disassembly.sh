#!/bin/sh
# SPDX-License-Identifier: MIT
#
# disassembly.sh BINARY: proves that no hot loop of the optimised build calls through a pointer.
# Every loop function is disassembled, and every local function that it reaches by direct calls or
# jumps; an indirect call or jump in any of them fails the test. Calls into libraries go through
# the linkage table and end the search. Functions that put an error into words
# (ipcbench_*_fault) end a loop and are not part of it, nor is what repeats one to warm up. IPCBENCH runs what BINARY cannot run by
# itself, and OBJDUMP reads it, if it is for another machine.
#
# The generic loops (--dispatch indirect, and those for messages of different sizes) must have what the others must not, or the comparison of
# the two says nothing, and neither would this test if it could not see such a call.
set -eu

binary=$1
objdump=${OBJDUMP:-objdump}
for tool in "$objdump" jq; do
	if ! command -v "$tool" >/dev/null; then
		echo "skipped: $tool is not installed (apt-get install binutils jq)"
		exit 77
	fi
done

transports=$("${IPCBENCH:-$binary}" list --json | jq length)

# a disassembly is large: awk reads it once, then walks the calls
"$objdump" -d --no-show-raw-insn "$binary" | awk -v transports="$transports" '
function start_of(operand,    part, offset) {
	# "1234 <name+0x10>" -> the address at which the function begins
	if (match(operand, /[0-9a-f]+ <[^>]+>/) == 0)
		return ""
	split(substr(operand, RSTART, RLENGTH), part, " ")
	offset = 0
	if (match(part[2], /\+0x[0-9a-f]+>/))
		offset = number(substr(part[2], RSTART + 3, RLENGTH - 4))
	return number(part[1]) - offset
}
function number(hex,    i, value) {
	value = 0
	for (i = 1; i <= length(hex); i++)
		value = value * 16 + index("0123456789abcdef", substr(hex, i, 1)) - 1
	return value
}
# the head of a function
/^[0-9a-f]+ <.*>:$/ {
	here = number($1)
	name[here] = substr($2, 2, length($2) - 3)
	if (name[here] ~ /^generic_(ping|pong|stream_tx|stream_rx|rate_tx|rate_rx|rate_ping|oneway_ping|oneway_pong|batch_tx|batch_rx|fan_rx|fan_end|ping_depth|serve)(_inplace)?$/ ||
		name[here] ~ /^generic_sized_(ping|pong|stream_tx|stream_rx)$/)
		generic[here] = 1
	else if (name[here] !~ /^generic_/ &&
		name[here] ~ /_(ping|pong|stream_tx|stream_rx|rate_tx|rate_rx|rate_ping|oneway_ping|oneway_pong|batch_tx|batch_rx|fan_rx|fan_end|ping_depth|serve)(_inplace)?(\.[a-z0-9.]+)?$/) {
		queue[++last] = here
		seen[here] = 1
		if (name[here] !~ /\.cold/)
			loops++
	}
	next
}
# x86: call, jmp, jne...; Arm: bl, b, b.ne, cbz, tbnz, blr, br
/^ +[0-9a-f]+:/ {
	op = $2
	if (op == "bnd" || op == "notrack")
		op = $3
	if (op ~ /^(call|jmp)/ && $0 ~ /\*/) {
		# a library function called through its slot rather than its stub
		if ($0 !~ /# [0-9a-f]+ <[^>]*@/)
			indirect[here] = indirect[here] "\n\t" $0
	} else if (op == "blr" || op == "br") {
		indirect[here] = indirect[here] "\n\t" $0
	} else if ((op ~ /^(call|j)/ || op ~ /^(bl?|b\..*|cbn?z|tbn?z)$/) && $0 !~ /@plt/) {
		to = start_of($0)
		if (to != "" && to != here)
			calls[here] = calls[here] " " to
	}
}
END {
	for (first = 1; first <= last; first++) {
		f = queue[first]
		checked++
		if (f in indirect) {
			printf "%s calls or jumps through a pointer:%s\n", name[f], indirect[f]
			bad = 1
		}
		n = split(calls[f], target, " ")
		for (i = 1; i <= n; i++) {
			t = target[i]
			if (!(t in seen) && name[t] !~ /^(ipcbench_[a-z]+_fault|rounds_warm_up)/) {
				seen[t] = 1
				queue[++last] = t
			}
		}
	}
	for (f in generic) {
		if (f in indirect) {
			pointers++
		} else {
			printf "%s does not call through a pointer\n", name[f]
			bad = 1
		}
	}
	if (pointers != 31) {
		printf "%d of 31 generic loops call through pointers\n", pointers
		bad = 1
	}
	printf "%d loop functions of %d transports, %d functions checked\n", loops, transports, checked
	if (transports < 1 || loops < transports) {
		print "too few loop functions: is the binary stripped, or were the loops renamed?"
		bad = 1
	}
	exit bad
}'
