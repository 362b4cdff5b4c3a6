/* SPDX-License-Identifier: MIT */
#include "advise/judge.h"

#include "cli/option.h"
#include "text/format.h"
#include <errno.h>
#include <ipcbench/host.h>
#include <math.h>
#include <string.h>

/* ---- which cells ----------------------------------------------------------------------------- */

static bool in_mode(const struct measured_cell *c)
{
	return c->key.mode == MODE_LATENCY || c->key.mode == MODE_THROUGHPUT;
}

/* Whether all options that change how a cell is measured have their defaults. */
static bool is_ordinary(const struct measured_cell *c)
{
	for (enum axis axis = AXIS_IDLE; axis < AXIS_COUNT; axis++)
		if (!axis_is_usual(&c->key, axis))
			return false;
	return true;
}

bool scope_usual(const struct scope *s, const struct measured_cell *c)
{
	return in_mode(c) && is_ordinary(c) && (s->needs->waits & WAIT_BIT(c->key.wait)) != 0;
}

const struct measured_cell *scope_cell(
	const struct scope *s, const struct cell_key *like, enum mode mode)
{
	struct cell_key key = *like;

	key.mode = mode;
	key.placement = s->placement;
	key.foreign[AXIS_PLACEMENT] = NULL;
	key.size = like->size > 0 ? s->size : 0;
	for (size_t i = 0; s->measured != NULL && i < s->measured->count; i++)
		if (key_order(&s->measured->cells[i].key, &key) == 0)
			return &s->measured->cells[i];
	return NULL;
}

bool scope_refused(const struct scope *s, const struct measured_cell *c)
{
	return !c->ok && !c->failed && c->size > s->size && c->key.placement == s->placement &&
	       scope_usual(s, c);
}

/* ---- the place ------------------------------------------------------------------------------- */

/* Whether a cell has figures that may be looked at, at this place. */
static bool is_at(const struct scope *s, const struct measured_cell *c, enum placement place)
{
	return c->ok && c->key.placement == place && scope_usual(s, c);
}

static bool measured_at(const struct scope *s, enum placement place)
{
	for (size_t i = 0; i < s->measured->count; i++)
		if (is_at(s, &s->measured->cells[i], place))
			return true;
	return false;
}

/* Why there is no such place: none at all, or others. */
static int no_place(const struct scope *s, struct reason *why)
{
	struct phrase places = {""}, waits = {""};

	for (enum placement p = 0; p < PLACE_COUNT; p++)
		if (measured_at(s, p))
			phrase_add(&places, ", ", "%s", placement_name(p));
	if (places.text[0] != '\0')
		return reason_set(why, ENODATA,
			"placement: the run has no figures for %s, but for %s; name one of these, or "
			"measure with ipcbench --placement",
			placement_name(s->needs->placement), places.text);
	for (enum wait w = 0; w < WAIT_COUNT; w++)
		if ((s->needs->waits & WAIT_BIT(w)) != 0)
			phrase_add(&waits, " or ", "%s", wait_name(w));
	return reason_set(why, ENODATA,
		"wait: the run has no round trips and no throughput with %s; name another wait, or "
		"measure with ipcbench --wait",
		waits.text);
}

static int choose_place(struct scope *s, struct reason *why)
{
	/* two CPUs from the nearest to the farthest; then what there may be instead */
	static const enum placement order[] = {PLACE_SAME_LLC, PLACE_CROSS_LLC, PLACE_CROSS_NUMA,
		PLACE_SMT, PLACE_NONE, PLACE_SAME_CPU};
	bool asked = needs_given(s->needs, NEED_PLACEMENT);
	size_t count = ARRAY_SIZE(order) - (asked ? 2 : 0);

	s->placement = s->needs->placement;
	if (s->placement != PLACE_CROSS_CPU)
		return measured_at(s, s->placement) ? 0 : no_place(s, why);
	for (size_t i = 0; i < count; i++) {
		s->placement = order[i];
		if (measured_at(s, s->placement))
			return 0;
	}
	return no_place(s, why);
}

/* ---- the size -------------------------------------------------------------------------------- */

/* How far a size is from the wanted one, as a ratio. */
static double apart(size_t size, size_t want)
{
	return size > want ? (double)size / (double)want : (double)want / (double)size;
}

/* Whether size `a` stands for `want` better than `b` does: by the ratio, then the larger. */
static bool is_nearer(size_t a, size_t b, size_t want)
{
	return b == 0 || apart(a, want) < apart(b, want) ||
	       (apart(a, want) == apart(b, want) && a > b);
}

/* The measured size above `above` that is nearest to `want`; 0 = there is none. */
static size_t nearest_size(const struct scope *s, size_t above, size_t want)
{
	size_t best = 0;

	for (size_t i = 0; i < s->measured->count; i++) {
		const struct measured_cell *c = &s->measured->cells[i];

		if (c->size > above && is_at(s, c, s->placement) && is_nearer(c->size, best, want))
			best = c->size;
	}
	return best;
}

static int no_size(const struct scope *s, struct reason *why)
{
	struct phrase list = {""};
	char spelt[24], want[24];

	for (size_t size = nearest_size(s, 0, 1); size > 0; size = nearest_size(s, size, 1)) {
		bool full = strlen(list.text) > 66;

		phrase_add(&list, ", ", "%s",
			full ? "..." : ipcbench_bytes(spelt, sizeof(spelt), size));
		if (full)
			break;
	}
	return reason_set(why, ENODATA,
		"size: %s is more than a factor of %d from every size in the run (%s); name one "
		"nearer to these, or measure it with ipcbench -s %s",
		ipcbench_bytes(want, sizeof(want), s->needs->size), SCOPE_SIZE_FACTOR,
		list.text[0] == '\0' ? "none" : list.text,
		size_spell(spelt, sizeof(spelt), s->needs->size));
}

int scope_choose(
	struct scope *out, const struct measured *m, const struct needs *n, struct reason *why)
{
	bool asked = needs_given(n, NEED_SIZE);

	*out = (struct scope){.measured = m, .needs = n};
	if (m == NULL)
		return 0;
	for (size_t i = 0; i < m->count; i++)
		out->left_out += in_mode(&m->cells[i]) && !is_ordinary(&m->cells[i]);
	int r = choose_place(out, why);

	if (r != 0 || needs_notify(n))
		return r;
	size_t want = asked ? n->size : SCOPE_SIZE_USUAL;

	out->size = nearest_size(out, 0, want);
	if (asked && (out->size == 0 || apart(out->size, want) > SCOPE_SIZE_FACTOR))
		return no_size(out, why);
	return 0;
}

struct scope scope_largest(const struct scope *s)
{
	struct scope large = *s;

	if (s->measured != NULL)
		large.size = nearest_size(s, 0, SIZE_MAX);
	return large;
}
