/* SPDX-License-Identifier: MIT */
/*
 * The hot loops of <ipcbench/loops.h> once more, as one instance for all transports that calls
 * their operations through pointers: --dispatch indirect, the way that ADR 2 decided against.
 */
#ifndef IPCBENCH_GENERIC_LOOPS_H
#define IPCBENCH_GENERIC_LOOPS_H

#include <ipcbench/transport.h>

/*
 * Loops that call the operations of struct worker.ops. Those that work in place must be asked for
 * only where the operations have them.
 */
const struct loops *generic_loops(void);

#endif
