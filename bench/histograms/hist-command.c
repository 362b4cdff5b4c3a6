/* SPDX-License-Identifier: MIT */
#include "histograms/hist-command.h"

#include "hist/log.h"
#include "results/results.h"
#include "text/memory.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { NS_PER_US = 1000 };

static int show(FILE *out, const struct hist_request *r, struct reason *why)
{
	struct hist_set set;
	int err = hist_load(&set, r->files, r->file_count, r->tag,
		r->intervals ? SPLIT_INTERVAL : SPLIT_FILE_TAG, why);

	if (err == 0)
		err = r->hgrm	? hgrm_write(out, &set.all, NS_PER_US)
		      : r->json ? hist_json(out, &set)
				: document_print(out, DOC_TERMINAL, hist_fill, &set, 0, false);
	hist_set_free(&set);
	return err;
}

static int diff(FILE *out, const struct hist_request *r, struct reason *why)
{
	struct hist_set a, b = {.count = 0};
	const struct hlog_histogram *const pair[] = {&a.all, &b.all};
	int err = hist_load(&a, r->files, 1, r->tag, SPLIT_TAG, why);
	char name[256];

	if (err == 0)
		err = hist_load(&b, r->files + 1, 1, r->tag, SPLIT_TAG, why);
	for (size_t i = 0; i < 2 && err == 0 && !r->json; i++)
		fprintf(out, "%c = %s\n", "AB"[i],
			format_plain(name, sizeof(name), r->files[i], format_utf8()));
	if (err == 0)
		err = r->json ? hist_diff_json(out, pair)
			      : document_print(out, DOC_TERMINAL, hist_diff_fill, pair, 0, false);
	hist_set_free(&a);
	hist_set_free(&b);
	return err;
}

/* ---- merge ----------------------------------------------------------------------------------- */

static int by_start(const void *a, const void *b)
{
	const struct hist_group *x = *(struct hist_group *const *)a;
	const struct hist_group *y = *(struct hist_group *const *)b;

	if (x->start_s != y->start_s)
		return x->start_s < y->start_s ? -1 : 1;
	return x->number < y->number ? -1 : 1;
}

static int write_group(FILE *out, const struct hist_group *g, double start_s)
{
	char *text = hlog_encode(&g->hist);
	int r = text == NULL ? -ENOMEM
			     : hlog_write_interval(out, g->tag, g->start_s - start_s,
				       g->end_s - g->start_s, hlog_max(&g->hist), text);

	free(text);
	return r;
}

static int write_set(FILE *out, const void *arg)
{
	const struct hist_set *set = arg;
	double start = hlog_floor_ms(set->group[0]->start_s);
	int r = hlog_write_head(out, start, "merged by ipcbench " IPCBENCH_VERSION);

	for (size_t i = 0; r == 0 && i < set->count; i++)
		r = write_group(out, set->group[i], start);
	return r;
}

static int merge(FILE *out, const struct hist_request *r, int *status, struct reason *why)
{
	const struct outputs o = {.targets = {{"--output", r->output, write_set}}};
	struct hist_set set;
	int err = hist_load(
		&set, r->files, r->file_count, r->tag, r->add ? SPLIT_TAG : SPLIT_INTERVAL, why);

	if (err == 0) {
		err = outputs_check(&o, why);
		*status = err < 0 ? EXIT_USAGE : *status;
	}
	if (err == 0) {
		qsort(set.group, set.count, sizeof(struct hist_group *), by_start);
		err = outputs_stdout(&o) != NULL ? write_set(out, &set)
						 : outputs_save(&o, &set, true, why);
	}
	hist_set_free(&set);
	return err;
}

static int run(void *settings, struct call *call)
{
	const struct hist_request *r = settings;
	struct reason why = {""};
	int status = EXIT_FAILED;
	int err = r->action == HIST_SHOW   ? show(stdout, r, &why)
		  : r->action == HIST_DIFF ? diff(stdout, r, &why)
					   : merge(stdout, r, &status, &why);

	(void)call;
	if (err == 0)
		return EXIT_MEASURED;
	if (why.text[0] == '\0')
		reason_set(&why, -err, "cannot write standard output: %s", strerror(-err));
	/* main() tells what is wrong with that */
	return ferror(stdout) ? EXIT_FAILED : complain(&why, status);
}

/* ---- the command ----------------------------------------------------------------------------- */

static const char *const action_names[] = {"show", "diff", "merge", NULL};

#define AT(field) offsetof(struct hist_request, field)

static const struct option_row options[] = {
	OPTION_SWITCH("add", 0, AT(add), "merge: add up the intervals of each tag"),
	OPTION_SWITCH("hgrm", 0, AT(hgrm),
		"show: print the percentile distribution of all logs together, in microseconds"),
	OPTION_SWITCH(
		"intervals", 0, AT(intervals), "show: print a row per interval instead of per tag"),
	OPTION_SWITCH("json", 0, AT(json), "show, diff: print JSON, with values in nanoseconds"),
	OPTION("output", 'o', "FILE", read_text, AT(output),
		"merge: log to write; - is standard output"),
	OPTION("tag", 0, "TAG", read_string, AT(tag), "take only intervals with this tag"),
	OPTION_ROWS_END,
};

static const struct option_rule rules[] = {
	{.one = "hgrm", .other = "json", .because = "give one"},
	{.one = "hgrm", .other = "intervals", .because = "give one"},
	{.one = NULL},
};

static const char *action_name(size_t i)
{
	return action_names[i];
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
			action_names[h->action]);
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
	const struct option_row actions = {.words = action_names};

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
	.summary = "show, compare and merge histogram logs (HdrHistogram)",
	.options = options,
	.rules = rules,
	.operands = "show FILE...\ndiff A B\nmerge -o OUT FILE...",
	.operand = action_name,
	.doc = "Shows, compares and merges histogram logs (HdrHistogram, format 1.x, V2 encoding): "
	       "those in hist/ of a run directory and those of other tools; - is standard input. "
	       "Values are read as nanoseconds. A percentile is shown if at least 10 values lie "
	       "beyond it.",
	.exit_status =
		"0 done; 1 a file cannot be read or written, or is not a histogram log; 2 wrong "
		"usage",
	.takes_files = true,
	.settings_size = sizeof(struct hist_request),
	.check = check,
	.run = run,
};
