/* SPDX-License-Identifier: MIT */
/* Threads of the driver that are pinned to one CPU, for what it measures of the machine itself. */
#ifndef IPCBENCH_PINNED_H
#define IPCBENCH_PINNED_H

#include <ipcbench/base.h>
#include <pthread.h>

/*
 * Starts fn(arg) on `cpu`, to be joined by pthread_join(). The signal mask is that of the caller.
 * -errno with `why` when there is no such CPU, this process may not use it, or no thread is to be
 * had.
 */
int pinned_start(pthread_t *out, int cpu, void *(*fn)(void *arg), void *arg, struct reason *why);

#endif
