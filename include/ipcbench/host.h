/* SPDX-License-Identifier: MIT */
/*
 * What the driver offers to transports, cold callbacks only. Everything here runs in the driver
 * process, except where a comment says otherwise.
 */
#ifndef IPCBENCH_HOST_H
#define IPCBENCH_HOST_H

#include <ipcbench/transport.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- objects that outlive their process ----------------------------------------------------- */

/*
 * Objects of the kernel or of a file system that stay behind if the driver is killed between
 * making and unlinking them are written into a ledger first, a small file that `ipcbench clean`
 * reads. A crash at any instant leaves at worst a ledger entry without an object.
 */
enum object_kind {
	OBJECT_PATH,	  /* a file, FIFO, socket: unlinked */
	OBJECT_DIR,	  /* an empty directory: removed */
	OBJECT_POSIX_SHM, /* a name for shm_unlink() */
	OBJECT_POSIX_SEM, /* a name for sem_unlink() */
	OBJECT_POSIX_MQ,  /* a name for mq_unlink() */
	OBJECT_SYSV_MSG,  /* a key in hexadecimal: msgctl(IPC_RMID) */
	OBJECT_SYSV_SEM,  /* a key: semctl(IPC_RMID) */
	OBJECT_SYSV_SHM,  /* a key: shmctl(IPC_RMID) */
	OBJECT_TREE,	  /* a helper's directory: removed with all that is in it */
};

/* Longest name that the ledger holds, the terminating zero included. */
#define OBJECT_NAME_MAX 224

/*
 * Announces an object that is about to be created. Returns a slot >= 0 for
 * ipcbench_object_untrack(), or -errno (-ENAMETOOLONG, -ENOSPC when 256 objects are open, or what
 * creating the ledger file said).
 */
int ipcbench_object_track(enum object_kind kind, const char *name);

/* The object is gone. A negative slot is ignored. */
void ipcbench_object_untrack(int slot);

/* Writes an unguessable name ("/ipcbench-" + 128 random bits) for POSIX objects; len >= 48. */
void ipcbench_object_name(char *buf, size_t len);

/* A random System V key, never IPC_PRIVATE; use it with IPC_CREAT | IPC_EXCL | 0600. */
int ipcbench_object_key(void);

/* ---- directories ---------------------------------------------------------------------------- */

/* Where a transport puts what needs a path: its option `dir`, or $TMPDIR, or /tmp. */
const char *ipcbench_directory(const char *dir);

/* Whether files can be made in such a directory: 0, or -errno with `why`. Makes nothing. */
int ipcbench_directory_check(const char *dir, struct reason *why);

/* ---- limits --------------------------------------------------------------------------------- */

/* Reads an unsigned number from a file such as /proc/sys/fs/mqueue/msg_max; `fallback` if absent.
 */
uint64_t ipcbench_sysctl(const char *path, uint64_t fallback);

/*
 * "64 KiB", "1 MiB", "65537 B": for reason lines and tables, exact. Returns buf, whose length
 * must be at least 24.
 */
const char *ipcbench_bytes(char *buf, size_t len, uint64_t bytes);

/* ---- processes beside the two workers ---------------------------------------------------------
 */

/*
 * In a worker: what a process other than the workers has to do next, as a sentence without its full
 * stop, for the reason of a launch that times out. NULL: nothing.
 */
void ipcbench_awaits(const char *sentence);

/*
 * The children of a process, zombies and those that it got as a subreaper included, by /proc; at
 * most `max` of them. Returns how many. Takes a millisecond or more.
 */
size_t ipcbench_children(pid_t parent, pid_t *out, size_t max);

/* ---- helpers: processes that a mechanism needs, as a broker or a daemon -----------------------
 */

/*
 * The driver starts a helper, waits until it is ready, watches it, accounts for it, and ends it
 * after close() or at its own end, however that comes. It runs in its private directory, in a
 * session of its own, without input; what it prints is read, and its last line is quoted when
 * something fails. Whatever it starts belongs to it, also what forks away. It must stay in the
 * foreground: a launch in which it ends has failed.
 */
struct ipcbench_helper;

/*
 * In open(): a helper of this channel, with a directory (mode 0700, no other user may enter) for
 * its sockets and its configuration. NULL with ch->why.
 */
struct ipcbench_helper *ipcbench_helper_new(struct channel *ch);

/* That directory, an absolute path. It is removed with the helper, with all that is in it. */
const char *ipcbench_helper_directory(const struct ipcbench_helper *h);

struct ipcbench_helper_spec {
	const char *const *argv; /* the program, looked for in PATH, and its arguments; NULL ends */
	/*
	 * Whether it does its work: 0, -EAGAIN = not yet, or another -errno with ch->why. Called
	 * again and again, so it must not wait. NULL: from its start on.
	 */
	int (*ready)(struct channel *ch);
	unsigned int ready_ms; /* how long that may take; 0 = 10 s. --timeout may be shorter */
	unsigned int stop_ms;  /* between SIGTERM and SIGKILL at its end; 0 = 2 s */
};

/* In open(): starts it and waits until it is ready. 0, or -errno with ch->why. */
int ipcbench_helper_start(struct ipcbench_helper *h, const struct ipcbench_helper_spec *spec);

/* ---- programs as sides ------------------------------------------------------------------------
 */

/*
 * In the loop of a transport that `self_reports`: the timed window is over. What the processes do
 * from here on, such as sending what they noted, is not part of its cost.
 */
void ipcbench_window_over(void);

/* The warm-up of a program may take this many times --warmup until it is steady. */
enum { IPCBENCH_WARMUP_MOST = 10 };

/* In a loop: the warm-up ends before the program is steady. The row is flagged. */
void ipcbench_unsteady(void);

struct histogram;

/*
 * Adds times in ns that are told as HdrHistogram's V2 encoding in base 64, with 3 significant
 * digits or more: each as the middle of its slot. 0, or -errno with `why`; `h` is then as it was.
 */
int ipcbench_hist_decode(struct histogram *h, const char *text, size_t len, struct reason *why);

/* ---- NUMA nodes ----------------------------------------------------------------------------- */

/*
 * For open() of a transport whose record says `binds_memory`: while open() runs, pages that the
 * driver makes lie where cell->mem says. When all pages of a segment are there, this keeps them
 * there and makes sure that they are. 0, or -errno with `why`. Does nothing for MEM_DEFAULT.
 */
int ipcbench_bind_memory(void *base, size_t bytes, const struct cell *cell, struct reason *why);

/* ---- payload checks: called by the hot loops when --verify is on, or when something is wrong - */

struct worker;

/* Fills bytes 8.. of a message with the pattern of its number. Bytes 0..7 hold the number. */
void ipcbench_payload_fill(void *buf, size_t n, uint64_t seq);

/* Checks what ipcbench_payload_fill() wrote; records the fault and returns -EBADMSG if it differs.
 */
int ipcbench_payload_check(struct worker *w, const void *buf, size_t n, uint64_t seq);

/* A message with another number than the expected one arrived: records the fault, -EILSEQ. */
int ipcbench_sequence_fault(
	struct worker *w, const struct channel_ops *ops, uint64_t want, uint64_t got);

/*
 * A message of several senders came twice, too early or from an unknown sender; `want` was the
 * number expected from it. Records the fault, -EILSEQ.
 */
int ipcbench_fan_fault(struct worker *w, uint64_t got, uint64_t want);

/* The sum over a message that was read in place is wrong: records the fault, -EBADMSG. */
int ipcbench_sum_fault(struct worker *w, uint64_t seq, uint64_t want, uint64_t got);

/* A hot operation failed with `err` (-errno): records which and where, returns err. */
int ipcbench_op_fault(struct worker *w, const char *op, uint64_t seq, int err);
/* Adds the client's number (from 0) to the fault already recorded. Returns err. */
int ipcbench_client_fault(struct worker *w, unsigned int client, int err);

#ifdef __cplusplus
}
#endif

#endif
