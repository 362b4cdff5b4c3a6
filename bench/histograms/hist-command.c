/* SPDX-License-Identifier: MIT */
#include "histograms/hist-command.h"

#include "cli/command.h"
#include "hist/log.h"
#include "hist/slots.h"
#include "results/hgrm.h"
#include "text/format.h"
#include "text/outputs.h"
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
				: hist_table(out, &set, r->file_count > 1, r->intervals);
	hist_set_free(&set);
	return err;
}

static int diff(FILE *out, const struct hist_request *r, struct reason *why)
{
	struct hist_set a, b = {.count = 0};
	int err = hist_load(&a, r->files, 1, r->tag, SPLIT_TAG, why);
	char name[256];

	if (err == 0)
		err = hist_load(&b, r->files + 1, 1, r->tag, SPLIT_TAG, why);
	for (size_t i = 0; i < 2 && err == 0 && !r->json; i++)
		fprintf(out, "%c = %s\n", "AB"[i],
			format_plain(name, sizeof(name), r->files[i], format_utf8()));
	if (err == 0)
		err = r->json ? hist_diff_json(out, &a.all, &b.all)
			      : hist_diff_table(out, &a.all, &b.all);
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

static int merge(FILE *out, const struct hist_request *r, struct reason *why)
{
	struct hist_set set;
	int err = hist_load(
		&set, r->files, r->file_count, r->tag, r->add ? SPLIT_TAG : SPLIT_INTERVAL, why);

	if (err == 0) {
		qsort(set.group, set.count, sizeof(struct hist_group *), by_start);
		err = strcmp(r->output, "-") == 0 ? write_set(out, &set)
						  : output_write(r->output, write_set, &set, why);
	}
	hist_set_free(&set);
	return err;
}

int hist_run(void *settings, struct call *call)
{
	const struct hist_request *r = settings;
	struct reason why = {""};
	int err = r->action == HIST_SHOW   ? show(stdout, r, &why)
		  : r->action == HIST_DIFF ? diff(stdout, r, &why)
					   : merge(stdout, r, &why);

	(void)call;
	if (err == 0)
		return EXIT_MEASURED;
	if (why.text[0] == '\0')
		reason_set(&why, -err, "cannot write standard output: %s", strerror(-err));
	/* main() tells what is wrong with that */
	return ferror(stdout) ? EXIT_FAILED : complain(&why, EXIT_FAILED);
}
