/* SPDX-License-Identifier: MIT */
/*
 * write-formats KIND DIR: every format of a made-up comparison, a file each.
 *
 *   few      every verdict once, hostile text, by hand
 *   one      a single row
 *   many     a dozen cells of a longer gate, seeded
 *   stored   stored runs of machines that differ: no blocks, and advisory
 */
#include "gate/gate.h"
#include "made-up.h"
#include "plan/plan.h"
#include "text/format.h"

/* ---- a dozen cells --------------------------------------------------------------------------- */

struct sort {
	const char *transport, *wait, *copy, *mode, *size_name;
	uint64_t size;
	double value, effect, noise; /* of one slice; ln(new / base); of a block */
};

static const struct sort sorts[] = {
	{"pipe", "block", "copy", "latency", "64 B", 64, 2150, 0.07, 0.012},
	{"pipe", "block", "copy", "throughput", "64 KiB", 65536, 61e3, -0.002, 0.02},
	{"unix-stream", "block", "copy", "latency", "64 B", 64, 4650, 0.004, 0.009},
	{"unix-seqpacket", "epoll", "copy", "latency", "4 KiB", 4096, 7400, -0.06, 0.015},
	{"tcp:nodelay=on,congestion=cubic", "block", "copy", "latency", "64 B", 64, 15200, 0.01,
		0.08},
	{"shm:segment=memfd,waiter=futex", "spin", "inplace", "throughput", "64 KiB", 65536, 1.4e6,
		0.001, 0.03},
};

/* About normal, with the deviation 1: twelve uniform numbers. */
static double normal(uint64_t *state)
{
	double sum = -6;

	for (int i = 0; i < 12; i++)
		sum += (double)(order_random(state) >> 11) / 9007199254740992.0;
	return sum;
}

static enum gate_metric metric_of(const struct sort *s)
{
	return strcmp(s->mode, "throughput") == 0 ? GATE_THROUGHPUT : GATE_LATENCY;
}

static void fill_block(
	struct gate_block *b, const struct sort *s, unsigned int blocks, uint64_t *seed)
{
	/* the machine grows slower, and a little more so in the middle of a block */
	double drift = 0.03 * b->number / blocks, common = s->noise * normal(seed);

	b->reversed = order_random(seed) % 2;
	b->dropped = order_random(seed) % 13 == 0;
	b->disturbance = b->dropped ? 0.06 : 0.002;
	b->cpu_tx = 0;
	b->cpu_rx = 1;
	for (size_t i = 0; i < GATE_SLICES; i++) {
		struct gate_slice *slice = &b->slices[i];
		double ln = drift + common + s->noise * normal(seed) +
			    (gate_slice_is_new(b, i) ? s->effect : 0) +
			    (b->dropped ? 0.1 * fabs(normal(seed)) : 0);

		for (int m = 0; m < GATE_METRIC_COUNT; m++)
			slice->value[m] = NAN;
		slice->value[metric_of(s)] =
			s->value * exp(metric_of(s) == GATE_THROUGHPUT ? -ln : ln);
		slice->value[GATE_CPU] =
			(metric_of(s) == GATE_LATENCY ? 0.95 * s->value : 1.7e9 / s->value) *
			exp(ln / 2);
		slice->wall_s = 0.26;
		slice->steal_s = 0.001;
		slice->foreign_s = b->dropped ? 0.015 : 0.0005;
	}
}

/* Values of the kept blocks' slices of one version; returns the median. */
static double middle(const struct gate_results *r, size_t cell, enum gate_metric m, bool new)
{
	double v[4 * 64];
	size_t n = 0;

	for (size_t i = 0; i < r->block_count; i++) {
		for (size_t k = 0; k < GATE_SLICES && r->blocks[i].cell == cell; k++) {
			if (gate_slice_is_new(&r->blocks[i], k) == new && !r->blocks[i].dropped)
				v[n++] = r->blocks[i].slices[k].value[m];
		}
	}
	sort_ascending(v, n);
	return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

/* What a gate would say: here from the mean, which will do for numbers that are made up. */
static void judge(struct gate_results *r, size_t cell, enum gate_metric m)
{
	double sum = 0, squares = 0;
	unsigned int n = 0, dropped = 0;

	for (size_t i = 0; i < r->block_count; i++) {
		const struct gate_block *b = &r->blocks[i];
		double d = 0;

		for (size_t k = 0; k < GATE_SLICES && b->cell == cell; k++)
			d += (gate_slice_is_new(b, k) ? 0.5 : -0.5) * log(b->slices[k].value[m]);
		dropped += b->cell == cell && b->dropped;
		n += b->cell == cell && !b->dropped;
		sum += b->dropped ? 0 : d;
		squares += b->dropped ? 0 : d * d;
	}
	double mean = sum / n, error = sqrt((squares / n - mean * mean) / n);
	double worse = m == GATE_THROUGHPUT ? -mean : mean;
	enum gate_verdict v = worse - 4 * error > 0	  ? VERDICT_REGRESSION
			      : worse + 2 * error > 0.05  ? VERDICT_INCONCLUSIVE
			      : -worse - 4 * error > 0.03 ? VERDICT_IMPROVED
							  : VERDICT_PASS;
	struct gate_row *row =
		made_up_row(r, m, middle(r, cell, m, false), middle(r, cell, m, true), exp(mean),
			exp(mean - 2 * error), exp(mean + 2 * error), v);

	row->cell = cell;
	row->blocks = n;
	row->dropped = dropped;
	row->found.mde = exp(6 * error) - 1;
}

static struct gate_results *made_up_many(size_t cells, unsigned int blocks)
{
	struct gate_results *r = made_up_new(cells, 2 * cells, cells * blocks);
	uint64_t seed = 3;
	char name[200];

	for (size_t i = 0; i < cells; i++) {
		const struct sort *s = &sorts[i % ARRAY_SIZE(sorts)];
		const char *place = i < ARRAY_SIZE(sorts) ? "same-llc" : "cross-numa";

		snprintf(name, sizeof(name), "%s %s%s %s %s %s", s->transport, s->wait,
			strcmp(s->copy, "copy") == 0 ? "" : " inplace", s->mode, s->size_name,
			place);
		struct gate_cell *c = made_up_cell(r, name, s->transport, s->mode, s->size);

		axis_read(&c->key, AXIS_WAIT, s->wait);
		axis_read(&c->key, AXIS_COPY, s->copy);
		axis_read(&c->key, AXIS_PLACEMENT, place);
	}
	for (unsigned int n = 1; n <= blocks; n++) {
		for (size_t i = 0; i < cells; i++) {
			struct gate_block *b = &r->blocks[r->block_count];

			*b = (struct gate_block){
				.cell = i, .number = n, .at_s = 1.1 * (double)r->block_count};
			fill_block(b, &sorts[i % ARRAY_SIZE(sorts)], blocks, &seed);
			r->block_count++;
		}
	}
	for (size_t i = 0; i < cells; i++) {
		judge(r, i, metric_of(&sorts[i % ARRAY_SIZE(sorts)]));
		judge(r, i, GATE_CPU);
	}
	return r;
}

/* ---- kinds ----------------------------------------------------------------------------------- */

static struct gate_results *make(const char *kind)
{
	if (strcmp(kind, "few") == 0)
		return made_up_few();
	if (strcmp(kind, "many") == 0)
		return made_up_many(12, 40);
	if (strcmp(kind, "one") == 0) {
		struct gate_results *r = made_up_many(1, 16);

		r->row_count = 1;
		return r;
	}
	struct gate_results *r = made_up_few();

	r->command = "compare";
	r->advisory = true;
	r->block_count = 0;
	for (size_t i = 0; i < r->row_count; i++)
		r->rows[i].dropped = r->rows[i].blocks + 2;
	return r;
}

/* ---- files ----------------------------------------------------------------------------------- */

static int table_80(FILE *out, const void *r)
{
	return document_print(out, DOC_TERMINAL, gate_fill, r, 80, false);
}

static const struct {
	const char *name;
	output_writer *write;
} formats[] = {
	{"table.txt", table_80},
	{"report.md", gate_markdown_write},
	{"gate.json", gate_json_write},
	{"compare.csv", gate_compare_csv_write},
	{"blocks.csv", gate_blocks_csv_write},
	{"junit.xml", gate_junit_write},
	{"bigger.json", gate_action_bigger_write},
	{"smaller.json", gate_action_smaller_write},
	{"bmf.json", gate_bmf_write},
};

int main(int argc, char **argv)
{
	char path[4096];
	int failed = argc != 3;
	struct gate_results *r = failed ? NULL : make(argv[1]);

	for (size_t i = 0; !failed && i < ARRAY_SIZE(formats); i++) {
		snprintf(path, sizeof(path), "%s/%s", argv[2], formats[i].name);
		FILE *out = fopen(path, "we");

		failed = out == NULL || formats[i].write(out, r) != 0;
		if (out != NULL)
			failed |= fclose(out) != 0;
	}
	if (r != NULL)
		made_up_free(r);
	if (failed)
		fprintf(stderr, "write-formats KIND DIR\n");
	return failed;
}
