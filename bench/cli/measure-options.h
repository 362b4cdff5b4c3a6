/* SPDX-License-Identifier: MIT */
/* The options of measuring, and how they become settings. */
#ifndef IPCBENCH_CLI_MEASURE_OPTIONS_H
#define IPCBENCH_CLI_MEASURE_OPTIONS_H

#include "cli/option.h"
#include "plan/settings.h"
#include <ipcbench/transport.h>

extern const struct option_row measure_options[];
extern const struct option_rule measure_rules[];
extern const char *const load_words[];	   /* forms of --load, for completion */
extern const char *const topology_words[]; /* of --topology, likewise */

/* Whether an option says what is measured or for how long, rather than where results go. */
bool option_is_of_plan(const struct option_row *o);

/*
 * Completes settings whose options and defaults have been read: what depends on several options.
 * Plugins have been loaded. 0, or -EINVAL with `why`. settings_free() is due in any case.
 */
int settings_finish(struct settings *s, const struct arguments *given, struct reason *why);

/*
 * All of it: reads the arguments of one part into zeroed settings, defaults for the rest, and
 * completes them.
 */
int settings_read(
	struct settings *s, const struct arguments *given, unsigned int part, struct reason *why);

/* Releases what settings hold. Zeroed ones are accepted. */
void settings_free(struct settings *s);

/* Readers of lists, each item kept once, whose field is the whole struct settings. */
option_reader read_topologies;	/* "pair,pairs:4", "pairs:1..8" */
option_reader read_counts;	/* struct count_list: "1,8,64" */
option_reader read_footprints;	/* "hot,64M,cold", "auto" */
option_reader read_sizes;	/* "64,4K", "64..1M" doubles, "64..1M:x4"; see also below */
option_reader read_backgrounds; /* "none,cpu:2,memory:4" */
option_reader read_rates; /* "10k" messages/s, "50%", "auto": up to 100 % and towards the knee */
option_reader read_slo;	  /* "p99<50us" */
option_reader read_precision; /* "2%", "p99:5%" */
option_reader read_thinks;    /* durations */
option_reader read_batches;
option_reader read_cpus;	/* "TX,RX" */
option_reader read_helper_cpus; /* "2,3" */

/*
 * --size dist:FILE and trace:FILE name files, which no stored run opens: the command reads them
 * with sizes_load() when the options are read. sizes_read() takes the text of one that a run
 * stored; it may change it. 0, or -errno with `why`.
 */
int sizes_load(struct settings *s, struct reason *why);
int sizes_read(struct sizes *mix, char *text, size_t len, struct reason *why);

/* Adds the steps towards the highest rate that holds --slo. */
void rates_add_slo(struct settings *s);

/* ---- --transport: names, families, groups and options of each mechanism become selections ---- */

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

/* ---- what they are made of ------------------------------------------------------------------- */

/*
 * The option values of one transport: a struct of config_size bytes, described by its table and
 * read by the readers of cli/option.h.
 */

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
