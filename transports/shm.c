/* SPDX-License-Identifier: MIT */
/* Shared memory with every segment and every way to sleep: the ring at its best. */
#include "support/shm-base.h"
#include <ipcbench/loops.h>

static const struct option_spec options[] = {
	{
		.name = "segment",
		.type = OPTION_CHOICE,
		.offset = offsetof(struct shm_config, segment),
		.initial = "memfd",
		.choices = "posix|sysv|memfd|file|hugetlb",
		.help = "where the memory comes from",
	},
	{
		.name = "waiter",
		.type = OPTION_CHOICE,
		.offset = offsetof(struct shm_config, waiter),
		.initial = "auto",
		.choices = "auto|futex|posix-sem|sysv-sem|eventfd|condvar",
		.help = "how a side sleeps when --wait lets it; auto: eventfd with epoll, else "
			"futex",
	},
	SHM_OPTION_DIR,
	SHM_OPTIONS_RING,
	{.name = NULL},
};

static struct shm_pairing pairing(const struct cell *cell, const struct shm_config *c)
{
	enum waiter_kind waiter = cell->wait == WAIT_EPOLL ? WAITER_EVENTFD : WAITER_FUTEX;

	if (c->waiter != 0)
		waiter = (enum waiter_kind)(c->waiter - 1);
	return (struct shm_pairing){(enum segment_kind)c->segment, waiter};
}

static int limits(const struct cell *cell, const void *config, struct reason *why)
{
	return shm_limits(cell, config, pairing(cell, config), why);
}

static int open_channel(struct channel *ch)
{
	return shm_open_channel(ch, pairing(ch->cell, ch->config));
}

static const struct channel_ops ops = SHM_OPS;

IPCBENCH_LOOPS_INPLACE(loops_shm, ops);

const struct transport transport_shm = {
	.abi = IPCBENCH_ABI,
	.name = "shm",
	.family = "shared-memory",
	.summary = "lock-free ring in shared memory",
	.typical_use = "lowest latency and highest bandwidth on one host",
	.api = API_LINUX,
	.reach = REACH_KIN,
	.shape = SHAPE_MEMORY,
	.persistence = PERSIST_PROCESS,
	.waits = WAIT_BIT_BLOCK | WAIT_BIT_SPIN | WAIT_BIT_HYBRID | WAIT_BIT_EPOLL,
	.customary = WAIT_BIT_BLOCK | WAIT_BIT_SPIN,
	.common = true,
	.duplex = true,
	.binds_memory = true,
	.batches = true,
	.spreads_inplace = true,
	.topologies = SERVE_THREADS,
	.state_size = sizeof(struct shm_state),
	.config_size = sizeof(struct shm_config),
	.options = options,
	.limits = limits,
	.open = open_channel,
	.attach = shm_attach,
	.detach = shm_detach,
	.close = shm_close,
	.ops = &ops,
	.loops = &loops_shm,
	.kernel_bytes = shm_kernel_bytes,
};
