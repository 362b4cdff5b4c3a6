/* SPDX-License-Identifier: MIT */
/*
 * Everything that shared-memory transports have in common, which is all but the pairing of a
 * segment with a way to sleep. A channel is one segment with a ring for each direction in use: the
 * memory itself has no direction, so the transports are duplex.
 *
 * A transport names its operations once, `static const struct channel_ops ops = SHM_OPS;`, and
 * instantiates its loops over them; the operations are inline, so its loops contain the ring.
 */
#ifndef SUPPORT_SHM_BASE_H
#define SUPPORT_SHM_BASE_H

#include "support/ring.h"
#include "support/segment.h"
#include "support/waiter.h"
#include <ipcbench/transport.h>

/* The order of the `layout` option; the last is chosen by `auto` alone. */
enum shm_layout { LAYOUT_AUTO, LAYOUT_INLINE, LAYOUT_INDEX, LAYOUT_MAILBOX, LAYOUT_WORD };

/* Option values. */
struct shm_config {
	unsigned int segment; /* enum segment_kind */
	unsigned int waiter;  /* 0 = auto, else enum waiter_kind + 1 */
	unsigned int layout;  /* enum shm_layout */
	unsigned int batch;   /* 0, or what cell->batch is: spelled so before it was an axis */
	size_t size;	      /* 0 = auto */
	size_t chunk;	      /* 0 = auto */
	const char *dir;
};

/* What a transport is made of; its open() and limits() pass it on. */
struct shm_pairing {
	enum segment_kind segment;
	enum waiter_kind waiter;
};

struct shm_state {
	struct ring_end tx, rx; /* this worker's ends; hot, so they come first */
	uint64_t turn;
	struct ring_geometry geometry;
	struct segment segment;
	struct waiter_objects waiters;
	unsigned int rings; /* 2 when messages go both ways */
};

#define SHM_OPTION_DIR                                                                             \
	{                                                                                          \
		.name = "dir", .type = OPTION_STRING, .offset = offsetof(struct shm_config, dir),  \
		.help = "directory of the mapped file; default $TMPDIR or /tmp"                    \
	}

#define SHM_OPTIONS_RING                                                                             \
	{                                                                                            \
		.name = "layout",                                                                    \
		.type = OPTION_CHOICE,                                                               \
		.offset = offsetof(struct shm_config, layout),                                       \
		.initial = "auto",                                                                   \
		.choices = "auto|inline|index|mailbox",                                              \
		.help = "inline: at most 56 B beside their index in one line; index: slots behind "  \
			"two indices; mailbox: one such line for both directions",                   \
	},                                                                                           \
		{                                                                                    \
			.name = "size",                                                              \
			.type = OPTION_SIZE,                                                         \
			.offset = offsetof(struct shm_config, size),                                 \
			.initial = "0",                                                              \
			.max = (uint64_t)1 << 40,                                                    \
			.help = "bytes of a ring, at most; 0 = chosen for the message size",         \
		},                                                                                   \
		{                                                                                    \
			.name = "chunk",                                                             \
			.type = OPTION_SIZE,                                                         \
			.offset = offsetof(struct shm_config, chunk),                                \
			.initial = "0",                                                              \
			.max = (uint64_t)1 << 40,                                                    \
			.help = "copy longer messages in pieces of this size; 0 = automatic choice", \
		},                                                                                   \
	{                                                                                            \
		.name = "batch", .type = OPTION_UINT,                                                \
		.offset = offsetof(struct shm_config, batch), .initial = "0", .max = 1 << 20,        \
		.help = "of stored runs only: the number of --batch; 0 = any",                       \
	}

int shm_limits(const struct cell *cell, const void *config, struct shm_pairing pairing,
	struct reason *why);
int shm_open_channel(struct channel *ch, struct shm_pairing pairing);
int shm_attach(struct channel *ch);
void shm_detach(struct channel *ch);
void shm_close(struct channel *ch);

/* kernel_bytes(): the segment, which is all there from the start. */
long long shm_kernel_bytes(struct channel *ch);

/* ---- operations ------------------------------------------------------------------------------ */

static ALWAYS_INLINE int shm_send(struct channel *ch, const void *buf, size_t n)
{
	return ring_send(&((struct shm_state *)ch->state)->tx, buf, n);
}

static ALWAYS_INLINE int shm_recv(struct channel *ch, void *buf, size_t n)
{
	return ring_recv(&((struct shm_state *)ch->state)->rx, buf, n);
}

static ALWAYS_INLINE void *shm_reserve(struct channel *ch, size_t n)
{
	(void)n;
	return ring_reserve(&((struct shm_state *)ch->state)->tx);
}

static ALWAYS_INLINE int shm_commit(struct channel *ch, size_t n)
{
	(void)n;
	return ring_commit(&((struct shm_state *)ch->state)->tx);
}

/* All messages of a cell are equally long, so *n, as the caller set it, is right. */
static ALWAYS_INLINE const void *shm_peek(struct channel *ch, size_t *n)
{
	*n = ch->cell->size;
	return ring_peek(&((struct shm_state *)ch->state)->rx);
}

static ALWAYS_INLINE int shm_release(struct channel *ch, size_t n)
{
	(void)n;
	return ring_release(&((struct shm_state *)ch->state)->rx);
}

static ALWAYS_INLINE int shm_flush(struct channel *ch)
{
	return ring_flush(&((struct shm_state *)ch->state)->tx);
}

#define SHM_OPS                                                                                    \
	{                                                                                          \
		.send = shm_send, .recv = shm_recv, .reserve = shm_reserve, .commit = shm_commit,  \
		.peek = shm_peek, .release = shm_release, .flush = shm_flush                       \
	}

#endif
