/* SPDX-License-Identifier: MIT */
/* From facts to findings and grades, and what the probes must hold on any machine. */
#include "doctor/doctor.h"
#include "measure/clock.h"
#include "run/watch.h"
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A machine that nothing disturbs: what a test is about is changed in it. */
static struct facts quiet(void)
{
	return (struct facts){
		.hypervisor_known = true,
		.clock_source = "tsc",
		.governor = "performance",
		.frequency_driver = "acpi-cpufreq",
		.min_khz = 3e6,
		.max_khz = 3e6,
		.turbo = 0,
		.smt = 0,
		.idle_driver = "intel_idle",
		.idle_deepest = "C1",
		.idle_latency_us = 2,
		.cpus_online = 8,
		.cpus_allowed = 8,
		.cpus_isolated = 2,
		.cpus_tickless = 2,
		.load = 0.1,
		.run_queue = 0,
		.steal = 0,
		.quota = NAN,
		.quota_known = true,
		.thp = "madvise",
		.aslr = 2,
		.mq_msgsize_max = 1 << 20,
		.mq_msg_max = 10,
		.mq_rlimit = INFINITY,
		.pipe_max_size = 1 << 20,
		.msgmax = 1 << 20,
		.msgmnb = 1 << 22,
		.probes = {.level = PROBES_FULL,
			.clock_name = "tsc",
			.clock_cost_ns = 20,
			.clock_step_ns = 0.3,
			.gettime_ns = 40,
			.cpu_a = 1,
			.cpu_b = 2,
			.offset = {.estimate_ns = 3, .bound_ns = 60, .exchanges = 6400},
			.wake = {{.p50_us = 4, .p99_us = 9}, {.p50_us = 3, .p99_us = 8}},
			.floor_p50_ns = 20,
			.floor_p99_ns = 30,
			.run_queue = 0,
			.steal = 0},
	};
}

static struct finding judge(const char *id, const struct facts *f)
{
	struct diagnosis d = {.facts = *f};
	struct finding out;
	size_t i = 0;

	diagnosis_judge(&d);
	while (strcmp(d.finding[i].id, id) != 0)
		i++;
	out = d.finding[i];
	/* who is told that something is wrong is told what it does and what to do */
	if (out.grade > GRADE_GOOD)
		assert_true(out.effect.text[0] != '\0');
	if (out.grade > GRADE_NOTE)
		assert_true(out.remedy.text[0] != '\0');
	return out;
}

static void test_quiet_machine_is_good(void **state)
{
	struct diagnosis d = {.facts = quiet()};
	struct gaps gaps = {
		.cpu = 1, .seconds = 0.2, .count = 10, .largest_ns = 4e3, .lost_ns = 2e4};

	(void)state;
	d.facts.probes.gaps = &gaps;
	d.facts.probes.gap_count = 1;
	diagnosis_judge(&d);
	for (size_t i = 0; i < CHECK_COUNT; i++) {
		const struct finding *f = &d.finding[i];

		if (f->grade != GRADE_GOOD || f->effect.text[0] == '\0')
			fail_msg("%s is %s", f->id, grade_name(f->grade));
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(f->id, d.finding[j].id);
	}
}

static void test_frequency(void **state)
{
	static const struct {
		const char *governor, *driver;
		enum grade grade;
	} cases[] = {
		{"performance", "intel_pstate", GRADE_GOOD},
		{"powersave", "intel_pstate", GRADE_WARN},
		{"powersave", "amd-pstate-epp", GRADE_WARN},
		{"powersave", "acpi-cpufreq", GRADE_BAD},
		{"powersave", "intel_cpufreq", GRADE_BAD},
		{"schedutil", "acpi-cpufreq", GRADE_WARN},
		{"ondemand", "acpi-cpufreq", GRADE_WARN},
		{"userspace", "acpi-cpufreq", GRADE_NOTE},
		{"", "", GRADE_NOTE},
	};
	struct facts f = quiet();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		snprintf(f.governor, sizeof(f.governor), "%s", cases[i].governor);
		snprintf(f.frequency_driver, sizeof(f.frequency_driver), "%s", cases[i].driver);
		assert_int_equal(judge("frequency", &f).grade, cases[i].grade);
	}
}

static void test_processor(void **state)
{
	struct facts f = quiet();

	(void)state;
	f.turbo = f.smt = 1;
	f.idle_latency_us = 133;
	f.hypervisor = true;
	f.mitigated = 3;
	f.cpus_isolated = f.cpus_tickless = 0;
	assert_int_equal(judge("turbo", &f).grade, GRADE_NOTE);
	assert_int_equal(judge("smt", &f).grade, GRADE_NOTE);
	assert_int_equal(judge("idle-states", &f).grade, GRADE_WARN);
	assert_int_equal(judge("virtualisation", &f).grade, GRADE_WARN);
	assert_int_equal(judge("mitigations", &f).grade, GRADE_NOTE);
	assert_int_equal(judge("isolation", &f).grade, GRADE_NOTE);
	assert_int_equal(judge("tick", &f).grade, GRADE_NOTE);
	f.turbo = f.smt = f.mitigated = f.cpus_isolated = f.cpus_tickless = NAN;
	f.hypervisor_known = false;
	assert_int_equal(judge("turbo", &f).grade, GRADE_NONE);
	assert_int_equal(judge("smt", &f).grade, GRADE_NONE);
	assert_int_equal(judge("virtualisation", &f).grade, GRADE_NONE);
	assert_int_equal(judge("mitigations", &f).grade, GRADE_NONE);
	assert_int_equal(judge("isolation", &f).grade, GRADE_NONE);
	assert_int_equal(judge("tick", &f).grade, GRADE_NONE);
}

static void test_quota(void **state)
{
	struct facts f = quiet();

	(void)state;
	f.quota = 1.5;
	assert_int_equal(judge("cgroup-quota", &f).grade, GRADE_BAD);
	assert_true(judge("cgroup-quota", &f).figure == 1.5);
	f.quota = 2;
	assert_int_equal(judge("cgroup-quota", &f).grade, GRADE_WARN);
	f.quota = 8;
	assert_int_equal(judge("cgroup-quota", &f).grade, GRADE_NOTE);
	f.quota_known = false;
	f.quota = NAN;
	assert_int_equal(judge("cgroup-quota", &f).grade, GRADE_NONE);
}

static void test_others(void **state)
{
	struct facts f = quiet();

	(void)state;
	f.probes.run_queue = 1;
	assert_int_equal(judge("run-queue", &f).grade, GRADE_NOTE);
	f.probes.run_queue = 4;
	assert_int_equal(judge("run-queue", &f).grade, GRADE_WARN);
	f.probes.run_queue = 8;
	assert_int_equal(judge("run-queue", &f).grade, GRADE_BAD);
	/* one look may have met them by chance */
	f.probes.run_queue = NAN;
	f.run_queue = 8;
	assert_int_equal(judge("run-queue", &f).grade, GRADE_WARN);
	f.load = 6;
	assert_int_equal(judge("load", &f).grade, GRADE_WARN);
	f.load = 16;
	assert_int_equal(judge("load", &f).grade, GRADE_BAD);
	f.cpus_allowed = 1;
	assert_int_equal(judge("cpus", &f).grade, GRADE_WARN);
	f.cpus_allowed = 4;
	assert_int_equal(judge("cpus", &f).grade, GRADE_NOTE);
}

static void test_steal(void **state)
{
	struct facts f = quiet();

	(void)state;
	f.probes.steal = 0.5;
	assert_int_equal(judge("steal", &f).grade, GRADE_NOTE);
	f.probes.steal = 2;
	assert_int_equal(judge("steal", &f).grade, GRADE_WARN);
	f.probes.steal = 20;
	assert_int_equal(judge("steal", &f).grade, GRADE_BAD);
	/* since boot is long ago */
	f.probes.steal = NAN;
	f.steal = 20;
	assert_int_equal(judge("steal", &f).grade, GRADE_WARN);
	assert_non_null(strstr(judge("steal", &f).state.text, "since boot"));
}

static void test_clock(void **state)
{
	struct facts f = quiet();

	(void)state;
	f.probes.clock_step_ns = 10;
	assert_int_equal(judge("clock-step", &f).grade, GRADE_NOTE);
	snprintf(f.probes.clock_name, sizeof(f.probes.clock_name), "clock_gettime");
	reason_set(&f.probes.clock_why, 0, "tsc is not invariant");
	struct finding found = judge("clock", &f);

	assert_int_equal(found.grade, GRADE_WARN);
	assert_non_null(strstr(found.effect.text, "tsc is not invariant"));
	f.probes.clock_cost_ns = 2000;
	assert_int_equal(judge("clock", &f).grade, GRADE_BAD);
	snprintf(f.clock_source, sizeof(f.clock_source), "hpet");
	assert_int_equal(judge("clock-source", &f).grade, GRADE_WARN);
	snprintf(f.clock_source, sizeof(f.clock_source), "kvm-clock");
	assert_int_equal(judge("clock-source", &f).grade, GRADE_GOOD);
}

static void test_offset_finding(void **state)
{
	struct facts f = quiet();

	(void)state;
	/* a known offset can be corrected, but who does not know of it should be warned */
	f.probes.offset.estimate_ns = -3000;
	struct finding found = judge("clock-offset", &f);

	assert_int_equal(found.grade, GRADE_WARN);
	assert_true(found.figure == 60);
	assert_non_null(strstr(found.effect.text, "-3000"));
	f.probes.offset.exchanges = 0;
	f.probes.offset_err = -ERANGE;
	assert_int_equal(judge("clock-offset", &f).grade, GRADE_BAD);
	f.probes.offset_err = -ETIMEDOUT;
	assert_int_equal(judge("clock-offset", &f).grade, GRADE_NONE);
}

static void test_probes_left_out(void **state)
{
	static const char *const measured[] = {"clock", "clock-step", "clock-offset", "wake-up",
		"wake-up-awake", "jitter-lost", "jitter-largest", "floor", "floor-p99"};
	struct facts f = {.quota = NAN};
	struct reason none = {""};

	(void)state;
	probes_run(&f.probes, PROBES_NONE, NULL, NULL, &none);
	for (size_t i = 0; i < ARRAY_SIZE(measured); i++) {
		struct finding found = judge(measured[i], &f);

		assert_int_equal(found.grade, GRADE_NONE);
		assert_true(isnan(found.figure));
		assert_string_equal(found.effect.text, "not measured");
	}
	probes_free(&f.probes);
}

static void test_memory_and_limits(void **state)
{
	struct facts f = quiet();

	(void)state;
	snprintf(f.thp, sizeof(f.thp), "always");
	f.aslr = 0;
	f.mq_msgsize_max = f.msgmax = 8192;
	f.pipe_max_size = 65536;
	assert_int_equal(judge("thp", &f).grade, GRADE_NOTE);
	assert_int_equal(judge("aslr", &f).grade, GRADE_NOTE);
	assert_int_equal(judge("mqueue", &f).grade, GRADE_NOTE);
	assert_int_equal(judge("sysv", &f).grade, GRADE_NOTE);
	assert_int_equal(judge("pipe", &f).grade, GRADE_NOTE);
}

/* ---- jitter --------------------------------------------------------------------------------- */

static void test_gaps(void **state)
{
	struct gaps g = {.threshold_ns = 1000};

	(void)state;
	gaps_note(&g, 999);
	gaps_note(&g, 1000);
	gaps_note(&g, 25e3);
	gaps_note(&g, 3e6);
	assert_int_equal(g.count, 3);
	assert_true(g.largest_ns == 3e6 && g.lost_ns == 1000 + 25e3 + 3e6);
	assert_int_equal(g.beyond[0], 3);
	assert_int_equal(g.beyond[1], 2);
	assert_int_equal(g.beyond[2], 1);
	assert_int_equal(g.beyond[3], 1);
	assert_int_equal(g.beyond[4], 0);
}

static void test_worst_cpu_counts(void **state)
{
	struct gaps gaps[] = {
		{.cpu = 4, .seconds = 0.2, .count = 1, .largest_ns = 5e6, .lost_ns = 5e6},
		{.cpu = 5, .seconds = 0.2, .count = 9, .largest_ns = 4e6, .lost_ns = 3e7},
	};
	struct facts f = quiet();

	(void)state;
	f.probes.gaps = gaps;
	f.probes.gap_count = 2;
	struct finding lost = judge("jitter-lost", &f), large = judge("jitter-largest", &f);

	assert_int_equal(lost.grade, GRADE_BAD);
	assert_true(fabs(lost.figure - 15) < 1e-9);
	assert_non_null(strstr(lost.state.text, "CPU 5"));
	assert_int_equal(large.grade, GRADE_WARN);
	assert_true(large.figure == 5000);
	assert_non_null(strstr(large.state.text, "CPU 4"));
}

/* A spinning thread of this machine: whatever it met fits into the time it was watched. */
static void test_gaps_of_this_machine(void **state)
{
	struct gaps g = {.cpu = 0};
	struct clock clk;
	struct reason why = {""};

	(void)state;
	clock_use_syscall(&clk);
	if (gaps_watch(&g, 1, 0.01, &clk, &why) < 0)
		skip();
	assert_true(g.seconds >= 0.0099);
	assert_true(g.lost_ns <= g.seconds * 1e9 && g.largest_ns <= g.lost_ns);
	g.cpu = 1023;
	assert_int_equal(gaps_watch(&g, 1, 0.01, &clk, &why), -EINVAL);
	assert_non_null(strstr(why.text, "1023"));
	/* asked to end, it ends */
	interrupted = 1;
	g.cpu = 0;
	assert_int_equal(gaps_watch(&g, 1, 3600, &clk, &why), 0);
	interrupted = 0;
}

/* ---- the whole ------------------------------------------------------------------------------- */

static struct diagnosis of(const struct facts *f)
{
	struct diagnosis d = {.facts = *f};

	diagnosis_judge(&d);
	return d;
}

static void test_json(void **state)
{
	struct facts f = quiet();

	(void)state;
	f.load = 100;
	f.quota = 1;
	struct diagnosis d = of(&f);
	json_t *o = diagnosis_json(&d), *finding;
	size_t i, bad = 0;

	assert_non_null(o);
	assert_string_equal(json_string_value(json_object_get(o, "grade")), "bad");
	/* of two the one that weighs more */
	assert_string_equal(json_string_value(json_object_get(o, "worst")), "cgroup-quota");
	assert_string_equal(json_string_value(json_object_get(o, "probes")), "full");
	json_array_foreach(json_object_get(o, "findings"), i, finding)
	{
		const char *grade = json_string_value(json_object_get(finding, "grade"));

		assert_int_equal(json_object_size(finding), 8);
		bad += grade != NULL && strcmp(grade, "bad") == 0;
	}
	assert_int_equal(i, CHECK_COUNT);
	assert_int_equal(bad, 2);
	json_decref(o);
}

static void test_text_keeps_to_its_width(void **state)
{
	static const unsigned int widths[] = {0, 10, 40, 61, 80, 200};
	struct facts f = quiet();

	(void)state;
	f.quota = 1;
	f.hypervisor = true;
	struct diagnosis d = of(&f);

	for (size_t i = 0; i < ARRAY_SIZE(widths); i++) {
		char *text = NULL, *rest, *line;
		size_t len, limit = widths[i] == 0 ? 80 : widths[i] < 40 ? 40 : widths[i];
		FILE *out = open_memstream(&text, &len);

		assert_int_equal(diagnosis_print(out, &d, widths[i]), 0);
		fclose(out);
		assert_non_null(strstr(text, "grade: bad\n\nbad   "));
		/* the worst first */
		assert_true(strstr(text, "\nbad   ") < strstr(text, "\nwarn  "));
		assert_true(strstr(text, "\nwarn  ") < strstr(text, "\ngood  "));
		rest = text;
		while ((line = strsep(&rest, "\n")) != NULL)
			if (strlen(line) > limit)
				fail_msg("%zu columns instead of %zu: %s", strlen(line), limit,
					line);
		free(text);
	}
}

static void test_headline(void **state)
{
	struct finding f = {.title = "steal", .figure = 12.5, .unit = "%", .state = {"since boot"}};

	(void)state;
	assert_string_equal(finding_headline(&f).text, "steal: 12.5 % (since boot)");
	f.state.text[0] = '\0';
	f.figure = 3;
	assert_string_equal(finding_headline(&f).text, "steal: 3 %");
	f.figure = NAN;
	assert_string_equal(finding_headline(&f).text, "steal");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_quiet_machine_is_good),
		cmocka_unit_test(test_frequency),
		cmocka_unit_test(test_processor),
		cmocka_unit_test(test_quota),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_steal),
		cmocka_unit_test(test_clock),
		cmocka_unit_test(test_offset_finding),
		cmocka_unit_test(test_probes_left_out),
		cmocka_unit_test(test_memory_and_limits),
		cmocka_unit_test(test_gaps),
		cmocka_unit_test(test_worst_cpu_counts),
		cmocka_unit_test(test_gaps_of_this_machine),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_text_keeps_to_its_width),
		cmocka_unit_test(test_headline),
	};

	return cmocka_run_group_tests_name("doctor", tests, NULL, NULL);
}
