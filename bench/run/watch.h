/* SPDX-License-Identifier: MIT */
/* The driver's side of what it starts: workers, other programs. */
#ifndef IPCBENCH_WATCH_H
#define IPCBENCH_WATCH_H

#include "run/worker.h"

/*
 * The signals that end a run, everything finished so far saved: all that would end the process,
 * can be caught, and are not the mark of a defect.
 */
enum { WATCH_SIGNALS = 10 };
extern const int watch_signals[WATCH_SIGNALS];

/* The number of the signal that asked the command to end; 0 = none. */
extern volatile int interrupted;

/*
 * From here on they set `interrupted` instead. They stay blocked except while the driver sleeps or
 * calls watch_let_signals_in().
 */
void catch_signals(void);

/* The wall-clock limit, in seconds, for timing `timed_s`, if the user sets none. */
double watch_limit(double timed_s);

/* One side in its process, to its end. 0, or -errno with `why`. */
typedef int worker_fn(const void *arg, unsigned int side, struct reason *why);

/* How long workers may take, and what they may ask for on top (struct lane), in seconds. */
struct limit {
	double timeout_s, extension_s;
};

/*
 * Forks a worker for each side and waits until they have ended, at most until the limit; kills what
 * is left. Once one has failed the others get a tenth of a second. 0; -EINTR when interrupted
 * became true; else -errno with the failure in words. Afterwards no worker is left, and if it
 * returns 0 the pages of `c` are the driver's own and control_check() holds.
 */
int watch_workers(const struct control *c, worker_fn *work, const void *arg, struct limit limit,
	struct reason *why);

/* Sleeps until a signal (SIGCHLD for one) or `ns` have passed. They are blocked outside. */
void watch_sleep(uint64_t ns);

/* The same, or until `fd` can be written to, which is the answer; of a pipe so far as PIPE_BUF. */
bool watch_writable(int fd, uint64_t ns);

/* Lets in the signals that are blocked outside of watch(), so that none is kept waiting. */
void watch_let_signals_in(void);

/* ---- programs that this one starts: another build of it, the script that draws --------------- */

struct program_spec {
	char *const *argv;
	int out, err;	    /* where its output goes; -1 = nowhere */
	const char *tmpdir; /* its TMPDIR; NULL = that of this process */
	sigset_t blocked;
};

struct started {
	pid_t pid; /* leads a process group; -1 = none */
	pid_t guard;
};

/*
 * Starts a program in its own process group, without input. If it cannot be run, it says so on
 * `err` and ends with status 127. When this process is killed, the program is asked to end by
 * SIGTERM, and some seconds later its guard, another process, ends the group by force. 0, or
 * -errno if there could be no process.
 */
int program_start(struct started *s, const struct program_spec *p);

/* The program has ended, and was reaped: kills what it has left behind. */
void program_end(struct started *s);

/* The last line of `said`, without `own` ("plot: ") before it. Cuts line feeds off its end. */
const char *program_last_line(char *said, const char *own);

/*
 * Why `name` failed: its last line, else the signal or `status` from waitpid(). -EIO; 0 if neither
 * shows a failure.
 */
int program_failure(struct reason *why, const char *name, int status, const char *last_line);

#endif
