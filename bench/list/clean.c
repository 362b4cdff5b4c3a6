/* SPDX-License-Identifier: MIT */
#include "list/list.h"

#include "cli/command.h"
#include "run/objects.h"
#include "text/format.h"
#include "text/memory.h"
#include "text/text-file.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <mqueue.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

/* What an object is called, and the calls that find and remove it. */
static const struct {
	const char *label, *find, *remove;
} kinds[] = {
	[OBJECT_PATH] = {"file", "lstat", "unlink"},
	[OBJECT_DIR] = {"directory", "lstat", "rmdir"},
	[OBJECT_POSIX_SHM] = {"POSIX shared memory", "lstat", "shm_unlink"},
	[OBJECT_POSIX_SEM] = {"POSIX semaphore", "lstat", "sem_unlink"},
	[OBJECT_POSIX_MQ] = {"POSIX message queue", "mq_open", "mq_unlink"},
	[OBJECT_SYSV_MSG] = {"System V message queue, key", "msgget", "IPC_RMID"},
	[OBJECT_SYSV_SEM] = {"System V semaphores, key", "semget", "IPC_RMID"},
	[OBJECT_SYSV_SHM] = {"System V shared memory, key", "shmget", "IPC_RMID"},
	[OBJECT_TREE] = {"directory of a helper", "lstat", "rmdir"},
};

/* What tells whose an object is. */
struct found {
	uid_t uid;
	mode_t mode;
	int id;		/* System V */
	time_t changed; /* likewise */
};

union semun {
	int val;
	struct semid_ds *buf;
	unsigned short *array;
};

/* ---- finding: 0, or -1 with errno ------------------------------------------------------------ */

static int find_path(const char *path, struct found *f)
{
	struct stat st;
	int r = lstat(path, &st);

	if (r == 0)
		*f = (struct found){.uid = st.st_uid, .mode = st.st_mode};
	else if (errno == ENOTDIR)
		errno = ENOENT;
	return r;
}

/* Takes over the descriptor; a message queue is a file to the kernel. */
static int find_open(int fd, struct found *f)
{
	struct stat st;
	int r = fd < 0 ? -1 : fstat(fd, &st);

	if (r == 0)
		*f = (struct found){.uid = st.st_uid};
	if (fd >= 0)
		close(fd);
	return r;
}

/*
 * glibc keeps shared memory as the file NAME, and a named semaphore as sem.NAME (shm_overview(7),
 * sem_overview(7)); a FIFO that somebody else gave the name since is not opened.
 */
static int find_shm(const char *prefix, const char *name, struct found *f)
{
	char path[OBJECT_NAME_MAX + 16];

	snprintf(path, sizeof(path), "/dev/shm/%s%s", prefix, name + (name[0] == '/'));
	return find_path(path, f);
}

static key_t key_of(const char *name)
{
	return (key_t)strtoul(name, NULL, 16);
}

static int find_sysv(enum object_kind kind, key_t key, struct found *f)
{
	union {
		struct msqid_ds msg;
		struct semid_ds sem;
		struct shmid_ds shm;
	} ds;
	const struct ipc_perm *perm = &ds.msg.msg_perm;
	const time_t *changed = &ds.msg.msg_ctime;
	int r;

	if (kind == OBJECT_SYSV_MSG) {
		f->id = msgget(key, 0);
		r = f->id < 0 ? -1 : msgctl(f->id, IPC_STAT, &ds.msg);
	} else if (kind == OBJECT_SYSV_SEM) {
		f->id = semget(key, 0, 0);
		r = f->id < 0 ? -1 : semctl(f->id, 0, IPC_STAT, (union semun){.buf = &ds.sem});
		perm = &ds.sem.sem_perm;
		changed = &ds.sem.sem_ctime;
	} else {
		f->id = shmget(key, 0, 0);
		r = f->id < 0 ? -1 : shmctl(f->id, IPC_STAT, &ds.shm);
		perm = &ds.shm.shm_perm;
		changed = &ds.shm.shm_ctime;
	}
	if (r == 0)
		*f = (struct found){perm->cuid, perm->mode, f->id, *changed};
	return r;
}

static int find(enum object_kind kind, const char *name, struct found *f)
{
	switch (kind) {
	case OBJECT_PATH:
	case OBJECT_DIR:
	case OBJECT_TREE:
		return find_path(name, f);
	case OBJECT_POSIX_SHM:
		return find_shm("", name, f);
	case OBJECT_POSIX_SEM:
		return find_shm("sem.", name, f);
	case OBJECT_POSIX_MQ:
		return find_open((int)mq_open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC), f);
	default:
		return find_sysv(kind, key_of(name), f);
	}
}

/* ---- removing -------------------------------------------------------------------------------- */

static int unmake(enum object_kind kind, const char *name, int id)
{
	switch (kind) {
	case OBJECT_PATH:
		return unlink(name);
	case OBJECT_DIR:
		return rmdir(name);
	case OBJECT_TREE:
		errno = -folder_remove(name);
		return errno == 0 ? 0 : -1;
	case OBJECT_POSIX_SHM:
		return shm_unlink(name);
	case OBJECT_POSIX_SEM:
		return sem_unlink(name);
	case OBJECT_POSIX_MQ:
		return mq_unlink(name);
	case OBJECT_SYSV_MSG:
		return msgctl(id, IPC_RMID, NULL);
	case OBJECT_SYSV_SEM:
		return semctl(id, 0, IPC_RMID);
	default:
		return shmctl(id, IPC_RMID, NULL);
	}
}

static bool is_file(enum object_kind kind)
{
	return kind == OBJECT_PATH || kind == OBJECT_DIR || kind == OBJECT_TREE;
}

static bool has_key(enum object_kind kind)
{
	return kind >= OBJECT_SYSV_MSG && kind <= OBJECT_SYSV_SHM;
}

/* Why an object that was found may not be removed; 0 if it may. */
static int check_ours(
	enum object_kind kind, const struct found *f, int64_t created, struct reason *why)
{
	if (f->uid != geteuid())
		return reason_set(why, EPERM, "it belongs to user %u, not to %u",
			(unsigned int)f->uid, (unsigned int)geteuid());
	if (is_file(kind) && ((kind != OBJECT_PATH) != S_ISDIR(f->mode) || S_ISLNK(f->mode)))
		return reason_set(why, EINVAL, "it is not the kind of file that ipcbench made");
	if (kind == OBJECT_TREE && (f->mode & 07777) != 0700)
		return reason_set(why, EPERM, "its mode is %o, not 700: ipcbench did not make it",
			f->mode & 07777u);
	if (!has_key(kind))
		return 0;
	/* a key is only 31 bits, so that another program may have the same one since */
	if ((f->mode & 0777) != 0600)
		return reason_set(why, EPERM, "its mode is %o, not 600: ipcbench did not make it",
			f->mode & 0777u);
	if ((int64_t)f->changed < created)
		return reason_set(why, EPERM, "it is older than the run: ipcbench did not make it");
	return 0;
}

/*
 * Removes an object that is ours: of this user, mode 0600 where the kind has one, and not older
 * than `created` (seconds) where another object may have got its key. 0; -ENOENT if there is none;
 * else -errno with `why`. With `dry_run` everything but the removal.
 */
static int object_remove(
	enum object_kind kind, const char *name, int64_t created, bool dry_run, struct reason *why)
{
	const char *call = kinds[kind].find;
	struct found f;

	if (has_key(kind) && key_of(name) == IPC_PRIVATE)
		return reason_set(why, EINVAL, "the ledger holds no valid key");
	int r = find(kind, name, &f);

	if (r == 0) {
		int err = check_ours(kind, &f, created, why);

		if (err < 0 || dry_run)
			return err;
		call = kinds[kind].remove;
		r = unmake(kind, name, f.id);
	}
	if (r == 0 || errno == ENOENT)
		return r == 0 ? 0 : -ENOENT;
	return reason_set(why, errno, "%s: %s", call, strerror(errno));
}

/* ---- ledgers --------------------------------------------------------------------------------- */

struct cleaning {
	FILE *out;
	bool dry_run;
	unsigned int removed, missed, alive;
};

static bool remove_entry(struct cleaning *c, const struct ledger *l, size_t i)
{
	uint32_t stored = atomic_load_explicit(&l->slot[i].kind, memory_order_acquire);
	char name[sizeof(l->slot[i].name)], plain[sizeof(name)];
	struct reason why = {""};

	if (stored == 0 || stored > (uint32_t)OBJECT_TREE + 1)
		return true;
	enum object_kind kind = (enum object_kind)(stored - 1);
	memcpy(name, l->slot[i].name, sizeof(name));
	name[sizeof(name) - 1] = '\0';
	format_plain(plain, sizeof(plain), name, format_utf8());
	const struct phrase text =
		!has_key(kind) ? phrase("%s %s", kinds[kind].label, plain)
			       : phrase("%s 0x%08lx", kinds[kind].label, strtoul(name, NULL, 16));
	int err = object_remove(kind, name, l->created, c->dry_run, &why);
	/* Announced but never made, or unmade and not yet struck out. */
	if (err == -ENOENT)
		return true;
	if (err == 0) {
		fprintf(c->out, "%s %s\n", c->dry_run ? "would remove" : "removed", text.text);
		c->removed++;
		return true;
	}
	fprintf(c->out, "cannot remove %s: %s\n", text.text, why.text);
	c->missed++;
	return false;
}

/* Backwards: what lies in a directory was announced after it. */
static bool remove_entries(struct cleaning *c, const struct ledger *l)
{
	bool all = true;

	for (size_t i = LEDGER_SLOTS; i-- > 0;)
		all = remove_entry(c, l, i) && all;
	return all;
}

/* A pid of another container's /proc looks dead; the lock tells. */
static bool in_use(const char *file, int fd)
{
	int pid = 0;
	unsigned long long start = 0, found;

	if (sscanf(file, "%d.%llu", &pid, &start) != 2)
		return true;
	return (process_state(pid, &found) != 0 && found == start) ||
	       flock(fd, LOCK_EX | LOCK_NB) != 0;
}

static void clean_ledger(struct cleaning *c, const char *dir, int dir_fd, const char *file)
{
	struct stat st;
	struct ledger *l = MAP_FAILED;
	struct reason why;
	int fd = text_file_open(dir_fd, file, sizeof(*l), &why);

	if (fd < 0 && fd != -ENOENT) {
		fprintf(c->out, "cannot look into %s/%s; remove it\n", dir, why.text);
		c->missed++;
	}
	if (fd < 0)
		return;
	if (in_use(file, fd)) {
		c->alive++;
		goto out;
	}
	if (fstat(fd, &st) == 0 && st.st_uid == geteuid() && st.st_size == sizeof(*l))
		l = mmap(NULL, sizeof(*l), PROT_READ, MAP_PRIVATE, fd, 0);
	/* Killed while it made its ledger: nothing can stand in it. */
	bool whole = l != MAP_FAILED && memcmp(l->magic, LEDGER_MAGIC, sizeof(LEDGER_MAGIC)) == 0;
	if ((!whole || remove_entries(c, l)) && !c->dry_run && unlinkat(dir_fd, file, 0) != 0 &&
		errno != ENOENT) {
		fprintf(c->out, "cannot remove %s/%s: %s\n", dir, file, strerror(errno));
		c->missed++;
	}
	if (l != MAP_FAILED)
		munmap(l, sizeof(*l));
out:
	close(fd);
}

/* What a figure was drawn in. */
static void clean_folder(struct cleaning *c, const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), err = 0;
	struct stat st;

	if (fd < 0)
		return;
	bool ours = fstat(fd, &st) == 0 && st.st_uid == geteuid() && (st.st_mode & 0777) == 0700;

	if (ours && flock(fd, LOCK_EX | LOCK_NB) != 0) {
		c->alive++;
	} else if (ours && !c->dry_run && (err = folder_remove(path)) < 0) {
		fprintf(c->out, "cannot remove folder %s: %s\n", path, strerror(-err));
		c->missed++;
	} else if (ours) {
		fprintf(c->out, "%s folder %s\n", c->dry_run ? "would remove" : "removed", path);
		c->removed++;
	}
	close(fd);
}

static bool is_ledger(const char *file)
{
	size_t len = strlen(file), suffix = strlen(LEDGER_SUFFIX);

	return len > suffix && strcmp(file + len - suffix, LEDGER_SUFFIX) == 0;
}

static void clean_dir(struct cleaning *c, const char *path)
{
	struct reason why = {""};
	int fd = ledger_dir_open(path, false, &why);
	DIR *dir;

	if (fd == -ENOENT)
		return;
	/* nothing in it can be of this user */
	if (fd == -EPERM) {
		fprintf(c->out, "left alone: %s\n", why.text);
		return;
	}
	if (fd < 0 || (dir = fdopendir(fd)) == NULL) {
		fprintf(c->out, "cannot look into %s\n", why.text[0] != '\0' ? why.text : path);
		c->missed++;
		if (fd >= 0)
			close(fd);
		return;
	}
	for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
		if (is_ledger(e->d_name))
			clean_ledger(c, path, dirfd(dir), e->d_name);
	}
	closedir(dir);
	if (!c->dry_run)
		rmdir(path); /* fails while a run is in progress, as it should */
}

/* Directories of this user with random names that runs made in `tmp`. */
static void clean_random(struct cleaning *c, const char *tmp, const char *pattern,
	void (*clean_one)(struct cleaning *c, const char *path))
{
	DIR *dir = opendir(tmp);
	struct stat st;

	for (struct dirent *e; dir != NULL && (e = readdir(dir)) != NULL;) {
		if (fnmatch(pattern, e->d_name, 0) != 0 ||
			fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
			st.st_uid != geteuid())
			continue;
		char *path = need_text("%s/%s", tmp, e->d_name);

		clean_one(c, path);
		free(path);
	}
	if (dir != NULL)
		closedir(dir);
}

int clean_run(FILE *out, bool dry_run)
{
	struct cleaning c = {.out = out, .dry_run = dry_run};
	const struct phrase ledgers = phrase("ipcbench-%u.*", (unsigned int)geteuid());
	const char *tmp = ipcbench_directory(NULL);
	char dirs[LEDGER_DIRS][LEDGER_DIR_MAX];
	size_t n = ledger_dirs(dirs);

	for (size_t i = 0; i < n; i++)
		clean_dir(&c, dirs[i]);
	clean_random(&c, tmp, FOLDER_PREFIX "??????", clean_folder);
	clean_random(&c, "/tmp", ledgers.text, clean_dir);
	if (strcmp(tmp, "/tmp") != 0)
		clean_random(&c, tmp, ledgers.text, clean_dir);
	if (c.alive != 0)
		fprintf(out, "left alone: objects of %u run%s in progress\n", c.alive,
			c.alive == 1 ? "" : "s");
	if (c.removed == 0 && c.missed == 0)
		fprintf(out, "nothing to remove\n");
	return c.missed == 0 ? 0 : 1;
}

/* ---- the command ----------------------------------------------------------------------------- */

struct clean_settings {
	bool dry_run;
};

static const struct option_row clean_options[] = {
	OPTION_SWITCH("dry-run", 'n', offsetof(struct clean_settings, dry_run),
		"print what would be removed, and remove nothing"),
	OPTION_ROWS_END,
};

static int clean(void *settings, struct call *call)
{
	struct reason why;

	(void)call;
	/* without it every run would look dead */
	if (proc_check(&why) < 0)
		return complain(&why, EXIT_FAILED);
	return clean_run(stdout, ((const struct clean_settings *)settings)->dry_run);
}

const struct command clean_command = {
	.name = "clean",
	.summary = "remove what killed runs of ipcbench left behind",
	.options = clean_options,
	.doc = "Removes kernel objects and files that killed runs of ipcbench left behind, and "
	       "folders in TMPDIR in which killed reports and plots drew. It touches nothing "
	       "else, and nothing that a process still holds.",
	.exit_status = "0 clean; 1 something could not be removed; 2 wrong usage",
	.settings_size = sizeof(struct clean_settings),
	.run = clean,
};
