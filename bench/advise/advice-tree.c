/* SPDX-License-Identifier: MIT */
/* The decision tree with the figures of a run at its leaves, in every format. */
#include "advise/advice.h"

#include "advise/advice-json.h"
#include "doc/layout.h"
#include "doc/writers.h"
#include "results/columns.h"
#include <errno.h>
#include <ipcbench/host.h>
#include <math.h>
#include <string.h>

/* Those behind the best that a leaf names. */
enum { FOLLOWERS = 2 };
enum { LINE = 1024, NAME = 200, WORD = 64 };

struct drawing {
	const struct tree *tree;
	const struct glyphs *glyphs;
	struct lines *lines;
	const char *bullet; /* before each line, after its indentation */
	bool utf8;
};

/* ---- a leaf ---------------------------------------------------------------------------------- */

/* "p50 73.6 µs for 64 B, 1 MiB in 237 µs, CPU 29.5 µs a message" */
static void leaf_figures(const struct drawing *d, const struct tree_leaf *l, char *buf, size_t len)
{
	const struct candidate *best = l->advice.items;
	char p50[WORD], time[WORD], cpu[WORD], small[24], large[24];
	bool notify = best->transport->shape == SHAPE_NOTIFY;
	const struct span *c = l->advice.ranking == RANK_TIME && !isnan(best->cpu_stream.value)
				       ? &best->cpu_stream
				       : &best->cpu;

	ipcbench_bytes(small, sizeof(small), d->tree->small_size);
	ipcbench_bytes(large, sizeof(large), d->tree->large_size);
	advice_time(p50, sizeof(p50), l->p50, d->glyphs);
	advice_time(time, sizeof(time), l->time, d->glyphs);
	advice_time(cpu, sizeof(cpu), c->value, d->glyphs);
	if (notify)
		snprintf(buf, len, "p50 %s, CPU %s each", p50, cpu);
	else if (isnan(l->time))
		snprintf(buf, len, "p50 %s for %s, CPU %s a message", p50, small, cpu);
	else
		snprintf(buf, len, "p50 %s for %s, %s in %s, CPU %s a message", p50, small, large,
			time, cpu);
}

/* "; then unix-stream 51.7 µs, fifo 56.4 µs", or by traits alone the names of all the others. */
static void followers(const struct drawing *d, const struct tree_leaf *l, char *buf, size_t len)
{
	const struct advice *a = &l->advice;
	bool figures = a->scope.measured != NULL;
	size_t used = 0;
	char name[NAME], value[WORD];

	buf[0] = '\0';
	for (size_t i = 1; i < a->qualified && (!figures || i <= FOLLOWERS) && used < len; i++) {
		const struct candidate *c = &a->items[i];

		used += (size_t)snprintf(buf + used, len - used, "%s%s%s%s",
			i > 1	  ? ", "
			: figures ? "; then "
				  : ", ",
			advice_label(name, sizeof(name), c, d->utf8), figures ? " " : "",
			figures ? advice_time(value, sizeof(value), advice_figure(a, c)->value,
					  d->glyphs)
				: "");
	}
}

static void leaf_text(const struct drawing *d, const struct tree_leaf *l, char *buf, size_t len)
{
	char name[NAME], figures[LINE] = "", others[400];

	if (l->advice.qualified == 0) {
		snprintf(buf, len, "%s: none was measured", l->answer);
		return;
	}
	if (l->advice.scope.measured != NULL)
		leaf_figures(d, l, figures, sizeof(figures));
	followers(d, l, others, sizeof(others));
	snprintf(buf, len, "%s: %s%s%s%s", l->answer,
		advice_label(name, sizeof(name), l->advice.items, d->utf8),
		figures[0] == '\0' ? "" : ", ", figures, others);
}

/* ---- the tree as lines ----------------------------------------------------------------------- */

static void draw(const struct drawing *d, int at, int depth, const char *answer)
{
	char text[2 * LINE];

	if (at < 0)
		leaf_text(d, &d->tree->leaves[-1 - at], text, sizeof(text));
	else
		snprintf(text, sizeof(text), "%s", d->tree->nodes[at].question);
	lines_add(d->lines, "%*s%s%s%s", 2 * depth, "", d->bullet, answer, text);
	if (at < 0)
		return;
	/* the tree is as deep as its questions are */
	draw(d, d->tree->nodes[at].yes, depth + 1, "yes: ");
	draw(d, d->tree->nodes[at].no, depth + 1, "no: ");
}

/* "Whatever the answers: the shortest round trip of 64 B has shm, 51 µs; ..." */
static void whole_text(const struct drawing *d, char *buf, size_t len)
{
	const struct tree *t = d->tree;
	const struct candidate *s = t->small.items, *l = t->large.items;
	char small[24], large[24], p[NAME], q[NAME], a[WORD], b[WORD];

	buf[0] = '\0';
	if (t->small.scope.measured == NULL || t->small.qualified == 0 || t->large.qualified == 0)
		return;
	snprintf(buf, len,
		"Of all that carry data, whatever the answers: for round trips of %s %s, p50 %s; for "
		"streams of %s %s, %s each",
		ipcbench_bytes(small, sizeof(small), t->small_size),
		advice_label(p, sizeof(p), s, d->utf8),
		advice_time(a, sizeof(a), s->p50.value, d->glyphs),
		ipcbench_bytes(large, sizeof(large), t->large_size),
		advice_label(q, sizeof(q), l, d->utf8),
		advice_time(b, sizeof(b), l->time.value, d->glyphs));
}

static void about(const struct drawing *d, const struct advice_source *s, struct lines *out)
{
	char text[LINE], command[NAME], place[WORD];

	if (s->dir == NULL) {
		lines_add(out,
			"By traits alone, the simplest first: speed was not considered. Measure with "
			"%s and ask again, with that DIR",
			advice_command(command, sizeof(command), &d->tree->needs));
		return;
	}
	snprintf(text, sizeof(text), "%s, wait=block, no message may be lost",
		format_plain(place, sizeof(place), d->tree->small.scope.placement, false));
	advice_origin(out, s, text, d->utf8);
	whole_text(d, text, sizeof(text));
	if (text[0] != '\0')
		lines_add(out, "%s", text);
	lines_add(out,
		"At each leaf the lowest figure is first (p50 where messages are small, time "
		"back to back where they are large); of those that tie the simpler");
}

/* The lines of the tree, and those beneath it. 0 or -ENOMEM; both are to be freed. */
static int build(struct drawing *d, struct lines *notes, const struct advice_source *s)
{
	draw(d, 0, 0, "");
	about(d, s, notes);
	return d->lines->failed || notes->failed ? -ENOMEM : 0;
}

/* ---- formats --------------------------------------------------------------------------------- */

int tree_write_text(FILE *out, const struct tree *t, const struct advice_source *s,
	unsigned int width, bool color)
{
	bool utf8 = format_utf8();
	struct lines lines = {0}, notes = {0};
	struct drawing d = {t, glyphs(utf8), &lines, "", utf8};
	struct layout l = {.out = out, .glyphs = d.glyphs, .width = width, .color = color};
	int ret = build(&d, &notes, s);

	errno = 0;
	for (size_t i = 0; ret == 0 && i < lines.count; i++)
		layout_text(&l, lines.text[i], strspn(lines.text[i], " ") + 4);
	for (size_t i = 0; ret == 0 && i < notes.count; i++) {
		if (i == 0)
			fputc('\n', out);
		layout_text(&l, notes.text[i], 2);
	}
	fflush(out);
	ret = ret == 0 ? stream_status(out) : ret;
	lines_free(&lines);
	lines_free(&notes);
	return ret;
}

int tree_write_markdown(FILE *out, const struct tree *t, const struct advice_source *s)
{
	struct lines lines = {0}, notes = {0};
	struct drawing d = {t, glyphs(true), &lines, "- ", true};
	int ret = build(&d, &notes, s);

	errno = 0;
	for (size_t i = 0; ret == 0 && i < lines.count; i++) {
		markdown_text(out, lines.text[i]);
		fputc('\n', out);
	}
	for (size_t i = 0; ret == 0 && i < notes.count; i++) {
		fputc('\n', out);
		markdown_text(out, notes.text[i]);
		fputc('\n', out);
	}
	fflush(out);
	ret = ret == 0 ? stream_status(out) : ret;
	lines_free(&lines);
	lines_free(&notes);
	return ret;
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static json_t *leaf_json(const struct tree_leaf *l)
{
	json_t *items = json_array();

	for (size_t i = 0; i < l->advice.qualified; i++)
		json_array_append_new(items, advice_item_json(&l->advice, i));
	return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o}", "answer", l->answer, "ranked_by",
		advice_ranked_json(&l->advice), "recommended",
		l->advice.qualified > 0 ? json_text(l->advice.items[0].name) : json_null(),
		"small_p50_ns", json_rounded(l->p50), "large_time_ns", json_rounded(l->time),
		"mechanisms", items);
}

static json_t *node_json(const struct tree *t, int at)
{
	if (at < 0)
		return leaf_json(&t->leaves[-1 - at]);
	return json_pack("{s:s, s:o, s:o}", "question", t->nodes[at].question, "yes",
		node_json(t, t->nodes[at].yes), "no", node_json(t, t->nodes[at].no));
}

static json_t *best_json(const struct advice *a)
{
	return a->qualified > 0 && a->scope.measured != NULL ? advice_item_json(a, 0) : json_null();
}

int tree_write_json(FILE *out, const struct tree *t, const struct advice_source *s)
{
	bool figures = s->dir != NULL;
	json_t *doc = json_pack("{s:i, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "schema_version",
		SCHEMA_VERSION, "command", "advise", "figures", advice_source_json(s), "placement",
		figures ? json_text(t->small.scope.placement) : json_null(), "small_bytes",
		figures ? json_integer((json_int_t)t->small_size) : json_null(), "large_bytes",
		figures ? json_integer((json_int_t)t->large_size) : json_null(), "tree",
		node_json(t, 0), "small", best_json(&t->small), "large", best_json(&t->large));

	return json_put(out, doc);
}
