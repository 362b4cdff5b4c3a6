/* SPDX-License-Identifier: MIT */
/* `ipcbench list`: every mechanism, its traits, and whether it runs here. */
#ifndef IPCBENCH_CLI_LIST_H
#define IPCBENCH_CLI_LIST_H

#include <ipcbench/transport.h>
#include <stdio.h>

/*
 * As a table of 80 columns; as a JSON array; or as Markdown, which shows nothing of this machine
 * and is what the README holds. 0, or -errno of the stream.
 */
int list_print(FILE *out, bool json, bool markdown);

/* The table. */
int list_text(FILE *out);

/* Whether a mechanism runs here; if not, why. */
bool list_available(const struct transport *t, struct reason *why);

/* Calls `visit` for each mechanism, families together in the order of their first member. */
void list_each(
	void (*visit)(void *arg, const struct transport *t, bool first_of_family), void *arg);

/* Whether messages can be written and read where they lie. */
bool list_inplace(const struct transport *t);

#endif
