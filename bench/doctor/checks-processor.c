/* SPDX-License-Identifier: MIT */
/* The processor and what the kernel lets it do. */
#include "doctor/checks.h"
#include <math.h>
#include <string.h>

void check_virtualisation(const struct facts *f, struct finding *out)
{
	if (!f->hypervisor_known)
		return;
	if (!f->hypervisor) {
		out->grade = GRADE_GOOD;
		set_state(out, "none");
		set_effect(out, "nothing between the kernel and the processor");
		return;
	}
	out->grade = GRADE_WARN;
	set_state(out, "%s", f->vendor[0] != '\0' ? f->vendor : "yes");
	set_effect(out,
		"waking another CPU, timers and idling go through the host, whose load cannot be seen");
	set_remedy(out, "measure on bare metal, or pin virtual CPUs to reserved physical ones");
}

/* A governor called powersave scales with load in these drivers, and stays slow in all others. */
static bool powersave_scales(const char *driver)
{
	return strcmp(driver, "intel_pstate") == 0 || strcmp(driver, "amd-pstate-epp") == 0 ||
	       strcmp(driver, "amd_pstate_epp") == 0;
}

static void no_policy(const struct facts *f, struct finding *out)
{
	out->grade = GRADE_NOTE;
	set_state(out, "none to be seen");
	set_effect(out, "%s decides how fast the CPUs run, and does not say",
		f->hypervisor ? "the host" : "the firmware");
	set_remedy(out, "%s",
		f->hypervisor ? "ask for the performance governor on the host"
			      : "set a fixed frequency or \"OS control\" in the firmware");
}

void check_frequency(const struct facts *f, struct finding *out)
{
	if (f->governor[0] == '\0') {
		no_policy(f, out);
		return;
	}
	set_figure(out, f->max_khz / 1e3, isnan(f->max_khz) ? "" : "MHz");
	set_state(out, "%s%s%s", f->governor, f->frequency_driver[0] != '\0' ? ", " : "",
		f->frequency_driver);
	if (strcmp(f->governor, "performance") == 0) {
		out->grade = GRADE_GOOD;
		set_effect(out, "the CPUs run at the highest frequency that the policy allows");
		return;
	}
	set_remedy(out, "cpupower frequency-set -g performance");
	if (strcmp(f->governor, "powersave") == 0 && !powersave_scales(f->frequency_driver)) {
		out->grade = GRADE_BAD;
		set_effect(
			out, "the CPUs stay at their lowest frequency, %.0f MHz", f->min_khz / 1e3);
	} else if (strcmp(f->governor, "userspace") == 0) {
		out->grade = GRADE_NOTE;
		set_effect(out, "the CPUs run at the frequency that somebody chose");
	} else {
		out->grade = GRADE_WARN;
		set_effect(out,
			"the frequency follows the load: a side that often sleeps runs slower, and warm-up matters");
	}
}

void check_turbo(const struct facts *f, struct finding *out)
{
	if (f->turbo < 0)
		return;
	set_state(out, "%s", f->turbo ? "on" : "off");
	set_figure(out, f->turbo, "");
	out->grade = f->turbo ? GRADE_NOTE : GRADE_GOOD;
	if (!f->turbo) {
		set_effect(out, "the frequency does not depend on heat and on how many cores work");
		return;
	}
	set_effect(out, "the frequency falls with heat and with the number of busy cores");
	set_remedy(out, "%s",
		strstr(f->frequency_driver, "intel") != NULL
			? "echo 1 >/sys/devices/system/cpu/intel_pstate/no_turbo for figures that repeat"
			: "echo 0 >/sys/devices/system/cpu/cpufreq/boost for figures that repeat");
}

void check_smt(const struct facts *f, struct finding *out)
{
	if (f->smt < 0)
		return;
	set_figure(out, f->smt, "");
	set_state(out, "%s", f->smt ? "on" : "off");
	out->grade = f->smt ? GRADE_NOTE : GRADE_GOOD;
	set_effect(out, "%s",
		f->smt ? "what runs on the other thread of a core takes part of it away"
		       : "no core is shared with another thread");
	if (f->smt)
		set_remedy(out,
			"echo off >/sys/devices/system/cpu/smt/control, or leave the siblings idle");
}

void check_idle_states(const struct facts *f, struct finding *out)
{
	if (isnan(f->idle_latency_us)) {
		out->grade = GRADE_NOTE;
		set_state(out, "none to be seen");
		set_effect(out, "%s decides how deeply an idle CPU sleeps; wake-up shows the cost",
			f->hypervisor ? "the host" : "the processor");
		return;
	}
	set_figure(out, f->idle_latency_us, "us");
	set_state(out, "%s%s%s", f->idle_deepest, f->idle_driver[0] != '\0' ? ", " : "",
		f->idle_driver);
	out->grade = grade_by(f->idle_latency_us, 3, 50, INFINITY);
	set_effect(out, "%s",
		f->hypervisor ? "what the guest knows; how deeply the host sleeps wake-up shows"
			      : "waking a CPU from there takes so much longer");
	if (out->grade > GRADE_GOOD)
		set_remedy(out, "--idle awake (as root), or cpupower idle-set -D 2");
}

void check_mitigations(const struct facts *f, struct finding *out)
{
	if (f->mitigated < 0)
		return;
	set_figure(out, f->mitigated, "active");
	if (f->vulnerable > 0)
		set_state(out, "%d holes left open", f->vulnerable);
	out->grade = f->mitigated > 0 ? GRADE_NOTE : GRADE_GOOD;
	if (f->mitigated == 0) {
		set_effect(out, "system calls and context switches pay for none");
		return;
	}
	set_effect(out, "system calls and context switches pay for %s", f->mitigations);
	set_remedy(out, "leave them on; compare only with machines that have the same (env.json)");
}

void check_isolation(const struct facts *f, struct finding *out)
{
	if (f->cpus_isolated < 0)
		return;
	set_figure(out, f->cpus_isolated, "CPUs");
	if (f->cpus_isolated >= 2) {
		out->grade = GRADE_GOOD;
		set_effect(out, "the scheduler puts nobody else there");
		return;
	}
	out->grade = GRADE_NOTE;
	set_effect(out, "any task may be put on the CPUs that are measured");
	if (f->isolated_elsewhere > 0)
		set_remedy(out, "%d more are isolated: taskset -c them, or --cpus",
			f->isolated_elsewhere);
	else
		set_remedy(out, "boot with isolcpus=A,B and run under taskset -c A,B");
}

void check_tick(const struct facts *f, struct finding *out)
{
	if (f->cpus_tickless < 0)
		return;
	set_figure(out, f->cpus_tickless, "CPUs");
	if (f->cpus_tickless >= 2) {
		out->grade = GRADE_GOOD;
		set_effect(out, "a thread that is alone there is not interrupted by the clock");
		return;
	}
	out->grade = GRADE_NOTE;
	set_effect(out, "the timer tick takes some microseconds, 100 to 1000 times a second");
	set_remedy(out, "boot with nohz_full=A,B for the CPUs that are measured");
}
