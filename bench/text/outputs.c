/* SPDX-License-Identifier: MIT */
#include "text/outputs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_LEN = 4096, TEMPORARY_LEN = 16 };

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

int output_directory(const char *path, struct reason *why)
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

static void name_temporary(char *out, size_t len, const char *path)
{
	snprintf(out, len, "%s.%d.tmp", path, (int)getpid());
}

/* Opens what will be written. root passes access(2) even where no file can be made, as in /proc. */
int output_check(const char *option, const char *path, struct reason *why)
{
	char temporary[PATH_LEN];
	struct stat st;

	if (strlen(path) + TEMPORARY_LEN >= sizeof(temporary))
		return reason_set(why, ENAMETOOLONG, "%s: the path is longer than %d bytes", option,
			PATH_LEN - TEMPORARY_LEN);
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
	name_temporary(temporary, sizeof(temporary), path);
	int fd = open(temporary, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0)
		return reason_set(why, errno, "%s %s: cannot write a file there: %s", option, path,
			strerror(errno));
	close(fd);
	unlink(temporary);
	return 0;
}

/* A file by what it is rather than by its name: itself, or its directory and its name there. */
struct identity {
	dev_t dev;
	ino_t ino;
	char name[256]; /* empty if the file exists */
};

static bool identify(struct identity *id, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash == NULL ? path : slash + 1;
	char dir[PATH_LEN];
	struct stat st;

	*id = (struct identity){.dev = 0};
	if (stat(path, &st) < 0) {
		snprintf(dir, sizeof(dir), "%.*s", slash == NULL ? 1 : (int)(slash - path) + 1,
			slash == NULL ? "." : path);
		snprintf(id->name, sizeof(id->name), "%s", name);
		if (stat(dir, &st) < 0)
			return false;
	}
	id->dev = st.st_dev;
	id->ino = st.st_ino;
	/* whatever goes to a device is not kept by it */
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

int outputs_distinct(const struct outputs *o, struct reason *why)
{
	for (const struct output_target *t = o->targets; t->option != NULL; t++) {
		for (const struct output_target *u = t + 1; u->option != NULL; u++)
			if (collide(t->path, u->path))
				return reason_set(why, EINVAL,
					"%s and %s both write to \"%.80s\"; give one of them another file",
					t->option, u->option, t->path);
		if (in_directory(o, t->path))
			return reason_set(why, EINVAL,
				"%s and --output both write to \"%.80s\"; give %s another file",
				t->option, t->path, t->option);
	}
	return 0;
}

int outputs_check(const struct outputs *o, struct reason *why)
{
	char path[PATH_LEN];
	int r = 0;

	for (const struct output_target *t = o->targets; t->option != NULL && r == 0; t++)
		if (is_file(t->path))
			r = output_check(t->option, t->path, why);
	if (r == 0 && o->dir != NULL)
		r = output_directory(o->dir, why);
	if (r == 0)
		r = outputs_distinct(o, why);
	if (r < 0 || o->dir == NULL)
		return r;
	snprintf(path, sizeof(path), "%s/%s", o->dir, o->files[0].name);
	if (access(path, F_OK) == 0)
		return reason_set(why, EEXIST,
			"--output %s: already holds a run (%s); name another directory", o->dir,
			o->files[0].name);
	return output_check("--output", path, why);
}

int output_write(const char *path, output_writer *write, const void *what, struct reason *why)
{
	char temporary[PATH_LEN + TEMPORARY_LEN];
	bool through = is_written_through(path);

	name_temporary(temporary, sizeof(temporary), path);
	FILE *out = fopen(through ? path : temporary, "we");
	int err = out == NULL ? -errno : write(out, what);

	/* a full disk often shows only when the buffer is flushed */
	if (out != NULL && fclose(out) != 0 && err == 0)
		err = -errno;
	if (err == 0 && !through && rename(temporary, path) < 0)
		err = -errno;
	if (err < 0) {
		if (!through)
			unlink(temporary);
		return reason_set(why, -err, "cannot write %s: %s", path, strerror(-err));
	}
	return 0;
}

int outputs_save(const struct outputs *o, const void *what, bool last, struct reason *why)
{
	char path[PATH_LEN];
	int err = 0;

	/* what has gone through a pipe cannot be replaced by a later state */
	for (const struct output_target *t = o->targets; t->option != NULL && err == 0; t++)
		if (is_file(t->path) && (last || !is_written_through(t->path)))
			err = output_write(t->path, t->write, what, why);
	for (size_t i = 0; o->dir != NULL && i < o->file_count && err == 0; i++) {
		snprintf(path, sizeof(path), "%s/%s", o->dir, o->files[i].name);
		err = output_write(path, o->files[i].write, what, why);
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
