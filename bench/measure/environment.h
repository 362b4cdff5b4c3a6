/* SPDX-License-Identifier: MIT */
/*
 * The fingerprint of a run, env.json: what a figure depends on besides the code under test, as far
 * as this process may read it. What is absent or unreadable here holds null. No name of the
 * machine, of a user or of a home directory is in it.
 */
#ifndef IPCBENCH_ENVIRONMENT_H
#define IPCBENCH_ENVIRONMENT_H

#include "measure/topology.h"
#include <ipcbench/clock.h>
#include <jansson.h>

/*
 * As indented text, to be freed by free(). The last keys are `plan` (borrowed; NULL = there is no
 * such key), what replay/recipe.h makes, and `doctor` (borrowed; NULL = null), what the doctor
 * found. Takes about a millisecond, in which it measures what the clock and the histogram cost.
 */
char *environment_text(const struct topology *topo, const struct clock *clk, int argc,
	char *const *argv, json_t *plan, json_t *doctor);

#endif
