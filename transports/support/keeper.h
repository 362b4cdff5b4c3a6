/* SPDX-License-Identifier: MIT */
/*
 * A program that a worker starts. Between the two stands its keeper, a process that does nothing
 * but end the program, and all that it has started, when the worker is gone: those processes may
 * have left the program's group, and a worker that is killed can end nothing. They fall to the
 * keeper, which is their subreaper (prctl(2)).
 */
#ifndef SUPPORT_KEEPER_H
#define SUPPORT_KEEPER_H

#include <ipcbench/transport.h>

/* What is started. */
struct program {
	const char *path;	 /* without a slash it is looked for in PATH */
	const char *args;	 /* words between spaces; NULL = none */
	const char *const *argv; /* all words, instead of `args`; or NULL */
	const char *dir;	 /* where it runs; NULL = here */
	int ask_ms; /* how long it may take to end when it is asked to, before it is killed */
	const char *mode, *via; /* `mode` NULL: it is not told */
	size_t size;
	int in, out; /* become its descriptors 3 and 4, and `in` its standard input; -1 = none */
	int shared;  /* its descriptor 5; -1 = none */
	const int *cpus; /* the two where it may run; NULL = where its worker does */
};

struct keeper {
	pid_t pid;    /* 0 = none */
	int event_fd; /* what the keeper tells, -1 = none */
	int said_fd;  /* what the program prints, -1 = none */
	char path[64];
	char line[96]; /* the last line that it printed, or as much of it as there is */
	size_t len;
	bool complete;
	char task[128];	      /* what it has to do, see keeper_task() */
	struct reason *shown; /* where the line is shown to another process as well, or NULL */
};

/* A state that keeper_stop() accepts. */
void keeper_init(struct keeper *k);

/* 0, or -errno with `why` if there could be no process; keeper_stop() is due. */
int keeper_start(struct keeper *k, const struct program *p, struct reason *why);

/* What the program has to do, for a launch that times out; see ipcbench_awaits(). */
void keeper_task(struct keeper *k, const char *task);

enum { KEEPER_READY = 0, KEEPER_LATE = 1, KEEPER_ENDED = 2 };

/*
 * Waits for input of `fd`, at most `ms` (-1 = any time), and takes in what the program prints.
 * KEEPER_READY or KEEPER_LATE, or KEEPER_ENDED: the program has ended with status 0; it is told
 * once. -errno with `why` if it ended otherwise or could not be started.
 */
int keeper_wait(struct keeper *k, int fd, int ms, struct reason *why);

/* "; it said: ..." with the last line that the program printed, or "". Returns buf. */
const char *keeper_said(const struct keeper *k, char *buf, size_t len);

/* Ends the program and what it has started, after `ms` in which it may end by itself. */
void keeper_stop(struct keeper *k, int ms);

#endif
