/* SPDX-License-Identifier: MIT */
#include "report/report-options.h"
#include "cli/options.h"
#include "plan/registry.h"
#include <errno.h>

enum {
	FLAG_HELP = 'h',
	FLAG_OUTPUT = 'o',
	FLAG_QUIET = 'q',
	FLAG_NO_FIGURES = 0x100,
	FLAG_PLUGIN,
};

struct reading {
	struct report_settings *s;
	struct reason *why;
};

static const struct argp_option options[] = {
	{"output", FLAG_OUTPUT, "FILE", 0, "the page to write; - is standard output", 0},
	{"no-figures", FLAG_NO_FIGURES, NULL, 0, "draw nothing, which takes most of the time", 0},
	{"plugin", FLAG_PLUGIN, "FILE", 0,
		"load one more mechanism from a shared object, for its traits", 0},
	{"quiet", FLAG_QUIET, NULL, 0, "do not say what was written or could not be drawn", 0},
	{"help", FLAG_HELP, NULL, 0, "print this help", 1},
	{0},
};

static int read_output(struct reading *r, const char *text)
{
	if (text[0] == '\0')
		return reason_set(r->why, EINVAL, "--output: the value is empty; give a name");
	r->s->output = text;
	return 0;
}

static int read_directory(struct reading *r, const char *text)
{
	if (r->s->dir_count == REPORT_RUNS_MAX)
		return reason_set(r->why, EINVAL,
			"report: \"%.80s\" is one directory too many; a page has room for %d", text,
			REPORT_RUNS_MAX);
	r->s->dirs[r->s->dir_count++] = text;
	return 0;
}

static int check_whole(const struct reading *r)
{
	if (r->s->dir_count == 0)
		return reason_set(r->why, EINVAL,
			"report: no directory given; write report DIR -o report.html, DIR being one "
			"that ipcbench --output has written");
	if (r->s->output == NULL)
		return reason_set(r->why, EINVAL,
			"report: no --output given; write report %.80s -o report.html",
			r->s->dirs[0]);
	return 0;
}

static error_t read_argument(int key, char *text, struct argp_state *state)
{
	struct reading *r = state->input;

	switch (key) {
	case FLAG_OUTPUT:
		return -read_output(r, text);
	case FLAG_NO_FIGURES:
		r->s->no_figures = true;
		return 0;
	case FLAG_PLUGIN:
		return -registry_load_plugin(text, r->why);
	case FLAG_QUIET:
		r->s->quiet = true;
		return 0;
	case FLAG_HELP:
		return options_print_help(&report_argp, "report");
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

const struct argp report_argp = {
	.options = options,
	.parser = read_argument,
	.args_doc = "DIR...",
	.doc = "Makes one HTML file of a run directory: what is best, what speaks against it, every "
	       "figure and table, the raw data, the machine and the command. It loads nothing from "
	       "anywhere and is readable without scripts. Several runs stand side by side, each "
	       "compared with the first. Directories of gate, compare and topology are taken as "
	       "well.\vExit status: 0; 1 if a run is damaged or the page cannot be written; 2 usage, "
	       "or a directory that is no run.",
};

int report_parse(struct report_settings *s, int argc, char **argv, struct reason *why)
{
	struct reading r = {.s = s, .why = why};

	*s = (struct report_settings){.dir_count = 0};
	return options_read(&report_argp, argc, argv, &r, why);
}
