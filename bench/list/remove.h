/* SPDX-License-Identifier: MIT */
/* Removing one object of a ledger, after a look at whose it is. */
#ifndef IPCBENCH_CLI_REMOVE_H
#define IPCBENCH_CLI_REMOVE_H

#include <ipcbench/host.h>

/* "FIFO or file /x", "System V message queue, key 0x1a2b3c4d". Returns buf. */
const char *object_describe(char *buf, size_t len, enum object_kind kind, const char *name);

/*
 * Removes an object that is ours: of this user, mode 0600 where the kind has one, and not older
 * than `created` (seconds) where another object may have got its key. 0; -ENOENT if there is none;
 * else -errno with `why`. With `dry_run` everything but the removal.
 */
int object_remove(
	enum object_kind kind, const char *name, int64_t created, bool dry_run, struct reason *why);

#endif
