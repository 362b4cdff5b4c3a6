/* SPDX-License-Identifier: MIT */
#include "results/store.h"

#include "results/hist-files.h"
#include "text/outputs.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

/* What the writers get: the results, and the machine as env.json has it. */
struct stored {
	const struct results *results;
	const char *env_json;
};

static int write_trials(FILE *out, const void *what)
{
	return csv_write_trials(out, ((const struct stored *)what)->results);
}

static int write_summary(FILE *out, const void *what)
{
	return csv_write_summary(out, ((const struct stored *)what)->results);
}

static int write_percentiles(FILE *out, const void *what)
{
	return csv_write_percentiles(out, ((const struct stored *)what)->results);
}

static int write_timeline(FILE *out, const void *what)
{
	return csv_write_timeline(out, ((const struct stored *)what)->results);
}

static int write_env(FILE *out, const void *what)
{
	const struct stored *s = what;

	return fputs(s->env_json, out) < 0 || fputc('\n', out) < 0 ? -EIO : 0;
}

static int write_json(FILE *out, const void *what)
{
	const struct stored *s = what;

	return json_write(out, s->results, s->env_json);
}

static int write_markdown(FILE *out, const void *what)
{
	return markdown_write(out, ((const struct stored *)what)->results);
}

static int write_latex(FILE *out, const void *what)
{
	return latex_write(out, ((const struct stored *)what)->results);
}

static int write_table(FILE *out, const void *what)
{
	return table_write(out, ((const struct stored *)what)->results, 0, false);
}

static const struct output_file run_files[] = {
	{"trials.csv", write_trials}, {"summary.csv", write_summary},
	{"percentiles.csv", write_percentiles}, {"env.json", write_env}, {"table.txt", write_table},
	{"timeline.csv", write_timeline}, /* last: only with --timeline */
};

enum { TARGETS = 4 };

/* The outputs that the settings name; their targets go to `targets`. */
static struct outputs outputs_of(const struct settings *s, struct output_target targets[TARGETS])
{
	const struct output_target all[TARGETS] = {
		{"--csv", s->csv, write_trials},
		{"--json", s->json, write_json},
		{"--md", s->md, write_markdown},
		{"--tex", s->tex, write_latex},
	};

	memcpy(targets, all, sizeof(all));
	return (struct outputs){
		.targets = targets,
		.target_count = TARGETS,
		.dir = s->output_dir,
		.files = run_files,
		.file_count = ARRAY_SIZE(run_files) - (s->timeline ? 0 : 1),
	};
}

/* The folder of the histograms is made once there are any; whether it can be is found out here. */
static int check_hist_dir(const char *dir, struct reason *why)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/" HIST_FILES_DIR, dir);
	int r = output_directory(path, why);

	if (r < 0)
		return r;
	snprintf(path, sizeof(path), "%s/" HIST_FILES_DIR "/.hlog", dir);
	r = output_check("--output", path, why);
	*strrchr(path, '/') = '\0';
	rmdir(path);
	return r;
}

int store_prepare(const struct settings *s, struct reason *why)
{
	struct output_target targets[TARGETS];
	const struct outputs o = outputs_of(s, targets);
	int r = outputs_check(&o, why);

	return r < 0 || s->output_dir == NULL ? r : check_hist_dir(s->output_dir, why);
}

int store_save(const struct results *r, const char *env_json, bool last, struct reason *why)
{
	struct output_target targets[TARGETS];
	const struct settings *s = r->plan->settings;
	const struct outputs o = outputs_of(s, targets);
	const struct stored what = {r, env_json};
	int err = outputs_save(&o, &what, last, why);

	return err < 0 || s->output_dir == NULL ? err : hist_files_save(s->output_dir, r, why);
}

const char *store_stdout(const struct settings *s)
{
	struct output_target targets[TARGETS];
	const struct outputs o = outputs_of(s, targets);
	const struct output_target *t = outputs_stdout(&o);

	return t == NULL ? NULL : t->option;
}

int store_print(const struct results *r, const char *env_json)
{
	struct output_target targets[TARGETS];
	const struct outputs o = outputs_of(r->plan->settings, targets);
	const struct output_target *t = outputs_stdout(&o);
	const struct stored what = {r, env_json};

	return t == NULL ? 0 : t->write(stdout, &what);
}
