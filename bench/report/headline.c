/* SPDX-License-Identifier: MIT */
#include "report/parts.h"

#include "doc/build.h"
#include "doc/writers.h"
#include "tables/cells.h"
#include "topology/matrix-report.h"
#include <errno.h>
#include <ipcbench/host.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The sizes at which mechanisms are compared, where they were measured. */
#define HEADLINE_TRIP_BYTES   ((size_t)64)
#define HEADLINE_STREAM_BYTES ((size_t)65536)

enum { QUESTION, WAIT, MECHANISM, FIGURE, SPREAD, RIVALS, COLUMNS };
enum { RIVALS_NAMED = 4 };

static const struct grid_column columns[COLUMNS] = {
	[QUESTION] = {.heading = "question", .left = true},
	[WAIT] = {.heading = "wait", .left = true},
	[MECHANISM] = {.heading = "best", .left = true},
	[FIGURE] = {.heading = "figure"},
	[SPREAD] = {.heading = "low-high"},
	[RIVALS] = {.heading = "not told apart from it", .left = true},
};

/* What is asked of every placement. */
struct question {
	enum mode mode;
	const char *superlative, *of; /* "fastest", "round trip" */
	bool notifies;
	enum metric metric;
	enum quantity quantity;
	bool higher_is_better;
	size_t usual; /* size; where it was not measured, the largest or the smallest */
	bool largest;
};

static const struct question questions[] = {
	{MODE_LATENCY, "fastest", "round trip", false, METRIC_LAT_P50, QUANTITY_TIME, false,
		HEADLINE_TRIP_BYTES, false},
	{MODE_THROUGHPUT, "highest", "throughput", false, METRIC_BYTES_PER_S, QUANTITY_BYTE_RATE,
		true, HEADLINE_STREAM_BYTES, true},
	{MODE_LATENCY, "fastest", "notification round trip", true, METRIC_LAT_P50, QUANTITY_TIME,
		false, 0, false},
};

/* An answer: the best cell of a placement, question and way of waiting. */
struct answer {
	const struct question *question;
	const struct measured_cell *best;
	bool interval; /* of the median, rather than the range of the trials */
	char rivals[160];
	size_t rival_count;
};

struct search {
	const struct measured_cell **cells;
	size_t count;
	const struct measured_cell *like; /* of the placement */
	const struct question *question;
	size_t size;
	enum wait wait;
};

/* ---- searching ------------------------------------------------------------------------------- */

static bool answers(const struct search *s, const struct measured_cell *c)
{
	return cells_order_sections(c, s->like) == 0 && c->key.mode == s->question->mode &&
	       (c->size == 0) == s->question->notifies && axis_is_usual(&c->key, AXIS_DISPATCH) &&
	       axis_is_usual(&c->key, AXIS_MEM) && measured_value(c, s->question->metric) > 0;
}

/* The usual size, or what was measured instead. 0 for notifications, and where nothing was. */
static size_t choose_size(const struct search *s)
{
	size_t best = 0;

	for (size_t i = 0; i < s->count; i++) {
		size_t size = s->cells[i]->size;

		if (!answers(s, s->cells[i]))
			continue;
		if (size == s->question->usual)
			return size;
		if (best == 0 || (s->question->largest ? size > best : size < best))
			best = size;
	}
	return best;
}

static bool competes(const struct search *s, const struct measured_cell *c)
{
	return answers(s, c) && c->size == s->size && c->key.wait == s->wait;
}

static const struct estimate *estimate_of(const struct search *s, const struct measured_cell *c)
{
	return &c->summary.metric[s->question->metric];
}

static bool overlap(const struct estimate *a, const struct estimate *b, bool interval)
{
	double a_lo = interval ? a->ci_lo : a->min, a_hi = interval ? a->ci_hi : a->max;
	double b_lo = interval ? b->ci_lo : b->min, b_hi = interval ? b->ci_hi : b->max;

	return a_lo <= b_hi && b_lo <= a_hi;
}

/* "shm", "shm inplace": what tells it from others that wait alike. */
static char *name_mechanism(char *buf, size_t len, const struct measured_cell *c)
{
	char name[64];

	snprintf(buf, len, "%s%s", format_plain(name, sizeof(name), c->key.transport, true),
		c->key.copy == COPY_INPLACE ? " inplace" : "");
	return buf;
}

/* "shm, pipe and 2 more": those whose spread meets that of the best. */
static void name_rivals(const struct search *s, struct answer *a)
{
	size_t found = 0, at = 0;
	char name[48];

	for (size_t i = 0; i < s->count; i++) {
		const struct measured_cell *c = s->cells[i];

		if (c == a->best || !competes(s, c) ||
			!overlap(estimate_of(s, a->best), estimate_of(s, c), a->interval))
			continue;
		if (found++ < RIVALS_NAMED && at < sizeof(a->rivals))
			at += (size_t)snprintf(a->rivals + at, sizeof(a->rivals) - at, "%s%s",
				at > 0 ? ", " : "", name_mechanism(name, sizeof(name), c));
	}
	a->rival_count = found;
	if (found > RIVALS_NAMED && at < sizeof(a->rivals))
		snprintf(a->rivals + at, sizeof(a->rivals) - at, " and %zu more",
			found - RIVALS_NAMED);
}

static bool find_best(const struct search *s, struct answer *a)
{
	*a = (struct answer){.question = s->question, .interval = true};
	for (size_t i = 0; i < s->count; i++) {
		const struct measured_cell *c = s->cells[i];

		if (!competes(s, c))
			continue;
		double value = measured_value(c, s->question->metric);
		double best = a->best == NULL ? NAN : measured_value(a->best, s->question->metric);

		a->interval &= !isnan(estimate_of(s, c)->ci_lo);
		if (isnan(best) || (s->question->higher_is_better ? value > best : value < best))
			a->best = c;
	}
	if (a->best != NULL)
		name_rivals(s, a);
	return a->best != NULL;
}

/* The answers of one placement; returns how many. */
static size_t ask(struct search *s, struct answer *out)
{
	size_t n = 0;

	for (size_t q = 0; q < ARRAY_SIZE(questions); q++) {
		s->question = &questions[q];
		s->size = choose_size(s);
		for (unsigned int w = 0; w < WAIT_COUNT; w++) {
			s->wait = (enum wait)w;
			n += find_best(s, &out[n]);
		}
	}
	return n;
}

/* ---- words ----------------------------------------------------------------------------------- */

static char *question_text(char *buf, size_t len, const struct answer *a)
{
	char size[32] = "";

	if (a->best->size > 0)
		ipcbench_bytes(size, sizeof(size), a->best->size);
	snprintf(buf, len, "%s %s%s%s", a->question->superlative, a->question->of,
		size[0] != '\0' ? ", " : "", size);
	return buf;
}

static const struct estimate *answer_estimate(const struct answer *a)
{
	return &a->best->summary.metric[a->question->metric];
}

static struct scale answer_scale(const struct answer *a)
{
	return scale_pick(
		a->question->quantity, &answer_estimate(a)->median, 1, false, glyphs(true));
}

static char *figure_text(char *buf, size_t len, const struct answer *a)
{
	struct scale scale = answer_scale(a);
	char number[40];

	snprintf(buf, len, "%s %s",
		scale_format(number, sizeof(number), &scale, answer_estimate(a)->median),
		scale.unit);
	return buf;
}

static void field_text(const void *answers, size_t row, size_t column, char *buf, size_t len)
{
	const struct answer *a = &((const struct answer *)answers)[row];
	struct scale scale;

	switch (column) {
	case QUESTION:
		question_text(buf, len, a);
		break;
	case WAIT:
		snprintf(buf, len, "%s", axis_word(&a->best->key, AXIS_WAIT));
		break;
	case MECHANISM:
		name_mechanism(buf, len, a->best);
		break;
	case FIGURE:
		figure_text(buf, len, a);
		break;
	case SPREAD:
		scale = answer_scale(a);
		build_spread(buf, len, answer_estimate(a), a->interval, &scale, glyphs(true));
		break;
	default:
		snprintf(buf, len, "%s", a->rivals[0] != '\0' ? a->rivals : "-");
		break;
	}
}

/* "blocking": how the best of an answer waits. */
static const char *adjective(const struct answer *a)
{
	const char *wait = axis_word(&a->best->key, AXIS_WAIT);

	return strcmp(wait, "block") == 0  ? "blocking"
	       : strcmp(wait, "spin") == 0 ? "spinning"
					   : wait;
}

/* "same-cpu", "same-cpu, idle awake" */
static const char *place_text(char *buf, size_t len, const struct answer *a)
{
	bool idle = !axis_is_usual(&a->best->key, AXIS_IDLE);

	snprintf(buf, len, "%.40s%s%.20s", axis_word(&a->best->key, AXIS_PLACEMENT),
		idle ? ", idle " : "", idle ? axis_word(&a->best->key, AXIS_IDLE) : "");
	return buf;
}

/* The answers to the first question that has any, of all placements. */
static void write_lead(char *lead, size_t len, const struct answer *all, size_t count)
{
	const struct measured_cell *last = NULL;
	char question[80], figure[64], name[80], place[80];
	size_t at;

	question_text(question, sizeof(question), &all[0]);
	question[0] = (char)(question[0] - 'a' + 'A');
	at = (size_t)snprintf(lead, len, "%s", question);
	for (size_t i = 0; i < count && at < len; i++) {
		const struct answer *a = &all[i];
		bool same = last != NULL && cells_order_sections(last, a->best) == 0;

		if (a->question != all[0].question || a->best->size != all[0].best->size)
			continue;
		at += (size_t)snprintf(lead + at, len - at, "%s%s%s %s %s %s",
			same	       ? ","
			: last == NULL ? ", "
				       : "; ",
			same ? "" : place_text(place, sizeof(place), a), same ? "" : ":",
			name_mechanism(name, sizeof(name), a->best),
			figure_text(figure, sizeof(figure), a), adjective(a));
		if (a->rival_count > 0 && at < len)
			at += (size_t)snprintf(lead + at, len - at,
				" (%zu other%s within its spread)", a->rival_count,
				a->rival_count == 1 ? "" : "s");
		last = a->best;
	}
}

/* ---- the grid -------------------------------------------------------------------------------- */

static int by_section(const void *a, const void *b)
{
	const struct measured_cell *const *x = a, *const *y = b;

	return cells_order_sections(*x, *y);
}

/* Answers of all placements, one placement after the other. */
static size_t ask_all(const struct measured_cell **cells, size_t count, struct answer *out)
{
	struct search s = {.cells = cells, .count = count};
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		s.like = cells[i];
		if (i == 0 || cells_order_sections(cells[i - 1], cells[i]) != 0)
			n += ask(&s, &out[n]);
	}
	return n;
}

static int fill(struct grid *g, const struct answer *answers, size_t count)
{
	char place[80];

	g->groups = calloc(count + 1, sizeof(*g->groups));
	if (g->groups == NULL)
		return -ENOMEM;
	for (size_t row = 0; row < count; row++) {
		if (row > 0 && cells_order_sections(answers[row - 1].best, answers[row].best) == 0)
			continue;
		g->groups[row] = strdup(cell_place(place, sizeof(place), answers[row].best));
		if (g->groups[row] == NULL)
			return -ENOMEM;
	}
	return build_fields(g, field_text, answers);
}

static int headline_run(struct report *rep, char *lead, size_t len, const struct measured *m)
{
	struct answer *all = NULL;
	size_t count, found = 0;
	struct grid *g;
	const struct measured_cell **cells = cells_select(m, &count);
	int r = 0;

	snprintf(lead, len, "Nothing was measured that mechanisms could be compared by.");
	if (r == 0) {
		all = calloc(count * ARRAY_SIZE(questions) * WAIT_COUNT + 1, sizeof(*all));
		r = all == NULL ? -ENOMEM : 0;
	}
	if (r == 0) {
		qsort(cells, count, sizeof(*cells), by_section);
		found = ask_all(cells, count, all);
	}
	if (r == 0 && found > 0) {
		write_lead(lead, len, all, found);
		r = build_grid(rep, &g, found, columns, COLUMNS);
		if (r == 0)
			r = fill(g, all, found);
	}
	free(all);
	free(cells);
	return r;
}

/* ---- core to core ---------------------------------------------------------------------------- */

static const struct grid_column class_columns[] = {
	{.heading = "class", .left = true},
	{.heading = "pairs"},
	{.heading = "min ns"},
	{.heading = "median ns"},
	{.heading = "max ns"},
};

static int fill_class(struct grid *g, size_t row, const struct matrix_class *c)
{
	const double ns[] = {c->min_ns, c->p50_ns, c->max_ns};
	int r = build_text(g, row, 0, placement_name(c->class));
	char buf[40];

	snprintf(buf, sizeof(buf), "%zu", c->pairs);
	if (r == 0)
		r = build_text(g, row, 1, buf);
	for (size_t i = 0; i < ARRAY_SIZE(ns) && r == 0; i++)
		r = build_text(g, row, 2 + i,
			format_fixed(buf, sizeof(buf), ns[i], c->p50_ns < 100 ? 1 : 0));
	return r;
}

static int headline_matrix(struct report *rep, char *lead, size_t len, const struct matrix *m)
{
	struct matrix_class c[PLACE_COUNT];
	size_t n = matrix_classes(c, m), at = 0;
	struct grid *g;
	int r = 0;

	snprintf(lead, len, "No pair of CPUs was measured.");
	for (size_t i = 0; i < n && at < len; i++) {
		char ns[40];

		at += (size_t)snprintf(lead + at, len - at, "%s%s %s ns",
			i == 0 ? "Round trip of one cache line: " : ", ",
			placement_name(c[i].class),
			format_fixed(ns, sizeof(ns), c[i].p50_ns, c[i].p50_ns < 100 ? 1 : 0));
	}
	if (n > 0)
		r = build_grid(rep, &g, n, class_columns, ARRAY_SIZE(class_columns));
	for (size_t i = 0; i < n && r == 0; i++)
		r = fill_class(g, i, &c[i]);
	return r;
}

void headline_best(FILE *out, const struct subject *s)
{
	struct report rep = {.glyphs = glyphs(true)};
	char lead[512];

	if (s->kind == SUBJECT_RUN)
		headline_run(&rep, lead, sizeof(lead), &s->measured);
	else
		headline_matrix(&rep, lead, sizeof(lead), &s->matrix.matrix);
	part_paragraph(out, "lead", lead);
	for (size_t i = 0; i < rep.grid_count; i++)
		html_grid(out, &rep.grids[i], false);
	report_free(&rep);
}
