/* SPDX-License-Identifier: MIT */
/* What helps against errors that any call of any transport can meet. */
#ifndef IPCBENCH_REMEDY_H
#define IPCBENCH_REMEDY_H

#include <ipcbench/base.h>

/* Appends to `why`, of an error -errno, what would help, where that is known and not yet said. */
void remedy_add(struct reason *why, int err);

#endif
