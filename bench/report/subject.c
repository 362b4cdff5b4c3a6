/* SPDX-License-Identifier: MIT */
#include "report/parts.h"

#include "text/format.h"
#include "text/memory.h"
#include "text/text-file.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The path of a file of the directory, to be freed. */
static char *path_of(const struct subject *s, const char *name)
{
	return need_text("%s/%s", s->dir, name);
}

static bool holds(const struct subject *s, const char *name)
{
	char *path = path_of(s, name);
	bool held = access(path, F_OK) == 0;

	free(path);
	return held;
}

static int load_run(struct subject *s, struct reason *why)
{
	int r = stored_run_load(&s->run, s->dir, why);

	if (r == 0) {
		measured_read(&s->measured, &s->run);
		r = stored_results_make(&s->stored, &s->measured, why);
	}
	s->run_id = s->run.run_id;
	s->env = json_incref(s->run.env);
	return r;
}

static int load_gate(struct subject *s, struct reason *why)
{
	int r = stored_gate_load(&s->gate, s->dir, why);

	s->run_id = s->gate.results.run_id;
	s->env = json_incref(s->gate.env);
	return r;
}

static int load_matrix(struct subject *s, struct reason *why)
{
	int r = stored_matrix_load(&s->matrix, s->dir, why);

	s->run_id = s->matrix.run_id;
	return r;
}

/* Where no other file had it. */
static int load_env(struct subject *s, struct reason *why)
{
	char *path = path_of(s, "env.json");
	int r = s->env != NULL ? 0 : whole_file_json(path, &s->env, why);

	free(path);
	return r;
}

static const struct {
	const char *name;
	int (*load)(struct subject *s, struct reason *why);
	const char *mark; /* the file that tells it */
	/* what is offered for download, the most important first */
	const char *files[DOWNLOADS_MAX];
} kinds[] = {
	[SUBJECT_RUN] = {"run", load_run, "trials.csv",
		{"summary.csv", "trials.csv", "env.json", "percentiles.csv", "timeline.csv"}},
	[SUBJECT_GATE] = {"gate", load_gate, "compare.csv",
		{"compare.csv", "env.json", "blocks.csv", "gate.json"}},
	[SUBJECT_MATRIX] = {"core-to-core matrix", load_matrix, "topology.csv",
		{"topology.csv", "env.json"}},
};

const char *subject_kind_name(enum subject_kind kind)
{
	return kinds[kind].name;
}

static int find_kind(struct subject *s, struct reason *why)
{
	int r = stored_directory(s->dir, why);

	if (r < 0)
		return r;
	if (holds(s, "gates.csv"))
		return reason_set(why, ENOENT,
			"%s: holds the gates of a self-test, which print their own summary; there is "
			"nothing to report",
			s->dir);
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		s->kind = (enum subject_kind)i;
		if (holds(s, kinds[i].mark))
			return 0;
	}
	return reason_set(why, ENOENT,
		"%s: holds no trials.csv, compare.csv or topology.csv; name a directory that "
		"ipcbench --output has written",
		s->dir);
}

/* The files that there are. */
static int load_files(struct subject *s, struct reason *why)
{
	int r = 0;

	for (size_t i = 0; i < DOWNLOADS_MAX && kinds[s->kind].files[i] != NULL; i++) {
		struct download *f = &s->downloads[i];
		char *path = path_of(s, kinds[s->kind].files[i]);

		f->name = kinds[s->kind].files[i];
		r = whole_file_read(path, &f->bytes, &f->len, why);
		free(path);
		if (r < 0 && r != -ENOENT)
			return r;
	}
	return 0;
}

static void set_name(struct subject *s)
{
	char name[380];

	format_plain(name, sizeof(name), s->run.name != NULL ? s->run.name : s->dir, true);
	snprintf(s->name, sizeof(s->name), "%s%s%s", s->letter, s->letter[0] != '\0' ? ": " : "",
		name);
}

int subject_load(struct subject *s, const char *dir, char letter, struct reason *why)
{
	*s = (struct subject){.dir = dir, .letter = {letter}, .run_id = ""};
	int r = find_kind(s, why);

	if (r == 0)
		r = kinds[s->kind].load(s, why);
	if (r == 0)
		r = load_env(s, why);
	if (r == 0)
		r = load_files(s, why);
	set_name(s);
	return r;
}

void subject_free(struct subject *s)
{
	for (size_t i = 0; i < DOWNLOADS_MAX; i++)
		free(s->downloads[i].bytes);
	figures_free(&s->figures);
	matrix_free(&s->matrix);
	stored_gate_free(&s->gate);
	json_decref(s->env);
	stored_results_free(&s->stored);
	measured_free(&s->measured);
	stored_run_free(&s->run);
	*s = (struct subject){.dir = NULL};
}
