/* SPDX-License-Identifier: MIT */
/* What is missing from the tables, and why: one line per distinct reason. */
#include "results/sections.h"

#include "text/format.h"
#include <string.h>

static bool same(const struct outcome *a, const struct outcome *b)
{
	return a->status == b->status && strcmp(a->reason, b->reason) == 0;
}

/* Whether an earlier item with this reason has named its transport already. */
static bool named(const struct results *r, const struct outcome *o, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (same(&o[k], &o[i]) && strcmp(r->plan->items[k].key.transport,
						  r->plan->items[i].key.transport) == 0)
			return true;
	return false;
}

/* "skip pipe, fifo: why": every transport that has this reason, once. */
static void add_skip(struct document *d, const struct item *item, const char *reason)
{
	char name[160];

	format_plain(name, sizeof(name), item->key.transport, d->glyphs->utf8);
	document_join(d, BLOCK_NOTE, "skip ", name, phrase(": %s", reason).text);
}

/* A failure names its cell in full: the reader wants to run just that again. */
static void add_failure(struct document *d, const struct results *r, const struct outcome *o,
	size_t from, const char *reason)
{
	struct phrase what;
	size_t cells = 0;

	for (size_t i = from; i < r->plan->item_count; i++)
		cells += same(&o[from], &o[i]);
	item_name(what.text, sizeof(what.text), &r->plan->items[from]);
	if (cells > 1)
		phrase_add(&what, " ", "and %zu more cell%s", cells - 1, cells == 2 ? "" : "s");
	else if (o[from].ok > 0)
		phrase_add(
			&what, " ", "(%u of %u trials)", o[from].fails, o[from].ok + o[from].fails);
	document_add(d, BLOCK_NOTE, "fail %s: %s", what.text, reason);
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
	for (size_t pass = 0; pass < ARRAY_SIZE(order); pass++)
		for (size_t i = 0; i < r->plan->item_count; i++) {
			char reason[sizeof(((struct reason *)0)->text)];

			if (o[i].status != order[pass])
				continue;
			format_plain(reason, sizeof(reason), o[i].reason, d->glyphs->utf8);
			if (o[i].status == STATUS_SKIP && !named(r, o, i))
				add_skip(d, &r->plan->items[i], reason);
			else if (o[i].status == STATUS_FAIL && begins(o, i))
				add_failure(d, r, o, i, reason);
		}
}
