/* SPDX-License-Identifier: MIT */
#include "stats/gate-rule.h"

const char *gate_verdict_name(enum gate_verdict v)
{
	static const char *const names[] = {"pass", "improved", "regression", "inconclusive"};

	return names[v];
}
