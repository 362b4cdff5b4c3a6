/* SPDX-License-Identifier: MIT */
/* `ipcbench list` and `ipcbench clean`. */
#include "list/list.h"

#include "cli/command.h"

/* ---- list ------------------------------------------------------------------------------------ */

struct list_settings {
	bool json, markdown;
};

static const struct option_row list_options[] = {
	OPTION_SWITCH("json", 0, offsetof(struct list_settings, json),
		"as a JSON array, with the options of each mechanism"),
	OPTION_SWITCH("md", 0, offsetof(struct list_settings, markdown), "as a Markdown table"),
	OPTION("plugin", 0, "FILE", read_plugin, 0, "load one more mechanism from a shared object"),
	OPTION_ROW_HELP,
	{.name = NULL},
};

static const struct option_rule list_rules[] = {
	{.one = "json", .other = "md", .because = "give one"},
	{.one = NULL},
};

static int list_run(void *settings, struct call *call)
{
	const struct list_settings *s = settings;

	if (s->json)
		list_json(stdout);
	else if (s->markdown)
		list_markdown(stdout);
	else
		call->stdout_error = -list_text(stdout);
	return EXIT_MEASURED;
}

const struct command list_command = {
	.name = "list",
	.summary = "print every mechanism, its traits, and whether it runs here",
	.options = list_options,
	.rules = list_rules,
	.doc = "Prints every mechanism, its traits, and whether it runs here; if not, why, and what "
	       "would help.",
	.settings_size = sizeof(struct list_settings),
	.run = list_run,
};

/* ---- clean ----------------------------------------------------------------------------------- */

struct clean_settings {
	bool dry_run;
};

static const struct option_row clean_options[] = {
	OPTION_SWITCH("dry-run", 'n', offsetof(struct clean_settings, dry_run),
		"print what would be removed"),
	OPTION_ROW_HELP,
	{.name = NULL},
};

static int clean(void *settings, struct call *call)
{
	(void)call;
	return clean_run(stdout, ((const struct clean_settings *)settings)->dry_run);
}

const struct command clean_command = {
	.name = "clean",
	.summary = "remove what killed runs of ipcbench left, and only that",
	.options = clean_options,
	.doc = "Removes the kernel objects and files that killed runs of ipcbench left, and only "
	       "those.",
	.exit_status = "0; 1 if something could not be removed; 2 usage.",
	.settings_size = sizeof(struct clean_settings),
	.run = clean,
};
