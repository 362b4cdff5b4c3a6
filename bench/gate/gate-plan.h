/* SPDX-License-Identifier: MIT */
/*
 * The cells of a gate: settings of the driver are built for each group of cells, planned as any run
 * is, and every item becomes a cell with the two command lines that measure it.
 */
#ifndef IPCBENCH_GATE_PLAN_H
#define IPCBENCH_GATE_PLAN_H

#include "gate/gate-settings.h"
#include "measure/topology.h"
#include <ipcbench/clock.h>

/* The commands of one version for one cell. */
struct gate_version {
	char **argv; /* ends with NULL */
	size_t argc;
	size_t cpus_at;	    /* index of the value of --cpus; 0 = not pinned */
	size_t slowdown_at; /* likewise of --slowdown; 0 = none */
};

struct gate_task {
	const struct gate_group *group;
	struct gate_version version[2]; /* base, new */
	char cpus[2][24];		/* "2,3" and, where it differs, the roles exchanged */
	int cpu_tx[2], cpu_rx[2];
};

struct gate_plan {
	struct gate_cell *cells;
	struct gate_task *tasks; /* one per cell; unused where the cell cannot run */
	size_t count;
	struct gate_row *rows; /* the metrics of the cells that can run, not judged yet */
	size_t row_count;
};

/*
 * 0; -EINVAL with a reason for what cannot be asked. `clock` is what the slices will measure with.
 * gate_plan_free() is due in any case; cells and rows may be taken out before.
 */
int gate_plan_build(struct gate_plan *plan, const struct gate_settings *s,
	const struct topology *topo, const struct clock *clock, struct reason *why);
void gate_plan_free(struct gate_plan *plan);

#endif
