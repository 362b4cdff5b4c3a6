/* SPDX-License-Identifier: MIT */
/* From facts to findings: a table of pure functions. Thresholds are explained in docs/doctor.md. */
#ifndef IPCBENCH_CHECKS_H
#define IPCBENCH_CHECKS_H

#include "doctor/facts.h"
#include "doctor/finding.h"

/*
 * Fills grade, figure, unit, state, effect and remedy. It finds them empty: no grade, no figure,
 * and the effect "this kernel does not say".
 */
typedef void check_fn(const struct facts *f, struct finding *out);

struct check {
	const char *id, *title;
	check_fn *judge;
};

/* The more a finding weighs the earlier it comes. A NULL id ends the table. */
extern const struct check check_table[];

/* Judges the facts by the whole table; `out` has room for `max`. Returns how many. */
size_t checks_run(const struct facts *f, struct finding *out, size_t max);
enum { CHECKS_MAX = 40 };

/* ---- what the checks are written with -------------------------------------------------------- */

/* NOTE, WARN or BAD from so much on; INFINITY where a grade is out of the question. NAN: NONE. */
enum grade grade_by(double figure, double note, double warn, double bad);

void set_figure(struct finding *out, double figure, const char *unit);
void set_state(struct finding *out, const char *fmt, ...) PRINTF_LIKE(2, 3);
void set_effect(struct finding *out, const char *fmt, ...) PRINTF_LIKE(2, 3);
void set_remedy(struct finding *out, const char *fmt, ...) PRINTF_LIKE(2, 3);

check_fn check_clock, check_clock_step, check_clock_source, check_clock_offset;
check_fn check_wake_up, check_wake_up_awake, check_jitter_lost, check_jitter_largest;
check_fn check_floor, check_floor_p99;
check_fn check_virtualisation, check_frequency, check_turbo, check_smt, check_idle_states;
check_fn check_mitigations, check_isolation, check_tick;
check_fn check_steal, check_quota, check_load, check_run_queue, check_cpus;
check_fn check_thp, check_aslr, check_mqueue, check_pipe, check_sysv;

#endif
