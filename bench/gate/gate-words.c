/* SPDX-License-Identifier: MIT */
/* Sentences about a comparison. */
#include "gate/gate-report.h"

#include <math.h>
#include <string.h>

bool gate_is_stored(const struct gate_results *r)
{
	return strcmp(r->command, "compare") == 0;
}

/* ---- numbers --------------------------------------------------------------------------------- */

static int decimals(double percent)
{
	return fabs(percent) < 99.95 ? 1 : 0;
}

struct phrase gate_change(double ratio)
{
	double percent = (ratio - 1) * 100;

	if (!isfinite(ratio))
		return phrase("-");
	return phrase("%s%s%%",
		fabs(percent) < 0.05 ? ""
		: percent < 0	     ? "-"
				     : "+",
		format_fixed(fabs(percent), decimals(percent)).text);
}

struct phrase gate_percent(double part)
{
	double percent = part * 100;

	if (!isfinite(percent))
		return phrase("-");
	if (fabs(percent - round(percent)) < 1e-6)
		return phrase("%.0f%%", percent);
	return phrase("%s%%", format_fixed(percent, decimals(percent)).text);
}

/* "5.9 %": without a sign. */
static struct phrase spaced(double percent)
{
	return phrase("%s %%", format_fixed(fabs(percent), decimals(percent)).text);
}

/* By how much a row is worse: ln of the ratio, its sign turned where higher is better. */
static double worsening(const struct gate_row *row)
{
	double d = log(row->found.ratio);

	return gate_metrics[row->metric].higher_is_better ? -d : d;
}

/* ---- one row --------------------------------------------------------------------------------- */

/* What a metric does when it falls and when it rises. */
static const char *const verbs[GATE_METRIC_COUNT][2][2] = {
	[GATE_THROUGHPUT] = {{"moves ", "fewer messages"}, {"moves ", "more messages"}},
	[GATE_LATENCY] = {{"is ", "faster"}, {"is ", "slower"}},
	[GATE_P99] = {{"has a p99 latency ", "lower"}, {"has a p99 latency ", "higher"}},
	[GATE_CPU] = {{"takes ", "less CPU time per message"},
		{"takes ", "more CPU time per message"}},
};

struct phrase gate_phrase(const struct gate_row *row)
{
	const struct gate_finding *f = &row->found;
	bool rises = f->ratio > 1;
	double lo = (f->ci_lo - 1) * 100, hi = (f->ci_hi - 1) * 100;
	const char *const *verb = verbs[row->metric][rises];
	struct phrase p = phrase("%s%s %s", verb[0], spaced((f->ratio - 1) * 100).text, verb[1]);

	if (!isfinite(lo) || !isfinite(hi))
		return p;
	if (lo < 0 && hi > 0) /* without signs it would say something else */
		phrase_add(&p, " ", "(-%s to +%s)", spaced(lo).text, spaced(hi).text);
	else
		phrase_add(&p, " ", "(%s to %s)", spaced(rises ? lo : hi).text,
			spaced(rises ? hi : lo).text);
	return p;
}

/* ---- the verdict ----------------------------------------------------------------------------- */

static size_t count_verdict(const struct gate_results *r, enum gate_verdict v)
{
	size_t n = 0;

	for (size_t i = 0; i < r->row_count; i++)
		n += r->rows[i].found.verdict == v;
	return n;
}

static size_t count_status(const struct gate_results *r, enum status s)
{
	size_t n = 0;

	for (size_t i = 0; i < r->cell_count; i++)
		n += r->cells[i].status == s;
	return n;
}

static void add_worst(struct phrase *p, const struct gate_results *r, bool utf8)
{
	const struct gate_row *worst = NULL;
	size_t n = count_verdict(r, VERDICT_REGRESSION);
	char name[200];

	for (size_t i = 0; i < r->row_count; i++)
		if (r->rows[i].found.verdict == VERDICT_REGRESSION &&
			(worst == NULL || worsening(&r->rows[i]) > worsening(worst)))
			worst = &r->rows[i];
	phrase_add(p, ": ", "%s %s",
		format_plain(name, sizeof(name), r->cells[worst->cell].name, utf8),
		gate_phrase(worst).text);
	if (n > 1)
		phrase_add(p, "; ", "and %zu more regression%s", n - 1, n == 2 ? "" : "s");
}

/* The part that all rows share in percent, or what it is to each of them. */
static struct phrase shared(const struct gate_results *r, size_t offset, const char *each)
{
	const double *part = NULL;

	for (size_t i = 0; i < r->row_count; i++) {
		const double *of = (const void *)((const char *)&r->rows[i] + offset);

		if (part != NULL && *of != *part)
			return phrase("%s", each);
		part = of;
	}
	return part == NULL || isnan(*part) ? phrase("%s", each) : gate_percent(*part);
}

static struct phrase tolerance(const struct gate_results *r)
{
	return shared(r, offsetof(struct gate_row, tolerance), "its tolerance");
}

static struct phrase effect(const struct gate_results *r)
{
	return shared(r, offsetof(struct gate_row, min_effect), "its minimum effect");
}

static void add_pass(struct phrase *p, const struct gate_results *r)
{
	size_t improved = count_verdict(r, VERDICT_IMPROVED);
	size_t skipped = count_status(r, STATUS_SKIP);

	phrase_add(p, ": ", "nothing is worse by %s or more, in %zu comparison%s",
		tolerance(r).text, r->row_count, r->row_count == 1 ? "" : "s");
	if (improved > 0)
		phrase_add(p, "; ", "%zu improved", improved);
	if (skipped > 0)
		phrase_add(p, "; ", "%zu of %zu cells skipped", skipped, r->cell_count);
}

void gate_put_headline(struct document *d, const struct gate_results *r)
{
	static const enum tone tones[] = {
		[GATE_PASSED] = TONE_GOOD,
		[GATE_REGRESSED] = TONE_BAD,
		[GATE_INCONCLUSIVE] = TONE_DOUBT,
		[GATE_NOT_MEASURED] = TONE_BAD,
	};
	enum gate_outcome is = gate_outcome(r);
	size_t failed = count_status(r, STATUS_FAIL);
	struct phrase p = phrase("%s%s", gate_outcome_name(is), r->advisory ? " (advisory)" : "");

	if (is == GATE_REGRESSED)
		add_worst(&p, r, d->glyphs->utf8);
	else if (is == GATE_PASSED)
		add_pass(&p, r);
	else if (is == GATE_INCONCLUSIVE)
		phrase_add(&p, ": ",
			"%zu of %zu comparisons could not be decided; no regression was found",
			count_verdict(r, VERDICT_INCONCLUSIVE), r->row_count);
	else if (failed > 0)
		phrase_add(&p, ": ",
			"%zu of %zu cell%s failed; no regression was found in the rest", failed,
			r->cell_count, r->cell_count == 1 ? "" : "s");
	else
		phrase_add(&p, ": ", "nothing could be compared");
	if (r->interrupted)
		phrase_add(&p, "; ", "interrupted");
	document_add(d, BLOCK_TITLE, "%s", p.text)->tone = tones[is];
}

void gate_put_subject(struct document *d, const struct gate_results *r)
{
	char base[160], new[160], id[64], machine[200];
	struct phrase when = phrase("%s", "");
	bool utf8 = d->glyphs->utf8;

	if (!gate_is_stored(r))
		when = phrase(", %s, seed %llu", format_seconds(r->elapsed_s).text,
			(unsigned long long)r->seed);
	document_add(d, BLOCK_LINE,
		"Base \"%s\", new \"%s\": %zu comparison%s in %zu cell%s%s; %s%s%s",
		format_plain(base, sizeof(base), r->base, utf8),
		format_plain(new, sizeof(new), r->new, utf8), r->row_count,
		r->row_count == 1 ? "" : "s", r->cell_count, r->cell_count == 1 ? "" : "s",
		when.text, format_plain(id, sizeof(id), r->run_id, false),
		r->machine != NULL ? "; " : "",
		format_plain(machine, sizeof(machine), r->machine != NULL ? r->machine : "", utf8))
		->class
		= "subject";
}

/* ---- what to do ------------------------------------------------------------------------------ */

void gate_put_advice(struct document *d, const struct gate_results *r)
{
	double low = INFINITY, high = 0;

	if (count_verdict(r, VERDICT_INCONCLUSIVE) == 0)
		return;
	for (size_t i = 0; i < r->row_count; i++) {
		const struct gate_row *row = &r->rows[i];
		double mde = isnan(row->found.mde) ? INFINITY : row->found.mde;

		if (row->found.verdict != VERDICT_INCONCLUSIVE)
			continue;
		low = fmin(low, mde);
		high = fmax(high, mde);
	}
	bool range = isfinite(high) && high > low;

	struct block *b = document_add(d, BLOCK_TEXT, "Inconclusive: %s%s%s%s%s. For an answer %s",
		isinf(low) ? "no change could have been shown with so few measurements"
			   : "the smallest change for the worse that could have been shown is ",
		isinf(low) ? "" : gate_percent(low).text, range ? " to " : "",
		range ? gate_percent(high).text : "",
		isinf(high) && !isinf(low) ? ", in some rows none" : "",
		gate_is_stored(r)
			? "compare runs with more --trials, or build both versions and run `ipcbench gate`, "
			  "which measures them side by side"
			: "give it more --blocks, or a quieter machine: `ipcbench doctor` names what "
			  "disturbs this one");

	b->class = "advice";
	b->hanging = 2;
}

/* ---- legend ---------------------------------------------------------------------------------- */

void gate_put_legend(struct document *d, const struct gate_results *r)
{
	bool known = r->rule.confidence > 0;

	if (r->row_count == 0)
		return;
	struct phrase p = phrase(
		"change: of the metric itself, whichever way is better; interval: its %s%sconfidence "
		"interval, in %%; MDE: the smallest change for the worse that would have been called a "
		"regression; n: %s",
		known ? gate_percent(r->rule.confidence).text : "", known ? " " : "",
		gate_is_stored(r) ? "trials of base and new" : "blocks used");

	if (count_verdict(r, VERDICT_REGRESSION) > 0)
		phrase_add(&p, "; ", "regression: worse beyond chance and by more than %s",
			effect(r).text);
	if (count_verdict(r, VERDICT_PASS) > 0)
		phrase_add(&p, "; ", "pass: the interval excludes a loss of %s or more",
			tolerance(r).text);
	if (count_verdict(r, VERDICT_IMPROVED) > 0)
		phrase_add(&p, "; ", "improved: better beyond chance and by more than %s",
			effect(r).text);
	if (count_verdict(r, VERDICT_INCONCLUSIVE) > 0)
		phrase_add(&p, "; ", "inconclusive: neither can be said");
	document_add(d, BLOCK_TEXT, "%s", p.text)->class = "legend";
}
