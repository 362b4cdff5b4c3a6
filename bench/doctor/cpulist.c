/* SPDX-License-Identifier: MIT */
/* Lists of CPUs as the kernel writes them: "0-3,8,10-11". */
#include "doctor/facts.h"
#include <stdlib.h>
#include <string.h>

/* No machine has more; a list that says so is damaged. */
enum { CPUS_MAX = 1 << 16 };

/* Takes the first range off a list. 1, 0 at the end, -1 where no range stands. */
static int take_range(const char **list, long *first, long *last)
{
	const char *p = *list + strspn(*list, ", \n");
	char *end;

	if (*p == '\0')
		return 0;
	*first = *last = strtol(p, &end, 10);
	if (end == p || *first < 0)
		return -1;
	if (*end == '-') {
		p = end + 1;
		*last = strtol(p, &end, 10);
		if (end == p || *last < *first)
			return -1;
	}
	if ((*end != ',' && *end != '\0' && *end != '\n') || *last >= CPUS_MAX)
		return -1;
	*list = end;
	return 1;
}

int cpulist_count(const char *list)
{
	long first, last;
	int n = 0, r;

	/* what nohz_full holds where there are none */
	if (strcmp(list, "(null)") == 0)
		return 0;
	while ((r = take_range(&list, &first, &last)) > 0)
		n += (int)(last - first + 1);
	return r < 0 ? -1 : n;
}

int cpulist_common(const char *a, const char *b)
{
	long first, last, from, to;
	int n = 0;

	while (take_range(&a, &first, &last) > 0) {
		const char *other = b;

		while (take_range(&other, &from, &to) > 0) {
			long low = first > from ? first : from, high = last < to ? last : to;

			n += high >= low ? (int)(high - low + 1) : 0;
		}
	}
	return n;
}

size_t cpulist_read(const char *list, int *cpus, size_t max)
{
	long first, last;
	size_t n = 0;

	while (take_range(&list, &first, &last) > 0)
		for (long cpu = first; cpu <= last && n < max; cpu++)
			cpus[n++] = (int)cpu;
	return n;
}
