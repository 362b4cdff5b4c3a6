/* SPDX-License-Identifier: MIT */
#include "measure/topology.h"
#include "text/memory.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The set of one CPU, for CPU_FREE(); NULL if there is no such CPU or no memory. */
static cpu_set_t *set_of(int cpu, size_t *len)
{
	cpu_set_t *set = cpu < 0 ? NULL : CPU_ALLOC((size_t)cpu + 1);

	if (set == NULL)
		return NULL;
	*len = CPU_ALLOC_SIZE((size_t)cpu + 1);
	CPU_ZERO_S(*len, set);
	CPU_SET_S((size_t)cpu, *len, set);
	return set;
}

int pin_here(int cpu, struct reason *why)
{
	size_t len = 0;
	cpu_set_t *set = set_of(cpu, &len);
	int err = 0;

	if (cpu < 0)
		return 0;
	if (set == NULL || sched_setaffinity(0, len, set) < 0)
		err = reason_set(why, errno, "cannot pin to CPU %d: %s", cpu, strerror(errno));
	CPU_FREE(set);
	return err;
}

/*
 * Leaves its caller pinned as well: a new thread may run where its creator may, and musl has no
 * other way to place one.
 */
static int pin_thread(
	pthread_t *out, int cpu, void *(*fn)(void *arg), void *arg, struct reason *why)
{
	int err = cpu < 0 ? EINVAL : -pin_here(cpu, NULL);

	if (err == 0)
		err = pthread_create(out, NULL, fn, arg);
	if (err != 0)
		return reason_set(why, err,
			"no thread on CPU %d: %s; check taskset, the cpuset of the cgroup and ulimit -u",
			cpu, strerror(err));
	return 0;
}

int pin_threads(size_t n, const int *cpus, void *(*fn)(void *arg), void *args, size_t size,
	struct reason *why)
{
	enum { CPUS_MAX = 8192 }; /* no kernel knows more */
	const size_t len = CPU_ALLOC_SIZE(CPUS_MAX);
	cpu_set_t *own = need_array(1, len);
	pthread_t *threads = need_array(n, sizeof(*threads));
	size_t started = 0;
	int known = sched_getaffinity(0, len, own), r = 0;

	if (known < 0)
		r = reason_set(why, errno, "sched_getaffinity: %s", strerror(errno));
	while (started < n && r == 0) {
		r = pin_thread(
			&threads[started], cpus[started], fn, (char *)args + started * size, why);
		started += r == 0;
	}
	if (known >= 0)
		sched_setaffinity(0, len, own);
	for (size_t i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	free(threads);
	free(own);
	return r;
}

int awake_hold(int *fd, struct reason *why)
{
	const int32_t no_latency = 0;

	*fd = open("/dev/cpu_dma_latency", O_WRONLY | O_CLOEXEC);
	if (*fd < 0 || write(*fd, &no_latency, sizeof(no_latency)) != sizeof(no_latency))
		return reason_set(why, errno,
			"cannot hold CPUs awake through /dev/cpu_dma_latency: %s; run as root or use --idle default",
			strerror(errno));
	return 0;
}
