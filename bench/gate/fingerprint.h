/* SPDX-License-Identifier: MIT */
/*
 * Whether two runs were measured on the same machine in the same state by the same build, as far
 * as env.json tells. What is unknown in both counts as equal; what is unknown in one differs.
 *
 * Left out: what every run changes (date, load, findings of the doctor, cost of the clock), limits
 * that only decide whether a cell runs at all, and the version of ipcbench, which may be what is
 * compared; the compiler and its flags count.
 */
#ifndef IPCBENCH_FINGERPRINT_H
#define IPCBENCH_FINGERPRINT_H

#include "gate/gate.h"
#include <jansson.h>

/*
 * Notes every difference, the most important first: "CPU model: A in base, B in new". NULL for an
 * env.json that does not exist, which is one difference.
 */
void fingerprint_compare(struct gate_results *r, const json_t *base, const json_t *new);

/* "AMD EPYC, 2 CPUs, Linux 6.18.44", "unknown" where env is NULL. To be freed. */
char *fingerprint_machine(const json_t *env);

/* The version of ipcbench, or "unknown". */
const char *fingerprint_version(const json_t *env);

#endif
