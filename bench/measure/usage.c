/* SPDX-License-Identifier: MIT */
#include "measure/usage.h"
#include "text/text-file.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

/* The number of digits alone that `text` begins with; NAN if there is none or `end` is not next. */
static double number(const char *text, const char *end)
{
	unsigned long long n;
	int used = 0;

	/* %llu would take a sign */
	if (*text < '0' || *text > '9' || sscanf(text, "%19llu%n", &n, &used) != 1 ||
		strncmp(text + used, end, strlen(end)) != 0)
		return NAN;
	return (double)n;
}

double usage_parse_pressure(const char *text)
{
	static const char some[] = "some ", total[] = "total=";
	const char *end = strchr(text, '\n');
	const char *at = strstr(text, total);

	/* "full" follows in a line of its own */
	if (strncmp(text, some, strlen(some)) != 0 || at == NULL || (end != NULL && at > end))
		return NAN;
	return number(at + strlen(total), "") / 1e6;
}

double usage_parse_line(const char *text, const char *key)
{
	char value[32];

	return text_find(text, key, ':', value, sizeof(value)) == NULL ? NAN : number(value, "");
}

double usage_parse_migrations(const char *text)
{
	return usage_parse_line(text, "se.nr_migrations");
}

double usage_parse_queued(const char *text)
{
	const char *second = strchr(text, ' ');

	return second == NULL ? NAN : number(second + 1, " ") / 1e9;
}

double usage_parse_pss(const char *text)
{
	char value[32];

	if (text_find(text, "Pss", ':', value, sizeof(value)) == NULL)
		return NAN;
	return number(value, " kB") * 1024;
}

static double read_figure(const char *path, double (*parse)(const char *text))
{
	char text[4096];

	return text_file_read(path, text, sizeof(text)) < 0 ? NAN : parse(text);
}

double usage_stall(void)
{
	return read_figure("/proc/pressure/memory", usage_parse_pressure) +
	       read_figure("/proc/pressure/io", usage_parse_pressure);
}

void usage_told(double used[USED_COUNT])
{
	used[USED_MIGRATIONS] = read_figure("/proc/self/sched", usage_parse_migrations);
	used[USED_QUEUED_S] = read_figure("/proc/self/schedstat", usage_parse_queued);
	used[USED_PSI_CPU_S] = read_figure("/proc/pressure/cpu", usage_parse_pressure);
	used[USED_PSI_MEMORY_S] = read_figure("/proc/pressure/memory", usage_parse_pressure);
	used[USED_PSI_IO_S] = read_figure("/proc/pressure/io", usage_parse_pressure);
}

double usage_pss(void)
{
	return read_figure("/proc/self/smaps_rollup", usage_parse_pss);
}

/* ---- CPU time -------------------------------------------------------------------------------- */

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

/*
 * The scheduler counts a process's run time to the nanosecond and CLOCK_PROCESS_CPUTIME_ID tells
 * it. Whether that was user or system time is, on most kernels, only sampled at the timer tick
 * (1 to 10 ms), and getrusage() returns that proportion scaled to the exact total, cut to whole
 * microseconds. So the exact total is taken and divided as getrusage() divides it: the sum can be
 * trusted for any window, the two parts only for one of many ticks.
 */
void usage_cost(double used[USED_COUNT])
{
	struct rusage use;
	struct timespec cpu;

	getrusage(RUSAGE_SELF, &use);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);

	double total = (double)cpu.tv_sec + (double)cpu.tv_nsec / 1e9;
	double user = seconds(use.ru_utime), both = user + seconds(use.ru_stime);

	used[USED_USER_S] = both > 0 ? total * (user / both) : total;
	used[USED_SYS_S] = total - used[USED_USER_S];
	used[USED_VOL_CSW] = (double)use.ru_nvcsw;
	used[USED_INVOL_CSW] = (double)use.ru_nivcsw;
	used[USED_FAULTS] = (double)use.ru_minflt + (double)use.ru_majflt;
}

void usage_between(
	double out[USED_COUNT], const double from[USED_COUNT], const double to[USED_COUNT])
{
	for (int i = 0; i < USED_COUNT; i++)
		out[i] = to[i] - from[i];
	double total = fmax(out[USED_USER_S] + out[USED_SYS_S], 0);

	/* either part may seem to shrink by a microsecond as the proportion is rounded anew */
	out[USED_USER_S] = fmin(fmax(out[USED_USER_S], 0), total);
	out[USED_SYS_S] = total - out[USED_USER_S];
	/* the kernel counts whole microseconds; what the subtraction adds below them is noise */
	for (int i = USED_PSI_CPU_S; i <= USED_PSI_IO_S; i++)
		out[i] = round(out[i] * 1e6) / 1e6;
}
