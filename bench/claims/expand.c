/* SPDX-License-Identifier: MIT */
#include "claims/expand.h"

#include "cli/parse.h"
#include "plan/registry.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is being expanded: one comparison, at one point of each of its lists. */
struct expansion {
	struct claims *claims;
	struct claim_result *result;
	const struct claim_comparison *of;
	claim_sizer *sizer;
	void *arg;
	struct reason *why;
	struct claim_cell cell; /* [0] is what the claim names first */
};

static int no_memory(struct expansion *x)
{
	return reason_set(x->why, ENOMEM, "out of memory");
}

/* ---- cells ----------------------------------------------------------------------------------- */

/* Side `a` of one cell against side `b` of another. */
static bool same_side(const struct claim_cell *x, int a, const struct claim_cell *y, int b)
{
	return strcmp(x->transport[a], y->transport[b]) == 0;
}

static bool same_place(const struct claim_cell *x, const struct claim_cell *y)
{
	return x->size == y->size && strcmp(x->mode, y->mode) == 0 &&
	       strcmp(x->place, y->place) == 0;
}

/* The cell that measures this, made if there is none. */
static int find_cell(struct expansion *x, struct claim_pair *p)
{
	struct claims *c = x->claims;

	for (size_t i = 0; i < c->cell_count; i++) {
		const struct claim_cell *there = &c->cells[i];
		bool straight =
			same_side(there, 0, &x->cell, 0) && same_side(there, 1, &x->cell, 1);
		bool crossed = same_side(there, 0, &x->cell, 1) && same_side(there, 1, &x->cell, 0);

		if (!same_place(there, &x->cell) || !(straight || crossed))
			continue;
		p->cell = i;
		p->first_is_base = straight;
		return 0;
	}
	struct claim_cell *grown = reallocarray(c->cells, c->cell_count + 1, sizeof(*grown));

	if (grown == NULL)
		return no_memory(x);
	c->cells = grown;
	p->cell = c->cell_count;
	p->first_is_base = true;
	grown[c->cell_count++] = x->cell;
	return 0;
}

static int add_pair(struct expansion *x)
{
	struct claim_result *r = x->result;
	struct claim_pair *grown = reallocarray(r->pairs, r->pair_count + 1, sizeof(*grown));

	if (grown == NULL)
		return no_memory(x);
	r->pairs = grown;
	struct claim_pair *p = &grown[r->pair_count++];

	*p = (struct claim_pair){
		.kind = x->of->kind,
		.counts = !x->of->shown,
		.first = strdup(x->cell.transport[0]),
		.second = strdup(x->cell.transport[1]),
		.verdict = CLAIM_UNDECIDED,
	};
	if (p->first == NULL || p->second == NULL)
		return no_memory(x);
	if (x->of->sizes == NULL) {
		int err = x->sizer(x->arg, &x->cell, &p->fits, x->why);

		if (err < 0)
			return err;
	}
	p->size = x->cell.size;
	return find_cell(x, p);
}

/* ---- lists ----------------------------------------------------------------------------------- */

bool claim_next_word(const char **list, char separator, char *word, size_t len)
{
	const char *end = strchrnul(*list, separator);

	if (**list == '\0')
		return false;
	snprintf(word, len, "%.*s", (int)(end - *list), *list);
	*list = *end == '\0' ? end : end + 1;
	return true;
}

static int add_places(struct expansion *x)
{
	const char *modes = x->of->modes;
	int err = 0;

	while (err == 0 && claim_next_word(&modes, ',', x->cell.mode, sizeof(x->cell.mode))) {
		const char *places = x->of->placements;

		while (err == 0 &&
			claim_next_word(&places, ',', x->cell.place, sizeof(x->cell.place))) {
			err = add_pair(x);
			if (x->claims->quick)
				break;
		}
	}
	return err;
}

static int add_sizes(struct expansion *x)
{
	const char *text = x->of->sizes == NULL ? CLAIM_LARGEST : x->of->sizes;
	size_t *sizes = NULL, count = 0;
	int err = parse_sizes("claims", text, &sizes, &count, x->why);

	for (size_t i = 0; i < count && err == 0; i++) {
		x->cell.size = sizes[i];
		err = add_places(x);
	}
	free(sizes);
	return err;
}

/* The words of a side's list, or with NULL every mechanism that carries bytes but `other`. */
static bool next_mechanism(const char **list, size_t *at, const char *other, char *word, size_t len)
{
	if (*list != NULL)
		return claim_next_word(list, ' ', word, len);
	while (*at < registry_count()) {
		const struct transport *t = registry_at((*at)++);

		if (t->shape == SHAPE_NOTIFY || t->shape == SHAPE_NULL ||
			strcmp(t->name, other) == 0)
			continue;
		snprintf(word, len, "%s", t->name);
		return true;
	}
	return false;
}

static int add_comparison(struct expansion *x)
{
	const char *first = x->of->first;
	size_t i = 0;
	int err = 0;

	x->cell = (struct claim_cell){.size = 0};
	while (err == 0 && next_mechanism(&first, &i, x->of->second, x->cell.transport[0],
				   sizeof(x->cell.transport[0]))) {
		const char *second = x->of->second;
		size_t k = 0;

		while (err == 0 && next_mechanism(&second, &k, x->cell.transport[0],
					   x->cell.transport[1], sizeof(x->cell.transport[1])))
			err = add_sizes(x);
	}
	return err;
}

/* The words of a cell may move with the array: they are taken when it is whole. */
static void name_places(const struct claims *c, struct claim_result *r)
{
	for (size_t i = 0; i < r->pair_count; i++) {
		r->pairs[i].mode = c->cells[r->pairs[i].cell].mode;
		r->pairs[i].place = c->cells[r->pairs[i].cell].place;
	}
}

int claim_expand(struct claims *c, struct claim_result *result, claim_sizer *sizer, void *arg,
	struct reason *why)
{
	struct expansion x = {
		.claims = c, .result = result, .sizer = sizer, .arg = arg, .why = why};
	int err = 0;

	for (x.of = result->claim->comparisons; x.of->modes != NULL && err == 0; x.of++)
		err = add_comparison(&x);
	return err;
}

void claim_name_places(struct claims *c)
{
	for (size_t i = 0; i < c->count; i++)
		name_places(c, &c->results[i]);
}
