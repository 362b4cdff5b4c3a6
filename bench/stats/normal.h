/* SPDX-License-Identifier: MIT */
/* Quantiles of the normal distribution. */
#ifndef IPCBENCH_NORMAL_H
#define IPCBENCH_NORMAL_H

#include <math.h>

/* The z that a normal value exceeds with the probability `tail`, above 0 and at most 1/2. */
static inline double normal_quantile(double tail)
{
	double low = 0, high = 40;

	for (int i = 0; i < 60; i++) {
		double middle = (low + high) / 2;

		if (erfc(middle * M_SQRT1_2) / 2 > tail)
			low = middle;
		else
			high = middle;
	}
	return low;
}

#endif
