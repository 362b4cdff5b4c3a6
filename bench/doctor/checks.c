/* SPDX-License-Identifier: MIT */
/* The table of checks, the functions that complete its rows, and how a row judges. */
#include "doctor/doctor.h"
#include <errno.h>
#include <math.h>
#include <string.h>

/*
 * Sets what the row of the table cannot express: a value that has to be computed, a grade that does
 * not follow from the value, words that contain a value.
 */
typedef void check_look(const struct facts *f, struct finding *out);

struct check {
	const char *id, *title, *unit;
	size_t fact; /* where the figure stands in struct facts; 0 = nowhere */
	size_t why;  /* where the reason for having no figure stands; 0 = the kernel does not say */
	double least;	  /* the figure is good from this on, else worth a note; 0 = limits count */
	double limits[3]; /* note, warn, bad from this figure on; all 0 = `look` decides */
	check_look *look; /* NULL = nothing to add */
	const char *good, *note, *warn,
		*bad;	    /* effects; those of a grade hold for worse ones too */
	const char *remedy; /* if it is not good */
};

/* NOTE, WARN or BAD from this value on; INFINITY if the grade cannot occur. NAN: NONE. */
static enum grade grade_by(double figure, const double limits[3])
{
	int worse = 0;

	if (isnan(figure))
		return GRADE_NONE;
	while (worse < 3 && figure >= limits[worse])
		worse++;
	return (enum grade)(GRADE_GOOD + worse);
}

/* ---- who else is here ------------------------------------------------------------------------ */

static void look_steal(const struct facts *f, struct finding *out)
{
	bool now = !isnan(f->probes.steal);

	out->figure = now ? f->probes.steal : f->steal;
	if (!isnan(out->figure))
		out->state = phrase(now ? "during the probes" : "since boot");
	/* old values say little about now */
	if (!now && out->figure >= 10)
		out->grade = GRADE_WARN;
}

static void look_quota(const struct facts *f, struct finding *out)
{
	if (!f->quota_known)
		return;
	if (isnan(f->quota))
		out->state = phrase("none");
	out->grade = isnan(f->quota)		  ? GRADE_GOOD
		     : f->quota < 2		  ? GRADE_BAD
		     : f->quota < f->cpus_allowed ? GRADE_WARN
						  : GRADE_NOTE;
	if (f->quota < 2)
		out->remedy = phrase(
			"give the control group or container 2 CPUs or more (cpu.max, --cpus)");
}

/* If the CPUs are not known, two: few machines have fewer. */
static double cpus(const struct facts *f)
{
	return f->cpus_online > 0 ? f->cpus_online : 2;
}

static void look_run_queue(const struct facts *f, struct finding *out)
{
	bool one_look = isnan(f->probes.run_queue);
	double others = one_look ? f->run_queue : f->probes.run_queue;
	/* one is enough if it runs on the measured pair; from one per CPU on it must */
	const double limits[] = {0, 0.5, one_look ? INFINITY : 1};

	out->figure = others;
	if (isnan(others))
		return;
	if (one_look)
		out->state = phrase("one sample");
	out->grade = others < 1 ? GRADE_GOOD : grade_by(others / cpus(f), limits);
	if (out->grade > GRADE_GOOD)
		out->effect = phrase(
			"%.0f CPUs are shared with them: a process waits while one of them runs",
			cpus(f));
}

static void look_load(const struct facts *f, struct finding *out)
{
	out->grade = grade_by(f->load / cpus(f), (const double[]){0.1, 0.5, 1.5});
}

/* Of the worst CPU, like the next function; NAN before the first. */
static void look_jitter_lost(const struct facts *f, struct finding *out)
{
	for (size_t i = 0; i < f->probes.gap_count; i++) {
		const struct gaps *g = &f->probes.gaps[i];
		double share = g->seconds > 0 ? g->lost_ns / 1e9 / g->seconds * 100 : 0;

		if (share <= out->figure)
			continue;
		out->figure = share;
		out->state = phrase("CPU %d, %llu gaps in %.3g s", g->cpu,
			(unsigned long long)g->count, g->seconds);
	}
}

static void look_jitter_largest(const struct facts *f, struct finding *out)
{
	for (size_t i = 0; i < f->probes.gap_count; i++) {
		const struct gaps *g = &f->probes.gaps[i];

		if (g->largest_ns / 1e3 <= out->figure)
			continue;
		out->figure = g->largest_ns / 1e3;
		out->state = phrase("CPU %d", g->cpu);
	}
}

/* ---- processor ------------------------------------------------------------------------------- */

static void look_virtualisation(const struct facts *f, struct finding *out)
{
	if (!f->hypervisor_known)
		return;
	out->grade = f->hypervisor ? GRADE_WARN : GRADE_GOOD;
	out->state = phrase("%s", !f->hypervisor	 ? "none"
				  : f->vendor[0] != '\0' ? f->vendor
							 : "yes");
}

static void no_policy(const struct facts *f, struct finding *out)
{
	out->grade = GRADE_NOTE;
	out->state = phrase("not visible");
	out->effect = phrase("%s decides how fast the CPUs run, and does not report it",
		f->hypervisor ? "the host" : "the firmware");
	out->remedy = phrase(
		"%s", f->hypervisor ? "ask for the performance governor on the host"
				    : "set a fixed frequency or \"OS control\" in the firmware");
}

/* A governor called powersave scales with load in these drivers, and stays slow in all others. */
static bool powersave_scales(const char *driver)
{
	return strcmp(driver, "intel_pstate") == 0 || strcmp(driver, "amd-pstate-epp") == 0 ||
	       strcmp(driver, "amd_pstate_epp") == 0;
}

static void look_frequency(const struct facts *f, struct finding *out)
{
	if (f->governor[0] == '\0') {
		no_policy(f, out);
		return;
	}
	out->figure = f->max_khz / 1e3;
	out->grade = strcmp(f->governor, "performance") == 0 ? GRADE_GOOD
		     : strcmp(f->governor, "userspace") == 0 ? GRADE_NOTE
							     : GRADE_WARN;
	out->state = phrase("%s%s%s", f->governor, f->frequency_driver[0] != '\0' ? ", " : "",
		f->frequency_driver);
	if (strcmp(f->governor, "powersave") != 0 || powersave_scales(f->frequency_driver))
		return;
	out->grade = GRADE_BAD;
	out->effect = phrase("the CPUs stay at their lowest frequency, %.0f MHz", f->min_khz / 1e3);
}

/* For a value that is 0 if something is off. */
static void look_switch(const struct facts *f, struct finding *out)
{
	(void)f;
	if (!isnan(out->figure))
		out->state = phrase("%s", out->figure > 0 ? "on" : "off");
}

static void look_turbo(const struct facts *f, struct finding *out)
{
	look_switch(f, out);
	if (f->turbo > 0 && strstr(f->frequency_driver, "intel") != NULL)
		out->remedy = phrase(
			"echo 1 >/sys/devices/system/cpu/intel_pstate/no_turbo for repeatable results");
}

static void look_idle_states(const struct facts *f, struct finding *out)
{
	if (isnan(f->idle_latency_us)) {
		out->grade = GRADE_NOTE;
		out->state = phrase("not visible");
		out->effect =
			phrase("%s decides how deeply an idle CPU sleeps; wake-up shows the cost",
				f->hypervisor ? "the host" : "the processor");
		return;
	}
	out->state = phrase(
		"%s%s%s", f->idle_deepest, f->idle_driver[0] != '\0' ? ", " : "", f->idle_driver);
	if (f->idle_latency_us >= 3)
		out->remedy = phrase("--idle awake (as root), or cpupower idle-set -D 2");
	if (f->hypervisor)
		out->effect =
			phrase("as the guest sees it; wake-up shows how deeply the host sleeps");
}

static void look_mitigations(const struct facts *f, struct finding *out)
{
	if (f->vulnerable > 0)
		out->state = phrase("%.0f vulnerabilities without mitigation", f->vulnerable);
	if (f->mitigated > 0)
		out->effect = phrase(
			"%s slow down system calls and context switches", f->mitigations.text);
}

/* ---- CPUs ------------------------------------------------------------------------------------ */

static void look_cpus(const struct facts *f, struct finding *out)
{
	if (isnan(f->cpus_allowed))
		return;
	if (f->cpus_online > 0)
		out->state = phrase("of %.0f online", f->cpus_online);
	out->grade = f->cpus_allowed < 2		? GRADE_WARN
		     : f->cpus_allowed < f->cpus_online ? GRADE_NOTE
							: GRADE_GOOD;
	if (out->grade == GRADE_WARN)
		out->remedy = phrase("%s",
			f->cpus_online >= 2
				? "widen the affinity (taskset -c) or the cpuset of the cgroup"
				: "use a machine with two CPUs");
}

static void look_isolation(const struct facts *f, struct finding *out)
{
	if (f->cpus_isolated < 2 && f->isolated_elsewhere > 0)
		out->remedy = phrase("%.0f more are isolated: taskset -c them, or --cpus",
			f->isolated_elsewhere);
}

static void look_wake(const struct wake *w, struct finding *out)
{
	if (!isnan(w->p99_us))
		out->state = phrase(w->p99_us < 1000 ? "p99 %.3g us" : "p99 %.0f us", w->p99_us);
}

static void look_wake_up(const struct facts *f, struct finding *out)
{
	look_wake(&f->probes.wake[WAKE_DEFAULT], out);
}

static void look_wake_up_awake(const struct facts *f, struct finding *out)
{
	double usual = f->probes.wake[WAKE_DEFAULT].p50_us, ratio = usual / out->figure;

	look_wake(&f->probes.wake[WAKE_AWAKE], out);
	if (isnan(out->figure))
		return;
	if (isnan(usual))
		out->effect = phrase("the cost of a wake-up without idle states");
	else if (ratio > 1.25)
		out->effect = phrase("idle states make a wake-up %.1f times as long", ratio);
	if (f->hypervisor && out->figure >= 10)
		out->remedy = phrase("the host wakes the CPU: measure on bare metal, or spin");
}

/* ---- clocks ---------------------------------------------------------------------------------- */

static void look_clock(const struct facts *f, struct finding *out)
{
	const struct probes *p = &f->probes;

	out->state = phrase("%s", p->clock_name);
	if (out->figure >= 150)
		out->remedy = phrase("see clock-source");
	if (strcmp(p->clock_name, "clock_gettime") != 0)
		return;
	if (out->figure < 1000)
		out->grade = GRADE_WARN;
	out->effect = phrase("the processor's counter is not used: %s",
		p->clock_why.text[0] != '\0' ? p->clock_why.text : "it cannot be trusted here");
	out->remedy =
		phrase("boot with clocksource=tsc tsc=reliable if the machine's counters are");
}

/* clock_gettime() is what the programs under test call, whatever ipcbench itself reads. */
static void look_clock_source(const struct facts *f, struct finding *out)
{
	if (f->clock_source[0] == '\0')
		return;
	out->state = phrase("%s", f->clock_source);
	out->grade = clock_source_counts(f->clock_source) ? GRADE_GOOD : GRADE_WARN;
}

static void look_clock_offset(const struct facts *f, struct finding *out)
{
	const struct probes *p = &f->probes;
	const struct offset *o = &p->offset;

	if (o->exchanges > 0) {
		out->figure = o->bound_ns;
		out->state = phrase("CPUs %d and %d", p->cpu_a, p->cpu_b);
		out->effect =
			phrase("one-way times are accurate to %.0f ns; the estimate is %+.0f ns",
				o->bound_ns, o->estimate_ns);
		out->grade = grade_by(
			o->bound_ns + fabs(o->estimate_ns), (const double[]){500, 2000, 20000});
	} else if (p->offset_err == -ERANGE) {
		out->grade = GRADE_BAD;
		out->effect = phrase("%s", p->offset_why.text);
		out->remedy =
			phrase("trust round trips only; look in dmesg for an unstable counter");
	}
}

static void look_floor(const struct facts *f, struct finding *out)
{
	(void)f;
	if (!isnan(out->figure))
		out->state = phrase("null");
}

/* ---- memory and limits ----------------------------------------------------------------------- */

static void look_thp(const struct facts *f, struct finding *out)
{
	out->state = phrase("%s", f->thp);
	if (f->thp[0] != '\0')
		out->grade = strcmp(f->thp, "always") == 0 ? GRADE_NOTE : GRADE_GOOD;
}

static void look_mqueue(const struct facts *f, struct finding *out)
{
	if (isnan(f->mq_msgsize_max))
		return;
	if (!isnan(f->mq_msg_max))
		out->state = phrase("%.0f in a queue", f->mq_msg_max);
	if (f->mq_rlimit < 1 << 20)
		out->effect = phrase(
			"posix-mq skips larger sizes, and ulimit -q limits all queues together");
}

static void look_sysv(const struct facts *f, struct finding *out)
{
	if (!isnan(f->msgmax) && !isnan(f->msgmnb))
		out->state = phrase("%.0f B in a queue", f->msgmnb);
}

/* ---- the table ------------------------------------------------------------------------------- */

#define FACT(member) offsetof(struct facts, member)

/* Messages of this size are measured by default. */
#define ROOMY 65536

#define JITTER_REMEDY "stop other programs; use quiet CPUs (taskset); see isolation, tick, steal"

/* The most important findings come first. */
static const struct check check_table[CHECK_COUNT] = {
	{"steal", "steal, time taken by the hypervisor", "%", .look = look_steal,
		.limits = {0.1, 1, 10},
		.good = "the hypervisor takes no CPU time from this machine",
		.note = "the host ran something else instead of this machine",
		.remedy =
			"use a host with reserved CPUs, or more trials; rows above 1 % are flagged"},
	{"cgroup-quota", "CPU quota of the control group", "CPUs", .fact = FACT(quota),
		.look = look_quota, .good = "nothing stops a process that wants to run",
		.note = "enough for two busy processes as long as nothing else uses it",
		.bad = "two busy processes are stopped for part of every period (100 ms)",
		.remedy = "run nothing else in this control group"},
	{"run-queue", "other work that wants to run", "tasks", .look = look_run_queue,
		.good = "nothing else wants a CPU",
		.remedy = "stop them, or keep them on other CPUs (taskset, cpuset)"},
	{"load", "load average of a minute", "tasks", .fact = FACT(load), .look = look_load,
		.good = "the machine was idle",
		.note = "this many tasks wanted to run, including those of an earlier benchmark",
		.remedy = "wait a minute; if it stays, see run-queue"},
	{"jitter-lost", "jitter: time that a spinning thread lost", "%",
		.why = FACT(probes.gaps_why), .look = look_jitter_lost, .limits = {0.1, 1, 10},
		.good = "a process that never sleeps loses this share of its time to others",
		.remedy = JITTER_REMEDY},
	{"jitter-largest", "jitter: largest gap in a spinning thread", "us",
		.why = FACT(probes.gaps_why), .look = look_jitter_largest,
		.limits = {50, 1000, 20000},
		.good = "maxima and high percentiles up to this come from the machine",
		.remedy = JITTER_REMEDY},
	{"virtualisation", "virtual machine", .look = look_virtualisation,
		.good = "nothing between the kernel and the processor",
		.warn = "waking another CPU, timers and idling go through the host, whose load cannot be seen",
		.remedy = "measure on bare metal, or pin virtual CPUs to reserved physical ones"},
	{"frequency", "CPU frequency policy", "MHz", .look = look_frequency,
		.good = "the CPUs run at the highest frequency that the policy allows",
		.note = "the CPUs run at a fixed frequency that somebody chose",
		.warn = "the frequency follows the load: a side that often sleeps runs slower, and warm-up matters",
		.remedy = "cpupower frequency-set -g performance"},
	{"turbo", "turbo", "", .fact = FACT(turbo), .look = look_turbo,
		.limits = {1, INFINITY, INFINITY},
		.good = "the frequency does not depend on heat or on the number of busy cores",
		.note = "the frequency falls with heat and with the number of busy cores",
		.remedy = "echo 0 >/sys/devices/system/cpu/cpufreq/boost for repeatable results"},
	{"idle-states", "deepest idle state", "us", .fact = FACT(idle_latency_us),
		.look = look_idle_states, .limits = {3, 50, INFINITY},
		.good = "waking a CPU from this state takes this much longer"},
	{"wake-up", "blocking wake-up across CPUs", "us",
		.fact = FACT(probes.wake[WAKE_DEFAULT].p50_us),
		.why = FACT(probes.wake_why[WAKE_DEFAULT]), .look = look_wake_up,
		.limits = {10, 30, 200},
		.good = "a blocking round trip across CPUs contains two of these",
		.remedy =
			"compare with --idle awake and --placement same-cpu; every row states both"},
	{"wake-up-awake", "the same with CPUs held awake", "us",
		.fact = FACT(probes.wake[WAKE_AWAKE].p50_us),
		.why = FACT(probes.wake_why[WAKE_AWAKE]), .look = look_wake_up_awake,
		.limits = {10, 30, 200}, .good = "idle states add little to a wake-up",
		.remedy = "see frequency and run-queue"},
	{"cpus", "CPUs that may be used", "CPUs", .fact = FACT(cpus_allowed), .look = look_cpus,
		.good = "every placement that the machine has can be measured",
		.note = "only these CPUs can be used for placements",
		.warn = "nothing can be measured across CPUs",
		.remedy = "widen the affinity (taskset -c) or the cpuset to use others"},
	{"isolation", "isolated CPUs", "CPUs", .fact = FACT(cpus_isolated), .look = look_isolation,
		.least = 2, .good = "the scheduler puts nothing else there",
		.note = "any task may run on the measured CPUs",
		.remedy = "boot with isolcpus=A,B and run under taskset -c A,B"},
	{"tick", "CPUs without a timer tick (nohz_full)", "CPUs", .fact = FACT(cpus_tickless),
		.least = 2, .good = "a thread that is alone there is not interrupted by the clock",
		.note = "the timer tick takes some microseconds, 100 to 1000 times a second",
		.remedy = "boot with nohz_full=A,B for the measured CPUs"},
	{"smt", "SMT, two threads on one core", "", .fact = FACT(smt), .look = look_switch,
		.limits = {1, INFINITY, INFINITY}, .good = "no core is shared with another thread",
		.note = "a task on the other thread of a core slows the first one",
		.remedy =
			"echo off >/sys/devices/system/cpu/smt/control, or leave the siblings idle"},
	{"clock", "empty interval of the clock", "ns", .fact = FACT(probes.clock_cost_ns),
		.why = FACT(probes.clock_why), .look = look_clock, .limits = {60, 150, 1000},
		.good = "every round trip contains one such interval"},
	{"clock-step", "step of the clock", "ns", .fact = FACT(probes.clock_step_ns),
		.why = FACT(probes.clock_why), .limits = {5, 100, 1000},
		.good = "no interval is measured more finely than this",
		.remedy = "ignore differences of a few steps"},
	{"clock-source", "the kernel's clock source", "ns", .fact = FACT(probes.gettime_ns),
		.look = look_clock_source, .good = "clock_gettime stays in user space",
		.warn = "clock_gettime enters the kernel, and timers are slow to read",
		.remedy =
			"dmesg says why the kernel stopped using the counter; boot with clocksource=tsc if it is reliable"},
	{"clock-offset", "bound of the offset between two clocks", "ns",
		.why = FACT(probes.offset_why), .look = look_clock_offset,
		.remedy = "trust round trips, and one-way times only if they are much longer"},
	{"floor", "floor of the harness, p50", "ns", .fact = FACT(probes.floor_p50_ns),
		.why = FACT(probes.floor_why), .look = look_floor, .limits = {100, 500, 5000},
		.good = "every round trip contains this: loop, clock and record",
		.remedy = "see clock and frequency; build with optimisation"},
	{"floor-p99", "floor of the harness, p99", "ns", .fact = FACT(probes.floor_p99_ns),
		.why = FACT(probes.floor_why), .look = look_floor, .limits = {200, 1000, 10000},
		.good = "one round trip in a hundred contains this much, whatever the mechanism",
		.remedy = JITTER_REMEDY},
	{"mitigations", "mitigations of processor vulnerabilities", "active",
		.fact = FACT(mitigated), .look = look_mitigations,
		.limits = {1, INFINITY, INFINITY},
		.good = "nothing slows down system calls and context switches",
		.remedy =
			"leave them on; compare only with machines that have the same (env.json)"},
	{"thp", "THP, transparent huge pages", .look = look_thp,
		.good = "buffers lie on small pages in every trial",
		.note = "large private buffers lie on huge pages in one trial and not in the next",
		.remedy = "echo madvise >/sys/kernel/mm/transparent_hugepage/enabled"},
	{"aslr", "ASLR, random addresses", "", .fact = FACT(aslr), .look = look_switch, .least = 1,
		.good = "each run has its own layout, which its trials share unless --layout random",
		.note = "all runs share one layout, lucky or not, and the spread does not show it",
		.remedy = "sysctl -w kernel.randomize_va_space=2"},
	/* sizes above a limit are skipped with a reason, so none is worse than a note */
	{"mqueue", "largest POSIX queue message", "B", .fact = FACT(mq_msgsize_max),
		.look = look_mqueue, .least = ROOMY, .good = "posix-mq skips larger sizes",
		.remedy = "sysctl -w fs.mqueue.msgsize_max=1048576; ulimit -q unlimited"},
	{"pipe", "largest pipe buffer", "B", .fact = FACT(pipe_max_size), .least = 1 << 20,
		.good = "pipe:size=N can be this large without privileges; messages may be larger",
		.remedy = "sysctl -w fs.pipe-max-size=1048576"},
	{"sysv", "largest System V message", "B", .fact = FACT(msgmax), .look = look_sysv,
		.least = ROOMY, .good = "sysv-mq skips larger sizes",
		.remedy = "sysctl -w kernel.msgmax=1048576 kernel.msgmnb=4194304"},
};

/* ---- judging --------------------------------------------------------------------------------- */

const char *grade_name(enum grade g)
{
	static const char *const names[GRADE_COUNT] = {"none", "good", "note", "warn", "bad"};

	return (unsigned int)g < GRADE_COUNT ? names[g] : "unknown";
}

static enum grade grade_of(const struct check *c, double figure)
{
	if (isnan(figure) || (c->least <= 0 && c->limits[0] <= 0))
		return GRADE_NONE;
	if (c->least > 0)
		return figure >= c->least ? GRADE_GOOD : GRADE_NOTE;
	return grade_by(figure, c->limits);
}

/* The effect on a measurement: the words of its grade, or of the nearest better one. */
static const char *effect_of(const struct check *c, const struct facts *f, enum grade grade)
{
	const char *const words[GRADE_COUNT] = {NULL, c->good, c->note, c->warn, c->bad};
	const struct reason *why = (const void *)((const char *)f + c->why);

	for (enum grade g = grade; g > GRADE_NONE; g--)
		if (words[g] != NULL)
			return words[g];
	return c->why == 0	      ? "this kernel does not say"
	       : why->text[0] != '\0' ? why->text
				      : "not measured";
}

static void check_judge(const struct check *c, const struct facts *f, struct finding *out)
{
	*out = (struct finding){.id = c->id, .title = c->title, .figure = NAN};
	if (c->fact != 0)
		memcpy(&out->figure, (const char *)f + c->fact, sizeof(out->figure));
	if (c->look != NULL)
		c->look(f, out);
	if (out->grade == GRADE_NONE)
		out->grade = grade_of(c, out->figure);
	out->unit = isnan(out->figure) ? "" : c->unit;
	if (out->effect.text[0] == '\0')
		out->effect = phrase("%s", effect_of(c, f, out->grade));
	if (out->remedy.text[0] == '\0' && out->grade > GRADE_GOOD && c->remedy != NULL)
		out->remedy = phrase("%s", c->remedy);
}

void diagnosis_judge(struct diagnosis *d)
{
	d->grade = GRADE_NONE;
	for (size_t i = 0; i < CHECK_COUNT; i++) {
		check_judge(&check_table[i], &d->facts, &d->finding[i]);
		if (d->finding[i].grade > d->grade) {
			d->grade = d->finding[i].grade;
			d->worst = i;
		}
	}
}
