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

/* -ENOMEM. measured_free() is due in any case; the run is borrowed. */
int measured_read(struct measured *out, const struct stored_run *run);
void measured_free(struct measured *m);

/* The median of a metric, NAN when it was not measured. */
double measured_value(const struct measured_cell *c, enum metric m);

#endif
