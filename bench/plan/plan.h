/* SPDX-License-Identifier: MIT */
/*
 * Settings become items: every combination of transport, wait, copy, mode, size, placement, idle
 * policy and dispatch. An item that cannot run carries the reason. Nothing is created here.
 */
#ifndef IPCBENCH_PLAN_H
#define IPCBENCH_PLAN_H

#include "measure/topology.h"
#include "plan/mode.h"
#include "plan/settings.h"

struct item {
	const struct transport *transport;
	const void *config;	   /* borrowed from the selection */
	struct cell_key key;	   /* its spelling is borrowed from the selection */
	struct cell cell;	   /* what the transport sees of it, of several pairs the first */
	const struct sizes *sizes; /* of its messages, if they differ; of the settings */
	const struct cell *more;   /* what it sees of the others; of the plan */
	bool oversubscribed;	   /* more sides share a CPU than in one pair of its placement */
	uint64_t background_bytes; /* that a process of its background load streams through */
	size_t load_group;	   /* items that differ only in their load have one number */
	int skip;		   /* 0 = will run, else -errno ... */
	struct reason why;	   /* ... and why not */
};

struct trial;

/* One launch: item `item`, trial number `trial` (from 1), in the order of execution. */
struct launch {
	size_t item;
	unsigned int trial;
	struct trial *kept; /* what came of it before the run was resumed; NULL = to be launched */
};

struct plan {
	const struct settings *settings;
	const struct topology *topology; /* valid while the plan is built ... */
	struct refusal {
		int err;
		struct reason why;
	} policies[POLICY_COUNT]; /* ... and so is why one that was asked for is not allowed */
	struct refusal isolations[ISOLATION_COUNT]; /* likewise */
	struct item *items;			    /* in the order in which tables show them */
	size_t item_count;
	struct launch *launches; /* runnable items x trials, each trial in a seeded random order */
	size_t launch_count;
	size_t load_groups;
	struct cell **blocks; /* the cells of items with several pairs */
	size_t block_count;
	size_t cells; /* counted before there are items, each pair as one; beyond the limit there
			 are none */
	bool counts;  /* ... which it does now */
};

/* Builds the plan; plan_free() is due. */
void plan_build(struct plan *plan, const struct settings *settings, const struct topology *topo);
/* Whether it is within the limits, as a stored run can ask for any number of cells. 0 or -errno. */
int plan_check(const struct plan *plan, struct reason *why);
void plan_free(struct plan *plan);

/* Why a cell of the plan cannot run: -errno, with item->why; 0 if it can. Asks the transport last.
 */
int plan_refuse(struct item *item, const struct plan *plan);

/* "pipe block latency 64 B same-cpu": what a progress line or a failure names. Returns buf. */
char *item_name(char *buf, size_t len, const struct item *item);

/*
 * Launches that tell what a cell can bear, which percentages are parts of; as many as give the 95 %
 * interval of a median one that leaves out the lowest and the highest. Fewer good ones than
 * CAPACITY_GOOD give no interval, and then nothing is known of it.
 */
enum { CAPACITY_LAUNCHES = 9, CAPACITY_GOOD = 6 };

/* Their timed window; 0 with --messages, which end them as any trial. */
double plan_capacity_s(const struct settings *s);

/* Seconds that the plan is expected to take. */
double plan_seconds(const struct plan *plan);

/* What a transport sees of a cell on these CPUs: it knows no MODE_SETUP. */
struct cell item_cell(const struct cell_key *key, int cpu_tx, int cpu_rx);

/*
 * The next 64 bits of the SplitMix64 generator (Steele, Lea, Flood, "Fast splittable pseudorandom
 * number generators", OOPSLA 2014). Any state will do, and states that differ in one bit give bits
 * that look independent.
 */
uint64_t order_random(uint64_t *state);

/* ---- all transports: those built in, in the order of transports/meson.build, then the plugins  */

size_t registry_count(void);
const struct transport *registry_at(size_t i);
/* The mechanism of a name, or of a spelling that begins with it; NULL if there is none. */
const struct transport *registry_find(const char *spelling);

/*
 * Loads a shared object that defines `ipcbench_transport`, or all *.so of a directory, by name.
 * -errno with `why` when one cannot be loaded or a record of it is not sound.
 */
int registry_load_plugin(const char *path, struct reason *why);
/* The file that a mechanism was loaded from; NULL = it is of this program. */
const char *registry_plugin_of(const struct transport *t);
/* Whether messages can be written and read where they lie. */
bool registry_in_place(const struct transport *t);
/*
 * Whether it runs the program that its option `program` names. The value of that option may stand
 * alone, as in exec:./echo.py; and it is not one of the mechanisms that people choose from.
 */
#define OPTION_PROGRAM "program"
bool registry_runs_program(const struct transport *t);

/*
 * Whether the rest of the driver can rely on a record: 0, or -EINVAL with `why`, which begins with
 * `who` and names the field, its value and the limit.
 */
int record_check(const char *who, const struct transport *t, struct reason *why);

/* What --transport accepts besides names and families. */
#define GROUP_ALL    "all"
#define GROUP_COMMON "common"

/* How the traits of a transport are spelled, by their enums. */
extern const char *const api_names[], *const reach_names[], *const shape_names[];
extern const char *const persistence_names[];

#endif
