/* SPDX-License-Identifier: MIT */
/*
 * Namespaces of its own for a side (--isolate), as a container has them. A process enters those for
 * IPC, network and mounts itself; those for process numbers hold what is forked into them.
 */
#ifndef IPCBENCH_NAMESPACES_H
#define IPCBENCH_NAMESPACES_H

#include <ipcbench/transport.h>
#include <sys/types.h>

/* In the order of the words of the axis. */
enum isolation {
	ISOLATE_NONE,
	ISOLATE_PID,
	ISOLATE_IPC,
	ISOLATE_NET,
	ISOLATE_MOUNT,
	ISOLATE_CONTAINER,
	ISOLATION_COUNT
};

/* NAMESPACE_BIT_*. */
unsigned int isolation_bits(enum isolation isolation);

/* Whether sides could be isolated so: 0, or -errno with `why`. */
int isolation_allowed(enum isolation isolation, struct reason *why);

/* Why a mechanism that needs both sides in one namespace of `bits` cannot have `isolation`. */
int isolation_refuse(
	const char *transport, unsigned int bits, enum isolation isolation, struct reason *why);

/* fork(), with a namespace for process numbers where that is asked for. -1 with errno. */
pid_t isolation_fork(enum isolation isolation);

/*
 * Worker: the others. In one for mounts, what is in the usual places of named objects (TMPDIR,
 * /tmp, /dev/shm) is hidden by an empty file system. 0, or -errno with `why`.
 */
int isolation_enter(enum isolation isolation, struct reason *why);

#endif
