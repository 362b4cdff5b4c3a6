/* SPDX-License-Identifier: MIT */
/* One figure: pairs of slices, and the line of the table that comes of them. */
#ifndef SPEED_COMPARE_H
#define SPEED_COMPARE_H

#include "speed.h"

enum { MAX_PAIRS = 64 };

struct figure {
	const char *name;
	const char *transport, *size; /* as ipcbench is asked; "0" = a notification, any size */
	const struct bare *bare;
	bool same_cpu;	   /* and then both sides block; otherwise they spin, each on its own */
	bool rate;	   /* messages per second, otherwise a round trip */
	bool by_mean;	   /* a round trip whose mean has the same target */
	const char *batch; /* of a rate, NULL = one by one */
	double target;	   /* at most for a round trip, at least for a rate */
};

extern const struct figure figures[];
extern const unsigned int figure_count;

/* What was asked for on the command line, and the CPUs that there are. */
struct setup {
	unsigned int pairs;
	double run_s, warmup_s;
	int cpu_a, cpu_b;
	const char *filter;
	bool strict;
};

void print_header(void);

/* One launch of a bare loop, printed for the process that asked: FIGURE WARMUP RUN CPU_A CPU_B.
 * Exit status. */
int bare_alone(char **arg);

/* Measures and prints. 0 = within its target, 1 = not, -errno = could not be measured. */
int compare(const struct figure *f, const struct setup *s);

/* Prints a figure that has no bare loop; NAN = could not be measured. As compare(). */
int print_absolute(const char *name, double value, const char *unit, double target);

#endif
