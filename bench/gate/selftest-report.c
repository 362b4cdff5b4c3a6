/* SPDX-License-Identifier: MIT */
#include "gate/selftest.h"

#include "stats/summary.h"
#include "text/format.h"
#include <inttypes.h>
#include <math.h>
#include <string.h>

#define CONFIDENCE 0.95

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
		fprintf(out, " (%zu of which said that they could not show it)", r->truthful);
	fputs("\n  ", out);
	write_change(out, r);
	double mde = median(r->mdes, r->gates);

	if (!isfinite(mde))
		fprintf(out, "  could show  nothing: too few blocks\n");
	else
		fprintf(out, "  could show  %.1f %%, half of the gates\n", 100 * mde);
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
	[SELFTEST_PROVEN] = "The gate holds what it promises here.",
	[SELFTEST_OPEN] =
		"Nothing here speaks against the gate, but it takes more --gates to prove it.",
	[SELFTEST_BROKEN] =
		("The gate does not hold what it promises here; do not trust it on this machine "
		 "(ipcbench doctor tells what disturbs it)."),
};

int selftest_write(FILE *out, const struct selftest *t, const char *machine)
{
	fprintf(out, "Self-test of the gate: %zu gates, %s\n", t->gates, machine);
	if (t->gates > 0)
		write_headline(out, t);
	for (size_t i = 0; i < t->row_count; i++)
		write_row(out, &t->rows[i], t->settings->inject > 0);
	if (t->failure.text[0] != '\0')
		fprintf(out, "\nnot measured: %s\n", t->failure.text);
	if (t->interrupted)
		fprintf(out, "\ninterrupted after %zu of %u gates\n", t->gates, t->settings->gates);
	else if (t->gates > 0)
		fprintf(out, "\n%s\n", conclusions[selftest_proof(t)]);
	return stream_status(out);
}
