/* SPDX-License-Identifier: MIT */
#include "output/run-id.h"

#include <stdio.h>
#include <time.h>

void run_id_make(char id[RUN_ID_LEN], uint64_t number)
{
	time_t now = time(NULL);
	struct tm tm;
	char stamp[24];

	gmtime_r(&now, &tm);
	strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%SZ", &tm);
	snprintf(id, RUN_ID_LEN, "%s-%08x", stamp, (unsigned int)(number ^ number >> 32));
}
