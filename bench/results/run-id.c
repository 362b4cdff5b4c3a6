/* SPDX-License-Identifier: MIT */
#include "results/run-id.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { STAMP_LEN = 16, DIGITS = 8 };

uint32_t run_id_fold(uint64_t number)
{
	return (uint32_t)(number ^ number >> 32);
}

bool run_id_read(const char *id, uint32_t *folded)
{
	const char *digits = id + STAMP_LEN + 1;

	if (strlen(id) != STAMP_LEN + 1 + DIGITS || id[STAMP_LEN] != '-' ||
		strspn(digits, "0123456789abcdef") != DIGITS)
		return false;
	*folded = (uint32_t)strtoul(digits, NULL, 16);
	return true;
}

void run_id_make(char id[RUN_ID_LEN], uint64_t number)
{
	time_t now = time(NULL);
	struct tm tm;
	char stamp[24];

	gmtime_r(&now, &tm);
	strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%SZ", &tm);
	snprintf(id, RUN_ID_LEN, "%s-%08x", stamp, run_id_fold(number));
}
