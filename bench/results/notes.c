/* SPDX-License-Identifier: MIT */
/* What is missing from the tables, and why: one line per distinct reason. */
#include "results/sections.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A line under construction. */
struct line {
	char *text;
	size_t len;
	int err;
};

static void append(struct line *l, const char *text)
{
	size_t n = strlen(text);
	char *grown = l->err == 0 ? realloc(l->text, l->len + n + 1) : NULL;

	if (grown == NULL) {
		l->err = -ENOMEM;
		return;
	}
	memcpy(grown + l->len, text, n + 1);
	l->text = grown;
	l->len += n;
}

static bool same(const struct outcome *a, const struct outcome *b)
{
	return a->status == b->status && strcmp(a->reason, b->reason) == 0;
}

/* Whether an earlier item of this group has already named this transport. */
static bool named(const struct results *r, const struct outcome *o, size_t from, size_t i)
{
	for (size_t k = from; k < i; k++) {
		if (same(&o[k], &o[i]) && strcmp(r->plan->items[k].key.transport,
						  r->plan->items[i].key.transport) == 0)
			return true;
	}
	return false;
}

/* "pipe, fifo": every transport that has this reason, once. */
static void append_names(
	struct line *l, const struct results *r, const struct outcome *o, size_t from, bool utf8)
{
	char name[160];

	for (size_t i = from; i < r->plan->item_count; i++) {
		if (!same(&o[from], &o[i]) || named(r, o, from, i))
			continue;
		if (i > from)
			append(l, ", ");
		append(l, format_plain(name, sizeof(name), r->plan->items[i].key.transport, utf8));
	}
}

/* A failure names its cell in full: the reader wants to run just that again. */
static void append_failure(
	struct line *l, const struct results *r, const struct outcome *o, size_t from)
{
	char what[192], count[64];
	size_t cells = 0;

	for (size_t i = from; i < r->plan->item_count; i++)
		cells += same(&o[from], &o[i]);
	append(l, format_item(what, sizeof(what), &r->plan->items[from]));
	if (cells > 1) {
		snprintf(count, sizeof(count), " and %zu more cell%s", cells - 1,
			cells == 2 ? "" : "s");
		append(l, count);
	} else if (o[from].ok > 0) {
		snprintf(count, sizeof(count), " (%u of %u trials)", o[from].fails,
			o[from].ok + o[from].fails);
		append(l, count);
	}
}

static char *write_note(const struct results *r, const struct outcome *o, size_t from, bool utf8)
{
	struct line l = {0};
	char reason[sizeof(((struct reason *)0)->text)];

	append(&l, o[from].status == STATUS_FAIL ? "fail " : "skip ");
	if (o[from].status == STATUS_FAIL)
		append_failure(&l, r, o, from);
	else
		append_names(&l, r, o, from, utf8);
	append(&l, ": ");
	append(&l, format_plain(reason, sizeof(reason), o[from].reason, utf8));
	if (l.err == 0)
		return l.text;
	free(l.text);
	return NULL;
}

int notes_build(struct report *rep, const struct results *r, const struct outcome *o, bool utf8)
{
	size_t n = r->plan->item_count;

	rep->notes = calloc(n + 1, sizeof(*rep->notes));
	if (rep->notes == NULL)
		return -ENOMEM;
	/* Failures first: they mean that something is broken, skips only that it is not here. */
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < n; i++) {
			bool seen = false;

			if (o[i].status != (pass == 0 ? STATUS_FAIL : STATUS_SKIP))
				continue;
			for (size_t k = 0; k < i && !seen; k++)
				seen = same(&o[k], &o[i]);
			if (seen)
				continue;
			char *note = write_note(r, o, i, utf8);

			if (note == NULL)
				return -ENOMEM;
			rep->notes[rep->note_count++] = note;
		}
	}
	return 0;
}
