/* SPDX-License-Identifier: MIT */
#include "gate/fingerprint.h"

#include "text/memory.h"
#include <math.h>
#include <stdlib.h>

/* A member of env.json. An empty key stands for all members of the section. */
struct trait {
	const char *section, *key, *title;
	double tolerance; /* numbers that differ by no more than this part are equal */
};

/* The most important first. */
static const struct trait traits[] = {
	{"cpu", "model", "CPU model", 0},
	{"cpu", "cpus", "CPUs", 0},
	{"cpu", "cores", "cores", 0},
	{"cpu", "packages", "CPU packages", 0},
	{"cpu", "nodes", "NUMA nodes", 0},
	{"cpu", "llcs", "last-level caches", 0},
	{"kernel", "architecture", "architecture", 0},
	/* machines of one model tick at different rates; the calibration errs by less than this */
	{"clock", "ticks_hz", "clock rate", 1e-3},
	{"virtual_machine", "hypervisor", "virtual machine", 0},
	{"virtual_machine", "vendor", "hypervisor", 0},
	{"kernel", "release", "kernel", 0},
	{"kernel", "version", "kernel build", 0},
	{"cpu", "microcode", "microcode", 0},
	{"mitigations", "", "mitigation", 0},
	{"cpu", "frequency_driver", "frequency driver", 0},
	{"cpu", "frequency_governor", "frequency governor", 0},
	{"cpu", "frequency_max_khz", "highest frequency in kHz", 0},
	{"cpu", "turbo", "turbo", 0},
	{"cpu", "idle_driver", "idle driver", 0},
	{"cpu", "idle_governor", "idle governor", 0},
	{"cpu", "smt", "SMT", 0},
	{"cpu", "online", "CPUs online", 0},
	{"cpu", "isolated", "isolated CPUs", 0},
	{"limits", "cgroup_cpus", "CPU quota of the control group", 0},
	{"ipcbench", "compiler", "compiler of ipcbench", 0},
	{"ipcbench", "cflags", "compiler flags of ipcbench", 0},
	{"ipcbench", "optimized", "optimised build of ipcbench", 0},
	{"clock", "name", "clock", 0},
	{"kernel", "clocksource", "clock source of the kernel", 0},
	{"kernel", "thp", "transparent huge pages", 0},
	{"kernel", "thp_shmem", "huge pages of shared memory", 0},
	{"kernel", "numa_balancing", "NUMA balancing", 0},
	{"kernel", "aslr", "ASLR", 0},
	{"kernel", "os", "operating system", 0},
	{"memory", "page_bytes", "page size", 0},
	/* kernels keep different shares for themselves */
	{"memory", "total_bytes", "memory in bytes", 1e-2},
	{"limits", "wmem_default", "net.core.wmem_default", 0},
	{"limits", "rmem_default", "net.core.rmem_default", 0},
	{"limits", "wmem_max", "net.core.wmem_max", 0},
	{"limits", "rmem_max", "net.core.rmem_max", 0},
	{"limits", "tcp_wmem", "net.ipv4.tcp_wmem", 0},
	{"limits", "tcp_rmem", "net.ipv4.tcp_rmem", 0},
	{"limits", "max_dgram_qlen", "net.unix.max_dgram_qlen", 0},
	{"limits", "pipe_max_size", "fs.pipe-max-size", 0},
	{"limits", "msgmnb", "kernel.msgmnb", 0},
	{"limits", "mq_msg_max", "fs.mqueue.msg_max", 0},
};

/* A value as a person reads it; to be freed. */
static char *spell(const json_t *value)
{
	if (value == NULL || json_is_null(value))
		return need_copy("unknown");
	if (json_is_string(value))
		return need_copy(json_string_length(value) > 0 ? json_string_value(value) : "none");
	if (json_is_boolean(value))
		return need_copy(json_is_true(value) ? "yes" : "no");
	return json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(9));
}

static bool equal(const json_t *a, const json_t *b, double tolerance)
{
	bool known_a = a != NULL && !json_is_null(a), known_b = b != NULL && !json_is_null(b);

	if (!known_a || !known_b)
		return known_a == known_b;
	if (!json_is_number(a) || !json_is_number(b))
		return json_equal(a, b);
	double x = json_number_value(a), y = json_number_value(b);

	return fabs(x - y) <= tolerance * fmax(fabs(x), fabs(y));
}

static void compare_value(struct gate_results *r, const struct trait *t, const char *detail,
	const json_t *base, const json_t *new)
{
	if (equal(base, new, t->tolerance))
		return;
	char *x = spell(base), *y = spell(new);

	gate_note(r, "%s%s%s: %s in base, %s in new", t->title, detail[0] == '\0' ? "" : " ",
		detail, x, y);
	free(x);
	free(y);
}

/* All members of a section; those that only the new one has are behind. */
static void compare_section(
	struct gate_results *r, const struct trait *t, json_t *base, json_t *new)
{
	const char *key;
	json_t *value;

	json_object_foreach(base, key, value)
	{
		compare_value(r, t, key, value, json_object_get(new, key));
	}
	json_object_foreach(new, key, value)
	{
		if (json_object_get(base, key) == NULL)
			compare_value(r, t, key, NULL, value);
	}
}

void fingerprint_compare(struct gate_results *r, const json_t *base, const json_t *new)
{
	if (base == NULL || new == NULL) {
		gate_note(r, "the machine%s unknown: there is no env.json%s",
			base != NULL  ? " of new is"
			: new != NULL ? " of base is"
				      : "s are",
			base == NULL && new == NULL ? " in either run" : "");
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(traits); i++) {
		const struct trait *t = &traits[i];
		json_t *a = json_object_get(base, t->section),
		       *b = json_object_get(new, t->section);

		if (t->key[0] == '\0')
			compare_section(r, t, a, b);
		else
			compare_value(
				r, t, "", json_object_get(a, t->key), json_object_get(b, t->key));
	}
}

static const char *text_of(const json_t *env, const char *section, const char *key)
{
	const char *text = json_string_value(json_object_get(json_object_get(env, section), key));

	return text == NULL ? "unknown" : text;
}

char *fingerprint_machine(const json_t *env)
{
	long long cpus = json_integer_value(json_object_get(json_object_get(env, "cpu"), "cpus"));

	if (env == NULL)
		return need_copy("unknown");
	return need_text("%s, %lld CPU%s, %s %s", text_of(env, "cpu", "model"), cpus,
		cpus == 1 ? "" : "s", text_of(env, "kernel", "name"),
		text_of(env, "kernel", "release"));
}

const char *fingerprint_version(const json_t *env)
{
	return text_of(env, "ipcbench", "version");
}
