/* SPDX-License-Identifier: MIT */
#include "advise/advice-report.h"

#include "cli/parse.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LINE = 1024, REASON = 512, NAME = 200, WORD = 64 };

/* ---- those that are out ---------------------------------------------------------------------- */

/* Whether an item that is out has the reason of the line that is being written. */
static bool is_alike(const struct advice *a, size_t i, const char *reason, const struct glyphs *g)
{
	char own[REASON];

	return strcmp(reason, advice_obstacle(own, sizeof(own), a, &a->items[i], g)) == 0;
}

/* The line that item `first` begins; nothing if an earlier item has begun it. */
static void add_reason(
	struct lines *out, const struct advice *a, size_t first, const struct glyphs *g, bool utf8)
{
	char reason[REASON], name[NAME], figure[WORD], *line = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&line, &len);

	advice_obstacle(reason, sizeof(reason), a, &a->items[first], g);
	for (size_t i = a->qualified; to != NULL && i < a->count; i++) {
		const struct candidate *c = &a->items[i];

		if (!is_alike(a, i, reason, g))
			continue;
		if (i < first)
			break;
		fprintf(to, "%s%s%s", i == first ? reason : ",", i == first ? ": " : " ",
			advice_label(name, sizeof(name), c, utf8));
		fputs(advice_excess(figure, sizeof(figure), c, g), to);
	}
	if (to == NULL || fclose(to) != 0)
		out->failed = true;
	else if (len > 0)
		lines_add(out, "%s", line);
	free(line);
}

void advice_excluded(struct lines *out, const struct advice *a, const struct glyphs *g, bool utf8)
{
	/* what came nearest to qualifying is told first */
	for (int o = OBSTACLE_COUNT - 1; o > OBSTACLE_NONE; o--)
		for (size_t i = a->qualified; i < a->count; i++)
			if (a->items[i].obstacle == (enum obstacle)o)
				add_reason(out, a, i, g, utf8);
}

/* ---- what was asked, and of what the figures are --------------------------------------------- */

void advice_origin(struct lines *out, const struct advice_source *s, const char *scope, bool utf8)
{
	char dir[NAME], run[NAME], machine[NAME];

	lines_add(out, "Figures: %s, run %s (%s); %s", format_plain(dir, sizeof(dir), s->dir, utf8),
		format_plain(run, sizeof(run), s->run_id, utf8),
		format_plain(machine, sizeof(machine), s->machine, utf8), scope);
}

static void add_asked(struct lines *out, const struct advice *a, const char *asked, bool utf8)
{
	const struct needs *n = a->needs;
	char text[REASON];

	lines_add(out, "Asked: %s%s%s", format_plain(text, sizeof(text), asked, utf8),
		needs_given(n, NEED_WAIT) ? "" : "; wait=block, since nothing else was said",
		needs_given(n, NEED_LOSS) ? "" : "; no message may be lost");
}

/* What the best costs and gives. */
static void add_figures(struct lines *out, const struct candidate *c, const struct glyphs *g)
{
	char p50[WORD], p99[WORD], rate[WORD], bytes[WORD], cpu[WORD], room[WORD], more[NAME] = "";

	if (!isnan(c->headroom))
		snprintf(more, sizeof(more), ", headroom %s",
			format_fixed(room, sizeof(room), c->headroom, 1));
	lines_add(out, "Round trip p50 %s, p99 %s; %s%s%s; CPU %s a message%s; %u trial%s",
		advice_time(p50, sizeof(p50), c->p50.value, g),
		advice_time(p99, sizeof(p99), c->p99.value, g),
		advice_rate(rate, sizeof(rate), c->msgs_per_s, g),
		isnan(c->bytes_per_s) ? "" : " = ",
		isnan(c->bytes_per_s) ? ""
				      : advice_bandwidth(bytes, sizeof(bytes), c->bytes_per_s, g),
		advice_time(cpu, sizeof(cpu), c->cpu.value, g), more, c->trials,
		c->trials == 1 ? "" : "s");
}

/* By traits alone: what could not be considered, and what would measure it. */
static void add_unmeasured(struct lines *out, const struct needs *n)
{
	char list[WORD] = "", command[NAME];
	size_t used = 0;

	for (int i = 0; i < NEED_COUNT; i++)
		if (needs_given(n, (enum need)i) && need_of_figures((enum need)i))
			used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%s",
				used == 0 ? "" : ", ", need_name((enum need)i));
	lines_add(out,
		"By traits alone: speed was not considered%s%s%s. Measure with %s and ask again, "
		"with that DIR",
		used == 0 ? "" : ", and ", list, used == 0 ? "" : " could not be judged",
		advice_command(command, sizeof(command), n));
}

/* ---- remarks --------------------------------------------------------------------------------- */

static void remark_cpu(struct lines *out, const struct advice *a)
{
	const struct needs *n = a->needs;
	bool polls = (a->items[0].wait == WAIT_SPIN || a->items[0].wait == WAIT_HYBRID);

	lines_add(out, "CPU: user and system time of both sides per message, %s%s",
		a->back_to_back ? "of messages back to back" : "half of a round trip's",
		a->back_to_back && (n->rate > 0 || n->bandwidth > 0)
			? ", since one is due before a round trip can be over"
			: "");
	if (polls)
		lines_add(out,
			"%s: a side that waits keeps a CPU busy, however few messages there "
			"are",
			wait_name(a->items[0].wait));
}

static void remark_traits(struct lines *out, const struct advice *a)
{
	if (a->items[0].transport->shape == SHAPE_MEMORY)
		lines_add(out,
			"memory: both sides see the same bytes; order and boundaries in them "
			"are the program's work, here they were ipcbench's");
	if (a->scope.measured != NULL && a->needs->reach == REACH_NETWORK)
		lines_add(out, "network: figures are of the loopback interface of one host");
}

void advice_remarks(struct lines *out, const struct advice *a)
{
	if (a->qualified > 0)
		remark_traits(out, a);
	if (a->scope.measured == NULL)
		return;
	if (a->qualified > 0) {
		remark_cpu(out, a);
		lines_add(out, "interval: 95 %% of the median from six trials on, else lowest and "
			       "highest trial");
		if (!isnan(a->items[0].headroom))
			lines_add(out,
				"headroom: least ratio between a figure and what is needed; "
				"from %d on CPU time decides",
				HEADROOM);
	}
	if (a->scope.left_out > 0)
		lines_add(out,
			"%zu cell%s with another idle policy, pause, dispatch or place of the memory "
			"than by default left out",
			a->scope.left_out, a->scope.left_out == 1 ? "" : "s");
}

/* ---- the whole ------------------------------------------------------------------------------- */

static void write_heading(struct advice_report *rep, const struct advice *a, bool utf8)
{
	char name[NAME];

	if (a->qualified == 0)
		snprintf(rep->body.heading, sizeof(rep->body.heading),
			"No mechanism meets the needs");
	else
		snprintf(rep->body.heading, sizeof(rep->body.heading), "Use %s: %s",
			advice_label(name, sizeof(name), a->items, utf8),
			a->items[0].transport->summary);
}

static void write_title(struct grid *g, const struct advice *a)
{
	static const char *const orders[] = {
		[RANK_CPU] = "with headroom by CPU time per message, then the others by p50",
		[RANK_P50] = "by the median round trip",
		[RANK_TIME] = "by the time per message back to back",
		[RANK_SIMPLICITY] = "the simplest first",
	};

	snprintf(g->title, sizeof(g->title), "%zu qualif%s: %s%s", a->qualified,
		a->qualified == 1 ? "ies" : "y", orders[a->ranking],
		a->ranking == RANK_SIMPLICITY ? "" : "; of those that tie the simpler first");
}

int advice_report_build(
	struct advice_report *rep, const struct advice *a, const struct advice_source *s, bool utf8)
{
	const struct glyphs *g = glyphs(utf8);
	char text[LINE];
	int r = 0;

	*rep = (struct advice_report){.body.glyphs = g};
	write_heading(rep, a, utf8);
	if (a->qualified > 0 && s->dir != NULL)
		add_figures(&rep->about, a->items, g);
	if (advice_reason(text, sizeof(text), a, g, utf8)[0] != '\0')
		lines_add(&rep->about, "%c%s", text[0] - 'a' + 'A', text + 1);
	add_asked(&rep->about, a, s->asked, utf8);
	if (s->dir != NULL)
		advice_origin(&rep->about, s, advice_scope(text, sizeof(text), a), utf8);
	else
		add_unmeasured(&rep->about, a->needs);
	advice_excluded(&rep->excluded, a, g, utf8);
	advice_remarks(&rep->remarks, a);
	rep->body.grids = calloc(1, sizeof(*rep->body.grids));
	if (rep->body.grids == NULL || rep->about.failed || rep->excluded.failed ||
		rep->remarks.failed)
		r = -ENOMEM;
	if (r == 0 && a->qualified > 0) {
		rep->body.grid_count = 1;
		r = advice_grid(rep->body.grids, a, g, utf8);
		write_title(rep->body.grids, a);
	}
	if (r < 0)
		advice_report_free(rep);
	return r;
}

void advice_report_free(struct advice_report *rep)
{
	report_free(&rep->body);
	lines_free(&rep->about);
	lines_free(&rep->excluded);
	lines_free(&rep->remarks);
}
