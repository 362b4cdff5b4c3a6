/* SPDX-License-Identifier: MIT */
#include "claims/claims.h"

#include "run/watch.h"
#include "text/memory.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- files ----------------------------------------------------------------------------------- */

static int write_md(FILE *out, const void *claims)
{
	return document_print(out, DOC_MARKDOWN, claims_fill, claims, 0, false);
}

static const struct output_file run_files[] = {
	{"claims.csv", claims_csv_write},
	{"blocks.csv", gate_blocks_csv_write},
	{"claims.json", claims_json_write},
	{"env.json", gate_env_write},
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

	if (!s->settings->quiet)
		fprintf(stderr, "ipcbench: %zu claim%s, %zu comparison%s, at most %s\n", c->count,
			c->count == 1 ? "" : "s", c->plan.row_count,
			c->plan.row_count == 1 ? "" : "s",
			format_seconds(gate_seconds(&c->gate, &c->plan)).text);
	gate_session_measure(&s->base, &c->measured, &c->gate, &c->plan);
	claims_judge(c);
	s->outputs.unfinished = c->measured.interrupted;
	bool saved = command_deliver(&s->outputs, s->settings->quiet ? NULL : claims_fill, c,
		s->settings->color, stdout_error);

	gate_mourn(&c->measured, s->settings->quiet);
	return saved ? exit_status(c) : EXIT_NOT_MEASURED;
}

static int dry_run(const struct session *s)
{
	const struct claims *c = &s->claims;

	for (size_t i = 0; i < c->count; i++) {
		const struct claim_result *r = &c->results[i];

		printf("%s\n", r->claim->name);
		for (size_t k = 0; k < r->pair_count; k++) {
			const struct gate_cell *cell = &c->plan.cells[r->pairs[k].cell];

			printf("  %s%s%s\n", claims_pair_name(&r->pairs[k]).text,
				cell->status == STATUS_OK ? "" : ": skip: ", cell->why.text);
		}
	}
	printf("\n%zu comparison%s, at most %s, seed %ju\n", c->plan.row_count,
		c->plan.row_count == 1 ? "" : "s",
		format_seconds(gate_seconds(&c->gate, &c->plan)).text,
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

static int run_claims(void *settings, struct call *call)
{
	const struct claims_settings *set = settings;
	struct session s = {
		.base = {.quiet = set->quiet, .verbose = set->verbose},
		.settings = set,
		.outputs = {.targets = {{"--csv", set->csv, claims_csv_write},
				    {"--json", set->json, claims_json_write},
				    {"--md", set->md, write_md}},
			.dir = set->output_dir,
			.files = run_files,
			.file_count = ARRAY_SIZE(run_files)},
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

/* ---- the command ----------------------------------------------------------------------------- */

#define AT(field) offsetof(struct claims_settings, field)

static const struct option_row options[] = {
	OPTION_SWITCH("list", 0, AT(list), "print the claims and measure nothing"),
	OPTION_SWITCH("quick", 0, AT(quick),
		"take less time and decide less: compare on the first placement only, and look at "
		"the blocks once"),
	OPTION("duration", 0, "TIME", read_duration, AT(duration_s),
		"timed part of each launch. Default: 25ms, with --quick 15ms", .min = OPTION_MS,
		.max = 60 * OPTION_S),
	OPTION("max-time", 0, "TIME", read_duration, AT(max_time_s),
		"stop measuring after this time, and judge what was measured. Default: no limit",
		.min = 100 * OPTION_MS, .max = 24 * OPTION_HOUR),
	OPTION("layout", 0, "WORD", read_word, AT(layout),
		"addresses of stacks, buffers and mappings: {words}. Default: {default}",
		.axis = &axes[AXIS_LAYOUT], .initial = "random"),
	OPTION("seed", 0, "N", read_seed, AT(seed),
		"random seed of the order within blocks. Default: random, and recorded",
		.initial = "random"),
	OPTION("output", 'o', "DIR", read_text, AT(output_dir),
		"write a directory with claims.csv, blocks.csv, claims.json and env.json"),
	OPTION("csv", 0, "FILE", read_text, AT(csv),
		"write a row per comparison; - is standard output"),
	OPTION("json", 0, "FILE", read_text, AT(json),
		"write everything as JSON; - is standard output"),
	OPTION("md", 0, "FILE", read_text, AT(md), "write Markdown tables; - is standard output"),
	OPTION_SWITCH(
		"dry-run", 0, AT(dry_run), "print what would be compared and how long it takes"),
	OPTION_SWITCH("quiet", 'q', AT(quiet), "print no table and no progress"),
	OPTION_SWITCH("verbose", 'v', AT(verbose), "print a line per block on standard error"),
	OPTION("color", 0, "WHEN", read_word, AT(color),
		"colour the table: {words}. Default: {default}", .words = color_words,
		.initial = "auto"),
	OPTION_ROWS_END,
};

static const struct option_rule rules[] = {
	{.one = "quiet", .other = "verbose", .because = "give one"},
	{.one = "list", .other = "dry-run", .because = "give one"},
	{.one = NULL},
};

static const char *claim_name(size_t i)
{
	return claim_table[i].name;
}

/* The claims that the words name, or all of them. */
static int check(void *settings, const struct arguments *given, struct reason *why)
{
	struct claims_settings *s = settings;
	const char **names = need_array(claim_count() + 1, sizeof(*names));
	const struct option_row row = {.words = names};
	char hint[96];
	unsigned int which;
	int r = 0;

	s->wanted = need_array(claim_count(), sizeof(*s->wanted));
	for (size_t i = 0; i < claim_count(); i++) {
		names[i] = claim_name(i);
		s->wanted[i] = given->word_count == 0;
	}
	for (size_t i = 0; i < given->word_count && r == 0; i++) {
		const char *word = given->words[i];

		if (read_word(&(struct option_value){&row, "", word, NULL}, &which) == 0)
			s->wanted[which] = true;
		else
			r = reason_set(why, EINVAL,
				"claims: unknown claim \"%.40s\"; ipcbench claims --list shows "
				"all%s",
				word, parse_hint(hint, sizeof(hint), word, names));
	}
	free(names);
	return r;
}

const struct command claims_command = {
	.name = "claims",
	.summary = "test on this machine what textbooks say about IPC",
	.options = options,
	.rules = rules,
	.operands = "[NAME...]",
	.operand = claim_name,
	.doc = "Tests on this machine what textbooks say about IPC. Each claim is a set of "
	       "comparisons of mechanisms, measured in interleaved blocks; it holds, does not "
	       "hold, could not be decided, or could not be tested here.",
	.exit_status =
		"0 measured, whatever the verdicts; 2 wrong usage; 4 nothing could be measured, a "
		"comparison failed, or a result could not be written; 128+N interrupted by signal "
		"N",
	.settings_size = sizeof(struct claims_settings),
	.check = check,
	.run = run_claims,
	.unwritten = EXIT_NOT_MEASURED,
};
