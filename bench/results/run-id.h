/* SPDX-License-Identifier: MIT */
#ifndef IPCBENCH_RUN_ID_H
#define IPCBENCH_RUN_ID_H

#include <stdbool.h>
#include <stdint.h>

#define RUN_ID_LEN 40

/* "20261121T020000Z-1a2b3c4d": now in UTC, and a number folded to 8 hexadecimal digits. */
void run_id_make(char id[RUN_ID_LEN], uint64_t number);

/* What of a number is in the id. */
uint32_t run_id_fold(uint64_t number);

/* Reads it from an id of this form; false if it has another. */
bool run_id_read(const char *id, uint32_t *folded);

#endif
