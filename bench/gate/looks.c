/* SPDX-License-Identifier: MIT */
#include "gate/gate-plan.h"

#include "stats/summary.h"
#include "stats/variance.h"
#include "text/format.h"
#include "text/memory.h"

void gate_plan_looks(const struct gate_settings *s, size_t count, size_t looks[GATE_LOOKS])
{
	static const size_t usual[GATE_LOOKS] = {GATE_FIRST_LOOK, GATE_LAST_LOOK};
	size_t needed = gate_blocks_needed(&s->rule, count, 0);
	size_t builds = s->builds[0].count + s->builds[1].count;

	/* fewer than builds tell nothing of these (stats/variance.h) */
	needed = needed > builds ? needed : builds;
	needed += (needed + GATE_DROP_SHARE - 2) / (GATE_DROP_SHARE - 1);
	for (size_t i = 0; i < GATE_LOOKS; i++) {
		looks[i] = s->least[i] > 0 ? s->least[i] : usual[i];
		looks[i] = looks[i] > needed ? looks[i] : needed;
		if (s->blocks[i] != 0)
			looks[i] = s->blocks[i];
		/* the last look at many cells still has more to see than the first */
		needed *= 2;
	}
}

static bool takes_part(const struct gate_block *b, size_t cell, size_t last)
{
	return b->cell == cell && b->number <= last;
}

void gate_drop(struct gate_block *blocks, size_t count, size_t cell, size_t last)
{
	double *disturbance = need_array(count, sizeof(*disturbance));
	size_t n = 0, dropped = 0;

	for (size_t i = 0; i < count; i++) {
		if (blocks[i].cell == cell)
			blocks[i].dropped = false;
		if (takes_part(&blocks[i], cell, last))
			disturbance[n++] = blocks[i].disturbance;
	}
	sort_ascending(disturbance, n);
	/* what is more disturbed than the worst that has to stay; equal ones stay together */
	size_t most = n / GATE_DROP_SHARE;
	double bound = n == 0 ? 0 : fmax(disturbance[n - 1 - most], GATE_DISTURBED);

	for (size_t i = 0; i < count && dropped < most; i++) {
		if (!takes_part(&blocks[i], cell, last) || !(blocks[i].disturbance > bound))
			continue;
		blocks[i].dropped = true;
		dropped++;
	}
	free(disturbance);
}

static double middle(enum gate_metric m, double *values, size_t n)
{
	double sum = 0;

	if (!gate_metrics[m].of_means)
		return median(values, n);
	for (size_t i = 0; i < n; i++)
		sum += values[i];
	return sum / (double)n; /* of nothing: 0 / 0 */
}

/* Few messages have a total as many have, but no quantile. */
static bool is_quantile(enum gate_metric m)
{
	return m == GATE_LATENCY || m == GATE_P99;
}

/*
 * Fills the data of a row that is not decided, from the first `last` blocks of its cell. Returns
 * how many blocks that were not dropped lack a value.
 */
static size_t gather(const struct gate_results *out, struct gate_row *row, size_t last)
{
	double *values[2] = {need_array(2 * out->block_count, sizeof(double)),
		need_array(2 * out->block_count, sizeof(double))};
	size_t n[2] = {0, 0}, missing = 0;
	unsigned char(*builds)[2] = need_array(out->block_count, sizeof(*builds));

	free(row->d);
	row->d = need_array(3 * out->block_count, sizeof(*row->d));
	row->total[0] = row->d + out->block_count;
	row->total[1] = row->total[0] + out->block_count;
	row->blocks = row->dropped = 0;
	for (size_t i = 0; i < out->block_count; i++) {
		const struct gate_block *b = &out->blocks[i];
		double d = is_quantile(row->metric) && gate_block_is_short(b)
				   ? NAN
				   : gate_block_difference(b, row->metric);

		if (!takes_part(b, row->cell, last))
			continue;
		row->dropped += b->dropped;
		missing += !b->dropped && isnan(d);
		if (b->dropped || isnan(d))
			continue;
		for (size_t v = 0; v < 2; v++)
			row->total[v][row->blocks] = gate_block_total(b, row->metric, v != 0);
		memcpy(builds[row->blocks], b->build, sizeof(*builds));
		row->d[row->blocks++] = d;
		for (size_t k = 0; k < GATE_SLICES; k++) {
			bool is_new = gate_slice_is_new(b, k);

			values[is_new][n[is_new]++] = b->slices[k].value[row->metric];
		}
	}
	row->base = middle(row->metric, values[0], n[0]);
	row->new = middle(row->metric, values[1], n[1]);
	row->layout_error =
		crossed_error(row->d, builds, row->blocks, &row->layout_df, &row->of_layout);
	free(builds);
	free(values[0]);
	free(values[1]);
	return missing;
}

static size_t count_short(const struct gate_results *out, size_t cell, size_t last)
{
	size_t n = 0;

	for (size_t i = 0; i < out->block_count; i++)
		n += takes_part(&out->blocks[i], cell, last) && !out->blocks[i].dropped &&
		     gate_block_is_short(&out->blocks[i]);
	return n;
}

/*
 * Whether there is something to judge. A value may be missing because of what it would have been
 * (slow slices hold fewer messages), so what is left is not judged by itself: a quantile allows for
 * whatever the missing ones could be (stats/gate-rule.h), and a total is not judged.
 */
static bool judgeable(
	const struct gate_results *out, struct gate_row *row, size_t missing, size_t last)
{
	bool quantile = is_quantile(row->metric);
	size_t blocks = row->blocks + missing;
	size_t few = quantile ? count_short(out, row->cell, last) : 0;

	row->why.text[0] = '\0';
	if (few > 0)
		reason_set(&row->why, 0,
			"%zu of %zu blocks have a slice of fewer than %d messages; raise --duration",
			few, blocks, GATE_MESSAGES);
	else if (missing > 0 && quantile)
		reason_set(&row->why, 0,
			"%zu of %zu blocks have a slice of fewer than %s; raise --duration",
			missing, blocks,
			row->metric == GATE_P99 ? "the 1000 messages that a p99 needs"
						: "the 20 messages that a median needs");
	else if (missing > 0)
		reason_set(&row->why, 0,
			"%zu of %zu blocks have no value of it; compare versions that measure it",
			missing, blocks);
	else if (row->metric == GATE_P99 && blocks + row->dropped < GATE_P99_BLOCKS)
		reason_set(&row->why, 0, "a p99 takes %d blocks; raise --blocks", GATE_P99_BLOCKS);
	if (row->metric == GATE_P99 && blocks + row->dropped < GATE_P99_BLOCKS)
		return false;
	return row->blocks > 0 && (missing == 0 || quantile);
}

void gate_look(
	struct gate_results *out, const struct gate_settings *set, unsigned int look, size_t last)
{
	struct gate_evidence *evidence = need_array(out->row_count, sizeof(*evidence));
	struct gate_finding *found = need_array(out->row_count, sizeof(*found));

	for (size_t c = 0; c < out->cell_count; c++)
		gate_drop(out->blocks, out->block_count, c, last);
	for (size_t i = 0; i < out->row_count; i++) {
		struct gate_row *row = &out->rows[i];
		size_t missing = row->decided ? 0 : gather(out, row, last);
		bool fit = row->decided || judgeable(out, row, missing, last);

		evidence[i] = (struct gate_evidence){
			.d = gate_metrics[row->metric].of_means ? NULL : row->d,
			.base = row->total[0],
			.new = row->total[1],
			.n = fit ? row->blocks + missing : 0,
			.missing = missing,
			.layout_error = row->layout_error,
			.of_layout = row->of_layout,
			.layout_df = row->layout_df,
			.higher_is_better = gate_metrics[row->metric].higher_is_better,
			.tolerance = row->tolerance,
			.min_effect = row->min_effect,
			.decided = row->decided ? &row->found : NULL,
		};
		found[i] = gate_unjudged;
	}
	gate_judge(&set->rule, evidence, out->row_count, found);
	for (size_t i = 0; i < out->row_count; i++) {
		struct gate_row *row = &out->rows[i];

		if (row->decided)
			continue;
		row->found = found[i];
		row->decided = set->settled != NULL ? set->settled(set->settled_arg, row)
						    : gate_is_final(&evidence[i], &found[i]);
		row->look = found[i].verdict != VERDICT_INCONCLUSIVE ? look : 0;
		if (row->look > 0)
			row->why.text[0] = '\0';
	}
	free(evidence);
	free(found);
}

void gate_judge_again(struct gate_results *r, const struct gate_settings *s)
{
	size_t looks[GATE_LOOKS] = {0};

	gate_plan_looks(s, r->row_count, looks);
	for (size_t i = 0; i < r->row_count; i++) {
		r->rows[i].d = NULL;
		r->rows[i].decided = false;
	}
	for (unsigned int i = 0; i < s->rule.looks; i++)
		gate_look(r, s, i + 1, looks[i]);
	for (size_t i = 0; i < r->row_count; i++) {
		free(r->rows[i].d);
		r->rows[i].d = NULL;
	}
}
