/* SPDX-License-Identifier: MIT */
#include "support/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <ipcbench/host.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <unistd.h>

static bool is_ulimit(const struct limit *l)
{
	return strncmp(l->name, "ulimit -", 8) == 0;
}

static struct rlimit ulimit_of(const char *name)
{
	struct rlimit limit = {.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};

	getrlimit(name[8] == 'q' ? RLIMIT_MSGQUEUE : RLIMIT_NOFILE, &limit);
	return limit;
}

/* ulimit(1) lowers the hard limit as well, after which only root raises it: -S leaves it alone. */
static const char *raises(const struct limit *l)
{
	if (!is_ulimit(l) || l->need > ulimit_of(l->name).rlim_max)
		return l->name;
	return l->name[8] == 'q' ? "ulimit -S -q" : "ulimit -S -n";
}

uint64_t limit_now(const char *name, uint64_t otherwise)
{
	const struct limit l = {.name = name};
	char path[80];

	if (is_ulimit(&l))
		return ulimit_of(name).rlim_cur;
	snprintf(path, sizeof(path), "/proc/sys/%s", name);
	for (char *p = path; *p != '\0'; p++)
		*p = *p == '.' ? '/' : *p;
	return ipcbench_sysctl(path, otherwise);
}

int limits_check(
	struct reason *why, int err, const char *what, const struct limit *limits, size_t count)
{
	struct reason found = {""}, sysctls = {""}, ulimits = {""};
	bool low = false;

	for (size_t i = 0; i < count; i++) {
		const struct limit *l = &limits[i];
		const uint64_t is = limit_now(l->name, l->otherwise);
		struct reason *remedy = is_ulimit(l) ? &ulimits : &sysctls;

		if (l->need <= is)
			continue;
		reason_set(&found, 0, "%s%s%s is %llu", found.text, low ? ", " : "", l->name,
			(unsigned long long)is);
		reason_set(remedy, 0, "%s%s%s%s%llu", remedy->text,
			remedy == &ulimits	  ? "; "
			: remedy->text[0] == '\0' ? "; sysctl -w "
						  : " ",
			raises(l), remedy == &ulimits ? " " : "=", (unsigned long long)l->need);
		low = true;
	}
	return !low ? 0
		    : reason_set(why, err, "%s: %s; raise with %s%s", what, found.text,
			      /* past the first separator */
			      sysctls.text[0] != '\0' ? sysctls.text + 2 : ulimits.text + 2,
			      sysctls.text[0] != '\0' ? ulimits.text : "");
}

uint64_t limits_need_files(int err)
{
	int fd = err == EMFILE ? open("/dev/null", O_RDONLY | O_CLOEXEC) : -1;

	if (fd < 0)
		return err == EMFILE && errno == EMFILE ? limit_now("ulimit -n", 0) + 2 : 0;
	close(fd);
	return 0;
}

int limits_no_semaphores(struct reason *why, int err, unsigned int semaphores)
{
	unsigned long long per_set = 0, all = 0, per_call = 0, sets = 0;
	union {
		struct seminfo *info;
	} used = {.info = &(struct seminfo){0}};
	FILE *f = err == ENOSPC || err == EINVAL ? fopen("/proc/sys/kernel/sem", "re") : NULL;
	int got = 0;

	if (f != NULL) {
		got = fscanf(f, "%llu %llu %llu %llu", &per_set, &all, &per_call, &sets);
		fclose(f);
	}
	if (got != 4 || semctl(0, 0, SEM_INFO, used) < 0)
		return reason_set(why, err, "semget: %s", strerror(err));
	const unsigned long long need_all = (unsigned long long)used.info->semaem + 2 * semaphores;
	const unsigned long long need_sets = (unsigned long long)used.info->semusz + 2;

	return reason_set(why, err,
		"semget: no room for a set of %u; kernel.sem is %llu %llu %llu %llu; raise with "
		"sysctl -w kernel.sem=\"%llu %llu %llu %llu\" or remove sets with ipcrm",
		semaphores, per_set, all, per_call, sets,
		per_set < semaphores ? semaphores : per_set, all < need_all ? need_all : all,
		per_call, sets < need_sets ? need_sets : sets);
}
