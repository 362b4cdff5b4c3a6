/* SPDX-License-Identifier: MIT */
/* What the probes found. */
#include "doctor/checks.h"
#include <errno.h>
#include <math.h>
#include <string.h>

/* Where a probe has no figure it has a reason. */
static void not_measured(struct finding *out, const struct reason *why)
{
	set_effect(out, "%s", why->text[0] != '\0' ? why->text : "not measured");
}

void check_clock(const struct facts *f, struct finding *out)
{
	const struct probes *p = &f->probes;
	bool counter = strcmp(p->clock_name, "clock_gettime") != 0;

	if (p->clock_name[0] == '\0') {
		set_effect(out, "not measured");
		return;
	}
	set_figure(out, p->clock_cost_ns, "ns");
	set_state(out, "%s", p->clock_name);
	set_effect(out, "every round trip contains one such interval");
	out->grade = grade_by(p->clock_cost_ns, 60, 150, 1000);
	if (out->grade > GRADE_NOTE)
		set_remedy(out, "see clock-source");
	if (counter)
		return;
	if (out->grade < GRADE_WARN)
		out->grade = GRADE_WARN;
	set_effect(out, "the processor's counter is not used: %s",
		p->clock_why.text[0] != '\0' ? p->clock_why.text : "it cannot be trusted here");
	set_remedy(out, "boot with clocksource=tsc tsc=reliable if the machine's counters are");
}

void check_clock_step(const struct facts *f, struct finding *out)
{
	double step = f->probes.clock_step_ns;

	if (isnan(step)) {
		set_effect(out, "not measured");
		return;
	}
	set_figure(out, step, "ns");
	out->grade = grade_by(step, 5, 100, 1000);
	set_effect(out, "no interval is known better than this");
	if (out->grade > GRADE_GOOD)
		set_remedy(out, "take differences of a few steps for none");
}

/* clock_gettime() is what the programs under test call, whatever ipcbench itself reads. */
void check_clock_source(const struct facts *f, struct finding *out)
{
	static const char *const fast[] = {
		"tsc", "kvm-clock", "hyperv_clocksource_tsc_page", "xen", "arch_sys_counter"};

	set_figure(out, f->probes.gettime_ns, isnan(f->probes.gettime_ns) ? "" : "ns");
	if (f->clock_source[0] == '\0')
		return;
	set_state(out, "%s", f->clock_source);
	for (size_t i = 0; i < ARRAY_SIZE(fast); i++) {
		if (strcmp(f->clock_source, fast[i]) != 0)
			continue;
		out->grade = GRADE_GOOD;
		set_effect(out, "clock_gettime stays in user space");
		return;
	}
	out->grade = GRADE_WARN;
	set_effect(out, "clock_gettime enters the kernel, and timers are slow to read");
	set_remedy(out,
		"find out in dmesg why the kernel left its counter; clocksource=tsc if it may be trusted");
}

void check_clock_offset(const struct facts *f, struct finding *out)
{
	const struct probes *p = &f->probes;

	if (p->offset_known) {
		set_figure(out, p->offset.bound_ns, "ns");
		set_state(out, "CPUs %d and %d", p->cpu_a, p->cpu_b);
		set_effect(out, "one-way times are known to %.0f ns; the estimate is %+.0f ns",
			p->offset.bound_ns, p->offset.estimate_ns);
		out->grade = grade_by(
			p->offset.bound_ns + fabs(p->offset.estimate_ns), 500, 2000, 20000);
		if (out->grade > GRADE_GOOD)
			set_remedy(out,
				"trust round trips; one-way times only where they are far longer");
		return;
	}
	not_measured(out, &p->offset_why);
	if (p->offset_err == -ERANGE) {
		out->grade = GRADE_BAD;
		set_remedy(out, "trust round trips only; look in dmesg for an unstable counter");
	}
}

/* ---- wake-ups ------------------------------------------------------------------------------- */

static bool judge_wake(const struct facts *f, int kind, struct finding *out)
{
	const struct wake *w = &f->probes.wake[kind];
	double us = w->p50_ns / 1e3;

	if (w->count == 0) {
		not_measured(out, &f->probes.wake_why[kind]);
		return false;
	}
	set_figure(out, us, "us");
	if (!isnan(w->p99_ns))
		set_state(out, "p99 %.3g us", w->p99_ns / 1e3);
	out->grade = grade_by(us, 10, 30, 200);
	return true;
}

void check_wake_up(const struct facts *f, struct finding *out)
{
	if (!judge_wake(f, WAKE_DEFAULT, out))
		return;
	set_effect(out, "a blocking round trip across CPUs contains two of these");
	if (out->grade > GRADE_GOOD)
		set_remedy(out,
			"compare with --idle awake and --placement same-cpu; both stand in every row");
}

void check_wake_up_awake(const struct facts *f, struct finding *out)
{
	double ratio = f->probes.wake[WAKE_DEFAULT].p50_ns / f->probes.wake[WAKE_AWAKE].p50_ns;

	if (!judge_wake(f, WAKE_AWAKE, out))
		return;
	if (f->probes.wake[WAKE_DEFAULT].count == 0)
		set_effect(out, "what a wake-up costs without idle states");
	else if (ratio > 1.25)
		set_effect(out, "idle states make a wake-up %.1f times as long", ratio);
	else
		set_effect(out, "idle states add little to a wake-up");
	if (out->grade > GRADE_GOOD)
		set_remedy(out, "%s",
			f->hypervisor ? "the host wakes the CPU: measure on bare metal, or spin"
				      : "see frequency and run-queue");
}

/* ---- jitter --------------------------------------------------------------------------------- */

static bool any_gaps(const struct facts *f, struct finding *out)
{
	if (f->probes.gap_count != 0)
		return true;
	not_measured(out, &f->probes.gaps_why);
	return false;
}

static double share(const struct gaps *g)
{
	return g->seconds > 0 ? g->lost_ns / 1e9 / g->seconds * 100 : 0;
}

static const char jitter_remedy[] =
	"stop other programs; keep to quiet CPUs with taskset; see isolation, tick, steal";

void check_jitter_lost(const struct facts *f, struct finding *out)
{
	if (!any_gaps(f, out))
		return;
	const struct gaps *worst = &f->probes.gaps[0];

	for (size_t i = 1; i < f->probes.gap_count; i++)
		if (share(&f->probes.gaps[i]) > share(worst))
			worst = &f->probes.gaps[i];
	set_figure(out, share(worst), "%");
	set_state(out, "CPU %d, %llu gaps in %.3g s", worst->cpu, (unsigned long long)worst->count,
		worst->seconds);
	out->grade = grade_by(share(worst), 0.1, 1, 10);
	set_effect(out, "a process that never sleeps loses this share of its time to others");
	if (out->grade > GRADE_GOOD)
		set_remedy(out, jitter_remedy);
}

void check_jitter_largest(const struct facts *f, struct finding *out)
{
	if (!any_gaps(f, out))
		return;
	const struct gaps *worst = &f->probes.gaps[0];

	for (size_t i = 1; i < f->probes.gap_count; i++)
		if (f->probes.gaps[i].largest_ns > worst->largest_ns)
			worst = &f->probes.gaps[i];
	set_figure(out, worst->largest_ns / 1e3, "us");
	set_state(out, "CPU %d", worst->cpu);
	out->grade = grade_by(worst->largest_ns / 1e3, 50, 1000, 20000);
	set_effect(out, "maxima and high percentiles up to this are the machine's");
	if (out->grade > GRADE_GOOD)
		set_remedy(out, jitter_remedy);
}

/* ---- floor ---------------------------------------------------------------------------------- */

void check_floor(const struct facts *f, struct finding *out)
{
	if (isnan(f->probes.floor_p50_ns)) {
		not_measured(out, &f->probes.floor_why);
		return;
	}
	set_figure(out, f->probes.floor_p50_ns, "ns");
	set_state(out, "null");
	out->grade = grade_by(f->probes.floor_p50_ns, 100, 500, 5000);
	set_effect(out, "every round trip contains this: loop, clock and record");
	if (out->grade > GRADE_GOOD)
		set_remedy(out, "see clock and frequency; build with optimisation");
}

void check_floor_p99(const struct facts *f, struct finding *out)
{
	if (isnan(f->probes.floor_p99_ns)) {
		not_measured(out, &f->probes.floor_why);
		return;
	}
	set_figure(out, f->probes.floor_p99_ns, "ns");
	set_state(out, "null");
	out->grade = grade_by(f->probes.floor_p99_ns, 200, 1000, 10000);
	set_effect(out, "one round trip in a hundred contains this much, whatever the mechanism");
	if (out->grade > GRADE_GOOD)
		set_remedy(out, jitter_remedy);
}
