/* SPDX-License-Identifier: MIT */
/* Puts the fingerprint together; most of it is a table of files. */
#include "measure/environment.h"
#include "measure/clock.h"
#include "measure/counters.h"
#include "measure/hist.h"
#include "measure/machine.h"
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

enum { SCHEMA_VERSION = 1 };

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

/* Sets a key, to null where there is no value. */
static void put(json_t *object, const char *key, json_t *value)
{
	json_object_set_new(object, key, value != NULL ? value : json_null());
}

/* JSON is UTF-8, and neither arguments nor files have to be. */
static json_t *text_json(const char *text)
{
	json_t *value = json_string(text);
	char *ascii = value == NULL ? strdup(text) : NULL;

	if (ascii == NULL)
		return value;
	for (char *p = ascii; *p != '\0'; p++)
		if ((*p & 0x80) != 0)
			*p = '?';
	value = json_string(ascii);
	free(ascii);
	return value;
}

/* Some limits are beyond what JSON's readers take for an integer. */
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
	char text[512], *end, *choice;

	if (text_file_read(s->path, text, sizeof(text)) < 0)
		return NULL;
	switch (s->form) {
	case AS_NUMBER:
		return number_json(text, &end);
	case AS_NUMBERS:
		return numbers_json(text);
	case AS_CHOICE:
		choice = text_chosen(text);
		return choice == NULL ? NULL : text_json(choice);
	case AS_TEXT:
		break;
	}
	return text_json(text);
}

static void put_files(json_t *object, const struct source *sources, size_t n)
{
	for (size_t i = 0; i < n; i++)
		put(object, sources[i].key, file_json(&sources[i]));
}

/* A text that a function of machine.h found, or null. */
static json_t *found_json(const char *text)
{
	return text == NULL ? NULL : text_json(text);
}

static json_t *real_json(double value)
{
	/* refuses NAN, which then is null */
	return json_real(value);
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
		return text_json(arg);
	snprintf(shorter, sizeof(shorter), "%.*s~%s", (int)(at - arg), arg, at + len);
	return text_json(shorter);
}

static json_t *command_json(int argc, char *const *argv)
{
	json_t *array = json_array();

	for (int i = 0; i < argc; i++)
		json_array_append_new(array, argument_json(argv[i]));
	return array;
}

static json_t *build_json(void)
{
	json_t *o = json_object();

	put(o, "version", json_string(IPCBENCH_VERSION));
#if defined(__clang__)
	put(o, "compiler", text_json(__VERSION__));
#else
	put(o, "compiler", json_string("gcc " __VERSION__));
#endif
#if defined(IPCBENCH_CFLAGS)
	put(o, "cflags", text_json(IPCBENCH_CFLAGS));
#else
	put(o, "cflags", NULL);
#endif
#if defined(__OPTIMIZE__)
	put(o, "optimized", json_true());
#else
	put(o, "optimized", json_false());
#endif
	return o;
}

static void add_cache(void *arg, const char *name, unsigned long long bytes)
{
	json_t *cache = json_object();

	put(cache, "name", text_json(name));
	put(cache, "bytes", json_integer((json_int_t)bytes));
	json_array_append_new(arg, cache);
}

static json_t *caches_json(void)
{
	json_t *array = json_array();

	machine_caches("", add_cache, array);
	return array;
}

static json_t *cpu_json(const struct topology *topo)
{
	json_t *o = json_object();
	struct topology_counts n;
	char text[256];
	int turbo = machine_turbo("");

	put(o, "model", found_json(machine_cpu_model(text, sizeof(text))));
	topology_count(topo, &n);
	put(o, "cpus", json_integer(n.cpus));
	put(o, "cores", json_integer(n.cores));
	put(o, "llcs", json_integer(n.llcs));
	put(o, "nodes", json_integer(n.nodes));
	put(o, "packages", json_integer(n.packages));
	put_files(o, cpu_files, ARRAY_SIZE(cpu_files));
	put(o, "caches", caches_json());
	put(o, "turbo", turbo < 0 ? NULL : json_boolean(turbo));
	return o;
}

/* Nanoseconds that recording one value takes: the fastest of several batches. */
static json_t *record_cost_json(const struct clock *clk)
{
	enum { BATCHES = 16, VALUES = 4096 };
	struct histogram *h = malloc(sizeof(*h));
	uint64_t best = UINT64_MAX;

	if (h == NULL)
		return NULL;
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
	return real_json((double)best * 1e9 / (double)clk->ticks_hz / VALUES);
}

static json_t *clock_json(const struct clock *clk)
{
	json_t *o = json_object();

	put(o, "name", json_string(clock_name(clk)));
	put(o, "ticks_hz", json_integer((json_int_t)clk->ticks_hz));
	put(o, "cost_ns", real_json(clock_cost_ns(clk)));
	put(o, "resolution_ns", real_json(clock_resolution_ns(clk)));
	put(o, "record_cost_ns", record_cost_json(clk));
	return o;
}

static json_t *kernel_json(void)
{
	json_t *o = json_object();
	struct utsname u;
	bool known = uname(&u) == 0;
	char text[256];

	/* not u.nodename, which is the machine's name */
	put(o, "name", known ? text_json(u.sysname) : NULL);
	put(o, "release", known ? text_json(u.release) : NULL);
	put(o, "version", known ? text_json(u.version) : NULL);
	put(o, "architecture", known ? text_json(u.machine) : NULL);
	put(o, "os", found_json(machine_os_name(text, sizeof(text))));
	put_files(o, kernel_files, ARRAY_SIZE(kernel_files));
	return o;
}

static json_t *virtual_machine_json(void)
{
	static const struct source type = {"type", "/sys/hypervisor/type", AS_TEXT};
	json_t *o = json_object();
	char text[64];
	int present = machine_hypervisor(text, sizeof(text));

	put(o, "hypervisor", present < 0 ? NULL : json_boolean(present));
	put(o, "vendor", present > 0 && text[0] != '\0' ? text_json(text) : NULL);
	put_files(o, &type, 1);
	return o;
}

static void add_mitigation(void *arg, const char *name, const char *text)
{
	put(arg, name, text_json(text));
}

static json_t *mitigations_json(void)
{
	json_t *o = json_object();

	if (machine_mitigations("", add_mitigation, o) == 0)
		return o;
	json_decref(o);
	return NULL;
}

static json_t *rlimit_json(int resource)
{
	struct rlimit r;

	if (getrlimit((__rlimit_resource_t)resource, &r) < 0)
		return NULL;
	return r.rlim_cur == RLIM_INFINITY ? json_string("unlimited")
					   : json_integer((json_int_t)r.rlim_cur);
}

static json_t *limits_json(void)
{
	json_t *o = json_object();

	put_files(o, limit_files, ARRAY_SIZE(limit_files));
	put(o, "rlimit_msgqueue", rlimit_json(RLIMIT_MSGQUEUE));
	put(o, "rlimit_nofile", rlimit_json(RLIMIT_NOFILE));
	put(o, "rlimit_memlock", rlimit_json(RLIMIT_MEMLOCK));
	put(o, "cgroup_cpus", real_json(machine_cpu_quota("")));
	return o;
}

static json_t *memory_json(void)
{
	json_t *o = json_object();
	long page = sysconf(_SC_PAGESIZE), pages = sysconf(_SC_PHYS_PAGES);

	put(o, "page_bytes", page < 0 ? NULL : json_integer(page));
	put(o, "total_bytes",
		page < 0 || pages < 0 ? NULL : json_integer((json_int_t)page * pages));
	return o;
}

static json_t *load_json(void)
{
	json_t *o = json_object(), *average = NULL;
	double load[3];

	if (getloadavg(load, 3) == 3)
		average = json_pack("[f, f, f]", load[0], load[1], load[2]);
	put(o, "average", average);
	put(o, "cpu_pressure_some_avg10", real_json(machine_cpu_pressure()));
	return o;
}

/* What --counters can count here, and why not the rest. */
static json_t *perf_json(void)
{
	static const struct source paranoid = {
		"paranoid", "/proc/sys/kernel/perf_event_paranoid", AS_NUMBER};
	json_t *o = json_object();
	struct counter_support s;

	put_files(o, &paranoid, 1);
	counters_probe(&s);
	for (int i = 0; i < COUNTER_COUNT; i++) {
		json_t *c = json_object();

		put(c, "available", json_boolean(s.available[i]));
		put(c, "reason", s.available[i] ? NULL : text_json(s.why[i].text));
		put(o, counter_names[i], c);
	}
	return o;
}

static json_t *started_json(void)
{
	time_t now = time(NULL);
	struct tm utc;
	char text[32];

	if (gmtime_r(&now, &utc) == NULL ||
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &utc) == 0)
		return NULL;
	return json_string(text);
}

json_t *environment_json(
	const struct topology *topo, const struct clock *clk, int argc, char *const *argv)
{
	json_t *o = json_object();

	if (o == NULL)
		return NULL;
	put(o, "schema_version", json_integer(SCHEMA_VERSION));
	put(o, "started", started_json());
	put(o, "command", command_json(argc, argv));
	put(o, "ipcbench", build_json());
	put(o, "cpu", cpu_json(topo));
	put(o, "clock", clock_json(clk));
	put(o, "kernel", kernel_json());
	put(o, "virtual_machine", virtual_machine_json());
	put(o, "mitigations", mitigations_json());
	put(o, "limits", limits_json());
	put(o, "memory", memory_json());
	put(o, "load", load_json());
	put(o, "perf", perf_json());
	return o;
}

char *environment_text(const struct topology *topo, const struct clock *clk, int argc,
	char *const *argv, json_t *plan, json_t *doctor)
{
	json_t *o = environment_json(topo, clk, argc, argv);

	if (o != NULL && plan != NULL)
		put(o, "plan", json_incref(plan));
	if (o != NULL)
		put(o, "doctor", json_incref(doctor));
	char *text = o == NULL ? NULL : json_dumps(o, JSON_INDENT(2) | JSON_REAL_PRECISION(9));

	json_decref(o);
	return text;
}
