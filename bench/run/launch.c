/* SPDX-License-Identifier: MIT */
#include "run/run.h"

#include "hist/slots.h"
#include "measure/clock.h"
#include "measure/hist.h"
#include "measure/machine.h"
#include "measure/scheduling.h"
#include "measure/topology.h"
#include "plan/footprint.h"
#include "plan/guard.h"
#include "run/fence.h"
#include "run/helpers.h"
#include "run/load-processes.h"
#include "run/sides.h"
#include "run/trial.h"
#include "run/watch.h"
#include "text/format.h"
#include "text/memory.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

/* What a window by --messages may take until its warm-up has told how long it will. */
#define COUNTED_S	50
/* The maximum of --timeout; for more messages use more trials. */
#define EXTENSION_MAX_S 86400.0
/* How much of a one-way time may be uncertain. */
#define OFFSET_SHARE	0.1

/* --layout random: gaps between mappings that can be filled. */
enum { HOLES = 256 };

/* What a pair has to itself. */
struct pair {
	struct item item; /* that of the trial, with its own CPUs */
	struct channel channel[2];
};

/* Everything that one launch makes and must unmake. */
struct setup {
	struct job *jobs; /* by pair */
	struct pair *pairs;
	unsigned int count;
	unsigned int channels; /* of mode setup, each a member of `pairs` and `jobs`; else 1 */
	struct control control;
	struct background_load load;
	bool timeline;	/* to be recorded */
	uint32_t *turn; /* sizes of messages, if they differ */
	uint64_t open_ns, close_ns;
	void *hole[HOLES]; /* below the first of which mappings lie; the others fill gaps */
	size_t hole_len[HOLES], holes;
	int latency_fd; /* /dev/cpu_dma_latency held open, or -1 */
};

double launch_limit(const struct settings *s, const struct item *it)
{
	double warmups = registry_runs_program(it->transport) ? IPCBENCH_WARMUP_MOST : 1;
	double untimed =
		warmups * s->warmup_s + PAGES_SLOWER * sides_lanes(it->key.sides) *
						footprint_seconds(&it->cell, it->transport);

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

/* What the sides of a pair share in some modes besides the channel. */
static int share(const struct setup *s, struct job *j, struct reason *why)
{
	enum mode mode = j->item->key.mode;

	if (s->timeline && !(j->timeline = shared_pages(sizeof(*j->timeline), "the timeline", why)))
		return -ENOMEM;
	if (mode == MODE_RATE && !mode_of(&j->item->key)->returns &&
		!(j->pace = shared_pages(sizeof(*j->pace), "the schedule", why)))
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
	const struct job *j = s->jobs;
	size_t len = layout_shift(&j->item->key, j->seed, LAYOUT_OF_LAUNCH).mappings;
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

static int open_pair(struct job *j, struct pair *p, struct reason *why)
{
	int r = channel_open(&p->channel[0], &p->item, &j->clock, why);

	if (r != 0)
		return r;
	j->forward = &p->channel[0];
	if (!mode_of(&p->item.key)->returns)
		return 0;
	j->back = &p->channel[0];
	if (!p->item.transport->duplex) {
		r = channel_open(&p->channel[1], &p->item, &j->clock, why);
		j->back = &p->channel[1];
	}
	return r;
}

static int open_channels(struct setup *s, struct reason *why)
{
	const uint64_t sides = s->jobs->item->key.sides;
	/* both directions of a socket or a queue; rings and notifications have a channel for each
	 */
	const struct transport *t = s->pairs->item.transport;
	const bool shared = sides_kind(sides) == TOPOLOGY_BIDI && t->duplex &&
			    (t->shape == SHAPE_STREAM || t->shape == SHAPE_MESSAGE);
	unsigned int channels = sides_channels(sides);
	int r = 0;

	for (unsigned int i = 0; i < s->count && r == 0; i++) {
		s->jobs[i].reversed = i > 0 && shared;
		if (i < channels && !s->jobs[i].reversed)
			r = open_pair(&s->jobs[i], &s->pairs[i], why);
		else
			s->jobs[i].forward = s->jobs->forward;
	}
	for (unsigned int i = 1; i < s->channels && r == 0; i++) {
		s->jobs[i] = s->jobs[0];
		r = open_pair(&s->jobs[i], &s->pairs[i], why);
	}
	return r;
}

static void close_channels(struct setup *s)
{
	for (unsigned int i = 0; i < s->count || i < s->channels; i++)
		for (size_t c = 0; c < ARRAY_SIZE(s->pairs[i].channel); c++)
			channel_close(&s->pairs[i].channel[c], &s->pairs[i].item,
				launch_limit(s->jobs->settings, &s->pairs[i].item));
}

/* Where the sides of each pair meet and report. */
static int connect_jobs(struct setup *s, struct reason *why)
{
	int r = control_create(&s->control, s->jobs->item->key.sides, why);

	s->control.isolation = s->jobs->item->key.isolate;
	for (unsigned int i = 0; i < s->count && r == 0; i++) {
		struct job *j = &s->jobs[i];

		j->control = &s->control;
		j->lane = &s->control.lane[i];
		j->report = &s->control.report[2 * i];
		r = share(s, j, why);
	}
	return r;
}

static int set_up(struct setup *s, struct reason *why)
{
	const struct settings *settings = s->jobs->settings;
	const struct item *item = s->jobs->item;
	int r = item->key.idle == IDLE_AWAKE ? awake_hold(&s->latency_fd, why) : 0;

	if (r == 0)
		r = move_mappings(s, why);
	if (r == 0)
		r = connect_jobs(s, why);
	if (r < 0)
		return r;
	helpers_place(settings->helper_cpus, settings->helper_cpu_count);
	helpers_hurry(launch_limit(settings, item));
	guard_enter(item->transport, "open()", launch_limit(settings, item));
	uint64_t start = clock_gettime_ns();

	r = open_channels(s, why);
	s->open_ns = clock_gettime_ns() - start;
	return guard_leave(r, why);
}

static void tear_down(struct setup *s)
{
	background_stop(&s->load);
	close_channels(s);
	for (unsigned int i = 0; i < s->count; i++) {
		fence_unmap(s->jobs[i].pace, sizeof(*s->jobs[i].pace));
		fence_unmap(s->jobs[i].timeline, sizeof(*s->jobs[i].timeline));
		fence_unmap(s->jobs[i].stamps, STAMPS * sizeof(*s->jobs[i].stamps));
	}
	control_destroy(&s->control);
	while (s->holes > 0)
		release_last(s);
	if (s->latency_fd >= 0)
		close(s->latency_fd);
	free(s->jobs);
	free(s->pairs);
	free(s->turn);
}

/* ---- the launch --------------------------------------------------------------------------------
 */

/*
 * Both sides agree on how much was moved. A mechanism that may drop says itself what it lost, and
 * nothing is moved by the null transport.
 */
static int check_counts(const struct setup *s, struct reason *why)
{
	const struct transport *t = s->jobs->item->transport;

	if (sides_fan(s->control.topology))
		return fan_check(s->jobs, s->count, why);
	if (sides_kind(s->control.topology) == TOPOLOGY_SERVER)
		return server_counts(s->jobs, s->count, why);
	for (unsigned int i = 0; i < s->count; i++) {
		const struct report *r = s->jobs[i].report;

		if (t->may_drop || t->shape == SHAPE_NULL ||
			r[SIDE_TX].messages == r[SIDE_RX].messages)
			continue;
		return reason_set(why, EILSEQ, "lost: %llu messages sent, %llu received%s",
			(unsigned long long)r[SIDE_TX].messages,
			(unsigned long long)r[SIDE_RX].messages,
			s->count == 1 ? "" : phrase(", by pair %u", i + 1).text);
	}
	return 0;
}

/* Both sides to their end, with the load beside them. */
static int run_sides(struct setup *s, struct limit limit, struct reason *why)
{
	struct policy_before before;
	int r = policy_rise(&before, s->jobs->item->key.sched, why);

	if (r == 0)
		r = helpers_judge(
			watch_workers(&s->control, worker_main, s->jobs, limit, why), why);
	policy_descend(&before);
	if (r == 0)
		r = background_check(&s->load, why);
	background_stop(&s->load);
	return r;
}

static int run(struct setup *s, struct reason *why)
{
	const struct job *first = s->jobs;
	int r = background_start(&s->load, first->item, why);

	for (unsigned int i = 0; i < s->count; i++)
		s->jobs[i].load = &s->load;
	if (r == 0)
		r = set_up(s, why);

	if (r < 0)
		return r;
	watch_let_signals_in();
	if (interrupted)
		return -EINTR;
	const struct limit limit = {launch_limit(first->settings, first->item),
		launch_extension(first->settings, first->item)};
	uint64_t began = clock_now(&first->clock);

	r = run_sides(s, limit, why);
	if (r == 0 && s->timeline)
		r = fence_own(first->timeline, sizeof(*first->timeline), why);
	for (unsigned int i = 0; i < s->count && r == 0; i++)
		r = outcome_check(&s->jobs[i], began, why);
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
	const struct job *j = s->jobs;
	bool kept = true;

	for (unsigned int i = 0; i < LAT_KINDS; i++) {
		if (hists[i] == NULL)
			continue;
		hist_add(hists[i], &j->lane->times[i].hist);
		if (j->settings->output_dir == NULL)
			continue;
		t->hlog[i] = encode(&j->lane->times[i].hist);
		kept &= t->hlog[i] != NULL;
	}
	if (j->settings->output_dir != NULL && j->timeline != NULL) {
		t->timeline = timeline_keep(j->timeline, &j->clock);
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

/* A job for each pair; the seed of the launch is that of the first one. */
static void make_jobs(struct setup *s, const struct trial *t, struct job like)
{
	s->count = sides_lanes(t->item->key.sides);
	s->channels = mode_of(&t->item->key)->once ? (unsigned int)t->item->key.channels : 1;
	unsigned int most = s->count > s->channels ? s->count : s->channels;

	s->jobs = need_array(most, sizeof(*s->jobs));
	s->pairs = need_array(most, sizeof(*s->pairs));
	if (t->item->sizes != NULL)
		like.turn = s->turn = sizes_turn(t->item->sizes, like.seed);
	/* clients share the load, and take turns */
	like.phase = like.period;
	if (sides_kind(t->item->key.sides) == TOPOLOGY_SERVER)
		like.period *= s->count;
	for (unsigned int i = 0; i < most; i++) {
		s->pairs[i].item = *t->item;
		if (i > 0 && i < s->count)
			s->pairs[i].item.cell = t->item->more[i - 1];
		s->jobs[i] = like;
		s->jobs[i].item = &s->pairs[i].item;
		s->jobs[i].seed ^= (uint64_t)i << 16;
		s->jobs[i].phase = i * like.phase;
	}
}

int launch(struct trial *t, const struct settings *settings, const struct clock *clock,
	const struct counter_support *counters, struct histogram *const hists[LAT_KINDS])
{
	struct setup s = {
		.timeline = settings->timeline && hists[0] != NULL &&
			    mode_of(&t->item->key)->records[0] != NULL,
		.latency_fd = -1,
	};
	double steal = machine_stolen_s();

	make_jobs(&s, t,
		(struct job){.settings = settings,
			.clock = *clock,
			.counters = counters,
			.period = t->item->key.mode == MODE_RATE ? (double)clock->ticks_hz / t->rate
								 : 0,
			.offset_ticks = llround(t->offset_ns * (double)clock->ticks_hz / 1e9),
			.seed = settings->seed ^ (uint64_t)t->order << 32});
	t->clock = clock_name(clock);
	int r = run(&s, &t->reason);

	if (interrupted) {
		tear_down(&s);
		return -EINTR;
	}
	steal = machine_stolen_s() - steal;
	/* before anything of it counts as measured: close() may be the end of the driver */
	uint64_t closing = clock_gettime_ns();

	close_channels(&s);
	s.close_ns = clock_gettime_ns() - closing;
	t->status = r < 0 ? STATUS_FAIL : STATUS_OK;
	reason_plain(&t->reason);
	if (r < 0)
		add_remedy(&t->reason, r);
	if (r == 0 && s.count == 1)
		values_fill(t, s.jobs, s.open_ns, s.close_ns, steal);
	else if (r == 0 && sides_fan(t->key.sides))
		fan_fill(t, s.jobs, s.count, s.open_ns, steal);
	else if (r == 0)
		sides_fill(t, s.jobs, s.count, s.open_ns, steal);
	if (t->status == STATUS_OK && !too_uncertain(t))
		keep_times(t, &s, hists);
	tear_down(&s);
	return 0;
}
