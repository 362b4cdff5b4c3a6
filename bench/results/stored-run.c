/* SPDX-License-Identifier: MIT */
#include "results/measured.h"

#include "cli/command.h"
#include "text/claim.h"
#include "text/memory.h"
#include "text/record.h"
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

/* Without these a row cannot be told from another. */
static const char *const required[] = {"schema_version", "run_id", "transport", "wait", "copy",
	"mode", "size_bytes", "placement", "status", NULL};

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
		return reason_set(why, errno == ELOOP ? ENOENT : errno,
			"%s: %s; name a directory that ipcbench --output has written", dir,
			strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return reason_set(why, ENOTDIR,
			"%s: not a directory; name one that ipcbench --output has written", dir);
	claim_input(dir);
	return 0;
}

bool stored_holds(const char *dir, const char *name)
{
	char *path = need_text("%s/%s", dir, name);
	bool held = access(path, F_OK) == 0;

	free(path);
	return held;
}

/* Only a measurement says how many launches were planned. */
void stored_incomplete(const char *dir, size_t launched, struct reason *out)
{
	char *path = need_text("%s/" OUTPUT_INCOMPLETE, dir), *line = NULL;
	size_t len, planned;
	int r = whole_file_read(path, WRITTEN_FILE_MAX, &line, &len, out);

	free(path);
	if (r == -ENOENT) {
		out->text[0] = '\0';
		return;
	}
	if (r == 0 && launched != SIZE_MAX && sscanf(line, "run %*s %zu launch", &planned) == 1)
		reason_set(out, 0,
			"%.80s: incomplete: %zu of %zu launch%s stored; ipcbench --resume %.80s goes on "
			"with it",
			dir, launched, planned, planned == 1 ? "" : "es", dir);
	else if (r == 0)
		reason_set(out, 0, "%.80s: incomplete: %.*s", dir, (int)strcspn(line, "\n"), line);
	free(line);
	complain(out, 0);
}

static size_t launches_of(const struct stored_run *run)
{
	size_t n = 0;

	for (size_t i = 0; i < run->count; i++)
		n += run->trials[i].order > 0;
	return n;
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

static int load_rows(struct rows *rows, const char *path, struct reason *why)
{
	char *text;
	size_t len;
	int r = whole_file_read(path, STORED_FILE_MAX, &text, &len, why);

	if (r < 0)
		return r;
	/* a file that was cut in its last field would pass for a whole one */
	bool cut = len > 0 && text[len - 1] != '\n';

	r = rows_parse(rows, text, len, path, why);
	return r < 0 || !cut ? r
			     : reason_set(why, EINVAL,
				       "%s: does not end with a line end; the file is cut", path);
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
	r = rows_expect(rows, path, "ipcbench", required, why);
	for (size_t i = 0; i < rows->count && r == 0; i++) {
		const char *status = rows_text(rows, i, "status");
		enum status known;

		if (!status_read(&known, status))
			return reason_set(why, EINVAL,
				"%s: row %zu has status \"%.20s\" instead of ok, skip or fail",
				path, i + 1, status);
	}
	return r;
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
	const json_t *given = json_object_get(run->env, "schema_version");
	long long version = given == NULL ? 1 : json_integer_value(given);

	if (version < 1 || version > SCHEMA_VERSION)
		return reason_set(why, EINVAL,
			"%s: has schema version %lld, and versions 1 to %d are read; use the "
			"ipcbench that wrote it",
			path, version, SCHEMA_VERSION);
	run->started_s = started(run->env);
	return 0;
}

static void read_trial(struct trial *t, const struct rows *rows, size_t row)
{
	*t = (struct trial){
		.family = rows_text(rows, row, "family"),
		.cpu_tx = rows_whole(rows, row, "cpu_tx", 1e6, -1),
		.cpu_rx = rows_whole(rows, row, "cpu_rx", 1e6, -1),
		.number = (unsigned int)rows_whole(rows, row, "trial", 1e9, 0),
		.order = (unsigned int)rows_whole(rows, row, "order", 1e9 + 1, 0),
		.flags = flags_read(rows_text(rows, row, "flags")),
		.clock = rows_text(rows, row, "clock"),
		.lat_kind = rows_text(rows, row, "lat_kind"),
	};
	key_read(&t->key, rows, row);
	status_read(&t->status, rows_text(rows, row, "status"));
	reason_set(&t->reason, 0, "%s", rows_text(rows, row, "reason"));
}

/* Version 1 has the second kind of times, sent_ or back_ as the mode says, in columns lat2_. */
static size_t column_before(const struct rows *rows, enum metric m)
{
	char name[32];

	snprintf(name, sizeof(name), "lat2%s", metric_info[m].column + strlen("sent"));
	return rows_column(rows, name);
}

static bool is_of(enum metric m, enum metric times)
{
	return m >= times && m <= times + TIMES_MAX;
}

/* No value is below 0; what a file has there was not measured. */
static void read_values(struct stored_run *run, enum metric m)
{
	size_t column = rows_column(&run->rows, metric_info[m].column);
	bool before = column == run->rows.columns &&
		      (is_of(m, METRIC_SENT_COUNT) || is_of(m, METRIC_BACK_COUNT));

	if (before)
		column = column_before(&run->rows, m);
	for (size_t i = 0; i < run->count; i++) {
		struct trial *t = &run->trials[i];
		double value = rows_number_at(&run->rows, i, column);
		/* a mode that is not known has no times that are */
		bool other = before &&
			     (t->key.mode >= MODE_COUNT || !is_of(m, mode_of(&t->key)->times[1]));

		t->value[m] = value < 0 || other ? NAN : value;
	}
}

void stored_run_read(struct stored_run *run)
{
	run->count = run->rows.count;
	if (run->count > 0) {
		run->run_id = rows_text(&run->rows, 0, "run_id");
		run->label = rows_text(&run->rows, 0, "label");
	}
	run->trials = need_array(run->count, sizeof(*run->trials));
	for (size_t i = 0; i < run->count; i++)
		read_trial(&run->trials[i], &run->rows, i);
	for (enum metric m = 0; m < METRIC_COUNT; m++)
		read_values(run, m);
	measured_read(run);
}

static void name_run(struct stored_run *run)
{
	run->name = run->label[0] == '\0' ? need_copy(run->dir)
					  : need_text("%s (%s)", run->dir, run->label);
}

/* What the rows say that have been loaded, and env.json. */
static int read_run(struct stored_run *run, struct reason *why)
{
	int r = load_env(run, why);

	if (r < 0)
		return r;
	stored_run_read(run);
	name_run(run);
	return 0;
}

int stored_run_open(struct stored_run *run, const char *dir, struct reason *why)
{
	char path[PATH_LEN];

	*run = (struct stored_run){.dir = dir, .run_id = "", .label = "", .started_s = NAN};
	int r = find(path, dir, why);

	if (r == 0)
		r = load_rows(&run->rows, path, why);
	if (r == 0)
		r = check_rows(&run->rows, path, why);
	return r < 0 ? r : read_run(run, why);
}

int stored_run_begun(struct stored_run *run, const char *dir, struct reason *why)
{
	*run = (struct stored_run){.dir = dir, .run_id = "", .label = "", .started_s = NAN};
	return read_run(run, why);
}

int stored_run_load(struct stored_run *run, const char *dir, struct reason *why)
{
	bool marked = stored_holds(dir, OUTPUT_INCOMPLETE);
	int r = stored_run_open(run, dir, why);

	/* it ended meanwhile: what was read before may be of an earlier state */
	while (r == 0 && marked && !(marked = stored_holds(dir, OUTPUT_INCOMPLETE))) {
		stored_run_free(run);
		r = stored_run_open(run, dir, why);
	}
	if (r == 0)
		stored_incomplete(dir, launches_of(run), &run->incomplete);
	return r;
}

void stored_run_of(
	struct stored_run *run, const char *name, const struct results *results, const char *env)
{
	const char *label = results->plan->settings->label;

	*run = (struct stored_run){
		.dir = name,
		.run_id = results->run_id,
		.label = label == NULL ? "" : label,
		.trials = need_array(results->trial_count, sizeof(*run->trials)),
		.count = results->trial_count,
		.env = env == NULL ? NULL : json_embedded(env),
	};
	run->started_s = started(run->env);
	for (size_t i = 0; i < run->count; i++)
		run->trials[i] = results->trials[i];
	measured_read(run);
	name_run(run);
}

void stored_run_free(struct stored_run *run)
{
	rows_free(&run->rows);
	json_decref(run->env);
	free(run->name);
	free(run->cells);
	free(run->by_cell);
	free(run->trials);
	*run = (struct stored_run){0};
}

/* ---- env.json ------------------------------------------------------------------------------- */

static const char *text_of(const json_t *env, const char *section, const char *key)
{
	const char *text = json_string_value(json_object_get(json_object_get(env, section), key));

	return text == NULL ? "unknown" : text;
}

char *env_machine(const json_t *env)
{
	long long cpus = json_integer_value(json_object_get(json_object_get(env, "cpu"), "cpus"));

	if (env == NULL)
		return need_copy("unknown");
	return need_text("%s, %lld CPU%s, %s %s", text_of(env, "cpu", "model"), cpus,
		cpus == 1 ? "" : "s", text_of(env, "kernel", "name"),
		text_of(env, "kernel", "release"));
}

char *env_value(const json_t *value)
{
	if (value == NULL || json_is_null(value))
		return need_copy("unknown");
	if (json_is_string(value))
		return need_copy(json_string_length(value) > 0 ? json_string_value(value) : "none");
	if (json_is_boolean(value))
		return need_copy(json_is_true(value) ? "yes" : "no");
	return needed(json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(9)));
}

long long env_layout_seed(const json_t *env)
{
	return json_integer_value(json_object_get(json_object_get(env, "ipcbench"), "layout_seed"));
}

const char *env_version(const json_t *env)
{
	return text_of(env, "ipcbench", "version");
}
