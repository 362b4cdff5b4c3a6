/* SPDX-License-Identifier: MIT */
/* The table of commands. Each is described in its own room, beside its options. */
#include "commands.h"

#include "advise/advice.h"
#include "claims/claims.h"
#include "cli/measure-options.h"
#include "cli/option.h"
#include "doctor/doctor.h"
#include "gate/comparison.h"
#include "histograms/hist-command.h"
#include "list/list.h"
#include "plan/plan.h"
#include "report/parts.h"
#include "spread/spread.h"
#include "tables/tables.h"
#include "topology/matrix.h"
#include <errno.h>

const struct command *const commands[] = {
	&list_command,
	&clean_command,
	&selftest_command,
	&hist_command,
	&doctor_command,
	&topology_command,
	&gate_command,
	&compare_command,
	&advise_command,
	&tables_command,
	&spread_command,
	&report_command,
	&claims_command,
	&manual_command,
	NULL,
};

const struct command *command_of(int argc, char *const *argv)
{
	for (const struct command *const *c = commands; argc > 1 && *c != NULL; c++)
		if (strcmp((*c)->name, argv[1]) == 0)
			return *c;
	return &measure_command;
}

void command_help(const struct command *c)
{
	command_print_help(c, c == &measure_command ? commands : NULL);
}

/* ---- measuring ------------------------------------------------------------------------------- */

static int stray_word(const char *text, struct reason *why)
{
	const char *names[ARRAY_SIZE(commands)] = {NULL};
	char hint[64];
	size_t n = 0;

	for (const struct command *const *c = commands; *c != NULL; c++) {
		if ((*c)->hidden)
			continue;
		names[n++] = (*c)->name;
		if (strcmp((*c)->name, text) == 0)
			return reason_set(why, EINVAL,
				"the command \"%s\" comes first: ipcbench %s [OPTION...]", text,
				text);
	}
	parse_hint(hint, sizeof(hint), text, names);
	if (hint[0] == '\0' && registry_find(text) != NULL)
		snprintf(hint, sizeof(hint), "; did you mean --transport %s?", text);
	return reason_set(why, EINVAL,
		"\"%.40s\" is neither an option nor a command%s (--help shows all)", text, hint);
}

static int check_measuring(void *settings, const struct arguments *given, struct reason *why)
{
	struct settings *s = settings;

	if (given->word_count > 0)
		return stray_word(given->words[0], why);
	if (s->config != NULL)
		s->argv = arguments_words(given, &s->argc);
	return settings_finish(settings, given, why);
}

const struct command measure_command = {
	.name = "",
	.options = measure_options,
	.rules = measure_rules,
	.doc = "Measures how fast two processes exchange messages over each IPC "
	       "mechanism. Without a command, ipcbench measures.",
	.exit_status =
		"0 measured; 1 a cell failed, nothing could be measured, or --plot could "
		"not draw a figure; 2 wrong usage, the run of --replay or --resume cannot be used, "
		"or another run writes to the same place; 130 interrupted: finished trials were "
		"saved and printed",
	.settings_size = sizeof(struct settings),
	.check = check_measuring,
	.run = measure_run,
};
