/* SPDX-License-Identifier: MIT */
/* A run made by hand, for the tests of what is written about it. */
#ifndef IPCBENCH_TEST_RESULTS_H
#define IPCBENCH_TEST_RESULTS_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "results/results.h"
#include <errno.h>
#include <locale.h>

/* ---- a run of nine cells --------------------------------------------------------------------- */

enum { PIPE_LAT, SHM_LAT, NULL_LAT, PIPE_TP, UDP_TP, EVENTFD, FIFO, MQ, MQ_BIG, CELLS };

static const struct transport t_pipe = {.name = "pipe", .family = "pipes", .shape = SHAPE_STREAM};
static const struct transport t_fifo = {.name = "fifo", .family = "pipes", .shape = SHAPE_STREAM};
static const struct transport t_shm = {
	.name = "shm", .family = "shared-memory", .shape = SHAPE_MEMORY};
static const struct transport t_null = {.name = "null", .family = "harness", .shape = SHAPE_NULL};
static const struct transport t_udp = {
	.name = "udp", .family = "sockets", .shape = SHAPE_MESSAGE, .may_drop = true};
static const struct transport t_eventfd = {
	.name = "eventfd", .family = "notifications", .shape = SHAPE_NOTIFY};
static const struct transport t_mq = {
	.name = "posix-mq", .family = "message-queues", .shape = SHAPE_MESSAGE};

struct fixture {
	struct settings settings;
	struct plan plan;
	struct item items[CELLS];
	struct trial trials[2 * CELLS];
	struct summary summaries[CELLS];
	struct histogram *hists[CELLS];
	struct results results;
};

static inline struct item make_item(const struct transport *t, enum mode mode, size_t size)
{
	const struct cell_key key = {
		.transport = t->name, .mode = mode, .size = size, .placement = PLACE_SAME_CPU};

	return (struct item){.transport = t, .key = key, .cell = item_cell(&key, 1, 1)};
}

static inline struct trial *add_trial(struct fixture *f, int item, unsigned int number)
{
	struct trial *t = &f->trials[f->results.trial_count++];

	*t = trial_of(&f->items[item]);
	t->number = number;
	t->order = (unsigned int)f->results.trial_count;
	t->clock = "tsc";
	t->lat_kind = f->items[item].key.mode == MODE_LATENCY ? "rtt" : "";
	return t;
}

static inline void two_latency_trials(
	struct fixture *f, int item, double p50, double p99, double cpu)
{
	for (unsigned int n = 1; n <= 2; n++) {
		struct trial *t = add_trial(f, item, n);

		t->value[METRIC_DURATION_S] = 0.25;
		t->value[METRIC_MESSAGES] = 600;
		t->value[METRIC_LAT_COUNT] = 600;
		t->value[METRIC_LAT_P50] = p50 + 100 * n;
		t->value[METRIC_LAT_P99] = p99;
		t->value[METRIC_LAT_MAX] = 150000 * n;
		t->value[METRIC_CPU_PER_MSG] = cpu;
	}
}

static inline void two_throughput_trials(struct fixture *f, int item, double rate, double cpu)
{
	for (unsigned int n = 1; n <= 2; n++) {
		struct trial *t = add_trial(f, item, n);
		double size = (double)f->items[item].key.size;

		t->value[METRIC_DURATION_S] = 0.25;
		t->value[METRIC_MESSAGES] = rate / 4;
		t->value[METRIC_MSGS_PER_S] = rate * n;
		t->value[METRIC_BYTES_PER_S] = size > 0 ? rate * n * size : NAN;
		t->value[METRIC_LOST] = f->items[item].transport->may_drop ? rate / 400 : NAN;
		t->value[METRIC_CPU_PER_MSG] = cpu;
		t->value[METRIC_CPU_PER_BYTE] = size > 0 ? cpu / size : NAN;
	}
}

static inline void summarise_all(struct fixture *f)
{
	for (int i = 0; i < CELLS; i++) {
		const double *values[2 * CELLS];
		size_t n = 0;

		for (size_t k = 0; k < f->results.trial_count; k++) {
			const struct trial *t = &f->trials[k];

			if (t->item == &f->items[i] && t->status == STATUS_OK)
				values[n++] = t->value;
		}
		summarise(&f->summaries[i], values, n);
	}
}

static inline void make_items(struct fixture *f)
{
	f->items[PIPE_LAT] = make_item(&t_pipe, MODE_LATENCY, 64);
	f->items[SHM_LAT] = make_item(&t_shm, MODE_LATENCY, 64);
	f->items[SHM_LAT].key.transport = "shm:segment=sysv";
	f->items[SHM_LAT].key.wait = WAIT_SPIN;
	f->items[SHM_LAT].key.copy = COPY_INPLACE;
	f->items[NULL_LAT] = make_item(&t_null, MODE_LATENCY, 64);
	f->items[PIPE_TP] = make_item(&t_pipe, MODE_THROUGHPUT, 4096);
	f->items[UDP_TP] = make_item(&t_udp, MODE_THROUGHPUT, 4096);
	f->items[EVENTFD] = make_item(&t_eventfd, MODE_LATENCY, 0);
	f->items[FIFO] = make_item(&t_fifo, MODE_LATENCY, 64);
	f->items[MQ] = make_item(&t_mq, MODE_LATENCY, 64);
	f->items[MQ_BIG] = make_item(&t_mq, MODE_LATENCY, 65536);
}

static inline void skip_and_fail(struct fixture *f)
{
	static const char gone[] = "the receiver was killed by signal 9";
	struct trial *t = add_trial(f, PIPE_TP, 3);

	t->status = STATUS_FAIL;
	snprintf(t->reason.text, sizeof(t->reason.text), "%s", gone);
	for (int i = FIFO; i <= MQ; i++) {
		t = add_trial(f, i, 0);
		t->status = STATUS_SKIP;
		t->order = 0;
		t->clock = t->lat_kind = NULL;
		snprintf(t->reason.text, sizeof(t->reason.text), "not here, \"never\"");
		f->items[i].skip = -ENOSYS;
		f->items[i].why = t->reason;
	}
	/* MQ_BIG is never launched: the run was interrupted */
}

static inline int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->settings =
		(struct settings){.duration_s = 0.25, .trials = 2, .seed = 7, .label = "base"};
	f->plan = (struct plan){.settings = &f->settings,
		.items = f->items,
		.item_count = CELLS,
		.launch_count = 14};
	f->results = (struct results){.plan = &f->plan,
		.run_id = "20261121T020000Z-00000007",
		.trials = f->trials,
		.summaries = f->summaries,
		.hists = {f->hists, NULL},
		.interrupted = true};
	make_items(f);
	two_latency_trials(f, PIPE_LAT, 2000, 3500, 2100.5);
	two_latency_trials(f, SHM_LAT, 200, NAN, 512);
	two_latency_trials(f, NULL_LAT, -70, 60, 40);
	two_throughput_trials(f, PIPE_TP, 1e6, 800);
	two_throughput_trials(f, UDP_TP, 4e5, 2500);
	two_latency_trials(f, EVENTFD, 1800, 3000, 1900);
	skip_and_fail(f);
	f->trials[0].flags = FLAG_STEAL | FLAG_LOW_SAMPLES;
	summarise_all(f);
	*state = f;
	return 0;
}

static inline int teardown(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < CELLS; i++)
		free(f->hists[i]);
	free(f);
	setlocale(LC_ALL, "C");
	return 0;
}

/* ---- helpers --------------------------------------------------------------------------------- */

typedef int (*writer)(FILE *, const void *results);

static inline char *written(writer write, const struct results *r)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	assert_int_equal(write(out, r), 0);
	fclose(out);
	return text;
}

#endif
