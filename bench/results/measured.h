/* SPDX-License-Identifier: MIT */
/* The cells of a run with their estimates. */
#ifndef IPCBENCH_MEASURED_H
#define IPCBENCH_MEASURED_H

#include "results/stored-run.h"
#include "stats/summary.h"

/* One cell. What is not in it points into the run. */
struct measured_cell {
	struct cell_key key;
	const char *family;
	size_t size;		/* bytes per message; 0 = a notification */
	bool ok;		/* at least one trial ended ok and none failed */
	bool failed;		/* a trial failed; neither: it was skipped */
	const char *reason;	/* of the first failure, else of the first skip; "" = none */
	unsigned int flags;	/* of the first trial that has some */
	struct summary summary; /* over the trials that ended ok, by enum metric */
	const struct trial *const *trials; /* in the order of the run */
	size_t trial_count;
};

struct measured {
	const struct stored_run *run;
	struct measured_cell *cells; /* in the order of key_order() */
	size_t count;
	const struct trial **trials; /* of all cells, one after the other */
};

/* measured_free() is due; the run is borrowed. */
void measured_read(struct measured *out, const struct stored_run *run);
void measured_free(struct measured *m);

/* The cell with this key, NULL if there is none. */
const struct measured_cell *measured_find(const struct measured *m, const struct cell_key *key);

/* The median of a metric, NAN when it was not measured. */
double measured_value(const struct measured_cell *c, enum metric m);

/* Its values above 0 in the trials that ended ok; `out` has room for all. Returns how many. */
size_t measured_values(const struct measured_cell *c, enum metric m, double *out);

/* A cell of two runs. */
struct measured_pair {
	const struct cell_key *key;
	const struct measured_cell *of[2]; /* NULL = that run lacks it */
};

/* The cells of two runs, those of one key together, in the order of key_order(). To be freed. */
struct measured_pair *measured_pairs(const struct measured of[2], size_t *count);

#endif
