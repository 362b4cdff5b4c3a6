/* SPDX-License-Identifier: MIT */
#include "gate/gate-files.h"

#include "gate/gate-writers.h"
#include "text/outputs.h"
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

enum { TARGETS = 7 };

static const struct output_file run_files[] = {
	{"compare.csv", write_csv},
	{"blocks.csv", write_blocks},
	{"gate.json", write_json},
	{"env.json", gate_write_env},
};

static struct outputs outputs_of(const struct gate_files *f, struct output_target targets[TARGETS])
{
	const struct output_target all[TARGETS] = {
		{"--csv", f->csv, write_csv},
		{"--json", f->json, write_json},
		{"--md", f->md, write_md},
		{"--junit", f->junit, write_junit},
		{"--action-bigger", f->action_bigger, write_bigger},
		{"--action-smaller", f->action_smaller, write_smaller},
		{"--bmf", f->bmf, write_bmf},
	};

	memcpy(targets, all, sizeof(all));
	return (struct outputs){targets, TARGETS, f->output_dir, run_files, ARRAY_SIZE(run_files)};
}

int gate_files_check(const struct gate_files *f, struct reason *why)
{
	struct output_target targets[TARGETS];
	const struct outputs o = outputs_of(f, targets);

	return outputs_check(&o, why);
}

int gate_files_save(const struct gate_files *f, const struct gate_results *r, struct reason *why)
{
	struct output_target targets[TARGETS];
	struct outputs o = outputs_of(f, targets);

	/* stored runs have no blocks, and directories of their own that describe the machine */
	if (r->blocks == NULL && r->env_json == NULL)
		o.file_count = 1;
	return outputs_save(&o, r, true, why);
}

int gate_files_print(const struct gate_files *f, const struct gate_results *r)
{
	struct output_target targets[TARGETS];
	const struct outputs o = outputs_of(f, targets);
	const struct output_target *t = outputs_stdout(&o);

	return t == NULL ? 1 : t->write(stdout, r);
}
