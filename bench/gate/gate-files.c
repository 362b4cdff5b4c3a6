/* SPDX-License-Identifier: MIT */
#include "gate/gate-files.h"

#include "gate/gate-writers.h"
#include "results/store.h"
#include <errno.h>
#include <string.h>

static int write_csv(FILE *out, const void *results)
{
	return gate_compare_csv_write(out, results);
}

static int write_blocks(FILE *out, const void *results)
{
	return gate_blocks_csv_write(out, results);
}

static int write_json(FILE *out, const void *results)
{
	return gate_json_write(out, results);
}

static int write_md(FILE *out, const void *results)
{
	return gate_markdown_write(out, results);
}

static int write_junit(FILE *out, const void *results)
{
	return gate_junit_write(out, results);
}

static int write_bigger(FILE *out, const void *results)
{
	return gate_action_benchmark_write(out, results, true);
}

static int write_smaller(FILE *out, const void *results)
{
	return gate_action_benchmark_write(out, results, false);
}

static int write_bmf(FILE *out, const void *results)
{
	return gate_bmf_write(out, results);
}

int gate_write_env(FILE *out, const void *results)
{
	const struct gate_results *r = results;

	return fputs(r->env_json, out) < 0 || fputc('\n', out) < 0 ? -EIO : 0;
}

/* An option that names a file, and what writes it. */
struct target {
	struct store_file file;
	store_writer *write;
};

enum { TARGETS = 7 };

static void list_targets(const struct gate_files *f, struct target out[TARGETS])
{
	const struct target all[TARGETS] = {
		{{"--csv", f->csv}, write_csv},
		{{"--json", f->json}, write_json},
		{{"--md", f->md}, write_md},
		{{"--junit", f->junit}, write_junit},
		{{"--action-bigger", f->action_bigger}, write_bigger},
		{{"--action-smaller", f->action_smaller}, write_smaller},
		{{"--bmf", f->bmf}, write_bmf},
	};

	memcpy(out, all, sizeof(all));
}

const char *const gate_run_files[GATE_RUN_FILES] = {
	"compare.csv", "blocks.csv", "gate.json", "env.json"};

static store_writer *const run_writers[GATE_RUN_FILES] = {
	write_csv, write_blocks, write_json, gate_write_env};

int gate_files_check(const struct gate_files *f, const char *first, struct reason *why)
{
	struct target targets[TARGETS];
	struct store_file files[TARGETS];
	const char *names[GATE_RUN_FILES];

	list_targets(f, targets);
	for (size_t i = 0; i < TARGETS; i++)
		files[i] = targets[i].file;
	memcpy(names, gate_run_files, sizeof(names));
	names[0] = first;
	return store_check(files, TARGETS, f->output_dir, names, GATE_RUN_FILES, why);
}

int gate_files_save(const struct gate_files *f, const struct gate_results *r, struct reason *why)
{
	/* stored runs have no blocks, and directories of their own that describe the machine */
	size_t run_files = r->blocks != NULL || r->env_json != NULL ? GATE_RUN_FILES : 1;
	struct target targets[TARGETS];
	char path[4200];
	int err = 0;

	list_targets(f, targets);
	for (size_t i = 0; i < TARGETS && err == 0; i++)
		if (targets[i].file.path != NULL && !store_is_stdout(targets[i].file.path))
			err = store_write(targets[i].file.path, targets[i].write, r, why);
	for (size_t i = 0; i < run_files && err == 0 && f->output_dir != NULL; i++) {
		snprintf(path, sizeof(path), "%s/%s", f->output_dir, gate_run_files[i]);
		err = store_write(path, run_writers[i], r, why);
	}
	return err;
}

int gate_files_print(const struct gate_files *f, const struct gate_results *r)
{
	struct target targets[TARGETS];

	list_targets(f, targets);
	for (size_t i = 0; i < TARGETS; i++)
		if (store_is_stdout(targets[i].file.path))
			return targets[i].write(stdout, r);
	return 1;
}
