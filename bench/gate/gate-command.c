/* SPDX-License-Identifier: MIT */
#include "gate/gate-command.h"

#include "cli/command.h"
#include "cli/exit-status.h"
#include "gate/comparison.h"
#include "gate/fingerprint.h"
#include "gate/gate-files.h"
#include "gate/gate-options.h"
#include "gate/gate-plan.h"
#include "gate/gate-writers.h"
#include "gate/protocol.h"
#include "gate/selftest-report.h"
#include "gate/selftest.h"
#include "measure/clock.h"
#include "measure/environment.h"
#include "results/progress.h"
#include "results/run-id.h"
#include "run/interrupt.h"
#include "text/format.h"
#include "text/outputs.h"
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One run of the command. */
struct session {
	const struct gate_settings *settings;
	const struct topology *topology;
	struct clock clock;
	struct progress progress;
	char run_id[RUN_ID_LEN];
	char *machine, *env_json;
	FILE *blocks, *gates; /* of the self-test, being written */
	int write_error;
};

/* ---- the machine ----------------------------------------------------------------------------- */

/* What a reader of the table has to know. */
static int name_machine(struct session *s)
{
	json_t *env = json_loads(s->env_json, 0, NULL);

	s->machine = fingerprint_machine(env);
	json_decref(env);
	return s->machine == NULL ? -ENOMEM : 0;
}

static int describe(struct session *s, struct reason *why)
{
	const struct gate_settings *set = s->settings;
	int r = clock_calibrate(&s->clock, why);

	if (r < 0)
		return r;
	if (why->text[0] != '\0' && !set->quiet)
		complain(why, 0);
	run_id_make(s->run_id, set->seed);
	s->env_json = environment_text(s->topology, &s->clock, set->argc, set->argv, NULL, NULL);
	if (s->env_json == NULL || name_machine(s) < 0)
		return reason_set(why, ENOMEM, "out of memory while describing the machine");
	return 0;
}

/* ---- one gate -------------------------------------------------------------------------------- */

static void on_block(void *arg, const struct gate_cell *cell, size_t done, size_t most)
{
	struct session *s = arg;

	s->progress.total = most;
	if (s->settings->verbose)
		fprintf(stderr, "ipcbench: block %zu of at most %zu: %s\n", done + 1, most,
			cell->name);
	else if (!s->settings->quiet)
		progress_show(&s->progress, cell->name, done);
}

static int finish(struct session *s, struct gate_results *r, int *stdout_error)
{
	const struct gate_settings *set = s->settings;

	r->run_id = s->run_id;
	r->machine = s->machine;
	r->env_json = s->env_json;
	int status = comparison_finish(r, &set->files, set->quiet, set->color, stdout_error);

	if (r->interrupted && !set->quiet)
		fprintf(stderr,
			"ipcbench: interrupted by %s after %zu blocks; no verdict comes of them\n",
			strsignal(interrupted), r->block_count);
	return status;
}

static int run_gate(struct session *s, struct gate_plan *plan, int *stdout_error)
{
	const struct gate_settings *set = s->settings;
	struct gate_results results;
	struct reason why = {""};

	if (!set->quiet && !set->verbose)
		progress_begin(&s->progress, 1, gate_seconds(set, plan));
	int r = gate_measure(&results, set, plan, &interrupted, on_block, s);

	progress_end(&s->progress);
	if (r < 0) {
		gate_results_free(&results);
		reason_set(&why, -r, "out of memory while measuring; ask for fewer cells");
		return complain(&why, EXIT_NOT_MEASURED);
	}
	int status = finish(s, &results, stdout_error);

	gate_results_free(&results);
	return status;
}

static int dry_run(const struct session *s, const struct gate_plan *plan)
{
	char time[24];
	double gates = s->settings->selftest ? s->settings->gates : 1;

	printf("base  %s\nnew   %s\n\n", s->settings->base, s->settings->new);
	for (size_t c = 0; c < plan->count; c++)
		printf("%s%s%s\n", plan->cells[c].name,
			plan->cells[c].status == STATUS_OK ? "" : ": skip: ",
			plan->cells[c].why.text);
	printf("\nat most %s, seed %ju\n",
		format_seconds(time, sizeof(time), gates * gate_seconds(s->settings, plan)),
		(uintmax_t)s->settings->seed);
	return EXIT_MEASURED;
}

static int gate(struct session *s, int *stdout_error)
{
	struct gate_plan plan;
	struct reason why = {""};
	int status, r = gate_plan_build(&plan, s->settings, s->topology, &s->clock, &why);

	if (r == 0 && !s->settings->dry_run)
		r = gate_files_check(&s->settings->files, &why);
	if (r < 0)
		status = complain(&why, EXIT_USAGE);
	else if (s->settings->dry_run)
		status = dry_run(s, &plan);
	else
		status = run_gate(s, &plan, stdout_error);
	gate_plan_free(&plan);
	return status;
}

/* ---- the self-test --------------------------------------------------------------------------- */

/* What a self-test writes in place of compare.csv: the rows of all its gates. */
#define GATES_FILE "gates.csv"

typedef int gate_writer(FILE *out, const struct gate_results *r);

/* A file of many gates has the header of the first. */
static int append(FILE *out, gate_writer *write, const struct gate_results *r, bool header)
{
	char *text = NULL;
	size_t len;
	FILE *memory = open_memstream(&text, &len);

	if (memory == NULL)
		return -ENOMEM;
	int err = write(memory, r);

	if (fclose(memory) != 0 || err < 0) {
		free(text);
		return err < 0 ? err : -ENOMEM;
	}
	const char *from = header ? text : strchr(text, '\n') + 1;

	if (fputs(from, out) < 0 || fflush(out) != 0)
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
	snprintf(id, sizeof(id), "%s-%zu", s->run_id, done);
	r.run_id = id;
	if (s->gates != NULL && s->write_error == 0) {
		int err = append(s->gates, gate_compare_csv_write, &r, done == 1);

		s->write_error =
			err < 0 ? err : append(s->blocks, gate_blocks_csv_write, &r, done == 1);
	}
	if (s->settings->verbose)
		fprintf(stderr, "ipcbench: gate %zu of %u: %s, %.1f s\n", done, s->settings->gates,
			gate_outcome_name(gate_outcome(&r)), r.elapsed_s);
	snprintf(what, sizeof(what), "gate %zu", done + 1);
	if (!s->settings->quiet && !s->settings->verbose && done < s->settings->gates)
		progress_show(&s->progress, what, done);
}

static FILE *create(const char *dir, const char *name, struct reason *why)
{
	char path[4200];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	FILE *out = fopen(path, "wxe");

	if (out == NULL)
		reason_set(why, errno, "%s: %s", path, strerror(errno));
	return out;
}

static int open_files(struct session *s, struct reason *why)
{
	const char *dir = s->settings->files.output_dir;
	struct gate_results r = {.env_json = s->env_json};
	char path[4200];

	if (dir == NULL)
		return 0;
	s->gates = create(dir, GATES_FILE, why);
	if (s->gates == NULL)
		return -EIO;
	s->blocks = create(dir, "blocks.csv", why);
	if (s->blocks == NULL)
		return -EIO;
	snprintf(path, sizeof(path), "%s/env.json", dir);
	return output_write(path, gate_write_env, &r, why);
}

static int close_files(struct session *s)
{
	int err = s->write_error;

	if (s->gates != NULL && fclose(s->gates) != 0 && err == 0)
		err = -errno;
	if (s->blocks != NULL && fclose(s->blocks) != 0 && err == 0)
		err = -errno;
	return err;
}

static int report_selftest(struct session *s, const struct selftest *t, int *stdout_error)
{
	struct reason why = {""};
	int err = s->settings->quiet ? 0 : selftest_write(stdout, t, s->settings, s->machine);
	int status = t->interrupted					 ? EXIT_SIGNAL + interrupted
		     : t->failure.text[0] != '\0'			 ? EXIT_NOT_MEASURED
		     : selftest_proof(t, s->settings) == SELFTEST_BROKEN ? EXIT_FAILED
									 : EXIT_MEASURED;

	if (err < 0)
		*stdout_error = -err;
	err = close_files(s);
	if (err < 0) {
		reason_set(&why, -err, "%s: %s", s->settings->files.output_dir, strerror(-err));
		status = complain(&why, EXIT_NOT_MEASURED);
	}
	return status;
}

static int selftest(struct session *s, int *stdout_error)
{
	/* written by hand, since they grow with every gate */
	static const struct output_file files[] = {{GATES_FILE, NULL}, {"blocks.csv", NULL}};
	const struct gate_settings *set = s->settings;
	const struct outputs o = {
		.dir = set->files.output_dir, .files = files, .file_count = ARRAY_SIZE(files)};
	struct reason why = {""};
	struct selftest test;

	if (outputs_check(&o, &why) < 0)
		return complain(&why, EXIT_USAGE);
	if (open_files(s, &why) < 0) {
		close_files(s);
		return complain(&why, EXIT_USAGE);
	}
	if (!set->quiet && !set->verbose)
		progress_begin(&s->progress, set->gates, NAN);
	int r = selftest_run(&test, set, s->topology, &s->clock, &interrupted, on_gate, s, &why);
	int status;

	progress_end(&s->progress);
	if (r < 0) {
		close_files(s);
		if (why.text[0] == '\0')
			reason_set(&why, -r, "out of memory while testing; ask for fewer cells");
		status = complain(&why, r == -EINVAL ? EXIT_USAGE : EXIT_NOT_MEASURED);
	} else {
		status = report_selftest(s, &test, stdout_error);
	}
	selftest_free(&test);
	return status;
}

/* ---- the command ----------------------------------------------------------------------------- */

int gate_command(int argc, char **argv, int *stdout_error)
{
	struct gate_settings settings;
	struct reason why = {""};
	int status = EXIT_NOT_MEASURED, r = gate_parse(&settings, argc - 1, argv + 1, &why);

	if (r != 0) {
		gate_settings_free(&settings);
		return r > 0 ? EXIT_MEASURED : complain(&why, EXIT_USAGE);
	}
	/* env.json has the whole command */
	settings.argc = argc;
	settings.argv = argv;
	struct session s = {.settings = &settings, .topology = topology_load(&why)};

	if (s.topology == NULL || describe(&s, &why) < 0)
		complain(&why, status);
	else if (settings.selftest && !settings.dry_run)
		status = selftest(&s, stdout_error);
	else
		status = gate(&s, stdout_error);
	free(s.env_json);
	free(s.machine);
	topology_free((struct topology *)(uintptr_t)s.topology);
	gate_settings_free(&settings);
	return status;
}
