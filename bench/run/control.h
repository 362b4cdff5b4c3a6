/* SPDX-License-Identifier: MIT */
/*
 * The control interface: the messages between the driver and the workers of a launch before and
 * after the timed region. Today it is a block of shared memory; the loops never see it.
 */
#ifndef IPCBENCH_CONTROL_H
#define IPCBENCH_CONTROL_H

#include "measure/kin.h"
#include "measure/usage.h"
#include "run/load-processes.h"
#include "run/trial.h"
#include "text/format.h"
#include <ipcbench/loops.h>
#include <sys/types.h>

/* ---- account --------------------------------------------------------------------------------- */

/*
 * The cost of one worker's timed window. Three readings surround the window, the cheapest
 * innermost, so that the more important ones do not include the others:
 *
 *     usage     text of /proc           read before the workers meet and after both are done
 *     counters  perf_event_open(2)      half a microsecond each; only on request
 *     cost      CPU time, switches ...  a microsecond
 *
 * Before the counters the sender reads the CPU time of a background load, a third of a microsecond
 * for each of its processes.
 */

/* The result. */
struct account {
	double used[USED_COUNT];
	double counted[COUNTER_COUNT]; /* NAN = not counted */
	double counted_share;	       /* of the window, the least of all counters; NAN = none */
	double pss_bytes;
	double load_s;		     /* CPU time of the background load; NAN = there was none */
	double helper_s, helper_pss; /* of the helpers of this side's channels, likewise */
};

/* While it is taken: the first snapshot, then the last. */
struct accounting {
	struct counters counters;
	struct count count[2][COUNTER_COUNT];
	double used[2][USED_COUNT];
	const struct background_load *load; /* whose time is taken, or NULL */
	double load_s;
	struct kin kin; /* what the worker has started, whose cost is added to its own */
	struct kin helpers;
};

/* In this order. `support` NULL: no counters are opened. `load` NULL: it has another account. */
void account_open(struct accounting *a, const struct counter_support *support,
	const struct background_load *load);
/* By one side: those below these processes are charged as helpers. */
void account_helpers(struct accounting *a, const pid_t *roots, size_t count);
void account_begin(struct accounting *a); /* right before the window */
void account_end(struct accounting *a);	  /* right after it */
void account_close(struct accounting *a, struct account *out);

/* From both sides' accounts to values by enum metric; what was not measured is left alone. */
void account_fill(double *value, const struct account *tx, const struct account *rx);

/* ---- control --------------------------------------------------------------------------------- */

/* How far a worker has come; a fail row names it. */
enum phase {
	PHASE_START,
	PHASE_ATTACH,
	PHASE_WARMUP,
	PHASE_TIMED,
	PHASE_CLOSE,
	PHASE_COUNT,
};
const char *phase_name(enum phase p);

/* Painted (fence.h). A whole page, so that what follows keeps its place within its own. */
struct canary {
	unsigned char bytes[4096];
};

/*
 * What a worker reports. The driver reads it when the worker has ended, and uses only what bounds.c
 * has checked: either side may have overwritten it.
 */
struct report {
	_Alignas(CACHE_LINE) pid_t pid; /* of the worker; valid when ready */
	_Atomic uint32_t phase;
	_Atomic uint32_t finished; /* 1: it came to its end; an exit without it is a failure */
	int error;		   /* 0, or the -errno that ended the worker */
	uint32_t ticket;	   /* order among the workers that failed; the first is the cause */
	struct reason reason;
	struct reason awaits; /* what a launch that times out waited for; see ipcbench_awaits() */
	uint64_t attach_ns, detach_ns; /* of all channels, one after another */
	uint64_t start_tick;	       /* first loop entered */
	uint64_t first_tick;	       /* first message (ping: reply) of the first loop complete */
	uint64_t first_ns; /* ping: first round trip; of several channels the sum of theirs */
	double warmup_s;
	/* timed window */
	uint64_t loop_tick;		  /* entered */
	uint64_t timed_first, timed_last; /* see struct worker */
	uint64_t timed_first_count;	  /* likewise */
	uint64_t due_last;		  /* rate: when the last message was due */
	uint64_t messages, lost;
	uint64_t first_seq; /* number of the first message */
	uint64_t sum;	    /* of a fan: of the numbers of the messages, modulo 2^64 */
	uint64_t unsent;    /* rate: due in the window, but not sent */
	uint32_t overdue; /* rate: 1: the last of a count was sent when the next would have been due
			   */
	struct slice slices[SLICES]; /* of the side that records, from its start on; one way from
					the second round */
	uint64_t slice_count;
	uint32_t unsteady; /* 1: see ipcbench_unsteady() */
	double speed[2];   /* of the CPU before and after, see speed_measure() */
	struct account account;
	int cpu;	   /* where the loop ended */
	uint32_t migrated; /* 1: it began elsewhere */
	struct canary behind;
};

/* What the side that records has recorded. */
struct times {
	struct histogram hist;
	struct canary behind;
};

/* Where this many sides wait for each other. */
struct meeting {
	_Alignas(CACHE_LINE) _Atomic uint32_t arrived;
	_Atomic uint32_t generation;
};

/* What all sides share. */
struct board {
	_Alignas(CACHE_LINE) _Atomic uint32_t ready; /* 1 when every worker exists */
	_Atomic uint32_t tickets;
	/* control_gather(): sides that came there so far, up to the last full round, and when */
	_Atomic uint32_t running, gathered;
	_Atomic uint64_t start_tick;
	struct meeting meeting;
	struct fan_tally tally;
};

/* What the two sides of a lane share. */
struct lane {
	struct meeting meeting;
	/* what the sender expects to need on top of the default time-out, known after warm-up */
	_Atomic uint64_t extension_ns;
	struct stream_end end;
	_Atomic uint32_t more; /* mode oneway: the sender continues with another round */
	struct times times[LAT_KINDS];
};

/*
 * The sides of a launch: side 2 i is the sender of lane i, side 2 i + 1 its receiver. Those that do
 * not exist (sides_exist()) have a report in which nothing is told.
 */
struct control {
	uint64_t topology; /* as in a key */
	unsigned int sides, present;
	enum isolation isolation; /* in which its processes are made */
	struct board *board;	  /* in shared memory, with the reports and the lanes behind it */
	struct report *report;	  /* by side */
	struct lane *lane;	  /* by lane */
};

/*
 * Zeroed pages between guards that all processes forked later will see, all present; NULL with
 * `why`. fence_unmap() is due.
 */
void *shared_pages(size_t len, const char *name, struct reason *why);

/* Shared pages for a topology, with empty histograms. 0, or -ENOMEM with `why`. */
int control_create(struct control *c, uint64_t topology, struct reason *why);
void control_destroy(struct control *c); /* what was never created is accepted */
/* Driver: fence_own() of these pages. */
int control_own(const struct control *c, struct reason *why);
/* Whether something was written behind the last lane; as fence_tail(). */
bool control_tail(const struct control *c);

/* Who plays a role in a lane: its own side, or the common one. */
unsigned int control_side(const struct control *c, unsigned int lane, enum side role);

/*
 * "sender", "receiver"; of several pairs "sender of pair 3"; where one side is common, that is
 * "receiver" and the others "sender 3".
 */
struct phrase side_phrase(const struct control *c, unsigned int side);
/* "pair 3", "sender 3"; of one pair "". */
struct phrase lane_phrase(const struct control *c, unsigned int lane);

/* Worker: enters a phase. */
void phase_enter(struct report *report, enum phase phase);

/* Driver: every worker exists, and its `pid` is in its report. */
void control_release(const struct control *c);
/* Worker: waits for control_release(). */
void control_wait_ready(const struct control *c);

/*
 * Worker: waits until every other worker, or the other one of its pair, is here too. There is no
 * timeout: the driver ends the workers of a launch in which one is gone.
 */
void control_meet(const struct control *c);
/*
 * Worker: of more than two sides, returns when every side runs after control_meet(), from which
 * some wake up later than others: the tick at which the last one came, the same for all. Does not
 * sleep, but yields its CPU.
 */
uint64_t control_gather(const struct control *c, const struct clock *clk);
void lane_meet(struct lane *lane);

/* ---- bounds ---------------------------------------------------------------------------------- */

/* No value exceeds the machine's memory. */
double memory_bytes(void);

/*
 * Driver, when all workers have ended and the pages are its own (control_own()): checks the fields
 * that every launch sets, and that nothing was written beyond the end of a block. `pid` has the
 * workers by side. 0, or -EPROTO with a reason that names side, field, value and bounds.
 */
int control_check(
	const struct control *c, const pid_t *pid, double extension_s, struct reason *why);

#endif
