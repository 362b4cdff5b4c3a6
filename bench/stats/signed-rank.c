/* SPDX-License-Identifier: MIT */
#include "stats/signed-rank.h"

#include "text/format.h"
#include "text/memory.h"
#include <errno.h>

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

double signed_rank_p(const struct signed_rank_null *null, const double *d)
{
	size_t n = null->n, plus = 0, minus = 0, zero = 0;
	double *size = need_array(n, sizeof(*size)), tail = 0.5;
	size_t *rank = need_array(n, sizeof(*rank));

	for (size_t i = 0; i < n; i++)
		size[i] = fabs(d[i]);
	qsort(size, n, sizeof(*size), sorted_ascending);
	bool tied = rank_sorted(size, n, rank) > 0;

	for (size_t i = 0; i < n; i++)
		*(d[i] > 0	   ? &plus
			: d[i] < 0 ? &minus
				   : &zero) += rank_of(fabs(d[i]), size, n, rank);
	/* zeros join the smaller side: that speaks against rejection */
	size_t t = (plus < minus ? plus : minus) + zero;

	if (t < null->count) /* in doubled ranks: below the middle */
		tail = tied ? tied_tail(rank, n, t) : null->below[t / 2];
	free(size);
	free(rank);
	return tail < 0.5 ? 2 * tail : 1;
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
	if (!(confidence > 0) || !(confidence < 1) || n == 0 || n > SIGNED_RANK_MAX ||
		!all_finite(d, n))
		return -EINVAL;
	struct signed_rank_null null = signed_rank_null(n);
	double *means = signed_rank_means(d, n);

	*out = shift_at(means, null.count, signed_rank_depth(&null, (1 - confidence) / 2));
	out->p = signed_rank_p(&null, d);
	free(means);
	signed_rank_null_free(&null);
	return 0;
}
