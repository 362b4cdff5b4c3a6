/* SPDX-License-Identifier: MIT */
#include "doc/html-text.h"

#include "text/format.h"
#include "text/memory.h"
#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

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

/* Everything else is %XX: what a URI has a use for, what an attribute has, and what is no ASCII. */
static bool stands_for_itself(char c)
{
	return c != '\0' && (isalnum((unsigned char)c) || strchr("-_.~,;:/()!*@$=+", c) != NULL);
}

void html_uri(FILE *out, const char *bytes, size_t len)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (c < 0x80 && stands_for_itself((char)c)) {
			fputc(c, out);
		} else {
			fputc('%', out);
			fputc(hex[c >> 4], out);
			fputc(hex[c & 15], out);
		}
	}
}

size_t html_uri_length(const char *bytes, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)bytes[i];

		n += c < 0x80 && stands_for_itself((char)c) ? 1 : 3;
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
