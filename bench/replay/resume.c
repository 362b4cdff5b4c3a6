/* SPDX-License-Identifier: MIT */
/* What of a run that was cut off is kept. */
#include "replay/resume.h"

#include "cli/measure-options.h"
#include "text/claim.h"
#include "text/memory.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static int refuse(const struct resume *r, struct reason *why, const char *what)
{
	return reason_set(why, EINVAL, "--resume %.80s: %s", r->run.base.dir, what);
}

/* ---- its options ----------------------------------------------------------------------------- */

/* A word of the command; env.json keeps the home directory as "~". */
static json_t *expanded(const char *word)
{
	const char *home = getenv("HOME"), *equals = strstr(word, "=~");
	const char *at = word[0] == '~' ? word : equals == NULL ? NULL : equals + 1;

	if (home == NULL || at == NULL || (at[1] != '/' && at[1] != '\0'))
		return json_string(word);
	char *whole = need_text("%.*s%s%s", (int)(at - word), word, home, at + 1);
	json_t *j = json_string(whole);

	free(whole);
	return j;
}

/* What the first command gave an option; a path is that of the directory in which it ran. */
static const char *value_of(struct resume *r, const struct argument *given)
{
	static const char *const paths[] = {"csv", "json", "md", "tex", "replay"};
	const char *from = json_string_value(json_array_get(r->words, 0)), *value = given->value;
	char here[4096];
	size_t i = 0;

	while (i < ARRAY_SIZE(paths) && strcmp(given->option->name, paths[i]) != 0)
		i++;
	if (i == ARRAY_SIZE(paths) || value[0] == '/' || strcmp(value, "-") == 0 ||
		from[0] == '\0' || (getcwd(here, sizeof(here)) != NULL && strcmp(here, from) == 0))
		return value;
	char *path = need_text("%s/%s", from, value);
	json_t *kept = json_string(path);

	json_array_append_new(r->words, kept);
	free(path);
	return json_string_value(kept);
}

/* Options of the results, which the saved ones lack; some were of that command alone. */
static void add_option(struct resume *r, const struct argument *given)
{
	static const char *const left[] = {"dry-run", "quiet", "verbose", "color"};
	const struct option_row *o = given->option;
	bool dir = strcmp(o->name, "output") == 0;

	for (size_t i = 0; i < ARRAY_SIZE(left); i++)
		if (strcmp(o->name, left[i]) == 0)
			return;
	if (strcmp(o->name, "replay") == 0)
		r->replay = value_of(r, given);
	else if (!option_is_of_plan(o))
		/* the directory may have been moved */
		arguments_add(&r->run.saved.options, o, dir ? r->run.base.dir : value_of(r, given));
}

static int add_options(struct resume *r, struct reason *why)
{
	const json_t *command = json_object_get(r->run.base.env, "command");
	const char *from = json_string_value(json_object_get(r->run.base.env, "directory"));
	size_t n = json_array_size(command);
	const char **words = need_array(n + 1, sizeof(*words));
	struct arguments all = {.count = 0};
	int err = 0;

	r->words = json_array();
	json_array_append_new(r->words, expanded(from == NULL ? "" : from));
	for (size_t i = 0; i < n && err == 0; i++) {
		const char *word = json_string_value(json_array_get(command, i));

		json_array_append_new(r->words, expanded(word == NULL ? "" : word));
		words[i] = json_string_value(json_array_get(r->words, i + 1));
		if (words[i] == NULL)
			err = -EINVAL;
	}
	if (err == 0 && n > 0)
		arguments_split(&all, measure_options, (int)n, words);
	for (size_t i = 0; i < all.count; i++)
		add_option(r, &all.options[i]);
	if (err < 0 || all.fault.text[0] != '\0' || arguments_given(&all, "output") == NULL)
		err = refuse(r, why, "env.json holds no command of a measurement with --output");
	arguments_free(&all);
	free(words);
	return err;
}

/* ---- whether it can go on -------------------------------------------------------------------- */

/* Options of another user could make this process write anywhere. */
static int check_owner(const struct resume *r, struct reason *why)
{
	const char *dir = r->run.base.dir;
	char *env = need_text("%s/env.json", dir);
	struct stat st;
	/* another user can put what he likes into his directory, a link to a file of ours too */
	bool other = (lstat(env, &st) == 0 && st.st_uid != geteuid()) ||
		     (stat(dir, &st) == 0 && st.st_uid != geteuid());

	free(env);
	if (!other)
		return 0;
	return reason_set(why, EPERM,
		"--resume %.80s: belongs to user %u, and only that user can resume it; you are user %u",
		dir, (unsigned int)st.st_uid, (unsigned int)geteuid());
}

static int check_version(const struct resume *r, struct reason *why)
{
	const json_t *env = r->run.base.env;
	const char *version = env_version(env);
	int schema = (int)json_integer_value(json_object_get(env, "schema_version"));

	if (strcmp(version, IPCBENCH_VERSION) != 0)
		return reason_set(why, EINVAL,
			"--resume %.80s: was begun by ipcbench %.20s, and this is %s; use the version that began it",
			r->run.base.dir, version, IPCBENCH_VERSION);
	if (schema != SCHEMA_VERSION)
		return reason_set(why, EINVAL,
			"--resume %.80s: has results of schema version %d, and this ipcbench writes %d; use the build that began it, or --replay",
			r->run.base.dir, schema, SCHEMA_VERSION);
	return 0;
}

int resume_open(struct resume *r, const struct settings *given, struct reason *why)
{
	*r = (struct resume){.kept = 0};
	int err = stored_directory(given->resume, why);

	/* before it is read, since another run may be writing it */
	if (err == 0 && !given->dry_run)
		err = claim_directory("--resume", given->resume, why);
	if (err == 0)
		err = replay_begin(&r->run, "--resume", given->resume, why);
	if (err == 0 && !stored_holds(given->resume, OUTPUT_INCOMPLETE))
		err = refuse(r, why,
			"is complete, nothing is left to measure; --replay measures it again");
	if (err == 0)
		err = check_owner(r, why);
	if (err == 0)
		err = check_version(r, why);
	if (err == 0)
		err = add_options(r, why);
	if (err == 0)
		err = replay_read(&r->run, given, why);
	if (err < 0)
		return err;
	replay_take(&r->run.settings, given);
	r->run.settings.replay = r->replay;
	return 0;
}

int resume_check(const struct resume *r, const char *env, struct reason *why)
{
	struct gate_results found = {.note_count = 0};
	json_t *now = json_embedded(env);

	stored_machines(&found, r->run.base.env, now);
	if (env_layout_seed(r->run.base.env) != env_layout_seed(now))
		gate_note(&found, "layout of ipcbench: seed %lld in base, %lld in new",
			env_layout_seed(r->run.base.env), env_layout_seed(now));
	size_t n = found.note_count;

	if (n > 0)
		reason_set(why, EINVAL,
			"--resume %.60s: this machine (new) differs from that of the run (base): "
			"%.80s%s%.60s%s; use --replay",
			r->run.base.dir, found.notes[0], n > 1 ? "; " : "",
			n > 1 ? found.notes[1] : "", n > 2 ? "; and more" : "");
	gate_results_free(&found);
	json_decref(now);
	return n > 0 ? -EINVAL : 0;
}

/* ---- its launches ---------------------------------------------------------------------------- */

static struct trial *find_trial(const struct resume *r, const struct item *it, unsigned int number)
{
	const struct stored_run *run = &r->run.base;
	const struct measured_cell *c = measured_find(run, &it->key);

	for (size_t i = 0; c != NULL && i < c->trial_count; i++) {
		struct trial *t = &run->trials[c->trials[i] - run->trials];

		if (t->order > 0 && t->number == number && t->item == NULL)
			return t;
	}
	return NULL;
}

static int differs(
	const struct resume *r, const struct trial *t, const char *what, struct reason *why)
{
	char *name = key_name_new(&t->key, AXIS_ALL);

	reason_set(why, EINVAL,
		"--resume %.60s: %.80s, trial %u, %s: the plan differs here; use --replay",
		r->run.base.dir, name, t->number, what);
	free(name);
	return -EINVAL;
}

/* Brings every stored launch to its place in the plan. --auto leaves some places empty. */
static int find_launches(struct resume *r, struct plan *plan, struct reason *why)
{
	const struct stored_run *run = &r->run.base;
	unsigned int last = 0;

	for (size_t i = 0; i < plan->launch_count; i++) {
		struct launch *l = &plan->launches[i];
		const struct item *it = &plan->items[l->item];
		struct trial *t = l->kept = find_trial(r, it, l->trial);

		if (t == NULL)
			continue;
		t->item = it;
		if (t->cpu_tx != it->cell.cpu_tx || t->cpu_rx != it->cell.cpu_rx)
			return differs(r, t, "has other CPUs", why);
		if (t->order <= last || (!plan->settings->automatic && t->order != i + 1))
			return differs(r, t, "has another place in the order", why);
		last = t->order;
	}
	for (size_t i = 0; i < run->count; i++)
		if (run->trials[i].order > 0 && run->trials[i].item == NULL)
			return differs(r, &run->trials[i], "is not planned", why);
	return 0;
}

/* Reads the distributions of an item; a trial without its own is launched again. */
static void load_times(const struct resume *r, const struct plan *plan, size_t item)
{
	const struct stored_run *run = &r->run.base;
	const struct measured_cell *c = measured_find(run, &plan->items[item].key);
	size_t n = 0;

	if (c == NULL || mode_of(&c->key)->records[0] == NULL)
		return;
	struct trial **ok = need_array(c->trial_count, sizeof(struct trial *));

	for (size_t i = 0; i < c->trial_count; i++)
		if (c->trials[i]->item == &plan->items[item] && c->trials[i]->status == STATUS_OK)
			ok[n++] = &run->trials[c->trials[i] - run->trials];
	hist_files_load(run->dir, plan, item, ok, n);
	free(ok);
}

int resume_fit(struct resume *r, struct plan *plan, struct reason *why)
{
	int err = find_launches(r, plan, why);

	if (err < 0)
		return err;
	for (size_t i = 0; i < plan->item_count; i++)
		load_times(r, plan, i);
	sides_load(r->run.base.dir, r->run.base.trials, r->run.base.count);
	if (plan->settings->timeline)
		timelines_load(r->run.base.dir, r->run.base.trials, r->run.base.count);
	for (size_t i = 0; i < plan->launch_count; i++) {
		struct launch *l = &plan->launches[i];

		if (l->kept != NULL && l->kept->item == NULL)
			l->kept = NULL;
		r->kept += l->kept != NULL;
	}
	return 0;
}

void resume_cut(struct plan *plan)
{
	size_t n = 0;

	for (size_t i = 0; i < plan->launch_count; i++)
		if (plan->launches[i].kept == NULL)
			plan->launches[n++] = plan->launches[i];
	plan->launch_count = n;
}

/* ---- env.json -------------------------------------------------------------------------------- */

char *resume_env(const struct resume *r)
{
	json_t *env = r->run.base.env, *list = json_object_get(env, "resumed");
	time_t now = time(NULL);
	struct tm utc;
	char text[32];

	if (!json_is_array(list)) {
		list = json_array();
		json_object_set_new(env, "resumed", list);
	}
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
	json_array_append_new(list,
		json_pack("{s:s, s:I}", "started", text, "launches_kept", (json_int_t)r->kept));
	return needed(json_dumps(env, JSON_INDENT(2) | JSON_REAL_PRECISION(9)));
}

void resume_close(struct resume *r)
{
	struct stored_run *run = &r->run.base;

	for (size_t i = 0; i < run->count; i++) {
		for (unsigned int k = 0; k < LAT_KINDS; k++)
			free(run->trials[i].hlog[k]);
		free(run->trials[i].timeline);
		free(run->trials[i].sides);
	}
	replay_close(&r->run);
	json_decref(r->words);
	*r = (struct resume){.kept = 0};
}
