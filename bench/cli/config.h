/* SPDX-License-Identifier: MIT */
/*
 * The option values of one transport: a struct of config_size bytes, described by its table and
 * read by the readers of cli/option.h.
 */
#ifndef IPCBENCH_CLI_CONFIG_H
#define IPCBENCH_CLI_CONFIG_H

#include <ipcbench/transport.h>

/* A new config with every default applied; NULL config for transports without options. */
int config_new(const struct transport *t, void **config, struct reason *why);

/* Releases a config and its strings. NULL is accepted. */
void config_free(const struct transport *t, void *config);

/* The entry of an option, or NULL. */
const struct option_spec *config_option(const struct transport *t, const char *name);

/* Sets one option from what the user typed. -EINVAL with `why`. */
int config_set(const struct transport *t, void *config, const struct option_spec *spec,
	const char *text, struct reason *why);

/*
 * The transport's name and the options that differ from their defaults, in the order of the table:
 * "shm:segment=sysv,waiter=futex". Allocated.
 */
char *config_spelling(const struct transport *t, const void *config);

/* The words of an OPTION_CHOICE, "a|b|c" split in `text`; none for other types. NULL ends them. */
struct choices {
	char text[512];
	const char *words[33];
};
const char *const *config_choices(struct choices *out, const struct option_spec *spec);

/* "size", "number", "choice" or "text": for list and the manual. */
const char *option_type_name(enum option_type type);

#endif
