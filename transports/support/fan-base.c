/* SPDX-License-Identifier: MIT */
#include "support/fan-base.h"

#include <errno.h>
#include <ipcbench/host.h>

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

int fan_limits(const struct cell *cell, const void *config, struct reason *why)
{
	const struct fan_config *c = config;
	size_t least = SLOTS_LEAST * fan_stride(cell->size);

	if (c->size != 0 && c->size < least)
		return reason_set(why, EMSGSIZE,
			"size=%zu is too small for %d slots of %zu B; use size=%zu or more",
			c->size, SLOTS_LEAST, fan_stride(cell->size), least);
	return segment_fits(SEGMENT_MEMFD, NULL, bytes_of(cell, c), why);
}

int fan_open(struct channel *ch)
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

int fan_attach(struct channel *ch)
{
	struct fan_state *s = ch->state;

	s->end.head = &s->end.shared->reader[ch->side == SIDE_RX ? ch->index : 0].head;
	/* all that a writer may write before it looks at the readers; nothing is there to read */
	s->end.seen = ch->side == SIDE_TX ? s->end.mask + 1 : 0;
	return segment_populate(&s->segment, &ch->why);
}

void fan_close(struct channel *ch)
{
	struct fan_state *s = ch->state;

	segment_close(&s->segment);
}

long long fan_kernel_bytes(struct channel *ch)
{
	const struct fan_state *s = ch->state;

	return (long long)s->segment.bytes;
}

const struct option_spec fan_options[] = {
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
