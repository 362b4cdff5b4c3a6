/* SPDX-License-Identifier: MIT */
#include "support/watcher.h"

#include "support/fd.h"
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

/* Between two looks at whether the program has read everything. */
#define LOOK_MS 1

bool channel_gone(int err)
{
	return err == -EPIPE || err == -ECONNRESET;
}

/* With status 0. */
static int ended_early(struct watcher *w, bool all_sent, struct reason *why)
{
	char said[128];

	keeper_said(&w->keeper, said, sizeof(said));
	return reason_set(why, EPIPE, "the program %s ended %s%s", w->keeper.path,
		all_sent ? "without writing the number of bytes that it read"
			 : "before its input did; it has to go on until the end of file",
		said);
}

/*
 * Waits for the sender's word on a loop. A program that ended well may have done so after all was
 * sent: that is for the sender to find out, whose channel breaks if it was not.
 */
static int await_tally(struct watcher *w, struct tally *t, struct reason *why)
{
	bool ended = false;
	int r;

	while ((r = keeper_wait(&w->keeper, w->link, -1, why)) == KEEPER_ENDED) {
		ended = true;
		fd_close(&w->unread_fd);
	}
	if (r < 0)
		return r;
	if (recv(w->link, t, sizeof(*t), 0) != (ssize_t)sizeof(*t))
		return reason_set(why, EPROTO, "no word from the sender");
	if (channel_gone(t->error) && !ended) {
		/* it closes its descriptors a moment before it has ended */
		r = keeper_wait(&w->keeper, -1, VERDICT_MS / 2, why);
		ended = r == KEEPER_ENDED;
	}
	if (r < 0)
		return r;
	if (ended && (channel_gone(t->error) || !t->counted))
		return ended_early(w, t->counted, why);
	if (t->error < 0)
		poll(NULL, 0, 2 * VERDICT_MS);
	return t->error;
}

/* Between two loops: waits until the program has read everything of a stream, and is there yet. */
static int await_drained(struct watcher *w, struct reason *why)
{
	int unread = 0, r, ms = 0;

	do {
		r = keeper_wait(&w->keeper, -1, ms, why);
		if (r == KEEPER_ENDED)
			return ended_early(w, false, why);
		ms = LOOK_MS;
	} while (r >= 0 && w->unread_fd >= 0 && ioctl(w->unread_fd, FIONREAD, &unread) == 0 &&
		 unread != 0);
	return r < 0 ? r : 0;
}

int watcher_loop(struct watcher *w, struct tally *t, struct reason *why)
{
	int r = await_tally(w, t, why);

	if (r == 0 && !t->counted)
		r = await_drained(w, why);
	if (r < 0)
		keeper_stop(&w->keeper, 0);
	return r;
}
