/* SPDX-License-Identifier: MIT */
/* What the driver exits with; a signal that ended it is added to the last one. */
#ifndef IPCBENCH_EXIT_STATUS_H
#define IPCBENCH_EXIT_STATUS_H

enum { EXIT_MEASURED = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_SIGNAL = 128 };

#endif
