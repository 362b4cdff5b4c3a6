/* SPDX-License-Identifier: MIT */
#include "gate/comparison.h"

#include "measure/clock.h"
#include "measure/machine.h"
#include "measure/usage.h"
#include "plan/plan.h"
#include "run/watch.h"
#include "text/memory.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

/*
 * A slice with fewer than this many times the messages that it needs is lengthened to have them ...
 */
#define SPARE	   2
/* ... but to no more than this many times the requested length. */
#define LONGER	   10
/* Starting a program and ending it, on top of what it times. */
#define START_S	   0.02
/* A slice may take this much longer than the limit of its own program. */
#define PATIENCE_S 5.0

struct gate_run {
	const struct gate_settings *s;
	const struct gate_plan *plan;
	struct gate_results *out;
	double began_s;
	unsigned int cpus;
	struct gate_session *session; /* NULL = says nothing */
};

static uint64_t mix(uint64_t x)
{
	return order_random(&x);
}

bool gate_coin(uint64_t seed, size_t cell, unsigned int number)
{
	return (mix(mix(seed ^ mix(cell)) + number) >> 63) != 0;
}

void gate_choose_builds(unsigned char build[2], const size_t count[2], unsigned int number)
{
	size_t more = count[1] > count[0], pairs = count[0] * count[1];

	if (pairs == 0)
		return;
	size_t pair = (number - 1) % pairs, turn = pair % count[more];

	build[more] = (unsigned char)turn;
	build[1 - more] = (unsigned char)((pair / count[more] + turn) % count[1 - more]);
}

/* Every other block exchanges the CPUs; later, if that would always happen with the same builds. */
static size_t cpus_of(const struct gate_settings *s, unsigned int number)
{
	size_t pairs = s->builds[0].count * s->builds[1].count, at = number - 1;

	return (at + (pairs > 0 && pairs % 2 == 0 ? at / pairs : 0)) % 2;
}

/* ---- host noise ------------------------------------------------------------------------------ */

/* Running totals of this machine; NAN if it does not tell. */
struct noise {
	double at_s;	/* clock_seconds() */
	double idle_s;	/* of all CPUs */
	double steal_s; /* of all CPUs */
	double stall_s; /* pressure of memory and I/O */
	double own_s;	/* CPU time of this process and of the slices that have ended */
};

static double rusage_s(int who)
{
	struct rusage u;

	if (getrusage(who, &u) < 0)
		return NAN;
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static void noise_now(struct noise *out)
{
	double hz = (double)sysconf(_SC_CLK_TCK);
	struct machine_ticks ticks;

	*out = (struct noise){
		.at_s = clock_seconds(),
		.stall_s = usage_stall(),
		.own_s = rusage_s(RUSAGE_SELF) + rusage_s(RUSAGE_CHILDREN),
	};
	machine_ticks("", &ticks);
	out->idle_s = ticks.idle / hz;
	out->steal_s = ticks.stolen / hz;
}

/* The difference of two snapshots: wall_s, steal_s, foreign_s and stall_s. */
static void noise_between(struct gate_slice *slice, const struct noise *from,
	const struct noise *to, unsigned int cpus)
{
	slice->wall_s = to->at_s - from->at_s;
	slice->steal_s = to->steal_s - from->steal_s;
	slice->stall_s = to->stall_s - from->stall_s;
	/* negative because the kernel counts coarsely; sums over slices correct that */
	slice->foreign_s = slice->wall_s * cpus - (to->idle_s - from->idle_s) - slice->steal_s -
			   (to->own_s - from->own_s);
}

/* ---- one block ------------------------------------------------------------------------------- */

/* One that was given is for slices as long as was asked. */
double gate_slice_limit(const struct gate_settings *s, const struct gate_task *task)
{
	if (s->timeout_s > 0)
		return s->timeout_s + task->duration_s - s->duration_s;
	return watch_limit(s->warmup_s + task->duration_s + task->start_s);
}

/* `noise` holds the totals before the slice, and then those after it. */
static int run_slice(struct gate_run *g, struct gate_block *b, size_t i, struct noise *noise,
	struct slice_result *res)
{
	const struct gate_task *task = &g->plan->tasks[b->cell];
	bool is_new = gate_slice_is_new(b, i);
	const struct gate_version *v = &task->version[is_new];
	char *program = v->argv[0], *cpus = v->argv[v->cpus_at];
	const struct noise before = *noise;

	if (v->cpus_at != 0)
		v->argv[v->cpus_at] = task->cpus[cpus_of(g->s, b->number)];
	if (g->s->builds[is_new].count > 1)
		v->argv[0] = (char *)(uintptr_t)g->s->builds[is_new].program[b->build[is_new]];
	int r = slice_run(&b->slices[i], res, v->argv, &g->out->cells[b->cell].key,
		gate_slice_limit(g->s, task) + PATIENCE_S);

	noise_now(noise);
	noise_between(&b->slices[i], &before, noise, g->cpus);
	v->argv[v->cpus_at] = cpus;
	v->argv[0] = program;
	return r;
}

static void rate_disturbance(struct gate_block *b)
{
	double wall = 0, lost = 0;

	for (size_t i = 0; i < GATE_SLICES; i++) {
		const struct gate_slice *s = &b->slices[i];

		wall += s->wall_s;
		lost += isnan(s->steal_s) ? 0 : s->steal_s;
		lost += isnan(s->foreign_s) ? 0 : s->foreign_s;
		lost += isnan(s->stall_s) ? 0 : s->stall_s;
	}
	b->disturbance = fmax(lost / wall, 0);
}

/* A version that cannot run what the other can is not compared, and does not pass either. */
static void settle_skip(struct gate_cell *c, const struct slice_result skips[2])
{
	bool base = skips[0].status == STATUS_SKIP;

	c->status = base ? STATUS_SKIP : STATUS_FAIL;
	c->why = skips[0].why;
	if (!base)
		reason_set(&c->why, ENOTSUP, "new cannot run what base runs: %.200s",
			skips[1].why.text);
}

static void fail_cell(
	struct gate_cell *c, const struct gate_block *b, size_t slice, const struct reason *why)
{
	c->status = STATUS_FAIL;
	reason_set(&c->why, EIO, "%s, block %u: %.220s",
		gate_slice_is_new(b, slice) ? "new" : "base", b->number, why->text);
}

/* 0 whether or not the cell failed; -EINTR. */
static int run_block(struct gate_run *g, struct gate_block *b)
{
	struct gate_cell *c = &g->out->cells[b->cell];
	struct slice_result skips[2] = {{STATUS_OK, {""}}, {STATUS_OK, {""}}};
	struct noise noise;

	/* each slice begins where the previous one ended, so their sums miss nothing */
	noise_now(&noise);
	for (size_t i = 0; i < GATE_SLICES; i++) {
		struct slice_result res;
		int r = run_slice(g, b, i, &noise, &res);

		if (r == -EINTR)
			return r;
		if (r < 0 || res.status == STATUS_FAIL) {
			fail_cell(c, b, i, &res.why);
			return 0;
		}
		if (res.status == STATUS_SKIP)
			skips[gate_slice_is_new(b, i)] = res;
	}
	if (skips[0].status == STATUS_SKIP || skips[1].status == STATUS_SKIP)
		settle_skip(c, skips);
	rate_disturbance(b);
	return 0;
}

static struct gate_block *new_block(struct gate_run *g, size_t cell, unsigned int number)
{
	struct gate_results *out = g->out;
	const struct gate_task *task = &g->plan->tasks[cell];

	out->blocks = need_more(out->blocks, out->block_count + 1, sizeof(*out->blocks));
	struct gate_block *b = &out->blocks[out->block_count];
	size_t cpus = cpus_of(g->s, number);

	*b = (struct gate_block){
		.cell = cell,
		.number = number,
		.at_s = clock_seconds() - g->began_s,
		.reversed = gate_coin(g->s->seed, cell, number),
		.cpu_tx = task->cpu_tx[cpus],
		.cpu_rx = task->cpu_rx[cpus],
	};
	gate_choose_builds(
		b->build, (size_t[]){g->s->builds[0].count, g->s->builds[1].count}, number);
	return b;
}

static void replace_value(struct gate_version *v, size_t at, double value)
{
	free(v->argv[at]);
	v->argv[at] = need_copy(format_real(value).text);
}

/*
 * Whether to measure the first block of a cell again, with slices that are long enough for both
 * versions and have a reserve, because launches that are slow now and then have to count. Later
 * blocks are taken as they come; otherwise only slow slices would be lengthened.
 */
static bool lengthen(struct gate_run *g, const struct gate_block *b)
{
	struct gate_task *task = &g->plan->tasks[b->cell];
	double asked = g->s->duration_s, messages = gate_block_messages(b);
	double enough = GATE_MESSAGES * (task->duration_s > asked ? 1 : SPARE);
	double wanted = task->duration_s * GATE_MESSAGES * SPARE / messages;
	double longer = fmin(wanted, LONGER * asked);
	bool late = g->s->max_time_s > 0 && clock_seconds() - g->began_s > g->s->max_time_s;

	if (b->number > 1 || late || !(messages > 0 && messages < enough) ||
		!(longer > task->duration_s) || g->out->cells[b->cell].status != STATUS_OK)
		return false;
	task->duration_s = longer;
	for (size_t i = 0; i < 2; i++) {
		struct gate_version *v = &task->version[i];

		replace_value(v, v->duration_at, longer);
		if (v->timeout_at != 0)
			replace_value(v, v->timeout_at, gate_slice_limit(g->s, task));
	}
	return true;
}

/* ---- the whole ------------------------------------------------------------------------------- */

/* A cell that broke has no rows; their data go with them. */
static void drop_rows(struct gate_run *g)
{
	struct gate_results *out = g->out;
	size_t kept = 0;

	for (size_t i = 0; i < out->row_count; i++) {
		struct gate_row *row = &out->rows[i];

		if (out->cells[row->cell].status == STATUS_OK) {
			memmove(&out->rows[kept++], row, sizeof(*row));
		} else {
			free(row->d);
			row->d = NULL;
		}
	}
	out->row_count = kept;
}

bool gate_wants_more(const struct gate_results *r, size_t cell)
{
	for (size_t i = 0; i < r->row_count; i++) {
		const struct gate_row *row = &r->rows[i];

		if (row->cell == cell && !row->decided &&
			(!row->optional || gate_worsening(row) > log1p(row->min_effect)))
			return r->cells[cell].status == STATUS_OK;
	}
	return false;
}

/* Whether another block of every cell would end after --max-time. */
static bool out_of_time(const struct gate_run *g, size_t rounds)
{
	double elapsed = clock_seconds() - g->began_s;

	return g->s->max_time_s > 0 && rounds > 0 &&
	       elapsed + elapsed / (double)rounds > g->s->max_time_s;
}

/* Blocks from..to of every cell that wants them. 0, -EINTR, or 1 if time is over. */
static int run_rounds(struct gate_run *g, size_t from, size_t to, size_t most)
{
	size_t cells = g->out->cell_count;

	for (size_t number = from; number <= to; number++) {
		if (out_of_time(g, number - 1))
			return 1;
		for (size_t c = 0; c < cells; c++) {
			if (!gate_wants_more(g->out, c))
				continue;
			if (g->session != NULL)
				gate_session_show(g->session, &g->out->cells[c],
					(number - 1) * cells + c, most * cells);
			struct gate_block *b;

			do {
				b = new_block(g, c, (unsigned int)number);
				if (interrupted || run_block(g, b) < 0)
					return -EINTR;
			} while (lengthen(g, b));
			/* the blocks of a cell that broke are kept, its last one is not whole */
			g->out->block_count += g->out->cells[c].status == STATUS_OK;
		}
		drop_rows(g);
	}
	return 0;
}

/* An interrupted gate reaches no verdict, but its measurements are kept. */
static void withdraw(struct gate_results *out)
{
	out->interrupted = true;
	for (size_t i = 0; i < out->row_count; i++) {
		struct gate_row *row = &out->rows[i];

		row->found = gate_unjudged;
		row->look = 0;
		reason_set(&row->why, 0, "interrupted");
	}
}

static bool is_measured(const struct gate_run *g, const struct gate_group *group)
{
	for (size_t c = 0; c < g->out->cell_count; c++)
		if (g->plan->tasks[c].group == group && g->out->cells[c].status == STATUS_OK)
			return true;
	return false;
}

/*
 * A cell that a section of the option file names has to be measured, or the gate has not checked
 * it.
 */
static void settle_sections(struct gate_run *g)
{
	for (size_t i = 0; i < g->out->cell_count; i++) {
		const struct gate_group *group = g->plan->tasks[i].group;
		struct gate_cell *c = &g->out->cells[i];
		struct reason why = c->why;

		if (c->status != STATUS_SKIP || group->name == NULL || is_measured(g, group))
			continue;
		c->status = STATUS_FAIL;
		reason_set(&c->why, ENOTSUP, "nothing of section [%.40s] runs here: %.180s",
			group->name, why.text);
	}
}

/* The flags of the slices, and how long those of a slow cell were. */
static void note_cells(struct gate_run *g)
{
	struct gate_results *out = g->out;
	struct phrase flags;

	for (size_t c = 0; c < out->cell_count; c++) {
		const struct gate_task *task = &g->plan->tasks[c];

		if (gate_cell_flags(out, c, &flags) != 0)
			gate_note(out, "%.200s: slices flagged %s", out->cells[c].name, flags.text);
		if (task->duration_s > g->s->duration_s)
			gate_note(out,
				"%.200s: slices of %.0f ms, because shorter ones have too few messages",
				out->cells[c].name, 1e3 * task->duration_s);
	}
}

/* Blocks of a cell that was cut short, or dropped, may lack a build. */
static void note_builds(struct gate_run *g)
{
	const size_t n[2] = {g->out->builds[0].count, g->out->builds[1].count};
	size_t least = SIZE_MAX, most = 0;

	for (size_t i = 0; i < g->out->row_count; i++) {
		size_t df = g->out->rows[i].layout_df;

		least = df > 0 && df < least ? df : least;
		most = df > most ? df : most;
	}
	if (most > 0)
		gate_note(g->out,
			"%zu build%s of base and %zu of new took turns; layout is a random effect: "
			"intervals and p allow for another %zu and %zu (Student's t, %s "
			"of freedom)",
			n[0], n[0] == 1 ? "" : "s", n[1], n[0], n[1],
			least < most ? phrase("%zu to %zu degrees", least, most).text
				     : phrase("%zu degree%s", most, most == 1 ? "" : "s").text);
}

static void measure(struct gate_run *g)
{
	size_t looks[GATE_LOOKS], from = 1;
	int r = 0;

	gate_plan_looks(g->s, g->out->row_count, looks);
	for (unsigned int i = 0; i < g->s->rule.looks && r == 0; i++) {
		r = run_rounds(g, from, looks[i], looks[g->s->rule.looks - 1]);
		from = looks[i] + 1;
		if (r < 0)
			withdraw(g->out);
		else
			gate_look(g->out, g->s, i + 1, looks[i]);
	}
}

void gate_measure(struct gate_results *out, const struct gate_settings *s, struct gate_plan *plan,
	struct gate_session *session)
{
	struct gate_run g = {
		.s = s,
		.plan = plan,
		.out = out,
		.began_s = clock_seconds(),
		.cpus = (unsigned int)sysconf(_SC_NPROCESSORS_ONLN),
		.session = session,
	};

	*out = (struct gate_results){
		.command = "gate",
		.base = s->base,
		.new = s->new,
		.seed = s->seed,
		.rule = s->rule,
		.cells = plan->cells,
		.cell_count = plan->count,
		.rows = plan->rows,
		.row_count = plan->row_count,
	};
	if (s->programs)
		memcpy(out->builds, s->builds, sizeof(out->builds));
	if (out->row_count > 0)
		measure(&g);
	settle_sections(&g);
	note_cells(&g);
	note_builds(&g);
	/* the tasks stay behind */
	plan->cells = NULL;
	plan->rows = NULL;
	out->elapsed_s = clock_seconds() - g.began_s;
}

double gate_seconds(const struct gate_settings *s, const struct gate_plan *plan)
{
	size_t looks[GATE_LOOKS];
	double slice = s->duration_s + s->warmup_s + START_S, block = 0;

	gate_plan_looks(s, plan->row_count, looks);
	for (size_t c = 0; c < plan->count; c++)
		if (plan->cells[c].status == STATUS_OK)
			block += GATE_SLICES * (slice + plan->tasks[c].start_s);
	double most = (double)looks[s->rule.looks - 1] * block;

	return s->max_time_s > 0 ? fmin(most, s->max_time_s) : most;
}
