/* SPDX-License-Identifier: MIT */
#include "gate/gate-plan.h"

#include "cli/measure-options.h"
#include "gate/gate-options.h"
#include "gate/partner.h"
#include "plan/plan.h"
#include "text/format.h"
#include "text/memory.h"
#include <errno.h>
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

/* Collects a command line; what it holds is allocated. */
struct line {
	char **argv;
	size_t count;
};

static void put(struct line *l, const char *text)
{
	l->argv = need_more(l->argv, l->count + 2, sizeof(*l->argv));
	l->argv[l->count++] = need_copy(text);
	l->argv[l->count] = NULL;
}

static void put_pair(struct line *l, const char *option, const char *value)
{
	put(l, option);
	put(l, value);
}

static void put_seconds(struct line *l, const char *option, double seconds)
{
	char text[40];

	put_pair(l, option, format_real(text, sizeof(text), seconds));
}

static void put_number(struct line *l, const char *option, uint64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%ju", (uintmax_t)number);
	put_pair(l, option, text);
}

static void command_line(struct gate_version *out, const struct gate_settings *s,
	const struct item *it, const struct gate_task *task, const char *program, uint64_t hz)
{
	const struct arguments *asked = &task->group->asked;
	struct line l = {0};

	put(&l, program);
	for (size_t i = 0; i < asked->count; i++)
		if (asked->options[i].option->read == read_plugin)
			put_pair(&l, "--plugin", asked->options[i].value);
	put_pair(&l, "--transport", it->key.transport);
	if (it->key.size != 0)
		put_number(&l, "--size", it->key.size);
	put_pair(&l, "--mode", mode_name(it->key.mode));
	put_pair(&l, "--wait", wait_name(it->key.wait));
	put_pair(&l, "--copy", copy_name(it->key.copy));
	put_pair(&l, "--idle", idle_name(it->key.idle));
	put_pair(&l, "--mem", mem_name(it->key.mem));
	if (it->cell.cpu_tx >= 0)
		put_pair(&l, "--cpus", task->cpus[0]);
	else
		put_pair(&l, "--placement", placement_name(PLACE_NONE));
	out->cpus_at = it->cell.cpu_tx >= 0 ? l.count - 1 : 0;
	put_pair(&l, "--trials", "1");
	put_seconds(&l, "--duration", s->duration_s);
	put_seconds(&l, "--warmup", s->warmup_s);
	if (s->timeout_s > 0)
		put_seconds(&l, "--timeout", s->timeout_s);
	put_number(&l, "--slice", hz);
	if (s->inject > 0)
		put_pair(&l, "--slowdown", "0");
	out->slowdown_at = s->inject > 0 ? l.count - 1 : 0;
	put_pair(&l, "--csv", "-");
	put(&l, "--quiet");
	out->argv = l.argv;
}

/* ---- CPUs ------------------------------------------------------------------------------------ */

/*
 * Every other block exchanges the roles of the CPUs, so that no CPU is a version's own luck. Both
 * sides on one CPU move to another one instead, unless --cpus said which.
 */
static void choose_cpus(struct gate_task *t, const struct gate_group *g, const struct item *it,
	const struct topology *topo)
{
	int tx = it->cell.cpu_tx, rx = it->cell.cpu_rx, a, b;
	enum placement is;

	t->cpu_tx[0] = tx;
	t->cpu_rx[0] = rx;
	t->cpu_tx[1] = rx;
	t->cpu_rx[1] = tx;
	if (tx == rx && tx >= 0 && arguments_given(&g->asked, "cpus") == NULL &&
		topology_pick(topo, PLACE_CROSS_CPU, &a, &b, &is, NULL) == 0)
		t->cpu_tx[1] = t->cpu_rx[1] = a == tx ? b : a;
	for (int i = 0; i < 2; i++)
		snprintf(t->cpus[i], sizeof(t->cpus[i]), "%d,%d", t->cpu_tx[i], t->cpu_rx[i]);
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
	struct reason *why;
};

/* The transport of one version; NULL for programs, which all run those of the group. */
static const char *transport_of(const struct builder *b, size_t version)
{
	if (b->s->programs)
		return NULL;
	if (gate_has_sides(b->group))
		return b->group->side[version];
	return version == 0 ? b->s->base : b->s->new;
}

/*
 * Whether there is nothing to start. What this program cannot run another one may: its own slices
 * say so, unless it is for want of CPUs.
 */
static bool cannot_start(const struct builder *b, const struct item *it, const struct item *partner)
{
	bool placed = it->cell.cpu_tx >= 0 || it->key.placement == PLACE_NONE;

	if (partner == NULL)
		return true;
	return b->s->programs ? !placed : it->skip != 0 || partner->skip != 0;
}

static int add_cell(struct builder *b, const struct item *it, const struct item *partner)
{
	struct gate_plan *p = b->plan;
	struct gate_cell *cells = reallocarray(p->cells, p->count + 1, sizeof(*cells));
	struct gate_task *tasks;
	const struct item *of[2] = {it, partner};

	if (cells == NULL)
		return -ENOMEM;
	p->cells = cells;
	tasks = reallocarray(p->tasks, p->count + 1, sizeof(*tasks));
	if (tasks == NULL)
		return -ENOMEM;
	p->tasks = tasks;

	struct gate_cell *c = &cells[p->count];
	struct gate_task *t = &tasks[p->count];

	*c = (struct gate_cell){.status = STATUS_OK};
	*t = (struct gate_task){.group = b->group, .mode = it->key.mode};
	p->count++;
	gate_name_cell(c, b->group, it, partner);
	if (c->name == NULL || c->base == NULL || c->new == NULL)
		return -ENOMEM;
	if (gate_plan_metrics(t) == 0)
		return reason_set(b->why, EINVAL,
			"gate: none of the metrics asked for is measured in mode %s (%.80s); add one to "
			"--metrics",
			mode_name(it->key.mode), c->name);
	if (cannot_start(b, it, partner)) {
		c->status = STATUS_SKIP;
		if (partner == NULL)
			reason_set(&c->why, ENOTSUP, "%s does not do this", transport_of(b, 1));
		else
			c->why = it->skip != 0 ? it->why : partner->why;
		return 0;
	}
	choose_cpus(t, b->group, it, b->topo);
	for (size_t v = 0; v < 2; v++)
		command_line(&t->version[v], b->s, of[v], t, b->program[v], b->hz);
	return 0;
}

static int check_modes(const struct settings *set, struct reason *why)
{
	const unsigned int known = 1u << MODE_LATENCY | 1u << MODE_THROUGHPUT;

	for (int m = 0; m < MODE_COUNT; m++)
		if ((set->modes & ~known & 1u << m) != 0)
			return reason_set(why, EINVAL,
				"gate: mode %s is not compared; use latency or throughput",
				mode_name((enum mode)m));
	return 0;
}

static bool known_cell(const struct gate_plan *p, const char *name, size_t before)
{
	for (size_t i = 0; i < before; i++)
		if (strcmp(p->cells[i].name, name) == 0)
			return true;
	return false;
}

static int add_cells(struct builder *b)
{
	size_t before = b->plan->count;
	const struct plan *other = &b->plans[b->s->programs ? 0 : 1];
	int r = 0;

	for (size_t i = 0; i < b->plans[0].item_count && r == 0; i++) {
		const struct item *it = &b->plans[0].items[i];

		r = add_cell(b, it, b->s->programs ? it : gate_partner(b->group, other, it));
		if (r == 0 && known_cell(b->plan, b->plan->cells[b->plan->count - 1].name, before))
			r = reason_set(b->why, EINVAL,
				"gate: two sections hold the cell \"%.80s\"; name each cell once",
				b->plan->cells[b->plan->count - 1].name);
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
		if (r == 0)
			r = plan_build(&b->plans[v], &b->settings[v], b->topo);
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
	return r == -ENOMEM && why->text[0] == '\0' ? reason_set(why, ENOMEM, "out of memory") : r;
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
		if (plan->cells == NULL)
			continue;
		free(plan->cells[i].name);
		free(plan->cells[i].base);
		free(plan->cells[i].new);
	}
	free(plan->cells);
	free(plan->tasks);
	*plan = (struct gate_plan){0};
}

unsigned int gate_plan_metrics(const struct gate_task *task)
{
	const unsigned int times = 1u << GATE_LATENCY | 1u << GATE_P99;
	unsigned int metrics = task->group->metrics;

	return task->mode == MODE_LATENCY ? metrics & ~(1u << GATE_THROUGHPUT) : metrics & ~times;
}
