/* SPDX-License-Identifier: MIT */
#include "stats/variance.h"

#include <limits.h>
#include <math.h>
#include <stdbool.h>

static double mean_of(const double *values, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += values[i];
	return sum / (double)n;
}

static double squares(const double *values, size_t n, double around)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (values[i] - around) * (values[i] - around);
	return sum;
}

struct variance variance_split(const double *values, const size_t *sizes, size_t groups)
{
	struct variance v = {.within = NAN, .between = NAN};
	double inside = 0, outside = 0, sizes_squared = 0;
	size_t n = 0;

	for (size_t g = 0; g < groups; g++)
		n += sizes[g];
	const double grand = n == 0 ? NAN : mean_of(values, n);

	for (size_t g = 0, at = 0; g < groups; at += sizes[g++]) {
		if (sizes[g] == 0)
			continue;
		double mean = mean_of(&values[at], sizes[g]), size = (double)sizes[g];

		inside += squares(&values[at], sizes[g], mean);
		outside += size * (mean - grand) * (mean - grand);
		sizes_squared += size * size;
		v.groups++;
	}
	v.values = n;
	v.mean = grand;
	if (n > v.groups)
		v.within = inside / (double)(n - v.groups);
	if (v.groups < 2)
		return v;
	/* a group of one value tells nothing of the rest: then all is put down to the groups */
	double rest = isnan(v.within) ? 0 : v.within;
	double typical = ((double)n - sizes_squared / (double)n) / (double)(v.groups - 1);

	v.between = fmax((outside / (double)(v.groups - 1) - rest) / typical, 0);
	return v;
}

/* ---- builds ---------------------------------------------------------------------------------- */

/* The differences by the builds of one version. */
struct level {
	double mean[UCHAR_MAX + 1];
	size_t n[UCHAR_MAX + 1], count; /* of builds that have any */
	double square;			/* mean square between them; 0 with fewer than two */
};

static void make_level(struct level *l, const double *d, unsigned char (*builds)[2], size_t n,
	size_t version, double mean)
{
	*l = (struct level){.count = 0};
	for (size_t i = 0; i < n; i++) {
		l->mean[builds[i][version]] += d[i];
		l->n[builds[i][version]]++;
	}
	for (size_t k = 0; k <= UCHAR_MAX; k++) {
		if (l->n[k] == 0)
			continue;
		l->mean[k] /= (double)l->n[k];
		l->square += (double)l->n[k] * (l->mean[k] - mean) * (l->mean[k] - mean);
		l->count++;
	}
	l->square = l->count > 1 ? l->square / (double)(l->count - 1) : 0;
}

double crossed_error(
	const double *d, unsigned char (*builds)[2], size_t n, size_t *df, double *of_layout)
{
	struct level of[2];
	double mean = 0, noise = 0, excess = 0, total = (double)n;

	for (size_t i = 0; i < n; i++)
		mean += d[i] / total;
	for (size_t v = 0; v < 2; v++)
		make_level(&of[v], d, builds, n, v, mean);
	*df = n == 0 ? 0 : of[0].count + of[1].count - 2;
	*of_layout = 0;
	if (*df == 0 || n < *df + 2)
		return *df == 0 ? 0 : INFINITY;
	for (size_t i = 0; i < n; i++) {
		double rest = d[i] - of[0].mean[builds[i][0]] - of[1].mean[builds[i][1]] + mean;

		noise += rest * rest / (double)(n - 1 - *df);
	}
	for (size_t v = 0; v < 2; v++) {
		const struct level *other = &of[1 - v];

		excess += of[v].count > 1 ? of[v].square - noise
					  : (other->square - noise) * (double)other->count;
	}
	excess = fmax(excess, 0);
	*of_layout = excess > 0 ? excess / (excess + noise) : 0;
	return sqrt((excess + noise) / total);
}

double student_tail(double t, size_t df)
{
	double freedom = (double)df, cosine2 = freedom / (freedom + t * t);
	double sine = t / sqrt(freedom + t * t), sum = 0;
	bool odd = df % 2 != 0;
	double term = odd ? sqrt(cosine2) : 1;

	for (size_t k = odd ? 3 : 2; k <= df; k += 2) {
		sum += term;
		term *= (double)(k - 1) / (double)k * cosine2;
	}
	/* Abramowitz & Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4 */
	double inside = odd ? 2 / M_PI * (atan(t / sqrt(freedom)) + sine * sum) : sine * sum;

	return fmax((1 - inside) / 2, 0);
}

double student_quantile(double tail, size_t df)
{
	double low = 0, high = 1;

	while (student_tail(high, df) > tail)
		high *= 2;
	for (int i = 0; i < 60; i++) {
		double middle = (low + high) / 2;

		*(student_tail(middle, df) > tail ? &low : &high) = middle;
	}
	return high;
}
