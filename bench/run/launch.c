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
#include "text/format.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

/* What a window by --messages may take until its warm-up has told how long it will. */
#define COUNTED_S	50
/* How much longer pages may take than estimated where other work wants the same CPUs and memory. */
#define PAGES_SLOWER	4.0
/* The maximum of --timeout; for more messages use more trials. */
#define EXTENSION_MAX_S 86400.0
/* How much of a one-way time may be uncertain. */
#define OFFSET_SHARE	0.1

/* --layout random: gaps between mappings that can be filled. */
enum { HOLES = 256 };

/* Everything that one launch makes and must unmake. */
struct setup {
	struct job job;
	struct control control;
	struct channel channel[2];
	bool timeline; /* to be recorded */
	uint64_t open_ns;
	void *hole[HOLES]; /* below the first of which mappings lie; the others fill gaps */
	size_t hole_len[HOLES], holes;
	int latency_fd; /* /dev/cpu_dma_latency held open, or -1 */
};

double launch_limit(const struct settings *s, const struct item *it)
{
	double untimed = s->warmup_s + PAGES_SLOWER * footprint_seconds(&it->cell, it->transport);

	if (s->timeout_s > 0)
		return s->timeout_s;
	return s->messages != 0 ? COUNTED_S + watch_limit(untimed)
				: watch_limit(untimed + s->duration_s);
}

/*
 * A sound sender asks for no more: its warm-up ended within the limit and moved at least one
 * message. So an overwritten word cannot extend a launch without bounds.
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
	r = control_create(&s->control, 1, why);
	if (r < 0)
		return r;
	s->job.control = &s->control;
	s->job.lane = s->control.lane;
	s->job.report = s->control.report;
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
	control_destroy(&s->control);
	while (s->holes > 0)
		release_last(s);
	if (s->latency_fd >= 0)
		close(s->latency_fd);
}

/* ---- the launch --------------------------------------------------------------------------------
 */

/*
 * Both sides agree on how much was moved. A mechanism that may drop says itself what it lost, and
 * nothing is moved by the null transport.
 */
static int check_counts(const struct setup *s, struct reason *why)
{
	const struct report *r = s->job.report;
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

	r = watch_workers(&s->control, worker_main, &s->job, limit, why);
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
	double shortest = fmin(v[METRIC_LAT_P50], v[METRIC_BACK_P50]);

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
		hist_add(hists[i], &s->job.lane->times[i].hist);
		if (s->job.settings->output_dir == NULL)
			continue;
		t->hlog[i] = encode(&s->job.lane->times[i].hist);
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

/* Appends to `why`, of an error -errno, what would help, where that is known and not yet said. */
static void add_remedy(struct reason *why, int err)
{
	struct rlimit files = {.rlim_cur = 0};

	getrlimit(RLIMIT_NOFILE, &files);
	if (err == -EMFILE && strstr(why->text, "raise with") == NULL)
		reason_set(why, 0, "%s; raise with ulimit %s-n %llu", why->text,
			/* without it the hard limit is lowered as well */
			2 * files.rlim_cur <= files.rlim_max ? "-S " : "",
			2 * (unsigned long long)files.rlim_cur);
	if (err == -ENFILE)
		reason_set(why, 0, "%s; raise with sysctl -w fs.file-max=%llu", why->text,
			2 * (unsigned long long)ipcbench_sysctl("/proc/sys/fs/file-max", 0));
	if (err == -EFBIG && strstr(why->text, "ulimit") == NULL)
		reason_set(why, 0, "%s; raise with ulimit -f unlimited", why->text);
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
		values_fill(t, &s.job, s.open_ns, steal);
	if (r == 0 && !too_uncertain(t))
		keep_times(t, &s, hists);
	tear_down(&s);
	return 0;
}
