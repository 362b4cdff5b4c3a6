/* SPDX-License-Identifier: MIT */
#include "gate/comparison.h"

#include "cli/command.h"
#include "cli/measure-options.h"
#include "cli/option.h"
#include "text/claim.h"
#include "text/memory.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- readers --------------------------------------------------------------------------------- */

/* Each time that it is given. */
static int read_build(const struct option_value *v, void *field)
{
	struct gate_builds *b = field;

	if (b->count == GATE_BUILDS)
		return reason_set(v->why, EINVAL,
			"%s: \"%.80s\" is more than %d builds of a version; drop some", v->what,
			v->text, GATE_BUILDS);
	return read_text(v, &b->program[b->count++]);
}

static int read_blocks(const struct option_value *v, void *field)
{
	size_t *blocks = field, len = strcspn(v->text, ",");
	char first[16];
	uint64_t n[GATE_LOOKS];

	if (v->text[len] != ',' || len >= sizeof(first))
		return reason_set(v->why, EINVAL,
			"%s: \"%.40s\" is not FIRST,LAST; write two numbers, as in 20,60", v->what,
			v->text);
	snprintf(first, sizeof(first), "%.*s", (int)len, v->text);
	int r = read_count(OPTION_TEXT(v, first), &n[0]);

	if (r == 0)
		r = read_count(OPTION_TEXT(v, v->text + len + 1), &n[1]);
	if (r == 0 && n[1] <= n[0])
		r = reason_set(v->why, EINVAL,
			"%s: \"%.40s\" needs a second look after the first; write the larger "
			"number last",
			v->what, v->text);
	if (r == 0) {
		blocks[0] = n[0];
		blocks[1] = n[1];
	}
	return r;
}

/* ---- the table ------------------------------------------------------------------------------- */

#define AT(field)    offsetof(struct gate_settings, field)
#define CELLS(field) offsetof(struct settings, field), .part = GATE_CELLS
#define OF_CELLS     0, .part = GATE_CELLS
#define GROUP(field) offsetof(struct gate_group, field), .part = GATE_GROUP

const struct option_row gate_options[] = {
	{.help = "What to compare:"},
	OPTION("base", 0, "WHAT", read_build, AT(builds[0]),
		"the baseline: a build of ipcbench (a path with a slash) or a mechanism with its "
		"options. May be repeated for builds of one version that differ in -Dlayout_seed; "
		"they take turns"),
	OPTION("new", 0, "WHAT", read_build, AT(builds[1]), "the version to test, likewise"),

	{.help = "On which cells (comma-separated values are combined):"},
	OPTION("transport", 't', "LIST", NULL, OF_CELLS,
		"mechanisms as for measuring, unless --base and --new name them. Default: "
		"{default}",
		.initial = "pipe"),
	OPTION("size", 's', "LIST", read_sizes, OF_CELLS,
		"bytes per message, also lognormal:median=1K,p99=64K. Default: {default}",
		.initial = "64", .min = 1, .max = SIZE_LIMIT),
	OPTION("mode", 'm', "LIST", read_words, CELLS(words[AXIS_MODE]),
		"latency or throughput. Default: {default}", .axis = &axes[AXIS_MODE],
		.initial = "latency"),
	OPTION("wait", 'w', "LIST", read_words, CELLS(words[AXIS_WAIT]),
		"how a side waits for the other: {words}. Default: the usual ways of each "
		"mechanism",
		.axis = &axes[AXIS_WAIT]),
	OPTION("copy", 'c', "LIST", read_words, CELLS(words[AXIS_COPY]),
		"copy messages through private buffers, or write and read them in place: {words}. "
		"Default: {default}",
		.axis = &axes[AXIS_COPY]),
	OPTION("placement", 'p', "LIST", read_words, CELLS(words[AXIS_PLACEMENT]),
		"where the two processes run. Default: {default}, which varies least",
		.axis = &axes[AXIS_PLACEMENT], .initial = "same-cpu",
		.max = (1u << PLACE_CROSS_CPU) - 1),
	OPTION("cpus", 0, "TX,RX", read_cpus, OF_CELLS,
		"CPU numbers of sender and receiver, then of further pairs or sides, instead of --placement"),
	OPTION("cpu-helper", 0, "LIST", read_helper_cpus, OF_CELLS,
		"CPU numbers on which the helpers of a mechanism run, in both versions"),
	OPTION("topology", 0, "LIST", read_topologies, OF_CELLS,
		"how many processes take part: pair; bidi, a stream in each direction; pairs:N, N "
		"independent pairs at once on CPUs close together or, with pairs:N:scatter, far apart; server:N, N clients and a server that answers each; fan-in:N, N senders and one "
		"receiver on one channel; fan-out:N, one sender and N receivers. pairs:1..8 is 1, "
		"2, 4 and 8. Default: {default}",
		.axis = &axes[AXIS_TOPOLOGY], .words = topology_words),
	OPTION("idle", 0, "LIST", read_words, CELLS(words[AXIS_IDLE]),
		"whether idle CPUs may sleep deeply. Default: {default}", .axis = &axes[AXIS_IDLE]),
	OPTION("mem", 0, "LIST", read_words, CELLS(words[AXIS_MEM]),
		"NUMA node of shared memory: {words}. Default: {default}", .axis = &axes[AXIS_MEM]),
	OPTION("layout", 0, "LIST", read_words, CELLS(words[AXIS_LAYOUT]),
		"addresses of stacks, buffers and mappings: {words}; builds from before this "
		"option need fixed. Default: {default}",
		.axis = &axes[AXIS_LAYOUT], .initial = "random"),
	OPTION("batch", 0, "LIST", read_batches, OF_CELLS,
		"messages per system call or publication in mode throughput. Default: {default}",
		.axis = &axes[AXIS_BATCH], .min = 1, .max = 1 << 20),
	OPTION("depth", 0, "LIST", read_counts, CELLS(depths),
		"round trips in flight in mode latency. Default: {default}",
		.axis = &axes[AXIS_DEPTH], .min = 1, .max = DEPTH_MAX),
	OPTION("footprint", 0, "LIST", read_footprints, OF_CELLS,
		"bytes of payload buffers that each side cycles through. Default: {default}",
		.axis = &axes[AXIS_FOOTPRINT], .min = 1, .max = FOOTPRINT_LIMIT),
	OPTION("sched", 0, "LIST", read_words, CELLS(words[AXIS_SCHED]),
		"scheduling policy of both processes: {words}. Default: {default}",
		.axis = &axes[AXIS_SCHED]),
	OPTION("load", 0, "LIST", read_backgrounds, OF_CELLS,
		"background load beside each slice: none, cpu:N or memory:N processes. Default: "
		"{default}",
		.axis = &axes[AXIS_BACKGROUND], .words = load_words, .min = 1,
		.max = BACKGROUND_LIMIT),
	OPTION("isolate", 0, "LIST", read_words, CELLS(words[AXIS_ISOLATE]),
		"private namespaces for each side: {words}. Default: {default}",
		.axis = &axes[AXIS_ISOLATE]),
	OPTION("plugin", 0, "FILE", read_plugin, OF_CELLS,
		"load another mechanism from a shared object, in both versions"),
	OPTION(OPTION_FILE, 0, "FILE", read_text, AT(config),
		"read options from a file: lines \"name = value\"; each [section] is a group of "
		"cells with its own metrics and tolerances"),

	{.help = "What counts as slower:"},
	OPTION("metrics", 0, "LIST", read_words, GROUP(metrics),
		"what to compare: throughput, latency (median), mean (all time over all messages), "
		"p99, cpu (time per message). Default: {default}; p99 only if slices carry enough "
		"messages",
		.initial = DEFAULT_METRICS, .words = gate_metric_words),
	OPTION("tolerance", 0, "PERCENT", read_percent, GROUP(tolerance),
		"PASS rules out a slowdown of this size. Default: {default}", .initial = "5%",
		.min = 1, .max = 990),
	OPTION("min-effect", 0, "PERCENT", read_percent, GROUP(min_effect),
		"REGRESSION: slower by more than this, and statistically significant. "
		"Default: {default}",
		.initial = "3%", .min = 1, .max = 990),

	{.help = "How long:"},
	OPTION("blocks", 0, "FIRST,LAST", read_blocks, AT(blocks),
		"blocks per cell at the first and at the last look. Default: 20,60, or more if "
		"several metrics are compared",
		.min = 1, .max = SIGNED_RANK_MAX),
	OPTION("duration", 'd', "TIME", read_duration, AT(duration_s),
		"timed part of a slice. Default: {default}", .initial = "30ms", .min = OPTION_MS,
		.max = OPTION_HOUR),
	OPTION("warmup", 0, "TIME", read_duration, AT(warmup_s),
		"untimed part before it. Default: {default}", .initial = "10ms",
		.max = OPTION_HOUR),
	OPTION("timeout", 0, "TIME", read_duration, AT(timeout_s), "kill a slice that takes longer",
		.min = OPTION_MS, .max = 24 * OPTION_HOUR),
	OPTION("max-time", 0, "TIME", read_duration, AT(max_time_s),
		"stop measuring after this time, and judge what was measured. Default: no limit",
		.min = 100 * OPTION_MS, .max = 24 * OPTION_HOUR),
	OPTION("seed", 0, "N", read_seed, AT(seed),
		"random seed of the order within blocks. Default: random, and recorded",
		.initial = "random"),

	{.help = "Output (- is standard output):"},
	OPTION("output", 'o', "DIR", read_text, AT(files.output_dir),
		"write a directory with compare.csv, blocks.csv, gate.json and env.json"),
	OPTION("csv", 0, "FILE", read_text, AT(files.csv), "write a row per cell and metric"),
	OPTION("json", 0, "FILE", read_text, AT(files.json), "write everything as JSON"),
	OPTION("md", 0, "FILE", read_text, AT(files.md),
		"write a Markdown table for a pull request"),
	OPTION("junit", 0, "FILE", read_text, AT(files.junit), "write a JUnit report"),
	OPTION("action-bigger", 0, "FILE", read_text, AT(files.action_bigger),
		"write metrics that are better when bigger, for github-action-benchmark "
		"(customBiggerIsBetter)"),
	OPTION("action-smaller", 0, "FILE", read_text, AT(files.action_smaller),
		"write metrics that are better when smaller (customSmallerIsBetter)"),
	OPTION("bmf", 0, "FILE", read_text, AT(files.bmf), "write Bencher Metric Format"),
	OPTION_SWITCH("quiet", 'q', AT(quiet), "print no table and no progress"),
	OPTION_SWITCH("verbose", 'v', AT(verbose), "print a line per block on standard error"),
	OPTION("color", 0, "WHEN", read_word, AT(color),
		"colour the table: {words}. Default: {default}", .words = color_words,
		.initial = "auto"),

	{.help = "Other:"},
	OPTION_SWITCH("selftest", 0, AT(selftest),
		"gate this program against itself many times and count false alarms; with "
		"--inject, count how many slowdowns are found"),
	OPTION("gates", 0, "N", read_number, AT(gates),
		"gates in the self-test. Default: {default}", .initial = "20", .min = 1,
		.max = 10000),
	OPTION("inject", 0, "PERCENT", read_percent, AT(inject),
		"make every send and receive of the new version slower, by this much in total",
		.min = 1, .max = 1000),
	OPTION_SWITCH(
		"dry-run", 0, AT(dry_run), "print what would be compared and how long it takes"),
	OPTION_ROWS_END,
};

static const struct option_rule rules[] = {
	{.one = "cpus", .other = "placement", .because = "give the CPUs or their distance"},
	{.one = "quiet", .other = "verbose", .because = "give one"},
	{.one = "inject", .needs = "selftest", .because = "is for --selftest; give that as well"},
	{.one = "gates", .needs = "selftest", .because = "is for --selftest; give that as well"},
	{.one = NULL},
};

/* ---- groups of cells ------------------------------------------------------------------------- */

/* A section takes over what it does not say itself. */
static int add_group(struct gate_settings *s, const struct arguments *own,
	const struct arguments *above, struct reason *why)
{
	const unsigned int parts = 1u << GATE_CELLS | 1u << GATE_GROUP;
	struct gate_group *g = need_next(s->groups, s->group_count);

	if (own != NULL) {
		g->name = own->name;
		arguments_inherit(&g->asked, own, rules, parts);
	}
	arguments_inherit(&g->asked, above, rules, parts);
	int r = arguments_read(&g->asked, GATE_GROUP, g, why);

	return r == 0 ? arguments_default(&g->asked, gate_options, rules, GATE_GROUP, g, why) : r;
}

/* With sections the cells are those of the sections alone. */
static int make_groups(struct gate_settings *s, const struct arguments *given, struct reason *why)
{
	int r = 0;

	if (given->section_count < 2)
		return add_group(s, NULL, given, why);
	for (size_t i = 0; i < given->count; i++)
		if (given->options[i].line == 0 && given->options[i].option->part != GATE_WHOLE)
			return reason_set(why, EINVAL,
				"gate: the sections of %.80s say which cells are compared and to "
				"what; drop %s",
				s->config, given->options[i].option->name);
	for (size_t i = 1; i < given->section_count && r == 0; i++)
		r = add_group(s, &given->sections[i], given, why);
	return r;
}

/* ---- the settings as a whole ----------------------------------------------------------------- */

static int check_program(const char *option, const char *path, struct reason *why)
{
	claim_input(path);
	if (access(path, X_OK) == 0)
		return 0;
	return reason_set(
		why, EINVAL, "%s: \"%.120s\" cannot be run: %s", option, path, strerror(errno));
}

/* A path has a slash; but one among the options of a mechanism is part of a value. */
static bool is_path(const char *what)
{
	return what[0] == '.' || memchr(what, '/', strcspn(what, ":")) != NULL;
}

static int prepare_selftest(struct gate_settings *s, struct reason *why)
{
	const struct outputs o = comparison_outputs(&s->files);

	for (size_t i = 0; i < ARRAY_SIZE(o.targets); i++)
		if (o.targets[i].path != NULL)
			return reason_set(why, EINVAL,
				"%s does not go with --selftest, which reaches many verdicts; use "
				"--output",
				o.targets[i].option);
	if (s->base != NULL || s->new != NULL)
		return reason_set(why, EINVAL,
			"--selftest compares this program with itself; drop --base and --new");
	s->base = "this program";
	s->new = s->inject > 0 ? "this program, slowed" : "this program";
	s->programs = true;
	return 0;
}

static int check_builds(const char *option, const struct gate_builds *b, struct reason *why)
{
	int err = 0;

	for (size_t i = 0; i < b->count && err == 0; i++)
		err = is_path(b->program[i])
			      ? check_program(option, b->program[i], why)
			      : reason_set(why, EINVAL,
					"%s: \"%.60s\" is not a path, and only builds are given "
					"several times; give a program (./ipcbench)",
					option, b->program[i]);
	return err;
}

static int check_versions(struct gate_settings *s, struct reason *why)
{
	if (s->base == NULL || s->new == NULL)
		return reason_set(why, EINVAL,
			"gate: no --%s given; write --base OLD --new NEW, each a build of ipcbench "
			"or a mechanism",
			s->base == NULL ? "base" : "new");
	s->programs = is_path(s->base);
	if (s->programs != is_path(s->new))
		return reason_set(why, EINVAL,
			"gate: one of \"%.60s\" and \"%.60s\" is a path and the other is not; give "
			"two programs (./ipcbench) or two mechanisms",
			s->base, s->new);
	for (size_t i = 0; i < s->group_count && !s->programs; i++)
		if (arguments_given(&s->groups[i].asked, "transport") != NULL)
			return reason_set(why, EINVAL,
				"gate: --base and --new already name the mechanisms; drop "
				"--transport");
	if (!s->programs && s->builds[0].count == 1 && s->builds[1].count == 1)
		return 0;
	int err = check_builds("--base", &s->builds[0], why);

	return err == 0 ? check_builds("--new", &s->builds[1], why) : err;
}

static int check(void *settings, const struct arguments *given, struct reason *why)
{
	struct gate_settings *s = settings;
	int err = make_groups(s, given, why);

	s->rule = GATE_RULE_DEFAULT;
	s->base = s->builds[0].program[0];
	s->new = s->builds[1].program[0];
	if (err < 0)
		return err;
	return s->selftest ? prepare_selftest(s, why) : check_versions(s, why);
}

void gate_settings_free(void *settings)
{
	struct gate_settings *s = settings;

	for (size_t i = 0; i < s->group_count; i++) {
		arguments_free(&s->groups[i].asked);
		free(s->groups[i].sizes);
	}
	free(s->groups);
	*s = (struct gate_settings){0};
}

const struct command gate_command = {
	.name = "gate",
	.summary = "decide whether a new version is slower than the old one",
	.options = gate_options,
	.rules = rules,
	.doc = "Compares two builds of ipcbench, or two mechanisms, in interleaved blocks, and "
	       "decides whether the new one is slower. REGRESSION: the slowdown is statistically "
	       "significant (1 % false alarms over all cells) and larger than --min-effect. PASS: "
	       "a slowdown of --tolerance is ruled out. INCONCLUSIVE: neither; the smallest "
	       "slowdown that could have been detected is shown.",
	.exit_status = "0 pass; 1 regression, or --selftest found that the gate does not keep its "
		       "promises; 2 wrong usage; 3 inconclusive; 4 a cell failed, nothing could be "
		       "compared, or a result could not be written; 128+N interrupted by signal N",
	.settings_size = sizeof(struct gate_settings),
	.check = check,
	.run = gate_run,
	.unwritten = EXIT_NOT_MEASURED,
};
