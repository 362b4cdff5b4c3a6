/* SPDX-License-Identifier: MIT */
#include "advise/advice.h"

#include "cli/option.h"
#include "plan/plan.h"
#include <ipcbench/host.h>
#include <math.h>
#include <string.h>

/* ---- figures --------------------------------------------------------------------------------- */

static struct phrase in_unit(
	enum quantity q, double value, const char *unit, const struct glyphs *g)
{
	struct scale s = scale_pick(q, &value, 1, false, g);

	if (!isfinite(value))
		return phrase("-");
	return phrase("%s %s%s", scale_format(&s, value).text, s.unit, unit);
}

struct phrase advice_time(double ns, const struct glyphs *g)
{
	return in_unit(QUANTITY_TIME, ns, "", g);
}

enum quantity need_quantity(enum need which)
{
	return which == NEED_RATE	 ? QUANTITY_RATE
	       : which == NEED_BANDWIDTH ? QUANTITY_BYTE_RATE
					 : QUANTITY_TIME;
}

struct phrase advice_quantity(enum need which, double value, const struct glyphs *g)
{
	return in_unit(need_quantity(which), value, which == NEED_RATE ? "msg/s" : "", g);
}

/* "51.7 µs (49.4–57.3)"; without the interval where it has no width. */
static struct phrase span_phrase(const struct span *s, const struct glyphs *g)
{
	struct scale scale = scale_pick(QUANTITY_TIME, &s->value, 1, false, g);
	struct phrase p = advice_time(s->value, g);

	if (s->lo < s->hi)
		phrase_add(&p, " ", "(%s%s%s)", scale_format(&scale, s->lo).text, g->dash,
			scale_format(&scale, s->hi).text);
	return p;
}

struct phrase advice_plain(const char *text, const struct glyphs *g)
{
	struct phrase p;

	format_plain(p.text, sizeof(p.text), text, g->utf8);
	return p;
}

struct phrase advice_label(const struct candidate *c, const struct glyphs *g)
{
	struct phrase p = advice_plain(c->key.transport, g);

	if (c->key.wait != WAIT_BLOCK)
		phrase_add(&p, " ", "%s", wait_name(c->key.wait));
	if (c->key.copy == COPY_INPLACE)
		phrase_add(&p, " ", "in place");
	return p;
}

/* What the ranking figure of an item is: "CPU time per message". */
static const char *figure_name(const struct advice *a, const struct candidate *c)
{
	const struct span *s = advice_figure(a, c);

	return s == &c->figure[NEED_CPU] ? "CPU time per message"
	       : s == &c->time		 ? "time per message"
					 : "p50";
}

struct phrase advice_headroom(const struct candidate *c)
{
	return phrase("%.1f", floor(c->headroom * 10) / 10);
}

/* ---- obstacles ------------------------------------------------------------------------------- */

static struct phrase lasting(const struct needs *n, const struct transport *t)
{
	static const char *const ends[] = {
		[PERSIST_PROCESS] = "end with their processes",
		[PERSIST_KERNEL] = "end with the kernel",
	};
	const char *need = persistence_names[n->persistence];

	if (n->persistence != PERSIST_PROCESS)
		return phrase("%s, need persistence=%s", ends[t->persistence], need);
	return phrase("leave %s, need persistence=no",
		t->persistence == PERSIST_KERNEL ? "objects in the kernel until these are removed"
						 : "files behind");
}

/* A figure that has to be better: "too slow: p99, need under 20.0 µs". */
static struct phrase limit_phrase(const struct limit *limit, enum need which,
	const struct candidate *c, const struct glyphs *g)
{
	bool known = isfinite(c->figure[which].value), cpu = which == NEED_CPU;
	struct phrase value = advice_quantity(which, limit->value, g);

	if (!need_is_ceiling(which))
		return phrase("too slow: need %s", value.text);
	return phrase("%s%s%s, need %s %s",
		!known ? ""
		: cpu  ? "too much: "
		       : "too slow: ",
		cpu ? "CPU time per message" : need_name(which), known ? "" : " is not known",
		limit->strict ? "under" : "at most", value.text);
}

struct phrase advice_obstacle(
	const struct advice *a, const struct candidate *c, const struct glyphs *g)
{
	const struct needs *n = a->needs;
	const struct transport *t = c->transport;
	enum need which = obstacle_need(c->obstacle);
	char size[24];

	switch (c->obstacle) {
	case OBSTACLE_UNKNOWN:
		return phrase("unknown traits; load a plugin with --plugin");
	case OBSTACLE_NO_DATA:
		return phrase("carry no data");
	case OBSTACLE_SHAPE:
		return phrase("shape: %s, need %s", shape_names[t->shape], shape_names[n->shape]);
	case OBSTACLE_FAMILY:
		return phrase("family: not %s", need_families[n->family]);
	case OBSTACLE_BOUNDARIES:
		return phrase("keep no message boundaries");
	case OBSTACLE_REACH:
		return phrase(
			"reach: %s only, need %s", reach_names[t->reach], reach_names[n->reach]);
	case OBSTACLE_PERSISTENCE:
		return lasting(n, t);
	case OBSTACLE_API:
		return phrase("API: %s, need %s", api_names[t->api], api_names[n->api]);
	case OBSTACLE_LOSS:
		return phrase("may lose messages");
	case OBSTACLE_SIDES:
		return needs_given(n, NEED_CLIENTS)
			       ? phrase("cannot serve several clients")
			       : phrase("cannot have several %s on one channel",
					 need_name(needs_sides(n)));
	case OBSTACLE_WAIT:
		return phrase("cannot wait as requested");
	case OBSTACLE_NOT_MEASURED:
		return phrase("not measured");
	case OBSTACLE_SKIPPED:
		return phrase("skipped in the run: %s", advice_plain(c->why, g).text);
	case OBSTACLE_FAILED:
		return phrase("failed in the run: %s", advice_plain(c->why, g).text);
	case OBSTACLE_SELF_REPORTED:
		return phrase("self-reported, so not compared with measured ones");
	case OBSTACLE_SIZE:
		return phrase("have a size limit, and no message of %s or more was measured",
			ipcbench_bytes(size, sizeof(size), n->size));
	default:
		return limit_phrase(&n->limit[which], which, c, g);
	}
}

/* ---- why the first is first ------------------------------------------------------------------ */

/* What decides between those that are statistically tied. */
static struct phrase tie_break(const struct advice *a, const struct glyphs *g)
{
	const struct candidate *first = a->items;
	bool cpu = advice_figure(a, first) != &first->figure[NEED_CPU];

	if (advice_lead(a) == LEAD_CPU)
		return phrase("it costs the least CPU time, %s a message",
			span_phrase(advice_cpu(a, first), g).text);
	if (cpu && a->frugal < a->tied)
		return phrase("of the %zu with the least CPU time it is the simplest", a->frugal);
	return phrase("%sit is the simplest", cpu && !isnan(advice_cpu(a, first)->value)
						      ? "their CPU times are tied as well, and "
						      : "");
}

static struct phrase tie_phrase(const struct advice *a, const struct glyphs *g)
{
	const struct candidate *low = &a->items[a->lowest];
	const char *what = figure_name(a, low);

	if (a->ranking == RANK_SIMPLICITY)
		return phrase("ahead of %s: it is the simpler", advice_label(&a->items[1], g).text);
	if (isnan(advice_figure(a, low)->value))
		return phrase("no %s was measured; it is the simplest", what);
	return phrase("chosen from %zu that are statistically tied in %s (lowest: %s, %s): %s",
		a->tied, what, advice_label(low, g).text,
		span_phrase(advice_figure(a, low), g).text, tie_break(a, g).text);
}

struct phrase advice_few(const struct advice *a, const struct needs *n)
{
	return phrase("not ranked: %u trial%s give%s no 95%% CI, which takes %d; measure "
		      "with %s and ask again, with that DIR",
		a->few, a->few == 1 ? "" : "s", a->few == 1 ? "s" : "", PRECISION_TRIALS_MIN,
		advice_measure_with(n).text);
}

struct phrase advice_reason(const struct advice *a, const struct glyphs *g)
{
	const struct candidate *first = a->items, *second = a->items + 1;

	if (a->qualified < 2)
		return phrase("%s", a->qualified == 1 ? "nothing else qualifies" : "");
	if (a->few > 0)
		return advice_few(a, a->needs);
	switch (advice_lead(a)) {
	case LEAD_HEADROOM:
		return phrase("ahead of %s: headroom %s against %s", advice_label(second, g).text,
			advice_headroom(first).text, advice_headroom(second).text);
	case LEAD_FIGURE:
		return phrase("ahead of %s: %s %s against %s", advice_label(second, g).text,
			figure_name(a, first), span_phrase(advice_figure(a, first), g).text,
			span_phrase(advice_figure(a, second), g).text);
	case LEAD_CPU:
	case LEAD_SIMPLER:
		break;
	}
	return tie_phrase(a, g);
}

/* ---- what the figures are of ----------------------------------------------------------------- */

struct phrase advice_scope(const struct advice *a)
{
	const struct needs *n = a->needs;
	bool asked = needs_given(n, NEED_SIZE);
	struct phrase p = {""};
	char size[24];

	if (a->scope.size > 0)
		phrase_add(&p, "", "%s", ipcbench_bytes(size, sizeof(size), a->scope.size));
	if (a->scope.size > 0 && !asked)
		phrase_add(&p, " ", "(no size given)");
	else if (a->scope.size > 0 && a->scope.size != n->size)
		phrase_add(&p, " ", "(the nearest measured to %s)",
			ipcbench_bytes(size, sizeof(size), n->size));
	phrase_add(&p, "; ", "%s", placement_name(a->scope.placement));
	if (needs_sides(n) != NEED_COUNT)
		phrase_add(&p, "; ", "%u %s", n->lanes, need_name(needs_sides(n)));
	return p;
}

struct phrase advice_measure_with(const struct needs *n)
{
	struct phrase p = phrase("ipcbench -t all"), waits = {""};
	char size[24], topology[40];

	if (!needs_notify(n))
		phrase_add(&p, " ", "-s %s",
			needs_given(n, NEED_SIZE) ? size_spell(size, sizeof(size), n->size)
						  : "64..1M");
	for (enum wait w = 0; w < WAIT_COUNT; w++)
		if ((n->waits & WAIT_BIT(w)) != 0)
			phrase_add(&waits, ",", "%s", wait_name(w));
	if (needs_given(n, NEED_WAIT))
		phrase_add(&p, " ", "-w %s", waits.text);
	if (needs_sides(n) != NEED_COUNT)
		phrase_add(&p, " ", "--topology %s",
			axis_spell(topology, sizeof(topology),
				&(struct cell_key){.sides = needs_topology(n)}, AXIS_TOPOLOGY));
	if (needs_given(n, NEED_PLACEMENT))
		phrase_add(&p, " ", "-p %s", placement_name(n->placement));
	phrase_add(&p, " ", "-T %d -o DIR", PRECISION_TRIALS_MIN);
	return p;
}
