/* SPDX-License-Identifier: MIT */
/* The capacity of a pipe or FIFO: what is asked for is what is measured, or nothing is. */
#ifndef SUPPORT_PIPE_SIZE_H
#define SUPPORT_PIPE_SIZE_H

#include <ipcbench/transport.h>

/* The kernel keeps a capacity as an int that is a power of two. */
#define PIPE_SIZE_MAX (UINT64_C(1) << 30)

/* limits(): would the kernel give exactly `size` bytes? 0 = its default. */
/*
 * limits(): a message of several writers must not be mixed with those of others, and one of several
 * readers must not get a part of it.
 */
int pipe_fan_check(const struct cell *cell, struct reason *why);

int pipe_size_check(size_t size, struct reason *why);

/* open(): sets the capacity (0 = leaves the default) and reads it back. */
int pipe_size_set(int fd, size_t size, struct reason *why);

/* kernel_bytes() of a transport whose state is a struct fd_pair: pages in use, table of slots. */
long long pipe_size_held(struct channel *ch);

#endif
