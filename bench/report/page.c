/* SPDX-License-Identifier: MIT */
#include "report/page.h"

#include "doc/html-text.h"
#include "report/assets.h"
#include "report/parts.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { DOWNLOADS_FIRST = 3 }; /* these come before tables and figures, the others last */

/* ---- parts in memory ------------------------------------------------------------------------- */

/* In the order of the page; they are made in another one, by what matters when room is short. */
enum { HEADLINE, DOUBTS, MACHINE, FIGURES, TABLES, NOTES, DOWNLOADS, COMMANDS, GLOSSARY, PARTS };

struct part {
	FILE *out;
	char *text;
	size_t len;
};

static const struct {
	const char *id, *title;
} headings[PARTS] = {
	[HEADLINE] = {"headline", "In short"},
	[DOUBTS] = {"doubts", "To keep in mind"},
	[FIGURES] = {"figures", "Figures"},
	[TABLES] = {"tables", "Tables"},
	[NOTES] = {"notes", "Notes, skips and failures"},
	[MACHINE] = {"machine", "Machine"},
	[DOWNLOADS] = {"downloads", "Raw data"},
	[COMMANDS] = {"command", "Do it again"},
	[GLOSSARY] = {"glossary", "How to read it"},
};

static int open_parts(struct part parts[PARTS])
{
	for (size_t i = 0; i < PARTS; i++) {
		parts[i].out = open_memstream(&parts[i].text, &parts[i].len);
		if (parts[i].out == NULL)
			return -ENOMEM;
	}
	return 0;
}

/* The length of a part so far. */
static size_t part_length(struct part *part)
{
	fflush(part->out);
	return part->len;
}

static int close_parts(struct part parts[PARTS])
{
	int r = 0;

	for (size_t i = 0; i < PARTS; i++) {
		if (parts[i].out == NULL)
			continue;
		if (ferror(parts[i].out))
			r = -ENOMEM;
		if (fclose(parts[i].out) != 0)
			r = -ENOMEM;
		parts[i].out = NULL;
	}
	return r;
}

/* ---- the frame ------------------------------------------------------------------------------- */

static void write_title(FILE *out, const struct page *p)
{
	char name[400];

	fprintf(out, "ipcbench %s%s", subject_kind_name(p->subjects[0].kind),
		p->count > 1 ? "s side by side" : "");
	for (size_t i = 0; i < p->count; i++) {
		subject_name(&p->subjects[i], name, sizeof(name));
		fputs(i == 0 ? ": " : ", ", out);
		html_text(out, name);
	}
}

/* Nothing may be loaded, and nothing may run but this script. */
static void write_head(FILE *out, const struct page *p)
{
	fprintf(out,
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

static void write_tools(FILE *out)
{
	fputs("<div id=\"tools\" hidden>\n"
	      "<label>Filter by mechanism or family <input id=\"filter\" type=\"search\" "
	      "autocomplete=\"off\" placeholder=\"shm, sockets ...\"></label>\n"
	      "<label><input id=\"spin\" type=\"checkbox\" checked> Rows that spin</label>\n"
	      "<output id=\"count\" aria-live=\"polite\"></output>\n</div>\n",
		out);
}

static void write_header(FILE *out, const struct page *p, const struct part parts[PARTS])
{
	fputs("<body>\n<header>\n<h1>", out);
	write_title(out, p);
	fputs("</h1>\n<p class=\"ids\">", out);
	for (size_t i = 0; i < p->count; i++) {
		fputs(i == 0 ? "" : ", ", out);
		html_textf(out, "%s%s%s", p->subjects[i].letter,
			p->subjects[i].letter[0] != '\0' ? ": " : "", p->subjects[i].run_id);
	}
	fputs("</p>\n<nav aria-label=\"Sections\"><ul>", out);
	for (size_t i = 0; i < PARTS; i++)
		if (parts[i].len > 0)
			fprintf(out, "<li><a href=\"#%s\">%s</a></li>", headings[i].id,
				headings[i].title);
	fputs("</ul></nav>\n"
	      "<label id=\"view\" hidden>Theme <select id=\"theme\"><option value=\"auto\">as the "
	      "system</option><option value=\"light\">light</option><option value=\"dark\">dark"
	      "</option></select></label>\n</header>\n<main>\n",
		out);
}

static void write_page(FILE *out, const struct page *p, const struct part parts[PARTS])
{
	write_head(out, p);
	write_header(out, p, parts);
	for (size_t i = 0; i < PARTS; i++) {
		if (parts[i].len == 0)
			continue;
		fprintf(out,
			"<section id=\"%s\" aria-labelledby=\"%s-h\">\n<h2 id=\"%s-h\">%s</h2>\n",
			headings[i].id, headings[i].id, headings[i].id, headings[i].title);
		if (i == TABLES)
			write_tools(out);
		fwrite(parts[i].text, 1, parts[i].len, out);
		fputs("</section>\n", out);
	}
	fprintf(out,
		"</main>\n<footer><p>Made by ipcbench " IPCBENCH_VERSION
		". This file is complete: it loads nothing and sends nothing.</p></footer>\n"
		"<script>%s</script>\n</body>\n</html>\n",
		html_script);
}

/* ---- all of it ------------------------------------------------------------------------------- */

/* What the frame takes, with room to spare for names. */
static size_t frame_length(const struct page *p)
{
	size_t len = strlen(html_style) + strlen(html_script) + 8192;

	for (size_t i = 0; i < p->count; i++) {
		const struct figures *f = &p->subjects[i].figures;

		len += 4096;
		len += f->said == NULL ? 0 : 6 * strlen(f->said);
	}
	return len;
}

static void spend_on_downloads(const struct page *p, size_t from, size_t to, struct budget *b)
{
	for (size_t k = from; k < to; k++)
		for (size_t i = 0; i < p->count; i++)
			downloads_spend(&p->subjects[i].downloads, k, k + 1, b);
}

/* First what is always there, then by importance what there is room for. */
static int write_parts(struct part parts[PARTS], const struct page *p)
{
	struct budget b = {.most = REPORT_BYTES_MAX};
	int r = part_headline(parts[HEADLINE].out, p);

	if (r == 0)
		r = part_glossary(parts[GLOSSARY].out, p);
	part_doubts(parts[DOUBTS].out, p);
	part_machine(parts[MACHINE].out, p);
	part_commands(parts[COMMANDS].out, p);
	size_t always = frame_length(p);

	for (size_t i = 0; i < PARTS; i++)
		always += part_length(&parts[i]);
	b.used = always < b.most ? always : b.most;
	spend_on_downloads(p, 0, DOWNLOADS_FIRST, &b);
	if (r == 0)
		r = part_tables(parts[TABLES].out, parts[NOTES].out, p, &b);
	for (size_t i = 0; i < p->count; i++)
		figures_spend(&p->subjects[i].figures, &b);
	spend_on_downloads(p, DOWNLOADS_FIRST, DOWNLOADS_MAX, &b);
	part_figures(parts[FIGURES].out, p);
	part_downloads(parts[DOWNLOADS].out, p);
	return r;
}

int page_make(const struct page *p, char **html, size_t *len)
{
	struct part parts[PARTS] = {{.out = NULL}};
	FILE *out;
	int r = open_parts(parts), closed;

	*html = NULL;
	if (r == 0)
		r = write_parts(parts, p);
	closed = close_parts(parts);
	r = r == 0 ? closed : r;
	out = r == 0 ? open_memstream(html, len) : NULL;
	if (out != NULL) {
		write_page(out, p, parts);
		r = ferror(out) ? -ENOMEM : 0;
		r = fclose(out) != 0 ? -ENOMEM : r;
	} else {
		r = -ENOMEM;
	}
	for (size_t i = 0; i < PARTS; i++)
		free(parts[i].text);
	if (r < 0) {
		free(*html);
		*html = NULL;
	}
	return r;
}
