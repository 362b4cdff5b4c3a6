/* SPDX-License-Identifier: MIT */
#include "tables/tables.h"

#include <errno.h>

#define AT(field) offsetof(struct tables_settings, field)

static const struct option_row options[] = {
	OPTION("table", 0, "LIST", read_words, AT(kinds),
		"time (to move 1 MiB), qualities (what each mechanism is and did), apis (System V "
		"against POSIX), all. Default: {default}",
		.initial = "all", .words = table_names),
	OPTION("md", 0, "FILE", read_text, AT(md), "write Markdown; - is standard output"),
	OPTION("tex", 0, "FILE", read_text, AT(tex), "write LaTeX; - is standard output"),
	OPTION("csv", 0, "FILE", read_text, AT(csv),
		"write one table as CSV; - is standard output"),
	OPTION("json", 0, "FILE", read_text, AT(json),
		"write the tables as JSON; - is standard output"),
	OPTION("plugin", 0, "FILE", read_plugin, 0,
		"load one more mechanism from a shared object, for its traits"),
	OPTION_SWITCH("quiet", 'q', AT(quiet), "no table on standard output"),
	OPTION_ROW_HELP,
	{.name = NULL},
};

static int check(void *settings, const struct arguments *given, struct reason *why)
{
	struct tables_settings *s = settings;

	if (given->word_count == 0)
		return reason_set(why, EINVAL,
			"tables: no directory given; write tables DIR, one that ipcbench --output has "
			"written");
	s->dir = given->words[0];
	if (s->csv != NULL && (s->kinds & (s->kinds - 1)) != 0)
		return reason_set(why, EINVAL, "--csv holds one table; name it, as in --table %s",
			table_names[0]);
	return command_check_words(&tables_command, given, 1, why);
}

const struct command tables_command = {
	.name = "tables",
	.summary = "print comparison tables of a stored run, also as Markdown and LaTeX",
	.options = options,
	.operands = "DIR",
	.doc = "Prints comparison tables of a stored run, a directory that ipcbench --output has "
	       "written: the time to move 1 MiB, the qualities of the mechanisms, and System V "
	       "against POSIX.",
	.exit_status = "0; 1 if the run is damaged, holds nothing for the tables, or a file cannot "
		       "be written; 2 usage, or a directory that is no run.",
	.takes_files = true,
	.settings_size = sizeof(struct tables_settings),
	.check = check,
	.run = tables_run,
};
