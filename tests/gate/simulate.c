/* SPDX-License-Identifier: MIT */
/*
 * simulate [--csv] [--check] [--gates N] [--seed S]
 *
 * How often the gate's rule calls a regression where there is none, and where there is one, on
 * noise of many kinds; and how often a comparison of all of base with all of new, one after the
 * other, does so on the same noise. Prints a table, or the same as CSV. With --check it fails where
 * the gate does what it promises not to; the seed is fixed, so that it always fails or never.
 */
#include "simulated.h"

#include "stats/summary.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEED 20241121

struct options {
	bool csv, check;
	size_t gates;
	uint64_t seed;
};

/* A row of the table; counts are of gates. */
struct row {
	struct noise_model model;
	size_t cells;
	double change;
	size_t gates, regression, proven, passed, blocks;
	size_t fixed_proven, fixed_regression;
};

static void simulate(struct row *row, uint64_t seed)
{
	struct random seeds = random_from(seed);

	for (size_t i = 0; i < row->gates; i++) {
		uint64_t own = random_bits(&seeds);
		struct gate_result g = gate_simulate(&row->model, row->cells, row->change, own);

		row->regression += g.regression;
		row->proven += g.proven;
		row->passed += g.passed;
		row->blocks += g.blocks;
		if (row->cells == 1) {
			struct fixed_result f = fixed_simulate(&row->model, row->change, own);

			row->fixed_proven += f.proven;
			row->fixed_regression += f.regression;
		}
	}
}

/* ---- the table ------------------------------------------------------------------------------- */

static double part(const struct row *row, size_t count)
{
	return (double)count / (double)row->gates;
}

static void print_heading(const struct options *o)
{
	if (o->csv) {
		puts("noise,slice_sd,cells,true_change,gates,seed,regression,regression_at_most,"
		     "proven,passed,blocks_per_cell,one_after_other_proven,"
		     "one_after_other_regression");
		return;
	}
	printf("%zu gates per row, seed %llu; %% of gates; at most: upper limit at 95 %%\n\n",
		o->gates, (unsigned long long)o->seed);
	printf("%29s  %-38s  %s\n", "", "gate", "all base, then all new");
	printf("%-13s %5s %5s %4s  %10s %7s %6s %6s %6s  %6s %10s\n", "noise", "sd %", "cells",
		"true", "regression", "at most", "proven", "passed", "blocks", "proven",
		"regression");
}

static void print_csv(const struct row *row, uint64_t seed)
{
	printf("%s,%g,%zu,%g,%zu,%llu,%.6g,%.6g,%.6g,%.6g,%.6g,", row->model.name, row->model.sd,
		row->cells, row->change, row->gates, (unsigned long long)seed,
		part(row, row->regression), binomial_upper(row->regression, row->gates, 0.95),
		part(row, row->proven), part(row, row->passed),
		part(row, row->blocks) / (double)row->cells);
	if (row->cells == 1)
		printf("%.6g,%.6g\n", part(row, row->fixed_proven),
			part(row, row->fixed_regression));
	else
		puts(",");
}

static void print_row(const struct row *row)
{
	printf("%-13s %5.1f %5zu %4.0f  %10.2f %7.2f %6.2f %6.1f %6.1f  ", row->model.name,
		100 * row->model.sd, row->cells, 100 * row->change,
		100 * part(row, row->regression),
		100 * binomial_upper(row->regression, row->gates, 0.95),
		100 * part(row, row->proven), 100 * part(row, row->passed),
		part(row, row->blocks) / (double)row->cells);
	if (row->cells == 1)
		printf("%6.2f %10.2f\n", 100 * part(row, row->fixed_proven),
			100 * part(row, row->fixed_regression));
	else
		printf("%6s %10s\n", "-", "-");
}

/* ---- what is promised ------------------------------------------------------------------------ */

/* Chance alone makes a row fail once in 10^5 seeds when its true rate is the promised one. */
#define DOUBT 1e-5

static bool expect(bool holds, const struct row *row, const char *what)
{
	if (!holds)
		fprintf(stderr, "%s, %zu cells, true change %g: %s\n", row->model.name, row->cells,
			row->change, what);
	return holds;
}

static bool check_unchanged(const struct row *row)
{
	const struct gate_rule rule = GATE_RULE_DEFAULT;
	bool calm = expect(binomial_lower(row->regression, row->gates, 1 - DOUBT) <= rule.alpha,
		row, "more false alarms than alpha");
	bool level = expect(binomial_lower(row->proven, row->gates, 1 - DOUBT) <= rule.alpha, row,
		"more p below alpha than alpha");

	return calm && level;
}

/* With enough noise the level is used, not only kept: a test that never rejects would pass else. */
static bool check_wild(const struct row *row)
{
	const struct gate_rule rule = GATE_RULE_DEFAULT;

	return row->model.sd < NOISE_WILD ||
	       expect(binomial_upper(row->proven, row->gates, 1 - DOUBT) >= rule.alpha / 2, row,
		       "far fewer p below alpha than alpha");
}

/* Blocks that vary by 1.4 % or 3 % are enough for a change of 5 %, and by 8 % are not. */
static bool check_changed(const struct row *row)
{
	double at_most = binomial_upper(row->regression, row->gates, 1 - DOUBT);
	double at_least = binomial_lower(row->regression, row->gates, 1 - DOUBT);

	if (row->model.sd > 0.05)
		return expect(at_least < 0.9, row, "found what cannot be seen");
	return expect(at_most > 0.985, row, "a clear change is missed");
}

/* The noise is such that who takes it for independent is deceived, or the rows show nothing. */
static bool check_fixed(const struct row *row)
{
	bool deceives = strcmp(row->model.name, "AR(1) 0.9") == 0 ||
			strcmp(row->model.name, "two modes") == 0 ||
			strcmp(row->model.name, "drift") == 0;

	if (row->cells > 1 || !deceives)
		return true;
	return expect(binomial_upper(row->fixed_proven, row->gates, 1 - DOUBT) > 0.4, row,
		"the noise is too tame");
}

/* ---- rows ------------------------------------------------------------------------------------ */

static bool do_row(const struct options *o, struct noise_model model, size_t cells, double change)
{
	struct row row = {.model = model, .cells = cells, .change = change, .gates = o->gates};

	simulate(&row, o->seed);
	if (o->csv)
		print_csv(&row, o->seed);
	else
		print_row(&row);
	if (!o->check)
		return true;
	if (change > 0)
		return check_changed(&row);
	bool unchanged = check_unchanged(&row), wild = check_wild(&row), fixed = check_fixed(&row);

	return unchanged && wild && fixed;
}

static bool do_rows(const struct options *o)
{
	static const size_t cells[] = {1, 3, CELLS_MAX};
	static const double spreads[] = {0.014, 0.03, 0.08};
	bool good = true;

	for (size_t m = 0; m < noise_model_count; m++)
		for (size_t c = 0; c < 3; c++)
			good &= do_row(o, noise_models[m], cells[c], 0);
	/* the mean of two slices less that of two others varies as one slice does */
	for (size_t s = 0; s < 3; s++)
		for (size_t c = 0; c < 3; c++)
			good &= do_row(o, noise_of_sd(spreads[s]), cells[c], 0.05);
	return good;
}

static bool read_number(const char *text, unsigned long long *out)
{
	char *end;

	errno = 0;
	*out = strtoull(text, &end, 10);
	return errno == 0 && end != text && *end == '\0' && *text != '-';
}

static bool read_options(struct options *o, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		unsigned long long number;

		if (strcmp(argv[i], "--csv") == 0) {
			o->csv = true;
		} else if (strcmp(argv[i], "--check") == 0) {
			o->check = true;
		} else if (i + 1 < argc && read_number(argv[i + 1], &number)) {
			if (strcmp(argv[i], "--gates") == 0 && number > 0 && number <= 1000000)
				o->gates = number;
			else if (strcmp(argv[i], "--seed") == 0)
				o->seed = number;
			else
				return false;
			i++;
		} else {
			return false;
		}
	}
	return true;
}

int main(int argc, char **argv)
{
	struct options o = {.gates = 10000, .seed = SEED};

	if (!read_options(&o, argc, argv)) {
		fprintf(stderr, "usage: %s [--csv] [--check] [--gates 1..1000000] [--seed S]\n",
			argv[0]);
		return 2;
	}
	print_heading(&o);
	return do_rows(&o) ? 0 : 1;
}
