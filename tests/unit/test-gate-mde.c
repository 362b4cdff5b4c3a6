/* SPDX-License-Identifier: MIT */
/* What a gate says it could have shown, against gates that are simulated. */
#include "gate/random.h"
#include "stats/gate-rule.h"
#include <ipcbench/base.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

enum { BLOCKS_MAX = 60, HYPOTHESES_MAX = 12 };

static double normal(struct random *r)
{
	return random_normal(r);
}

/* Student's t with 3 degrees of freedom: no fourth moment. */
static double heavy(struct random *r)
{
	double a = random_normal(r), b = random_normal(r), c = random_normal(r);

	return random_normal(r) / sqrt((a * a + b * b + c * c) / 3);
}

static double laplace(struct random *r)
{
	double size = -log(random_part(r));

	return random_coin(r) ? size : -size;
}

struct setting {
	double (*noise)(struct random *r);
	double sd; /* scale of the noise of a block */
	size_t n, hypotheses;
	double min_effect;
	bool means; /* tested as means; the noise is that of a total */
};

/* The finding of one gate; the other hypotheses have no blocks, so Holm's first step is met. */
static struct gate_finding one_gate(const struct setting *s, double shift, struct random *r)
{
	double d[BLOCKS_MAX], base[BLOCKS_MAX], new[BLOCKS_MAX];
	struct gate_evidence evidence[HYPOTHESES_MAX];
	struct gate_finding found[HYPOTHESES_MAX];
	const struct gate_rule rule = GATE_RULE_DEFAULT;

	for (size_t i = 0; i < s->n; i++) {
		d[i] = shift + s->sd * s->noise(r);
		base[i] = 1;
		new[i] = exp(d[i]);
	}
	for (size_t i = 0; i < s->hypotheses; i++)
		evidence[i] =
			(struct gate_evidence){.tolerance = 0.05, .min_effect = s->min_effect};
	evidence[0].d = s->means ? NULL : d;
	evidence[0].base = base;
	evidence[0].new = new;
	evidence[0].n = s->n;
	gate_judge(&rule, evidence, s->hypotheses, found);
	return found[0];
}

/* How often a gate calls a regression when the true change is what another gate said. */
static double power(const struct setting *s, size_t gates, uint64_t seed)
{
	struct random r = random_from(seed);
	size_t called = 0;

	for (size_t i = 0; i < gates; i++) {
		double mde = one_gate(s, 0, &r).mde;

		assert_true(isfinite(mde) && mde > 0);
		called += one_gate(s, log1p(mde), &r).verdict == VERDICT_REGRESSION;
	}
	return (double)called / (double)gates;
}

/* The power is 0.95 on average over both gates; it may be that of normal noise or a little less. */
static void expect_power(struct setting s, double least, double most)
{
	double found = power(&s, 1500, 20240607);

	if (found < least || found > most)
		fail_msg("%zu blocks, %zu hypotheses, scale %g: power %g is not in %g .. %g", s.n,
			s.hypotheses, s.sd, found, least, most);
}

/* Where the test decides, and, with less noise, where the minimum effect does. */
static void test_power_with_normal_noise(void **state)
{
	static const size_t blocks[] = {13, 16, 24, 40}, hypotheses[] = {1, 3, 12};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(blocks); i++)
		for (size_t j = 0; j < ARRAY_SIZE(hypotheses); j++) {
			if (blocks[i] == 13 && hypotheses[j] == 12)
				continue; /* the next test */
			expect_power((struct setting){normal, 0.03, blocks[i], hypotheses[j], 0.001,
					     false},
				0.93, 0.985);
			expect_power((struct setting){normal, 0.01, blocks[i], hypotheses[j], 0.03,
					     false},
				0.93, 0.985);
		}
}

static void test_power_of_means(void **state)
{
	static const size_t blocks[] = {20, 60}, hypotheses[] = {1, 12};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(blocks); i++)
		for (size_t j = 0; j < ARRAY_SIZE(hypotheses); j++) {
			const size_t n = blocks[i], many = hypotheses[j];

			expect_power(
				(struct setting){normal, 0.03, n, many, 0.001, true}, 0.93, 0.985);
			expect_power(
				(struct setting){normal, 0.01, n, many, 0.03, true}, 0.93, 0.985);
			expect_power(
				(struct setting){laplace, 0.03, n, many, 0.001, true}, 0.86, 0.985);
		}
}

/* All blocks must agree: the least of them decides, and it is the hardest to foretell. */
static void test_power_with_the_fewest_blocks(void **state)
{
	(void)state;
	expect_power((struct setting){normal, 0.03, 13, 12, 0.001, false}, 0.92, 0.985);
	expect_power((struct setting){laplace, 0.03, 13, 12, 0.001, false}, 0.84, 0.985);
}

static void test_power_with_heavy_tails(void **state)
{
	static const size_t blocks[] = {24, 40}, hypotheses[] = {1, 12};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(blocks); i++)
		for (size_t j = 0; j < ARRAY_SIZE(hypotheses); j++) {
			expect_power((struct setting){laplace, 0.03, blocks[i], hypotheses[j],
					     0.001, false},
				0.88, 0.985);
			expect_power((struct setting){heavy, 0.03, blocks[i], hypotheses[j], 0.001,
					     false},
				0.88, 0.985);
			expect_power((struct setting){heavy, 0.01, blocks[i], hypotheses[j], 0.03,
					     false},
				0.88, 0.985);
		}
}

/* What a gate neither found nor ruled out, it could not have shown. */
static void test_an_inconclusive_gate_rules_nothing_out(void **state)
{
	struct setting s = {normal, 0.15, BLOCKS_MAX, 3, 0.001, false};
	struct random r = random_from(20241124);
	size_t open[2] = {0};

	(void)state;
	for (size_t i = 0; i < 2000; i++) {
		s.means = i % 2 != 0;
		struct gate_finding f = one_gate(&s, 0.06, &r);

		if (f.verdict != VERDICT_INCONCLUSIVE)
			continue;
		open[s.means]++;
		assert_true(f.mde >= f.ci_hi - 1);
	}
	assert_true(open[0] > 0 && open[1] > 0);
}

static double mde_of(const double *d, size_t n, size_t hypotheses, double min_effect)
{
	const struct gate_rule rule = GATE_RULE_DEFAULT;
	double *means = signed_rank_means(d, n), mde;
	struct gate_reach reach;

	assert_non_null(means);
	reach = gate_reach(&rule, hypotheses, n);
	mde = gate_mde(&reach, means, means, min_effect);
	gate_reach_free(&reach);
	free(means);
	return mde;
}

/* 2 / 2^12 = 0.00049 is below 0.01 / 2 looks / 10 hypotheses and not below that of 11. */
static void test_too_few_blocks_show_nothing(void **state)
{
	double d[12];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(d); i++)
		d[i] = (double)i * 0.001;
	assert_true(isfinite(mde_of(d, 12, 10, 0.03)));
	assert_true(isinf(mde_of(d, 12, 11, 0.03)));
	assert_true(isinf(mde_of(d, 1, 1, 0.03)));
}

static void test_grows_with_noise_and_hypotheses(void **state)
{
	double d[40], wild[40], shifted[40], none[40];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(d); i++) {
		d[i] = ((double)(i * 17 % 40) - 19.5) * 0.001;
		wild[i] = 2 * d[i];
		shifted[i] = d[i] + 0.25;
		none[i] = 0.01;
	}
	assert_true(mde_of(wild, 40, 1, 0.001) > 1.9 * mde_of(d, 40, 1, 0.001));
	assert_true(mde_of(d, 40, 12, 0.001) > mde_of(d, 40, 1, 0.001));
	assert_true(mde_of(d, 20, 1, 0.001) > mde_of(d, 40, 1, 0.001) / 2);
	/* only the spread counts, not where the centre is */
	assert_true(fabs(mde_of(shifted, 40, 3, 0.001) - mde_of(d, 40, 3, 0.001)) < 1e-12);
	/* without any spread the minimum effect is what is left */
	assert_true(fabs(mde_of(none, 40, 3, 0.03) - 0.03) < 1e-12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_power_with_normal_noise),
		cmocka_unit_test(test_power_of_means),
		cmocka_unit_test(test_power_with_the_fewest_blocks),
		cmocka_unit_test(test_power_with_heavy_tails),
		cmocka_unit_test(test_an_inconclusive_gate_rules_nothing_out),
		cmocka_unit_test(test_too_few_blocks_show_nothing),
		cmocka_unit_test(test_grows_with_noise_and_hypotheses),
	};

	return cmocka_run_group_tests_name("gate-mde", tests, NULL, NULL);
}
