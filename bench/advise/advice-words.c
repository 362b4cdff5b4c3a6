/* SPDX-License-Identifier: MIT */
#include "advise/advice-words.h"

#include "cli/parse.h"
#include <ipcbench/host.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { WORD = 64, NAME = 160 };

/* ---- lines ----------------------------------------------------------------------------------- */

void lines_add(struct lines *l, const char *fmt, ...)
{
	char **grown = l->failed ? NULL : reallocarray(l->text, l->count + 1, sizeof(*grown));
	va_list args;

	if (grown == NULL) {
		l->failed = true;
		return;
	}
	l->text = grown;
	va_start(args, fmt);
	l->failed = vasprintf(&grown[l->count], fmt, args) < 0;
	va_end(args);
	l->count += !l->failed;
}

void lines_free(struct lines *l)
{
	for (size_t i = 0; i < l->count; i++)
		free(l->text[i]);
	free(l->text);
	*l = (struct lines){0};
}

/* ---- figures --------------------------------------------------------------------------------- */

static char *quantity(char *buf, size_t len, enum quantity q, double value, const char *unit,
	const struct glyphs *g)
{
	struct scale s = scale_pick(q, &value, 1, false, g);
	char number[40];

	if (!isfinite(value))
		snprintf(buf, len, "-");
	else
		snprintf(buf, len, "%s %s%s", scale_format(number, sizeof(number), &s, value),
			s.unit, unit);
	return buf;
}

char *advice_time(char *buf, size_t len, double ns, const struct glyphs *g)
{
	return quantity(buf, len, QUANTITY_TIME, ns, "", g);
}

char *advice_rate(char *buf, size_t len, double per_s, const struct glyphs *g)
{
	return quantity(buf, len, QUANTITY_RATE, per_s, "msg/s", g);
}

char *advice_bandwidth(char *buf, size_t len, double bytes_per_s, const struct glyphs *g)
{
	return quantity(buf, len, QUANTITY_BYTE_RATE, bytes_per_s, "", g);
}

char *advice_span(char *buf, size_t len, const struct span *s, const struct glyphs *g)
{
	struct scale scale = scale_pick(QUANTITY_TIME, &s->value, 1, false, g);
	char value[40], lo[40], hi[40];

	advice_time(value, sizeof(value), s->value, g);
	if (!(s->lo < s->hi))
		snprintf(buf, len, "%s", value);
	else
		snprintf(buf, len, "%s (%s%s%s)", value,
			scale_format(lo, sizeof(lo), &scale, s->lo), g->dash,
			scale_format(hi, sizeof(hi), &scale, s->hi));
	return buf;
}

char *advice_label(char *buf, size_t len, const struct candidate *c, bool utf8)
{
	char name[NAME];

	format_plain(name, sizeof(name), c->name, utf8);
	snprintf(buf, len, "%s%s%s%s", name, c->wait == WAIT_BLOCK ? "" : " ",
		c->wait == WAIT_BLOCK ? "" : wait_name(c->wait),
		strcmp(c->copy, copy_name(COPY_INPLACE)) == 0 ? " in place" : "");
	return buf;
}

const char *advice_figure_name(const struct advice *a, const struct candidate *c)
{
	const struct span *s = advice_figure(a, c);

	return s == &c->cpu ? "CPU time per message" : s == &c->time ? "time per message" : "p50";
}

/* ---- obstacles ------------------------------------------------------------------------------- */

static const char *lasting(const struct needs *n, const struct transport *t)
{
	if (n->persistence == PERSIST_PROCESS)
		return t->persistence == PERSIST_KERNEL
			       ? "stay behind in the kernel until removed, need persistence=no"
			       : "stay behind as files, need persistence=no";
	if (t->persistence == PERSIST_PROCESS)
		return n->persistence == PERSIST_KERNEL
			       ? "end with their processes, need persistence=kernel"
			       : "end with their processes, need persistence=file";
	return "end with the kernel, need persistence=file";
}

/* What a trait is instead. */
static char *trait_text(
	char *buf, size_t len, const struct needs *n, const struct transport *t, enum obstacle o)
{
	switch (o) {
	case OBSTACLE_NO_DATA:
		snprintf(buf, len, "carry no data");
		break;
	case OBSTACLE_SHAPE:
		snprintf(
			buf, len, "shape: %s, need %s", shape_name(t->shape), shape_name(n->shape));
		break;
	case OBSTACLE_BOUNDARIES:
		snprintf(buf, len, "keep no message boundaries");
		break;
	case OBSTACLE_REACH:
		snprintf(buf, len, "reach: %s only, need %s", reach_name(t->reach),
			reach_name(n->reach));
		break;
	case OBSTACLE_PERSISTENCE:
		snprintf(buf, len, "%s", lasting(n, t));
		break;
	case OBSTACLE_API:
		snprintf(buf, len, "API: %s, need %s", api_name(t->api), api_name(n->api));
		break;
	case OBSTACLE_LOSS:
		snprintf(buf, len, "may lose messages");
		break;
	default:
		snprintf(buf, len, "cannot wait as asked");
		break;
	}
	return buf;
}

/* A time that has to be lower: "too slow: p99, need under 20.0 µs". */
static char *ceiling_text(char *buf, size_t len, const char *what, const struct ceiling *limit,
	bool known, const struct glyphs *g)
{
	char time[WORD];

	snprintf(buf, len, "%s%s, need %s %s", what, known ? "" : " is not known",
		limit->inclusive ? "at most" : "under",
		advice_time(time, sizeof(time), limit->ns, g));
	return buf;
}

char *advice_obstacle(char *buf, size_t len, const struct advice *a, const struct candidate *c,
	const struct glyphs *g)
{
	const struct needs *n = a->needs;
	char text[256];

	switch (c->obstacle) {
	case OBSTACLE_SIZE:
		snprintf(buf, len, "have a largest message, and none of %s or more was measured",
			ipcbench_bytes(text, sizeof(text), n->size));
		return buf;
	case OBSTACLE_UNKNOWN:
		snprintf(buf, len, "unknown traits; load a plugin with --plugin");
		return buf;
	case OBSTACLE_NOT_MEASURED:
		snprintf(buf, len, "not measured");
		return buf;
	case OBSTACLE_SKIPPED:
	case OBSTACLE_FAILED:
		snprintf(buf, len, "%s in the run: %s",
			c->obstacle == OBSTACLE_FAILED ? "failed" : "skipped",
			format_plain(text, sizeof(text), c->why, g == glyphs(true)));
		return buf;
	case OBSTACLE_RATE:
		snprintf(
			buf, len, "too slow: need %s", advice_rate(text, sizeof(text), n->rate, g));
		return buf;
	case OBSTACLE_BANDWIDTH:
		snprintf(buf, len, "too slow: need %s",
			advice_bandwidth(text, sizeof(text), n->bandwidth, g));
		return buf;
	case OBSTACLE_P50:
		return ceiling_text(buf, len, "too slow: p50", &n->p50, isfinite(c->p50.value), g);
	case OBSTACLE_P99:
		return ceiling_text(buf, len, isfinite(c->p99.value) ? "too slow: p99" : "p99",
			&n->p99, isfinite(c->p99.value), g);
	case OBSTACLE_CPU:
		return ceiling_text(buf, len,
			isfinite(c->cpu.value) ? "too dear: CPU time per message"
					       : "CPU time per message",
			&n->cpu, isfinite(c->cpu.value), g);
	default:
		return trait_text(buf, len, n, c->transport, c->obstacle);
	}
}

char *advice_excess(char *buf, size_t len, const struct candidate *c, const struct glyphs *g)
{
	char figure[WORD] = "-";

	if (c->obstacle == OBSTACLE_RATE)
		advice_rate(figure, sizeof(figure), c->msgs_per_s, g);
	else if (c->obstacle == OBSTACLE_BANDWIDTH)
		advice_bandwidth(figure, sizeof(figure), c->bytes_per_s, g);
	else if (c->obstacle == OBSTACLE_P50)
		advice_time(figure, sizeof(figure), c->p50.value, g);
	else if (c->obstacle == OBSTACLE_P99)
		advice_time(figure, sizeof(figure), c->p99.value, g);
	else if (c->obstacle == OBSTACLE_CPU)
		advice_time(figure, sizeof(figure), c->cpu.value, g);
	snprintf(buf, len, strcmp(figure, "-") == 0 ? "%s" : " (%s)",
		strcmp(figure, "-") == 0 ? "" : figure);
	return buf;
}

/* ---- the first and the second ---------------------------------------------------------------- */

/* Two that the figures do not part. */
static void simpler_text(char *buf, size_t len, const struct advice *a, const struct glyphs *g,
	bool utf8, const char *second)
{
	const struct candidate *low = &a->items[a->lowest];
	char name[NAME], p[NAME], q[NAME], r[NAME];
	const char *what = advice_figure_name(a, low);

	if (isnan(advice_figure(a, low)->value)) {
		snprintf(buf, len, "ahead of %s: it is the simpler, and no %s was measured", second,
			what);
		return;
	}
	advice_span(p, sizeof(p), advice_figure(a, &a->items[0]), g);
	advice_span(q, sizeof(q), advice_figure(a, &a->items[1]), g);
	advice_span(r, sizeof(r), advice_figure(a, low), g);
	if (a->lowest < 2)
		snprintf(buf, len,
			"ahead of %s: it is the simpler, and the intervals of %s overlap, %s and %s",
			second, what, p, q);
	else
		snprintf(buf, len,
			"ahead of %s: it is the simpler, and %s, %s and %s, of both overlaps with the "
			"lowest, %s of %s",
			second, what, p, q, r, advice_label(name, sizeof(name), low, utf8));
}

char *advice_reason(
	char *buf, size_t len, const struct advice *a, const struct glyphs *g, bool utf8)
{
	const struct candidate *first = a->items, *second = a->items + 1;
	char name[NAME] = "", p[NAME], q[NAME];

	if (a->qualified > 1)
		advice_label(name, sizeof(name), second, utf8);
	switch (advice_lead(a)) {
	case LEAD_ALONE:
		snprintf(buf, len, "%s", a->qualified == 1 ? "nothing else qualifies" : "");
		break;
	case LEAD_TRAITS:
		snprintf(buf, len, "ahead of %s: it is the simpler", name);
		break;
	case LEAD_HEADROOM:
		snprintf(buf, len, "ahead of %s: headroom %s against %s", name,
			format_fixed(p, sizeof(p), first->headroom, 1),
			format_fixed(q, sizeof(q), second->headroom, 1));
		break;
	case LEAD_FIGURE:
		snprintf(buf, len, "ahead of %s: %s %s against %s", name,
			advice_figure_name(a, first),
			advice_span(p, sizeof(p), advice_figure(a, first), g),
			advice_span(q, sizeof(q), advice_figure(a, second), g));
		break;
	case LEAD_SIMPLER:
		simpler_text(buf, len, a, g, utf8, name);
		break;
	}
	return buf;
}

/* ---- what the figures are of ----------------------------------------------------------------- */

char *advice_scope(char *buf, size_t len, const struct advice *a)
{
	const struct needs *n = a->needs;
	char size[24], want[24], place[WORD], of[WORD + 64] = "";

	if (a->scope.size > 0 && !needs_given(n, NEED_SIZE))
		snprintf(of, sizeof(of), "%s (no size was asked for); ",
			ipcbench_bytes(size, sizeof(size), a->scope.size));
	else if (a->scope.size > 0 && a->scope.size != n->size)
		snprintf(of, sizeof(of), "%s (the nearest measured to %s); ",
			ipcbench_bytes(size, sizeof(size), a->scope.size),
			ipcbench_bytes(want, sizeof(want), n->size));
	else if (a->scope.size > 0)
		snprintf(of, sizeof(of), "%s; ", ipcbench_bytes(size, sizeof(size), a->scope.size));
	snprintf(buf, len, "%s%s", of,
		format_plain(place, sizeof(place), a->scope.placement, false));
	return buf;
}

char *advice_command(char *buf, size_t len, const struct needs *n)
{
	bool notify = needs_given(n, NEED_SHAPE) && n->shape == SHAPE_NOTIFY;
	char size[40] = "", wait[64] = "", place[48] = "", spelt[24];
	size_t used = 0;

	if (!notify)
		snprintf(size, sizeof(size), " -s %s",
			needs_given(n, NEED_SIZE) ? size_spell(spelt, sizeof(spelt), n->size)
						  : "64..1M");
	for (int w = 0; w < WAIT_COUNT && needs_given(n, NEED_WAIT); w++)
		if ((n->waits & WAIT_BIT(w)) != 0 && used < sizeof(wait))
			used += (size_t)snprintf(wait + used, sizeof(wait) - used, "%s%s",
				used == 0 ? " -w " : ",", wait_name((enum wait)w));
	if (needs_given(n, NEED_PLACEMENT))
		snprintf(place, sizeof(place), " -p %s", placement_name(n->placement));
	snprintf(buf, len, "ipcbench -t all%s%s%s -o DIR", size, wait, place);
	return buf;
}
