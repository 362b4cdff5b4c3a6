/* SPDX-License-Identifier: MIT */
#include "support/shm-base.h"

#include <ipcbench/host.h>
#include <stdio.h>
#include <unistd.h>

/* Where slots begin, so that a fresh segment puts them on a page of their own. */
#define SLOTS_OFFSET 4096

_Static_assert(2 * sizeof(struct ring_control) <= SLOTS_OFFSET, "two rings' control lines fit");

/* ---- geometry: chosen by measurement, see docs/adr/0006-shared-memory-ring.md ---------------- */

enum {
	INLINE_SLOTS = 16,
	INLINE_BYTES = 4 * RING_INLINE_MAX, /* of a round trip whose sides poll, in lines */
	STREAM_MESSAGE_MAX = 8 << 10,	    /* longer messages move one by one, unless batched */
	SPAN_BYTES = 16 << 10,		    /* taken at once of a stream */
	STREAM_CHUNK = 64 << 10,
	POLLED_CHUNK = 16 << 10, /* of a round trip whose sides poll */
	SLEPT_CHUNK = 256 << 10, /* of one whose sides sleep: every chunk may cost a wake-up */
	RING_BYTES = 1 << 20,
	STREAM_BYTES = 8 << 20, /* between two CPUs: more than a second-level cache */
	TURNS_BYTES = 2 << 20,	/* of a stream on one CPU: what a side moves in its turn */
	GATHER = 16, /* pauses in a stream: a reader close behind the writer hinders it */
};

static size_t round_up(size_t n, size_t unit)
{
	return (n + unit - 1) / unit * unit;
}

static uint64_t floor_pow2(uint64_t n)
{
	return n == 0 ? 0 : UINT64_C(1) << (63 - __builtin_clzll(n));
}

static bool polled(const struct cell *cell)
{
	return cell->wait == WAIT_SPIN || cell->wait == WAIT_HYBRID;
}

/*
 * Whether a message fills a line and may announce itself: a sleeper would wait for a number, and in
 * place the first word is not written last.
 */
static bool fills_line(const struct cell *cell)
{
	return cell_alternates(cell) && cell->wait == WAIT_SPIN && cell->copy != COPY_INPLACE &&
	       cell->size > RING_INLINE_MAX && cell->size <= CACHE_LINE;
}

static enum shm_layout layout_of(const struct cell *cell, const struct shm_config *c)
{
	if (c->layout != LAYOUT_AUTO)
		return c->layout;
	if (c->chunk != 0 && c->chunk < cell->size)
		return LAYOUT_INDEX;
	if (fills_line(cell) && c->size == 0)
		return LAYOUT_WORD;
	size_t most = polled(cell) && cell->copy != COPY_INPLACE ? INLINE_BYTES : RING_INLINE_MAX;

	return cell_alternates(cell) && cell->size <= most ? LAYOUT_INLINE : LAYOUT_INDEX;
}

/* Whether messages pass as a stream, of which a side takes several at once. */
static bool streams(const struct cell *cell, const struct shm_config *c)
{
	return cell->mode == MODE_THROUGHPUT &&
	       (cell->batch > 1 || (cell->size <= STREAM_MESSAGE_MAX &&
					   (c->chunk == 0 || c->chunk >= cell->size)));
}

/* Short messages of a stream lie packed: what moves are lines. */
static size_t stride_of(size_t chunk, bool stream)
{
	if (chunk < CACHE_LINE)
		return round_up(chunk, 8);
	return round_up(chunk, stream && chunk < COPY_INLINE_MAX ? 16 : CACHE_LINE);
}

static size_t chunk_of(const struct cell *cell, const struct shm_config *c)
{
	size_t chunk = polled(cell) ? POLLED_CHUNK : SLEPT_CHUNK;

	if (cell->mode == MODE_THROUGHPUT)
		chunk = STREAM_CHUNK;
	if (c->chunk != 0)
		chunk = c->chunk;
	return cell->copy == COPY_INPLACE || cell->size < chunk ? cell->size : chunk;
}

/* What is written and read where it lies goes through as much memory as the ring has. */
static bool is_spread(const struct cell *cell)
{
	return cell->copy == COPY_INPLACE && cell->footprint != 0;
}

/* A ring holds two batches: one is written while the other is read. */
static uint64_t slots_of(
	const struct cell *cell, const struct shm_config *c, const struct ring_geometry *g)
{
	size_t least = 2 * cell->batch * g->stride;
	size_t stream = cell_one_cpu(cell) ? TURNS_BYTES : STREAM_BYTES;
	size_t wanted = cell->mode == MODE_THROUGHPUT ? stream : RING_BYTES;

	if (c->size != 0)
		return floor_pow2(c->size / g->stride);
	if (is_spread(cell))
		wanted = 2 * cell->footprint - 1; /* rounded up */
	return floor_pow2((wanted > least ? wanted : least) / g->stride);
}

/*
 * Slots that a side takes at once: a batch, which it publishes at once too, or several messages
 * that it publishes one by one. A ring holds two spans.
 */
static uint64_t span_of(const struct cell *cell, const struct ring_geometry *g)
{
	uint64_t span = floor_pow2(SPAN_BYTES / g->stride), room = g->slots / 2;

	if (cell->batch > 1 || span < 1)
		return cell->batch;
	return span < room ? span : room;
}

static void geometry_index(
	struct ring_geometry *g, const struct cell *cell, const struct shm_config *c)
{
	bool stream = streams(cell, c);

	g->each = cell->batch == 1;
	g->kind = stream ? RING_STREAM : RING_INDEX;
	g->chunk = stream ? cell->size : chunk_of(cell, c);
	g->stride = stride_of(g->chunk, stream);
	g->slots = slots_of(cell, c, g);
	g->span = span_of(cell, g);
	g->refill = g->slots / 8;
}

static void geometry(struct ring_geometry *g, const struct cell *cell, const struct shm_config *c)
{
	*g = (struct ring_geometry){
		.message = cell->size,
		.chunk = cell->size,
		.stride = sizeof(struct ring_line),
		.pauses = cell->mode == MODE_THROUGHPUT ? GATHER : 1,
	};
	switch (layout_of(cell, c)) {
	case LAYOUT_INLINE:
		g->kind = RING_INLINE;
		g->slots = c->size != 0 || is_spread(cell) ? slots_of(cell, c, g) : INLINE_SLOTS;
		break;
	case LAYOUT_MAILBOX:
		g->kind = RING_MAILBOX;
		g->slots = 1;
		break;
	case LAYOUT_WORD:
		g->kind = RING_WORD;
		g->slots = RING_WORD_SLOTS;
		break;
	case LAYOUT_AUTO:
	case LAYOUT_INDEX:
		geometry_index(g, cell, c);
		break;
	}
}

static unsigned int rings_of(const struct cell *cell)
{
	return cell_round_trip(cell) ? 2 : 1;
}

static size_t segment_bytes(const struct cell *cell, const struct ring_geometry *g)
{
	return SLOTS_OFFSET + rings_of(cell) * round_up(ring_bytes(g), SLOTS_OFFSET);
}

/* ---- limits ---------------------------------------------------------------------------------- */

static int layout_limits(const struct cell *cell, const struct shm_config *c, struct reason *why)
{
	const char *name = c->layout == LAYOUT_INLINE ? "inline" : "mailbox";

	if (c->layout == LAYOUT_AUTO || c->layout == LAYOUT_INDEX)
		return 0;
	if (cell->size > RING_INLINE_MAX &&
		(c->layout == LAYOUT_MAILBOX || cell->copy == COPY_INPLACE))
		return reason_set(why, EMSGSIZE,
			"layout=%s%s holds %d B beside the index in a cache line, not %zu B; use "
			"layout=index",
			name, cell->copy == COPY_INPLACE ? " in place" : "", RING_INLINE_MAX,
			cell->size);
	if (c->layout == LAYOUT_MAILBOX && !cell_alternates(cell))
		return reason_set(why, EINVAL,
			"layout=mailbox is one cache line that both sides write in turn, so it cannot "
			"carry a stream or --depth 2; use layout=inline or index");
	if (cell->batch > 1)
		return reason_set(why, EINVAL,
			"--batch %zu: layout=%s publishes every message by itself; use layout=index or --batch 1",
			cell->batch, name);
	if (c->chunk != 0)
		return reason_set(why, EINVAL,
			"chunk=%zu: layout=%s holds a message in one piece; use layout=index",
			c->chunk, name);
	if (c->layout == LAYOUT_MAILBOX && c->size != 0)
		return reason_set(why, EINVAL,
			"size=%zu: layout=mailbox is one cache line; use layout=inline or index",
			c->size);
	return 0;
}

static int option_limits(const struct cell *cell, const struct shm_config *c, struct reason *why)
{
	/* runs of versions before --batch were told so; what they stored says both */
	if (c->batch != 0 && c->batch != cell->batch)
		return reason_set(why, EINVAL,
			"batch=%u: how many messages are published at once is an axis now; use --batch %u instead of the option",
			c->batch, c->batch);
	if (is_spread(cell) && (c->size != 0 || c->layout == LAYOUT_MAILBOX))
		return reason_set(why, EINVAL,
			"%s and --footprint both say how large the ring of a message in place is; drop "
			"one of them",
			c->size != 0 ? "size=" : "layout=mailbox");
	if ((cell->batch & (cell->batch - 1)) != 0)
		return reason_set(why, EINVAL,
			"--batch %zu is not a power of two, as a ring needs it; the nearest below is %llu",
			cell->batch, (unsigned long long)floor_pow2(cell->batch));
	if (c->chunk != 0 && c->chunk < cell->size &&
		(cell->copy == COPY_INPLACE || cell->batch > 1))
		return reason_set(why, EINVAL,
			"chunk=%zu: a message of %zu B that is %s stays in one piece; use chunk=0",
			c->chunk, cell->size,
			cell->copy == COPY_INPLACE ? "used in place" : "sent in batches");
	return 0;
}

static int ring_limits(const struct cell *cell, const struct shm_config *c,
	const struct ring_geometry *g, struct reason *why)
{
	uint64_t least = g->kind == RING_MAILBOX ? 1 : 2 * cell->batch;

	if (g->slots >= least)
		return 0;
	return reason_set(why, EMSGSIZE,
		"size=%zu is too small for a ring of %llu slots of %zu B; use size=%llu or more%s",
		c->size, (unsigned long long)least, g->stride,
		(unsigned long long)(least * g->stride),
		cell->batch > 1 ? ", or a smaller --batch" : "");
}

int shm_limits(
	const struct cell *cell, const void *config, struct shm_pairing pairing, struct reason *why)
{
	const struct shm_config *c = config;
	struct ring_geometry g;
	int r = layout_limits(cell, c, why);

	if (r == 0)
		r = option_limits(cell, c, why);
	if (r < 0)
		return r;
	if (cell->wait == WAIT_EPOLL && pairing.waiter != WAITER_EVENTFD)
		return reason_set(why, EINVAL,
			"epoll needs a descriptor to wait for; use waiter=eventfd or auto");
	if (cell->wait == WAIT_SPIN && c->waiter != 0)
		return reason_set(why, EINVAL,
			"waiter= says how a side sleeps, and one that spins never does; use --wait block or hybrid");
	if ((cell->own_namespaces & NAMESPACE_BIT_IPC) != 0 && pairing.waiter == WAITER_SYSV_SEM)
		return reason_set(why, EINVAL,
			"waiter=sysv-sem is named by a number of one ipc namespace; use another waiter or --isolate");
	if (c->dir != NULL && pairing.segment != SEGMENT_FILE)
		return reason_set(
			why, EINVAL, "dir= is for a mapped file; use it with segment=file");
	geometry(&g, cell, c);
	r = ring_limits(cell, c, &g, why);
	if (r < 0)
		return r;
	return segment_fits(pairing.segment, c->dir, segment_bytes(cell, &g), why);
}

/* ---- life of a channel ----------------------------------------------------------------------- */

static struct ring_control *control(const struct shm_state *s, unsigned int ring)
{
	return (struct ring_control *)s->segment.base + ring;
}

static unsigned char *slots(const struct shm_state *s, unsigned int ring)
{
	size_t bytes = round_up(ring_bytes(&s->geometry), SLOTS_OFFSET);

	if (s->geometry.kind == RING_MAILBOX)
		ring = 0;
	return (unsigned char *)s->segment.base + SLOTS_OFFSET + ring * bytes;
}

int shm_open_channel(struct channel *ch, struct shm_pairing pairing)
{
	const struct shm_config *c = ch->config;
	struct shm_state *s = ch->state;
	struct parking *places[4];

	waiter_objects_init(&s->waiters);
	geometry(&s->geometry, ch->cell, c);
	s->rings = rings_of(ch->cell);
	int r = segment_open(&s->segment, pairing.segment, c->dir,
		segment_bytes(ch->cell, &s->geometry), &ch->why);

	if (r == 0)
		r = ipcbench_bind_memory(s->segment.base, s->segment.bytes, ch->cell, &ch->why);
	if (r < 0 || ch->wait == WAIT_SPIN)
		return r;
	for (unsigned int i = 0; i < s->rings; i++) {
		places[2 * i] = &control(s, i)->data;
		places[2 * i + 1] = &control(s, i)->space;
	}
	return waiter_objects_open(
		&s->waiters, pairing.waiter, ch->wait, places, 2 * s->rings, &ch->why);
}

/* An end of ring i: a writer sleeps for space and wakes for data, a reader the other way round. */
static int attach_end(struct channel *ch, struct ring_end *e, unsigned int i, bool writer)
{
	struct shm_state *s = ch->state;
	struct ring_control *ctl = control(s, i);
	unsigned int data = 2 * i, space = 2 * i + 1;

	ring_attach(e, &s->geometry, ctl, slots(s, i), &s->turn);
	/* which makes a stream on one CPU slower */
	e->past_caches = ch->cell->cold && (cell_round_trip(ch->cell) || !cell_one_cpu(ch->cell));
	int r = waiter_attach(
		writer ? &e->peer : &e->own, &s->waiters, data, &ctl->data, !writer, ch);

	if (r < 0)
		return r;
	return waiter_attach(
		writer ? &e->own : &e->peer, &s->waiters, space, &ctl->space, writer, ch);
}

int shm_attach(struct channel *ch)
{
	struct shm_state *s = ch->state;
	unsigned int out = ch->side == SIDE_TX ? 0 : 1;
	int r = segment_populate(&s->segment, &ch->why);

	if (r == 0 && out < s->rings)
		r = attach_end(ch, &s->tx, out, true);
	if (r == 0 && 1 - out < s->rings)
		r = attach_end(ch, &s->rx, 1 - out, false);
	return r;
}

void shm_detach(struct channel *ch)
{
	struct shm_state *s = ch->state;

	waiter_objects_detach(&s->waiters);
}

void shm_close(struct channel *ch)
{
	struct shm_state *s = ch->state;

	waiter_objects_close(&s->waiters);
	segment_close(&s->segment);
}

long long shm_kernel_bytes(struct channel *ch)
{
	const struct shm_state *s = ch->state;

	return (long long)s->segment.bytes;
}
