/* SPDX-License-Identifier: MIT */
#include "run/worker.h"

#include "measure/clock.h"
#include "measure/hist.h"
#include "measure/scheduling.h"
#include "measure/topology.h"
#include "plan/footprint.h"
#include "run/fence.h"
#include "run/helpers.h"
#include "run/run.h"
#include "run/watch.h"
#include "text/claim.h"
#include "text/text-file.h"
#include <errno.h>
#include <math.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

/* A stream looks at the clock about this often. */
#define CHECK_INTERVAL_NS UINT64_C(50000)

/*
 * A client in an open loop that has its CPU to itself polls the clock for this long before a
 * message is due: an idle CPU takes up to 80 us to wake up.
 */
#define CLIENT_POLL_NS UINT64_C(200000)

/* A slice of a window of which nothing is known; they double as needed. */
#define SLICE_MIN_S 1e-4

/* A warm-up is slower than what follows it, by this at most as far as slices of time go. */
#define WARMUP_SLOWER 4.0

/* Times of one round, in memory of this process alone. */
static struct stamps own_stamps[STAMPS];

/*
 * In a pid namespace of its own a process sees no parent; the /proc of the driver names it.
 */
static bool is_child_of(pid_t driver)
{
	char text[4096], value[32];

	if (getppid() != 0)
		return getppid() == driver;
	return text_file_read("/proc/self/status", text, sizeof(text)) > 0 &&
	       text_find(text, "PPid", ':', value, sizeof(value)) != NULL &&
	       strtol(value, NULL, 10) == driver;
}

void worker_begin(pid_t driver)
{
	/* Ctrl-C at the terminal reaches every process of the group; only the driver answers it */
	static const int ignored[] = {SIGINT, SIGQUIT, SIGHUP, SIGPIPE};
	sigset_t none;

	/* the driver may have died before prctl() took effect */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || !is_child_of(driver))
		_exit(EXIT_FAILURE);
	claims_leave();
	for (size_t i = 0; i < WATCH_SIGNALS; i++)
		signal(watch_signals[i], SIG_DFL);
	for (size_t i = 0; i < ARRAY_SIZE(ignored); i++)
		signal(ignored[i], SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Of this worker. */
static struct report *own_report;

static unsigned int lane_of(const struct job *job)
{
	return (unsigned int)(job->lane - job->control->lane);
}

/* Where a loop with several round trips in flight notes when it sent each. */
static int make_sends(const struct job *job, struct worker *w, struct reason *why)
{
	w->depth = job->item->cell.depth;
	if (w->depth <= 1)
		return 0;
	while (w->sends_mask + 1 < w->depth)
		w->sends_mask = 2 * w->sends_mask + 1;
	w->sends =
		fence_map((w->sends_mask + 1) * sizeof(*w->sends), MAP_PRIVATE, "its send times");
	return w->sends != NULL ? 0
				: reason_set(why, errno, "no memory for %zu send times: %s",
					  w->depth, strerror(errno));
}

static int attach(const struct job *job, struct channel *ch, enum side side, struct reason *why)
{
	const struct control *c = job->control;
	enum side other = side == SIDE_TX ? SIDE_RX : SIDE_TX;

	if (ch == NULL)
		return 0;
	ch->side = side;
	ch->index = sides_channels(c->topology) == 1 ? lane_of(job) : 0;
	/* of several the one of the first lane */
	ch->peer = c->report[control_side(c, lane_of(job), other)].pid;
	bool seen = (ch->cell->own_namespaces & NAMESPACE_BIT_PID) == 0;
	/* a mechanism may send it signals: it must not be somebody else */
	pid_t group = getpgid(ch->peer);

	if (ch->peer <= 1 || (seen && group >= 0 && group != getpgrp()))
		return reason_set(why, ESRCH,
			"process %d is not the peer: shared memory was written over",
			(int)ch->peer);
	if (!seen)
		ch->peer = -1;
	/* the simplex channel back is sent on by the receiver's process */
	if ((ch == job->back && ch != job->forward) || job->reversed)
		ch->side = side == SIDE_TX ? SIDE_RX : SIDE_TX;
	if (job->item->transport->attach == NULL)
		return 0;
	int r = job->item->transport->attach(ch);

	if (r < 0) {
		*why = ch->why;
		if (why->text[0] == '\0')
			reason_set(why, -r, "attach failed: %s", strerror(-r));
	}
	return r;
}

static int attach_all(const struct job *job, enum side side, struct worker *w, struct reason *why)
{
	uint64_t start = clock_now(&job->clock);
	int r = attach(job, job->forward, side, why);

	if (r == 0 && job->back != job->forward)
		r = attach(job, job->back, side, why);
	if (r < 0)
		return r;
	own_report->attach_ns += clock_ns(&job->clock, clock_now(&job->clock) - start);
	w->out = side == SIDE_TX ? job->forward : job->back;
	w->in = side == SIDE_TX ? job->back : job->forward;
	return 0;
}

/* How many jobs, from the first one on, a side works on: a server on those of all its clients. */
static unsigned int jobs_of(const struct job *job, enum side side)
{
	return serves(job, side) ? job->control->sides / 2 : 1;
}

static int attach_jobs(const struct job *job, enum side side, struct worker *w, struct reason *why)
{
	int r = serves(job, side) ? server_make(job, w, why) : 0;

	for (unsigned int i = 0; i < jobs_of(job, side) && r == 0; i++) {
		r = attach_all(job + i, side, w, why);
		if (r == 0 && w->server != NULL)
			server_meets(job, w, i);
	}
	return r;
}

static void detach_all(const struct job *job, enum side side)
{
	const struct transport *t = job->item->transport;

	/* nobody closes an end that the other side still reads */
	control_meet(job->control);
	phase_enter(own_report, PHASE_CLOSE);
	uint64_t start = clock_now(&job->clock);

	for (const struct job *j = job; t->detach != NULL && j < job + jobs_of(job, side); j++) {
		t->detach(j->forward);
		if (j->back != NULL && j->back != j->forward)
			t->detach(j->back);
	}
	own_report->detach_ns += clock_ns(&job->clock, clock_now(&job->clock) - start);
}

static const struct loops *loops_of(const struct job *job)
{
	bool direct = job->item->key.dispatch == DISPATCH_DIRECT && !job->settings->slowed;

	return direct ? job->item->transport->loops : generic_loops();
}

/* Whether a side receives from several senders, or what other receivers leave to it. */
static bool is_fan_rx(const struct job *job, enum side side)
{
	const struct cell *cell = &job->item->cell;
	bool one = cell->receivers > 1 && (job->item->transport->topologies & FAN_OUT_ONE) != 0;

	return side == SIDE_RX && (cell->senders > 1 || one);
}

/* Whether a side is a client of a server in an open loop. */
static bool is_paced_client(const struct job *job, enum side side)
{
	const struct cell_key *key = &job->item->key;

	return side == SIDE_TX && key->mode == MODE_RATE && mode_of(key)->returns;
}

static loop_fn *pick_loop(const struct job *job, enum side side)
{
	const struct item *item = job->item;
	const struct loops *l = loops_of(job);
	size_t at = mode_of(&item->key)->loop[item->key.copy][side];

	if (item->sizes != NULL)
		return sized_loop(item->key.mode, side);
	if (serves(job, side))
		return server_loop(job, l);
	if (is_paced_client(job, side))
		return client_loop(item->key.copy);
	if (is_fan_rx(job, side))
		return item->key.copy == COPY_INPLACE ? l->fan_rx_inplace : l->fan_rx;
	if (buffer_messages(&item->cell, item->transport) > 1)
		return side == SIDE_TX ? l->batch_tx : l->batch_rx;
	if (item->cell.depth > 1 && side == SIDE_TX)
		return item->key.copy == COPY_INPLACE ? l->ping_depth_inplace : l->ping_depth;
	return *(loop_fn *const *)((const char *)l + at);
}

/*
 * All sides are here and clean: what comes next is the loop. Of more than two, returns from when on
 * their windows count, so that all end at the same time; else 0.
 */
static uint64_t meet_for_loop(const struct job *job, struct worker *w)
{
	w->messages = w->lost = 0;
	w->first_tick = w->last_tick = w->first_ns = 0;
	/*
	 * What publishes its batches shows the first one at once, as a call does that brings one;
	 * the warm-up may have begun it.
	 */
	uint64_t at_once = job->item->cell.batch / w->batch;

	w->first_count = at_once - w->seq % at_once;
	w->look = w->slice_count = 0;
	control_meet(job->control);
	atomic_store(&job->lane->end.last_post, UINT64_MAX);
	atomic_store(&job->lane->end.seen, false);
	atomic_store(&job->control->board->tally.taken, 0);
	atomic_store(&job->control->board->tally.ended, 0);
	if (w->fan != NULL)
		w->fan->sum = 0;
	if (w->server != NULL)
		server_begin();
	control_meet(job->control);
	return job->control->present == 2 ? 0 : control_gather(job->control, &w->clock);
}

/* Of a fan, a sender also tells each receiver that it has ended, and that is when it has. */
static int run_loop(const struct job *job, struct worker *w, loop_fn *loop)
{
	int r = loop(w);

	if (w->fan == NULL || w->out == NULL)
		return r;
	if (r == 0 && w->fan->receivers > 1)
		r = job->item->key.copy == COPY_INPLACE ? loops_of(job)->fan_end_inplace(w)
							: loops_of(job)->fan_end(w);
	w->last_tick = clock_now(&w->clock);
	/* its numbers follow each other */
	w->fan->sum = w->messages * (w->seq - w->messages) + w->messages * (w->messages - 1) / 2;
	return r;
}

/* A trial that ends by count takes as long as it takes: the pace of the warm-up tells. */
static void extend_timeout(const struct job *job, const struct worker *w, double warmup_s)
{
	const struct settings *s = job->settings;
	double most_s = launch_extension(s, job->item);

	if (most_s <= 0 || w->messages == 0)
		return;
	double expected_s = warmup_s * (double)s->messages / (double)w->messages;

	atomic_store(&job->lane->extension_ns,
		(uint64_t)(fmin(expected_s * EXTENSION_FACTOR, most_s) * 1e9));
}

static void note_first(const struct worker *w, struct report *report, uint64_t start)
{
	if (report->start_tick != 0)
		return;
	report->start_tick = start;
	report->first_tick = w->first_tick;
	report->first_ns = w->first_ns;
	/* the side that answers has no round trip */
	if (w->stamps != NULL && w->stamps[0].received > w->stamps[0].sent)
		report->first_ns = clock_ns(&w->clock, w->stamps[0].received - w->stamps[0].sent);
}

static int warm_up(const struct job *job, struct worker *w, loop_fn *loop, struct report *report)
{
	if (job->settings->warmup_s <= 0 || mode_of(&job->item->key)->once)
		return 0;
	phase_enter(report, PHASE_WARMUP);
	meet_for_loop(job, w);
	uint64_t start = clock_now(&w->clock);

	w->max_messages = UINT64_MAX;
	w->deadline = start + clock_ticks(&w->clock, (uint64_t)(job->settings->warmup_s * 1e9));
	/* a round of one-way times has to fit its notes */
	if (w->stamps != NULL)
		w->max_messages = STAMPS;
	int r = run_loop(job, w, loop);
	uint64_t spent = clock_now(&w->clock) - start;

	note_first(w, report, start);
	report->warmup_s = (double)clock_ns(&w->clock, spent) / 1e9;
	if (r == 0 && w->out == job->forward)
		extend_timeout(job, w, report->warmup_s);
	return r;
}

/* How long the window will be, or less; 0 = no idea. `w` is as the warm-up left it. */
static double expected_window_s(
	const struct job *job, const struct worker *w, const struct report *report)
{
	const struct settings *s = job->settings;

	if (s->messages == 0)
		return s->duration_s;
	if (job->item->key.mode == MODE_RATE)
		return (double)s->messages * job->period / (double)job->clock.ticks_hz;
	if (w->messages == 0)
		return 0;
	return (double)s->messages * report->warmup_s / (double)w->messages / WARMUP_SLOWER;
}

static void begin_records(const struct job *job, struct worker *w, struct report *report)
{
	hist_reset(w->hist);
	hist_reset(w->hist2);
	w->timeline = job->timeline;
	if (w->timeline != NULL)
		timeline_begin(w->timeline, &w->clock, expected_window_s(job, w, report));
	w->slices = report->slices;
	w->slice_ticks = clock_ticks(&w->clock,
		(uint64_t)(fmax(expected_window_s(job, w, report) / SLICES_AIM, SLICE_MIN_S) *
			   1e9));
}

/* ---- the window ------------------------------------------------------------------------------ */

/* Of this worker, in its window only. */
static struct accounting *running_books;

void ipcbench_window_over(void)
{
	if (running_books != NULL)
		account_end(running_books);
	running_books = NULL;
}

void ipcbench_unsteady(void)
{
	own_report->unsteady = 1;
}

/*
 * A load is in the sender's account. Helpers are in that of the side whose messages count: those
 * that a sender has sent may yet lie with them.
 */
static void open_books(struct accounting *books, const struct job *job, enum side side)
{
	pid_t roots[KIN_ROOTS];
	size_t n = 0;

	account_open(books, job->counters, side == SIDE_TX ? job->load : NULL);
	if (side != (mode_of(&job->item->key)->returns ? SIDE_TX : SIDE_RX))
		return;
	n += helpers_roots(job->forward, roots, KIN_ROOTS);
	if (job->back != NULL && job->back != job->forward)
		n += helpers_roots(job->back, roots + n, KIN_ROOTS - n);
	account_helpers(books, roots, n);
}

/* The channel `job` is removed, and the next one used for a round trip, which adds to the first. */
static int use_next(const struct job *job, struct worker *w, loop_fn *loop, struct report *report,
	enum side side, struct reason *why)
{
	uint64_t messages = w->messages;

	detach_all(job, side);
	phase_enter(report, PHASE_ATTACH);
	int r = attach_all(job + 1, side, w, why);

	if (r < 0)
		return r;
	phase_enter(report, PHASE_TIMED);
	meet_for_loop(job, w);
	r = loop(w);
	report->first_ns += w->first_ns;
	w->messages += messages;
	return r;
}

static int timed(const struct job *job, struct worker *w, loop_fn *loop, struct report *report,
	enum side side, struct reason *why)
{
	const struct settings *s = job->settings;
	bool once = mode_of(&job->item->key)->once;
	uint64_t count = once ? 1 : s->messages;
	struct accounting books;

	phase_enter(report, PHASE_TIMED);
	/* the other side may be in its warm-up yet */
	if (side == mode_of(&job->item->key)->recorder || w->fan != NULL)
		begin_records(job, w, report);
	report->speed[0] = speed_measure(&w->clock);
	open_books(&books, job, side);
	uint64_t common = meet_for_loop(job, w);
	int cpu = sched_getcpu();

	report->first_seq = w->seq;
	running_books = &books;
	account_begin(&books);
	uint64_t start = clock_now(&w->clock);

	w->max_messages = count != 0 ? count : UINT64_MAX;
	w->deadline = count != 0 ? UINT64_MAX
				 : (common != 0 ? common : start) +
					   clock_ticks(&w->clock, (uint64_t)(s->duration_s * 1e9));
	int r = w->stamps != NULL ? oneway_rounds(job, w, loop, side) : run_loop(job, w, loop);

	note_first(w, report, start);
	for (uint64_t i = 1; r == 0 && once && i < job->item->key.channels; i++)
		r = use_next(job + i - 1, w, loop, report, side, why);
	ipcbench_window_over();
	report->slice_count = w->slice_count;
	report->due_last = w->due_tick;
	report->loop_tick = start;
	report->timed_first = w->first_tick;
	report->timed_first_count = w->first_count;
	report->timed_last = w->last_tick;
	report->messages = w->messages;
	report->lost = w->lost;
	report->sum = w->fan == NULL ? 0 : w->fan->sum;
	report->cpu = sched_getcpu();
	report->migrated = report->cpu != cpu ? 1 : 0;
	if (r < 0)
		return r;
	/* what the rest costs is not part of the other side's window */
	control_meet(job->control);
	if (side == SIDE_TX && job->item->key.mode == MODE_RATE) {
		report->unsent = backlog_record(job, w);
		report->overdue = backlog_outlasts_count(job, w) ? 1 : 0;
	}
	account_close(&books, &report->account);
	report->speed[1] = speed_measure(&w->clock);
	report->migrated |= report->account.used[USED_MIGRATIONS] > 0 ? 1 : 0;
	return 0;
}

static int run(const struct job *job, enum side side, struct worker *w, struct reason *why)
{
	struct report *report = &job->report[side];
	const struct cell *cell = &job->item->cell;
	loop_fn *loop = pick_loop(job, side);

	own_report = report;
	int r = pin_here(side == SIDE_TX ? cell->cpu_tx : cell->cpu_rx, why);

	if (r == 0)
		r = policy_take(job->item->key.sched, why);
	if (r == 0)
		r = isolation_enter(job->item->key.isolate, why);
	if (r < 0)
		return r;
	control_wait_ready(job->control);
	phase_enter(report, PHASE_ATTACH);
	w->stamps = job->stamps == NULL ? NULL : own_stamps;
	r = attach_jobs(job, side, w, why);
	if (r == 0 && side == SIDE_TX)
		r = make_sends(job, w, why);
	if (r == 0)
		r = buffers_make(job, side, w, why);
	if (r == 0 && w->server != NULL)
		r = server_open(job, w, why);
	if (r < 0)
		return r;
	r = warm_up(job, w, loop, report);
	if (r == 0)
		r = timed(job, w, loop, report, side, why);
	if (r < 0 && why->text[0] == '\0')
		*why = w->fault;
	/* the cause, should both have gone wrong */
	int overrun = buffers_check(job, side, w, why);

	if (overrun == 0)
		overrun = server_check(job, why);

	if (r < 0 || overrun < 0)
		return overrun < 0 ? overrun : r;
	/* the last of them */
	detach_all(job + (mode_of(&job->item->key)->once ? job->item->key.channels - 1 : 0), side);
	return 0;
}

static const struct channel_ops *ops_of(const struct job *job)
{
	const struct channel_ops *ops = job->item->transport->ops;

	return job->settings->slowed ? slowdown_ops(ops, job->settings->slowdown) : ops;
}

/* Who the other sides of a fan are, and how a worker numbers its messages. */
static int make_fan(const struct job *job, enum side side, struct worker *w, struct fan *fan,
	struct reason *why)
{
	const struct control *c = job->control;
	const struct cell *cell = &job->item->cell;
	unsigned int lanes = c->sides / 2;

	if (cell->senders * cell->receivers == 1)
		return 0;
	*fan = (struct fan){.senders = cell->senders,
		.receivers = cell->receivers,
		.one = is_fan_rx(job, SIDE_RX) && cell->receivers > 1,
		.lane = calloc(lanes, sizeof(*fan->lane)),
		.tally = &c->board->tally};
	if (fan->lane == NULL)
		return reason_set(why, ENOMEM, "out of memory for %u sides", lanes);
	for (unsigned int i = 0; i < lanes; i++)
		fan->lane[i] = (struct fan_lane){
			cell->senders > 1 ? (uint64_t)i << MSG_SENDER_SHIFT : 0, &c->lane[i].end};
	/* a receiver has one sender, who tells the end of notifications in the first lane */
	if (side == SIDE_RX && cell->receivers > 1)
		fan->lane[0].end = w->end = w->size == 0 ? &c->lane[0].end : &job->lane->end;
	if (side == SIDE_TX)
		w->seq = fan->lane[cell->senders > 1 ? lane_of(job) : 0].next;
	w->fan = fan;
	return 0;
}

static int __attribute__((noinline)) work(const struct job *job, enum side side, struct reason *why)
{
	struct worker w = {
		.size = job->item->key.size,
		.batch = buffer_messages(&job->item->cell, job->item->transport),
		.verify = job->settings->verify,
		.may_drop = job->item->transport->may_drop,
		.clock = job->clock,
		.check_ticks = clock_ticks(&job->clock, CHECK_INTERVAL_NS),
		.hist = &job->lane->times[0].hist,
		.hist2 = &job->lane->times[1].hist,
		.think_ticks = clock_ticks(&job->clock, job->item->key.think_ns),
		.period = job->period,
		.phase = job->phase,
		.poll_ticks =
			job->item->oversubscribed ? 0 : clock_ticks(&job->clock, CLIENT_POLL_NS),
		.arrivals_seed = job->seed,
		.poisson = job->item->key.arrivals == ARRIVAL_POISSON,
		.pace = job->pace,
		.end = &job->lane->end,
		.ops = ops_of(job),
		.turn = job->turn,
		.turn_count = job->turn == NULL ? 0 : job->item->sizes->count,
	};

	/* sleeps of a client end when they are due, not up to 50 us later */
	if (is_paced_client(job, side))
		prctl(PR_SET_TIMERSLACK, 1);

	struct fan fan;
	int r = make_fan(job, side, &w, &fan, why);

	return r < 0 ? r : run(job, side, &w, why);
}

int worker_main(const void *arg, unsigned int side, struct reason *why)
{
	const struct job *job = (const struct job *)arg + side / 2;
	enum side role = (enum side)(side % 2);
	char above[layout_shift(&job->item->key, job->seed, role).stack + 1];

	/* no compiler may take it away before the call, or during it */
	__asm__ volatile("" : : "r"(above) : "memory");
	int r = work(job, role, why);

	__asm__ volatile("" : : "r"(above) : "memory");
	return r;
}
