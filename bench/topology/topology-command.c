/* SPDX-License-Identifier: MIT */
#include "cli/command.h"
#include "measure/clock.h"
#include "measure/machine.h"
#include "results/progress.h"
#include "results/run-id.h"
#include "run/interrupt.h"
#include "text/format.h"
#include "text/memory.h"
#include "text/outputs.h"
#include "topology/matrix.h"
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* One run of the command. */
struct survey {
	const struct topology_settings *settings;
	const struct topology *topology;
	struct matrix matrix;
	struct progress progress;
	char run_id[RUN_ID_LEN];
	char *env_json;
	struct output_target targets[2];
	struct outputs outputs;
	int argc; /* the whole command line, for env.json */
	char **argv;
};

/* ---- which CPUs ------------------------------------------------------------------------------ */

/* Every allowed CPU, or the first of each core. */
static size_t choose_cpus(const struct topology *t, bool smt, int *cpus)
{
	size_t count = 0;

	for (size_t i = 0; i < t->count; i++) {
		bool chosen = t->cpu[i].allowed;

		for (size_t j = 0; j < i && chosen && !smt; j++)
			chosen = !t->cpu[j].allowed || t->cpu[j].core != t->cpu[i].core;
		if (chosen)
			cpus[count++] = t->cpu[i].cpu;
	}
	return count;
}

static int plan(struct survey *s, struct reason *why)
{
	const struct topology_settings *set = s->settings;
	int *all = need_array(s->topology->count, sizeof(*all));
	size_t n = choose_cpus(s->topology, set->smt, all);
	int r = matrix_plan(&s->matrix, s->topology, set->cpus == NULL ? all : set->cpus,
		set->cpus == NULL ? n : set->cpu_count, set->duration_s, set->timeout_s, why);

	free(all);
	return r;
}

/* ---- files ----------------------------------------------------------------------------------- */

static int write_env(FILE *out, const void *arg)
{
	const struct matrix_results *r = arg;

	return fputs(r->env_json, out) < 0 || fputc('\n', out) < 0 ? -EIO : 0;
}

static const struct output_file run_files[] = {
	{"topology.csv", matrix_write_csv}, {"env.json", write_env}};

static void list_outputs(struct survey *s)
{
	const struct topology_settings *set = s->settings;

	s->targets[0] = (struct output_target){"--csv", set->csv, matrix_write_csv};
	s->targets[1] = (struct output_target){"--json", set->json, matrix_write_json};
	s->outputs = (struct outputs){s->targets, ARRAY_SIZE(s->targets), set->output_dir,
		run_files, ARRAY_SIZE(run_files)};
}

/* The one format that asked for standard output, else the table. */
static int print(const struct survey *s, const struct matrix_results *r)
{
	const struct output_target *t = outputs_stdout(&s->outputs);

	if (t != NULL)
		return t->write(stdout, r);
	return s->settings->quiet ? 0 : matrix_write_text(stdout, r);
}

/* ---- run ------------------------------------------------------------------------------------- */

static void on_step(void *arg, const struct matrix *m, size_t index)
{
	struct survey *s = arg;
	char what[64];

	snprintf(what, sizeof(what), "CPUs %d and %d, %s", m->pairs[index].cpu_a,
		m->pairs[index].cpu_b, placement_name(m->pairs[index].class));
	progress_show(&s->progress, what, index);
}

static int describe(struct survey *s, struct reason *why)
{
	uint32_t number;

	if (getrandom(&number, sizeof(number), 0) != (ssize_t)sizeof(number))
		return reason_set(why, errno, "getrandom: %s", strerror(errno));
	run_id_make(s->run_id, number);
	clock_calibrate(&s->matrix.clock, why);
	if (why->text[0] != '\0' && !s->settings->quiet)
		complain(why, 0);
	s->env_json = environment_text(s->topology, &s->matrix.clock, s->argc, s->argv, NULL, NULL);
	return 0;
}

static int exit_status(const struct matrix *m, int signal)
{
	size_t ok = 0, failed = 0;

	for (size_t i = 0; i < m->done; i++) {
		ok += m->pairs[i].status == STATUS_OK;
		failed += m->pairs[i].status == STATUS_FAIL;
	}
	if (m->interrupted)
		return EXIT_SIGNAL + signal;
	return failed == 0 && ok > 0 ? EXIT_MEASURED : EXIT_FAILED;
}

/* Saves, prints, and says what is wrong with either. */
static int finish(const struct survey *s, int signal, int *stdout_error)
{
	const struct matrix_results results = {
		.matrix = &s->matrix,
		.topology = s->topology,
		.run_id = s->run_id,
		.env_json = s->env_json,
	};
	int status = exit_status(&s->matrix, signal);
	struct reason why = {""};

	if (outputs_save(&s->outputs, &results, true, &why) < 0)
		status = complain(&why, EXIT_FAILED);
	int r = print(s, &results);

	if (r < 0)
		*stdout_error = -r;
	if (s->matrix.interrupted && !s->settings->quiet)
		fprintf(stderr,
			"ipcbench: interrupted by %s after %zu of %zu pairs; they are kept\n",
			strsignal(signal), s->matrix.done, s->matrix.pair_count);
	return status;
}

static int dry_run(const struct survey *s)
{
	const struct matrix *m = &s->matrix;
	char duration[40];

	matrix_write_machine(stdout, s->topology);
	if (m->pairs[0].status == STATUS_SKIP)
		printf("\nskip: %s\n", m->pairs[0].reason.text);
	else
		printf("\n%zu pair%s of CPUs, %s s each, about %.0f s\n", m->pair_count,
			m->pair_count == 1 ? "" : "s",
			format_real(duration, sizeof(duration), m->duration_s),
			fmax(round(matrix_seconds(m)), 1));
	return EXIT_MEASURED;
}

static int survey(struct survey *s, int *stdout_error)
{
	struct reason why = {""};

	if (plan(s, &why) < 0)
		return complain(&why, EXIT_USAGE);
	if (s->settings->dry_run)
		return dry_run(s);
	list_outputs(s);
	if (outputs_check(&s->outputs, &why) < 0)
		return complain(&why, EXIT_USAGE);
	if (describe(s, &why) < 0)
		return complain(&why, EXIT_FAILED);
	if (!s->settings->quiet)
		progress_begin(&s->progress, s->matrix.pair_count, matrix_seconds(&s->matrix));
	matrix_run(&s->matrix, &interrupted, on_step, s);
	progress_end(&s->progress);
	return finish(s, interrupted, stdout_error);
}

int topology_run(void *settings, struct call *call)
{
	struct survey s = {.settings = settings, .argc = call->argc, .argv = call->argv};
	struct reason why = {""};
	struct topology *topo = topology_load(&why);

	catch_signals();
	if (topo == NULL)
		return complain(&why, EXIT_FAILED);
	s.topology = topo;
	int status = survey(&s, &call->stdout_error);

	matrix_free(&s.matrix);
	free(s.env_json);
	topology_free(topo);
	return status;
}
