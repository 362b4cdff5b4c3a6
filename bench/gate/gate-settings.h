/* SPDX-License-Identifier: MIT */
/* What the user asked of `ipcbench gate`: filled by gate/gate-options.c, turned into cells by
 * gate/gate-plan.c.
 */
#ifndef IPCBENCH_GATE_SETTINGS_H
#define IPCBENCH_GATE_SETTINGS_H

#include "cli/option.h"
#include "gate/gate.h"
#include "plan/settings.h"

/* Cells that are chosen together, and what they are held to. */
struct gate_group {
	const char *name; /* of its section of the option file; NULL = from the command line */
	struct arguments asked; /* which cells, read by gate/gate-plan.c */
	char *sizes;		/* a text in there that had to be made, or NULL */
	unsigned int metrics;	/* bit 1 << enum gate_metric */
	double tolerance, min_effect;
	/*
	 * The transports of this group alone, base and new, if the settings compare mechanisms;
	 * both or none. Where one of them is a notification it is compared with any size of the
	 * other.
	 */
	const char *side[2];
};

/* Whether a row, with what the present look found, needs no more blocks. */
typedef bool gate_settled(void *arg, const struct gate_row *row);

/* The looks of a gate. */
#define GATE_LOOKS 2

struct gate_settings {
	const char *base, *new; /* programs, or transports of this program */
	bool programs;
	struct gate_group *groups;
	size_t group_count;
	size_t blocks[GATE_LOOKS]; /* of a cell at each look; 0 = as many as the hypotheses need */
	struct gate_rule rule;	   /* at most GATE_LOOKS looks */
	gate_settled *settled;	   /* NULL = what has a final verdict */
	void *settled_arg;
	double duration_s, warmup_s, timeout_s; /* of a slice */
	double max_time_s;			/* of the gate; 0 = no limit */
	uint64_t seed;

	bool selftest;
	unsigned int gates; /* of the self-test */
	double inject;	    /* part; 0 = nothing, and the programs are the same */

	struct gate_files files;
	const char *config; /* the option file, or NULL */
	bool dry_run, quiet, verbose;
	enum color color;
};

#endif
