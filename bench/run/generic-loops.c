/* SPDX-License-Identifier: MIT */
#include "run/generic-loops.h"

#include <ipcbench/loops.h>

/* The loops take the address of a table; this one is read from the worker. */
#define OPS_OF_WORKER (*opaque_ops(w))

IPCBENCH_LOOPS_INPLACE(generic, OPS_OF_WORKER);

const struct loops *generic_loops(void)
{
	return &generic;
}
