/* SPDX-License-Identifier: MIT */
#include "advise/advice.h"

#include "cli/option.h"
#include "text/format.h"
#include "text/memory.h"
#include <errno.h>
#include <ipcbench/host.h>
#include <math.h>
#include <string.h>

/* ---- which cells ----------------------------------------------------------------------------- */

static bool in_mode(const struct measured_cell *c)
{
	return c->key.mode == MODE_LATENCY || c->key.mode == MODE_THROUGHPUT;
}

/* Whether all options that change how a cell is measured have their defaults, but for the sides. */
static bool is_ordinary(const struct scope *s, const struct measured_cell *c)
{
	const unsigned int others = (AXIS_BIT(AXIS_IDLE) - 1) | AXIS_BIT(AXIS_TOPOLOGY);

	return key_is_usual(&c->key, AXIS_ALL & ~others) && c->key.foreign[AXIS_TOPOLOGY] == NULL &&
	       c->key.sides == needs_topology(s->needs);
}

/* Whether a cell is looked at if place and size are right. */
static bool scope_usual(const struct scope *s, const struct measured_cell *c)
{
	return in_mode(c) && is_ordinary(s, c) && (s->needs->waits & WAIT_BIT(c->key.wait)) != 0;
}

/* The cell in this mode of the way of a mechanism that `like` has; NULL = it is not in the run. */
static const struct measured_cell *scope_cell(
	const struct scope *s, const struct cell_key *like, enum mode mode)
{
	struct cell_key key = *like;

	key.mode = mode;
	key.placement = s->placement;
	key.foreign[AXIS_PLACEMENT] = NULL;
	key.size = like->size > 0 ? s->size : 0;
	for (size_t i = 0; s->measured != NULL && i < s->measured->cell_count; i++)
		if (key_order(&s->measured->cells[i].key, &key) == 0)
			return &s->measured->cells[i];
	return NULL;
}

bool scope_refused(const struct scope *s, const struct measured_cell *c)
{
	return !c->ok && !c->failed && c->key.size > s->size && c->key.placement == s->placement &&
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
	for (size_t i = 0; i < s->measured->cell_count; i++)
		if (is_at(s, &s->measured->cells[i], place))
			return true;
	return false;
}

/* Whether the run has any cell with the requested number of sides. */
static bool has_sides(const struct scope *s)
{
	for (size_t i = 0; i < s->measured->cell_count; i++)
		if (s->measured->cells[i].key.sides == needs_topology(s->needs))
			return true;
	return false;
}

/* Why there is no such place: none at all, or others. */
static int no_place(const struct scope *s, struct reason *why)
{
	struct phrase places = {""}, waits = {""};
	bool unusual = false;

	for (enum placement p = 0; p < PLACE_COUNT; p++)
		if (measured_at(s, p))
			phrase_add(&places, ", ", "%s", placement_name(p));
	if (places.text[0] != '\0')
		return reason_set(why, ENODATA,
			"placement: the run has no results for %s, but for %s; name one of these, or "
			"measure with ipcbench --placement",
			placement_name(s->needs->placement), places.text);
	for (enum wait w = 0; w < WAIT_COUNT; w++)
		if ((s->needs->waits & WAIT_BIT(w)) != 0)
			phrase_add(&waits, " or ", "%s", wait_name(w));
	if (needs_sides(s->needs) != NEED_COUNT && !has_sides(s))
		return reason_set(why, ENODATA,
			"%s: the run has no results of %u %s; measure with %s and ask again, with that DIR",
			need_name(needs_sides(s->needs)), s->needs->lanes,
			need_name(needs_sides(s->needs)), advice_measure_with(s->needs).text);
	for (size_t i = 0; i < s->measured->cell_count; i++)
		unusual |=
			in_mode(&s->measured->cells[i]) && !is_ordinary(s, &s->measured->cells[i]);
	return reason_set(why, ENODATA,
		"wait: the run has no round trips and no throughput with %s%s; name another wait, or "
		"measure with ipcbench --wait",
		waits.text, unusual ? " and the defaults of --idle and other settings" : "");
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

	for (size_t i = 0; i < s->measured->cell_count; i++) {
		const struct measured_cell *c = &s->measured->cells[i];

		if (c->key.size > above && is_at(s, c, s->placement) &&
			is_nearer(c->key.size, best, want))
			best = c->key.size;
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

/* Place and size. */
static int choose(struct scope *s, const struct judge_input *in, struct reason *why)
{
	const struct stored_run *m = in->measured;
	bool asked = needs_given(in->needs, NEED_SIZE);
	size_t want = in->ranking == RANK_TIME ? SIZE_MAX
		      : asked		       ? in->needs->size
					       : SCOPE_SIZE_USUAL;

	*s = (struct scope){.measured = m, .needs = in->needs};
	if (m == NULL)
		return 0;
	for (size_t i = 0; i < m->cell_count; i++)
		s->left_out += in_mode(&m->cells[i]) && !is_ordinary(s, &m->cells[i]);
	int r = choose_place(s, why);

	if (r != 0 || needs_notify(in->needs))
		return r;
	s->size = nearest_size(s, 0, want);
	if (asked && (s->size == 0 || apart(s->size, want) > SCOPE_SIZE_FACTOR))
		return no_size(s, why);
	return 0;
}

/* ---- figures of a mechanism ------------------------------------------------------------------ */

static const struct span nothing = {NAN, NAN, NAN, false};

/* A metric of a cell that ended well, times `factor`. */
static struct span span_of(const struct measured_cell *c, enum metric m, double factor)
{
	if (c == NULL || !c->ok)
		return nothing;
	const struct estimate *e = &c->summary.metric[m];
	bool interval = isfinite(e->ci_lo) && isfinite(e->ci_hi);

	return (struct span){.value = e->median * factor,
		.lo = (interval ? e->ci_lo : e->min) * factor,
		.hi = (interval ? e->ci_hi : e->max) * factor,
		.interval = interval};
}

/* A rate per second as nanoseconds for one. */
static struct span inverse(struct span s)
{
	if (!(s.lo > 0))
		return nothing;
	return (struct span){
		.value = 1e9 / s.value, .lo = 1e9 / s.hi, .hi = 1e9 / s.lo, .interval = s.interval};
}

static unsigned int trials_of(const struct candidate *c)
{
	unsigned int a = c->latency != NULL ? c->latency->summary.trials : 0;
	unsigned int b = c->throughput != NULL ? c->throughput->summary.trials : 0;

	return a == 0 || (b > 0 && b < a) ? b : a;
}

static void read_figures(struct candidate *c, const struct needs *n)
{
	bool clients = needs_given(n, NEED_CLIENTS);

	c->figure[NEED_P50] = span_of(c->latency, METRIC_LAT_P50, 1);
	c->figure[NEED_P99] = span_of(c->latency, METRIC_LAT_P99, 1);
	c->figure[NEED_RATE] = span_of(clients ? c->latency : c->throughput, METRIC_MSGS_PER_S, 1);
	c->figure[NEED_BANDWIDTH] = span_of(c->throughput, METRIC_BYTES_PER_S, 1);
	c->figure[NEED_CPU] = nothing;
	c->time = inverse(c->figure[NEED_RATE]);
	/* a round trip is two messages */
	c->cpu_trip = span_of(c->latency, METRIC_CPU_PER_MSG, 0.5);
	c->cpu_stream = span_of(c->throughput, METRIC_CPU_PER_MSG, 1);
	c->trials = trials_of(c);
}

/* ---- the list -------------------------------------------------------------------------------- */

/* The mechanism of a spelling such as "shm:segment=sysv"; NULL = it is not known. */
static const struct transport *transport_of(const struct judge_input *in, const char *spelling)
{
	size_t len = strcspn(spelling, ":");

	for (size_t i = 0; i < in->transport_count; i++)
		if (strlen(in->transports[i]->name) == len &&
			strncmp(in->transports[i]->name, spelling, len) == 0)
			return in->transports[i];
	return NULL;
}

static void add_candidate(struct advice *a, const struct transport *t, const struct cell_key *key)
{
	struct candidate *c = need_next(a->items, a->count);

	*c = (struct candidate){
		.id = a->count - 1,
		.transport = t,
		.key = *key,
		.latency = scope_cell(&a->scope, key, MODE_LATENCY),
		.throughput = scope_cell(&a->scope, key, MODE_THROUGHPUT),
		.why = "",
		.headroom = NAN,
	};
	read_figures(c, a->needs);
}

static bool is_listed(const struct advice *a, const struct cell_key *key)
{
	unsigned int way = AXIS_BIT(AXIS_TRANSPORT) | AXIS_BIT(AXIS_WAIT) | AXIS_BIT(AXIS_COPY);

	for (size_t i = 0; i < a->count; i++)
		if (key_order_by(&a->items[i].key, key, way) == 0)
			return true;
	return false;
}

/* Adds the ways in which the run has a mechanism, or with NULL those of which nothing is known. */
static void add_measured(struct advice *a, const struct judge_input *in, const struct transport *t)
{
	for (size_t i = 0; in->measured != NULL && i < in->measured->cell_count; i++) {
		const struct measured_cell *c = &in->measured->cells[i];

		if (transport_of(in, c->key.transport) == t && scope_usual(&a->scope, c) &&
			!is_listed(a, &c->key))
			add_candidate(a, t, &c->key);
	}
}

/* The first of the ways to wait that are asked for and that it has, or that are asked for. */
static enum wait first_wait(const struct transport *t, const struct needs *n)
{
	unsigned int both = t->waits & n->waits;

	return (enum wait)__builtin_ctz(both != 0 ? both : n->waits);
}

int advise_list(struct advice *a, const struct judge_input *in, struct reason *why)
{
	int r = choose(&a->scope, in, why);

	for (size_t i = 0; r == 0 && i < in->transport_count; i++) {
		const struct transport *t = in->transports[i];
		size_t before = a->count;

		if (t->shape == SHAPE_NULL)
			continue;
		add_measured(a, in, t);
		/* which program an unmeasured one would run is not known */
		if (a->count == before && !registry_runs_program(t))
			add_candidate(a, t,
				&(struct cell_key){.transport = t->name,
					.wait = first_wait(t, in->needs),
					.sides = needs_topology(in->needs)});
	}
	if (r == 0)
		add_measured(a, in, NULL);
	return r;
}
