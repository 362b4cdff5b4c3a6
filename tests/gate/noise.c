/* SPDX-License-Identifier: MIT */
#include "noise.h"

static double independent(const struct noise_model *model, struct noise *n)
{
	return model->sd * random_normal(&n->random);
}

/* Each slice is like the one before: a first-order autoregression, stationary from its start. */
static void start_alike(const struct noise_model *model, struct noise *n)
{
	n->state = model->sd * random_normal(&n->random);
}

static double alike(const struct noise_model *model, struct noise *n)
{
	double rho = model->parameter;

	n->state = rho * n->state + sqrt(1 - rho * rho) * model->sd * random_normal(&n->random);
	return n->state;
}

/* Memory placement, a frequency: one of two states, 30 % apart, left once in 50 slices. */
static void start_mode(const struct noise_model *model, struct noise *n)
{
	(void)model;
	n->state = random_coin(&n->random) ? log(1.3) : 0;
}

static double two_modes(const struct noise_model *model, struct noise *n)
{
	if (random_part(&n->random) < 0.02)
		n->state = log(1.3) - n->state;
	return n->state + independent(model, n);
}

/* Slower and slower: by 20 % over 160 slices. */
static double drift(const struct noise_model *model, struct noise *n)
{
	return 0.2 * n->at++ / 160 + independent(model, n);
}

/* One slice in 20 is slower by an amount without a mean. */
static double spikes(const struct noise_model *model, struct noise *n)
{
	double spike = 0;

	if (random_part(&n->random) < 0.05)
		spike = 0.05 * fabs(tan(M_PI * (random_part(&n->random) - 0.5)));
	return spike + independent(model, n);
}

/* Another program runs for the first half of every period and takes a fifth. */
static void start_neighbour(const struct noise_model *model, struct noise *n)
{
	n->at = floor(model->parameter * random_part(&n->random));
}

static double neighbour(const struct noise_model *model, struct noise *n)
{
	double phase = fmod(n->at++, model->parameter);

	return (phase < model->parameter / 2 ? 0.2 : 0) + independent(model, n);
}

const struct noise_model noise_models[] = {
	{"independent", NULL, independent, 0.03, 0},
	{"independent", NULL, independent, NOISE_WILD, 0},
	{"AR(1) 0.5", start_alike, alike, 0.03, 0.5},
	{"AR(1) 0.9", start_alike, alike, 0.03, 0.9},
	{"AR(1) 0.99", start_alike, alike, 0.03, 0.99},
	{"two modes", start_mode, two_modes, 0.01, 0},
	{"drift", NULL, drift, 0.01, 0},
	{"spikes", NULL, spikes, 0.02, 0},
	{"neighbour 50", start_neighbour, neighbour, 0.01, 50},
	{"neighbour 4", start_neighbour, neighbour, 0.01, 4},
};
const size_t noise_model_count = sizeof(noise_models) / sizeof(noise_models[0]);

struct noise_model noise_of_sd(double sd)
{
	return (struct noise_model){"independent", NULL, independent, sd, 0};
}
