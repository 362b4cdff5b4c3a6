/* SPDX-License-Identifier: MIT */
#include "run/run.h"

#include "hist/slots.h"
#include "measure/clock.h"
#include "measure/hist.h"
#include "measure/machine.h"
#include "measure/topology.h"
#include "plan/footprint.h"
#include "plan/guard.h"
#include "run/fence.h"
#include "run/trial.h"
#include "run/watch.h"
#include "stats/steady.h"
#include "text/format.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* What a window by --messages may take until its warm-up has told how long it will. */
#define COUNTED_S	   50
/* As much as --timeout can be: whoever wants more splits the messages among trials. */
#define EXTENSION_MAX_S	   86400.0
#define SHORT_RUN_S	   0.01
#define SHORT_RUN_MESSAGES 100.0
/* More than this share of the window taken by the hypervisor, over all CPUs of the machine. */
#define STEAL_SHARE	   0.01
/* How much of a one-way time may be uncertain. */
#define OFFSET_SHARE	   0.1
/* A slice that has fewer is joined to the next one. */
#define SLICE_MESSAGES	   5

/* --layout random: gaps between mappings that can be filled. */
enum { HOLES = 256 };

/* Everything that one launch makes and must unmake. */
struct setup {
	struct job job;
	struct channel channel[2];
	bool timeline; /* to be recorded */
	uint64_t open_ns;
	void *hole[HOLES]; /* below the first of which mappings lie; the others fill gaps */
	size_t hole_len[HOLES], holes;
	int latency_fd; /* /dev/cpu_dma_latency held open, or -1 */
};

double launch_limit(const struct settings *s, const struct item *it)
{
	double untimed = s->warmup_s + footprint_seconds(&it->cell, it->transport);

	if (s->timeout_s > 0)
		return s->timeout_s;
	return s->messages != 0 ? COUNTED_S + watch_limit(untimed)
				: watch_limit(untimed + s->duration_s);
}

/*
 * No sender that is sound asks for more than this: its warm-up was over by the limit, and had moved
 * a message at least. So a word that is written over extends a launch by a bounded time alone.
 */
double launch_extension(const struct settings *s, const struct item *it)
{
	if (s->messages == 0 || s->timeout_s > 0)
		return 0;
	return fmin(EXTENSION_FACTOR * (double)s->messages * launch_limit(s, it), EXTENSION_MAX_S);
}

/* What the sides of some modes share besides the channel. */
static int share(struct setup *s, struct reason *why)
{
	enum mode mode = s->job.item->key.mode;
	struct job *j = &s->job;

	if (s->timeline && !(j->timeline = shared_pages(sizeof(*j->timeline), "the timeline", why)))
		return -ENOMEM;
	if (mode == MODE_RATE && !(j->pace = shared_pages(sizeof(*j->pace), "the schedule", why)))
		return -ENOMEM;
	if (mode == MODE_ONEWAY && !(j->stamps = shared_pages(STAMPS * sizeof(*j->stamps),
					     "the receiver's times", why)))
		return -ENOMEM;
	return 0;
}

/* Takes `len` bytes of addresses for as long as the launch; NULL when there are none. */
static void *take_addresses(struct setup *s, size_t len)
{
	void *at = mmap(NULL, len, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (at == MAP_FAILED)
		return NULL;
	s->hole[s->holes] = at;
	s->hole_len[s->holes++] = len;
	return at;
}

static void release_last(struct setup *s)
{
	s->holes--;
	munmap(s->hole[s->holes], s->hole_len[s->holes]);
}

/* Mappings go below the hole, large and small: gaps above that would hold them are filled. */
static int move_mappings(struct setup *s, struct reason *why)
{
	size_t len = layout_shift(&s->job.item->key, s->job.seed, LAYOUT_OF_LAUNCH).mappings;
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	const char *hole = len == 0 ? NULL : take_addresses(s, len), *at;

	if (len > 0 && hole == NULL)
		return reason_set(why, errno, "no room for the %zu bytes of --layout random: %s",
			len, strerror(errno));
	while (len >= page && s->holes < HOLES && (at = take_addresses(s, len)) != NULL)
		if (at < hole) {
			release_last(s);
			len = len / 2 / page * page;
		}
	return 0;
}

static int open_channels(struct setup *s, struct reason *why)
{
	const struct item *item = s->job.item;
	int r = channel_open(&s->channel[0], item, &s->job.clock, why);

	if (r != 0)
		return r;
	s->job.forward = &s->channel[0];
	if (!modes[item->key.mode].returns)
		return 0;
	s->job.back = &s->channel[0];
	if (!item->transport->duplex) {
		r = channel_open(&s->channel[1], item, &s->job.clock, why);
		s->job.back = &s->channel[1];
	}
	return r;
}

static void close_channels(struct setup *s)
{
	for (size_t i = 0; i < ARRAY_SIZE(s->channel); i++)
		channel_close(
			&s->channel[i], s->job.item, launch_limit(s->job.settings, s->job.item));
}

static int set_up(struct setup *s, struct reason *why)
{
	const struct item *item = s->job.item;
	int r = item->key.idle == IDLE_AWAKE ? awake_hold(&s->latency_fd, why) : 0;

	if (r == 0)
		r = move_mappings(s, why);
	if (r < 0)
		return r;
	s->job.control = control_create(why);
	if (s->job.control == NULL)
		return -ENOMEM;
	r = share(s, why);
	if (r < 0)
		return r;
	guard_enter(item->transport, "open()", launch_limit(s->job.settings, item));
	uint64_t start = clock_gettime_ns();

	r = open_channels(s, why);
	s->open_ns = clock_gettime_ns() - start;
	return guard_leave(r, why);
}

static void tear_down(struct setup *s)
{
	fence_unmap(s->job.pace, sizeof(*s->job.pace));
	fence_unmap(s->job.timeline, sizeof(*s->job.timeline));
	fence_unmap(s->job.stamps, STAMPS * sizeof(*s->job.stamps));
	close_channels(s);
	control_destroy(s->job.control);
	while (s->holes > 0)
		release_last(s);
	if (s->latency_fd >= 0)
		close(s->latency_fd);
}

/* ---- from reports to values ------------------------------------------------------------------ */

static void fill_cost(
	double *v, const struct report *tx, const struct report *rx, double messages, double size)
{
	const double *a = tx->account.used, *b = rx->account.used;
	double cpu_s = a[USED_USER_S] + a[USED_SYS_S] + b[USED_USER_S] + b[USED_SYS_S];

	account_fill(v, &tx->account, &rx->account);
	if (messages > 0)
		v[METRIC_CPU_PER_MSG] = cpu_s * 1e9 / messages;
	if (messages > 0 && size > 0)
		v[METRIC_CPU_PER_BYTE] = cpu_s * 1e9 / messages / size;
}

/* The columns of one kind of times, which follow each other; `count` is the first. */
static void fill_times(double *v, enum metric count, const struct histogram *h)
{
	double *const times = &v[count];

	_Static_assert(METRIC_LAT_MAX - METRIC_LAT_COUNT == METRIC_LAT2_MAX - METRIC_LAT2_COUNT &&
			       METRIC_LAT_P50 - METRIC_LAT_COUNT == 3 &&
			       METRIC_LAT_MAX - METRIC_LAT_COUNT == 8,
		"count, min, mean, five quantiles, max");
	times[0] = (double)h->total;
	if (h->total == 0)
		return;
	times[1] = (double)h->min;
	times[2] = hist_mean(h);
	times[8] = (double)h->max;
	for (enum metric m = count + 3; m < count + 8; m++)
		if (hist_supports(h->total, metric_quantile(m)))
			v[m] = (double)hist_quantile(h, metric_quantile(m));
}

static void fill_latency(struct trial *t, const struct times times[LAT_KINDS])
{
	enum mode mode = t->item->key.mode;

	t->lat_kind = modes[mode].records[0];
	t->lat2_kind = modes[mode].records[1];
	if (t->lat_kind != NULL)
		fill_times(t->value, METRIC_LAT_COUNT, &times[0].hist);
	if (t->lat2_kind != NULL)
		fill_times(t->value, METRIC_LAT2_COUNT, &times[1].hist);
}

/* From the receiver's first complete message to its last, without those that came with the first.
 */
static void fill_rate(double *v, const struct report *rx, double seconds, double size)
{
	if (rx->messages <= rx->timed_first_count || seconds <= 0)
		return;
	v[METRIC_MSGS_PER_S] = (double)(rx->messages - rx->timed_first_count) / seconds;
	if (size > 0)
		v[METRIC_BYTES_PER_S] = v[METRIC_MSGS_PER_S] * size;
}

static void fill_load(struct trial *t, const struct setup *s)
{
	const struct report *rx = &s->job.control->report[SIDE_RX];
	uint64_t late = rx->timed_last > rx->due_last ? rx->timed_last - rx->due_last : 0;

	t->value[METRIC_OFFERED] = t->rate;
	t->value[METRIC_UNSENT] = (double)s->job.control->report[SIDE_TX].unsent;
	t->value[METRIC_LATE] = (double)clock_ns(&s->job.clock, late) / 1e9;
}

/* Whether a side's CPU was slower after the window than before it. */
static bool slowed_down(const struct report *r)
{
	return r->speed[1] < (1 - SPEED_SHARE) * r->speed[0];
}

/* Whether a message took as long in the beginning of the window as in the rest, slice by slice. */
static bool is_unsteady(const struct setup *s)
{
	const struct mode_info *mode = &modes[s->job.item->key.mode];
	const struct report *r = &s->job.control->report[mode->recorder];
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

static unsigned int flags_of(const struct trial *t, const struct setup *s)
{
	const struct report *r = s->job.control->report;
	const struct cell *cell = &t->item->cell;
	enum mode mode = t->item->key.mode;
	const double *v = t->value;
	unsigned int flags = 0;

	if (r[SIDE_TX].migrated || r[SIDE_RX].migrated)
		flags |= FLAG_MIGRATED;
	if (v[METRIC_STEAL] > STEAL_SHARE * v[METRIC_DURATION_S])
		flags |= FLAG_STEAL;
	/* one message is all that it is about */
	if (!modes[mode].once &&
		(v[METRIC_DURATION_S] < SHORT_RUN_S || v[METRIC_MESSAGES] < SHORT_RUN_MESSAGES))
		flags |= FLAG_SHORT_RUN;
	if (r[SIDE_TX].cpu == r[SIDE_RX].cpu &&
		(cell->wait == WAIT_SPIN || cell->wait == WAIT_HYBRID))
		flags |= FLAG_SAME_CPU_SPIN;
	if (s->job.clock.kind == CLOCK_KIND_SYSCALL)
		flags |= FLAG_CLOCK_FALLBACK;
	if (modes[mode].records[0] != NULL && isnan(v[METRIC_LAT_P99]))
		flags |= FLAG_LOW_SAMPLES;
	if (slowed_down(&r[SIDE_TX]) || slowed_down(&r[SIDE_RX]))
		flags |= FLAG_THROTTLED;
	if (is_unsteady(s))
		flags |= FLAG_UNSTEADY;
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

static void fill(struct trial *t, const struct setup *s, double steal_s)
{
	const struct report *tx = &s->job.control->report[SIDE_TX];
	const struct report *rx = &s->job.control->report[SIDE_RX];
	const struct clock *clk = &s->job.clock;
	bool returns = modes[t->item->key.mode].returns;
	const struct report *judge = returns ? tx : rx;
	uint64_t from = returns ? judge->loop_tick : judge->timed_first;
	double seconds = (double)clock_ns(clk, judge->timed_last - from) / 1e9;
	/* nothing moves through the null transport, whatever the size that its loops run with */
	double size = t->item->transport->shape == SHAPE_NULL ? 0 : (double)t->item->key.size;
	double messages = (double)judge->messages;
	uint64_t attach_ns = tx->attach_ns > rx->attach_ns ? tx->attach_ns : rx->attach_ns;
	double *v = t->value;

	t->started_s = wall_clock_s() - (double)clock_ns(clk, clock_now(clk) - from) / 1e9;
	v[METRIC_WARMUP_S] = judge->warmup_s;
	v[METRIC_DURATION_S] = seconds;
	v[METRIC_MESSAGES] = messages;
	if (size > 0)
		v[METRIC_BYTES] = messages * size;
	v[METRIC_STEAL] = steal_s;
	v[METRIC_TX_SPEED] = fmin(tx->speed[0], tx->speed[1]);
	v[METRIC_RX_SPEED] = fmin(rx->speed[0], rx->speed[1]);
	v[METRIC_SETUP] = (double)(s->open_ns + attach_ns);
	v[METRIC_FIRST_MESSAGE] =
		(double)(returns ? tx->first_ns
				 : clock_ns(clk, rx->first_tick > tx->start_tick
							 ? rx->first_tick - tx->start_tick
							 : 0));
	if (t->item->transport->may_drop)
		v[METRIC_LOST] = (double)rx->lost + (returns ? (double)tx->lost : 0);
	fill_latency(t, s->job.control->times);
	if (!returns)
		fill_rate(v, rx, seconds, size);
	if (t->item->key.mode == MODE_RATE)
		fill_load(t, s);
	fill_cost(v, tx, rx, messages, size);
	t->flags = flags_of(t, s);
}

/*
 * Both sides agree on how much was moved. A mechanism that may drop says itself what it lost, and
 * nothing is moved by the null transport.
 */
static int check_counts(const struct setup *s, struct reason *why)
{
	const struct report *r = s->job.control->report;
	const struct transport *t = s->job.item->transport;

	if (t->may_drop || t->shape == SHAPE_NULL || r[SIDE_TX].messages == r[SIDE_RX].messages)
		return 0;
	return reason_set(why, EILSEQ, "lost: %llu messages sent, %llu received",
		(unsigned long long)r[SIDE_TX].messages, (unsigned long long)r[SIDE_RX].messages);
}

static int run(struct setup *s, struct reason *why)
{
	int r = set_up(s, why);

	if (r < 0)
		return r;
	watch_let_signals_in();
	if (interrupted)
		return -EINTR;
	const struct limit limit = {launch_limit(s->job.settings, s->job.item),
		launch_extension(s->job.settings, s->job.item)};
	uint64_t began = clock_now(&s->job.clock);

	r = watch_workers(s->job.control, worker_main, &s->job, limit, why);
	if (r == 0 && s->timeline)
		r = fence_own(s->job.timeline, sizeof(*s->job.timeline), why);
	if (r == 0)
		r = outcome_check(&s->job, began, why);
	return r < 0 ? r : check_counts(s, why);
}

/*
 * One-way times are as good as the clocks of the two CPUs agree. Where that is worse than the
 * figure needs, there is no figure.
 */
static bool too_uncertain(struct trial *t)
{
	double *v = t->value;
	double shortest = fmin(v[METRIC_LAT_P50], v[METRIC_LAT2_P50]);

	if (t->item->key.mode != MODE_ONEWAY)
		return false;
	v[METRIC_OFFSET_BOUND] = t->offset_bound_ns;
	if (!(t->offset_bound_ns > OFFSET_SHARE * shortest))
		return false;
	t->status = STATUS_SKIP;
	reason_set(&t->reason, ERANGE,
		"the clocks of CPUs %d and %d agree to within %.0f ns, more than a tenth of the %.0f ns that a message takes one way; use --mode latency",
		t->item->cell.cpu_tx, t->item->cell.cpu_rx, t->offset_bound_ns, shortest);
	for (int i = 0; i < METRIC_COUNT; i++)
		v[i] = NAN;
	return true;
}

static char *encode(const struct histogram *h)
{
	struct hlog_histogram sparse;
	char *text = hlog_from(&sparse, h) == 0 ? hlog_encode(&sparse) : NULL;

	hlog_free(&sparse);
	return text;
}

/* Adds the times of a trial to those of its cell, and keeps them for its intervals of the logs. */
static void keep_times(
	struct trial *t, const struct setup *s, struct histogram *const hists[LAT_KINDS])
{
	bool kept = true;

	for (unsigned int i = 0; i < LAT_KINDS; i++) {
		if (hists[i] == NULL)
			continue;
		hist_add(hists[i], &s->job.control->times[i].hist);
		if (s->job.settings->output_dir == NULL)
			continue;
		t->hlog[i] = encode(&s->job.control->times[i].hist);
		kept &= t->hlog[i] != NULL;
	}
	if (s->job.settings->output_dir != NULL && s->job.timeline != NULL) {
		t->timeline = timeline_keep(s->job.timeline, &s->job.clock);
		kept &= t->timeline != NULL;
	}
	if (!kept) {
		t->status = STATUS_FAIL;
		reason_set(&t->reason, ENOMEM, "out of memory for the histogram of the trial");
	}
}

/* ---- errors that any call of any transport can meet ------------------------------------------ */

static const struct {
	int err;
	const char *said; /* a reason that holds this has named the remedy itself */
	const char *text;
} remedies[] = {
	{EMFILE, "ulimit", "; raise ulimit -n"},
	{ENFILE, "file-max", "; raise sysctl fs.file-max"},
	{EFBIG, "ulimit", "; raise ulimit -f"},
};

/* Appends to `why`, of an error -errno, what would help, where that is known and not yet said. */
static void add_remedy(struct reason *why, int err)
{
	for (size_t i = 0; i < ARRAY_SIZE(remedies); i++)
		if (remedies[i].err == -err && strstr(why->text, remedies[i].said) == NULL)
			reason_set(why, 0, "%s%s", why->text, remedies[i].text);
	if (strstr(why->text, "ledger") != NULL && (err == -EROFS || err == -ENOSPC))
		reason_set(why, 0, "%s%s", why->text,
			"; set XDG_RUNTIME_DIR to a private directory with room");
}

int launch(struct trial *t, const struct settings *settings, const struct clock *clock,
	const struct counter_support *counters, struct histogram *const hists[LAT_KINDS])
{
	struct setup s = {
		.job = {.item = t->item,
			.settings = settings,
			.clock = *clock,
			.counters = counters},
		.timeline = settings->timeline && hists[0] != NULL &&
			    modes[t->item->key.mode].records[0] != NULL,
		.latency_fd = -1,
	};
	double steal = machine_stolen_s();

	if (t->item->key.mode == MODE_RATE)
		s.job.period = (double)clock->ticks_hz / t->rate;
	s.job.offset_ticks = llround(t->offset_ns * (double)clock->ticks_hz / 1e9);
	s.job.seed = settings->seed ^ (uint64_t)t->order << 32;

	t->clock = clock_name(clock);
	int r = run(&s, &t->reason);

	if (interrupted) {
		tear_down(&s);
		return -EINTR;
	}
	steal = machine_stolen_s() - steal;
	/* before anything of it counts as measured: close() may be the end of the driver */
	close_channels(&s);
	t->status = r < 0 ? STATUS_FAIL : STATUS_OK;
	reason_plain(&t->reason);
	if (r < 0)
		add_remedy(&t->reason, r);
	if (r == 0)
		fill(t, &s, steal);
	if (r == 0 && !too_uncertain(t))
		keep_times(t, &s, hists);
	tear_down(&s);
	return 0;
}
