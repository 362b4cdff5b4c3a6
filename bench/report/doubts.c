/* SPDX-License-Identifier: MIT */
/* What speaks against the figures: flags of trials, skips, failures, findings of the doctor. */
#include "report/parts.h"

#include "doc/html-text.h"
#include "results/sections.h"
#include "text/memory.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- the run --------------------------------------------------------------------------------- */

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
	html_put(out, "<p>%zu of %zu rows of trials.csv carry flags:</p>\n<ul>\n", flagged,
		r->trial_count);
	for (size_t f = 0; f < TRIAL_FLAG_COUNT; f++)
		if (count[f] > 0)
			html_put(out, "<li><b>%zu</b> %s</li>\n", count[f], legend_flag_meaning(f));
	fputs("</ul>\n", out);
}

static void write_counts(FILE *out, const struct measured *m, size_t unlaunched)
{
	size_t ok = 0, failed = 0;

	for (size_t i = 0; i < m->count; i++) {
		ok += m->cells[i].ok;
		failed += m->cells[i].failed;
	}
	html_put(out, "<p>%zu cells: %zu measured, <b>%zu failed</b>, %zu skipped.", m->count, ok,
		failed, m->count - ok - failed);
	fputs(ok < m->count ? " <a href=\"#notes\">The reasons</a></p>\n" : "</p>\n", out);
	if (unlaunched > 0)
		html_put(out,
			"<p><b>The run was interrupted</b>: it did not come to %zu more cells.</p>\n",
			unlaunched);
}

/* ---- the doctor ------------------------------------------------------------------------------ */

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text != NULL ? text : "";
}

static void write_finding(FILE *out, const json_t *finding)
{
	const json_t *figure = json_object_get(finding, "figure");
	double value = json_number_value(figure);

	html_put(out, "<li class=\"finding %s\"><b class=\"grade\">%s</b> <b>%s",
		text_of(finding, "grade"), text_of(finding, "grade"), text_of(finding, "title"));
	if (json_is_number(figure)) {
		char *text = need_text(fabs(value) < 1e4 ? "%.4g" : "%.0f", value);

		html_put(out, ": %s %s", text, text_of(finding, "unit"));
		free(text);
	}
	fputs("</b>", out);
	if (text_of(finding, "state")[0] != '\0')
		html_put(out, " (%s)", text_of(finding, "state"));
	html_put(out, "<br>%s", text_of(finding, "effect"));
	if (text_of(finding, "remedy")[0] != '\0')
		html_put(out, ". <i>Remedy:</i> %s", text_of(finding, "remedy"));
	fputs("</li>\n", out);
}

/* The findings of one grade; returns how many. */
static size_t write_grade(FILE *out, const json_t *findings, const char *grade)
{
	size_t n = 0, i;
	json_t *finding;

	json_array_foreach(findings, i, finding)
	{
		if (strcmp(text_of(finding, "grade"), grade) != 0)
			continue;
		write_finding(out, finding);
		n++;
	}
	return n;
}

static void write_doctor(FILE *out, const json_t *doctor)
{
	const json_t *findings = json_object_get(doctor, "findings");

	if (!json_is_array(findings)) {
		fputs("<p>What <code>ipcbench doctor</code> finds was not recorded with it.</p>\n",
			out);
		return;
	}
	html_put(out,
		"<p>Before measuring, <code>ipcbench doctor</code> graded the machine "
		"<b>%s</b>.</p>\n<ul class=\"findings\">\n",
		text_of(doctor, "grade"));
	size_t n = write_grade(out, findings, "bad");

	n += write_grade(out, findings, "warn");
	fputs(n == 0 ? "</ul>\n<p>It had nothing to warn of.</p>\n" : "</ul>\n", out);
	fputs("<details><summary>Its notes, and what it found in order</summary>\n<ul "
	      "class=\"findings\">\n",
		out);
	write_grade(out, findings, "note");
	write_grade(out, findings, "good");
	fputs("</ul></details>\n", out);
}

static void write_doubts(FILE *out, const struct subject *s)
{
	if (json_is_false(json_object_get(json_object_get(s->env, "ipcbench"), "optimized")))
		fputs("<p><b>ipcbench was built without optimisation</b>: its own loops cost more than "
		      "they need to.</p>\n",
			out);
	if (s->kind == SUBJECT_RUN) {
		write_counts(out, &s->measured, s->stored.unlaunched);
		write_flags(out, &s->stored.results);
	}
	write_doctor(out, json_object_get(s->env, "doctor"));
}

void part_doubts(FILE *out, const struct page *p)
{
	part_beside(out, p, write_doubts);
}
