/* SPDX-License-Identifier: MIT */
/* The tables of qualities.h as people read them: traits once, then a section per placement. */
#include "doc/build.h"
#include "tables/qualities.h"

#include <errno.h>
#include <ipcbench/host.h>
#include <stdlib.h>
#include <string.h>

/* ---- traits ---------------------------------------------------------------------------------- */

enum { NAME, FORM, SYNCHRONISES, KINSHIP, NETWORK, LASTS, COMPLEXITY, LEFT, API, USE, TRAITS };

static const struct grid_column trait_columns[TRAITS] = {
	[NAME] = {.heading = "transport", .left = true},
	[FORM] = {.heading = "form", .left = true},
	[SYNCHRONISES] = {.heading = "synchronises", .left = true},
	[KINSHIP] = {.heading = "users", .left = true},
	[NETWORK] = {.heading = "remote", .left = true},
	[LASTS] = {.heading = "lasts", .left = true},
	[COMPLEXITY] = {.heading = "complexity", .left = true},
	[LEFT] = {.heading = "left to you", .left = true, .drop = 2, .below = true},
	[API] = {.heading = "API", .left = true, .drop = 3, .below = true},
	[USE] = {.heading = "suited to", .left = true, .drop = 1, .below = true},
};

/* Mechanisms of the run that are known here, once each, in the order of the rows. */
struct known {
	const struct transport **list;
	size_t count;
};

static int by_mechanism(const void *a, const void *b)
{
	return cells_order_rows((*(const struct quality_row *const *)a)->cell,
		(*(const struct quality_row *const *)b)->cell);
}

static int find_known(struct known *k, const struct quality_table *t)
{
	const struct quality_row **rows = calloc(t->count + 1, sizeof(*rows));

	k->list = calloc(t->count + 1, sizeof(*k->list));
	if (rows == NULL || k->list == NULL) {
		free(rows);
		return -ENOMEM;
	}
	for (size_t i = 0; i < t->count; i++)
		rows[i] = &t->rows[i];
	qsort(rows, t->count, sizeof(*rows), by_mechanism);
	for (size_t i = 0; i < t->count; i++) {
		const struct transport *next = cell_transport(rows[i]->cell->key.transport);

		if (next != NULL && (k->count == 0 || k->list[k->count - 1] != next))
			k->list[k->count++] = next;
	}
	free(rows);
	return 0;
}

static const char *trait_text(const struct transport *t, size_t column, char *buf, size_t len)
{
	switch (column) {
	case NAME:
		return t->name;
	case FORM:
		return shape_name(t->shape);
	case SYNCHRONISES:
		return quality_synchronisation(t);
	case KINSHIP:
		return quality_kinship(t);
	case NETWORK:
		return t->reach == REACH_NETWORK ? "yes" : "no";
	case LASTS:
		return persistence_name(t->persistence);
	case COMPLEXITY:
		return quality_complexity(t);
	case LEFT:
		return quality_left(t, buf, len);
	case API:
		return api_name(t->api);
	default:
		return t->typical_use != NULL ? t->typical_use : "";
	}
}

static const char *known_family(const void *known, size_t row)
{
	return ((const struct known *)known)->list[row]->family;
}

static int add_traits(struct report *rep, const struct quality_table *t)
{
	struct known k = {.list = NULL};
	char left[QUALITY_LEFT_MAX];
	struct grid *g = NULL;
	int r = find_known(&k, t);

	if (r == 0 && k.count > 0)
		r = build_grid(rep, &g, k.count, trait_columns, TRAITS);
	for (size_t row = 0; r == 0 && row < k.count; row++)
		for (size_t c = 0; r == 0 && c < TRAITS; c++)
			r = build_text(g, row, c, trait_text(k.list[row], c, left, sizeof(left)));
	if (r == 0 && g != NULL) {
		snprintf(g->title, sizeof(g->title), "What each mechanism is");
		r = families_head(g, known_family, &k);
	}
	free(k.list);
	return r;
}

/* ---- what was measured ----------------------------------------------------------------------- */

enum { WHO, WAIT, LARGEST, TRIP, TRIP_SPREAD, STREAM, STREAM_SPREAD, COLUMNS };

static const struct grid_column columns[COLUMNS] = {
	[WHO] = {.heading = "transport", .left = true},
	[WAIT] = {.heading = "wait", .left = true},
	[LARGEST] = {.heading = "largest"},
	[TRIP] = {.heading = "trip"},
	[TRIP_SPREAD] = {.drop = 2},
	[STREAM] = {.heading = ""},
	[STREAM_SPREAD] = {.drop = 1},
};

struct build {
	const struct quality_row *rows;
	size_t count;
	const struct glyphs *glyphs;
	bool utf8, trip_interval, stream_interval;
	struct scale trip, stream;
};

static void largest_text(const struct quality_row *r, char *buf, size_t len)
{
	char size[24];

	if (r->largest == 0)
		snprintf(buf, len, "none");
	else
		snprintf(buf, len, "%s%s", r->limit[0] != '\0' ? "limit " : "",
			ipcbench_bytes(size, sizeof(size), r->largest));
}

static void field_text(const void *build, size_t row, size_t column, char *buf, size_t len)
{
	const struct build *b = build;
	const struct quality_row *r = &b->rows[row];

	switch (column) {
	case WHO:
		format_plain(buf, len, r->cell->key.transport, b->utf8);
		break;
	case WAIT:
		cell_manner(buf, len, r->cell);
		break;
	case LARGEST:
		largest_text(r, buf, len);
		break;
	case TRIP:
		scale_format(buf, len, &b->trip, r->trip.median);
		break;
	case TRIP_SPREAD:
		build_spread(buf, len, &r->trip, b->trip_interval, &b->trip, b->glyphs);
		break;
	case STREAM:
		scale_format(buf, len, &b->stream, r->stream.median);
		break;
	default:
		build_spread(buf, len, &r->stream, b->stream_interval, &b->stream, b->glyphs);
		break;
	}
}

static const char *row_family(const void *rows, size_t row)
{
	return cell_family(((const struct quality_row *)rows)[row].cell);
}

static void choose_units(struct build *b, struct grid *g)
{
	const struct quality_row *r = b->rows;

	b->trip = build_scale(QUANTITY_TIME, &r->trip, sizeof(*r), b->count, b->glyphs);
	b->stream = build_scale(QUANTITY_BYTE_RATE, &r->stream, sizeof(*r), b->count, b->glyphs);
	b->trip_interval = build_has_intervals(&r->trip, sizeof(*r), b->count);
	b->stream_interval = build_has_intervals(&r->stream, sizeof(*r), b->count);
	build_unit(g, TRIP, b->trip.unit);
	build_unit(g, STREAM, b->stream.unit);
	build_spread_heading(g, TRIP_SPREAD, b->trip_interval);
	build_spread_heading(g, STREAM_SPREAD, b->stream_interval);
}

static int add_section(struct report *rep, struct build *b)
{
	char place[64];
	struct grid *g;
	int r = build_grid(rep, &g, b->count, columns, COLUMNS);

	if (r < 0)
		return r;
	choose_units(b, g);
	snprintf(g->title, sizeof(g->title), "What it carries and how fast, %s",
		cell_place(place, sizeof(place), b->rows->cell));
	r = build_fields(g, field_text, b);
	return r == 0 ? families_head(g, row_family, b->rows) : r;
}

static int add_note(struct report *rep, const struct quality_row *r, bool utf8)
{
	char name[160], why[512];

	if (r->limit[0] == '\0')
		return 0;
	return build_note(rep, "limit %s: %s",
		format_plain(name, sizeof(name), r->cell->key.transport, utf8),
		format_plain(why, sizeof(why), r->limit, utf8));
}

static const char explanation[] =
	"synchronises: by blocking, the receiving call waits for the sender; needs one, a "
	"mechanism to wait with; is one. users: kin, processes that inherited it. remote: reaches "
	"other hosts. lasts: as long as a process holds it, the kernel runs, or the file exists. "
	"complexity: of what is left to the program (framing of a stream, splitting at the largest "
	"message, recovering what was lost, removing what outlives the processes, synchronising, layout) "
	"one thing at most is simple, two are medium, more complex. largest: of the messages that were measured; limit: a larger one was refused. trip: median "
	"round trip of 64 B or of a notification; B/s: throughput in messages of 64 KiB.";

int quality_table_report(struct report *rep, const struct quality_table *t, bool utf8)
{
	struct build b = {.glyphs = glyphs(utf8), .utf8 = utf8};
	int r = add_traits(rep, t);

	for (size_t first = 0; r == 0 && first < t->count; first += b.count) {
		b.rows = &t->rows[first];
		b.count = 1;
		while (first + b.count < t->count &&
			cells_order_sections(b.rows->cell, b.rows[b.count].cell) == 0)
			b.count++;
		r = add_section(rep, &b);
	}
	for (size_t i = 0; r == 0 && i < t->count; i++)
		r = add_note(rep, &t->rows[i], utf8);
	if (r == 0 && t->count > 0)
		build_explain(rep, explanation);
	return r;
}
