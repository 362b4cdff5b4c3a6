/* SPDX-License-Identifier: MIT */
#include "tables/tables-command.h"

#include "cli/command.h"
#include "cli/exit-status.h"
#include "results/store.h"
#include "tables/tables-options.h"
#include <errno.h>
#include <string.h>

static int write_markdown(FILE *out, const void *tables)
{
	return tables_write_markdown(out, tables);
}

static int write_latex(FILE *out, const void *tables)
{
	return tables_write_latex(out, tables);
}

static int write_csv(FILE *out, const void *tables)
{
	return tables_write_csv(out, tables);
}

static int write_json(FILE *out, const void *tables)
{
	return tables_write_json(out, tables);
}

/* An option that names a file, and what writes it. */
struct target {
	struct store_file file;
	store_writer *write;
};

enum { TARGETS = 4 };

static void list_targets(const struct tables_settings *s, struct target out[TARGETS])
{
	const struct target all[TARGETS] = {
		{{"--md", s->md}, write_markdown},
		{{"--tex", s->tex}, write_latex},
		{{"--csv", s->csv}, write_csv},
		{{"--json", s->json}, write_json},
	};

	memcpy(out, all, sizeof(all));
}

static int check_files(const struct target targets[TARGETS], struct reason *why)
{
	struct store_file files[TARGETS];

	for (size_t i = 0; i < TARGETS; i++)
		files[i] = targets[i].file;
	return store_check(files, TARGETS, NULL, NULL, 0, why);
}

static int save(const struct target targets[TARGETS], const struct tables *t, struct reason *why)
{
	int r = 0;

	for (size_t i = 0; i < TARGETS && r == 0; i++)
		if (targets[i].file.path != NULL && !store_is_stdout(targets[i].file.path))
			r = store_write(targets[i].file.path, targets[i].write, t, why);
	return r;
}

/* The one format that asked for standard output, else the tables for people. */
static int print(const struct target targets[TARGETS], const struct tables *t, bool quiet)
{
	for (size_t i = 0; i < TARGETS; i++)
		if (store_is_stdout(targets[i].file.path))
			return targets[i].write(stdout, t);
	return quiet ? 0 : tables_write_table(stdout, t, terminal_width(), use_color(COLOR_AUTO));
}

static int finish(const struct tables_settings *s, const struct tables *t, int *stdout_error)
{
	struct target targets[TARGETS];
	int status = EXIT_MEASURED;
	struct reason why = {""};

	list_targets(s, targets);
	if (check_files(targets, &why) < 0)
		return complain(&why, EXIT_USAGE);
	if (save(targets, t, &why) < 0)
		status = complain(&why, EXIT_FAILED);
	int r = print(targets, t, s->quiet);

	if (r == -ENOMEM) {
		reason_set(&why, ENOMEM, "out of memory while printing");
		status = complain(&why, EXIT_FAILED);
	} else if (r < 0) {
		*stdout_error = -r;
	}
	if (tables_rows(t) > 0)
		return status;
	reason_set(&why, ENODATA,
		"%s: holds nothing that these tables show; they are of cells in modes latency, "
		"throughput, oneway and setup",
		s->dir);
	return complain(&why, EXIT_FAILED);
}

int tables_command(int argc, char **argv, int *stdout_error)
{
	struct tables_settings settings;
	struct reason why = {""};
	struct stored_run run;
	struct measured measured = {.cells = NULL};
	struct tables tables = {.run = NULL};
	int status, r = tables_parse(&settings, argc - 1, argv + 1, &why);

	if (r != 0)
		return r > 0 ? EXIT_MEASURED : complain(&why, EXIT_USAGE);
	r = stored_run_load(&run, settings.dir, &why);
	if (r == 0) {
		r = measured_read(&measured, &run);
		if (r == 0)
			r = tables_read(&tables, &measured, settings.kinds);
		if (r < 0)
			reason_set(&why, ENOMEM, "out of memory while reading %s", settings.dir);
	}
	if (r == 0)
		status = finish(&settings, &tables, stdout_error);
	else
		status = complain(&why, r == -ENOENT || r == -ENOTDIR ? EXIT_USAGE : EXIT_FAILED);
	tables_free(&tables);
	measured_free(&measured);
	stored_run_free(&run);
	return status;
}
