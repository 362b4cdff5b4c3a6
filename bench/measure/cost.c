/* SPDX-License-Identifier: MIT */
/* CPU time, context switches and page faults of one worker; stolen time of the machine. */
#include "measure/cost.h"
#include "text/text-file.h"
#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

/*
 * The scheduler counts a process's run time to the nanosecond and CLOCK_PROCESS_CPUTIME_ID tells
 * it. Whether that was user or system time is, on most kernels, only sampled at the timer tick
 * (1 to 10 ms), and getrusage() returns that proportion scaled to the exact total, cut to whole
 * microseconds. So the exact total is taken and divided as getrusage() divides it: the sum can be
 * trusted for any window, the two parts only for one of many ticks.
 */
void cost_now(struct cost *out)
{
	struct rusage use;
	struct timespec cpu;

	getrusage(RUSAGE_SELF, &use);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);

	double total = (double)cpu.tv_sec + (double)cpu.tv_nsec / 1e9;
	double user = seconds(use.ru_utime), both = user + seconds(use.ru_stime);

	out->user_s = both > 0 ? total * (user / both) : total;
	out->sys_s = total - out->user_s;
	out->vol_csw = (uint64_t)use.ru_nvcsw;
	out->invol_csw = (uint64_t)use.ru_nivcsw;
	out->faults = (uint64_t)use.ru_minflt + (uint64_t)use.ru_majflt;
	out->cpu = sched_getcpu();
}

void cost_delta(struct cost *out, const struct cost *from, const struct cost *to)
{
	double total = fmax(to->user_s + to->sys_s - from->user_s - from->sys_s, 0);
	/* either part may seem to shrink by a microsecond as the proportion is rounded anew */
	double user = fmin(fmax(to->user_s - from->user_s, 0), total);

	*out = (struct cost){
		.user_s = user,
		.sys_s = total - user,
		.vol_csw = to->vol_csw - from->vol_csw,
		.invol_csw = to->invol_csw - from->invol_csw,
		.faults = to->faults - from->faults,
		.cpu = to->cpu == from->cpu ? to->cpu : -1,
	};
}

double cost_steal_s(void)
{
	char text[256];
	unsigned long long ticks;

	/* "cpu  user nice system idle iowait irq softirq steal ...", sums over all CPUs */
	if (text_file_read("/proc/stat", text, sizeof(text)) < 0 ||
		sscanf(text, "cpu %*u %*u %*u %*u %*u %*u %*u %llu", &ticks) != 1)
		return NAN;
	return (double)ticks / (double)sysconf(_SC_CLK_TCK);
}
