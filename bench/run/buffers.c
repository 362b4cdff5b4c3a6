/* SPDX-License-Identifier: MIT */
/* The private buffers of a worker. */
#include "plan/footprint.h"
#include "run/fence.h"
#include "run/worker.h"
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

/*
 * Private buffers of a sender, through which small messages rotate (tx_buffer() in loops.h):
 * enough for a stretch of a stream, few enough for a first-level cache.
 */
enum { TX_BUFFERS = 64, TX_BYTES = 8 << 10, TX_ROTATE_MAX = 4096 };

/* How a side's buffers of one kind lie. */
struct buffers {
	size_t shift;  /* from the start of their pages */
	size_t used;   /* of `stride` bytes, by the messages of a call; the rest is painted */
	size_t stride; /* from one to the next */
	uint64_t count;
	const char *name;
};

static struct buffers buffers_of(
	const struct job *job, const struct worker *w, enum side side, bool sends)
{
	return (struct buffers){
		.shift = layout_shift(&job->item->key, job->seed, side).buffers,
		.used = w->size != 0 ? w->batch * w->size : 1,
		.stride = w->stride,
		.count = (sends ? w->tx_mask : w->rx_mask) + 1,
		.name = sends ? "its buffer to send" : "its buffer to receive",
	};
}

/* Private pages, all present, so that the timed window meets no page fault of ours. */
static unsigned char *map(const struct buffers *b)
{
	unsigned char *p = fence_map(b->shift + b->stride * b->count, MAP_PRIVATE, b->name);

	if (p == NULL)
		return NULL;
	fence_paint(p, b->shift);
	p += b->shift;
	for (uint64_t i = 0; i < b->count; i++) {
		memset(p + i * b->stride, 0x5a, b->used);
		fence_paint(p + i * b->stride + b->used, b->stride - b->used);
	}
	return p;
}

/* Whether something was written around buffers, where no guard page was in the way. */
static int check(const struct buffers *b, const unsigned char *p, struct reason *why)
{
	if (p == NULL)
		return 0;
	bool beyond = fence_tail(p - b->shift, b->shift + b->stride * b->count);

	for (uint64_t i = 0; b->used < b->stride && i < b->count && !beyond; i++)
		beyond = fence_touched(p + i * b->stride + b->used, b->stride - b->used);
	if (!beyond && !fence_touched(p - b->shift, b->shift))
		return 0;
	return reason_set(why, EFAULT, "wrote %s of %s, of %zu bytes",
		beyond ? "beyond the end" : "before the start", b->name, b->used);
}

int buffers_check(const struct job *job, enum side side, const struct worker *w, struct reason *why)
{
	const struct buffers tx = buffers_of(job, w, side, true),
			     rx = buffers_of(job, w, side, false);
	int r = check(&tx, w->tx, why);

	return r < 0 ? r : check(&rx, w->rx, why);
}

/* How many buffers there are to send and to receive; one holds the messages of a call. */
static void count_buffers(struct worker *w, const struct job *job)
{
	const struct cell *cell = &job->item->cell;

	size_t size = w->size != 0 ? w->batch * w->size : 1;
	uint64_t tx = size <= TX_ROTATE_MAX && w->batch == 1 ? TX_BUFFERS : 1, rx = 1;

	w->stride = (size + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
	while (tx > 1 && tx * w->stride > TX_BYTES)
		tx /= 2;
	if (cell->footprint != 0)
		tx = rx = footprint_buffers(cell->footprint, w->stride);
	w->tx_mask = tx - 1;
	w->rx_mask = rx - 1;
}

int buffers_make(const struct job *job, enum side side, struct worker *w, struct reason *why)
{
	const struct cell_key *key = &job->item->key;
	bool tx = side == SIDE_TX, rx = !tx || mode_of(key)->returns;

	if (key->copy == COPY_INPLACE)
		return 0;
	count_buffers(w, job);
	const struct buffers out = buffers_of(job, w, side, true),
			     in = buffers_of(job, w, side, false);

	if (tx)
		w->tx = map(&out);
	if (rx)
		w->rx = map(&in);
	if ((tx && w->tx == NULL) || (rx && w->rx == NULL))
		return reason_set(why, ENOMEM,
			"no memory for %llu private buffers of %zu bytes per side; use a smaller "
			"--footprint, --size or --batch",
			(unsigned long long)(tx ? w->tx_mask : w->rx_mask) + 1, w->stride);
	for (uint64_t i = 0; tx && w->batch == 1 && i <= w->tx_mask; i++)
		msg_stamp(tx_of(w, w->seq + i), w->size, w->seq + i, false);
	return 0;
}
