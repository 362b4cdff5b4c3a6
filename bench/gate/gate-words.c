/* SPDX-License-Identifier: MIT */
/* Numbers and results in words. */
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
