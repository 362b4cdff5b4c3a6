/* SPDX-License-Identifier: MIT */
/*
 * `ipcbench doctor`: what disturbs measurement on this machine. Files are read, probes are run, the
 * facts are judged one by one, and the worst finding is the grade of the whole.
 */
#ifndef IPCBENCH_DOCTOR_H
#define IPCBENCH_DOCTOR_H

#include "cli/command.h"
#include "doctor/facts.h"
#include <jansson.h>
#include <stdio.h>

/* From best to worst, so that the worst of several is their maximum. */
enum grade {
	GRADE_NONE, /* not measured, or unknown to this kernel */
	GRADE_GOOD, /* does not disturb */
	GRADE_NOTE, /* keep it in mind when comparing machines */
	GRADE_WARN, /* results are worse or spread wider than they need to be */
	GRADE_BAD,  /* results say more about the disturbance than about the mechanism */
	GRADE_COUNT,
};

const char *grade_name(enum grade g); /* "none", "good", "note", "warn", "bad" */

struct finding {
	const char *id, *title;
	enum grade grade;
	double figure;	      /* NAN if the finding is a word or was not measured */
	const char *unit;     /* of the value, or "" */
	struct phrase state;  /* in words, or "" */
	struct phrase effect; /* what that does to a measurement; one line */
	struct phrase remedy; /* one line; "" where none is needed */
};

enum { CHECK_COUNT = 28 };

struct diagnosis {
	struct facts facts;
	struct finding finding[CHECK_COUNT]; /* the most important first */
	enum grade grade;		     /* of the worst finding */
	size_t worst;			     /* the first of that grade */
};

/*
 * Judges the facts, one finding per thing that may disturb a measurement. Thresholds are explained
 * in docs/doctor.md.
 */
void diagnosis_judge(struct diagnosis *d);

/* "load average of a minute: 12.5 tasks": title and value or state. */
struct phrase finding_headline(const struct finding *f);

/* A new reference; docs/doctor.md describes its content. */
json_t *diagnosis_json(const struct diagnosis *d);

/* For people, the worst first; lines of at most `width` columns (0 = 80). 0 or -errno. */
int diagnosis_print(FILE *out, const struct diagnosis *d, unsigned int width);

/*
 * The examination at the start of a run: files only, and for a long run the short probes (0.2 s). A
 * new reference. `warning` gets a line only if a long run begins on a machine that is graded bad.
 */
json_t *doctor_of_run(bool long_run, const struct topology *topo, const struct clock *clk,
	const struct reason *clock_why, struct reason *warning);

/* A run is long from this planned time on, in seconds. */
#define DOCTOR_LONG_RUN_S 5.0

extern const struct command doctor_command;

#endif
