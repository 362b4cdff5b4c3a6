/* SPDX-License-Identifier: MIT */
#include "results/sections.h"

#include "text/memory.h"
#include <stdlib.h>
#include <string.h>

/* Sections in the order: payload before notifications, latency first, sizes, places, idle, memory.
 */
static int order(const struct item *a, const struct item *b)
{
	const long long keys[][2] = {
		{a->transport->shape == SHAPE_NOTIFY, b->transport->shape == SHAPE_NOTIFY},
		{a->key.mode, b->key.mode},
		{(long long)a->key.size, (long long)b->key.size},
		{a->key.placement, b->key.placement},
		{a->cell.cpu_tx, b->cell.cpu_tx},
		{a->cell.cpu_rx, b->cell.cpu_rx},
		{a->key.idle, b->key.idle},
		{(long long)a->key.think_ns, (long long)b->key.think_ns},
		{a->key.arrivals, b->key.arrivals},
		{a->key.mem, b->key.mem},
	};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if (keys[i][0] != keys[i][1])
			return keys[i][0] < keys[i][1] ? -1 : 1;
	}
	return 0;
}

/* Equal sections keep the order of the plan, in which the pointers stand. */
static int order_rows(const void *a, const void *b)
{
	const struct item *x = *(const struct item *const *)a, *y = *(const struct item *const *)b;
	int r = order(x, y);

	return r != 0 ? r : x < y ? -1 : x > y;
}

/* --auto: what ended the trials of how many cells. */
static void write_ending(char *buf, size_t len, const struct results *r)
{
	const struct settings *s = r->plan->settings;
	size_t precise = 0, cells = 0;

	for (size_t i = 0; i < r->plan->item_count; i++) {
		cells += r->plan->items[i].skip == 0;
		precise += r->stops != NULL && r->stops[i] == STOP_PRECISION;
	}
	if (precise == cells)
		snprintf(buf, len, "; ended by precision: every median within %g%%",
			s->precision * 100);
	else
		snprintf(buf, len, "; ended by --max-time of %g s: %zu of %zu medians within %g%%",
			s->max_time_s, precise, cells, s->precision * 100);
}

static void add_heading(struct document *d, const struct results *r)
{
	const struct settings *s = r->plan->settings;
	struct phrase amount;
	char label[200] = "", name[160], cut[128] = "", run[64];
	size_t done = 0;
	unsigned int most = s->automatic ? 0 : s->trials;

	for (size_t i = 0; i < r->trial_count; i++) {
		done += r->trials[i].number > 0;
		if (s->automatic && r->trials[i].number > most)
			most = r->trials[i].number;
	}
	if (s->words[AXIS_MODE] == 1u << MODE_SETUP)
		amount = phrase("1 message");
	else if (s->messages > 0)
		amount = phrase("%llu messages", (unsigned long long)s->messages);
	else
		amount = phrase("%s s", format_real(s->duration_s).text);
	if (s->label != NULL)
		snprintf(label, sizeof(label), " \"%s\"",
			format_plain(name, sizeof(name), s->label, d->glyphs->utf8));
	if (r->interrupted)
		snprintf(cut, sizeof(cut), "; interrupted after %zu of %zu launches", done,
			r->plan->launch_count);
	if (s->automatic && !r->interrupted)
		write_ending(cut, sizeof(cut), r);
	document_add(d, BLOCK_LINE, "Run %s%s: %s%u trial%s %s %s, seed %llu%s%s",
		format_plain(run, sizeof(run), r->run_id, false), label,
		s->automatic ? "up to " : "", most, most == 1 ? "" : "s",
		most == 1 ? "of" : d->glyphs->times, amount.text, (unsigned long long)s->seed,
		s->counters ? ", slowed by --counters" : "", cut);
}

/* ---- families -------------------------------------------------------------------------------- */

static const char *family_of(const void *section, size_t row)
{
	const struct section *s = section;

	return s->rows[row]->transport->family;
}

void section_join_families(struct section *s)
{
	for (size_t from = 0, end; from < s->count; from = end) {
		end = from + 1;
		for (size_t row = end; row < s->count; row++) {
			const struct item *moved = s->rows[row];

			if (strcmp(family_of(s, row), family_of(s, from)) != 0)
				continue;
			memmove(&s->rows[end + 1], &s->rows[end], (row - end) * sizeof(*s->rows));
			s->rows[end++] = moved;
		}
	}
}

/* ---- the whole ------------------------------------------------------------------------------- */

/* Rows that have figures, ordered by section. */
static size_t collect_rows(
	const struct item **rows, const struct results *r, const struct outcome *outcomes)
{
	size_t n = 0;

	for (size_t i = 0; i < r->plan->item_count; i++) {
		if (outcomes[i].ok > 0)
			rows[n++] = &r->plan->items[i];
	}
	if (n > 0)
		qsort(rows, n, sizeof(*rows), order_rows);
	return n;
}

static void add_sections(
	struct document *d, const struct results *r, const struct outcome *outcomes)
{
	const struct item **rows = need_array(r->plan->item_count, sizeof(*rows));
	size_t n = collect_rows(rows, r, outcomes);

	for (size_t from = 0; from < n;) {
		struct section s = {.results = r,
			.outcomes = outcomes,
			.like = rows[from],
			.rows = &rows[from]};

		while (from < n && order(s.like, rows[from]) == 0) {
			from++;
			s.count++;
		}
		s.grid = document_grid(d, NULL, 0);
		section_join_families(&s);
		grid_fill(&s);
		grid_heading(&s);
		grid_families(s.grid, family_of, &s);
	}
	free(rows);
}

void results_document(struct document *d, const void *results)
{
	const struct results *r = results;
	struct outcome *outcomes = outcomes_collect(r);

	d->legend = legend_texts;
	add_heading(d, r);
	add_sections(d, r, outcomes);
	document_legend(d);
	notes_add(d, r, outcomes);
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
