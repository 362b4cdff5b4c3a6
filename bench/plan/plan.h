/* SPDX-License-Identifier: MIT */
/*
 * Settings become items: every combination of transport, wait, copy, mode, size, placement, idle
 * policy and dispatch. An item that cannot run carries the reason. Nothing is created here.
 */
#ifndef IPCBENCH_PLAN_H
#define IPCBENCH_PLAN_H

#include "measure/topology.h"
#include "plan/settings.h"

struct item {
	const struct transport *transport;
	const void *config;   /* borrowed from the selection */
	const char *spelling; /* borrowed from the selection */
	struct cell cell;
	struct cell seen;	  /* the same as the transport sees it, which knows no MODE_SETUP */
	enum placement placement; /* the class it is */
	enum idle idle;
	uint64_t think_ns; /* pause before each round trip */
	struct rate rate;  /* mode rate; kind RATE_NONE otherwise */
	enum arrival arrival;
	size_t load_group; /* items that differ only in their rate have one number */
	enum dispatch dispatch;
	int skip;	   /* 0 = will run, else -errno ... */
	struct reason why; /* ... and why not */
};

/* One launch: item `item`, trial number `trial` (from 1), in the order of execution. */
struct launch {
	size_t item;
	unsigned int trial;
};

struct plan {
	const struct settings *settings;
	const struct topology *topology; /* valid while the plan is built */
	struct item *items;		 /* in the order in which tables show them */
	size_t item_count;
	struct launch *launches; /* runnable items x trials, each trial in a seeded random order */
	size_t launch_count;
	size_t load_groups;
};

/* Builds the plan. 0, or -ENOMEM. */
int plan_build(struct plan *plan, const struct settings *settings, const struct topology *topo);
void plan_free(struct plan *plan);

/* Whether what goes out comes back, so that one side pings and the other pongs. */
static inline bool mode_returns(enum mode m)
{
	return m == MODE_LATENCY || m == MODE_ONEWAY || m == MODE_SETUP;
}

/* Seconds that the plan is expected to take. */
double plan_seconds(const struct plan *plan);

const char *wait_name(enum wait w);	    /* block spin hybrid epoll */
const char *copy_name(enum copy c);	    /* copy inplace */
const char *mode_name(enum mode m);	    /* latency throughput rate oneway setup */
const char *idle_name(enum idle i);	    /* default awake */
const char *mem_name(enum mem m);	    /* default tx rx interleave */
const char *dispatch_name(enum dispatch d); /* direct indirect */
const char *arrival_name(enum arrival a);   /* constant poisson */
/* What sets an item apart besides its cell: "50%/poisson", "10us", "-". Returns buf. */
char *load_spell(char *buf, size_t len, const struct item *it);
/* "10000", "50%", "knee-1"; empty for RATE_NONE. Returns buf. */
const char *rate_spell(char *buf, size_t len, const struct rate *r);
const char *api_name(enum api a);		  /* POSIX System V BSD Linux - */
const char *reach_name(enum reach r);		  /* kin host network */
const char *shape_name(enum shape s);		  /* stream message memory notification null */
const char *persistence_name(enum persistence p); /* process kernel file */

#endif
