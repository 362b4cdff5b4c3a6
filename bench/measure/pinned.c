/* SPDX-License-Identifier: MIT */
#include "measure/pinned.h"
#include <errno.h>
#include <sched.h>
#include <string.h>

int pinned_start(pthread_t *out, int cpu, void *(*fn)(void *arg), void *arg, struct reason *why)
{
	pthread_attr_t attr;
	size_t len = CPU_ALLOC_SIZE((size_t)cpu + 1);
	cpu_set_t *set = cpu < 0 ? NULL : CPU_ALLOC((size_t)cpu + 1);

	if (set == NULL)
		return reason_set(why, cpu < 0 ? EINVAL : ENOMEM, "cannot pin to CPU %d", cpu);
	CPU_ZERO_S(len, set);
	CPU_SET_S((size_t)cpu, len, set);
	int err = pthread_attr_init(&attr);

	if (err == 0) {
		err = pthread_attr_setaffinity_np(&attr, len, set);
		if (err == 0)
			err = pthread_create(out, &attr, fn, arg);
		pthread_attr_destroy(&attr);
	}
	CPU_FREE(set);
	if (err != 0)
		return reason_set(why, err,
			"no thread on CPU %d: %s; check taskset, the cpuset of the cgroup and ulimit -u",
			cpu, strerror(err));
	return 0;
}
