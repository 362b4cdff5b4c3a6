/* SPDX-License-Identifier: MIT */
#include "gate/comparison.h"

#include "run/watch.h"
#include "text/memory.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What a self-test writes, beside env.json, in place of the files of a gate: rows of all its gates.
 */
static const struct output_file grown[] = {
	{"gates.csv", gate_compare_csv_write},
	{"blocks.csv", gate_blocks_csv_write},
};

/* One run of the command. */
struct session {
	struct gate_session base;
	const struct gate_settings *settings;
	int *stdout_error;
	FILE *files[ARRAY_SIZE(grown)]; /* of the self-test; NULL = not asked for */
	int write_error;
};

/* ---- one gate -------------------------------------------------------------------------------- */

static int run_gate(struct session *s, struct gate_plan *plan)
{
	const struct gate_settings *set = s->settings;
	struct gate_results results;

	if (!set->quiet)
		progress_announce("at most", gate_seconds(set, plan));
	gate_session_measure(&s->base, &results, set, plan);
	int status =
		comparison_finish(&results, &set->files, set->quiet, set->color, s->stdout_error);

	gate_results_free(&results);
	return status;
}

static double most_seconds(const struct gate_settings *s, const struct gate_plan *plan)
{
	return (s->selftest ? s->gates : 1) * gate_seconds(s, plan);
}

static void print_version(const char *what, const char *only, const struct gate_builds *b)
{
	printf("%-5s %s\n", what, only);
	for (size_t i = 1; i < b->count; i++)
		printf("      %s\n", b->program[i]);
}

static int dry_run(const struct session *s, const struct gate_plan *plan)
{
	print_version("base", s->settings->base, &s->settings->builds[0]);
	print_version("new", s->settings->new, &s->settings->builds[1]);
	putchar('\n');
	for (size_t c = 0; c < plan->count; c++)
		printf("%s%s%s\n", plan->cells[c].name,
			plan->cells[c].status == STATUS_OK ? "" : ": skip: ",
			plan->cells[c].why.text);
	printf("\nat most %s, seed %ju\n", format_seconds(most_seconds(s->settings, plan)).text,
		(uintmax_t)s->settings->seed);
	return EXIT_MEASURED;
}

static int gate(struct session *s)
{
	const struct gate_settings *set = s->settings;
	const struct outputs o = comparison_outputs(&set->files);
	struct gate_plan plan;
	struct reason why = {""};
	int status, r = gate_plan_build(&plan, set, s->base.topology, &s->base.clock, &why);

	if (r == 0 && !set->dry_run)
		r = outputs_check(&o, &why);
	if (r < 0)
		status = complain(&why, EXIT_USAGE);
	else
		status = set->dry_run ? dry_run(s, &plan) : run_gate(s, &plan);
	gate_plan_free(&plan);
	return status;
}

/* ---- the self-test --------------------------------------------------------------------------- */

/* Appends the rows of one gate to a file, below the header of the first. 0 or -errno. */
static int append(FILE *out, output_writer *write, const struct gate_results *r, bool first)
{
	char *text;
	size_t len;
	FILE *memory = need_stream(&text, &len);

	write(memory, r);
	need_stream_end(memory);
	int err = 0;

	if (fputs(first ? text : strchr(text, '\n') + 1, out) < 0 || fflush(out) != 0)
		err = -errno;
	free(text);
	return err;
}

static void on_gate(void *arg, const struct gate_results *of, size_t done)
{
	struct session *s = arg;
	struct gate_results r = *of;
	char id[RUN_ID_LEN + 16], what[64];

	/* the gates of one self-test are told apart by number */
	snprintf(id, sizeof(id), "%s-%zu", s->base.run_id, done);
	r.run_id = id;
	for (size_t i = 0; i < ARRAY_SIZE(grown); i++)
		if (s->files[i] != NULL && s->write_error == 0)
			s->write_error = append(s->files[i], grown[i].write, &r, done == 1);
	if (s->settings->verbose)
		fprintf(stderr, "ipcbench: gate %zu of %u: %s, %.1f s\n", done, s->settings->gates,
			gate_outcome_name(gate_outcome(&r)), r.elapsed_s);
	snprintf(what, sizeof(what), "gate %zu", done + 1);
	if (!s->settings->quiet && !s->settings->verbose && done < s->settings->gates)
		progress_show(&s->base.progress, what, done);
}

static int open_files(struct session *s, struct reason *why)
{
	const char *dir = s->settings->files.output_dir;
	const struct outputs o = {.dir = dir, .files = grown, .file_count = ARRAY_SIZE(grown)};
	const struct gate_results r = {.env_json = s->base.env_json};
	char path[4200];

	if (dir == NULL)
		return 0;
	if (outputs_check(&o, why) < 0 || outputs_mark(&o, why) < 0)
		return -EIO;
	for (size_t i = 0; i < ARRAY_SIZE(grown); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, grown[i].name);
		s->files[i] = fopen(path, "wxe");
		if (s->files[i] == NULL)
			return reason_set(why, errno, "%s: %s", path, strerror(errno));
	}
	snprintf(path, sizeof(path), "%s/env.json", dir);
	return output_write(path, gate_env_write, &r, why);
}

/* A self-test that was cut off, or whose rows did not arrive, stays marked as incomplete. */
static void close_files(struct session *s, bool whole)
{
	const struct outputs o = {.dir = s->settings->files.output_dir};
	struct reason why;

	for (size_t i = 0; i < ARRAY_SIZE(grown); i++)
		if (s->files[i] != NULL &&
			(fsync(fileno(s->files[i])) | fclose(s->files[i])) != 0 &&
			s->write_error == 0)
			s->write_error = -errno;
	if (whole && o.dir != NULL && s->write_error == 0 && outputs_unmark(&o, &why) < 0)
		s->write_error = -EIO;
}

static int report_selftest(struct session *s, const struct selftest *t)
{
	int err = s->settings->quiet ? 0 : selftest_write(stdout, t, s->base.machine);

	if (err < 0)
		*s->stdout_error = -err;
	if (s->settings->quiet && selftest_failure(t) != NULL)
		fprintf(stderr, "ipcbench: %s\n", selftest_failure(t));
	return t->interrupted			      ? EXIT_SIGNAL + interrupted
	       : t->failure.text[0] != '\0'	      ? EXIT_NOT_MEASURED
	       : selftest_proof(t) == SELFTEST_BROKEN ? EXIT_FAILED
						      : EXIT_MEASURED;
}

/* What is wrong with the plan is told when the first gate begins. */
static void begin_progress(struct session *s)
{
	const struct gate_settings *set = s->settings;
	struct gate_plan plan;
	double seconds = 0;
	struct reason why;

	if (gate_plan_build(&plan, set, s->base.topology, &s->base.clock, &why) == 0)
		seconds = most_seconds(set, &plan);
	gate_plan_free(&plan);
	if (!set->quiet)
		progress_announce("at most", seconds);
	if (!set->quiet && !set->verbose)
		progress_begin(&s->base.progress, set->gates, seconds);
}

static int selftest(struct session *s)
{
	const struct gate_settings *set = s->settings;
	struct reason why = {""};
	struct selftest test = {
		.settings = set,
		.topology = s->base.topology,
		.clock = &s->base.clock,
		.step = on_gate,
		.arg = s,
		.why = &why,
	};
	int status = EXIT_USAGE, r = open_files(s, &why);

	if (r == 0) {
		begin_progress(s);
		r = selftest_run(&test);
		progress_end(&s->base.progress);
		status = r == 0		? report_selftest(s, &test)
			 : r == -EINVAL ? EXIT_USAGE
					: EXIT_NOT_MEASURED;
	}
	close_files(s, r == 0 && !test.interrupted);
	if (r == 0 && s->write_error < 0) {
		status = EXIT_NOT_MEASURED;
		r = reason_set(&why, -s->write_error, "%s: %s", set->files.output_dir,
			strerror(-s->write_error));
	}
	selftest_free(&test);
	return r < 0 ? complain(&why, status) : status;
}

/* ---- the command ----------------------------------------------------------------------------- */

int gate_run(void *settings, struct call *call)
{
	const struct gate_settings *set = settings;
	struct session s = {
		.base = {.quiet = set->quiet, .verbose = set->verbose},
		.settings = set,
		.stdout_error = &call->stdout_error,
	};
	struct reason why = {""};
	int status = EXIT_NOT_MEASURED;

	catch_signals();
	if (gate_session_open(&s.base, set->seed, call->argc, call->argv, &why) < 0)
		complain(&why, status);
	else if (set->selftest && !set->dry_run)
		status = selftest(&s);
	else
		status = gate(&s);
	gate_session_close(&s.base);
	return status;
}
