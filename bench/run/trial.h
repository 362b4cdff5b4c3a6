/* SPDX-License-Identifier: MIT */
/* The outcome of one launch: a row of trials.csv. */
#ifndef IPCBENCH_TRIAL_H
#define IPCBENCH_TRIAL_H

#include "measure/metric.h"
#include "plan/plan.h"
#include <ipcbench/timeline.h>

enum status { STATUS_OK, STATUS_SKIP, STATUS_FAIL };
const char *status_name(enum status s); /* ok skip fail */
bool status_read(enum status *out, const char *word);

/* Validity flags; names in trial_flag_names[], in this order, joined by ';' in the CSV. */
enum trial_flag {
	FLAG_MIGRATED = 1 << 0,	     /* a worker changed its CPU inside the timed window */
	FLAG_STEAL = 1 << 1,	     /* the hypervisor took time away */
	FLAG_SHORT_RUN = 1 << 2,     /* under 10 ms or under 100 messages timed */
	FLAG_RATE_MISSED = 1 << 3,   /* open loop only */
	FLAG_SAME_CPU_SPIN = 1 << 4, /* polls on a CPU that the peer needs */
	FLAG_CLOCK_FALLBACK = 1 << 5,
	FLAG_THROTTLED = 1 << 6,   /* a CPU slower after it than before, or than usual in the run */
	FLAG_LOW_SAMPLES = 1 << 7, /* too few samples for a percentile column */
	FLAG_UNSTEADY = 1 << 8,	   /* the level of its times or its rate changed in the window */
	FLAG_OVERSUBSCRIBED = 1 << 9, /* more sides share a CPU than in a pair of its placement */
	FLAG_ALONE = 1 << 10,	      /* of several pairs one ran without the others for a while */
	FLAG_HELD_BACK = 1 << 11,     /* a real-time side did not get its CPU */
	FLAG_SELF_REPORTED = 1 << 12, /* a program says what it measured */
	FLAG_UNKNOWN = 1 << 13,	      /* stored rows only: a flag that this version does not know */
};
#define TRIAL_FLAG_COUNT 14
extern const char *const trial_flag_names[TRIAL_FLAG_COUNT];
/* Joins their names by ';' and finds them again. Returns buf. */
char *flags_spell(char *buf, size_t len, unsigned int flags);
unsigned int flags_read(const char *text);

/* A CPU that is slower by this is throttled. */
#define SPEED_SHARE 0.05

struct trial {
	struct cell_key key;
	const char *family;
	int cpu_tx, cpu_rx;	 /* -1 = not pinned */
	const struct item *item; /* of the plan; NULL = read from a file */
	unsigned int number;	 /* 1..trials; 0 for skips, which are not launched */
	unsigned int order;	 /* position in the order of execution, from 1; 0 for skips */
	enum status status;
	struct reason reason; /* skip and fail */
	unsigned int flags;
	const char *clock;    /* "tsc", "cntvct", "clock_gettime" */
	const char *lat_kind; /* "rtt", "intended", "forward" or "" */
	/* before the launch: mode rate, the offered load in messages/s */
	double rate;
	/* mode oneway: the receiver's clock less the sender's, and how well that is known, in ns */
	double offset_ns, offset_bound_ns;
	double value[METRIC_COUNT]; /* NAN = empty */
	double started_s; /* start of the timed window, seconds since the epoch; 0 = not known */
	char *hlog[LAT_KINDS]; /* its distributions as hlog_encode() writes them; NULL = not kept */
	struct kept_timeline *timeline; /* how its times went over the window; NULL = not kept */
	struct kept_sides *sides;	/* of several pairs what each side did; NULL = not kept */
};

/* The row of an item without results yet. */
struct trial trial_of(const struct item *it);

/* ---- the speed of the CPUs ------------------------------------------------------------------- */

/* Of one CPU over the trials that ended ok on it, in steps per second. */
struct cpu_speed {
	int cpu;
	double least, median, most;
};

/* One per CPU on which a side was measured, in ascending order; to be freed. */
struct cpu_speed *cpu_speeds(const struct trial *trials, size_t count, size_t *cpus);

/* Sets FLAG_THROTTLED of trials on a CPU slower by SPEED_SHARE than its median over the run. */
void trials_flag_slow(struct trial *trials, size_t count);

/* ---- the sides of several pairs -------------------------------------------------------------- */

/* X(identifier, column of sides.csv, kind) */
#define SIDE_VALUES(X)                                                                             \
	X(CPU, cpu, METRIC_COUNTED)                                                                \
	X(MESSAGES, messages, METRIC_COUNTED)                                                      \
	X(MSGS_PER_S, msgs_per_s, METRIC_REAL)                                                     \
	X(USER_S, user_s, METRIC_REAL)                                                             \
	X(SYS_S, sys_s, METRIC_REAL)                                                               \
	X(VOL_CSW, vol_csw, METRIC_COUNTED)                                                        \
	X(INVOL_CSW, invol_csw, METRIC_COUNTED)                                                    \
	X(MIN, lat_min_ns, METRIC_COUNTED)                                                         \
	X(MEAN, lat_mean_ns, METRIC_REAL)                                                          \
	X(P50, lat_p50_ns, METRIC_COUNTED)                                                         \
	X(P90, lat_p90_ns, METRIC_COUNTED)                                                         \
	X(P99, lat_p99_ns, METRIC_COUNTED)                                                         \
	X(P999, lat_p999_ns, METRIC_COUNTED)                                                       \
	X(MAX, lat_max_ns, METRIC_COUNTED)

enum side_value {
#define SIDE_ENUM(id, column, kind) SIDE_##id,
	SIDE_VALUES(SIDE_ENUM)
#undef SIDE_ENUM
		SIDE_VALUE_COUNT
};

extern const struct side_info {
	const char *column;
	enum metric_kind kind;
} side_info[SIDE_VALUE_COUNT];

/* What each side of a trial did: of lane i side 2 i sent, and side 2 i + 1 received. */
struct kept_sides {
	double window_s; /* in which all ran: rates are of that time */
	size_t count;
	double value[][SIDE_VALUE_COUNT]; /* NAN = empty */
};

/* Room for this many, for the caller to free(). */
struct kept_sides *sides_new(size_t count);

/* ---- the grid of --timeline (ipcbench/timeline.h) before and after the timed window ---------- */

/* The part of it that a trial keeps: the counts that are not zero, by slice, then by range. */
struct kept_timeline {
	double slice_s;
	size_t count;
	struct timeline_count {
		uint32_t slice, range;
		uint64_t count;
	} counts[];
};

/*
 * Prepares a zeroed grid for a window of `window_s`. If a window turns out longer its slices get
 * longer, so a guess should be on the short side; 0 = the length is unknown.
 */
void timeline_begin(struct timeline *t, const struct clock *clk, double window_s);

/* For the caller to free(); NULL when memory is short. */
struct kept_timeline *timeline_keep(const struct timeline *t, const struct clock *clk);

/* Edges of a range: low <= ns < high. The last range has no upper one: UINT64_MAX. */
uint64_t timeline_low(uint32_t range);
uint64_t timeline_high(uint32_t range);

#endif
