/* SPDX-License-Identifier: MIT */
/* What the doctor reads in the files of machines that are not here. */
#include "doctor/facts.h"
#include "measure/machine.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "tree.h"

#define CPUS "/sys/devices/system/cpu/"

/* ---- machines ------------------------------------------------------------------------------- */

static void read_machine(struct facts *f, const struct tree_file *files)
{
	char root[] = "/tmp/ipcbench-test-XXXXXX";

	assert_non_null(mkdtemp(root));
	tree_plant(root, files);
	*f = (struct facts){0};
	facts_read(f, root);
	tree_remove(root);
}

static double room_of(const struct tree_file *files)
{
	char root[] = "/tmp/ipcbench-test-XXXXXX";

	assert_non_null(mkdtemp(root));
	tree_plant(root, files);
	double room = machine_memory_room(root);

	tree_remove(root);
	return room;
}

/* The reader is one of those that run; a kernel that does not count it has nobody. */
static void test_run_queue(void **state)
{
	static const struct tree_file busy[] = {
		{"/proc/loadavg", "1.95 3.01 2.71 3/92 21215\n"}, {NULL, NULL}};
	static const struct tree_file idle[] = {
		{"/proc/loadavg", "0.00 0.00 0.00 0/92 1\n"}, {NULL, NULL}};
	static const struct tree_file cut[] = {{"/proc/loadavg", "0.1 0.2 0.3\n"}, {NULL, NULL}};
	struct facts f;

	(void)state;
	read_machine(&f, busy);
	assert_true(f.load == 1.95 && f.run_queue == 2);
	read_machine(&f, idle);
	assert_true(f.load == 0 && f.run_queue == 0);
	read_machine(&f, cut);
	assert_true(isnan(f.load) && isnan(f.run_queue));
}

static const struct tree_file xeon[] = {
	{"/proc/cpuinfo",
		"processor\t: 0\nmodel name\t: Intel(R) Xeon(R) Gold 6354\nflags\t\t: fpu tsc constant_tsc\n"},
	{"/proc/self/status", "Name:\tx\nCpus_allowed:\tff\nCpus_allowed_list:\t0-5\n"},
	{"/proc/self/cgroup", "0::/user.slice/job\n"},
	{"/proc/self/limits",
		"Limit                     Soft Limit           Hard Limit           Units\n"
		"Max msgqueue size         819200               819200               bytes\n"},
	{"/proc/loadavg", "0.42 0.1 0.1 5/900 77\n"},
	{"/proc/stat", "cpu  100 0 0 890 0 0 0 10 0 0\n"},
	{"/sys/fs/cgroup/user.slice/cpu.max", "400000 100000\n"},
	{"/sys/fs/cgroup/user.slice/job/cpu.max", "150000 100000\n"},
	{CPUS "online", "0-7\n"},
	{CPUS "isolated", "4-7\n"},
	{CPUS "nohz_full", "4-5\n"},
	{CPUS "smt/active", "1\n"},
	{CPUS "intel_pstate/no_turbo", "0\n"},
	{CPUS "cpu0/cpufreq/scaling_governor", "performance\n"},
	{CPUS "cpu0/cpufreq/scaling_driver", "intel_pstate\n"},
	{CPUS "cpu3/cpufreq/scaling_governor", "powersave\n"},
	{CPUS "cpu3/cpufreq/scaling_driver", "intel_pstate\n"},
	{CPUS "cpu3/cpufreq/scaling_min_freq", "800000\n"},
	{CPUS "cpu3/cpufreq/scaling_max_freq", "3600000\n"},
	{CPUS "cpuidle/current_driver", "intel_idle\n"},
	{CPUS "cpu0/cpuidle/state0/latency", "0\n"},
	{CPUS "cpu0/cpuidle/state0/name", "POLL\n"},
	{CPUS "cpu0/cpuidle/state1/latency", "2\n"},
	{CPUS "cpu0/cpuidle/state1/name", "C1\n"},
	{CPUS "cpu0/cpuidle/state1/disable", "0\n"},
	{CPUS "cpu0/cpuidle/state2/latency", "133\n"},
	{CPUS "cpu0/cpuidle/state2/name", "C6\n"},
	{CPUS "cpu0/cpuidle/state2/disable", "1\n"},
	{CPUS "vulnerabilities/mds", "Not affected\n"},
	{CPUS "vulnerabilities/retbleed", "Vulnerable\n"},
	{CPUS "vulnerabilities/spectre_v2", "Mitigation: Enhanced IBRS; BHI: Vulnerable\n"},
	{"/sys/devices/system/clocksource/clocksource0/current_clocksource", "tsc\n"},
	{"/sys/kernel/mm/transparent_hugepage/enabled", "[always] madvise never\n"},
	{"/proc/sys/kernel/randomize_va_space", "2\n"},
	{"/proc/sys/fs/mqueue/msgsize_max", "8192\n"},
	{"/proc/sys/fs/mqueue/msg_max", "10\n"},
	{"/proc/sys/fs/pipe-max-size", "1048576\n"},
	{"/proc/sys/kernel/msgmax", "8192\n"},
	{"/proc/sys/kernel/msgmnb", "16384\n"},
	{NULL, NULL},
};

static void test_xeon_processor(void **state)
{
	struct facts f;

	(void)state;
	read_machine(&f, xeon);
	assert_true(f.hypervisor_known && !f.hypervisor);
	assert_string_equal(f.clock_source, "tsc");
	/* the slowest-minded of the CPUs counts */
	assert_string_equal(f.governor, "powersave");
	assert_string_equal(f.frequency_driver, "intel_pstate");
	assert_true(f.min_khz == 800000 && f.max_khz == 3600000);
	assert_true(f.turbo == 1);
	assert_true(f.smt == 1);
	/* the deepest state is switched off */
	assert_string_equal(f.idle_deepest, "C1");
	assert_true(f.idle_latency_us == 2);
	assert_string_equal(f.idle_driver, "intel_idle");
	assert_true(f.mitigated == 1);
	assert_true(f.vulnerable == 1);
	assert_string_equal(f.mitigations.text, "spectre_v2");
}

static void test_xeon_system(void **state)
{
	struct facts f;

	(void)state;
	read_machine(&f, xeon);
	assert_true(f.cpus_online == 8);
	assert_true(f.cpus_allowed == 6);
	assert_true(f.cpus_isolated == 2);
	assert_true(f.isolated_elsewhere == 2);
	assert_true(f.cpus_tickless == 2);
	assert_true(f.load == 0.42 && f.run_queue == 4);
	assert_true(fabs(f.steal - 1) < 1e-9);
	/* the tighter of the two groups */
	assert_true(f.quota_known && f.quota == 1.5);
	assert_string_equal(f.thp, "always");
	assert_true(f.aslr == 2);
	assert_true(f.mq_msgsize_max == 8192 && f.mq_msg_max == 10 && f.mq_rlimit == 819200);
	assert_true(f.pipe_max_size == 1048576 && f.msgmax == 8192 && f.msgmnb == 16384);
}

static void test_virtual_machine(void **state)
{
	static const struct tree_file files[] = {
		{"/proc/cpuinfo", "flags\t\t: fpu tsc hypervisor lahf_lm\n"},
		{"/sys/class/dmi/id/sys_vendor", "QEMU\n"},
		{"/sys/devices/system/clocksource/clocksource0/current_clocksource", "kvm-clock\n"},
		{"/proc/self/cgroup", "5:memory:/m\n4:cpu,cpuacct:/docker/abc\n"},
		{"/sys/fs/cgroup/cpu/docker/abc/cpu.cfs_quota_us", "50000\n"},
		{"/sys/fs/cgroup/cpu/docker/abc/cpu.cfs_period_us", "100000\n"},
		{"/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n"},
		{"/proc/self/limits",
			"Max msgqueue size         unlimited            unlimited   bytes\n"},
		{CPUS "cpufreq/boost", "0\n"},
		{CPUS "nohz_full", "(null)\n"},
		{"/proc/self/status", "Cpus_allowed_list:\t0\n"},
		{NULL, NULL},
	};
	struct facts f;

	(void)state;
	read_machine(&f, files);
	assert_true(f.hypervisor_known && f.hypervisor);
	assert_string_equal(f.vendor, "QEMU");
	assert_string_equal(f.clock_source, "kvm-clock");
	assert_true(f.quota_known && f.quota == 0.5);
	assert_true(isinf(f.mq_rlimit));
	assert_true(f.turbo == 0);
	assert_true(f.cpus_tickless == 0);
	assert_true(f.cpus_allowed == 1);
}

static void test_nothing_is_there(void **state)
{
	static const struct tree_file none[] = {{NULL, NULL}};
	struct facts f;

	(void)state;
	read_machine(&f, none);
	assert_false(f.hypervisor_known || f.quota_known);
	assert_true(isnan(f.turbo) && isnan(f.smt) && isnan(f.mitigated));
	assert_true(isnan(f.cpus_online) && isnan(f.cpus_allowed) && isnan(f.cpus_isolated));
	assert_true(isnan(f.load) && isnan(f.run_queue) && isnan(f.steal) && isnan(f.quota));
	assert_true(isnan(f.idle_latency_us) && isnan(f.aslr) && isnan(f.mq_msgsize_max));
	assert_true(isnan(f.mq_rlimit) && isnan(f.pipe_max_size) && isnan(f.msgmax));
	assert_string_equal(f.governor, "");
	assert_string_equal(f.clock_source, "");
	assert_string_equal(f.thp, "");
}

static void test_damaged_files(void **state)
{
	static const struct tree_file files[] = {
		{"/proc/loadavg", "0.1 0.2 0.3\n"},
		{"/proc/stat", "cpu\n"},
		{"/proc/self/cgroup", "no colon\n"},
		{"/proc/self/limits", "Max msgqueue size\n"},
		{CPUS "online", "many\n"},
		{CPUS "cpu0/cpuidle/state0/latency", "\n"},
		{"/sys/kernel/mm/transparent_hugepage/enabled", "always madvise\n"},
		{"/proc/sys/kernel/msgmax", "x\n"},
		{NULL, NULL},
	};
	struct facts f;

	(void)state;
	read_machine(&f, files);
	assert_true(isnan(f.load) && isnan(f.run_queue) && isnan(f.steal) && isnan(f.quota));
	assert_true(isnan(f.idle_latency_us) && isnan(f.msgmax) && isnan(f.mq_rlimit));
	assert_true(isnan(f.cpus_online));
	assert_string_equal(f.thp, "");
}

/* What is available, or what the tightest group has left; files that are cached give way. */
static void test_memory_room(void **state)
{
#define AVAILABLE                                                                                  \
	{                                                                                          \
		"/proc/meminfo", "MemTotal: 900 kB\nMemAvailable:   800 kB\n"                      \
	}
	static const struct tree_file machine[] = {AVAILABLE, {NULL, NULL}};
	static const struct tree_file unified[] = {AVAILABLE, {"/proc/self/cgroup", "0::/a/b\n"},
		{"/sys/fs/cgroup/a/memory.max", "400000\n"},
		{"/sys/fs/cgroup/a/memory.current", "300000\n"},
		{"/sys/fs/cgroup/a/memory.stat", "anon 100000\nfile 200000\ninactive_file 50000\n"},
		{"/sys/fs/cgroup/a/b/memory.max", "max\n"},
		{"/sys/fs/cgroup/a/b/memory.current", "300000\n"}, {NULL, NULL}};
	static const struct tree_file old[] = {AVAILABLE,
		{"/proc/self/cgroup", "7:cpu,cpuacct:/x\n4:memory:/box\n"},
		{"/sys/fs/cgroup/memory/box/memory.limit_in_bytes", "4096\n"},
		{"/sys/fs/cgroup/memory/box/memory.usage_in_bytes", "8192\n"}, {NULL, NULL}};
	static const struct tree_file nothing[] = {{"/proc/x", ""}, {NULL, NULL}};

	(void)state;
	assert_true(room_of(machine) == 800 * 1024);
	assert_true(room_of(unified) == 150000);
	assert_true(room_of(old) == 0);
	assert_true(isinf(room_of(nothing)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_run_queue),
		cmocka_unit_test(test_xeon_processor),
		cmocka_unit_test(test_xeon_system),
		cmocka_unit_test(test_virtual_machine),
		cmocka_unit_test(test_nothing_is_there),
		cmocka_unit_test(test_damaged_files),
		cmocka_unit_test(test_memory_room),
	};

	return cmocka_run_group_tests_name("facts", tests, NULL, NULL);
}
