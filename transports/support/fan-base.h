/* SPDX-License-Identifier: MIT */
/*
 * What the queue and the broadcasts in shared memory have in common, which is all but how a ring
 * moves a message (support/fan-ring.h). Each is a file of its own, so that its loops know its ring.
 */
#ifndef SUPPORT_FAN_BASE_H
#define SUPPORT_FAN_BASE_H

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

extern const struct option_spec fan_options[];

int fan_limits(const struct cell *cell, const void *config, struct reason *why);
int fan_open(struct channel *ch);
int fan_attach(struct channel *ch);
void fan_close(struct channel *ch);
/* The segment, which is all there from the start. */
long long fan_kernel_bytes(struct channel *ch);

/* The operations and loops of a kind of ring. */
#define FAN_OPERATIONS(kind)                                                                       \
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

#define FAN_RECORD(kind, title, line, use, bits, ...)                                              \
	{                                                                                          \
		.abi = IPCBENCH_ABI, .name = title, .family = "shared-memory", .summary = line,    \
		.typical_use = use, .api = API_LINUX, .reach = REACH_KIN, .shape = SHAPE_MEMORY,   \
		.persistence = PERSIST_PROCESS,                                                    \
		.waits = WAIT_BIT_BLOCK | WAIT_BIT_SPIN | WAIT_BIT_HYBRID, .binds_memory = true,   \
		.topologies = (bits) | SERVE_THREADS, .state_size = sizeof(struct fan_state),      \
		.config_size = sizeof(struct fan_config), .options = fan_options,                  \
		.limits = fan_limits, .open = fan_open, .attach = fan_attach, .close = fan_close,  \
		.ops = &kind##_ops, .loops = &loops_##kind, .kernel_bytes = fan_kernel_bytes,      \
		__VA_ARGS__                                                                        \
	}

#endif
