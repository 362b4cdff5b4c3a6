/* SPDX-License-Identifier: MIT */
#include "doctor/checks.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

const struct check check_table[] = {
	{"steal", "steal, time taken by the hypervisor", check_steal},
	{"cgroup-quota", "CPU quota of the control group", check_quota},
	{"run-queue", "other tasks that want to run", check_run_queue},
	{"load", "load average of a minute", check_load},
	{"jitter-lost", "jitter: time that a spinning thread lost", check_jitter_lost},
	{"jitter-largest", "jitter: largest gap in a spinning thread", check_jitter_largest},
	{"virtualisation", "virtual machine", check_virtualisation},
	{"frequency", "CPU frequency policy", check_frequency},
	{"turbo", "turbo", check_turbo},
	{"idle-states", "deepest idle state", check_idle_states},
	{"wake-up", "blocking wake-up across CPUs", check_wake_up},
	{"wake-up-awake", "the same with CPUs held awake", check_wake_up_awake},
	{"cpus", "CPUs that may be used", check_cpus},
	{"isolation", "isolated CPUs", check_isolation},
	{"tick", "CPUs without a timer tick (nohz_full)", check_tick},
	{"smt", "SMT, two threads on one core", check_smt},
	{"clock", "empty interval of the clock", check_clock},
	{"clock-step", "step of the clock", check_clock_step},
	{"clock-source", "the kernel's clock source", check_clock_source},
	{"clock-offset", "bound of the offset between two clocks", check_clock_offset},
	{"floor", "floor of the harness, p50", check_floor},
	{"floor-p99", "floor of the harness, p99", check_floor_p99},
	{"mitigations", "mitigations of processor holes", check_mitigations},
	{"thp", "THP, transparent huge pages", check_thp},
	{"aslr", "ASLR, random addresses", check_aslr},
	{"mqueue", "largest POSIX queue message", check_mqueue},
	{"pipe", "largest pipe buffer", check_pipe},
	{"sysv", "largest System V message", check_sysv},
	{0},
};

const char *grade_name(enum grade g)
{
	static const char *const names[GRADE_COUNT] = {"none", "good", "note", "warn", "bad"};

	return (unsigned int)g < GRADE_COUNT ? names[g] : "unknown";
}

enum grade grade_by(double figure, double note, double warn, double bad)
{
	if (isnan(figure))
		return GRADE_NONE;
	return figure >= bad	? GRADE_BAD
	       : figure >= warn ? GRADE_WARN
	       : figure >= note ? GRADE_NOTE
				: GRADE_GOOD;
}

void set_figure(struct finding *out, double figure, const char *unit)
{
	out->figure = figure;
	out->unit = unit;
}

/* A text that does not fit is cut, in the middle of a word if need be. */
#define SET_TEXT(field)                                                                            \
	do {                                                                                       \
		va_list args;                                                                      \
                                                                                                   \
		va_start(args, fmt);                                                               \
		vsnprintf(out->field, sizeof(out->field), fmt, args);                              \
		va_end(args);                                                                      \
	} while (0)

void set_state(struct finding *out, const char *fmt, ...)
{
	SET_TEXT(state);
}

void set_effect(struct finding *out, const char *fmt, ...)
{
	SET_TEXT(effect);
}

void set_remedy(struct finding *out, const char *fmt, ...)
{
	SET_TEXT(remedy);
}

size_t checks_run(const struct facts *f, struct finding *out, size_t max)
{
	size_t n = 0;

	for (const struct check *c = check_table; c->id != NULL && n < max; c++, n++) {
		out[n] =
			(struct finding){.id = c->id, .title = c->title, .figure = NAN, .unit = ""};
		set_effect(&out[n], "this kernel does not say");
		c->judge(f, &out[n]);
	}
	return n;
}
