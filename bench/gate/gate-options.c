/* SPDX-License-Identifier: MIT */
#include "gate/gate-option-table.h"

#include "cli/options.h"
#include "cli/parse.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* More blocks than signed_rank() takes. */
#define BLOCKS_MAX SIGNED_RANK_MAX

/* ---- strings --------------------------------------------------------------------------------- */

/* An option of the driver, for read_group() of gate/gate-plan.c. */
static int add_option(struct gate_group *g, const char *name, const char *value)
{
	char *text = NULL;

	return gate_group_add(g, asprintf(&text, "--%s=%s", name, value) < 0 ? NULL : text);
}

/* What the option file held is gone after its line. */
static const char *keep(struct gate_reading *r, const char *text)
{
	struct gate_settings *s = r->s;

	if (!r->from_file)
		return text;
	char **grown = reallocarray(s->owned, s->owned_count + 1, sizeof(*grown));

	if (grown == NULL)
		return NULL;
	s->owned = grown;
	grown[s->owned_count] = strdup(text);
	return grown[s->owned_count++];
}

/* ---- one option ------------------------------------------------------------------------------ */

static int read_text(struct gate_reading *r, int key, const char *text)
{
	struct gate_settings *s = r->s;
	const char **const out = key == GATE_KEY_BASE	   ? &s->base
				 : key == GATE_KEY_NEW	   ? &s->new
				 : key == GATE_KEY_CSV	   ? &s->files.csv
				 : key == GATE_KEY_JSON	   ? &s->files.json
				 : key == GATE_KEY_MD	   ? &s->files.md
				 : key == GATE_KEY_JUNIT   ? &s->files.junit
				 : key == GATE_KEY_BIGGER  ? &s->files.action_bigger
				 : key == GATE_KEY_SMALLER ? &s->files.action_smaller
				 : key == GATE_KEY_BMF	   ? &s->files.bmf
				 : key == GATE_KEY_CONFIG  ? &r->config
							   : &s->files.output_dir;
	char what[32];

	snprintf(what, sizeof(what), "--%s", gate_option(key)->name);
	int err = parse_given(what, gate_option(key)->arg, text, out, r->why);

	if (err < 0)
		return err;
	*out = keep(r, text);
	return *out == NULL ? -ENOMEM : 0;
}

static int read_blocks(struct gate_settings *s, const char *text, struct reason *why)
{
	char first[16];
	size_t len = strcspn(text, ",");
	uint64_t n[GATE_LOOKS];

	if (text[len] != ',' || len >= sizeof(first))
		return reason_set(why, EINVAL,
			"--blocks: \"%.40s\" is not FIRST,LAST; write two numbers, as in 12,40",
			text);
	snprintf(first, sizeof(first), "%.*s", (int)len, text);
	int r = parse_count("--blocks", first, 1, BLOCKS_MAX, &n[0], why);

	if (r == 0)
		r = parse_count("--blocks", text + len + 1, 1, BLOCKS_MAX, &n[1], why);
	if (r == 0 && n[1] <= n[0])
		r = reason_set(why, EINVAL,
			"--blocks: \"%.40s\" looks the second time before the first; write the larger "
			"number last",
			text);
	if (r == 0) {
		s->blocks[0] = n[0];
		s->blocks[1] = n[1];
	}
	return r;
}

static int read_number(struct gate_reading *r, int key, const char *text)
{
	struct gate_settings *s = r->s;
	static const char *const colors[] = {"auto", "always", "never"};
	unsigned int word = 0;
	uint64_t count = 0;
	int err;

	switch (key) {
	case GATE_KEY_TOLERANCE:
		return parse_percent("--tolerance", text, 0.1, 99, &r->group->tolerance, r->why);
	case GATE_KEY_MIN_EFFECT:
		return parse_percent("--min-effect", text, 0.1, 99, &r->group->min_effect, r->why);
	case GATE_KEY_METRICS:
		return gate_read_metrics(text, &r->group->metrics, r->why);
	case GATE_KEY_BLOCKS:
		return read_blocks(s, text, r->why);
	case GATE_KEY_DURATION:
		return parse_duration("--duration", text, 1e-3, 3600, &s->duration_s, r->why);
	case GATE_KEY_WARMUP:
		return parse_duration("--warmup", text, 0, 3600, &s->warmup_s, r->why);
	case GATE_KEY_TIMEOUT:
		return parse_duration("--timeout", text, 1e-3, 86400, &s->timeout_s, r->why);
	case GATE_KEY_MAX_TIME:
		return parse_duration("--max-time", text, 0.1, 86400, &s->max_time_s, r->why);
	case GATE_KEY_SEED:
		return parse_seed("--seed", text, &s->seed, r->why);
	case GATE_KEY_INJECT:
		return parse_percent("--inject", text, 0.1, 100, &s->inject, r->why);
	case GATE_KEY_COLOR:
		err = parse_choice("--color", text, colors, ARRAY_SIZE(colors), &word, r->why);
		s->color = (enum color)word;
		return err;
	default:
		err = parse_count("--gates", text, 1, 10000, &count, r->why);
		s->gates = (unsigned int)count;
		return err;
	}
}

static int read_one(struct gate_reading *r, int key, const char *text)
{
	struct gate_settings *s = r->s;

	if (r->in_section && !gate_key_of_group((enum gate_key)key))
		return reason_set(r->why, EINVAL,
			"%s is not of a section but of the whole gate; write it above the first "
			"section",
			gate_option(key)->name);
	if (gate_key_chooses((enum gate_key)key))
		return add_option(r->group, gate_option(key)->name, text);
	switch (key) {
	case GATE_KEY_QUIET:
		s->quiet = true;
		return 0;
	case GATE_KEY_VERBOSE:
		s->verbose = true;
		return 0;
	case GATE_KEY_DRY_RUN:
		s->dry_run = true;
		return 0;
	case GATE_KEY_SELFTEST:
		s->selftest = true;
		return 0;
	case GATE_KEY_BASE:
	case GATE_KEY_NEW:
	case GATE_KEY_CSV:
	case GATE_KEY_JSON:
	case GATE_KEY_MD:
	case GATE_KEY_JUNIT:
	case GATE_KEY_BIGGER:
	case GATE_KEY_SMALLER:
	case GATE_KEY_BMF:
	case GATE_KEY_CONFIG:
	case GATE_KEY_OUTPUT:
		return read_text(r, key, text);
	default:
		return read_number(r, key, text);
	}
}

/* CPUs and their distance are one thing said in two ways. */
static bool gate_key_given(const struct gate_reading *r, int key)
{
	bool cpus = key == GATE_KEY_CPUS || key == GATE_KEY_PLACEMENT;

	return r->given[key] || (cpus && (r->given[GATE_KEY_CPUS] || r->given[GATE_KEY_PLACEMENT]));
}

static error_t read_argument(int key, char *text, struct argp_state *state)
{
	struct gate_reading *r = state->input;

	switch (key) {
	case GATE_KEY_HELP:
		return options_print_help(&gate_argp, "gate");
	case ARGP_KEY_ARG:
		return -reason_set(r->why, EINVAL,
			"gate: \"%.40s\" is not understood; write --base OLD --new NEW (ipcbench gate "
			"--help shows all)",
			text);
	case ARGP_KEY_ERROR:
		return options_rejected(state, r->why);
	default:
		if (key <= 0 || key >= GATE_KEY_END)
			return ARGP_ERR_UNKNOWN;
		if (!r->from_file)
			r->given[key] = true;
		else if (gate_key_given(r, key) && !r->in_section)
			return 0; /* the command line has the last word */
		return -read_one(r, key, text);
	}
}

const struct argp gate_argp = {
	.options = gate_options,
	.parser = read_argument,
	.doc = "Compares two builds of ipcbench, or two mechanisms, in interleaved blocks, and says "
	       "whether the new one got worse: REGRESSION only if that is proven (1 % false alarms "
	       "over all cells) and larger than --min-effect, PASS only if a change by --tolerance "
	       "is excluded, else INCONCLUSIVE, with the smallest change that could have been "
	       "shown.\vExit status: 0 pass; 1 regression; 2 usage; 3 inconclusive; 4 a cell could "
	       "not be measured; interrupted: 128 "
	       "and the number of the signal.",
};

/* ---- the settings as a whole ----------------------------------------------------------------- */

static int check_program(const char *option, const char *path, struct reason *why)
{
	if (access(path, X_OK) == 0)
		return 0;
	return reason_set(
		why, EINVAL, "%s: \"%.120s\" cannot be run: %s", option, path, strerror(errno));
}

/* A path has a slash; but one among the options of a mechanism is part of a value. */
static bool is_path(const char *what)
{
	return what[0] == '.' || memchr(what, '/', strcspn(what, ":")) != NULL;
}

/* What a self-test does not write. */
static int check_selftest(const struct gate_reading *r)
{
	static const int unwritten[] = {GATE_KEY_CSV, GATE_KEY_JSON, GATE_KEY_MD, GATE_KEY_JUNIT,
		GATE_KEY_BIGGER, GATE_KEY_SMALLER, GATE_KEY_BMF};

	for (size_t i = 0; i < ARRAY_SIZE(unwritten); i++)
		if (r->given[unwritten[i]])
			return reason_set(r->why, EINVAL,
				"--%s is not for --selftest, which has no one verdict; use --output",
				gate_option(unwritten[i])->name);
	if (r->s->base != NULL || r->s->new != NULL)
		return reason_set(r->why, EINVAL,
			"--selftest compares this program with itself; drop --base and --new");
	return 0;
}

static int check_versions(struct gate_reading *r)
{
	struct gate_settings *s = r->s;

	if (s->selftest) {
		if (check_selftest(r) < 0)
			return -EINVAL;
		s->base = "this program";
		s->new = s->inject > 0 ? "this program, slowed" : "this program";
		s->programs = true;
		return 0;
	}
	if (s->inject > 0 || r->given[GATE_KEY_GATES])
		return reason_set(r->why, EINVAL, "--%s is for --selftest; give that as well",
			s->inject > 0 ? "inject" : "gates");
	if (s->base == NULL || s->new == NULL)
		return reason_set(r->why, EINVAL,
			"gate: no --%s given; write --base OLD --new NEW, each a build of ipcbench or a "
			"mechanism",
			s->base == NULL ? "base" : "new");
	s->programs = is_path(s->base);
	if (s->programs != is_path(s->new))
		return reason_set(r->why, EINVAL,
			"gate: one of \"%.60s\" and \"%.60s\" is a path and the other is not; give two "
			"programs (./ipcbench) or two mechanisms",
			s->base, s->new);
	if (!s->programs)
		return 0;
	int err = check_program("--base", s->base, r->why);

	return err == 0 ? check_program("--new", s->new, r->why) : err;
}

static int check_cells(const struct gate_reading *r)
{
	for (size_t i = 0; i < r->s->group_count && !r->s->programs; i++)
		for (size_t k = 0; k < r->s->groups[i].arg_count; k++)
			if (strncmp(r->s->groups[i].args[k], "--transport=", 12) == 0)
				return reason_set(r->why, EINVAL,
					"gate: --base and --new name the mechanisms, so --transport has no "
					"place; drop it");
	if (r->s->quiet && r->s->verbose)
		return reason_set(r->why, EINVAL, "--quiet and --verbose exclude each other");
	return 0;
}

static int finish(struct gate_reading *r)
{
	int err = r->config != NULL ? gate_read_config(r) : 0;

	if (err == 0)
		err = check_versions(r);
	if (err == 0)
		err = check_cells(r);
	return err;
}

int gate_parse(struct gate_settings *s, int argc, char **argv, struct reason *why)
{
	struct gate_reading r = {.s = s, .why = why};

	*s = (struct gate_settings){
		.duration_s = DEFAULT_DURATION_S,
		.warmup_s = DEFAULT_WARMUP_S,
		.gates = DEFAULT_GATES,
		.argc = argc,
		.argv = argv,
	};
	if (gate_group_new(s, NULL) < 0)
		return reason_set(why, ENOMEM, "out of memory");
	r.group = &s->groups[0];
	int err = gate_read_metrics(DEFAULT_METRICS, &r.group->metrics, why);

	err = err != 0 ? err
		       : parse_percent("--tolerance", DEFAULT_TOLERANCE, 0.1, 99,
				 &r.group->tolerance, why);
	err = err != 0 ? err
		       : parse_percent("--min-effect", DEFAULT_MIN_EFFECT, 0.1, 99,
				 &r.group->min_effect, why);
	if (err == 0)
		err = draw_seed(&s->seed, why);
	if (err == 0)
		err = options_read(&gate_argp, argc, argv, &r, why);
	if (err == 0)
		err = finish(&r);
	if (err == -ENOMEM && why->text[0] == '\0')
		reason_set(why, ENOMEM, "out of memory");
	return err;
}

void gate_settings_free(struct gate_settings *s)
{
	for (size_t i = 0; i < s->group_count; i++)
		gate_group_free(&s->groups[i]);
	for (size_t i = 0; i < s->owned_count; i++)
		free(s->owned[i]);
	free(s->groups);
	free(s->owned);
	*s = (struct gate_settings){0};
}
