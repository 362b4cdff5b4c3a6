/* SPDX-License-Identifier: MIT */
#include "text/claim.h"

#include "text/memory.h"
#include "text/text-file.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static struct claim {
	char *path;
	int fd;
	bool made; /* the file, for the claim */
} * claims;
static size_t claim_count;
static char **inputs;
static size_t input_count;

/* What commands write into a run directory; other files there are the user's, such as a report. */
static const char *const run_files[] = {"incomplete", "trials.csv", "summary.csv",
	"percentiles.csv", "sides.csv", "timeline.csv", "env.json", "table.txt", "topology.csv",
	"compare.csv", "blocks.csv", "gate.json", "gates.csv", "claims.csv", "claims.json"};

/* ---- who it is ------------------------------------------------------------------------------- */

/* The process that holds the lock on a file; 0 = not visible from here. */
static int holder(const struct stat *st)
{
	FILE *in = fopen("/proc/locks", "re");
	unsigned int high, low;
	unsigned long long ino;
	char line[256];
	int pid, found = 0;

	while (in != NULL && fgets(line, sizeof(line), in) != NULL) {
		if (sscanf(line, "%*d: FLOCK %*s WRITE %d %x:%x:%llu", &pid, &high, &low, &ino) !=
				4 ||
			ino != st->st_ino)
			continue;
		bool exact = high == major(st->st_dev) && low == minor(st->st_dev);

		/* some file systems show another device there than stat(2) does */
		if (exact || found == 0)
			found = pid;
		if (exact)
			break;
	}
	if (in != NULL)
		fclose(in);
	return found;
}

static int busy(const char *option, const char *path, int fd, struct reason *why)
{
	struct stat st = {.st_ino = 0};
	char file[40], command[120];
	int pid = fstat(fd, &st) < 0 ? 0 : holder(&st);

	if (pid == getpid())
		return reason_set(why, EBUSY,
			"%s %.100s: another option writes there; name another file", option, path);
	snprintf(file, sizeof(file), "/proc/%d/cmdline", pid);
	int n = pid == 0 ? 0 : text_file_read(file, command, sizeof(command));

	for (int i = 0; i + 1 < n; i++)
		if (command[i] == '\0')
			command[i] = ' ';
	if (n <= 0)
		snprintf(command, sizeof(command), "whose command cannot be read");
	if (pid == 0)
		return reason_set(why, EBUSY,
			"%s %.100s: another process is writing there; wait for it, or name another",
			option, path);
	return reason_set(why, EBUSY,
		"%s %.100s: process %d is writing there (%.60s); wait for it, or name another",
		option, path, pid, command);
}

/* ---- claims ---------------------------------------------------------------------------------- */

static struct claim *claim_of(const char *path)
{
	for (size_t i = 0; i < claim_count; i++)
		if (strcmp(claims[i].path, path) == 0)
			return &claims[i];
	return NULL;
}

static void keep(const char *path, int fd, bool made)
{
	struct claim *c = claim_of(path);

	if (c == NULL) {
		c = need_next(claims, claim_count);
		*c = (struct claim){need_copy(path), -1, false};
	}
	if (c->fd >= 0)
		close(c->fd);
	c->fd = fd;
	c->made = made;
}

static bool is_same(int dir, const char *name, const struct stat *file)
{
	struct stat st;

	return fstatat(dir, name, &st, 0) == 0 && st.st_dev == file->st_dev &&
	       st.st_ino == file->st_ino;
}

/* Whether the path is still that of the descriptor, which has been locked. */
static bool is_at(int fd, const char *path)
{
	struct stat st;

	return fstat(fd, &st) == 0 && is_same(AT_FDCWD, path, &st);
}

/* 0 = claimed, 1 = another file got the path in the meantime, -errno with `why`. */
static int hold(const char *option, const char *path, int fd, bool made, struct reason *why)
{
	int r = 0;

	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		r = is_at(fd, path) ? 0 : 1;
	else if (errno == EWOULDBLOCK)
		r = busy(option, path, fd, why);
	else
		fprintf(stderr,
			"ipcbench: %s %s: cannot be locked (%s); take care that no other run writes "
			"there\n",
			option, path, strerror(errno));
	if (r == 0)
		keep(path, fd, made);
	else
		close(fd);
	return r;
}

static int cannot_open(const char *option, const char *path, struct reason *why)
{
	if (errno == ENOTDIR)
		return reason_set(why, ENOTDIR, "%s %s: not a directory", option, path);
	return reason_set(why, errno, "%s %s: cannot be opened: %s", option, path, strerror(errno));
}

int claim_directory(const char *option, const char *path, struct reason *why)
{
	int r;

	do {
		int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		if (fd < 0)
			return cannot_open(option, path, why);
		r = claim_of(path) == NULL ? hold(option, path, fd, false, why) : close(fd);
	} while (r == 1);
	return r;
}

/* With the right to write, which some file systems ask for; a link is followed, but not made. */
static int open_file(const char *path, bool *made)
{
	static const int how[] = {
		O_RDWR | O_CREAT | O_EXCL, O_RDWR | O_NONBLOCK, O_RDONLY | O_NONBLOCK};
	int fd = -1;

	for (size_t i = 0; i < ARRAY_SIZE(how) && fd < 0; i++) {
		fd = open(path, how[i] | O_CLOEXEC, 0666);
		*made = fd >= 0 && i == 0;
	}
	return fd;
}

/* Makes the file that a link names, as writing to the link would, and claims it. As hold(). */
static int claim_target(const char *option, const char *link, struct reason *why)
{
	int fd = open(link, O_RDWR | O_CREAT | O_NONBLOCK | O_CLOEXEC, 0666);

	if (fd < 0)
		return cannot_open(option, link, why);
	char *target = realpath(link, NULL);
	int r = hold(option, target == NULL ? link : target, fd, true, why);

	free(target);
	return r;
}

/* Whether a file is what is left of one of that name, NULL = of any. */
static bool is_left(const char *file, const char *name)
{
	static const char tail[] = ".0123456789abcdef.tmp";
	size_t len = strlen(file), end = strlen(tail);
	const char *at = file + len - end;

	return len >= end && at[0] == '.' && strspn(at + 1, "0123456789abcdef") == 16 &&
	       strcmp(at + 17, ".tmp") == 0 &&
	       (name == NULL || (strnlen(name, CLAIM_NAME_MAX) == len - end &&
					strncmp(file, name, len - end) == 0));
}

void claim_sweep(const char *dir, const char *name)
{
	DIR *in = opendir(dir);

	for (struct dirent *e; in != NULL && (e = readdir(in)) != NULL;)
		if (is_left(e->d_name, name))
			unlinkat(dirfd(in), e->d_name, 0);
	if (in != NULL)
		closedir(in);
}

static void sweep_beside(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *dir =
		slash == NULL ? need_copy(".") : need_text("%.*s", (int)(slash - path) + 1, path);

	claim_sweep(dir, slash == NULL ? path : slash + 1);
	free(dir);
}

/* A run that has claimed the directory will have files of these names there, even if not yet. */
static int check_run(const char *option, const char *path, struct reason *why)
{
	char *real = realpath(path, NULL), *name = real == NULL ? NULL : strrchr(real, '/') + 1;
	size_t i = 0;
	int r = 0;

	while (name != NULL && i < ARRAY_SIZE(run_files) && strcmp(name, run_files[i]) != 0)
		i++;
	if (name != NULL && i < ARRAY_SIZE(run_files)) {
		*name = '\0';
		int fd = open(real, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		if (fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK)
			r = busy(option, path, fd, why);
		if (fd >= 0)
			close(fd);
	}
	free(real);
	return r;
}

int claim_file(const char *option, const char *path, struct reason *why)
{
	struct stat st;
	bool made;
	int r = 1;

	/* only a file, or what a link leads to, can be replaced by another run */
	while (r == 1 && claim_of(path) == NULL) {
		bool there = stat(path, &st) == 0;

		if (there && !S_ISREG(st.st_mode))
			return 0;
		if (!there && lstat(path, &st) == 0) {
			r = claim_target(option, path, why);
			continue;
		}
		int fd = open_file(path, &made);

		if (fd < 0 && errno == ENOENT && there)
			continue;
		if (fd < 0)
			return cannot_open(option, path, why);
		r = hold(option, path, fd, made, why);
	}
	/* after it is there: whoever claims the directory now finds it */
	r = r < 0 ? r : check_run(option, path, why);
	if (r == 0)
		sweep_beside(path);
	return r;
}

int claim_successor(int fd)
{
	/* nobody else knows its name, and without locks there is nothing to hold */
	flock(fd, LOCK_EX | LOCK_NB);
	return fcntl(fd, F_DUPFD_CLOEXEC, 3);
}

void claim_pass(const char *path, int fd)
{
	if (fd >= 0)
		keep(path, fd, false);
}

bool claim_finds_run(const char *dir)
{
	int fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	bool found = false;

	/* the first one alone is left of a run that was killed as it began */
	for (size_t i = 1; i < ARRAY_SIZE(run_files) && !found; i++)
		found = faccessat(fd, run_files[i], F_OK, AT_SYMLINK_NOFOLLOW) == 0;
	if (fd >= 0)
		close(fd);
	return found;
}

/* ---- inputs ---------------------------------------------------------------------------------- */

void claim_input(const char *path)
{
	*need_next(inputs, input_count) = need_copy(path);
}

/* Whether one of the files in a directory is that file. Takes the descriptor. */
static bool has_file(int fd, const struct stat *file)
{
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *e;
	bool found = false;

	while (dir != NULL && !found && (e = readdir(dir)) != NULL)
		found = is_same(fd, e->d_name, file);
	if (dir != NULL)
		closedir(dir);
	return found;
}

static bool run_has_file(int dir, const struct stat *file)
{
	for (size_t i = 0; i < ARRAY_SIZE(run_files); i++)
		if (is_same(dir, run_files[i], file))
			return true;
	return has_file(openat(dir, "hist", O_RDONLY | O_DIRECTORY | O_CLOEXEC), file);
}

/* Whether a path that leads nowhere is that of a file which the run in a directory lacks. */
static bool run_lacks_file(int dir, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash == NULL ? path : slash + 1;
	char *parent = need_text("%.*s.", (int)(name - path), path);
	struct stat st;
	size_t i = 0;

	while (i < ARRAY_SIZE(run_files) && strcmp(name, run_files[i]) != 0)
		i++;
	bool lacks =
		i < ARRAY_SIZE(run_files) && fstat(dir, &st) == 0 && is_same(AT_FDCWD, parent, &st);

	free(parent);
	return lacks;
}

const char *claim_input_at(const char *path)
{
	struct stat st;
	const char *found = NULL;
	bool there = stat(path, &st) == 0;

	if (there && !S_ISREG(st.st_mode))
		return NULL;
	for (size_t i = 0; i < input_count && found == NULL; i++) {
		int dir = open(inputs[i], O_PATH | O_DIRECTORY | O_CLOEXEC);

		if ((there && is_same(AT_FDCWD, inputs[i], &st)) ||
			(dir >= 0 && (there ? run_has_file(dir, &st) : run_lacks_file(dir, path))))
			found = inputs[i];
		if (dir >= 0)
			close(dir);
	}
	return found;
}

/* ---- the end --------------------------------------------------------------------------------- */

void claims_leave(void)
{
	for (size_t i = 0; i < claim_count; i++)
		close(claims[i].fd);
	claim_count = 0;
}

void claims_end(void)
{
	struct stat st;

	for (size_t i = 0; i < claim_count; i++) {
		const struct claim *c = &claims[i];

		if (c->made && fstat(c->fd, &st) == 0 && st.st_size == 0 && is_at(c->fd, c->path))
			unlink(c->path);
		close(c->fd);
		free(c->path);
	}
	for (size_t i = 0; i < input_count; i++)
		free(inputs[i]);
	free(claims);
	free(inputs);
	claims = NULL;
	inputs = NULL;
	claim_count = input_count = 0;
}
