/* SPDX-License-Identifier: MIT */
#include "results/sections.h"

#include "text/format.h"
#include "text/memory.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What stands in columns; all other axes set sections apart. */
#define IN_COLUMNS                                                                                 \
	(AXIS_BIT(AXIS_TRANSPORT) | AXIS_BIT(AXIS_WAIT) | AXIS_BIT(AXIS_COPY) |                    \
		AXIS_BIT(AXIS_RATE) | AXIS_BIT(AXIS_DISPATCH))

/* Payload before notifications; then by the axes in their order, and by the CPUs. */
static int order(const struct item *a, const struct item *b)
{
	int r = (a->transport->shape == SHAPE_NOTIFY) - (b->transport->shape == SHAPE_NOTIFY);

	for (enum axis axis = 0; axis < AXIS_COUNT && r == 0; axis++) {
		if ((IN_COLUMNS & AXIS_BIT(axis)) != 0)
			continue;
		uint64_t x = axis_number(&a->key, axis), y = axis_number(&b->key, axis);

		r = (x > y) - (x < y);
	}
	if (r == 0)
		r = a->cell.cpu_tx - b->cell.cpu_tx;
	return r == 0 ? a->cell.cpu_rx - b->cell.cpu_rx : r;
}

/* Equal sections keep the order of the plan, in which the pointers stand. */
static int order_rows(const void *a, const void *b)
{
	const struct item *x = *(const struct item *const *)a, *y = *(const struct item *const *)b;
	int r = order(x, y);

	return r != 0 ? r : x < y ? -1 : x > y;
}

/* --auto: what ended the trials of how many cells. */
static void add_ending(struct phrase *line, const struct results *r)
{
	const struct settings *s = r->plan->settings;
	size_t precise = 0, cells = 0;

	for (size_t i = 0; i < r->plan->item_count; i++) {
		cells += r->plan->items[i].skip == 0;
		precise += r->stops[i] == STOP_PRECISION;
	}
	if (precise == cells)
		phrase_add(line, "; ", "ended by precision: every median");
	else
		phrase_add(line, "; ", "ended by --max-time of %g s: %zu of %zu medians",
			s->max_time_s, precise, cells);
	if (s->precise_metric != METRIC_COUNT)
		phrase_add(line, " ", "of %s, where a cell has it,",
			metric_info[s->precise_metric].column);
	phrase_add(line, " ", "within %g%%", s->precision * 100);
}

static void add_heading(struct document *d, const struct results *r)
{
	const struct settings *s = r->plan->settings;
	char text[160];
	size_t done = 0;
	unsigned int most = s->automatic ? 0 : s->trials;
	struct phrase line = phrase("Run %s", format_plain(text, 64, r->run_id, false));

	for (size_t i = 0; i < r->trial_count; i++) {
		done += r->trials[i].number > 0;
		if (s->automatic && r->trials[i].number > most)
			most = r->trials[i].number;
	}
	if (s->label != NULL)
		phrase_add(&line, " ", "\"%s\"",
			format_plain(text, sizeof(text), s->label, d->glyphs->utf8));
	phrase_add(&line, ": ", "%s%u trial%s %s ", s->automatic ? "up to " : "", most,
		most == 1 ? "" : "s", most == 1 ? "of" : d->glyphs->times);
	if (s->words[AXIS_MODE] == 1u << MODE_SETUP)
		phrase_add(&line, "", "1 message");
	else if (s->messages > 0)
		phrase_add(&line, "", "%llu messages", (unsigned long long)s->messages);
	else
		phrase_add(&line, "", "%s s", format_real(s->duration_s).text);
	phrase_add(&line, ", ", "seed %llu%s", (unsigned long long)s->seed,
		s->counters ? ", slowed by --counters" : "");
	if (r->interrupted)
		phrase_add(&line, "; ", "interrupted after %zu of %zu launch%s", done,
			r->plan->launch_count, r->plan->launch_count == 1 ? "" : "es");
	else if (s->automatic && r->stops != NULL)
		add_ending(&line, r);
	document_add(d, BLOCK_LINE, "%s", line.text);
}

void results_tell_speeds(struct document *d, const struct trial *trials, size_t count)
{
	size_t cpus;
	struct cpu_speed *speeds = cpu_speeds(trials, count, &cpus);

	for (size_t i = 0; i < cpus; i++) {
		const struct cpu_speed *s = &speeds[i];
		double moved = (s->most - s->least) / s->median;

		if (moved > SPEED_SHARE)
			document_add(d, BLOCK_LINE,
				"The speed of CPU %d moved by %.0f%% between trials (%s to %s G steps/s): "
				"values of this run may not be comparable with each other",
				s->cpu, moved * 100, format_fixed(s->least / 1e9, 2).text,
				format_fixed(s->most / 1e9, 2).text)
				->tone = TONE_DOUBT;
	}
	free(speeds);
}

/* ---- families -------------------------------------------------------------------------------- */

void section_join_families(struct section *s)
{
	for (size_t from = 0, end; from < s->count; from = end) {
		end = from + 1;
		for (size_t row = end; row < s->count; row++) {
			const struct item *moved = s->rows[row];

			if (strcmp(moved->transport->family, s->rows[from]->transport->family) != 0)
				continue;
			memmove(&s->rows[end + 1], &s->rows[end], (row - end) * sizeof(*s->rows));
			s->rows[end++] = moved;
		}
	}
}

/* ---- notes ----------------------------------------------------------------------------------- */

static bool same(const struct outcome *a, const struct outcome *b)
{
	return a->status == b->status && strcmp(a->reason, b->reason) == 0;
}

/* Whether an earlier item tells of it: with this reason a failure, a skip of each transport. */
static bool is_told(const struct results *r, const struct outcome *o, size_t i)
{
	const struct item *items = r->plan->items;

	for (size_t k = 0; k < i; k++)
		if (same(&o[k], &o[i]) &&
			(o[i].status == STATUS_FAIL ||
				strcmp(items[k].key.transport, items[i].key.transport) == 0))
			return true;
	return false;
}

/* "skip pipe, fifo: why": every transport that has this reason, once. */
static void add_skip(struct document *d, const struct item *item, const char *reason)
{
	char name[160];

	format_plain(name, sizeof(name), item->key.transport, d->glyphs->utf8);
	document_join(d, BLOCK_NOTE, "skip ", name, phrase(": %s", reason).text);
}

/* A failure names its cell in full: the reader wants to run just that again. */
static void add_failure(struct document *d, const struct results *r, const struct outcome *o,
	size_t from, const char *reason)
{
	struct phrase what;
	size_t cells = 0;

	for (size_t i = from; i < r->plan->item_count; i++)
		cells += same(&o[from], &o[i]);
	item_name(what.text, sizeof(what.text), &r->plan->items[from]);
	if (cells > 1)
		phrase_add(&what, " ", "and %zu more cell%s", cells - 1, cells == 2 ? "" : "s");
	else if (o[from].ok > 0)
		phrase_add(
			&what, " ", "(%u of %u trials)", o[from].fails, o[from].ok + o[from].fails);
	document_add(d, BLOCK_NOTE, "fail %s: %s", what.text, reason);
}

/* Skips and failures, equal reasons joined. */
static void add_notes(struct document *d, const struct results *r, const struct outcome *o)
{
	/* failures first: they mean that something is broken, skips only that it is not here */
	static const enum status order[] = {STATUS_FAIL, STATUS_SKIP};

	d->notes_title = "Not measured or failed";
	for (size_t pass = 0; pass < ARRAY_SIZE(order); pass++)
		for (size_t i = 0; i < r->plan->item_count; i++) {
			char reason[sizeof(((struct reason *)0)->text)];

			if (o[i].status != order[pass] || is_told(r, o, i))
				continue;
			format_plain(reason, sizeof(reason), o[i].reason, d->glyphs->utf8);
			if (o[i].status == STATUS_SKIP)
				add_skip(d, &r->plan->items[i], reason);
			else
				add_failure(d, r, o, i, reason);
		}
}

const char *const legend_texts[MARK_COUNT] = {
	[MARK_BEST] = ("* best of its section for its wait mode: its interval overlaps none of the "
		       "others"),
	[MARK_TIED] = "= statistically tied with the best of its wait mode: the intervals overlap",
	[MARK_RANGE] = "low-high: lowest and highest trial",
	[MARK_INTERVAL] = "95% CI: of the median over the trials",
	[MARK_CPU] = "CPU: user and system time of both sides",
	[MARK_HELPERS] = "a mechanism with helpers (a broker): CPU includes theirs",
	[MARK_SETUP] = ("set-up: creating the channel and attaching to it; its first message: a "
			"round trip"),
	[MARK_CHANNELS] = ("channels/s: created, attached to, used for a round trip and removed; "
			   "the times are means over the channels of a launch"),
	[MARK_RATIO] =
		("ratio: to the --baseline row of the section with the same wait mode, if there "
		 "is one: the median of the ratios of all pairs of their trials, and its 95% CI"),
	[MARK_MISSING] = "+N: the percentile needs N more samples in a trial",
	[MARK_DUE] = ("p50, p99, max of an open loop: from when a message was due; sent p99: "
		      "from its actual send"),
	[MARK_KNEE] =
		"K: knee, the highest load whose p99 is under 10 times the median p99 of the low loads (up to a quarter of the highest, with 3000 samples)",
	[MARK_CAPACITY] =
		("saturated: the rate when everything is due at once, to which percentages refer; "
		 "its 95% CI: of the median over separate launches"),
	[MARK_FLOOR] = "null: moves nothing, the floor of the harness itself",
	[MARK_PARTIAL] = "!: some trials failed; the values are those of the others",
	[MARK_SOME] = "a number after a letter: trials that have the flag, if not all",
	[MARK_FLAGS + 0] = "M: migrated (a side changed its CPU)",
	[MARK_FLAGS + 1] = "S: steal (the hypervisor took time away)",
	[MARK_FLAGS + 2] = "R: short-run (under 10 ms or 100 messages)",
	[MARK_FLAGS + 3] = "O: rate-missed (the offered load was not sustained)",
	[MARK_FLAGS + 4] = "P: same-cpu-spin (polls on the CPU that its peer needs)",
	[MARK_FLAGS + 5] =
		"C: clock-fallback (clock_gettime was read: each time is 20 to 40 ns too long)",
	[MARK_FLAGS + 6] = "T: throttled (a CPU was slower by 5 % or more)",
	[MARK_FLAGS + 7] = "L: low-samples (too few for p99)",
	[MARK_FLAGS + 8] =
		"V: unsteady (the first part of the window is faster or slower than the rest)",
	[MARK_FLAGS + 9] =
		"X: oversubscribed (too few CPUs for all sides: saturation, not scaling)",
	[MARK_FLAGS + 10] = "A: alone (for 5 % of the window or more, not all sides ran)",
	[MARK_FLAGS + 11] = "H: held-back (a real-time side waited for its CPU for over 1 %)",
	[MARK_FLAGS + 12] = "Q: self-reported (what a program says of itself; not ranked)",
	[MARK_FLAGS + 13] = "U: unknown (a flag of a later version)",
};

const char *legend_flag_meaning(size_t flag)
{
	return legend_texts[MARK_FLAGS + flag] + 3;
}

/* ---- the whole ------------------------------------------------------------------------------- */

/* "(95% CI 1.20–1.25)": an end that was not reached is open. */
static void add_ends(struct phrase *line, const struct scale *u, const char *what,
	const double ends[2], const struct glyphs *g)
{
	const struct phrase lo = scale_format(u, ends[0]), hi = scale_format(u, ends[1]);

	if (isnan(ends[0]) && isnan(ends[1]))
		return;
	if (isnan(ends[0]))
		phrase_add(line, " ", "(%s up to %s)", what, hi.text);
	else if (isnan(ends[1]))
		phrase_add(line, " ", "(%s %s or more)", what, lo.text);
	else
		phrase_add(line, " ", "(%s %s%s%s)", what, lo.text, g->dash, hi.text);
}

/* Without a median all loads that can tell exceed the limit, or there are none. */
static struct scale add_answer(
	struct phrase *line, struct estimate e, double knee, const struct glyphs *g)
{
	const bool sure = !isnan(e.ci_lo) || !isnan(e.ci_hi);
	const double ends[] = {
		sure ? e.ci_lo : e.min, sure ? e.ci_hi : e.max, isnan(e.median) ? knee : e.median};
	const struct scale u = scale_pick(QUANTITY_RATE, ends, ARRAY_SIZE(ends), false, g);

	if (isnan(e.median) && isnan(ends[1]))
		phrase_add(line, "",
			"not known, since no load has enough samples; use a longer --duration");
	else if (isnan(e.median))
		phrase_add(line, "",
			"not held from %s %smsg/s on; lower loads have too few samples to tell, use "
			"a longer --duration",
			scale_format(&u, ends[1]).text, u.unit);
	else if (e.median > 0)
		phrase_add(line, "", "holds up to %s %smsg/s", scale_format(&u, e.median).text,
			u.unit);
	else
		phrase_add(line, "", "held by no load");
	if (!isnan(e.median))
		add_ends(line, &u, sure ? "95% CI" : "low-high", ends, g);
	return u;
}

/* "p99<50us: holds up to 1.23 M msg/s (95% CI 1.20–1.25); knee at 1.31 M msg/s, pipe block ..." */
static void add_highest(
	struct document *d, const char *slo, const struct outcome *o, const struct item *it)
{
	char name[320];
	struct phrase line = phrase("%s: ", format_plain(name, 64, slo, false));
	const struct scale u = add_answer(&line, o->slo, o->knee, d->glyphs);

	if (!isnan(o->knee))
		phrase_add(
			&line, "; ", "knee at %s %smsg/s", scale_format(&u, o->knee).text, u.unit);
	key_name(name, sizeof(name), &it->key, AXIS_ALL & ~AXIS_BIT(AXIS_RATE));
	document_add(d, BLOCK_LINE, "%s, %s", line.text, name);
}

/* --slo: the highest rate of each curve of a section that holds the limit. */
static void add_slo(struct document *d, const struct section *s)
{
	const struct plan *plan = s->results->plan;

	if (plan->settings->slo.text == NULL || s->like->key.mode != MODE_RATE)
		return;
	for (size_t i = 0; i < s->count; i++)
		if (i == 0 || s->rows[i - 1]->load_group != s->rows[i]->load_group)
			add_highest(d, plan->settings->slo.text,
				&s->outcomes[s->rows[i] - plan->items], s->rows[i]);
}

const struct item **sections_rows(
	const struct results *r, const struct outcome *outcomes, size_t *count)
{
	const struct item **rows = need_array(r->plan->item_count, sizeof(*rows));
	size_t n = 0;

	for (size_t i = 0; i < r->plan->item_count; i++)
		if (outcomes[i].ok > 0)
			rows[n++] = &r->plan->items[i];
	qsort(rows, n, sizeof(*rows), order_rows);
	*count = n;
	return rows;
}

static struct section section_at(const struct results *r, const struct outcome *outcomes,
	const struct item **rows, size_t count)
{
	struct section s = {.results = r, .outcomes = outcomes, .like = rows[0], .rows = rows};

	while (s.count < count && order(s.like, rows[s.count]) == 0)
		s.count++;
	return s;
}

/* The sections that lack what --baseline names: the first few by title. */
enum { UNRELATED_TOLD = 4 };

struct unrelated {
	struct phrase titles;
	size_t count;
};

/* A section in the order that is asked for. */
static void add_section(struct document *d, struct section *s, struct unrelated *unrelated)
{
	const bool sorted =
		s->results->plan->settings->sort != SORT_FAMILY && mode_of(&s->like->key)->ranked;

	s->grid = document_grid(d, NULL, 0);
	if (sorted)
		section_sort(s);
	else
		section_join_families(s);
	bool related = section_ratios(s);

	grid_fill(s);
	if (!sorted)
		grid_families(s->grid);
	if (!related && unrelated->count++ < UNRELATED_TOLD)
		phrase_add(&unrelated->titles, ", ", "\"%.200s\"", s->grid->title);
	free(s->ratios);
	add_slo(d, s);
}

struct section *sections_of(const struct results *r, const struct outcome *outcomes,
	const struct item **rows, size_t row_count, size_t *count)
{
	struct section *sections = need_array(row_count, sizeof(*sections));

	*count = 0;
	for (size_t from = 0; from < row_count; from += sections[(*count)++].count)
		sections[*count] = section_at(r, outcomes, &rows[from], row_count - from);
	return sections;
}

static struct unrelated add_sections(
	struct document *d, const struct results *r, const struct outcome *outcomes)
{
	size_t row_count, count;
	const struct item **rows = sections_rows(r, outcomes, &row_count);
	struct section *sections = sections_of(r, outcomes, rows, row_count, &count);
	struct unrelated unrelated = {.count = 0};

	sections_share(d, sections, count);
	for (size_t i = 0; i < count; i++)
		add_section(d, &sections[i], &unrelated);
	free(sections);
	free(rows);
	return unrelated;
}

void results_document(struct document *d, const void *results)
{
	const struct results *r = results;
	struct outcome *outcomes = outcomes_collect(r);

	d->legend = legend_texts;
	add_heading(d, r);
	results_tell_speeds(d, r->trials, r->trial_count);
	struct unrelated unrelated = add_sections(d, r, outcomes);

	document_legend(d);
	if (unrelated.count > UNRELATED_TOLD)
		phrase_add(
			&unrelated.titles, " ", "and %zu more", unrelated.count - UNRELATED_TOLD);
	if (unrelated.count > 0)
		document_add(d, BLOCK_LINE, "No ratios to %s, which was not measured there: %s",
			r->plan->settings->baseline, unrelated.titles.text);
	add_notes(d, r, outcomes);
	free(outcomes);
}

int table_write(FILE *out, const struct results *r, unsigned int width, bool color)
{
	return document_print(out, DOC_TERMINAL, results_document, r, width, color);
}

int markdown_write(FILE *out, const void *r)
{
	return document_print(out, DOC_MARKDOWN, results_document, r, 0, false);
}

int latex_write(FILE *out, const void *r)
{
	return document_print(out, DOC_LATEX, results_document, r, 0, false);
}
