/* SPDX-License-Identifier: MIT */
#include "measure/kin.h"

#include "text/text-file.h"
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <ipcbench/host.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The longest path here, and the most of a file that is read. */
enum { PATH_LEN = 64, TEXT_LEN = 4096 };

/* Field 3 and those behind it of /proc/PID/stat; NULL if there is no such process. */
static const char *stat_of(pid_t pid, char text[TEXT_LEN])
{
	char path[PATH_LEN];

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	if (text_file_read(path, text, TEXT_LEN) < 0)
		return NULL;
	/* field 2 is the name in brackets, which may hold anything: the last one ends it */
	const char *end = strrchr(text, ')');

	return end != NULL && end[1] == ' ' ? end + 2 : NULL;
}

static pid_t parent_of(pid_t pid)
{
	char text[TEXT_LEN];
	const char *rest = stat_of(pid, text);
	int parent = -1;

	return rest != NULL && sscanf(rest, "%*c %d", &parent) == 1 ? parent : -1;
}

size_t ipcbench_children(pid_t parent, pid_t *out, size_t max)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	size_t n = 0;

	while (dir != NULL && n < max && (entry = readdir(dir)) != NULL) {
		pid_t pid = isdigit((unsigned char)entry->d_name[0])
				    ? (pid_t)strtol(entry->d_name, NULL, 10)
				    : 0;

		if (pid > 0 && parent_of(pid) == parent)
			out[n++] = pid;
	}
	if (dir != NULL)
		closedir(dir);
	return n;
}

/* ---- what is told in text -------------------------------------------------------------------- */

/* Switches and migrations are told of threads. */
static void add_thread(struct kin_text *t, pid_t pid, const char *thread)
{
	char path[PATH_LEN], text[TEXT_LEN];

	snprintf(path, sizeof(path), "/proc/%d/task/%.16s/status", (int)pid, thread);
	text_file_read(path, text, sizeof(text));
	t->vol_csw += usage_parse_line(text, "voluntary_ctxt_switches");
	t->invol_csw += usage_parse_line(text, "nonvoluntary_ctxt_switches");
	snprintf(path, sizeof(path), "/proc/%d/task/%.16s/sched", (int)pid, thread);
	text_file_read(path, text, sizeof(text));
	t->migrations += usage_parse_migrations(text);
}

static struct kin_text text_of(pid_t pid)
{
	struct kin_text t = {.user_s = 0};
	char text[TEXT_LEN], path[PATH_LEN];
	const char *rest = stat_of(pid, text);
	unsigned long minor = 0, major = 0, user = 0, sys = 0;
	double tick = 1.0 / (double)sysconf(_SC_CLK_TCK);
	struct dirent *entry;

	if (rest != NULL)
		sscanf(rest, "%*c %*d %*d %*d %*d %*d %*u %lu %*u %lu %*u %lu %lu", &minor, &major,
			&user, &sys);
	t.faults = (double)minor + (double)major;
	t.user_s = (double)user * tick;
	t.sys_s = (double)sys * tick;
	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	DIR *dir = opendir(path);

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		if (isdigit((unsigned char)entry->d_name[0]))
			add_thread(&t, pid, entry->d_name);
	if (dir != NULL)
		closedir(dir);
	return t;
}

/* ---- which there are ------------------------------------------------------------------------- */

static bool is_known(const struct kin *k, pid_t pid)
{
	for (size_t i = 0; i < k->count; i++)
		if (k->of[i].pid == pid)
			return true;
	return false;
}

/* Adds the children of `parent`, and theirs, that are not there yet. */
static void add_children(struct kin *k, pid_t parent)
{
	pid_t child[KIN_MAX];
	size_t n = ipcbench_children(parent, child, KIN_MAX);

	for (size_t i = 0; i < n && k->count < KIN_MAX; i++)
		if (!is_known(k, child[i]))
			k->of[k->count++] = (struct kin_one){.pid = child[i]};
}

static void find(struct kin *k)
{
	for (size_t i = 0; i < k->roots; i++)
		add_children(k, k->root[i]);
	for (size_t i = 0; i < k->count; i++)
		add_children(k, k->of[i].pid);
}

void kin_open(struct kin *k)
{
	const pid_t self = getpid();
	siginfo_t info;
	bool none = waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) < 0 && errno == ECHILD;

	kin_open_below(k, &self, none ? 0 : 1);
}

void kin_open_below(struct kin *k, const pid_t *roots, size_t count)
{
	k->count = 0;
	k->roots = count;
	for (size_t i = 0; i < count; i++)
		k->root[i] = roots[i];
	find(k);
	for (size_t i = 0; i < k->count; i++)
		k->of[i].before = text_of(k->of[i].pid);
}

/* ---- what they cost -------------------------------------------------------------------------- */

static uint64_t cpu_of(pid_t pid)
{
	struct timespec ts;
	clockid_t id;

	if (clock_getcpuclockid(pid, &id) != 0 || clock_gettime(id, &ts) != 0)
		return 0;
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

void kin_now(struct kin *k, int which)
{
	for (size_t i = 0; i < k->count; i++)
		k->of[i].cpu_ns[which] = cpu_of(k->of[i].pid);
}

/* As in usage_cost(): the exact total, divided as the kernel divides it. */
static void add_cost(const struct kin_one *one, const struct kin_text *now, double *used)
{
	const struct kin_text *was = &one->before;
	double total = (double)one->cpu_ns[1] / 1e9 - (double)one->cpu_ns[0] / 1e9;
	double user = now->user_s - was->user_s, both = user + now->sys_s - was->sys_s;
	double share = both > 0 ? fmin(fmax(user / both, 0), 1) : 1;

	total = fmax(total, 0);
	used[USED_USER_S] += total * share;
	used[USED_SYS_S] += total * (1 - share);
	used[USED_VOL_CSW] += fmax(now->vol_csw - was->vol_csw, 0);
	used[USED_INVOL_CSW] += fmax(now->invol_csw - was->invol_csw, 0);
	used[USED_FAULTS] += fmax(now->faults - was->faults, 0);
	used[USED_MIGRATIONS] += now->migrations - was->migrations;
}

static double pss_of(pid_t pid)
{
	char path[PATH_LEN], text[TEXT_LEN];

	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", (int)pid);
	double pss = text_file_read(path, text, sizeof(text)) > 0 ? usage_parse_pss(text) : 0;

	/* one that has ended has none */
	return isnan(pss) ? 0 : pss;
}

double kin_close(struct kin *k, double used[USED_COUNT])
{
	size_t known = k->count;
	double pss = 0;

	find(k);
	for (size_t i = 0; i < k->count; i++) {
		struct kin_one *one = &k->of[i];
		const struct kin_text now = text_of(one->pid);

		if (i >= known)
			one->cpu_ns[1] = cpu_of(one->pid);
		add_cost(one, &now, used);
		pss += pss_of(one->pid);
	}
	return pss;
}
