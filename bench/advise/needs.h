/* SPDX-License-Identifier: MIT */
/* What a program needs of a mechanism, as `ipcbench advise --need` takes it. */
#ifndef IPCBENCH_NEEDS_H
#define IPCBENCH_NEEDS_H

#include "measure/topology.h"
#include <ipcbench/transport.h>

enum need {
	NEED_SIZE,
	NEED_RATE,
	NEED_BANDWIDTH,
	NEED_P50,
	NEED_P99,
	NEED_CPU,
	NEED_REACH,
	NEED_PERSISTENCE,
	NEED_SHAPE,
	NEED_BOUNDARIES,
	NEED_API,
	NEED_LOSS,
	NEED_WAIT,
	NEED_PLACEMENT,
	NEED_COUNT,
};

/* A time that has to stay below. */
struct ceiling {
	double ns;
	bool inclusive; /* "<=" rather than "<" */
};

struct needs {
	unsigned int
		given;	  /* bits 1 << enum need; what is not given is as needs_init() leaves it */
	size_t size;	  /* bytes per message */
	double rate;	  /* messages/s */
	double bandwidth; /* payload bytes/s */
	struct ceiling p50, p99;      /* of the round trip */
	struct ceiling cpu;	      /* CPU time of both sides per message */
	enum reach reach;	      /* at least; REACH_KIN = wherever */
	enum persistence persistence; /* PERSIST_PROCESS: no longer; others: at least so long */
	enum shape shape;
	bool boundaries;	  /* messages arrive one by one, as they were sent */
	enum api api;		  /* API_POSIX: with sockets and System V; API_LINUX: any */
	bool loss;		  /* messages may be lost */
	unsigned int waits;	  /* WAIT_BIT_*: any of these. Default: block */
	enum placement placement; /* default: PLACE_CROSS_CPU, the nearest other core */
};

/* What is needed when nothing is said. */
void needs_init(struct needs *n);

/*
 * Reads "size=1K rate=200k p99<20us reach=host", separated by blanks or commas, over
 * needs_init(). 0; -EINVAL with `why`: not a need (with the nearest name), an operator that it does
 * not take, a bad value, one given twice, what a notification cannot have; -ENOMEM.
 */
int needs_parse(struct needs *n, const char *text, struct reason *why);

static inline bool needs_given(const struct needs *n, enum need which)
{
	return (n->given >> which & 1u) != 0;
}

/* The word: "size". */
const char *need_name(enum need which);

/* Whether only measured figures can tell that it is met. */
static inline bool need_of_figures(enum need which)
{
	return which >= NEED_RATE && which <= NEED_CPU;
}

#endif
