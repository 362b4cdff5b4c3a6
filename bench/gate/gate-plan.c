/* SPDX-License-Identifier: MIT */
#include "gate/gate-plan.h"

#include "cli/measure-options.h"
#include "gate/comparison.h"
#include "plan/background.h"
#include "plan/footprint.h"
#include "plan/plan.h"
#include "text/format.h"
#include "text/memory.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- settings of one group ------------------------------------------------------------------- */

/* `transport` NULL: those that the group names. */
static int read_group(
	struct settings *out, const struct gate_group *g, const char *transport, struct reason *why)
{
	struct arguments a = {.count = 0};

	arguments_inherit(&a, &g->asked, NULL, 1u << GATE_CELLS);
	for (const struct option_row *o = gate_options; !option_is_end(o); o++) {
		bool named =
			transport != NULL && o->name != NULL && strcmp(o->name, "transport") == 0;

		if (named)
			arguments_add(&a, o, transport);
		else if (o->part == GATE_CELLS && option_initial(o) != NULL &&
			 !arguments_say(&a, measure_rules, o->name))
			arguments_add(&a, o, option_initial(o));
	}
	int r = settings_read(out, &a, GATE_CELLS, why);

	out->trials = 1;
	arguments_free(&a);
	return r;
}

/* ---- command lines --------------------------------------------------------------------------- */

/* Adds an option and its value, which it takes over; returns where that is. */
static size_t put(struct gate_version *v, const char *option, char *value)
{
	v->argv = need_more(v->argv, v->argc + 3, sizeof(*v->argv));
	v->argv[v->argc] = need_text("--%s", option);
	v->argv[v->argc + 1] = value;
	v->argc += 2;
	v->argv[v->argc] = NULL;
	return v->argc - 1;
}

static char *real(double value)
{
	return need_copy(format_real(value).text);
}

static void command_line(struct gate_version *v, const struct gate_settings *s,
	const struct item *it, const struct gate_task *task, const char *program, uint64_t hz)
{
	const struct arguments *asked = &task->group->asked;
	char value[512];

	*v = (struct gate_version){.argv = need_array(2, sizeof(*v->argv)), .argc = 2};
	v->argv[0] = need_copy(program);
	v->argv[1] = need_copy("--quiet");
	for (size_t i = 0; i < asked->count; i++)
		if (asked->options[i].option->read == read_plugin ||
			asked->options[i].option->read == read_helper_cpus)
			put(v, asked->options[i].option->name, need_copy(asked->options[i].value));
	/* what goes without saying may be unknown to an old build */
	for (enum axis axis = 0; axis < AXIS_COUNT; axis++)
		if (axis != AXIS_PLACEMENT && !axis_is_usual(&it->key, axis))
			put(v, axes[axis].option,
				need_copy(axis_spell(value, sizeof(value), &it->key, axis)));
	if (it->cell.cpu_tx >= 0)
		v->cpus_at = put(v, "cpus", need_copy(task->cpus[0]));
	else
		put(v, "placement", need_copy(placement_name(PLACE_NONE)));
	put(v, "trials", need_copy("1"));
	v->duration_at = put(v, "duration", real(s->duration_s));
	put(v, "warmup", real(s->warmup_s));
	if (s->timeout_s > 0)
		v->timeout_at = put(v, "timeout", real(s->timeout_s));
	put(v, "slice", need_text("%ju", (uintmax_t)hz));
	if (s->inject > 0)
		v->slowdown_at = put(v, "slowdown", need_copy("0"));
	put(v, "csv", need_copy("-"));
}

/* ---- CPUs ------------------------------------------------------------------------------------ */

/*
 * Every other block exchanges the roles of the CPUs, so that no CPU is a version's own luck. Both
 * sides on one CPU move to another one instead, unless --cpus said which. The sides of a fan stay:
 * exchanged, the common one could be nearer to some of the others than to the first.
 */
static void choose_cpus(struct gate_task *t, const struct gate_group *g, const struct item *it,
	const struct topology *topo)
{
	int tx = it->cell.cpu_tx, rx = it->cell.cpu_rx, a, b;
	enum placement is;

	t->cpu_tx[0] = tx;
	t->cpu_rx[0] = rx;
	const bool fan = sides_common(it->key.sides) != COMMON_NONE;

	t->cpu_tx[1] = fan ? tx : rx;
	t->cpu_rx[1] = fan ? rx : tx;
	if (tx == rx && tx >= 0 && it->more == NULL && arguments_given(&g->asked, "cpus") == NULL &&
		topology_pick(topo, PLACE_CROSS_CPU, &a, &b, &is, NULL) == 0)
		t->cpu_tx[1] = t->cpu_rx[1] = a == tx ? b : a;
	for (int i = 0; i < 2; i++)
		t->cpus[i] = need_text("%d,%d", t->cpu_tx[i], t->cpu_rx[i]);
	for (unsigned int k = 0; it->more != NULL && k + 1 < sides_lanes(it->key.sides); k++)
		for (int i = 0; i < 2; i++) {
			const struct cell *c = &it->more[k];
			int first = i == 0 ? c->cpu_tx : c->cpu_rx;
			int second = i == 0 ? c->cpu_rx : c->cpu_tx;
			char *longer =
				fan ? need_text("%s,%d", t->cpus[i],
					      sides_common(it->key.sides) == COMMON_TX ? c->cpu_rx
										       : c->cpu_tx)
				    : need_text("%s,%d,%d", t->cpus[i], first, second);

			free(t->cpus[i]);
			t->cpus[i] = longer;
		}
}

/* ---- what is compared with what -------------------------------------------------------------- */

/* Whether the group says itself which mechanisms are compared. */
static bool has_sides(const struct gate_group *g)
{
	return g->side[0] != NULL;
}

/* The item of the new mechanism's plan that does what `it` does; NULL if there is none. */
static const struct item *partner_of(
	const struct gate_group *g, const struct plan *plan, const struct item *it)
{
	for (size_t i = 0; i < plan->item_count; i++) {
		const struct cell_key *key = &plan->items[i].key;
		unsigned int differ = key_differences(&it->key, key) & ~AXIS_BIT(AXIS_TRANSPORT);

		/* a notification carries nothing, whatever it is compared with carries */
		if (has_sides(g) && (it->key.size == 0 || key->size == 0))
			differ &= ~AXIS_BIT(AXIS_SIZE);
		if (differ == 0)
			return &plan->items[i];
	}
	return NULL;
}

/* `partner` is `it` where programs are compared, NULL where there is none. */
static void name_cell(struct gate_cell *c, const struct gate_group *g, const struct item *it,
	const struct item *partner)
{
	const char *base = it->key.transport;
	const char *new = partner == NULL ? base : partner->key.transport;
	bool sides = has_sides(g) && partner != NULL;
	/* where the transport is what differs the cell is named without it, or by both */
	bool alike = !sides && strcmp(base, new) == 0;

	c->key = it->key;
	if (partner != NULL && it->key.size < partner->key.size)
		c->key.size = partner->key.size;
	c->base = need_copy(base);
	c->new = need_copy(new);
	c->name = key_name_new(&c->key, alike ? AXIS_ALL : AXIS_ALL & ~AXIS_BIT(AXIS_TRANSPORT));
	c->key.transport = c->base;
	c->key.sizes = c->sizes = need_copy(it->key.sizes);
	if (sides) {
		char *rest = c->name;

		c->name = need_text("%s vs %s %s", c->base, new, rest);
		free(rest);
	}
}

/* ---- cells ----------------------------------------------------------------------------------- */

/* One group under construction: one plan of programs, two of transports. */
struct builder {
	struct gate_plan *plan;
	const struct gate_settings *s;
	const struct gate_group *group;
	const struct topology *topo;
	uint64_t hz;
	const char *program[2];
	struct settings settings[2];
	struct plan plans[2];
	size_t first; /* cell of the group */
	struct reason *why;
};

/* The transport of one version; NULL for programs, which all run those of the group. */
static const char *transport_of(const struct builder *b, size_t version)
{
	if (b->s->programs)
		return NULL;
	if (has_sides(b->group))
		return b->group->side[version];
	return version == 0 ? b->s->base : b->s->new;
}

/*
 * Whether there is nothing to start. What this program cannot run another one may: its own slices
 * say so, unless it is for want of CPUs.
 */
static bool cannot_start(const struct builder *b, const struct item *it, const struct item *partner)
{
	bool single = sides_lanes(it->key.sides) == 1;
	bool placed = it->cell.cpu_tx >= 0 || it->key.placement == PLACE_NONE;

	if (partner == NULL)
		return true;
	/* several pairs whose CPUs are not there have no cells */
	placed = placed && (single || it->more != NULL);
	return b->s->programs ? !placed : it->skip != 0 || partner->skip != 0;
}

/* The metrics of a group that a cell in this mode has, as bits. */
static unsigned int metrics_of(const struct gate_group *g, enum mode mode)
{
	const unsigned int times = 1u << GATE_LATENCY | 1u << GATE_P99;

	return g->metrics & ~(mode == MODE_LATENCY ? 1u << GATE_THROUGHPUT : times);
}

static void add_rows(struct gate_plan *p, const struct gate_group *g, size_t cell)
{
	unsigned int metrics = metrics_of(g, p->cells[cell].key.mode);

	for (enum gate_metric m = 0; m < GATE_METRIC_COUNT; m++)
		if ((metrics & 1u << m) != 0)
			*need_next(p->rows, p->row_count) = (struct gate_row){
				.cell = cell,
				.metric = m,
				.base = NAN,
				.new = NAN,
				.found = gate_unjudged,
				.tolerance = g->tolerance,
				.min_effect = g->min_effect,
				.optional = m == GATE_P99 &&arguments_given(&g->asked, "metrics") ==
					    NULL,
			};
}

static int add_cell(struct builder *b, const struct item *it, const struct item *partner)
{
	struct gate_plan *p = b->plan;
	const struct item *of[2] = {it, partner};
	size_t tasks = p->count;
	struct gate_cell *c = need_next(p->cells, p->count);
	struct gate_task *t = need_next(p->tasks, tasks);

	t->group = b->group;
	t->duration_s = b->s->duration_s;
	name_cell(c, b->group, it, partner);
	if (metrics_of(b->group, c->key.mode) == 0)
		return reason_set(b->why, EINVAL,
			"gate: none of the metrics asked for is measured in mode %s (%.80s); add one to "
			"--metrics",
			mode_name(c->key.mode), c->name);
	for (size_t i = 0; i < b->first; i++)
		if (strcmp(p->cells[i].name, c->name) == 0)
			return reason_set(b->why, EINVAL,
				"gate: two sections hold the cell \"%.80s\"; name each cell once",
				c->name);
	if (cannot_start(b, it, partner)) {
		c->status = STATUS_SKIP;
		if (partner == NULL)
			reason_set(&c->why, ENOTSUP, "%s does not do this", transport_of(b, 1));
		else
			c->why = it->skip != 0 ? it->why : partner->why;
		return 0;
	}
	choose_cpus(t, b->group, it, b->topo);
	t->start_s = sides_lanes(it->key.sides) * footprint_seconds(&it->cell, it->transport) +
		     background_seconds(&it->key.background, it->background_bytes);
	for (size_t v = 0; v < 2; v++)
		command_line(&t->version[v], b->s, of[v], t, b->program[v], b->hz);
	add_rows(p, b->group, p->count - 1);
	return 0;
}

static int check_modes(const struct settings *set, struct reason *why)
{
	const unsigned int known = 1u << MODE_LATENCY | 1u << MODE_THROUGHPUT;

	for (int m = 0; m < MODE_COUNT; m++)
		if ((set->words[AXIS_MODE] & ~known & 1u << m) != 0)
			return reason_set(why, EINVAL,
				"gate: mode %s is not compared; use latency or throughput",
				mode_name((enum mode)m));
	for (size_t i = 0; i < set->mix_count; i++)
		if (set->mixes[i].turn == NULL)
			return reason_set(why, EINVAL,
				"gate: --size %.80s is not compared, because slices read no other file; use sizes or lognormal:",
				set->mixes[i].source);
	return 0;
}

static int add_cells(struct builder *b)
{
	const struct plan *other = &b->plans[b->s->programs ? 0 : 1];
	int r = 0;

	b->first = b->plan->count;
	for (size_t i = 0; i < b->plans[0].item_count && r == 0; i++) {
		const struct item *it = &b->plans[0].items[i];

		r = add_cell(b, it, b->s->programs ? it : partner_of(b->group, other, it));
	}
	return r;
}

static int add_group(struct builder *b)
{
	size_t versions = b->s->programs ? 1 : 2;
	int r = 0;

	for (size_t v = 0; v < versions && r == 0; v++) {
		r = read_group(&b->settings[v], b->group, transport_of(b, v), b->why);
		if (r == 0 && !b->s->programs && b->settings[v].selection_count != 1)
			r = reason_set(b->why, EINVAL,
				"gate: \"%.60s\" names %zu mechanisms; each version is one",
				transport_of(b, v), b->settings[v].selection_count);
		if (r == 0)
			r = check_modes(&b->settings[v], b->why);
		if (r == 0) {
			plan_build(&b->plans[v], &b->settings[v], b->topo);
			r = plan_check(&b->plans[v], b->why);
		}
	}
	if (r == 0)
		r = add_cells(b);
	for (size_t v = 0; v < versions; v++) {
		plan_free(&b->plans[v]);
		settings_free(&b->settings[v]);
	}
	return r;
}

int gate_plan_build(struct gate_plan *plan, const struct gate_settings *s,
	const struct topology *topo, const struct clock *clock, struct reason *why)
{
	char self[4096];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	struct builder b = {
		.plan = plan,
		.s = s,
		.topo = topo,
		.hz = clock->kind == CLOCK_KIND_COUNTER ? clock->ticks_hz : 0,
		.why = why,
	};
	int r = 0;

	*plan = (struct gate_plan){0};
	if (len < 0)
		return reason_set(why, errno, "/proc/self/exe: %s", strerror(errno));
	self[len] = '\0';
	b.program[0] = s->programs && !s->selftest ? s->base : self;
	b.program[1] = s->programs && !s->selftest ? s->new : self;
	for (size_t i = 0; i < s->group_count && r == 0; i++) {
		b.group = &s->groups[i];
		r = add_group(&b);
	}
	return r;
}

static void version_free(struct gate_version *v)
{
	for (char **arg = v->argv; arg != NULL && *arg != NULL; arg++)
		free(*arg);
	free(v->argv);
}

void gate_plan_free(struct gate_plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		version_free(&plan->tasks[i].version[0]);
		version_free(&plan->tasks[i].version[1]);
		free(plan->tasks[i].cpus[0]);
		free(plan->tasks[i].cpus[1]);
	}
	free(plan->tasks);
	free(plan->rows);
	gate_cells_free(plan->cells, plan->count);
	*plan = (struct gate_plan){0};
}
