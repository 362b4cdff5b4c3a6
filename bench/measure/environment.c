/* SPDX-License-Identifier: MIT */
/* Puts the fingerprint together; most of it is a table of files. */
#include "measure/clock.h"
#include "measure/hist.h"
#include "measure/machine.h"
#include "measure/usage.h"
#include "text/memory.h"
#include "text/record.h"
#include "text/rows.h"
#include "text/text-file.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#ifndef IPCBENCH_VERSION
#define IPCBENCH_VERSION "unknown"
#endif

#define CPUS "/sys/devices/system/cpu/"

/* How the text of a file becomes a value. */
enum form {
	AS_TEXT,
	AS_NUMBER,
	AS_NUMBERS, /* several, separated by white space */
	AS_CHOICE,  /* the word in brackets */
};

struct source {
	const char *key, *path;
	enum form form;
};

static const struct source cpu_files[] = {
	{"online", CPUS "online", AS_TEXT},
	{"isolated", CPUS "isolated", AS_TEXT},
	{"smt", CPUS "smt/control", AS_TEXT},
	{"microcode", CPUS "cpu0/microcode/version", AS_TEXT},
	{"frequency_driver", CPUS "cpu0/cpufreq/scaling_driver", AS_TEXT},
	{"frequency_governor", CPUS "cpu0/cpufreq/scaling_governor", AS_TEXT},
	{"frequency_max_khz", CPUS "cpu0/cpufreq/cpuinfo_max_freq", AS_NUMBER},
	{"idle_driver", CPUS "cpuidle/current_driver", AS_TEXT},
	{"idle_governor", CPUS "cpuidle/current_governor_ro", AS_TEXT},
};

static const struct source limit_files[] = {
	{"mq_msg_max", "/proc/sys/fs/mqueue/msg_max", AS_NUMBER},
	{"mq_msgsize_max", "/proc/sys/fs/mqueue/msgsize_max", AS_NUMBER},
	{"mq_queues_max", "/proc/sys/fs/mqueue/queues_max", AS_NUMBER},
	{"msgmax", "/proc/sys/kernel/msgmax", AS_NUMBER},
	{"msgmnb", "/proc/sys/kernel/msgmnb", AS_NUMBER},
	{"msgmni", "/proc/sys/kernel/msgmni", AS_NUMBER},
	{"pipe_max_size", "/proc/sys/fs/pipe-max-size", AS_NUMBER},
	{"shmmax", "/proc/sys/kernel/shmmax", AS_NUMBER},
	{"shmmni", "/proc/sys/kernel/shmmni", AS_NUMBER},
	{"sem", "/proc/sys/kernel/sem", AS_NUMBERS},
	{"wmem_max", "/proc/sys/net/core/wmem_max", AS_NUMBER},
	{"rmem_max", "/proc/sys/net/core/rmem_max", AS_NUMBER},
	{"wmem_default", "/proc/sys/net/core/wmem_default", AS_NUMBER},
	{"rmem_default", "/proc/sys/net/core/rmem_default", AS_NUMBER},
	{"tcp_wmem", "/proc/sys/net/ipv4/tcp_wmem", AS_NUMBERS},
	{"tcp_rmem", "/proc/sys/net/ipv4/tcp_rmem", AS_NUMBERS},
	{"max_dgram_qlen", "/proc/sys/net/unix/max_dgram_qlen", AS_NUMBER},
};

static const struct source kernel_files[] = {
	{"clocksource", "/sys/devices/system/clocksource/clocksource0/current_clocksource",
		AS_TEXT},
	{"thp", "/sys/kernel/mm/transparent_hugepage/enabled", AS_CHOICE},
	{"thp_shmem", "/sys/kernel/mm/transparent_hugepage/shmem_enabled", AS_CHOICE},
	{"numa_balancing", "/proc/sys/kernel/numa_balancing", AS_NUMBER},
	{"aslr", "/proc/sys/kernel/randomize_va_space", AS_NUMBER},
};

/* ---- values --------------------------------------------------------------------------------- */

/* Some limits are beyond what JSON's readers take for an integer. NULL where no number stands. */
static json_t *number_json(const char *text, char **end)
{
	errno = 0;
	if (*text == '-')
		return json_integer(strtoll(text, end, 10));
	unsigned long long n = strtoull(text, end, 10);

	if (errno != 0 || *end == text)
		return NULL;
	return n <= LLONG_MAX ? json_integer((json_int_t)n) : json_real((double)n);
}

static json_t *numbers_json(const char *text)
{
	json_t *array = json_array(), *n;
	char *end;

	while (*text != '\0' && (n = number_json(text, &end)) != NULL) {
		json_array_append_new(array, n);
		text = end;
		text += strspn(text, " \t");
	}
	return array;
}

static json_t *file_json(const struct source *s)
{
	char text[512], *end;

	if (text_file_read(s->path, text, sizeof(text)) < 0)
		return NULL;
	switch (s->form) {
	case AS_NUMBER:
		return number_json(text, &end);
	case AS_NUMBERS:
		return numbers_json(text);
	case AS_CHOICE:
		return json_text(text_chosen(text));
	default:
		return json_text(text);
	}
}

/* Adds a key for each file, null where there is no such file. Returns the object. */
static json_t *with_files(json_t *object, const struct source *sources, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		json_t *value = file_json(&sources[i]);

		json_object_set_new(object, sources[i].key, value != NULL ? value : json_null());
	}
	return object;
}

/* ---- sections ------------------------------------------------------------------------------- */

/* An argument with the home directory cut down to "~": its path often is a person's name. */
static json_t *argument_json(const char *arg)
{
	const char *home = getenv("HOME"), *at;
	size_t len = home == NULL ? 0 : strlen(home);
	char shorter[4096];

	while (len > 0 && home[len - 1] == '/')
		len--;
	at = len > 1 ? memmem(arg, strlen(arg), home, len) : NULL;
	if (at == NULL || (at[len] != '/' && at[len] != '\0'))
		return json_text(arg);
	snprintf(shorter, sizeof(shorter), "%.*s~%s", (int)(at - arg), arg, at + len);
	return json_text(shorter);
}

static json_t *command_json(int argc, char *const *argv)
{
	json_t *array = json_array();

	for (int i = 0; i < argc; i++)
		json_array_append_new(array, argument_json(argv[i]));
	return array;
}

/* Relative paths in the command are of it. */
static json_t *directory_json(void)
{
	char here[4096];

	return getcwd(here, sizeof(here)) == NULL ? json_null() : argument_json(here);
}

static json_t *build_json(void)
{
#if defined(__clang__)
	const char *compiler = __VERSION__;
#else
	const char *compiler = "gcc " __VERSION__;
#endif
#if defined(IPCBENCH_CFLAGS)
	const char *cflags = IPCBENCH_CFLAGS;
#else
	const char *cflags = NULL;
#endif
#if defined(__OPTIMIZE__)
	bool optimized = true;
#else
	bool optimized = false;
#endif

	return json_pack("{s:s, s:o, s:o, s:b, s:i}", "version", IPCBENCH_VERSION, "compiler",
		json_text(compiler), "cflags", json_text(cflags), "optimized", optimized,
		"layout_seed", IPCBENCH_LAYOUT_SEED);
}

static json_t *cpu_json(const struct topology *topo)
{
	struct topology_counts n;
	char model[256];
	int turbo = machine_turbo("");

	topology_count(topo, &n);
	json_t *o = json_pack("{s:o, s:i, s:i, s:i, s:i, s:i}", "model",
		json_text(machine_cpu_model(model, sizeof(model))), "cpus", (int)n.cpus, "cores",
		(int)n.cores, "llcs", (int)n.llcs, "nodes", (int)n.nodes, "packages",
		(int)n.packages);

	with_files(o, cpu_files, ARRAY_SIZE(cpu_files));
	json_object_set_new(o, "caches", machine_caches(""));
	/* that of --footprint cold */
	json_object_set_new(o, "llc_bytes",
		topo->llc_bytes != 0 ? json_integer((json_int_t)topo->llc_bytes) : json_null());
	json_object_set_new(o, "turbo", turbo < 0 ? json_null() : json_boolean(turbo));
	return o;
}

/* Nanoseconds that recording one value takes: the fastest of several batches. */
static double record_cost_ns(const struct clock *clk)
{
	enum { BATCHES = 16, VALUES = 4096 };
	struct histogram *h = need_array(1, sizeof(*h));
	uint64_t best = UINT64_MAX;

	hist_reset(h);
	for (int batch = 0; batch < BATCHES; batch++) {
		uint64_t start = clock_now(clk);

		for (uint64_t i = 0; i < VALUES; i++) {
			/* 0 to 16 us in no order; the barrier as in a loop that calls a kernel */
			hist_record(h, (i * UINT64_C(0x9e3779b97f4a7c15)) >> 50);
			__asm__ volatile("" ::: "memory");
		}
		uint64_t ticks = clock_now(clk) - start;

		best = ticks < best ? ticks : best;
	}
	free(h);
	return (double)best * 1e9 / (double)clk->ticks_hz / VALUES;
}

static json_t *clock_json(const struct clock *clk)
{
	return json_pack("{s:s, s:I, s:f, s:f, s:f}", "name", clock_name(clk), "ticks_hz",
		(json_int_t)clk->ticks_hz, "cost_ns", clock_cost_ns(clk), "resolution_ns",
		clock_resolution_ns(clk), "record_cost_ns", record_cost_ns(clk));
}

static json_t *kernel_json(void)
{
	struct utsname u = {.sysname = ""};
	char os[256];

	/* not u.nodename, which is the machine's name */
	uname(&u);
	return with_files(
		json_pack("{s:o, s:o, s:o, s:o, s:o}", "name", json_text(u.sysname), "release",
			json_text(u.release), "version", json_text(u.version), "architecture",
			json_text(u.machine), "os", json_text(machine_os_name(os, sizeof(os)))),
		kernel_files, ARRAY_SIZE(kernel_files));
}

static json_t *virtual_machine_json(void)
{
	static const struct source type = {"type", "/sys/hypervisor/type", AS_TEXT};
	char vendor[64];
	int present = machine_hypervisor(vendor, sizeof(vendor));

	return with_files(json_pack("{s:o, s:o}", "hypervisor",
				  present < 0 ? json_null() : json_boolean(present), "vendor",
				  json_text(present > 0 && vendor[0] != '\0' ? vendor : NULL)),
		&type, 1);
}

/* `got` is what getrlimit() returned, whose first parameter has another type in each C library. */
static json_t *rlimit_json(int got, const struct rlimit *r)
{
	if (got < 0)
		return json_null();
	return r->rlim_cur == RLIM_INFINITY ? json_string("unlimited")
					    : json_integer((json_int_t)r->rlim_cur);
}

static json_t *limits_json(void)
{
	json_t *o = with_files(json_object(), limit_files, ARRAY_SIZE(limit_files));
	struct rlimit r;

	json_object_set_new(o, "rlimit_msgqueue", rlimit_json(getrlimit(RLIMIT_MSGQUEUE, &r), &r));
	json_object_set_new(o, "rlimit_nofile", rlimit_json(getrlimit(RLIMIT_NOFILE, &r), &r));
	json_object_set_new(o, "rlimit_memlock", rlimit_json(getrlimit(RLIMIT_MEMLOCK, &r), &r));
	json_object_set_new(o, "cgroup_cpus", json_rounded(machine_cpu_quota("")));
	return o;
}

static json_t *memory_json(void)
{
	json_int_t page = sysconf(_SC_PAGESIZE), pages = sysconf(_SC_PHYS_PAGES);

	return json_pack("{s:I, s:I}", "page_bytes", page, "total_bytes", page * pages);
}

static json_t *load_json(void)
{
	double load[3];
	bool known = getloadavg(load, 3) == 3;

	return json_pack("{s:o, s:o}", "average",
		known ? json_pack("[f, f, f]", load[0], load[1], load[2]) : json_null(),
		"cpu_pressure_some_avg10", json_rounded(machine_cpu_pressure()));
}

/* What --counters can count here, and why not the rest. */
static json_t *perf_json(void)
{
	static const struct source paranoid = {
		"paranoid", "/proc/sys/kernel/perf_event_paranoid", AS_NUMBER};
	json_t *o = with_files(json_object(), &paranoid, 1);
	struct counter_support s;

	counters_probe(&s);
	for (int i = 0; i < COUNTER_COUNT; i++)
		json_object_set_new(o, counter_names[i],
			json_pack("{s:b, s:o}", "available", s.available[i], "reason",
				json_text(s.available[i] ? NULL : s.why[i].text)));
	return o;
}

static json_t *started_json(void)
{
	time_t now = time(NULL);
	struct tm utc;
	char text[32];

	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
	return json_string(text);
}

char *environment_text(const struct topology *topo, const struct clock *clk, int argc,
	char *const *argv, json_t *plan, json_t *doctor)
{
	json_t *o = json_pack(
		"{s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:O*, s:O?}",
		"schema_version", SCHEMA_VERSION, "started", started_json(), "command",
		command_json(argc, argv), "directory", directory_json(), "ipcbench", build_json(),
		"cpu", cpu_json(topo), "clock", clock_json(clk), "kernel", kernel_json(),
		"virtual_machine", virtual_machine_json(), "mitigations", machine_mitigations(""),
		"limits", limits_json(), "memory", memory_json(), "load", load_json(), "perf",
		perf_json(), "plan", plan, "doctor", doctor);
	char *text = needed(json_dumps(o, JSON_INDENT(2) | JSON_REAL_PRECISION(9)));

	json_decref(o);
	return text;
}
