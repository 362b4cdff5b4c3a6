/* SPDX-License-Identifier: MIT */
#include "stats/two-sample.h"

#include "text/format.h"
#include "text/memory.h"
#include <errno.h>
#include <string.h>

/* ---- without ties ---------------------------------------------------------------------------- */

/*
 * U, the number of pairs in which y is above x, without ties, by its characteristic function. Its
 * chances are the coefficients of the Gaussian binomial (m + n over m), the product over i = 1 .. m
 * of (1 - q^(n + i)) / (1 - q^i). Taken at the N-th roots of unity, about the middle m n / 2, that
 * is a product of quotients of sines, and every sum of chances is a sum of sines over N. Neither
 * loses anything for large samples, where growing the polynomial itself does: there errors build up
 * beyond all bounds from 250 values of each on. N is an odd prime above m n, so that no sine is 0.
 */
struct null {
	size_t pairs;
	unsigned int modulus; /* N, about 250000 at most */
	double *sine;	      /* of pi j / N for j = 0 .. 2 N - 1 */
	double *value; /* of the characteristic function at 2 pi k / N, 0 < k < N / 2, over sine k
			*/
};

static bool is_odd_prime(unsigned int n)
{
	if (n < 3)
		return false;
	for (unsigned int d = 2; d * d <= n; d++)
		if (n % d == 0)
			return false;
	return true;
}

/* An index of the sines, one step of less than a full turn further. */
static size_t advance(const struct null *null, size_t index, size_t step)
{
	size_t turn = 2 * (size_t)null->modulus, to = index + step;

	return to >= turn ? to - turn : to;
}

/* The product at k; n k is taken as an index of the sines. */
static double characteristic(const struct null *null, size_t m, size_t n, size_t k, size_t nk)
{
	size_t below = 0, above = nk;
	double product = 1;

	for (size_t i = 1; i <= m; i++) {
		below = advance(null, below, k);
		above = advance(null, above, k);
		product *= null->sine[above] * (double)i / (null->sine[below] * (double)(n + i));
	}
	return product;
}

static void null_free(struct null *null)
{
	free(null->sine);
	free(null->value);
}

static void null_make(size_t m, size_t n, struct null *null)
{
	unsigned int modulus = (unsigned int)(m * n) + 1;

	while (!is_odd_prime(modulus))
		modulus++;
	*null = (struct null){.pairs = m * n, .modulus = modulus};
	null->sine = need_array(2 * (size_t)modulus, sizeof(*null->sine));
	null->value = need_array((size_t)modulus / 2 + 1, sizeof(*null->value));
	for (size_t j = 0; j < 2 * (size_t)modulus; j++)
		null->sine[j] = sin(M_PI * (double)j / (double)modulus);
	for (size_t k = 1, nk = 0; k <= modulus / 2; k++) {
		nk = advance(null, nk, n);
		null->value[k] =
			characteristic(null, m, n, k, nk) / sin(M_PI * (double)k / (double)modulus);
	}
}

/* P(U <= u): the sum of the cosines about the middle, in closed form. To about 10^-14. */
static double null_below(const void *arg, size_t u)
{
	const struct null *null = arg;
	size_t first = advance(null, 2 * u + 1, 2 * (size_t)null->modulus - null->pairs);
	size_t second = 1 + null->pairs, k_first = 0, k_second = 0;
	double sum = 0;

	for (size_t k = 1; k <= null->modulus / 2; k++) {
		k_first = advance(null, k_first, first);
		k_second = advance(null, k_second, second);
		sum += null->value[k] * (null->sine[k_first] + null->sine[k_second]);
	}
	return ((double)(u + 1) + sum) / (double)null->modulus;
}

/* ---- with ties ------------------------------------------------------------------------------- */

/* All values in order with the sample of each and their ranks, doubled. */
struct pooled {
	size_t m, n; /* how many are chosen, and how many are not */
	double *value;
	size_t *rank;
	double ties; /* rank_sorted() */
	size_t sum;  /* of the doubled ranks of the chosen */
};

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
static double tied_tail(const struct pooled *all)
{
	size_t total = all->m + all->n, limit = all->sum, mean = all->m * (total + 1);
	bool mirrored = limit > mean;

	if (mirrored)
		limit = 2 * mean - limit;
	double *p = need_array((all->m + 1) * (limit + 1), sizeof(*p)), below = 0, tail;

	p[0] = 1;
	for (size_t i = 0; i < total; i++)
		draw_rank(all, p, limit, mirrored ? 2 * (total + 1) - all->rank[i] : all->rank[i],
			total - i);
	const double *row = p + all->m * (limit + 1);

	for (size_t s = 0; s <= limit; s++)
		below += row[s];
	tail = fmin(below, 1 - below + row[limit]);
	free(p);
	return tail;
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

/* p of `few` as the m chosen values against `many` as the n others. */
static double test_p(
	const double *few, size_t m, const double *many, size_t n, const struct null *null)
{
	struct pooled all = {.m = m, .n = n};
	size_t total = m + n, u;
	double tail;

	all.value = need_array(total, sizeof(*all.value));
	all.rank = need_array(total, sizeof(*all.rank));
	memcpy(all.value, few, m * sizeof(*few));
	memcpy(all.value + m, many, n * sizeof(*many));
	sort_ascending(all.value, total);
	all.ties = rank_sorted(all.value, total, all.rank);
	for (size_t i = 0; i < m; i++)
		all.sum += rank_of(few[i], all.value, total, all.rank);
	u = all.sum / 2 - m * (m + 1) / 2;
	if (all.ties > 0)
		tail = total <= RANK_SUM_EXACT_TIES ? tied_tail(&all) : normal_tail(&all);
	else
		tail = null_below(null, u <= m * n / 2 ? u : m * n - u);
	free(all.value);
	free(all.rank);
	return fmax(RANK_SUM_P_MIN, tail < 0.5 ? 2 * tail : 1);
}

int rank_sum_tails(const double *x, size_t m, const double *y, size_t n, const double *tails,
	size_t count, struct shift *out)
{
	struct null null;

	for (size_t i = 0; i < count; i++)
		if (!(tails[i] > 0) || !(tails[i] < 1))
			return -EINVAL;
	if (m == 0 || n == 0 || m > RANK_SUM_MAX || n > RANK_SUM_MAX || !all_finite(x, m) ||
		!all_finite(y, n))
		return -EINVAL;
	double *d = need_array(m * n, sizeof(*d));

	for (size_t i = 0; i < m; i++)
		for (size_t j = 0; j < n; j++)
			d[i * n + j] = y[j] - x[i];
	sort_ascending(d, m * n);
	null_make(m < n ? m : n, m < n ? n : m, &null);
	/* the fewer are the chosen: less to add up */
	double p = m < n ? test_p(x, m, y, n, &null) : test_p(y, n, x, m, &null);

	for (size_t i = 0; i < count; i++) {
		out[i] =
			shift_at(d, m * n, rank_depth(null_below, &null, null.pairs, tails[i] / 2));
		out[i].p = p;
	}
	free(d);
	null_free(&null);
	return 0;
}

int rank_sum(
	const double *x, size_t m, const double *y, size_t n, double confidence, struct shift *out)
{
	return rank_sum_tails(x, m, y, n, &(double){1 - confidence}, 1, out);
}

/* Of the values themselves: the mean of two in the middle is not that of their logarithms. */
static double median_of_logs(double *logs, size_t n)
{
	qsort(logs, n, sizeof(*logs), sorted_ascending);
	return (exp(logs[(n - 1) / 2]) + exp(logs[n / 2])) / 2;
}

struct ratio ratio_of_logs(double *base, size_t m, double *new, size_t n)
{
	struct ratio r = {NAN, NAN, NAN};
	struct shift shift;

	if (m == 0 || n == 0)
		return r;
	r.ratio = median_of_logs(new, n) / median_of_logs(base, m);
	if (rank_sum(base, m, new, n, STORED_CONFIDENCE, &shift) == 0 && isfinite(shift.ci_lo) &&
		isfinite(shift.ci_hi))
		r = (struct ratio){exp(shift.estimate), exp(shift.ci_lo), exp(shift.ci_hi)};
	return r;
}
