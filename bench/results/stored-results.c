/* SPDX-License-Identifier: MIT */
#include "results/stored-results.h"

#include "plan/registry.h"
#include "text/memory.h"
#include <errno.h>
#include <math.h>
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

/* A cell, and where summary.csv has it. */
struct place {
	const struct measured_cell *cell;
	size_t at;
};

static int by_place(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return x->at != y->at ? (x->at > y->at) - (x->at < y->at)
			      : (x->cell > y->cell) - (x->cell < y->cell);
}

static size_t find_cell(const struct measured *m, const struct cell_key *key)
{
	size_t lo = 0, hi = m->count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (key_order(&m->cells[mid].key, key) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < m->count && key_order(&m->cells[lo].key, key) == 0 ? lo : m->count;
}

/* The cells in the order of summary.csv; those that it lacks come last. */
static struct place *order_cells(
	const struct measured *m, const struct rows *summary, size_t *unlaunched)
{
	struct place *places = need_array(m->count, sizeof(*places));

	for (size_t i = 0; i < m->count; i++)
		places[i] = (struct place){&m->cells[i], SIZE_MAX};
	for (size_t row = 0; row < summary->count; row++) {
		struct cell_key key;

		key_read(&key, summary, row);
		size_t i = find_cell(m, &key);

		if (i == m->count)
			++*unlaunched;
		else if (places[i].at == SIZE_MAX)
			places[i].at = row;
	}
	qsort(places, m->count, sizeof(*places), by_place);
	return places;
}

/* The mechanism, or a stand-in with what the rows tell of it. */
static const struct transport *find_transport(
	struct stored_results *r, size_t i, const struct measured_cell *c)
{
	const char *spelling = c->key.transport;
	char name[64];

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(spelling, ":"), spelling);
	const struct transport *known = registry_find(name);

	if (known != NULL && (known->shape == SHAPE_NOTIFY) == (c->size == 0))
		return known;
	r->unknown[i] = (struct transport){
		.name = spelling,
		.family = c->family,
		.summary = "",
		.typical_use = "",
		.api = API_NONE,
		.shape = c->size == 0 ? SHAPE_NOTIFY : SHAPE_MESSAGE,
	};
	return &r->unknown[i];
}

/* Items that differ in nothing but their load have one number. */
static size_t load_group(const struct place *places, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if ((key_differences(&places[k].cell->key, &places[i].cell->key) & ~AXIS_LOAD) == 0)
			return k;
	return i;
}

static int read_item(
	struct stored_results *r, const struct place *places, size_t i, struct reason *why)
{
	const struct measured_cell *c = places[i].cell;
	struct item *it = &r->plan.items[i];
	int err = check_words(&c->key, why);

	*it = (struct item){
		.transport = find_transport(r, i, c),
		.key = c->key,
		.cell = item_cell(&c->key, -1, -1),
	};
	it->load_group = axis_applies(&c->key, AXIS_RATE) ? load_group(places, i) : i;
	if (!c->ok && !c->failed && c->summary.trials == 0)
		it->skip = reason_set(&it->why, EINVAL, "%s", c->reason);
	return err;
}

static int read_items(
	struct stored_results *r, const struct place *places, size_t count, struct reason *why)
{
	int err = 0;

	for (size_t i = 0; i < count && err == 0; i++) {
		err = read_item(r, places, i, why);
		r->results.summaries[i] = places[i].cell->summary;
	}
	r->plan.item_count = count;
	return err;
}

/* ---- trials ---------------------------------------------------------------------------------- */

static unsigned int read_flags(const char *text)
{
	unsigned int flags = 0;

	for (size_t n; *text != '\0'; text += n + (text[n] == ';')) {
		n = strcspn(text, ";");
		for (size_t f = 0; f < TRIAL_FLAG_COUNT; f++)
			if (strlen(trial_flag_names[f]) == n &&
				strncmp(text, trial_flag_names[f], n) == 0)
				flags |= 1u << f;
	}
	return flags;
}

static int cpu_of(const struct rows *rows, size_t row, const char *column)
{
	double cpu = rows_number(rows, row, column);

	return cpu >= 0 && cpu < 1e6 ? (int)cpu : -1;
}

static void read_trial(struct trial *t, struct item *it, const struct rows *rows, size_t row)
{
	const char *status = rows_text(rows, row, "status");
	double number = rows_number(rows, row, "trial"), order = rows_number(rows, row, "order");

	*t = (struct trial){
		.item = it,
		.number = number > 0 && number < 1e9 ? (unsigned int)number : 0,
		.order = order > 0 && order < 1e9 ? (unsigned int)order : 0,
		.status = strcmp(status, "ok") == 0	? STATUS_OK
			  : strcmp(status, "fail") == 0 ? STATUS_FAIL
							: STATUS_SKIP,
		.flags = read_flags(rows_text(rows, row, "flags")),
		.clock = rows_text(rows, row, "clock"),
		.lat_kind = rows_text(rows, row, "lat_kind"),
		.lat2_kind = rows_text(rows, row, "lat2_kind"),
	};
	reason_set(&t->reason, 0, "%s", rows_text(rows, row, "reason"));
	for (size_t m = 0; m < METRIC_COUNT; m++)
		t->value[m] = rows_number(rows, row, metric_info[m].column);
	if (it->cell.cpu_tx < 0) {
		it->cell.cpu_tx = cpu_of(rows, row, "cpu_tx");
		it->cell.cpu_rx = cpu_of(rows, row, "cpu_rx");
	}
}

/* Every row finds its item through the sorted cells. */
static void read_trials(struct stored_results *r, const struct measured *m,
	const struct place *places, struct trial *trials)
{
	const struct rows *rows = &m->run->trials;
	size_t *item_of = need_array(m->count, sizeof(*item_of));

	for (size_t i = 0; i < m->count; i++)
		item_of[places[i].cell - m->cells] = i;
	for (size_t row = 0; row < rows->count; row++) {
		struct cell_key key;

		key_read(&key, rows, row);
		read_trial(&trials[row], &r->plan.items[item_of[find_cell(m, &key)]], rows, row);
		if (trials[row].number > r->settings.trials)
			r->settings.trials = trials[row].number;
	}
	free(item_of);
}

/* ---- all of it ------------------------------------------------------------------------------- */

static void describe(struct stored_results *r, const struct measured *m)
{
	const struct rows *rows = &m->run->trials;
	const char *label = rows->count > 0 ? rows_text(rows, 0, "label") : "";

	r->settings = (struct settings){.label = label[0] != '\0' ? label : NULL};
	r->plan.settings = &r->settings;
	r->results.plan = &r->plan;
	r->results.run_id = m->run->run_id;
}

/* A run that has no summary.csv has no rows of it. */
static int read_summary(struct rows *summary, const char *dir, struct reason *why)
{
	char *path = need_text("%s/summary.csv", dir);
	int err = rows_load(summary, path, why);

	free(path);
	return err == -ENOENT ? 0 : err;
}

int stored_results_make(struct stored_results *out, const struct measured *m, struct reason *why)
{
	const struct rows *rows = &m->run->trials;
	struct rows summary;

	*out = (struct stored_results){.settings = {0}};
	int err = read_summary(&summary, m->run->dir, why);
	struct place *places = order_cells(m, &summary, &out->unlaunched);

	rows_free(&summary);
	describe(out, m);
	out->plan.items = need_array(m->count, sizeof(*out->plan.items));
	out->unknown = need_array(m->count, sizeof(*out->unknown));
	out->results.summaries = need_array(m->count, sizeof(*out->results.summaries));
	out->results.trials = need_array(rows->count, sizeof(*out->results.trials));
	out->results.trial_count = rows->count;
	if (err == 0)
		err = read_items(out, places, m->count, why);
	if (err == 0)
		read_trials(out, m, places, out->results.trials);
	free(places);
	return err;
}

void stored_results_free(struct stored_results *r)
{
	free(r->plan.items);
	free(r->unknown);
	free(r->results.summaries);
	free(r->results.trials);
	*r = (struct stored_results){.settings = {0}};
}
