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
	return mode_of(&job->item->key)->returns ? SIDE_TX : SIDE_RX;
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

/* Messages of a side up to a tick, between two of its slices as if its rate was even. */
static double moved_up_to(const struct report *r, uint64_t at, double moved, uint64_t tick)
{
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

/* The same of the side of a pair whose messages count. */
static double moved_by(const struct job *job, uint64_t tick)
{
	const struct report *r = &job->report[judge_of(job)];

	return moved_up_to(r, window_of(job).from,
		judge_of(job) == SIDE_TX ? 0 : (double)r->timed_first_count, tick);
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
	case METRIC_LATE:
		return fmax(a, b);
	case METRIC_TX_SPEED: /* of the CPUs of the row, which are those of the first pair */
	case METRIC_RX_SPEED:
	case METRIC_OFFERED: /* by all together */
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

	if (!isnan(v[METRIC_HELPER_CPU]))
		cpu_s += v[METRIC_HELPER_CPU];
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
	v[METRIC_MSGS_PER_S] = all;
	if (!mode_of(&t->key)->returns)
		v[METRIC_BYTES_PER_S] = all * (v[METRIC_BYTES] / v[METRIC_MESSAGES]);
	free(p99);
}

/* ---- sides.csv ------------------------------------------------------------------------------- */

static void keep_side(
	double *v, const struct job *job, enum side side, double rate, const struct trial *of)
{
	const struct report *r = &job->report[side];
	const double *used = r->account.used;
	bool recorder = mode_of(&job->item->key)->records[0] != NULL && side == judge_of(job);

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
		if (sides_exist(jobs->item->key.sides, i))
			keep_side(kept->value[i], &jobs[i / 2], (enum side)(i % 2), rate[i / 2],
				&of[i / 2]);
	/* a server answers all */
	for (unsigned int i = 1; i < count && sides_common(jobs->item->key.sides) == COMMON_RX; i++)
		kept->value[SIDE_RX][SIDE_MSGS_PER_S] += rate[i];
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

/* Of the other side of a client, which stands in the account of the first one. */
static struct report nobody_beside(const struct report *client)
{
	struct report none = {.cpu = -1};
	struct account *a = &none.account;

	a->load_s = a->helper_s = a->helper_pss = NAN;
	a->counted_share = client->account.counted_share;
	for (int i = 0; i < USED_COUNT; i++)
		a->used[i] = isnan(client->account.used[i]) ? NAN : 0;
	for (int i = 0; i < COUNTER_COUNT; i++)
		a->counted[i] = isnan(client->account.counted[i]) ? NAN : 0;
	return none;
}

static void fill_lane(
	struct trial *t, const struct job *jobs, unsigned int i, uint64_t open_ns, double steal_s)
{
	struct job job = jobs[i];
	struct report apart[2];

	if (!sides_exist(t->key.sides, 2 * i + SIDE_RX)) {
		apart[SIDE_TX] = job.report[SIDE_TX];
		apart[SIDE_RX] = nobody_beside(&apart[SIDE_TX]);
		job.report = apart;
	}
	t->item = job.item;
	values_fill(t, &job, open_ns, 0, steal_s);
}

int server_counts(const struct job *jobs, unsigned int count, struct reason *why)
{
	const uint64_t answered = jobs->report[SIDE_RX].messages;
	uint64_t returned = 0;

	for (unsigned int i = 0; i < count; i++)
		returned += jobs[i].report[SIDE_TX].messages;
	if (jobs->item->transport->may_drop || answered == returned)
		return 0;
	return reason_set(why, EILSEQ,
		"lost: %llu messages answered by the server, %llu received by its clients",
		(unsigned long long)answered, (unsigned long long)returned);
}

void sides_fill(struct trial *t, const struct job *jobs, unsigned int count, uint64_t open_ns,
	double steal_s)
{
	struct window all = common_window(jobs, count);
	struct trial *of = need_array(count, sizeof(*of));

	for (unsigned int i = 0; i < count; i++) {
		of[i] = *t;
		fill_lane(&of[i], jobs, i, open_ns, steal_s);
	}
	if (all.to > all.from) {
		fill_pairs(t, jobs, of, count, all);
	} else {
		t->status = STATUS_FAIL;
		reason_set(&t->reason, ERANGE,
			"the %u %ss were never all at work at the same time: one had ended before another began; use a longer --duration or fewer of them",
			count, sides_common(t->key.sides) == COMMON_NONE ? "pair" : "client");
	}
	if (t->item->oversubscribed)
		t->flags |= FLAG_OVERSUBSCRIBED;
	free(of);
}

/* ---- several senders or receivers on one channel --------------------------------------------- */

static const struct report *report_of(const struct job *jobs, unsigned int side)
{
	return &jobs->control->report[side];
}

/* In which all sides of a fan were in their loops. */
static struct window fan_window(const struct job *jobs, double *longest_s)
{
	const struct control *c = jobs->control;
	struct window all = {0, UINT64_MAX};

	for (unsigned int i = 0; i < c->sides; i++) {
		const struct report *r = report_of(jobs, i);

		if (!sides_exist(c->topology, i))
			continue;
		all.from = r->loop_tick > all.from ? r->loop_tick : all.from;
		all.to = r->timed_last < all.to ? r->timed_last : all.to;
		*longest_s = fmax(*longest_s, ((double)r->timed_last - (double)r->loop_tick) /
						      (double)jobs->clock.ticks_hz);
	}
	return all;
}

static void add_known(double *sum, double value)
{
	*sum = isnan(*sum) ? value : isnan(value) ? *sum : *sum + value;
}

/* Adds a side to those of the same role; what is of the whole machine is not added. */
static void add_report(struct report *all, const struct report *r)
{
	struct account *sum = &all->account;

	for (int i = 0; i <= USED_QUEUED_S; i++)
		add_known(&sum->used[i], r->account.used[i]);
	for (int i = 0; i < COUNTER_COUNT; i++)
		add_known(&sum->counted[i], r->account.counted[i]);
	sum->counted_share = fmin(sum->counted_share, r->account.counted_share);
	sum->pss_bytes += r->account.pss_bytes;
	if (r->first_tick != 0 && (r->first_tick < all->first_tick || all->first_tick == 0))
		all->first_tick = r->first_tick;
	all->start_tick = r->start_tick < all->start_tick ? r->start_tick : all->start_tick;
	all->attach_ns = r->attach_ns > all->attach_ns ? r->attach_ns : all->attach_ns;
	all->warmup_s = fmax(all->warmup_s, r->warmup_s);
	all->messages += r->messages;
	all->lost += r->lost;
	all->sum += r->sum;
	all->migrated |= r->migrated;
	all->unsteady |= r->unsteady;
	if (r->speed[1] < (1 - SPEED_SHARE) * r->speed[0]) {
		all->speed[0] = r->speed[0];
		all->speed[1] = r->speed[1];
	}
}

/* The senders as one, and the receivers as one. */
static void add_reports(struct report all[2], const struct job *jobs)
{
	const struct control *c = jobs->control;

	all[SIDE_TX] = *report_of(jobs, SIDE_TX);
	all[SIDE_RX] = *report_of(jobs, SIDE_RX);
	for (unsigned int i = 2; i < c->sides; i++)
		if (sides_exist(c->topology, i))
			add_report(&all[i % 2], report_of(jobs, i));
}

/* Whether every receiver gets every message. */
static bool reaches_every(const struct job *jobs)
{
	return jobs->item->cell.receivers > 1 &&
	       (jobs->item->transport->topologies & FAN_OUT_EVERY) != 0;
}

int fan_check(const struct job *jobs, unsigned int count, struct reason *why)
{
	const bool may_drop = jobs->item->transport->may_drop;
	struct report all[2];
	const struct report *tx = &all[SIDE_TX], *rx = &all[SIDE_RX];

	add_reports(all, jobs);
	for (unsigned int i = 0; i < count && reaches_every(jobs); i++) {
		const struct report *r = report_of(jobs, 2 * i + SIDE_RX);

		if (r->messages + r->lost != tx->messages)
			return reason_set(why, EILSEQ,
				"%s: %llu messages sent, %llu received%s by receiver %u",
				may_drop ? "miscounted" : "lost", (unsigned long long)tx->messages,
				(unsigned long long)(r->messages + r->lost),
				may_drop ? " or missed" : "", i + 1);
	}
	if (reaches_every(jobs) || (may_drop && rx->messages <= tx->messages))
		return 0;
	if (tx->messages != rx->messages)
		return reason_set(why, EILSEQ, "lost: %llu messages sent by all, %llu received",
			(unsigned long long)tx->messages, (unsigned long long)rx->messages);
	if (tx->sum != rx->sum && jobs->item->key.size > 0)
		return reason_set(why, EILSEQ,
			"lost and duplicated: as many messages as were sent, %llu, were received, but their numbers add up to %llu instead of %llu",
			(unsigned long long)tx->messages, (unsigned long long)rx->sum,
			(unsigned long long)tx->sum);
	return 0;
}

/* Messages per second of each side in a window, by side. */
static double *fan_rates(const struct job *jobs, struct window all, double seconds)
{
	const struct control *c = jobs->control;
	double *rate = need_array(c->sides, sizeof(*rate));

	for (unsigned int i = 0; i < c->sides; i++) {
		const struct report *r = report_of(jobs, i);

		if (sides_exist(c->topology, i))
			rate[i] = (moved_up_to(r, r->loop_tick, 0, all.to) -
					  moved_up_to(r, r->loop_tick, 0, all.from)) /
				  seconds;
	}
	return rate;
}

/*
 * The rate of a fan is that of the receivers together; of messages that go to every one, it is that
 * of the sender, or the mean of the receivers if these lose some.
 */
static void fill_fan(struct trial *t, const struct job *jobs, unsigned int count, struct window all,
	double longest_s)
{
	double seconds = (double)clock_ns(&jobs->clock, all.to - all.from) / 1e9;
	double *rate = fan_rates(jobs, all, seconds), *own = need_array(count, sizeof(*own));
	struct trial *none = need_array(count, sizeof(*none));
	bool out = sides_common(t->key.sides) == COMMON_TX;

	for (unsigned int i = 0; i < count; i++) {
		none[i] = trial_of(t->item);
		own[i] = rate[2 * i + (out ? SIDE_RX : SIDE_TX)];
	}
	fill_rates(t, own, none, count);
	if (!out || reaches_every(jobs)) {
		double total = rate[out ? SIDE_TX : SIDE_RX], *v = t->value;

		if (out && jobs->item->transport->may_drop)
			total = v[METRIC_MSGS_PER_S] / count;

		v[METRIC_MSGS_PER_S] = total;
		v[METRIC_BYTES_PER_S] = t->key.size > 0 ? total * (double)t->key.size : NAN;
	}
	if (seconds < (1 - ALONE_SHARE) * longest_s)
		t->flags |= FLAG_ALONE;
	if (jobs->settings->output_dir != NULL) {
		t->sides = sides_new(2 * (size_t)count);
		t->sides->window_s = seconds;
		for (unsigned int i = 0; i < 2 * count; i++)
			if (sides_exist(t->key.sides, i))
				keep_side(t->sides->value[i], &jobs[i / 2], (enum side)(i % 2),
					rate[i], none);
	}
	free(none);
	free(own);
	free(rate);
}

void fan_fill(struct trial *t, const struct job *jobs, unsigned int count, uint64_t open_ns,
	double steal_s)
{
	double longest_s = 0;
	struct window all = fan_window(jobs, &longest_s);
	struct report merged[2];
	struct job one = *jobs;

	if (all.to <= all.from) {
		t->status = STATUS_FAIL;
		reason_set(&t->reason, ERANGE,
			"the %u sides were never all at work at the same time: one had ended before another began; use a longer --duration or fewer sides",
			sides_present(t->key.sides));
		return;
	}
	add_reports(merged, jobs);
	one.report = merged;
	if (reaches_every(jobs))
		merged[SIDE_RX].messages /= count;
	if (jobs->item->transport->may_drop)
		merged[SIDE_RX].lost = merged[SIDE_TX].messages - merged[SIDE_RX].messages;
	merged[SIDE_RX].timed_first = all.from;
	merged[SIDE_RX].timed_last = all.to;
	values_fill(t, &one, open_ns, 0, steal_s);
	fill_fan(t, jobs, count, all, longest_s);
	if (t->item->oversubscribed)
		t->flags |= FLAG_OVERSUBSCRIBED;
}
