/* SPDX-License-Identifier: MIT */
#include "stats/signed-rank.h"

#include "stats/sorted.h"
#include "text/memory.h"
#include <errno.h>
#include <string.h>

/*
 * Lets one more rank take part: p[t] = P(sum = t) for t = 0 .. top afterwards. In probabilities, so
 * that nothing overflows; the smallest, 2^-1000, is still a normal double.
 */
static void add_rank(double *p, size_t top, size_t rank)
{
	for (size_t t = top + 1; t-- > rank;)
		p[t] = (p[t] + p[t - rank]) / 2;
	for (size_t t = 0; t < rank && t <= top; t++)
		p[t] /= 2;
}

struct signed_rank_null signed_rank_null(size_t n)
{
	size_t count = n * (n + 1) / 2, half = count / 2;
	double *p = need_array(half + 1, sizeof(*p));

	p[0] = 1;
	for (size_t rank = 1; rank <= n; rank++) {
		size_t reach = rank * (rank + 1) / 2;

		add_rank(p, reach < half ? reach : half, rank);
	}
	for (size_t t = 1; t <= half; t++)
		p[t] += p[t - 1];
	return (struct signed_rank_null){.n = n, .count = count, .below = p};
}

void signed_rank_null_free(struct signed_rank_null *null)
{
	free(null->below);
	*null = (struct signed_rank_null){0};
}

size_t signed_rank_depth(const struct signed_rank_null *null, double tail)
{
	size_t low = 0, high = null->count / 2 + 1; /* P(T <= low - 1) <= tail < P(T <= high - 1) */

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (null->below[middle - 1] <= tail)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* ---- p --------------------------------------------------------------------------------------- */

/* The absolute values in order, their ranks, and the sums of ranks by sign; all ranks doubled. */
struct ranking {
	double *size; /* |d|, ascending; negative signs are told apart by `minus` */
	size_t *rank;
	size_t plus, minus, zero;
	bool tied;
};

static int by_size(const void *a, const void *b)
{
	double x = fabs(*(const double *)a), y = fabs(*(const double *)b);

	return (x > y) - (x < y);
}

/* Gives the values from `first` up to but without `end`, which are of one size, their rank. */
static void rank_group(struct ranking *r, size_t first, size_t end)
{
	size_t doubled = first + 1 + end; /* twice the mean of first + 1 .. end */

	for (size_t i = first; i < end; i++) {
		r->rank[i] = doubled;
		if (r->size[i] > 0)
			r->plus += doubled;
		else if (r->size[i] < 0)
			r->minus += doubled;
		else
			r->zero += doubled;
	}
	r->tied |= end - first > 1;
}

static void rank_sizes(struct ranking *r, size_t n)
{
	qsort(r->size, n, sizeof(*r->size), by_size);
	for (size_t first = 0, end; first < n; first = end) {
		for (end = first + 1; end < n && fabs(r->size[end]) == fabs(r->size[first]);)
			end++;
		rank_group(r, first, end);
	}
}

/* P(T <= limit) for the doubled ranks as they are, ties and all. */
static double tied_tail(const size_t *rank, size_t n, size_t limit)
{
	double *p = need_array(limit + 1, sizeof(*p)), sum = 0;
	size_t reach = 0;

	p[0] = 1;
	for (size_t i = 0; i < n; i++) {
		reach += rank[i];
		add_rank(p, reach < limit ? reach : limit, rank[i]);
	}
	for (size_t t = 0; t <= limit; t++)
		sum += p[t];
	free(p);
	return sum;
}

static double two_sided(const struct signed_rank_null *null, const struct ranking *r)
{
	/* zeros join the smaller side: that speaks against rejection */
	size_t t = (r->plus < r->minus ? r->plus : r->minus) + r->zero;
	double tail = 0.5;

	if (t < null->count) /* in doubled ranks: below the middle */
		tail = r->tied ? tied_tail(r->rank, null->n, t) : null->below[t / 2];
	return tail < 0.5 ? 2 * tail : 1;
}

double signed_rank_p(const struct signed_rank_null *null, const double *d)
{
	size_t n = null->n;
	struct ranking r = {
		.size = need_array(n, sizeof(*r.size)), .rank = need_array(n, sizeof(*r.rank))};

	memcpy(r.size, d, n * sizeof(*d));
	rank_sizes(&r, n);
	double p = two_sided(null, &r);

	free(r.size);
	free(r.rank);
	return p;
}

double signed_rank_p_min(size_t n)
{
	return n < 2 ? 1 : ldexp(1, n < 1100 ? 1 - (int)n : -1100);
}

/* ---- estimate and interval ------------------------------------------------------------------- */

double *signed_rank_means(const double *d, size_t n)
{
	double *means = need_array(n * (n + 1) / 2, sizeof(*means));
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t j = i; j < n; j++)
			means[count++] = d[i] / 2 + d[j] / 2;
	qsort(means, count, sizeof(*means), sorted_ascending);
	return means;
}

int signed_rank(const double *d, size_t n, double confidence, struct shift *out)
{
	if (n == 0 || n > SIGNED_RANK_MAX || !(confidence > 0) || !(confidence < 1) ||
		!all_finite(d, n))
		return -EINVAL;
	struct signed_rank_null null = signed_rank_null(n);
	double *means = signed_rank_means(d, n);
	size_t depth = signed_rank_depth(&null, (1 - confidence) / 2);

	*out = (struct shift){
		.estimate = sorted_median(means, null.count),
		.ci_lo = depth > 0 ? means[depth - 1] : -INFINITY,
		.ci_hi = depth > 0 ? means[null.count - depth] : INFINITY,
		.p = signed_rank_p(&null, d),
	};
	free(means);
	signed_rank_null_free(&null);
	return 0;
}
