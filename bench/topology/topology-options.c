/* SPDX-License-Identifier: MIT */
#include "topology/matrix.h"

#include "text/memory.h"
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- --cpus ---------------------------------------------------------------------------------- */

/* One number, followed by one of `after` or the end. */
static bool next_number(const char **at, const char *after, unsigned long *out)
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
		if (!next_number(&text, "-,", &from))
			return false;
		to = from;
		if (*text == '-') {
			text++;
			if (!next_number(&text, ",", &to) || to < from)
				return false;
		}
		for (unsigned long cpu = from; cpu <= to; cpu++)
			chosen[cpu] = true;
		if (*text == '\0')
			return true;
		text++;
	}
}

int read_cpu_list(const struct option_value *v, void *settings)
{
	struct topology_settings *s = settings;
	bool chosen[CPU_NUMBER_MAX + 1] = {false};

	if (!read_list(v->text, chosen))
		return reason_set(v->why, EINVAL,
			"%s: \"%.40s\" is not a list of CPUs; write numbers from 0 to %d and ranges, as in "
			"0-3,8",
			v->what, v->text, CPU_NUMBER_MAX);
	s->cpu_count = 0;
	for (int cpu = 0; cpu <= CPU_NUMBER_MAX; cpu++)
		if (chosen[cpu])
			*need_next(s->cpus, s->cpu_count) = cpu;
	return 0;
}

/* ---- the options ----------------------------------------------------------------------------- */

#define AT(field) offsetof(struct topology_settings, field)

static const struct option_row options[] = {
	OPTION("cpus", 0, "LIST", read_cpu_list, 0,
		"the CPUs to measure between, as in 0-3,8. Default: one of each core that this "
		"process may use"),
	OPTION_SWITCH("smt", 0, AT(smt), "every hardware thread rather than one of each core"),
	OPTION("duration", 'd', "TIME", read_duration, AT(duration_s),
		"spent on each pair. Default: 1s shared by all pairs, but not less than 20ms each",
		.min = OPTION_MS, .max = OPTION_HOUR),
	OPTION("timeout", 0, "TIME", read_duration, AT(timeout_s),
		"wall-clock limit of a pair. Default: derived from its duration", .min = OPTION_MS,
		.max = 24 * OPTION_HOUR),
	OPTION("csv", 0, "FILE", read_text, AT(csv),
		"write one row per pair; - is standard output"),
	OPTION("json", 0, "FILE", read_text, AT(json),
		"write everything as JSON; - is standard output"),
	OPTION("output", 'o', "DIR", read_text, AT(output_dir),
		"write a run directory: topology.csv and env.json"),
	OPTION_SWITCH("quiet", 'q', AT(quiet), "no table, no progress"),
	OPTION_SWITCH("dry-run", 0, AT(dry_run),
		"print the machine, the number of pairs and how long they take"),
	OPTION_ROW_HELP,
	{.name = NULL},
};

static const struct option_rule rules[] = {
	{.one = "smt", .other = "cpus", .because = "a list names every thread itself"},
	{.one = NULL},
};

const struct command topology_command = {
	.name = "topology",
	.summary = "show the machine's parts and measure the round trip between every two CPUs",
	.options = options,
	.rules = rules,
	.doc = "Shows packages, NUMA nodes, caches and cores, and measures how long a round trip over "
	       "one cache line takes between every two CPUs.",
	.exit_status = "0 measured; 1 a pair failed or nothing could be measured; 2 usage; 130 "
		       "interrupted, with what was finished saved and printed.",
	.settings_size = sizeof(struct topology_settings),
	.run = topology_run,
};
