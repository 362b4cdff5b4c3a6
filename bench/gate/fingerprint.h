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

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Told of one difference: "CPU model: A in base, B in new". The text may be of any length. */
typedef void fingerprint_difference(void *arg, const char *text);

/*
 * Tells every difference, the most important first. NULL for an env.json that does not exist, which
 * is one difference. Returns how many there are; `told` may be NULL.
 */
size_t fingerprint_compare(
	const json_t *base, const json_t *new, fingerprint_difference *told, void *arg);

/* "AMD EPYC, 2 CPUs, Linux 6.18.44", "unknown" where env is NULL. Allocated; NULL = no memory. */
char *fingerprint_machine(const json_t *env);

/* The version of ipcbench, or "unknown". */
const char *fingerprint_version(const json_t *env);

#endif
