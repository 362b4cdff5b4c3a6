/* SPDX-License-Identifier: MIT */
#include "spread/spread.h"

#include "plan/mode.h"
#include "stats/summary.h"
#include "text/memory.h"
#include "text/record.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define BUT_LAYOUT (AXIS_ALL & ~AXIS_BIT(AXIS_LAYOUT))

/* ---- from runs to rows ----------------------------------------------------------------------- */

/* A cell of one run. */
struct source {
	const struct measured_cell *cell;
	long long build; /* its layout_seed */
};

static int by_key(const void *a, const void *b)
{
	const struct source *x = a, *y = b;
	int order = key_order_by(&x->cell->key, &y->cell->key, BUT_LAYOUT);

	if (order == 0)
		order = (x->build > y->build) - (x->build < y->build);
	return order != 0 ? order : (x->cell > y->cell) - (x->cell < y->cell);
}

static size_t trials_of(const struct source *cells, size_t n)
{
	size_t trials = 0;

	for (size_t i = 0; i < n; i++)
		trials += cells[i].cell->trial_count;
	return trials;
}

/* The logarithms of those `cells` that have this layout, a group per run. */
static struct variance split(
	const struct source *cells, size_t n, enum metric m, enum layout layout)
{
	size_t *sizes = need_array(n, sizeof(*sizes)), at = 0;
	double *values = need_array(trials_of(cells, n), sizeof(*values));

	for (size_t i = 0; i < n; i++) {
		if (cells[i].cell->key.layout == layout)
			sizes[i] = measured_values(cells[i].cell, m, &values[at]);
		for (size_t k = 0; k < sizes[i]; k++, at++)
			values[at] = log(values[at]);
	}
	const struct variance v = variance_split(values, sizes, n);

	free(values);
	free(sizes);
	return v;
}

/* The mean logarithms of runs that have this layout, a group per build. */
static struct variance split_builds(
	const struct source *cells, size_t n, enum metric m, enum layout layout)
{
	size_t *sizes = need_array(n, sizeof(*sizes)), builds = 0, runs = 0;
	double *means = need_array(n, sizeof(*means));
	long long last = 0;

	for (size_t i = 0; i < n; i++) {
		const struct variance v = split(&cells[i], 1, m, layout);

		if (v.values == 0)
			continue;
		builds += runs == 0 || cells[i].build != last;
		last = cells[i].build;
		sizes[builds - 1]++;
		means[runs++] = v.mean;
	}
	const struct variance v = variance_split(means, sizes, builds);

	free(means);
	free(sizes);
	return v;
}

static double median_of(const struct source *cells, size_t n, enum metric m)
{
	double *values = need_array(trials_of(cells, n), sizeof(*values));
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += measured_values(cells[i].cell, m, &values[count]);
	double figure = estimate_median(values, count).median;

	free(values);
	return figure;
}

/* The level that contributes most to the variance of the mean of all launches. */
static void advise(struct spread_row *r)
{
	double layout = isnan(r->layout) ? 0 : r->layout, launch = r->launch + layout,
	       most = launch / (double)r->launches;

	r->enough = r->run > 0 ? ceil(launch / r->run) : NAN;
	r->advice = layout > r->launch ? SPREAD_LAYOUTS : SPREAD_LAUNCHES;
	if (r->run / (double)r->runs > most) {
		r->advice = SPREAD_RUNS;
		most = r->run / (double)r->runs;
	}
	if (r->build / (double)r->builds > most)
		r->advice = SPREAD_BUILDS;
	if (isnan(r->run) && isnan(r->build))
		r->advice = SPREAD_RUNS_UNKNOWN;
}

/* With several builds runs are compared within each of them. */
static void split_runs(
	struct spread_row *r, const struct variance *launches, const struct variance *builds)
{
	/* of the mean of a run, from its launches alone */
	double noise = launches->within * (double)launches->groups / (double)launches->values;
	double run = builds->groups > 1 ? builds->within - noise : launches->between;

	r->builds = builds->groups;
	r->runs = launches->groups;
	r->run = isnan(run) ? NAN : fmax(run, 0);
	/* a run of each: what runs have in common cannot be told from it */
	r->build = builds->groups < 2	   ? NAN
		   : isnan(builds->within) ? fmax(builds->between - noise, 0)
					   : builds->between;
}

/* Of one cell; `cells` are those of all runs and layouts. */
static void add_row(struct spread *s, const struct source *cells, size_t n, enum metric metric)
{
	const struct cell_key *key = &cells[0].cell->key;
	enum metric m = metric != METRIC_COUNT ? metric : mode_of(key)->figure;
	const struct variance fixed = split(cells, n, m, LAYOUT_FIXED),
			      random = split(cells, n, m, LAYOUT_RANDOM);
	const bool more = random.groups > fixed.groups;
	const struct variance builds =
		split_builds(cells, n, m, more ? LAYOUT_RANDOM : LAYOUT_FIXED);
	struct spread_row r = {.key = key,
		.metric = m,
		.figure = median_of(cells, n, m),
		.launches = fixed.values + random.values,
		.launch = isnan(fixed.within) ? random.within : fixed.within,
		.layout = fmax(random.within - fixed.within, 0)};

	if (isnan(random.within) || isnan(fixed.within))
		r.layout = NAN;
	if (isnan(r.launch))
		return;
	split_runs(&r, more ? &random : &fixed, &builds);
	advise(&r);
	*need_next(s->rows, s->count) = r;
}

void spread_read(struct spread *s, const struct stored_run *runs, size_t count, enum metric metric)
{
	struct source *cells = NULL;
	size_t n = 0;

	*s = (struct spread){.runs = count};
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < runs[i].cell_count; k++)
			*need_next(cells, n) =
				(struct source){&runs[i].cells[k], env_layout_seed(runs[i].env)};
	if (n > 0)
		qsort(cells, n, sizeof(*cells), by_key);
	for (size_t from = 0, end; from < n; from = end) {
		end = from + 1;
		while (end < n && key_order_by(&cells[from].cell->key, &cells[end].cell->key,
					  BUT_LAYOUT) == 0)
			end++;
		if (cells[from].cell->key.foreign[AXIS_MODE] == NULL)
			add_row(s, &cells[from], end - from, metric);
	}
	free(cells);
}

void spread_free(struct spread *s)
{
	free(s->rows);
	*s = (struct spread){.rows = NULL};
}

/* ---- for people ------------------------------------------------------------------------------ */

static const char *const advice_names[] = {
	[SPREAD_RUNS_UNKNOWN] = "runs: there is one",
	[SPREAD_LAUNCHES] = "launches",
	[SPREAD_LAYOUTS] = "layouts",
	[SPREAD_RUNS] = "runs",
	[SPREAD_BUILDS] = "builds",
};

/* A deviation in percent. */
static void put_share(struct grid *g, double variance)
{
	grid_field(g, "%s", format_fixed(100 * sqrt(variance), 1).text);
}

static char *name_new(const struct cell_key *key)
{
	char *name = key_name_new(key, BUT_LAYOUT), *title = key_title_new(key, name);

	free(name);
	return title;
}

static void add_row_of(struct grid *g, const struct spread_row *r)
{
	bool rate = metric_info[r->metric].kind == METRIC_REAL;
	char *name = name_new(r->key);

	grid_row(g);
	grid_plain(g, name);
	grid_plain(g, metric_info[r->metric].column);
	grid_field(g, "%s", format_fixed(r->figure, rate ? 1 : 0).text);
	grid_field(g, "%zu", r->launches);
	put_share(g, r->launch);
	put_share(g, r->layout);
	put_share(g, r->run);
	put_share(g, r->build);
	if (r->advice == SPREAD_RUNS && !isnan(r->enough))
		grid_field(g, "%s, of %.0f launch%s each", advice_names[r->advice], r->enough,
			r->enough == 1 ? "" : "es");
	else
		grid_field(g, "%s", advice_names[r->advice]);
	free(name);
}

void spread_document(struct document *d, const void *spread)
{
	static const struct grid_column columns[] = {{.heading = "cell", .left = true},
		{.heading = "metric", .left = true}, {.heading = "median", .drop = 2},
		{.heading = "n", .drop = 1}, {.heading = "launches %"}, {.heading = "layouts %"},
		{.heading = "runs %"}, {.heading = "builds %"},
		{.heading = "repeat", .left = true}};
	const struct spread *s = spread;

	document_add(d, BLOCK_LINE, "Spread of %zu cell%s over %zu run%s, as standard deviations",
		s->count, s->count == 1 ? "" : "s", s->runs, s->runs == 1 ? "" : "s");
	struct grid *g = document_grid(d, columns, ARRAY_SIZE(columns));

	for (size_t i = 0; i < s->count; i++)
		add_row_of(g, &s->rows[i]);
	document_add(d, BLOCK_TEXT,
		"launches: between those of one run, with one layout if there are such; layouts: "
		"what "
		"--layout random adds to that, \"-\" without launches of both kinds; runs: what "
		"the "
		"launches of a run have in common, \"-\" with one run; builds: what the runs of "
		"one "
		"-Dlayout_seed have in common; with one run per build, differences between runs "
		"are in it. repeat: the level that adds "
		"most to the error of the mean of all launches; more launches of a run than are "
		"named there help little.");
}

/* ---- for programs ---------------------------------------------------------------------------- */

static void put_row(struct record *rec, const void *table, size_t i)
{
	static const struct cell_key no_key = {.transport = ""};
	static const struct spread_row none = {.key = &no_key};
	const struct spread *s = table;
	const struct spread_row *r = i < s->count ? &s->rows[i] : &none;
	char *name = name_new(r->key);

	record_text(rec, "cell", name);
	record_text(rec, "metric", metric_info[r->metric].column);
	record_real(rec, "median", r->figure);
	record_whole(rec, "runs", true, r->runs);
	record_whole(rec, "launches", true, r->launches);
	record_real(rec, "launches_deviation", sqrt(r->launch));
	record_real(rec, "layouts_deviation", sqrt(r->layout));
	record_real(rec, "runs_deviation", sqrt(r->run));
	record_text(rec, "repeat",
		r->advice == SPREAD_RUNS_UNKNOWN ? "unknown" : advice_names[r->advice]);
	record_real(rec, "launches_enough", r->enough);
	record_whole(rec, "builds", true, r->builds);
	record_real(rec, "builds_deviation", sqrt(r->build));
	free(name);
}

int spread_write_csv(FILE *out, const void *spread)
{
	const struct spread *s = spread;

	return records_csv(out, put_row, s, s->count);
}

/* ---- the command ----------------------------------------------------------------------------- */

enum { RUNS_MAX = 100 };

struct spread_settings {
	const char *dirs[RUNS_MAX];
	size_t count;
	enum metric metric;
	const char *md, *csv;
	bool quiet;
};

static int write_markdown(FILE *out, const void *spread)
{
	return document_print(out, DOC_MARKDOWN, spread_document, spread, 0, false);
}

static int finish(const struct spread_settings *set, const struct spread *s, int *stdout_error)
{
	const struct outputs o = {.targets = {{"--md", set->md, write_markdown},
					  {"--csv", set->csv, spread_write_csv}}};
	struct reason why = {""};

	if (outputs_check(&o, &why) < 0)
		return complain(&why, EXIT_USAGE);
	if (s->count == 0) {
		reason_set(&why, ENODATA,
			"%s: no cell has two trials with that metric above 0; use more --trials, "
			"or another --metric",
			set->dirs[0]);
		return complain(&why, EXIT_FAILED);
	}
	return command_deliver(&o, set->quiet ? NULL : spread_document, s, COLOR_AUTO, stdout_error)
		       ? EXIT_MEASURED
		       : EXIT_FAILED;
}

static int run(void *settings, struct call *call)
{
	const struct spread_settings *set = settings;
	struct stored_run *runs = need_array(set->count, sizeof(*runs));
	struct reason why = {""};
	struct spread s = {.rows = NULL};
	int status, r = 0;

	for (size_t i = 0; i < set->count && r == 0; i++)
		r = stored_run_load(&runs[i], set->dirs[i], &why);
	if (r == 0) {
		spread_read(&s, runs, set->count, set->metric);
		status = finish(set, &s, &call->stdout_error);
	} else {
		status = complain(&why, r == -ENOENT || r == -ENOTDIR ? EXIT_USAGE : EXIT_FAILED);
	}
	spread_free(&s);
	for (size_t i = 0; i < set->count; i++)
		stored_run_free(&runs[i]);
	free(runs);
	return status;
}

#define AT(field) offsetof(struct spread_settings, field)

static const struct option_row options[] = {
	OPTION("metric", 0, "METRIC", read_metric, AT(metric),
		"metric whose spread is split: p50, p99, p99.9, mean, msgs_per_s, cpu_ns_per_msg "
		"or another column of summary.csv. Default: the median time or the rate"),
	OPTION("md", 0, "FILE", read_text, AT(md), "write Markdown; - is standard output"),
	OPTION("csv", 0, "FILE", read_text, AT(csv), "write a row per cell; - is standard output"),
	OPTION_SWITCH("quiet", 'q', AT(quiet), "print no table on standard output"),
	OPTION_ROWS_END,
};

static int check(void *settings, const struct arguments *given, struct reason *why)
{
	struct spread_settings *s = settings;

	if (given->word_count == 0)
		return reason_set(why, EINVAL,
			"spread: no directory given; write spread DIR..., each of one run of the "
			"same cells");
	if (arguments_given(given, "metric") == NULL)
		s->metric = METRIC_COUNT;
	for (size_t i = 0; i < given->word_count && i < RUNS_MAX; i++)
		s->dirs[s->count++] = given->words[i];
	return command_check_words(&spread_command, given, RUNS_MAX, why);
}

const struct command spread_command = {
	.name = "spread",
	.summary = "show where the variance of stored runs comes from",
	.options = options,
	.operands = "DIR...",
	.doc = "Shows how much the result of each cell varies between launches, layouts, runs and "
	       "builds, and which of them to repeat for a more precise one. Each DIR is a "
	       "directory that ipcbench --output wrote. Best are several builds that differ in "
	       "-Dlayout_seed, with two or more runs of each, all of the same cells and with "
	       "--layout fixed,random.",
	.exit_status = "0 printed; 1 a run is damaged, no cell has two trials, or a file cannot be "
		       "written; 2 wrong usage, or a directory that is not a run",
	.takes_files = true,
	.settings_size = sizeof(struct spread_settings),
	.check = check,
	.run = run,
};
