/* SPDX-License-Identifier: MIT */
/* Claims as people read them: a terminal table, and the same as Markdown. */
#include "claims/claims-report.h"

#include "doc/layout.h"
#include "doc/writers.h"
#include <errno.h>
#include <string.h>

/* ---- below a grid ---------------------------------------------------------------------------- */

/* Whether two pairs are told in one line. */
static bool same_reason(const struct claim_pair *a, const struct claim_pair *b)
{
	return strcmp(a->why.text, b->why.text) == 0 &&
	       strcmp(claims_pair_word(a), claims_pair_word(b)) == 0;
}

/* Calls `put` with a line of what could not be measured or judged; pairs of one reason share it. */
static void each_reason(const struct claim_result *r, bool utf8,
	void (*put)(const void *arg, const char *line), const void *arg)
{
	for (size_t i = 0; i < r->pair_count; i++) {
		const struct claim_pair *p = &r->pairs[i];
		char line[4096], name[256], why[300];
		bool told = p->why.text[0] == '\0';

		for (size_t k = 0; k < i && !told; k++)
			told = same_reason(&r->pairs[k], p);
		if (told)
			continue;
		snprintf(line, sizeof(line), "%s: ", claims_pair_word(p));
		for (size_t k = i; k < r->pair_count; k++) {
			size_t at = strlen(line);

			if (same_reason(&r->pairs[k], p))
				snprintf(line + at, sizeof(line) - at, "%s%s", k > i ? ", " : "",
					claims_pair_name(name, sizeof(name), &r->pairs[k]));
		}
		snprintf(line + strlen(line), sizeof(line) - strlen(line), ": %s",
			format_plain(why, sizeof(why), p->why.text, utf8));
		put(arg, line);
	}
}

static void put_line(const void *arg, const char *line)
{
	const struct layout *l = arg;
	char text[4100];

	/* the blanks are part of the line, and count for its width */
	snprintf(text, sizeof(text), "  %s", line);
	layout_text(l, text, 4);
}

static void put_item(const void *arg, const char *line)
{
	FILE *out = (FILE *)(uintptr_t)arg;

	fputs("- ", out);
	markdown_text(out, line);
	fputc('\n', out);
}

/* ---- the two --------------------------------------------------------------------------------- */

/* A claim of which nothing could be measured has a title alone. */
static void put_title(const struct layout *l, const struct grid *g)
{
	fputc('\n', l->out);
	layout_paint(l, PAINT_STRONG);
	layout_text(l, g->title, 2);
	layout_paint(l, PAINT_END);
}

int claims_text_write(FILE *out, const struct claims *c, unsigned int width, bool color)
{
	bool utf8 = format_utf8();
	struct claims_report rep;
	int err = claims_report_build(&rep, c, utf8);

	if (err != 0)
		return err;
	struct layout l = {.out = out, .glyphs = rep.body.glyphs, .width = width, .color = color};

	errno = 0;
	layout_paint(&l, PAINT_STRONG);
	layout_text(&l, rep.body.heading, 2);
	layout_paint(&l, PAINT_END);
	layout_text(&l, rep.subject, 2);
	layout_grid(&l, &rep.body.grids[0]);
	for (size_t i = 0; i < c->count; i++) {
		const struct grid *g = &rep.body.grids[i + 1];

		if (g->row_count > 0)
			layout_grid(&l, g);
		else
			put_title(&l, g);
		if (c->results[i].says[0] != '\0')
			put_line(&l, c->results[i].says);
		each_reason(&c->results[i], utf8, put_line, &l);
	}
	if (rep.legend[0] != '\0') {
		fputc('\n', out);
		layout_text(&l, rep.legend, 0);
	}
	fflush(out);
	err = stream_status(out);
	report_free(&rep.body);
	return err;
}

/* Whether anything stands below its grid. */
static bool has_words(const struct claim_result *r)
{
	for (size_t i = 0; i < r->pair_count; i++)
		if (r->pairs[i].why.text[0] != '\0')
			return true;
	return r->says[0] != '\0';
}

int claims_markdown_write(FILE *out, const struct claims *c)
{
	struct claims_report rep;
	int err = claims_report_build(&rep, c, true);

	if (err != 0)
		return err;
	errno = 0;
	fputs("## ", out);
	markdown_text(out, rep.body.heading);
	fputs("\n\n", out);
	markdown_text(out, rep.subject);
	fputc('\n', out);
	markdown_grid(out, &rep.body.grids[0]);
	for (size_t i = 0; i < c->count; i++) {
		markdown_grid(out, &rep.body.grids[i + 1]);
		if (has_words(&c->results[i]))
			fputc('\n', out);
		if (c->results[i].says[0] != '\0')
			put_item(out, c->results[i].says);
		each_reason(&c->results[i], true, put_item, out);
	}
	if (rep.legend[0] != '\0') {
		fputc('\n', out);
		markdown_text(out, rep.legend);
		fputc('\n', out);
	}
	fflush(out);
	err = stream_status(out);
	report_free(&rep.body);
	return err;
}
