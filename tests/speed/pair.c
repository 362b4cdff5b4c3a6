/* SPDX-License-Identifier: MIT */
/* Runs a bare loop: two pinned processes of an idle parent, warm-up, timed batches. */
#include "speed.h"

#include <errno.h>
#include <math.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_BATCHES = 1 << 20 };

/* What the timed process hands to its parent. */
struct timing {
	unsigned int batches;
	struct sample sample;
	double batch_ns[MAX_BATCHES];
};

double seconds_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_RAW, &ts);
	return (double)ts.tv_sec + 1e-9 * (double)ts.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double median_of(double *values, unsigned int count)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < count; i++)
		if (!isnan(values[i]))
			values[n++] = values[i];
	if (n == 0)
		return NAN;
	qsort(values, n, sizeof(*values), by_value);
	return n % 2 != 0 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

_Noreturn void bare_fail(const char *what)
{
	fprintf(stderr, "speed: bare loop: %s: %s\n", what, strerror(errno));
	_exit(3);
}

static void become_worker(struct bare_state *st, int cpu, pid_t parent)
{
	size_t length = st->size < 4096 ? 4096 : st->size;
	cpu_set_t set;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(3);
	CPU_ZERO(&set);
	CPU_SET((size_t)cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set) < 0)
		bare_fail("sched_setaffinity");
	st->private = mmap(NULL, length, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (st->private == MAP_FAILED)
		bare_fail("mmap");
	memset(st->private, 0x5a, length);
}

static void timed(
	const struct bare *bare, struct bare_state *st, const struct slice *slice, struct timing *t)
{
	double begin = seconds_now(), last, now;

	do {
		bare->lead(st, bare->batch);
		last = seconds_now();
	} while (last - begin < slice->warmup_s);
	begin = last;
	do {
		bare->lead(st, bare->batch);
		now = seconds_now();
		t->batch_ns[t->batches++] = (now - last) * 1e9 / bare->batch;
		last = now;
	} while (now - begin < slice->run_s && t->batches < MAX_BATCHES);
	t->sample.mean_ns = (now - begin) * 1e9 / bare->batch / t->batches;
	t->sample.p50_ns = median_of(t->batch_ns, t->batches);
}

static int launch(
	const struct bare *bare, struct bare_state *st, const struct slice *slice, struct timing *t)
{
	pid_t parent = getpid(), lead, follow;
	int status = 0;

	follow = fork();
	if (follow < 0)
		return -errno;
	if (follow == 0) {
		become_worker(st, slice->cpu_b, parent);
		for (;;)
			bare->follow(st, bare->batch);
	}
	lead = fork();
	if (lead == 0) {
		become_worker(st, slice->cpu_a, parent);
		timed(bare, st, slice, t);
		_exit(0);
	}
	if (lead > 0)
		waitpid(lead, &status, 0);
	kill(follow, SIGKILL);
	waitpid(follow, NULL, 0);
	return lead > 0 && status == 0 ? 0 : -EIO;
}

static void close_fds(struct bare_state *st)
{
	for (int i = 0; i < BARE_FDS; i++)
		if (st->fd[i] >= 0)
			close(st->fd[i]);
	if (st->shared != NULL)
		munmap(st->shared, st->shared_size);
}

int bare_run(const struct bare *bare, size_t size, const struct slice *slice, struct sample *out)
{
	struct timing *t =
		mmap(NULL, sizeof(*t), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct bare_state st = {.fd = {-1, -1, -1, -1}, .queue = -1, .size = size};

	if (t == MAP_FAILED)
		return -errno;
	int r = bare->open(&st);

	if (r == 0)
		r = launch(bare, &st, slice, t);
	if (bare->close != NULL)
		bare->close(&st);
	close_fds(&st);
	*out = t->sample;
	munmap(t, sizeof(*t));
	return r;
}
