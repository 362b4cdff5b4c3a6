/* SPDX-License-Identifier: MIT */
#include "run/trial.h"

#include "text/memory.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

const char *const trial_flag_names[TRIAL_FLAG_COUNT] = {"migrated", "steal", "short-run",
	"rate-missed", "same-cpu-spin", "clock-fallback", "throttled", "low-samples", "unsteady",
	"oversubscribed", "alone", "held-back", "self-reported", "unknown"};

static const char *const statuses[] = {"ok", "skip", "fail"};

const char *status_name(enum status s)
{
	return statuses[s];
}

bool status_read(enum status *out, const char *word)
{
	for (enum status s = STATUS_OK; s <= STATUS_FAIL; s++) {
		*out = s;
		if (strcmp(word, statuses[s]) == 0)
			return true;
	}
	return false;
}

char *flags_spell(char *buf, size_t len, unsigned int flags)
{
	size_t at = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < TRIAL_FLAG_COUNT && at < len; i++)
		if (flags & 1u << i)
			at += (size_t)snprintf(
				buf + at, len - at, "%s%s", at > 0 ? ";" : "", trial_flag_names[i]);
	return buf;
}

unsigned int flags_read(const char *text)
{
	unsigned int flags = 0;

	for (size_t n; *text != '\0'; text += n + (text[n] == ';')) {
		size_t f = 0;

		n = strcspn(text, ";");
		while (1u << f != FLAG_UNKNOWN &&
			(strlen(trial_flag_names[f]) != n ||
				strncmp(text, trial_flag_names[f], n) != 0))
			f++;
		flags |= 1u << f;
	}
	return flags;
}

const struct side_info side_info[SIDE_VALUE_COUNT] = {
#define SIDE_INFO(id, column, kind) {#column, kind},
	SIDE_VALUES(SIDE_INFO)
#undef SIDE_INFO
};

struct kept_sides *sides_new(size_t count)
{
	struct kept_sides *kept = need_array(1, sizeof(*kept) + count * sizeof(kept->value[0]));

	kept->count = count;
	return kept;
}

struct trial trial_of(const struct item *it)
{
	struct trial t = {.key = it->key,
		.family = it->transport->family,
		.cpu_tx = it->cell.cpu_tx,
		.cpu_rx = it->cell.cpu_rx,
		.item = it,
		.clock = "",
		.lat_kind = ""};

	for (int m = 0; m < METRIC_COUNT; m++)
		t.value[m] = NAN;
	return t;
}
