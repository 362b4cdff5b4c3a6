/* SPDX-License-Identifier: MIT */
#include "gate/compare-options.h"
#include "cli/options.h"
#include "cli/parse.h"
#include "gate/gate-option-table.h"
#include <errno.h>

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

struct reading {
	struct compare_settings *s;
	struct reason *why;
	unsigned int directories;
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

static int read_metrics(struct compare_settings *s, const char *text, struct reason *why)
{
	unsigned int bits;
	int r = gate_read_metrics(text, &bits, why);

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
		return parse_given("--md", "name", text, &s->files.md, r->why);
	case FLAG_JSON:
		return parse_given("--json", "name", text, &s->files.json, r->why);
	case FLAG_CSV:
		return parse_given("--csv", "name", text, &s->files.csv, r->why);
	case FLAG_JUNIT:
		return parse_given("--junit", "name", text, &s->files.junit, r->why);
	default:
		return parse_given("--output", "name", text, &s->files.output_dir, r->why);
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
		return options_print_help(&compare_argp, "compare");
	case ARGP_KEY_ARG:
		return -read_directory(r, text);
	case ARGP_KEY_END:
		return r->directories == 2
			       ? 0
			       : -reason_set(r->why, EINVAL,
					 "compare: %u of 2 directories given; write compare BASE_DIR NEW_DIR",
					 r->directories);
	case ARGP_KEY_ERROR:
		return options_rejected(state, r->why);
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
	struct reading r = {.s = s, .why = why};

	*s = (struct compare_settings){0};
	int err = parse_percent("--threshold", STORED_THRESHOLD, 0.1, 99, &s->what.threshold, why);

	if (err == 0)
		err = read_metrics(s, DEFAULT_METRICS, why);
	return err == 0 ? options_read(&compare_argp, argc, argv, &r, why) : err;
}
