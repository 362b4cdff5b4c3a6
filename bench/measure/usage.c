/* SPDX-License-Identifier: MIT */
#include "measure/usage.h"
#include "text/text-file.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

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

double usage_parse_migrations(const char *text)
{
	char value[32];

	if (text_find(text, "se.nr_migrations", ':', value, sizeof(value)) == NULL)
		return NAN;
	return number(value, "");
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

void usage_now(struct usage *out)
{
	*out = (struct usage){
		.psi_cpu_s = read_figure("/proc/pressure/cpu", usage_parse_pressure),
		.psi_memory_s = read_figure("/proc/pressure/memory", usage_parse_pressure),
		.psi_io_s = read_figure("/proc/pressure/io", usage_parse_pressure),
		.migrations = read_figure("/proc/self/sched", usage_parse_migrations),
	};
}

/* The kernel counts whole microseconds; what the subtraction adds below them is noise. */
static double microseconds(double from, double to)
{
	return round((to - from) * 1e6) / 1e6;
}

void usage_delta(struct usage *out, const struct usage *from, const struct usage *to)
{
	*out = (struct usage){
		.psi_cpu_s = microseconds(from->psi_cpu_s, to->psi_cpu_s),
		.psi_memory_s = microseconds(from->psi_memory_s, to->psi_memory_s),
		.psi_io_s = microseconds(from->psi_io_s, to->psi_io_s),
		.migrations = to->migrations - from->migrations,
	};
}

double usage_pss(void)
{
	return read_figure("/proc/self/smaps_rollup", usage_parse_pss);
}
