/* SPDX-License-Identifier: MIT */
/*
 * What an open loop has not sent when its window ends. To leave it out would leave out those that
 * wait longest: at twice the load that a mechanism sustains, half of all messages.
 */
#include "run/worker.h"

#include <math.h>

/* As many are looked at one by one; the rest is recorded as so many groups at even distances. */
enum { EACH = 100000, GROUPS = 1000 };

static void record_many(struct histogram *h, uint64_t ns, uint64_t count)
{
	if (count == 0)
		return;
	hist_record(h, ns);
	h->count[hist_slot(ns > HIST_MAX_NS ? HIST_MAX_NS : ns)] += count - 1;
	h->total += count - 1;
	h->sum += ns * (count - 1);
	h->overflow += ns > HIST_MAX_NS ? count - 1 : 0;
}

/* Messages due from `due` to `end`, in ticks of the window. */
static uint64_t record_groups(const struct worker *w, double due, double end)
{
	uint64_t left = (uint64_t)ceil((end - due) / w->period), done = 0;

	for (uint64_t i = 1; i <= GROUPS; i++) {
		uint64_t upto = left / GROUPS * i + left % GROUPS * i / GROUPS;
		double waited = end - due - ((double)(done + upto) / 2) * w->period;

		record_many(w->hist, clock_ns(&w->clock, (uint64_t)fmax(waited, 0)), upto - done);
		done = upto;
	}
	return left;
}

uint64_t backlog_record(const struct job *job, const struct worker *w)
{
	struct arrivals a = arrivals_begin(w);
	uint64_t start = atomic_load(&job->pace->start), unsent = 0;
	double end = (double)(w->deadline - start);

	/* a count of messages has no deadline, and ends when all of them are sent */
	if (w->deadline == UINT64_MAX || w->deadline <= start)
		return 0;
	while (a.index < w->messages)
		arrivals_next(&a);
	for (; a.due < end && unsent < EACH; unsent++) {
		uint64_t ns = clock_ns(&w->clock, (uint64_t)(end - a.due));

		hist_record(w->hist, ns);
		timeline_record(job->timeline, (uint64_t)a.due, ns);
		arrivals_next(&a);
	}
	return a.due < end ? unsent + record_groups(w, a.due, end) : unsent;
}
