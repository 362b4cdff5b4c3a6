/* SPDX-License-Identifier: MIT */
/*
 * A file that both sides map, with a mutex and a condition variable in it: the classic textbook
 * pairing for data that should also outlive the processes. The file system is part of what is
 * measured: on a disk, write-back makes pages read-only now and then, and the next write faults.
 */
#include "support/shm-base.h"
#include <ipcbench/loops.h>

static const struct shm_pairing pairing = {SEGMENT_FILE, WAITER_CONDVAR};

static const struct option_spec options[] = {
	SHM_OPTION_DIR,
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

IPCBENCH_LOOPS_INPLACE(loops_mmap, ops);

const struct transport transport_mmap = {
	.abi = IPCBENCH_ABI,
	.name = "mmap",
	.family = "shared-memory",
	.summary = "ring in a mapped file, process-shared condition variable to sleep",
	.typical_use = "shared data that is kept in a file",
	.api = API_POSIX,
	.reach = REACH_HOST,
	.shape = SHAPE_MEMORY,
	.persistence = PERSIST_FILE,
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
	.loops = &loops_mmap,
	.kernel_bytes = shm_kernel_bytes,
};
