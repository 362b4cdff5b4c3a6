/* SPDX-License-Identifier: MIT */
/* Where processes and threads run, and how deeply CPUs may sleep meanwhile. */
#ifndef IPCBENCH_PINNING_H
#define IPCBENCH_PINNING_H

#include <ipcbench/base.h>
#include <stddef.h>

/* Binds the calling thread to a CPU; -1 = leaves it alone. 0, or -errno with `why`. */
int pin_here(int cpu, struct reason *why);

/*
 * Runs fn(&args[i]) on each of `n` CPUs at once, till the last has ended; `size` is that of
 * args[0]. The signal mask is that of the caller. -errno with `why` when there is no such CPU, this
 * process may not use it, or no thread is to be had.
 */
int pin_threads(size_t n, const int *cpus, void *(*fn)(void *arg), void *args, size_t size,
	struct reason *why);

/*
 * Keeps idle CPUs in their shallowest state for as long as *fd is open
 * (Documentation/power/pm_qos_interface.rst of the kernel). 0 or -errno with `why`; *fd, -1 if
 * there is none, is the caller's to close in either case.
 */
int awake_hold(int *fd, struct reason *why);

#endif
