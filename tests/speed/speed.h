/* SPDX-License-Identifier: MIT */
/*
 * The speed benchmark: hand-written minimal loops against ipcbench, in one interleaved run. The
 * loops here deliberately share nothing with ipcbench, headers included, except where a figure is
 * about a header (recording a latency).
 */
#ifndef SPEED_H
#define SPEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BARE_FDS = 4 };

/* What the two processes of a bare loop work with; every process has its own copy after the fork.
 */
struct bare_state {
	int fd[BARE_FDS];
	int queue; /* System V identifier; -1 = none, as for fd */
	void *shared;
	size_t shared_size;
	size_t size;		/* bytes per message */
	unsigned char *private; /* this process's buffer, `size` bytes */
	uint64_t seq;		/* of this process */
	uint64_t cached;	/* the peer's index, as last seen */
};

/*
 * A bare loop. `lead` is the side that is timed: it makes n round trips, or receives n messages.
 * `follow` answers, or sends, for ever: it is killed when the lead has what it needs, so no loop
 * spends anything on how it ends. The n messages are one call so that timing costs nothing.
 */
struct bare {
	int (*open)(struct bare_state *);
	void (*lead)(struct bare_state *, unsigned int n);
	void (*follow)(struct bare_state *, unsigned int n);
	void (*close)(struct bare_state *);
	unsigned int batch; /* n */
};

/* How long and where. */
struct slice {
	double warmup_s, run_s;
	int cpu_a, cpu_b; /* of the timed side and of the other one */
};

/* Nanoseconds per round trip or per message. */
struct sample {
	double mean_ns; /* elapsed time / messages */
	double p50_ns;	/* median of the batches */
};

/* One launch: fresh processes, objects and pages. 0, or -errno. */
int bare_run(const struct bare *bare, size_t size, const struct slice *slice, struct sample *out);

/* Between two looks at a word that another CPU is to change. */
static inline void bare_pause(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#else
	__asm__ volatile("" ::: "memory");
#endif
}

/* A loop met an error that it cannot go on from: the process ends, and bare_run() with -EIO. */
_Noreturn void bare_fail(const char *what);

/* Sorts the values to the front, leaves NAN out; NAN if nothing is left. */
double median_of(double *values, unsigned int count);
double seconds_now(void);

extern const struct bare bare_pipe, bare_fifo, bare_unix_stream, bare_tcp, bare_udp, bare_eventfd,
	bare_futex, bare_sysv_mq, bare_posix_mq;			/* round trips */
extern const struct bare bare_pipe_stream, bare_unix_stream_stream;	/* throughput */
extern const struct bare bare_line_8, bare_line_48, bare_copy_exchange; /* spinning round trips */
extern const struct bare bare_ring_64, bare_ring_64_batched,
	bare_ring_chunked; /* spinning throughput */

/* ---- ipcbench ------------------------------------------------------------------------------- */

enum { SUBJECT_ROWS = 4, SUBJECT_COLUMNS = 8 };

/* Rows of `ipcbench --csv -`: the asked-for columns by name; NAN = empty. */
struct subject {
	unsigned int rows;
	double value[SUBJECT_ROWS][SUBJECT_COLUMNS];
	long max_rss_kib; /* of ipcbench and its workers, whichever is largest */
	double wall_s;
	char reason[256]; /* of the first row that is not ok */
};

/* Runs ipcbench with `args` (NULL-terminated) after its own name and --csv -. 0 or -errno. */
int subject_run(const char *const *args, const char *const *columns, struct subject *out);

/* ---- figures that are not a ratio of two loops ----------------------------------------------- */

/* Nanoseconds that recording one latency takes. */
double cost_of_recording(void);

/* Milliseconds of a launch of two messages, from its first call to its last. NAN = no row. */
double cost_of_launch(void);

/* KiB by which the peak resident set grows from 10^4 to 10^6 messages. NAN = no row. */
double growth_of_memory(void);

#endif
