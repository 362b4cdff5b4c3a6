/* SPDX-License-Identifier: MIT */
#include "advise/advise-options.h"
#include "cli/options.h"
#include "plan/registry.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	FLAG_HELP = 'h',
	FLAG_NEED = 0x100,
	FLAG_JSON,
	FLAG_MD,
	FLAG_PLUGIN,
};

struct reading {
	struct advise_settings *s;
	struct reason *why;
};

static const struct argp_option options[] = {
	{"need", FLAG_NEED, "LIST", 0,
		"what the mechanism has to do, as in size=1K,rate=200k,p99<20us,reach=host: size, rate "
		"(messages per second), bandwidth, p50, p99 (of the round trip), cpu (time per "
		"message), reach, persistence, shape, boundaries, api, loss, wait, placement. May be "
		"given several times. Default: the decision tree",
		0},
	{"json", FLAG_JSON, NULL, 0, "as a JSON object", 0},
	{"md", FLAG_MD, NULL, 0, "as Markdown", 0},
	{"plugin", FLAG_PLUGIN, "FILE", 0, "load one more mechanism from a shared object", 0},
	{"help", FLAG_HELP, NULL, 0, "print this help", 1},
	{0},
};

/* Adds one list of needs to those before it. */
static int add_needs(struct reading *r, const char *text)
{
	char *both = NULL;

	if (asprintf(&both, "%s%s%s", r->s->asked == NULL ? "" : r->s->asked,
		    r->s->asked == NULL ? "" : " ", text) < 0)
		return reason_set(r->why, ENOMEM, "out of memory");
	free(r->s->asked);
	r->s->asked = both;
	return 0;
}

static int read_directory(struct reading *r, const char *text)
{
	if (r->s->dir != NULL)
		return reason_set(r->why, EINVAL,
			"advise: \"%.80s\" is one directory too many; write advise DIR", text);
	r->s->dir = text;
	return 0;
}

static int check_whole(const struct reading *r)
{
	if (r->s->json && r->s->markdown)
		return reason_set(r->why, EINVAL, "--json and --md exclude each other: give one");
	return r->s->asked == NULL ? 0 : needs_parse(&r->s->needs, r->s->asked, r->why);
}

static error_t read_argument(int key, char *text, struct argp_state *state)
{
	struct reading *r = state->input;

	switch (key) {
	case FLAG_NEED:
		return -add_needs(r, text);
	case FLAG_JSON:
		r->s->json = true;
		return 0;
	case FLAG_MD:
		r->s->markdown = true;
		return 0;
	case FLAG_PLUGIN:
		return -registry_load_plugin(text, r->why);
	case FLAG_HELP:
		return options_print_help(&advise_argp, "advise");
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

const struct argp advise_argp = {
	.options = options,
	.parser = read_argument,
	.args_doc = "[DIR]",
	.doc = "Says which mechanism to use: from the figures of a stored run, a directory that "
	       "ipcbench --output has written, and from the traits that ipcbench list shows; without "
	       "a directory from the traits alone. Names those that qualify, best first, and why the "
	       "others do not. Measures nothing.\vExit status: 0 a mechanism qualifies, or the tree "
	       "was printed; 1 none qualifies, or the run is damaged; 2 usage, a directory that is no "
	       "run, or a run without figures for what is asked.",
};

int advise_parse(struct advise_settings *s, int argc, char **argv, struct reason *why)
{
	struct reading r = {.s = s, .why = why};

	*s = (struct advise_settings){0};
	needs_init(&s->needs);
	return options_read(&advise_argp, argc, argv, &r, why);
}

void advise_settings_free(struct advise_settings *s)
{
	free(s->asked);
	*s = (struct advise_settings){0};
}
