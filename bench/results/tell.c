/* SPDX-License-Identifier: MIT */
/* What a run tells on standard error while it goes on. */
#include "results/results.h"

#include "text/format.h"
#include "text/memory.h"
#include <math.h>
#include <stdlib.h>

void tell_launch(const struct plan *plan, const struct trial *t, size_t index)
{
	char what[192], figure[32] = "", load[64] = "";
	double ns = t->value[METRIC_LAT_P50], rate = t->value[METRIC_MSGS_PER_S];

	if (t->status == STATUS_FAIL)
		snprintf(figure, sizeof(figure), "fail: ");
	else if (t->item->key.mode == MODE_SETUP)
		snprintf(figure, sizeof(figure), "set-up %.0f ns", t->value[METRIC_SETUP]);
	else if (!isnan(ns))
		snprintf(figure, sizeof(figure), "p50 %.0f ns", ns);
	else if (!isnan(rate))
		snprintf(figure, sizeof(figure), "%.0f %s/s", rate,
			t->item->key.size > 0 ? "msg" : "posts");
	/* a load that the user did not give in messages per second */
	if (t->status == STATUS_OK && t->rate > 0 && t->item->key.rate.kind != RATE_ABSOLUTE)
		snprintf(load, sizeof(load), " at %.0f msg/s", t->rate);
	fprintf(stderr, "ipcbench: %zu/%zu %s, trial %u: %s%s%s\n", index + 1, plan->launch_count,
		item_name(what, sizeof(what), t->item), t->number, figure, load,
		t->status == STATUS_FAIL ? t->reason.text : "");
}

static struct estimate estimate_cell(const struct run *run, const struct item *it, enum metric m)
{
	double *values = need_array(run->trial_count, sizeof(*values));
	size_t n = 0;

	for (size_t i = 0; i < run->launched; i++)
		if (run->trials[i].item == it && run->trials[i].status == STATUS_OK)
			values[n++] = run->trials[i].value[m];
	const struct estimate e = estimate_median(values, n);

	free(values);
	return e;
}

/* What the launches of a cell came to so far, "p50 4.12 µs"; "" while that is not known. */
static struct phrase cell_figure(const struct run *run, const struct item *it, bool with_range)
{
	const struct mode_info *mode = mode_of(&it->key);
	const struct glyphs *g = glyphs(format_utf8());
	struct estimate e = estimate_cell(run, it, mode->figure);
	const char *what = mode->figure == METRIC_LAT_P50 ? "p50 " : "";

	/* too few messages for a percentile still have a mean */
	if (isnan(e.median) && mode->figure == METRIC_LAT_P50) {
		e = estimate_cell(run, it, METRIC_LAT_MEAN);
		what = "mean ";
	}
	if (isnan(e.median))
		return phrase("%s", "");
	bool sure = !isnan(e.ci_lo), several = e.max > e.min;
	const struct scale u = scale_pick(
		mode->higher_is_better ? QUANTITY_RATE : QUANTITY_TIME, &e.median, 1, false, g);
	struct phrase p = phrase("%s%s %s%s", what, scale_format(&u, e.median).text, u.unit,
		!mode->higher_is_better ? ""
		: it->key.size > 0	? "msg/s"
					: "posts/s");

	if (with_range && (sure || several))
		phrase_add(&p, ", ", "%s %s%s%s", sure ? "95% CI" : "low-high",
			scale_format(&u, sure ? e.ci_lo : e.min).text, g->dash,
			scale_format(&u, sure ? e.ci_hi : e.max).text);
	return p;
}

void tell_cell(struct progress *p, const struct run *run, const struct item *it)
{
	struct phrase figure = cell_figure(run, it, true);
	char name[192];

	/* one failed trial fails a cell, as in the table */
	for (size_t i = 0; i < run->launched; i++)
		if (run->trials[i].item == it && run->trials[i].status == STATUS_FAIL)
			figure = phrase("fail: %s", run->trials[i].reason.text);
	if (figure.text[0] == '\0')
		return;
	progress_end(p);
	fprintf(stderr, "%s: %s\n", item_name(name, sizeof(name), it), figure.text);
}

void progress_tell(struct progress *p, const struct plan *plan, const struct run *run, size_t index)
{
	const struct trial *last = run->last;
	const struct item *next = &plan->items[plan->launches[index].item];
	struct phrase figure;
	char name[192];

	if (!p->active)
		return;
	struct phrase what = phrase("%s", item_name(name, sizeof(name), last ? last->item : next));

	/* the end is cut: a figure comes before its name */
	if (last != NULL && last->status == STATUS_FAIL)
		what = phrase("fail: %s: %s", name, last->reason.text);
	else if (last != NULL && (figure = cell_figure(run, last->item, false)).text[0] != '\0')
		what = phrase("%s: %s", figure.text, name);
	format_plain(what.text, sizeof(what.text), what.text, format_utf8());
	progress_show(p, what.text, index);
}
