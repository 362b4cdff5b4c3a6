/* SPDX-License-Identifier: MIT */
#include "results/measured.h"

#include "text/memory.h"
#include <math.h>
#include <stdlib.h>

static int by_cell(const void *a, const void *b)
{
	const struct trial *x = *(const struct trial *const *)a,
			   *y = *(const struct trial *const *)b;
	int order = key_order(&x->key, &y->key);

	return order != 0 ? order : (x > y) - (x < y);
}

static void note_status(struct measured_cell *c, const struct trial *t)
{
	bool fails = t->status == STATUS_FAIL;

	if (t->status != STATUS_OK && (c->reason[0] == '\0' || (fails && !c->failed)))
		c->reason = t->reason.text;
	c->failed |= fails;
	if (c->flags == 0)
		c->flags = t->flags;
}

static void read_cell(struct measured_cell *c)
{
	const double **values = need_array(c->trial_count, sizeof(*values));
	const struct trial *first = c->trials[0];
	size_t n = 0;

	c->key = first->key;
	c->family = first->family;
	c->reason = "";
	for (size_t i = 0; i < c->trial_count; i++) {
		note_status(c, c->trials[i]);
		if (c->trials[i]->status == STATUS_OK)
			values[n++] = c->trials[i]->value;
	}
	summarise(&c->summary, values, n);
	c->ok = n > 0 && !c->failed;
	free(values);
}

void measured_read(struct stored_run *run)
{
	const struct trial **sorted = need_array(run->count, sizeof(*sorted));

	for (size_t i = 0; i < run->count; i++)
		sorted[i] = &run->trials[i];
	qsort(sorted, run->count, sizeof(*sorted), by_cell);
	run->by_cell = sorted;
	for (size_t i = 0, n; i < run->count; i += n) {
		struct measured_cell *c = need_next(run->cells, run->cell_count);

		for (n = 1;
			i + n < run->count && key_order(&sorted[i]->key, &sorted[i + n]->key) == 0;
			n++) {
		}
		c->trials = &sorted[i];
		c->trial_count = n;
		read_cell(c);
	}
}

const struct measured_cell *measured_find(const struct stored_run *run, const struct cell_key *key)
{
	size_t lo = 0, hi = run->cell_count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (key_order(&run->cells[mid].key, key) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < run->cell_count && key_order(&run->cells[lo].key, key) == 0 ? &run->cells[lo]
										: NULL;
}

double measured_value(const struct measured_cell *c, enum metric m)
{
	return c->summary.metric[m].median;
}

size_t measured_values(const struct measured_cell *c, enum metric m, double *out)
{
	size_t n = 0;

	for (size_t i = 0; i < c->trial_count; i++)
		if (c->trials[i]->status == STATUS_OK && c->trials[i]->value[m] > 0)
			out[n++] = c->trials[i]->value[m];
	return n;
}

struct measured_pair *measured_pairs(const struct stored_run *const of[2], size_t *count)
{
	struct measured_pair *pairs =
		need_array(of[0]->cell_count + of[1]->cell_count, sizeof(*pairs));
	size_t at[2] = {0, 0}, n = 0;

	while (at[0] < of[0]->cell_count || at[1] < of[1]->cell_count) {
		const struct measured_cell *a = NULL, *b = NULL;

		if (at[0] < of[0]->cell_count)
			a = &of[0]->cells[at[0]];
		if (at[1] < of[1]->cell_count)
			b = &of[1]->cells[at[1]];
		int order = a == NULL ? 1 : b == NULL ? -1 : key_order(&a->key, &b->key);

		pairs[n++] = (struct measured_pair){order > 0 ? &b->key : &a->key,
			{order > 0 ? NULL : a, order < 0 ? NULL : b}};
		at[0] += order <= 0;
		at[1] += order >= 0;
	}
	*count = n;
	return pairs;
}
