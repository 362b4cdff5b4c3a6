/* SPDX-License-Identifier: MIT */
#include "cli/command.h"
#include "measure/clock.h"
#include "measure/machine.h"
#include "results/results.h"
#include "run/watch.h"
#include "text/format.h"
#include "text/memory.h"
#include "topology/matrix.h"
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* The highest CPU number that --cpus takes: what Linux can be built for. */
#define CPU_NUMBER_MAX 8191

struct topology_settings {
	int *cpus; /* ascending, each once; NULL = still to be chosen */
	size_t cpu_count;
	bool smt;
	double duration_s, timeout_s; /* of a pair; 0 = chosen */
	const char *csv, *json, *output_dir;
	bool dry_run, quiet;
};

/* One run of the command. */
struct survey {
	struct topology_settings *settings;
	struct matrix matrix;
	struct progress progress;
	struct outputs outputs;
	struct call *call;
};

/* ---- --cpus ---------------------------------------------------------------------------------- */

static bool next_number(const char **at, unsigned long *out)
{
	char *end = NULL;

	if (!isdigit((unsigned char)**at))
		return false;
	*out = strtoul(*at, &end, 10);
	*at = end;
	return *out <= CPU_NUMBER_MAX;
}

static bool read_list(const char *text, bool *chosen)
{
	unsigned long from, to;

	do {
		if (!next_number(&text, &from))
			return false;
		to = from;
		if (*text == '-') {
			text++;
			if (!next_number(&text, &to) || to < from)
				return false;
		}
		for (unsigned long cpu = from; cpu <= to; cpu++)
			chosen[cpu] = true;
	} while (*text++ == ',');
	return text[-1] == '\0';
}

static int read_cpu_list(const struct option_value *v, void *settings)
{
	struct topology_settings *s = settings;
	bool chosen[CPU_NUMBER_MAX + 1] = {false};

	if (!read_list(v->text, chosen))
		return reason_set(v->why, EINVAL,
			"%s: \"%.40s\" is not a list of CPUs; write numbers from 0 to %d and "
			"ranges, as in 0-3,8",
			v->what, v->text, CPU_NUMBER_MAX);
	s->cpu_count = 0;
	for (int cpu = 0; cpu <= CPU_NUMBER_MAX; cpu++)
		if (chosen[cpu])
			*need_next(s->cpus, s->cpu_count) = cpu;
	return 0;
}

/* ---- which CPUs ------------------------------------------------------------------------------ */

/* Every allowed CPU, or the first of each core. */
static void choose_cpus(struct topology_settings *set, const struct topology *t)
{
	for (size_t i = 0; i < t->count; i++) {
		bool chosen = t->cpu[i].allowed;

		for (size_t j = 0; j < i && chosen && !set->smt; j++)
			chosen = !t->cpu[j].allowed || t->cpu[j].core != t->cpu[i].core;
		if (chosen)
			*need_next(set->cpus, set->cpu_count) = t->cpu[i].cpu;
	}
}

/* ---- files ----------------------------------------------------------------------------------- */

static int write_env(FILE *out, const void *arg)
{
	const struct matrix *m = arg;

	return fputs(m->env_json, out) < 0 || fputc('\n', out) < 0 ? -EIO : 0;
}

static const struct output_file run_files[] = {
	{"topology.csv", matrix_write_csv}, {"env.json", write_env}};

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
	run_id_make(s->matrix.run_id, number);
	clock_calibrate(&s->matrix.clock, 0, why);
	if (why->text[0] != '\0' && !s->settings->quiet)
		complain(why, 0);
	s->matrix.env_json = environment_text(
		s->matrix.topology, &s->matrix.clock, s->call->argc, s->call->argv, NULL, NULL);
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

/* --quiet: what the table would have told. */
static void tell_failure(const struct matrix *m)
{
	const struct pair *p = m->pairs;
	struct reason why;

	while (p < m->pairs + m->done && p->status == STATUS_OK)
		p++;
	if (p == m->pairs + m->done)
		return;
	if (p->cpu_b < 0)
		why = p->reason;
	else
		reason_set(&why, 0, "CPUs %d and %d: %s: %.200s", p->cpu_a, p->cpu_b,
			status_name(p->status), p->reason.text);
	complain(&why, 0);
}

/* Saves, prints, and says what is wrong with either. */
static int finish(struct survey *s, int signal)
{
	const struct matrix *m = &s->matrix;
	int status = exit_status(m, signal), r = 0;

	s->outputs.unfinished = m->interrupted;
	if (s->settings->quiet && status == EXIT_FAILED)
		tell_failure(m);
	if (!command_deliver(&s->outputs, NULL, m, COLOR_AUTO, &s->call->stdout_error))
		status = EXIT_FAILED;
	if (outputs_stdout(&s->outputs) == NULL && !s->settings->quiet)
		r = matrix_write_text(stdout, m);
	if (r < 0)
		s->call->stdout_error = -r;
	if (m->interrupted)
		fprintf(stderr,
			"ipcbench: interrupted by signal %d (%s) after %zu of %zu pair%s; what was measured is kept\n",
			signal, strsignal(signal), m->done, m->pair_count,
			m->pair_count == 1 ? "" : "s");
	return status;
}

static int dry_run(const struct survey *s)
{
	const struct matrix *m = &s->matrix;

	matrix_write_machine(stdout, m->topology);
	if (m->pairs[0].status == STATUS_SKIP)
		printf("\nskip: %s\n", m->pairs[0].reason.text);
	else
		printf("\n%zu pair%s of CPUs, %s s each, about %s\n", m->pair_count,
			m->pair_count == 1 ? "" : "s", format_real(m->duration_s).text,
			format_seconds(fmax(matrix_seconds(m), 1)).text);
	return EXIT_MEASURED;
}

static int survey(struct survey *s, const struct topology *topo)
{
	struct topology_settings *set = s->settings;
	struct reason why = {""};

	if (set->cpus == NULL)
		choose_cpus(set, topo);
	if (matrix_plan(&s->matrix, topo, set->cpus, set->cpu_count, set->duration_s,
		    set->timeout_s, &why) < 0)
		return complain(&why, EXIT_USAGE);
	if (set->dry_run)
		return dry_run(s);
	if (outputs_check(&s->outputs, &why) < 0)
		return complain(&why, EXIT_USAGE);
	if (describe(s, &why) < 0)
		return complain(&why, EXIT_FAILED);
	if (!set->quiet) {
		progress_announce("about", matrix_seconds(&s->matrix));
		progress_begin(&s->progress, s->matrix.pair_count, matrix_seconds(&s->matrix));
	}
	matrix_run(&s->matrix, on_step, s);
	progress_end(&s->progress);
	return finish(s, interrupted);
}

static int run(void *settings, struct call *call)
{
	struct topology_settings *set = settings;
	struct survey s = {
		.settings = set,
		.outputs = {.targets = {{"--csv", set->csv, matrix_write_csv},
				    {"--json", set->json, matrix_write_json}},
			.dir = set->output_dir,
			.files = run_files,
			.file_count = ARRAY_SIZE(run_files)},
		.call = call,
	};
	struct reason why = {""};
	struct topology *topo = topology_load(&why);

	catch_signals();
	if (topo == NULL)
		return complain(&why, EXIT_FAILED);
	int status = survey(&s, topo);

	matrix_free(&s.matrix);
	topology_free(topo);
	return status;
}

/* ---- the options ----------------------------------------------------------------------------- */

#define AT(field) offsetof(struct topology_settings, field)

static const struct option_row options[] = {
	OPTION("cpus", 0, "LIST", read_cpu_list, 0,
		"CPUs to measure between, as in 0-3,8. Default: one of each core that this process "
		"may use"),
	OPTION_SWITCH("smt", 0, AT(smt), "take every hardware thread instead of one of each core"),
	OPTION("duration", 'd', "TIME", read_duration, AT(duration_s),
		"time spent on each pair. Default: 1s shared by all pairs, at least 20ms each",
		.min = OPTION_MS, .max = OPTION_HOUR),
	OPTION("timeout", 0, "TIME", read_duration, AT(timeout_s),
		"kill a pair that takes longer. Default: derived from its duration",
		.min = OPTION_MS, .max = 24 * OPTION_HOUR),
	OPTION("csv", 0, "FILE", read_text, AT(csv),
		"write one row per pair; - is standard output"),
	OPTION("json", 0, "FILE", read_text, AT(json),
		"write everything as JSON; - is standard output"),
	OPTION("output", 'o', "DIR", read_text, AT(output_dir),
		"write a run directory: topology.csv and env.json"),
	OPTION_SWITCH("quiet", 'q', AT(quiet), "print no table and no progress"),
	OPTION_SWITCH("dry-run", 0, AT(dry_run),
		"print the machine, the number of pairs and how long they take"),
	OPTION_ROWS_END,
};

static const struct option_rule rules[] = {
	{.one = "smt", .other = "cpus", .because = "a list names every thread itself"},
	{.one = NULL},
};

const struct command topology_command = {
	.name = "topology",
	.summary = "show CPUs and caches, and time round trips between CPUs",
	.options = options,
	.rules = rules,
	.doc = "Shows packages, NUMA nodes, caches and cores, and measures how long a round trip "
	       "over one cache line takes between every two CPUs.",
	.exit_status =
		"0 measured; 1 a pair failed, or nothing could be measured; 2 wrong usage; 130 "
		"interrupted: finished pairs were saved and printed",
	.settings_size = sizeof(struct topology_settings),
	.run = run,
};
