/* SPDX-License-Identifier: MIT */
/* The driver's side of two running workers. */
#ifndef IPCBENCH_WATCH_H
#define IPCBENCH_WATCH_H

#include "run/worker.h"

/*
 * The signals that end a run, everything finished so far saved: all that would end the process,
 * can be caught, and are not the mark of a defect.
 */
enum { WATCH_SIGNALS = 10 };
extern const int watch_signals[WATCH_SIGNALS];

/* The wall-clock limit, in seconds, of what times for `timed_s`, where the user sets none. */
double watch_limit(double timed_s);

/* What the driver saw of one worker from outside. */
struct sighting {
	pid_t pid;  /* 0 = not forked, or reaped */
	int status; /* as waitpid() said; valid when ended */
	bool ended;
	bool stopped; /* it was stopped by a signal at least once */
	int stop_signal;
	bool killed_by_us;
};

/*
 * Waits until both workers have ended, at most until *timeout_s have passed; kills what is left.
 * Once one has failed the other gets a tenth of a second. Returns 0, -ETIMEDOUT, or -EINTR when
 * *interrupted became true. Afterwards no worker is left, and *timeout_s includes what the workers
 * asked for on top (struct control).
 */
int watch(struct sighting seen[2], const struct control *c, double *timeout_s,
	const volatile int *interrupted);

/* Sleeps until a signal (SIGCHLD for one) or `ns` have passed. They are blocked outside. */
void watch_sleep(uint64_t ns);

/* Lets in the signals that are blocked outside of watch(), so that none is kept waiting. */
void watch_let_signals_in(void);

/*
 * Puts the failure of a launch into words: `outcome` is what watch() returned. 0 if the launch
 * succeeded, else -errno with `why` filled.
 */
int watch_verdict(const struct sighting seen[2], const struct control *c, int outcome,
	double timeout_s, struct reason *why);

#endif
