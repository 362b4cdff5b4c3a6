/* SPDX-License-Identifier: MIT */
#include "simulated.h"

#include "text/format.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct gate_rule rule = GATE_RULE_DEFAULT;

/* ---- the gate -------------------------------------------------------------------------------- */

struct gate {
	const struct noise_model *model;
	struct noise noise;
	struct random coin; /* of the gate's own: not of the machine */
	double change;	    /* logarithm */
	size_t cells;
	double d[CELLS_MAX][SECOND_LOOK];
	struct gate_evidence evidence[CELLS_MAX];
	enum gate_verdict verdict[CELLS_MAX];
	bool final[CELLS_MAX];
	bool proven;
};

/* base new new base, or the reverse, as the coin says; the mean of new less the mean of base. */
static double block(struct gate *g, double change)
{
	bool reversed = random_coin(&g->coin);
	double sum = 0;

	for (size_t i = 0; i < SLICES; i++) {
		bool is_new = (i == 1 || i == 2) != reversed;
		double slice = g->model->next(g->model, &g->noise) + (is_new ? change : 0);

		sum += is_new ? slice : -slice;
	}
	return sum / 2;
}

/* Rounds of one block of each cell that is still open, up to so many blocks of each. */
static void measure(struct gate *g, size_t blocks)
{
	size_t from = blocks == FIRST_LOOK ? 0 : FIRST_LOOK;

	for (size_t i = from; i < blocks; i++)
		for (size_t c = 0; c < g->cells; c++)
			if (!g->final[c]) {
				g->d[c][i] = block(g, c == 0 ? g->change : 0);
				g->evidence[c].n = i + 1;
			}
}

/* Returns how many cells are still open; what was decided stays so. */
static size_t look(struct gate *g)
{
	struct gate_finding found[CELLS_MAX];
	size_t open = 0;

	gate_judge(&rule, g->evidence, g->cells, found);
	for (size_t c = 0; c < g->cells; c++) {
		g->proven |= found[c].p_adjusted < rule.alpha;
		if (!g->final[c])
			g->verdict[c] = found[c].verdict;
		g->final[c] |= gate_is_final(&g->evidence[c], &found[c]);
		open += !g->final[c];
	}
	return open;
}

struct gate_result gate_simulate(
	const struct noise_model *model, size_t cells, double change, uint64_t seed)
{
	struct gate g = {.model = model,
		.noise = noise_from(model, seed),
		.coin = random_from(~seed),
		.change = log1p(change),
		.cells = cells};
	struct gate_result result = {.passed = true};

	for (size_t c = 0; c < cells; c++) {
		g.verdict[c] = VERDICT_INCONCLUSIVE;
		g.evidence[c] = (struct gate_evidence){
			.d = g.d[c], .tolerance = TOLERANCE, .min_effect = MIN_EFFECT};
	}
	measure(&g, FIRST_LOOK);
	if (look(&g) > 0) {
		measure(&g, SECOND_LOOK);
		look(&g);
	}
	for (size_t c = 0; c < cells; c++) {
		enum gate_verdict v = g.verdict[c];

		result.blocks += g.evidence[c].n;
		result.passed &= v == VERDICT_PASS || v == VERDICT_IMPROVED;
		if (c == 0 || change == 0)
			result.regression |= v == VERDICT_REGRESSION;
	}
	result.proven = g.proven;
	return result;
}

/* ---- one after the other --------------------------------------------------------------------- */

enum { HALF = SECOND_LOOK * SLICES / 2 };

/* The normal value that is exceeded with the probability alpha / 2 = 0.005. */
#define Z_OF_ALPHA 2.5758293035489004

static double median(const double *sorted)
{
	return (sorted[HALF / 2 - 1] + sorted[HALF / 2]) / 2;
}

/* The Mann-Whitney test; with 80 values of each its normal approximation is as good as exact. */
struct fixed_result fixed_simulate(const struct noise_model *model, double change, uint64_t seed)
{
	struct noise noise = noise_from(model, seed);
	double base[HALF], new[HALF], pairs = 0;

	for (size_t i = 0; i < HALF; i++)
		base[i] = model->next(model, &noise);
	for (size_t i = 0; i < HALF; i++)
		new[i] = model->next(model, &noise) + log1p(change);
	qsort(base, HALF, sizeof(*base), sorted_ascending);
	qsort(new, HALF, sizeof(*new), sorted_ascending);
	for (size_t i = 0, below = 0; i < HALF; i++) {
		while (below < HALF && base[below] < new[i])
			below++;
		pairs += (double)below;
	}
	double far = fabs(pairs - HALF * HALF / 2.0) - 0.5;
	bool proven = far / sqrt(HALF * HALF / 12.0 * (2 * HALF + 1)) > Z_OF_ALPHA;

	return (struct fixed_result){
		.proven = proven,
		.regression = proven && median(new) - median(base) > log1p(MIN_EFFECT),
	};
}
