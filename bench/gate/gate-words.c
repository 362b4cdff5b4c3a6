/* SPDX-License-Identifier: MIT */
/* Sentences about a comparison. */
#include "gate/gate-report.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

/* Text grows in a buffer; what does not fit is cut. */
struct line {
	char *buf;
	size_t len, at;
};

PRINTF_LIKE(2, 3)
static void add(struct line *l, const char *fmt, ...)
{
	va_list args;

	if (l->at >= l->len)
		return;
	va_start(args, fmt);
	int n = vsnprintf(l->buf + l->at, l->len - l->at, fmt, args);

	va_end(args);
	l->at += n > 0 ? (size_t)n : 0;
}

bool gate_is_stored(const struct gate_results *r)
{
	return strcmp(r->command, "compare") == 0;
}

/* ---- numbers --------------------------------------------------------------------------------- */

static int decimals(double percent)
{
	return fabs(percent) < 99.95 ? 1 : 0;
}

char *gate_change(char *buf, size_t len, double ratio)
{
	double percent = (ratio - 1) * 100;
	char digits[40];

	if (!isfinite(ratio)) {
		snprintf(buf, len, "-");
		return buf;
	}
	format_fixed(digits, sizeof(digits), fabs(percent), decimals(percent));
	snprintf(buf, len, "%s%s%%", fabs(percent) < 0.05 ? "" : percent < 0 ? "-" : "+", digits);
	return buf;
}

char *gate_percent(char *buf, size_t len, double part)
{
	double percent = part * 100;
	char digits[40];

	if (!isfinite(percent))
		snprintf(buf, len, "-");
	else if (fabs(percent - round(percent)) < 1e-6)
		snprintf(buf, len, "%.0f%%", percent);
	else
		snprintf(buf, len, "%s%%",
			format_fixed(digits, sizeof(digits), percent, decimals(percent)));
	return buf;
}

/* "5.9 %": without a sign. */
static const char *spaced(char *buf, size_t len, double percent)
{
	char digits[40];

	snprintf(buf, len, "%s %%",
		format_fixed(digits, sizeof(digits), fabs(percent), decimals(percent)));
	return buf;
}

double gate_worsening(const struct gate_row *row)
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

char *gate_phrase(char *buf, size_t len, const struct gate_row *row)
{
	const struct gate_finding *f = &row->found;
	bool rises = f->ratio > 1;
	double lo = (f->ci_lo - 1) * 100, hi = (f->ci_hi - 1) * 100;
	char change[48], from[48], to[48];
	struct line l = {buf, len, 0};

	add(&l, "%s%s %s", verbs[row->metric][rises][0],
		spaced(change, sizeof(change), (f->ratio - 1) * 100), verbs[row->metric][rises][1]);
	if (!isfinite(lo) || !isfinite(hi))
		return buf;
	if (lo < 0 && hi > 0) /* without signs it would say something else */
		add(&l, " (-%s to +%s)", spaced(from, sizeof(from), lo),
			spaced(to, sizeof(to), hi));
	else
		add(&l, " (%s to %s)", spaced(from, sizeof(from), rises ? lo : hi),
			spaced(to, sizeof(to), rises ? hi : lo));
	return buf;
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

static void add_worst(struct line *l, const struct gate_results *r, bool utf8)
{
	size_t worst = r->row_count, n = count_verdict(r, VERDICT_REGRESSION);
	char name[200], phrase[160];

	for (size_t i = 0; i < r->row_count; i++) {
		if (r->rows[i].found.verdict == VERDICT_REGRESSION &&
			(worst == r->row_count ||
				gate_worsening(&r->rows[i]) > gate_worsening(&r->rows[worst])))
			worst = i;
	}
	const struct gate_row *row = &r->rows[worst];

	add(l, ": %s %s", format_plain(name, sizeof(name), r->cells[row->cell].name, utf8),
		gate_phrase(phrase, sizeof(phrase), row));
	if (n > 1)
		add(l, "; and %zu more regression%s", n - 1, n == 2 ? "" : "s");
}

/* The part that all rows share, or NAN. */
static double shared(const struct gate_results *r, size_t offset)
{
	double part = NAN;

	for (size_t i = 0; i < r->row_count; i++) {
		double of;

		memcpy(&of, (const char *)&r->rows[i] + offset, sizeof(of));
		if (i > 0 && of != part)
			return NAN;
		part = of;
	}
	return part;
}

static void add_tolerance(struct line *l, const struct gate_results *r)
{
	double tolerance = shared(r, offsetof(struct gate_row, tolerance));
	char percent[48];

	if (isnan(tolerance))
		add(l, "its tolerance");
	else
		add(l, "%s", gate_percent(percent, sizeof(percent), tolerance));
}

static void add_pass(struct line *l, const struct gate_results *r)
{
	size_t improved = count_verdict(r, VERDICT_IMPROVED);
	size_t skipped = count_status(r, STATUS_SKIP);

	add(l, ": nothing is worse by ");
	add_tolerance(l, r);
	add(l, " or more, in %zu comparison%s", r->row_count, r->row_count == 1 ? "" : "s");
	if (improved > 0)
		add(l, "; %zu improved", improved);
	if (skipped > 0)
		add(l, "; %zu of %zu cells skipped", skipped, r->cell_count);
}

char *gate_headline(char *buf, size_t len, const struct gate_results *r, bool utf8)
{
	enum gate_outcome is = gate_outcome(r);
	struct line l = {buf, len, 0};
	size_t failed = count_status(r, STATUS_FAIL);

	add(&l, "%s%s", gate_outcome_name(is), r->advisory ? " (advisory)" : "");
	if (is == GATE_REGRESSED)
		add_worst(&l, r, utf8);
	else if (is == GATE_PASSED)
		add_pass(&l, r);
	else if (is == GATE_INCONCLUSIVE)
		add(&l, ": %zu of %zu comparisons could not be decided; no regression was found",
			count_verdict(r, VERDICT_INCONCLUSIVE), r->row_count);
	else if (failed > 0)
		add(&l, ": %zu of %zu cell%s failed; no regression was found in the rest", failed,
			r->cell_count, r->cell_count == 1 ? "" : "s");
	else
		add(&l, ": nothing could be compared");
	if (r->interrupted)
		add(&l, "; interrupted");
	return buf;
}

char *gate_subject(char *buf, size_t len, const struct gate_results *r, bool utf8)
{
	char base[160], new[160], id[64], machine[200], took[32];
	struct line l = {buf, len, 0};

	add(&l, "Base \"%s\", new \"%s\": %zu comparison%s in %zu cell%s",
		format_plain(base, sizeof(base), r->base, utf8),
		format_plain(new, sizeof(new), r->new, utf8), r->row_count,
		r->row_count == 1 ? "" : "s", r->cell_count, r->cell_count == 1 ? "" : "s");
	if (!gate_is_stored(r))
		add(&l, ", %s, seed %llu", format_seconds(took, sizeof(took), r->elapsed_s),
			(unsigned long long)r->seed);
	add(&l, "; %s", format_plain(id, sizeof(id), r->run_id, false));
	if (r->machine != NULL)
		add(&l, "; %s", format_plain(machine, sizeof(machine), r->machine, utf8));
	return buf;
}

/* ---- what to do ------------------------------------------------------------------------------ */

void gate_advice(char *buf, size_t len, const struct gate_results *r)
{
	struct line l = {buf, len, 0};
	double low = INFINITY, high = 0;
	char from[48], to[48];

	buf[0] = '\0';
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
	gate_percent(from, sizeof(from), low);
	gate_percent(to, sizeof(to), high);
	if (isinf(low))
		add(&l, "Inconclusive: no change could have been shown with so few measurements");
	else
		add(&l,
			"Inconclusive: the smallest change for the worse that could have been "
			"shown is %s%s%s%s",
			from, isfinite(high) && high > low ? " to " : "",
			isfinite(high) && high > low ? to : "",
			isinf(high) ? ", in some rows none" : "");
	if (gate_is_stored(r))
		add(&l, ". For an answer compare runs with more --trials, or build both versions "
			"and run `ipcbench gate`, which measures them side by side");
	else
		add(&l, ". For an answer give it more --blocks, or a quieter machine: "
			"`ipcbench doctor` names what disturbs this one");
}

/* ---- legend ---------------------------------------------------------------------------------- */

static void add_effect(struct line *l, const struct gate_results *r)
{
	double effect = shared(r, offsetof(struct gate_row, min_effect));
	char percent[48];

	if (isnan(effect))
		add(l, "its minimum effect");
	else
		add(l, "%s", gate_percent(percent, sizeof(percent), effect));
}

static void add_verdicts(struct line *l, const struct gate_results *r)
{
	if (count_verdict(r, VERDICT_REGRESSION) > 0) {
		add(l, "; regression: worse beyond chance and by more than ");
		add_effect(l, r);
	}
	if (count_verdict(r, VERDICT_PASS) > 0) {
		add(l, "; pass: the interval excludes a loss of ");
		add_tolerance(l, r);
		add(l, " or more");
	}
	if (count_verdict(r, VERDICT_IMPROVED) > 0) {
		add(l, "; improved: better beyond chance and by more than ");
		add_effect(l, r);
	}
	if (count_verdict(r, VERDICT_INCONCLUSIVE) > 0)
		add(l, "; inconclusive: neither can be said");
}

void gate_legend(char *buf, size_t len, const struct gate_results *r)
{
	struct line l = {buf, len, 0};
	char percent[48] = "";
	bool known = r->rule.confidence > 0;

	buf[0] = '\0';
	if (r->row_count == 0)
		return;
	if (known)
		gate_percent(percent, sizeof(percent), r->rule.confidence);
	add(&l,
		"change: of the metric itself, whichever way is better; interval: its %s%sconfidence "
		"interval, in %%; MDE: the smallest change for the worse that would have been "
		"called a regression; n: %s",
		percent, known ? " " : "",
		gate_is_stored(r) ? "trials of base and new" : "blocks used");
	add_verdicts(&l, r);
}
