/* SPDX-License-Identifier: MIT */
#include "results/stored-run.h"

#include "text/text-file.h"
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PATH_LEN = 4096, COLUMNS_MAX = 1000 };
static const char schema_version[] = "1";

/* Without these a row cannot be told from another. */
static const char *const required[] = {"schema_version", "run_id", "transport", "wait", "copy",
	"mode", "size_bytes", "placement", "status"};

int stored_directory(const char *dir, struct reason *why)
{
	struct stat st;

	if (dir[0] == '\0')
		return reason_set(why, ENOENT, "a directory's name is empty; name a run directory");
	if (strlen(dir) + sizeof("/trials.csv") > PATH_LEN)
		return reason_set(why, ENOENT,
			"the name of a directory has %zu bytes; %d are allowed", strlen(dir),
			PATH_LEN - 12);
	if (stat(dir, &st) < 0)
		return reason_set(why, errno,
			"%s: %s; name a directory that ipcbench --output has written", dir,
			strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return reason_set(why, ENOTDIR,
			"%s: is no directory; name one that ipcbench --output has written", dir);
	return 0;
}

static int find(char *path, const char *dir, struct reason *why)
{
	int r = stored_directory(dir, why);

	if (r < 0)
		return r;
	snprintf(path, PATH_LEN, "%s/trials.csv", dir);
	if (access(path, F_OK) < 0 && errno == ENOENT)
		return reason_set(why, ENOENT,
			"%s: holds no trials.csv; name a directory that ipcbench --output has written",
			dir);
	return 0;
}

/* A file that was cut in its last field would pass for a whole one. */
static int check_end(const char *path, struct reason *why)
{
	FILE *in = fopen(path, "re");
	int last = '\n';

	if (in == NULL)
		return reason_set(why, errno, "%s: %s", path, strerror(errno));
	if (fseek(in, -1, SEEK_END) == 0)
		last = fgetc(in);
	fclose(in);
	if (last != '\n')
		return reason_set(
			why, EINVAL, "%s: does not end with a line end; the file is cut", path);
	return 0;
}

static bool is_status(const char *word)
{
	return strcmp(word, "ok") == 0 || strcmp(word, "skip") == 0 || strcmp(word, "fail") == 0;
}

/* Of two columns of one name the first would be read, and nobody knows which is meant. */
static int check_columns(const struct rows *rows, const char *path, struct reason *why)
{
	if (rows->columns > COLUMNS_MAX)
		return reason_set(why, EINVAL,
			"%s: has %zu columns; at most %d are read, and ipcbench writes fewer", path,
			rows->columns, COLUMNS_MAX);
	for (size_t i = 0; i < rows->columns; i++)
		for (size_t k = 0; k < i; k++)
			if (strcmp(rows->fields[i], rows->fields[k]) == 0)
				return reason_set(why, EINVAL,
					"%s: has two columns %.40s; it is not what ipcbench writes",
					path, rows->fields[i]);
	return 0;
}

static int check_rows(const struct rows *rows, const char *path, struct reason *why)
{
	int r = check_columns(rows, path, why);

	if (r < 0)
		return r;
	for (size_t i = 0; i < ARRAY_SIZE(required); i++)
		if (!rows_has(rows, required[i]))
			return reason_set(why, EINVAL,
				"%s: has no column %s; it is not what ipcbench writes", path,
				required[i]);
	for (size_t i = 0; i < rows->count; i++) {
		const char *version = rows_text(rows, i, "schema_version");
		const char *status = rows_text(rows, i, "status");

		if (strcmp(version, schema_version) != 0)
			return reason_set(why, EINVAL,
				"%s: row %zu has schema version \"%.20s\", and version %s is read; use "
				"the ipcbench that wrote it",
				path, i + 1, version, schema_version);
		if (!is_status(status))
			return reason_set(why, EINVAL,
				"%s: row %zu has status \"%.20s\" instead of ok, skip or fail",
				path, i + 1, status);
	}
	return 0;
}

static double started(const json_t *env)
{
	const char *text = json_string_value(json_object_get(env, "started"));
	struct tm tm = {0};
	const char *end = text == NULL ? NULL : strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm);

	return end == NULL || *end != '\0' ? NAN : (double)timegm(&tm);
}

static int load_env(struct stored_run *run, struct reason *why)
{
	char path[PATH_LEN];

	snprintf(path, sizeof(path), "%s/env.json", run->dir);
	int r = whole_file_json(path, &run->env, why);

	if (r < 0 || run->env == NULL)
		return r;
	json_t *version = json_object_get(run->env, "schema_version");

	if (version != NULL && json_integer_value(version) != atoi(schema_version))
		return reason_set(why, EINVAL,
			"%s: has schema version %lld, and version %s is read; use the ipcbench that "
			"wrote it",
			path, (long long)json_integer_value(version), schema_version);
	run->started_s = started(run->env);
	return 0;
}

static int name_run(struct stored_run *run, struct reason *why)
{
	const char *label = run->trials.count == 0 ? "" : rows_text(&run->trials, 0, "label");

	if (run->trials.count > 0)
		run->run_id = rows_text(&run->trials, 0, "run_id");
	if (asprintf(&run->name, label[0] == '\0' ? "%s" : "%s (%s)", run->dir, label) < 0) {
		run->name = NULL;
		return reason_set(why, ENOMEM, "out of memory");
	}
	return 0;
}

int stored_run_load(struct stored_run *run, const char *dir, struct reason *why)
{
	char path[PATH_LEN];

	*run = (struct stored_run){.dir = dir, .run_id = "", .started_s = NAN};
	int r = find(path, dir, why);

	if (r == 0)
		r = rows_load(&run->trials, path, why);
	if (r == 0)
		r = check_end(path, why);
	if (r == 0)
		r = check_rows(&run->trials, path, why);
	if (r == 0)
		r = load_env(run, why);
	if (r < 0)
		return r;
	return name_run(run, why);
}

int stored_run_make(struct stored_run *run, const char *name, char *trials, size_t len,
	const char *env, struct reason *why)
{
	json_error_t error;

	*run = (struct stored_run){.dir = name, .run_id = "", .started_s = NAN};
	int r = rows_parse(&run->trials, trials, len, name, why);

	if (r == 0)
		r = check_rows(&run->trials, name, why);
	if (r == 0 && env != NULL) {
		run->env = json_loads(env, 0, &error);
		if (run->env == NULL)
			r = reason_set(
				why, EINVAL, "%s: line %d: %s", name, error.line, error.text);
		run->started_s = started(run->env);
	}
	return r < 0 ? r : name_run(run, why);
}

void stored_run_free(struct stored_run *run)
{
	rows_free(&run->trials);
	json_decref(run->env);
	free(run->name);
	*run = (struct stored_run){0};
}
