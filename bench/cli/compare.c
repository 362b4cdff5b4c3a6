/* SPDX-License-Identifier: MIT */
#include "cli/compare.h"
#include "cli/options.h"
#include "cli/parse.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	FLAG_HELP = 'h',
	FLAG_OUTPUT = 'o',
	FLAG_QUIET = 'q',
	FLAG_THRESHOLD = 0x100,
	FLAG_METRICS,
	FLAG_MD,
	FLAG_JSON,
	FLAG_CSV,
	FLAG_JUNIT,
};

#define DEFAULT_METRICS "throughput,latency,cpu"

struct reading {
	struct compare_settings *s;
	struct reason *why;
	unsigned int directories;
	bool printed;
};

static const struct argp_option options[] = {
	{"threshold", FLAG_THRESHOLD, "PERCENT", 0,
		"the change for the worse that is a regression. Default: " STORED_THRESHOLD, 0},
	{"metrics", FLAG_METRICS, "LIST", 0,
		"what to compare: throughput, latency (median), p99 (of the latency), cpu (time per "
		"message), all. Default: " DEFAULT_METRICS,
		0},
	{"md", FLAG_MD, "FILE", 0, "write the table as Markdown; - is standard output", 0},
	{"json", FLAG_JSON, "FILE", 0, "write everything as JSON; - is standard output", 0},
	{"csv", FLAG_CSV, "FILE", 0, "write one row per cell and metric; - is standard output", 0},
	{"junit", FLAG_JUNIT, "FILE", 0,
		"write a JUnit report, a case per cell and metric; - is standard output", 0},
	{"output", FLAG_OUTPUT, "DIR", 0, "write a directory with compare.csv", 0},
	{"quiet", FLAG_QUIET, NULL, 0, "no table", 0},
	{"help", FLAG_HELP, NULL, 0, "print this help", 1},
	{0},
};

static int read_file(const char *option, const char *text, const char **out, struct reason *why)
{
	if (text[0] == '\0')
		return reason_set(why, EINVAL, "%s: the value is empty; give a name", option);
	*out = text;
	return 0;
}

static int read_metrics(struct compare_settings *s, const char *text, struct reason *why)
{
	const char *names[GATE_METRIC_COUNT];
	unsigned int bits;

	for (size_t i = 0; i < GATE_METRIC_COUNT; i++)
		names[i] = gate_metrics[i].name;
	int r = parse_choices("--metrics", text, names, GATE_METRIC_COUNT,
		(1U << GATE_METRIC_COUNT) - 1, &bits, why);

	for (size_t i = 0; i < GATE_METRIC_COUNT && r == 0; i++)
		s->what.metrics[i] = (bits >> i & 1) != 0;
	return r;
}

static int read_value(struct reading *r, int key, const char *text)
{
	struct compare_settings *s = r->s;

	switch (key) {
	case FLAG_THRESHOLD:
		return parse_percent("--threshold", text, 0.1, 99, &s->what.threshold, r->why);
	case FLAG_METRICS:
		return read_metrics(s, text, r->why);
	case FLAG_MD:
		return read_file("--md", text, &s->files.md, r->why);
	case FLAG_JSON:
		return read_file("--json", text, &s->files.json, r->why);
	case FLAG_CSV:
		return read_file("--csv", text, &s->files.csv, r->why);
	case FLAG_JUNIT:
		return read_file("--junit", text, &s->files.junit, r->why);
	default:
		return read_file("--output", text, &s->files.output_dir, r->why);
	}
}

static int read_directory(struct reading *r, const char *text)
{
	if (++r->directories > 2)
		return reason_set(r->why, EINVAL,
			"compare: \"%.80s\" is one directory too many; write compare BASE_DIR NEW_DIR",
			text);
	*(r->directories == 1 ? &r->s->what.base : &r->s->what.new) = text;
	return 0;
}

static error_t read_argument(int key, char *text, struct argp_state *state)
{
	struct reading *r = state->input;

	switch (key) {
	case FLAG_QUIET:
		r->s->quiet = true;
		return 0;
	case FLAG_THRESHOLD:
	case FLAG_METRICS:
	case FLAG_MD:
	case FLAG_JSON:
	case FLAG_CSV:
	case FLAG_JUNIT:
	case FLAG_OUTPUT:
		return -read_value(r, key, text);
	case FLAG_HELP:
		argp_help(&compare_argp, stdout, ARGP_HELP_STD_HELP & ~ARGP_HELP_EXIT_OK,
			(char[]){"ipcbench compare"});
		r->printed = true;
		return ECANCELED;
	case ARGP_KEY_ARG:
		return -read_directory(r, text);
	case ARGP_KEY_END:
		return r->directories == 2
			       ? 0
			       : -reason_set(r->why, EINVAL,
					 "compare: %u of 2 directories given; write compare BASE_DIR NEW_DIR",
					 r->directories);
	case ARGP_KEY_ERROR:
		if (r->why->text[0] == '\0')
			option_fault(options, state, r->why);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp compare_argp = {
	.options = options,
	.parser = read_argument,
	.args_doc = "BASE_DIR NEW_DIR",
	.doc = "Compares two stored runs, directories that ipcbench --output has written, cell by cell "
	       "and with intervals. Where they are of different machines, kernels, settings or builds, "
	       "the comparison is advisory: it says so and why, and exits with 0. Even where they are "
	       "not, drift between two runs looks like a change; ipcbench gate measures both versions "
	       "in turn and decides.\vExit status: 0 nothing is worse by the threshold, or the "
	       "comparison is advisory; 1 a regression; 2 usage, or a directory that is no run; 3 "
	       "inconclusive; 4 a cell failed, nothing could be compared, a run is damaged, or a result "
	       "could not be written.",
};

int compare_parse(struct compare_settings *s, int argc, char **argv, struct reason *why)
{
	struct reason line = {""};
	struct reading r = {.s = s, .why = &line};
	/* argp sorts what it reads */
	char **copy = calloc((size_t)argc + 1, sizeof(*copy));

	*s = (struct compare_settings){0};
	if (copy == NULL)
		return reason_set(why, ENOMEM, "out of memory");
	memcpy(copy, argv, (size_t)argc * sizeof(*copy));
	int err =
		parse_percent("--threshold", STORED_THRESHOLD, 0.1, 99, &s->what.threshold, &line);

	if (err == 0)
		err = read_metrics(s, DEFAULT_METRICS, &line);
	if (err == 0)
		err = -argp_parse(&compare_argp, argc, copy,
			ARGP_NO_ERRS | ARGP_NO_HELP | ARGP_NO_EXIT, NULL, &r);
	free(copy);
	if (r.printed)
		return 1;
	if (err != 0)
		return reason_set(why, EINVAL, "%s", line.text);
	return 0;
}
