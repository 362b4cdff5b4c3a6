/* SPDX-License-Identifier: MIT */
#include "gate/gate-options.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The longest line: an option with its value. */
#define LINE_LIMIT 1024

static char *trim(char *text)
{
	size_t len;

	while (isspace((unsigned char)*text))
		text++;
	len = strlen(text);
	while (len > 0 && isspace((unsigned char)text[len - 1]))
		text[--len] = '\0';
	return text;
}

/* "a # b" loses its comment; a quoted value may hold one. */
static void cut_comment(char *text)
{
	bool quoted = false;

	for (; *text != '\0'; text++) {
		quoted ^= *text == '"';
		if (*text == '#' && !quoted) {
			*text = '\0';
			return;
		}
	}
}

/* A value may stand in quotes, as TOML has it. */
static char *unquote(char *value)
{
	size_t len = strlen(value);

	if (len >= 2 && value[0] == '"' && value[len - 1] == '"') {
		value[len - 1] = '\0';
		return value + 1;
	}
	return value;
}

static int read_section(char *text, const struct option_file_reader *reader, struct reason *why)
{
	size_t len = strlen(text);

	if (text[len - 1] != ']')
		return reason_set(why, EINVAL, "\"%.40s\" lacks its \"]\"", text);
	text[len - 1] = '\0';
	char *name = trim(text + 1);

	if (name[0] == '\0')
		return reason_set(why, EINVAL, "a section has no name; write [name]");
	return reader->section(reader->arg, name, why);
}

static int read_option(char *text, const struct option_file_reader *reader, struct reason *why)
{
	char option[LINE_LIMIT + 8];
	char *equals = strchr(text, '=');

	if (equals == NULL)
		return reason_set(why, EINVAL,
			"\"%.40s\" is neither \"name = value\" nor \"[section]\"", text);
	*equals = '\0';
	/* names as TOML users write them are understood as well */
	char *name = trim(text);

	for (char *p = name; *p != '\0'; p++)
		if (*p == '_')
			*p = '-';
	if (name[0] == '\0' || strchr(name, ' ') != NULL)
		return reason_set(why, EINVAL, "\"%.40s\" is no name of an option", name);
	snprintf(option, sizeof(option), "--%s=%s", name, unquote(trim(equals + 1)));
	return reader->option(reader->arg, option, why);
}

static int read_line(char *line, const struct option_file_reader *reader, struct reason *why)
{
	cut_comment(line);
	char *text = trim(line);

	if (text[0] == '\0')
		return 0;
	return text[0] == '[' ? read_section(text, reader, why) : read_option(text, reader, why);
}

int option_file_read(const char *path, const struct option_file_reader *reader, struct reason *why)
{
	FILE *in = fopen(path, "re");
	char *line = NULL;
	char mark[3];
	size_t room = 0;
	ssize_t len;
	int r = 0;

	if (in == NULL)
		return reason_set(why, errno, "%s: %s", path, strerror(errno));
	/* some editors mark UTF-8 at the beginning of a file */
	if (fread(mark, 1, sizeof(mark), in) != sizeof(mark) ||
		memcmp(mark, "\xef\xbb\xbf", sizeof(mark)) != 0)
		rewind(in);
	for (unsigned int n = 1; r == 0 && (len = getline(&line, &room, in)) > 0; n++) {
		struct reason what = {""};

		if (len > LINE_LIMIT || strlen(line) != (size_t)len)
			r = reason_set(&what, EINVAL,
				"it has %zd bytes or a 0 byte; at most %d bytes of text are read",
				len, LINE_LIMIT);
		else
			r = read_line(line, reader, &what);
		if (r < 0)
			reason_set(why, -r, "%s: line %u: %.200s", path, n, what.text);
	}
	if (r == 0 && ferror(in))
		r = reason_set(why, EIO, "%s: cannot be read", path);
	free(line);
	fclose(in);
	return r;
}
