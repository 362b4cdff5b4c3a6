/* SPDX-License-Identifier: MIT */
/*
 * simulate [--csv] [--check] [--gates N] [--seed S] [--builds N]
 *
 * How often the gate's rule calls a regression where there is none, and where there is one, on
 * noise of many kinds; and how often a comparison of all of base with all of new, one after the
 * other, does so on the same noise. Prints a table, or the same as CSV. With --check it fails where
 * the gate does what it promises not to; the seed is fixed, so that it always fails or never. With
 * --builds only of versions of so many builds, whose layouts differ; without, of three builds
 * against fewer of the base as well.
 */
#include "simulated.h"

#include "stats/summary.h"
#include "text/format.h"
#include <errno.h>
#include <ipcbench/base.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEED 20241121

struct options {
	bool csv, check;
	size_t gates, builds;
	uint64_t seed;
};

/* A row of the table; counts are of gates. */
struct row {
	struct simulation of;
	size_t gates, regression, proven, passed, changed_passed, truthful, blocks;
	size_t fixed_proven, fixed_regression;
};

/* What people do is compared where it is the same question: one cell, slow or not as a whole. */
static bool has_fixed(const struct simulation *s)
{
	return s->cells == 1 && s->share == 1 && !s->means && s->builds[0] == 0;
}

static void simulate(struct row *row, uint64_t seed)
{
	struct random seeds = random_from(seed);

	for (size_t i = 0; i < row->gates; i++) {
		uint64_t own = random_bits(&seeds);
		struct gate_result g = gate_simulate(&row->of, own);

		row->regression += g.regression;
		row->proven += g.proven;
		row->passed += g.passed;
		row->changed_passed += g.changed_passed;
		row->truthful += g.truthful;
		row->blocks += g.blocks;
		if (has_fixed(&row->of)) {
			struct fixed_result f = fixed_simulate(&row->of.model, row->of.change, own);

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
		puts("test,noise,slice_sd,cells,true_change,slow_share,gates,seed,regression,"
		     "regression_at_most,proven,passed,truthful,blocks_per_cell,"
		     "one_after_other_proven,one_after_other_regression,builds_base,layout_sd,builds_new");
		return;
	}
	printf("%zu gates per row, of means half as many, seed %llu; %% of gates; at most: upper limit at 95 %%; true: the "
	       "mean change, and the\nshare of slices that bring it; truthful: inconclusive, and says "
	       "that it could not have shown the change\n\n",
		o->gates, (unsigned long long)o->seed);
	printf("%40s  %-47s  %s\n", "", "gate", "all base, then all new");
	printf("%-5s %-13s %5s %5s %8s  %10s %7s %6s %6s %8s %6s  %6s %10s\n", "test", "noise",
		"sd %", "cells", "true", "regression", "at most", "proven", "passed", "truthful",
		"blocks", "proven", "regression");
}

static const char *test_name(const struct simulation *s)
{
	return s->means ? "means" : "ranks";
}

static void print_csv(const struct row *row, uint64_t seed)
{
	const struct simulation *s = &row->of;

	printf("%s,%s,%g,%zu,%g,%g,%zu,%llu,%.6g,%.6g,%.6g,%.6g,%.6g,%.6g,", test_name(s),
		s->model.name, s->model.sd, s->cells, s->change, s->share, row->gates,
		(unsigned long long)seed, part(row, row->regression),
		binomial_upper(row->regression, row->gates, 0.95), part(row, row->proven),
		part(row, row->passed), part(row, row->truthful),
		part(row, row->blocks) / (double)s->cells);
	if (has_fixed(s))
		printf("%.6g,%.6g", part(row, row->fixed_proven), part(row, row->fixed_regression));
	else
		putchar(',');
	printf(",%zu,%g,%zu\n", s->builds[0] > 0 ? s->builds[0] : 1, s->layout_sd,
		s->builds[1] > 0 ? s->builds[1] : 1);
}

static void print_row(const struct row *row)
{
	const struct simulation *s = &row->of;
	struct phrase noise = s->builds[0] == 0 ? phrase("%s", s->model.name)
						: phrase("%zu and %zu %g%%", s->builds[0],
							  s->builds[1], 100 * s->layout_sd);

	printf("%-5s %-13s %5.1f %5zu %3.0f/%-4g  %10.2f %7.2f %6.2f %6.1f %8.2f %6.1f  ",
		test_name(s), noise.text, 100 * s->model.sd, s->cells, 100 * s->change, s->share,
		100 * part(row, row->regression),
		100 * binomial_upper(row->regression, row->gates, 0.95),
		100 * part(row, row->proven), 100 * part(row, row->passed),
		100 * part(row, row->truthful), part(row, row->blocks) / (double)s->cells);
	if (has_fixed(s))
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
		fprintf(stderr, "%s, %s, %zu cells, true change %g in %g: %s\n",
			test_name(&row->of), row->of.model.name, row->of.cells, row->of.change,
			row->of.share, what);
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

	return row->of.model.sd < NOISE_WILD ||
	       expect(binomial_upper(row->proven, row->gates, 1 - DOUBT) >= rule.alpha / 2, row,
		       "far fewer p below alpha than alpha");
}

/* Blocks that vary by 1.4 % or 3 % are enough for a change of 5 %, and by 12 % are not. */
static bool check_changed(const struct row *row)
{
	double at_most = binomial_upper(row->regression, row->gates, 1 - DOUBT);
	double at_least = binomial_lower(row->regression, row->gates, 1 - DOUBT);

	if (row->of.model.sd > 0.05)
		return expect(at_least < 0.9, row, "found what cannot be seen");
	return expect(at_most > 0.985, row, "a clear change is missed");
}

/* The noise is such that who takes it for independent is deceived, or the rows show nothing. */
static bool check_fixed(const struct row *row)
{
	bool deceives = strcmp(row->of.model.name, "AR(1) 0.9") == 0 ||
			strcmp(row->of.model.name, "two modes") == 0 ||
			strcmp(row->of.model.name, "drift") == 0;

	if (!has_fixed(&row->of) || !deceives)
		return true;
	return expect(binomial_upper(row->fixed_proven, row->gates, 1 - DOUBT) > 0.4, row,
		"the noise is too tame");
}

/*
 * A mean of +10 % that a part of the launches brings: hardly ever a pass, and where it is not found
 * the gate says that it could not have shown so little. The layout of few builds may have hidden
 * it: of these a pass is as good as its interval.
 */
static bool check_planted(const struct row *row)
{
	const struct gate_rule rule = GATE_RULE_DEFAULT;
	bool few = row->of.builds[0] < row->of.builds[1];
	double most = few ? (1 - rule.confidence) / 2 : 0.002;
	size_t silent = row->gates - row->regression - row->truthful;
	bool passes = expect(binomial_lower(row->changed_passed, row->gates, 1 - DOUBT) <= most,
		row, "passes too often");

	return expect(binomial_lower(silent, row->gates, 1 - DOUBT) <= 0.05, row,
		       "neither found nor admitted") &&
	       passes;
}

/* ---- rows ------------------------------------------------------------------------------------ */

static bool check(const struct row *row)
{
	if (row->of.change > TOLERANCE)
		return check_planted(row);
	if (row->of.change > 0)
		return check_changed(row);
	bool unchanged = check_unchanged(row), wild = check_wild(row), fixed = check_fixed(row);

	return unchanged && wild && fixed;
}

static bool do_row(const struct options *o, struct simulation of)
{
	struct row row = {.of = of, .gates = o->gates};

	simulate(&row, o->seed);
	if (o->csv)
		print_csv(&row, o->seed);
	else
		print_row(&row);
	return !o->check || check(&row);
}

/*
 * Holm's step is tried on ranks. Means, which take ten times as long to judge, go through it where
 * the noise makes them use their level.
 */
static bool is_tried(const struct simulation *s)
{
	return !s->means || s->cells < CELLS_MAX || s->model.sd >= NOISE_WILD;
}

static bool do_rows(const struct options *o, bool means)
{
	static const size_t cells[] = {1, 3, CELLS_MAX};
	static const double spreads[] = {0.014, 0.03, 0.12};
	struct simulation s = {.share = 1, .means = means};
	bool good = true;

	for (size_t m = 0; m < noise_model_count; m++)
		for (size_t c = 0; c < ARRAY_SIZE(cells); c++) {
			s.model = noise_models[m];
			s.cells = cells[c];
			good &= !is_tried(&s) || do_row(o, s);
		}
	/* the mean of two slices less that of two others varies as one slice does */
	s.change = 0.05;
	for (size_t i = 0; i < ARRAY_SIZE(spreads); i++)
		for (size_t c = 0; c < ARRAY_SIZE(cells); c++) {
			s.model = noise_of_sd(spreads[i]);
			s.cells = cells[c];
			good &= !is_tried(&s) || do_row(o, s);
		}
	return good;
}

/* All launches are slower, as by stalls or bursts of work, or one in five is. */
static bool do_planted(const struct options *o)
{
	static const double spreads[] = {0.01, 0.03, 0.08}, shares[] = {1, 0.2};
	struct simulation s = {.change = 0.1, .means = true};
	bool good = true;

	for (size_t k = 0; k < ARRAY_SIZE(shares); k++)
		for (size_t i = 0; i < ARRAY_SIZE(spreads); i++)
			for (s.cells = 1; s.cells <= 3; s.cells += 2) {
				s.model = noise_of_sd(spreads[i]);
				s.share = shares[k];
				good &= do_row(o, s);
			}
	return good;
}

/* Versions of which the layouts of builds are all that differs, and with a loss of 10 % besides. */
static bool do_builds(const struct options *o, bool means, size_t base)
{
	static const double layouts[] = {0, 0.005, 0.02, 0.05}, changes[] = {0, 0.1};
	struct simulation s = {.model = noise_of_sd(0.03),
		.share = 1,
		.means = means,
		.builds = {base, o->builds}};
	bool good = true;

	for (size_t k = 0; k < ARRAY_SIZE(changes); k++)
		for (size_t i = 0; i < ARRAY_SIZE(layouts); i++)
			for (s.cells = 1; s.cells <= 3; s.cells += 2) {
				s.layout_sd = layouts[i];
				s.change = changes[k];
				good &= do_row(o, s);
			}
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
			else if (strcmp(argv[i], "--builds") == 0 && number > 0 &&
				 number <= BUILDS_MAX)
				o->builds = number;
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
		fprintf(stderr,
			"usage: %s [--csv] [--check] [--gates 1..1000000] [--seed S] [--builds 1..%d]\n",
			argv[0], BUILDS_MAX);
		return 2;
	}
	bool all = o.builds == 0;

	o.builds = all ? 3 : o.builds;
	print_heading(&o);
	bool ranks = !all || do_rows(&o, false), of_builds = do_builds(&o, false, o.builds);

	for (size_t base = 1; all && base < o.builds; base++)
		of_builds &= do_builds(&o, false, base);

	o.gates = (o.gates + 1) / 2;
	bool means = !all || do_rows(&o, true), planted = !all || do_planted(&o);

	of_builds &= do_builds(&o, true, o.builds);
	return ranks && means && planted && of_builds ? 0 : 1;
}
