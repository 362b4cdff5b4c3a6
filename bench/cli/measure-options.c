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

/* In the order of enum sorting. */
static const char *const sort_words[] = {"family", "speed", "name", "cpu", NULL};

const char *const load_words[] = {"none", "cpu:1", "memory:1", NULL};
const char *const topology_words[] = {"pair", "pairs", "bidi", "server", "fan-in", "fan-out", NULL};

const struct option_row measure_options[] = {
	{.help = "What to measure (comma-separated values are combined):"},
	OPTION("transport", 't', "LIST", NULL, 0,
		"what to measure: names of mechanisms or families (ipcbench list prints them), "
		"common or all. Options follow a colon, as in shm:segment=sysv,waiter=eventfd; "
		"exec:./PROGRAM is a program of yours. May be repeated. Default: a short tour of the common mechanisms"),
	OPTION("size", 's', "LIST", read_sizes, 0,
		"bytes per message, 1 B to 1 GiB: 64, 4K (K = 1024, kB = 1000), 64..1M (each twice "
		"the one before), 64..1M:x4 (four times); or of each message from a distribution, "
		"lognormal:median=1K,p99=64K[,max=1M], from a histogram, dist:FILE (lines SIZE "
		"WEIGHT), or from a trace, trace:FILE (a size on each line). Default: {default} "
		"(tour: " TOUR_SIZES ")",
		.axis = &axes[AXIS_SIZE], .min = 1, .max = SIZE_LIMIT),
	OPTION("mode", 'm', "LIST", read_words, AT(words[AXIS_MODE]),
		"what to time: {words} (a new channel and its first message; --duration "
		"and --warmup do not apply). Default: {default}",
		.axis = &axes[AXIS_MODE]),
	OPTION("wait", 'w', "LIST", read_words, AT(words[AXIS_WAIT]),
		"how a side waits for the other: {words}. Default: the usual ways of each "
		"mechanism",
		.axis = &axes[AXIS_WAIT]),
	OPTION("copy", 'c', "LIST", read_words, AT(words[AXIS_COPY]),
		"copy messages through private buffers, or write and read them in place: {words}. "
		"Default: {default}",
		.axis = &axes[AXIS_COPY]),
	OPTION("placement", 'p', "LIST", read_words, AT(words[AXIS_PLACEMENT]),
		"where the two processes run: {words}. Default: {default}",
		.axis = &axes[AXIS_PLACEMENT], .max = (1u << PLACE_CROSS_CPU) - 1),
	OPTION("cpus", 0, "TX,RX", read_cpus, 0,
		"CPU numbers of sender and receiver, then of further pairs or sides, instead of --placement"),
	OPTION("cpu-helper", 0, "LIST", read_helper_cpus, 0,
		"CPU numbers on which the helpers of a mechanism run, such as a broker. Default: every "
		"CPU that this process may use, including those of the two sides"),
	OPTION("topology", 0, "LIST", read_topologies, 0,
		"how many processes take part: pair; bidi, a stream in each direction; pairs:N, N "
		"independent pairs at once on CPUs close together or, with pairs:N:scatter, far apart; server:N, N clients and a "
		"server that answers each; fan-in:N, N senders and one "
		"receiver on one channel; fan-out:N, one sender and N receivers. pairs:1..8 is 1, "
		"2, 4 and 8. Default: {default}",
		.axis = &axes[AXIS_TOPOLOGY], .words = topology_words),
	OPTION("idle", 0, "LIST", read_words, AT(words[AXIS_IDLE]),
		"whether idle CPUs may sleep deeply: {words}; awake needs write access to "
		"/dev/cpu_dma_latency. Default: {default}",
		.axis = &axes[AXIS_IDLE]),
	OPTION("rate", 0, "LIST", read_rates, 0,
		"load of mode rate: messages per second (10k), a percentage of the capacity (50%), or "
		"auto, which approaches the knee in steps. Default: {default}",
		.axis = &axes[AXIS_RATE], .min = 1, .max = 1000000000),
	OPTION("slo", 0, "LIMIT", read_slo, 0,
		"search for the highest rate that keeps a limit, as in 'p99<50us', on mean, p50 to "
		"p99.99 or max of the latency, timed from when a message was due"),
	OPTION("arrivals", 0, "LIST", read_words, AT(words[AXIS_ARRIVALS]),
		"when the messages of mode rate are due: {words}. Default: {default}",
		.axis = &axes[AXIS_ARRIVALS]),
	OPTION("think", 0, "LIST", read_thinks, 0,
		"pause before each round trip, as in 0,10us,1ms. Default: {default}",
		.axis = &axes[AXIS_THINK], .max = 10 * OPTION_S),
	OPTION("dispatch", 0, "LIST", read_words, AT(words[AXIS_DISPATCH]),
		"how a loop calls the mechanism: {words}; indirect calls through function "
		"pointers, as programs with exchangeable transports do. Default: {default}",
		.axis = &axes[AXIS_DISPATCH]),
	OPTION("mem", 0, "LIST", read_words, AT(words[AXIS_MEM]),
		"NUMA node of shared memory: {words}; tx and rx are the nodes of sender and "
		"receiver, interleave uses all in turn. Default: {default}",
		.axis = &axes[AXIS_MEM]),
	OPTION("layout", 0, "LIST", read_words, AT(words[AXIS_LAYOUT]),
		"addresses of stacks, buffers and mappings: {words}; random draws new ones for "
		"every launch, from --seed. Default: {default}",
		.axis = &axes[AXIS_LAYOUT]),
	OPTION("batch", 0, "LIST", read_batches, 0,
		"messages per system call or publication in mode throughput, as in 1,16,256: "
		"streams write and read them in one call, datagrams use sendmmsg and recvmmsg, "
		"rings publish once. Default: {default}",
		.axis = &axes[AXIS_BATCH], .min = 1, .max = 1 << 20),
	OPTION("depth", 0, "LIST", read_counts, AT(depths),
		"round trips in flight in mode latency, as in 1,8,64: the next message is sent when "
		"a reply has come. Default: {default}",
		.axis = &axes[AXIS_DEPTH], .min = 1, .max = DEPTH_MAX),
	OPTION("channels", 0, "LIST", read_counts, AT(channels),
		"channels that a launch of mode setup creates, then uses for a round trip each, then "
		"removes, as in 1,64; channels/s is their rate. Default: {default}",
		.axis = &axes[AXIS_CHANNELS], .min = 1, .max = CHANNELS_MAX),
	OPTION("footprint", 0, "LIST", read_footprints, 0,
		"bytes of payload buffers that each side cycles through: hot (they stay in a "
		"cache), a size as in 64M, cold (four times the last-level cache) or auto (hot, "
		"and from 64 KiB up also cold). Default: {default}",
		.axis = &axes[AXIS_FOOTPRINT], .min = 1, .max = FOOTPRINT_LIMIT),
	OPTION("sched", 0, "LIST", read_words, AT(words[AXIS_SCHED]),
		"scheduling policy of both processes: {words}; fifo and rr are real-time and need "
		"CAP_SYS_NICE or ulimit -r 2. Default: {default}",
		.axis = &axes[AXIS_SCHED]),
	OPTION("load", 0, "LIST", read_backgrounds, 0,
		"background load: none, cpu:N (N processes that compute) or memory:N (N that stream "
		"through twice the last-level cache), on the allowed CPUs in turn, the lowest first. "
		"Default: {default}",
		.axis = &axes[AXIS_BACKGROUND], .words = load_words, .min = 1,
		.max = BACKGROUND_LIMIT),
	OPTION("isolate", 0, "LIST", read_words, AT(words[AXIS_ISOLATE]),
		"private namespaces for each side: {words}; container is all of them. "
		"Takes CAP_SYS_ADMIN. Default: {default}",
		.axis = &axes[AXIS_ISOLATE]),
	OPTION_SWITCH(
		"verify", 0, AT(verify), "fill every message with a pattern and check every byte"),
	OPTION_SWITCH("counters", 0, AT(counters),
		"also count cycles, instructions, cache misses and task clock of both sides; adds "
		"about 1 us to every context switch"),
	OPTION("plugin", 0, "FILE", read_plugin, 0,
		"load more mechanisms from a shared object, or from all *.so of a directory. May be "
		"repeated"),

	{.help = "How long and how often:"},
	OPTION("duration", 'd', "TIME", read_duration, AT(duration_s),
		"timed part of a trial: 250ms, 2s, 1m; a plain number is seconds. Default: "
		"{default} (tour: " TOUR_DURATION ")",
		.initial = "1s", .min = OPTION_US, .max = 24 * OPTION_HOUR),
	OPTION("messages", 'n', "N", read_count, AT(messages),
		"end a trial after N messages, instead of after --duration", .min = 1,
		.max = UINT64_C(1) << 53),
	OPTION("warmup", 0, "TIME", read_duration, AT(warmup_s),
		"untimed part before it; 0 = none. Default: {default} (tour: " TOUR_WARMUP ")",
		.initial = "50ms", .max = OPTION_HOUR),
	OPTION("trials", 'T', "N", read_number, AT(trials),
		"launches of each cell, each with new processes. Cells take turns; each is printed "
		"when it has all of its trials, in the last round. Default: {default} (tour: " TOUR_TRIALS
		", with --slo: " SLO_TRIALS ")",
		.initial = "3", .min = 1, .max = 10000),
	OPTION_SWITCH("quick", 0, AT(quick),
		"print a first result for each cell within a second: " QUICK_TRIALS
		" launches of " QUICK_DURATION
		" (fewer, but at least two, if cold memory slows them down); cells run one after "
		"the other, and each is printed when it is done (tour: " QUICK_TOUR_DURATION
		", size " QUICK_TOUR_SIZES ")"),
	OPTION_SWITCH("auto", 0, AT(automatic),
		"repeat each cell until it reaches --precision, at least 8 times, instead of "
		"--trials times"),
	OPTION("precision", 0, "[METRIC:]PERCENT", read_precision, 0,
		"with --auto: stop a cell when the 95% confidence interval of its median time or "
		"rate is within this many percent of it; p99:5% names another column of "
		"summary.csv. Default: {default}",
		.initial = "2%", .min = 1, .max = 1000),
	OPTION("max-time", 0, "TIME", read_duration, AT(max_time_s),
		"with --auto: stop after this time whatever the precision. Default: {default}",
		.initial = "1m", .min = 100 * OPTION_MS, .max = 24 * OPTION_HOUR),
	OPTION("seed", 0, "N", read_seed, AT(seed),
		"random seed of the order of trials, of arrivals and of layouts. Default: random, "
		"and recorded",
		.initial = "random"),
	OPTION("timeout", 0, "TIME", read_duration, AT(timeout_s),
		"kill a trial that takes longer. Default: from the length of the trial; "
		"with --messages, estimated from its warm-up, at most one day",
		.min = OPTION_MS, .max = 24 * OPTION_HOUR),
	OPTION("slice", 0, "HZ", read_count, AT(clock_hz),
		"for ipcbench gate: measure the window and nothing beside it, by a counter that "
		"runs at HZ; 0 = calibrate it",
		.max = UINT64_C(1) << 40, .hidden = true),
	OPTION("slowdown", 0, "STEPS", read_count, AT(slowdown),
		"for ipcbench gate --selftest: each side works this much more on a message, and "
		"calls the mechanism through pointers",
		.max = UINT64_C(1) << 30, .hidden = true),

	{.help = "Output (- is standard output):"},
	OPTION("output", 'o', "DIR", read_text, AT(output_dir),
		"write a run directory: CSV files, histograms and a description of the machine"),
	OPTION_SWITCH("timeline", 0, AT(timeline),
		"also record how times change over the timed window, in timeline.csv of the run "
		"directory; modes latency, rate and oneway"),
	OPTION_SWITCH("plot", 0, AT(plot), "print the figures as text below the table"),
	OPTION("csv", 0, "FILE", read_text, AT(csv), "write one row per trial"),
	OPTION("json", 0, "FILE", read_text, AT(json), "write everything as JSON"),
	OPTION("md", 0, "FILE", read_text, AT(md), "write a Markdown table"),
	OPTION("tex", 0, "FILE", read_text, AT(tex), "write LaTeX tables"),
	OPTION("sort", 0, "ORDER", read_word, AT(sort),
		"order of the rows of a section: {words}. Default: {default}", .words = sort_words,
		.initial = "family"),
	OPTION("baseline", 0, "NAME", read_text, AT(baseline),
		"also print the ratio of each row to this mechanism with the same wait mode, with its "
		"95% confidence interval"),
	OPTION("label", 0, "TEXT", read_text, AT(label), "name of this run, in every row"),
	OPTION_SWITCH("quiet", 'q', AT(quiet),
		"print no table, no progress and no results of single cells"),
	OPTION_SWITCH("verbose", 'v', AT(verbose), "print a line per launch on standard error"),
	OPTION("color", 0, "WHEN", read_word, AT(color),
		"colour the table: {words}; the variable NO_COLOR turns auto off. Default: "
		"{default}",
		.words = color_words, .initial = "auto"),

	{.help = "Other:"},
	OPTION_SWITCH("dry-run", 0, AT(dry_run),
		"print the plan and how long it takes, and measure nothing"),
	OPTION(OPTION_FILE, 0, "FILE", read_text, AT(config),
		"read options from a file: lines \"name = value\", with the names of the long options; "
		"an option on the command line replaces that of the file"),
	OPTION("replay", 0, "DIR", read_text, AT(replay),
		"repeat a stored run, its cells in its order, and report what has changed; takes "
		"only --plugin, --dry-run and output options"),
	OPTION("resume", 0, "DIR", read_text, AT(resume),
		"finish an interrupted run with its own options; --csv, --json, --md and --tex may "
		"name other files"),
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

/* Whether more than one is asked for, but not the mode that can have more. */
static bool lacks_mode(const struct settings *s, const struct count_list *c, enum mode mode)
{
	return (c->count > 1 || (c->count == 1 && c->values[0] > 1)) &&
	       (s->words[AXIS_MODE] & 1u << mode) == 0;
}

/* What some modes alone have. The modes of a replay are those of the stored run. */
static int check_modes(const struct settings *s, const struct arguments *given, struct reason *why)
{
	const unsigned int timed = 1u << MODE_LATENCY | 1u << MODE_RATE | 1u << MODE_ONEWAY;

	const char *loaded = arguments_given(given, "rate") != NULL ? "rate" : "slo";

	if (arguments_given(given, loaded) != NULL && (s->words[AXIS_MODE] & 1u << MODE_RATE) == 0)
		return reason_set(why, EINVAL, "--%s is for mode rate; use --mode rate", loaded);
	if (s->replay == NULL && lacks_mode(s, &s->depths, MODE_LATENCY))
		return reason_set(why, EINVAL, "--depth is for mode latency; use --mode latency");
	if (s->replay == NULL && lacks_mode(s, &s->channels, MODE_SETUP))
		return reason_set(why, EINVAL, "--channels is for mode setup; use --mode setup");
	if (s->timeline && s->replay == NULL && (s->words[AXIS_MODE] & timed) == 0)
		return reason_set(why, EINVAL,
			"--timeline is for modes that time each message; use --mode latency, rate "
			"or oneway");
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
		err = arguments_blame(given, &given->options[i],
			selections_parse(&list, "--transport", given->options[i].value, why), why);
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
		option_read(option_find(measure_options, name, strlen(name), false, &why), value, s,
			&why);
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

/* CPUs that no cell would use. */
static int check_cpus(const struct settings *s, struct reason *why)
{
	size_t most = 2;
	bool each = s->cpu_count % 2 == 0;

	for (size_t i = 0; i < s->topology_count; i++) {
		size_t sides = sides_present(s->topologies[i]);

		most = sides > most ? sides : most;
		each |= sides == s->cpu_count;
	}
	if (s->cpu_count <= most && each)
		return 0;
	return reason_set(why, EINVAL,
		"--cpus: names %zu CPUs, and there are %zu sides; name %zu, or add --topology %s:%zu",
		s->cpu_count, most, most, s->cpu_count % 2 == 0 ? "pairs" : "fan-in",
		s->cpu_count % 2 == 0 ? s->cpu_count / 2 : s->cpu_count - 1);
}

int settings_finish(struct settings *s, const struct arguments *given, struct reason *why)
{
	bool pinned = arguments_given(given, "cpus") != NULL;

	if (!pinned)
		s->cpu_count = 0;
	s->placement_given = pinned || arguments_given(given, "placement") != NULL;
	s->dispatch_given = arguments_given(given, "dispatch") != NULL;
	s->plugin_given = arguments_given(given, "plugin") != NULL;
	s->slice = arguments_given(given, "slice") != NULL;
	s->slowed = arguments_given(given, "slowdown") != NULL;
	int err = select_transports(s, given, why);

	adapt_defaults(s, given);
	if (err == 0)
		err = check_cpus(s, why);
	return err == 0 ? check_modes(s, given, why) : err;
}

int settings_read(
	struct settings *s, const struct arguments *given, unsigned int part, struct reason *why)
{
	*s = (struct settings){.cpu_count = 0};
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
	for (size_t i = 0; i < s->mix_count; i++)
		sizes_free(&s->mixes[i]);
	free(s->mixes);
	free(s->rates);
	free(s->thinks_ns);
	free(s->batches);
	free(s->depths.values);
	free(s->channels.values);
	free(s->footprints);
	free(s->topologies);
	free(s->backgrounds);
	free(s->cpus);
	free(s->helper_cpus);
	*s = (struct settings){.cpu_count = 0};
}
