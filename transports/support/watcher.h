/* SPDX-License-Identifier: MIT */
/*
 * The receiver's worker while a program does its work: it sleeps until the sender tells it how a
 * loop went, or the program ends.
 */
#ifndef SUPPORT_WATCHER_H
#define SUPPORT_WATCHER_H

#include "support/keeper.h"

/* How long a sender whose channel broke waits for the word of the watcher on the program. */
#define VERDICT_MS 1000

/* What the sender tells the watcher at the end of a loop, and before the first one. */
struct tally {
	int error;	   /* of the loop */
	bool counted;	   /* the program has said how much came: the last loop of a stream */
	uint64_t messages; /* that came back, or were sent */
	uint64_t began, ended;
};

struct watcher {
	struct keeper keeper;
	int link;      /* brings tallies */
	int unread_fd; /* of a stream: the program's own end, to see what it has not read; or -1 */
};

/* Whether an error of an operation says that the other end is closed. */
bool channel_gone(int err);

/*
 * Waits for the tally of a loop. If it is not the last one, then also until the program has read
 * everything. On failure, -errno with `why`, the program has ended.
 */
int watcher_loop(struct watcher *w, struct tally *t, struct reason *why);

#endif
