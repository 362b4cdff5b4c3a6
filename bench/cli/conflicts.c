/* SPDX-License-Identifier: MIT */
#include "cli/conflicts.h"

#include "cli/option-table.h"
#include "cli/options.h"
#include <errno.h>
#include <string.h>

static int exclude(const bool *given, int one, int other, const char *because, struct reason *why)
{
	if (!given[one] || !given[other])
		return 0;
	return reason_set(why, EINVAL, "--%s and --%s exclude each other: %s",
		measure_option(one)->name, measure_option(other)->name, because);
}

/* The plan of a stored run is taken as it is. */
static int check_replay(const bool *given, struct reason *why)
{
	for (int key = 1; key < KEY_LAST && given[KEY_REPLAY]; key++)
		if (given[key] && key != KEY_PLUGIN && table_is_of_plan(key))
			return exclude(
				given, KEY_REPLAY, key, "the plan is that of the stored run", why);
	return 0;
}

static int check_exclusive(const bool *given, struct reason *why)
{
	static const struct {
		int one, other;
		const char *because;
	} exclusive[] = {
		{KEY_CPUS, KEY_PLACEMENT, "give the CPUs or their distance"},
		{KEY_DURATION, KEY_MESSAGES, "a trial ends by time or by count"},
		{KEY_AUTO, KEY_TRIALS, "--auto finds how many trials it takes"},
		{KEY_QUIET, KEY_VERBOSE, "give one"},
		{KEY_SLICE, KEY_PLOT, "a slice is one row"},
		{KEY_SLICE, KEY_OUTPUT, "a slice does not describe the machine"},
	};
	int err = 0;

	for (size_t i = 0; i < ARRAY_SIZE(exclusive) && err == 0; i++)
		err = exclude(
			given, exclusive[i].one, exclusive[i].other, exclusive[i].because, why);
	return err;
}

/* Options that mean nothing without another one. */
static int check_needed(const struct settings *s, const bool *given, struct reason *why)
{
	if (!s->automatic && (given[KEY_PRECISION] || given[KEY_MAX_TIME]))
		return reason_set(why, EINVAL, "--%s is for --auto; give that as well",
			measure_option(given[KEY_PRECISION] ? KEY_PRECISION : KEY_MAX_TIME)->name);
	if (given[KEY_RATE] && given[KEY_MODE] && (s->modes & 1u << MODE_RATE) == 0)
		return reason_set(why, EINVAL, "--rate is for mode rate; use --mode rate");
	if (given[KEY_TIMELINE] && !given[KEY_OUTPUT])
		return reason_set(why, EINVAL,
			"--timeline writes into a run directory; give --output DIR as well");
	return 0;
}

static int check_files(const struct settings *s, struct reason *why)
{
	static const int writers[] = {KEY_CSV, KEY_JSON, KEY_MD, KEY_TEX};
	const char *const path[] = {s->csv, s->json, s->md, s->tex};

	for (size_t i = 0; i < ARRAY_SIZE(path); i++) {
		for (size_t j = i + 1; j < ARRAY_SIZE(path); j++) {
			if (path[i] != NULL && path[j] != NULL && strcmp(path[i], path[j]) == 0)
				return reason_set(why, EINVAL,
					"--%s and --%s both write to \"%.40s\"; give one of them another file",
					measure_option(writers[i])->name,
					measure_option(writers[j])->name, path[i]);
		}
	}
	return 0;
}

int conflicts_check(const struct settings *s, const bool *given, struct reason *why)
{
	int err = check_replay(given, why);

	if (err == 0)
		err = check_exclusive(given, why);
	if (err == 0)
		err = check_needed(s, given, why);
	return err == 0 ? check_files(s, why) : err;
}

int conflicts_check_modes(const struct settings *s, const bool *given, struct reason *why)
{
	const unsigned int timed = 1u << MODE_LATENCY | 1u << MODE_RATE | 1u << MODE_ONEWAY;

	/* the modes of a replay are those of the stored run */
	if (!s->timeline || given[KEY_REPLAY] || (s->modes & timed) != 0)
		return 0;
	return reason_set(why, EINVAL,
		"--timeline is for modes that time each message; use --mode latency, rate or oneway");
}
