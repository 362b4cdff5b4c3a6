/* SPDX-License-Identifier: MIT */
#include "report/parts.h"

#include "doc/html-text.h"
#include "report/draw.h"
#include "text/memory.h"
#include "text/text-file.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- drawing --------------------------------------------------------------------------------- */

/* Finds the element of its drawing; what is wrong with it is told in its place. */
static void read_drawing(struct figure *f, const char *folder)
{
	char *path = need_text("%s/figures/%s.svg", folder, f->stem);
	size_t len;
	int r = whole_file_read(path, &f->file, &len, &f->why);

	free(path);
	if (r < 0)
		return;
	char *svg = strstr(f->file, "<svg"), *end = svg == NULL ? NULL : strstr(svg, "</svg>");

	if (end == NULL) {
		reason_set(&f->why, EINVAL, "%.200s.svg: not a whole drawing", f->stem);
		return;
	}
	end[strlen("</svg>")] = '\0';
	f->svg = svg;
}

static int read_figures(struct figures *f, const char *folder)
{
	char *path = need_text("%s/figures/figures.csv", folder);
	int r = rows_load(&f->rows, path, &f->why);

	free(path);
	if (r == -ENOENT)
		reason_set(&f->why, ENOENT,
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

int figures_draw(struct figures *f, const char *dir, const char *prefix)
{
	struct drawing d;

	*f = (struct figures){.count = 0};
	/* two drawings of a page must not have an id in common */
	setenv("IPCBENCH_PLOT_IDS", prefix, 1);
	int r = draw_begin(&d, &f->why);

	if (r == 0)
		r = draw_run(&d, dir, 0, &f->why);
	if (r == 0)
		r = read_figures(f, d.folder);
	if (r == 0) {
		f->said = d.said;
		d.said = NULL;
	}
	draw_end(&d);
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

void figure_write(FILE *out, const struct figure *f, const char *whose)
{
	html_put(out, "<figure data-kind=\"%s\" data-figure=\"%s\">", f->kind, f->stem);
	if (f->svg != NULL) {
		fprintf(out, "<div class=\"drawing\">%s</div>", f->svg);
	} else {
		html_put(out, "<p class=\"missing\">%s</p>", f->why.text);
	}
	html_put(out, "<figcaption><b>%s</b>", f->title);
	if (whose != NULL)
		html_put(out, " <span class=\"whose\">%s</span>", whose);
	html_put(out, "<br>%s <a href=\"#how-%s\">How to read it</a></figcaption></figure>\n",
		f->subtitle, glossary_anchor(f->kind));
}
