# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# What the tests of programs as sides share.

# Whatever this test has started, under any name.
programs() {
	local pid
	grep -lz "^IPCBENCH_VIA=" /proc/[0-9]*/environ 2>/dev/null | while IFS=/ read -r _ _ pid _; do
		! grep -qz -- "^IPCBENCH_TEST=$IPCBENCH_TEST\$" "/proc/$pid/environ" || ps -o pid=,args= -p "$pid"
	done
}

no_programs() {
	until_true 5 eval "[ -z \"\$(programs)\" ]" || {
		say "programs run on:" "$(programs)"
		return 1
	}
}
