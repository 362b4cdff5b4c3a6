#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Usage: rooms.sh SOURCE_ROOT. No file of bench/ includes one of a room above its own, products do
# not include each other except where it says so below, and no two files have the same base name.
set -eu

cd "$1/bench"
# brackets are for headers outside, but would find those of a room as well
grep -rnE --include='*.[ch]' --include='*.def' '^[[:space:]]*#[[:space:]]*include[[:space:]]*["<]' . |
	sed -E 's/<(([a-z-]+)\/[^>]*)>/"\1"/' | grep '"' | grep -vE '"(ipcbench|sys|linux|net|netinet)/' | awk '
BEGIN {
	# From the top down. Rooms in one line do not include each other, unless they are among the pairs.
	split("top;report replay gate advise claims tables topology doctor histograms list spread;" \
	      "results;run;cli;plan;hist stats;measure;doc;text;support", tiers, ";")
	for (t in tiers) {
		n = split(tiers[t], rooms, " ")
		for (i = 1; i <= n; i++)
			tier[rooms[i]] = t + 0
	}
	split("claims>gate replay>gate report>tables report>gate report>claims report>topology", pairs, " ")
	for (p in pairs)
		allowed[pairs[p]] = 1
}
{
	split($0, at, ":")
	split(at[1], from, "/")
	room = from[3] == "" ? "top" : from[2]
	split($0, quoted, "\"")
	target = quoted[2]
	into = target ~ "/" ? substr(target, 1, index(target, "/") - 1) : "top"
	if (target ~ /^(builtin|html-assets)/)
		next
	count++
	if (!(room in tier) || !(into in tier)) {
		print at[1] ":" at[2] ": no room " (room in tier ? into : room) " in tests/lint/rooms.sh"
		bad++
	} else if (room != into && tier[into] <= tier[room] && !((room ">" into) in allowed)) {
		print at[1] ":" at[2] ": " room " must not include " target
		bad++
	}
}
END {
	if (count < 100) {
		print "only " count + 0 " includes found"
		exit 1
	}
	print count " includes, " bad + 0 " that run back up"
	exit bad > 0
}'
twice=$(find . -name '*.[ch]' | sed 's|\.[ch]$||' | sort -u | sed 's|.*/||' | sort | uniq -d)
if [ -n "$twice" ]; then
	echo "base names that occur twice: $twice"
	exit 1
fi
