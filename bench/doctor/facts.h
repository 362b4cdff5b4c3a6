/* SPDX-License-Identifier: MIT */
/*
 * What the files of a machine say and what was measured on it, before anybody judges it. Facts
 * that are not to be had are NAN or "".
 */
#ifndef IPCBENCH_FACTS_H
#define IPCBENCH_FACTS_H

#include "measure/clock.h"
#include "measure/topology.h"
#include "text/format.h"

/* ---- what takes measuring: each probe leaves its figures, or the reason why there are none --- */

enum probe_level {
	PROBES_NONE,  /* files only */
	PROBES_SHORT, /* 0.2 s in all */
	PROBES_FULL,  /* 2 s in all */
};

/* Lower ends of the classes in which gaps are counted: 1 us, 10 us ... 10 ms. */
enum { GAP_CLASSES = 5 };

/* What a thread that only reads the clock saw of its CPU: the time in which it did not run. */
struct gaps {
	int cpu;
	double seconds;	     /* watched */
	double threshold_ns; /* what counts as a gap: 1 us, or more where the clock is slow */
	uint64_t count;	     /* gaps */
	uint64_t beyond[GAP_CLASSES]; /* gaps of at least 10^i us */
	double largest_ns, lost_ns;   /* the largest, and all together */
};

/* One blocking wake-up of a thread on another CPU, until a waker that polls sees its answer. */
struct wake {
	double p50_us, p99_us; /* NAN: none; p99: with fewer than 100 */
};

enum { WAKE_DEFAULT, WAKE_AWAKE, WAKE_KINDS };

struct probes {
	enum probe_level level;

	char clock_name[16];	 /* "" = not looked at */
	struct reason clock_why; /* why it is not the processor's counter */
	double clock_cost_ns, clock_step_ns, gettime_ns;

	int cpu_a, cpu_b; /* the pair that offset and wake-ups are of; -1 = none */

	int offset_err;	      /* of offset_measure() */
	struct offset offset; /* no exchanges: not known */
	struct reason offset_why;

	struct wake wake[WAKE_KINDS];
	struct reason wake_why[WAKE_KINDS];

	struct gaps *gaps; /* one per CPU that may be used; NULL: none */
	size_t gap_count;
	struct reason gaps_why;

	double floor_p50_ns, floor_p99_ns; /* round trip of `null`; NAN */
	struct reason floor_why;

	double run_queue; /* median of several looks at it; NAN */
	double steal;	  /* percent of the CPUs' time while the probes ran; NAN */
};

/* ---- what files say -------------------------------------------------------------------------- */

enum { FACT_LEN = 64 };

struct facts {
	/* processor */
	bool hypervisor_known, hypervisor;
	char vendor[FACT_LEN]; /* of the virtual machine */
	char clock_source[FACT_LEN];
	char governor[FACT_LEN], frequency_driver[FACT_LEN]; /* of the slowest-minded CPU */
	double min_khz, max_khz;			     /* between which the policy moves */
	double turbo, smt;				     /* 1 on, 0 off */
	char idle_driver[FACT_LEN], idle_deepest[FACT_LEN];
	double idle_latency_us; /* to leave the deepest state that is enabled, as the kernel says */
	double mitigated, vulnerable; /* holes of the processor */
	struct phrase mitigations;    /* names of those that are worked around */

	/* CPUs */
	double cpus_online, cpus_allowed;
	double cpus_isolated, cpus_tickless; /* of those that this process may use */
	double isolated_elsewhere;	     /* isolated, but not for this process */

	/* who else is here */
	double load;	  /* average of a minute */
	double run_queue; /* other tasks that want to run now */
	double steal;	  /* share of the CPUs' time since boot, in percent */
	double quota;	  /* CPUs' worth of time; NAN without a limit or unknown */
	bool quota_known;

	/* memory and limits */
	char thp[FACT_LEN];
	double aslr;
	double mq_msgsize_max, mq_msg_max, mq_rlimit; /* bytes, messages, bytes */
	double pipe_max_size;
	double msgmax, msgmnb;

	struct probes probes;
};

/*
 * Reads the files below `root`, a directory that stands for "/" ("" = this machine). Probes are
 * left as they are. Takes some milliseconds.
 */
void facts_read(struct facts *out, const char *root);

/* ---- probes ---------------------------------------------------------------------------------- */

/*
 * Runs the probes of a level on this machine. `topo` and `clk` may be NULL with PROBES_NONE only.
 * Ends early, with what it has, when interrupted becomes true. probes_free() is due
 * afterwards.
 */
void probes_run(struct probes *out, enum probe_level level, const struct topology *topo,
	const struct clock *clk, const struct reason *clock_why);
void probes_free(struct probes *p);

/*
 * Watches each of `count` CPUs (out[i].cpu) for `seconds`, several at a time so that it takes
 * about five times that in all. 0 or -errno with `why`.
 */
int gaps_watch(struct gaps *out, size_t count, double seconds, const struct clock *clk,
	struct reason *why);

/* Takes one interval between two readings of the clock in; apart for the tests. */
void gaps_note(struct gaps *g, double ns);

#endif
