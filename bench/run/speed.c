/* SPDX-License-Identifier: MIT */
/* How fast the CPUs of a run were, by the fixed work before and after each window. */
#include "run/trial.h"
#include "text/format.h"
#include "text/memory.h"
#include <math.h>
#include <stdlib.h>

struct reading {
	int cpu;
	double speed;
};

static int by_cpu(const void *a, const void *b)
{
	const struct reading *x = a, *y = b;

	return x->cpu != y->cpu ? (x->cpu > y->cpu) - (x->cpu < y->cpu)
				: sorted_ascending(&x->speed, &y->speed);
}

static size_t collect(struct reading *out, const struct trial *trials, size_t count)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		const struct trial *t = &trials[i];
		const struct reading sides[] = {{t->cpu_tx, t->value[METRIC_TX_SPEED]},
			{t->cpu_rx, t->value[METRIC_RX_SPEED]}};

		/* a load on the other thread of a core slows this one */
		if (!axis_is_usual(&t->key, AXIS_BACKGROUND))
			continue;
		for (size_t k = 0; k < ARRAY_SIZE(sides); k++)
			if (t->status == STATUS_OK && sides[k].cpu >= 0 && sides[k].speed > 0)
				out[n++] = sides[k];
	}
	qsort(out, n, sizeof(*out), by_cpu);
	return n;
}

struct cpu_speed *cpu_speeds(const struct trial *trials, size_t count, size_t *cpus)
{
	struct reading *all = need_array(2 * count, sizeof(*all));
	size_t n = collect(all, trials, count);
	struct cpu_speed *speeds = NULL;

	*cpus = 0;
	for (size_t from = 0, end; from < n; from = end) {
		for (end = from; end < n && all[end].cpu == all[from].cpu; end++)
			;
		*need_next(speeds, *cpus) = (struct cpu_speed){.cpu = all[from].cpu,
			.least = all[from].speed,
			.median = all[from + (end - from) / 2].speed,
			.most = all[end - 1].speed};
	}
	free(all);
	return speeds;
}

void trials_flag_slow(struct trial *trials, size_t count)
{
	size_t cpus;
	struct cpu_speed *speeds = cpu_speeds(trials, count, &cpus);

	for (size_t c = 0; c < cpus; c++) {
		const double least = (1 - SPEED_SHARE) * speeds[c].median;

		for (size_t i = 0; i < count; i++) {
			struct trial *t = &trials[i];

			if (!axis_is_usual(&t->key, AXIS_BACKGROUND))
				continue;
			if ((t->cpu_tx == speeds[c].cpu && t->value[METRIC_TX_SPEED] < least) ||
				(t->cpu_rx == speeds[c].cpu && t->value[METRIC_RX_SPEED] < least))
				t->flags |= FLAG_THROTTLED;
		}
	}
	free(speeds);
}
