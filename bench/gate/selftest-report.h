/* SPDX-License-Identifier: MIT */
/* What a self-test of the gate found, as people read it. */
#ifndef IPCBENCH_OUTPUT_SELFTEST_H
#define IPCBENCH_OUTPUT_SELFTEST_H

#include "gate/selftest.h"
#include <stdio.h>

/* 0 or -errno of the stream. */
int selftest_write(
	FILE *out, const struct selftest *t, const struct gate_settings *s, const char *machine);

#endif
