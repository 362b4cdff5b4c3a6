/* SPDX-License-Identifier: MIT */
/*
 * Random numbers that are the same on every machine: xoshiro256++ by Blackman and Vigna, its state
 * filled from a seed by SplitMix64.
 */
#ifndef IPCBENCH_TESTS_RANDOM_H
#define IPCBENCH_TESTS_RANDOM_H

#include "plan/plan.h"
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct random {
	uint64_t s[4];
	double spare; /* a second normal value that is already there */
	bool has_spare;
};

static inline struct random random_from(uint64_t seed)
{
	struct random r = {.has_spare = false};

	for (size_t i = 0; i < 4; i++)
		r.s[i] = order_random(&seed);
	return r;
}

static inline uint64_t random_rotate(uint64_t x, int bits)
{
	return (x << bits) | (x >> (64 - bits));
}

static inline uint64_t random_bits(struct random *r)
{
	uint64_t *s = r->s, result = random_rotate(s[0] + s[3], 23) + s[0], t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = random_rotate(s[3], 45);
	return result;
}

static inline bool random_coin(struct random *r)
{
	return random_bits(r) >> 63;
}

/* In (0, 1): neither end. */
static inline double random_part(struct random *r)
{
	return ((double)(random_bits(r) >> 12) + 0.5) * 0x1p-52;
}

/* Standard normal: Marsaglia's polar method, which makes two at a time. */
static inline double random_normal(struct random *r)
{
	double x, y, s;

	if (r->has_spare) {
		r->has_spare = false;
		return r->spare;
	}
	do {
		x = 2 * random_part(r) - 1;
		y = 2 * random_part(r) - 1;
		s = x * x + y * y;
	} while (s >= 1);
	s = sqrt(-2 * log(s) / s);
	r->spare = y * s;
	r->has_spare = true;
	return x * s;
}

#endif
