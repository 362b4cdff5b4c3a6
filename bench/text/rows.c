/* SPDX-License-Identifier: MIT */
#include "text/rows.h"

#include "text/memory.h"
#include "text/text-file.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What rows_parse() is at. */
struct splitter {
	struct rows *rows;
	size_t fields; /* read so far */
	size_t line;   /* at which the row begins */
	size_t within; /* line ends inside its quotes */
	const char *name;
	struct reason *why;
};

/*
 * Ends the field that begins at `at` with a 0, its quotes undone in place. *end is the character
 * that stood behind it: ',', '\n' or 0. Returns where the next field begins, or NULL.
 */
static char *take_field(struct splitter *s, char *at, char *end)
{
	char *to = at;

	if (*at != '"') {
		at += strcspn(at, ",\n");
		*end = *at;
		if (*at == '\n' && at > to && at[-1] == '\r')
			at[-1] = '\0';
		*at = '\0';
		return *end == '\0' ? at : at + 1;
	}
	for (at++; *at != '\0' && (*at != '"' || at[1] == '"'); at++) {
		s->within += *at == '\n';
		at += *at == '"';
		*to++ = *at;
	}
	if (*at == '\0')
		return NULL;
	at++;
	if (*at == '\r' && at[1] == '\n')
		at++;
	if (*at != ',' && *at != '\n' && *at != '\0')
		return NULL;
	*end = *at;
	*to = '\0';
	return *end == '\0' ? at : at + 1;
}

/* One line of the file; 1 when there was none left. */
static int take_row(struct splitter *s, char **at)
{
	size_t before = s->fields;
	char end = ',';

	if (**at == '\0')
		return 1;
	s->line += 1 + s->within;
	s->within = 0;
	while (end == ',') {
		/* a quoted field is moved one to the left, over its opening quote */
		char *field = *at;

		*at = take_field(s, field, &end);
		if (*at == NULL)
			return reason_set(s->why, EINVAL,
				"%s: line %zu: a quoted field does not end where it should",
				s->name, s->line);
		*need_next(s->rows->fields, s->fields) = field;
	}
	size_t columns = s->fields - before;

	if (before == 0)
		s->rows->columns = columns;
	if (columns != s->rows->columns)
		return reason_set(s->why, EINVAL,
			"%s: line %zu has %zu fields where the header has %zu; the file is cut or not CSV",
			s->name, s->line, columns, s->rows->columns);
	return 0;
}

int rows_parse(struct rows *rows, char *text, size_t len, const char *name, struct reason *why)
{
	struct splitter s = {.rows = rows, .name = name, .why = why};
	int r = 0;

	*rows = (struct rows){.text = text};
	if (memchr(text, '\0', len) != NULL)
		return reason_set(why, EINVAL, "%s: holds a 0 byte, so it is not CSV", name);
	for (char *at = text; r == 0;)
		r = take_row(&s, &at);
	if (r < 0)
		return r;
	if (rows->columns == 0)
		return reason_set(why, EINVAL, "%s: is empty; a header line is missing", name);
	rows->count = s.fields / rows->columns - 1;
	return 0;
}

int rows_load(struct rows *rows, const char *path, struct reason *why)
{
	char *text = NULL;
	size_t len = 0;

	*rows = (struct rows){0};
	int r = whole_file_read(path, STORED_FILE_MAX, &text, &len, why);

	return r < 0 ? r : rows_parse(rows, text, len, path, why);
}

void rows_free(struct rows *rows)
{
	free(rows->fields);
	free(rows->text);
	*rows = (struct rows){0};
}

size_t rows_column(const struct rows *rows, const char *column)
{
	size_t i = 0;

	while (i < rows->columns && strcmp(rows->fields[i], column) != 0)
		i++;
	return i;
}

bool rows_has(const struct rows *rows, const char *column)
{
	return rows_column(rows, column) < rows->columns;
}

static const char *text_at(const struct rows *rows, size_t row, size_t column)
{
	return column < rows->columns ? rows->fields[(row + 1) * rows->columns + column] : "";
}

const char *rows_text(const struct rows *rows, size_t row, const char *column)
{
	return text_at(rows, row, rows_column(rows, column));
}

double rows_number_at(const struct rows *rows, size_t row, size_t column)
{
	const char *text = text_at(rows, row, column);
	char *end;
	double value = strtod(text, &end);

	return end == text || *end != '\0' || !isfinite(value) ? NAN : value;
}

double rows_number(const struct rows *rows, size_t row, const char *column)
{
	return rows_number_at(rows, row, rows_column(rows, column));
}

int rows_whole(const struct rows *rows, size_t row, const char *column, double limit, int otherwise)
{
	double number = rows_number(rows, row, column);

	return number >= 0 && number < limit ? (int)number : otherwise;
}

int rows_expect(const struct rows *rows, const char *path, const char *writer,
	const char *const *columns, struct reason *why)
{
	for (size_t i = 0; columns[i] != NULL; i++)
		if (!rows_has(rows, columns[i]))
			return reason_set(why, EINVAL,
				"%s: has no column %s; name a file that %s wrote", path, columns[i],
				writer);
	for (size_t i = 0; i < rows->count; i++) {
		const char *version = rows_text(rows, i, "schema_version");

		if (version[0] < '1' || version[0] > '0' + SCHEMA_VERSION || version[1] != '\0')
			return reason_set(why, EINVAL,
				"%s: row %zu has schema version \"%.20s\", and versions 1 to %d are "
				"read; use the ipcbench that wrote it",
				path, i + 1, version, SCHEMA_VERSION);
	}
	return 0;
}
