/* SPDX-License-Identifier: MIT */
#include "tables/tables-options.h"
#include "cli/options.h"
#include "cli/parse.h"
#include "plan/registry.h"
#include <errno.h>

enum {
	FLAG_HELP = 'h',
	FLAG_QUIET = 'q',
	FLAG_TABLE = 0x100,
	FLAG_MD,
	FLAG_TEX,
	FLAG_CSV,
	FLAG_JSON,
	FLAG_PLUGIN,
};

struct reading {
	struct tables_settings *s;
	struct reason *why;
};

static const struct argp_option options[] = {
	{"table", FLAG_TABLE, "LIST", 0,
		"time (to move 1 MiB), qualities (what each mechanism is and did), apis (System V "
		"against POSIX), all. Default: all",
		0},
	{"md", FLAG_MD, "FILE", 0, "write Markdown; - is standard output", 0},
	{"tex", FLAG_TEX, "FILE", 0, "write LaTeX; - is standard output", 0},
	{"csv", FLAG_CSV, "FILE", 0, "write one table as CSV; - is standard output", 0},
	{"json", FLAG_JSON, "FILE", 0, "write the tables as JSON; - is standard output", 0},
	{"plugin", FLAG_PLUGIN, "FILE", 0,
		"load one more mechanism from a shared object, for its traits", 0},
	{"quiet", FLAG_QUIET, NULL, 0, "no table on standard output", 0},
	{"help", FLAG_HELP, NULL, 0, "print this help", 1},
	{0},
};

static int read_value(struct reading *r, int key, const char *text)
{
	struct tables_settings *s = r->s;

	switch (key) {
	case FLAG_TABLE:
		return parse_choices(
			"--table", text, table_names, TABLE_KINDS, TABLES_ALL, &s->kinds, r->why);
	case FLAG_MD:
		return parse_given("--md", "name", text, &s->md, r->why);
	case FLAG_TEX:
		return parse_given("--tex", "name", text, &s->tex, r->why);
	case FLAG_CSV:
		return parse_given("--csv", "name", text, &s->csv, r->why);
	case FLAG_JSON:
		return parse_given("--json", "name", text, &s->json, r->why);
	default:
		return registry_load_plugin(text, r->why);
	}
}

static int check_whole(const struct reading *r)
{
	const struct tables_settings *s = r->s;

	if (s->dir == NULL)
		return reason_set(r->why, EINVAL,
			"tables: no directory given; write tables DIR, one that ipcbench --output has "
			"written");
	if (s->csv != NULL && (s->kinds & (s->kinds - 1)) != 0)
		return reason_set(r->why, EINVAL,
			"--csv holds one table; name it, as in --table %s", table_names[0]);
	return 0;
}

static int read_directory(struct reading *r, const char *text)
{
	if (r->s->dir != NULL)
		return reason_set(r->why, EINVAL,
			"tables: \"%.80s\" is one directory too many; write tables DIR", text);
	r->s->dir = text;
	return 0;
}

static error_t read_argument(int key, char *text, struct argp_state *state)
{
	struct reading *r = state->input;

	switch (key) {
	case FLAG_QUIET:
		r->s->quiet = true;
		return 0;
	case FLAG_TABLE:
	case FLAG_MD:
	case FLAG_TEX:
	case FLAG_CSV:
	case FLAG_JSON:
	case FLAG_PLUGIN:
		return -read_value(r, key, text);
	case FLAG_HELP:
		return options_print_help(&tables_argp, "tables");
	case ARGP_KEY_ARG:
		return -read_directory(r, text);
	case ARGP_KEY_END:
		return -check_whole(r);
	case ARGP_KEY_ERROR:
		return options_rejected(state, r->why);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp tables_argp = {
	.options = options,
	.parser = read_argument,
	.args_doc = "DIR",
	.doc = "Prints comparison tables of a stored run, a directory that ipcbench --output has "
	       "written: the time to move 1 MiB, the qualities of the mechanisms, and System V "
	       "against POSIX.\vExit status: 0; 1 if the run is damaged, holds nothing for the tables, "
	       "or a file cannot be written; 2 usage, or a directory that is no run.",
};

int tables_parse(struct tables_settings *s, int argc, char **argv, struct reason *why)
{
	struct reading r = {.s = s, .why = why};

	*s = (struct tables_settings){.kinds = TABLES_ALL};
	return options_read(&tables_argp, argc, argv, &r, why);
}
