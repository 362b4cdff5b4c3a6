/* SPDX-License-Identifier: MIT */
/* Options that do not go together. Each returns 0, or -EINVAL with `why`. */
#ifndef IPCBENCH_CLI_CONFLICTS_H
#define IPCBENCH_CLI_CONFLICTS_H

#include "plan/settings.h"

/* As given: `given` by enum option_key. */
int conflicts_check(const struct settings *s, const bool *given, struct reason *why);

/* What depends on the modes, when the defaults are filled in. */
int conflicts_check_modes(const struct settings *s, const bool *given, struct reason *why);

#endif
