/* SPDX-License-Identifier: MIT */
/* Mechanisms to choose from, each with its traits and with its figures in the scope of a run. */
#ifndef IPCBENCH_CANDIDATE_H
#define IPCBENCH_CANDIDATE_H

#include "advise/scope.h"

/*
 * A median over trials and what it may as well be: the 95 % interval from six trials on, else the
 * lowest and the highest trial. NAN = not measured.
 */
struct span {
	double value, lo, hi;
};

/* Why a mechanism is out: the first of these that holds, in the order in which they are judged. */
enum obstacle {
	OBSTACLE_NONE,
	OBSTACLE_UNKNOWN, /* the run has a mechanism that this program does not know */
	OBSTACLE_NO_DATA, /* it only notifies, and there is data to carry */
	OBSTACLE_SHAPE,	  /* from here on to LOSS: the trait is another */
	OBSTACLE_BOUNDARIES,
	OBSTACLE_REACH,
	OBSTACLE_PERSISTENCE,
	OBSTACLE_API,
	OBSTACLE_LOSS,
	OBSTACLE_WAIT,	       /* it cannot wait so */
	OBSTACLE_NOT_MEASURED, /* the run has no cell that the needs ask for */
	OBSTACLE_SKIPPED,      /* it has one that could not run */
	OBSTACLE_FAILED,       /* it has one that broke */
	OBSTACLE_SIZE,	       /* whether its messages may be so large is not known */
	OBSTACLE_RATE,	       /* from here on: the figure of a need is too bad, or missing */
	OBSTACLE_BANDWIDTH,
	OBSTACLE_P50,
	OBSTACLE_P99,
	OBSTACLE_CPU,
	OBSTACLE_COUNT,
};

/* The obstacle of a figure that does not meet this need: both lists have the same order. */
static inline enum obstacle obstacle_of(enum need which)
{
	return (enum obstacle)(OBSTACLE_RATE + which - NEED_RATE);
}

/* The need of figures that is not met; NEED_COUNT = it is for another reason. */
static inline enum need obstacle_need(enum obstacle o)
{
	return o < OBSTACLE_RATE ? NEED_COUNT : (enum need)(NEED_RATE + o - OBSTACLE_RATE);
}

struct candidate {
	size_t id; /* its place in the order of the registry, options after the plain mechanism */
	const struct transport *transport; /* NULL only with OBSTACLE_UNKNOWN */
	/* its spelling, wait and copy; without a size where nothing is measured */
	struct cell_key key;
	const struct measured_cell *latency, *throughput; /* in the scope; NULL = not in the run */
	/* figures of these cells, in ns: round trips, time per message back to back */
	struct span p50, p99, time;
	/* CPU time of both sides per message, ns: half of a round trip; back to back; as judged */
	struct span cpu_trip, cpu_stream, cpu;
	struct span msgs_per_s, bytes_per_s;
	unsigned int trials;	/* of its cells, the fewest; 0 = not measured */
	enum obstacle obstacle; /* filled by advise_judge() */
	const char *why;	/* of OBSTACLE_SKIPPED and _FAILED, "" otherwise */
	double headroom; /* least ratio of a figure to its need, NAN where none was asked for */
	bool roomy;	 /* the needs of rate, bandwidth and p99 are met twice over */
};

/* The figure that a need of figures is about; NAN = not measured. */
double candidate_figure(const struct candidate *c, enum need which);

struct candidate_list {
	struct candidate *items;
	size_t count;
};

/*
 * Every transport but the harness's own, once for each way in which the run has it (options, wait,
 * copy), or once with its name where the run has none. The items are to be freed.
 */
struct candidate_list candidates_list(
	const struct transport *const *transports, size_t transport_count, const struct scope *s);

#endif
