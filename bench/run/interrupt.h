/* SPDX-License-Identifier: MIT */
/* The signals that end a command, everything finished so far saved. */
#ifndef IPCBENCH_INTERRUPT_H
#define IPCBENCH_INTERRUPT_H

/* The number of the signal that asked the command to end; 0 = none. */
extern volatile int interrupted;

/*
 * From here on the signals that end a run (run/watch.h) set `interrupted` instead. They stay
 * blocked except while the driver sleeps or calls watch_let_signals_in().
 */
void catch_signals(void);

#endif
