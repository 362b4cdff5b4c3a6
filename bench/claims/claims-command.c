/* SPDX-License-Identifier: MIT */
#include "claims/claims.h"

#include "cli/command.h"
#include "gate/comparison.h"
#include "gate/gate-files.h"
#include "run/interrupt.h"
#include "text/format.h"
#include <stdio.h>
#include <string.h>

/* ---- files ----------------------------------------------------------------------------------- */

static int write_md(FILE *out, const void *claims)
{
	return document_print(out, DOC_MARKDOWN, claims_fill, claims, 0, false);
}

static int write_blocks(FILE *out, const void *claims)
{
	return gate_blocks_csv_write(out, &((const struct claims *)claims)->measured);
}

static int write_env(FILE *out, const void *claims)
{
	return gate_env_write(out, &((const struct claims *)claims)->measured);
}

static const struct output_file run_files[] = {
	{"claims.csv", claims_csv_write},
	{"blocks.csv", write_blocks},
	{"claims.json", claims_json_write},
	{"env.json", write_env},
};

/* ---- run ------------------------------------------------------------------------------------- */

/* One run of the command. */
struct session {
	struct gate_session base;
	const struct claims_settings *settings;
	struct outputs outputs;
	struct claims claims;
};

static int exit_status(const struct claims *c)
{
	if (c->measured.interrupted)
		return EXIT_SIGNAL + interrupted;
	for (size_t i = 0; i < c->measured.cell_count; i++)
		if (c->measured.cells[i].status == STATUS_FAIL)
			return EXIT_NOT_MEASURED;
	return c->measured.row_count > 0 ? EXIT_MEASURED : EXIT_NOT_MEASURED;
}

static int measure(struct session *s, int *stdout_error)
{
	struct claims *c = &s->claims;
	char time[24];

	if (!s->settings->quiet)
		fprintf(stderr, "ipcbench: %zu claim%s, %zu comparisons, at most %s\n", c->count,
			c->count == 1 ? "" : "s", claims_runnable(c),
			format_seconds(time, sizeof(time), gate_seconds(&c->gate, &c->plan)));
	gate_session_measure(&s->base, &c->measured, &c->gate, &c->plan);
	claims_judge(c);
	bool saved = command_deliver(&s->outputs, s->settings->quiet ? NULL : claims_fill, c,
		s->settings->color, stdout_error);

	gate_session_mourn(&s->base, &c->measured);
	return saved ? exit_status(c) : EXIT_NOT_MEASURED;
}

static int dry_run(const struct session *s)
{
	const struct claims *c = &s->claims;
	char time[24];

	for (size_t i = 0; i < c->count; i++) {
		const struct claim_result *r = &c->results[i];

		printf("%s\n", r->claim->name);
		for (size_t k = 0; k < r->pair_count; k++) {
			const struct gate_cell *cell = &c->plan.cells[r->pairs[k].cell];

			printf("  %s%s%s\n", claims_pair_name(&r->pairs[k]).text,
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
	struct reason why = {""};

	if (claims_plan(&s->claims, set, s->base.topology, &s->base.clock, &why) < 0)
		return complain(&why, EXIT_NOT_MEASURED);
	if (set->dry_run)
		return dry_run(s);
	if (outputs_check(&s->outputs, &why) < 0)
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

int claims_run(void *settings, struct call *call)
{
	const struct claims_settings *set = settings;
	const struct output_target targets[] = {
		{"--csv", set->csv, claims_csv_write},
		{"--json", set->json, claims_json_write},
		{"--md", set->md, write_md},
	};
	struct session s = {
		.base = {.quiet = set->quiet, .verbose = set->verbose},
		.settings = set,
		.outputs = {targets, ARRAY_SIZE(targets), set->output_dir, run_files,
			ARRAY_SIZE(run_files)},
	};
	struct reason why = {""};
	int status = EXIT_NOT_MEASURED;

	catch_signals();
	if (set->list)
		return list(set);
	if (gate_session_open(&s.base, set->seed, call->argc, call->argv, &why) < 0)
		complain(&why, status);
	else
		status = run(&s, &call->stdout_error);
	claims_free(&s.claims);
	gate_session_close(&s.base);
	return status;
}
