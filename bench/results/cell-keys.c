/* SPDX-License-Identifier: MIT */
#include "results/cell-keys.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *column;
	bool numeric;	   /* 64 before 4096, 10% before 100% */
	const char *usual; /* means the same as an empty field */
} keys[CELL_KEYS] = {
	[CELL_TRANSPORT] = {"transport", false, ""},
	[CELL_MODE] = {"mode", false, ""},
	[CELL_SIZE] = {"size_bytes", true, ""},
	[CELL_WAIT] = {"wait", false, ""},
	[CELL_COPY] = {"copy", false, ""},
	[CELL_PLACEMENT] = {"placement", false, ""},
	[CELL_IDLE] = {"idle", false, "default"},
	[CELL_RATE] = {"rate", true, ""},
	[CELL_ARRIVALS] = {"arrivals", false, ""},
	[CELL_THINK] = {"think_ns", true, "0"},
	[CELL_DISPATCH] = {"dispatch", false, "direct"},
	[CELL_MEM] = {"mem", false, "default"},
};

void cell_keys_read(const char *key[CELL_KEYS], const struct rows *rows, size_t row)
{
	for (size_t k = 0; k < CELL_KEYS; k++) {
		key[k] = rows_text(rows, row, keys[k].column);
		if (strcmp(key[k], keys[k].usual) == 0)
			key[k] = "";
	}
}

static double number_of(const char *text)
{
	double value = strtod(text, NULL);

	return isnan(value) ? 0 : value;
}

int cell_keys_order(const char *const a[CELL_KEYS], const char *const b[CELL_KEYS])
{
	for (size_t k = 0; k < CELL_KEYS; k++) {
		double p = keys[k].numeric ? number_of(a[k]) : 0;
		double q = keys[k].numeric ? number_of(b[k]) : 0;
		int order = p != q ? (p > q) - (p < q) : strcmp(a[k], b[k]);

		if (order != 0)
			return order;
	}
	return 0;
}
