/* SPDX-License-Identifier: MIT */
/*
 * Several round trips in flight need room. The side that measures receives nothing while it sends,
 * so if the channel is full, and the one back too, both sides wait for ever. A channel that holds
 * all messages in flight never lets the sender wait, whatever the other holds.
 */
#include "run/run.h"

#include "text/format.h"
#include <errno.h>
#include <ipcbench/host.h>
#include <string.h>

/* Which option of a mechanism makes its channels larger; NULL if it has none. */
static const char *enlarging(const struct transport *t)
{
	static const char *const names[] = {"size", "sndbuf", "depth"};

	for (const struct option_spec *o = t->options; o != NULL && o->name != NULL; o++)
		for (size_t i = 0; i < ARRAY_SIZE(names); i++)
			if (strcmp(o->name, names[i]) == 0)
				return o->name;
	return NULL;
}

static int refuse(struct trial *t, unsigned long long held)
{
	const struct item *item = t->item;
	const char *option = enlarging(item->transport);
	struct phrase messages = phrase("message%s", held == 1 ? "" : "s"), larger = {""};
	char size[24];

	if (item->key.size != 0)
		phrase_add(&messages, "", " of %s",
			ipcbench_bytes(size, sizeof(size), item->key.size));
	if (option != NULL)
		phrase_add(&larger, "", " or %s:%s=", item->transport->name, option);
	t->status = STATUS_SKIP;
	reason_set(&t->reason, ENOBUFS,
		"%s holds %llu %s, too few for %zu round trips in flight; use --depth %llu%s%s",
		item->key.transport, held, messages.text, item->cell.depth, held > 0 ? held : 1,
		larger.text, option != NULL ? "..." : "");
	return 1;
}

int depth_resolve(struct run *run, struct trial *t)
{
	size_t at = (size_t)(t->item - run->plan->items);
	double *held = &run->in_flight[at];

	if (t->item->cell.depth <= 1)
		return 0;
	if (*held < 0) {
		long long count = fill_count(t->item, run->clock, t->item->cell.depth,
			launch_limit(run->plan->settings, t->item), &t->reason);

		if (count < 0) {
			t->status = STATUS_FAIL;
			return count == -EINTR ? -EINTR : 1;
		}
		*held = (double)count;
	}
	return *held < (double)t->item->cell.depth ? refuse(t, (unsigned long long)*held) : 0;
}
