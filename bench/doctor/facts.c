/* SPDX-License-Identifier: MIT */
#include "doctor/facts.h"
#include "measure/machine.h"
#include "text/text-file.h"
#include <hwloc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CPUS "/sys/devices/system/cpu/"

/* CPUs whose frequency policies are compared; they hardly differ beyond that. */
enum { POLICIES_MAX = 256, IDLE_STATES_MAX = 16 };

/* A copy of another machine may hold anything. */
static void read_text(const char *root, const char *path, char out[FACT_LEN])
{
	text_file_read_under(root, path, out, FACT_LEN);
	format_plain(out, FACT_LEN, out, format_utf8());
}

/* ---- processor ------------------------------------------------------------------------------- */

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
	char governor[FACT_LEN];

	read_text(root, phrase(CPUS "cpu%d/cpufreq/scaling_governor", cpu).text, governor);
	if (governor[0] == '\0' ||
		(f->governor[0] != '\0' && sloth(governor) <= sloth(f->governor)))
		return;
	snprintf(f->governor, sizeof(f->governor), "%s", governor);
	read_text(root, phrase(CPUS "cpu%d/cpufreq/scaling_driver", cpu).text, f->frequency_driver);
	f->min_khz = machine_number(root, phrase(CPUS "cpu%d/cpufreq/scaling_min_freq", cpu).text);
	f->max_khz = machine_number(root, phrase(CPUS "cpu%d/cpufreq/scaling_max_freq", cpu).text);
}

static void read_idle(struct facts *f, const char *root, int cpu)
{
	for (int i = 0; i < IDLE_STATES_MAX; i++) {
		double latency = machine_number(
			root, phrase(CPUS "cpu%d/cpuidle/state%d/latency", cpu, i).text);

		if (isnan(latency))
			break;
		if (machine_number(
			    root, phrase(CPUS "cpu%d/cpuidle/state%d/disable", cpu, i).text) > 0 ||
			(!isnan(f->idle_latency_us) && latency < f->idle_latency_us))
			continue;
		f->idle_latency_us = latency;
		read_text(root, phrase(CPUS "cpu%d/cpuidle/state%d/name", cpu, i).text,
			f->idle_deepest);
	}
}

static void read_mitigations(struct facts *f, const char *root)
{
	json_t *holes = machine_mitigations(root), *value;
	const char *name;

	f->mitigated = f->vulnerable = json_is_null(holes) ? NAN : 0;
	json_object_foreach(holes, name, value)
	{
		const char *text = json_string_value(value);

		if (strstr(text, "Mitigation") == NULL) {
			/* "Vulnerable: ..." and "KVM: Vulnerable" */
			f->vulnerable += strstr(text, "Vulnerable") == text ||
					 strstr(text, ": Vulnerable") != NULL;
			continue;
		}
		f->mitigated++;
		phrase_add(&f->mitigations, ", ", "%s", name);
	}
	json_decref(holes);
}

/* ---- CPUs ------------------------------------------------------------------------------------ */

/* A list of CPUs as the kernel writes it, "0-3,8,10-11"; NULL where it is none. */
static hwloc_bitmap_t cpus_of(const char *list)
{
	hwloc_bitmap_t set = hwloc_bitmap_alloc();

	/* what nohz_full holds where there are none */
	if (strcmp(list, "(null)") == 0 || hwloc_bitmap_list_sscanf(set, list) == 0)
		return set;
	hwloc_bitmap_free(set);
	return NULL;
}

/* How many CPUs are in a list, and how many of them are `among` others; NAN if it is not a list. */
static double count_cpus(const char *list, hwloc_const_bitmap_t among, double *common)
{
	hwloc_bitmap_t set = cpus_of(list);
	int n = set == NULL ? -1 : hwloc_bitmap_weight(set);

	if (set != NULL && among != NULL) {
		hwloc_bitmap_and(set, set, among);
		*common = hwloc_bitmap_weight(set);
	}
	hwloc_bitmap_free(set);
	return n < 0 ? NAN : (double)n;
}

/* Those that this process may use, or NULL. */
static hwloc_bitmap_t read_cpus(struct facts *f, const char *root)
{
	char text[8192], list[4096];

	if (text_file_read_under(root, CPUS "online", list, sizeof(list)) > 0)
		f->cpus_online = count_cpus(list, NULL, NULL);
	if (text_file_read_under(root, "/proc/self/status", text, sizeof(text)) <= 0 ||
		text_find(text, "Cpus_allowed_list", ':', list, sizeof(list)) == NULL)
		return NULL;
	hwloc_bitmap_t allowed = cpus_of(list);

	f->cpus_allowed = count_cpus(list, NULL, NULL);
	if (text_file_read_under(root, CPUS "isolated", list, sizeof(list)) >= 0) {
		f->isolated_elsewhere = count_cpus(list, allowed, &f->cpus_isolated);
		f->isolated_elsewhere -= f->cpus_isolated;
	}
	f->cpus_tickless = 0;
	if (text_file_read_under(root, CPUS "nohz_full", list, sizeof(list)) >= 0)
		count_cpus(list, allowed, &f->cpus_tickless);
	return allowed;
}

static void read_each_cpu(struct facts *f, const char *root)
{
	hwloc_bitmap_t allowed = read_cpus(f, root);
	int first = allowed == NULL ? 0 : hwloc_bitmap_first(allowed), cpu = first < 0 ? 0 : first;

	read_idle(f, root, cpu);
	for (int i = 0; cpu >= 0 && i < POLICIES_MAX; i++) {
		read_policy(f, root, cpu);
		cpu = allowed == NULL ? -1 : hwloc_bitmap_next(allowed, cpu);
	}
	hwloc_bitmap_free(allowed);
}

/* ---- who else is here, memory, limits -------------------------------------------------------- */

static void read_load(struct facts *f, const char *root)
{
	char text[512];
	struct machine_ticks ticks;

	machine_load(root, &f->load, &f->run_queue);
	if (machine_ticks(root, &ticks) && ticks.all > 0)
		f->steal = ticks.stolen / ticks.all * 100;
	f->quota_known = text_file_read_under(root, "/proc/self/cgroup", text, sizeof(text)) > 0;
	f->quota = machine_cpu_quota(root);
}

static void read_memory(struct facts *f, const char *root)
{
	char text[4096], value[FACT_LEN];
	const char *line, *chosen;

	read_text(root, "/sys/kernel/mm/transparent_hugepage/enabled", text);
	chosen = text_chosen(text);
	snprintf(f->thp, sizeof(f->thp), "%s", chosen == NULL ? "" : chosen);
	/* a table in columns: the name, the soft limit, the hard limit, the unit */
	text_file_read_under(root, "/proc/self/limits", text, sizeof(text));
	line = strstr(text, "Max msgqueue size");
	if (line != NULL && sscanf(line, "Max msgqueue size %63s", value) == 1)
		f->mq_rlimit = strcmp(value, "unlimited") == 0 ? INFINITY : strtod(value, NULL);
}

void facts_read(struct facts *out, const char *root)
{
	int turbo = machine_turbo(root);

	*out = (struct facts){
		.min_khz = NAN,
		.max_khz = NAN,
		.turbo = turbo < 0 ? NAN : (double)turbo,
		.smt = machine_number(root, CPUS "smt/active"),
		.idle_latency_us = NAN,
		.cpus_online = NAN,
		.cpus_allowed = NAN,
		.cpus_isolated = NAN,
		.cpus_tickless = NAN,
		.steal = NAN,
		.aslr = machine_number(root, "/proc/sys/kernel/randomize_va_space"),
		.mq_msgsize_max = machine_number(root, "/proc/sys/fs/mqueue/msgsize_max"),
		.mq_msg_max = machine_number(root, "/proc/sys/fs/mqueue/msg_max"),
		.mq_rlimit = NAN,
		.pipe_max_size = machine_number(root, "/proc/sys/fs/pipe-max-size"),
		.msgmax = machine_number(root, "/proc/sys/kernel/msgmax"),
		.msgmnb = machine_number(root, "/proc/sys/kernel/msgmnb"),
		.probes = out->probes,
	};
	read_text(root, CPUS "cpuidle/current_driver", out->idle_driver);
	read_text(root, "/sys/devices/system/clocksource/clocksource0/current_clocksource",
		out->clock_source);
	read_hypervisor(out, root);
	read_mitigations(out, root);
	read_each_cpu(out, root);
	read_load(out, root);
	read_memory(out, root);
}
