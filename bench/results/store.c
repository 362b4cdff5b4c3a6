/* SPDX-License-Identifier: MIT */
#include "results/results.h"

#include "results/measured.h"
#include "text/claim.h"
#include "text/memory.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int env_write(FILE *out, const void *results)
{
	const struct results *r = results;

	return fputs(r->env_json, out) < 0 || fputc('\n', out) < 0 ? -EIO : 0;
}

static int write_table(FILE *out, const void *results)
{
	return table_write(out, results, 0, false);
}

static const struct output_file run_files[] = {
	{"sides.csv", csv_write_sides}, /* first: only of several pairs */
	{"trials.csv", csv_write_trials}, {"summary.csv", csv_write_summary},
	{"percentiles.csv", csv_write_percentiles}, {"env.json", env_write},
	{"table.txt", write_table},
	{"timeline.csv", csv_write_timeline}, /* last: only with --timeline */
};

static bool has_pairs(const struct settings *s)
{
	size_t i = 0;

	while (i < s->topology_count && s->topologies[i] == 0)
		i++;
	return i < s->topology_count;
}

static struct outputs outputs_of(const struct settings *s)
{
	size_t first = has_pairs(s) ? 0 : 1;

	return (struct outputs){
		.targets = {{"--csv", s->csv, csv_write_trials}, {"--json", s->json, json_write},
			{"--md", s->md, markdown_write}, {"--tex", s->tex, latex_write}},
		.dir = s->output_dir,
		.resumed = s->resume != NULL,
		.files = run_files + first,
		.file_count = ARRAY_SIZE(run_files) - first - (s->timeline ? 0 : 1),
	};
}

/* The folder of the histograms is made once there are any; whether it can be is found out here. */
static int check_hist_dir(const char *dir, bool resumed, struct reason *why)
{
	int fd = output_folder(dir, HIST_FILES_DIR, why);
	char path[4096];

	if (fd < 0)
		return fd;
	close(fd);
	snprintf(path, sizeof(path), "%s/" HIST_FILES_DIR, dir);
	claim_sweep(path, NULL);
	snprintf(path, sizeof(path), "%s/" HIST_FILES_DIR "/.hlog", dir);
	int r = output_check("--output", path, why);

	*strrchr(path, '/') = '\0';
	if (rmdir(path) < 0 && r == 0 && !resumed)
		return reason_set(why, EEXIST,
			"--output %s: already holds a run (" HIST_FILES_DIR
			"); name another directory",
			dir);
	return r;
}

int store_prepare(const struct settings *s, struct reason *why)
{
	const struct outputs o = outputs_of(s);

	if (s->dry_run)
		return outputs_distinct(&o, why);
	int r = outputs_check(&o, why);

	return r < 0 || s->output_dir == NULL ? r : check_hist_dir(s->output_dir, o.resumed, why);
}

/* What stands in OUTPUT_INCOMPLETE; stored_incomplete() reads it. */
static char *mark_of(const struct results *r)
{
	return need_text("run %s: %zu launch%s planned; ipcbench --resume DIR goes on with it",
		r->run_id, r->plan->launch_count, r->plan->launch_count == 1 ? "" : "es");
}

/* What a run needs to be resumed comes before all other files. */
static int save_plan(const struct results *r, struct reason *why)
{
	const char *dir = r->plan->settings->output_dir;
	char *path = need_text("%s/env.json", dir);
	int err = stored_holds(dir, "env.json") ? 0 : output_write(path, env_write, r, why);

	free(path);
	return err;
}

int store_save(const struct results *r, bool last, struct reason *why)
{
	const struct settings *s = r->plan->settings;
	struct outputs o = outputs_of(s);
	char *mark = mark_of(r);
	int err = 0;

	o.mark = mark;
	/* before the first launch a file of an earlier run stays */
	if (!last && r->trial_count == 0)
		o.targets[0].option = NULL;
	if (s->output_dir != NULL)
		err = outputs_mark(&o, why);
	if (s->output_dir != NULL && err == 0)
		err = save_plan(r, why);
	if (s->output_dir != NULL && err == 0)
		err = hist_files_save(s->output_dir, r, why);
	o.unfinished = r->interrupted || err < 0;
	int rest = outputs_save(&o, r, last, why);

	free(mark);
	return err < 0 ? err : rest;
}

bool store_saves(const struct settings *s)
{
	return s->output_dir != NULL || s->csv != NULL || s->json != NULL || s->md != NULL ||
	       s->tex != NULL;
}

const char *store_stdout(const struct settings *s)
{
	const struct outputs o = outputs_of(s);
	const struct output_target *t = outputs_stdout(&o);

	return t == NULL ? NULL : t->option;
}

int store_print(const struct results *r)
{
	const struct outputs o = outputs_of(r->plan->settings);
	const struct output_target *t = outputs_stdout(&o);

	return t == NULL ? 0 : t->write(stdout, r);
}

/* ---- names of runs --------------------------------------------------------------------------- */

enum { STAMP_LEN = 16, DIGITS = 8 };

uint32_t run_id_fold(uint64_t number)
{
	return (uint32_t)(number ^ number >> 32);
}

bool run_id_read(const char *id, uint32_t *folded)
{
	const char *digits = id + STAMP_LEN + 1;

	if (strlen(id) != STAMP_LEN + 1 + DIGITS || id[STAMP_LEN] != '-' ||
		strspn(digits, "0123456789abcdef") != DIGITS)
		return false;
	*folded = (uint32_t)strtoul(digits, NULL, 16);
	return true;
}

void run_id_make(char id[RUN_ID_LEN], uint64_t number)
{
	time_t now = time(NULL);
	struct tm tm;
	char stamp[24];

	gmtime_r(&now, &tm);
	strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%SZ", &tm);
	snprintf(id, RUN_ID_LEN, "%s-%08x", stamp, run_id_fold(number));
}
