/* SPDX-License-Identifier: MIT */
/* A comparison made by hand, for the tests of what is written about it: every verdict once. */
#ifndef IPCBENCH_TEST_GATE_MADE_UP_H
#define IPCBENCH_TEST_GATE_MADE_UP_H

#include "gate/gate.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOSTILE "a|b,\"c\"\033[31m\xff\n</testcase>&<!-- $x `y` \xef\xbf\xbe"

static inline struct gate_results *made_up_new(size_t cells, size_t rows, size_t blocks)
{
	struct gate_results *r = calloc(1, sizeof(*r));

	*r = (struct gate_results){
		.command = "gate",
		.base = "v1.0",
		.new = "HEAD",
		.run_id = "20261121T020000Z-00000007",
		.seed = 7,
		.rule = GATE_RULE_DEFAULT,
		.elapsed_s = 723,
		.machine = "Some CPU, 2 CPUs, Linux 6.1",
		.env_json = "{\"cpu\": {\"model\": \"Some CPU\"}}",
		.cells = calloc(cells, sizeof(*r->cells)),
		.rows = calloc(rows, sizeof(*r->rows)),
		.blocks = calloc(blocks + 1, sizeof(*r->blocks)),
		.notes = calloc(4, sizeof(*r->notes)),
	};
	return r;
}

static inline void made_up_free(struct gate_results *r)
{
	gate_results_free(r);
	free(r);
}

static inline struct gate_cell *made_up_cell(struct gate_results *r, const char *name,
	const char *transport, const char *mode, uint64_t size)
{
	struct gate_cell *c = &r->cells[r->cell_count++];

	*c = (struct gate_cell){.name = strdup(name),
		.base = strdup(transport),
		.new = strdup(transport),
		.key = {.transport = transport, .size = size}};
	axis_read(&c->key, AXIS_MODE, mode);
	return c;
}

static inline void made_up_bad_cell(struct gate_results *r, const char *name, const char *transport,
	enum status status, const char *why)
{
	struct gate_cell *c = made_up_cell(r, name, transport, "latency", 64);

	c->status = status;
	snprintf(c->why.text, sizeof(c->why.text), "%s", why);
}

static inline struct gate_row *made_up_row(struct gate_results *r, enum gate_metric m, double base,
	double new, double ratio, double lo, double hi, enum gate_verdict verdict)
{
	struct gate_row *row = &r->rows[r->row_count++];

	*row = (struct gate_row){.cell = r->cell_count - 1,
		.metric = m,
		.blocks = 24,
		.dropped = 1,
		.base = base,
		.new = new,
		.found = {.ratio = ratio,
			.ci_lo = lo,
			.ci_hi = hi,
			.p = 0.25,
			.p_adjusted = 0.5,
			.mde = 0.021,
			.verdict = verdict},
		.tolerance = 0.05,
		.min_effect = 0.03,
		.look = 2};
	return row;
}

/* A block of the first cell whose slices differ by what the numbers in `values` say. */
static inline void made_up_block(
	struct gate_results *r, bool reversed, const double values[GATE_SLICES], bool dropped)
{
	struct gate_block *b = &r->blocks[r->block_count];

	*b = (struct gate_block){.cell = 0,
		.number = (unsigned int)r->block_count + 1,
		.at_s = 1.5 * (double)r->block_count,
		.reversed = reversed,
		.cpu_tx = 1,
		.cpu_rx = 1,
		.disturbance = dropped ? 0.25 : 0.001,
		.dropped = dropped};
	for (size_t i = 0; i < GATE_SLICES; i++) {
		struct gate_slice *s = &b->slices[i];

		for (int m = 0; m < GATE_METRIC_COUNT; m++)
			s->value[m] = NAN;
		s->value[GATE_LATENCY] = values[i];
		s->wall_s = 0.25;
		s->foreign_s = dropped ? 0.25 : 0;
	}
	r->block_count++;
}

static inline struct gate_results *made_up_few(void)
{
	static const double abba[] = {2000, 2200, 2200, 2000}, baab[] = {2420, 2000, 2000, 2420};
	struct gate_results *r = made_up_new(5, 8, 2);

	made_up_cell(r, "pipe block latency 64 B same-cpu", "pipe", "latency", 64);
	made_up_row(r, GATE_LATENCY, 2150, 2305, 1.072, 1.059, 1.084, VERDICT_REGRESSION)
		->found.p_adjusted = 3.125e-05;
	made_up_row(r, GATE_P99, 3500, 3520, 1.004, 0.981, 1.028, VERDICT_PASS);
	made_up_row(r, GATE_CPU, 2100.5, 1953, 0.93, 0.92, 0.94, VERDICT_IMPROVED);
	made_up_cell(r, "shm:segment=memfd,waiter=futex block inplace throughput 64 KiB same-cpu",
		"shm:segment=memfd,waiter=futex", "throughput", 65536)
		->key.copy = COPY_INPLACE;
	made_up_row(r, GATE_THROUGHPUT, 1.2e6, 1.18e6, 0.985, 0.93, 1.04, VERDICT_INCONCLUSIVE)
		->found.mde = 0.11;
	struct gate_row *row =
		made_up_row(r, GATE_CPU, 830, NAN, NAN, 0, INFINITY, VERDICT_INCONCLUSIVE);

	row->blocks = row->look = 0;
	row->found.p = row->found.p_adjusted = NAN;
	row->found.mde = INFINITY;
	made_up_cell(r, "unix-stream block latency 64 B same-cpu", "unix-stream", "latency", 64);
	made_up_row(r, GATE_LATENCY, 4650, 4650, 1, 0.996, 1.004, VERDICT_PASS);
	made_up_bad_cell(r, "posix-mq block latency 64 B same-cpu", "posix-mq", STATUS_SKIP,
		"the base has no posix-mq, \"never\" had");
	made_up_bad_cell(r, HOSTILE " latency", HOSTILE, STATUS_FAIL, "new: " HOSTILE);
	made_up_block(r, false, abba, false);
	made_up_block(r, true, baab, true);
	r->notes[r->note_count++] = strdup("1 block dropped: other processes took CPU time");
	return r;
}

#endif
