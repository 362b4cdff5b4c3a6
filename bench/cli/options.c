/* SPDX-License-Identifier: MIT */
/* From the command line to settings. */
#include "cli/options.h"
#include "cli/conflicts.h"
#include "cli/option-table.h"
#include "cli/parse.h"
#include "cli/selection.h"
#include "plan/plan.h"
#include "plan/registry.h"
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define THINK_MAX_S	10
/* What bounds the memory of --auto; time ends it long before. */
#define AUTO_TRIALS_MAX 500

/* What argp's callback works on. */
struct reading {
	struct settings *s;
	struct reason *why;
	bool given[KEY_LAST];
	const char **transports; /* read last, when the plugins are there */
	size_t transport_count;
};

const struct argp_option *measure_option(int key)
{
	const struct argp_option *o = option_table;

	while (o->key != key)
		o++;
	return o;
}

/* "--size", as the error lines call an option. */
static const char *dashed(char *buf, size_t len, int key)
{
	snprintf(buf, len, "--%s", measure_option(key)->name);
	return buf;
}

static int push(const char ***list, size_t *count, const char *text)
{
	const char **grown = reallocarray(*list, *count + 1, sizeof(*grown));

	if (grown == NULL)
		return -ENOMEM;
	*list = grown;
	grown[(*count)++] = text;
	return 0;
}

/* ---- one option ----------------------------------------------------------------------------- */

static int read_words(int key, const char *text, unsigned int *bits, struct reason *why)
{
	const char *words[OPTION_WORDS_MAX];
	size_t n = option_words(key, words, ARRAY_SIZE(words));
	unsigned int all = (1u << n) - 1;
	char what[24];

	/* Unpinned is no place, and cross-cpu is another name for one of the others. */
	if (key == KEY_PLACEMENT)
		all &= ~(1u << PLACE_NONE | 1u << PLACE_CROSS_CPU);
	return parse_choices(dashed(what, sizeof(what), key), text, words, n, all, bits, why);
}

static int read_word(int key, const char *text, unsigned int *index, struct reason *why)
{
	const char *words[OPTION_WORDS_MAX];
	size_t n = option_words(key, words, ARRAY_SIZE(words));
	char what[24];

	return parse_choice(dashed(what, sizeof(what), key), text, words, n, index, why);
}

static int read_what(struct settings *s, int key, const char *text, struct reason *why)
{
	char what[24];

	dashed(what, sizeof(what), key);
	switch (key) {
	case KEY_SIZE:
		return parse_sizes(what, text, &s->sizes, &s->size_count, why);
	case KEY_MODE:
		return read_words(key, text, &s->modes, why);
	case KEY_WAIT:
		return read_words(key, text, &s->waits, why);
	case KEY_COPY:
		return read_words(key, text, &s->copies, why);
	case KEY_PLACEMENT:
		return read_words(key, text, &s->placements, why);
	case KEY_IDLE:
		return read_words(key, text, &s->idles, why);
	case KEY_RATE:
		return parse_rates(what, text, &s->rates, &s->rate_count, why);
	case KEY_ARRIVALS:
		return read_words(key, text, &s->arrivals, why);
	case KEY_THINK:
		return parse_durations(
			what, text, THINK_MAX_S, &s->thinks_ns, &s->think_count, why);
	case KEY_DISPATCH:
		return read_words(key, text, &s->dispatches, why);
	case KEY_MEM:
		return read_words(key, text, &s->mems, why);
	default:
		return parse_cpus(what, text, &s->cpu_tx, &s->cpu_rx, why);
	}
}

static int read_how(struct settings *s, int key, const char *text, struct reason *why)
{
	char what[24];
	uint64_t count;
	int err;

	dashed(what, sizeof(what), key);
	switch (key) {
	case KEY_DURATION:
		return parse_duration(what, text, 1e-6, 86400, &s->duration_s, why);
	case KEY_WARMUP:
		return parse_duration(what, text, 0, 3600, &s->warmup_s, why);
	case KEY_TIMEOUT:
		return parse_duration(what, text, 1e-3, 86400, &s->timeout_s, why);
	case KEY_MESSAGES:
		return parse_count(what, text, 1, UINT64_C(1) << 53, &s->messages, why);
	case KEY_SEED:
		return parse_seed(what, text, &s->seed, why);
	case KEY_PRECISION:
		return parse_percent(what, text, 0.1, 100, &s->precision, why);
	case KEY_MAX_TIME:
		return parse_duration(what, text, 0.1, 86400, &s->max_time_s, why);
	case KEY_SLOWDOWN:
		s->slowed = true;
		return parse_duration(what, text, 0, 1, &s->slowdown_s, why);
	case KEY_SLICE:
		s->slice = true;
		return parse_count(what, text, 0, UINT64_C(1) << 40, &s->clock_hz, why);
	default:
		err = parse_count(what, text, 1, 10000, &count, why);
		if (err == 0)
			s->trials = (unsigned int)count;
		return err;
	}
}

/* A file or directory name, or a label: one line of text. */
static int read_text(int key, const char *text, const char **out, struct reason *why)
{
	char what[32];
	int err = parse_given(
		dashed(what, sizeof(what), key), measure_option(key)->arg, text, out, why);

	if (err < 0)
		return err;
	for (const char *p = text; *p != '\0'; p++) {
		if (iscntrl((unsigned char)*p))
			return reason_set(why, EINVAL,
				"--%s: the value holds a control character (code %d); give one "
				"line of text",
				measure_option(key)->name, *p);
	}
	return 0;
}

static int read_results(struct settings *s, int key, const char *text, struct reason *why)
{
	unsigned int word = COLOR_AUTO;
	int err;

	switch (key) {
	case KEY_OUTPUT:
		return read_text(key, text, &s->output_dir, why);
	case KEY_CSV:
		return read_text(key, text, &s->csv, why);
	case KEY_JSON:
		return read_text(key, text, &s->json, why);
	case KEY_MD:
		return read_text(key, text, &s->md, why);
	case KEY_TEX:
		return read_text(key, text, &s->tex, why);
	case KEY_LABEL:
		return read_text(key, text, &s->label, why);
	case KEY_REPLAY:
		return read_text(key, text, &s->replay, why);
	default:
		err = read_word(key, text, &word, why);
		s->color = (enum color)word;
		return err;
	}
}

static void read_switch(struct settings *s, int key)
{
	bool *const flag = key == KEY_VERIFY	 ? &s->verify
			   : key == KEY_COUNTERS ? &s->counters
			   : key == KEY_TIMELINE ? &s->timeline
			   : key == KEY_PLOT	 ? &s->plot
			   : key == KEY_AUTO	 ? &s->automatic
			   : key == KEY_DRY_RUN	 ? &s->dry_run
			   : key == KEY_QUIET	 ? &s->quiet
						 : &s->verbose;

	*flag = true;
}

static int read_plugin(struct settings *s, const char *path, struct reason *why)
{
	char **grown = reallocarray(s->plugins, s->plugin_count + 1, sizeof(*grown));

	if (grown == NULL)
		return reason_set(why, ENOMEM, "--plugin: out of memory");
	s->plugins = grown;
	grown[s->plugin_count++] = (char *)(uintptr_t)path;
	return registry_load_plugin(path, why);
}

static int read_one(struct reading *r, int key, const char *text)
{
	switch (key) {
	case KEY_TRANSPORT:
		return push(&r->transports, &r->transport_count, text);
	case KEY_PLUGIN:
		return read_plugin(r->s, text, r->why);
	case KEY_SIZE:
	case KEY_MODE:
	case KEY_WAIT:
	case KEY_COPY:
	case KEY_PLACEMENT:
	case KEY_IDLE:
	case KEY_DISPATCH:
	case KEY_MEM:
	case KEY_CPUS:
	case KEY_RATE:
	case KEY_ARRIVALS:
	case KEY_THINK:
		return read_what(r->s, key, text, r->why);
	case KEY_DURATION:
	case KEY_WARMUP:
	case KEY_TIMEOUT:
	case KEY_MESSAGES:
	case KEY_SEED:
	case KEY_TRIALS:
	case KEY_PRECISION:
	case KEY_MAX_TIME:
	case KEY_SLICE:
	case KEY_SLOWDOWN:
		return read_how(r->s, key, text, r->why);
	case KEY_OUTPUT:
	case KEY_CSV:
	case KEY_JSON:
	case KEY_MD:
	case KEY_TEX:
	case KEY_LABEL:
	case KEY_COLOR:
	case KEY_REPLAY:
		return read_results(r->s, key, text, r->why);
	default:
		read_switch(r->s, key);
		return 0;
	}
}

/* ---- argp ----------------------------------------------------------------------------------- */

static int stray_argument(const char *text, struct reason *why)
{
	const char *names[8];
	char hint[64];
	size_t n = 0;

	for (const struct command_info *c = command_table; c->name != NULL; c++) {
		if (!c->hidden && n < ARRAY_SIZE(names))
			names[n++] = c->name;
		if (!c->hidden && strcmp(c->name, text) == 0)
			return reason_set(why, EINVAL,
				"the command \"%s\" comes first: ipcbench %s [OPTION...]", text,
				text);
	}
	parse_hint(hint, sizeof(hint), text, names, n);
	if (hint[0] == '\0' && registry_find(text) != NULL)
		snprintf(hint, sizeof(hint), "; did you mean --transport %s?", text);
	return reason_set(why, EINVAL,
		"\"%.40s\" is neither an option nor a command%s (--help shows all)", text, hint);
}

static error_t read_argument(int key, char *text, struct argp_state *state)
{
	struct reading *r = state->input;
	int err;

	switch (key) {
	case ARGP_KEY_ARG:
		return -stray_argument(text, r->why);
	case ARGP_KEY_ERROR:
		return options_rejected(state, r->why);
	case KEY_HELP:
		return options_print_help(&measure_argp, "");
	case KEY_VERSION:
		printf("ipcbench %s\n", IPCBENCH_VERSION);
		return ECANCELED;
	default:
		if (key <= 0 || key >= KEY_LAST)
			return ARGP_ERR_UNKNOWN;
		err = read_one(r, key, text);
		r->given[key] = true;
		if (err == -ENOMEM && r->why->text[0] == '\0')
			reason_set(r->why, ENOMEM, "out of memory");
		return -err;
	}
}

const struct argp measure_argp = {
	.options = option_table,
	.parser = read_argument,
	.doc = "Measures how fast two processes exchange messages over each mechanism of the "
	       "kernel.\vExit status: 0 measured; 1 a cell failed or nothing could be measured; 2 "
	       "usage; 130 interrupted, with what was finished saved and printed.",
	.help_filter = table_help_filter,
};

/* ---- the settings as a whole ---------------------------------------------------------------- */

/* A default goes the way of an option, so that the help cannot differ from it. */
static int use_default(const struct reading *r, int key, const char *text)
{
	struct reading plain = *r;

	return r->given[key] ? 0 : read_one(&plain, key, text);
}

/* Options that are for some modes alone ask for them. */
static const char *default_modes(const struct reading *r)
{
	if (r->given[KEY_RATE] || r->given[KEY_ARRIVALS])
		return mode_name(MODE_RATE);
	return r->given[KEY_THINK] ? mode_name(MODE_LATENCY) : DEFAULT_MODES;
}

static int fill_defaults(const struct reading *r)
{
	struct settings *s = r->s;
	bool tour = !s->transport_given;
	int err = use_default(r, KEY_SIZE, tour ? TOUR_SIZES : DEFAULT_SIZES);

	err = err != 0 ? err : use_default(r, KEY_MODE, default_modes(r));
	err = err != 0 ? err : use_default(r, KEY_RATE, DEFAULT_RATES);
	err = err != 0 ? err : use_default(r, KEY_ARRIVALS, DEFAULT_ARRIVALS);
	err = err != 0 ? err : use_default(r, KEY_THINK, DEFAULT_THINKS);
	err = err != 0 ? err : use_default(r, KEY_PRECISION, DEFAULT_PRECISION);
	err = err != 0 ? err : use_default(r, KEY_MAX_TIME, DEFAULT_MAX_TIME);
	err = err != 0 ? err : use_default(r, KEY_COPY, DEFAULT_COPIES);
	err = err != 0 ? err : use_default(r, KEY_IDLE, DEFAULT_IDLES);
	err = err != 0 ? err : use_default(r, KEY_DISPATCH, DEFAULT_DISPATCHES);
	err = err != 0 ? err : use_default(r, KEY_MEM, DEFAULT_MEMS);
	err = err != 0 ? err : use_default(r, KEY_WARMUP, tour ? TOUR_WARMUP : DEFAULT_WARMUP);
	err = err != 0 ? err : use_default(r, KEY_TRIALS, tour ? TOUR_TRIALS : DEFAULT_TRIALS);
	if (err == 0 && !r->given[KEY_CPUS])
		err = use_default(r, KEY_PLACEMENT, DEFAULT_PLACEMENTS);
	if (err == 0 && !r->given[KEY_MESSAGES])
		err = use_default(r, KEY_DURATION, tour ? TOUR_DURATION : DEFAULT_DURATION);
	if (err == 0 && !r->given[KEY_SEED])
		err = draw_seed(&s->seed, r->why);
	if (s->automatic)
		s->trials = AUTO_TRIALS_MAX;
	return err;
}

static int select_transports(const struct reading *r)
{
	struct selection_list list = {NULL, 0};
	int err = 0;

	r->s->transport_given = r->transport_count != 0;
	if (r->transport_count == 0)
		err = selections_parse(&list, "--transport", GROUP_COMMON, r->why);
	for (size_t i = 0; i < r->transport_count && err == 0; i++)
		err = selections_parse(&list, "--transport", r->transports[i], r->why);
	r->s->selections = list.items;
	r->s->selection_count = list.count;
	return err;
}

static int finish(const struct reading *r)
{
	int err = conflicts_check(r->s, r->given, r->why);

	if (err == 0)
		err = select_transports(r);
	if (err == 0)
		err = fill_defaults(r);
	if (err == 0)
		err = conflicts_check_modes(r->s, r->given, r->why);
	r->s->placement_given = r->given[KEY_PLACEMENT] || r->given[KEY_CPUS];
	return err;
}

int options_parse(struct settings *s, int argc, char **argv, struct reason *why)
{
	struct reading r = {.s = s, .why = why};

	*s = (struct settings){.cpu_tx = -1, .cpu_rx = -1, .argc = argc, .argv = argv};
	int err = options_read(&measure_argp, argc, argv, &r, why);

	if (err == 0)
		err = finish(&r);
	free(r.transports);
	return err >= 0 || err == -ENOMEM ? err : -EINVAL;
}

void settings_free(struct settings *s)
{
	if (s == NULL)
		return;
	selections_free(s->selections, s->selection_count);
	free(s->sizes);
	free(s->rates);
	free(s->thinks_ns);
	free(s->plugins);
	*s = (struct settings){.cpu_tx = -1, .cpu_rx = -1};
}
