/* SPDX-License-Identifier: MIT */
/* One launch: open, fork two workers, watch them, reap, close; the outcome is a trial. */
#ifndef IPCBENCH_LAUNCH_H
#define IPCBENCH_LAUNCH_H

#include "measure/usage.h"
#include "run/trial.h"
#include <ipcbench/hist.h>

/*
 * Runs `item` once and fills status, reason, flags and values of `trial`, which begins as
 * trial_of(item) (number and order are the caller's, and so is the rate of an open loop).
 * `counters` are opened in the workers, NULL: none. The times of a successful launch are added to
 * `hists`, whose members may be NULL, and, if there is a run directory, kept as text in the trial,
 * whose owner frees it. Whatever happens, no process and no kernel object of the launch remains.
 *
 * Returns 0 (also for a fail row), or -EINTR when *interrupted became true meanwhile; then the
 * trial holds nothing.
 */
int launch(struct trial *trial, const struct settings *settings, const struct clock *clock,
	const struct counter_support *counters, struct histogram *const hists[LAT_KINDS],
	const volatile int *interrupted);

/* ---- a channel as the driver makes it, before any worker exists ------------------------------ */

/*
 * Allocates the state and opens the channel for a cell. 0, or -errno with `why` filled. In either
 * case channel_close() is due; a channel whose `state` is NULL needs none.
 */
int channel_open(
	struct channel *ch, const struct item *item, const struct clock *clock, struct reason *why);
void channel_close(struct channel *ch, const struct item *item);

#endif
