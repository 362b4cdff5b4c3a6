/* SPDX-License-Identifier: MIT */
#include "stats/signed-rank.h"

#include "text/format.h"
#include "text/memory.h"

/* ---- what the rank tests have in common ------------------------------------------------------ */

struct shift shift_at(const double *sorted, size_t count, size_t depth)
{
	return (struct shift){
		.estimate = sorted_median(sorted, count),
		.ci_lo = depth > 0 ? sorted[depth - 1] : -INFINITY,
		.ci_hi = depth > 0 ? sorted[count - depth] : INFINITY,
		.p = NAN,
	};
}

size_t rank_depth(
	double (*below)(const void *null, size_t t), const void *null, size_t count, double tail)
{
	size_t low = 0, high = count / 2 + 1; /* below(low - 1) <= tail < below(high - 1) */

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (below(null, middle - 1) <= tail)
			low = middle;
		else
			high = middle;
	}
	return low;
}

double rank_sorted(const double *sorted, size_t n, size_t *rank)
{
	double ties = 0;

	for (size_t first = 0, end; first < n; first = end) {
		for (end = first + 1; end < n && sorted[end] == sorted[first];)
			end++;
		for (size_t i = first; i < end; i++)
			rank[i] = first + 1 + end;
		double t = (double)(end - first);

		ties += t * t * t - t;
	}
	return ties;
}

size_t rank_of(double value, const double *sorted, size_t n, const size_t *rank)
{
	const double *at = bsearch(&value, sorted, n, sizeof(*sorted), sorted_ascending);

	return rank[at - sorted];
}

double normal_quantile(double tail)
{
	double low = 0, high = 40;

	for (int i = 0; i < 60; i++) {
		double middle = (low + high) / 2;

		if (erfc(middle * M_SQRT1_2) / 2 > tail)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* ---- the distribution ------------------------------------------------------------------------ */

/*
 * Lets one more size take part: to[t] = P(sum = t) for t = 0 .. top, where from[] was that without
 * it and 0 above its own top. In probabilities, so that nothing overflows; the smallest, 2^-1000,
 * is still a normal double.
 */
static void add_size(double *restrict to, const double *restrict from, size_t top, size_t size)
{
	size_t below = size < top + 1 ? size : top + 1;

	for (size_t t = 0; t < below; t++)
		to[t] = from[t] / 2;
	for (size_t t = below; t <= top; t++)
		to[t] = (from[t] + from[t - size]) / 2;
}

/* P(sum = t) for t = 0 .. limit, to be freed. Ascending sizes are the quickest: sums stay low. */
static double *sum_chances(const size_t *size, size_t n, size_t limit)
{
	double *p = need_array(limit + 1, sizeof(*p)), *next = need_array(limit + 1, sizeof(*p));
	size_t reach = 0;

	p[0] = 1;
	for (size_t i = 0; i < n; i++) {
		double *last = p;

		reach += size[i];
		add_size(next, p, reach < limit ? reach : limit, size[i]);
		p = next;
		next = last;
	}
	free(next);
	return p;
}

struct signed_rank_null signed_rank_null(size_t n)
{
	size_t count = n * (n + 1) / 2, half = count / 2;
	size_t *rank = need_array(n, sizeof(*rank));

	for (size_t i = 0; i < n; i++)
		rank[i] = i + 1;
	double *p = sum_chances(rank, n, half);

	free(rank);
	for (size_t t = 1; t <= half; t++)
		p[t] += p[t - 1];
	return (struct signed_rank_null){.n = n, .count = count, .below = p};
}

void signed_rank_null_free(struct signed_rank_null *null)
{
	free(null->below);
	*null = (struct signed_rank_null){0};
}

static double null_below(const void *arg, size_t t)
{
	const struct signed_rank_null *null = arg;

	return null->below[t];
}

size_t signed_rank_depth(const struct signed_rank_null *null, double tail)
{
	return rank_depth(null_below, null, null->count, tail);
}

/* ---- p --------------------------------------------------------------------------------------- */

double signed_sum_below(const size_t *size, size_t n, size_t limit)
{
	double *p = sum_chances(size, n, limit), sum = 0;

	for (size_t t = 0; t <= limit; t++)
		sum += p[t];
	free(p);
	return sum;
}

double signed_rank_p(const struct signed_rank_null *null, const double *d)
{
	size_t n = null->n, plus = 0, minus = 0, zero = 0;
	double *size = need_array(n, sizeof(*size)), tail = 0.5;
	size_t *rank = need_array(n, sizeof(*rank));

	for (size_t i = 0; i < n; i++)
		size[i] = fabs(d[i]);
	sort_ascending(size, n);
	bool tied = rank_sorted(size, n, rank) > 0;

	for (size_t i = 0; i < n; i++)
		*(d[i] > 0	   ? &plus
			: d[i] < 0 ? &minus
				   : &zero) += rank_of(fabs(d[i]), size, n, rank);
	/* zeros join the smaller side: that speaks against rejection */
	size_t t = (plus < minus ? plus : minus) + zero;

	if (t < null->count) /* in doubled ranks: below the middle */
		tail = tied ? signed_sum_below(rank, n, t) : null->below[t / 2];
	free(size);
	free(rank);
	return tail < 0.5 ? 2 * tail : 1;
}

/* ---- estimate and interval ------------------------------------------------------------------- */

double *signed_rank_means(const double *d, size_t n)
{
	double *means = need_array(n * (n + 1) / 2, sizeof(*means));
	double *sorted = need_array(n, sizeof(*sorted));
	size_t count = 0;

	/* so that the means are `n` ascending runs */
	memcpy(sorted, d, n * sizeof(*sorted));
	sort_ascending(sorted, n);
	for (size_t i = 0; i < n; i++)
		for (size_t j = i; j < n; j++)
			means[count++] = sorted[i] / 2 + sorted[j] / 2;
	free(sorted);
	sort_ascending(means, count);
	return means;
}

struct shift signed_rank(const double *d, size_t n, double confidence)
{
	struct signed_rank_null null = signed_rank_null(n);
	double *means = signed_rank_means(d, n);

	struct shift shift =
		shift_at(means, null.count, signed_rank_depth(&null, (1 - confidence) / 2));

	shift.p = signed_rank_p(&null, d);
	free(means);
	signed_rank_null_free(&null);
	return shift;
}
