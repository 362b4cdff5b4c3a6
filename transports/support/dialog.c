/* SPDX-License-Identifier: MIT */
#include "support/dialog.h"

#include "support/ends.h"
#include "support/fd.h"
#include "support/watcher.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How much of a line that is wrong is shown. */
enum { SHOWN = 40 };

void dialog_init(struct dialog *d)
{
	*d = (struct dialog){.from = -1, .to = -1};
	keeper_init(&d->keeper);
}

int dialog_start(struct dialog *d, struct program *p, struct reason *why)
{
	struct ends e;
	int err = ends_make(&e, VIA_PIPE, 0, why);

	d->text = malloc(DIALOG_LINE_MAX);
	if (d->text == NULL)
		err = reason_set(why, ENOMEM, "no memory for a line of %d bytes", DIALOG_LINE_MAX);
	if (err == 0) {
		p->in = e.in[SIDE_RX];
		p->out = e.out[SIDE_RX];
		err = keeper_start(&d->keeper, p, why);
		d->from = e.in[SIDE_TX];
		d->to = e.out[SIDE_TX];
		e.in[SIDE_TX] = e.out[SIDE_TX] = -1;
	}
	ends_close(&e);
	return err;
}

void dialog_end(struct dialog *d, int ms)
{
	fd_close(&d->to);
	keeper_stop(&d->keeper, ms);
	fd_close(&d->from);
	free(d->text);
	d->text = NULL;
}

int dialog_fault(const struct dialog *d, struct reason *why, const char *fmt, ...)
{
	char text[192], said[64];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	keeper_said(&d->keeper, said, sizeof(said));
	return reason_set(why, EPROTO, "the program %s%s%s%s: %s%s", d->keeper.path,
		d->name[0] != '\0' ? " (" : "", d->name, d->name[0] != '\0' ? ")" : "", text, said);
}

/* ---- to the program -------------------------------------------------------------------------- */

/* As with status 0, if it has ended so, or closed a descriptor. */
static int gone(struct dialog *d, bool ended, const char *kind, struct reason *why)
{
	/* it closes its descriptors a moment before it has ended */
	int r = ended ? KEEPER_ENDED : keeper_wait(&d->keeper, -1, VERDICT_MS, why);

	if (r < 0)
		return r;
	return dialog_fault(d, why, "it %s before it wrote its \"%s\"",
		r == KEEPER_ENDED ? "ended with status 0" : "closed descriptor 4", kind);
}

int dialog_say(struct dialog *d, const char *kind, json_t *value, struct reason *why)
{
	json_t *object = json_pack("{s:o}", kind, value);
	char *text = object == NULL ? NULL : json_dumps(object, JSON_COMPACT);
	struct reason ignored;
	int r = 0;

	json_decref(object);
	if (text == NULL)
		return reason_set(why, ENOMEM, "no memory for a line of JSON");
	/* less than a pipe holds, and it is empty: the program has answered the one before */
	if (dprintf(d->to, "%s\n", text) < 0) {
		int err = errno;

		r = keeper_wait(&d->keeper, -1, VERDICT_MS, &ignored);
		if (r < 0)
			*why = ignored;
		else
			r = dialog_fault(d, why, "it did not read \"%s\": %s", kind, strerror(err));
	}
	free(text);
	return r;
}

/* ---- from the program ------------------------------------------------------------------------ */

/* Reads until there is a line. Its length, without the line feed; -errno with `why`. */
static ssize_t read_line(struct dialog *d, const char *kind, struct reason *why)
{
	const char *end;

	while ((end = memchr(d->text, '\n', d->len)) == NULL) {
		if (d->len == DIALOG_LINE_MAX)
			return dialog_fault(d, why,
				"a line has more than %d bytes; use several lines of \"times\"",
				DIALOG_LINE_MAX);
		int r = keeper_wait(&d->keeper, d->from, -1, why);

		if (r != KEEPER_READY)
			return r < 0 ? r : gone(d, true, kind, why);
		ssize_t n = read(d->from, d->text + d->len, DIALOG_LINE_MAX - d->len);

		if (n == 0)
			return gone(d, false, kind, why);
		if (n < 0 && errno != EINTR)
			return reason_set(why, errno, "read: %s", strerror(errno));
		d->len += n > 0 ? (size_t)n : 0;
	}
	return end - d->text;
}

static void drop_line(struct dialog *d, size_t len)
{
	d->len -= len + 1;
	memmove(d->text, d->text + len + 1, d->len);
}

/* The value of an object whose only member has this name; NULL with `why`. */
static json_t *value_of(
	const struct dialog *d, const json_t *line, const char *kind, struct reason *why)
{
	json_t *value = json_object_get(line, kind);
	size_t members = json_object_size(line);

	if (members == 1 && value != NULL)
		return json_incref(value);
	if (members == 1)
		dialog_fault(d, why, "it wrote {\"%.40s\": ...} where {\"%s\": ...} is due",
			json_object_iter_key(json_object_iter((json_t *)line)), kind);
	else
		dialog_fault(d, why, "it wrote %s where {\"%s\": ...} is due",
			json_is_object(line) ? "another number of members than one" : "an array",
			kind);
	return NULL;
}

json_t *dialog_hear(struct dialog *d, const char *kind, const char *task, struct reason *why)
{
	char words[128];
	json_error_t error;

	snprintf(words, sizeof(words), "%s has to %s", d->keeper.path, task);
	keeper_task(&d->keeper, words);
	ssize_t len = read_line(d, kind, why);

	if (len < 0)
		return NULL;
	json_t *line = json_loadb(d->text, (size_t)len, JSON_REJECT_DUPLICATES, &error), *value;

	if (line == NULL)
		dialog_fault(d, why, "a line is not a JSON object: \"%.*s\" (%.60s)",
			(int)(len < SHOWN ? len : SHOWN), d->text, error.text);
	value = line == NULL ? NULL : value_of(d, line, kind, why);
	drop_line(d, (size_t)len);
	json_decref(line);
	return value;
}

int dialog_number(const struct dialog *d, const json_t *object, const char *kind, const char *field,
	uint64_t least, uint64_t most, uint64_t *out, struct reason *why)
{
	const json_t *value = json_object_get(object, field);
	json_int_t number = json_integer_value(value);

	if (!json_is_integer(value))
		return dialog_fault(d, why, "%s.%s is %s; it has to be a whole number", kind, field,
			value == NULL ? "missing" : "of another type");
	if (least == most && number != (json_int_t)most)
		return dialog_fault(d, why, "%s.%s is %lld; it has to be %llu", kind, field,
			(long long)number, (unsigned long long)most);
	if (number < 0 || (uint64_t)number < least || (uint64_t)number > most)
		return dialog_fault(d, why, "%s.%s is %lld, outside %llu to %llu", kind, field,
			(long long)number, (unsigned long long)least, (unsigned long long)most);
	*out = (uint64_t)number;
	return 0;
}
