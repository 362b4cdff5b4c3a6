/* SPDX-License-Identifier: MIT */
/* Shared memory for several writers or readers: a queue and a broadcast (support/fan-ring.h). */
#include "support/fan-ring.h"
#include "support/segment.h"
#include <ipcbench/loops.h>

struct fan_config {
	size_t size;
};

struct fan_state {
	struct fan_end end;
	struct segment segment;
};

/* Slots of a ring by default: what fits into this, but enough for a batch of wake-ups. */
enum { RING_BYTES = 64 << 10, SLOTS_LEAST = 8, SLOTS_MOST = 1024 };

static uint64_t slots_of(const struct cell *cell, const struct fan_config *c)
{
	size_t stride = fan_stride(cell->size);
	uint64_t slots = SLOTS_LEAST, most = c->size == 0 ? SLOTS_MOST : UINT64_MAX / 2;

	while (slots * 2 <= most && slots * 2 * stride <= (c->size == 0 ? RING_BYTES : c->size))
		slots *= 2;
	return slots;
}

static size_t bytes_of(const struct cell *cell, const struct fan_config *c)
{
	return sizeof(struct fan_shared) + slots_of(cell, c) * fan_stride(cell->size);
}

static int fan_limits(const struct cell *cell, const void *config, struct reason *why)
{
	const struct fan_config *c = config;
	size_t least = SLOTS_LEAST * fan_stride(cell->size);

	if (c->size != 0 && c->size < least)
		return reason_set(why, EMSGSIZE,
			"size=%zu is too small for %d slots of %zu B; use size=%zu or more",
			c->size, SLOTS_LEAST, fan_stride(cell->size), least);
	return segment_fits(SEGMENT_MEMFD, NULL, bytes_of(cell, c), why);
}

static int fan_open(struct channel *ch)
{
	const struct fan_config *c = ch->config;
	struct fan_state *s = ch->state;
	struct fan_end *e = &s->end;
	int r = segment_open(&s->segment, SEGMENT_MEMFD, NULL, bytes_of(ch->cell, c), &ch->why);

	if (r == 0)
		r = ipcbench_bind_memory(s->segment.base, s->segment.bytes, ch->cell, &ch->why);
	if (r < 0)
		return r;
	*e = (struct fan_end){.shared = s->segment.base,
		.slots = (unsigned char *)s->segment.base + sizeof(struct fan_shared),
		.stride = fan_stride(ch->cell->size),
		.mask = slots_of(ch->cell, c) - 1,
		.readers = ch->cell->receivers};
	queue_init(e);
	return 0;
}

static int fan_attach(struct channel *ch)
{
	struct fan_state *s = ch->state;

	s->end.head = &s->end.shared->reader[ch->side == SIDE_RX ? ch->index : 0].head;
	/* all that a writer may write before it looks at the readers; nothing is there to read */
	s->end.seen = ch->side == SIDE_TX ? s->end.mask + 1 : 0;
	return segment_populate(&s->segment, &ch->why);
}

static void fan_close(struct channel *ch)
{
	struct fan_state *s = ch->state;

	segment_close(&s->segment);
}

static long long fan_kernel_bytes(struct channel *ch)
{
	const struct fan_state *s = ch->state;

	return (long long)s->segment.bytes;
}

/* The operations of a kind of ring. */
#define OPERATIONS(kind)                                                                           \
	static ALWAYS_INLINE void *kind##_op_reserve(struct channel *ch, size_t n)                 \
	{                                                                                          \
		struct fan_end *e = &((struct fan_state *)ch->state)->end;                         \
                                                                                                   \
		(void)n;                                                                           \
		return likely(kind##_reserve(ch, e) == 0) ? fan_bytes(e) : NULL;                   \
	}                                                                                          \
	static ALWAYS_INLINE int kind##_op_commit(struct channel *ch, size_t n)                    \
	{                                                                                          \
		(void)n;                                                                           \
		return kind##_commit(ch, &((struct fan_state *)ch->state)->end);                   \
	}                                                                                          \
	static ALWAYS_INLINE const void *kind##_op_peek(struct channel *ch, size_t *n)             \
	{                                                                                          \
		struct fan_end *e = &((struct fan_state *)ch->state)->end;                         \
                                                                                                   \
		*n = ch->cell->size;                                                               \
		return likely(kind##_peek(ch, e) == 0) ? fan_bytes(e) : NULL;                      \
	}                                                                                          \
	static ALWAYS_INLINE int kind##_op_release(struct channel *ch, size_t n)                   \
	{                                                                                          \
		(void)n;                                                                           \
		return kind##_release(ch, &((struct fan_state *)ch->state)->end);                  \
	}                                                                                          \
	static ALWAYS_INLINE int kind##_op_send(struct channel *ch, const void *buf, size_t n)     \
	{                                                                                          \
		struct fan_end *e = &((struct fan_state *)ch->state)->end;                         \
		int r = kind##_reserve(ch, e);                                                     \
                                                                                                   \
		if (unlikely(r < 0))                                                               \
			return r;                                                                  \
		memcpy(fan_bytes(e), buf, n);                                                      \
		return kind##_commit(ch, e);                                                       \
	}                                                                                          \
	static ALWAYS_INLINE int kind##_op_recv(struct channel *ch, void *buf, size_t n)           \
	{                                                                                          \
		struct fan_end *e = &((struct fan_state *)ch->state)->end;                         \
		int r = kind##_peek(ch, e);                                                        \
                                                                                                   \
		if (unlikely(r < 0))                                                               \
			return r;                                                                  \
		memcpy(buf, fan_bytes(e), n);                                                      \
		return kind##_release(ch, e);                                                      \
	}                                                                                          \
	static const struct channel_ops kind##_ops = {.send = kind##_op_send,                      \
		.recv = kind##_op_recv,                                                            \
		.reserve = kind##_op_reserve,                                                      \
		.commit = kind##_op_commit,                                                        \
		.peek = kind##_op_peek,                                                            \
		.release = kind##_op_release};                                                     \
	IPCBENCH_LOOPS_INPLACE(loops_##kind, kind##_ops)

OPERATIONS(queue);
OPERATIONS(broadcast);

static const struct option_spec fan_options[] = {
	{
		.name = "size",
		.type = OPTION_SIZE,
		.offset = offsetof(struct fan_config, size),
		.initial = "0",
		.max = (uint64_t)1 << 40,
		.help = "bytes of the slots, at most; 0 = chosen for the message size",
	},
	{.name = NULL},
};

#define RECORD(kind, title, line, use, bits)                                                       \
	{                                                                                          \
		.abi = IPCBENCH_ABI, .name = title, .family = "shared-memory", .summary = line,    \
		.typical_use = use, .api = API_LINUX, .reach = REACH_KIN, .shape = SHAPE_MEMORY,   \
		.persistence = PERSIST_PROCESS,                                                    \
		.waits = WAIT_BIT_BLOCK | WAIT_BIT_SPIN | WAIT_BIT_HYBRID,                         \
		.customary = WAIT_BIT_BLOCK | WAIT_BIT_SPIN, .binds_memory = true,                 \
		.topologies = (bits), .state_size = sizeof(struct fan_state),                      \
		.config_size = sizeof(struct fan_config), .options = fan_options,                  \
		.limits = fan_limits, .open = fan_open, .attach = fan_attach, .close = fan_close,  \
		.ops = &kind##_ops, .loops = &loops_##kind, .kernel_bytes = fan_kernel_bytes       \
	}

const struct transport transport_shm_queue = RECORD(queue, "shm-queue",
	"lock-free queue in shared memory for several writers and readers",
	"work for a pool of processes", FAN_IN | FAN_OUT_ONE);

const struct transport transport_shm_broadcast =
	RECORD(broadcast, "shm-broadcast", "ring in shared memory that every reader reads",
		"market data, events to all", FAN_OUT_EVERY);
