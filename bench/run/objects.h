/* SPDX-License-Identifier: MIT */
/*
 * The ledger of objects that outlive their process; the part for transports is in
 * <ipcbench/host.h>.
 *
 * One file per process, LEDGER_DIR/PID.STARTTIME.RANDOM.ledger, in a directory that only the user
 * can write: $XDG_RUNTIME_DIR/ipcbench, /tmp/ipcbench-UID, or if somebody else has created these,
 * $TMPDIR/ipcbench-UID.RANDOM. It is mapped, so its content survives the death of the process, and
 * locked as long as the process lives. The start time (field 22 of /proc/PID/stat) distinguishes a
 * process from a later one with the same number; the random part lets several pid namespaces share
 * the directory.
 */
#ifndef IPCBENCH_RUN_OBJECTS_H
#define IPCBENCH_RUN_OBJECTS_H

#include <ipcbench/host.h>
#include <stdatomic.h>
#include <time.h>

#define LEDGER_MAGIC  "ipcbench ledger 1"
#define LEDGER_SUFFIX ".ledger"

enum { LEDGER_SLOTS = 256, LEDGER_SLOT_SIZE = 256 };

struct ledger_slot {
	_Atomic uint32_t kind; /* 1 + enum object_kind, written after the name; 0 = free */
	char name[LEDGER_SLOT_SIZE - sizeof(uint32_t)];
};

struct ledger {
	char magic[24];
	int64_t created; /* seconds of CLOCK_REALTIME: no object in it is older */
	char padding[LEDGER_SLOT_SIZE - 24 - sizeof(int64_t)];
	struct ledger_slot slot[LEDGER_SLOTS];
};

_Static_assert(OBJECT_NAME_MAX <= LEDGER_SLOT_SIZE - sizeof(uint32_t), "a name fits its slot");
_Static_assert(sizeof(struct ledger) == (LEDGER_SLOTS + 1) * LEDGER_SLOT_SIZE, "no padding");

/*
 * The directories where ledgers of this user may lie, in the order in which they are tried, except
 * those with a random name. Returns how many.
 */
enum { LEDGER_DIRS = 3, LEDGER_DIR_MAX = 256 };
size_t ledger_dirs(char dirs[LEDGER_DIRS][LEDGER_DIR_MAX]);

/*
 * Opens such a directory if this user owns it and nobody else may write into it; `create` makes it.
 * Returns a descriptor; -ENOENT; -EPERM with `why` if it belongs to somebody else; another -errno
 * with `why`.
 */
int ledger_dir_open(const char *dir, bool create, struct reason *why);

/* 'S' for a process that sleeps ...; 0 if there is none or it is a zombie. `start`: field 22. */
char process_state(pid_t pid, unsigned long long *start);

/* 0, or -ENOENT with `why` where /proc is not mounted. */
int proc_check(struct reason *why);

/*
 * Whether objects can be tracked here: 0, or -errno with `why`. With 0 a `why` that is not empty
 * says why the usual directory is not used. Leaves nothing behind.
 */
int objects_check(struct reason *why);

/* ---- folders --------------------------------------------------------------------------------- */

/*
 * A folder in TMPDIR that only this user can read, named FOLDER_PREFIX and six characters. It is
 * locked by flock(2) as long as a process lives that made or inherited `lock`, so an unlocked
 * folder was left by a killed process. scripts/plot makes such folders as well. -errno with `why`.
 */
#define FOLDER_PREFIX "ipcbench-plot-"
int folder_make(char **path, int *lock, struct reason *why);

/* Removes it with everything in it: 0 or -errno. */
int folder_remove(const char *path);

/* The descriptor that locks the ledger of this process, or -1. */
int objects_lock(void);

/* How many objects are tracked at present. */
size_t objects_tracked(void);

/* At exit, in the process that made the ledger: unlinks it unless it still has entries. */
void objects_finish(void);

#endif
