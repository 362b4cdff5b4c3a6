/* SPDX-License-Identifier: MIT */
/* What the rows of the table of checks cannot say themselves. */
#include "doctor/checks.h"
#include <errno.h>
#include <math.h>
#include <string.h>

/* ---- who else is here ------------------------------------------------------------------------ */

void look_steal(const struct facts *f, struct finding *out)
{
	bool now = !isnan(f->probes.steal);

	out->figure = now ? f->probes.steal : f->steal;
	if (!isnan(out->figure))
		SET_TEXT(out->state, now ? "during the probes" : "since boot");
	/* what was long ago says little about now */
	if (!now && out->figure >= 10)
		out->grade = GRADE_WARN;
}

void look_quota(const struct facts *f, struct finding *out)
{
	out->figure = f->quota;
	if (!f->quota_known)
		return;
	if (isnan(f->quota))
		SET_TEXT(out->state, "none");
	out->grade = isnan(f->quota)		  ? GRADE_GOOD
		     : f->quota < 2		  ? GRADE_BAD
		     : f->quota < f->cpus_allowed ? GRADE_WARN
						  : GRADE_NOTE;
	if (f->quota < 2)
		SET_TEXT(out->remedy,
			"give the control group or container 2 CPUs or more (cpu.max, --cpus)");
}

/* Without a look at the CPUs, two: no smaller machine is common. */
static double cpus(const struct facts *f)
{
	return f->cpus_online > 0 ? f->cpus_online : 2;
}

void look_run_queue(const struct facts *f, struct finding *out)
{
	bool one_look = isnan(f->probes.run_queue);
	double others = one_look ? f->run_queue : f->probes.run_queue;
	/* one is enough where it meets the pair that is measured; from one per CPU on it must */
	const double limits[] = {0, 0.5, one_look ? INFINITY : 1};

	out->figure = others;
	if (isnan(others))
		return;
	if (one_look)
		SET_TEXT(out->state, "one look");
	out->grade = others < 1 ? GRADE_GOOD : grade_by(others / cpus(f), limits);
	if (out->grade > GRADE_GOOD)
		SET_TEXT(out->effect,
			"%.0f CPUs are shared with them: a process waits while one of them runs",
			cpus(f));
}

void look_load(const struct facts *f, struct finding *out)
{
	out->grade = grade_by(f->load / cpus(f), (const double[]){0.1, 0.5, 1.5});
}

static double share(const struct gaps *g)
{
	return g->seconds > 0 ? g->lost_ns / 1e9 / g->seconds * 100 : 0;
}

static double largest(const struct gaps *g)
{
	return g->largest_ns / 1e3;
}

/* The CPU with the highest figure; NULL without any. */
static const struct gaps *worst_gaps(
	const struct facts *f, double (*figure)(const struct gaps *g), struct finding *out)
{
	const struct gaps *worst = NULL;

	for (size_t i = 0; i < f->probes.gap_count; i++)
		if (worst == NULL || figure(&f->probes.gaps[i]) > figure(worst))
			worst = &f->probes.gaps[i];
	if (worst != NULL)
		out->figure = figure(worst);
	return worst;
}

void look_jitter_lost(const struct facts *f, struct finding *out)
{
	const struct gaps *worst = worst_gaps(f, share, out);

	if (worst != NULL)
		SET_TEXT(out->state, "CPU %d, %llu gaps in %.3g s", worst->cpu,
			(unsigned long long)worst->count, worst->seconds);
}

void look_jitter_largest(const struct facts *f, struct finding *out)
{
	const struct gaps *worst = worst_gaps(f, largest, out);

	if (worst != NULL)
		SET_TEXT(out->state, "CPU %d", worst->cpu);
}

/* ---- processor ------------------------------------------------------------------------------- */

void look_virtualisation(const struct facts *f, struct finding *out)
{
	if (!f->hypervisor_known)
		return;
	out->grade = f->hypervisor ? GRADE_WARN : GRADE_GOOD;
	SET_TEXT(out->state, "%s",
		!f->hypervisor	       ? "none"
		: f->vendor[0] != '\0' ? f->vendor
				       : "yes");
}

static void no_policy(const struct facts *f, struct finding *out)
{
	out->grade = GRADE_NOTE;
	SET_TEXT(out->state, "none to be seen");
	SET_TEXT(out->effect, "%s decides how fast the CPUs run, and does not say",
		f->hypervisor ? "the host" : "the firmware");
	SET_TEXT(out->remedy, "%s",
		f->hypervisor ? "ask for the performance governor on the host"
			      : "set a fixed frequency or \"OS control\" in the firmware");
}

/* A governor called powersave scales with load in these drivers, and stays slow in all others. */
static bool powersave_scales(const char *driver)
{
	return strcmp(driver, "intel_pstate") == 0 || strcmp(driver, "amd-pstate-epp") == 0 ||
	       strcmp(driver, "amd_pstate_epp") == 0;
}

void look_frequency(const struct facts *f, struct finding *out)
{
	if (f->governor[0] == '\0') {
		no_policy(f, out);
		return;
	}
	out->figure = f->max_khz / 1e3;
	out->grade = strcmp(f->governor, "performance") == 0 ? GRADE_GOOD
		     : strcmp(f->governor, "userspace") == 0 ? GRADE_NOTE
							     : GRADE_WARN;
	SET_TEXT(out->state, "%s%s%s", f->governor, f->frequency_driver[0] != '\0' ? ", " : "",
		f->frequency_driver);
	if (strcmp(f->governor, "powersave") != 0 || powersave_scales(f->frequency_driver))
		return;
	out->grade = GRADE_BAD;
	SET_TEXT(
		out->effect, "the CPUs stay at their lowest frequency, %.0f MHz", f->min_khz / 1e3);
}

/* Of a figure that is 0 when something is off. */
void look_switch(const struct facts *f, struct finding *out)
{
	(void)f;
	if (!isnan(out->figure))
		SET_TEXT(out->state, "%s", out->figure > 0 ? "on" : "off");
}

void look_turbo(const struct facts *f, struct finding *out)
{
	look_switch(f, out);
	if (f->turbo > 0 && strstr(f->frequency_driver, "intel") != NULL)
		SET_TEXT(out->remedy,
			"echo 1 >/sys/devices/system/cpu/intel_pstate/no_turbo for figures that repeat");
}

void look_idle_states(const struct facts *f, struct finding *out)
{
	if (isnan(f->idle_latency_us)) {
		out->grade = GRADE_NOTE;
		SET_TEXT(out->state, "none to be seen");
		SET_TEXT(out->effect,
			"%s decides how deeply an idle CPU sleeps; wake-up shows the cost",
			f->hypervisor ? "the host" : "the processor");
		return;
	}
	SET_TEXT(out->state, "%s%s%s", f->idle_deepest, f->idle_driver[0] != '\0' ? ", " : "",
		f->idle_driver);
	if (f->idle_latency_us >= 3)
		SET_TEXT(out->remedy, "--idle awake (as root), or cpupower idle-set -D 2");
	if (f->hypervisor)
		SET_TEXT(out->effect,
			"what the guest knows; how deeply the host sleeps wake-up shows");
}

void look_mitigations(const struct facts *f, struct finding *out)
{
	if (f->vulnerable > 0)
		SET_TEXT(out->state, "%.0f holes left open", f->vulnerable);
	if (f->mitigated > 0)
		SET_TEXT(out->effect, "system calls and context switches pay for %s",
			f->mitigations);
}

/* ---- CPUs ------------------------------------------------------------------------------------ */

void look_cpus(const struct facts *f, struct finding *out)
{
	if (isnan(f->cpus_allowed))
		return;
	if (f->cpus_online > 0)
		SET_TEXT(out->state, "of %.0f online", f->cpus_online);
	out->grade = f->cpus_allowed < 2		? GRADE_WARN
		     : f->cpus_allowed < f->cpus_online ? GRADE_NOTE
							: GRADE_GOOD;
	if (out->grade == GRADE_WARN)
		SET_TEXT(out->remedy, "%s",
			f->cpus_online >= 2
				? "widen the affinity (taskset -c) or the cpuset of the cgroup"
				: "a machine with two CPUs");
}

void look_isolation(const struct facts *f, struct finding *out)
{
	if (f->cpus_isolated < 2 && f->isolated_elsewhere > 0)
		SET_TEXT(out->remedy, "%.0f more are isolated: taskset -c them, or --cpus",
			f->isolated_elsewhere);
}

static void look_wake(const struct facts *f, int kind, struct finding *out)
{
	const struct wake *w = &f->probes.wake[kind];

	if (w->count == 0)
		return;
	out->figure = w->p50_ns / 1e3;
	if (!isnan(w->p99_ns))
		SET_TEXT(out->state, "p99 %.3g us", w->p99_ns / 1e3);
}

void look_wake_up(const struct facts *f, struct finding *out)
{
	look_wake(f, WAKE_DEFAULT, out);
}

void look_wake_up_awake(const struct facts *f, struct finding *out)
{
	double ratio = f->probes.wake[WAKE_DEFAULT].p50_ns / f->probes.wake[WAKE_AWAKE].p50_ns;

	look_wake(f, WAKE_AWAKE, out);
	if (isnan(out->figure))
		return;
	if (f->probes.wake[WAKE_DEFAULT].count == 0)
		SET_TEXT(out->effect, "what a wake-up costs without idle states");
	else if (ratio > 1.25)
		SET_TEXT(out->effect, "idle states make a wake-up %.1f times as long", ratio);
	if (f->hypervisor && out->figure >= 10)
		SET_TEXT(out->remedy, "the host wakes the CPU: measure on bare metal, or spin");
}

/* ---- clocks ---------------------------------------------------------------------------------- */

void look_clock(const struct facts *f, struct finding *out)
{
	const struct probes *p = &f->probes;

	SET_TEXT(out->state, "%s", p->clock_name);
	if (out->figure >= 150)
		SET_TEXT(out->remedy, "see clock-source");
	if (strcmp(p->clock_name, "clock_gettime") != 0)
		return;
	if (out->figure < 1000)
		out->grade = GRADE_WARN;
	SET_TEXT(out->effect, "the processor's counter is not used: %s",
		p->clock_why.text[0] != '\0' ? p->clock_why.text : "it cannot be trusted here");
	SET_TEXT(out->remedy,
		"boot with clocksource=tsc tsc=reliable if the machine's counters are");
}

/* clock_gettime() is what the programs under test call, whatever ipcbench itself reads. */
void look_clock_source(const struct facts *f, struct finding *out)
{
	static const char *const fast[] = {
		"tsc", "kvm-clock", "hyperv_clocksource_tsc_page", "xen", "arch_sys_counter"};

	if (f->clock_source[0] == '\0')
		return;
	SET_TEXT(out->state, "%s", f->clock_source);
	out->grade = GRADE_WARN;
	for (size_t i = 0; i < ARRAY_SIZE(fast); i++)
		if (strcmp(f->clock_source, fast[i]) == 0)
			out->grade = GRADE_GOOD;
}

void look_clock_offset(const struct facts *f, struct finding *out)
{
	const struct probes *p = &f->probes;
	const struct offset *o = &p->offset;

	if (p->offset_known) {
		out->figure = o->bound_ns;
		SET_TEXT(out->state, "CPUs %d and %d", p->cpu_a, p->cpu_b);
		SET_TEXT(out->effect,
			"one-way times are known to %.0f ns; the estimate is %+.0f ns", o->bound_ns,
			o->estimate_ns);
		out->grade = grade_by(
			o->bound_ns + fabs(o->estimate_ns), (const double[]){500, 2000, 20000});
	} else if (p->offset_err == -ERANGE) {
		out->grade = GRADE_BAD;
		SET_TEXT(out->effect, "%s", p->offset_why.text);
		SET_TEXT(out->remedy,
			"trust round trips only; look in dmesg for an unstable counter");
	}
}

void look_floor(const struct facts *f, struct finding *out)
{
	(void)f;
	if (!isnan(out->figure))
		SET_TEXT(out->state, "null");
}

/* ---- memory and limits ----------------------------------------------------------------------- */

void look_thp(const struct facts *f, struct finding *out)
{
	SET_TEXT(out->state, "%s", f->thp);
	if (f->thp[0] != '\0')
		out->grade = strcmp(f->thp, "always") == 0 ? GRADE_NOTE : GRADE_GOOD;
}

void look_mqueue(const struct facts *f, struct finding *out)
{
	if (isnan(f->mq_msgsize_max))
		return;
	if (!isnan(f->mq_msg_max))
		SET_TEXT(out->state, "%.0f in a queue", f->mq_msg_max);
	if (f->mq_rlimit < 1 << 20)
		SET_TEXT(out->effect,
			"posix-mq skips larger sizes, and ulimit -q bounds what all queues hold");
}

void look_sysv(const struct facts *f, struct finding *out)
{
	if (!isnan(f->msgmax) && !isnan(f->msgmnb))
		SET_TEXT(out->state, "%.0f B in a queue", f->msgmnb);
}
