/* SPDX-License-Identifier: MIT */
/* The table of time.h as people read it. */
#include "doc/build.h"
#include "tables/time.h"

#include <errno.h>
#include <ipcbench/host.h>
#include <stdlib.h>
#include <string.h>

enum { NAME, WAIT, MESSAGES, TIME, SPREAD, TRIP, CPU, PSS, HELD, USE, COLUMNS };

static const struct grid_column columns[COLUMNS] = {
	[NAME] = {.heading = "transport", .left = true},
	[WAIT] = {.heading = "wait", .left = true},
	[MESSAGES] = {.heading = "messages"},
	[TIME] = {.heading = "time"},
	[SPREAD] = {.heading = "low-high", .drop = 4},
	[TRIP] = {.heading = "trip"},
	[CPU] = {.heading = "CPU"},
	[PSS] = {.heading = "PSS MiB", .drop = 2},
	[HELD] = {.heading = "held KiB", .drop = 3, .below = true},
	[USE] = {.heading = "suited to", .left = true, .drop = 1, .below = true},
};

/* A section under construction. */
struct build {
	const struct time_row *rows;
	size_t count;
	const struct glyphs *glyphs;
	bool utf8, interval;
	struct scale time, trip, cpu;
};

static void messages_text(const struct build *b, const struct time_row *r, char *buf, size_t len)
{
	char size[24], count[40];

	snprintf(buf, len, "%s %s %s", format_count(count, sizeof(count), r->messages),
		b->glyphs->times, ipcbench_bytes(size, sizeof(size), r->cell->size));
}

static void field_text(const void *build, size_t row, size_t column, char *buf, size_t len)
{
	const struct build *b = build;
	const struct time_row *r = &b->rows[row];
	const struct transport *t = cell_transport(r->cell->key.transport);

	switch (column) {
	case NAME:
		format_plain(buf, len, r->cell->key.transport, b->utf8);
		break;
	case WAIT:
		cell_manner(buf, len, r->cell);
		break;
	case MESSAGES:
		messages_text(b, r, buf, len);
		break;
	case TIME:
		scale_format(buf, len, &b->time, r->time_ns.median);
		break;
	case SPREAD:
		build_spread(buf, len, &r->time_ns, b->interval, &b->time, b->glyphs);
		break;
	case TRIP:
		scale_format(buf, len, &b->trip, r->trip_ns.median);
		break;
	case CPU:
		scale_format(buf, len, &b->cpu, r->cpu_ns);
		break;
	case PSS:
		format_fixed(buf, len, r->pss_bytes / 1048576, 1);
		break;
	case HELD:
		format_fixed(buf, len, r->held_bytes / 1024, 1);
		break;
	default:
		format_plain(buf, len, t != NULL ? t->typical_use : "", b->utf8);
		break;
	}
}

static const char *family(const void *rows, size_t row)
{
	return cell_family(((const struct time_row *)rows)[row].cell);
}

static struct scale cpu_scale(const struct build *b)
{
	double *values = calloc(b->count + 1, sizeof(*values));

	for (size_t i = 0; values != NULL && i < b->count; i++)
		values[i] = b->rows[i].cpu_ns;
	struct scale scale =
		scale_pick(QUANTITY_TIME, values, values != NULL ? b->count : 0, false, b->glyphs);
	free(values);
	return scale;
}

static int fill(struct grid *g, const struct build *b)
{
	int r = build_fields(g, field_text, b);

	for (size_t row = 0; row < b->count && r == 0; row++) {
		if (b->rows[row].best)
			r = grid_mark_best(g, row);
	}
	return r == 0 ? families_head(g, family, b->rows) : r;
}

static int add_section(struct report *rep, struct build *b)
{
	char place[64];
	struct grid *g;
	int r = build_grid(rep, &g, b->count, columns, COLUMNS);

	if (r < 0)
		return r;
	b->interval = build_has_intervals(&b->rows->time_ns, sizeof(*b->rows), b->count);
	b->time = build_scale(
		QUANTITY_TIME, &b->rows->time_ns, sizeof(*b->rows), b->count, b->glyphs);
	b->trip = build_scale(
		QUANTITY_TIME, &b->rows->trip_ns, sizeof(*b->rows), b->count, b->glyphs);
	b->cpu = cpu_scale(b);
	snprintf(g->title, sizeof(g->title), "Time to move 1 MiB, %s",
		cell_place(place, sizeof(place), b->rows->cell));
	build_unit(g, TIME, b->time.unit);
	build_unit(g, TRIP, b->trip.unit);
	build_unit(g, CPU, b->cpu.unit);
	build_spread_heading(g, SPREAD, b->interval);
	r = fill(g, b);
	rep->legend.best |= g->best != NULL;
	return r;
}

/* "49%", "0.75%" */
static const char *percent(char *buf, size_t len, double part)
{
	char digits[40];

	snprintf(buf, len, "%s%%",
		format_fixed(digits, sizeof(digits), 100 * part, part < 0.1 ? 2 : 0));
	return buf;
}

static int add_notes(struct report *rep, const struct time_row *r, bool utf8)
{
	char name[160], place[64], why[512], size[24], part[40];
	int ret = 0;

	format_plain(name, sizeof(name), r->cell->key.transport, utf8);
	format_plain(why, sizeof(why), r->obstacle, utf8);
	ipcbench_bytes(size, sizeof(size), r->cell->size);
	if (r->cell->size < TIME_BYTES && r->obstacle[0] != '\0')
		ret = build_note(rep, "note %s: in messages of %s, because %s", name, size, why);
	else if (r->cell->size < TIME_BYTES)
		ret = build_note(rep,
			"note %s: in messages of %s, the largest up to 1 MiB that was measured",
			name, size);
	if (ret == 0 && r->lost > 0)
		ret = build_note(rep,
			"note %s %s: %s of the messages were lost; the time is that of 1 MiB arriving",
			name,
			format_plain(place, sizeof(place), axis_word(&r->cell->key, AXIS_PLACEMENT),
				utf8),
			percent(part, sizeof(part), r->lost));
	return ret;
}

static const char explanation[] =
	"time: 1 MiB by the throughput of the messages named, as many as it takes; trip: round trip "
	"of one of them, its median; CPU: time of both sides for 1 MiB; PSS: memory of both processes "
	"together, buffers of ipcbench and shared segments included; held: memory that a full channel "
	"takes of the kernel, segments included, so PSS and held do not add up.";

int time_table_report(struct report *rep, const struct time_table *t, bool utf8)
{
	struct build b = {.glyphs = glyphs(utf8), .utf8 = utf8};
	int r = 0;

	for (size_t first = 0; r == 0 && first < t->count; first += b.count) {
		b.rows = &t->rows[first];
		b.count = 1;
		while (first + b.count < t->count &&
			cells_order_sections(b.rows->cell, b.rows[b.count].cell) == 0)
			b.count++;
		r = add_section(rep, &b);
	}
	for (size_t i = 0; r == 0 && i < t->count; i++)
		r = add_notes(rep, &t->rows[i], utf8);
	if (t->count == 0 && r == 0)
		return build_note(rep,
			"note time to move 1 MiB: the run holds no throughput of messages up to 1 MiB");
	if (r == 0)
		build_explain(rep, explanation);
	return r;
}
