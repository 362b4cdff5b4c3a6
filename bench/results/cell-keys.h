/* SPDX-License-Identifier: MIT */
/* Which columns of a stored row make the cell that it belongs to. */
#ifndef IPCBENCH_CELL_KEYS_H
#define IPCBENCH_CELL_KEYS_H

#include "text/rows.h"

/* A run's number, label, order, trials and CPUs do not. */
enum cell_key {
	CELL_TRANSPORT,
	CELL_MODE,
	CELL_SIZE,
	CELL_WAIT,
	CELL_COPY,
	CELL_PLACEMENT,
	CELL_IDLE,
	CELL_RATE,
	CELL_ARRIVALS,
	CELL_THINK,
	CELL_DISPATCH,
	CELL_MEM,
	CELL_KEYS,
};

/*
 * The texts of a row's key. A column that a file lacks counts as empty, and so does what was the
 * only way before there was a column: no pause, direct dispatch, memory where it falls.
 */
void cell_keys_read(const char *key[CELL_KEYS], const struct rows *rows, size_t row);

/* In the order in which cells are listed: numbers by their value; 0 = the same cell. */
int cell_keys_order(const char *const a[CELL_KEYS], const char *const b[CELL_KEYS]);

#endif
