/* SPDX-License-Identifier: MIT */
/* What `ipcbench gate --output` and `ipcbench compare --output` have written, read back. */
#ifndef IPCBENCH_STORED_GATE_H
#define IPCBENCH_STORED_GATE_H

#include "gate/gate.h"
#include "text/rows.h"
#include <jansson.h>

struct stored_gate {
	struct gate_results results; /* without blocks; points into the rest */
	struct rows compare;	     /* compare.csv */
	json_t *document;	     /* gate.json; NULL = there is none */
	json_t *env;		     /* its environment, borrowed; NULL = unknown */
};

/* -errno with `why` when a file is missing, damaged or of another version; -ENOMEM.
 * stored_gate_free() is due in any case. */
int stored_gate_load(struct stored_gate *gate, const char *dir, struct reason *why);
void stored_gate_free(struct stored_gate *gate);

#endif
