/* SPDX-License-Identifier: MIT */
#include "plan/plan.h"

#include "plan/background.h"
#include "plan/footprint.h"
#include "plan/pairs.h"
#include "text/format.h"
#include "text/memory.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>

/* Of a plan; more take hundreds of megabytes, and weeks. A cell counts once for each pair. */
#define CELLS_MAX	  250000
#define LAUNCHES_MAX	  10000000
/* What a launch takes besides warm-up and window: fork, attach, meet, reap. */
#define LAUNCH_OVERHEAD_S 0.012
/* A guess for --messages, where only running tells. */
#define COUNTED_LAUNCH_S  0.5
/* A launch for a capacity takes a quarter of the window, or this, or all of it. */
#define CAPACITY_LEAST_S  0.1

/* A pair of CPUs to measure on, or why there is none. */
struct place {
	enum placement placement;
	int tx, rx;
	int err;
	struct reason why;
};

struct places {
	struct place at[PLACE_COUNT];
	size_t count;
};

static bool known_pair(const struct places *p, const struct place *new)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->at[i].err == 0 && new->err == 0 && p->at[i].tx == new->tx &&
			p->at[i].rx == new->rx)
			return true;
	return false;
}

/* What the nearest other core was in a replayed run: a class that was not asked for by its name. */
static enum placement kept_class(const struct settings *s, enum placement found)
{
	for (int c = PLACE_SMT; c <= PLACE_CROSS_NUMA; c++)
		if (s->pairs[c].known && (s->words[AXIS_PLACEMENT] & 1u << c) == 0)
			return (enum placement)c;
	return found;
}

/* Gives a place the class and the CPUs that it had in a replayed run, as far as they are here. */
static void keep_pair(struct place *at, enum placement want, const struct settings *s,
	const struct topology *topo)
{
	enum placement class = want == PLACE_CROSS_CPU ? kept_class(s, at->placement) : want, is;
	const struct place_pair *kept = &s->pairs[class];

	if (!kept->known)
		return;
	if (topology_classify(topo, kept->tx, kept->rx, &is, NULL) == 0 && is == class) {
		*at = (struct place){.placement = class, .tx = kept->tx, .rx = kept->rx};
	} else if (class != at->placement) {
		*at = (struct place){.tx = -1, .rx = -1};
		at->err = topology_pick(topo, class, &at->tx, &at->rx, &at->placement, &at->why);
	}
}

static void find_places(struct places *p, const struct settings *s, const struct topology *topo)
{
	p->count = 0;
	if (s->cpu_count > 0) {
		struct place *at = &p->at[p->count++];

		*at = (struct place){.tx = s->cpus[0], .rx = s->cpus[1]};
		at->err = topology_classify(topo, at->tx, at->rx, &at->placement, &at->why);
		return;
	}
	for (int want = 0; want < PLACE_COUNT; want++) {
		struct place at = {.placement = (enum placement)want, .tx = -1, .rx = -1};

		if ((s->words[AXIS_PLACEMENT] & 1u << want) == 0)
			continue;
		at.err = topology_pick(
			topo, (enum placement)want, &at.tx, &at.rx, &at.placement, &at.why);
		keep_pair(&at, (enum placement)want, s, topo);
		/* "cross-cpu,same-llc" may name one pair twice */
		if (!known_pair(p, &at))
			p->at[p->count++] = at;
	}
}

/* Adds an item whose key is complete; `skip` may be set already. */
static void add(struct plan *plan, struct item item)
{
	if (plan->counts) {
		plan->cells += sides_lanes(item.key.sides);
		return;
	}
	item.cell.pauses = item.key.think_ns != 0;
	if (item.skip == 0)
		item.skip = pairs_place(plan, &item);
	if (item.skip == 0)
		item.skip = plan_refuse(&item, plan);
	if (item.skip == 0)
		item.skip = pairs_complete(plan, &item);
	*need_next(plan->items, plan->item_count) = item;
}

/* A round trip for each pause, an open loop for each load, anything else once. */
static void add_loads(struct plan *plan, struct item item)
{
	const struct settings *s = plan->settings;

	item.load_group = plan->load_groups++;
	if (item.key.mode == MODE_RATE) {
		for (unsigned int a = 0; a < ARRIVAL_COUNT; a++) {
			axis_set(&item.key, AXIS_ARRIVALS, a);
			for (size_t i = 0; i < s->rate_count; i++) {
				item.key.rate = s->rates[i];
				if (s->words[AXIS_ARRIVALS] & 1u << a)
					add(plan, item);
			}
		}
	} else if (!axis_applies(&item.key, AXIS_THINK)) {
		add(plan, item);
	} else {
		for (size_t i = 0; i < s->think_count; i++) {
			item.key.think_ns = s->thinks_ns[i];
			add(plan, item);
		}
	}
}

struct cell item_cell(const struct cell_key *key, int cpu_tx, int cpu_rx)
{
	return (struct cell){
		/* a mechanism only needs to know which way messages go */
		.mode = mode_of(key)->returns && key->mode != MODE_ONEWAY ? MODE_LATENCY
									  : key->mode,
		.wait = key->wait,
		.copy = key->copy,
		.size = key->size,
		.cpu_tx = cpu_tx,
		.cpu_rx = cpu_rx,
		.mem = key->mem,
		.batch = key->batch == COUNT_UNKNOWN ? 1 : axis_number(key, AXIS_BATCH),
		.indirect = key->dispatch == DISPATCH_INDIRECT,
		.pauses = key->think_ns != 0,
		.senders = sides_kind(key->sides) == TOPOLOGY_FAN_IN ? sides_lanes(key->sides) : 1,
		.receivers =
			sides_kind(key->sides) == TOPOLOGY_FAN_OUT ? sides_lanes(key->sides) : 1,
		.own_namespaces = isolation_bits(key->isolate),
		.depth = axis_number(key, AXIS_DEPTH),
	};
}

/* All combinations of the axes. */
struct product {
	struct plan *plan;
	struct places places;
	const struct place *place; /* of the item under construction */
};

/* Whether spinning at this place was asked for, or is all that the mechanism usually does. */
static bool spin_asked(const struct settings *s, const struct transport *t)
{
	return s->placement_given &&
	       (s->words[AXIS_WAIT] != 0 || t->customary == WAIT_BIT(WAIT_SPIN));
}

/* One combination of everything; the place may carry its own reason. */
static void add_cell(struct product *p, struct item item)
{
	const struct settings *s = p->plan->settings;
	const struct place *place = p->place;

	item.key.placement = place->placement;
	/* it has a loop of the driver, which calls mechanisms through pointers */
	if (item.key.mode == MODE_RATE && mode_of(&item.key)->returns && !s->dispatch_given)
		axis_set(&item.key, AXIS_DISPATCH, DISPATCH_INDIRECT);
	item.cell = item_cell(&item.key, place->tx, place->rx);
	/* not asked for, only a product of defaults: a side that polls on a shared CPU */
	if (place->tx >= 0 && place->tx == place->rx &&
		((item.key.wait == WAIT_SPIN && !spin_asked(s, item.transport)) ||
			(item.key.mode == MODE_RATE && !s->placement_given)))
		return;
	item.cell.indirect |= s->slowed;
	item.skip = place->err;
	if (item.skip != 0)
		item.why = place->why;
	add_loads(p->plan, item);
}

/* The words of an axis that are measured, as bits. */
static unsigned int asked(const struct settings *s, const struct item *item, enum axis axis)
{
	const struct transport *t = item->transport;

	if (axis == AXIS_WAIT && s->words[axis] == 0)
		return t->customary;
	if (axis == AXIS_DISPATCH && (t->loops == NULL || item->sizes != NULL) &&
		!s->dispatch_given)
		return 1u << DISPATCH_INDIRECT;
	/* a notification moves nothing, so there is nothing to copy or to leave in place */
	return axis == AXIS_COPY && t->shape == SHAPE_NOTIFY ? 1u << COPY_PRIVATE : s->words[axis];
}

/* Sets footprint `i`; false if it is not for messages of this size. None is for a first message. */
static bool set_footprint(struct item *item, const struct settings *s, unsigned int i)
{
	uint64_t asked = s->footprints[i];

	item->key.footprint = asked == FOOTPRINT_AUTO ? FOOTPRINT_COLD : asked;
	if (axis_applies(&item->key, AXIS_FOOTPRINT))
		return asked != FOOTPRINT_AUTO || item->key.size >= FOOTPRINT_TELLS;
	item->key.footprint = 0;
	return i == 0;
}

/* How many values of an axis there are to try. */
static size_t count_values(const struct product *p, const struct item *item, enum axis axis)
{
	const struct settings *s = p->plan->settings;

	switch (axis) {
	case AXIS_SIZE:
		return item->transport->shape == SHAPE_NOTIFY ? 1 : s->size_count + s->mix_count;
	case AXIS_SIZES: /* come with their size */
		return 1;
	case AXIS_PLACEMENT:
		return p->places.count;
	case AXIS_BATCH:
		return axis_applies(&item->key, axis) && !s->batch_before ? s->batch_count : 1;
	case AXIS_DEPTH:
		return axis_applies(&item->key, axis) ? s->depths.count : 1;
	case AXIS_CHANNELS:
		return axis_applies(&item->key, axis) ? s->channels.count : 1;
	case AXIS_FOOTPRINT:
		return s->footprint_count;
	case AXIS_TOPOLOGY:
		return s->topology_count;
	case AXIS_BACKGROUND:
		return s->background_count;
	default:
		return axis_words(axis);
	}
}

static uint64_t batch_of(const struct settings *s, const struct cell_key *key, size_t i)
{
	if (!axis_applies(key, AXIS_BATCH))
		return 1;
	return s->batch_before ? key_batch_before(key) : s->batches[i];
}

/* Notifications have none, and distributions stand behind single sizes. */
static void set_size(struct item *item, const struct settings *s, unsigned int i)
{
	bool notify = item->transport->shape == SHAPE_NOTIFY;

	item->sizes = notify || i < s->size_count ? NULL : &s->mixes[i - s->size_count];
	item->key.sizes = item->sizes == NULL ? NULL : item->sizes->name;
	item->key.size = notify ? 0 : item->sizes == NULL ? s->sizes[i] : item->sizes->most;
}

/* Gives an item value `i` of an axis; false if that was not asked for. */
static bool set_value(struct product *p, struct item *item, enum axis axis, unsigned int i)
{
	const struct settings *s = p->plan->settings;

	switch (axis) {
	case AXIS_SIZE:
		set_size(item, s, i);
		return true;
	case AXIS_SIZES:
		return true;
	case AXIS_PLACEMENT:
		p->place = &p->places.at[i];
		return true;
	case AXIS_BATCH:
		item->key.batch = batch_of(s, &item->key, i);
		return true;
	case AXIS_DEPTH:
		item->key.depth = axis_applies(&item->key, axis) ? s->depths.values[i] : 1;
		return true;
	case AXIS_CHANNELS:
		item->key.channels = axis_applies(&item->key, axis) ? s->channels.values[i] : 1;
		return true;
	case AXIS_FOOTPRINT:
		return set_footprint(item, s, i);
	case AXIS_TOPOLOGY:
		item->key.sides = s->topologies[i];
		return true;
	case AXIS_BACKGROUND:
		item->key.background = s->backgrounds[i];
		return true;
	default:
		axis_set(&item->key, axis, i);
		return (asked(s, item, axis) & 1u << i) != 0;
	}
}

/* Every combination of the axes from `depth` on, the last one fastest; appended ones follow. */
static void multiply(struct product *p, struct item item, size_t depth)
{
	static const enum axis nesting[] = {AXIS_WAIT, AXIS_COPY, AXIS_MODE, AXIS_SIZE,
		AXIS_PLACEMENT, AXIS_IDLE, AXIS_MEM, AXIS_DISPATCH};
	enum axis axis = depth < ARRAY_SIZE(nesting)
				 ? nesting[depth]
				 : (enum axis)(AXIS_APPENDED + depth - ARRAY_SIZE(nesting));

	if (axis == AXIS_COUNT) {
		add_cell(p, item);
		return;
	}
	for (unsigned int i = 0; p->plan->cells <= CELLS_MAX && i < count_values(p, &item, axis);
		i++)
		if (set_value(p, &item, axis, i))
			multiply(p, item, depth + 1);
}

/* ---- the order of execution: seeded, so that a run can be repeated exactly ------------------- */

uint64_t order_random(uint64_t *state)
{
	uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* Shuffles `n` indices in place (Fisher-Yates). */
static void shuffle(size_t *index, size_t n, uint64_t *state)
{
	for (size_t i = n; i > 1; i--) {
		/* the bias of this reduction is below 2^-40 for any plan that fits in memory */
		size_t j = (size_t)(((unsigned __int128)order_random(state) * i) >> 64);
		size_t held = index[i - 1];

		index[i - 1] = index[j];
		index[j] = held;
	}
}

/* Trials of everything that is known in advance before the steps of a search begin. */
enum { SEARCH_TRIALS = 5 };

/* Adds a round: every runnable item that `wanted` chooses, in its own random order. */
static void add_round(struct plan *plan, unsigned int trial, uint64_t *state,
	bool (*wanted)(const struct rate *r, unsigned int step), unsigned int step)
{
	size_t *index = need_array(plan->item_count, sizeof(*index)), n = 0;

	for (size_t i = 0; i < plan->item_count; i++)
		if (plan->items[i].skip == 0 && wanted(&plan->items[i].key.rate, step))
			index[n++] = i;
	shuffle(index, n, state);
	for (size_t i = 0; i < n; i++)
		plan->launches[plan->launch_count++] =
			(struct launch){.item = index[i], .trial = trial};
	free(index);
}

static bool is_known(const struct rate *r, unsigned int step)
{
	(void)step;
	return !rate_is_step(r);
}

static bool is_step(const struct rate *r, unsigned int step)
{
	return rate_is_step(r) && !(r->value < step) && !(r->value > step);
}

static bool is_any(const struct rate *r, unsigned int step)
{
	(void)r;
	(void)step;
	return true;
}

static double launch_seconds(const struct settings *s, const struct item *it)
{
	double window = s->messages != 0 ? COUNTED_LAUNCH_S : s->duration_s;

	return sides_lanes(it->key.sides) *
		       (LAUNCH_OVERHEAD_S + footprint_seconds(&it->cell, it->transport)) +
	       background_seconds(&it->key.background, it->background_bytes) +
	       (mode_of(&it->key)->once ? 0 : s->warmup_s + window);
}

/* Fewer than `trials` where touching memory would make the user wait; two show at least a range. */
static unsigned int quick_trials(const struct settings *s, const struct item *it)
{
	double fit = s->quick_cell_s / launch_seconds(s, it);

	return s->quick_cell_s > 0 && fit < s->trials ? (unsigned int)fmax(fit, 2) : s->trials;
}

/* For who wants to see a first value soon: what comes first in a table is measured first. */
static void order_by_cell(struct plan *plan)
{
	for (size_t i = 0; i < plan->item_count; i++) {
		const struct item *it = &plan->items[i];
		unsigned int trials = it->skip != 0 ? 0 : quick_trials(plan->settings, it);

		for (unsigned int trial = 1; trial <= trials; trial++)
			plan->launches[plan->launch_count++] =
				(struct launch){.item = i, .trial = trial};
	}
}

/*
 * Every trial visits every runnable item once, in its own random order. Steps of a search
 * need the loads between which they lie, judged by several trials, and each needs the one before.
 */
static void order_launches(struct plan *plan)
{
	const struct settings *s = plan->settings;
	unsigned int first = s->trials < SEARCH_TRIALS ? s->trials : SEARCH_TRIALS, steps = 0;
	uint64_t state = s->seed;

	for (size_t i = 0; i < s->rate_count; i++)
		if (rate_is_step(&s->rates[i]) && s->rates[i].value > steps)
			steps = (unsigned int)s->rates[i].value;
	plan->launches = need_array(plan->item_count * s->trials, sizeof(*plan->launches));
	if (s->quick) {
		order_by_cell(plan);
		return;
	}
	for (unsigned int trial = 1; trial <= first; trial++)
		add_round(plan, trial, &state, is_known, 0);
	for (unsigned int step = 1; step <= steps; step++)
		for (unsigned int trial = 1; trial <= first; trial++)
			add_round(plan, trial, &state, is_step, step);
	for (unsigned int trial = first + 1; trial <= s->trials; trial++)
		add_round(plan, trial, &state, is_any, 0);
}

static void add_selections(struct product *p)
{
	const struct settings *s = p->plan->settings;

	for (size_t i = 0; i < s->selection_count; i++) {
		const struct selection *sel = &s->selections[i];
		const struct item item = {.transport = sel->transport,
			.config = sel->config,
			.key = {.transport = sel->spelling}};

		multiply(p, item, 0);
	}
}

void plan_build(struct plan *plan, const struct settings *settings, const struct topology *topo)
{
	struct product p = {.plan = plan};

	*plan = (struct plan){.settings = settings, .topology = topo};
	for (enum policy policy = 0; policy < POLICY_COUNT; policy++)
		if (settings->words[AXIS_SCHED] & 1u << policy)
			plan->policies[policy].err =
				policy_allowed(policy, &plan->policies[policy].why);
	for (enum isolation i = 0; i < ISOLATION_COUNT; i++)
		if (settings->words[AXIS_ISOLATE] & 1u << i)
			plan->isolations[i].err = isolation_allowed(i, &plan->isolations[i].why);
	find_places(&p.places, settings, topo);
	/* before there is memory for them, or a mechanism is asked about them */
	plan->counts = true;
	add_selections(&p);
	plan->counts = false;
	if (plan_check(plan, &(struct reason){""}) == 0) {
		add_selections(&p);
		order_launches(plan);
	}
	plan->topology = NULL;
}

int plan_check(const struct plan *plan, struct reason *why)
{
	double launches = (double)plan->cells * plan->settings->trials;

	if (plan->cells > CELLS_MAX)
		return reason_set(why, E2BIG,
			"the plan has %zu cells or more, of which each pair counts as one, and the limit is %d; ask for fewer values",
			plan->cells, CELLS_MAX);
	if (launches > LAUNCHES_MAX)
		return reason_set(why, E2BIG,
			"the plan has %zu cells in %u trials, and the limit is %d launches; ask for fewer values or --trials %d",
			plan->cells, plan->settings->trials, LAUNCHES_MAX,
			LAUNCHES_MAX / (int)plan->cells);
	return 0;
}

void plan_free(struct plan *plan)
{
	free(plan->items);
	free(plan->launches);
	for (size_t i = 0; i < plan->block_count; i++)
		free(plan->blocks[i]);
	free(plan->blocks);
	*plan = (struct plan){0};
}

double plan_capacity_s(const struct settings *s)
{
	return s->messages != 0 ? 0
				: fmin(s->duration_s, fmax(s->duration_s / 4, CAPACITY_LEAST_S));
}

/* Whether the first of its load group asks for what the group can bear. */
static bool asks_for_capacity(const struct plan *plan, size_t i)
{
	const struct item *it = &plan->items[i];

	for (size_t k = i; k-- > 0 && plan->items[k].load_group == it->load_group;)
		if (plan->items[k].key.rate.kind == RATE_PERCENT)
			return false;
	return it->skip == 0 && it->key.rate.kind == RATE_PERCENT;
}

double plan_seconds(const struct plan *plan)
{
	const struct settings *s = plan->settings;
	double capacity = s->messages != 0 ? COUNTED_LAUNCH_S : plan_capacity_s(s);
	double seconds = 0;

	for (size_t i = 0; i < plan->item_count; i++)
		if (asks_for_capacity(plan, i))
			seconds += CAPACITY_LAUNCHES * (LAUNCH_OVERHEAD_S + s->warmup_s + capacity);

	for (size_t i = 0; i < plan->launch_count; i++)
		seconds += launch_seconds(s, &plan->items[plan->launches[i].item]);
	return s->automatic && seconds > s->max_time_s ? s->max_time_s : seconds;
}

char *item_name(char *buf, size_t len, const struct item *item)
{
	char name[320];

	key_name(name, sizeof(name), &item->key, AXIS_ALL);
	snprintf(
		name + strlen(name), sizeof(name) - strlen(name), "%s", key_one_by_one(&item->key));
	return format_plain(buf, len, name, format_utf8());
}
