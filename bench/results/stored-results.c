/* SPDX-License-Identifier: MIT */
#include "results/measured.h"

#include "cli/measure-options.h"
#include "plan/plan.h"
#include "text/memory.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- words ----------------------------------------------------------------------------------- */

/* Tables need to know what every word means. */
static int check_words(const struct cell_key *key, struct reason *why)
{
	for (enum axis axis = 0; axis < AXIS_COUNT; axis++)
		if (key->foreign[axis] != NULL)
			return reason_set(why, EINVAL,
				"trials.csv: column %s holds \"%.40s\", which this version does not "
				"know; use the ipcbench that wrote it",
				axes[axis].column, key->foreign[axis]);
	return 0;
}

/* ---- cells ----------------------------------------------------------------------------------- */

/* A cell, and where summary.csv has it. Cells that differ in nothing but their load are a group. */
struct place {
	const struct measured_cell *cell;
	size_t at, group;
};

static int by_place(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return x->at != y->at ? (x->at > y->at) - (x->at < y->at)
			      : (x->cell > y->cell) - (x->cell < y->cell);
}

/* The cells in the order of summary.csv; those that it lacks come last. */
static struct place *order_cells(
	const struct stored_run *run, const struct rows *summary, size_t *unlaunched)
{
	struct place *places = need_array(run->cell_count, sizeof(*places));

	for (size_t i = 0; i < run->cell_count; i++)
		places[i] = (struct place){.cell = &run->cells[i], .at = SIZE_MAX};
	for (size_t row = 0; row < summary->count; row++) {
		struct cell_key key;

		key_read(&key, summary, row);
		const struct measured_cell *c = measured_find(run, &key);

		if (c == NULL)
			++*unlaunched;
		else if (places[c - run->cells].at == SIZE_MAX)
			places[c - run->cells].at = row;
	}
	qsort(places, run->cell_count, sizeof(*places), by_place);
	return places;
}

/* The mechanism, or a stand-in with what the rows tell of it. */
static const struct transport *find_transport(
	struct stored_results *r, size_t i, const struct measured_cell *c)
{
	const struct transport *known = registry_find(c->key.transport);

	if (known != NULL && (known->shape == SHAPE_NOTIFY) == (c->key.size == 0))
		return known;
	r->unknown[i] = (struct transport){
		.name = c->key.transport,
		.family = c->family,
		.summary = "",
		.typical_use = "",
		.api = API_NONE,
		.shape = c->key.size == 0 ? SHAPE_NOTIFY : SHAPE_MESSAGE,
	};
	return &r->unknown[i];
}

static int by_group(const void *a, const void *b)
{
	const struct place *x = *(const struct place *const *)a,
			   *y = *(const struct place *const *)b;

	return key_order_by(&x->cell->key, &y->cell->key, AXIS_ALL & ~AXIS_LOAD);
}

static void number_groups(struct place *places, size_t n)
{
	struct place **sorted = need_array(n, sizeof(struct place *));

	for (size_t i = 0; i < n; i++)
		sorted[i] = &places[i];
	if (n > 1)
		qsort(sorted, n, sizeof(*sorted), by_group);
	for (size_t i = 1; i < n; i++)
		sorted[i]->group =
			sorted[i - 1]->group + (by_group(&sorted[i - 1], &sorted[i]) != 0);
	free(sorted);
}

/* A cell as an item of a plan, its trials and its summary. */
static int read_cell(
	struct stored_results *r, const struct place *places, size_t i, struct reason *why)
{
	const struct measured_cell *c = places[i].cell;
	struct item *it = &r->plan.items[i];
	int cpu_tx = -1, cpu_rx = -1;

	for (size_t k = 0; k < c->trial_count; k++) {
		const struct trial *t = c->trials[k];

		r->results.trials[t - r->results.trials].item = it;
		if (t->number > r->settings.trials)
			r->settings.trials = t->number;
		if (cpu_tx < 0) {
			cpu_tx = t->cpu_tx;
			cpu_rx = t->cpu_rx;
		}
	}
	r->settings.words[AXIS_MODE] |= 1u << c->key.mode;
	*it = (struct item){
		.transport = find_transport(r, i, c),
		.key = c->key,
		.cell = item_cell(&c->key, cpu_tx, cpu_rx),
		.load_group = places[i].group,
	};
	if (!c->ok && !c->failed && c->summary.trials == 0)
		it->skip = reason_set(&it->why, EINVAL, "%s", c->reason);
	r->results.summaries[i] = c->summary;
	return check_words(&c->key, why);
}

/* A run that has no summary.csv has no rows of it. */
static int read_summary(struct rows *summary, const char *dir, struct reason *why)
{
	char *path = need_text("%s/summary.csv", dir);
	int err = rows_load(summary, path, why);

	free(path);
	return err == -ENOENT ? 0 : err;
}

/* What --slo was, in the rows of open loops. What is not such a limit is none. */
static void read_limit(struct stored_results *r, const struct rows *summary)
{
	struct reason why;

	for (size_t i = 0; i < summary->count && r->slo == NULL; i++) {
		const char *text = rows_text(summary, i, "slo");

		if (text[0] != '\0')
			r->slo = need_copy(text);
	}
	const struct option_value v = {NULL, "slo", r->slo, &why};

	if (r->slo != NULL && read_slo(&v, &r->settings) < 0)
		r->settings.slo.text = NULL;
}

/* What the heading of the tables says of the plan. */
static void read_plan(struct settings *s, const json_t *plan)
{
	const json_t *options = json_object_get(plan, "options"),
		     *seed = json_object_get(plan, "seed");

	s->seed = json_is_string(seed) ? strtoull(json_string_value(seed), NULL, 10)
				       : (uint64_t)json_integer_value(seed);
	s->duration_s = json_number_value(json_object_get(plan, "duration_s"));
	s->messages = (uint64_t)json_integer_value(json_object_get(plan, "messages"));
	for (size_t i = 0; i < json_array_size(options); i++) {
		const char *word = json_string_value(json_array_get(options, i));

		s->automatic |= word != NULL && strcmp(word, "--auto") == 0;
		s->counters |= word != NULL && strcmp(word, "--counters") == 0;
	}
}

int stored_results_make(
	struct stored_results *out, const struct stored_run *run, struct reason *why)
{
	struct rows summary;

	*out = (struct stored_results){.unlaunched = 0};
	int err = read_summary(&summary, run->dir, why);
	struct place *places = order_cells(run, &summary, &out->unlaunched);

	number_groups(places, run->cell_count);
	read_plan(&out->settings, json_object_get(run->env, "plan"));
	if (err == 0)
		read_limit(out, &summary);
	rows_free(&summary);
	if (run->label[0] != '\0')
		out->settings.label = run->label;
	out->unknown = need_array(run->cell_count, sizeof(*out->unknown));
	out->plan.items = need_array(run->cell_count, sizeof(*out->plan.items));
	out->plan.item_count = run->cell_count;
	out->plan.settings = &out->settings;
	out->results = (struct results){
		.plan = &out->plan,
		.run_id = run->run_id,
		.trials = run->trials,
		.trial_count = run->count,
		.summaries = need_array(run->cell_count, sizeof(*out->results.summaries)),
	};
	for (size_t i = 0; i < run->cell_count && err == 0; i++)
		err = read_cell(out, places, i, why);
	free(places);
	return err;
}

void stored_results_free(struct stored_results *r)
{
	free(r->plan.items);
	free(r->unknown);
	free(r->results.summaries);
	free(r->slo);
	*r = (struct stored_results){.settings = {0}};
}
