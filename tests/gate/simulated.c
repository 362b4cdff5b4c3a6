/* SPDX-License-Identifier: MIT */
#include "simulated.h"

#include "gate/gate-plan.h"
#include "stats/variance.h"
#include "text/format.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct gate_rule rule = GATE_RULE_DEFAULT;

/* Makes the slow slices another series than the noise. */
#define SLOW_SEED   0x5105
/* Likewise what layouts do. */
#define LAYOUT_SEED 0x1a40
/* No slice takes longer than this, in ln, or it would have been killed. */
#define LONGEST	    5

/* ---- the gate -------------------------------------------------------------------------------- */

struct gate {
	const struct simulation *s;
	struct noise noise;
	struct random coin; /* of the gate's own: not of the machine */
	struct random slow; /* of the new version's own */
	double layout[CELLS_MAX][2][BUILDS_MAX];
	unsigned char builds[SECOND_LOOK][2];
	double d[CELLS_MAX][SECOND_LOOK];
	double total[CELLS_MAX][2][SECOND_LOOK]; /* of base and of new */
	struct gate_evidence evidence[CELLS_MAX];
	struct gate_finding found[CELLS_MAX]; /* when it was decided, or at the last look */
	bool final[CELLS_MAX];
	bool proven;
};

/* What the new version adds to the logarithm of a slice. */
static double slowed(struct gate *g, size_t cell)
{
	const struct simulation *s = g->s;

	if (cell > 0 || s->change == 0 || !(random_part(&g->slow) < s->share))
		return 0;
	return log1p(s->change / s->share);
}

static void draw_layouts(struct gate *g, uint64_t seed)
{
	const size_t *builds = g->s->builds;
	struct random random = random_from(seed ^ LAYOUT_SEED);

	for (size_t c = 0; c < g->s->cells; c++)
		for (size_t i = 0; i < builds[0] || i < builds[1]; i++)
			for (size_t v = 0; v < 2; v++)
				g->layout[c][v][i] = g->s->layout_sd * random_normal(&random);
	for (unsigned int i = 0; i < SECOND_LOOK; i++)
		gate_choose_builds(g->builds[i], builds, i + 1);
}

/* base new new base, or the reverse, as the coin says; the mean of new less the mean of base. */
static void block(struct gate *g, size_t cell, size_t number)
{
	bool reversed = random_coin(&g->coin);
	double sum = 0, total[2] = {0, 0};

	for (size_t i = 0; i < SLICES; i++) {
		bool is_new = (i == 1 || i == 2) != reversed;
		double slice = g->s->model.next(&g->s->model, &g->noise) +
			       (is_new ? slowed(g, cell) : 0) +
			       g->layout[cell][is_new][g->builds[number][is_new]];

		sum += is_new ? slice : -slice;
		total[is_new] += exp(fmin(slice, LONGEST));
	}
	g->d[cell][number] = g->s->means ? log(total[1] / total[0]) : sum / 2;
	g->total[cell][0][number] = total[0];
	g->total[cell][1][number] = total[1];
}

/* Rounds of one block of each cell that is still open, up to so many blocks of each. */
static void measure(struct gate *g, size_t blocks)
{
	size_t from = blocks == FIRST_LOOK ? 0 : FIRST_LOOK;

	for (size_t i = from; i < blocks; i++)
		for (size_t c = 0; c < g->s->cells; c++)
			if (!g->final[c]) {
				block(g, c, i);
				g->evidence[c].n = i + 1;
			}
}

/* Returns how many cells are still open; what was decided stays so. */
static size_t look(struct gate *g)
{
	struct gate_finding found[CELLS_MAX];
	size_t open = 0;

	for (size_t c = 0; c < g->s->cells && g->s->builds[0] + g->s->builds[1] > 2; c++) {
		struct gate_evidence *e = &g->evidence[c];

		e->layout_error =
			crossed_error(g->d[c], g->builds, e->n, &e->layout_df, &e->of_layout);
	}
	gate_judge(&rule, g->evidence, g->s->cells, found);
	for (size_t c = 0; c < g->s->cells; c++) {
		g->proven |= found[c].p_adjusted < rule.alpha;
		if (!g->final[c])
			g->found[c] = found[c];
		g->final[c] |= gate_is_final(&g->evidence[c], &found[c]);
		g->evidence[c].decided = g->final[c] ? &g->found[c] : NULL;
		open += !g->final[c];
	}
	return open;
}

static bool is_pass(const struct gate_finding *f)
{
	return f->verdict == VERDICT_PASS || f->verdict == VERDICT_IMPROVED;
}

static struct gate_result sum_up(const struct gate *g)
{
	const struct simulation *s = g->s;
	struct gate_result result = {
		.passed = true,
		.changed_passed = is_pass(&g->found[0]),
		.truthful =
			g->found[0].verdict == VERDICT_INCONCLUSIVE && g->found[0].mde > s->change,
		.proven = g->proven,
	};

	for (size_t c = 0; c < s->cells; c++) {
		result.blocks += g->evidence[c].n;
		result.passed &= is_pass(&g->found[c]);
		if (c == 0 || s->change == 0)
			result.regression |= g->found[c].verdict == VERDICT_REGRESSION;
	}
	return result;
}

struct gate_result gate_simulate(const struct simulation *s, uint64_t seed)
{
	struct gate g = {.s = s,
		.noise = noise_from(&s->model, seed),
		.coin = random_from(~seed),
		.slow = random_from(seed ^ SLOW_SEED)};

	for (size_t c = 0; c < s->cells; c++)
		g.evidence[c] = (struct gate_evidence){.d = s->means ? NULL : g.d[c],
			.base = g.total[c][0],
			.new = g.total[c][1],
			.tolerance = TOLERANCE,
			.min_effect = MIN_EFFECT};
	draw_layouts(&g, seed);
	measure(&g, FIRST_LOOK);
	if (look(&g) > 0) {
		measure(&g, SECOND_LOOK);
		look(&g);
	}
	return sum_up(&g);
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
	sort_ascending(base, HALF);
	sort_ascending(new, HALF);
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
