# SPDX-License-Identifier: MIT
# shellcheck shell=bash

# fields COLUMN... <FILE: these columns of every row of an RFC 4180 file, tab-separated.
fields() {
	awk -v wanted="$*" '
	function split_row(line, f,    n, i, c, quoted, text) {
		if (index(line, "\"") == 0)
			return split(line, f, ",")
		n = 0; text = ""; quoted = 0
		for (i = 1; i <= length(line); i++) {
			c = substr(line, i, 1)
			if (quoted && c == "\"" && substr(line, i + 1, 1) == "\"") {
				text = text c; i++
			} else if (c == "\"") {
				quoted = !quoted
			} else if (c == "," && !quoted) {
				f[++n] = text; text = ""
			} else {
				text = text c
			}
		}
		f[++n] = text
		return n
	}
	{ sub(/\r$/, "") }
	NR == 1 {
		n = split_row($0, f)
		for (i = 1; i <= n; i++)
			at[f[i]] = i
		columns = n
		wants = split(wanted, want, " ")
		for (i = 1; i <= wants; i++)
			if (!(want[i] in at)) { print "no column " want[i] > "/dev/stderr"; exit 1 }
		next
	}
	{
		if (split_row($0, f) != columns) { print "torn row: " $0 > "/dev/stderr"; exit 1 }
		for (i = 1; i <= wants; i++)
			printf "%s%s", f[at[want[i]]], i < wants ? "\t" : "\n"
	}'
}
