/* SPDX-License-Identifier: MIT */
#include "gate/comparison.h"

#include "cli/command.h"
#include <errno.h>

#define AT(field) offsetof(struct compare_settings, field)

static const struct option_row options[] = {
	OPTION("threshold", 0, "PERCENT", read_percent, AT(what.threshold),
		"the change for the worse that is a regression. Default: {default}",
		.initial = "10%", .min = 1, .max = 990),
	OPTION("metrics", 0, "LIST", read_words, AT(what.metrics),
		"what to compare: throughput, latency (median), p99 (of the latency), cpu (time per "
		"message), all. Default: {default}",
		.initial = DEFAULT_METRICS, .words = gate_metric_words),
	OPTION("md", 0, "FILE", read_text, AT(files.md),
		"write the table as Markdown; - is standard output"),
	OPTION("json", 0, "FILE", read_text, AT(files.json),
		"write everything as JSON; - is standard output"),
	OPTION("csv", 0, "FILE", read_text, AT(files.csv),
		"write one row per cell and metric; - is standard output"),
	OPTION("junit", 0, "FILE", read_text, AT(files.junit),
		"write a JUnit report, a case per cell and metric; - is standard output"),
	OPTION("output", 'o', "DIR", read_text, AT(files.output_dir),
		"write a directory with compare.csv"),
	OPTION_SWITCH("quiet", 'q', AT(quiet), "no table"),
	OPTION_ROW_HELP,
	{.name = NULL},
};

static int check(void *settings, const struct arguments *given, struct reason *why)
{
	struct compare_settings *s = settings;

	if (given->word_count < 2)
		return reason_set(why, EINVAL,
			"compare: %zu of 2 directories given; write compare BASE_DIR NEW_DIR",
			given->word_count);
	s->what.base = given->words[0];
	s->what.new = given->words[1];
	return command_check_words(&compare_command, given, 2, why);
}

const struct command compare_command = {
	.name = "compare",
	.summary = "compare two stored runs, as far as stored runs can be compared",
	.options = options,
	.operands = "BASE_DIR NEW_DIR",
	.doc = "Compares two stored runs, directories that ipcbench --output has written, cell by cell "
	       "and with intervals. Where they are of different machines, kernels, settings or builds, "
	       "the comparison is advisory: it says so and why, and exits with 0. Even where they are "
	       "not, drift between two runs looks like a change; ipcbench gate measures both versions "
	       "in turn and decides.",
	.exit_status =
		"0 nothing is worse by the threshold, or the comparison is advisory; 1 a "
		"regression; 2 usage, or a directory that is no run; 3 inconclusive; 4 a cell "
		"failed, nothing could be compared, a run is damaged, or a result could not be "
		"written.",
	.takes_files = true,
	.settings_size = sizeof(struct compare_settings),
	.check = check,
	.run = compare_run,
	.unwritten = EXIT_NOT_MEASURED,
};
