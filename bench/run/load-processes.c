/* SPDX-License-Identifier: MIT */
#include "run/load-processes.h"

#include "measure/clock.h"
#include "measure/scheduling.h"
#include "plan/background.h"
#include "plan/footprint.h"
#include "run/fence.h"
#include "run/watch.h"
#include <errno.h>
#include <math.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* How often the driver looks whether all are busy. */
#define LOOK_NS	 UINT64_C(1000000)
/* No kernel knows more. */
#define CPUS_MAX 8192

/* ---- the processes --------------------------------------------------------------------------- */

_Noreturn static void compute(void)
{
	for (uint64_t x = 1;; x = x * UINT64_C(6364136223846793005) + 1)
		__asm__ volatile("" : "+r"(x));
}

/* Reads and writes a word of each cache line. */
_Noreturn static void stream(volatile uint64_t *words, size_t count)
{
	for (;;)
		for (size_t i = 0; i < count; i += CACHE_LINE / sizeof(*words))
			words[i]++;
}

/* A process that cannot do its work ends, which the driver sees. */
_Noreturn static void be_busy(
	const struct background_load *b, int cpu, pid_t driver, _Atomic uint32_t *busy)
{
	size_t bytes = b->item->background_bytes;
	unsigned char *buffer = NULL;

	worker_begin(driver);
	if (policy_take(POLICY_OTHER, NULL) < 0 || pin_here(cpu, NULL) < 0)
		_exit(EXIT_FAILURE);
	if (bytes > 0) {
		buffer = mmap(
			NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (buffer == MAP_FAILED)
			_exit(EXIT_FAILURE);
		memset(buffer, 1, bytes);
	}
	atomic_fetch_add(busy, 1);
	if (bytes == 0)
		compute();
	stream((volatile uint64_t *)(void *)buffer, bytes / sizeof(uint64_t));
}

/* ---- the driver ------------------------------------------------------------------------------ */

/* Gives each process a CPU of those that this one may use, in turn. */
static int choose_cpus(struct background_load *b, struct reason *why)
{
	const size_t len = CPU_ALLOC_SIZE(CPUS_MAX);
	cpu_set_t *may = CPU_ALLOC(CPUS_MAX);
	int r = may == NULL ? reason_set(why, ENOMEM, "out of memory")
		: sched_getaffinity(0, len, may) < 0
			? reason_set(why, errno, "sched_getaffinity: %s", strerror(errno))
			: 0;

	for (unsigned int i = 0, cpu = 0; r == 0 && i < b->count; cpu = (cpu + 1) % CPUS_MAX)
		if (CPU_ISSET_S(cpu, len, may))
			b->process[i++].cpu = (int)cpu;
	CPU_FREE(may);
	return r;
}

static int fork_all(struct background_load *b, _Atomic uint32_t *busy, struct reason *why)
{
	pid_t driver = getpid();

	for (unsigned int i = 0; i < b->count; i++) {
		struct load_process *p = &b->process[i];

		p->pid = fork();
		if (p->pid == 0)
			be_busy(b, p->cpu, driver, busy);
		if (p->pid < 0) {
			p->pid = 0;
			return reason_set(why, errno,
				"cannot fork process %u of --load: %s; raise ulimit -u or the pids limit of the cgroup",
				i + 1, strerror(errno));
		}
		if (clock_getcpuclockid(p->pid, &p->clock) != 0)
			return reason_set(why, ESRCH, "process %u of --load has no clock", i + 1);
	}
	return 0;
}

static int wait_until_busy(
	struct background_load *b, const _Atomic uint32_t *busy, struct reason *why)
{
	double seconds = background_seconds(&b->item->key.background, b->item->background_bytes);
	double limit_s = watch_limit(PAGES_SLOWER * seconds);
	uint64_t deadline = clock_gettime_ns() + (uint64_t)(limit_s * 1e9);

	while (atomic_load(busy) < b->count) {
		int r = background_check(b, why);

		watch_sleep(LOOK_NS);
		if (r < 0 || interrupted)
			return r < 0 ? r : -EINTR;
		if (clock_gettime_ns() > deadline)
			return reason_set(why, ETIMEDOUT,
				"%u of %u processes of --load were not busy after %.0f s; use fewer processes",
				b->count - atomic_load(busy), b->count, limit_s);
	}
	return 0;
}

int background_start(struct background_load *b, const struct item *item, struct reason *why)
{
	_Atomic uint32_t *busy;

	*b = (struct background_load){.item = item, .count = item->key.background.count};
	if (b->count == 0)
		return 0;
	busy = shared_pages(sizeof(*busy), "the count of busy processes", why);
	if (busy == NULL)
		return -ENOMEM;
	b->process = calloc(b->count, sizeof(*b->process));
	int r = b->process == NULL ? reason_set(why, ENOMEM, "out of memory for --load")
				   : choose_cpus(b, why);

	if (r == 0)
		r = fork_all(b, busy, why);
	if (r == 0)
		r = wait_until_busy(b, busy, why);
	fence_unmap(busy, sizeof(*busy));
	return r;
}

/* Puts a change of state into words. */
static int changed(const struct background_load *b, const struct load_process *p, int status,
	struct reason *why)
{
	char load[40];
	const char *spelled = axis_spell(load, sizeof(load), &b->item->key, AXIS_BACKGROUND);
	const struct phrase who = phrase("a process of --load %s, on CPU %d,", spelled, p->cpu);

	if (WIFSIGNALED(status))
		return reason_set(why, EPIPE,
			"%s was killed by signal %d (%s): the launch was not under this load all the time",
			who.text, WTERMSIG(status), strsignal(WTERMSIG(status)));
	if (WIFEXITED(status))
		return reason_set(why, EPIPE,
			"%s ended with status %d: it could not be placed, or memory is short; use a smaller --load",
			who.text, WEXITSTATUS(status));
	return reason_set(why, EINTR,
		"%s was stopped: the launch was not under this load all the time", who.text);
}

int background_check(struct background_load *b, struct reason *why)
{
	for (unsigned int i = 0; i < b->count && b->process != NULL; i++) {
		struct load_process *p = &b->process[i];
		int status;

		if (p->pid == 0 ||
			waitpid(p->pid, &status, WNOHANG | WUNTRACED | WCONTINUED) != p->pid)
			continue;
		if (WIFSIGNALED(status) || WIFEXITED(status))
			p->pid = 0;
		return changed(b, p, status, why);
	}
	return 0;
}

void background_stop(struct background_load *b)
{
	for (unsigned int i = 0; i < b->count && b->process != NULL; i++)
		if (b->process[i].pid > 0)
			kill(b->process[i].pid, SIGKILL);
	for (unsigned int i = 0; i < b->count && b->process != NULL; i++)
		while (b->process[i].pid > 0 && waitpid(b->process[i].pid, NULL, 0) < 0 &&
			errno == EINTR)
			;
	free(b->process);
	b->process = NULL;
	b->count = 0;
}

double background_cpu_s(const struct background_load *b)
{
	double seconds = 0;

	for (unsigned int i = 0; i < b->count; i++) {
		struct timespec ts;

		if (clock_gettime(b->process[i].clock, &ts) < 0)
			return NAN;
		seconds += (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
	}
	return b->count > 0 ? seconds : NAN;
}
