/* SPDX-License-Identifier: MIT */
/* --transport: names, families, groups and the options of each mechanism become selections. */
#ifndef IPCBENCH_CLI_SELECTION_H
#define IPCBENCH_CLI_SELECTION_H

#include "plan/settings.h"

/* What --transport accepts besides names and families. */
#define GROUP_ALL    "all"
#define GROUP_COMMON "common"

struct selection_list {
	struct selection *items;
	size_t count;
};

/*
 * Appends what a comma list names: "pipe,sockets,shm:segment=sysv,waiter=futex". An item with '='
 * and no ':' before it goes on with the options of the item before it. Selections that come out the
 * same are kept once, in the order in which they are named. 0, or -EINVAL with `why`; the list is
 * valid in any case.
 */
int selections_parse(
	struct selection_list *list, const char *what, const char *text, struct reason *why);

/* Releases what a selection holds; used by settings_free(). */
void selections_free(struct selection *items, size_t count);

/* Names of all mechanisms, then families, then groups, without duplicates; NULL ends them. To be
 * freed. */
const char **selection_names(void);

#endif
