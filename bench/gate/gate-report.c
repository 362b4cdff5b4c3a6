/* SPDX-License-Identifier: MIT */
/* A comparison for people: its verdict, its tables, its notes. */
#include "gate/gate.h"

#include <math.h>

/* ---- notes ----------------------------------------------------------------------------------- */

static void put_note(struct document *d, const char *kind, const char *text)
{
	char plain[512];

	document_add(d, BLOCK_NOTE, "%s %s", kind,
		format_plain(plain, sizeof(plain), text, d->glyphs->utf8));
}

/* Failures, then skips, then other notes. */
static void put_notes(struct document *d, const struct gate_results *r)
{
	static const enum status order[] = {STATUS_FAIL, STATUS_SKIP};

	for (size_t k = 0; k < ARRAY_SIZE(order); k++)
		for (size_t i = 0; i < r->cell_count; i++) {
			const struct gate_cell *c = &r->cells[i];

			if (c->status == order[k])
				put_note(d, status_name(c->status),
					phrase("%.200s: %s", c->name, c->why.text).text);
		}
	for (size_t i = 0; i < r->row_count; i++) {
		const struct gate_row *row = &r->rows[i];

		if (row->why.text[0] != '\0')
			put_note(d, "note",
				phrase("%.200s, %s: %s", r->cells[row->cell].name,
					gate_metrics[row->metric].title, row->why.text)
					.text);
	}
	for (size_t i = 0; i < r->note_count; i++)
		put_note(d, "note", r->notes[i]);
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
			(worst == NULL || gate_worsening(&r->rows[i]) > gate_worsening(worst)))
			worst = &r->rows[i];
	if (worst == NULL)
		return;
	phrase_add(p, ": ", "%s %s",
		format_plain(name, sizeof(name), r->cells[worst->cell].name, utf8),
		gate_phrase(worst).text);
	if (n > 1)
		phrase_add(p, "; ", "and %zu more regression%s", n - 1, n == 2 ? "" : "s");
}

/* The percentage that all rows share, or a name for that of each row. */
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

/* Whether a row is one of those that an outcome counts. */
typedef bool row_is(const struct gate_row *row);

static bool is_decided(const struct gate_row *row)
{
	return row->found.verdict != VERDICT_INCONCLUSIVE;
}

static bool is_open(const struct gate_row *row)
{
	return !is_decided(row);
}

static bool is_needed(const struct gate_row *row)
{
	return !row->optional;
}

static bool is_missing(const struct gate_row *row)
{
	return is_needed(row) && is_open(row);
}

static size_t count_rows(const struct gate_results *r, row_is *is)
{
	size_t n = 0;

	for (size_t i = 0; i < r->row_count; i++)
		n += is(&r->rows[i]);
	return n;
}

/* The metrics of which there are such rows: "throughput, mean time per message". */
static struct phrase list_metrics(const struct gate_results *r, row_is *is)
{
	struct phrase p = phrase("%s", "");
	unsigned int metrics = 0;

	for (size_t i = 0; i < r->row_count; i++)
		metrics |= is(&r->rows[i]) ? 1u << r->rows[i].metric : 0;
	for (enum gate_metric m = 0; m < GATE_METRIC_COUNT; m++)
		if ((metrics & 1u << m) != 0)
			phrase_add(&p, ", ", "%s", gate_metrics[m].title);
	return p;
}

/* Names what was tested, and claims nothing of the rest. */
static void add_pass(struct phrase *p, const struct gate_results *r)
{
	size_t improved = count_verdict(r, VERDICT_IMPROVED);
	size_t skipped = count_status(r, STATUS_SKIP);
	size_t undecided = count_rows(r, is_open), passed = r->row_count - undecided;

	phrase_add(p, ": ", "not worse by %s or more in %zu comparison%s of %s", tolerance(r).text,
		passed, passed == 1 ? "" : "s", list_metrics(r, is_decided).text);
	if (undecided > 0)
		phrase_add(
			p, "; ", "%zu of %s not decided", undecided, list_metrics(r, is_open).text);
	if (improved > 0)
		phrase_add(p, "; ", "%zu improved", improved);
	if (skipped > 0)
		phrase_add(p, "; ", "%zu of %zu cell%s skipped", skipped, r->cell_count,
			r->cell_count == 1 ? "" : "s");
}

struct phrase gate_headline(const struct gate_results *r, bool utf8)
{
	enum gate_outcome is = gate_outcome(r);
	size_t failed = count_status(r, STATUS_FAIL), needed = count_rows(r, is_needed);
	struct phrase p = phrase("%s%s", gate_outcome_name(is), r->advisory ? " (advisory)" : "");

	if (is == GATE_REGRESSED)
		add_worst(&p, r, utf8);
	else if (is == GATE_PASSED)
		add_pass(&p, r);
	else if (is == GATE_INCONCLUSIVE)
		phrase_add(&p, ": ",
			"%zu of %zu comparison%s could not be decided (%s); no regression was found",
			count_rows(r, is_missing), needed, needed == 1 ? "" : "s",
			list_metrics(r, is_missing).text);
	else if (failed > 0)
		phrase_add(&p, ": ",
			"%zu of %zu cell%s failed; no regression was found in the rest", failed,
			r->cell_count, r->cell_count == 1 ? "" : "s");
	else
		phrase_add(&p, ": ", "nothing could be compared");
	if (r->interrupted)
		phrase_add(&p, "; ", "interrupted");
	return p;
}

static void put_headline(struct document *d, const struct gate_results *r)
{
	static const enum tone tones[] = {
		[GATE_PASSED] = TONE_GOOD,
		[GATE_REGRESSED] = TONE_BAD,
		[GATE_INCONCLUSIVE] = TONE_DOUBT,
		[GATE_NOT_MEASURED] = TONE_BAD,
	};

	document_add(d, BLOCK_TITLE, "%s", gate_headline(r, d->glyphs->utf8).text)->tone =
		tones[gate_outcome(r)];
}

/* What was named by the user, or read from a file. */
static void put_name(struct document *d, const char *what, const char *name)
{
	char plain[512];

	document_add(d, BLOCK_ITEM, "%s: %s", what, format_plain(plain, sizeof(plain), name, true));
}

/* With the numbers that blocks use; nothing if each version has one build. */
static void put_builds(struct document *d, const struct gate_results *r)
{
	static const char *const names[] = {"base", "new"};

	if (r->builds[0].count < 2 && r->builds[1].count < 2)
		return;
	for (size_t v = 0; v < 2; v++)
		for (size_t i = 0; i < r->builds[v].count; i++)
			put_name(d, phrase("build %zu of %s", i + 1, names[v]).text,
				r->builds[v].program[i]);
}

static void put_subject(struct document *d, const struct gate_results *r)
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
	put_builds(d, r);
}

/* ---- what to do ------------------------------------------------------------------------------ */

static void put_advice(struct document *d, const struct gate_results *r)
{
	double low = INFINITY, high = 0;
	size_t rows = 0, by_layout = 0;

	for (size_t i = 0; i < r->row_count; i++) {
		const struct gate_row *row = &r->rows[i];
		double mde = isnan(row->found.mde) ? INFINITY : row->found.mde;

		if (!is_missing(row))
			continue;
		low = fmin(low, mde);
		high = fmax(high, mde);
		rows++;
		by_layout += row->found.by_layout;
	}
	bool range = isfinite(high) && high > low;

	if (rows == 0)
		return;
	struct block *b = document_add(d, BLOCK_TEXT,
		"Inconclusive: %s%s%s%s%s. For an answer %s%s",
		isinf(low) ? "no change could have been detected with so few measurements"
			   : "the smallest slowdown that could have been detected is ",
		isinf(low) ? "" : gate_percent(low).text, range ? " to " : "",
		range ? gate_percent(high).text : "",
		isinf(high) && !isinf(low) ? ", in some rows none" : "",
		gate_is_stored(r)
			? "compare runs with more --trials, or build both versions and run `ipcbench gate`, "
			  "which measures them side by side"
		: by_layout == rows
			? "give it more builds (--base and --new with another layout_seed): layouts differ "
			  "by more than blocks do, so more --blocks would not help"
			: "give it more --blocks, or a quieter machine: `ipcbench doctor` names what "
			  "disturbs this one",
		by_layout > 0 && by_layout < rows
			? phrase("; in %zu of %zu comparisons layouts differ by more than blocks do: give these "
				 "more builds (--base and --new with another layout_seed)",
				  by_layout, rows)
				  .text
			: "");

	b->class = "advice";
	b->hanging = 2;
}

/* ---- legend ---------------------------------------------------------------------------------- */

static void put_legend(struct document *d, const struct gate_results *r)
{
	bool known = r->rule.confidence > 0;

	if (r->row_count == 0)
		return;
	struct phrase p = phrase(
		"change: of the metric, whether higher or lower is better; interval: its %s%sconfidence "
		"interval, in %%; MDE: the smallest slowdown that would have been called a "
		"regression; n: %s",
		known ? gate_percent(r->rule.confidence).text : "", known ? " " : "",
		gate_is_stored(r) ? "trials of base and new" : "blocks used");

	if (count_verdict(r, VERDICT_REGRESSION) > 0)
		phrase_add(&p, "; ",
			"regression: slower by more than %s, and statistically significant",
			effect(r).text);
	if (count_verdict(r, VERDICT_PASS) > 0)
		phrase_add(
			&p, "; ", "pass: a slowdown of %s or more is ruled out", tolerance(r).text);
	if (count_verdict(r, VERDICT_IMPROVED) > 0)
		phrase_add(&p, "; ",
			"improved: faster by more than %s, and statistically significant",
			effect(r).text);
	if (count_verdict(r, VERDICT_INCONCLUSIVE) > 0)
		phrase_add(&p, "; ", "inconclusive: neither was shown");
	document_add(d, BLOCK_TEXT, "%s", p.text)->class = "legend";
}

/* ---- documents ------------------------------------------------------------------------------- */

static void put_verdict(struct document *d, const struct gate_results *r)
{
	put_headline(d, r);
	if (r->advisory)
		document_add(d, BLOCK_LINE,
			"ADVISORY: the runs differ in more than their versions (see the notes), so a "
			"difference may have another cause, and no verdict fails")
			->class
			= "warning";
	/* Markdown folds it away, with more */
	if (d->format != DOC_MARKDOWN)
		put_subject(d, r);
}

void gate_fill(struct document *d, const void *results)
{
	put_verdict(d, results);
	gate_put_grids(d, results);
	put_notes(d, results);
	put_advice(d, results);
	put_legend(d, results);
}

void gate_fill_verdict(struct document *d, const void *results)
{
	put_verdict(d, results);
	put_advice(d, results);
}

void gate_fill_tables(struct document *d, const void *results)
{
	gate_put_grids(d, results);
	put_notes(d, results);
	put_legend(d, results);
}

/* ---- Markdown -------------------------------------------------------------------------------- */

static void fill_details(struct document *d, const void *results)
{
	const struct gate_results *r = results;
	size_t dropped = 0;

	for (size_t i = 0; i < r->block_count; i++)
		dropped += r->blocks[i].dropped;
	put_name(d, "base", r->base);
	put_name(d, "new", r->new);
	put_builds(d, r);
	document_add(d, BLOCK_ITEM, "protocol: %s",
		gate_is_stored(r)
			? "two stored runs, measured at different times: a change of the machine in "
			  "between counts as a difference"
			: "blocks of four consecutive launches, base new new base or the reverse, as a "
			  "coin decides; each block gives one difference");
	if (!gate_is_stored(r))
		document_add(d, BLOCK_ITEM,
			"blocks: %zu measured, %zu of them dropped as too disturbed",
			r->block_count, dropped);
	if (r->rule.alpha > 0)
		document_add(d, BLOCK_ITEM,
			"rule: chance of any false regression at most %s, over all rows and %u look%s; "
			"intervals of %s",
			gate_percent(r->rule.alpha).text, r->rule.looks,
			r->rule.looks == 1 ? "" : "s", gate_percent(r->rule.confidence).text);
	if (r->machine != NULL)
		put_name(d, "machine", r->machine);
	if (!gate_is_stored(r)) {
		document_add(d, BLOCK_ITEM, "seed: %llu", (unsigned long long)r->seed);
		document_add(d, BLOCK_ITEM, "took: %s", format_seconds(r->elapsed_s).text);
	}
	put_name(d, "run", r->run_id);
}

/* For a pull request: how it was measured is folded away. */
int gate_markdown_write(FILE *out, const void *results)
{
	int ret = document_print(out, DOC_MARKDOWN, gate_fill, results, 0, false);

	fputs("\n<details><summary>How it was measured</summary>\n\n", out);
	if (ret == 0)
		ret = document_print(out, DOC_MARKDOWN, fill_details, results, 0, false);
	if (ret == 0 && (fputs("\n</details>\n", out) < 0 || fflush(out) != 0))
		ret = stream_status(out);
	return ret;
}
