/* SPDX-License-Identifier: MIT */
#include "run/sides.h"

#include "measure/clock.h"
#include "measure/hist.h"
#include "text/memory.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>

/* A pair that runs alone for a larger share of its window is not one of several at once. */
#define ALONE_SHARE 0.05

/* A window of ticks. */
struct window {
	uint64_t from, to;
};

/* The side of a pair whose messages count. */
static enum side judge_of(const struct job *job)
{
	return modes[job->item->key.mode].returns ? SIDE_TX : SIDE_RX;
}

static struct window window_of(const struct job *job)
{
	enum side judge = judge_of(job);
	const struct report *r = &job->report[judge];

	return (struct window){judge == SIDE_TX ? r->loop_tick : r->timed_first, r->timed_last};
}

/* In which all pairs ran; `to` is at most `from` if there was no such time. */
static struct window common_window(const struct job *jobs, unsigned int count)
{
	struct window all = window_of(jobs);

	for (unsigned int i = 1; i < count; i++) {
		struct window w = window_of(&jobs[i]);

		all.from = w.from > all.from ? w.from : all.from;
		all.to = w.to < all.to ? w.to : all.to;
	}
	return all;
}

/* Messages of a pair up to a tick, between two of its slices as if its rate was even. */
static double moved_by(const struct job *job, uint64_t tick)
{
	const struct report *r = &job->report[judge_of(job)];
	uint64_t at = window_of(job).from;
	double moved = judge_of(job) == SIDE_TX ? 0 : (double)r->timed_first_count;

	for (uint64_t i = 0; i <= r->slice_count; i++) {
		bool last = i == r->slice_count;
		uint64_t next = last ? r->timed_last : r->slices[i].tick;
		double then = (double)(last ? r->messages : r->slices[i].messages);

		if (next <= at)
			continue;
		if (next >= tick || last)
			return moved +
			       (then - moved) * fmin((double)(tick - at) / (double)(next - at), 1);
		at = next;
		moved = then;
	}
	return moved;
}

static double jain(const double *x, unsigned int n)
{
	double sum = 0, squares = 0;

	for (unsigned int i = 0; i < n; i++) {
		sum += x[i];
		squares += x[i] * x[i];
	}
	return squares > 0 ? sum * sum / (n * squares) : NAN;
}

/* ---- the values of a launch out of those of its pairs ---------------------------------------- */

/* How a metric of several pairs is made; those not named are sums. */
static double merge(enum metric m, double a, double b)
{
	if (isnan(a) || isnan(b))
		return isnan(a) ? b : a;
	switch (m) {
	case METRIC_WARMUP_S:
	case METRIC_SETUP:
	case METRIC_FIRST_MESSAGE:
	case METRIC_STEAL: /* of the whole machine, as the three that follow */
	case METRIC_PSI_CPU:
	case METRIC_PSI_MEMORY:
	case METRIC_PSI_IO:
	case METRIC_LOAD_CPU: /* likewise */
		return fmax(a, b);
	case METRIC_TX_SPEED: /* of the CPUs of the row, which are those of the first pair */
	case METRIC_RX_SPEED:
		return a;
	case METRIC_COUNTED_SHARE:
		return fmin(a, b);
	default:
		return a + b;
	}
}

/* Per message; what goes before is the sum of all pairs. */
static void share_cost(double *v)
{
	double cpu_s = v[METRIC_TX_USER] + v[METRIC_TX_SYS] + v[METRIC_RX_USER] + v[METRIC_RX_SYS];

	v[METRIC_CPU_PER_MSG] = v[METRIC_MESSAGES] > 0 ? cpu_s * 1e9 / v[METRIC_MESSAGES] : NAN;
	v[METRIC_CPU_PER_BYTE] = v[METRIC_BYTES] > 0 ? cpu_s * 1e9 / v[METRIC_BYTES] : NAN;
}

static void merge_times(struct trial *t, const struct job *jobs, unsigned int count)
{
	for (unsigned int i = 1; i < count; i++)
		for (int k = 0; k < LAT_KINDS; k++)
			hist_add(&jobs->lane->times[k].hist, &jobs[i].lane->times[k].hist);
	values_times(t, jobs->lane->times);
	if (!isnan(t->value[METRIC_LAT_P99]))
		t->flags &= ~(unsigned int)FLAG_LOW_SAMPLES;
}

/* The rates of the pairs in the time in which all ran, and what follows from them. */
static void fill_rates(
	struct trial *t, const double *rate, const struct trial *of, unsigned int count)
{
	double *v = t->value, *p99 = need_array(count, sizeof(*p99));
	double all = 0;

	v[METRIC_SIDE_LEAST] = v[METRIC_SIDE_MOST] = rate[0];
	for (unsigned int i = 0; i < count; i++) {
		all += rate[i];
		v[METRIC_SIDE_LEAST] = fmin(v[METRIC_SIDE_LEAST], rate[i]);
		v[METRIC_SIDE_MOST] = fmax(v[METRIC_SIDE_MOST], rate[i]);
		p99[i] = of[i].value[METRIC_LAT_P99];
	}
	v[METRIC_JAIN_MSGS] = jain(rate, count);
	v[METRIC_JAIN_P99] = jain(p99, count);
	if (!modes[t->key.mode].returns) {
		v[METRIC_MSGS_PER_S] = all;
		v[METRIC_BYTES_PER_S] = all * (v[METRIC_BYTES] / v[METRIC_MESSAGES]);
	}
	free(p99);
}

/* ---- sides.csv ------------------------------------------------------------------------------- */

static void keep_side(
	double *v, const struct job *job, enum side side, double rate, const struct trial *of)
{
	const struct report *r = &job->report[side];
	const double *used = r->account.used;
	bool recorder = modes[job->item->key.mode].records[0] != NULL && side == judge_of(job);

	v[SIDE_CPU] = r->cpu;
	v[SIDE_MESSAGES] = (double)r->messages;
	v[SIDE_MSGS_PER_S] = rate;
	v[SIDE_USER_S] = used[USED_USER_S];
	v[SIDE_SYS_S] = used[USED_SYS_S];
	v[SIDE_VOL_CSW] = used[USED_VOL_CSW];
	v[SIDE_INVOL_CSW] = used[USED_INVOL_CSW];
	v[SIDE_MIN] = recorder ? of->value[METRIC_LAT_MIN] : NAN;
	v[SIDE_MEAN] = recorder ? of->value[METRIC_LAT_MEAN] : NAN;
	v[SIDE_P50] = recorder ? of->value[METRIC_LAT_P50] : NAN;
	v[SIDE_P90] = recorder ? of->value[METRIC_LAT_P90] : NAN;
	v[SIDE_P99] = recorder ? of->value[METRIC_LAT_P99] : NAN;
	v[SIDE_P999] = recorder ? of->value[METRIC_LAT_P999] : NAN;
	v[SIDE_MAX] = recorder ? of->value[METRIC_LAT_MAX] : NAN;
}

static struct kept_sides *keep_sides(const struct job *jobs, const double *rate,
	const struct trial *of, unsigned int count, double window_s)
{
	struct kept_sides *kept = sides_new(2 * (size_t)count);

	kept->window_s = window_s;
	for (unsigned int i = 0; i < 2 * count; i++)
		keep_side(
			kept->value[i], &jobs[i / 2], (enum side)(i % 2), rate[i / 2], &of[i / 2]);
	return kept;
}

/* ---- the launch ------------------------------------------------------------------------------ */

static void fill_pairs(struct trial *t, const struct job *jobs, struct trial *of,
	unsigned int count, struct window all)
{
	double *rate = need_array(count, sizeof(*rate)), longest = 0;
	double seconds = (double)clock_ns(&jobs->clock, all.to - all.from) / 1e9;

	for (unsigned int i = 0; i < count; i++) {
		rate[i] = (moved_by(&jobs[i], all.to) - moved_by(&jobs[i], all.from)) / seconds;
		longest = fmax(longest, of[i].value[METRIC_DURATION_S]);
		t->flags |= of[i].flags;
		for (enum metric m = 0; m < METRIC_COUNT; m++)
			t->value[m] =
				i == 0 ? of[i].value[m] : merge(m, t->value[m], of[i].value[m]);
	}
	t->started_s = of[0].started_s;
	t->value[METRIC_DURATION_S] = seconds;
	if (seconds < (1 - ALONE_SHARE) * longest)
		t->flags |= FLAG_ALONE;
	share_cost(t->value);
	fill_rates(t, rate, of, count);
	if (jobs->settings->output_dir != NULL)
		t->sides = keep_sides(jobs, rate, of, count, seconds);
	merge_times(t, jobs, count);
	free(rate);
}

void sides_fill(struct trial *t, const struct job *jobs, unsigned int count, uint64_t open_ns,
	double steal_s)
{
	struct window all = common_window(jobs, count);
	struct trial *of = need_array(count, sizeof(*of));

	for (unsigned int i = 0; i < count; i++) {
		of[i] = *t;
		of[i].item = jobs[i].item;
		values_fill(&of[i], &jobs[i], open_ns, steal_s);
	}
	if (all.to > all.from) {
		fill_pairs(t, jobs, of, count, all);
	} else {
		t->status = STATUS_FAIL;
		reason_set(&t->reason, ERANGE,
			"the %u pairs were never all at work at the same time: one had ended before another began; use a longer --duration or fewer pairs",
			count);
	}
	if (t->item->oversubscribed)
		t->flags |= FLAG_OVERSUBSCRIBED;
	free(of);
}
