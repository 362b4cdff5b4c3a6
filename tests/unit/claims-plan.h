/* SPDX-License-Identifier: MIT */
/* Claims planned on a machine that hwloc makes up. */
#ifndef IPCBENCH_TESTS_CLAIMS_PLAN_H
#define IPCBENCH_TESTS_CLAIMS_PLAN_H

#include "claims/claims.h"
#include "measure/clock.h"
#include <stdlib.h>
#include <string.h>

static struct claims claims;
static struct reason why;

static inline size_t index_of(const char *name)
{
	for (size_t i = 0; i < claim_count(); i++)
		if (strcmp(claim_table[i].name, name) == 0)
			return i;
	fail_msg("no claim %s", name);
	return 0;
}

/* Plans a claim, or with NULL all, on a machine that hwloc makes up. */
static inline void plan(const char *name, bool quick)
{
	struct topology *topo = topology_load_synthetic("l2:1(size=1048576) core:2 pu:1", &why);
	bool *wanted = calloc(claim_count(), sizeof(*wanted));
	struct clock clock;

	assert_non_null(topo);
	assert_non_null(wanted);
	for (size_t i = 0; i < claim_count(); i++)
		wanted[i] = name == NULL || i == index_of(name);
	clock_set_hz(&clock, CLOCK_KIND_COUNTER, 2000000000);
	claims_free(&claims);
	why.text[0] = '\0';
	assert_int_equal(
		claims_plan(&claims,
			&(struct claims_settings){.wanted = wanted, .quick = quick, .seed = 7},
			topo, &clock, &why),
		0);
	free(wanted);
	topology_free(topo);
}

static inline int teardown(void **state)
{
	(void)state;
	claims_free(&claims);
	return 0;
}

#endif
