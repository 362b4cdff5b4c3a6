/* SPDX-License-Identifier: MIT */
#include "report/parts.h"

#include "doc/document.h"
#include "text/memory.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	DOWNLOADS_FIRST = 2,	/* these come before tables and figures, the others last */
	LINK_OVERHEAD = 300,	/* bytes of what stands around a file */
	FIGURE_OVERHEAD = 1200, /* around a drawing, and more */
	FRAME_OVERHEAD = 8192	/* and around all parts, names of runs included */
};

/* In the order of the page; they are made in another one, by what matters when room is short. */
enum { HEADLINE, DOUBTS, MACHINE, FIGURES, TABLES, NOTES, DOWNLOADS, COMMANDS, GLOSSARY, PARTS };

struct part {
	char *text;
	size_t len;
};

static const struct {
	const char *id, *title;
	void (*write)(FILE *out, const struct page *p); /* NULL: part_tables() does */
} sections[PARTS] = {
	[HEADLINE] = {"headline", "In short", part_headline},
	[DOUBTS] = {"doubts", "Caveats", part_doubts},
	[MACHINE] = {"machine", "Machine", part_machine},
	[FIGURES] = {"figures", "Figures", part_figures},
	[TABLES] = {"tables", "Tables", NULL},
	[NOTES] = {"notes", "Notes, skips and failures", NULL},
	[DOWNLOADS] = {"downloads", "Raw data", part_downloads},
	[COMMANDS] = {"command", "Do it again", part_commands},
	[GLOSSARY] = {"glossary", "How to read it", part_glossary},
};

/* ---- the frame ------------------------------------------------------------------------------- */

static void write_title(FILE *out, const struct page *p)
{
	html_put(out, "ipcbench %s%s", subject_kind_name(p->subjects[0].kind),
		p->count > 1 ? "s side by side" : "");
	for (size_t i = 0; i < p->count; i++)
		html_put(out, i == 0 ? ": %s" : ", %s", p->subjects[i].name);
}

/* Nothing may be loaded, and nothing may run but this script. */
static void write_head(FILE *out, const struct page *p)
{
	html_put(out,
		"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
		"'%s'; script-src '%s'; img-src data:; base-uri 'none'; form-action 'none'\">\n"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		"<meta name=\"color-scheme\" content=\"light dark\">\n"
		"<meta name=\"generator\" content=\"ipcbench " IPCBENCH_VERSION "\">\n<title>",
		html_style_hash, html_script_hash);
	write_title(out, p);
	fprintf(out, "</title>\n<style>%s</style>\n</head>\n", html_style);
}

static void write_header(FILE *out, const struct page *p, const struct part parts[PARTS])
{
	fputs("<body>\n<header>\n<h1>", out);
	write_title(out, p);
	fputs("</h1>\n<p class=\"ids\">", out);
	for (size_t i = 0; i < p->count; i++)
		html_put(out, "%s%s%s%s", i == 0 ? "" : ", ", p->subjects[i].letter,
			p->count > 1 ? ": " : "", p->subjects[i].run_id);
	fputs("</p>\n<nav aria-label=\"Sections\"><ul>", out);
	for (size_t i = 0; i < PARTS; i++)
		if (parts[i].len > 0)
			html_put(out, "<li><a href=\"#%s\">%s</a></li>", sections[i].id,
				sections[i].title);
	fputs("</ul></nav>\n"
	      "<label id=\"view\" hidden>Theme <select id=\"theme\"><option value=\"auto\">as the "
	      "system</option><option value=\"light\">light</option><option value=\"dark\">dark"
	      "</option></select></label>\n</header>\n",
		out);
	fputs(p->subjects[0].kind == SUBJECT_RUN ? "<main class=\"run\">\n" : "<main>\n", out);
}

static void write_section(FILE *out, size_t i, const struct part *part)
{
	html_put(out, "<section id=\"%s\" aria-labelledby=\"%s-h\">\n<h2 id=\"%s-h\">%s</h2>\n",
		sections[i].id, sections[i].id, sections[i].id, sections[i].title);
	if (i == TABLES)
		fputs("<div id=\"tools\" hidden>\n"
		      "<label>Filter by mechanism or family <input id=\"filter\" type=\"search\" "
		      "autocomplete=\"off\" placeholder=\"shm, sockets ...\"></label>\n"
		      "<label><input id=\"spin\" type=\"checkbox\" checked> Rows that spin</label>\n"
		      "<output id=\"count\" aria-live=\"polite\"></output>\n</div>\n",
			out);
	fwrite(part->text, 1, part->len, out);
	if (i == TABLES)
		fputs("<p class=\"paper\">Left out on paper: the page has all tables, and their "
		      "values as CSV.</p>\n",
			out);
	fputs("</section>\n", out);
}

static void write_page(FILE *out, const struct page *p, const struct part parts[PARTS])
{
	write_head(out, p);
	write_header(out, p, parts);
	for (size_t i = 0; i < PARTS; i++)
		if (parts[i].len > 0)
			write_section(out, i, &parts[i]);
	fprintf(out,
		"</main>\n<footer><p>Made by ipcbench " IPCBENCH_VERSION
		". This file is complete: it loads nothing and sends nothing.</p></footer>\n"
		"<script>%s</script>\n</body>\n</html>\n",
		html_script);
}

/* ---- all of it ------------------------------------------------------------------------------- */

/* What the frame and what the script said of figures take, with room to spare. */
static size_t frame_length(const struct page *p)
{
	size_t len = strlen(html_style) + strlen(html_script) + FRAME_OVERHEAD;

	for (size_t i = 0; i < p->count; i++) {
		const char *said = p->subjects[i].figures.said;

		len += 4096 + (said == NULL ? 0 : 6 * strlen(said));
	}
	return len;
}

static void spend_on_downloads(struct page *p, size_t from, size_t to, struct budget *b)
{
	for (size_t k = from; k < to; k++) {
		for (size_t i = 0; i < p->count; i++) {
			struct download *f = &p->subjects[i].downloads[k];

			f->embedded =
				f->bytes != NULL &&
				budget_take(b, html_uri(NULL, f->bytes, f->len) + LINK_OVERHEAD);
		}
	}
}

/* One that does not fit loses its drawing. */
static void spend_on_figures(struct figures *f, struct budget *b)
{
	for (size_t i = 0; i < f->count; i++) {
		struct figure *figure = &f->list[i];

		if (figure->svg == NULL || budget_take(b, strlen(figure->svg) + FIGURE_OVERHEAD))
			continue;
		reason_set(&figure->why, EFBIG,
			"left out: with it the page would have more than %zu bytes; ipcbench-plot "
			"draws it",
			b->most);
		figure->svg = NULL;
	}
}

/* Returns how long it is. */
static size_t make_part(struct part parts[PARTS], size_t i, const struct page *p)
{
	FILE *out = need_stream(&parts[i].text, &parts[i].len);

	sections[i].write(out, p);
	need_stream_end(out);
	return parts[i].len;
}

/* First what is always there, then by importance what there is room for. */
static void make_parts(struct part parts[PARTS], struct page *p)
{
	struct budget b = {.most = REPORT_BYTES_MAX, .used = frame_length(p)};

	b.used += make_part(parts, HEADLINE, p) + make_part(parts, GLOSSARY, p) +
		  make_part(parts, DOUBTS, p) + make_part(parts, MACHINE, p) +
		  make_part(parts, COMMANDS, p);
	b.used = b.used < b.most ? b.used : b.most;
	spend_on_downloads(p, 0, DOWNLOADS_FIRST, &b);
	FILE *tables = need_stream(&parts[TABLES].text, &parts[TABLES].len);
	FILE *notes = need_stream(&parts[NOTES].text, &parts[NOTES].len);

	part_tables(tables, notes, p, &b);
	need_stream_end(tables);
	need_stream_end(notes);
	for (size_t i = 0; i < p->count; i++)
		spend_on_figures(&p->subjects[i].figures, &b);
	spend_on_downloads(p, DOWNLOADS_FIRST, DOWNLOADS_MAX, &b);
	make_part(parts, FIGURES, p);
	make_part(parts, DOWNLOADS, p);
}

void page_make(struct page *p, char **html, size_t *len)
{
	struct part parts[PARTS] = {{NULL, 0}};
	FILE *out = need_stream(html, len);

	make_parts(parts, p);
	write_page(out, p, parts);
	need_stream_end(out);
	for (size_t i = 0; i < PARTS; i++)
		free(parts[i].text);
}
