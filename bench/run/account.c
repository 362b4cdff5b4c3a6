/* SPDX-License-Identifier: MIT */
#include "run/account.h"

#include "measure/metric.h"
#include <math.h>

void account_open(struct accounting *a, const struct counter_support *support)
{
	counters_none(&a->counters);
	if (support != NULL)
		counters_open(&a->counters, support);
	usage_now(&a->usage);
}

void account_begin(struct accounting *a)
{
	counters_now(&a->counters, a->count);
	cost_now(&a->cost);
}

void account_end(struct accounting *a)
{
	cost_now(&a->cost_end);
	counters_now(&a->counters, a->count_end);
}

void account_close(struct accounting *a, struct account *out)
{
	struct usage usage;
	double share = 1;
	bool any = false;

	usage_now(&usage);
	usage_delta(&out->usage, &a->usage, &usage);
	cost_delta(&out->cost, &a->cost, &a->cost_end);
	for (int i = 0; i < COUNTER_COUNT; i++) {
		out->counted[i] = counters_delta(&a->count[i], &a->count_end[i], &share);
		any |= !isnan(out->counted[i]);
	}
	out->counted_share = any ? share : NAN;
	out->pss_bytes = usage_pss();
	counters_close(&a->counters);
}

/* Where the figures of one side go. */
struct columns {
	enum metric user, sys, vol_csw, invol_csw, faults, migrations, counted[COUNTER_COUNT];
};

static const struct columns columns[2] = {
	{METRIC_TX_USER, METRIC_TX_SYS, METRIC_TX_VOL_CSW, METRIC_TX_INVOL_CSW, METRIC_TX_FAULTS,
		METRIC_TX_MIGRATIONS,
		{METRIC_TX_CYCLES, METRIC_TX_INSTRUCTIONS, METRIC_TX_LLC_MISSES,
			METRIC_TX_TASK_CLOCK}},
	{METRIC_RX_USER, METRIC_RX_SYS, METRIC_RX_VOL_CSW, METRIC_RX_INVOL_CSW, METRIC_RX_FAULTS,
		METRIC_RX_MIGRATIONS,
		{METRIC_RX_CYCLES, METRIC_RX_INSTRUCTIONS, METRIC_RX_LLC_MISSES,
			METRIC_RX_TASK_CLOCK}},
};

static void fill_side(double *value, const struct columns *c, const struct account *a)
{
	value[c->user] = a->cost.user_s;
	value[c->sys] = a->cost.sys_s;
	value[c->vol_csw] = (double)a->cost.vol_csw;
	value[c->invol_csw] = (double)a->cost.invol_csw;
	value[c->faults] = (double)a->cost.faults;
	value[c->migrations] = a->usage.migrations;
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
	value[METRIC_PSI_CPU] = tx->usage.psi_cpu_s;
	value[METRIC_PSI_MEMORY] = tx->usage.psi_memory_s;
	value[METRIC_PSI_IO] = tx->usage.psi_io_s;
	value[METRIC_MEM_PSS] = tx->pss_bytes + rx->pss_bytes;
	value[METRIC_COUNTED_SHARE] = fmin(tx->counted_share, rx->counted_share);
}
