/* SPDX-License-Identifier: MIT */
#include "topology/topology-options.h"
#include "cli/options.h"
#include "cli/parse.h"
#include "topology/matrix.h"
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	FLAG_DURATION = 'd',
	FLAG_HELP = 'h',
	FLAG_OUTPUT = 'o',
	FLAG_QUIET = 'q',
	FLAG_CPUS = 0x100,
	FLAG_SMT,
	FLAG_TIMEOUT,
	FLAG_CSV,
	FLAG_JSON,
	FLAG_DRY_RUN,
};

/* ---- --cpus ---------------------------------------------------------------------------------- */

/* One number, followed by one of `after` or the end. */
static bool read_number(const char **at, const char *after, unsigned long *out)
{
	char *end = NULL;

	if (!isdigit((unsigned char)**at))
		return false;
	errno = 0;
	*out = strtoul(*at, &end, 10);
	*at = end;
	return errno == 0 && *out <= CPU_NUMBER_MAX &&
	       (*end == '\0' || strchr(after, *end) != NULL);
}

static bool read_list(const char *text, bool *chosen)
{
	unsigned long from, to;

	for (;;) {
		if (!read_number(&text, "-,", &from))
			return false;
		to = from;
		if (*text == '-') {
			text++;
			if (!read_number(&text, ",", &to) || to < from)
				return false;
		}
		for (unsigned long cpu = from; cpu <= to; cpu++)
			chosen[cpu] = true;
		if (*text == '\0')
			return true;
		text++;
	}
}

int parse_cpu_list(
	const char *what, const char *text, int **cpus, size_t *count, struct reason *why)
{
	bool *chosen = calloc(CPU_NUMBER_MAX + 1, sizeof(*chosen));
	int *list = calloc(CPU_NUMBER_MAX + 1, sizeof(*list));
	int err = chosen == NULL || list == NULL
			  ? reason_set(why, ENOMEM, "%s: out of memory", what)
			  : 0;

	if (err == 0 && !read_list(text, chosen))
		err = reason_set(why, EINVAL,
			"%s: \"%.40s\" is not a list of CPUs; write numbers from 0 to %d and ranges, as in "
			"0-3,8",
			what, text, CPU_NUMBER_MAX);
	if (err == 0) {
		*count = 0;
		for (int cpu = 0; cpu <= CPU_NUMBER_MAX; cpu++)
			if (chosen[cpu])
				list[(*count)++] = cpu;
		free(*cpus);
		*cpus = list;
		list = NULL;
	}
	free(chosen);
	free(list);
	return err;
}

/* ---- the options ----------------------------------------------------------------------------- */

struct reading {
	struct topology_settings *s;
	struct reason *why;
};

static const struct argp_option options[] = {
	{"cpus", FLAG_CPUS, "LIST", 0,
		"the CPUs to measure between, as in 0-3,8. Default: one of each core that this "
		"process may use",
		0},
	{"smt", FLAG_SMT, NULL, 0, "every hardware thread rather than one of each core", 0},
	{"duration", FLAG_DURATION, "TIME", 0,
		"spent on each pair. Default: 1s shared by all pairs, but not less than 20ms each",
		0},
	{"timeout", FLAG_TIMEOUT, "TIME", 0,
		"wall-clock limit of a pair. Default: derived from its duration", 0},
	{"csv", FLAG_CSV, "FILE", 0, "write one row per pair; - is standard output", 0},
	{"json", FLAG_JSON, "FILE", 0, "write everything as JSON; - is standard output", 0},
	{"output", FLAG_OUTPUT, "DIR", 0, "write a run directory: topology.csv and env.json", 0},
	{"quiet", FLAG_QUIET, NULL, 0, "no table, no progress", 0},
	{"dry-run", FLAG_DRY_RUN, NULL, 0,
		"print the machine, the number of pairs and how long they take", 0},
	{"help", FLAG_HELP, NULL, 0, "print this help", 1},
	{0},
};

static int read_value(struct reading *r, int key, const char *text)
{
	struct topology_settings *s = r->s;

	switch (key) {
	case FLAG_CPUS:
		return parse_cpu_list("--cpus", text, &s->cpus, &s->cpu_count, r->why);
	case FLAG_DURATION:
		return parse_duration("--duration", text, 1e-3, 3600, &s->duration_s, r->why);
	case FLAG_TIMEOUT:
		return parse_duration("--timeout", text, 1e-3, 86400, &s->timeout_s, r->why);
	case FLAG_CSV:
		return parse_given("--csv", "name", text, &s->csv, r->why);
	case FLAG_JSON:
		return parse_given("--json", "name", text, &s->json, r->why);
	default:
		return parse_given("--output", "name", text, &s->output_dir, r->why);
	}
}

static error_t read_argument(int key, char *text, struct argp_state *state)
{
	struct reading *r = state->input;

	switch (key) {
	case FLAG_SMT:
		r->s->smt = true;
		return 0;
	case FLAG_QUIET:
		r->s->quiet = true;
		return 0;
	case FLAG_DRY_RUN:
		r->s->dry_run = true;
		return 0;
	case FLAG_CPUS:
	case FLAG_DURATION:
	case FLAG_TIMEOUT:
	case FLAG_CSV:
	case FLAG_JSON:
	case FLAG_OUTPUT:
		return -read_value(r, key, text);
	case FLAG_HELP:
		return options_print_help(&topology_argp, "topology");
	case ARGP_KEY_ARG:
		return -reason_set(r->why, EINVAL,
			"topology: \"%.40s\" is not understood; the command takes options only (ipcbench "
			"topology --help shows them)",
			text);
	case ARGP_KEY_ERROR:
		return options_rejected(state, r->why);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp topology_argp = {
	.options = options,
	.parser = read_argument,
	.doc = "Shows packages, NUMA nodes, caches and cores, and measures how long a round trip over "
	       "one cache line takes between every two CPUs.\vExit status: 0 measured; 1 a pair failed "
	       "or nothing could be measured; 2 usage; 130 interrupted, with what was finished saved "
	       "and printed.",
};

int topology_parse(struct topology_settings *s, int argc, char **argv, struct reason *why)
{
	struct reading reading = {.s = s, .why = why};

	*s = (struct topology_settings){0};
	int r = options_read(&topology_argp, argc, argv, &reading, why);

	if (r == 0 && s->smt && s->cpus != NULL)
		r = reason_set(why, EINVAL,
			"--smt and --cpus exclude each other: a list names every thread itself");
	return r;
}

void topology_settings_free(struct topology_settings *s)
{
	free(s->cpus);
	*s = (struct topology_settings){0};
}
