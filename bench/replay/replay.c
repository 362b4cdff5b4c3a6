/* SPDX-License-Identifier: MIT */
#include "replay/replay.h"

#include "cli/measure-options.h"
#include "cli/option.h"
#include "results/results.h"
#include "text/memory.h"
#include "text/record.h"
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { TRIALS_MAX = 10000, ORDER_MAX = 1000000000 };
/* Of stored words: what the system allows in one word of a command line, and half of what it allows
 * in all. */
enum { WORD_MAX = 128 << 10, WORDS_MAX = 1 << 20 };

/* ---- deviations ------------------------------------------------------------------------------ */

void replay_tell(struct replay *r, const char *cell, const char *format, ...)
{
	struct deviation *d;
	va_list args;

	va_start(args, format);
	char *text = need_vtext(format, args);

	va_end(args);
	for (size_t i = 0; i < r->deviation_count; i++) {
		d = &r->deviations[i];
		if (cell != NULL && d->cell != NULL && strcmp(d->text, text) == 0) {
			free(text);
			d->cells++;
			return;
		}
	}
	d = need_next(r->deviations, r->deviation_count);
	*d = (struct deviation){text, need_copy(cell), 1};
}

/* ---- the stored run -------------------------------------------------------------------------- */

static int load(struct replay *r, const char *dir, struct reason *why)
{
	bool resumes = strcmp(r->option, "--resume") == 0;
	int err =
		resumes ? stored_run_open(&r->base, dir, why) : stored_run_load(&r->base, dir, why);

	if (err == -ENOENT &&
		(stored_holds(dir, "topology.csv") || stored_holds(dir, "compare.csv")))
		return reason_set(why, EINVAL,
			"%s %.100s: was written by another command of ipcbench and holds no "
			"trials.csv; name the directory of a measurement",
			r->option, dir);
	/* killed while it saved its plan, before its first launch */
	if (err == -ENOENT && resumes && stored_holds(dir, OUTPUT_INCOMPLETE))
		err = stored_run_begun(&r->base, dir, why);
	if (err == 0 && r->base.env == NULL)
		return reason_set(why, EINVAL,
			"%s %.100s: holds no env.json, which has the command line; without it the "
			"plan is not known; %s",
			r->option, dir,
			resumes ? "the run was killed as it began: remove it and start it again"
				: "name a run that has one");
	return err;
}

static int damaged(const struct replay *r, const struct reason *line, struct reason *why)
{
	return reason_set(
		why, EINVAL, "%s: %.80s/env.json: %s", r->option, r->base.dir, line->text);
}

/* The options that env.json keeps; older versions kept only the command. */
static int read_saved(struct replay *r, struct reason *why)
{
	const json_t *plan = json_object_get(r->base.env, "plan");
	const json_t *list = plan != NULL ? json_object_get(plan, "options")
					  : json_object_get(r->base.env, "command");
	size_t n = json_array_size(list), used = 0, bytes = 0;
	const char **words = need_array(n + 1, sizeof(*words));
	struct reason line = {""};
	int err = 0;

	if (plan != NULL)
		words[used++] = "ipcbench";
	for (size_t i = 0; i < n && err == 0; i++) {
		const json_t *word = json_array_get(list, i);
		size_t len = json_string_length(word);

		words[used] = json_string_value(word);
		bytes += len + 1;
		if (words[used++] == NULL)
			err = reason_set(&line, EINVAL, "a word of the command is not text");
		else if (len >= WORD_MAX || bytes > WORDS_MAX)
			err = reason_set(&line, E2BIG,
				"\"%.20s\" has %zu bytes, which makes %zu of the command, and the limits are %d and %d; shorten its lists",
				words[used - 1], len, bytes, WORD_MAX - 1, WORDS_MAX);
	}
	if (err == 0 && !json_is_array(list))
		err = reason_set(&line, EINVAL, "the command is not a list of words");
	if (err == 0)
		err = saved_options_read(&r->saved, words, used, &line);
	free(words);
	if (err < 0)
		return damaged(r, &line, why);
	if (json_integer_value(json_object_get(plan, "plugins")) > 0)
		r->saved.plugins++;
	return 0;
}

/* ---- settings -------------------------------------------------------------------------------- */

/* Whoever has made the files would choose what is run here. */
static int refuse_programs(const struct replay *r, struct reason *why)
{
	for (size_t i = 0; i < r->settings.selection_count; i++)
		if (registry_runs_program(r->settings.selections[i].transport))
			return reason_set(why, EINVAL,
				"%s %.80s: that run ran a program, and a stored file must not choose what is executed; measure with -t '%.80s'",
				r->option, r->base.dir, r->settings.selections[i].spelling);
	return 0;
}

static int read_options(struct replay *r, const struct settings *given, struct reason *why)
{
	struct reason line = {""};

	if (r->saved.plugins > 0 && !given->plugin_given)
		return reason_set(why, EINVAL,
			"%s %.80s: that run loaded a plugin, and a stored file must not choose what is "
			"loaded; give --plugin FILE yourself",
			r->option, r->base.dir);
	if (settings_read(&r->settings, &r->saved.options, 0, &line) != 0)
		return damaged(r, &line, why);
	if (r->saved.plugins > 0)
		replay_tell(r, NULL,
			"the plugin is the one given now; whether it is that of the stored run is not "
			"known");
	return refuse_programs(r, why);
}

/* The option as this command has it, or else as `s` does. */
#define TAKE(s, given, field) ((s)->field = (given)->field ? (given)->field : (s)->field)

void replay_take(struct settings *s, const struct settings *given)
{
	s->argc = given->argc;
	s->argv = given->argv;
	s->replay = given->replay;
	s->resume = given->resume;
	TAKE(s, given, timeline);
	TAKE(s, given, plot);
	TAKE(s, given, output_dir);
	TAKE(s, given, label);
	TAKE(s, given, csv);
	TAKE(s, given, json);
	TAKE(s, given, md);
	TAKE(s, given, tex);
	TAKE(s, given, sort);
	TAKE(s, given, baseline);
	s->dry_run = given->dry_run;
	s->quiet = given->quiet;
	s->verbose = given->verbose;
	s->color = given->color;
}

/* Of the command, of env.json, or as the number of the run has it, where it is whole. */
static int read_plan_seed(struct replay *r, const json_t *plan, struct reason *why)
{
	const json_t *seed = json_object_get(plan, "seed");
	uint64_t *out = &r->settings.seed;
	struct reason line = {""};
	uint32_t folded = 0;
	bool numbered = run_id_read(r->base.run_id, &folded);
	int err = 0;

	if (!r->saved.has_seed && json_is_integer(seed) && json_integer_value(seed) >= 0)
		*out = (uint64_t)json_integer_value(seed);
	else if (!r->saved.has_seed && json_is_string(seed))
		err = read_seed(
			&(struct option_value){NULL, "seed", json_string_value(seed), &line}, out);
	else if (!r->saved.has_seed && seed != NULL)
		err = reason_set(&line, EINVAL, "the seed of the plan is not a whole number");
	else if (!r->saved.has_seed && numbered)
		*out = folded;
	else if (!r->saved.has_seed)
		replay_tell(r, NULL,
			"seed %llu: that of the stored run is not known; the order is, but random "
			"arrivals are others",
			(unsigned long long)*out);
	if (err == 0 && numbered && run_id_fold(*out) != folded)
		err = reason_set(&line, EINVAL,
			"seed %llu is not that of run %.40s in trials.csv; the files are of two runs",
			(unsigned long long)*out, r->base.run_id);
	return err == -EINVAL ? damaged(r, &line, why) : err;
}

/* The sizes of --size dist: and trace:, in the order of their options. Their files stay closed. */
static int read_sizes_of_plan(struct replay *r, const json_t *plan, struct reason *why)
{
	const json_t *stored = json_object_get(plan, "sizes");
	struct reason line = {""};
	size_t at = 0;
	int err = 0;

	for (size_t i = 0; i < r->settings.mix_count && err == 0; i++) {
		struct sizes *mix = &r->settings.mixes[i];

		if (mix->turn != NULL)
			continue;
		const json_t *kept = json_array_get(stored, at++);
		char *text = need_copy(json_string_value(kept));

		err = text == NULL ? reason_set(&line, EINVAL, "the plan lacks the sizes of %.80s",
					     mix->source)
				   : sizes_read(mix, text, json_string_length(kept), &line);
		free(text);
	}
	return err < 0 ? damaged(r, &line, why) : 0;
}

/* A number of the plan within what its option accepts. */
static int read_plan_number(const json_t *plan, const char *key, double least, double most,
	double *out, struct reason *line)
{
	const json_t *value = json_object_get(plan, key);
	double number = json_number_value(value);

	if (value == NULL || json_is_null(value))
		return 0;
	if (!json_is_number(value) || !(number >= least && number <= most))
		return reason_set(
			line, EINVAL, "%s of the plan is not from %g to %g", key, least, most);
	*out = number;
	return 0;
}

/* What the options leave open is in the plan; older versions did not keep one. */
static int read_lengths(struct replay *r, const json_t *plan, struct reason *why)
{
	struct settings *s = &r->settings;
	double messages = (double)s->messages;
	struct reason line = {""};
	int err = read_plan_number(plan, "duration_s", 1e-6, 86400, &s->duration_s, &line);

	if (err == 0)
		err = read_plan_number(plan, "messages", 1, 9007199254740992.0, &messages, &line);
	if (err == 0)
		err = read_plan_number(plan, "warmup_s", 0, 3600, &s->warmup_s, &line);
	if (err < 0)
		return damaged(r, &line, why);
	s->messages = (uint64_t)messages;
	if (plan == NULL && !r->saved.has_length)
		replay_tell(r, NULL,
			"trials of %g s, the default of this version: that of the stored run is not kept",
			s->duration_s);
	if (plan == NULL && !r->saved.has_warmup)
		replay_tell(r, NULL,
			"warm-up of %g s, the default of this version: that of the stored run is not "
			"kept",
			s->warmup_s);
	return 0;
}

/* ---- launches -------------------------------------------------------------------------------- */

/* Whether a field holds a whole number from 1 to `most`. */
static bool is_whole(const struct rows *rows, size_t row, const char *column, double most)
{
	double number = rows_number(rows, row, column);

	return number >= 1 && number <= most && number == floor(number);
}

static int by_order(const void *a, const void *b)
{
	const struct trial *x = *(const struct trial *const *)a,
			   *y = *(const struct trial *const *)b;

	return (x->order > y->order) - (x->order < y->order);
}

static int bad_row(const struct replay *r, size_t row, const char *what, struct reason *why)
{
	return reason_set(why, EINVAL, "%s: %.80s/trials.csv: row %zu: %s", r->option, r->base.dir,
		row + 1, what);
}

static int read_steps(struct replay *r, struct reason *why)
{
	const struct rows *rows = &r->base.rows;

	r->steps = need_array(rows->count, sizeof(*r->steps));
	for (size_t i = 0; i < rows->count; i++) {
		if (rows_text(rows, i, "order")[0] == '\0')
			continue;
		if (!is_whole(rows, i, "order", ORDER_MAX))
			return bad_row(r, i, "invalid position in the order", why);
		if (!is_whole(rows, i, "trial", TRIALS_MAX))
			return bad_row(r, i, "invalid trial number", why);
		r->steps[r->step_count++] = &r->base.trials[i];
	}
	qsort(r->steps, r->step_count, sizeof(*r->steps), by_order);
	for (size_t i = 1; i < r->step_count; i++)
		if (r->steps[i]->order == r->steps[i - 1]->order)
			return bad_row(r, (size_t)(r->steps[i] - r->base.trials),
				"its order is that of another row", why);
	return 0;
}

/* On which CPUs the classes were, and what the plan has to ask for to get there. */
static void read_places(struct replay *r)
{
	struct settings *s = &r->settings;
	enum placement class = PLACE_NONE;

	for (size_t i = r->step_count; i-- > 0;) {
		const struct trial *t = r->steps[i];

		class = t->key.placement;
		if (class < PLACE_CROSS_CPU && t->cpu_tx >= 0 && t->cpu_rx >= 0)
			s->pairs[class] = (struct place_pair){true, t->cpu_tx, t->cpu_rx};
	}
	if (s->cpu_count != 2 || class >= PLACE_CROSS_CPU)
		return;
	/* --cpus: their class, so that a machine without these CPUs has others of it; several pairs
	 * stay where they were, or are not measured */
	s->words[AXIS_PLACEMENT] = 1u << class;
	s->cpu_count = 0;
}

int replay_begin(struct replay *r, const char *option, const char *dir, struct reason *why)
{
	*r = (struct replay){.option = option, .settings = {.cpu_count = 0}};
	int err = load(r, dir, why);

	return err == 0 ? read_saved(r, why) : err;
}

int replay_read(struct replay *r, const struct settings *given, struct reason *why)
{
	const json_t *plan = json_object_get(r->base.env, "plan");
	int err = read_options(r, given, why);

	if (err == 0)
		err = read_plan_seed(r, plan, why);
	if (err == 0)
		err = read_lengths(r, plan, why);
	if (err == 0)
		err = read_sizes_of_plan(r, plan, why);
	return err == 0 ? read_steps(r, why) : err;
}

int replay_open(struct replay *r, const struct settings *given, struct reason *why)
{
	int err = replay_begin(r, "--replay", given->replay, why);

	if (err == 0)
		err = replay_read(r, given, why);
	if (err == 0 && r->step_count == 0)
		err = reason_set(why, EINVAL,
			"--replay %.100s: no row of trials.csv was launched; there is nothing to repeat",
			given->replay);
	if (err < 0)
		return err;
	replay_take(&r->settings, given);
	read_places(r);
	/* replay_fit() launches what was launched; what the seed would give is not wanted */
	r->settings.trials = 1;
	if (r->settings.automatic)
		replay_tell(r, NULL,
			"--auto found how many trials a cell took; each gets as many again");
	r->settings.automatic = false;
	r->settings.batch_before = !rows_has(&r->base.rows, axes[AXIS_BATCH].column);
	return 0;
}

void replay_close(struct replay *r)
{
	stored_run_free(&r->base);
	settings_free(&r->settings);
	saved_options_free(&r->saved);
	for (size_t i = 0; i < r->deviation_count; i++) {
		free(r->deviations[i].text);
		free(r->deviations[i].cell);
	}
	free(r->deviations);
	free(r->steps);
	*r = (struct replay){0};
}

/* ---- saved options --------------------------------------------------------------------------- */

static int take_option(struct saved_options *r, const struct argument *given, struct reason *why)
{
	static const char *const storing_nothing[] = {"help", "version", "dry-run", "slice"};
	const char *name = given->option->name;

	for (size_t i = 0; i < ARRAY_SIZE(storing_nothing); i++)
		if (strcmp(name, storing_nothing[i]) == 0)
			return reason_set(why, EINVAL,
				"--%s: a command with this option stores no results", name);
	if (strcmp(name, "replay") == 0)
		return reason_set(why, EINVAL,
			"--%s: the plan is that of another run; replay that one", name);
	if (strcmp(name, OPTION_FILE) == 0)
		return reason_set(
			why, EINVAL, "--%s: the options of that file are not stored", name);
	/* of schema version 1; precision does not end a replay, and such a run is not resumed */
	if (strcmp(name, "precision") == 0 && strncmp(given->value, "lat2_", 5) == 0)
		return 0;
	if (given->option->read == read_plugin)
		r->plugins++;
	else if (option_is_of_plan(given->option))
		arguments_add(&r->options, given->option, given->value);
	return 0;
}

int saved_options_read(
	struct saved_options *r, const char *const *words, size_t count, struct reason *why)
{
	struct arguments all;
	int err = 0;

	*r = (struct saved_options){.plugins = 0};
	if (count == 0 || count > INT_MAX / 2)
		return reason_set(why, EINVAL, "the command line is empty");
	arguments_split(&all, measure_options, (int)count, words);
	for (size_t i = 0; i < all.count && err == 0; i++)
		err = take_option(r, &all.options[i], why);
	if (err == 0 && all.fault.text[0] != '\0')
		err = reason_set(why, EINVAL, "%s", all.fault.text);
	if (err == 0 && all.word_count > 0)
		err = reason_set(why, EINVAL,
			"\"%.40s\" is not an option: this is not the command line of a measurement",
			all.words[0]);
	arguments_free(&all);
	r->has_seed = arguments_given(&r->options, "seed") != NULL;
	r->has_length = arguments_say(&r->options, measure_rules, "duration");
	r->has_warmup = arguments_given(&r->options, "warmup") != NULL;
	return err;
}

void saved_options_free(struct saved_options *r)
{
	arguments_free(&r->options);
}

json_t *saved_options_json(const struct saved_options *r, const struct settings *s)
{
	json_t *options = json_array(), *sizes = json_array();
	bool counted = s->messages > 0;

	for (size_t i = 0; i < r->options.count; i++) {
		const struct argument *given = &r->options.options[i];
		bool valued = given->value != NULL;
		char *word = need_text("--%s%s%s", given->option->name, valued ? "=" : "",
			valued ? given->value : "");

		json_array_append_new(options, json_text(word));
		free(word);
	}
	for (size_t i = 0; i < s->mix_count; i++)
		if (s->mixes[i].text != NULL)
			json_array_append_new(sizes, json_string(s->mixes[i].text));
	json_t *plan = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "options", options, "plugins",
		json_integer(r->plugins), "seed", json_seed(s->seed), "duration_s",
		counted ? json_null() : json_rounded(s->duration_s), "messages",
		json_whole(counted, s->messages), "warmup_s", json_rounded(s->warmup_s));

	if (json_array_size(sizes) > 0)
		json_object_set(plan, "sizes", sizes);
	json_decref(sizes);
	return plan;
}
