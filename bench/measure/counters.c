/* SPDX-License-Identifier: MIT */
#include "measure/usage.h"
#include "text/text-file.h"
#include <errno.h>
#include <linux/perf_event.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PARANOID "/proc/sys/kernel/perf_event_paranoid"

const char *const counter_names[COUNTER_COUNT] = {
	[COUNTER_CYCLES] = "cycles",
	[COUNTER_INSTRUCTIONS] = "instructions",
	[COUNTER_LLC_MISSES] = "llc_misses",
	[COUNTER_TASK_CLOCK] = "task_clock",
};

static const struct {
	uint32_t type;
	uint64_t config;
} events[COUNTER_COUNT] = {
	[COUNTER_CYCLES] = {PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES},
	[COUNTER_INSTRUCTIONS] = {PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS},
	[COUNTER_LLC_MISSES] = {PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_MISSES},
	[COUNTER_TASK_CLOCK] = {PERF_TYPE_SOFTWARE, PERF_COUNT_SW_TASK_CLOCK},
};

/*
 * Never for user mode alone, which many systems allow where they refuse the rest: most of what
 * IPC costs is spent in the kernel.
 */
static int open_event(enum counter c)
{
	struct perf_event_attr attr = {
		.type = events[c].type,
		.size = sizeof(attr),
		.config = events[c].config,
		.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING,
		.exclude_hv = 1,
	};
	int fd = (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

void counters_refusal(struct reason *why, int err, long paranoid)
{
	const char *what = strerror(err);

	switch (err) {
	case ENOENT:
	case ENODEV:
	case EOPNOTSUPP:
		reason_set(why, err, "%s: this CPU or hypervisor has no such counter", what);
		break;
	case ENOSYS:
		reason_set(why, err, "%s: this kernel was built without CONFIG_PERF_EVENTS", what);
		break;
	case EACCES:
	case EPERM:
		if (paranoid > 1)
			reason_set(why, err,
				"%s: " PARANOID
				" is %ld and closes the kernel's part to this user; "
				"use sysctl -w kernel.perf_event_paranoid=1 or run as root",
				what, paranoid);
		else
			reason_set(why, err,
				"%s: something other than " PARANOID
				" (%ld) refuses it, such as the seccomp profile of a container; allow "
				"perf_event_open(2) there",
				what, paranoid);
		break;
	default:
		reason_set(why, err, "perf_event_open: %s", what);
	}
}

void counters_probe(struct counter_support *out)
{
	char text[32];
	long paranoid = 0;

	if (text_file_read(PARANOID, text, sizeof(text)) > 0)
		paranoid = strtol(text, NULL, 10);
	*out = (struct counter_support){0};
	for (int c = 0; c < COUNTER_COUNT; c++) {
		int fd = open_event((enum counter)c);

		out->available[c] = fd >= 0;
		if (fd >= 0)
			close(fd);
		else
			counters_refusal(&out->why[c], -fd, paranoid);
	}
}

void counters_open(struct counters *c, const struct counter_support *support)
{
	for (int i = 0; i < COUNTER_COUNT; i++)
		c->fd[i] =
			support != NULL && support->available[i] ? open_event((enum counter)i) : -1;
}

void counters_close(struct counters *c)
{
	for (int i = 0; i < COUNTER_COUNT; i++)
		if (c->fd[i] >= 0)
			close(c->fd[i]);
	counters_open(c, NULL);
}

void counters_now(const struct counters *c, struct count out[COUNTER_COUNT])
{
	for (int i = 0; i < COUNTER_COUNT; i++) {
		out[i] = (struct count){0};
		if (c->fd[i] >= 0 && read(c->fd[i], &out[i], sizeof(out[i])) != sizeof(out[i]))
			out[i] = (struct count){0};
	}
}

double counters_delta(const struct count *from, const struct count *to, double *share)
{
	/* a register was never free, or the reading failed */
	if (to->running_ns <= from->running_ns)
		return NAN;
	double counted = (double)(to->value - from->value);
	double running = (double)(to->running_ns - from->running_ns);
	double enabled = (double)(to->enabled_ns - from->enabled_ns);

	if (running >= enabled)
		return counted;
	*share = fmin(*share, running / enabled);
	return round(counted * (enabled / running));
}
