/* SPDX-License-Identifier: MIT */
/* --size: lists of sizes, and distributions and traces of them. */
#include "cli/measure-options.h"
#include "cli/option.h"
#include "plan/sizes.h"
#include "text/claim.h"
#include "text/format.h"
#include "text/memory.h"
#include "text/text-file.h"
#include <ctype.h>
#include <errno.h>
#include <ipcbench/host.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- sizes ----------------------------------------------------------------------------------- */

static void add_size(struct settings *s, size_t size)
{
	for (size_t i = 0; i < s->size_count; i++)
		if (s->sizes[i] == size)
			return;
	*need_next(s->sizes, s->size_count) = size;
}

/* "FIRST..LAST" or "FIRST..LAST:xFACTOR" */
static int add_range(struct settings *s, const struct option_value *v)
{
	char text[80];

	snprintf(text, sizeof(text), "%s", v->text);
	char *last = strstr(text, ".."), *step = strchr(last, ':'), *end;
	unsigned long factor = 2;
	size_t from, to;

	*last = '\0';
	last += 2;
	if (step != NULL) {
		*step++ = '\0';
		factor = strtoul(step + 1, &end, 10);
		if (step[0] != 'x' || !isdigit((unsigned char)step[1]) || *end != '\0' ||
			factor < 2 || factor > 1024)
			return reason_set(v->why, EINVAL,
				"%s: \"%.40s\" is not a step of a range; write x2 to x1024, as in "
				"64..1M:x4",
				v->what, step);
	}
	int err = read_size(OPTION_TEXT(v, text), &from);

	if (err == 0)
		err = read_size(OPTION_TEXT(v, last), &to);
	if (err == 0 && from > to)
		return reason_set(v->why, EINVAL,
			"%s: the range %.24s..%.24s runs downwards; write %.24s..%.24s", v->what,
			text, last, last, text);
	for (size_t size = from; err == 0 && size <= to; size *= factor)
		add_size(s, size);
	return err;
}

static int add_sizes(const struct option_value *v, void *settings)
{
	size_t size;

	if (strstr(v->text, "..") != NULL)
		return add_range(settings, v);
	int err = read_size(v, &size);

	if (err == 0)
		add_size(settings, size);
	return err;
}

/* ---- distributions and traces ---------------------------------------------------------------- */

#define LOGNORMAL "lognormal:"
#define DIST	  "dist:"
#define TRACE	  "trace:"

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* A distribution or a trace, once each; NULL if it is there already. */
static struct sizes *add_mix(struct settings *s, const char *source)
{
	for (size_t i = 0; i < s->mix_count; i++)
		if (strcmp(s->mixes[i].source, source) == 0)
			return NULL;
	struct sizes *mix = need_next(s->mixes, s->mix_count);

	mix->source = need_copy(source);
	return mix;
}

enum { MEDIAN, P99, MOST, PARAMETERS };

/* "median=1K,p99=64K,max=1M" */
static int read_parameters(const struct option_value *v, size_t value[PARAMETERS])
{
	static const char *const names[] = {"median=", "p99=", "max="};
	const struct option_row row = {.min = SIZES_LEAST, .max = v->row->max};
	char text[80];

	for (const char *at = v->text + strlen(LOGNORMAL); at != NULL;) {
		size_t len = strcspn(at, ","), i = 0;

		while (i < PARAMETERS && !begins(at, names[i]))
			i++;
		if (i == PARAMETERS)
			return reason_set(v->why, EINVAL,
				"%s: \"%.40s\" is not a parameter of lognormal; write median=, p99= "
				"or max=, as in lognormal:median=1K,p99=64K",
				v->what, at);
		snprintf(text, sizeof(text), "%.*s", (int)(len - strlen(names[i])),
			at + strlen(names[i]));
		int err = read_size(&(struct option_value){&row, v->what, text, v->why}, &value[i]);

		if (err < 0)
			return err;
		at = at[len] == ',' ? at + len + 1 : NULL;
	}
	return 0;
}

static int check_parameters(const struct option_value *v, const size_t value[PARAMETERS])
{
	if (value[MEDIAN] == 0 || value[P99] == 0)
		return reason_set(v->why, EINVAL,
			"%s: \"%.80s\" lacks %s; write both, as in lognormal:median=1K,p99=64K",
			v->what, v->text, value[MEDIAN] == 0 ? "median=" : "p99=");
	if (value[P99] <= value[MEDIAN])
		return reason_set(v->why, EINVAL,
			"%s: \"%.80s\" has a p99 that is not above its median; give a larger p99",
			v->what, v->text);
	if (value[MOST] != 0 && value[MOST] < value[P99])
		return reason_set(v->why, EINVAL,
			"%s: \"%.80s\" has a max below its p99; give a larger max, or none",
			v->what, v->text);
	return 0;
}

static int add_lognormal(const struct option_value *v, void *settings)
{
	size_t value[PARAMETERS] = {0};
	char median[24], p99[24], most[24];
	int err = read_parameters(v, value);

	if (err == 0)
		err = check_parameters(v, value);
	if (err < 0)
		return err;
	char *name = need_text(LOGNORMAL "median=%s,p99=%s%s%s",
		size_spell(median, sizeof(median), value[MEDIAN]),
		size_spell(p99, sizeof(p99), value[P99]), value[MOST] == 0 ? "" : ",max=",
		value[MOST] == 0 ? "" : size_spell(most, sizeof(most), value[MOST]));
	struct sizes *mix = add_mix(settings, name);

	if (mix != NULL)
		sizes_from_lognormal(mix, value[MEDIAN], value[P99], value[MOST]);
	if (mix != NULL && mix->most > v->row->max)
		err = reason_set(v->why, EINVAL,
			"%s: the largest of %d messages of %s exceeds the limit of %s; add max=",
			v->what, SIZES_TURN, name, ipcbench_bytes(most, sizeof(most), v->row->max));
	if (mix != NULL)
		mix->name = name;
	else
		free(name);
	return err;
}

static int add_any(const struct option_value *v, void *settings)
{
	if (begins(v->text, LOGNORMAL))
		return add_lognormal(v, settings);
	if (!begins(v->text, DIST) && !begins(v->text, TRACE))
		return add_sizes(v, settings);
	if (strchr(v->text, ':')[1] == '\0')
		return reason_set(
			v->why, EINVAL, "%s: \"%s\" lacks the name of a file", v->what, v->text);
	add_mix(settings, v->text);
	return 0;
}

/* The length of the first item of a list: parameters of lognormal follow each other by commas. */
static size_t item_length(const char *text)
{
	size_t len = strcspn(text, ",");

	while (begins(text, LOGNORMAL) && text[len] == ',' &&
		text[len + 1 + strcspn(text + len + 1, ",:=")] == '=')
		len += 1 + strcspn(text + len + 1, ",");
	return len;
}

int read_sizes(const struct option_value *v, void *settings)
{
	struct settings *s = settings;
	int err = 0;

	s->size_count = 0;
	while (s->mix_count > 0)
		sizes_free(&s->mixes[--s->mix_count]);
	for (const char *rest = v->text; rest != NULL && err == 0;) {
		size_t len = item_length(rest);
		char *item = need_text("%.*s", (int)len, rest);

		rest = rest[len] == ',' ? rest + len + 1 : NULL;
		err = add_any(OPTION_TEXT(v, item), settings);
		free(item);
	}
	return err;
}

/* ---- their files ----------------------------------------------------------------------------- */

/* A file while it is read: a size on each line of a trace; and its weight, of a distribution. */
struct size_file {
	bool weights;
	struct weighted_size *list;
	size_t count;
};

static int read_weight(const char *text, double *weight, struct reason *why)
{
	char *end = NULL;

	*weight = isdigit((unsigned char)text[0]) ? strtod(text, &end) : 0;
	if (end != NULL && *end == '\0' && *weight > 0 && *weight <= 1e15)
		return 0;
	return reason_set(why, EINVAL, "\"%.40s\" is not a weight; write a number above 0", text);
}

static int add_line(struct size_file *f, char *text, struct reason *why)
{
	const struct option_row row = {.min = SIZES_LEAST, .max = SIZE_LIMIT};
	char *rest = text + strcspn(text, " \t");
	struct weighted_size next = {.weight = 1};
	size_t size = 0;
	int err = 0;

	if (*rest != '\0')
		*rest++ = '\0';
	rest += strspn(rest, " \t");
	if (f->count == SIZES_TRACE_MAX)
		return reason_set(
			why, EINVAL, "more than %d sizes; give a shorter file", SIZES_TRACE_MAX);
	if (f->weights == (*rest == '\0'))
		return reason_set(why, EINVAL, "%s",
			f->weights ? "a weight is missing; write SIZE WEIGHT, as in 4K 12"
				   : "more than a size; write one on each line");
	err = read_size(&(struct option_value){&row, "size", text, why}, &size);
	if (err == 0 && f->weights)
		err = read_weight(rest, &next.weight, why);
	next.size = (uint32_t)size;
	if (err == 0)
		*need_next(f->list, f->count) = next;
	return err;
}

/* Lines up to '#', without the white space at their ends; empty ones count for nothing. */
static int read_lines(struct size_file *f, char *text, struct reason *why)
{
	struct reason what = {""};
	int err = 0;

	for (unsigned int line = 1; text != NULL && err == 0; line++) {
		char *next = strchr(text, '\n');

		if (next != NULL)
			*next++ = '\0';
		text[strcspn(text, "#")] = '\0';
		text += strspn(text, " \t\r");
		for (size_t len = strlen(text); len > 0 && isspace((unsigned char)text[len - 1]);)
			text[--len] = '\0';
		if (text[0] != '\0')
			err = add_line(f, text, &what);
		if (err < 0)
			reason_set(why, -err, "line %u: %.160s", line, what.text);
		text = next;
	}
	if (err == 0 && f->count == 0)
		err = reason_set(why, EINVAL, "holds no size");
	return err;
}

/* What a run stores, which is read back as the same. */
static char *normal_text(const struct size_file *f)
{
	char *text = NULL;
	size_t len;
	FILE *out = need_stream(&text, &len);

	for (size_t i = 0; i < f->count; i++) {
		fprintf(out, "%u", f->list[i].size);
		if (f->weights)
			fprintf(out, " %.15g", f->list[i].weight);
		fputc('\n', out);
	}
	need_stream_end(out);
	return text;
}

/* The name of the file and a hash of what it holds (FNV-1a), for rows. */
static int name_mix(struct sizes *mix, struct reason *why)
{
	const char *slash = strrchr(mix->source, '/');
	const char *kind = begins(mix->source, DIST) ? DIST : TRACE;
	const char *file = slash == NULL ? mix->source + strlen(kind) : slash + 1;
	static const char allowed[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
	uint32_t hash = 2166136261;

	if (file[0] == '\0' || file[strspn(file, allowed)] != '\0')
		return reason_set(why, EINVAL,
			"its name would be part of every row; name it with letters, digits and . _ - only");
	if (strlen(file) > 40)
		return reason_set(why, EINVAL,
			"its name would be part of every row; give it one of at most 40 characters");
	for (const char *p = mix->text; *p != '\0'; p++)
		hash = (hash ^ (unsigned char)*p) * 16777619;
	mix->name = need_text("%s%s#%08x", kind, file, hash);
	return 0;
}

static int make_turn(struct sizes *mix, const struct size_file *f, struct reason *why)
{
	uint32_t rare = 0;

	if (f->weights) {
		rare = sizes_from_weights(mix, f->list, f->count);
	} else {
		uint32_t *list = need_array(f->count, sizeof(*list));

		for (size_t i = 0; i < f->count; i++)
			list[i] = f->list[i].size;
		sizes_from_trace(mix, list, f->count);
		free(list);
	}
	return rare == 0
		       ? 0
		       : reason_set(why, EINVAL,
				 "size %u has too little weight for one of %d messages; drop it or "
				 "give it a larger weight",
				 rare, SIZES_TURN);
}

int sizes_read(struct sizes *mix, char *text, size_t len, struct reason *why)
{
	struct size_file f = {.weights = begins(mix->source, DIST)};
	struct reason what = {""};
	int err = strlen(text) == len
			  ? read_lines(&f, text, &what)
			  : reason_set(&what, EINVAL, "holds a 0 byte; give a text file");

	if (err == 0) {
		mix->text = normal_text(&f);
		err = make_turn(mix, &f, &what);
	}
	if (err == 0)
		err = name_mix(mix, &what);
	if (err < 0)
		reason_set(why, -err, "--size %.120s: %.200s", mix->source, what.text);
	free(f.list);
	return err;
}

int sizes_load(struct settings *s, struct reason *why)
{
	struct reason what = {""};
	int err = 0;

	for (size_t i = 0; i < s->mix_count && err == 0; i++) {
		struct sizes *mix = &s->mixes[i];
		char *text = NULL;
		size_t len = 0;

		if (mix->turn != NULL)
			continue;
		const char *path = strchr(mix->source, ':') + 1;

		claim_input(path);
		err = whole_file_read(path, WRITTEN_FILE_MAX, &text, &len, &what);
		if (err < 0)
			reason_set(why, -err, "--size: %.220s", what.text);
		else
			err = sizes_read(mix, text, len, why);
		free(text);
	}
	return err;
}
