/* SPDX-License-Identifier: MIT */
#include "cli/command.h"
#include "tables/tables.h"
#include "text/outputs.h"
#include <errno.h>
#include <string.h>

enum { TARGETS = 4 };

static struct outputs outputs_of(
	const struct tables_settings *s, struct output_target targets[TARGETS])
{
	targets[0] = (struct output_target){"--md", s->md, tables_write_markdown};
	targets[1] = (struct output_target){"--tex", s->tex, tables_write_latex};
	targets[2] = (struct output_target){"--csv", s->csv, tables_write_csv};
	targets[3] = (struct output_target){"--json", s->json, tables_write_json};
	return (struct outputs){.targets = targets, .target_count = TARGETS};
}

static int finish(const struct tables_settings *s, const struct tables *t, int *stdout_error)
{
	struct output_target targets[TARGETS];
	const struct outputs o = outputs_of(s, targets);
	struct reason why = {""};

	if (outputs_check(&o, &why) < 0)
		return complain(&why, EXIT_USAGE);
	bool saved =
		command_deliver(&o, s->quiet ? NULL : tables_document, t, COLOR_AUTO, stdout_error);

	if (tables_rows(t) > 0)
		return saved ? EXIT_MEASURED : EXIT_FAILED;
	reason_set(&why, ENODATA,
		"%s: holds nothing that these tables show; they are of cells in modes latency, "
		"throughput, oneway and setup",
		s->dir);
	return complain(&why, EXIT_FAILED);
}

int tables_run(void *settings, struct call *call)
{
	const struct tables_settings *set = settings;
	struct reason why = {""};
	struct stored_run run;
	struct measured measured = {.cells = NULL};
	struct tables tables = {.run = NULL};
	int status, r = stored_run_load(&run, set->dir, &why);
	if (r == 0) {
		measured_read(&measured, &run);
		tables_read(&tables, &measured, set->kinds);
		status = finish(set, &tables, &call->stdout_error);
	} else {
		status = complain(&why, r == -ENOENT || r == -ENOTDIR ? EXIT_USAGE : EXIT_FAILED);
	}
	tables_free(&tables);
	measured_free(&measured);
	stored_run_free(&run);
	return status;
}
