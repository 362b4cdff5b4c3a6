/* SPDX-License-Identifier: MIT */
/*
 * What a reader wants to know of a run first: per placement and way of waiting the fastest round
 * trip and the highest throughput at the sizes that the figures show, with what cannot be told
 * apart from it. Of a core-to-core matrix its classes.
 */
#include "report/parts.h"

#include "tables/tables.h"
#include "text/memory.h"
#include "topology/matrix.h"
#include <ctype.h>
#include <ipcbench/host.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { RIVALS_NAMED = 4 };

/* What is asked of every placement. */
static const struct question {
	const char *text;
	enum mode mode;
	enum metric metric;
	enum quantity quantity;
	size_t usual; /* the size at which mechanisms are compared; 0 = of notifications */
	bool highest; /* the best value is, and so is the size where the usual was not measured */
} questions[] = {
	{"fastest round trip", MODE_LATENCY, METRIC_LAT_P50, QUANTITY_TIME, 64, false},
	{"highest throughput", MODE_THROUGHPUT, METRIC_BYTES_PER_S, QUANTITY_BYTE_RATE, 65536,
		true},
	{"fastest notification round trip", MODE_LATENCY, METRIC_LAT_P50, QUANTITY_TIME, 0, false},
};

/* The best cell of a placement, question and way of waiting. */
struct answer {
	const struct measured_cell *like; /* of the placement */
	const struct question *question;
	size_t size;
	enum wait wait;
	const struct measured_cell *best; /* NULL = nothing was measured */
	bool interval;			  /* of the median, rather than the range of the trials */
	struct phrase rivals;		  /* what is statistically tied with it, the first few */
	size_t rival_count;
	bool unranked; /* there are others, and too few trials to tell which is the best */
};

struct search {
	const struct measured_cell **cells; /* by placement */
	size_t cell_count;
	struct answer *answers;
	size_t count;
};

/* ---- searching ------------------------------------------------------------------------------- */

static bool is_asked(const struct answer *a, const struct measured_cell *c)
{
	return cells_order_sections(c, a->like) == 0 && c->key.mode == a->question->mode &&
	       (c->key.size == 0) == (a->question->usual == 0) &&
	       key_is_usual(&c->key, AXIS_HARNESS) && (c->flags & FLAG_SELF_REPORTED) == 0 &&
	       measured_value(c, a->question->metric) > 0;
}

static bool competes(const struct answer *a, const struct measured_cell *c)
{
	return is_asked(a, c) && c->key.size == a->size && c->key.wait == a->wait;
}

/* The usual size, or what was measured instead. 0 for notifications, and where nothing was. */
static size_t choose_size(const struct search *s, const struct answer *a)
{
	size_t best = 0;

	for (size_t i = 0; i < s->cell_count; i++) {
		size_t size = s->cells[i]->key.size;

		if (!is_asked(a, s->cells[i]))
			continue;
		if (size == a->question->usual)
			return size;
		if (best == 0 || (a->question->highest ? size > best : size < best))
			best = size;
	}
	return best;
}

static const struct estimate *estimate_of(const struct answer *a, const struct measured_cell *c)
{
	return &c->summary.metric[a->question->metric];
}

/* "shm", "shm inplace": what tells it from others that wait alike. */
static struct phrase mechanism_phrase(const struct measured_cell *c)
{
	char name[64];

	return phrase("%s%s", format_plain(name, sizeof(name), c->key.transport, true),
		c->key.copy == COPY_INPLACE ? " inplace" : "");
}

/* "shm, pipe and 2 more": what is statistically tied with the best. */
static void name_rivals(struct answer *a, const struct measured_cell *const *cells,
	const enum standing *standing, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (cells[i] != a->best && standing[i] == STANDING_TIED &&
			a->rival_count++ < RIVALS_NAMED)
			phrase_add(&a->rivals, ", ", "%s", mechanism_phrase(cells[i]).text);
	if (a->rival_count > RIVALS_NAMED)
		phrase_add(&a->rivals, " ", "and %zu more", a->rival_count - RIVALS_NAMED);
}

static void find_best(const struct search *s, struct answer *a)
{
	const struct measured_cell **cells = need_array(s->cell_count, sizeof(*cells));
	const struct estimate **e = need_array(s->cell_count, sizeof(*e));
	enum standing *standing = need_array(s->cell_count, sizeof(*standing));
	size_t n = 0;

	a->interval = true;
	for (size_t i = 0; i < s->cell_count; i++) {
		if (!competes(a, s->cells[i]))
			continue;
		cells[n] = s->cells[i];
		e[n] = estimate_of(a, cells[n]);
		a->interval &= !isnan(e[n++]->ci_lo);
	}
	size_t best = rank_estimates(e, n, a->question->highest, standing);

	if (best < n) {
		a->best = cells[best];
		name_rivals(a, cells, standing, n);
		a->unranked = n > 1 && standing[best] == STANDING_NONE;
	}
	free(standing);
	free(e);
	free(cells);
}

/* Adds the answers of the placement of a cell. */
static void ask(struct search *s, const struct measured_cell *like)
{
	for (size_t q = 0; q < ARRAY_SIZE(questions); q++) {
		struct answer asked = {.like = like, .question = &questions[q]};

		asked.size = choose_size(s, &asked);
		for (asked.wait = 0; asked.wait < WAIT_COUNT; asked.wait++) {
			struct answer *a = need_next(s->answers, s->count);

			*a = asked;
			find_best(s, a);
			s->count -= a->best == NULL;
		}
	}
}

/* ---- words ----------------------------------------------------------------------------------- */

/* "fastest round trip, 64 B" */
static struct phrase question_phrase(const struct answer *a)
{
	char size[32];

	if (a->best->key.size == 0)
		return phrase("%s", a->question->text);
	return phrase(
		"%s, %s", a->question->text, ipcbench_bytes(size, sizeof(size), a->best->key.size));
}

static struct scale scale_of(const struct answer *a)
{
	return scale_pick(
		a->question->quantity, &estimate_of(a, a->best)->median, 1, false, glyphs(true));
}

static struct phrase figure_phrase(const struct answer *a)
{
	struct scale scale = scale_of(a);

	return phrase(
		"%s %s", scale_format(&scale, estimate_of(a, a->best)->median).text, scale.unit);
}

/* The answers to the first question that has any, of all placements. */
static void write_lead(FILE *out, const struct search *s)
{
	static const char *const adjectives[WAIT_COUNT] = {
		"blocking", "spinning", "hybrid", "epoll"};
	const struct answer *first = s->answers, *last = NULL;
	struct phrase question = question_phrase(first);
	char late[120];

	fprintf(out, "%c%s", toupper((unsigned char)question.text[0]), question.text + 1);
	for (const struct answer *a = first; a < first + s->count; a++) {
		bool same = last != NULL && cells_order_sections(last->like, a->like) == 0;
		const struct cell_key *key = &a->best->key;

		if (a->question != first->question || a->size != first->size)
			continue;
		fputs(same || last == NULL ? ", " : "; ", out);
		if (!same)
			fprintf(out, "%s%s%s%s%s: ", axis_word(key, AXIS_PLACEMENT),
				axis_is_usual(key, AXIS_IDLE) ? "" : ", idle ",
				axis_is_usual(key, AXIS_IDLE) ? "" : axis_word(key, AXIS_IDLE),
				key_late(late, sizeof(late), key, AXIS_LATE,
					AXIS_BIT(AXIS_FOOTPRINT))[0] == '\0'
					? ""
					: ", ",
				late);
		fprintf(out, "%s %s %s", mechanism_phrase(a->best).text, figure_phrase(a).text,
			adjectives[a->wait]);
		if (a->rival_count > 0)
			fprintf(out, " (statistically tied with %zu other%s)", a->rival_count,
				a->rival_count == 1 ? "" : "s");
		if (a->unranked)
			fputs(" (too few trials to rank)", out);
		last = a;
	}
}

static void add_row(struct grid *g, const struct answer *a)
{
	const struct estimate *e = estimate_of(a, a->best);
	struct scale scale = scale_of(a);

	grid_row(g);
	grid_field(g, "%s", question_phrase(a).text);
	grid_field(g, "%s", wait_name(a->wait));
	grid_field(g, "%s", mechanism_phrase(a->best).text);
	grid_field(g, "%s", figure_phrase(a).text);
	grid_span(g, &scale, a->interval ? e->ci_lo : e->min, a->interval ? e->ci_hi : e->max);
	grid_field(g, "%s",
		a->unranked	     ? "too few trials to rank"
		: a->rival_count > 0 ? a->rivals.text
				     : "-");
}

/* ---- documents ------------------------------------------------------------------------------- */

enum { SPREAD = 4 };
static const struct grid_column columns[] = {
	{.heading = "question", .left = true},
	{.heading = "wait", .left = true},
	{.heading = "best median", .left = true},
	{.heading = "value"},
	[SPREAD] = {.heading = "95% CI"},
	{.heading = "statistically tied", .left = true},
};

/* The largest message that answers a question of the section which begins with `first`. */
static uint64_t largest_of(const struct search *s, const struct answer *first)
{
	uint64_t largest = 0;

	for (const struct answer *a = first; a < s->answers + s->count; a++)
		if (cells_order_sections(first->like, a->like) == 0 && a->size > largest)
			largest = a->size;
	return largest;
}

static void add_answers(struct document *d, const struct search *s)
{
	char *lead;
	size_t len;
	FILE *out = need_stream(&lead, &len);

	write_lead(out, s);
	need_stream_end(out);
	document_add(d, BLOCK_TITLE, "%s", lead);
	free(lead);
	struct grid *g = document_grid(d, columns, ARRAY_SIZE(columns));

	for (const struct answer *a = s->answers; a < s->answers + s->count; a++) {
		add_row(g, a);
		if (!a->interval)
			grid_head(g, SPREAD, "95%% CI, else low-high");
		if (a == s->answers || cells_order_sections(a[-1].like, a->like) != 0)
			g->rows[g->row_count - 1].group = need_copy(
				cell_place(a->like, largest_of(s, a), a->like->key.mode).text);
	}
}

static void add_run(struct document *d, const struct stored_run *run)
{
	struct search s = {.count = 0};

	s.cells = cells_select(run, &s.cell_count);
	for (size_t i = 0; i < s.cell_count; i++)
		if (i == 0 || cells_order_sections(s.cells[i - 1], s.cells[i]) != 0)
			ask(&s, s.cells[i]);
	if (s.count > 0)
		add_answers(d, &s);
	else
		document_add(d, BLOCK_TITLE,
			"Nothing was measured by which mechanisms can be compared.");
	free(s.answers);
	free(s.cells);
}

static const struct grid_column class_columns[] = {
	{.heading = "class", .left = true},
	{.heading = "pairs"},
	{.heading = "min ns"},
	{.heading = "median ns"},
	{.heading = "max ns"},
};

static void add_matrix(struct document *d, const struct matrix *m)
{
	struct matrix_class classes[PLACE_COUNT];
	size_t n = matrix_classes(classes, m);
	struct phrase lead = {""};

	for (const struct matrix_class *c = classes; c < classes + n; c++)
		phrase_add(&lead, ", ", "%s%s %.*f ns",
			c == classes ? "Round trip of one cache line: " : "",
			placement_name(c->class), c->p50_ns < 100, c->p50_ns);
	document_add(d, BLOCK_TITLE, "%s", n > 0 ? lead.text : "No pair of CPUs was measured.");
	struct grid *g = n > 0 ? document_grid(d, class_columns, ARRAY_SIZE(class_columns)) : NULL;

	for (const struct matrix_class *c = classes; c < classes + n; c++) {
		int decimals = c->p50_ns < 100 ? 1 : 0;

		grid_row(g);
		grid_field(g, "%s", placement_name(c->class));
		grid_field(g, "%zu", c->pairs);
		grid_field(g, "%.*f", decimals, c->min_ns);
		grid_field(g, "%.*f", decimals, c->p50_ns);
		grid_field(g, "%.*f", decimals, c->max_ns);
	}
}

void headline_fill(struct document *d, const void *subject)
{
	const struct subject *s = subject;

	if (s->kind == SUBJECT_RUN)
		add_run(d, &s->run);
	else
		add_matrix(d, &s->matrix);
}
