/* SPDX-License-Identifier: MIT */
#include "support/rounds.h"

enum { ROUNDS = 10, LAST = 3 };

/* A round that is faster by less than this is as fast. */
#define FASTER_SHARE 0.05

/* Messages per tick: of the last rounds, and the highest before them. */
struct pace_record {
	double last[LAST], before;
	size_t count;
};

static void record_pace(struct pace_record *p, double rate)
{
	double *oldest = &p->last[p->count++ % LAST];

	p->before = fmax(p->before, *oldest);
	*oldest = rate;
}

/* The highest rates count: what disturbs a round makes it slower. */
static bool is_steady(const struct pace_record *p)
{
	double most = 0;

	for (size_t i = 0; i < LAST; i++)
		most = fmax(most, p->last[i]);
	return p->count > LAST && most <= p->before * (1 + FASTER_SHARE);
}

int rounds_warm_up(struct worker *w, int (*loop)(struct worker *w))
{
	const uint64_t start = clock_now(&w->clock), least = w->deadline;
	const uint64_t length = least > start ? (least - start) / ROUNDS + 1 : 1;
	const uint64_t most = start + IPCBENCH_WARMUP_MOST * ROUNDS * length;
	struct pace_record pace = {.count = 0};
	uint64_t now = start;
	int r = 0;

	while (r == 0 && (now < least || !is_steady(&pace))) {
		uint64_t before = w->messages;

		if (now >= most) {
			ipcbench_unsteady();
			break;
		}
		w->look = 0;
		w->deadline = now + length;
		r = loop(w);
		record_pace(&pace, (double)(w->messages - before) / (double)(w->last_tick - now));
		now = clock_now(&w->clock);
	}
	return r;
}
