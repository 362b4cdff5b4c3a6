/* SPDX-License-Identifier: MIT */
#include "results/sections.h"

const char *const legend_texts[MARK_COUNT] = {
	[MARK_BEST] = "* best of its section, among those that wait alike",
	[MARK_RANGE] = "low-high: lowest and highest trial",
	[MARK_INTERVAL] = "95% CI: of the median over the trials",
	[MARK_CPU] = "CPU: user and system time of both sides",
	[MARK_SETUP] = "set-up: creating the channel and attaching to it; its first message: a "
		       "round trip",
	[MARK_MISSING] = "+N: the percentile needs N more samples in a trial",
	[MARK_DUE] = "p50, p99, max of an open loop: from the time at which a message was due; "
		     "send p99: from its actual send",
	[MARK_KNEE] = "K: knee, the highest load whose p99 is under 10 times that of the lowest",
	[MARK_FLOOR] = "null: moves nothing, the floor of the harness itself",
	[MARK_PARTIAL] = "!: some trials failed, the figures are of the others",
	[MARK_FLAGS + 0] = "M: migrated (a side changed its CPU)",
	[MARK_FLAGS + 1] = "S: steal (the hypervisor took time away)",
	[MARK_FLAGS + 2] = "R: short-run (under 10 ms or 100 messages)",
	[MARK_FLAGS + 3] = "O: rate-missed",
	[MARK_FLAGS + 4] = "P: same-cpu-spin (polls on the CPU that its peer needs)",
	[MARK_FLAGS + 5] = "C: clock-fallback",
	[MARK_FLAGS + 6] = "T: throttled",
	[MARK_FLAGS + 7] = "L: low-samples",
};

char legend_flag_letter(size_t flag)
{
	return legend_texts[MARK_FLAGS + flag][0];
}

const char *legend_flag_meaning(size_t flag)
{
	return legend_texts[MARK_FLAGS + flag] + 3;
}
