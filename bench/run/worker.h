/* SPDX-License-Identifier: MIT */
/* One side of a launch, in a separate process. */
#ifndef IPCBENCH_WORKER_H
#define IPCBENCH_WORKER_H

#include "plan/plan.h"
#include "run/control.h"

/* What the workers of a pair need to know; made by the driver before the fork. */
struct job {
	const struct item *item;
	const struct settings *settings;
	struct clock clock;
	struct channel *forward; /* from SIDE_TX to SIDE_RX */
	struct channel *back;	 /* latency: the other way; the same channel when duplex */
	bool reversed;		 /* forward leads from the side that was opened as SIDE_RX */
	const struct control *control;
	struct lane *lane;	   /* of this pair */
	struct report *report;	   /* of its sides, by enum side */
	struct pace *pace;	   /* mode rate, else NULL */
	struct stamps *stamps;	   /* mode oneway: the receiver's, STAMPS of them; else NULL */
	struct timeline *timeline; /* --timeline, else NULL */
	double period;		   /* mode rate: mean ticks between messages */
	double phase;  /* ... of several clients: ticks from the start to its first message */
	uint64_t seed; /* of what is random in this launch */
	int64_t offset_ticks; /* mode oneway: the receiver's clock less the sender's */
	const uint32_t *turn; /* sizes of messages, if they differ; item->sizes has how many */
	const struct background_load *load;	/* beside it, if any */
	const struct counter_support *counters; /* what to count; NULL = nothing */
};

/* How far something is moved from its usual address, in bytes; 0 with --layout fixed. */
struct layout_shift {
	size_t stack;	 /* of a side: less than 4 KiB, in steps of 16 */
	size_t buffers;	 /* of a side: less than 4 KiB, in steps of a cache line */
	size_t mappings; /* of a launch: 256 to 511 pages */
};

/* Beside the sides. */
enum { LAYOUT_OF_LAUNCH = SIDE_RX + 1 };

/* What moves a side, or the launch: the same for the same seed. */
struct layout_shift layout_shift(const struct cell_key *key, uint64_t seed, unsigned int which);

/* First thing in a forked process: it dies with the driver and leaves Ctrl-C to it. */
void worker_begin(pid_t driver);

/*
 * Private buffers of a worker to send and to receive, and whether something was written around
 * them, which is an error. 0, or -errno with `why`.
 */
int buffers_make(const struct job *job, enum side side, struct worker *w, struct reason *why);
int buffers_check(
	const struct job *job, enum side side, const struct worker *w, struct reason *why);

/* Runs a side of struct job by pair, which `arg` is, to its end, as watch_workers() wants it. */
int worker_main(const void *arg, unsigned int side, struct reason *why);

/*
 * Driver, after watch_workers(): checks the reports of a launch that began at tick `began` and
 * ended well. As control_check().
 */
int outcome_check(const struct job *job, uint64_t began, struct reason *why);

/* Driver, after that: fills in the values and flags of the trial. `open_ns` is what opening took.
 */
void values_fill(struct trial *t, const struct job *job, uint64_t open_ns, uint64_t close_ns,
	double steal_s);

/* Driver: fills in the columns of times. */
void values_times(struct trial *t, const struct times times[LAT_KINDS]);

/*
 * Worker, mode oneway: runs `loop` in rounds of at most STAMPS messages until the window or the
 * messages are over. After each round the sender records both directions into w->hist (forth) and
 * w->hist2 (back): one-way times out of what the two sides noted, see <ipcbench/loops-oneway.h>.
 * Returns 0 or -errno with w->fault.
 */
typedef int loop_fn(struct worker *);
int oneway_rounds(const struct job *job, struct worker *w, loop_fn *loop, enum side side);

/*
 * Sender, mode rate, after the window: records what was due in it and was not sent with the time
 * that it had waited by then, and returns how many these are.
 */
uint64_t backlog_record(const struct job *job, const struct worker *w);
/* The same of a count of messages, which has no deadline: whether the sender ended behind its
 * schedule. */
bool backlog_outlasts_count(const struct job *job, const struct worker *w);

/* Whether this side is a server, which has the channels of all jobs of the launch. */
bool serves(const struct job *job, enum side side);
/* Worker: makes w->server, without clients; 0, or -ENOMEM with `why`. */
int server_make(const struct job *jobs, struct worker *w, struct reason *why);
/* Worker: its channels to client `i` are those of `w` now. */
void server_meets(const struct job *jobs, const struct worker *w, unsigned int i);
/*
 * Worker, when it has all of them: prepares to wait. The threads, if it has some, are copies of
 * `w`. 0, or -errno with `why`.
 */
int server_open(const struct job *jobs, const struct worker *w, struct reason *why);
/* Worker, before a loop, while no client sends: starts the threads. */
void server_begin(void);
/* The loop of the server, out of these. */
loop_fn *server_loop(const struct job *jobs, const struct loops *l);
/* As buffers_check(), of the threads behind the first. */
int server_check(const struct job *jobs, struct reason *why);

/*
 * Loops that call the operations of struct worker.ops. Request those that work in place only if the
 * operations have them.
 */
const struct loops *generic_loops(void);

/* The same for messages of different sizes: mode latency or throughput, copied. */
loop_fn *sized_loop(enum mode mode, enum side side);

/* client-loop.c: of a client of a server in an open loop. */
loop_fn *client_loop(enum copy copy);

/*
 * Operations that do the same as `ops` and work this many steps more on each message. One set per
 * process; valid for its life.
 */
const struct channel_ops *slowdown_ops(const struct channel_ops *ops, uint64_t more);

/*
 * The time of a step, measured for about a millisecond on the CPU of the caller. To compare
 * launches, measure it once for all of them; otherwise each launch would do different work.
 */
double slowdown_step_ns(const struct clock *clock);

#endif
