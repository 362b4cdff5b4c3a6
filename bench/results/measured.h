/* SPDX-License-Identifier: MIT */
/* The cells of a stored run with their estimates, as `ipcbench` had them when it ended. */
#ifndef IPCBENCH_MEASURED_H
#define IPCBENCH_MEASURED_H

#include "plan/key.h"
#include "results/stored-run.h"
#include "stats/summary.h"

/* One cell. Texts point into the run. */
struct measured_cell {
	struct cell_key key;
	const char *family;
	size_t size;		/* bytes per message; 0 = a notification */
	double rate;		/* offered load, messages/s; NAN = none */
	bool ok;		/* at least one trial ended ok and none failed */
	bool failed;		/* a trial failed; neither: it was skipped */
	const char *reason;	/* of the first skip or failure; "" = none */
	struct summary summary; /* over the trials that ended ok, by enum metric */
	const char *flags;	/* of the first trial that has some; "" = none */
	const size_t *rows;	/* those of trials.csv that are its own, ascending */
	size_t row_count;
};

struct measured {
	const struct stored_run *run;
	struct measured_cell *cells; /* in the order of key_order() */
	size_t count;
	size_t *rows; /* of all cells, one after the other */
};

/* measured_free() is due; the run is borrowed. */
void measured_read(struct measured *out, const struct stored_run *run);
void measured_free(struct measured *m);

/* The median of a metric, NAN when it was not measured. */
double measured_value(const struct measured_cell *c, enum metric m);

/*
 * The values of a column in those trials of a cell that ended ok; only finite ones above 0. `out`
 * has room for all its rows. Returns how many there are.
 */
size_t measured_trials(
	const struct measured *m, const struct measured_cell *c, const char *column, double *out);

/* A cell of two runs. */
struct measured_pair {
	const struct cell_key *key;
	const struct measured_cell *of[2]; /* NULL = that run lacks it */
};

/* The cells of two runs, those of one key together, in the order of key_order(). To be freed. */
struct measured_pair *measured_pairs(const struct measured of[2], size_t *count);

#endif
