/* SPDX-License-Identifier: MIT */
#include "advise/scope.h"

#include "cli/parse.h"
#include "plan/plan.h"
#include <errno.h>
#include <ipcbench/host.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- which cells ----------------------------------------------------------------------------- */

static bool is_mode(const struct measured_cell *c, enum mode mode)
{
	return c->key.mode == mode;
}

/* What is not the default of an option that changes how a cell is measured. */
static bool out_of_the_ordinary(const struct measured_cell *c)
{
	for (enum axis axis = AXIS_IDLE; axis < AXIS_COUNT; axis++)
		if (!axis_is_usual(&c->key, axis))
			return true;
	return false;
}

bool scope_usual(const struct measured_cell *c, const struct needs *n, enum wait *wait)
{
	if ((!is_mode(c, MODE_LATENCY) && !is_mode(c, MODE_THROUGHPUT)) || out_of_the_ordinary(c))
		return false;
	*wait = c->key.wait;
	return (n->waits & WAIT_BIT(*wait)) != 0;
}

/* A cell with figures that may be looked at. */
static bool has_figures(const struct measured_cell *c, const struct needs *n)
{
	enum wait wait;

	return c->ok && scope_usual(c, n, &wait);
}

static bool at_place(const struct measured_cell *c, const char *placement)
{
	return strcmp(axis_word(&c->key, AXIS_PLACEMENT), placement) == 0;
}

const struct measured_cell *scope_cell(const struct scope *s, const struct needs *n,
	const char *transport, enum wait wait, const char *copy, enum mode mode)
{
	/* of notifications, whose copy is empty, the size is too */
	size_t size = copy[0] == '\0' ? 0 : s->size;
	enum wait way;

	for (size_t i = 0; s->measured != NULL && i < s->measured->count; i++) {
		const struct measured_cell *c = &s->measured->cells[i];

		if (c->size == size && is_mode(c, mode) && at_place(c, s->placement) &&
			strcmp(c->key.transport, transport) == 0 &&
			strcmp(axis_word(&c->key, AXIS_COPY), copy) == 0 &&
			scope_usual(c, n, &way) && way == wait)
			return c;
	}
	return NULL;
}

bool scope_refused(const struct scope *s, const struct needs *n, const struct measured_cell *c)
{
	enum wait wait;

	return !c->ok && !c->failed && c->size > s->size && at_place(c, s->placement) &&
	       scope_usual(c, n, &wait);
}

/* ---- the place ------------------------------------------------------------------------------- */

static bool measured_at(const struct measured *m, const struct needs *n, const char *placement)
{
	for (size_t i = 0; i < m->count; i++)
		if (at_place(&m->cells[i], placement) && has_figures(&m->cells[i], n))
			return true;
	return false;
}

/* "same-cpu, same-llc": the places with figures. */
static void list_places(char *buf, size_t len, const struct measured *m, const struct needs *n)
{
	size_t used = 0;

	buf[0] = '\0';
	for (int p = 0; p < PLACE_COUNT && used < len; p++)
		if (measured_at(m, n, placement_name((enum placement)p)))
			used += (size_t)snprintf(buf + used, len - used, "%s%s",
				used == 0 ? "" : ", ", placement_name((enum placement)p));
}

/* Why there is no such place: none at all, or others. */
static int no_place(const struct measured *m, const struct needs *n, struct reason *why)
{
	char places[128], waits[64] = "";
	size_t used = 0;

	list_places(places, sizeof(places), m, n);
	if (places[0] != '\0')
		return reason_set(why, ENODATA,
			"placement: the run has no figures for %s, but for %s; name one of these, or "
			"measure with ipcbench --placement",
			placement_name(n->placement), places);
	for (int w = 0; w < WAIT_COUNT; w++)
		if ((n->waits & WAIT_BIT(w)) != 0 && used < sizeof(waits))
			used += (size_t)snprintf(waits + used, sizeof(waits) - used, "%s%s",
				used == 0 ? "" : " or ", wait_name((enum wait)w));
	return reason_set(why, ENODATA,
		"wait: the run has no round trips and no throughput with %s; name another wait, or "
		"measure with ipcbench --wait",
		waits);
}

static int choose_place(
	struct scope *s, const struct measured *m, const struct needs *n, struct reason *why)
{
	/* two CPUs from the nearest to the farthest; then what there may be instead */
	static const enum placement order[] = {PLACE_SAME_LLC, PLACE_CROSS_LLC, PLACE_CROSS_NUMA,
		PLACE_SMT, PLACE_NONE, PLACE_SAME_CPU};
	bool asked = needs_given(n, NEED_PLACEMENT);
	size_t count = ARRAY_SIZE(order) - (asked ? 2 : 0);

	if (n->placement != PLACE_CROSS_CPU) {
		s->placement = placement_name(n->placement);
		return measured_at(m, n, s->placement) ? 0 : no_place(m, n, why);
	}
	for (size_t i = 0; i < count; i++) {
		s->placement = placement_name(order[i]);
		if (measured_at(m, n, s->placement))
			return 0;
	}
	return no_place(m, n, why);
}

/* ---- the size -------------------------------------------------------------------------------- */

/* Whether a cell with payload has figures at the place. */
static bool sized(const struct measured_cell *c, const struct scope *s, const struct needs *n)
{
	return c->size > 0 && at_place(c, s->placement) && has_figures(c, n);
}

/* The next measured size above `size`; 0 = there is none. */
static size_t next_size(const struct scope *s, const struct needs *n, size_t size)
{
	size_t next = 0;

	for (size_t i = 0; i < s->measured->count; i++) {
		const struct measured_cell *c = &s->measured->cells[i];

		if (sized(c, s, n) && c->size > size && (next == 0 || c->size < next))
			next = c->size;
	}
	return next;
}

/* How many times one size is as large as the other, at least 1. */
static double apart(size_t a, size_t b)
{
	return a > b ? (double)a / (double)b : (double)b / (double)a;
}

/* The nearest in ratio, of two as near the larger; 0 = no payload was measured. */
static size_t nearest_size(const struct scope *s, const struct needs *n, size_t want)
{
	size_t best = 0;

	for (size_t i = 0; i < s->measured->count; i++) {
		const struct measured_cell *c = &s->measured->cells[i];

		if (!sized(c, s, n))
			continue;
		double is = apart(c->size, want), was = best == 0 ? INFINITY : apart(best, want);

		if (is < was || (is == was && c->size > best))
			best = c->size;
	}
	return best;
}

static int no_size(const struct scope *s, const struct needs *n, struct reason *why)
{
	char list[96] = "none", spelt[24], want[24];
	size_t used = 0;

	for (size_t size = next_size(s, n, 0); size > 0; size = next_size(s, n, size)) {
		if (used + sizeof(spelt) + sizeof(", ...") > sizeof(list)) {
			snprintf(list + used, sizeof(list) - used, ", ...");
			break;
		}
		used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%s",
			used == 0 ? "" : ", ", ipcbench_bytes(spelt, sizeof(spelt), size));
	}
	return reason_set(why, ENODATA,
		"size: %s is more than a factor of %d from every size in the run (%s); name one "
		"nearer to these, or measure it with ipcbench -s %s",
		ipcbench_bytes(want, sizeof(want), n->size), SCOPE_SIZE_FACTOR, list,
		size_spell(spelt, sizeof(spelt), n->size));
}

int scope_choose(
	struct scope *out, const struct measured *m, const struct needs *n, struct reason *why)
{
	bool notify = needs_given(n, NEED_SHAPE) && n->shape == SHAPE_NOTIFY;

	*out = (struct scope){.measured = m, .placement = ""};
	if (m == NULL)
		return 0;
	for (size_t i = 0; i < m->count; i++)
		out->left_out += (is_mode(&m->cells[i], MODE_LATENCY) ||
					 is_mode(&m->cells[i], MODE_THROUGHPUT)) &&
				 out_of_the_ordinary(&m->cells[i]);
	int r = choose_place(out, m, n, why);

	if (r != 0 || notify)
		return r;
	size_t want = needs_given(n, NEED_SIZE) ? n->size : SCOPE_SIZE_USUAL;

	out->size = nearest_size(out, n, want);
	if (needs_given(n, NEED_SIZE) &&
		(out->size == 0 || apart(out->size, want) > SCOPE_SIZE_FACTOR))
		return no_size(out, n, why);
	return 0;
}

struct scope scope_largest(const struct scope *s, const struct needs *n)
{
	struct scope large = *s;

	for (size_t i = 0; large.measured != NULL && i < large.measured->count; i++) {
		const struct measured_cell *c = &large.measured->cells[i];

		if (c->size > large.size && sized(c, s, n))
			large.size = c->size;
	}
	return large;
}
