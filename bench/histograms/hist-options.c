/* SPDX-License-Identifier: MIT */
#include "histograms/hist-command.h"

#include "cli/option.h"
#include "text/memory.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *const hist_action_names[] = {"show", "diff", "merge", NULL};

#define AT(field) offsetof(struct hist_request, field)

static const struct option_row options[] = {
	OPTION_SWITCH("add", 0, AT(add), "merge: add up the intervals of each tag into one"),
	OPTION_SWITCH("hgrm", 0, AT(hgrm),
		"show: the percentile distribution of all together, in microseconds"),
	OPTION_SWITCH("intervals", 0, AT(intervals), "show: a row per interval instead of per tag"),
	OPTION_SWITCH("json", 0, AT(json), "show, diff: as JSON, values in nanoseconds"),
	OPTION("output", 'o', "FILE", read_text, AT(output),
		"merge: the log to write; - is standard output"),
	OPTION("tag", 0, "TAG", read_string, AT(tag), "only intervals with this tag"),
	OPTION_ROW_HELP,
	{.name = NULL},
};

static const struct option_rule rules[] = {
	{.one = "hgrm", .other = "json", .because = "give one"},
	{.one = "hgrm", .other = "intervals", .because = "give one"},
	{.one = NULL},
};

static const char *action_name(size_t i)
{
	return hist_action_names[i];
}

static int check_files(const struct hist_request *h, struct reason *why)
{
	if (h->action == HIST_DIFF && h->file_count != 2)
		return reason_set(why, EINVAL,
			"hist diff: %zu file%s given; it compares 2: hist diff A B", h->file_count,
			h->file_count == 1 ? "" : "s");
	if (h->file_count == 0)
		return reason_set(why, EINVAL,
			"hist %s: no file given; name a log, or - for standard input",
			hist_action_names[h->action]);
	return 0;
}

/* Options of other actions. */
static int check_options(const struct hist_request *h, struct reason *why)
{
	bool show = h->action == HIST_SHOW, merge = h->action == HIST_MERGE;

	if (merge != (h->output != NULL))
		return reason_set(why, EINVAL,
			merge ? "hist merge: no --output given; write merge -o OUT FILE..."
			      : "--output is for hist merge only; show and diff print");
	if (h->add && !merge)
		return reason_set(why, EINVAL, "--add is for hist merge only");
	if ((h->hgrm || h->intervals) && !show)
		return reason_set(
			why, EINVAL, "--%s is for hist show only", h->hgrm ? "hgrm" : "intervals");
	if (h->json && merge)
		return reason_set(why, EINVAL, "--json is for hist show and diff only");
	return 0;
}

/* The first word is what to do, the others are files. */
static int check(void *settings, const struct arguments *given, struct reason *why)
{
	struct hist_request *h = settings;
	const struct option_row actions = {.words = hist_action_names};

	if (given->word_count == 0)
		return reason_set(
			why, EINVAL, "hist: write show FILE..., diff A B or merge -o OUT FILE...");
	int r = read_word(
		&(struct option_value){&actions, "hist", given->words[0], why}, &h->action);

	if (r < 0)
		return r;
	h->file_count = given->word_count - 1;
	h->files = need_array(given->word_count, sizeof(*h->files));
	memcpy(h->files, given->words + 1, h->file_count * sizeof(*h->files));
	r = check_files(h, why);
	return r == 0 ? check_options(h, why) : r;
}

const struct command hist_command = {
	.name = "hist",
	.summary = "show, compare and merge histogram logs of this and other tools",
	.options = options,
	.rules = rules,
	.operands = "show FILE...\ndiff A B\nmerge -o OUT FILE...",
	.operand = action_name,
	.doc = "Shows, compares and merges histogram logs (HdrHistogram, format 1.x, V2 encoding), "
	       "those in hist/ of a run directory and those of other tools; - is standard input. "
	       "Values are taken as nanoseconds. A percentile is shown if at least 10 values lie "
	       "beyond it.",
	.exit_status = "0; 1 if a file cannot be read or written, or is no such log; 2 usage.",
	.takes_files = true,
	.settings_size = sizeof(struct hist_request),
	.check = check,
	.run = hist_run,
};
