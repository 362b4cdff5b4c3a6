/* SPDX-License-Identifier: MIT */
/*
 * Two ways to compare two versions on a machine that is noisy: as the gate does, in blocks whose
 * order a coin decides, and as is common, all of the one and then all of the other.
 */
#ifndef IPCBENCH_TESTS_PROTOCOL_H
#define IPCBENCH_TESTS_PROTOCOL_H

#include "noise.h"
#include "stats/gate-rule.h"

/* Blocks of a cell at the first look and at the second. */
enum { FIRST_LOOK = 20, SECOND_LOOK = 60, SLICES = 4, CELLS_MAX = 12, BUILDS_MAX = 16 };

#define TOLERANCE  0.05
#define MIN_EFFECT 0.03

/* What is simulated. */
struct simulation {
	struct noise_model model;
	size_t cells; /* whose slices share one series of noise */
	/*
	 * The mean by which the first cell of the new version is slower. Only a share of its slices
	 * is, each by as much as that takes; 1 = all of them.
	 */
	double change, share;
	bool means; /* the test on means; else that on ranks. Smaller is better */
	/*
	 * Of base and of new, that take turns; 0 = one whose layout does nothing. The layout of
	 * each does something of its own to each cell, of this standard deviation in ln.
	 */
	size_t builds[2];
	double layout_sd;
};

struct gate_result {
	bool regression; /* was called: of the changed cell, or of any where none has changed */
	bool proven;	 /* some adjusted p was below alpha at some look, whatever the estimate */
	bool passed;	 /* every cell was found not to be worse */
	bool changed_passed; /* the changed one was */
	bool truthful; /* the changed one is inconclusive, and could not have shown the change */
	size_t blocks; /* of all cells */
};

struct gate_result gate_simulate(const struct simulation *s, uint64_t seed);

struct fixed_result {
	bool proven;	 /* a two-sided p below alpha, in either direction */
	bool regression; /* so, and worse by more than the minimum effect, as medians have it */
};

/* The first of these cells with as many slices: first all of base, then all of new. */
struct fixed_result fixed_simulate(const struct noise_model *model, double change, uint64_t seed);

#endif
