/* SPDX-License-Identifier: MIT */
/* What the doctor says: one finding per thing that may disturb a measurement. */
#ifndef IPCBENCH_FINDING_H
#define IPCBENCH_FINDING_H

#include <ipcbench/base.h>

/* From best to worst, so that the worst of several is their maximum. */
enum grade {
	GRADE_NONE, /* not looked at, or this kernel does not say */
	GRADE_GOOD, /* does not disturb */
	GRADE_NOTE, /* know it when you compare figures with another machine's */
	GRADE_WARN, /* figures are worse or spread wider than they need to */
	GRADE_BAD,  /* figures say more about the disturbance than about the mechanism */
	GRADE_COUNT,
};

const char *grade_name(enum grade g); /* "none", "good", "note", "warn", "bad" */

struct finding {
	const char *id, *title;
	enum grade grade;
	double figure;	  /* NAN where the finding is a word or was not looked at */
	const char *unit; /* of the figure; "" where it has none */
	char state[96];	  /* in words, or "" */
	char effect[256]; /* what that does to a measurement; one line */
	char remedy[256]; /* one line; "" where none is needed */
};

#endif
