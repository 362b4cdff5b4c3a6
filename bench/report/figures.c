/* SPDX-License-Identifier: MIT */
#include "report/figures.h"

#include "doc/html-text.h"
#include "report/draw.h"
#include "report/glossary.h"
#include "report/svg.h"
#include "text/rows.h"
#include "text/whole-file.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { FIGURE_OVERHEAD = 1200 }; /* bytes of what stands around a drawing, and more */

/* ---- reading --------------------------------------------------------------------------------- */

/* A name that stays in its folder. */
static bool is_stem(const char *stem)
{
	size_t n =
		strspn(stem, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

	return n > 0 && stem[n] == '\0' && stem[0] != '.' && n < 200;
}

/* Its drawing; what is wrong with it is told in its place. -ENOMEM. */
static int read_drawing(struct figure *f, const char *folder, const char *prefix, size_t number)
{
	char path[DRAW_PATH_LEN + 256], name[240], own[64], *text = NULL;
	size_t len = 0;

	snprintf(path, sizeof(path), "%s/%s.svg", folder, f->stem);
	snprintf(name, sizeof(name), "%s.svg", f->stem);
	snprintf(own, sizeof(own), "%s%zu-", prefix, number);
	int r = whole_file_read(path, &text, &len, &f->why);

	if (r == 0)
		r = svg_clean(&f->svg, &f->len, f->view_box, text, len, own, name, &f->why);
	free(text);
	return r == -ENOMEM ? r : 0;
}

static int read_row(struct figure *f, const struct rows *list, size_t row)
{
	f->stem = strdup(rows_text(list, row, "figure"));
	f->kind = strdup(rows_text(list, row, "kind"));
	f->title = strdup(rows_text(list, row, "title"));
	f->subtitle = strdup(rows_text(list, row, "subtitle"));
	return f->stem != NULL && f->kind != NULL && f->title != NULL && f->subtitle != NULL
		       ? 0
		       : -ENOMEM;
}

int figures_read(struct figures *f, const char *folder, const char *prefix, struct reason *why)
{
	char path[DRAW_PATH_LEN + 16];
	struct rows list;

	*f = (struct figures){.count = 0};
	snprintf(path, sizeof(path), "%s/figures.csv", folder);
	int r = rows_load(&list, path, why);

	if (r == -ENOENT)
		reason_set(why, ENOENT,
			"the plot script wrote no figures.csv; use that of this ipcbench");
	if (r == 0 && !(rows_has(&list, "figure") && rows_has(&list, "kind") &&
			      rows_has(&list, "title") && rows_has(&list, "subtitle")))
		r = reason_set(why, EINVAL,
			"figures.csv has not the columns figure, kind, title and subtitle; use the "
			"plot script of this ipcbench");
	if (r == 0) {
		f->list = calloc(list.count + 1, sizeof(*f->list));
		r = f->list == NULL ? -ENOMEM : 0;
	}
	for (size_t i = 0; i < list.count && r == 0; i++) {
		struct figure *figure = &f->list[f->count++];

		r = read_row(figure, &list, i);
		if (r == 0 && !is_stem(figure->stem))
			r = reason_set(why, EINVAL,
				"figures.csv: row %zu names no file of its folder", i + 1);
		if (r == 0)
			r = read_drawing(figure, folder, prefix, i + 1);
	}
	rows_free(&list);
	return r;
}

/* ---- drawing --------------------------------------------------------------------------------- */

/* The lines that the script said, without "plot: ". */
static int read_notes(struct figures *f, const char *path)
{
	static const char own[] = "plot: ";
	struct reason ignored;
	char *text = NULL, *rest;
	size_t len = 0;
	int r = 0;

	if (whole_file_read(path, &text, &len, &ignored) < 0)
		return 0;
	for (char *line = strtok_r(text, "\n", &rest); line != NULL && r == 0;
		line = strtok_r(NULL, "\n", &rest)) {
		char **grown = reallocarray(f->notes, f->note_count + 1, sizeof(*grown));

		line += strncmp(line, own, strlen(own)) == 0 ? strlen(own) : 0;
		if (grown == NULL) {
			r = -ENOMEM;
			break;
		}
		f->notes = grown;
		grown[f->note_count] = strdup(line);
		r = grown[f->note_count] == NULL ? -ENOMEM : 0;
		f->note_count += r == 0;
	}
	free(text);
	return r;
}

static int draw_into(struct figures *f, const char *dir, const char *folder, const char *prefix,
	const volatile int *interrupted, struct reason *why)
{
	char script[DRAW_PATH_LEN], out[DRAW_PATH_LEN + 16], said[DRAW_PATH_LEN + 16];
	char path[DRAW_PATH_LEN + 2];
	const char *const args[] = {script, path, out, NULL};
	int r = draw_find(script, why);

	snprintf(out, sizeof(out), "%s/figures", folder);
	snprintf(said, sizeof(said), "%s/said", folder);
	/* a name that begins with '-' is no option */
	snprintf(path, sizeof(path), "%s%s", dir[0] == '-' ? "./" : "", dir);
	if (r == 0)
		r = draw_run(args, "/dev/null", said, interrupted, why);
	if (r == 0)
		r = figures_read(f, out, prefix, why);
	if (r == 0)
		r = read_notes(f, said);
	return r;
}

int figures_draw(
	struct figures *f, const char *dir, const char *prefix, const volatile int *interrupted)
{
	char folder[DRAW_PATH_LEN];
	struct reason why = {""};

	*f = (struct figures){.count = 0};
	int r = draw_directory_make(folder, &why);

	if (r == 0) {
		r = draw_into(f, dir, folder, prefix, interrupted, &why);
		draw_directory_remove(folder);
	}
	if (r == 0 || r == -EINTR || r == -ENOMEM)
		return r;
	figures_free(f);
	f->why = why;
	return 0;
}

void figures_free(struct figures *f)
{
	for (size_t i = 0; i < f->count; i++) {
		struct figure *figure = &f->list[i];

		free(figure->stem);
		free(figure->kind);
		free(figure->title);
		free(figure->subtitle);
		free(figure->svg);
	}
	for (size_t i = 0; i < f->note_count; i++)
		free(f->notes[i]);
	free(f->notes);
	free(f->list);
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
		free(figure->svg);
		figure->svg = NULL;
	}
}

static void write_caption(FILE *out, const struct figure *f, const char *whose)
{
	fputs("<figcaption><b>", out);
	html_text(out, f->title);
	fputs("</b>", out);
	if (whose != NULL) {
		fputs(" <span class=\"whose\">", out);
		html_text(out, whose);
		fputs("</span>", out);
	}
	fputs("<br>", out);
	html_text(out, f->subtitle);
	fprintf(out, " <a href=\"#how-%s\">How to read it</a></figcaption>",
		glossary_anchor(f->kind));
}

void figure_write(FILE *out, const struct figure *f, const char *prefix, const char *whose)
{
	fputs("<figure data-kind=\"", out);
	html_text(out, f->kind);
	fputs("\" data-figure=\"", out);
	html_text(out, f->stem);
	fputs("\">", out);
	if (f->svg != NULL) {
		fprintf(out,
			"<div class=\"drawing\"><svg viewBox=\"%s\" role=\"img\" "
			"aria-labelledby=\"%s%s-title\"><title id=\"%s%s-title\">",
			f->view_box, prefix, f->stem, prefix, f->stem);
		html_text(out, f->title);
		fputs(": ", out);
		html_text(out, f->subtitle);
		fputs("</title>", out);
		fwrite(f->svg, 1, f->len, out);
		fputs("</svg></div>", out);
	} else {
		fputs("<p class=\"missing\">", out);
		html_text(out, f->why.text);
		fputs("</p>", out);
	}
	write_caption(out, f, whose);
	fputs("</figure>\n", out);
}
