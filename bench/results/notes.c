/* SPDX-License-Identifier: MIT */
/* What is missing from the tables, and why: one line per distinct reason. */
#include "results/sections.h"

#include "text/memory.h"
#include <stdlib.h>
#include <string.h>

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
static void put_names(
	FILE *out, const struct results *r, const struct outcome *o, size_t from, bool utf8)
{
	char name[160];

	for (size_t i = from; i < r->plan->item_count; i++) {
		if (same(&o[from], &o[i]) && !named(r, o, from, i))
			fprintf(out, "%s%s", i > from ? ", " : "",
				format_plain(
					name, sizeof(name), r->plan->items[i].key.transport, utf8));
	}
}

/* A failure names its cell in full: the reader wants to run just that again. */
static void put_failure(FILE *out, const struct results *r, const struct outcome *o, size_t from)
{
	char what[192];
	size_t cells = 0;

	for (size_t i = from; i < r->plan->item_count; i++)
		cells += same(&o[from], &o[i]);
	fputs(format_item(what, sizeof(what), &r->plan->items[from]), out);
	if (cells > 1)
		fprintf(out, " and %zu more cell%s", cells - 1, cells == 2 ? "" : "s");
	else if (o[from].ok > 0)
		fprintf(out, " (%u of %u trials)", o[from].fails, o[from].ok + o[from].fails);
}

static void add_note(
	struct document *d, const struct results *r, const struct outcome *o, size_t from)
{
	char reason[sizeof(((struct reason *)0)->text)], *what;
	bool fail = o[from].status == STATUS_FAIL, utf8 = d->glyphs->utf8;
	size_t len;
	FILE *out = need_stream(&what, &len);

	if (fail)
		put_failure(out, r, o, from);
	else
		put_names(out, r, o, from, utf8);
	need_stream_end(out);
	document_add(d, BLOCK_NOTE, "%s %s: %s", fail ? "fail" : "skip", what,
		format_plain(reason, sizeof(reason), o[from].reason, utf8));
	free(what);
}

/* Whether an item is the first one with its reason. */
static bool begins(const struct outcome *o, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (same(&o[k], &o[i]))
			return false;
	return true;
}

void notes_add(struct document *d, const struct results *r, const struct outcome *o)
{
	/* failures first: they mean that something is broken, skips only that it is not here */
	static const enum status order[] = {STATUS_FAIL, STATUS_SKIP};

	d->notes_title = "Not measured or failed";
	for (size_t pass = 0; pass < ARRAY_SIZE(order); pass++) {
		for (size_t i = 0; i < r->plan->item_count; i++) {
			if (o[i].status == order[pass] && begins(o, i))
				add_note(d, r, o, i);
		}
	}
}
