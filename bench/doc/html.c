/* SPDX-License-Identifier: MIT */
/* A document as part of a page. */
#include "doc/document.h"

#include "text/format.h"
#include "text/memory.h"
#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Colour repeats what words say. */
static const char *const tones[] = {
	[TONE_PLAIN] = "",
	[TONE_GOOD] = "good",
	[TONE_BAD] = "bad",
	[TONE_DOUBT] = "doubt",
};

static void put_head(FILE *out, const struct grid *g)
{
	fputs("<thead><tr>", out);
	for (size_t c = 0; c < g->column_count; c++)
		html_put(out,
			g->column[c].left ? "<th scope=\"col\" class=\"l\">%s</th>"
					  : "<th scope=\"col\">%s</th>",
			g->column[c].heading);
	fputs("</tr></thead>\n", out);
}

static void put_field(FILE *out, const struct grid *g, size_t row, size_t c)
{
	const char *tag = c == 0 ? "th" : "td";

	fprintf(out, "<%s%s%s", tag, c == 0 ? " scope=\"row\"" : "",
		g->column[c].left ? " class=\"l\"" : "");
	html_put(
		out, " data-h=\"%s\">%s", g->column[c].heading, g->text[row * g->column_count + c]);
	if (c == 0 && g->rows[row].mark != 0)
		fprintf(out,
			"<span class=\"star\" title=\"%s of its section for its wait mode\"> %c</span>",
			g->rows[row].mark == ROW_BEST ? "best" : "statistically tied with the best",
			g->rows[row].mark);
	fprintf(out, "</%s>", tag);
}

static void put_row(FILE *out, const struct grid *g, size_t row)
{
	const struct grid_row *r = &g->rows[row];
	const char *class = r->mark != 0 ? "best" : tones[r->tone];

	if (r->group != NULL)
		html_put(out,
			"<tr class=\"group\"><th colspan=\"%zu\" scope=\"colgroup\">%s</th></tr>\n",
			g->column_count, r->group);
	html_put(out, class[0] != '\0' ? "<tr class=\"%s\">" : "<tr>", class);
	for (size_t c = 0; c < g->column_count; c++)
		put_field(out, g, row, c);
	fputs("</tr>\n", out);
}

void html_grid(FILE *out, const struct grid *g, bool sortable)
{
	fprintf(out, "<table%s>\n", sortable ? " data-sort" : "");
	if (g->title[0] != '\0')
		html_put(out, "<caption>%s</caption>\n", g->title);
	put_head(out, g);
	fputs("<tbody>\n", out);
	for (size_t row = 0; row < g->row_count; row++)
		put_row(out, g, row);
	fputs("</tbody></table>\n", out);
}

void html_text_block(FILE *out, const struct block *b)
{
	static const char *const forms[] = {
		[BLOCK_TITLE] = "<p class=\"lead\">%s</p>\n",
		[BLOCK_SECTION] = "<h3>%s</h3>\n",
		[BLOCK_TEXT] = "<p>%s</p>\n",
		[BLOCK_LINE] = "<p>%s</p>\n",
		[BLOCK_ITEM] = "<li>%s</li>\n",
		[BLOCK_NOTE] = "<p class=\"reason\">%s</p>\n",
		[BLOCK_LEGEND] = "<p class=\"legend\">%s</p>\n",
	};

	if (b->class != NULL)
		html_put(out, "<p class=\"%s\">%s</p>\n", b->class, b->text);
	else if (b->tone != TONE_PLAIN && b->kind == BLOCK_TITLE)
		html_put(out, "<p class=\"lead %s\">%s</p>\n", tones[b->tone], b->text);
	else
		html_put(out, forms[b->kind], b->text);
}

void document_html(FILE *out, const struct document *d)
{
	for (size_t i = 0; i < d->count; i++) {
		const struct block *b = &d->blocks[i];
		bool item = b->kind == BLOCK_ITEM;

		fputs(item && (i == 0 || b[-1].kind != b->kind) ? "<ul>\n" : "", out);
		if (b->kind == BLOCK_GRID)
			html_grid(out, b->grid, false);
		else
			html_text_block(out, b);
		fputs(item && (i + 1 == d->count || b[1].kind != b->kind) ? "</ul>\n" : "", out);
	}
}

/* ---- text ------------------------------------------------------------------------------------ */

/* What stands in place of what shows nothing or turns the direction. */
static const char replacement[] = "\xef\xbf\xbd";

/* U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069, U+061C. */
static bool turns_direction(const char *s, size_t len)
{
	const unsigned char *u = (const unsigned char *)s;

	if (len == 2)
		return u[0] == 0xd8 && u[1] == 0x9c;
	if (len != 3 || u[0] != 0xe2)
		return false;
	return (u[1] == 0x80 && (u[2] == 0x8e || u[2] == 0x8f || (u[2] >= 0xaa && u[2] <= 0xae))) ||
	       (u[1] == 0x81 && u[2] >= 0xa6 && u[2] <= 0xa9);
}

/* U+0080 to U+009F. */
static bool is_late_control(const char *s, size_t len)
{
	return len == 2 && (unsigned char)s[0] == 0xc2 && (unsigned char)s[1] < 0xa0;
}

static void put_ascii(FILE *out, char c)
{
	static const struct {
		char c;
		const char *entity;
	} entities[] = {
		{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}};

	for (size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++) {
		if (entities[i].c == c) {
			fputs(entities[i].entity, out);
			return;
		}
	}
	fputc(iscntrl((unsigned char)c) && c != '\n' ? '?' : c, out);
}

void html_text(FILE *out, const char *text)
{
	while (*text != '\0') {
		size_t n = format_utf8_length(text);

		if (n == 1)
			put_ascii(out, *text);
		else if (n == 0 || turns_direction(text, n) || is_late_control(text, n))
			fputs(replacement, out);
		else
			fwrite(text, 1, n, out);
		text += n > 0 ? n : 1;
	}
}

void html_put(FILE *out, const char *markup, ...)
{
	va_list args;

	va_start(args, markup);
	for (const char *p = markup; *p != '\0'; p++) {
		if (*p != '%') {
			fputc(*p, out);
		} else if (*++p == 's') {
			html_text(out, va_arg(args, const char *));
		} else if (*p == 'd') {
			fprintf(out, "%d", va_arg(args, int));
		} else if (*p == '.') {
			int n = va_arg(args, int);
			char *part = need_text("%.*s", n, va_arg(args, const char *));

			html_text(out, part);
			free(part);
			p += 2;
		} else if (*p == 'z') {
			fprintf(out, "%zu", va_arg(args, size_t));
			p++;
		} else {
			fputc('%', out);
		}
	}
	va_end(args);
}

/* Everything else is %XX: what has a meaning in a URI or an attribute, and what is not ASCII. */
static bool stands_for_itself(char c)
{
	return c != '\0' && (isalnum((unsigned char)c) || strchr("-_.~,;:/()!*@$=+", c) != NULL);
}

size_t html_uri(FILE *out, const char *bytes, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)bytes[i];
		bool plain = c < 0x80 && stands_for_itself((char)c);

		if (out != NULL && plain)
			fputc(c, out);
		else if (out != NULL)
			fprintf(out, "%%%02X", c);
		n += plain ? 1 : 3;
	}
	return n;
}

void html_shell_word(FILE *out, const char *word)
{
	size_t plain = strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "_@%+=:,./-");

	if (word[0] != '\0' && word[plain] == '\0') {
		html_text(out, word);
		return;
	}
	html_text(out, "'");
	for (size_t n; *word != '\0'; word += n + (word[n] == '\'')) {
		n = strcspn(word, "'");
		html_put(out, "%.*s", (int)n, word);
		html_text(out, word[n] == '\'' ? "'\\''" : "");
	}
	html_text(out, "'");
}
