/* SPDX-License-Identifier: MIT */
/* Two made-up run directories for the tests of their comparison. Included first. */
#ifndef STORED_RUNS_H
#define STORED_RUNS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* these come first: cmocka.h does not include them */
#include "gate/comparison.h"
#include <cmocka.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEADER                                                                                     \
	"schema_version,run_id,label,transport,wait,copy,mode,size_bytes,trial,placement,idle,"    \
	"status,reason,flags,duration_s,messages,msgs_per_s,lat_p50_ns,lat_p99_ns,cpu_ns_per_msg," \
	"think_ns,rate,arrivals,dispatch,mem\n"

#define ENV                                                                                        \
	"{\"schema_version\": 1, \"started\": \"2026-11-21T10:00:00Z\","                           \
	"\"command\": [\"ipcbench\"], \"ipcbench\": {\"version\": \"1\", \"cflags\": \"-O3\"},"    \
	"\"cpu\": {\"model\": \"Made up\", \"cpus\": 2, \"microcode\": null},"                     \
	"\"clock\": {\"ticks_hz\": 2000000000},"                                                   \
	"\"kernel\": {\"name\": \"Linux\", \"release\": \"6.1\"},"                                 \
	"\"mitigations\": {\"mds\": \"Not affected\"}}\n"

/* A directory for everything, base and new in it. */
struct fixture {
	char dir[64], base[80], new[80];
	struct stored_run runs[2]; /* what is compared */
	struct stored stored;
	struct reason why;
};

/* ---- made-up runs ---------------------------------------------------------------------------- */

static inline void write_file(const char *dir, const char *name, const char *text)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	FILE *out = fopen(path, "w");

	assert_non_null(out);
	assert_true(fputs(text, out) >= 0);
	assert_int_equal(fclose(out), 0);
}

/* Rows are gathered here and written as one file. */
struct table {
	char text[65536];
	size_t len;
};

static inline void begin(struct table *t)
{
	t->len = (size_t)snprintf(t->text, sizeof(t->text), "%s", HEADER);
}

/* Trials of a latency cell whose median and CPU time are `factor` times 1000, 1001, ... ns. */
static inline void add_trials(
	struct table *t, const char *run_id, const char *transport, int trials, double factor)
{
	for (int i = 0; i < trials; i++)
		t->len += (size_t)snprintf(t->text + t->len, sizeof(t->text) - t->len,
			"1,%s,,%s,block,copy,latency,64,%d,same-cpu,default,ok,,,0.1,1000,,%.9g,,"
			"%.9g,0,,,direct,default\n",
			run_id, transport, i + 1, (1000 + i) * factor, (500 + i) * factor);
	assert_true(t->len < sizeof(t->text));
}

static inline void add_line(struct table *t, const char *line)
{
	t->len += (size_t)snprintf(t->text + t->len, sizeof(t->text) - t->len, "%s\n", line);
	assert_true(t->len < sizeof(t->text));
}

static inline void write_run(const char *dir, const struct table *t, const char *env)
{
	write_file(dir, "trials.csv", t->text);
	if (env != NULL)
		write_file(dir, "env.json", env);
}

/* Two runs of pipe, the second `factor` times as slow. */
static inline void write_pair(const struct fixture *f, int trials, double factor, const char *env)
{
	struct table t;

	begin(&t);
	add_trials(&t, "base-1", "pipe", trials, 1);
	write_run(f->base, &t, ENV);
	begin(&t);
	add_trials(&t, "new-2", "pipe", trials, factor);
	write_run(f->new, &t, env);
}

static inline int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	strcpy(f->dir, "/tmp/ipcbench-stored-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->base, sizeof(f->base), "%s/base", f->dir);
	snprintf(f->new, sizeof(f->new), "%s/new", f->dir);
	assert_int_equal(mkdir(f->base, 0700), 0);
	assert_int_equal(mkdir(f->new, 0700), 0);
	*state = f;
	return 0;
}

static inline void forget(struct fixture *f)
{
	stored_free(&f->stored);
	stored_run_free(&f->runs[0]);
	stored_run_free(&f->runs[1]);
}

static inline int tear_down(void **state)
{
	static const char *const files[] = {"trials.csv", "env.json"};
	struct fixture *f = *state;
	char path[160];

	forget(f);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		snprintf(path, sizeof(path), "%s/%s", f->base, files[i]);
		unlink(path);
		snprintf(path, sizeof(path), "%s/%s", f->new, files[i]);
		unlink(path);
	}
	rmdir(f->base);
	rmdir(f->new);
	int r = rmdir(f->dir);

	free(f);
	return r;
}

static inline int compare_dirs(struct fixture *f, const char *base, const char *new)
{
	const struct stored_options options = {(1u << GATE_METRIC_COUNT) - 1, 0.1};

	forget(f);
	f->why.text[0] = '\0';
	int err = stored_run_load(&f->runs[0], base, &f->why);

	if (err == 0)
		err = stored_run_load(&f->runs[1], new, &f->why);
	if (err == 0)
		stored_compare(&f->stored, &f->runs[0], &f->runs[1], &options);
	return err;
}

static inline const struct gate_results *compare(struct fixture *f)
{
	if (compare_dirs(f, f->base, f->new) != 0)
		fail_msg("%s", f->why.text);
	return &f->stored.results;
}

/* The number of the first note that says `words`, or of notes when none does. */
static inline size_t note_at(const struct gate_results *r, const char *words)
{
	size_t i = 0;

	while (i < r->note_count && strstr(r->notes[i], words) == NULL)
		i++;
	return i;
}

static inline void expect_note(const struct gate_results *r, const char *words)
{
	if (note_at(r, words) < r->note_count)
		return;
	for (size_t i = 0; i < r->note_count; i++)
		print_message("%s\n", r->notes[i]);
	fail_msg("no note says \"%s\"", words);
}

/* The rest of a row that ended ok, after its placement and up to its pause. */
#define OK_REST "default,ok,,,0.1,1000,,1000,,500,"

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
