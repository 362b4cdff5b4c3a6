/* SPDX-License-Identifier: MIT */
/* One launch: open, fork two workers, watch them, reap, close; the outcome is a trial. */
#ifndef IPCBENCH_LAUNCH_H
#define IPCBENCH_LAUNCH_H

#include "run/trial.h"
#include <ipcbench/hist.h>

/*
 * Runs `item` once and fills status, reason, flags and values of `trial` (item, number and order
 * are the caller's). The round-trip times of a successful latency launch are added to `hist`
 * (NULL is accepted). Whatever happens, no process and no kernel object of the launch remains.
 *
 * Returns 0 (also for a fail row), or -EINTR when *interrupted became true meanwhile; then the
 * trial holds nothing.
 */
int launch(struct trial *trial, const struct settings *settings, const struct clock *clock,
	struct histogram *hist, const volatile int *interrupted);

#endif
