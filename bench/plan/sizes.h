/* SPDX-License-Identifier: MIT */
/* Messages of different sizes: --size lognormal:, dist: and trace:. */
#ifndef IPCBENCH_SIZES_H
#define IPCBENCH_SIZES_H

#include <ipcbench/base.h>
#include <stdint.h>

/* Messages of a turn of a distribution, after which its sizes come again, and of a trace at most.
 */
enum { SIZES_TURN = 4096, SIZES_TRACE_MAX = 1 << 16 };
/* A message needs room for its number, by which its loss is seen. */
#define SIZES_LEAST 8

struct sizes {
	char *source; /* as --size names it: "trace:logs/web.txt" */
	char *name;   /* as rows do: "trace:web.txt#5ad0a1f3"; NULL = its file was not read yet */
	char *text;   /* of a file: what was read, as a run stores it */
	uint32_t *turn;
	size_t count;  /* of turn */
	bool in_order; /* of a trace; otherwise each launch has the turn in an order of its own */
	uint32_t most;
};

/* A size and how often it occurs, by any measure. */
struct weighted_size {
	double weight;
	uint32_t size;
};

/*
 * Fill the turn, and `most`. A distribution has the same sizes in every turn, those in the middle
 * of as many equal parts of it; only their order is random. The median and the 99th percentile are
 * what was asked for, whatever the seed. `most` 0 = as they come.
 */
void sizes_from_lognormal(struct sizes *s, uint64_t median, uint64_t p99, uint64_t most);
/* Sorts the list. Returns a size that is too rare to get a message of the turn, or 0. */
uint32_t sizes_from_weights(struct sizes *s, struct weighted_size *list, size_t count);
void sizes_from_trace(struct sizes *s, const uint32_t *list, size_t count);

/* The turn of a launch with this seed, to be freed. */
uint32_t *sizes_turn(const struct sizes *s, uint64_t seed);

/* The bytes of `messages` of them, from the one with number `first` on. */
double sizes_bytes(const uint32_t *turn, size_t count, uint64_t first, uint64_t messages);

/* Those whose file was not read are accepted. */
void sizes_free(struct sizes *s);

#endif
