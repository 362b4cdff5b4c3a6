/* SPDX-License-Identifier: MIT */
/*
 * make-logs DIR: seeded histogram logs for readers that are not ours to read, one per kind and
 * seed, named after the tag of their intervals.
 */
#include "hist/log.h"
#include "hist/slots.h"
#include "measure/hist.h"
#include "plan/plan.h"
#include <stdlib.h>
#include <string.h>

enum { SEEDS = 4, INTERVALS = 3 };

/* ---- kinds of values ------------------------------------------------------------------------- */

static uint64_t narrow(uint64_t *s)
{
	return 5000 + order_random(s) % 300;
}

/* Every order of magnitude alike, 1 ns to above an hour. */
static uint64_t wide(uint64_t *s)
{
	return order_random(s) >> (21 + order_random(s) % 43);
}

static uint64_t long_tail(uint64_t *s)
{
	uint64_t r = order_random(s);

	return r % 1000 < 990	? 2000 + r % 97
	       : r % 1000 < 999 ? 80000 + r % 9999
				: 20000000 + r % 1999999;
}

static uint64_t one_value(uint64_t *s)
{
	order_random(s);
	return 123456789;
}

static uint64_t small(uint64_t *s)
{
	return order_random(s) % 5;
}

static const struct kind {
	const char *name;
	uint64_t (*draw)(uint64_t *);
	uint64_t values;
	uint64_t counted; /* values count up to so many times */
	struct hlog_shape shape;
} kinds[] = {
	{"narrow", narrow, 20000, 1, {.digits = 3, .lowest = 1, .highest = HIST_MAX_NS}},
	{"wide", wide, 20000, 1, {.digits = 3, .lowest = 1, .highest = HIST_MAX_NS}},
	{"tail", long_tail, 200000, 1, {.digits = 3, .lowest = 1, .highest = HIST_MAX_NS}},
	{"one-value", one_value, 1000, 1, {.digits = 3, .lowest = 1, .highest = HIST_MAX_NS}},
	{"one-count", wide, 1, 1, {.digits = 3, .lowest = 1, .highest = HIST_MAX_NS}},
	{"empty", wide, 0, 1, {.digits = 3, .lowest = 1, .highest = HIST_MAX_NS}},
	{"small", small, 100, 1, {.digits = 3, .lowest = 1, .highest = HIST_MAX_NS}},
	{"large-counts", long_tail, 500, 1000000000,
		{.digits = 3, .lowest = 1, .highest = HIST_MAX_NS}},
	{"other-digits", wide, 5000, 7, {.digits = 2, .lowest = 1, .highest = HIST_MAX_NS}},
	{"other-range", long_tail, 5000, 7,
		{.digits = 4, .lowest = 1000, .highest = UINT64_C(1) << 35}},
};

/* ---- files ----------------------------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Slots are appended in order, so values are drawn first and sorted. */
static int fill(struct hlog_histogram *h, const struct kind *k, uint64_t *seed)
{
	uint64_t *values = calloc(k->values + 1, sizeof(*values));
	int r = values == NULL ? -1 : 0;

	for (uint64_t i = 0; r == 0 && i < k->values; i++) {
		values[i] = k->draw(seed);
		if (values[i] > h->shape.highest)
			values[i] = h->shape.highest;
	}
	if (r == 0)
		qsort(values, k->values, sizeof(*values), by_value);
	for (uint64_t i = 0, same; r == 0 && i < k->values; i += same) {
		uint32_t index = hlog_index(&h->shape, values[i]);

		for (same = 1;
			i + same < k->values && hlog_index(&h->shape, values[i + same]) == index;
			same++) {
		}
		r = hlog_append(h, index, same * (1 + order_random(seed) % k->counted));
	}
	free(values);
	return r;
}

static int write_interval(
	FILE *out, const struct kind *k, const char *tag, unsigned int i, uint64_t *seed)
{
	struct hlog_shape shape = k->shape;
	struct hlog_histogram h;

	shape.ratio = 1;
	if (hlog_shape_set(&shape, NULL) < 0)
		return -1;
	h = (struct hlog_histogram){.shape = shape};
	int r = fill(&h, k, seed);
	char *text = r < 0 ? NULL : hlog_encode(&h);

	r = text == NULL ? -1 : hlog_write_interval(out, tag, i * 1.5, 1.25, hlog_max(&h), text);
	free(text);
	hlog_free(&h);
	return r;
}

static int write_log(const char *dir, const struct kind *k, uint64_t seed)
{
	char tag[40], path[4096];
	unsigned int intervals = 1 + (unsigned int)(seed % INTERVALS);

	snprintf(tag, sizeof(tag), "%s-%llu", k->name, (unsigned long long)seed);
	snprintf(path, sizeof(path), "%s/%s.hlog", dir, tag);
	FILE *out = fopen(path, "we");

	if (out == NULL)
		return -1;
	int r = hlog_write_head(out, 1795250889.125, tag);

	for (unsigned int i = 0; r == 0 && i < intervals; i++)
		r = write_interval(out, k, tag, i, &seed);
	return fclose(out) != 0 ? -1 : r;
}

int main(int argc, char **argv)
{
	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
		for (uint64_t seed = 1; seed <= SEEDS; seed++) {
			if (argc != 2 || write_log(argv[1], &kinds[k], seed) < 0) {
				perror("make-logs DIR");
				return 1;
			}
		}
	}
	return 0;
}
