/* SPDX-License-Identifier: MIT */
/*
 * The textbook pairings of a segment with a way to sleep. They differ in nothing else, so they
 * share their operations and loops; `shm` has every pairing as options.
 */
#include "support/shm-base.h"
#include <ipcbench/loops.h>

static const struct channel_ops ops = SHM_OPS;

IPCBENCH_LOOPS_INPLACE(loops_shm_pairings, ops);

static const struct option_spec ring_options[] = {
	SHM_OPTIONS_RING,
	{.name = NULL},
};

static const struct option_spec file_options[] = {
	SHM_OPTION_DIR,
	SHM_OPTIONS_RING,
	{.name = NULL},
};

/* The traits that all pairings share, and the callbacks that know which one it is. */
#define PAIRING(id, segment_kind, waiter_kind, ...)                                                \
	static int id##_limits(const struct cell *cell, const void *config, struct reason *why)    \
	{                                                                                          \
		return shm_limits(                                                                 \
			cell, config, (struct shm_pairing){segment_kind, waiter_kind}, why);       \
	}                                                                                          \
                                                                                                   \
	static int id##_open(struct channel *ch)                                                   \
	{                                                                                          \
		return shm_open_channel(ch, (struct shm_pairing){segment_kind, waiter_kind});      \
	}                                                                                          \
                                                                                                   \
	const struct transport transport_##id = {.abi = IPCBENCH_ABI,                              \
		.family = "shared-memory",                                                         \
		.reach = REACH_HOST,                                                               \
		.shape = SHAPE_MEMORY,                                                             \
		.waits = WAIT_BIT_BLOCK | WAIT_BIT_SPIN | WAIT_BIT_HYBRID,                         \
		.customary = WAIT_BIT_BLOCK,                                                       \
		.duplex = true,                                                                    \
		.binds_memory = true,                                                              \
		.batches = true,                                                                   \
		.spreads_inplace = true,                                                           \
		.topologies = SERVE_THREADS,                                                       \
		.state_size = sizeof(struct shm_state),                                            \
		.config_size = sizeof(struct shm_config),                                          \
		.limits = id##_limits,                                                             \
		.open = id##_open,                                                                 \
		.attach = shm_attach,                                                              \
		.detach = shm_detach,                                                              \
		.close = shm_close,                                                                \
		.ops = &ops,                                                                       \
		.loops = &loops_shm_pairings,                                                      \
		.kernel_bytes = shm_kernel_bytes,                                                  \
		__VA_ARGS__}

PAIRING(posix_shm, SEGMENT_POSIX, WAITER_POSIX_SEM, .name = "posix-shm",
	.summary = "ring in POSIX shared memory, unnamed semaphores to sleep",
	.typical_use = "portable shared memory between unrelated processes", .api = API_POSIX,
	.persistence = PERSIST_KERNEL, .options = ring_options);

PAIRING(sysv_shm, SEGMENT_SYSV, WAITER_SYSV_SEM, .name = "sysv-shm",
	.summary = "ring in System V shared memory, semaphore set to sleep",
	.typical_use = "long-lived programs, databases", .api = API_SYSV,
	.persistence = PERSIST_KERNEL, .options = ring_options);

/*
 * The file system is part of what is measured: on a disk, write-back makes pages read-only now and
 * then, and the next write faults.
 */
PAIRING(mmap, SEGMENT_FILE, WAITER_CONDVAR, .name = "mmap",
	.summary = "ring in a mapped file, process-shared condition variable to sleep",
	.typical_use = "shared data that is kept in a file", .api = API_POSIX,
	.persistence = PERSIST_FILE, .options = file_options);
