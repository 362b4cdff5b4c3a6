/* SPDX-License-Identifier: MIT */
/* Made-up mechanisms and measured cells to choose from. Included first. */
#ifndef ADVICE_WORLD_H
#define ADVICE_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* these come first: cmocka.h does not include them */
#include "advise/advice.h"
#include <cmocka.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MADE_UP(n, f, a, r, s, p, ...)                                                             \
	{                                                                                          \
		.name = n, .family = f, .summary = "made up", .api = a, .reach = r, .shape = s,    \
		.persistence = p, .waits = WAIT_BIT_BLOCK | WAIT_BIT_SPIN, __VA_ARGS__             \
	}

/* One of each kind, in an order that is not that of simplicity. */
static const struct transport made_up[] = {
	MADE_UP("ring", "shared-memory", API_LINUX, REACH_KIN, SHAPE_MEMORY, PERSIST_PROCESS,
		.topologies = FAN_OUT_EVERY | SERVE_THREADS),
	MADE_UP("tube", "pipes", API_POSIX, REACH_KIN, SHAPE_STREAM, PERSIST_PROCESS),
	MADE_UP("named", "pipes", API_POSIX, REACH_HOST, SHAPE_STREAM, PERSIST_FILE),
	MADE_UP("stream", "sockets", API_BSD, REACH_NETWORK, SHAPE_STREAM, PERSIST_PROCESS),
	MADE_UP("packet", "sockets", API_BSD, REACH_HOST, SHAPE_MESSAGE, PERSIST_PROCESS,
		.topologies = FAN_IN | FAN_OUT_ONE),
	MADE_UP("lossy", "sockets", API_BSD, REACH_NETWORK, SHAPE_MESSAGE, PERSIST_PROCESS,
		.may_drop = true),
	MADE_UP("queue", "message-queues", API_SYSV, REACH_HOST, SHAPE_MESSAGE, PERSIST_KERNEL),
	MADE_UP("bell", "notifications", API_POSIX, REACH_HOST, SHAPE_NOTIFY, PERSIST_PROCESS),
	MADE_UP("floor", "harness", API_NONE, REACH_KIN, SHAPE_NULL, PERSIST_PROCESS),
};

enum { WORLD_CELLS = 64 };

struct world {
	struct measured_cell cells[WORLD_CELLS];
	struct stored_run measured;
	const struct transport *transports[ARRAY_SIZE(made_up)];
	struct needs needs;
	struct advice advice;
	struct reason why;
};

static inline int set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	w->measured.cells = w->cells;
	for (size_t i = 0; i < ARRAY_SIZE(made_up); i++)
		w->transports[i] = &made_up[i];
	*state = w;
	return 0;
}

static inline int tear_down(void **state)
{
	struct world *w = *state;

	advice_free(&w->advice);
	free(w);
	return 0;
}

static inline void set_metric(
	struct measured_cell *c, enum metric m, double lo, double median, double hi)
{
	c->summary.metric[m] =
		(struct estimate){.median = median, .ci_lo = lo, .ci_hi = hi, .min = lo, .max = hi};
}

/* A cell between two CPUs that has ended well, without any figure; a size of 0: a notification. */
static inline struct measured_cell *add_cell(
	struct world *w, const char *transport, const char *mode, size_t size)
{
	assert_true(w->measured.cell_count < WORLD_CELLS);
	struct measured_cell *c = &w->cells[w->measured.cell_count++];

	*c = (struct measured_cell){.ok = true, .reason = ""};
	c->key = (struct cell_key){
		.transport = transport, .size = size, .placement = PLACE_SAME_LLC};
	axis_read(&c->key, AXIS_MODE, mode);
	c->summary.trials = 6;
	for (int m = 0; m < METRIC_COUNT; m++)
		set_metric(c, (enum metric)m, NAN, NAN, NAN);
	return c;
}

/* A round trip in microseconds, a tenth of it wide; p99 is twice as long, CPU as long. */
static inline struct measured_cell *add_trips(
	struct world *w, const char *transport, size_t size, double us)
{
	struct measured_cell *c = add_cell(w, transport, "latency", size);
	double ns = us * 1000;

	set_metric(c, METRIC_LAT_P50, ns * 0.95, ns, ns * 1.05);
	set_metric(c, METRIC_LAT_P99, ns * 1.9, ns * 2, ns * 2.1);
	set_metric(c, METRIC_CPU_PER_MSG, ns * 0.95, ns, ns * 1.05);
	return c;
}

/* So many messages per second, a tenth of it wide, and `cpu_ns` for each. */
static inline struct measured_cell *add_stream(
	struct world *w, const char *transport, size_t size, double per_s, double cpu_ns)
{
	struct measured_cell *c = add_cell(w, transport, "throughput", size);
	double bytes = (double)size;

	set_metric(c, METRIC_MSGS_PER_S, per_s * 0.95, per_s, per_s * 1.05);
	set_metric(
		c, METRIC_BYTES_PER_S, per_s * bytes * 0.95, per_s * bytes, per_s * bytes * 1.05);
	set_metric(c, METRIC_CPU_PER_MSG, cpu_ns * 0.95, cpu_ns, cpu_ns * 1.05);
	return c;
}

/* Judges what `need` asks for; NULL = nothing. */
static inline int judge_as(
	struct world *w, const char *need, const struct stored_run *m, enum ranking ranking)
{
	struct judge_input in = {
		.transports = w->transports,
		.transport_count = ARRAY_SIZE(made_up),
		.measured = m,
		.needs = &w->needs,
		.ranking = ranking,
	};

	needs_init(&w->needs);
	if (need != NULL && needs_parse(&w->needs, need, &w->why) != 0)
		fail_msg("%s", w->why.text);
	advice_free(&w->advice);
	return advise_judge(&w->advice, &in, &w->why);
}

static inline const struct advice *judge(struct world *w, const char *need)
{
	if (judge_as(w, need, &w->measured, RANK_AUTO) != 0)
		fail_msg("%s", w->why.text);
	return &w->advice;
}

/* Those that qualify, in their order: "tube stream". */
static inline void expect_order(const struct advice *a, const char *names)
{
	char found[512] = "";
	size_t used = 0;

	for (size_t i = 0; i < a->qualified; i++)
		used += (size_t)snprintf(found + used, sizeof(found) - used, "%s%s%s",
			i == 0 ? "" : " ", a->items[i].key.transport,
			a->items[i].key.wait == WAIT_SPIN ? "/spin" : "");
	assert_string_equal(found, names);
}

static inline const struct candidate *find(const struct advice *a, const char *name)
{
	for (size_t i = 0; i < a->count; i++)
		if (strcmp(a->items[i].key.transport, name) == 0)
			return &a->items[i];
	fail_msg("%s is not listed", name);
	return NULL;
}

static inline void expect_out(const struct advice *a, const char *name, enum obstacle o)
{
	assert_int_equal(find(a, name)->obstacle, o);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
