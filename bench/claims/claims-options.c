/* SPDX-License-Identifier: MIT */
#include "claims/claims-options.h"

#include "cli/options.h"
#include "cli/parse.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	FLAG_HELP = 'h',
	FLAG_OUTPUT = 'o',
	FLAG_QUIET = 'q',
	FLAG_VERBOSE = 'v',
	FLAG_LIST = 0x100,
	FLAG_QUICK,
	FLAG_DURATION,
	FLAG_MAX_TIME,
	FLAG_SEED,
	FLAG_CSV,
	FLAG_JSON,
	FLAG_MD,
	FLAG_COLOR,
	FLAG_DRY_RUN,
};

struct reading {
	struct claims_settings *s;
	struct reason *why;
	bool named; /* a claim was */
};

static const struct argp_option options[] = {
	{"list", FLAG_LIST, NULL, 0, "print the claims and measure nothing", 0},
	{"quick", FLAG_QUICK, NULL, 0,
		"a short run: the first placement of each comparison alone, and one look at the "
		"blocks, which decides less",
		0},
	{"duration", FLAG_DURATION, "TIME", 0,
		"timed part of each launch. Default: 25ms, with --quick 15ms", 0},
	{"max-time", FLAG_MAX_TIME, "TIME", 0,
		"measure no longer than this, and judge what there is. Default: no limit", 0},
	{"seed", FLAG_SEED, "N", 0, "of the order within blocks. Default: random, and recorded", 0},
	{"output", FLAG_OUTPUT, "DIR", 0,
		"write a directory with claims.csv, blocks.csv, claims.json and env.json", 0},
	{"csv", FLAG_CSV, "FILE", 0, "write a row per comparison; - is standard output", 0},
	{"json", FLAG_JSON, "FILE", 0, "write everything as JSON; - is standard output", 0},
	{"md", FLAG_MD, "FILE", 0, "write Markdown tables; - is standard output", 0},
	{"dry-run", FLAG_DRY_RUN, NULL, 0, "print what would be compared and how long it takes", 0},
	{"quiet", FLAG_QUIET, NULL, 0, "no table, no progress", 0},
	{"verbose", FLAG_VERBOSE, NULL, 0, "a line per block, on standard error", 0},
	{"color", FLAG_COLOR, "WHEN", 0, "colours in the table: auto, always, never. Default: auto",
		0},
	{"help", FLAG_HELP, NULL, 0, "print this help", 1},
	{0},
};

/* ---- arguments ------------------------------------------------------------------------------- */

static int read_claim(struct reading *r, const char *text)
{
	const char **names = calloc(claim_count(), sizeof(*names));
	char hint[96];
	bool found = false;

	if (names == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < claim_count(); i++) {
		names[i] = claim_table[i].name;
		if (strcmp(names[i], text) != 0)
			continue;
		r->s->wanted[i] = true;
		found = true;
	}
	r->named = true;
	int err =
		found ? 0
		      : reason_set(r->why, EINVAL,
				"claims: there is no claim \"%.40s\"; ipcbench claims --list shows all%s",
				text, parse_hint(hint, sizeof(hint), text, names, claim_count()));

	free(names);
	return err;
}

static int read_color(struct reading *r, const char *text)
{
	static const char *const colors[] = {"auto", "always", "never"};
	unsigned int word = 0;
	int err = parse_choice("--color", text, colors, ARRAY_SIZE(colors), &word, r->why);

	r->s->color = (enum color)word;
	return err;
}

static int read_value(struct reading *r, int key, const char *text)
{
	struct claims_settings *s = r->s;

	switch (key) {
	case FLAG_DURATION:
		return parse_duration("--duration", text, 0.001, 60, &s->duration_s, r->why);
	case FLAG_MAX_TIME:
		return parse_duration("--max-time", text, 0.1, 86400, &s->max_time_s, r->why);
	case FLAG_SEED:
		return parse_seed("--seed", text, &s->seed, r->why);
	case FLAG_CSV:
		return parse_given("--csv", "name", text, &s->csv, r->why);
	case FLAG_JSON:
		return parse_given("--json", "name", text, &s->json, r->why);
	case FLAG_MD:
		return parse_given("--md", "name", text, &s->md, r->why);
	case FLAG_COLOR:
		return read_color(r, text);
	default:
		return parse_given("--output", "name", text, &s->output_dir, r->why);
	}
}

static bool read_flag(struct claims_settings *s, int key)
{
	bool *const flag = key == FLAG_LIST	 ? &s->list
			   : key == FLAG_QUICK	 ? &s->quick
			   : key == FLAG_DRY_RUN ? &s->dry_run
			   : key == FLAG_QUIET	 ? &s->quiet
			   : key == FLAG_VERBOSE ? &s->verbose
						 : NULL;

	if (flag != NULL)
		*flag = true;
	return flag != NULL;
}

static error_t read_argument(int key, char *text, struct argp_state *state)
{
	struct reading *r = state->input;

	if (read_flag(r->s, key))
		return 0;
	switch (key) {
	case FLAG_DURATION:
	case FLAG_MAX_TIME:
	case FLAG_SEED:
	case FLAG_CSV:
	case FLAG_JSON:
	case FLAG_MD:
	case FLAG_COLOR:
	case FLAG_OUTPUT:
		return -read_value(r, key, text);
	case FLAG_HELP:
		return options_print_help(&claims_argp, "claims");
	case ARGP_KEY_ARG:
		return -read_claim(r, text);
	case ARGP_KEY_ERROR:
		return options_rejected(state, r->why);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp claims_argp = {
	.options = options,
	.parser = read_argument,
	.args_doc = "[NAME...]",
	.doc = "Puts what textbooks say of IPC to the test on this machine: each claim is a set of "
	       "comparisons of mechanisms, measured in interleaved blocks, and holds, does not hold, "
	       "could not be decided, or could not be tested here.\vExit status: 0 measured, "
	       "whatever holds; 2 usage; 4 nothing could be measured, a comparison failed, or a result could not be written; "
	       "interrupted: 128 and the number of the signal.",
};

/* ---- the settings as a whole ----------------------------------------------------------------- */

static int check(const struct reading *r)
{
	if (r->s->quiet && r->s->verbose)
		return reason_set(r->why, EINVAL, "--quiet and --verbose exclude each other");
	if (r->s->list && r->s->dry_run)
		return reason_set(r->why, EINVAL, "--list and --dry-run exclude each other");
	return 0;
}

int claims_parse(struct claims_settings *s, int argc, char **argv, struct reason *why)
{
	struct reading r = {.s = s, .why = why};

	*s = (struct claims_settings){.wanted = calloc(claim_count(), sizeof(bool))};
	if (s->wanted == NULL)
		return reason_set(why, ENOMEM, "out of memory");
	int err = draw_seed(&s->seed, why);

	if (err == 0)
		err = options_read(&claims_argp, argc, argv, &r, why);
	if (err == 0)
		err = check(&r);
	for (size_t i = 0; i < claim_count() && !r.named; i++)
		s->wanted[i] = true;
	return err;
}

void claims_settings_free(struct claims_settings *s)
{
	free(s->wanted);
	*s = (struct claims_settings){0};
}
