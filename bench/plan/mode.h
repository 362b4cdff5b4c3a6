/* SPDX-License-Identifier: MIT */
/* What sets the modes apart. Their words are those of the axis. */
#ifndef IPCBENCH_MODE_H
#define IPCBENCH_MODE_H

#include "measure/metric.h"
#include "plan/key.h"
#include <ipcbench/transport.h>

/* Times of a launch: [0] of every mode that records, [1] those from the send or of the way back. */
enum { LAT_KINDS = 2 };

struct mode_info {
	const char *title[2];		/* of its tables: with payload, of notifications */
	const char *records[LAT_KINDS]; /* "rtt"; NULL = nothing */
	enum metric times[LAT_KINDS];	/* the count of each kind, before its other columns */
	size_t loop[COPY_COUNT][2];	/* of SIDE_TX and SIDE_RX, in struct loops */
	enum side recorder;    /* where a message ends, after a round trip where it began */
	bool returns;	       /* what goes out comes back: one side pings, the other pongs */
	bool once;	       /* the first message is what counts, without warm-up or window */
	enum metric figure;    /* by which mechanisms are compared ... */
	bool higher_is_better; /* ... and which way */
	bool ranked;	       /* whether a table marks the best: not where the load is given */
};

/* Of a cell: an open loop has one direction, but with a server each message is answered. */
const struct mode_info *mode_of(const struct cell_key *key);

#endif
