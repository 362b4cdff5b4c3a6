/* SPDX-License-Identifier: MIT */
/* From what both sides told of a launch to the values and flags of its trial. */
#include "run/worker.h"

#include "measure/clock.h"
#include "measure/hist.h"
#include "run/run.h"
#include "stats/steady.h"
#include <math.h>
#include <time.h>

#define SHORT_RUN_S	   0.01
#define SHORT_RUN_MESSAGES 100.0
/* More than this share of the window taken by the hypervisor, over all CPUs of the machine. */
#define STEAL_SHARE	   0.01
/* More than this share of the window that real-time sides waited for a CPU. */
#define HELD_BACK_SHARE	   0.01
/* A slice that has fewer is joined to the next one. */
#define SLICE_MESSAGES	   5

static void fill_cost(
	double *v, const struct report *tx, const struct report *rx, double messages, double bytes)
{
	const double *a = tx->account.used, *b = rx->account.used;
	double cpu_s = a[USED_USER_S] + a[USED_SYS_S] + b[USED_USER_S] + b[USED_SYS_S];

	account_fill(v, &tx->account, &rx->account);
	if (!isnan(v[METRIC_HELPER_CPU]))
		cpu_s += v[METRIC_HELPER_CPU];
	if (messages > 0)
		v[METRIC_CPU_PER_MSG] = cpu_s * 1e9 / messages;
	if (bytes > 0)
		v[METRIC_CPU_PER_BYTE] = cpu_s * 1e9 / bytes;
}

/* The columns of one kind of times, which follow each other; `count` is the first. */
static void fill_times(double *v, enum metric count, const struct histogram *h)
{
	double *const times = &v[count];

	times[0] = (double)h->total;
	if (h->total == 0)
		return;
	times[TIMES_MIN] = (double)h->min;
	times[TIMES_MEAN] = hist_mean(h);
	times[TIMES_MAX] = (double)h->max;
	for (enum metric m = count + TIMES_P50; m < count + TIMES_MAX; m++)
		if (hist_supports(h->total, metric_quantile(m)))
			v[m] = (double)hist_quantile(h, metric_quantile(m));
}

void values_times(struct trial *t, const struct times times[LAT_KINDS])
{
	const struct mode_info *mode = mode_of(&t->item->key);

	t->lat_kind = mode->records[0];
	for (int k = 0; k < LAT_KINDS && mode->records[k] != NULL; k++)
		fill_times(t->value, mode->times[k], &times[k].hist);
}

/*
 * The bytes of `count` messages of the window behind the first `from`. Nothing moves through the
 * null transport, whatever the size that its loops run with.
 */
static double bytes_of(const struct job *job, const struct report *r, uint64_t from, uint64_t count)
{
	const struct item *it = job->item;

	if (it->transport->shape == SHAPE_NULL)
		return 0;
	return it->sizes == NULL
		       ? (double)count * (double)it->key.size
		       : sizes_bytes(job->turn, it->sizes->count, r->first_seq + from, count);
}

/* From the first complete message to the last, without those that came with the first. */
static void fill_rate(double *v, const struct job *job, const struct report *rx, double seconds)
{
	uint64_t first = rx->timed_first_count;

	if (rx->messages <= first || seconds <= 0)
		return;
	v[METRIC_MSGS_PER_S] = (double)(rx->messages - first) / seconds;
	double mean =
		bytes_of(job, rx, first, rx->messages - first) / (double)(rx->messages - first);

	if (mean > 0)
		v[METRIC_BYTES_PER_S] = v[METRIC_MSGS_PER_S] * mean;
}

static void fill_load(struct trial *t, const struct job *job)
{
	const struct report *r = &job->report[mode_of(&t->item->key)->recorder];
	uint64_t late = r->timed_last > r->due_last ? r->timed_last - r->due_last : 0;

	t->value[METRIC_OFFERED] = t->rate;
	t->value[METRIC_UNSENT] = (double)job->report[SIDE_TX].unsent;
	t->value[METRIC_LATE] = (double)clock_ns(&job->clock, late) / 1e9;
}

/*
 * For how long the kernel kept real-time sides off one CPU, although one of them was ready to run:
 * so that ordinary processes get some of it, too. Not what a side waits for the other, and not what
 * the hypervisor takes, which is no CPU time either.
 */
static double held_back_s(double cpu_s, double queued_s, const double *v)
{
	double steal_s = isnan(v[METRIC_STEAL]) ? 0 : v[METRIC_STEAL];

	return isnan(queued_s) ? 0 : fmin(v[METRIC_DURATION_S] - steal_s - cpu_s, queued_s);
}

static bool was_held_back(const struct trial *t)
{
	const double *v = t->value;
	double tx = v[METRIC_TX_USER] + v[METRIC_TX_SYS], rx = v[METRIC_RX_USER] + v[METRIC_RX_SYS];
	double held_s = cell_one_cpu(&t->item->cell)
				? held_back_s(tx + rx, v[METRIC_TX_QUEUED] + v[METRIC_RX_QUEUED], v)
				: fmax(held_back_s(tx, v[METRIC_TX_QUEUED], v),
					  held_back_s(rx, v[METRIC_RX_QUEUED], v));

	/* sides of other pairs on its CPU are no ordinary processes */
	return t->item->key.sched != POLICY_OTHER && !t->item->oversubscribed &&
	       held_s > HELD_BACK_SHARE * v[METRIC_DURATION_S];
}

/* Whether a side's CPU was slower after the window than before it. */
static bool slowed_down(const struct report *r)
{
	return r->speed[1] < (1 - SPEED_SHARE) * r->speed[0];
}

/* Whether a message took as long in the beginning of the window as in the rest, slice by slice. */
static bool is_unsteady(const struct job *job)
{
	const struct mode_info *mode = mode_of(&job->item->key);
	const struct report *r = &job->report[mode->recorder];
	const struct slice *a = r->slices;
	double values[SLICES];
	size_t n = 0;

	for (size_t i = 1; i < r->slice_count && !mode->once; i++) {
		const struct slice *b = &r->slices[i];

		if (b->messages - a->messages < SLICE_MESSAGES)
			continue;
		values[n++] =
			(double)(mode->records[0] != NULL ? b->ns - a->ns : b->tick - a->tick) /
			(double)(b->messages - a->messages);
		a = b;
	}
	return steady_first_part_differs(values, n);
}

static unsigned int flags_of(const struct trial *t, const struct job *job)
{
	const struct report *r = job->report;
	const struct cell *cell = &t->item->cell;
	enum mode mode = t->item->key.mode;
	const double *v = t->value;
	unsigned int flags = 0;

	if (r[SIDE_TX].migrated || r[SIDE_RX].migrated)
		flags |= FLAG_MIGRATED;
	if (v[METRIC_STEAL] > STEAL_SHARE * v[METRIC_DURATION_S])
		flags |= FLAG_STEAL;
	/* one message is all that it is about */
	if (!mode_of(&t->item->key)->once &&
		(v[METRIC_DURATION_S] < SHORT_RUN_S || v[METRIC_MESSAGES] < SHORT_RUN_MESSAGES))
		flags |= FLAG_SHORT_RUN;
	if (r[SIDE_TX].cpu == r[SIDE_RX].cpu &&
		(cell->wait == WAIT_SPIN || cell->wait == WAIT_HYBRID))
		flags |= FLAG_SAME_CPU_SPIN;
	if (job->clock.kind == CLOCK_KIND_SYSCALL)
		flags |= FLAG_CLOCK_FALLBACK;
	if (mode_of(&t->item->key)->records[0] != NULL && isnan(v[METRIC_LAT_P99]))
		flags |= FLAG_LOW_SAMPLES;
	if (slowed_down(&r[SIDE_TX]) || slowed_down(&r[SIDE_RX]))
		flags |= FLAG_THROTTLED;
	if (was_held_back(t))
		flags |= FLAG_HELD_BACK;
	if (r[SIDE_TX].unsteady || is_unsteady(job))
		flags |= FLAG_UNSTEADY;
	if (t->item->transport->self_reports)
		flags |= FLAG_SELF_REPORTED;
	if (mode == MODE_RATE && (v[METRIC_UNSENT] > 0 || r[SIDE_TX].overdue || load_overloads(t)))
		flags |= FLAG_RATE_MISSED;
	return flags;
}

static double wall_clock_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Of the channels of a launch: their means, and the rate of all that was done for them. */
static void fill_channels(double *v, const struct job *job, uint64_t close_ns)
{
	const struct report *tx = &job->report[SIDE_TX], *rx = &job->report[SIDE_RX];
	double channels = (double)job->item->key.channels;
	double removal = (double)(close_ns + (tx->detach_ns > rx->detach_ns ? tx : rx)->detach_ns);

	v[METRIC_MSGS_PER_S] =
		channels * 1e9 / (v[METRIC_SETUP] + v[METRIC_FIRST_MESSAGE] + removal);
	v[METRIC_SETUP] /= channels;
	v[METRIC_FIRST_MESSAGE] /= channels;
}

void values_fill(
	struct trial *t, const struct job *job, uint64_t open_ns, uint64_t close_ns, double steal_s)
{
	const struct report *tx = &job->report[SIDE_TX];
	const struct report *rx = &job->report[SIDE_RX];
	const struct clock *clk = &job->clock;
	bool returns = mode_of(&t->item->key)->returns;
	const struct report *judge = returns ? tx : rx;
	bool told = t->item->transport->self_reports;
	uint64_t from = returns && !told ? judge->loop_tick : judge->timed_first;
	double seconds = (double)clock_ns(clk, judge->timed_last - from) / 1e9;
	double messages = (double)judge->messages;
	double bytes = bytes_of(job, judge, 0, judge->messages);
	uint64_t attach_ns = tx->attach_ns > rx->attach_ns ? tx->attach_ns : rx->attach_ns;
	double *v = t->value;

	t->started_s = wall_clock_s() - (double)clock_ns(clk, clock_now(clk) - from) / 1e9;
	v[METRIC_WARMUP_S] = judge->warmup_s;
	v[METRIC_DURATION_S] = seconds;
	v[METRIC_MESSAGES] = messages;
	if (bytes > 0)
		v[METRIC_BYTES] = bytes;
	v[METRIC_STEAL] = steal_s;
	v[METRIC_TX_SPEED] = fmin(tx->speed[0], tx->speed[1]);
	v[METRIC_RX_SPEED] = fmin(rx->speed[0], rx->speed[1]);
	v[METRIC_SETUP] = (double)(open_ns + attach_ns);
	/* a receiver that counts from 0 did not see the first one, nor did who is told of it later
	 */
	if (!told && (returns || rx->timed_first_count > 0))
		v[METRIC_FIRST_MESSAGE] =
			(double)(returns ? tx->first_ns
					 : clock_ns(clk, rx->first_tick > tx->start_tick
								 ? rx->first_tick - tx->start_tick
								 : 0));
	if (t->item->transport->may_drop)
		v[METRIC_LOST] = (double)rx->lost + (returns ? (double)tx->lost : 0);
	values_times(t, job->lane->times);
	if (!returns)
		fill_rate(v, job, rx, seconds);
	else if (t->item->key.mode != MODE_ONEWAY && !mode_of(&t->item->key)->once && seconds > 0)
		v[METRIC_MSGS_PER_S] = messages / seconds;
	if (t->item->key.mode == MODE_RATE)
		fill_load(t, job);
	if (mode_of(&t->item->key)->once)
		fill_channels(v, job, close_ns);
	fill_cost(v, tx, rx, messages, bytes);
	t->flags = flags_of(t, job);
}
