/* SPDX-License-Identifier: MIT */
#include "plan/order.h"

uint64_t order_random(uint64_t *state)
{
	uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

void order_shuffle(size_t *index, size_t n, uint64_t *state)
{
	for (size_t i = n; i > 1; i--) {
		/* the bias of this reduction is below 2^-40 for any plan that fits in memory */
		size_t j = (size_t)(((unsigned __int128)order_random(state) * i) >> 64);
		size_t held = index[i - 1];

		index[i - 1] = index[j];
		index[j] = held;
	}
}
