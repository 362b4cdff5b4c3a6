/* SPDX-License-Identifier: MIT */
/* The table of checks, and how a row of it judges. */
#include "doctor/checks.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define FACT(member) offsetof(struct facts, member)

/* Messages of this size are measured by default. */
#define ROOMY 65536

#define JITTER_REMEDY                                                                              \
	"stop other programs; keep to quiet CPUs with taskset; see isolation, tick, steal"

const struct check check_table[] = {
	{"steal", "steal, time taken by the hypervisor", "%", .look = look_steal,
		.limits = {0.1, 1, 10}, .good = "the CPUs are this machine's own",
		.note = "the host ran somebody else instead of this machine",
		.remedy =
			"a host with reserved CPUs; rows above 1 % are flagged; take more trials"},
	{"cgroup-quota", "CPU quota of the control group", "CPUs", .look = look_quota,
		.good = "nothing stops a process that wants to run",
		.note = "enough for two busy processes as long as nobody else uses it",
		.bad = "two busy processes are stopped for part of every period (100 ms)",
		.remedy = "run nothing else in this control group"},
	{"run-queue", "other tasks that want to run", "tasks", .look = look_run_queue,
		.good = "nobody else wants a CPU",
		.remedy = "stop them, or keep them on other CPUs (taskset, cpuset)"},
	{"load", "load average of a minute", "tasks", .fact = FACT(load), .look = look_load,
		.good = "the machine was idle",
		.note = "so many tasks wanted to run, an earlier benchmark's included",
		.remedy = "wait a minute; if it stays, see run-queue"},
	{"jitter-lost", "jitter: time that a spinning thread lost", "%",
		.why = FACT(probes.gaps_why), .look = look_jitter_lost, .limits = {0.1, 1, 10},
		.good = "a process that never sleeps loses this share of its time to others",
		.remedy = JITTER_REMEDY},
	{"jitter-largest", "jitter: largest gap in a spinning thread", "us",
		.why = FACT(probes.gaps_why), .look = look_jitter_largest,
		.limits = {50, 1000, 20000},
		.good = "maxima and high percentiles up to this are the machine's",
		.remedy = JITTER_REMEDY},
	{"virtualisation", "virtual machine", .look = look_virtualisation,
		.good = "nothing between the kernel and the processor",
		.warn = "waking another CPU, timers and idling go through the host, whose load cannot be seen",
		.remedy = "measure on bare metal, or pin virtual CPUs to reserved physical ones"},
	{"frequency", "CPU frequency policy", "MHz", .look = look_frequency,
		.good = "the CPUs run at the highest frequency that the policy allows",
		.note = "the CPUs run at the frequency that somebody chose",
		.warn = "the frequency follows the load: a side that often sleeps runs slower, and warm-up matters",
		.remedy = "cpupower frequency-set -g performance"},
	{"turbo", "turbo", "", .fact = FACT(turbo), .look = look_turbo,
		.limits = {1, INFINITY, INFINITY},
		.good = "the frequency does not depend on heat and on how many cores work",
		.note = "the frequency falls with heat and with the number of busy cores",
		.remedy = "echo 0 >/sys/devices/system/cpu/cpufreq/boost for figures that repeat"},
	{"idle-states", "deepest idle state", "us", .fact = FACT(idle_latency_us),
		.look = look_idle_states, .limits = {3, 50, INFINITY},
		.good = "waking a CPU from there takes so much longer"},
	{"wake-up", "blocking wake-up across CPUs", "us",
		.why = FACT(probes.wake_why[WAKE_DEFAULT]), .look = look_wake_up,
		.limits = {10, 30, 200},
		.good = "a blocking round trip across CPUs contains two of these",
		.remedy =
			"compare with --idle awake and --placement same-cpu; both stand in every row"},
	{"wake-up-awake", "the same with CPUs held awake", "us",
		.why = FACT(probes.wake_why[WAKE_AWAKE]), .look = look_wake_up_awake,
		.limits = {10, 30, 200}, .good = "idle states add little to a wake-up",
		.remedy = "see frequency and run-queue"},
	{"cpus", "CPUs that may be used", "CPUs", .fact = FACT(cpus_allowed), .look = look_cpus,
		.good = "every placement that the machine has can be measured",
		.note = "placements are chosen among these",
		.warn = "nothing can be measured across CPUs",
		.remedy = "widen the affinity (taskset -c) or the cpuset if others are wanted"},
	{"isolation", "isolated CPUs", "CPUs", .fact = FACT(cpus_isolated), .look = look_isolation,
		.least = 2, .good = "the scheduler puts nobody else there",
		.note = "any task may be put on the CPUs that are measured",
		.remedy = "boot with isolcpus=A,B and run under taskset -c A,B"},
	{"tick", "CPUs without a timer tick (nohz_full)", "CPUs", .fact = FACT(cpus_tickless),
		.least = 2, .good = "a thread that is alone there is not interrupted by the clock",
		.note = "the timer tick takes some microseconds, 100 to 1000 times a second",
		.remedy = "boot with nohz_full=A,B for the CPUs that are measured"},
	{"smt", "SMT, two threads on one core", "", .fact = FACT(smt), .look = look_switch,
		.limits = {1, INFINITY, INFINITY}, .good = "no core is shared with another thread",
		.note = "what runs on the other thread of a core takes part of it away",
		.remedy =
			"echo off >/sys/devices/system/cpu/smt/control, or leave the siblings idle"},
	{"clock", "empty interval of the clock", "ns", .fact = FACT(probes.clock_cost_ns),
		.why = FACT(probes.clock_why), .look = look_clock, .limits = {60, 150, 1000},
		.good = "every round trip contains one such interval"},
	{"clock-step", "step of the clock", "ns", .fact = FACT(probes.clock_step_ns),
		.why = FACT(probes.clock_why), .limits = {5, 100, 1000},
		.good = "no interval is known better than this",
		.remedy = "take differences of a few steps for none"},
	{"clock-source", "the kernel's clock source", "ns", .fact = FACT(probes.gettime_ns),
		.look = look_clock_source, .good = "clock_gettime stays in user space",
		.warn = "clock_gettime enters the kernel, and timers are slow to read",
		.remedy =
			"find out in dmesg why the kernel left its counter; clocksource=tsc if it may be trusted"},
	{"clock-offset", "bound of the offset between two clocks", "ns",
		.why = FACT(probes.offset_why), .look = look_clock_offset,
		.remedy = "trust round trips; one-way times only where they are far longer"},
	{"floor", "floor of the harness, p50", "ns", .fact = FACT(probes.floor_p50_ns),
		.why = FACT(probes.floor_why), .look = look_floor, .limits = {100, 500, 5000},
		.good = "every round trip contains this: loop, clock and record",
		.remedy = "see clock and frequency; build with optimisation"},
	{"floor-p99", "floor of the harness, p99", "ns", .fact = FACT(probes.floor_p99_ns),
		.why = FACT(probes.floor_why), .look = look_floor, .limits = {200, 1000, 10000},
		.good = "one round trip in a hundred contains this much, whatever the mechanism",
		.remedy = JITTER_REMEDY},
	{"mitigations", "mitigations of processor holes", "active", .fact = FACT(mitigated),
		.look = look_mitigations, .limits = {1, INFINITY, INFINITY},
		.good = "system calls and context switches pay for none",
		.remedy =
			"leave them on; compare only with machines that have the same (env.json)"},
	{"thp", "THP, transparent huge pages", .look = look_thp,
		.good = "buffers lie on small pages in every trial",
		.note = "large private buffers lie on huge pages in one trial and not in the next",
		.remedy = "echo madvise >/sys/kernel/mm/transparent_hugepage/enabled"},
	{"aslr", "ASLR, random addresses", "", .fact = FACT(aslr), .look = look_switch, .least = 1,
		.good = "every trial has a layout of its own, so that its luck is part of the spread",
		.note = "all trials share one layout, lucky or not, and the spread does not show it",
		.remedy = "sysctl -w kernel.randomize_va_space=2"},
	/* what does not fit into a limit is skipped, with a reason: none is worse than a note */
	{"mqueue", "largest POSIX queue message", "B", .fact = FACT(mq_msgsize_max),
		.look = look_mqueue, .least = ROOMY, .good = "posix-mq skips larger sizes",
		.remedy = "sysctl -w fs.mqueue.msgsize_max=1048576; ulimit -q unlimited"},
	{"pipe", "largest pipe buffer", "B", .fact = FACT(pipe_max_size), .least = 1 << 20,
		.good = "pipe:size=N goes so far without privileges; messages may be larger",
		.remedy = "sysctl -w fs.pipe-max-size=1048576"},
	{"sysv", "largest System V message", "B", .fact = FACT(msgmax), .look = look_sysv,
		.least = ROOMY, .good = "sysv-mq skips larger sizes",
		.remedy = "sysctl -w kernel.msgmax=1048576 kernel.msgmnb=4194304"},
	{0},
};

const char *grade_name(enum grade g)
{
	static const char *const names[GRADE_COUNT] = {"none", "good", "note", "warn", "bad"};

	return (unsigned int)g < GRADE_COUNT ? names[g] : "unknown";
}

void set_text(char *text, size_t size, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(text, size, format, args);
	va_end(args);
}

enum grade grade_by(double figure, const double limits[3])
{
	int worse = 0;

	if (isnan(figure))
		return GRADE_NONE;
	while (worse < 3 && figure >= limits[worse])
		worse++;
	return (enum grade)(GRADE_GOOD + worse);
}

static enum grade grade_of(const struct check *c, double figure)
{
	if (isnan(figure) || (c->least <= 0 && c->limits[0] <= 0))
		return GRADE_NONE;
	if (c->least > 0)
		return figure >= c->least ? GRADE_GOOD : GRADE_NOTE;
	return grade_by(figure, c->limits);
}

/* What the finding does to a measurement: the words of its grade, or of the nearest better one. */
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

void check_judge(const struct check *c, const struct facts *f, struct finding *out)
{
	*out = (struct finding){.id = c->id, .title = c->title, .figure = NAN};
	if (c->fact != 0)
		memcpy(&out->figure, (const char *)f + c->fact, sizeof(out->figure));
	if (c->look != NULL)
		c->look(f, out);
	if (out->grade == GRADE_NONE)
		out->grade = grade_of(c, out->figure);
	out->unit = isnan(out->figure) ? "" : c->unit;
	if (out->effect[0] == '\0')
		SET_TEXT(out->effect, "%s", effect_of(c, f, out->grade));
	if (out->remedy[0] == '\0' && out->grade > GRADE_GOOD && c->remedy != NULL)
		SET_TEXT(out->remedy, "%s", c->remedy);
}

size_t checks_run(const struct facts *f, struct finding *out, size_t max)
{
	size_t n = 0;

	for (const struct check *c = check_table; c->id != NULL && n < max; c++)
		check_judge(c, f, &out[n++]);
	return n;
}
