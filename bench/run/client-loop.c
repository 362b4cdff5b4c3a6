/* SPDX-License-Identifier: MIT */
/*
 * The loop of a client of a server in an open loop. It waits for the clock most of the time, so it
 * is one instance for all transports, whose operations are called through pointers.
 */
#include "run/worker.h"

#include <ipcbench/loops.h>
#include <time.h>

/*
 * Returns the tick at which a client went on, at `due` or later. It sleeps until poll_ticks before:
 * many clients share CPUs with each other and their server.
 */
static uint64_t client_await(const struct worker *w, uint64_t due)
{
	uint64_t now = clock_now(&w->clock);

	while (now + w->poll_ticks < due) {
		uint64_t ns = clock_ns(&w->clock, due - now - w->poll_ticks) + 1;
		const struct timespec pause = {(time_t)(ns / 1000000000), (long)(ns % 1000000000)};

		nanosleep(&pause, NULL);
		now = clock_now(&w->clock);
	}
	for (; now < due; now = clock_now(&w->clock))
		cpu_relax();
	return now;
}

/*
 * A client of a server: each message is due at its time, and is sent at that time or, if an earlier
 * one has no reply yet, after that reply. What it waits for its turn is part of its time, as in
 * wrk2.
 */
static ALWAYS_INLINE int loop_rate_ping(struct worker *w, bool inplace)
{
	const struct channel_ops *ops = opaque_ops(w);
	const struct clock clk = w->clock;
	const uint64_t lead = clock_now(&clk) + clock_ticks(&clk, RATE_LEAD_NS);
	/* each client has a message, however low the load */
	const uint64_t latest = w->deadline > lead ? w->deadline - lead : 0;
	const uint64_t start = lead + (w->phase < (double)latest ? (uint64_t)w->phase : latest);
	struct arrivals a = arrivals_begin(w);
	uint64_t seq = w->seq, left = w->max_messages, now = start, due = start;
	bool end = false;
	int r = 0;

	w->rate_start = start;
	while (!end) {
		bool back = false, stale = false;
		uint64_t reply = seq;

		due = start + (uint64_t)a.due;
		arrivals_next(&a);
		now = client_await(w, due);
		end = --left == 0 || now >= w->deadline || start + (uint64_t)a.due >= w->deadline;
		unsigned char *buf = inplace ? NULL : tx_buffer(w, seq, end);
		const uint64_t sent = clock_start(&clk);

		r = msg_send(w, ops, seq, end, inplace, buf);
		if (unlikely(r < 0))
			break;
		do {
			r = msg_recv(w, ops, &reply, &back, &stale, inplace);
		} while (unlikely(stale) && r == 0);
		now = clock_now(&clk);
		if (unlikely(r < 0))
			break;
		hist_record(w->hist, clock_ns(&clk, now - due));
		hist_record(w->hist2, clock_ns(&clk, now - sent));
		if (unlikely(w->messages++ == 0)) {
			w->first_ns = clock_ns(&clk, now - sent);
			w->first_tick = now;
		}
		window_over(w, now, w->messages);
		seq++;
	}
	/* nothing was due in the rest of the window, which counts as well */
	w->last_tick = w->deadline != UINT64_MAX && w->deadline > now ? w->deadline : now;
	w->due_tick = w->last_tick - (now - due);
	w->seq = seq;
	return r;
}

static int generic_rate_ping(struct worker *w)
{
	return loop_rate_ping(w, false);
}

static int generic_rate_ping_inplace(struct worker *w)
{
	return loop_rate_ping(w, true);
}

loop_fn *client_loop(enum copy copy)
{
	return copy == COPY_INPLACE ? generic_rate_ping_inplace : generic_rate_ping;
}
