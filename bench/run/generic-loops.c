/* SPDX-License-Identifier: MIT */
/*
 * The hot loops of <ipcbench/loops.h> once more, as one instance for all transports that calls
 * their operations through pointers: --dispatch indirect, the way that ADR 2 decided against.
 */
#include "run/worker.h"

#include <ipcbench/loops.h>

/* The loops take the address of a table; this one is read from the worker. */
#define OPS_OF_WORKER (*opaque_ops(w))

IPCBENCH_LOOPS_INPLACE(generic, OPS_OF_WORKER);

const struct loops *generic_loops(void)
{
	return &generic;
}
