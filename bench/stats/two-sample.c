/* SPDX-License-Identifier: MIT */
#include "stats/two-sample.h"

#include "stats/order.h"
#include <errno.h>
#include <string.h>

/* ---- without ties ---------------------------------------------------------------------------- */

/*
 * below[u] = P(U <= u) for u = 0 .. m n / 2, U the number of pairs in which y is above x.
 *
 * The chances are the coefficients of the Gaussian binomial (m + n over m), which grows factor by
 * factor: times (1 - q^(n + i)), divided by (1 - q^i). Scaled at each step so that they are
 * probabilities; the smallest, one of (1000 over 500), is still a normal double. What lies beyond
 * the middle of a step is copied from its mirror, so that differences of like numbers do not build
 * up there.
 */
static double *null_below(size_t m, size_t n)
{
	size_t half = m * n / 2;
	double *p = calloc(half + 1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p[0] = 1;
	for (size_t i = 1; i <= m; i++) {
		size_t degree = n * i, top = degree < half ? degree : half;
		double scale = (double)i / (double)(n + i);

		for (size_t u = top + 1; u-- > n + i;)
			p[u] -= p[u - n - i];
		for (size_t u = i; u <= top; u++)
			p[u] += p[u - i];
		for (size_t u = 0; u <= top; u++)
			p[u] *= scale;
		for (size_t u = degree / 2 + 1; u <= top; u++)
			p[u] = p[degree - u];
	}
	for (size_t u = 1; u <= half; u++)
		p[u] += p[u - 1];
	return p;
}

/* The greatest k with P(U <= k - 1) <= tail; 0: there is none. */
static size_t depth_of(const double *below, size_t pairs, double tail)
{
	size_t depth = 0;

	while (depth <= pairs / 2 && below[depth] <= tail)
		depth++;
	return depth;
}

/* ---- with ties ------------------------------------------------------------------------------- */

/* All values in order with the sample of each and their ranks, doubled. */
struct pooled {
	size_t m, n; /* how many are chosen, and how many are not */
	double *value;
	size_t *rank;
	bool tied;
	double ties; /* sum of t^3 - t over groups of t equal values */
	size_t sum;  /* of the doubled ranks of the chosen */
};

static void rank_pooled(struct pooled *all)
{
	size_t total = all->m + all->n;

	qsort(all->value, total, sizeof(*all->value), order_ascending);
	for (size_t first = 0, end; first < total; first = end) {
		for (end = first + 1; end < total && all->value[end] == all->value[first];)
			end++;
		for (size_t i = first; i < end; i++)
			all->rank[i] = first + 1 + end;
		double t = (double)(end - first);

		all->tied |= end - first > 1;
		all->ties += t * t * t - t;
	}
}

/* The sum of the doubled ranks of some of the pooled values. */
static size_t rank_total(const struct pooled *all, const double *chosen, size_t count)
{
	size_t sum = 0;

	for (size_t i = 0; i < count; i++) {
		const double *at = bsearch(&chosen[i], all->value, all->m + all->n,
			sizeof(*all->value), order_ascending);

		sum += all->rank[at - all->value];
	}
	return sum;
}

/*
 * One more rank, of `left` that are still to come, is drawn or not: `p` holds for each number of
 * ranks drawn so far a row of the chances of each sum up to `limit`. Any m of them are as likely as
 * any other m when it is drawn with the chance (still to draw) / left.
 */
static void draw_rank(const struct pooled *all, double *p, size_t limit, size_t rank, size_t left)
{
	size_t width = limit + 1, gone = all->m + all->n - left;
	size_t most = gone < all->m ? gone : all->m, least = gone > all->n ? gone - all->n : 0;

	for (size_t drawn = most + 1; drawn-- > least;) {
		double yes = (double)(all->m - drawn) / (double)left;
		double *from = p + drawn * width, *to = from + width;

		if (drawn < all->m)
			for (size_t s = rank; s <= limit; s++)
				to[s] += from[s - rank] * yes;
		for (size_t s = 0; s <= limit; s++)
			from[s] *= 1 - yes;
	}
}

/*
 * The smaller of P(sum <= seen) and P(sum >= seen). With ties the distribution need not be
 * symmetric, so both are found: the one below the mean by adding up, the other as what remains.
 */
static int tied_tail(struct pooled *all, double *tail)
{
	size_t total = all->m + all->n, limit = all->sum, mean = all->m * (total + 1);
	bool mirrored = limit > mean;

	if (mirrored)
		limit = 2 * mean - limit;
	double *p = calloc((all->m + 1) * (limit + 1), sizeof(*p)), below = 0;

	if (p == NULL)
		return -ENOMEM;
	p[0] = 1;
	for (size_t i = 0; i < total; i++)
		draw_rank(all, p, limit, mirrored ? 2 * (total + 1) - all->rank[i] : all->rank[i],
			total - i);
	const double *row = p + all->m * (limit + 1);

	for (size_t s = 0; s <= limit; s++)
		below += row[s];
	*tail = fmin(below, 1 - below + row[limit]);
	free(p);
	return 0;
}

/* The normal approximation with the correction for ties and half a step for continuity. */
static double normal_tail(const struct pooled *all)
{
	double m = (double)all->m, n = (double)all->n, total = m + n;
	double mean = m * (total + 1) / 2;
	double variance = m * n / 12 * (total + 1 - all->ties / (total * (total - 1)));
	double far = fabs((double)all->sum / 2 - mean) - 0.5;

	return far > 0 && variance > 0 ? erfc(far / sqrt(2 * variance)) / 2 : 0.5;
}

/* ---- both ------------------------------------------------------------------------------------ */

/* p of y as the m chosen values against x as the n others. */
static int two_sided(struct pooled *all, const double *below, double *p)
{
	double tail = 0.5;
	int err = 0;

	if (all->tied && all->m + all->n <= RANK_SUM_EXACT_TIES) {
		err = tied_tail(all, &tail);
	} else if (all->tied) {
		tail = normal_tail(all);
	} else {
		size_t u = all->sum / 2 - all->m * (all->m + 1) / 2, pairs = all->m * all->n;

		tail = below[u <= pairs / 2 ? u : pairs - u];
	}
	*p = tail < 0.5 ? 2 * tail : 1;
	return err;
}

static int test_p(
	const double *few, size_t m, const double *many, size_t n, const double *below, double *p)
{
	struct pooled all = {.m = m, .n = n};
	int err = -ENOMEM;

	all.value = malloc((m + n) * sizeof(*all.value));
	all.rank = malloc((m + n) * sizeof(*all.rank));
	if (all.value != NULL && all.rank != NULL) {
		memcpy(all.value, few, m * sizeof(*few));
		memcpy(all.value + m, many, n * sizeof(*many));
		rank_pooled(&all);
		all.sum = rank_total(&all, few, m);
		err = two_sided(&all, below, p);
	}
	free(all.value);
	free(all.rank);
	return err;
}

static double *differences(const double *x, size_t m, const double *y, size_t n)
{
	double *d = malloc(m * n * sizeof(*d));

	if (d == NULL)
		return NULL;
	for (size_t i = 0; i < m; i++)
		for (size_t j = 0; j < n; j++)
			d[i * n + j] = y[j] - x[i];
	qsort(d, m * n, sizeof(*d), order_ascending);
	return d;
}

int rank_sum(
	const double *x, size_t m, const double *y, size_t n, double confidence, struct shift *out)
{
	if (m == 0 || n == 0 || m > RANK_SUM_MAX || n > RANK_SUM_MAX || !(confidence > 0) ||
		!(confidence < 1) || !order_all_finite(x, m) || !order_all_finite(y, n))
		return -EINVAL;
	double *d = differences(x, m, y, n), p;
	double *below = m < n ? null_below(m, n) : null_below(n, m);
	int err = -ENOMEM;

	/* the fewer are the chosen: less to add up */
	if (d != NULL && below != NULL)
		err = m < n ? test_p(x, m, y, n, below, &p) : test_p(y, n, x, m, below, &p);
	if (err == 0) {
		size_t depth = depth_of(below, m * n, (1 - confidence) / 2);

		*out = (struct shift){
			.estimate = order_median(d, m * n),
			.ci_lo = depth > 0 ? d[depth - 1] : -INFINITY,
			.ci_hi = depth > 0 ? d[m * n - depth] : INFINITY,
			.p = p,
		};
	}
	free(d);
	free(below);
	return err;
}
