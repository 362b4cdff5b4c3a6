/* SPDX-License-Identifier: MIT */
/*
 * What it costs to wake a thread that sleeps in the kernel on another CPU. The waker polls for the
 * answer, which adds one transfer of a cache line (a tenth of a microsecond) and no second
 * wake-up; so nothing is halved.
 */
#include "doctor/probes.h"
#include "measure/topology.h"
#include "text/format.h"
#include "text/memory.h"
#include <errno.h>
#include <linux/futex.h>
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { SAMPLES_MAX = 2000, SAMPLES_MIN = 10, P99_SAMPLES = 100 };

/* Between the answer and the next wake-up: the sleeper is asleep, its CPU idle. */
#define REST_NS	    UINT64_C(100000)
/* The sleeper is not waited for any longer than this. */
#define PATIENCE_NS UINT64_C(100000000)
/* Asked as a round number, so that the sleeper tells the end from a wake-up. */
#define END	    UINT32_MAX

struct alarm {
	_Alignas(CACHE_LINE) _Atomic uint32_t number; /* of the wake-up; the sleeper waits on it */
	_Alignas(CACHE_LINE) _Atomic uint32_t answer;
	const struct clock *clk;
	uint64_t run_ns;
	size_t count;
	double ns[SAMPLES_MAX];
};

struct side_of {
	struct alarm *alarm;
	bool wakes;
};

static void futex(_Atomic uint32_t *word, int op, uint32_t value)
{
	syscall(SYS_futex, word, op | FUTEX_PRIVATE_FLAG, value, NULL, NULL, 0);
}

static void sleep_and_answer(struct alarm *a)
{
	uint32_t seen = 0;

	for (;;) {
		uint32_t number;

		while ((number = atomic_load_explicit(&a->number, memory_order_acquire)) == seen)
			futex(&a->number, FUTEX_WAIT, seen);
		if (number == END)
			return;
		seen = number;
		atomic_store_explicit(&a->answer, seen, memory_order_release);
	}
}

static void ring(struct alarm *a, uint32_t number)
{
	atomic_store_explicit(&a->number, number, memory_order_release);
	futex(&a->number, FUTEX_WAKE, 1);
}

static void rest(void)
{
	uint64_t end = clock_gettime_ns() + REST_NS;

	while (clock_gettime_ns() < end)
		cpu_relax();
}

/* Whether the answer came. */
static bool wake_once(struct alarm *a, uint32_t number)
{
	uint64_t give_up = clock_gettime_ns() + PATIENCE_NS, start = clock_start(a->clk);

	ring(a, number);
	while (atomic_load_explicit(&a->answer, memory_order_acquire) != number) {
		if (clock_gettime_ns() > give_up)
			return false;
	}
	a->ns[a->count++] = (double)clock_ns(a->clk, clock_now(a->clk) - start);
	return true;
}

static void wake_repeatedly(struct alarm *a)
{
	uint64_t end = clock_gettime_ns() + a->run_ns;
	uint32_t number = 1;

	/* the first one contains the start of the other thread */
	wake_once(a, number++);
	a->count = 0;
	while (a->count < SAMPLES_MAX && clock_gettime_ns() < end) {
		rest();
		if (!wake_once(a, number++))
			break;
	}
	ring(a, END);
}

static void *take_part(void *arg)
{
	const struct side_of *s = arg;

	(s->wakes ? wake_repeatedly : sleep_and_answer)(s->alarm);
	return NULL;
}

static int conclude(struct wake *out, struct alarm *a, int sleeper, struct reason *why)
{
	if (a->count < SAMPLES_MIN)
		return reason_set(why, ETIMEDOUT,
			"only %zu wake-ups of CPU %d came to an end: it is busy with something else",
			a->count, sleeper);
	qsort(a->ns, a->count, sizeof(a->ns[0]), sorted_ascending);
	*out = (struct wake){
		.count = a->count,
		.p50_ns = a->ns[a->count / 2],
		.p99_ns = a->count < P99_SAMPLES ? NAN : a->ns[a->count * 99 / 100],
	};
	return 0;
}

int wake_measure(struct wake *out, int waker, int sleeper, double seconds, const struct clock *clk,
	struct reason *why)
{
	struct alarm *a = needed(aligned_alloc(CACHE_LINE, sizeof(*a)));
	/* the one that gives up by itself comes first */
	struct side_of sides[] = {{a, true}, {a, false}};
	const int cpus[] = {waker, sleeper};

	*out = (struct wake){0};
	atomic_init(&a->number, 0);
	atomic_init(&a->answer, 0);
	a->clk = clk;
	a->run_ns = (uint64_t)(seconds * 1e9);
	a->count = 0;
	int r = pin_threads(2, cpus, take_part, sides, sizeof(sides[0]), why);

	if (r == 0)
		r = conclude(out, a, sleeper, why);
	free(a);
	return r;
}
