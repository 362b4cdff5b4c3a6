/* SPDX-License-Identifier: MIT */
#include "run/objects.h"
#include "text/memory.h"
#include "text/text-file.h"
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

/* The ledger of this process. Workers inherit it and must leave it alone, hence `owner`. */
static struct own {
	struct ledger *map;
	pid_t owner;
	int fd;	    /* kept for its lock */
	int dir_fd; /* the directory as it was checked */
	char dir[LEDGER_DIR_MAX], name[64];
} own = {.fd = -1, .dir_fd = -1};
static const struct own nothing = {.fd = -1, .dir_fd = -1};

/* ---- where ---------------------------------------------------------------------------------- */

size_t ledger_dirs(char dirs[LEDGER_DIRS][LEDGER_DIR_MAX])
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	struct stat st;
	size_t n = 0;

	/* sudo may leave the variable of another user, whose directory is not the place. */
	if (runtime != NULL && runtime[0] == '/' && strlen(runtime) < LEDGER_DIR_MAX - 16 &&
		stat(runtime, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == geteuid() &&
		(st.st_mode & 022) == 0 && access(runtime, W_OK | X_OK) == 0)
		snprintf(dirs[n++], LEDGER_DIR_MAX, "%s/ipcbench", runtime);
	snprintf(dirs[n++], LEDGER_DIR_MAX, "/tmp/ipcbench-%u", (unsigned int)geteuid());
	/* Where a run within a login session wrote, seen from a place without the variable. */
	snprintf(dirs[n++], LEDGER_DIR_MAX, "/run/user/%u/ipcbench", (unsigned int)geteuid());
	if (strcmp(dirs[0], dirs[n - 1]) == 0)
		n--;
	return n;
}

/* Whether a directory is of this user alone: what is in it can be trusted. */
static int check_private(const char *dir, const struct stat *st, struct reason *why)
{
	if (st->st_uid != geteuid())
		return reason_set(why, EPERM,
			"%.100s belongs to user %u, not to %u; have it removed", dir,
			(unsigned int)st->st_uid, (unsigned int)geteuid());
	if (!S_ISDIR(st->st_mode))
		return reason_set(why, ENOTDIR,
			"%.100s is a file or a link, not a directory; remove it", dir);
	if ((st->st_mode & 022) != 0)
		return reason_set(why, EINVAL, "%.100s has mode %o and others may write; remove it",
			dir, (unsigned int)st->st_mode & 07777);
	return 0;
}

static int cannot(const char *dir, struct reason *why)
{
	return reason_set(
		why, errno, "%.100s: %s; it must be a directory of yours", dir, strerror(errno));
}

int ledger_dir_open(const char *dir, bool create, struct reason *why)
{
	struct stat st;

	if (create && mkdir(dir, 0700) != 0 && errno != EEXIST)
		return cannot(dir, why);
	/* by its name first, since that of another user may not be opened */
	if (lstat(dir, &st) != 0)
		return cannot(dir, why);
	int r = check_private(dir, &st, why);
	int fd = r < 0 ? r : open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (r < 0 || fd < 0)
		return r < 0 ? r : cannot(dir, why);
	r = fstat(fd, &st) != 0 ? cannot(dir, why) : check_private(dir, &st, why);
	if (r == 0)
		return fd;
	close(fd);
	return r;
}

char process_state(pid_t pid, unsigned long long *start)
{
	char path[32], text[512], state = 0;

	*start = 0;
	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	text_file_read(path, text, sizeof(text));
	/* Field 2 is the name in brackets, which may hold anything: the last one ends it. */
	const char *rest = strrchr(text, ')');
	if (rest != NULL)
		sscanf(rest,
			") %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d "
			"%llu",
			&state, start);
	return state == 'Z' || state == 'X' ? 0 : state;
}

int proc_check(struct reason *why)
{
	return access("/proc/self/stat", R_OK) == 0
		       ? 0
		       : reason_set(why, ENOENT,
				 "/proc is not mounted, which tells one process from another; mount it "
				 "(mount -t proc proc /proc)");
}

/* ---- making it ------------------------------------------------------------------------------ */

static void random_bytes(void *buf, size_t len)
{
	/* Up to 256 bytes are never cut short or interrupted (getrandom(2)). */
	if (getrandom(buf, len, 0) != (ssize_t)len)
		abort();
}

/* Where nothing else can be trusted, a directory with a name that nobody can guess. */
static int open_private_dir(char dir[LEDGER_DIR_MAX], struct reason *why)
{
	const char *tmp = ipcbench_directory(NULL);

	if (snprintf(dir, LEDGER_DIR_MAX, "%s/ipcbench-%u.XXXXXX", tmp, (unsigned int)geteuid()) >=
		LEDGER_DIR_MAX)
		return reason_set(
			why, ENAMETOOLONG, "TMPDIR has %zu bytes; set a shorter one", strlen(tmp));
	if (mkdtemp(dir) == NULL)
		return reason_set(why, errno,
			"no directory can be made in %.100s: %s; set TMPDIR or XDG_RUNTIME_DIR to "
			"a directory of yours",
			tmp, strerror(errno));
	return ledger_dir_open(dir, false, why);
}

/*
 * Makes or opens the first directory that can be trusted. If that is not the usual one, `why` says
 * what is wrong there. -errno with `why` if there is none.
 */
static int open_dir(char dir[LEDGER_DIR_MAX], struct reason *why)
{
	char dirs[LEDGER_DIRS][LEDGER_DIR_MAX];
	size_t n = ledger_dirs(dirs);
	struct reason later;

	for (size_t i = 0; i < n; i++) {
		int fd = -ENOENT;

		/* it may go between mkdir() and open(), as that of another run that ends */
		for (int attempt = 0; fd == -ENOENT && attempt < 8; attempt++)
			fd = ledger_dir_open(dirs[i], true, i == 0 ? why : &later);
		memcpy(dir, dirs[i], LEDGER_DIR_MAX);
		/* an earlier attempt may have left a reason */
		if (fd >= 0 && i == 0 && why != NULL)
			why->text[0] = '\0';
		if (fd >= 0)
			return fd;
	}
	int fd = open_private_dir(dir, &later);

	if (fd < 0 && why != NULL)
		*why = later;
	return fd;
}

int objects_check(struct reason *why)
{
	char dir[LEDGER_DIR_MAX];
	struct reason first = {""};
	int r = proc_check(why);
	int fd = r < 0 ? r : open_dir(dir, &first);

	if (fd < 0 && r == 0)
		*why = first;
	if (fd < 0)
		return fd;
	close(fd);
	rmdir(dir);
	if (first.text[0] != '\0')
		reason_set(why, 0,
			"%.150s or set XDG_RUNTIME_DIR; what this run makes is recorded in %.60s",
			first.text, dir);
	return 0;
}

static void forget(void)
{
	if (own.map != NULL)
		munmap(own.map, sizeof(*own.map));
	if (own.fd >= 0)
		close(own.fd);
	if (own.dir_fd >= 0)
		close(own.dir_fd);
	own = nothing;
}

static int fill_ledger(int fd)
{
	/* Blocks are reserved: writing into a hole on a full file system would be SIGBUS. */
	int err = posix_fallocate(fd, 0, sizeof(struct ledger));

	if (err != 0)
		return -err;
	if (flock(fd, LOCK_EX | LOCK_NB) != 0)
		return -errno;
	void *map = mmap(NULL, sizeof(struct ledger), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return -errno;
	/* what a worker writes by mistake must not end in a list of objects to remove */
	madvise(map, sizeof(struct ledger), MADV_DONTFORK);
	own.map = map;
	own.map->created = (int64_t)time(NULL);
	memcpy(own.map->magic, LEDGER_MAGIC, sizeof(LEDGER_MAGIC));
	return 0;
}

static int ledger_make(void)
{
	unsigned long long start;
	uint32_t bits;

	if (process_state(getpid(), &start) == 0)
		return -ESRCH;
	random_bytes(&bits, sizeof(bits));
	snprintf(own.name, sizeof(own.name), "%d.%llu.%08x" LEDGER_SUFFIX, (int)getpid(), start,
		(unsigned int)bits);
	int err = -ENOENT;

	/* Another run that ends may remove the empty directory before there is a file in it. */
	for (int attempt = 0; err == -ENOENT && attempt < 8; attempt++) {
		if (own.dir_fd >= 0)
			close(own.dir_fd);
		own.dir_fd = open_dir(own.dir, NULL);
		own.fd =
			own.dir_fd < 0
				? -1
				: openat(own.dir_fd, own.name,
					  O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		err = own.dir_fd < 0 ? own.dir_fd : own.fd < 0 ? -errno : 0;
	}
	if (err == 0)
		err = fill_ledger(own.fd);
	if (err == 0) {
		own.owner = getpid();
		/* also if the memory is exhausted */
		atexit(objects_finish);
		return 0;
	}
	if (own.fd >= 0)
		unlinkat(own.dir_fd, own.name, 0);
	forget();
	return err;
}

/* ---- entries -------------------------------------------------------------------------------- */

/* `clean` may run in another directory, so that a relative path would name another file. */
static int full_name(enum object_kind kind, const char *name, char *out, size_t len)
{
	char cwd[OBJECT_NAME_MAX];
	int n;

	if ((kind != OBJECT_PATH && kind != OBJECT_DIR && kind != OBJECT_TREE) || name[0] == '/')
		n = snprintf(out, len, "%s", name);
	else if (getcwd(cwd, sizeof(cwd)) != NULL)
		n = snprintf(out, len, "%s/%s", cwd, name);
	else
		return errno == ERANGE ? -ENAMETOOLONG : -errno;
	return n < (int)len ? 0 : -ENAMETOOLONG;
}

int ipcbench_object_track(enum object_kind kind, const char *name)
{
	char full[OBJECT_NAME_MAX];
	int err = full_name(kind, name, full, sizeof(full));

	if (err != 0)
		return err;
	if (own.map == NULL && (err = ledger_make()) != 0)
		return err;
	if (own.map == NULL || own.owner != getpid())
		return -EPERM;
	for (int i = 0; i < LEDGER_SLOTS; i++) {
		struct ledger_slot *s = &own.map->slot[i];

		if (atomic_load_explicit(&s->kind, memory_order_relaxed) != 0)
			continue;
		memcpy(s->name, full, strlen(full) + 1);
		/* A process may be killed between any two stores: the kind makes the entry. */
		atomic_store_explicit(&s->kind, (uint32_t)kind + 1, memory_order_release);
		return i;
	}
	return -ENOSPC;
}

void ipcbench_object_untrack(int slot)
{
	if (slot < 0 || slot >= LEDGER_SLOTS || own.map == NULL || own.owner != getpid())
		return;
	atomic_store_explicit(&own.map->slot[slot].kind, 0, memory_order_release);
}

int objects_lock(void)
{
	return own.fd;
}

size_t objects_tracked(void)
{
	size_t n = 0;

	for (int i = 0; i < LEDGER_SLOTS && own.map != NULL; i++)
		n += atomic_load(&own.map->slot[i].kind) != 0;
	return n;
}

void objects_finish(void)
{
	if (own.map == NULL || own.owner != getpid())
		return;
	/* What could not be removed stays listed, so that `clean` can try again. */
	if (objects_tracked() == 0) {
		unlinkat(own.dir_fd, own.name, 0);
		rmdir(own.dir);
	}
	forget();
}

/* ---- folders --------------------------------------------------------------------------------- */

/* A descriptor that keeps the folder locked; -ENOENT if `clean` was faster. */
static int lock_folder(const char *path)
{
	/* what is drawn by other programs goes on when this one is killed: they inherit the lock */
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
	struct stat st;

	if (fd < 0)
		return -errno;
	/* where a file system has no locks, `clean` cannot lock it either */
	while (flock(fd, LOCK_EX) != 0 && errno == EINTR) {
	}
	if (fstat(fd, &st) == 0 && st.st_nlink > 0)
		return fd;
	close(fd);
	return -ENOENT;
}

int folder_make(char **path, int *lock, struct reason *why)
{
	const char *tmp = ipcbench_directory(NULL);
	int r;

	do {
		*path = need_text("%s/" FOLDER_PREFIX "XXXXXX", tmp);
		r = mkdtemp(*path) == NULL ? -errno : lock_folder(*path);
		if (r >= 0) {
			*lock = r;
			return 0;
		}
		free(*path);
		*path = NULL;
	} while (r == -ENOENT && access(tmp, F_OK) == 0);
	return reason_set(
		why, -r, "cannot make a temporary directory in %.160s: %s", tmp, strerror(-r));
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)at;
	return type == FTW_DP ? rmdir(path) : unlink(path);
}

int folder_remove(const char *path)
{
	return nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT) == 0 ? 0 : -errno;
}

/* ---- names ---------------------------------------------------------------------------------- */

void ipcbench_object_name(char *buf, size_t len)
{
	uint64_t bits[2];

	random_bytes(bits, sizeof(bits));
	snprintf(buf, len, "/ipcbench-%016llx%016llx", (unsigned long long)bits[0],
		(unsigned long long)bits[1]);
}

int ipcbench_object_key(void)
{
	uint32_t key;

	do {
		random_bytes(&key, sizeof(key));
		key &= INT32_MAX;
	} while (key == 0); /* IPC_PRIVATE */
	return (int)key;
}
