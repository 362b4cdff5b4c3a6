/* SPDX-License-Identifier: MIT */
/* What the last screen of a run answers: which mechanism is the fastest, and by how much. */
#include "results/sections.h"

#include "text/memory.h"
#include <ctype.h>
#include <errno.h>
#include <ipcbench/host.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* With the heading and the lines below them ten lines at most, on 80 columns with all of these. */
enum {
	SCREEN_MAX = 10,
	LINES_MAX = 6,
	WIDTH_UNLIMITED = 100,
	WIDTH_MAX = 400,
	INDENT = 2,
	HANGING = 4,
	RATE_SIZE_MIN = 4096
};

struct entry {
	const struct item *item;
	const struct estimate *figure;
	enum standing standing;
};

/* The rows of a section that wait alike, the fastest first. */
struct line {
	const struct section *section;
	enum wait wait;
	struct entry *entries;
	size_t count;
	bool shown;
};

struct closing {
	const struct results *results;
	unsigned int width;
	struct section *sections;
	struct line *lines;
	size_t section_count, line_count;
	size_t most;	     /* comparisons that are shown */
	size_t twice;	     /* the first of them that may take two lines each */
	unsigned int trials; /* of the cell that has most */
	bool compares, unranked, ties;
	bool told; /* there are cells whose values are a program's word, which are left out */
};

/* ---- lines ----------------------------------------------------------------------------------- */

static enum metric figure_of(const struct cell_key *key)
{
	return key->mode == MODE_THROUGHPUT && key->size >= RATE_SIZE_MIN ? METRIC_BYTES_PER_S
									  : mode_of(key)->figure;
}

static double distance_of(const struct cell_key *key)
{
	return key->size == 0 ? 0
			      : fabs(log2((double)key->size /
					  (key->mode == MODE_THROUGHPUT ? 65536 : 64)));
}

/* Of each mode the nearest size comes first; then notifications and what was set unusually. */
static double rank_of_line(const struct closing *c, const struct line *l)
{
	const unsigned int settings =
		AXIS_LATE | AXIS_BIT(AXIS_IDLE) | AXIS_BIT(AXIS_THINK) | AXIS_BIT(AXIS_MEM);
	const struct cell_key *key = &l->section->like->key;
	double nearest = distance_of(key);

	for (const struct line *o = c->lines; o < c->lines + c->line_count; o++) {
		const struct cell_key *other = &o->section->like->key;

		if (other->mode == key->mode && (other->size == 0) == (key->size == 0))
			nearest = fmin(nearest, distance_of(other));
	}
	return distance_of(key) - nearest + (key->size == 0) + !key_is_usual(key, settings);
}

static int by_median(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	double p = x->figure->median, q = y->figure->median;

	return p != q ? (p > q) - (p < q) : (x->item > y->item) - (x->item < y->item);
}

static void rank_line(struct line *l)
{
	const struct estimate **e = need_array(l->count, sizeof(*e));
	enum standing *standing = need_array(l->count, sizeof(*standing));
	const bool higher = mode_of(&l->section->like->key)->higher_is_better;

	qsort(l->entries, l->count, sizeof(*l->entries), by_median);
	for (size_t i = 0; higher && i < l->count / 2; i++) {
		struct entry last = l->entries[l->count - 1 - i];

		l->entries[l->count - 1 - i] = l->entries[i];
		l->entries[i] = last;
	}
	for (size_t i = 0; i < l->count; i++)
		e[i] = l->entries[i].figure;
	rank_estimates(e, l->count, higher, standing);
	for (size_t i = 0; i < l->count; i++)
		l->entries[i].standing = standing[i];
	free(standing);
	free(e);
}

static void add_line(struct closing *c, const struct section *s, enum wait wait)
{
	const struct plan *plan = c->results->plan;
	struct line l = {
		.section = s, .wait = wait, .entries = need_array(s->count, sizeof(*l.entries))};

	for (size_t i = 0; i < s->count; i++) {
		const struct item *it = s->rows[i];
		const struct outcome *o = &s->outcomes[it - plan->items];
		const struct estimate *e =
			&c->results->summaries[it - plan->items].metric[figure_of(&it->key)];

		c->told |= (o->flags & FLAG_SELF_REPORTED) != 0;
		if (it->key.wait == wait && outcome_competes(o, it) && e->median > 0)
			l.entries[l.count++] = (struct entry){it, e, STANDING_NONE};
	}
	if (l.count == 0) {
		free(l.entries);
		return;
	}
	rank_line(&l);
	*need_next(c->lines, c->line_count) = l;
}

static bool lacks_interval(const struct entry *e)
{
	return isnan(e->figure->ci_lo);
}

/* Shows the lines of the most usual sizes, in the order of the tables. */
static void choose_lines(struct closing *c)
{
	c->compares = c->ties = c->unranked = false;
	for (size_t i = 0; i < c->line_count; i++)
		c->lines[i].shown = false;
	for (size_t shown = 0; shown < c->most && shown < c->line_count; shown++) {
		struct line *nearest = NULL;

		for (struct line *l = c->lines; l < c->lines + c->line_count; l++)
			if (!l->shown &&
				(nearest == NULL || rank_of_line(c, l) < rank_of_line(c, nearest)))
				nearest = l;
		if (nearest == NULL)
			return;
		nearest->shown = true;
		c->compares |= nearest->count > 1;
		c->ties |= nearest->entries[0].standing == STANDING_TIED;
		for (size_t i = 0; i < nearest->count; i++)
			c->unranked |= nearest->count > 1 && lacks_interval(&nearest->entries[i]);
	}
}

/* ---- words ----------------------------------------------------------------------------------- */

/* How far two CPUs are apart is told if that tells lines apart. */
static struct phrase place_phrase(const struct closing *c, const struct cell_key *key)
{
	bool several = false;

	if (key->placement == PLACE_NONE || key->placement == PLACE_SAME_CPU)
		return phrase(key->placement == PLACE_NONE ? "not pinned" : "one CPU");
	for (size_t i = 0; i < c->section_count; i++) {
		enum placement other = c->sections[i].like->key.placement;

		several |=
			other != PLACE_NONE && other != PLACE_SAME_CPU && other != key->placement;
	}
	return several ? phrase("two CPUs (%s)", placement_name(key->placement))
		       : phrase("two CPUs");
}

/* "64 B round trip, one CPU" */
static struct phrase label_phrase(const struct closing *c, const struct line *l)
{
	static const char *const waits[WAIT_COUNT] = {"", "spinning", "hybrid", "epoll"};
	const struct cell_key *key = &l->section->like->key;
	const char *title = mode_of(key)->title[key->size == 0];
	char text[160];
	struct phrase label = key->size == 0
				      ? phrase("%s", "")
				      : phrase("%s%s ", key->sizes == NULL ? "" : "up to ",
						ipcbench_bytes(text, sizeof(text), key->size));

	phrase_add(&label, "", "%c%s, %s", tolower((unsigned char)title[0]), title + 1,
		place_phrase(c, key).text);
	key_name(text, sizeof(text), key,
		AXIS_BIT(AXIS_IDLE) | AXIS_BIT(AXIS_THINK) | AXIS_BIT(AXIS_MEM) | AXIS_LATE);
	if (text[0] != '\0')
		phrase_add(&label, ", ", "%s", text);
	/* the usual way, which goes without saying */
	if (l->wait != WAIT_BLOCK)
		phrase_add(&label, ", ", "%s", waits[l->wait]);
	return label;
}

static struct phrase ratio_phrase(double ratio, const struct glyphs *g)
{
	int decimals = ratio < 0.001  ? 6
		       : ratio < 0.01 ? 4
		       : ratio < 0.1  ? 3
		       : ratio < 2    ? 2
		       : ratio < 10   ? 1
				      : 0;

	return phrase("%s%s", format_fixed(ratio, decimals).text, g->times);
}

/* "shm 4.10 us", then "pipe 1.06x (tied)" */
static struct phrase entry_phrase(
	const struct closing *c, const struct line *l, size_t i, const struct glyphs *g)
{
	const struct entry *e = &l->entries[i];
	const double value = e->figure->median;
	const enum metric m = figure_of(&e->item->key);
	const bool rate = m == METRIC_MSGS_PER_S;
	char name[320];

	key_name(name, sizeof(name), &e->item->key,
		AXIS_BIT(AXIS_TRANSPORT) | AXIS_BIT(AXIS_COPY) | AXIS_BIT(AXIS_DISPATCH));
	format_plain(name, sizeof(name), name, g->utf8);
	if (i > 0)
		return phrase("%s %s%s", name,
			ratio_phrase(
				item_ratio(c->results, l->entries[0].item, e->item, m).ratio, g)
				.text,
			e->standing == STANDING_TIED ? " (tied)" : "");
	const struct scale u = scale_pick(rate			    ? QUANTITY_RATE
					  : m == METRIC_BYTES_PER_S ? QUANTITY_BYTE_RATE
								    : QUANTITY_TIME,
		&value, 1, false, g);

	return phrase("%s %s %s%s", name, scale_format(&u, value).text, u.unit,
		!rate			? ""
		: e->item->key.size > 0 ? "msg/s"
					: "posts/s");
}

/* "and 3 slower": what does not fit from entry `from` on. Without an interval nothing is slower. */
static struct phrase rest_phrase(const struct line *l, size_t from)
{
	size_t tied = 0, unknown = lacks_interval(&l->entries[0]);

	for (size_t i = from; i < l->count; i++) {
		tied += l->entries[i].standing == STANDING_TIED;
		unknown += lacks_interval(&l->entries[i]);
	}
	if (tied == 0)
		return phrase("and %zu %s", l->count - from, unknown > 0 ? "more" : "slower");
	if (tied == l->count - from)
		return phrase("and %zu more tied", tied);
	return phrase("and %zu more, of which %zu tied", l->count - from, tied);
}

static bool fits(const struct closing *c, const char *text, size_t rows)
{
	/* a line is a phrase, which ends at 1023 bytes */
	const size_t most = c->width < WIDTH_MAX ? c->width : WIDTH_MAX;
	char *wrapped;
	size_t len, used = 0;
	FILE *out = need_stream(&wrapped, &len);

	format_wrap(out, text, INDENT, HANGING, most > 0 ? most : WIDTH_UNLIMITED);
	need_stream_end(out);
	for (size_t i = 0; i < len; i++)
		used += wrapped[i] == '\n' ? 1 : 0;
	free(wrapped);
	return used <= rows;
}

/* As many of its entries as fit into `rows` lines. */
static void tell_line(
	struct document *d, const struct closing *c, const struct line *l, size_t rows)
{
	struct phrase text = label_phrase(c, l);
	size_t told = 0;

	for (; told < l->count; told++) {
		struct phrase longer = text, whole;

		phrase_add(&longer, told == 0 ? ": " : d->glyphs->between, "%s",
			entry_phrase(c, l, told, d->glyphs).text);
		whole = longer;
		if (told + 1 < l->count)
			phrase_add(&whole, " ", "%s", rest_phrase(l, told + 1).text);
		if (told > 0 && !fits(c, whole.text, rows))
			break;
		text = longer;
	}
	if (told < l->count)
		phrase_add(&text, " ", "%s", rest_phrase(l, told).text);
	struct block *b = document_add(d, BLOCK_LINE, "%s", text.text);

	b->first = INDENT;
	b->hanging = HANGING;
}

/* Why there are too few trials, or what gets more. */
static struct phrase more_trials(const struct results *r)
{
	const struct settings *s = r->plan->settings;

	if (r->interrupted)
		return phrase(": the run was interrupted");
	if (s->automatic)
		return phrase("; use a longer --max-time");
	if (s->replay != NULL || s->resume != NULL)
		return phrase("; the stored run has no more");
	return phrase("; use -T %d or more", PRECISION_TRIALS_MIN);
}

static void tell_unranked(struct document *d, const struct closing *c)
{
	if (c->trials < PRECISION_TRIALS_MIN)
		document_add(d, BLOCK_LINE, "%u trial%s per cell cannot tell what is tied%s",
			c->trials, c->trials == 1 ? "" : "s", more_trials(c->results).text);
	else
		document_add(d, BLOCK_LINE, "Some rows lack a 95%% CI, so not all ties are shown%s",
			c->results->interrupted ? ": the run was interrupted"
						: "; use a longer --duration or more trials");
}

static void fill(struct document *d, const void *closing)
{
	const struct closing *c = closing;
	size_t shown = 0;

	/* an open loop has no best row; its tables say how much load is sustained */
	if (c->line_count == 0 && c->section_count == 0)
		return;
	if (c->line_count == 0)
		;
	else if (c->compares)
		document_add(d, BLOCK_SECTION,
			"In short, fastest first; N%s: N times the first value%s", d->glyphs->times,
			c->ties ? "; tied: 95% CIs overlap" : "");
	else
		document_add(d, BLOCK_SECTION, "In short");
	for (size_t i = 0; i < c->line_count; i++)
		if (c->lines[i].shown)
			tell_line(d, c, &c->lines[i], shown++ < c->twice ? 2 : 1);
	if (shown < c->line_count)
		document_add(
			d, BLOCK_LINE, "and %zu more in the tables above", c->line_count - shown)
			->first = INDENT;
	if (c->unranked)
		tell_unranked(d, c);
	if (c->told)
		document_add(d, BLOCK_LINE, "Self-reported rows are not ranked");
	if (!store_saves(c->results->plan->settings))
		document_add(d, BLOCK_LINE,
			"Nothing was saved; add -o DIR to keep a run for figures and reports")
			->gap = c->line_count == 0;
}

/* Shorter comparisons, then fewer, until all fits the screen. */
static int write_screen(FILE *out, struct closing *c, bool color)
{
	size_t newlines, len;
	char *text;
	int r;

	for (c->most = c->twice = LINES_MAX;; c->twice--) {
		FILE *stream = need_stream(&text, &len);

		choose_lines(c);
		r = document_print(stream, DOC_TERMINAL, fill, c, c->width, color);
		need_stream_end(stream);
		newlines = 0;
		for (const char *at = text; (at = strchr(at, '\n')) != NULL; at++)
			newlines++;
		/* one is the empty line above */
		if (newlines <= 1 + SCREEN_MAX || c->most <= 1)
			break;
		free(text);
		if (c->twice == 0)
			c->twice = c->most--;
	}
	errno = 0;
	fputs(text, out);
	free(text);
	return r < 0 ? r : stream_status(out);
}

int closing_write(FILE *out, const struct results *r, unsigned int width, bool color)
{
	struct closing c = {.results = r, .width = width};
	struct outcome *outcomes = outcomes_collect(r);
	size_t rows;
	const struct item **all = sections_rows(r, outcomes, &rows);

	/* lines point to them */
	c.sections = sections_of(r, outcomes, all, rows, &c.section_count);
	for (size_t i = 0; i < r->plan->item_count; i++)
		c.trials = outcomes[i].ok > c.trials ? outcomes[i].ok : c.trials;
	for (size_t i = 0; i < c.section_count; i++)
		for (enum wait w = 0; w < WAIT_COUNT && mode_of(&c.sections[i].like->key)->ranked;
			w++)
			add_line(&c, &c.sections[i], w);
	int ret = write_screen(out, &c, color);

	for (size_t i = 0; i < c.line_count; i++)
		free(c.lines[i].entries);
	free(c.lines);
	free(c.sections);
	free(all);
	free(outcomes);
	return ret;
}
