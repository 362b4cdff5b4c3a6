/* SPDX-License-Identifier: MIT */
/*
 * Which mechanisms meet the needs, and in which order. No I/O.
 *
 * Order: where a rate, a bandwidth or a p99 is asked for, those that meet it HEADROOM times over
 * come first, the least CPU time per message ahead; after them, and where nothing of the kind is
 * asked for, the lowest median round trip is ahead. Of those that cannot be told from the lowest
 * figure (their intervals overlap its own) the simplest goes first, see advise_simpler().
 *
 * CPU time per message is half of a round trip's, as long as the mechanism with the shortest round
 * trip is done with a message before the next is due; else that of messages back to back.
 */
#ifndef IPCBENCH_JUDGE_H
#define IPCBENCH_JUDGE_H

#include "advise/candidate.h"

/* A need met so many times over is met with headroom. */
#define HEADROOM 2

enum ranking {
	RANK_AUTO, /* as the needs are */
	RANK_CPU,  /* CPU time per message, of those with headroom; the others follow by p50 */
	RANK_P50,
	RANK_TIME,	 /* time per message back to back */
	RANK_SIMPLICITY, /* no figures */
};

/* Why the first is ahead of the second. */
enum lead {
	LEAD_ALONE,    /* there is no second */
	LEAD_HEADROOM, /* only the first has headroom */
	LEAD_FIGURE,   /* its figure is lower, and no interval blurs that */
	LEAD_SIMPLER,  /* neither can be told from the lowest figure */
	LEAD_TRAITS,   /* there are no figures */
};

struct judge_input {
	const struct transport *const *transports;
	size_t transport_count;
	const struct measured *measured; /* NULL = by traits alone */
	const struct needs *needs;
	enum ranking ranking;
	bool largest; /* judge at the largest size that was measured, not at that of the needs */
};

struct advice {
	const struct needs *needs;
	struct scope scope;
	struct candidate *items; /* those that qualify from the best on, then the others by id */
	size_t count, qualified;
	enum ranking ranking; /* never RANK_AUTO */
	bool back_to_back;    /* how CPU time per message is understood */
	size_t lowest;	      /* the item with the lowest figure; ahead of it only simpler ones */
};

/* 0; -ENODATA with `why` as scope_choose(). advice_free() is due in any case. */
int advise_judge(struct advice *out, const struct judge_input *in, struct reason *why);
void advice_free(struct advice *a);

/* The figure that an item is ranked by. */
const struct span *advice_figure(const struct advice *a, const struct candidate *c);

/* Why the first is ahead of the second. */
enum lead advice_lead(const struct advice *a);

/* rank.c: orders the first `qualified` items and sets `lowest`. */
void advise_rank(struct advice *a);

/*
 * Which of two is the simpler to use (< 0: a). By family: pipes, sockets, message queues, files,
 * shared memory, then what is none of these. In a family: that which reaches less far, then that
 * which leaves less behind, then the order of `ipcbench list`; without options, blocking and
 * copying before the rest.
 */
int advise_simpler(const struct candidate *a, const struct candidate *b);

#endif
