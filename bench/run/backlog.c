/* SPDX-License-Identifier: MIT */
/*
 * What an open loop has not sent when its window ends. To leave it out would leave out those that
 * wait longest: at twice the load that a mechanism sustains, half of all messages.
 */
#include "measure/hist.h"
#include "run/worker.h"

#include <math.h>

/* This many are recorded one by one, the rest as this many groups at even distances. */
enum { EACH = 100000, GROUPS = 1000 };

/* `count` messages due at `due` or around it, and what they had waited by `end`: ticks. */
static void record(
	const struct worker *w, struct timeline *t, double due, double end, uint64_t count)
{
	uint64_t ns = clock_ns(&w->clock, (uint64_t)fmax(end - due, 0));

	hist_record_many(w->hist, ns, count);
	if (t != NULL && count > 0)
		timeline_add(t, (uint64_t)due, ns, count);
}

/* Messages due from `due` to `end`. */
static uint64_t record_groups(const struct worker *w, struct timeline *t, double due, double end)
{
	uint64_t left = (uint64_t)ceil((end - due) / w->period), done = 0;

	for (uint64_t i = 1; i <= GROUPS; i++) {
		uint64_t upto = left / GROUPS * i + left % GROUPS * i / GROUPS;

		record(w, t, due + (double)(done + upto) / 2 * w->period, end, upto - done);
		done = upto;
	}
	return left;
}

uint64_t backlog_record(const struct job *job, const struct worker *w)
{
	struct arrivals a = arrivals_begin(w);
	uint64_t start = w->rate_start, unsent = 0;
	double end = (double)(w->deadline - start);

	/* a count of messages is sent to its end, see backlog_outlasts_count() */
	if (w->deadline == UINT64_MAX || w->deadline <= start)
		return 0;
	while (a.index < w->messages)
		arrivals_next(&a);
	for (; a.due < end && unsent < EACH; unsent++) {
		record(w, job->timeline, a.due, end, 1);
		arrivals_next(&a);
	}
	return a.due < end ? unsent + record_groups(w, job->timeline, a.due, end) : unsent;
}

bool backlog_outlasts_count(const struct job *job, const struct worker *w)
{
	struct arrivals a = arrivals_begin(w);

	if (w->deadline != UINT64_MAX || w->messages == 0)
		return false;
	const struct sent *last = &job->pace->sent[(w->seq - 1) % SENT_SLOTS];
	uint64_t start = w->rate_start, sent = atomic_load(&last->tick);

	while (a.index < w->messages)
		arrivals_next(&a);
	return sent > start && (double)(sent - start) >= a.due;
}
