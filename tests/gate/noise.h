/* SPDX-License-Identifier: MIT */
/*
 * What a machine does to slices that are measured one after the other: series of noise, as the
 * logarithm of what a time is multiplied by. None of it knows which version a slice is of.
 */
#ifndef IPCBENCH_TESTS_NOISE_H
#define IPCBENCH_TESTS_NOISE_H

#include "random.h"

struct noise {
	struct random random;
	double state; /* of the model: what the last slice left behind */
	double at;    /* slices so far, from a random start where the model has a phase */
};

struct noise_model {
	const char *name; /* in the table: "two modes" */
	void (*start)(const struct noise_model *model, struct noise *n);
	double (*next)(const struct noise_model *model, struct noise *n);
	double sd;	  /* of what is independent from slice to slice */
	double parameter; /* correlation of neighbours, slices of a period */
};

/* So wild that nothing is decided at the first look, and both looks are put to the test. */
#define NOISE_WILD 0.2

/* The models without a true change; noise_of_sd() is the first with another spread. */
extern const struct noise_model noise_models[];
extern const size_t noise_model_count;
struct noise_model noise_of_sd(double sd);

/* The series of a seed; the same seed gives the same one. */
static inline struct noise noise_from(const struct noise_model *model, uint64_t seed)
{
	struct noise n = {.random = random_from(seed)};

	if (model->start != NULL)
		model->start(model, &n);
	return n;
}

#endif
