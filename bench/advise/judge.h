/* SPDX-License-Identifier: MIT */
/*
 * Which mechanisms meet the needs, and in which order. No I/O.
 *
 * Order: if a rate, a bandwidth or a p99 is requested, mechanisms that meet it HEADROOM times over
 * come first, the least CPU time per message ahead. The others follow by the lowest median round
 * trip, and so do all if nothing of the kind is requested. Mechanisms whose interval overlaps that
 * of the lowest value are tied with it. Of the tied ones, the one with the least CPU time per
 * message goes first; if CPU times are tied as well, the simplest. If a value has too few trials
 * for an interval, nothing is ranked, and all are ordered by simplicity.
 *
 * CPU time per message is half that of a round trip, if the mechanism with the shortest round trip
 * finishes a message before the next is due. Otherwise it is that of messages back to back.
 */
#ifndef IPCBENCH_JUDGE_H
#define IPCBENCH_JUDGE_H

#include "advise/needs.h"
#include "results/measured.h"

/* ---- which cells of a run are looked at ------------------------------------------------------ */

/*
 * Round trips and throughput, at one placement, of one size, with the requested wait mode and
 * defaults for everything else. Other cells are not comparable. Topology: the requested one.
 */

/* For a size that was not measured, the nearest measured size within this factor is used. */
#define SCOPE_SIZE_FACTOR 4

/* The default size: the measured size nearest to this one, however far. */
#define SCOPE_SIZE_USUAL 64

struct scope {
	const struct stored_run *measured; /* NULL = nothing is measured, go by traits alone */
	const struct needs *needs;
	enum placement placement;
	size_t size;	 /* bytes per message; of notifications 0 counts instead */
	size_t left_out; /* cells with other than default settings */
};

/*
 * Whether a cell of a larger size was skipped for its size, with the same placement and defaults.
 */
bool scope_refused(const struct scope *s, const struct measured_cell *c);

/* ---- mechanisms with their traits, and with their figures in the scope ----------------------- */

/*
 * A median over trials and its uncertainty: the 95 % interval from six trials on, else the lowest
 * and the highest trial. NAN = not measured.
 */
struct span {
	double value, lo, hi;
	bool interval; /* not the range of the trials, which proves no difference */
};

/* Why a mechanism is out: the first of these that holds, in the order in which they are judged. */
enum obstacle {
	OBSTACLE_NONE,
	OBSTACLE_UNKNOWN, /* the run has a mechanism that this program does not know */
	OBSTACLE_NO_DATA, /* it only notifies, and there is data to carry */
	OBSTACLE_SHAPE,	  /* from here on to LOSS: the trait is another */
	OBSTACLE_FAMILY,
	OBSTACLE_BOUNDARIES,
	OBSTACLE_REACH,
	OBSTACLE_PERSISTENCE,
	OBSTACLE_API,
	OBSTACLE_LOSS,
	OBSTACLE_SIDES,		/* it cannot have so many senders, receivers or clients */
	OBSTACLE_WAIT,		/* it does not have the requested wait mode */
	OBSTACLE_NOT_MEASURED,	/* the run has no cell for the needs */
	OBSTACLE_SKIPPED,	/* it has one that could not run */
	OBSTACLE_FAILED,	/* it has one that broke */
	OBSTACLE_SELF_REPORTED, /* its values are its own word */
	OBSTACLE_SIZE,		/* not known whether its messages can be this large */
	OBSTACLE_FIGURE,	/* from here on, see obstacle_of() */
	OBSTACLE_COUNT = OBSTACLE_FIGURE + NEED_CPU - NEED_RATE + 1,
};

/* The value for this need, one of NEED_RATE to NEED_CPU, is too bad or missing. */
static inline enum obstacle obstacle_of(enum need which)
{
	return (enum obstacle)(OBSTACLE_FIGURE + which - NEED_RATE);
}

/* That need; NEED_COUNT = it is out for another reason. */
static inline enum need obstacle_need(enum obstacle o)
{
	return o < OBSTACLE_FIGURE ? NEED_COUNT : (enum need)(NEED_RATE + o - OBSTACLE_FIGURE);
}

struct candidate {
	size_t id; /* its place in the order of the registry, options after the plain mechanism */
	const struct transport *transport; /* NULL only with OBSTACLE_UNKNOWN */
	/* its spelling, wait and copy; without a size where nothing is measured */
	struct cell_key key;
	const struct measured_cell *latency, *throughput; /* in the scope; NULL = not in the run */
	/* values of these cells by need, times in ns: of round trips; CPU time as judged */
	struct span figure[NEED_CPU + 1];
	struct span time; /* per message back to back, ns */
	/* CPU time of both sides per message, ns: half of a round trip's; back to back */
	struct span cpu_trip, cpu_stream;
	unsigned int trials;	/* of its cells, the fewest; 0 = not measured */
	enum obstacle obstacle; /* filled by advise_judge() */
	const char *why;	/* of OBSTACLE_SKIPPED and _FAILED, "" otherwise */
	double headroom;	/* least ratio of a value to its need, NAN = none was requested */
	bool roomy;		/* the needs of rate, bandwidth and p99 are met twice over */
};

/* ---- judging --------------------------------------------------------------------------------- */

/* A need that is met this many times over is met with headroom. */
#define HEADROOM 2

enum ranking {
	RANK_AUTO, /* as the needs are */
	RANK_CPU,  /* CPU time per message, of those with headroom; the others follow by p50 */
	RANK_P50,
	RANK_TIME, /* time per message back to back, only on request: of the largest measured size
		    */
	RANK_SIMPLICITY, /* no values */
};

/* Why the first is ahead of the others. */
enum lead {
	LEAD_HEADROOM, /* only the first has headroom */
	LEAD_FIGURE,   /* no other is statistically tied with the lowest value */
	LEAD_CPU,      /* of those that are, it has the least CPU time */
	LEAD_SIMPLER,  /* CPU time ties as well, or does not count, or there are no values */
};

struct judge_input {
	const struct transport *const *transports;
	size_t transport_count;
	const struct stored_run *measured; /* NULL = by traits alone */
	const struct needs *needs;
	enum ranking ranking;
};

struct advice {
	const struct needs *needs;
	struct scope scope;
	struct candidate *items; /* those that qualify from the best on, then the others by id */
	size_t count, qualified;
	enum ranking ranking; /* never RANK_AUTO */
	bool back_to_back;    /* how CPU time per message is understood */
	size_t lowest;	      /* the item with the lowest value; only tied ones are ahead of it */
	size_t tied, frugal;  /* tied with it, itself included; of these also tied in CPU time */
	unsigned int few;     /* trials of a value without an interval: no ranking; 0 = ranked */
};

/* 0; -ENODATA with `why` as advise_list(). advice_free() is due in any case. */
int advise_judge(struct advice *out, const struct judge_input *in, struct reason *why);
void advice_free(struct advice *a);

/*
 * scope.c: chooses placement and size, and adds every transport except those of the harness, once
 * for each variant in the run (options, wait, copy), or once by name if the run has none. -ENODATA
 * with `why` if the run has nothing at the placement, near the size, or with the requested wait
 * mode.
 */
int advise_list(struct advice *a, const struct judge_input *in, struct reason *why);

/* rank.c: sorts those that qualify, and fills what says how. */
void advise_rank(struct advice *a, enum ranking asked);

/* The value by which an item is ranked. */
const struct span *advice_figure(const struct advice *a, const struct candidate *c);

/* The CPU time that decides between tied items; missing if it decides nothing. */
const struct span *advice_cpu(const struct advice *a, const struct candidate *c);

/*
 * Whether an item that qualifies is statistically tied with the lowest value; that item is tied
 * with itself.
 */
bool advice_tied(const struct advice *a, size_t i);

/* Why the first is ahead; there must be a second. */
enum lead advice_lead(const struct advice *a);

#endif
