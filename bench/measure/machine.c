/* SPDX-License-Identifier: MIT */
/* Processor, operating system, hypervisor, control groups: what one file alone does not tell. */
#include "measure/machine.h"
#include "text/format.h"
#include "text/memory.h"
#include "text/record.h"
#include "text/text-file.h"
#include <dirent.h>
#include <errno.h>
#include <ipcbench/base.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#define CPUS	"/sys/devices/system/cpu/"
#define CGROUPS "/sys/fs/cgroup"

char *machine_cpu_model(char *buf, size_t size)
{
	/* x86; some Arm boards; POWER; RISC-V; the number that other Arm kernels give */
	static const char *const keys[] = {"model name", "Model", "cpu", "uarch", "CPU part"};
	char text[4096];

	if (text_file_read("/proc/cpuinfo", text, sizeof(text)) < 0)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (text_find(text, keys[i], ':', buf, size) != NULL)
			return buf;
	return NULL;
}

char *machine_os_name(char *buf, size_t size)
{
	char text[4096];

	if (text_file_read("/etc/os-release", text, sizeof(text)) < 0 &&
		text_file_read("/usr/lib/os-release", text, sizeof(text)) < 0)
		return NULL;
	if (text_find(text, "PRETTY_NAME", '=', buf, size) == NULL)
		return NULL;
	size_t len = strlen(buf);

	if (len >= 2 && (buf[0] == '"' || buf[0] == '\'') && buf[len - 1] == buf[0]) {
		memmove(buf, buf + 1, len - 2);
		buf[len - 2] = '\0';
	}
	return buf;
}

int machine_turbo(const char *root)
{
	char text[16];

	/* this one asks the other way round */
	if (text_file_read_under(root, CPUS "intel_pstate/no_turbo", text, sizeof(text)) > 0)
		return text[0] == '0';
	if (text_file_read_under(root, CPUS "cpufreq/boost", text, sizeof(text)) > 0)
		return text[0] != '0';
	return -1;
}

int machine_hypervisor(char *vendor, size_t size)
{
	vendor[0] = '\0';
#if defined(__x86_64__)
	unsigned int a, b, c, d, name[4] = {0};

	if (!__get_cpuid(1, &a, &b, &c, &d))
		return -1;
	if ((c & (1u << 31)) == 0)
		return 0;
	/* __get_cpuid() refuses this range, since no processor announces it */
	__cpuid(0x40000000, a, name[0], name[1], name[2]);
	snprintf(vendor, size, "%s", (const char *)name);
	return 1;
#else
	(void)size;
	return -1;
#endif
}

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

json_t *machine_mitigations(const char *root)
{
	char *dir = need_text("%s" CPUS "vulnerabilities", root), text[512];
	struct dirent **entries;
	int n = scandir(dir, &entries, is_visible, alphasort);
	json_t *o = n < 0 ? json_null() : json_object();

	for (int i = 0; i < n; i++) {
		char *path = need_text("%s/%s", dir, entries[i]->d_name);

		if (text_file_read(path, text, sizeof(text)) >= 0)
			json_object_set_new(o, entries[i]->d_name, json_text(text));
		free(path);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	free(dir);
	return o;
}

/* ---- caches ---------------------------------------------------------------------------------- */

static bool read_cache_file(
	const char *root, unsigned int index, const char *file, char *text, size_t size)
{
	const struct phrase path = phrase(CPUS "cpu0/cache/index%u/%s", index, file);

	return text_file_read_under(root, path.text, text, size) > 0;
}

/* "32K", as the kernel writes it; 0 for anything else. */
static unsigned long long cache_bytes(const char *text)
{
	char *end;
	unsigned long long n = strtoull(text, &end, 10);

	if (end == text || *text == '-' || strcmp(end, "K") != 0 || n > ULLONG_MAX / 1024)
		return 0;
	return n * 1024;
}

json_t *machine_caches(const char *root)
{
	char level[8], type[32], size[32], name[sizeof(level) + 2];
	json_t *caches = json_array();

	/* the kernel numbers them by level */
	for (unsigned int i = 0; read_cache_file(root, i, "level", level, sizeof(level)); i++) {
		if (!read_cache_file(root, i, "type", type, sizeof(type)) ||
			!read_cache_file(root, i, "size", size, sizeof(size)) ||
			strcmp(type, "Instruction") == 0)
			continue;
		unsigned long long bytes = cache_bytes(size);

		snprintf(name, sizeof(name), "L%s%s", level, strcmp(type, "Data") == 0 ? "d" : "");
		if (bytes > 0)
			json_array_append_new(caches,
				json_pack("{s:s, s:I}", "name", name, "bytes", (json_int_t)bytes));
	}
	return caches;
}

/* ---- control groups -------------------------------------------------------------------------- */

/* The quota of one group in CPUs; INFINITY where it sets none. */
static double group_quota(const char *root, const char *group)
{
	char path[4200], text[64];
	double quota, period;

	snprintf(path, sizeof(path), "%s/cpu.max", group);
	if (text_file_read_under(root, path, text, sizeof(text)) > 0)
		/* "max 100000" means no limit */
		return sscanf(text, "%lf %lf", &quota, &period) == 2 && period > 0 ? quota / period
										   : INFINITY;
	snprintf(path, sizeof(path), "%s/cpu.cfs_quota_us", group);
	quota = machine_number(root, path);
	snprintf(path, sizeof(path), "%s/cpu.cfs_period_us", group);
	period = machine_number(root, path);
	return quota >= 0 && period > 0 ? quota / period : INFINITY;
}

static double group_number(const char *root, const char *group, const char *file)
{
	char path[4200];

	snprintf(path, sizeof(path), "%s/%s", group, file);
	return machine_number(root, path);
}

/* Bytes that one group has left; INFINITY where it sets no limit. Cached files give way. */
static double group_room(const char *root, const char *group)
{
	bool unified = !isnan(group_number(root, group, "memory.current"));
	double limit = group_number(root, group, unified ? "memory.max" : "memory.limit_in_bytes");
	double used =
		group_number(root, group, unified ? "memory.current" : "memory.usage_in_bytes");
	char path[4200], text[8192];
	const char *cached;

	if (isnan(limit) || isnan(used))
		return INFINITY;
	snprintf(path, sizeof(path), "%s/memory.stat", group);
	if (text_file_read_under(root, path, text, sizeof(text)) > 0 &&
		(cached = strstr(text, "inactive_file ")) != NULL)
		used -= fmin(used, strtod(cached + strlen("inactive_file "), NULL));
	return fmax(limit - used, 0);
}

/*
 * The tightest limit of a group and all around it. In a container the path may be the one outside,
 * of which only the end of the walk, the mount point itself, exists.
 */
static double path_least(const char *root, const char *mount, const char *path,
	double (*of_group)(const char *root, const char *group))
{
	char group[4096];
	size_t top = strlen(mount);
	double least = INFINITY;

	snprintf(group, sizeof(group), "%s%s", mount, path);
	for (;;) {
		least = fmin(least, of_group(root, group));
		char *slash = strrchr(group + top, '/');

		if (slash == NULL)
			return least;
		*slash = '\0';
	}
}

/* The tightest limit of all groups around this process; INFINITY without one. */
static double groups_least(const char *root, const char *controller,
	double (*of_group)(const char *root, const char *group))
{
	char text[8192], mount[64], *rest = text, *line;
	double least = INFINITY;

	snprintf(mount, sizeof(mount), CGROUPS "/%s", controller);
	if (text_file_read_under(root, "/proc/self/cgroup", text, sizeof(text)) < 0)
		return least;
	/* "0::/path" is the unified hierarchy, "4:cpu,cpuacct:/path" one of the old kind */
	while ((line = strsep(&rest, "\n")) != NULL) {
		char *controllers = strchr(line, ':');
		char *path = controllers == NULL ? NULL : strchr(controllers + 1, ':');

		if (path == NULL)
			continue;
		*path++ = '\0';
		if (controllers[1] == '\0')
			least = fmin(least, path_least(root, CGROUPS, path, of_group));
		else if (text_lists(controllers + 1, ",", controller))
			least = fmin(least, path_least(root, mount, path, of_group));
	}
	return least;
}

double machine_cpu_quota(const char *root)
{
	double least = groups_least(root, "cpu", group_quota);

	return isinf(least) ? NAN : least;
}

double machine_memory_room(const char *root)
{
	char text[4096], available[32];
	double room = INFINITY;

	if (text_file_read_under(root, "/proc/meminfo", text, sizeof(text)) > 0 &&
		text_find(text, "MemAvailable", ':', available, sizeof(available)) != NULL)
		room = fmax(strtod(available, NULL) * 1024, 0);
	return fmin(room, groups_least(root, "memory", group_room));
}

/* ---- numbers --------------------------------------------------------------------------------- */

double machine_number(const char *root, const char *path)
{
	char text[64], *end;

	text_file_read_under(root, path, text, sizeof(text));
	double n = strtod(text, &end);

	return end == text ? NAN : n;
}

void machine_load(const char *root, double *load, double *others)
{
	char text[128];
	long running;

	*load = *others = NAN;
	text_file_read_under(root, "/proc/loadavg", text, sizeof(text));
	if (sscanf(text, "%lf %*f %*f %ld/", load, &running) == 2)
		*others = running > 1 ? (double)(running - 1) : 0;
	else
		*load = NAN;
}

bool machine_ticks(const char *root, struct machine_ticks *out)
{
	char text[512];
	double t[8];

	*out = (struct machine_ticks){NAN, NAN, NAN};
	/* user nice system idle iowait irq softirq steal; guest time is part of user */
	if (text_file_read_under(root, "/proc/stat", text, sizeof(text)) < 0 ||
		sscanf(text, "cpu %lf %lf %lf %lf %lf %lf %lf %lf", &t[0], &t[1], &t[2], &t[3],
			&t[4], &t[5], &t[6], &t[7]) != 8)
		return false;
	*out = (struct machine_ticks){.idle = t[3] + t[4], .stolen = t[7]};
	for (size_t i = 0; i < ARRAY_SIZE(t); i++)
		out->all += t[i];
	return true;
}

double machine_stolen_s(void)
{
	struct machine_ticks now;

	machine_ticks("", &now);
	return now.stolen / (double)sysconf(_SC_CLK_TCK);
}

double machine_cpu_pressure(void)
{
	char text[256];
	double percent;

	if (text_file_read("/proc/pressure/cpu", text, sizeof(text)) < 0 ||
		sscanf(text, "some avg10=%lf", &percent) != 1)
		return NAN;
	return percent;
}
