/* SPDX-License-Identifier: MIT */
#include "results/store.h"

#include "results/hist-files.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_LEN = 4096, TEMPORARY_LEN = 16 };

/* One file of the run directory, or one that an option names. */
typedef int write_fn(FILE *out, const struct results *r, const char *env_json);

static int write_trials(FILE *out, const struct results *r, const char *env_json)
{
	(void)env_json;
	return csv_write_trials(out, r);
}

static int write_summary(FILE *out, const struct results *r, const char *env_json)
{
	(void)env_json;
	return csv_write_summary(out, r);
}

static int write_percentiles(FILE *out, const struct results *r, const char *env_json)
{
	(void)env_json;
	return csv_write_percentiles(out, r);
}

static int write_timeline(FILE *out, const struct results *r, const char *env_json)
{
	(void)env_json;
	return csv_write_timeline(out, r);
}

static int write_env(FILE *out, const struct results *r, const char *env_json)
{
	(void)r;
	return fputs(env_json, out) < 0 || fputc('\n', out) < 0 ? -EIO : 0;
}

static int write_markdown(FILE *out, const struct results *r, const char *env_json)
{
	(void)env_json;
	return markdown_write(out, r);
}

static int write_latex(FILE *out, const struct results *r, const char *env_json)
{
	(void)env_json;
	return latex_write(out, r);
}

static int write_table(FILE *out, const struct results *r, const char *env_json)
{
	(void)env_json;
	return table_write(out, r, 0, false);
}

static const struct {
	const char *name;
	write_fn *write;
} run_files[] = {
	{"trials.csv", write_trials}, {"summary.csv", write_summary},
	{"percentiles.csv", write_percentiles}, {"env.json", write_env}, {"table.txt", write_table},
	{"timeline.csv", write_timeline}, /* last: only with --timeline */
};

static size_t run_file_count(const struct settings *s)
{
	return ARRAY_SIZE(run_files) - (s->timeline ? 0 : 1);
}

bool store_is_stdout(const char *path)
{
	struct stat out, st;

	return path != NULL && (strcmp(path, "-") == 0 ||
				       (fstat(STDOUT_FILENO, &out) == 0 && stat(path, &st) == 0 &&
					       out.st_dev == st.st_dev && out.st_ino == st.st_ino));
}

static bool is_file(const char *path)
{
	return path != NULL && !store_is_stdout(path);
}

static int make_directories(const char *path, struct reason *why)
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
static int check_writable(const char *option, const char *path, struct reason *why)
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

/* Two options for one file: the later one would overwrite the earlier. */
static int check_distinct(const struct store_file *files, size_t n, const char *dir,
	const char *const *names, size_t name_count, struct reason *why)
{
	char path[PATH_LEN];

	for (size_t i = 0; i < n; i++) {
		for (size_t j = i + 1; j < n; j++)
			if ((store_is_stdout(files[i].path) && store_is_stdout(files[j].path)) ||
				(is_file(files[i].path) && is_file(files[j].path) &&
					same_file(files[i].path, files[j].path)))
				return reason_set(why, EINVAL,
					"%s and %s both write to \"%.80s\"; give one of them another file",
					files[i].option, files[j].option, files[i].path);
		for (size_t k = 0; dir != NULL && is_file(files[i].path) && k < name_count; k++) {
			snprintf(path, sizeof(path), "%s/%s", dir, names[k]);
			if (same_file(files[i].path, path))
				return reason_set(why, EINVAL,
					"%s and --output both write to \"%.80s\"; give %s another file",
					files[i].option, files[i].path, files[i].option);
		}
	}
	return 0;
}

/* The folder of the histograms is made once there are any; whether it can be is found out here. */
static int check_hist_dir(const char *dir, struct reason *why)
{
	char path[PATH_LEN];

	snprintf(path, sizeof(path), "%s/" HIST_FILES_DIR, dir);
	int r = make_directories(path, why);

	if (r < 0)
		return r;
	snprintf(path, sizeof(path), "%s/" HIST_FILES_DIR "/.hlog", dir);
	r = check_writable("--output", path, why);
	*strrchr(path, '/') = '\0';
	rmdir(path);
	return r;
}

int store_check(const struct store_file *files, size_t n, const char *dir, const char *const *names,
	size_t name_count, struct reason *why)
{
	char path[PATH_LEN];
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++)
		if (is_file(files[i].path))
			r = check_writable(files[i].option, files[i].path, why);
	if (r == 0 && dir != NULL)
		r = make_directories(dir, why);
	if (r == 0)
		r = check_distinct(files, n, dir, names, name_count, why);
	if (r < 0 || dir == NULL)
		return r;
	snprintf(path, sizeof(path), "%s/%s", dir, names[0]);
	if (access(path, F_OK) == 0)
		return reason_set(why, EEXIST,
			"--output %s: already holds a run (%s); name another directory", dir,
			names[0]);
	return check_writable("--output", path, why);
}

int store_prepare(const struct settings *s, struct reason *why)
{
	const struct store_file files[] = {
		{"--csv", s->csv}, {"--json", s->json}, {"--md", s->md}, {"--tex", s->tex}};
	const char *names[ARRAY_SIZE(run_files)];

	for (size_t i = 0; i < ARRAY_SIZE(run_files); i++)
		names[i] = run_files[i].name;
	int r = store_check(files, ARRAY_SIZE(files), s->output_dir, names, run_file_count(s), why);

	return r < 0 || s->output_dir == NULL ? r : check_hist_dir(s->output_dir, why);
}

int store_write(const char *path, store_writer *write, const void *arg, struct reason *why)
{
	char temporary[PATH_LEN + TEMPORARY_LEN];
	bool through = is_written_through(path);

	name_temporary(temporary, sizeof(temporary), path);
	FILE *out = fopen(through ? path : temporary, "we");
	int err = out == NULL ? -errno : write(out, arg);

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

/* A writer of this file with what it writes. */
struct bound {
	write_fn *write;
	const struct results *results;
	const char *env_json;
};

static int write_bound(FILE *out, const void *arg)
{
	const struct bound *b = arg;

	return b->write(out, b->results, b->env_json);
}

static int save_file(const char *path, write_fn *write, const struct results *r,
	const char *env_json, struct reason *why)
{
	const struct bound bound = {write, r, env_json};

	return store_write(path, write_bound, &bound, why);
}

int store_save(const struct results *r, const char *env_json, bool last, struct reason *why)
{
	const struct settings *s = r->plan->settings;
	const struct {
		const char *path;
		write_fn *write;
	} named[] = {{s->csv, write_trials}, {s->json, json_write}, {s->md, write_markdown},
		{s->tex, write_latex}};
	char path[PATH_LEN];
	int err = 0;

	for (size_t i = 0; i < ARRAY_SIZE(named) && err == 0; i++)
		/* what has gone through a pipe cannot be replaced by a later state */
		if (is_file(named[i].path) && (last || !is_written_through(named[i].path)))
			err = save_file(named[i].path, named[i].write, r, env_json, why);
	for (size_t i = 0; i < run_file_count(s) && err == 0 && s->output_dir != NULL; i++) {
		snprintf(path, sizeof(path), "%s/%s", s->output_dir, run_files[i].name);
		err = save_file(path, run_files[i].write, r, env_json, why);
	}
	if (err == 0 && s->output_dir != NULL)
		err = hist_files_save(s->output_dir, r, why);
	return err;
}
