/* SPDX-License-Identifier: MIT */
/*
 * Prints how ipcbench compares with hand-written minimal loops. Every ratio is the median over
 * pairs of slices, one bare and one of ipcbench, run one after the other (bare first in even pairs,
 * last in odd ones), so that whatever else the machine does meets both sides.
 *
 * Which numbers are compared:
 * - Round trips over system calls: medians, lat_p50_ns against the median over batches of the bare
 *   loop, since reading a clock in every round trip would make the bare loop less bare. Means would
 *   say more about who else had the CPU: one time slice of somebody else is as long as a thousand
 *   round trips.
 * - Round trips by spinning: means, lat_mean_ns against elapsed/count, because a time stamp counter
 *   may advance in steps of 10 ns, a tenth of such a round trip, and a median has that resolution.
 * - Throughput: msgs_per_s against count/elapsed of the bare receiver.
 * The column `loop` compares elapsed/count on both sides: there ipcbench's includes recording,
 * which lies outside the round trips that it reports. `best` compares the
 * fastest slice of all on either side.
 */
#include "compare.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool wanted(const struct setup *s, const char *name)
{
	return s->filter == NULL || strstr(name, s->filter) != NULL;
}

/* The last two CPUs that this process may use: the first one serves most interrupts. */
static void choose_cpus(struct setup *s)
{
	cpu_set_t set;

	s->cpu_a = s->cpu_b = 0;
	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		return;
	for (int cpu = 0, found = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET((size_t)cpu, &set))
			continue;
		s->cpu_b = found++ != 0 ? s->cpu_a : cpu;
		s->cpu_a = cpu;
	}
}

static int parse(struct setup *s, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--quick") == 0) {
			s->pairs = 3;
			s->run_s = 0.1;
		} else if (strcmp(argv[i], "--strict") == 0) {
			s->strict = true;
		} else if (strcmp(argv[i], "--pairs") == 0 && i + 1 < argc) {
			s->pairs = (unsigned int)strtoul(argv[++i], NULL, 10);
		} else if (argv[i][0] != '-' && s->filter == NULL) {
			s->filter = argv[i];
		} else {
			return -EINVAL;
		}
	}
	return s->pairs >= 1 && s->pairs <= MAX_PAIRS ? 0 : -EINVAL;
}

int main(int argc, char **argv)
{
	struct setup s = {.pairs = 9, .run_s = 0.25, .warmup_s = 0.05};
	int missed = 0, broken = 0;

	if (argc == 7 && strcmp(argv[1], "--bare") == 0)
		return bare_alone(argv + 2);
	if (parse(&s, argc, argv) < 0) {
		fprintf(stderr,
			"usage: speed [--quick] [--strict] [--pairs 1..%d] [PART-OF-A-FIGURE'S-NAME]\n"
			"IPCBENCH=path names the program. Exit status: 0 measured, 1 something could "
			"not be, or, with --strict, missed its target.\n",
			MAX_PAIRS);
		return 2;
	}
	choose_cpus(&s);
	print_header();
	for (size_t i = 0; i < figure_count; i++) {
		int r = wanted(&s, figures[i].name) ? compare(&figures[i], &s) : 0;

		missed += r > 0;
		broken += r < 0;
	}
	const struct {
		const char *name, *unit;
		double (*measure)(void);
		double target;
	} costs[] = {
		{"recording one latency", "ns", cost_of_recording, 2},
		{"one launch, first call to last", "ms", cost_of_launch, 20},
		{"peak memory, 10^6 less 10^4 messages", "KiB", growth_of_memory, 530},
	};

	for (size_t i = 0; i < sizeof(costs) / sizeof(costs[0]); i++) {
		int r = 0;

		if (wanted(&s, costs[i].name))
			r = print_absolute(
				costs[i].name, costs[i].measure(), costs[i].unit, costs[i].target);
		missed += r > 0;
		broken += r < 0;
	}
	printf("%d missed, %d not measured\n", missed, broken);
	return broken != 0 || (s.strict && missed != 0) ? 1 : 0;
}
