/* SPDX-License-Identifier: MIT */
/* All launches of a plan, in order. */
#ifndef IPCBENCH_RUN_H
#define IPCBENCH_RUN_H

#include "measure/clock.h"
#include "measure/usage.h"
#include "run/trial.h"
#include "stats/curve.h"
#include <ipcbench/hist.h>

/* What ended the trials of a cell. */
enum stop {
	STOP_TRIALS,	/* the requested number */
	STOP_PRECISION, /* --auto: the interval of its median is narrow enough */
	STOP_TIME,	/* --auto: --max-time was over */
};

/* What is known of the loads of a plan. */
struct load {
	/*
	 * The rate of the open loop if everything is due at once, messages/s per load group, over
	 * the successful ones of CAPACITY_LAUNCHES; a median of 0 = not measured yet, NAN = cannot
	 * be.
	 */
	struct estimate *capacity;
	double *steps;	    /* messages/s per item that is a step; 0 = not yet, NAN = none */
	struct reason *why; /* per load group, when its capacity cannot be measured */
	struct pair_offset {
		int tx, rx;
		struct offset offset;
	} offsets[PLACE_COUNT]; /* how far the clocks of two CPUs are apart */
	size_t offset_count;
};

struct run {
	const struct plan *plan;
	const struct clock *clock;
	const struct counter_support *counters; /* NULL = none */
	struct trial *trials; /* launched ones in order, then one per skipped item */
	size_t trial_count;
	size_t launched;	  /* launches that were finished; they come first in `trials` */
	const struct trial *last; /* in a step after a launch: its trial, NULL if it was dropped */
	bool cell_done;		  /* likewise: whether its cell gets no further launch */
	/* per kind of times (trial.h) and item; NULL where none was recorded */
	struct histogram **hists[LAT_KINDS];
	double *held;	   /* per item: fill_bytes(), HELD_UNKNOWN before */
	double *in_flight; /* per item: fill_count(), likewise */
	struct load load;
	bool interrupted;
	struct trial *launching; /* in progress, and not yet among the trials; NULL = none */
	uint64_t began_ns;	 /* clock_gettime_ns() */
	unsigned int *logged;	 /* per item: trials in hist/, for its writer */
	enum stop *stops;	 /* --auto: per item, why its trials ended */
};

/* Called before (finished == false) and after each launch. */
typedef void run_step(void *arg, const struct run *run, size_t index, bool finished);

/*
 * Runs the plan; `counters` as in launch(). Failures of cells are rows. A launch that was kept is
 * not made again: the run takes what its trial owns, and calls no step. When `interrupted`
 * (watch.h) becomes true the launch in progress is dropped and what was finished is kept.
 */
void run_plan(struct run *run, const struct plan *plan, const struct clock *clock,
	const struct counter_support *counters, run_step *step, void *arg);
void run_free(struct run *run);

/*
 * The driver ends within a launch: finished launches are kept, and unless `why` is NULL the launch
 * in progress fails for this reason.
 */
void run_cut(struct run *run, const struct reason *why);

/* ---- one launch: open, fork two workers, watch them, reap, close; the outcome is a trial ---- */

/*
 * Runs `item` once and fills status, reason, flags and values of `trial`, which begins as
 * trial_of(item) (number and order are the caller's, and so is the rate of an open loop).
 * `counters` are opened in the workers, NULL: none. The times of a successful launch are added to
 * `hists`, whose members may be NULL, and, if there is a run directory, kept as text in the trial,
 * whose owner frees it. Whatever happens, no process and no kernel object of the launch remains.
 *
 * Returns 0 (also for a fail row), or -EINTR when interrupted became true meanwhile; then the
 * trial holds nothing.
 */
int launch(struct trial *trial, const struct settings *settings, const struct clock *clock,
	const struct counter_support *counters, struct histogram *const hists[LAT_KINDS]);

/* A trial by --messages may take this factor longer than its warm-up predicts. */
#define EXTENSION_FACTOR 3.0

/*
 * Seconds after which a launch counts as hung: --timeout, or from what it has to create and to
 * measure; and how many more its sender may request once the warm-up has shown the pace of
 * --messages.
 */
double launch_limit(const struct settings *settings, const struct item *item);
double launch_extension(const struct settings *settings, const struct item *item);

/* ---- a channel as the driver makes it, before any worker exists ------------------------------ */

/*
 * Allocates the state and opens the channel for a cell. 0, or -errno with `why` filled, once the
 * caller, who guards it (plan/guard.h) outside of what it times, has left the guard. In either
 * case channel_close() is due; a channel whose `state` is NULL needs none.
 */
int channel_open(
	struct channel *ch, const struct item *item, const struct clock *clock, struct reason *why);
/* `limit_s`: what close() may take. */
void channel_close(struct channel *ch, const struct item *item, double limit_s);

/* ---- what a launch needs to know first: loads, and how far apart clocks are ------------------ */

/*
 * Sets t->rate or t->offset_ns and its bound for the launch of t->item: measures the throughput of
 * the cell, or the offset, first, once, where they are needed. 0 when it can be launched; 1 when
 * the trial is settled without a launch (status and reason are set); -EINTR.
 */
int load_resolve(struct run *run, struct trial *t);

/* Sets what a launched trial also states about its load: the capacity of its cell. */
void load_note(const struct run *run, struct trial *t);

/* Takes over the loads of a stored trial, so that later trials have the same. */
void load_recall(struct run *run, const struct trial *t);

/*
 * Whether a load is not sustained: more than a hundredth of what was due is unsent or lost, or the
 * last message came late by more than a hundredth of the window. A few unsent messages only flag
 * the row, because Poisson arrivals leave some at most loads.
 */
bool load_overloads(const struct trial *t);

/* Whether two items are loads of one open loop. */
bool load_same_curve(const struct item *a, const struct item *b);

/*
 * The curve that trials of one open loop, all of which ended ok, show of a metric: a point per
 * item, ascending by load. `points` has room for one per trial. Reorders the trials.
 */
size_t load_curve(
	struct load_point *points, const struct trial **trials, size_t count, enum metric metric);

/* ---- kernel memory that a mechanism holds when a sender has filled it and nobody receives ---- */

#define HELD_UNKNOWN -1.0

/*
 * The value for item `item`, determined once for all cells that share it. Opens a separate channel
 * and lets a separate process send into it, for at most a second, unless the transport's memory is
 * all there from the start. Whatever happens, no process and no kernel object of it remains; NAN if
 * it cannot be determined.
 */
double fill_bytes(struct run *run, size_t item);

/*
 * How many messages a channel of the item holds while nobody receives, at most `most`; -EINTR, or
 * -errno with `why`. Opens a separate channel, into which a process sends, with a peer that only
 * attaches. Likewise nothing of it remains.
 */
long long fill_count(const struct item *item, const struct clock *clock, uint64_t most,
	double limit_s, struct reason *why);

/*
 * Whether the channels of the launch of t->item hold as many messages as are to be in flight, found
 * out once. As load_resolve().
 */
int depth_resolve(struct run *run, struct trial *t);

#endif
