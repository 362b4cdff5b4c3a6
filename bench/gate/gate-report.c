/* SPDX-License-Identifier: MIT */
/*
 * The grids of a comparison: one per metric, mode, size and placement, so that a column has one
 * unit and rows compare like with like.
 */
#include "gate/gate-report.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CELL, BASE, NEW, CHANGE, INTERVAL, MDE, BLOCKS, VERDICT, COLUMNS };

struct build {
	const struct gate_results *results;
	struct grid *grid;
	const struct gate_row **rows; /* of this metric */
	size_t count;
	size_t before, behind; /* words that all names begin and end with */
	bool utf8;
	const struct glyphs *glyphs;
	struct scale scale;
};

/* ---- names ----------------------------------------------------------------------------------- */

/* The length of the first word; a number keeps its unit: "4 KiB" is one word. */
static size_t word_length(const char *s)
{
	static const char *const units[] = {" B", " KiB", " MiB", " GiB"};
	size_t n = strcspn(s, " ");

	if (strspn(s, "0123456789.") != n)
		return n;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		size_t u = strlen(units[i]);

		if (strncmp(s + n, units[i], u) == 0 && strchr(" ", s[n + u]) != NULL)
			return n + u;
	}
	return n;
}

/* Where word `at` of a name begins; the end if it has no so many. */
static const char *word_at(const char *s, size_t at)
{
	while (at-- > 0 && *s != '\0') {
		s += word_length(s);
		s += strspn(s, " ");
	}
	return s;
}

static size_t word_count(const char *s)
{
	size_t n = 0;

	for (; *word_at(s, n) != '\0'; n++) {
	}
	return n;
}

static bool same_word(const char *a, const char *b)
{
	size_t n = word_length(a);

	return n == word_length(b) && strncmp(a, b, n) == 0;
}

static const char *name_of(const struct build *b, size_t row)
{
	return b->results->cells[b->rows[row]->cell].name;
}

/* Counts the words at both ends that all names share. At least one is left of each. */
static void share_words(struct build *b)
{
	const char *first = name_of(b, 0);
	size_t least = word_count(first), words = least;

	b->before = b->behind = SIZE_MAX;
	for (size_t i = 1; i < b->count; i++) {
		const char *s = name_of(b, i);
		size_t n = word_count(s), head = 0, tail = 0;

		while (head < n && head < words &&
			same_word(word_at(first, head), word_at(s, head)))
			head++;
		while (tail < n && tail < words &&
			same_word(word_at(first, words - 1 - tail), word_at(s, n - 1 - tail)))
			tail++;
		b->before = head < b->before ? head : b->before;
		b->behind = tail < b->behind ? tail : b->behind;
		least = n < least ? n : least;
	}
	if (b->count == 1) { /* the mechanism names it, the rest is said above */
		b->before = 0;
		b->behind = words - 1;
	}
	least = least > 0 ? least - 1 : 0;
	b->behind = b->behind < least ? b->behind : least;
	b->before = b->before < least - b->behind ? b->before : least - b->behind;
}

/* What is particular to a row. */
static void row_name(const struct build *b, size_t row, char *buf, size_t len)
{
	const char *s = name_of(b, row), *from = word_at(s, b->before);
	const char *to = word_at(s, word_count(s) - b->behind);
	char own[400];

	while (to > from && to[-1] == ' ')
		to--;
	snprintf(own, sizeof(own), "%.*s", (int)(to - from), from);
	format_plain(buf, len, own, b->utf8);
}

static void write_title(const struct build *b, enum gate_metric m)
{
	const struct gate_metric_info *info = &gate_metrics[m];
	const char *s = name_of(b, 0), *rest = word_at(s, b->before);
	const char *tail = word_at(s, word_count(s) - b->behind);
	char shared[400], plain[200];

	snprintf(shared, sizeof(shared), "%.*s%s%s", (int)(b->before > 0 ? rest - 1 - s : 0), s,
		b->before > 0 && tail[0] != '\0' ? " " : "", tail);
	format_plain(plain, sizeof(plain), shared, b->utf8);
	snprintf(b->grid->title, sizeof(b->grid->title), "%c%s in %s%s, %s is better%s%s",
		info->title[0] >= 'a' && info->title[1] >= 'a' ? info->title[0] - 'a' + 'A'
							       : info->title[0],
		info->title + 1, b->scale.unit, m == GATE_THROUGHPUT ? "msg/s" : "",
		info->higher_is_better ? "higher" : "lower", plain[0] != '\0' ? ": " : "", plain);
}

/* ---- fields ---------------------------------------------------------------------------------- */

static void interval_text(const struct gate_finding *f, char *buf, size_t len, const char *dash)
{
	char lo[48], hi[48];

	if (!isfinite(f->ci_hi) || !isfinite(f->ci_lo)) {
		snprintf(buf, len, "-");
		return;
	}
	gate_change(lo, sizeof(lo), f->ci_lo);
	gate_change(hi, sizeof(hi), f->ci_hi);
	lo[strlen(lo) - 1] = hi[strlen(hi) - 1] = '\0';
	snprintf(buf, len, "%s%s%s", lo, dash, hi);
}

static void field_text(const struct build *b, size_t row, size_t column, char *buf, size_t len)
{
	const struct gate_row *r = b->rows[row];

	switch (column) {
	case CELL:
		row_name(b, row, buf, len);
		break;
	case BASE:
		scale_format(buf, len, &b->scale, r->base);
		break;
	case NEW:
		scale_format(buf, len, &b->scale, r->new);
		break;
	case CHANGE:
		gate_change(buf, len, r->found.ratio);
		break;
	case INTERVAL:
		interval_text(&r->found, buf, len, " to ");
		break;
	case MDE:
		gate_percent(buf, len, r->found.mde);
		break;
	case BLOCKS:
		if (gate_is_stored(b->results))
			snprintf(buf, len, "%u+%u", r->blocks, r->dropped);
		else
			snprintf(buf, len, "%u", r->blocks);
		break;
	default:
		snprintf(buf, len, "%s", gate_verdict_name(r->found.verdict));
		break;
	}
}

static const struct grid_column columns[COLUMNS] = {
	[CELL] = {.heading = "cell", .left = true},
	[BASE] = {.heading = "base"},
	[NEW] = {.heading = "new"},
	[CHANGE] = {.heading = "change"},
	[INTERVAL] = {.heading = "interval", .drop = 3},
	[MDE] = {.heading = "MDE", .drop = 2},
	[BLOCKS] = {.heading = "n", .drop = 1},
	[VERDICT] = {.heading = "verdict", .left = true},
};

static enum tone tone_of(const struct gate_row *row)
{
	static const enum tone tones[] = {
		[VERDICT_PASS] = TONE_PLAIN,
		[VERDICT_IMPROVED] = TONE_GOOD,
		[VERDICT_REGRESSION] = TONE_BAD,
		[VERDICT_INCONCLUSIVE] = TONE_DOUBT,
	};

	return tones[row->found.verdict];
}

/* ---- grids ----------------------------------------------------------------------------------- */

static int fill_grid(struct build *b)
{
	struct grid *g = b->grid;
	char buf[320];

	*g = (struct grid){.row_count = b->count,
		.column_count = COLUMNS,
		.wraps = true,
		.text = calloc(b->count * COLUMNS, sizeof(*g->text)),
		.tones = calloc(b->count, sizeof(*g->tones))};
	memcpy(g->column, columns, sizeof(columns));
	if (g->text == NULL || g->tones == NULL)
		return -ENOMEM;
	for (size_t row = 0; row < b->count; row++) {
		g->tones[row] = tone_of(b->rows[row]);
		for (size_t c = 0; c < COLUMNS; c++) {
			field_text(b, row, c, buf, sizeof(buf));
			g->text[row * COLUMNS + c] = strdup(buf);
			if (g->text[row * COLUMNS + c] == NULL)
				return -ENOMEM;
		}
	}
	return 0;
}

/* One unit for both versions of all rows, and three digits of the least. */
static int pick_scale(struct build *b, enum gate_metric m)
{
	double *values = calloc(2 * b->count, sizeof(*values)), least = INFINITY;

	if (values == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < b->count; i++) {
		values[2 * i] = b->rows[i]->base;
		values[2 * i + 1] = b->rows[i]->new;
	}
	for (size_t i = 0; i < 2 * b->count; i++)
		least = values[i] > 0 ? fmin(least, values[i]) : least;
	b->scale = scale_pick(m == GATE_THROUGHPUT ? QUANTITY_RATE : QUANTITY_TIME, values,
		2 * b->count, m != GATE_CPU, b->glyphs);
	free(values);
	while (least / b->scale.factor * pow(10, b->scale.decimals) < 100 &&
		b->scale.decimals < 4 && (m == GATE_CPU || b->scale.factor > 1))
		b->scale.decimals++;
	return 0;
}

/* Whether rows stand in one grid: one unit, and one kind of work. */
static bool alike(const struct gate_results *r, size_t a, size_t b)
{
	const struct gate_cell *x = &r->cells[r->rows[a].cell], *y = &r->cells[r->rows[b].cell];

	return r->rows[a].metric == r->rows[b].metric &&
	       axis_order(&x->key, &y->key, AXIS_SIZE) == 0 &&
	       axis_order(&x->key, &y->key, AXIS_MODE) == 0 &&
	       axis_order(&x->key, &y->key, AXIS_PLACEMENT) == 0;
}

/* The grid that row `first` begins; nothing if an earlier row has begun it. */
static int add_grid(struct report *rep, struct build *b, size_t first)
{
	const struct gate_results *r = b->results;

	b->count = 0;
	for (size_t i = 0; i < r->row_count; i++) {
		if (!alike(r, i, first))
			continue;
		if (i < first)
			return 0;
		b->rows[b->count++] = &r->rows[i];
	}
	b->grid = &rep->grids[rep->grid_count++];
	share_words(b);
	int ret = pick_scale(b, r->rows[first].metric);

	if (ret == 0)
		ret = fill_grid(b);
	write_title(b, r->rows[first].metric);
	return ret;
}

static int add_grids(struct report *rep, const struct gate_results *r, bool utf8)
{
	struct build b = {.results = r, .utf8 = utf8, .glyphs = rep->glyphs};
	int ret = 0;

	b.rows = calloc(r->row_count + 1, sizeof(*b.rows));
	rep->grids = calloc(r->row_count + 1, sizeof(*rep->grids));
	if (b.rows == NULL || rep->grids == NULL)
		ret = -ENOMEM;
	for (enum gate_metric m = 0; m < GATE_METRIC_COUNT; m++) {
		for (size_t i = 0; ret == 0 && i < r->row_count; i++) {
			if (r->rows[i].metric == m)
				ret = add_grid(rep, &b, i);
		}
	}
	free(b.rows);
	return ret;
}

/* ---- notes ----------------------------------------------------------------------------------- */

static int add_note(struct report *rep, const char *before, const char *text, bool utf8)
{
	char plain[512], *note = NULL;

	format_plain(plain, sizeof(plain), text, utf8);
	if (asprintf(&note, "%s%s", before, plain) < 0)
		return -ENOMEM;
	rep->notes[rep->note_count++] = note;
	return 0;
}

/* Failures, then skips, then what else there is to say. */
static int add_notes(struct report *rep, const struct gate_results *r, bool utf8)
{
	int ret = 0;

	rep->notes = calloc(r->cell_count + r->row_count + r->note_count + 1, sizeof(*rep->notes));
	if (rep->notes == NULL)
		return -ENOMEM;
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; ret == 0 && i < r->cell_count; i++) {
			const struct gate_cell *c = &r->cells[i];
			char text[512];

			if (c->status != (pass == 0 ? STATUS_FAIL : STATUS_SKIP))
				continue;
			snprintf(text, sizeof(text), "%.200s: %s", c->name, c->why.text);
			ret = add_note(rep, pass == 0 ? "fail " : "skip ", text, utf8);
		}
	}
	for (size_t i = 0; ret == 0 && i < r->row_count; i++) {
		const struct gate_row *row = &r->rows[i];
		char text[512];

		snprintf(text, sizeof(text), "%.200s, %s: %s", r->cells[row->cell].name,
			gate_metrics[row->metric].title, row->why.text);
		if (row->why.text[0] != '\0')
			ret = add_note(rep, "note ", text, utf8);
	}
	for (size_t i = 0; ret == 0 && i < r->note_count; i++)
		ret = add_note(rep, "note ", r->notes[i], utf8);
	return ret;
}

int gate_report_build(struct gate_report *rep, const struct gate_results *r, bool utf8)
{
	*rep = (struct gate_report){.body.glyphs = glyphs(utf8), .is = gate_outcome(r)};
	gate_headline(rep->body.heading, sizeof(rep->body.heading), r, utf8);
	gate_subject(rep->subject, sizeof(rep->subject), r, utf8);
	gate_advice(rep->advice, sizeof(rep->advice), r);
	gate_legend(rep->legend, sizeof(rep->legend), r);
	if (r->advisory)
		snprintf(rep->warning, sizeof(rep->warning),
			"ADVISORY: the runs differ in more than their versions (see the notes), so a "
			"difference need not come from these, and no verdict fails");
	int ret = add_grids(&rep->body, r, utf8);

	if (ret == 0)
		ret = add_notes(&rep->body, r, utf8);
	if (ret != 0)
		gate_report_free(rep);
	return ret;
}

void gate_report_free(struct gate_report *rep)
{
	report_free(&rep->body);
}
