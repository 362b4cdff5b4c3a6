/* SPDX-License-Identifier: MIT */
#include "doctor/facts.h"
#include "measure/machine.h"
#include "text/text-file.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CPUS "/sys/devices/system/cpu/"

/* CPUs whose frequency policies are compared; they hardly differ beyond that. */
enum { POLICIES_MAX = 256, IDLE_STATES_MAX = 16 };

/* ---- texts ---------------------------------------------------------------------------------- */

bool loadavg_parse(const char *text, double *load, double *others)
{
	long running;

	if (sscanf(text, "%lf %*f %*f %ld/", load, &running) != 2)
		return false;
	*others = running > 1 ? (double)(running - 1) : 0;
	return true;
}

bool stat_parse(const char *text, double *all, double *stolen)
{
	double t[8];

	/* user nice system idle iowait irq softirq steal; guest time is part of user */
	if (sscanf(text, "cpu %lf %lf %lf %lf %lf %lf %lf %lf", &t[0], &t[1], &t[2], &t[3], &t[4],
		    &t[5], &t[6], &t[7]) != 8)
		return false;
	*stolen = t[7];
	*all = 0;
	for (int i = 0; i < 8; i++)
		*all += t[i];
	return true;
}

static void read_text(const char *root, const char *path, char out[FACT_LEN])
{
	text_file_read_under(root, path, out, FACT_LEN);
}

/* The first number of a file, or NAN. */
static double read_number(const char *root, const char *path)
{
	char text[FACT_LEN], *end;

	if (text_file_read_under(root, path, text, sizeof(text)) <= 0)
		return NAN;
	double n = strtod(text, &end);

	return end == text ? NAN : n;
}

static int read_switch(const char *root, const char *path)
{
	double n = read_number(root, path);

	return isnan(n) ? -1 : n != 0;
}

/* ---- processor ------------------------------------------------------------------------------ */

static void read_hypervisor(struct facts *f, const char *root)
{
	char text[8192], flags[4096];

	/* the processor itself knows best, but only of the machine that it is in */
	if (root[0] == '\0') {
		int present = machine_hypervisor(f->vendor, sizeof(f->vendor));

		f->hypervisor_known = present >= 0;
		f->hypervisor = present > 0;
	} else if (text_file_read_under(root, "/proc/cpuinfo", text, sizeof(text)) > 0 &&
		   text_find(text, "flags", ':', flags, sizeof(flags)) != NULL) {
		f->hypervisor_known = true;
		f->hypervisor = strstr(flags, " hypervisor") != NULL;
	}
	if (f->vendor[0] == '\0')
		read_text(root, "/sys/hypervisor/type", f->vendor);
	f->hypervisor |= f->vendor[0] != '\0';
	f->hypervisor_known |= f->vendor[0] != '\0';
	if (f->hypervisor && f->vendor[0] == '\0')
		read_text(root, "/sys/class/dmi/id/sys_vendor", f->vendor);
}

/* How far a governor is from a constant high frequency. */
static int sloth(const char *governor)
{
	return strcmp(governor, "performance") == 0 ? 1
	       : strcmp(governor, "powersave") == 0 ? 3
						    : 2;
}

static void read_policy(struct facts *f, const char *root, int cpu)
{
	char path[128], governor[FACT_LEN];

	snprintf(path, sizeof(path), CPUS "cpu%d/cpufreq/scaling_governor", cpu);
	read_text(root, path, governor);
	if (governor[0] == '\0' ||
		(f->governor[0] != '\0' && sloth(governor) <= sloth(f->governor)))
		return;
	snprintf(f->governor, sizeof(f->governor), "%s", governor);
	snprintf(path, sizeof(path), CPUS "cpu%d/cpufreq/scaling_driver", cpu);
	read_text(root, path, f->frequency_driver);
	snprintf(path, sizeof(path), CPUS "cpu%d/cpufreq/scaling_min_freq", cpu);
	f->min_khz = read_number(root, path);
	snprintf(path, sizeof(path), CPUS "cpu%d/cpufreq/scaling_max_freq", cpu);
	f->max_khz = read_number(root, path);
}

static void read_idle(struct facts *f, const char *root, int cpu)
{
	char path[128];

	read_text(root, CPUS "cpuidle/current_driver", f->idle_driver);
	read_text(root, CPUS "cpuidle/current_governor_ro", f->idle_governor);
	if (f->idle_governor[0] == '\0')
		read_text(root, CPUS "cpuidle/current_governor", f->idle_governor);
	for (int i = 0; i < IDLE_STATES_MAX; i++) {
		snprintf(path, sizeof(path), CPUS "cpu%d/cpuidle/state%d/latency", cpu, i);
		double latency = read_number(root, path);

		if (isnan(latency))
			break;
		snprintf(path, sizeof(path), CPUS "cpu%d/cpuidle/state%d/disable", cpu, i);
		if (read_switch(root, path) == 1 ||
			(!isnan(f->idle_latency_us) && latency < f->idle_latency_us))
			continue;
		f->idle_latency_us = latency;
		snprintf(path, sizeof(path), CPUS "cpu%d/cpuidle/state%d/name", cpu, i);
		read_text(root, path, f->idle_deepest);
	}
}

static void add_mitigation(void *arg, const char *name, const char *text)
{
	struct facts *f = arg;
	size_t len = strlen(f->mitigations);
	/* "Vulnerable: ..." and "KVM: Vulnerable" */
	bool open = strstr(text, "Vulnerable") == text || strstr(text, ": Vulnerable") != NULL;

	if (strstr(text, "Mitigation") == NULL) {
		f->vulnerable += open;
		return;
	}
	f->mitigated++;
	snprintf(f->mitigations + len, sizeof(f->mitigations) - len, "%s%s", len == 0 ? "" : ", ",
		name);
}

static void read_mitigations(struct facts *f, const char *root)
{
	f->mitigated = f->vulnerable = 0;
	if (machine_mitigations(root, add_mitigation, f) < 0)
		f->mitigated = f->vulnerable = -1;
}

/* ---- CPUs ----------------------------------------------------------------------------------- */

static void read_cpus(struct facts *f, const char *root, char *allowed, size_t size)
{
	char status[8192], list[1024];

	if (text_file_read_under(root, CPUS "online", list, sizeof(list)) > 0)
		f->cpus_online = cpulist_count(list);
	if (text_file_read_under(root, "/proc/self/status", status, sizeof(status)) <= 0 ||
		text_find(status, "Cpus_allowed_list", ':', allowed, size) == NULL)
		return;
	f->cpus_allowed = cpulist_count(allowed);
	if (text_file_read_under(root, CPUS "isolated", list, sizeof(list)) >= 0) {
		f->cpus_isolated = cpulist_common(list, allowed);
		f->isolated_elsewhere = cpulist_count(list) - f->cpus_isolated;
	}
	f->cpus_tickless = 0;
	if (text_file_read_under(root, CPUS "nohz_full", list, sizeof(list)) >= 0)
		f->cpus_tickless = cpulist_common(list, allowed);
}

static void read_each_cpu(struct facts *f, const char *root, const char *allowed)
{
	int cpus[POLICIES_MAX];
	size_t n = cpulist_read(allowed, cpus, POLICIES_MAX);

	if (n == 0)
		cpus[n++] = 0;
	for (size_t i = 0; i < n; i++)
		read_policy(f, root, cpus[i]);
	read_idle(f, root, cpus[0]);
}

/* ---- who else is here, memory, limits -------------------------------------------------------- */

static void read_load(struct facts *f, const char *root)
{
	char text[512];
	double all, stolen;

	if (text_file_read_under(root, "/proc/loadavg", text, sizeof(text)) > 0 &&
		!loadavg_parse(text, &f->load, &f->run_queue))
		f->load = f->run_queue = NAN;
	if (text_file_read_under(root, "/proc/stat", text, sizeof(text)) > 0 &&
		stat_parse(text, &all, &stolen) && all > 0)
		f->steal = stolen / all * 100;
	f->quota_known = text_file_read_under(root, "/proc/self/cgroup", text, sizeof(text)) > 0;
	f->quota = machine_cpu_quota(root);
}

static void read_limits(struct facts *f, const char *root)
{
	char text[4096], value[FACT_LEN];

	f->mq_msgsize_max = read_number(root, "/proc/sys/fs/mqueue/msgsize_max");
	f->mq_msg_max = read_number(root, "/proc/sys/fs/mqueue/msg_max");
	f->pipe_max_size = read_number(root, "/proc/sys/fs/pipe-max-size");
	f->msgmax = read_number(root, "/proc/sys/kernel/msgmax");
	f->msgmnb = read_number(root, "/proc/sys/kernel/msgmnb");
	f->mq_rlimit = NAN;
	/* a table in columns: the name, the soft limit, the hard limit, the unit */
	if (text_file_read_under(root, "/proc/self/limits", text, sizeof(text)) > 0) {
		const char *line = strstr(text, "Max msgqueue size");

		if (line != NULL && sscanf(line, "Max msgqueue size %63s", value) == 1)
			f->mq_rlimit =
				strcmp(value, "unlimited") == 0 ? INFINITY : strtod(value, NULL);
	}
}

static void read_memory(struct facts *f, const char *root)
{
	char text[FACT_LEN];
	const char *chosen;

	f->aslr = read_number(root, "/proc/sys/kernel/randomize_va_space");
	read_text(root, "/sys/kernel/mm/transparent_hugepage/enabled", text);
	chosen = text_chosen(text);
	snprintf(f->thp, sizeof(f->thp), "%s", chosen == NULL ? "" : chosen);
}

void facts_read(struct facts *out, const char *root)
{
	char allowed[4096] = "";
	struct probes probes = out->probes;

	*out = (struct facts){
		.min_khz = NAN,
		.max_khz = NAN,
		.idle_latency_us = NAN,
		.cpus_online = -1,
		.cpus_allowed = -1,
		.cpus_isolated = -1,
		.cpus_tickless = -1,
		.load = NAN,
		.run_queue = NAN,
		.steal = NAN,
		.probes = probes,
	};
	read_hypervisor(out, root);
	read_text(root, "/sys/devices/system/clocksource/clocksource0/current_clocksource",
		out->clock_source);
	out->turbo = machine_turbo(root);
	out->smt = read_switch(root, CPUS "smt/active");
	read_mitigations(out, root);
	read_cpus(out, root, allowed, sizeof(allowed));
	read_each_cpu(out, root, allowed);
	read_load(out, root);
	read_memory(out, root);
	read_limits(out, root);
}
