/* SPDX-License-Identifier: MIT */
#include "cli/option.h"
#include "text/claim.h"
#include "text/memory.h"
#include "text/text-file.h"
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The longest line: an option with its value. */
#define LINE_LIMIT 1024

/* What is read, up to the present line. */
struct reading {
	const char *path;
	const struct option_row *table;
	struct arguments *sections;
	size_t count;
	unsigned int line;
};

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

/* Lists are written "pipe, shm" in files, where no shell divides them. */
static char *close_up(char *list)
{
	char *to = list;

	for (const char *p = list; *p != '\0'; p++) {
		const char *next = p + strspn(p, " \t");

		if (*next == ',' || (to > list && to[-1] == ','))
			p = next;
		*to++ = *p;
		if (*p == '\0')
			return list;
	}
	*to = '\0';
	return list;
}

static void add_section(struct reading *r, const char *name)
{
	struct arguments *section = need_next(r->sections, r->count);

	section->file = r->path;
	section->name = name;
}

/* Whether the command has options that a section can have by itself. */
static bool has_sections(const struct option_row *table)
{
	while (!option_is_end(table) && table->part == 0)
		table++;
	return !option_is_end(table);
}

static int read_section(struct reading *r, char *text, struct reason *why)
{
	size_t len = strlen(text);

	if (text[len - 1] != ']')
		return reason_set(why, EINVAL, "\"%.40s\" lacks its \"]\"; write [name]", text);
	if (!has_sections(r->table))
		return reason_set(why, EINVAL,
			"%.40s: only option files of ipcbench gate have sections; drop it", text);
	text[len - 1] = '\0';
	const char *name = trim(text + 1);

	if (name[0] == '\0')
		return reason_set(why, EINVAL, "a section has no name; write [name]");
	for (size_t i = 1; i < r->count; i++)
		if (strcmp(r->sections[i].name, name) == 0)
			return reason_set(why, EINVAL,
				"section [%.40s] occurs twice; give each a different name", name);
	add_section(r, name);
	return 0;
}

static int add_option(
	struct reading *r, const struct option_row *o, const char *value, struct reason *why)
{
	struct arguments *section = &r->sections[r->count - 1];

	if (strcmp(o->name, OPTION_FILE) == 0)
		return reason_set(why, EINVAL,
			"%s: an option file cannot name another one; drop this line", o->name);
	if (o->ends != OPTION_NO_END)
		return reason_set(
			why, EINVAL, "%s is for the command line only; drop this line", o->name);
	if (r->count > 1 && o->part == 0)
		return reason_set(why, EINVAL,
			"%s is for the whole command; write it above the first section", o->name);
	if (o->arg == NULL && strcmp(value, "false") == 0)
		return 0;
	if (o->arg == NULL && strcmp(value, "true") != 0)
		return reason_set(why, EINVAL,
			"%s: \"%.40s\" is neither true nor false; write one of them", o->name,
			value);
	arguments_add(section, o, value);
	section->options[section->count - 1].line = r->line;
	return 0;
}

static int read_option(struct reading *r, char *text, struct reason *why)
{
	char *equals = strchr(text, '=');

	if (equals == NULL)
		return reason_set(why, EINVAL, "\"%.40s\" lacks a \"=\"; write name = value", text);
	*equals = '\0';
	/* names as TOML users write them are understood as well */
	char *name = trim(text);

	for (char *p = name; *p != '\0'; p++)
		if (*p == '_')
			*p = '-';
	if (name[0] == '\0' || strchr(name, ' ') != NULL)
		return reason_set(why, EINVAL,
			"\"%.40s\" is not the name of an option; write name = value", name);
	const struct option_row *o = option_find(r->table, name, strlen(name), true, why);

	if (o == NULL)
		return -EINVAL;
	char *value = unquote(trim(equals + 1));

	if (o->arg != NULL && strcmp(o->arg, "LIST") == 0)
		value = close_up(value);
	return add_option(r, o, value, why);
}

static int read_line(struct reading *r, char *line, size_t len, struct reason *why)
{
	if (len > LINE_LIMIT)
		return reason_set(why, EINVAL,
			"the line has %zu bytes, and the limit is %d; shorten it", len, LINE_LIMIT);
	if (strlen(line) != len)
		return reason_set(why, EINVAL, "the line holds a 0 byte; give a text file");
	cut_comment(line);
	char *text = trim(line);

	if (text[0] == '\0')
		return 0;
	return text[0] == '[' ? read_section(r, text, why) : read_option(r, text, why);
}

static int read_lines(struct reading *r, char *text, char *end, struct reason *why)
{
	struct reason what = {""};
	int err = 0;

	for (r->line = 1; err == 0 && text < end; r->line++) {
		char *stop = memchr(text, '\n', (size_t)(end - text));

		stop = stop == NULL ? end : stop;
		*stop = '\0';
		err = read_line(r, text, (size_t)(stop - text), &what);
		if (err < 0)
			reason_set(why, -err, "%s: line %u: %.200s", r->path, r->line, what.text);
		text = stop + 1;
	}
	return err;
}

/* Settings point into these. */
static char **texts;
static size_t text_count;

void option_files_free(void)
{
	while (text_count > 0)
		free(texts[--text_count]);
	free(texts);
	texts = NULL;
}

int option_file_read(const char *path, const struct option_row *table, struct arguments **sections,
	size_t *count, struct reason *why)
{
	/* some editors mark UTF-8 at the beginning of a file */
	static const char mark[] = "\xef\xbb\xbf";
	struct reading r = {.path = path, .table = table};
	char *text;
	size_t len;
	int err = whole_file_read(path, WRITTEN_FILE_MAX, &text, &len, why);

	if (err < 0)
		return err;
	claim_input(path);
	add_section(&r, NULL);
	err = read_lines(&r, text + (strncmp(text, mark, strlen(mark)) == 0 ? strlen(mark) : 0),
		text + len, why);
	if (err < 0)
		free(text);
	else
		*need_next(texts, text_count) = text;
	*sections = r.sections;
	*count = r.count;
	return err;
}
