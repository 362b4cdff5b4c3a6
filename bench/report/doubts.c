/* SPDX-License-Identifier: MIT */
#include "report/doubts.h"

#include "results/sections.h"

static void write_flags(FILE *out, const struct results *r)
{
	size_t count[TRIAL_FLAG_COUNT] = {0}, flagged = 0;

	for (size_t i = 0; i < r->trial_count; i++) {
		flagged += r->trials[i].flags != 0;
		for (size_t f = 0; f < TRIAL_FLAG_COUNT; f++)
			count[f] += (r->trials[i].flags & 1u << f) != 0;
	}
	if (flagged == 0) {
		fputs("<p>No trial carries a flag.</p>\n", out);
		return;
	}
	fprintf(out, "<p>%zu of %zu rows of trials.csv carry flags:</p>\n<ul>\n", flagged,
		r->trial_count);
	for (size_t f = 0; f < TRIAL_FLAG_COUNT; f++)
		if (count[f] > 0)
			fprintf(out, "<li><b>%zu</b> %s</li>\n", count[f], legend_flag_meanings[f]);
	fputs("</ul>\n", out);
}

static void write_counts(FILE *out, const struct measured *m, size_t unlaunched)
{
	size_t ok = 0, failed = 0;

	for (size_t i = 0; i < m->count; i++) {
		ok += m->cells[i].ok;
		failed += m->cells[i].failed;
	}
	fprintf(out, "<p>%zu cells: %zu measured, <b>%zu failed</b>, %zu skipped.", m->count, ok,
		failed, m->count - ok - failed);
	if (ok < m->count)
		fputs(" <a href=\"#notes\">The reasons</a>", out);
	fputs("</p>\n", out);
	if (unlaunched > 0)
		fprintf(out,
			"<p><b>The run was interrupted</b>: it did not come to %zu more cells.</p>\n",
			unlaunched);
}

static void write_build(FILE *out, const struct subject *s)
{
	const json_t *build = json_object_get(s->env, "ipcbench");

	if (json_is_false(json_object_get(build, "optimized")))
		fputs("<p><b>ipcbench was built without optimisation</b>: its own loops cost more than "
		      "they need to.</p>\n",
			out);
}

void doubts_write(FILE *out, const struct subject *s)
{
	write_build(out, s);
	if (s->kind != SUBJECT_RUN)
		return;
	write_counts(out, &s->measured, s->stored.unlaunched);
	write_flags(out, &s->stored.results);
}
