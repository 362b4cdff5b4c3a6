/* SPDX-License-Identifier: MIT */
/*
 * A stored run as the results that it was saved from, so that every writer of results takes it.
 * What was measured comes from trials.csv, the order of the cells from summary.csv.
 */
#ifndef IPCBENCH_INPUT_RESULTS_H
#define IPCBENCH_INPUT_RESULTS_H

#include "results/measured.h"
#include "results/results.h"

struct stored_results {
	const struct stored_run *run;
	struct results results; /* points into the rest and into the run */
	struct plan plan;
	struct settings settings;
	size_t unlaunched;	   /* cells of summary.csv that the run did not come to */
	struct transport *unknown; /* stand-ins for mechanisms that this program lacks */
};

/*
 * Without summary.csv the cells stand as measured.h sorts them. The run and what was measured of it
 * are borrowed. -EINVAL with `why` when summary.csv is damaged, or a row has a word that is none of
 * the schema's. stored_results_free() is due in any case.
 */
int stored_results_make(struct stored_results *out, const struct measured *m, struct reason *why);
void stored_results_free(struct stored_results *r);

#endif
