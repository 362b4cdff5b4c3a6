/* SPDX-License-Identifier: MIT */
#include "report/subject.h"

#include "text/format.h"
#include "text/whole-file.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_LEN = 4200 };

/* By kind: what is offered for download, the most important first. */
static const char *const files[][DOWNLOADS_MAX] = {
	[SUBJECT_RUN] = {"summary.csv", "trials.csv", "env.json", "percentiles.csv",
		"timeline.csv"},
	[SUBJECT_GATE] = {"compare.csv", "env.json", "blocks.csv", "gate.json"},
	[SUBJECT_MATRIX] = {"topology.csv", "env.json"},
};

const char *subject_kind_name(enum subject_kind kind)
{
	static const char *const names[] = {
		[SUBJECT_RUN] = "run",
		[SUBJECT_GATE] = "gate",
		[SUBJECT_MATRIX] = "core-to-core matrix",
	};

	return names[kind];
}

static bool holds(const char *dir, const char *name)
{
	char path[PATH_LEN];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return access(path, F_OK) == 0;
}

static int find_kind(struct subject *s, struct reason *why)
{
	struct stat st;

	if (s->dir[0] == '\0')
		return reason_set(why, ENOENT, "a directory's name is empty; name a run directory");
	if (strlen(s->dir) > 4000)
		return reason_set(why, ENOENT,
			"the name of a directory has %zu bytes; 4000 are allowed", strlen(s->dir));
	if (stat(s->dir, &st) < 0)
		return reason_set(why, errno,
			"%s: %s; name a directory that ipcbench --output has written", s->dir,
			strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return reason_set(why, ENOTDIR,
			"%s: is no directory; name one that ipcbench --output has written", s->dir);
	if (holds(s->dir, "gates.csv"))
		return reason_set(why, ENOENT,
			"%s: holds the gates of a self-test, which print their own summary; there is "
			"nothing to report",
			s->dir);
	if (holds(s->dir, "trials.csv"))
		s->kind = SUBJECT_RUN;
	else if (holds(s->dir, "compare.csv"))
		s->kind = SUBJECT_GATE;
	else if (holds(s->dir, "topology.csv"))
		s->kind = SUBJECT_MATRIX;
	else
		return reason_set(why, ENOENT,
			"%s: holds no trials.csv, compare.csv or topology.csv; name a directory that "
			"ipcbench --output has written",
			s->dir);
	return 0;
}

static int load_run(struct subject *s, struct reason *why)
{
	char path[PATH_LEN];
	int r = stored_run_load(&s->run, s->dir, why);

	if (r == 0 && measured_read(&s->measured, &s->run) < 0)
		r = reason_set(why, ENOMEM, "out of memory while reading %s", s->dir);
	if (r == 0 && holds(s->dir, "summary.csv")) {
		snprintf(path, sizeof(path), "%s/summary.csv", s->dir);
		r = rows_load(&s->summary, path, why);
	}
	if (r == 0)
		r = stored_results_make(&s->stored, &s->measured, &s->summary, why);
	s->env = s->run.env;
	s->run_id = s->run.run_id != NULL ? s->run.run_id : "";
	s->label = r == 0 && s->run.trials.count > 0 ? rows_text(&s->run.trials, 0, "label") : "";
	return r;
}

static int load_gate(struct subject *s, struct reason *why)
{
	char path[PATH_LEN];
	int r = stored_gate_load(&s->gate, s->dir, why);

	s->run_id = s->gate.results.run_id;
	s->env = s->gate.env;
	if (r < 0 || s->env != NULL || !holds(s->dir, "env.json"))
		return r;
	snprintf(path, sizeof(path), "%s/env.json", s->dir);
	r = whole_file_json(path, &s->env_file, why);
	s->env = s->env_file;
	return r;
}

static int load_matrix(struct subject *s, struct reason *why)
{
	int r = stored_matrix_load(&s->matrix, s->dir, why);

	s->run_id = s->matrix.run_id;
	s->env = s->matrix.env;
	return r;
}

int subject_load(struct subject *s, const char *dir, struct reason *why)
{
	static int (*const load[])(struct subject *, struct reason *) = {
		[SUBJECT_RUN] = load_run,
		[SUBJECT_GATE] = load_gate,
		[SUBJECT_MATRIX] = load_matrix,
	};

	*s = (struct subject){.dir = dir, .run_id = "", .label = ""};
	int r = find_kind(s, why);

	if (r == 0)
		r = load[s->kind](s, why);
	if (r == 0)
		r = downloads_read(&s->downloads, dir, files[s->kind], why);
	return r;
}

void subject_free(struct subject *s)
{
	downloads_free(&s->downloads);
	figures_free(&s->figures);
	stored_matrix_free(&s->matrix);
	stored_gate_free(&s->gate);
	json_decref(s->env_file);
	stored_results_free(&s->stored);
	rows_free(&s->summary);
	measured_free(&s->measured);
	stored_run_free(&s->run);
	*s = (struct subject){.dir = NULL};
}

void subject_name(const struct subject *s, char *buf, size_t len)
{
	char dir[200], label[120];

	format_plain(dir, sizeof(dir), s->dir, true);
	format_plain(label, sizeof(label), s->label, true);
	snprintf(buf, len, "%s%s%s%s%s%s", s->letter, s->letter[0] != '\0' ? ": " : "", dir,
		label[0] != '\0' ? " (" : "", label, label[0] != '\0' ? ")" : "");
}
