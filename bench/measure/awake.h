/* SPDX-License-Identifier: MIT */
/* Keeping idle CPUs in their shallowest state. */
#ifndef IPCBENCH_AWAKE_H
#define IPCBENCH_AWAKE_H

#include <ipcbench/base.h>

/*
 * Keeps idle CPUs in their shallowest state for as long as *fd is open
 * (Documentation/power/pm_qos_interface.rst of the kernel). 0 or -errno with `why`; *fd, -1 if
 * there is none, is the caller's to close in either case.
 */
int awake_hold(int *fd, struct reason *why);

#endif
