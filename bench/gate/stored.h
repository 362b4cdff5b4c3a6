/* SPDX-License-Identifier: MIT */
/*
 * Compares two stored runs: what `ipcbench compare` finds.
 *
 * Cells are brought together by their keys (plan/key.h), their trials judged by the rule of
 * stats/stored-rule.h. Unless the machines and builds are the same as far as env.json tells
 * (stored-notes.c), and both runs were measured in the same way, the comparison is advisory: it
 * fails nobody. It is in any case weaker than `ipcbench gate`: the runs were not interleaved.
 */
#ifndef IPCBENCH_STORED_H
#define IPCBENCH_STORED_H

#include "gate/gate.h"
#include "results/measured.h"

struct stored_options {
	unsigned int metrics; /* bits 1 << enum gate_metric */
	double threshold;     /* part, > 0 and < 1: 0.1 */
};

struct stored {
	struct gate_results results;	  /* points into the rest */
	const struct stored_run *runs[2]; /* base, new: borrowed */
	size_t differences; /* of machines and builds: as many notes behind the first */
	char *machine, *env_json;
};

/*
 * Fills everything in `out` but results.run_id and elapsed_s. In a row `blocks` and `dropped` are
 * the trials of base and of new that have a value, and both limits are the threshold. stored_free()
 * is due.
 */
void stored_compare(struct stored *out, const struct stored_run *base, const struct stored_run *new,
	const struct stored_options *options);
void stored_free(struct stored *s);

/*
 * stored-notes.c: decides whether the comparison is advisory, and adds what has to be known about
 * the runs before their figures are believed, the most important first. `pairs` are the cells; the
 * rows have been judged.
 */
void stored_notes(struct stored *s, const struct measured_pair *pairs);

#endif
