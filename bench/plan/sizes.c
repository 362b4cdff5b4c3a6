/* SPDX-License-Identifier: MIT */
#include "plan/sizes.h"

#include "plan/plan.h"
#include "stats/signed-rank.h"
#include "text/memory.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void add(struct sizes *s, uint32_t size)
{
	s->turn[s->count++] = size;
	s->most = size > s->most ? size : s->most;
}

static void begin(struct sizes *s, size_t count)
{
	s->turn = need_array(count, sizeof(*s->turn));
	s->count = 0;
	s->most = 0;
}

/* The middle of part `i` of SIZES_TURN equal parts. */
static double part(size_t i)
{
	return ((double)i + 0.5) / SIZES_TURN;
}

void sizes_from_lognormal(struct sizes *s, uint64_t median, uint64_t p99, uint64_t most)
{
	double sigma = log((double)p99 / (double)median) / normal_quantile(0.01);
	double limit = most == 0 ? UINT32_MAX : (double)most;

	begin(s, SIZES_TURN);
	for (size_t i = 0; i < SIZES_TURN; i++) {
		bool below = i < SIZES_TURN / 2;
		double z = normal_quantile(below ? part(i) : 1 - part(i));
		double size = round((double)median * exp(sigma * (below ? -z : z)));

		add(s, (uint32_t)fmin(fmax(size, SIZES_LEAST), limit));
	}
}

static int by_size(const void *a, const void *b)
{
	const struct weighted_size *x = a, *y = b;

	return (x->size > y->size) - (x->size < y->size);
}

uint32_t sizes_from_weights(struct sizes *s, struct weighted_size *list, size_t count)
{
	double all = 0, below = 0;
	size_t at = 0;

	qsort(list, count, sizeof(*list), by_size);
	for (size_t i = 0; i < count; i++)
		all += list[i].weight;
	begin(s, SIZES_TURN);
	for (size_t i = 0; i < count; i++) {
		size_t before = at;

		below += list[i].weight;
		/* what rounding leaves belongs to the last one */
		for (; at < SIZES_TURN && (i + 1 == count || part(at) * all < below); at++)
			add(s, list[i].size);
		if (at == before)
			return list[i].size;
	}
	return 0;
}

void sizes_from_trace(struct sizes *s, const uint32_t *list, size_t count)
{
	begin(s, count);
	for (size_t i = 0; i < count; i++)
		add(s, list[i]);
	s->in_order = true;
}

uint32_t *sizes_turn(const struct sizes *s, uint64_t seed)
{
	uint32_t *turn = need_array(s->count, sizeof(*turn));

	memcpy(turn, s->turn, s->count * sizeof(*turn));
	for (size_t i = s->in_order ? 0 : s->count; i > 1; i--) {
		size_t j = order_random(&seed) % i;
		uint32_t held = turn[i - 1];

		turn[i - 1] = turn[j];
		turn[j] = held;
	}
	return turn;
}

double sizes_bytes(const uint32_t *turn, size_t count, uint64_t first, uint64_t messages)
{
	const uint64_t turns = messages / count, left = messages % count;
	uint64_t whole = 0, rest = 0;

	for (size_t i = 0; i < count; i++)
		whole += turn[i];
	for (uint64_t i = 0; i < left; i++)
		rest += turn[(first % count + i) % count];
	return (double)whole * (double)turns + (double)rest;
}

void sizes_free(struct sizes *s)
{
	free(s->source);
	free(s->name);
	free(s->text);
	free(s->turn);
}
