/* SPDX-License-Identifier: MIT */
#include "gate/gate-plan.h"

#include "run/worker.h"
#include "stats/summary.h"
#include "stats/two-sample.h"
#include "text/memory.h"
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Slices that show how fast a cell is, before it is slowed by a fraction of that. */
#define PILOT_SLICES 9
/* Blocks that show the real effect of the slowdown, and how often it is corrected at most. */
#define PILOT_BATCH  24
#define PILOT_BLOCKS 240
#define PILOT_ROUNDS 3
/* A busy machine may leave a slice with too few messages for a median: so often it is taken again.
 */
#define PILOT_TRIES  20
/* The interval of the change is narrow enough at this fraction of the intended change ... */
#define PILOT_WIDTH  0.15
/* ... and this is how close to it the change itself has to be. */
#define PILOT_ERROR  0.04
#define CONFIDENCE   0.95

/* ---- the slowdown ---------------------------------------------------------------------------- */

/* The search for the dose of a cell. */
struct pilot {
	const struct selftest *t;
	const struct gate_cell *cell;
	struct gate_version *version; /* base, new */
	enum gate_metric metric;      /* what is slowed: a round trip or a stream */
	double *dose_s;		      /* what each side spends on a message */
};

/* The value of one more slice of a version. */
static int pilot_slice(const struct pilot *p, size_t version, double *value)
{
	for (size_t i = 0; i < PILOT_TRIES; i++) {
		struct gate_slice slice;
		struct slice_result res;
		int r = slice_run(&slice, &res, p->version[version].argv, &p->cell->key, 60);

		if (r == -EINTR)
			return r;
		if (r < 0 || res.status != STATUS_OK)
			return reason_set(
				p->t->why, EIO, "%s: %.200s", p->cell->name, res.why.text);
		*value = slice.value[p->metric];
		if (*value > 0)
			return 0;
	}
	return reason_set(p->t->why, EIO,
		"%s: %d slices one after another had too few messages; raise --duration",
		p->cell->name, PILOT_TRIES);
}

static void set_dose(const struct pilot *p)
{
	struct gate_version *v = &p->version[1];

	free(v->argv[v->slowdown_at]);
	v->argv[v->slowdown_at] = need_text("%.0f", round(*p->dose_s * 1e9 / p->t->step_ns));
}

/*
 * The first guess of what each side has to spend on a message: a round trip passes four operations
 * one after another; in a stream the slower side has one per message.
 */
static int guess_dose(const struct pilot *p)
{
	double values[PILOT_SLICES], inject = p->t->settings->inject;
	int r = 0;

	for (size_t i = 0; i < PILOT_SLICES && r == 0; i++)
		r = pilot_slice(p, 0, &values[i]);
	if (r < 0)
		return r;
	double usual = median(values, PILOT_SLICES);

	*p->dose_s = p->metric == GATE_LATENCY ? inject * usual / 1e9 / 4 : inject / usual;
	set_dose(p);
	return 0;
}

/* One block of the pilot: how much slower the slowed version is, as a difference of logarithms. */
static int pilot_block(const struct pilot *p, double *d)
{
	/* a throughput falls where a time grows */
	const double sign = p->metric == GATE_LATENCY ? 1 : -1;
	double value[2][2];
	int r = 0;

	for (size_t k = 0; k < GATE_SLICES && r == 0; k++) {
		size_t is_new = k == 1 || k == 2;

		r = pilot_slice(p, is_new, &value[is_new][k / 2]);
	}
	if (r == 0)
		*d = sign * gate_difference(value[0], 2, value[1], 2);
	return r;
}

/* Enough blocks to know the change to a fraction of the intended one, but at most PILOT_BLOCKS. */
static int measure_dose(const struct pilot *p, struct shift *out)
{
	double d[PILOT_BLOCKS];
	size_t n = 0;

	do {
		for (size_t end = n + PILOT_BATCH; n < end; n++) {
			int r = pilot_block(p, &d[n]);

			if (r < 0)
				return r;
		}
		*out = signed_rank(d, n, CONFIDENCE);
	} while (n < PILOT_BLOCKS &&
		 out->ci_hi - out->ci_lo > PILOT_WIDTH * log1p(p->t->settings->inject));
	return 0;
}

/*
 * Scales the dose until it causes the intended change, because calls, mispredicted branches and
 * overlapping stages affect it; not if the cell is too noisy to tell. The blocks of the gates show
 * later what it really was.
 */
static int correct_dose(const struct pilot *p)
{
	double wanted = log1p(p->t->settings->inject);
	struct shift shift;

	for (size_t i = 0; i < PILOT_ROUNDS; i++) {
		int r = measure_dose(p, &shift);

		if (r < 0)
			return r;
		if (shift.ci_hi - shift.ci_lo > wanted || shift.ci_lo <= 0 ||
			fabs(shift.estimate / wanted - 1) < PILOT_ERROR)
			break;
		*p->dose_s *= wanted / shift.estimate;
		set_dose(p);
	}
	return 0;
}

/* The first gate finds the doses. */
static int set_doses(struct selftest *t, const struct gate_plan *plan)
{
	int r = 0;

	if (t->dose_s == NULL)
		t->dose_s = need_array(plan->count, sizeof(*t->dose_s));
	for (size_t c = 0; c < plan->count && r == 0; c++) {
		const struct gate_cell *cell = &plan->cells[c];
		const struct pilot p = {
			.t = t,
			.cell = cell,
			.version = plan->tasks[c].version,
			.metric = cell->key.mode == MODE_LATENCY ? GATE_LATENCY : GATE_THROUGHPUT,
			.dose_s = &t->dose_s[c],
		};

		if (cell->status == STATUS_OK && *p.dose_s > 0) {
			set_dose(&p);
		} else if (cell->status == STATUS_OK) {
			r = guess_dose(&p);
			r = r == 0 ? correct_dose(&p) : r;
		}
	}
	return r;
}

/* ---- what one gate adds ---------------------------------------------------------------------- */

static struct selftest_row *row_of(struct selftest *out, const char *cell, enum gate_metric m)
{
	for (size_t i = 0; i < out->row_count; i++)
		if (out->rows[i].metric == m && strcmp(out->rows[i].cell, cell) == 0)
			return &out->rows[i];
	struct selftest_row *row = need_next(out->rows, out->row_count);

	row->cell = need_copy(cell);
	row->metric = m;
	return row;
}

/*
 * Whether `b` is the result of exchanging the labels of `a`. One of them may have been decided at
 * an earlier look, by fewer blocks: then only the verdicts have to agree.
 */
static bool is_mirror(const struct gate_row *a, const struct gate_row *b)
{
	const enum gate_verdict worse = VERDICT_REGRESSION, better = VERDICT_IMPROVED;
	enum gate_verdict va = a->found.verdict, vb = b->found.verdict;

	if (a->look != b->look || a->blocks != b->blocks)
		return !(va == vb && (va == worse || va == better));
	if (a->blocks > 0 && fabs(log(a->found.ratio * b->found.ratio)) > 1e-9)
		return false;
	return (va == worse) == (vb == better) && (va == better) == (vb == worse);
}

/* The rows of the gate as they would have been with the labels exchanged; to be freed. */
static struct gate_row *mirror(const struct gate_results *r, const struct gate_settings *s)
{
	struct gate_results other = *r;

	other.blocks = need_array(r->block_count, sizeof(*other.blocks));
	other.rows = need_array(r->row_count, sizeof(*other.rows));
	for (size_t i = 0; i < r->row_count; i++)
		other.rows[i] = r->rows[i];
	for (size_t i = 0; i < r->block_count; i++) {
		other.blocks[i] = r->blocks[i];
		other.blocks[i].reversed = !r->blocks[i].reversed;
	}
	gate_judge_again(&other, s);
	free(other.blocks);
	return other.rows;
}

/* The slices of one cell in the order of time, the first half against the second. */
static void compare_fixed(
	struct selftest_row *row, const struct gate_results *r, const struct gate_row *of)
{
	double *v = need_array(r->block_count * GATE_SLICES, sizeof(*v));
	const double sign = gate_metrics[of->metric].higher_is_better ? -1 : 1;
	struct shift shift;
	size_t n = 0;

	for (size_t i = 0; i < r->block_count; i++)
		for (size_t k = 0; k < GATE_SLICES && r->blocks[i].cell == of->cell; k++)
			if (r->blocks[i].slices[k].value[of->metric] > 0)
				v[n++] = log(r->blocks[i].slices[k].value[of->metric]);
	size_t half = n / 2;

	if (rank_sum(v, half, v + half, n - half, CONFIDENCE, &shift) == 0) {
		double before = median(v, half), after = median(v + half, n - half);

		row->fixed++;
		row->fixed_significant +=
			shift.p < GATE_RULE_DEFAULT.alpha && sign * shift.estimate > 0;
		row->fixed_threshold += sign * (after - before) > log1p(of->tolerance);
		row->tolerance = of->tolerance;
	}
	free(v);
}

static void take_row(struct selftest *t, const struct gate_results *r, const struct gate_row *of,
	const struct gate_row *mirrored)
{
	struct selftest_row *row = row_of(t, r->cells[of->cell].name, of->metric);

	row->verdicts[of->found.verdict]++;
	row->truthful +=
		of->found.verdict == VERDICT_INCONCLUSIVE && of->found.mde > t->settings->inject;
	row->mirrored += is_mirror(of, mirrored);
	if (of->why.text[0] != '\0')
		row->why = of->why;
	*need_next(row->mdes, row->gates) = of->found.mde;
	for (size_t i = 0; i < r->block_count; i++) {
		double d = gate_block_difference(&r->blocks[i], of->metric);

		if (r->blocks[i].cell == of->cell && !isnan(d))
			*need_next(row->d, row->d_count) = d;
	}
	if (!(t->settings->inject > 0))
		compare_fixed(row, r, of);
}

static void take(struct selftest *t, const struct gate_results *r)
{
	struct gate_row *mirrored = mirror(r, t->settings);

	for (size_t i = 0; i < r->row_count; i++)
		take_row(t, r, &r->rows[i], &mirrored[i]);
	free(mirrored);
	for (size_t c = 0; c < r->cell_count; c++)
		if (r->cells[c].status != STATUS_OK && t->failure.text[0] == '\0')
			reason_set(&t->failure, 0, "%s: %.180s", r->cells[c].name,
				r->cells[c].why.text);
	t->regressed += gate_outcome(r) == GATE_REGRESSED;
	*need_next(t->seconds, t->gates) = r->elapsed_s;
}

static int run_one(struct selftest *t, unsigned int number)
{
	struct gate_settings s = *t->settings;
	struct gate_plan plan;
	struct gate_results results = {0};

	s.seed += number;
	int r = gate_plan_build(&plan, &s, t->topology, t->clock, t->why);

	if (r == 0 && s.inject > 0)
		r = set_doses(t, &plan);
	if (r == 0)
		gate_measure(&results, &s, &plan, NULL);
	if (r == 0 && !results.interrupted) {
		take(t, &results);
		t->step(t->arg, &results, number + 1);
	}
	t->interrupted |= results.interrupted || r == -EINTR;
	gate_results_free(&results);
	gate_plan_free(&plan);
	return r == -EINTR ? 0 : r;
}

/* ---- the whole ------------------------------------------------------------------------------- */

int selftest_run(struct selftest *t)
{
	int r = 0;

	if (t->settings->inject > 0)
		t->step_ns = slowdown_step_ns(t->clock);
	for (unsigned int i = 0; i < t->settings->gates && r == 0 && !t->interrupted; i++)
		r = run_one(t, i);
	return r;
}

void selftest_free(struct selftest *t)
{
	for (size_t i = 0; i < t->row_count; i++) {
		free(t->rows[i].cell);
		free(t->rows[i].d);
		free(t->rows[i].mdes);
	}
	free(t->rows);
	free(t->seconds);
	free(t->dose_s);
	*t = (struct selftest){0};
}

enum selftest_proof selftest_proof(const struct selftest *t)
{
	const struct gate_rule rule = GATE_RULE_DEFAULT;
	double lower = binomial_lower(t->regressed, t->gates, CONFIDENCE);
	double upper = binomial_upper(t->regressed, t->gates, CONFIDENCE);

	for (size_t i = 0; i < t->row_count; i++)
		if (t->rows[i].mirrored != t->rows[i].gates)
			return SELFTEST_BROKEN;
	if (t->settings->inject > 0)
		return upper < rule.power    ? SELFTEST_BROKEN
		       : lower >= rule.power ? SELFTEST_PROVEN
					     : SELFTEST_OPEN;
	return lower > rule.alpha    ? SELFTEST_BROKEN
	       : upper <= rule.alpha ? SELFTEST_PROVEN
				     : SELFTEST_OPEN;
}

/* ---- the report ------------------------------------------------------------------------------ */

/* "0 of 300 (at most 0.99 % at 95 % confidence)" */
static void write_rate(FILE *out, size_t hits, size_t tries, bool at_least)
{
	double limit = at_least ? binomial_lower(hits, tries, CONFIDENCE)
				: binomial_upper(hits, tries, CONFIDENCE);

	fprintf(out, "%zu of %zu (%s %.3g %% at 95 %% confidence)", hits, tries,
		at_least ? "at least" : "at most", 100 * limit);
}

static double percent(double ratio)
{
	return 100 * (ratio - 1);
}

static void write_headline(FILE *out, const struct selftest *t)
{
	const struct gate_settings *s = t->settings;
	double usual = median(t->seconds, t->gates);

	if (s->inject > 0)
		fprintf(out,
			"Gates that called a slowdown of %g %% a regression: ", 100 * s->inject);
	else
		fputs("False alarms, gates that called this program slower than itself: ", out);
	write_rate(out, t->regressed, t->gates, s->inject > 0);
	fprintf(out,
		".\nA gate took %.1f s, the longest %.1f s. Seeds %" PRIu64 " to %" PRIu64 ".\n",
		usual, t->seconds[t->gates - 1], s->seed, s->seed + t->gates - 1);
}

static void write_change(FILE *out, const struct selftest_row *r)
{
	struct estimate e = estimate_median(r->d, r->d_count);

	if (isnan(e.ci_lo)) {
		fprintf(out, "new/base  not known\n");
		return;
	}
	/* half the width of the middle 68 % */
	double last = (double)(r->d_count - 1),
	       spread = (r->d[(size_t)(0.8413 * last)] - r->d[(size_t)(0.1587 * last)]) / 2;

	fprintf(out,
		"new/base  %+.2f %% (%+.2f to %+.2f), over %zu blocks; a block varies by %.1f %%\n",
		percent(exp(e.median)), percent(exp(e.ci_lo)), percent(exp(e.ci_hi)), r->d_count,
		100 * spread);
}

static void write_row(FILE *out, const struct selftest_row *r, bool injected)
{
	const size_t *v = r->verdicts;

	fprintf(out, "\n%s, %s\n", r->cell, gate_metrics[r->metric].title);
	fprintf(out, "  verdicts  %zu pass, %zu improved, %zu regression, %zu inconclusive", v[0],
		v[VERDICT_IMPROVED], v[VERDICT_REGRESSION], v[VERDICT_INCONCLUSIVE]);
	if (injected)
		fprintf(out, " (%zu of them with an MDE above it)", r->truthful);
	fputs("\n  ", out);
	write_change(out, r);
	double mde = median(r->mdes, r->gates);

	if (!isfinite(mde))
		fprintf(out, "  MDE       none: %s\n",
			r->why.text[0] != '\0' ? r->why.text : "too few blocks");
	else
		fprintf(out, "  MDE       %.1f %%, the median of the gates\n", 100 * mde);
	fprintf(out, "  labels exchanged  mirrored in %zu of %zu\n", r->mirrored, r->gates);
	if (injected || r->fixed == 0)
		return;
	fprintf(out, "  A then B, same slices, rank-sum test at 1 %%  ");
	write_rate(out, r->fixed_significant, r->fixed, true);
	fprintf(out, "\n  A then B, same slices, worse by over %g %%  ", 100 * r->tolerance);
	write_rate(out, r->fixed_threshold, r->fixed, true);
	fputc('\n', out);
}

static const char *const conclusions[] = {
	[SELFTEST_PROVEN] = "The gate keeps its promises here.",
	[SELFTEST_OPEN] = "Nothing contradicts the gate here, but proving it takes more --gates.",
	[SELFTEST_BROKEN] =
		("The gate does not keep its promises here; do not trust it on this machine "
		 "(ipcbench doctor says what disturbs it)."),
};

const char *selftest_failure(const struct selftest *t)
{
	return t->interrupted			      ? "interrupted; nothing was proven"
	       : t->failure.text[0] != '\0'	      ? t->failure.text
	       : selftest_proof(t) == SELFTEST_BROKEN ? conclusions[SELFTEST_BROKEN]
						      : NULL;
}

int selftest_write(FILE *out, const struct selftest *t, const char *machine)
{
	fprintf(out, "Self-test of the gate: %zu gate%s, %s\n", t->gates, t->gates == 1 ? "" : "s",
		machine);
	if (t->gates > 0)
		write_headline(out, t);
	for (size_t i = 0; i < t->row_count; i++)
		write_row(out, &t->rows[i], t->settings->inject > 0);
	if (t->failure.text[0] != '\0')
		fprintf(out, "\nnot measured: %s\n", t->failure.text);
	if (t->interrupted)
		fprintf(out, "\ninterrupted after %zu of %u gate%s\n", t->gates, t->settings->gates,
			t->settings->gates == 1 ? "" : "s");
	else if (t->gates > 0)
		fprintf(out, "\n%s\n", conclusions[selftest_proof(t)]);
	return stream_status(out);
}
