/* SPDX-License-Identifier: MIT */
#include "results/hgrm.h"

#include "text/format.h"
#include <errno.h>
#include <math.h>

#define TICKS_PER_HALF 5.0

struct hgrm {
	FILE *out;
	const struct hlog_histogram *h;
	uint64_t unit;
};

/* In the chosen unit, with as many decimals as the histogram has digits; halves are rounded up. */
static struct phrase exact(const struct hgrm *g, uint64_t value)
{
	uint64_t power = 1, whole = value / g->unit;

	for (unsigned int i = 0; i < g->h->shape.digits; i++)
		power *= 10;
	uint64_t part = (value % g->unit * power + g->unit / 2) / g->unit;

	whole += part / power;
	part %= power;
	if (power == 1)
		return phrase("%llu", (unsigned long long)whole);
	return phrase("%llu.%0*llu", (unsigned long long)whole, (int)g->h->shape.digits,
		(unsigned long long)part);
}

/* A computed value, likewise. */
static struct phrase computed(const struct hgrm *g, double value)
{
	return format_fixed(value / (double)g->unit, (int)g->h->shape.digits);
}

/* The level after `percent`: steps halve each time that half of the rest is passed. */
static double next_level(double percent)
{
	int halvings = ilogb(100 / (100 - percent)) + 1;

	return percent + ldexp(100 / TICKS_PER_HALF, -halvings);
}

static void put_row(const struct hgrm *g, uint64_t ns, double percent, uint64_t seen)
{
	/* A level is exact in binary, as a percentage: so is this, and halves are rounded up. */
	unsigned long long level = (unsigned long long)floorl((long double)percent * 1e10L + 0.5L);

	fprintf(g->out, "%12s %llu.%012llu %10llu", exact(g, ns).text, level / 1000000000000ULL,
		level % 1000000000000ULL, (unsigned long long)seen);
	if (percent < 100)
		fprintf(g->out, " %14s", format_fixed(1 / (1 - percent / 100), 2).text);
	fputc('\n', g->out);
}

/* Each level on the slot that reaches it; the last slot takes one, and then the maximum. */
static void put_rows(const struct hgrm *g)
{
	const struct hlog_histogram *h = g->h;
	uint64_t seen = 0, highest = 0;
	double level = 0;

	for (size_t i = 0; i < h->used; i++) {
		bool last = i + 1 == h->used;

		seen += h->slot[i].count;
		highest = hlog_highest(&h->shape, h->slot[i].index);
		while (level < 100 && 100.0 * (double)seen / (double)h->total >= level) {
			put_row(g, highest, level, seen);
			level = next_level(level);
			if (last)
				break;
		}
	}
	if (h->used != 0)
		put_row(g, highest, 100, seen);
}

int hgrm_write(FILE *out, const struct hlog_histogram *h, uint64_t unit)
{
	const struct hgrm g = {.out = out, .h = h, .unit = unit};
	double mean = h->total == 0 ? 0 : hlog_mean(h);
	double deviation = h->total == 0 ? 0 : hlog_deviation(h);

	errno = 0;
	fprintf(out, "%12s %14s %10s %14s\n\n", "Value", "Percentile", "TotalCount",
		"1/(1-Percentile)");
	put_rows(&g);
	fprintf(out, "#[Mean    = %12s, StdDeviation   = %12s]\n", computed(&g, mean).text,
		computed(&g, deviation).text);
	fprintf(out, "#[Max     = %12s, Total count    = %12llu]\n", exact(&g, hlog_max(h)).text,
		(unsigned long long)h->total);
	fprintf(out, "#[Buckets = %12u, SubBuckets     = %12u]\n", h->shape.buckets,
		2u << h->shape.half);
	return stream_status(out);
}
