/* SPDX-License-Identifier: MIT */
/* Marks of the tables and what they mean; a line stands only where its mark does. */
#include "results/sections.h"

const char legend_flag_letters[TRIAL_FLAG_COUNT] = {'M', 'S', 'R', 'O', 'P', 'C', 'T', 'L'};

const char *const legend_flag_meanings[TRIAL_FLAG_COUNT] = {
	"migrated (a side changed its CPU)",
	"steal (the hypervisor took time away)",
	"short-run (under 10 ms or 100 messages)",
	"rate-missed",
	"same-cpu-spin (polls on the CPU that its peer needs)",
	"clock-fallback",
	"throttled",
	"low-samples",
};

/* Appends a part, after a semicolon unless it is the first. */
static size_t append(char *buf, size_t at, size_t len, const char *mark, const char *meaning)
{
	if (at >= len)
		return at;
	return at +
	       (size_t)snprintf(buf + at, len - at, "%s%s%s", at > 0 ? "; " : "", mark, meaning);
}

void legend_add(struct legend *into, const struct legend *from)
{
	into->flags |= from->flags;
	into->missing |= from->missing;
	into->range |= from->range;
	into->interval |= from->interval;
	into->best |= from->best;
	into->cpu |= from->cpu;
	into->setup |= from->setup;
	into->floor |= from->floor;
	into->partial |= from->partial;
	into->knee |= from->knee;
	into->due |= from->due;
}

char *legend_write(const struct legend *l, char *buf, size_t len)
{
	const struct {
		bool shown;
		const char *mark, *meaning;
	} parts[] = {
		{l->best, "*", " best of its section, among those that wait alike"},
		{l->range, "low-high", ": lowest and highest trial"},
		{l->interval, "95% CI", ": of the median over the trials"},
		{l->cpu, "CPU", ": user and system time of both sides"},
		{l->setup, "set-up",
			": creating the channel and attaching to it; its first message: a round trip"},
		{l->missing, "+N", ": the percentile needs N more samples in a trial"},
		{l->due, "p50, p99, max",
			" of an open loop: from the time at which a message was due; "
			"send p99: from its actual send"},
		{l->knee, "K",
			": knee, the highest load whose p99 is under 10 times that of the lowest"},
		{l->floor, "null", ": moves nothing, the floor of the harness itself"},
		{l->partial, "!", ": some trials failed, the figures are of the others"},
	};
	size_t at = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		if (parts[i].shown)
			at = append(buf, at, len, parts[i].mark, parts[i].meaning);
	}
	for (size_t i = 0; i < TRIAL_FLAG_COUNT; i++) {
		const char mark[] = {legend_flag_letters[i], ':', ' ', '\0'};

		if (l->flags & 1u << i)
			at = append(buf, at, len, mark, legend_flag_meanings[i]);
	}
	return buf;
}
