/* SPDX-License-Identifier: MIT */
#ifndef IPCBENCH_RUN_ID_H
#define IPCBENCH_RUN_ID_H

#include <stdint.h>

#define RUN_ID_LEN 40

/* "20261121T020000Z-1a2b3c4d": now in UTC, and a number folded to 8 hexadecimal digits. */
void run_id_make(char id[RUN_ID_LEN], uint64_t number);

#endif
