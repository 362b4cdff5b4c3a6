/* SPDX-License-Identifier: MIT */
/* What a program needs of a mechanism, as `ipcbench advise --need` takes it. */
#ifndef IPCBENCH_NEEDS_H
#define IPCBENCH_NEEDS_H

#include "measure/topology.h"
#include "plan/key.h"
#include <ipcbench/transport.h>

enum need {
	NEED_SIZE,
	NEED_RATE, /* from here to NEED_CPU: measured */
	NEED_BANDWIDTH,
	NEED_P50,
	NEED_P99,
	NEED_CPU,
	NEED_REACH,
	NEED_PERSISTENCE,
	NEED_SHAPE,
	NEED_FAMILY,
	NEED_BOUNDARIES,
	NEED_API,
	NEED_LOSS,
	NEED_WAIT,
	NEED_PLACEMENT,
	NEED_PRODUCERS, /* from here on: several sides, one of these at most */
	NEED_CONSUMERS,
	NEED_SUBSCRIBERS,
	NEED_CLIENTS,
	NEED_COUNT,
};

/* The limit of a value: the least rate, or a time that it has to stay below. */
struct limit {
	double value; /* messages or bytes per second, ns */
	bool strict;  /* "<" rather than "<=" */
};

struct needs {
	unsigned int
		given; /* bits 1 << enum need; what is not given is as needs_init() leaves it */
	size_t size;   /* bytes per message */
	/* NEED_RATE, NEED_BANDWIDTH: of the payload; NEED_P50, NEED_P99: of the round trip;
	 * NEED_CPU: CPU time of both sides per message. 0 = not given */
	struct limit limit[NEED_CPU + 1];
	enum reach reach;	      /* at least; REACH_KIN = wherever */
	enum persistence persistence; /* PERSIST_PROCESS: at most; others: at least */
	enum shape shape;
	unsigned int family;	  /* its place in need_families */
	unsigned int boundaries;  /* 1: messages arrive one by one, as they were sent */
	enum api api;		  /* API_POSIX: with sockets and System V; API_LINUX: any */
	unsigned int loss;	  /* 1: messages may be lost */
	unsigned int waits;	  /* WAIT_BIT_*: any of these. Default: block */
	enum placement placement; /* default: PLACE_CROSS_CPU, the nearest other core */
	unsigned int lanes;	  /* producers, consumers, subscribers or clients; 0 = a pair */
};

/* The default needs. */
void needs_init(struct needs *n);

/*
 * Reads "size=1K rate=200k p99<20us reach=host", separated by blanks or commas, over
 * needs_init(). 0; -EINVAL with `why`: not a need (with the nearest name), an operator that it does
 * not take, a bad value, one given twice, what a notification cannot have.
 */
int needs_parse(struct needs *n, const char *text, struct reason *why);

static inline bool needs_given(const struct needs *n, enum need which)
{
	return (n->given >> which & 1u) != 0;
}

/* Families of mechanisms, the simplest first; NULL ends them. */
extern const char *const need_families[];

/* The word: "size". */
const char *need_name(enum need which);

/* Whether only measurements can tell if it is met. */
static inline bool need_of_figures(enum need which)
{
	return which >= NEED_RATE && which <= NEED_CPU;
}

/* Whether it limits a time, which has to stay below. */
static inline bool need_is_ceiling(enum need which)
{
	return which >= NEED_P50 && which <= NEED_CPU;
}

/* Of several sides which: NEED_COUNT = a sender and a receiver. */
enum need needs_sides(const struct needs *n);

/* The value of AXIS_TOPOLOGY with these sides. */
uint64_t needs_topology(const struct needs *n);

/* Whether a mechanism without data is requested. */
static inline bool needs_notify(const struct needs *n)
{
	return needs_given(n, NEED_SHAPE) && n->shape == SHAPE_NOTIFY;
}

#endif
