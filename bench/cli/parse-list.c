/* SPDX-License-Identifier: MIT */
/* Lists of numbers, and the pair of CPUs: readers whose field is struct settings. */
#include "cli/measure-options.h"
#include "cli/option.h"
#include "text/memory.h"
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- rates ----------------------------------------------------------------------------------- */

#define PERCENT_MIN 0.1
#define PERCENT_MAX 1000.0

/* What `--rate auto` walks through, in percent; the first is what counts as unloaded. */
static const double auto_percents[] = {5, 10, 20, 30, 40, 50, 60, 70, 80, 85, 90, 95, 100};
/* After which the knee lies within half a percent of the throughput, or 0.6 below 80 %. */
enum { AUTO_REFINEMENTS = 4 };
/* After which the highest rate that holds --slo is known to a part of 2^5 of a step of those. */
enum { SLO_STEPS = 5 };

static void add_rate(struct settings *s, struct rate rate)
{
	for (size_t i = 0; i < s->rate_count; i++)
		if (s->rates[i].kind == rate.kind && !(s->rates[i].value < rate.value) &&
			!(s->rates[i].value > rate.value))
			return;
	*need_next(s->rates, s->rate_count) = rate;
}

static void add_auto(struct settings *s)
{
	for (size_t i = 0; i < ARRAY_SIZE(auto_percents); i++)
		add_rate(s, (struct rate){RATE_PERCENT, auto_percents[i]});
	for (int i = 1; i <= AUTO_REFINEMENTS; i++)
		add_rate(s, (struct rate){RATE_REFINE, i});
}

static int add_rates(const struct option_value *v, void *settings)
{
	size_t len = strlen(v->text);
	uint64_t number = 0;
	char *end = NULL;

	if (strcmp(v->text, "auto") == 0) {
		add_auto(settings);
	} else if (len > 0 && v->text[len - 1] == '%') {
		double percent = isdigit((unsigned char)v->text[0]) ? strtod(v->text, &end) : 0;

		if (percent < PERCENT_MIN || percent > PERCENT_MAX || end != v->text + len - 1)
			return reason_set(v->why, EINVAL,
				"%s: \"%.40s\" is not a percentage of the capacity; write %g%% to %g%%",
				v->what, v->text, PERCENT_MIN, PERCENT_MAX);
		add_rate(settings, (struct rate){RATE_PERCENT, percent});
	} else {
		if (read_count(&(struct option_value){v->row, v->what, v->text, NULL}, &number) < 0)
			return reason_set(v->why, EINVAL,
				"%s: \"%.40s\" is not a rate; write 1 to 1G messages per second, as in 10k, a percentage of the capacity, as in 50%%, or auto",
				v->what, v->text);
		add_rate(settings, (struct rate){RATE_ABSOLUTE, (double)number});
	}
	return 0;
}

int read_slo(const struct option_value *v, void *settings)
{
	static const struct option_row limits = {.min = 1, .max = OPTION_HOUR};
	struct slo *slo = &((struct settings *)settings)->slo;
	const char *than = strchr(v->text, '<');
	double limit_s = 0;

	*slo = (struct slo){.text = v->text,
		.metric = than == NULL ? METRIC_COUNT
				       : metric_find(v->text, (size_t)(than - v->text))};
	if (slo->metric < METRIC_LAT_MEAN || slo->metric > METRIC_LAT_MAX)
		return reason_set(v->why, EINVAL,
			"%s: \"%.40s\" is not a limit; write mean, p50, p90, p99, p99.9, p99.99 or max, then < and a time, as in 'p99<50us'",
			v->what, v->text);
	int err =
		read_duration(&(struct option_value){&limits, v->what, than + 1, v->why}, &limit_s);

	/* 5us are 5e-6 s only nearly, and 5000 ns exactly */
	slo->limit_ns = round(limit_s * 1e12) / 1e3;
	return err;
}

void rates_add_slo(struct settings *s)
{
	for (int i = 1; i <= SLO_STEPS; i++)
		add_rate(s, (struct rate){RATE_SLO, i});
}

int read_rates(const struct option_value *v, void *settings)
{
	((struct settings *)settings)->rate_count = 0;
	return read_items(v, add_rates, settings);
}

/* ---- footprints ------------------------------------------------------------------------------ */

/* Once each; cold is part of itself and of what is cold only for large messages. */
static void add_amount(struct settings *s, uint64_t amount)
{
	for (size_t i = 0; i < s->footprint_count; i++) {
		bool covers = s->footprints[i] == FOOTPRINT_AUTO && amount == FOOTPRINT_COLD;

		if (covers)
			s->footprints[i] = FOOTPRINT_COLD;
		if (covers || s->footprints[i] == amount ||
			(s->footprints[i] == FOOTPRINT_COLD && amount == FOOTPRINT_AUTO))
			return;
	}
	*need_next(s->footprints, s->footprint_count) = amount;
}

static int add_footprint(const struct option_value *v, void *settings)
{
	static const char *const words[] = {"hot", "cold", "auto", NULL};
	char hint[64];
	size_t bytes = 0;

	if (!isdigit((unsigned char)v->text[0])) {
		bool hot = strcmp(v->text, words[0]) == 0, cold = strcmp(v->text, words[1]) == 0;
		bool both = strcmp(v->text, words[2]) == 0;

		if (!hot && !cold && !both)
			return reason_set(v->why, EINVAL,
				"%s: \"%.40s\" is not a footprint; write hot, cold, auto or a size, "
				"as in 64M%s",
				v->what, v->text, parse_hint(hint, sizeof(hint), v->text, words));
		if (!cold)
			add_amount(settings, 0);
		if (!hot)
			add_amount(settings, cold ? FOOTPRINT_COLD : FOOTPRINT_AUTO);
		return 0;
	}
	int err = read_size(v, &bytes);

	if (err == 0)
		add_amount(settings, bytes);
	return err;
}

int read_footprints(const struct option_value *v, void *settings)
{
	((struct settings *)settings)->footprint_count = 0;
	return read_items(v, add_footprint, settings);
}

/* ---- background load ------------------------------------------------------------------------- */

static int add_background(const struct option_value *v, void *settings)
{
	struct settings *s = settings;
	const char *colon = strchr(v->text, ':');
	struct cell_key key = {.transport = ""};
	const struct background *b = &key.background;
	uint64_t count = 0;

	if (colon != NULL && read_count(OPTION_TEXT(v, colon + 1), &count) < 0)
		return -EINVAL;
	if (v->text[0] == '\0' || !axis_read(&key, AXIS_BACKGROUND, v->text))
		return reason_set(v->why, EINVAL,
			"%s: \"%.40s\" is not a background load; write none, cpu:N or memory:N, as "
			"in cpu:2",
			v->what, v->text);
	for (size_t i = 0; i < s->background_count; i++)
		if (s->backgrounds[i].kind == b->kind && s->backgrounds[i].count == b->count)
			return 0;
	*need_next(s->backgrounds, s->background_count) = *b;
	return 0;
}

int read_backgrounds(const struct option_value *v, void *settings)
{
	((struct settings *)settings)->background_count = 0;
	return read_items(v, add_background, settings);
}

/* ---- precision ------------------------------------------------------------------------------- */

int read_precision(const struct option_value *v, void *settings)
{
	struct settings *s = settings;
	const char *colon = strchr(v->text, ':');
	char metric[64];

	s->precise_metric = METRIC_COUNT;
	if (colon == NULL)
		return read_percent(v, &s->precision);
	snprintf(metric, sizeof(metric), "%.*s", (int)(colon - v->text), v->text);
	int err = read_metric(OPTION_TEXT(v, metric), &s->precise_metric);

	return err == 0 ? read_percent(OPTION_TEXT(v, colon + 1), &s->precision) : err;
}

/* ---- pauses, batches, CPUs ------------------------------------------------------------------- */

static void add_once(uint64_t **list, size_t *count, uint64_t number)
{
	for (size_t i = 0; i < *count; i++)
		if ((*list)[i] == number)
			return;
	*need_next(*list, *count) = number;
}

static int add_think(const struct option_value *v, void *settings)
{
	struct settings *s = settings;
	double seconds = 0;
	int err = read_duration(v, &seconds);

	add_once(&s->thinks_ns, &s->think_count, (uint64_t)(seconds * 1e9 + 0.5));
	return err;
}

int read_thinks(const struct option_value *v, void *settings)
{
	((struct settings *)settings)->think_count = 0;
	return read_items(v, add_think, settings);
}

static int add_batch(const struct option_value *v, void *settings)
{
	struct settings *s = settings;
	uint64_t batch = 1;
	int err = read_count(v, &batch);

	add_once(&s->batches, &s->batch_count, batch);
	return err;
}

int read_batches(const struct option_value *v, void *settings)
{
	((struct settings *)settings)->batch_count = 0;
	return read_items(v, add_batch, settings);
}

static int add_count(const struct option_value *v, void *field)
{
	struct count_list *c = field;
	uint64_t count = 1;
	int err = read_count(v, &count);

	add_once(&c->values, &c->count, count);
	return err;
}

int read_counts(const struct option_value *v, void *field)
{
	((struct count_list *)field)->count = 0;
	return read_items(v, add_count, field);
}

/* "pair", "pairs:4", "pairs:1..16", "pairs:4:scatter": the first and the last of a range. */
static bool read_topology(const char *text, uint64_t *first, uint64_t *last)
{
	const char *range = strstr(text, ".."), *scatter = strstr(text, ":scatter"), *colon;
	int kind = (colon = strchr(text, ':')) == NULL ? 0 : (int)(colon - text);
	struct cell_key key;
	char one[80];

	/* what is read from a file may be empty */
	if (text[0] == '\0' || (range != NULL && (colon == NULL || colon > range)) ||
		(range != NULL && scatter != NULL && scatter < range))
		return false;
	snprintf(one, sizeof(one), "%.*s%s", range == NULL ? 60 : (int)(range - text), text,
		range != NULL && scatter != NULL ? ":scatter" : "");
	bool known = axis_read(&key, AXIS_TOPOLOGY, one);

	*first = *last = key.sides;
	if (!known || range == NULL)
		return known;
	snprintf(one, sizeof(one), "%.*s:%.40s", kind, text, range + 2);
	known = axis_read(&key, AXIS_TOPOLOGY, one);
	*last = key.sides;
	return known && sides_lanes(*first) <= sides_lanes(*last);
}

static int add_topology(const struct option_value *v, void *settings)
{
	struct settings *s = settings;
	uint64_t first, last;

	if (!read_topology(v->text, &first, &last))
		return reason_set(v->why, EINVAL,
			"%s: \"%.40s\" is not a topology; write pair, bidi, pairs:N, server:N, fan-in:N or fan-out:N with "
			"N up to %d, pairs:1..8 for 1, 2, 4 and 8, or pairs:N:scatter",
			v->what, v->text, LANES_MAX);
	unsigned int n = sides_lanes(first);

	do
		add_once(&s->topologies, &s->topology_count,
			sides_make(sides_kind(last), n, sides_scatter(last)));
	while ((n *= 2) <= sides_lanes(last));
	return 0;
}

int read_topologies(const struct option_value *v, void *settings)
{
	((struct settings *)settings)->topology_count = 0;
	return read_items(v, add_topology, settings);
}

/* The number of a CPU, or -EINVAL. */
static int cpu_of(const char *text)
{
	char *end = NULL;

	errno = 0;
	unsigned long cpu = strtoul(text, &end, 10);

	if (!isdigit((unsigned char)text[0]) || *end != '\0' || errno != 0 || cpu >= CPU_SETSIZE)
		return -EINVAL;
	return (int)cpu;
}

static int add_cpu(const struct option_value *v, void *settings)
{
	struct settings *s = settings;
	int cpu = cpu_of(v->text);

	if (cpu >= 0)
		*need_next(s->cpus, s->cpu_count) = cpu;
	return cpu < 0 ? cpu : 0;
}

static int add_helper_cpu(const struct option_value *v, void *settings)
{
	struct settings *s = settings;
	int cpu = cpu_of(v->text);
	cpu_set_t may;

	if (cpu < 0)
		return reason_set(v->why, EINVAL,
			"%s: \"%.40s\" is not the number of a CPU (0 to %d); write a list, as in 2,3",
			v->what, v->text, CPU_SETSIZE - 1);
	/* the kernel drops those of a list that there are not without a word */
	if (sched_getaffinity(0, sizeof(may), &may) == 0 && !CPU_ISSET((size_t)cpu, &may))
		return reason_set(v->why, EINVAL,
			"%s: this process may not use CPU %d, or it does not exist; name one that lscpu and taskset show",
			v->what, cpu);
	*need_next(s->helper_cpus, s->helper_cpu_count) = cpu;
	return 0;
}

int read_helper_cpus(const struct option_value *v, void *settings)
{
	((struct settings *)settings)->helper_cpu_count = 0;
	return read_items(v, add_helper_cpu, settings);
}

int read_cpus(const struct option_value *v, void *settings)
{
	struct settings *s = settings;

	s->cpu_count = 0;
	int err = read_items(v, add_cpu, settings);

	if (err == 0 && s->cpu_count > 1)
		return 0;
	s->cpu_count = 0;
	return reason_set(v->why, EINVAL,
		"%s: \"%.40s\" is not a list of CPUs; write the sender's and the receiver's number "
		"(0 to %d), then those of further sides, as in 0,1 or 0,1,2,3",
		v->what, v->text, CPU_SETSIZE - 1);
}
