/* SPDX-License-Identifier: MIT */
#include "list/remove.h"
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const labels[] = {
	[OBJECT_PATH] = "file",
	[OBJECT_DIR] = "directory",
	[OBJECT_POSIX_SHM] = "POSIX shared memory",
	[OBJECT_POSIX_SEM] = "POSIX semaphore",
	[OBJECT_POSIX_MQ] = "POSIX message queue",
	[OBJECT_SYSV_MSG] = "System V message queue, key",
	[OBJECT_SYSV_SEM] = "System V semaphores, key",
	[OBJECT_SYSV_SHM] = "System V shared memory, key",
};

const char *object_describe(char *buf, size_t len, enum object_kind kind, const char *name)
{
	if (kind >= OBJECT_SYSV_MSG)
		snprintf(buf, len, "%s 0x%08lx", labels[kind], strtoul(name, NULL, 16));
	else
		snprintf(buf, len, "%s %s", labels[kind], name);
	return buf;
}

static int not_ours(uid_t uid, struct reason *why)
{
	return reason_set(why, EPERM, "it belongs to user %u, not to %u", (unsigned int)uid,
		(unsigned int)geteuid());
}

static int failed(const char *call, struct reason *why)
{
	return errno == ENOENT ? -ENOENT : reason_set(why, errno, "%s: %s", call, strerror(errno));
}

/* ---- paths ---------------------------------------------------------------------------------- */

static int remove_path(const char *path, bool directory, bool dry_run, struct reason *why)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return errno == ENOTDIR ? -ENOENT : failed("lstat", why);
	if (st.st_uid != geteuid())
		return not_ours(st.st_uid, why);
	if (directory != S_ISDIR(st.st_mode) || S_ISLNK(st.st_mode))
		return reason_set(why, EINVAL, "it is not the kind of file that ipcbench made");
	if (dry_run)
		return 0;
	return (directory ? rmdir(path) : unlink(path)) == 0
		       ? 0
		       : failed(directory ? "rmdir" : "unlink", why);
}

/* ---- POSIX objects -------------------------------------------------------------------------- */

/* Takes over the descriptor; shared memory and message queues are files to the kernel. */
static int owned(int fd, const char *call, struct reason *why)
{
	struct stat st;
	int err;

	if (fd < 0)
		return failed(call, why);
	err = fstat(fd, &st) != 0 ? failed("fstat", why) : 0;
	if (err == 0 && st.st_uid != geteuid())
		err = not_ours(st.st_uid, why);
	close(fd);
	return err;
}

static int remove_shm(const char *name, bool dry_run, struct reason *why)
{
	int err = owned(shm_open(name, O_RDONLY, 0), "shm_open", why);

	if (err != 0 || dry_run)
		return err;
	return shm_unlink(name) == 0 ? 0 : failed("shm_unlink", why);
}

static int remove_mq(const char *name, bool dry_run, struct reason *why)
{
	int err = owned((int)mq_open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC), "mq_open", why);

	if (err != 0 || dry_run)
		return err;
	return mq_unlink(name) == 0 ? 0 : failed("mq_unlink", why);
}

/* A named semaphore gives no descriptor; glibc keeps it as the file sem.NAME (sem_overview(7)). */
static int remove_sem(const char *name, bool dry_run, struct reason *why)
{
	char path[OBJECT_NAME_MAX + 16];
	struct stat st;

	snprintf(path, sizeof(path), "/dev/shm/sem.%s", name + (name[0] == '/'));
	if (lstat(path, &st) != 0)
		return failed("lstat", why);
	if (st.st_uid != geteuid())
		return not_ours(st.st_uid, why);
	if (dry_run)
		return 0;
	return sem_unlink(name) == 0 ? 0 : failed("sem_unlink", why);
}

/* ---- System V objects ----------------------------------------------------------------------- */

union semun {
	int val;
	struct semid_ds *buf;
	unsigned short *array;
};

struct sysv {
	int id;
	struct ipc_perm perm;
	time_t changed;
};

static int sysv_find(enum object_kind kind, key_t key, struct sysv *v)
{
	struct msqid_ds msg;
	struct semid_ds sem;
	struct shmid_ds shm;
	int err;

	switch (kind) {
	case OBJECT_SYSV_MSG:
		v->id = msgget(key, 0);
		err = v->id < 0 ? -1 : msgctl(v->id, IPC_STAT, &msg);
		if (err == 0)
			*v = (struct sysv){v->id, msg.msg_perm, msg.msg_ctime};
		return err;
	case OBJECT_SYSV_SEM:
		v->id = semget(key, 0, 0);
		err = v->id < 0 ? -1 : semctl(v->id, 0, IPC_STAT, (union semun){.buf = &sem});
		if (err == 0)
			*v = (struct sysv){v->id, sem.sem_perm, sem.sem_ctime};
		return err;
	default:
		v->id = shmget(key, 0, 0);
		err = v->id < 0 ? -1 : shmctl(v->id, IPC_STAT, &shm);
		if (err == 0)
			*v = (struct sysv){v->id, shm.shm_perm, shm.shm_ctime};
		return err;
	}
}

static int sysv_rmid(enum object_kind kind, int id)
{
	switch (kind) {
	case OBJECT_SYSV_MSG:
		return msgctl(id, IPC_RMID, NULL);
	case OBJECT_SYSV_SEM:
		return semctl(id, 0, IPC_RMID);
	default:
		return shmctl(id, IPC_RMID, NULL);
	}
}

/* A key is only 31 bits, so that another program may have the same one since. */
static int remove_sysv(
	enum object_kind kind, const char *name, int64_t created, bool dry_run, struct reason *why)
{
	key_t key = (key_t)strtoul(name, NULL, 16);
	struct sysv v;

	if (key == IPC_PRIVATE)
		return reason_set(why, EINVAL, "the ledger holds no valid key");
	if (sysv_find(kind, key, &v) != 0)
		return failed("looking it up", why);
	if (v.perm.cuid != geteuid())
		return not_ours(v.perm.cuid, why);
	if ((v.perm.mode & 0777) != 0600)
		return reason_set(why, EPERM, "its mode is %o, not 600: it is not of ipcbench",
			v.perm.mode & 0777u);
	if ((int64_t)v.changed < created)
		return reason_set(why, EPERM, "it is older than the run: it is not of ipcbench");
	if (dry_run)
		return 0;
	return sysv_rmid(kind, v.id) == 0 ? 0 : failed("IPC_RMID", why);
}

int object_remove(
	enum object_kind kind, const char *name, int64_t created, bool dry_run, struct reason *why)
{
	switch (kind) {
	case OBJECT_PATH:
	case OBJECT_DIR:
		return remove_path(name, kind == OBJECT_DIR, dry_run, why);
	case OBJECT_POSIX_SHM:
		return remove_shm(name, dry_run, why);
	case OBJECT_POSIX_SEM:
		return remove_sem(name, dry_run, why);
	case OBJECT_POSIX_MQ:
		return remove_mq(name, dry_run, why);
	default:
		return remove_sysv(kind, name, created, dry_run, why);
	}
}
