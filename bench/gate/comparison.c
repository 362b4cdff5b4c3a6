/* SPDX-License-Identifier: MIT */
#include "gate/comparison.h"

#include "measure/clock.h"
#include "measure/machine.h"
#include "run/objects.h"
#include "run/watch.h"
#include "text/record.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* ---- a command that measures ----------------------------------------------------------------- */

int gate_session_open(
	struct gate_session *s, uint64_t seed, int argc, char **argv, struct reason *why)
{
	int r = objects_check(why);

	if (r == 0 && why->text[0] != '\0' && !s->quiet)
		complain(why, 0);
	s->topology = r < 0 ? NULL : topology_load(why);
	if (s->topology == NULL)
		return -EIO;
	why->text[0] = '\0';
	clock_calibrate(&s->clock, 0, why);
	if (why->text[0] != '\0' && !s->quiet)
		complain(why, 0);
	why->text[0] = '\0';
	run_id_make(s->run_id, seed);
	s->env_json = environment_text(s->topology, &s->clock, argc, argv, NULL, NULL);
	json_t *env = json_embedded(s->env_json);

	s->machine = env_machine(env);
	json_decref(env);
	return 0;
}

void gate_session_close(struct gate_session *s)
{
	topology_free(s->topology);
	free(s->machine);
	free(s->env_json);
}

void gate_session_show(
	struct gate_session *s, const struct gate_cell *cell, size_t done, size_t most)
{
	s->progress.total = most;
	if (s->verbose)
		fprintf(stderr, "ipcbench: block %zu of at most %zu: %s\n", done + 1, most,
			cell->name);
	else if (!s->quiet)
		progress_show(&s->progress, cell->name, done);
}

void gate_session_measure(struct gate_session *s, struct gate_results *out,
	const struct gate_settings *settings, struct gate_plan *plan)
{
	if (!s->quiet && !s->verbose)
		progress_begin(&s->progress, 1, gate_seconds(settings, plan));
	gate_measure(out, settings, plan, s);
	progress_end(&s->progress);
	out->run_id = s->run_id;
	out->machine = s->machine;
	out->env_json = s->env_json;
}

/* The first cell that failed; if nothing was compared at all, the first cell. */
static const struct gate_cell *unmeasured(const struct gate_results *r)
{
	for (size_t i = 0; i < r->cell_count; i++)
		if (r->cells[i].status == STATUS_FAIL)
			return &r->cells[i];
	return r->row_count == 0 && r->cell_count > 0 ? &r->cells[0] : NULL;
}

void gate_mourn(const struct gate_results *r, bool quiet)
{
	const struct gate_cell *cell = quiet ? unmeasured(r) : NULL;
	struct reason why;

	if (r->interrupted)
		fprintf(stderr,
			"ipcbench: interrupted by signal %d (%s) after %zu block%s; no verdict was reached\n",
			(int)interrupted, strsignal(interrupted), r->block_count,
			r->block_count == 1 ? "" : "s");
	else if (cell != NULL) {
		reason_set(&why, 0, "%.80s: %s: %s", cell->name, status_name(cell->status),
			cell->why.text);
		complain(&why, 0);
	}
}

/* ---- results --------------------------------------------------------------------------------- */

struct outputs comparison_outputs(const struct gate_files *f)
{
	static const struct output_file run_files[] = {
		{"compare.csv", gate_compare_csv_write},
		{"blocks.csv", gate_blocks_csv_write},
		{"gate.json", gate_json_write},
		{"env.json", gate_env_write},
	};

	return (struct outputs){
		.targets = {{"--csv", f->csv, gate_compare_csv_write},
			{"--json", f->json, gate_json_write}, {"--md", f->md, gate_markdown_write},
			{"--junit", f->junit, gate_junit_write},
			{"--action-bigger", f->action_bigger, gate_action_bigger_write},
			{"--action-smaller", f->action_smaller, gate_action_smaller_write},
			{"--bmf", f->bmf, gate_bmf_write}},
		.dir = f->output_dir,
		.files = run_files,
		.file_count = ARRAY_SIZE(run_files),
	};
}

static int exit_status(const struct gate_results *r)
{
	static const int status[] = {
		[GATE_PASSED] = EXIT_MEASURED,
		[GATE_REGRESSED] = EXIT_REGRESSED,
		[GATE_INCONCLUSIVE] = EXIT_INCONCLUSIVE,
		[GATE_NOT_MEASURED] = EXIT_NOT_MEASURED,
	};

	if (r->interrupted)
		return EXIT_SIGNAL + interrupted;
	/* what is advisory fails for want of data only */
	if (r->advisory && r->row_count > 0)
		return EXIT_MEASURED;
	return status[gate_outcome(r)];
}

int comparison_finish(const struct gate_results *r, const struct gate_files *files, bool quiet,
	enum color color, int *stdout_error)
{
	struct outputs o = comparison_outputs(files);

	/* stored runs have no blocks, and directories of their own that describe the machine */
	if (r->blocks == NULL && r->env_json == NULL)
		o.file_count = 1;
	o.unfinished = r->interrupted;
	bool saved = command_deliver(&o, quiet ? NULL : gate_fill, r, color, stdout_error);
	int status = saved ? exit_status(r) : EXIT_NOT_MEASURED;
	struct reason why;

	/* the reason, which the table would have told */
	if (quiet && status != EXIT_MEASURED && !r->interrupted) {
		reason_set(&why, 0, "%.250s", gate_headline(r, format_utf8()).text);
		complain(&why, 0);
	}
	gate_mourn(r, quiet);
	return status;
}

/* ---- ipcbench compare ------------------------------------------------------------------------ */

#define AT(field) offsetof(struct compare_settings, field)

static const struct option_row options[] = {
	OPTION("threshold", 0, "PERCENT", read_percent, AT(what.threshold),
		"a slowdown of this size is a regression. Default: {default}", .initial = "10%",
		.min = 1, .max = 990),
	OPTION("metrics", 0, "LIST", read_words, AT(what.metrics),
		"what to compare: throughput, latency (median), mean and p99 (of the latency), cpu "
		"(time per message), all. Default: {default}",
		.initial = COMPARED_METRICS, .words = gate_metric_words),
	OPTION("md", 0, "FILE", read_text, AT(files.md),
		"write the table as Markdown; - is standard output"),
	OPTION("json", 0, "FILE", read_text, AT(files.json),
		"write everything as JSON; - is standard output"),
	OPTION("csv", 0, "FILE", read_text, AT(files.csv),
		"write one row per cell and metric; - is standard output"),
	OPTION("junit", 0, "FILE", read_text, AT(files.junit),
		"write a JUnit report, a case per cell and metric; - is standard output"),
	OPTION("output", 'o', "DIR", read_text, AT(files.output_dir),
		"write a directory with compare.csv"),
	OPTION_SWITCH("quiet", 'q', AT(quiet), "print no table"),
	OPTION_ROWS_END,
};

static int check(void *settings, const struct arguments *given, struct reason *why)
{
	struct compare_settings *s = settings;

	if (given->word_count < 2)
		return reason_set(why, EINVAL,
			"compare: %zu of 2 directories given; write compare BASE_DIR NEW_DIR",
			given->word_count);
	memcpy(s->dirs, given->words, sizeof(s->dirs));
	return command_check_words(&compare_command, given, 2, why);
}

static int run(void *settings, struct call *call)
{
	const struct compare_settings *set = settings;
	uint64_t start = clock_gettime_ns();
	struct reason why = {""};
	struct outputs o = comparison_outputs(&set->files);
	char run_id[RUN_ID_LEN];
	struct stored_run base, new = {.dir = NULL};
	struct stored stored = {.runs = {NULL}};
	uint32_t number;

	if (getrandom(&number, sizeof(number), 0) != (ssize_t)sizeof(number))
		number = (uint32_t)start;
	int r = stored_run_load(&base, set->dirs[0], &why);
	if (r == 0)
		r = stored_run_load(&new, set->dirs[1], &why);
	if (r < 0) {
		r = complain(&why, r == -ENOENT || r == -ENOTDIR ? EXIT_USAGE : EXIT_NOT_MEASURED);
	} else if (outputs_check(&o, &why) < 0) {
		r = complain(&why, EXIT_USAGE);
	} else {
		stored_compare(&stored, &base, &new, &set->what);
		run_id_make(run_id, number);
		stored.results.run_id = run_id;
		stored.results.elapsed_s = (double)(clock_gettime_ns() - start) / 1e9;
		r = comparison_finish(
			&stored.results, &set->files, set->quiet, COLOR_AUTO, &call->stdout_error);
	}
	stored_free(&stored);
	stored_run_free(&base);
	stored_run_free(&new);
	return r;
}

const struct command compare_command = {
	.name = "compare",
	.summary = "compare two stored runs",
	.options = options,
	.operands = "BASE_DIR NEW_DIR",
	.doc = "Compares two stored runs (directories that ipcbench --output wrote) cell by cell, "
	       "with confidence intervals. If the runs differ in machine, kernel, settings or "
	       "build, the comparison is advisory: it lists the differences and exits with 0. "
	       "Even runs of one machine drift, and drift looks like a change; ipcbench gate "
	       "measures both versions in turn and decides.",
	.exit_status =
		"0 no slowdown of --threshold, or the comparison is advisory; 1 a regression; 2 "
		"wrong usage, or a directory that is not a run; 3 inconclusive; 4 a cell failed, "
		"nothing could be compared, a run is damaged, or a result could not be written",
	.takes_files = true,
	.settings_size = sizeof(struct compare_settings),
	.check = check,
	.run = run,
	.unwritten = EXIT_NOT_MEASURED,
};
