/* SPDX-License-Identifier: MIT */
/*
 * `ipcbench doctor`: what disturbs measurement on this machine. Files are read, probes are run, the
 * facts are judged one by one, and the worst finding is the grade of the whole.
 */
#ifndef IPCBENCH_DOCTOR_H
#define IPCBENCH_DOCTOR_H

#include "cli/command.h"
#include "doctor/checks.h"
#include <jansson.h>
#include <stdio.h>

struct diagnosis {
	struct facts facts;
	struct finding finding[CHECKS_MAX]; /* in the order of the table */
	size_t count;
	enum grade grade; /* of the worst finding */
};

/*
 * All files below `root` and the probes of a level, for which `topo` and `clk` are needed. With a
 * root other than "" only PROBES_NONE makes sense.
 */
void diagnosis_make(struct diagnosis *out, const char *root, enum probe_level level,
	const struct topology *topo, const struct clock *clk, const struct reason *clock_why,
	const volatile int *interrupted);
void diagnosis_free(struct diagnosis *d);

/* The finding that weighs the most: the first of the worst grade. NULL if there is none. */
const struct finding *diagnosis_worst(const struct diagnosis *d);

/* "load average of a minute 12.5 tasks": title and figure or state; returns buf. */
const char *finding_headline(const struct finding *f, char *buf, size_t size);

/* A new reference: docs/doctor.md says what is in it. */
json_t *diagnosis_json(const struct diagnosis *d);

/* For people, the worst first; lines of at most `width` columns (0 = 80). 0 or -errno. */
int diagnosis_print(FILE *out, const struct diagnosis *d, unsigned int width);

/*
 * The examination that goes with a run: files only, and for a long run the short probes (0.2 s).
 * A new reference; the line to warn with in `warning`, which is left alone unless a long run begins
 * on a machine that is graded bad.
 */
json_t *doctor_of_run(bool long_run, const struct topology *topo, const struct clock *clk,
	const struct reason *clock_why, const volatile int *interrupted, struct reason *warning);

/* A run is long from this planned time on, in seconds. */
#define DOCTOR_LONG_RUN_S 5.0

/* ---- doctor command ---- */

extern const struct command doctor_command;

#endif
