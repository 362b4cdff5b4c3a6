/* SPDX-License-Identifier: MIT */
/* Faults of a callback: what ends, stops or damages its process, or a result that it must not give.
 */
#ifndef PLANTED_FAULT_H
#define PLANTED_FAULT_H

#include "config.h"

/* Plants the fault in this process, unless that was done `times` times. What to return. */
int plant(const struct config *cfg, bool in_driver);

/* The same if the fault belongs there. */
int plant_at(const struct config *cfg, enum where where, bool in_driver, struct reason *why);

/* The same of a cold callback: the driver has no side, so `side` counts in the workers only. */
int plant_cold(struct channel *ch, enum where where, bool in_driver);

/* The same of a callback without options: PLANTED_EARLY=WHERE:FAULT in the environment. */
int plant_early(enum where where, struct reason *why);

#endif
