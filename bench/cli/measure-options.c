/* SPDX-License-Identifier: MIT */
#include "cli/measure-options.h"

#include "cli/command.h"
#include "cli/option.h"
#include "plan/plan.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What bounds the memory of --auto; time ends it long before. */
#define AUTO_TRIALS_MAX 500

/*
 * With --quick the median of a cell has its interval in half a second; where cold memory makes a
 * launch long, its range within a second. The tour takes as long as without, for it leaves out
 * large messages.
 */
#define QUICK_DURATION	    "30ms"
#define QUICK_WARMUP	    "5ms"
#define QUICK_TOUR_SIZES    "64"
#define QUICK_TOUR_DURATION "12ms"
#define QUICK_TOUR_WARMUP   "2ms"
#define QUICK_TRIALS	    "6"
#define QUICK_CELL_S	    1

/* With --slo, which promises an interval. */
#define SLO_TRIALS "6"

/* Without --transport: a tour of the common mechanisms that ends in 15 s or less. */
#define TOUR_SIZES    "64,64K"
#define TOUR_DURATION "100ms"
#define TOUR_WARMUP   "20ms"
#define TOUR_TRIALS   "1"

/* ---- the table ------------------------------------------------------------------------------- */

#define AT(field) offsetof(struct settings, field)

const struct option_row measure_options[] = {
	{.help = "What to measure (comma-separated values are combined):"},
	OPTION("transport", 't', "LIST", NULL, 0,
		"mechanisms, families, \"common\" or \"all\"; options follow a colon, as in "
		"shm:segment=sysv,waiter=eventfd. Default: a short tour of the common ones. May be "
		"repeated"),
	OPTION("size", 's', "LIST", read_sizes, 0,
		"bytes per message: K = KiB = 1024, kB = 1000; 64..1M doubles, 64..1M:x4 "
		"quadruples; 1 B to 1 GiB. Default: {default} (tour: " TOUR_SIZES ")",
		.axis = &axes[AXIS_SIZE], .min = 1, .max = SIZE_LIMIT),
	OPTION("mode", 'm', "LIST", read_words, AT(words[AXIS_MODE]),
		"what is timed: {words}; setup: a new channel and its first message, whatever the "
		"duration and warm-up. Default: {default}",
		.axis = &axes[AXIS_MODE]),
	OPTION("wait", 'w', "LIST", read_words, AT(words[AXIS_WAIT]),
		"how a side waits: {words}. Default: the customary ways of each mechanism",
		.axis = &axes[AXIS_WAIT]),
	OPTION("copy", 'c', "LIST", read_words, AT(words[AXIS_COPY]),
		"from and into private buffers, or written and read where the message lies: "
		"{words}. Default: {default}",
		.axis = &axes[AXIS_COPY]),
	OPTION("placement", 'p', "LIST", read_words, AT(words[AXIS_PLACEMENT]),
		"where the two sides run: {words}. Default: {default}",
		.axis = &axes[AXIS_PLACEMENT], .max = (1u << PLACE_CROSS_CPU) - 1),
	OPTION("cpus", 0, "TX,RX", read_cpus, 0, "the two CPUs themselves, instead of --placement"),
	OPTION("idle", 0, "LIST", read_words, AT(words[AXIS_IDLE]),
		"whether idle CPUs may sleep deeply: {words} (needs /dev/cpu_dma_latency). Default: "
		"{default}",
		.axis = &axes[AXIS_IDLE]),
	OPTION("rate", 0, "LIST", read_rates, 0,
		"offered load of mode rate: messages per second, a part of the throughput, or auto for "
		"a walk towards the knee, as in 10k,50%,auto. Default: {default}",
		.axis = &axes[AXIS_RATE], .min = 1, .max = 1000000000),
	OPTION("slo", 0, "LIMIT", read_slo, 0,
		"look for the highest rate that holds a limit, as in 'p99<50us'; mean, p50 to "
		"p99.99 or max, from when a message was due"),
	OPTION("arrivals", 0, "LIST", read_words, AT(words[AXIS_ARRIVALS]),
		"when its messages are due: {words}. Default: {default}",
		.axis = &axes[AXIS_ARRIVALS]),
	OPTION("think", 0, "LIST", read_thinks, 0,
		"pause before each round trip, as in 0,10us,1ms. Default: {default}",
		.axis = &axes[AXIS_THINK], .max = 10 * OPTION_S),
	OPTION("dispatch", 0, "LIST", read_words, AT(words[AXIS_DISPATCH]),
		"how a loop calls the mechanism: {words}; indirect goes through pointers, as programs "
		"with exchangeable transports do, and shows what direct calls save. Default: "
		"{default}",
		.axis = &axes[AXIS_DISPATCH]),
	OPTION("mem", 0, "LIST", read_words, AT(words[AXIS_MEM]),
		"on which NUMA node a segment of shared memory lies, the sender's, the receiver's or "
		"all in turn: {words}. Default: {default}",
		.axis = &axes[AXIS_MEM]),
	OPTION("layout", 0, "LIST", read_words, AT(words[AXIS_LAYOUT]),
		"where stacks, buffers and mappings of a launch lie: {words}; random moves them in "
		"every launch, as --seed says. Default: {default}",
		.axis = &axes[AXIS_LAYOUT]),
	OPTION("batch", 0, "LIST", read_batches, 0,
		"messages per publication or system call in mode throughput, as in 1,16,256: streams "
		"write and read them in one call, datagrams by sendmmsg and recvmmsg, rings publish "
		"once. Default: {default}",
		.axis = &axes[AXIS_BATCH], .min = 1, .max = 1 << 20),
	OPTION("footprint", 0, "LIST", read_footprints, 0,
		"bytes of distinct payload buffers that each side goes through: hot (few, which stay "
		"in a cache), a size as in 64M, cold (four times the last-level cache), or auto: hot, "
		"and from 64 KiB up cold as well. Default: {default}",
		.axis = &axes[AXIS_FOOTPRINT], .min = 1, .max = FOOTPRINT_LIMIT),
	OPTION_SWITCH(
		"verify", 0, AT(verify), "fill every message with a pattern and check every byte"),
	OPTION_SWITCH("counters", 0, AT(counters),
		"also count cycles, instructions, cache misses and task clock of both sides; slows "
		"every context switch by about 1 us"),
	OPTION("plugin", 0, "FILE", read_plugin, 0,
		"load one more mechanism from a shared object. May be repeated"),

	{.help = "How long, how often:"},
	OPTION("duration", 'd', "TIME", read_duration, AT(duration_s),
		"timed window of a trial: 250ms, 2s, 1m; a plain number is seconds. "
		"Default: {default} (tour: " TOUR_DURATION ")",
		.initial = "1s", .min = OPTION_US, .max = 24 * OPTION_HOUR),
	OPTION("messages", 'n', "N", read_count, AT(messages),
		"messages of a trial, instead of --duration", .min = 1, .max = UINT64_C(1) << 53),
	OPTION("warmup", 0, "TIME", read_duration, AT(warmup_s),
		"untimed run before it; 0 = none. Default: {default} (tour: " TOUR_WARMUP ")",
		.initial = "50ms", .max = OPTION_HOUR),
	OPTION("trials", 'T', "N", read_number, AT(trials),
		"launches of every cell. Default: {default} (tour: " TOUR_TRIALS
		", with --slo: " SLO_TRIALS ")",
		.initial = "3", .min = 1, .max = 10000),
	OPTION_SWITCH("quick", 0, AT(quick),
		"a first value of each cell within a second: " QUICK_TRIALS
		" launches of " QUICK_DURATION
		" (fewer of large cold memory, at least two), cell after cell, each told as soon as it is known (tour: " QUICK_TOUR_DURATION
		", size " QUICK_TOUR_SIZES ")"),
	OPTION_SWITCH("auto", 0, AT(automatic),
		"as many trials of each cell as its --precision needs, at least 8, instead of "
		"--trials"),
	OPTION("precision", 0, "[METRIC:]PERCENT", read_precision, 0,
		"half width of the 95% interval of the median that ends --auto, of the median time "
		"or the rate, or as in p99:5% of another column of summary.csv. Default: {default}",
		.initial = "2%", .min = 1, .max = 1000),
	OPTION("max-time", 0, "TIME", read_duration, AT(max_time_s),
		"ends --auto whatever the precision. Default: {default}", .initial = "1m",
		.min = 100 * OPTION_MS, .max = 24 * OPTION_HOUR),
	OPTION("seed", 0, "N", read_seed, AT(seed),
		"seed of the order of trials, of random arrivals and of random layouts. "
		"Default: random, and recorded",
		.initial = "random"),
	OPTION("timeout", 0, "TIME", read_duration, AT(timeout_s),
		"wall-clock limit of a trial. Default: derived from its length, with --messages from "
		"the pace of its warm-up and at most a day longer",
		.min = OPTION_MS, .max = 24 * OPTION_HOUR),
	OPTION("slice", 0, "HZ", read_count, AT(clock_hz),
		"for ipcbench gate: measure the window and nothing beside it, by a counter that runs "
		"at HZ; 0 = calibrate it",
		.max = UINT64_C(1) << 40, .hidden = true),
	OPTION("slowdown", 0, "STEPS", read_count, AT(slowdown),
		"for ipcbench gate --selftest: each side works this much more on a message, and "
		"calls the mechanism through pointers",
		.max = UINT64_C(1) << 30, .hidden = true),

	{.help = "Output:"},
	OPTION("output", 'o', "DIR", read_text, AT(output_dir), "write a run directory"),
	OPTION_SWITCH("timeline", 0, AT(timeline),
		"also record how times go over the timed window, into timeline.csv of the run "
		"directory; modes latency, rate and oneway"),
	OPTION_SWITCH("plot", 0, AT(plot), "print the figures as text, below the table"),
	OPTION("csv", 0, "FILE", read_text, AT(csv),
		"write one row per trial; - is standard output"),
	OPTION("json", 0, "FILE", read_text, AT(json),
		"write everything as JSON; - is standard output"),
	OPTION("md", 0, "FILE", read_text, AT(md), "write a Markdown table; - is standard output"),
	OPTION("tex", 0, "FILE", read_text, AT(tex), "write LaTeX tables; - is standard output"),
	OPTION("label", 0, "TEXT", read_text, AT(label), "a name for this run, in every row"),
	OPTION_SWITCH("quiet", 'q', AT(quiet), "no table, no progress"),
	OPTION_SWITCH("verbose", 'v', AT(verbose), "more about what happens, on standard error"),
	OPTION("color", 0, "WHEN", read_word, AT(color),
		"colours in the table: {words}; NO_COLOR is heeded. Default: {default}",
		.words = color_words, .initial = "auto"),

	{.help = "Other:"},
	OPTION_SWITCH(
		"dry-run", 0, AT(dry_run), "print what would be measured and how long it takes"),
	OPTION("replay", 0, "DIR", read_text, AT(replay),
		"measure the plan of a stored run again, its cells in its order, and say what has "
		"changed; only --plugin, --dry-run and the output options go with it"),
	OPTION("resume", 0, "DIR", read_text, AT(resume),
		"go on with a run that was cut off: measure what its directory lacks, with its "
		"options; --csv, --json, --md and --tex can name other files"),
	OPTION_ROW_HELP,
	OPTION("version", 'V', NULL, NULL, 0, "print the version", .ends = OPTION_VERSION),
	{.name = NULL},
};

bool option_is_of_plan(const struct option_row *o)
{
	int titles = 0;

	for (const struct option_row *row = measure_options; row != o; row++)
		titles += row->name == NULL;
	return titles <= 2;
}

static bool is_replayed(const struct option_row *o)
{
	return o->read != read_plugin && option_is_of_plan(o);
}

/* Options that would make new rows of a run differ from stored ones. */
static bool is_resumed(const struct option_row *o)
{
	static const char *const rows[] = {"output", "label", "timeline", "replay"};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (strcmp(o->name, rows[i]) == 0)
			return true;
	return is_replayed(o);
}

const struct option_rule measure_rules[] = {
	{.one = "resume", .others = is_resumed, .because = "the stored run decides that"},
	{.one = "replay", .others = is_replayed, .because = "the plan is that of the stored run"},
	{.one = "cpus", .other = "placement", .because = "give the CPUs or their distance"},
	{.one = "duration", .other = "messages", .because = "a trial ends by time or by count"},
	{.one = "auto", .other = "trials", .because = "--auto finds how many trials it takes"},
	{.one = "quick", .other = "auto", .because = "--auto takes the time that it needs"},
	{.one = "quiet", .other = "verbose", .because = "give one"},
	{.one = "slice", .other = "plot", .because = "a slice is one row"},
	{.one = "slice", .other = "output", .because = "a slice does not describe the machine"},
	{.one = "precision", .needs = "auto", .because = "is for --auto; give that as well"},
	{.one = "max-time", .needs = "auto", .because = "is for --auto; give that as well"},
	{.one = "timeline",
		.needs = "output",
		.because = "writes into a run directory; give --output DIR as well"},
	{.one = NULL},
};

/* ---- the settings as a whole ----------------------------------------------------------------- */

/* What some modes alone have. The modes of a replay are those of the stored run. */
static int check_modes(const struct settings *s, const struct arguments *given, struct reason *why)
{
	const unsigned int timed = 1u << MODE_LATENCY | 1u << MODE_RATE | 1u << MODE_ONEWAY;

	const char *loaded = arguments_given(given, "rate") != NULL ? "rate" : "slo";

	if (arguments_given(given, loaded) != NULL && (s->words[AXIS_MODE] & 1u << MODE_RATE) == 0)
		return reason_set(why, EINVAL, "--%s is for mode rate; use --mode rate", loaded);
	if (s->timeline && s->replay == NULL && (s->words[AXIS_MODE] & timed) == 0)
		return reason_set(why, EINVAL,
			"--timeline is for modes that time each message; use --mode latency, rate or "
			"oneway");
	return 0;
}

static int select_transports(struct settings *s, const struct arguments *given, struct reason *why)
{
	struct selection_list list = {NULL, 0};
	int err = 0;

	for (size_t i = 0; i < given->count && err == 0; i++) {
		if (strcmp(given->options[i].option->name, "transport") != 0)
			continue;
		s->transport_given = true;
		err = selections_parse(&list, "--transport", given->options[i].value, why);
	}
	if (!s->transport_given)
		err = selections_parse(&list, "--transport", GROUP_COMMON, why);
	s->selections = list.items;
	s->selection_count = list.count;
	return err;
}

static void use(
	struct settings *s, const struct arguments *given, const char *name, const char *value)
{
	struct reason why;

	if (!arguments_say(given, measure_rules, name))
		option_read(option_find(measure_options, name, strlen(name), &why), value, s, &why);
}

/* Defaults that depend on other options. */
static void adapt_defaults(struct settings *s, const struct arguments *given)
{
	if (arguments_given(given, "rate") != NULL || arguments_given(given, "arrivals") != NULL ||
		s->slo.text != NULL)
		use(s, given, "mode", mode_name(MODE_RATE));
	else if (arguments_given(given, "think") != NULL)
		use(s, given, "mode", mode_name(MODE_LATENCY));
	if (s->quick) {
		use(s, given, "duration",
			s->transport_given ? QUICK_DURATION : QUICK_TOUR_DURATION);
		use(s, given, "warmup", s->transport_given ? QUICK_WARMUP : QUICK_TOUR_WARMUP);
		use(s, given, "trials", QUICK_TRIALS);
		s->quick_cell_s = arguments_say(given, measure_rules, "trials") ? 0 : QUICK_CELL_S;
	}
	if (!s->transport_given)
		use(s, given, "size", s->quick ? QUICK_TOUR_SIZES : TOUR_SIZES);
	if (!s->transport_given && !s->quick) {
		use(s, given, "duration", TOUR_DURATION);
		use(s, given, "warmup", TOUR_WARMUP);
		use(s, given, "trials", TOUR_TRIALS);
	}
	if (s->slo.text != NULL)
		rates_add_slo(s);
	if (s->slo.text != NULL && !s->quick)
		use(s, given, "trials", SLO_TRIALS);
	if (s->automatic)
		s->trials = AUTO_TRIALS_MAX;
}

int settings_finish(struct settings *s, const struct arguments *given, struct reason *why)
{
	bool pinned = arguments_given(given, "cpus") != NULL;

	if (!pinned)
		s->cpu_tx = s->cpu_rx = -1;
	s->placement_given = pinned || arguments_given(given, "placement") != NULL;
	s->plugin_given = arguments_given(given, "plugin") != NULL;
	s->slice = arguments_given(given, "slice") != NULL;
	s->slowed = arguments_given(given, "slowdown") != NULL;
	int err = select_transports(s, given, why);

	adapt_defaults(s, given);
	return err == 0 ? check_modes(s, given, why) : err;
}

int settings_read(
	struct settings *s, const struct arguments *given, unsigned int part, struct reason *why)
{
	*s = (struct settings){.cpu_tx = -1, .cpu_rx = -1};
	int r = arguments_read(given, part, s, why);

	if (r == 0)
		r = arguments_check(given, measure_rules, why);
	if (r == 0)
		r = arguments_default(given, measure_options, measure_rules, 0, s, why);
	return r == 0 ? settings_finish(s, given, why) : r;
}

void settings_free(struct settings *s)
{
	selections_free(s->selections, s->selection_count);
	free(s->sizes);
	free(s->rates);
	free(s->thinks_ns);
	free(s->batches);
	free(s->footprints);
	*s = (struct settings){.cpu_tx = -1, .cpu_rx = -1};
}
