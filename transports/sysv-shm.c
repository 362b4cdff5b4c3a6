/* SPDX-License-Identifier: MIT */
/* The System V pairing: shmget() for the memory, a semaphore set for sleeping. */
#include "support/shm-base.h"
#include <ipcbench/loops.h>

static const struct shm_pairing pairing = {SEGMENT_SYSV, WAITER_SYSV_SEM};

static const struct option_spec options[] = {
	SHM_OPTIONS_RING,
	{.name = NULL},
};

static int limits(const struct cell *cell, const void *config, struct reason *why)
{
	return shm_limits(cell, config, pairing, why);
}

static int open_channel(struct channel *ch)
{
	return shm_open_channel(ch, pairing);
}

static const struct channel_ops ops = SHM_OPS;

IPCBENCH_LOOPS_INPLACE(loops_sysv_shm, ops);

const struct transport transport_sysv_shm = {
	.abi = IPCBENCH_ABI,
	.name = "sysv-shm",
	.family = "shared-memory",
	.summary = "ring in System V shared memory, semaphore set to sleep",
	.typical_use = "long-lived programs, databases",
	.api = API_SYSV,
	.reach = REACH_HOST,
	.shape = SHAPE_MEMORY,
	.persistence = PERSIST_KERNEL,
	.waits = WAIT_BIT_BLOCK | WAIT_BIT_SPIN | WAIT_BIT_HYBRID,
	.customary = WAIT_BIT_BLOCK,
	.duplex = true,
	.binds_memory = true,
	.state_size = sizeof(struct shm_state),
	.config_size = sizeof(struct shm_config),
	.options = options,
	.limits = limits,
	.open = open_channel,
	.attach = shm_attach,
	.detach = shm_detach,
	.close = shm_close,
	.ops = &ops,
	.loops = &loops_sysv_shm,
	.kernel_bytes = shm_kernel_bytes,
};
