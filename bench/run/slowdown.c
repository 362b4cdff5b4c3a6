/* SPDX-License-Identifier: MIT */
/*
 * A known loss of speed, for testing what a gate finds: every operation that sends or receives a
 * message takes this many steps more, on both sides, so that whichever of them is the bottleneck is
 * slowed. The operations are reached through pointers then; what is compared with it has to run
 * with a slowdown of 0.
 */
#include "run/worker.h"

/* Steps in one calibration, and how many there are; the fastest was not interrupted. */
#define BATCH	4096
#define BATCHES 64

/* Of this process, which is a worker and has one transport. */
static const struct channel_ops *real;
static uint64_t steps;

/* Each step waits for the one before it, so that no width of the core makes them faster. */
static NOINLINE void burn(uint64_t n)
{
	uint64_t x = n;

	for (; n > 0; n--) {
		x *= 3;
		__asm__ volatile("" : "+r"(x));
	}
}

double slowdown_step_ns(const struct clock *clock)
{
	uint64_t least = UINT64_MAX;

	for (int i = 0; i < BATCHES; i++) {
		uint64_t start = clock_start(clock);

		burn(BATCH);
		uint64_t ticks = clock_now(clock) - start;

		if (ticks < least)
			least = ticks;
	}
	return (double)least * 1e9 / (double)clock->ticks_hz / BATCH;
}

static int slow_send(struct channel *ch, const void *buf, size_t n)
{
	burn(steps);
	return real->send(ch, buf, n);
}

static int slow_recv(struct channel *ch, void *buf, size_t n)
{
	int r = real->recv(ch, buf, n);

	burn(steps);
	return r;
}

static int slow_send_batch(struct channel *ch, const void *buf, size_t n, size_t count)
{
	burn(steps * count);
	return real->send_batch(ch, buf, n, count);
}

static int slow_recv_batch(struct channel *ch, void *buf, size_t n, size_t count)
{
	int r = real->recv_batch(ch, buf, n, count);

	burn(r > 0 ? steps * (uint64_t)r : 0);
	return r;
}

static int slow_commit(struct channel *ch, size_t n)
{
	burn(steps);
	return real->commit(ch, n);
}

static int slow_release(struct channel *ch, size_t n)
{
	burn(steps);
	return real->release(ch, n);
}

const struct channel_ops *slowdown_ops(const struct channel_ops *ops, uint64_t more)
{
	static struct channel_ops slow;

	real = ops;
	steps = more;
	slow = *ops;
	if (ops->send != NULL)
		slow.send = slow_send;
	if (ops->recv != NULL)
		slow.recv = slow_recv;
	if (ops->send_batch != NULL)
		slow.send_batch = slow_send_batch;
	if (ops->recv_batch != NULL)
		slow.recv_batch = slow_recv_batch;
	if (ops->commit != NULL)
		slow.commit = slow_commit;
	if (ops->release != NULL)
		slow.release = slow_release;
	return &slow;
}
