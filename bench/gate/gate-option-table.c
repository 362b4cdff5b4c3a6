/* SPDX-License-Identifier: MIT */
/* The options of `ipcbench gate`: what they are called, what they take, what they are for. */
#include "gate/gate-option-table.h"

#include "cli/parse.h"

const struct argp_option gate_options[] = {
	{.doc = "What to compare:", .group = 1},
	{"base", GATE_KEY_BASE, "WHAT", 0,
		"the version that is known: a build of ipcbench (a path with a slash), or a "
		"mechanism with its options",
		1},
	{"new", GATE_KEY_NEW, "WHAT", 0, "the version in question, of the same kind", 1},

	{.doc = "On which cells (comma lists multiply out):", .group = 2},
	{"transport", GATE_KEY_TRANSPORT, "LIST", 0,
		"as for measuring, unless --base and --new are mechanisms. Default: pipe", 2},
	{"size", GATE_KEY_SIZE, "LIST", 0, "bytes per message. Default: 64", 2},
	{"mode", GATE_KEY_MODE, "LIST", 0, "latency, throughput. Default: latency", 2},
	{"wait", GATE_KEY_WAIT, "LIST", 0,
		"how a side waits. Default: the customary ways of each mechanism", 2},
	{"copy", GATE_KEY_COPY, "LIST", 0, "copy, inplace. Default: copy", 2},
	{"placement", GATE_KEY_PLACEMENT, "LIST", 0,
		"where the two sides run. Default: same-cpu, which is the quietest", 2},
	{"cpus", GATE_KEY_CPUS, "TX,RX", 0, "the two CPUs themselves, instead of --placement", 2},
	{"idle", GATE_KEY_IDLE, "LIST", 0, "whether idle CPUs may sleep deeply. Default: default",
		2},
	{"mem", GATE_KEY_MEM, "LIST", 0,
		"on which NUMA node a segment of shared memory lies. Default: default", 2},
	{"plugin", GATE_KEY_PLUGIN, "FILE", 0,
		"load one more mechanism from a shared object, in both versions", 2},
	{"config", GATE_KEY_CONFIG, "FILE", 0,
		"read options from a file: lines \"name = value\"; each [section] is a group of cells "
		"with its own metrics and tolerances",
		2},

	{.doc = "When it fails:", .group = 3},
	{"metrics", GATE_KEY_METRICS, "LIST", 0,
		"what is compared: throughput, latency (median), p99, cpu (time per message). "
		"Default: " DEFAULT_METRICS,
		3},
	{"tolerance", GATE_KEY_TOLERANCE, "PERCENT", 0,
		"a pass excludes a change for the worse by so much. Default: " DEFAULT_TOLERANCE,
		3},
	{"min-effect", GATE_KEY_MIN_EFFECT, "PERCENT", 0,
		"a regression is an estimate worse by more than this, and proven. "
		"Default: " DEFAULT_MIN_EFFECT,
		3},

	{.doc = "How long:", .group = 4},
	{"blocks", GATE_KEY_BLOCKS, "FIRST,LAST", 0,
		"blocks of a cell at the two looks. Default: 12,40, or more where several metrics are "
		"compared",
		4},
	{"duration", GATE_KEY_DURATION, "TIME", 0, "timed window of a slice. Default: 30ms", 4},
	{"warmup", GATE_KEY_WARMUP, "TIME", 0, "untimed run before it. Default: 10ms", 4},
	{"timeout", GATE_KEY_TIMEOUT, "TIME", 0, "wall-clock limit of a slice", 4},
	{"max-time", GATE_KEY_MAX_TIME, "TIME", 0,
		"measure no longer than this, and judge what there is. Default: no limit", 4},
	{"seed", GATE_KEY_SEED, "N", 0, "of the order within blocks. Default: random, and recorded",
		4},

	{.doc = "What becomes of it (- is standard output):", .group = 5},
	{"output", GATE_KEY_OUTPUT, "DIR", 0,
		"write a directory with compare.csv, blocks.csv, gate.json and env.json", 5},
	{"csv", GATE_KEY_CSV, "FILE", 0, "write a row per cell and metric", 5},
	{"json", GATE_KEY_JSON, "FILE", 0, "write everything as JSON", 5},
	{"md", GATE_KEY_MD, "FILE", 0, "write a Markdown table for a pull request", 5},
	{"junit", GATE_KEY_JUNIT, "FILE", 0, "write a JUnit report", 5},
	{"action-bigger", GATE_KEY_BIGGER, "FILE", 0,
		"write what is better when bigger for github-action-benchmark "
		"(customBiggerIsBetter)",
		5},
	{"action-smaller", GATE_KEY_SMALLER, "FILE", 0,
		"write what is better when smaller for it (customSmallerIsBetter)", 5},
	{"bmf", GATE_KEY_BMF, "FILE", 0, "write Bencher Metric Format", 5},
	{"quiet", GATE_KEY_QUIET, NULL, 0, "no table, no progress", 5},
	{"verbose", GATE_KEY_VERBOSE, NULL, 0, "a line per block, on standard error", 5},
	{"color", GATE_KEY_COLOR, "WHEN", 0,
		"colours in the table: auto, always, never. Default: auto", 5},

	{.doc = "Other:", .group = 6},
	{"selftest", GATE_KEY_SELFTEST, NULL, 0,
		"gate this program against itself, many times, and count false alarms; with "
		"--inject, count what is caught",
		6},
	{"gates", GATE_KEY_GATES, "N", 0, "of the self-test. Default: 20", 6},
	{"inject", GATE_KEY_INJECT, "PERCENT", 0,
		"slow one of the two down by so much, in the stage that limits it", 6},
	{"dry-run", GATE_KEY_DRY_RUN, NULL, 0, "print what would be compared and how long it takes",
		6},
	{"help", GATE_KEY_HELP, NULL, 0, "print this help", 6},
	{0},
};

const struct argp_option *gate_option(int key)
{
	const struct argp_option *o = gate_options;

	while (o->key != key)
		o++;
	return o;
}

int gate_read_metrics(const char *text, unsigned int *bits, struct reason *why)
{
	const char *names[GATE_METRIC_COUNT];

	for (int m = 0; m < GATE_METRIC_COUNT; m++)
		names[m] = gate_metrics[m].name;
	return parse_choices("--metrics", text, names, GATE_METRIC_COUNT,
		(1u << GATE_METRIC_COUNT) - 1, bits, why);
}

bool gate_key_chooses(enum gate_key key)
{
	return key == GATE_KEY_TRANSPORT || key == GATE_KEY_SIZE || key == GATE_KEY_MODE ||
	       key == GATE_KEY_WAIT || key == GATE_KEY_COPY || key == GATE_KEY_PLACEMENT ||
	       key == GATE_KEY_CPUS || key == GATE_KEY_IDLE || key == GATE_KEY_MEM ||
	       key == GATE_KEY_PLUGIN;
}

bool gate_key_of_group(enum gate_key key)
{
	return gate_key_chooses(key) || key == GATE_KEY_METRICS || key == GATE_KEY_TOLERANCE ||
	       key == GATE_KEY_MIN_EFFECT;
}
