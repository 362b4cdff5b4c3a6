/* SPDX-License-Identifier: MIT */
/* The commands beside measuring, and their few options. */
#include "cli/options.h"
#include "run/registry.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FLAG_DRY_RUN = 'n', FLAG_HELP = 'h', FLAG_JSON = 0x100, FLAG_MD, FLAG_PLUGIN };

/* What argp's callback works on. */
struct reading {
	struct command *command;
	const struct command_info *info;
	struct reason *why;
	int words; /* of `manual` */
	bool printed;
};

static int manual_word(struct reading *r, char *word)
{
	r->words++;
	if (r->words == 1 && (strcmp(word, "man") == 0 || strcmp(word, "completion") == 0)) {
		r->command->man_page = word[0] == 'm' ? "" : NULL;
		return 0;
	}
	if (r->words == 2 && r->command->man_page != NULL) {
		r->command->man_page = word;
		return 0;
	}
	return reason_set(r->why, EINVAL,
		"manual: \"%.40s\" is not understood; write \"man TEMPLATE\" or \"completion\"",
		word);
}

static int check_whole(const struct reading *r)
{
	const struct command *c = r->command;

	if (c->json && c->markdown)
		return reason_set(r->why, EINVAL, "--json and --md exclude each other: give one");
	if (c->kind == COMMAND_MANUAL &&
		(r->words == 0 || (c->man_page != NULL && c->man_page[0] == '\0')))
		return reason_set(
			r->why, EINVAL, "manual: write \"man TEMPLATE\" or \"completion\"");
	return 0;
}

static error_t read_argument(int key, char *text, struct argp_state *state)
{
	struct reading *r = state->input;
	char name[32];

	switch (key) {
	case FLAG_JSON:
		r->command->json = true;
		return 0;
	case FLAG_MD:
		r->command->markdown = true;
		return 0;
	case FLAG_DRY_RUN:
		r->command->dry_run = true;
		return 0;
	case FLAG_PLUGIN:
		return -registry_load_plugin(text, r->why);
	case FLAG_HELP:
		snprintf(name, sizeof(name), "ipcbench %s", r->info->name);
		argp_help(r->info->argp, stdout, ARGP_HELP_STD_HELP & ~ARGP_HELP_EXIT_OK, name);
		r->printed = true;
		return ECANCELED;
	case ARGP_KEY_ARG:
		if (r->command->kind == COMMAND_MANUAL)
			return -manual_word(r, text);
		return -reason_set(r->why, EINVAL,
			"%s: \"%.40s\" is not understood; the command takes options only (ipcbench %s --help "
			"shows them)",
			r->info->name, text, r->info->name);
	case ARGP_KEY_END:
		return -check_whole(r);
	case ARGP_KEY_ERROR:
		if (r->why->text[0] == '\0')
			option_fault(r->info->argp->options, state, r->why);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

#define HELP_OPTION                                                                                \
	{                                                                                          \
		"help", FLAG_HELP, NULL, 0, "print this help", 1                                   \
	}

static const struct argp_option list_options[] = {
	{"json", FLAG_JSON, NULL, 0, "as a JSON array, with the options of each mechanism", 0},
	{"md", FLAG_MD, NULL, 0, "as a Markdown table", 0},
	{"plugin", FLAG_PLUGIN, "FILE", 0, "load one more mechanism from a shared object", 0},
	HELP_OPTION,
	{0},
};

static const struct argp_option clean_options[] = {
	{"dry-run", FLAG_DRY_RUN, NULL, 0, "print what would be removed", 0},
	HELP_OPTION,
	{0},
};

static const struct argp_option manual_options[] = {HELP_OPTION, {0}};

static const struct argp list_argp = {
	.options = list_options,
	.parser = read_argument,
	.doc = "Prints every mechanism, its traits, and whether it runs here; if not, why, and what "
	       "would help.",
};

static const struct argp clean_argp = {
	.options = clean_options,
	.parser = read_argument,
	.doc = "Removes the kernel objects and files that killed runs of ipcbench left, and only "
	       "those.\vExit status: 0; 1 if something could not be removed; 2 usage.",
};

static const struct argp manual_argp = {
	.options = manual_options,
	.parser = read_argument,
	.args_doc = "man TEMPLATE\ncompletion",
	.doc = "Prints the man page or the bash completion; used by the build.",
};

const struct command_info command_table[] = {
	{"list", "print every mechanism, its traits, and whether it runs here", COMMAND_LIST,
		&list_argp, false},
	{"clean", "remove what killed runs of ipcbench left, and only that", COMMAND_CLEAN,
		&clean_argp, false},
	{"manual", "print the man page or the bash completion", COMMAND_MANUAL, &manual_argp, true},
	{0},
};

static const struct command_info *command_of(int argc, char **argv)
{
	for (const struct command_info *c = command_table; argc > 1 && c->name != NULL; c++) {
		if (strcmp(c->name, argv[1]) == 0)
			return c;
	}
	return NULL;
}

int command_parse(struct command *c, int argc, char **argv, struct reason *why)
{
	const struct command_info *info = command_of(argc, argv);
	struct reason line = {""};
	struct reading r = {.command = c, .info = info, .why = &line};

	*c = (struct command){.kind = info == NULL ? COMMAND_MEASURE : info->kind};
	if (info == NULL)
		return 0;
	char **copy = calloc((size_t)argc, sizeof(*copy));
	if (copy == NULL)
		return reason_set(why, ENOMEM, "out of memory");
	memcpy(copy, argv + 1, (size_t)(argc - 1) * sizeof(*copy));
	int err = -argp_parse(
		info->argp, argc - 1, copy, ARGP_NO_ERRS | ARGP_NO_HELP | ARGP_NO_EXIT, NULL, &r);
	free(copy);
	if (r.printed)
		return 1;
	if (err != 0)
		return reason_set(why, EINVAL, "%s", line.text);
	return 0;
}
