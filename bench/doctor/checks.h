/* SPDX-License-Identifier: MIT */
/*
 * What the doctor says: one finding per thing that may disturb a measurement, and the table of
 * checks that find it in the facts. Thresholds are explained in docs/doctor.md.
 */
#ifndef IPCBENCH_CHECKS_H
#define IPCBENCH_CHECKS_H

#include "doctor/facts.h"

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

/*
 * Sets what the row of the table cannot say: a figure that has to be worked out, a grade that does
 * not follow from the figure, words that hold a value.
 */
typedef void check_look(const struct facts *f, struct finding *out);

struct check {
	const char *id, *title, *unit;
	size_t fact; /* where the figure stands in struct facts; 0 = nowhere */
	size_t why;  /* where the reason for having no figure stands; 0 = the kernel does not say */
	double least;	  /* the figure is good from this on, else worth a note; 0 = limits count */
	double limits[3]; /* note, warn, bad from this figure on; all 0 = `look` decides */
	check_look *look; /* NULL = nothing to add */
	const char *good, *note, *warn,
		*bad;	    /* effects; those of a grade hold for worse ones too */
	const char *remedy; /* if it is not good */
};

/* The more a finding weighs the earlier it comes. A NULL id ends the table. */
extern const struct check check_table[];

void check_judge(const struct check *c, const struct facts *f, struct finding *out);

/* Judges the facts by the whole table; `out` has room for `max`. Returns how many. */
size_t checks_run(const struct facts *f, struct finding *out, size_t max);
enum { CHECKS_MAX = 40 };

/* ---- between the table and its looks --------------------------------------------------------- */

/* A text that does not fit is cut, in the middle of a word if need be. */
#define SET_TEXT(text, ...) set_text(text, sizeof(text), __VA_ARGS__)
void set_text(char *text, size_t size, const char *format, ...) PRINTF_LIKE(3, 4);

/* NOTE, WARN or BAD from so much on; INFINITY where a grade is out of the question. NAN: NONE. */
enum grade grade_by(double figure, const double limits[3]);

check_look look_steal, look_quota, look_run_queue, look_load, look_jitter_lost, look_jitter_largest;
check_look look_virtualisation, look_frequency, look_turbo, look_idle_states, look_wake_up;
check_look look_wake_up_awake, look_cpus, look_isolation, look_switch, look_clock;
check_look look_clock_source, look_clock_offset, look_floor, look_mitigations, look_thp;
check_look look_mqueue, look_sysv;

#endif
