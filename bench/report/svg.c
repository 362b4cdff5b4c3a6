/* SPDX-License-Identifier: MIT */
#include "report/svg.h"

#include "doc/html-text.h"
#include "report/svg-words.h"
#include "text/format.h"
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 64 };

/* An open element. */
struct level {
	const struct svg_element *element;
	size_t before, behind; /* in the output: of its start tag */
};

struct cleaner {
	const char *at, *end;
	const char *name, *prefix;
	char *view_box;
	struct reason *why;
	size_t line;
	char *out;
	size_t len, room;
	struct level levels[DEPTH_MAX];
	size_t depth;
	bool begun; /* the root element was there */
	bool empty; /* and held nothing */
	int err;
};

static int refuse(struct cleaner *c, const char *format, ...) PRINTF_LIKE(2, 3);

static int refuse(struct cleaner *c, const char *format, ...)
{
	char text[160], plain[200];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	c->err = reason_set(c->why, EINVAL, "%s: line %zu: %s", c->name, c->line,
		format_plain(plain, sizeof(plain), text, false));
	return c->err;
}

/* ---- output ---------------------------------------------------------------------------------- */

static void put(struct cleaner *c, const char *text, size_t n)
{
	if (c->err == 0 && c->len + n + 1 > c->room) {
		size_t room = 2 * c->room + n + 4096;
		char *grown = realloc(c->out, room);

		if (grown == NULL) {
			c->err = reason_set(c->why, ENOMEM, "out of memory");
			return;
		}
		c->out = grown;
		c->room = room;
	}
	if (c->err != 0)
		return;
	memcpy(c->out + c->len, text, n);
	c->len += n;
	c->out[c->len] = '\0';
}

static void put_string(struct cleaner *c, const char *text)
{
	put(c, text, strlen(text));
}

/* ---- input ----------------------------------------------------------------------------------- */

static bool looks_at(const struct cleaner *c, const char *text)
{
	size_t n = strlen(text);

	return (size_t)(c->end - c->at) >= n && memcmp(c->at, text, n) == 0;
}

static void step(struct cleaner *c, size_t n)
{
	for (; n > 0 && c->at < c->end; n--) {
		c->line += *c->at == '\n';
		c->at++;
	}
}

static void skip_space(struct cleaner *c)
{
	while (c->at < c->end && isspace((unsigned char)*c->at))
		step(c, 1);
}

/* Goes behind the next `text`. */
static int skip_past(struct cleaner *c, const char *text)
{
	while (c->at < c->end && !looks_at(c, text))
		step(c, 1);
	if (c->at == c->end)
		return refuse(c, "ends before a \"%s\"", text);
	step(c, strlen(text));
	return 0;
}

/* A name of XML; empty where there is none. */
static size_t read_name(struct cleaner *c, char *buf, size_t room)
{
	size_t n = 0;

	while (c->at < c->end &&
		(isalnum((unsigned char)*c->at) || strchr("_:.-", *c->at) != NULL) &&
		n + 1 < room) {
		buf[n++] = *c->at;
		step(c, 1);
	}
	buf[n] = '\0';
	return n;
}

/* "&amp;", "&#65;": what HTML reads as XML does. */
static size_t entity_length(const struct cleaner *c)
{
	static const char *const known[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
	unsigned int number = 0;
	size_t n = 2;

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (looks_at(c, known[i]))
			return strlen(known[i]);
	if (!looks_at(c, "&#"))
		return 0;
	while (c->at + n < c->end && n < 9 && isdigit((unsigned char)c->at[n])) {
		number = 10 * number + (unsigned int)(c->at[n] - '0');
		n++;
	}
	/* a character that does more than show itself would come in by its number */
	if (number < ' ' || number > '~')
		return 0;
	return n > 2 && c->at + n < c->end && c->at[n] == ';' ? n + 1 : 0;
}

/*
 * Text up to the next tag: drawn, or dropped as what stands between shapes. That is white space,
 * and the "Z" that gnuplot leaves behind a polygon that it has cut.
 */
static int read_text(struct cleaner *c, bool drawn)
{
	while (c->at < c->end && *c->at != '<') {
		size_t n = *c->at == '&' ? entity_length(c) : format_utf8_length(c->at);

		if (n == 0 || c->at + n > c->end || *c->at == '\0')
			return refuse(c, "text that is no UTF-8, or an entity that is not known");
		if (drawn && *c->at == '>')
			put_string(c, "&gt;");
		else if (drawn && html_hides(c->at, n))
			put_string(c, html_replacement);
		else if (drawn)
			put(c, c->at, n);
		step(c, n);
	}
	return c->err;
}

/* ---- attributes ------------------------------------------------------------------------------ */

/* A value with references to names of the drawing: '#' gets the prefix behind it. */
static int put_reference(struct cleaner *c, const char *value, bool whole)
{
	const char *hash = strchr(value, '#');

	if (whole && value[0] != '#')
		return refuse(c, "a reference to \"%.60s\", which is not in the drawing", value);
	put(c, value, (size_t)(hash - value) + 1);
	put_string(c, c->prefix);
	put_string(c, hash + 1);
	return c->err;
}

static bool is_plain_value(const char *value)
{
	for (const char *p = value; *p != '\0'; p += format_utf8_length(p)) {
		if (format_utf8_length(p) == 0 || strchr("<>&\"\\", *p) != NULL ||
			(iscntrl((unsigned char)*p) && !isspace((unsigned char)*p)))
			return false;
	}
	return true;
}

/* url(#name) and nothing else of that kind. */
static int put_value(struct cleaner *c, const char *value)
{
	const char *url = strcasestr(value, "url");

	if (url == NULL) {
		put_string(c, value);
		return c->err;
	}
	if (strncmp(value, "url(#", 5) != 0 || strcasestr(url + 3, "url") != NULL)
		return refuse(c, "a reference to \"%.60s\", which is not in the drawing", value);
	return put_reference(c, value, false);
}

/* A picture is its own data, and of the one kind that gnuplot makes. */
static int put_picture(struct cleaner *c, const char *value)
{
	static const char begin[] = "data:image/png;base64,";
	const size_t n = sizeof(begin) - 1;

	if (strncmp(value, begin, n) != 0 ||
		value[n + strspn(value + n,
				  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
				  "+/= \t\r\n")] != '\0')
		return refuse(c, "a picture \"%.40s\", which is no PNG within the drawing", value);
	put_string(c, value);
	return c->err;
}

static int put_attribute(struct cleaner *c, const char *name, const char *value)
{
	const struct svg_element *in = c->levels[c->depth - 1].element;

	enum svg_use use = svg_attribute(name);

	if (use == SVG_DROP)
		return 0;
	if (use == SVG_REFUSE)
		return refuse(c, "an attribute \"%.40s\", which no figure needs", name);
	put_string(c, " ");
	put_string(c, name);
	put_string(c, "=\"");
	if (use == SVG_NAME)
		put_string(c, c->prefix);
	if (use == SVG_LINK && in->image)
		put_picture(c, value);
	else if (use == SVG_LINK)
		put_reference(c, value, true);
	else
		put_value(c, value);
	put_string(c, "\"");
	return c->err;
}

/* "stroke:none; fill:red" becomes two attributes. Cuts the text up. */
static int put_style(struct cleaner *c, char *style)
{
	char *rest;

	for (char *part = strtok_r(style, ";", &rest); part != NULL && c->err == 0;
		part = strtok_r(NULL, ";", &rest)) {
		char *colon = strchr(part, ':');

		part += strspn(part, " \t\n");
		if (*part == '\0')
			continue;
		if (colon == NULL || colon < part)
			return refuse(c, "a style \"%.40s\", which is not understood", part);
		*colon = '\0';
		part[strcspn(part, " \t\n")] = '\0';
		if (svg_attribute(part) != SVG_KEEP)
			return refuse(c, "a style \"%.40s\", which no figure needs", part);
		put_attribute(c, part, colon + 1 + strspn(colon + 1, " \t\n"));
	}
	return c->err;
}

/* name = "value"; the value is cut out of the text, to be freed. NULL when it is not one. */
static char *read_value(struct cleaner *c)
{
	char *value = NULL;

	skip_space(c);
	if (c->at == c->end || *c->at != '=') {
		refuse(c, "an attribute without a value");
		return NULL;
	}
	step(c, 1);
	skip_space(c);
	char quote = c->at < c->end ? *c->at : '\0';
	const char *from = c->at + 1, *to = quote == '"' || quote == '\''
						    ? memchr(from, quote, (size_t)(c->end - from))
						    : NULL;

	if (to == NULL || memchr(from, '\0', (size_t)(to - from)) != NULL) {
		refuse(c, "an attribute's value that does not end");
		return NULL;
	}
	value = strndup(from, (size_t)(to - from));
	step(c, (size_t)(to - from) + 2);
	if (value == NULL)
		c->err = reason_set(c->why, ENOMEM, "out of memory");
	return value;
}

/* Of the root what concerns its place in a page is the page's to say. */
static bool is_of_place(const char *name)
{
	return strcmp(name, "width") == 0 || strcmp(name, "height") == 0 ||
	       strcmp(name, "x") == 0 || strcmp(name, "y") == 0;
}

static int read_attribute(struct cleaner *c, bool root)
{
	char name[40], *value;

	if (read_name(c, name, sizeof(name)) == 0)
		return refuse(c, "a tag that does not end");
	value = read_value(c);
	if (value == NULL)
		return c->err;
	if (!is_plain_value(value))
		refuse(c, "a value of \"%s\" with characters that no figure needs", name);
	if (c->err == 0 && root && strcmp(name, "viewBox") == 0 &&
		strspn(value, "0123456789. -") == strlen(value))
		snprintf(c->view_box, 64, "%.63s", value);
	if (c->err == 0 && strcmp(name, "style") == 0)
		put_style(c, value);
	else if (c->err == 0 && !(root && is_of_place(name)))
		put_attribute(c, name, value);
	free(value);
	return c->err;
}

/* ---- elements -------------------------------------------------------------------------------- */

static int close_element(struct cleaner *c)
{
	struct level *l = &c->levels[--c->depth];

	/* nothing came between the tags of a group: it draws nothing */
	c->empty = l->element->root && c->len == l->behind;
	if (l->element->group && c->len == l->behind) {
		c->len = l->before;
		return c->err;
	}
	put_string(c, "</");
	put_string(c, l->element->root ? "g" : l->element->name);
	put_string(c, ">");
	return c->err;
}

static int read_end_tag(struct cleaner *c)
{
	char name[40];

	step(c, 2);
	read_name(c, name, sizeof(name));
	skip_space(c);
	if (c->depth == 0 || strcmp(name, c->levels[c->depth - 1].element->name) != 0 ||
		!looks_at(c, ">"))
		return refuse(c, "an end of \"%.40s\", which was not begun", name);
	step(c, 1);
	return close_element(c);
}

/* What is only for people who look at the file; its end tag is skipped with it. */
static int skip_element(struct cleaner *c, const char *name)
{
	char end[48];

	snprintf(end, sizeof(end), "</%s>", name);
	return skip_past(c, end);
}

/* Behind the name of a start tag, to behind the tag. */
static int read_attributes(struct cleaner *c, bool root, bool *empty)
{
	for (;;) {
		skip_space(c);
		*empty = looks_at(c, "/>");
		if (*empty || looks_at(c, ">")) {
			step(c, *empty ? 2 : 1);
			return 0;
		}
		if (read_attribute(c, root) < 0)
			return c->err;
	}
}

static int read_start_tag(struct cleaner *c)
{
	bool root = c->depth == 0, empty;
	char name[40];

	step(c, 1);
	read_name(c, name, sizeof(name));
	if (svg_is_comment(name))
		return skip_element(c, name);
	const struct svg_element *e = svg_element(name);

	if (e == NULL)
		return refuse(c, "an element \"%.40s\", which no figure needs", name);
	if (root != e->root || (root && c->begun))
		return refuse(
			c, root ? "the drawing is not one svg element" : "an svg within an svg");
	if (c->depth == DEPTH_MAX)
		return refuse(c, "more than %d elements within each other", DEPTH_MAX);
	struct level *l = &c->levels[c->depth++];

	*l = (struct level){.element = e, .before = c->len};
	c->begun = true;
	/* what the root says of all that it holds, a group says as well */
	put_string(c, "<");
	put_string(c, root ? "g" : name);
	if (read_attributes(c, root, &empty) < 0)
		return c->err;
	put_string(c, ">");
	l->behind = c->len;
	return empty ? close_element(c) : c->err;
}

static int read_markup(struct cleaner *c)
{
	if (looks_at(c, "<!--"))
		return skip_past(c, "-->");
	if (looks_at(c, "<?xml "))
		return skip_past(c, "?>");
	if (looks_at(c, "<!") || looks_at(c, "<?"))
		return refuse(c, "a declaration or an instruction, which no figure needs");
	return looks_at(c, "</") ? read_end_tag(c) : read_start_tag(c);
}

int svg_clean(char **out, size_t *len, char view_box[64], const char *text, size_t text_len,
	const char *prefix, const char *name, struct reason *why)
{
	struct cleaner c = {.at = text,
		.end = text + text_len,
		.name = name,
		.prefix = prefix,
		.view_box = view_box,
		.why = why,
		.line = 1};

	view_box[0] = '\0';
	while (c.err == 0 && c.at < c.end) {
		bool drawn = c.depth > 0 && c.levels[c.depth - 1].element->text;

		if (*c.at == '<')
			read_markup(&c);
		else
			read_text(&c, drawn);
	}
	if (c.err == 0 && (c.depth > 0 || !c.begun || c.empty))
		refuse(&c, "the drawing is cut or empty");
	if (c.err == 0 && view_box[0] == '\0')
		refuse(&c, "the drawing has no viewBox, so its size is not known");
	if (c.err < 0) {
		free(c.out);
		return c.err;
	}
	*out = c.out;
	*len = c.len;
	return 0;
}
