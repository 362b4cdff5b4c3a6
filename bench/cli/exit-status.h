/* SPDX-License-Identifier: MIT */
/* What the driver exits with; a signal that ended it is added to the last one. */
#ifndef IPCBENCH_EXIT_STATUS_H
#define IPCBENCH_EXIT_STATUS_H

enum {
	EXIT_MEASURED = 0, /* of a comparison: passed */
	EXIT_FAILED = 1,
	EXIT_REGRESSED = 1,
	EXIT_USAGE = 2,
	EXIT_INCONCLUSIVE = 3,
	EXIT_NOT_MEASURED = 4, /* nothing could be compared, or something to be compared failed */
	EXIT_SIGNAL = 128,
};

#endif
