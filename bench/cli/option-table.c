/* SPDX-License-Identifier: MIT */
/* The table of options: what they are called, what they take, what they are for. */
#include "cli/option-table.h"
#include "cli/options.h"
#include "plan/plan.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* {words} in a text is replaced by the words that the option accepts. */
#define PLACEHOLDER "{words}"

enum { GROUP_WHAT = 1, GROUP_HOW, GROUP_RESULTS, GROUP_OTHER };

#define TITLE(text, number)                                                                        \
	{                                                                                          \
		.doc = (text), .group = (number)                                                   \
	}

const struct argp_option option_table[] = {
	TITLE("What to measure (comma lists multiply out):", GROUP_WHAT),
	{"transport", KEY_TRANSPORT, "LIST", 0,
		"mechanisms, families, \"common\" or \"all\"; options follow a colon, as in "
		"shm:segment=sysv,waiter=eventfd. Default: a short tour of the common ones. May be "
		"repeated",
		GROUP_WHAT},
	{"size", KEY_SIZE, "LIST", 0,
		"bytes per message: K = KiB = 1024, kB = 1000; 64..1M doubles, 64..1M:x4 "
		"quadruples; 1 B to 1 GiB. Default: " DEFAULT_SIZES " (tour: " TOUR_SIZES ")",
		GROUP_WHAT},
	{"mode", KEY_MODE, "LIST", 0,
		"what is timed: {words}; setup: a new channel and its first message, whatever the duration and warm-up. Default: " DEFAULT_MODES,
		GROUP_WHAT},
	{"wait", KEY_WAIT, "LIST", 0,
		"how a side waits: {words}. Default: the customary ways of each mechanism",
		GROUP_WHAT},
	{"copy", KEY_COPY, "LIST", 0,
		"from and into private buffers, or written and read where the message lies: "
		"{words}. Default: " DEFAULT_COPIES,
		GROUP_WHAT},
	{"placement", KEY_PLACEMENT, "LIST", 0,
		"where the two sides run: {words}. Default: " DEFAULT_PLACEMENTS, GROUP_WHAT},
	{"cpus", KEY_CPUS, "TX,RX", 0, "the two CPUs themselves, instead of --placement",
		GROUP_WHAT},
	{"idle", KEY_IDLE, "LIST", 0,
		"whether idle CPUs may sleep deeply: {words} (needs /dev/cpu_dma_latency). Default: " DEFAULT_IDLES,
		GROUP_WHAT},
	{"rate", KEY_RATE, "LIST", 0,
		"offered load of mode rate: messages per second, a part of the throughput, or auto for "
		"a walk towards the knee, as in 10k,50%,auto. Default: " DEFAULT_RATES,
		GROUP_WHAT},
	{"arrivals", KEY_ARRIVALS, "LIST", 0,
		"when its messages are due: {words}. Default: " DEFAULT_ARRIVALS, GROUP_WHAT},
	{"think", KEY_THINK, "LIST", 0,
		"pause before each round trip, as in 0,10us,1ms. Default: " DEFAULT_THINKS,
		GROUP_WHAT},
	{"dispatch", KEY_DISPATCH, "LIST", 0,
		"how a loop calls the mechanism: {words}; indirect goes through pointers, as programs with exchangeable transports do, and shows what direct calls save. Default: " DEFAULT_DISPATCHES,
		GROUP_WHAT},
	{"mem", KEY_MEM, "LIST", 0,
		"on which NUMA node a segment of shared memory lies, the sender's, the receiver's or "
		"all in turn: {words}. Default: " DEFAULT_MEMS,
		GROUP_WHAT},
	{"verify", KEY_VERIFY, NULL, 0, "fill every message with a pattern and check every byte",
		GROUP_WHAT},
	{"counters", KEY_COUNTERS, NULL, 0,
		"also count cycles, instructions, cache misses and task clock of both sides; slows every context switch by about 1 us",
		GROUP_WHAT},
	{"plugin", KEY_PLUGIN, "FILE", 0,
		"load one more mechanism from a shared object. May be repeated", GROUP_WHAT},

	TITLE("How long, how often:", GROUP_HOW),
	{"duration", KEY_DURATION, "TIME", 0,
		"timed window of a trial: 250ms, 2s, 1m; a plain number is seconds. "
		"Default: " DEFAULT_DURATION " (tour: " TOUR_DURATION ")",
		GROUP_HOW},
	{"messages", KEY_MESSAGES, "N", 0, "messages of a trial, instead of --duration", GROUP_HOW},
	{"warmup", KEY_WARMUP, "TIME", 0,
		"untimed run before it; 0 = none. Default: " DEFAULT_WARMUP " (tour: " TOUR_WARMUP
		")",
		GROUP_HOW},
	{"trials", KEY_TRIALS, "N", 0,
		"launches of every cell. Default: " DEFAULT_TRIALS " (tour: " TOUR_TRIALS ")",
		GROUP_HOW},
	{"auto", KEY_AUTO, NULL, 0,
		"as many trials of each cell as its --precision needs, at least 6, instead of "
		"--trials",
		GROUP_HOW},
	{"precision", KEY_PRECISION, "PERCENT", 0,
		"half width of the 95% interval of the median that ends --auto. "
		"Default: " DEFAULT_PRECISION,
		GROUP_HOW},
	{"max-time", KEY_MAX_TIME, "TIME", 0,
		"ends --auto whatever the precision. Default: " DEFAULT_MAX_TIME, GROUP_HOW},
	{"seed", KEY_SEED, "N", 0, "of the order of trials. Default: random, and recorded",
		GROUP_HOW},
	{"timeout", KEY_TIMEOUT, "TIME", 0,
		"wall-clock limit of a trial. Default: derived from its length, with --messages from the pace of its warm-up",
		GROUP_HOW},

	TITLE("What becomes of the results:", GROUP_RESULTS),
	{"output", KEY_OUTPUT, "DIR", 0, "write a run directory", GROUP_RESULTS},
	{"timeline", KEY_TIMELINE, NULL, 0,
		"also record how times go over the timed window, into timeline.csv of the run "
		"directory; modes latency, rate and oneway",
		GROUP_RESULTS},
	{"plot", KEY_PLOT, NULL, 0, "print the figures as text, below the table", GROUP_RESULTS},
	{"csv", KEY_CSV, "FILE", 0, "write one row per trial; - is standard output", GROUP_RESULTS},
	{"json", KEY_JSON, "FILE", 0, "write everything as JSON; - is standard output",
		GROUP_RESULTS},
	{"md", KEY_MD, "FILE", 0, "write a Markdown table; - is standard output", GROUP_RESULTS},
	{"tex", KEY_TEX, "FILE", 0, "write LaTeX tables; - is standard output", GROUP_RESULTS},
	{"label", KEY_LABEL, "TEXT", 0, "a name for this run, in every row", GROUP_RESULTS},
	{"quiet", KEY_QUIET, NULL, 0, "no table, no progress", GROUP_RESULTS},
	{"verbose", KEY_VERBOSE, NULL, 0, "more about what happens, on standard error",
		GROUP_RESULTS},
	{"color", KEY_COLOR, "WHEN", 0,
		"colours in the table: {words}; NO_COLOR is heeded. Default: auto", GROUP_RESULTS},

	TITLE("Other:", GROUP_OTHER),
	{"dry-run", KEY_DRY_RUN, NULL, 0, "print what would be measured and how long it takes",
		GROUP_OTHER},
	{"replay", KEY_REPLAY, "DIR", 0,
		"measure the plan of a stored run again, its cells in its order, and say what has "
		"changed; beside it only --plugin, --dry-run and what becomes of the results",
		GROUP_OTHER},
	{"slice", KEY_SLICE, "HZ", OPTION_HIDDEN,
		"for ipcbench gate: measure the window and nothing beside it, by a counter that runs at HZ; 0 = calibrate it",
		GROUP_OTHER},
	{"slowdown", KEY_SLOWDOWN, "TIME", OPTION_HIDDEN,
		"for ipcbench gate --selftest: each side spends so much longer on a message, and calls the mechanism through pointers",
		GROUP_OTHER},
	{"help", KEY_HELP, NULL, 0, "print this help", GROUP_OTHER},
	{"version", KEY_VERSION, NULL, 0, "print the version", GROUP_OTHER},
	{0},
};

bool table_is_of_plan(int key)
{
	const struct argp_option *o = measure_option(key);

	/* the hidden ones are the gate's, and change what is measured */
	return o->group == GROUP_WHAT || o->group == GROUP_HOW || (o->flags & OPTION_HIDDEN) != 0;
}

static size_t take(const char *name, const char **words, size_t n, size_t max)
{
	if (n < max)
		words[n++] = name;
	return n;
}

size_t option_words(int key, const char **words, size_t max)
{
	size_t n = 0;

	switch (key) {
	case KEY_MODE:
		for (int i = 0; i < MODE_COUNT; i++)
			n = take(mode_name((enum mode)i), words, n, max);
		break;
	case KEY_WAIT:
		for (int i = 0; i < WAIT_COUNT; i++)
			n = take(wait_name((enum wait)i), words, n, max);
		break;
	case KEY_COPY:
		for (int i = 0; i < COPY_COUNT; i++)
			n = take(copy_name((enum copy)i), words, n, max);
		break;
	case KEY_PLACEMENT:
		for (int i = 0; i < PLACE_COUNT; i++)
			n = take(placement_name((enum placement)i), words, n, max);
		break;
	case KEY_IDLE:
		for (int i = 0; i < IDLE_COUNT; i++)
			n = take(idle_name((enum idle)i), words, n, max);
		break;
	case KEY_ARRIVALS:
		for (int i = 0; i < ARRIVAL_COUNT; i++)
			n = take(arrival_name((enum arrival)i), words, n, max);
		break;
	case KEY_DISPATCH:
		for (int i = 0; i < DISPATCH_COUNT; i++)
			n = take(dispatch_name((enum dispatch)i), words, n, max);
		break;
	case KEY_MEM:
		for (int i = 0; i < MEM_COUNT; i++)
			n = take(mem_name((enum mem)i), words, n, max);
		break;
	case KEY_COLOR:
		n = take("auto", words, n, max);
		n = take("always", words, n, max);
		n = take("never", words, n, max);
		break;
	default:
		break;
	}
	return n;
}

static void print_words(FILE *out, int key)
{
	const char *words[OPTION_WORDS_MAX];
	size_t n = option_words(key, words, ARRAY_SIZE(words));

	for (size_t i = 0; i < n; i++)
		fprintf(out, "%s%s", i == 0 ? "" : ", ", words[i]);
}

/* `text` with its placeholder filled in. */
static char *fill_in(int key, const char *text)
{
	const char *at = strstr(text, PLACEHOLDER);
	char *filled = NULL;
	size_t len;

	if (at == NULL)
		return strdup(text);
	FILE *out = open_memstream(&filled, &len);
	if (out == NULL)
		return NULL;
	fprintf(out, "%.*s", (int)(at - text), text);
	print_words(out, key);
	fputs(at + strlen(PLACEHOLDER), out);
	if (fclose(out) != 0) {
		free(filled);
		return NULL;
	}
	return filled;
}

char *option_help(const struct argp_option *o)
{
	return fill_in(o->key, o->doc);
}

/* What --help says of the commands, from their own table. */
static char *commands_help(void)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (out == NULL)
		return NULL;
	fputs("Commands (each has its own --help):", out);
	for (const struct command_info *c = command_table; c->name != NULL; c++) {
		if (!c->hidden)
			fprintf(out, "\n  ipcbench %-9s%s", c->name, c->summary);
	}
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

/* argp frees what is not the text it gave. */
char *table_help_filter(int key, const char *text, void *input)
{
	(void)input;
	if (key == ARGP_KEY_HELP_EXTRA)
		return commands_help();
	if (text == NULL || strstr(text, PLACEHOLDER) == NULL)
		return (char *)(uintptr_t)text;
	return fill_in(key, text);
}
