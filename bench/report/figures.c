/* SPDX-License-Identifier: MIT */
#include "report/figures.h"

#include "doc/html-text.h"
#include "report/draw.h"
#include "report/parts.h"
#include "text/memory.h"
#include "text/whole-file.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { FIGURE_OVERHEAD = 1200 }; /* bytes of what stands around a drawing, and more */

/* ---- drawing --------------------------------------------------------------------------------- */

/* Finds the element of its drawing; what is wrong with it is told in its place. */
static void read_drawing(struct figure *f, const char *folder)
{
	char path[DRAW_PATH_LEN + 256];
	size_t len;

	snprintf(path, sizeof(path), "%s/%.200s.svg", folder, f->stem);
	if (whole_file_read(path, &f->file, &len, &f->why) < 0)
		return;
	const char *from = strstr(f->file, "<svg"),
		   *to = from == NULL ? NULL : strstr(from, "</svg>");

	if (to == NULL) {
		reason_set(&f->why, EINVAL, "%.200s.svg: not a whole drawing", f->stem);
		return;
	}
	f->svg = from;
	f->len = (size_t)(to - from) + strlen("</svg>");
}

static int read_figures(struct figures *f, const char *folder, struct reason *why)
{
	char path[DRAW_PATH_LEN + 32];

	snprintf(path, sizeof(path), "%s/figures.csv", folder);
	int r = rows_load(&f->rows, path, why);

	if (r == -ENOENT)
		reason_set(why, ENOENT,
			"the plot script wrote no figures.csv; use that of this ipcbench");
	if (r < 0)
		return r;
	f->list = need_array(f->rows.count, sizeof(*f->list));
	for (size_t i = 0; i < f->rows.count; i++) {
		struct figure *figure = &f->list[f->count++];

		figure->stem = rows_text(&f->rows, i, "figure");
		figure->kind = rows_text(&f->rows, i, "kind");
		figure->title = rows_text(&f->rows, i, "title");
		figure->subtitle = rows_text(&f->rows, i, "subtitle");
		read_drawing(figure, folder);
	}
	return 0;
}

static int draw_into(struct figures *f, const char *dir, const char *folder, const char *prefix,
	const volatile int *interrupted)
{
	char script[DRAW_PATH_LEN], out[DRAW_PATH_LEN + 16], said[DRAW_PATH_LEN + 16];
	char path[DRAW_PATH_LEN + 2];
	const char *const args[] = {script, path, out, NULL};
	struct reason ignored;
	int r = draw_find(script, &f->why);

	snprintf(out, sizeof(out), "%s/figures", folder);
	snprintf(said, sizeof(said), "%s/said", folder);
	/* a name that begins with '-' is no option */
	snprintf(path, sizeof(path), "%s%s", dir[0] == '-' ? "./" : "", dir);
	/* two drawings of a page must not have an id in common */
	setenv("IPCBENCH_PLOT_IDS", prefix, 1);
	if (r == 0)
		r = draw_run(args, "/dev/null", said, interrupted, &f->why);
	if (r == 0)
		r = read_figures(f, out, &f->why);
	if (r == 0)
		whole_file_read(said, &f->said, &f->said_len, &ignored);
	return r;
}

int figures_draw(
	struct figures *f, const char *dir, const char *prefix, const volatile int *interrupted)
{
	char folder[DRAW_PATH_LEN];

	*f = (struct figures){.count = 0};
	int r = draw_directory_make(folder, &f->why);

	if (r < 0)
		return 0;
	r = draw_into(f, dir, folder, prefix, interrupted);
	draw_directory_remove(folder);
	return r == -EINTR ? r : 0;
}

void figures_free(struct figures *f)
{
	for (size_t i = 0; i < f->count; i++)
		free(f->list[i].file);
	free(f->list);
	free(f->said);
	rows_free(&f->rows);
	*f = (struct figures){.count = 0};
}

/* ---- showing --------------------------------------------------------------------------------- */

void figures_spend(struct figures *f, struct budget *b)
{
	for (size_t i = 0; i < f->count; i++) {
		struct figure *figure = &f->list[i];

		if (figure->svg == NULL || budget_take(b, figure->len + FIGURE_OVERHEAD))
			continue;
		reason_set(&figure->why, EFBIG,
			"left out: with it the page would have more than %zu bytes; ipcbench-plot "
			"draws it",
			b->most);
		figure->svg = NULL;
	}
}

void figure_write(FILE *out, const struct figure *f, const char *whose)
{
	html_put(out, "<figure data-kind=\"%s\" data-figure=\"%s\">", f->kind, f->stem);
	if (f->svg != NULL) {
		fputs("<div class=\"drawing\">", out);
		fwrite(f->svg, 1, f->len, out);
		fputs("</div>", out);
	} else {
		html_put(out, "<p class=\"missing\">%s</p>", f->why.text);
	}
	html_put(out, "<figcaption><b>%s</b>", f->title);
	if (whose != NULL)
		html_put(out, " <span class=\"whose\">%s</span>", whose);
	html_put(out, "<br>%s <a href=\"#how-%s\">How to read it</a></figcaption></figure>\n",
		f->subtitle, glossary_anchor(f->kind));
}
