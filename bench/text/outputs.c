/* SPDX-License-Identifier: MIT */
#include "text/outputs.h"

#include "text/claim.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_LEN = 4096, TEMPORARY_LEN = NAME_MAX + 1 };

/* Whether a file that an option names is standard output: "-", or whatever that is opened on. */
static bool is_stdout(const char *path)
{
	struct stat out, st;

	return path != NULL && (strcmp(path, "-") == 0 ||
				       (fstat(STDOUT_FILENO, &out) == 0 && stat(path, &st) == 0 &&
					       out.st_dev == st.st_dev && out.st_ino == st.st_ino));
}

static bool is_file(const char *path)
{
	return path != NULL && !is_stdout(path);
}

/* Creates the directory of --output and those above it. */
static int make_directory(const char *path, struct reason *why)
{
	char part[PATH_LEN];
	size_t len = strlen(path);

	if (len >= sizeof(part))
		return reason_set(why, ENAMETOOLONG,
			"--output: the path has %zu bytes, %zu are allowed", len, sizeof(part) - 1);
	for (size_t i = 1; i <= len; i++) {
		if (path[i] != '/' && path[i] != '\0')
			continue;
		memcpy(part, path, i);
		part[i] = '\0';
		if (mkdir(part, 0777) < 0 && errno != EEXIST)
			return reason_set(why, errno, "--output %s: cannot create %s: %s", path,
				part, strerror(errno));
	}
	return 0;
}

/* Devices, FIFOs and links (/dev/stdout is all three) are written to; a file is replaced whole. */
static bool is_written_through(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

/* The directory of a file, to work on the file by name. A descriptor or -errno. */
static int open_parent(const char *path)
{
	char dir[PATH_LEN];
	size_t len = (size_t)(name_of(path) - path);

	if (len >= sizeof(dir))
		return -ENAMETOOLONG;
	snprintf(dir, sizeof(dir), "%.*s", len == 0 ? 1 : (int)len, len == 0 ? "." : path);
	int fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/*
 * A new file beside `path` in the directory `dir`. Nobody can have put a link there: the name is
 * random, and a name that is taken is not opened. A descriptor or -errno.
 */
static int open_temporary(int dir, const char *path, char temporary[TEMPORARY_LEN])
{
	uint64_t number;
	int fd;

	do {
		if (getrandom(&number, sizeof(number), 0) != (ssize_t)sizeof(number))
			return -EIO;
		/* claim_sweep() knows it by this name */
		snprintf(temporary, TEMPORARY_LEN, "%.*s.%016llx.tmp", CLAIM_NAME_MAX,
			name_of(path), (unsigned long long)number);
		fd = openat(
			dir, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	} while (fd < 0 && errno == EEXIST);
	return fd < 0 ? -errno : fd;
}

/* Whether a file can be made beside `path`, by making one. 0 or -errno. */
static int try_temporary(const char *path)
{
	char temporary[TEMPORARY_LEN];
	int dir = open_parent(path), fd = dir < 0 ? dir : open_temporary(dir, path, temporary);

	if (fd >= 0) {
		unlinkat(dir, temporary, 0);
		close(fd);
	}
	if (dir >= 0)
		close(dir);
	return fd < 0 ? fd : 0;
}

/* Opens the output. root passes access(2) even if no file can be created, as in /proc. */
int output_check(const char *option, const char *path, struct reason *why)
{
	struct stat st;

	if (strlen(path) >= PATH_LEN)
		return reason_set(why, ENAMETOOLONG, "%s: the path is longer than %d bytes", option,
			PATH_LEN - 1);
	if (path[0] == '\0' || path[strlen(path) - 1] == '/' ||
		(stat(path, &st) == 0 && S_ISDIR(st.st_mode)))
		return reason_set(why, EISDIR,
			"%s %s: is a directory; name a file, or - for stdout", option, path);
	if (is_written_through(path)) {
		if (access(path, W_OK) == 0 || errno == ENOENT)
			return 0;
		return reason_set(
			why, errno, "%s %s: cannot write: %s", option, path, strerror(errno));
	}
	int r = try_temporary(path);

	return r == 0 ? 0
		      : reason_set(why, -r, "%s %s: cannot write a file there: %s", option, path,
				strerror(-r));
}

/* A file by identity rather than by name: itself, or its directory and its name there. */
struct identity {
	dev_t dev;
	ino_t ino;
	char name[256]; /* empty if the file exists */
};

static bool identify(struct identity *id, const char *path)
{
	struct stat st;

	*id = (struct identity){.dev = 0};
	if (stat(path, &st) < 0) {
		int dir = open_parent(path), r = dir < 0 ? dir : fstat(dir, &st);

		snprintf(id->name, sizeof(id->name), "%s", name_of(path));
		if (dir >= 0)
			close(dir);
		if (r < 0)
			return false;
	}
	id->dev = st.st_dev;
	id->ino = st.st_ino;
	/* a device does not keep what is written to it */
	return !S_ISCHR(st.st_mode);
}

static bool same_file(const char *a, const char *b)
{
	struct identity x, y;

	return identify(&x, a) && identify(&y, b) && x.dev == y.dev && x.ino == y.ino &&
	       strcmp(x.name, y.name) == 0;
}

/* Whether two options name one file, of which the later would overwrite the earlier. */
static bool collide(const char *a, const char *b)
{
	if (is_stdout(a) || is_stdout(b))
		return is_stdout(a) && is_stdout(b);
	return a != NULL && b != NULL && same_file(a, b);
}

/* Whether an option names a file of the run directory. */
static bool in_directory(const struct outputs *o, const char *path)
{
	char name[PATH_LEN];

	for (size_t i = 0; o->dir != NULL && is_file(path) && i < o->file_count; i++) {
		snprintf(name, sizeof(name), "%s/%s", o->dir, o->files[i].name);
		if (same_file(path, name))
			return true;
	}
	return false;
}

/* Refuses a file that another option names, that the run writes, or that is an input. */
static int check_target(const struct outputs *o, const struct output_target *t, struct reason *why)
{
	const char *input = is_file(t->path) ? claim_input_at(t->path) : NULL;

	for (const struct output_target *u = t + 1; u->option != NULL; u++)
		if (collide(t->path, u->path))
			return reason_set(why, EINVAL,
				"%s and %s both write to \"%.80s\"; give one of them another file",
				t->option, u->option, t->path);
	if (in_directory(o, t->path))
		return reason_set(why, EINVAL,
			"%s and --output both write to \"%.80s\"; give %s another file", t->option,
			t->path, t->option);
	if (input != NULL)
		return reason_set(why, EINVAL,
			"%s %.110s: would replace what is read (%.80s); name another", t->option,
			t->path, input);
	return 0;
}

int outputs_distinct(const struct outputs *o, struct reason *why)
{
	int r = 0;

	for (const struct output_target *t = o->targets; t->option != NULL && r == 0; t++)
		r = check_target(o, t, why);
	return r;
}

/* Nothing in a directory is overwritten, and no link in it is followed. */
static int check_unused(const struct outputs *o, struct reason *why)
{
	char path[PATH_LEN];
	struct stat st;
	size_t len = strlen(o->dir);

	snprintf(path, sizeof(path), "%s/" OUTPUT_INCOMPLETE, o->dir);
	bool marked = lstat(path, &st) == 0;

	if (marked && claim_finds_run(o->dir))
		return reason_set(why, EEXIST,
			"--output %s: holds a run that has not ended or was cut off (%s); name another "
			"directory",
			o->dir, OUTPUT_INCOMPLETE);
	for (size_t i = 0; i < o->file_count; i++) {
		snprintf(path + len, sizeof(path) - len, "/%s", o->files[i].name);
		if (lstat(path, &st) == 0)
			return reason_set(why, EEXIST,
				"--output %s: already holds a run (%s); name another directory",
				o->dir, o->files[i].name);
	}
	/* a run that was killed before it had saved anything else: its directory is free again */
	snprintf(path + len, sizeof(path) - len, "/" OUTPUT_INCOMPLETE);
	if (marked && unlink(path) < 0)
		return reason_set(why, errno, "--output %s: cannot remove %s: %s", o->dir,
			OUTPUT_INCOMPLETE, strerror(errno));
	return output_check("--output", path, why);
}

int outputs_check(const struct outputs *o, struct reason *why)
{
	int r = 0;

	for (const struct output_target *t = o->targets; t->option != NULL && r == 0; t++)
		if (is_file(t->path))
			r = output_check(t->option, t->path, why);
	if (r == 0 && o->dir != NULL)
		r = make_directory(o->dir, why);
	if (r == 0)
		r = outputs_distinct(o, why);
	for (const struct output_target *t = o->targets; t->option != NULL && r == 0; t++)
		if (is_file(t->path))
			r = claim_file(t->option, t->path, why);
	if (r < 0 || o->dir == NULL)
		return r;
	r = claim_directory("--output", o->dir, why);
	if (r < 0)
		return r;
	claim_sweep(o->dir, OUTPUT_INCOMPLETE);
	for (size_t i = 0; i < o->file_count; i++)
		claim_sweep(o->dir, o->files[i].name);
	return o->resumed ? 0 : check_unused(o, why);
}

/* Writes and closes; what is on the disk afterwards is whole. 0 or -errno. */
static int fill_file(FILE *out, output_writer *write, const void *what, bool regular)
{
	int err = write(out, what);

	/* a full disk often shows only when the buffer is flushed */
	if (fflush(out) != 0 && err == 0)
		err = -errno;
	/* some file systems have nothing to wait for */
	if (err == 0 && regular && fsync(fileno(out)) < 0 && errno != EINVAL && errno != ENOTSUP)
		err = -errno;
	if (fclose(out) != 0 && err == 0)
		err = -errno;
	return err;
}

/* What is being written; removed at exit, which comes early when memory is exhausted. */
static struct {
	int dir;
	const char *temporary; /* NULL = nothing */
} unfinished;

static void remove_unfinished(void)
{
	if (unfinished.temporary != NULL)
		unlinkat(unfinished.dir, unfinished.temporary, 0);
}

static void begin_temporary(int dir, const char *temporary)
{
	static bool once;

	once = once || atexit(remove_unfinished) == 0;
	unfinished.dir = dir;
	unfinished.temporary = temporary;
}

/*
 * Replaces the file of this name in the directory `dir` by a whole one, and moves the claim on it
 * if there is to be one. 0 or -errno.
 */
static int replace(int dir, const char *path, output_writer *write, const void *what, bool claimed)
{
	char temporary[TEMPORARY_LEN];
	int fd = open_temporary(dir, path, temporary);

	if (fd < 0)
		return fd;
	begin_temporary(dir, temporary);
	int claim = claimed ? claim_successor(fd) : -1;
	FILE *out = fdopen(fd, "w");
	int err = out == NULL ? -errno : fill_file(out, write, what, true);

	if (out == NULL)
		close(fd);
	if (err == 0 && renameat(dir, temporary, dir, name_of(path)) < 0)
		err = -errno;
	unfinished.temporary = NULL;
	if (err == 0) {
		claim_pass(path, claim);
		return 0;
	}
	if (claim >= 0)
		close(claim);
	unlinkat(dir, temporary, 0);
	return err;
}

static int write_in(int dir, const char *path, output_writer *write, const void *what, bool claimed,
	struct reason *why)
{
	int err = dir < 0 ? dir : replace(dir, path, write, what, claimed);

	return err == 0 ? 0 : reason_set(why, -err, "cannot write %s: %s", path, strerror(-err));
}

int output_write_in(
	int dir, const char *path, output_writer *write, const void *what, struct reason *why)
{
	return write_in(dir, path, write, what, false, why);
}

static FILE *open_through(const char *path)
{
	return fopen(path, "we");
}

FILE *(*outputs_open_through)(const char *path) = open_through;

static int write_through(
	const char *path, output_writer *write, const void *what, struct reason *why)
{
	FILE *out = outputs_open_through(path);
	int err = out == NULL ? -errno : fill_file(out, write, what, false);

	return err == 0 ? 0 : reason_set(why, -err, "cannot write %s: %s", path, strerror(-err));
}

int output_write(const char *path, output_writer *write, const void *what, struct reason *why)
{
	if (is_written_through(path))
		return write_through(path, write, what, why);
	int dir = open_parent(path), r = write_in(dir, path, write, what, true, why);

	if (dir >= 0)
		close(dir);
	return r;
}

/* ---- a run directory ------------------------------------------------------------------------- */

static int open_directory(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int output_folder(const char *dir, const char *name, struct reason *why)
{
	int parent = open_directory(dir), fd = parent;

	if (parent >= 0) {
		bool made = mkdirat(parent, name, 0777) == 0;

		fd = !made && errno != EEXIST
			     ? -1
			     : openat(parent, name,
				       O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0)
			fd = -errno;
		if (fd < 0 && made)
			unlinkat(parent, name, AT_REMOVEDIR);
		close(parent);
	}
	return fd >= 0 ? fd
		       : reason_set(why, -fd, "cannot create %s/%s: %s", dir, name, strerror(-fd));
}

static int write_line(FILE *out, const void *line)
{
	return fprintf(out, "%s\n", (const char *)line) < 0 ? -EIO : 0;
}

int outputs_mark(const struct outputs *o, struct reason *why)
{
	const char *line = o->mark != NULL ? o->mark : "the run has not ended, or was cut off";
	char path[PATH_LEN];
	int dir = open_directory(o->dir), r = 0;

	snprintf(path, sizeof(path), "%s/" OUTPUT_INCOMPLETE, o->dir);
	if (dir < 0 || faccessat(dir, OUTPUT_INCOMPLETE, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
		r = output_write_in(dir, path, write_line, line, why);
	if (dir >= 0) {
		fsync(dir);
		close(dir);
	}
	return r;
}

int outputs_unmark(const struct outputs *o, struct reason *why)
{
	int dir = open_directory(o->dir), err = dir < 0 ? dir : 0;

	/* the files have their names before the mark is gone */
	if (err == 0 && fsync(dir) < 0 && errno != EINVAL && errno != ENOTSUP)
		err = -errno;
	if (err == 0 && unlinkat(dir, OUTPUT_INCOMPLETE, 0) < 0 && errno != ENOENT)
		err = -errno;
	if (dir >= 0) {
		fsync(dir);
		close(dir);
	}
	return err == 0 ? 0
			: reason_set(why, -err, "cannot remove %s/" OUTPUT_INCOMPLETE ": %s",
				  o->dir, strerror(-err));
}

static int save_directory(const struct outputs *o, const void *what, bool last, struct reason *why)
{
	int err = outputs_mark(o, why), dir = open_directory(o->dir);
	char path[PATH_LEN];

	for (size_t i = 0; i < o->file_count && err == 0; i++) {
		snprintf(path, sizeof(path), "%s/%s", o->dir, o->files[i].name);
		err = write_in(dir, path, o->files[i].write, what, true, why);
	}
	if (dir >= 0)
		close(dir);
	return err == 0 && last && !o->unfinished ? outputs_unmark(o, why) : err;
}

int outputs_save(const struct outputs *o, const void *what, bool last, struct reason *why)
{
	struct reason later;
	int err = o->dir == NULL ? 0 : save_directory(o, what, last, why);

	/* a file that cannot be written takes no other with it */
	for (const struct output_target *t = o->targets; t->option != NULL; t++) {
		/* a pipe cannot take back what a later state replaces */
		if (!is_file(t->path) || (!last && is_written_through(t->path)))
			continue;
		int r = output_write(t->path, t->write, what, err == 0 ? why : &later);

		err = err == 0 ? r : err;
	}
	return err;
}

const struct output_target *outputs_stdout(const struct outputs *o)
{
	for (const struct output_target *t = o->targets; t->option != NULL; t++)
		if (is_stdout(t->path))
			return t;
	return NULL;
}
