/* SPDX-License-Identifier: MIT */
#include "run/control.h"

#include "measure/metric.h"
#include <math.h>
#include <stdbool.h>

void account_open(struct accounting *a, const struct counter_support *support,
	const struct background_load *load)
{
	a->load = load;
	counters_open(&a->counters, support);
	usage_told(a->used[0]);
	kin_open(&a->kin);
	kin_open_below(&a->helpers, NULL, 0);
}

void account_helpers(struct accounting *a, const pid_t *roots, size_t count)
{
	kin_open_below(&a->helpers, roots, count);
}

void account_begin(struct accounting *a)
{
	kin_now(&a->helpers, 0);
	a->load_s = a->load == NULL ? NAN : background_cpu_s(a->load);
	kin_now(&a->kin, 0);
	counters_now(&a->counters, a->count[0]);
	usage_cost(a->used[0]);
}

void account_end(struct accounting *a)
{
	usage_cost(a->used[1]);
	counters_now(&a->counters, a->count[1]);
	a->load_s = a->load == NULL ? NAN : background_cpu_s(a->load) - a->load_s;
	kin_now(&a->kin, 1);
	kin_now(&a->helpers, 1);
}

/* What is started within the window counts, too. */
static void close_helpers(struct accounting *a, struct account *out)
{
	double used[USED_COUNT] = {0};
	double pss = kin_close(&a->helpers, used);
	bool any = a->helpers.roots > 0;

	out->helper_s = any ? used[USED_USER_S] + used[USED_SYS_S] : NAN;
	out->helper_pss = any ? pss : NAN;
}

void account_close(struct accounting *a, struct account *out)
{
	double share = 1;
	bool any = false;

	usage_told(a->used[1]);
	usage_between(out->used, a->used[0], a->used[1]);
	out->pss_bytes = usage_pss() + kin_close(&a->kin, out->used);
	for (int i = 0; i < COUNTER_COUNT; i++) {
		/* those of other processes are not opened, and half of a side is no figure */
		out->counted[i] =
			a->kin.count > 0 ? NAN
					 : counters_delta(&a->count[0][i], &a->count[1][i], &share);
		any |= !isnan(out->counted[i]);
	}
	out->counted_share = any ? share : NAN;
	out->load_s = a->load_s;
	close_helpers(a, out);
	counters_close(&a->counters);
}

/* Where the figures of a side go. */
static const struct columns {
	enum metric used[USED_QUEUED_S + 1], counted[COUNTER_COUNT];
} columns[2] = {
	{{METRIC_TX_USER, METRIC_TX_SYS, METRIC_TX_VOL_CSW, METRIC_TX_INVOL_CSW, METRIC_TX_FAULTS,
		 METRIC_TX_MIGRATIONS, METRIC_TX_QUEUED},
		{METRIC_TX_CYCLES, METRIC_TX_INSTRUCTIONS, METRIC_TX_LLC_MISSES,
			METRIC_TX_TASK_CLOCK}},
	{{METRIC_RX_USER, METRIC_RX_SYS, METRIC_RX_VOL_CSW, METRIC_RX_INVOL_CSW, METRIC_RX_FAULTS,
		 METRIC_RX_MIGRATIONS, METRIC_RX_QUEUED},
		{METRIC_RX_CYCLES, METRIC_RX_INSTRUCTIONS, METRIC_RX_LLC_MISSES,
			METRIC_RX_TASK_CLOCK}},
};

static void fill_side(double *value, const struct columns *c, const struct account *a)
{
	for (int i = 0; i <= USED_QUEUED_S; i++)
		value[c->used[i]] = a->used[i];
	for (int i = 0; i < COUNTER_COUNT; i++)
		value[c->counted[i]] = a->counted[i];
	/* the kernel counts it in ns */
	value[c->counted[COUNTER_TASK_CLOCK]] /= 1e9;
}

void account_fill(double *value, const struct account *tx, const struct account *rx)
{
	fill_side(value, &columns[0], tx);
	fill_side(value, &columns[1], rx);
	/* pressure is the machine's: the sender's snapshots stand for both */
	value[METRIC_PSI_CPU] = tx->used[USED_PSI_CPU_S];
	value[METRIC_PSI_MEMORY] = tx->used[USED_PSI_MEMORY_S];
	value[METRIC_PSI_IO] = tx->used[USED_PSI_IO_S];
	value[METRIC_LOAD_CPU] = tx->load_s;
	value[METRIC_HELPER_CPU] = isnan(tx->helper_s) ? rx->helper_s : tx->helper_s;
	value[METRIC_HELPER_PSS] = isnan(tx->helper_pss) ? rx->helper_pss : tx->helper_pss;
	value[METRIC_MEM_PSS] = tx->pss_bytes + rx->pss_bytes;
	value[METRIC_COUNTED_SHARE] = fmin(tx->counted_share, rx->counted_share);
}
