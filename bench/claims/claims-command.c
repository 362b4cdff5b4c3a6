/* SPDX-License-Identifier: MIT */
#include "claims/claims-command.h"

#include "claims/claims-files.h"
#include "claims/claims-options.h"
#include "cli/command.h"
#include "cli/exit-status.h"
#include "gate/fingerprint.h"
#include "gate/gate-files.h"
#include "gate/gate-writers.h"
#include "measure/clock.h"
#include "measure/environment.h"
#include "results/progress.h"
#include "results/run-id.h"
#include "run/interrupt.h"
#include "text/format.h"
#include "text/outputs.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One run of the command. */
struct session {
	const struct claims_settings *settings;
	const struct topology *topology;
	struct clock clock;
	struct claims claims;
	struct progress progress;
	char run_id[RUN_ID_LEN];
	char *machine, *env_json;
	int argc; /* the whole command line, for env.json */
	char **argv;
};

/* ---- files ----------------------------------------------------------------------------------- */

static int write_csv(FILE *out, const void *claims)
{
	return claims_csv_write(out, claims);
}

static int write_json(FILE *out, const void *claims)
{
	return claims_json_write(out, claims);
}

static int write_md(FILE *out, const void *claims)
{
	return claims_markdown_write(out, claims);
}

static int write_blocks(FILE *out, const void *claims)
{
	return gate_blocks_csv_write(out, &((const struct claims *)claims)->measured);
}

static int write_env(FILE *out, const void *claims)
{
	return gate_write_env(out, &((const struct claims *)claims)->measured);
}

static const struct output_file run_files[] = {
	{"claims.csv", write_csv},
	{"blocks.csv", write_blocks},
	{"claims.json", write_json},
	{"env.json", write_env},
};

enum { TARGETS = 3 };

static struct outputs outputs_of(
	const struct claims_settings *s, struct output_target targets[TARGETS])
{
	targets[0] = (struct output_target){"--csv", s->csv, write_csv};
	targets[1] = (struct output_target){"--json", s->json, write_json};
	targets[2] = (struct output_target){"--md", s->md, write_md};
	return (struct outputs){targets, TARGETS, s->output_dir, run_files, ARRAY_SIZE(run_files)};
}

static int check_files(const struct claims_settings *s, struct reason *why)
{
	struct output_target targets[TARGETS];
	const struct outputs o = outputs_of(s, targets);

	return outputs_check(&o, why);
}

static int save(const struct session *s, struct reason *why)
{
	struct output_target targets[TARGETS];
	const struct outputs o = outputs_of(s->settings, targets);

	return outputs_save(&o, &s->claims, true, why);
}

/* The one format that asked for standard output, else the table. */
static int print(const struct session *s)
{
	const struct claims_settings *set = s->settings;
	struct output_target targets[TARGETS];
	const struct outputs o = outputs_of(set, targets);
	const struct output_target *t = outputs_stdout(&o);

	if (t != NULL)
		return t->write(stdout, &s->claims);
	return set->quiet ? 0
			  : claims_text_write(
				    stdout, &s->claims, terminal_width(), use_color(set->color));
}

/* ---- run ------------------------------------------------------------------------------------- */

static int describe(struct session *s, struct reason *why)
{
	int r = clock_calibrate(&s->clock, why);

	if (r < 0)
		return r;
	if (why->text[0] != '\0' && !s->settings->quiet)
		complain(why, 0);
	why->text[0] = '\0';
	run_id_make(s->run_id, s->settings->seed);
	s->env_json = environment_text(s->topology, &s->clock, s->argc, s->argv, NULL, NULL);
	json_t *env = s->env_json == NULL ? NULL : json_loads(s->env_json, 0, NULL);

	s->machine = s->env_json == NULL ? NULL : fingerprint_machine(env);
	json_decref(env);
	if (s->machine == NULL)
		return reason_set(why, ENOMEM, "out of memory while describing the machine");
	return 0;
}

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

static int exit_status(const struct claims *c)
{
	if (c->measured.interrupted)
		return EXIT_SIGNAL + interrupted;
	for (size_t i = 0; i < c->measured.cell_count; i++)
		if (c->measured.cells[i].status == STATUS_FAIL)
			return EXIT_NOT_MEASURED;
	return c->measured.row_count > 0 ? EXIT_MEASURED : EXIT_NOT_MEASURED;
}

/* Saves, prints, and says what is wrong with either. */
static int finish(const struct session *s, int *stdout_error)
{
	int status = exit_status(&s->claims);
	struct reason why = {""};

	if (save(s, &why) < 0)
		status = complain(&why, EXIT_NOT_MEASURED);
	int err = print(s);

	if (err == -ENOMEM) {
		reason_set(&why, ENOMEM, "out of memory while printing");
		status = complain(&why, EXIT_NOT_MEASURED);
	} else if (err < 0) {
		*stdout_error = -err;
	}
	if (s->claims.measured.interrupted && !s->settings->quiet)
		fprintf(stderr,
			"ipcbench: interrupted by %s after %zu blocks; no verdict comes of them\n",
			strsignal(interrupted), s->claims.measured.block_count);
	return status;
}

static int measure(struct session *s, int *stdout_error)
{
	struct claims *c = &s->claims;
	double seconds = gate_seconds(&c->gate, &c->plan);
	struct reason why = {""};
	char time[24];

	if (!s->settings->quiet)
		fprintf(stderr, "ipcbench: %zu claim%s, %zu comparisons, at most %s\n", c->count,
			c->count == 1 ? "" : "s", claims_runnable(c),
			format_seconds(time, sizeof(time), seconds));
	if (!s->settings->quiet && !s->settings->verbose)
		progress_begin(&s->progress, 1, seconds);
	int err = claims_measure(c, &interrupted, on_block, s);

	progress_end(&s->progress);
	if (err < 0) {
		reason_set(&why, -err, "out of memory while measuring; name fewer claims");
		return complain(&why, EXIT_NOT_MEASURED);
	}
	c->measured.run_id = s->run_id;
	c->measured.machine = s->machine;
	c->measured.env_json = s->env_json;
	return finish(s, stdout_error);
}

static int dry_run(const struct session *s)
{
	const struct claims *c = &s->claims;
	char time[24], name[320];

	for (size_t i = 0; i < c->count; i++) {
		const struct claim_result *r = &c->results[i];

		printf("%s\n", r->claim->name);
		for (size_t k = 0; k < r->pair_count; k++) {
			const struct gate_cell *cell = &c->plan.cells[r->pairs[k].cell];

			printf("  %s%s%s\n", claims_pair_name(name, sizeof(name), &r->pairs[k]),
				cell->status == STATUS_OK ? "" : ": skip: ", cell->why.text);
		}
	}
	printf("\n%zu comparisons, at most %s, seed %ju\n", claims_runnable(c),
		format_seconds(time, sizeof(time), gate_seconds(&c->gate, &c->plan)),
		(uintmax_t)s->settings->seed);
	return EXIT_MEASURED;
}

static int run(struct session *s, int *stdout_error)
{
	const struct claims_settings *set = s->settings;
	const struct claims_request request = {
		set->wanted, set->quick, set->duration_s, set->max_time_s, set->seed};
	struct reason why = {""};

	if (describe(s, &why) < 0)
		return complain(&why, EXIT_NOT_MEASURED);
	if (claims_plan(&s->claims, &request, s->topology, &s->clock, &why) < 0)
		return complain(&why, EXIT_NOT_MEASURED);
	if (set->dry_run)
		return dry_run(s);
	if (check_files(set, &why) < 0)
		return complain(&why, EXIT_USAGE);
	return measure(s, stdout_error);
}

static int list(const struct claims_settings *s)
{
	size_t width = 0;

	for (size_t i = 0; i < claim_count(); i++) {
		size_t n = s->wanted[i] ? strlen(claim_table[i].name) : 0;

		width = n > width ? n : width;
	}
	for (size_t i = 0; i < claim_count(); i++)
		if (s->wanted[i])
			printf("%-*s  %s\n", (int)width, claim_table[i].name,
				claim_table[i].sentence);
	return EXIT_MEASURED;
}

int claims_command(int argc, char **argv, int *stdout_error)
{
	struct claims_settings settings;
	struct reason why = {""};
	int status = EXIT_NOT_MEASURED, r = claims_parse(&settings, argc - 1, argv + 1, &why);

	if (r != 0 || settings.list) {
		status = r < 0	 ? complain(&why, EXIT_USAGE)
			 : r > 0 ? EXIT_MEASURED
				 : list(&settings);
		claims_settings_free(&settings);
		return status;
	}
	struct topology *topo = topology_load(&why);

	if (topo == NULL) {
		complain(&why, status);
	} else {
		struct session s = {
			.settings = &settings, .topology = topo, .argc = argc, .argv = argv};

		status = run(&s, stdout_error);
		claims_free(&s.claims);
		free(s.machine);
		free(s.env_json);
	}
	topology_free(topo);
	claims_settings_free(&settings);
	return status;
}
