/* SPDX-License-Identifier: MIT */
/*
 * Checks what workers reported in shared memory before any of it is used: a stray write of either
 * side may have hit any field. Only the status of waitpid() is trusted.
 */
#include "measure/clock.h"
#include "measure/hist.h"
#include "run/fence.h"
#include "run/worker.h"
#include "text/format.h"
#include <errno.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

/* Clocks of two CPUs differ by far less. */
#define CLOCKS_APART_S	    1.0
/* /proc/pressure adds up every other second. */
#define PRESSURE_LAG_S	    4.0
/* More than any CPU can do: messages, and instructions, in a nanosecond. */
#define MESSAGES_PER_NS	    16.0
#define COUNTED_PER_NS	    1000.0
/* How far the number of Poisson arrivals in a window may exceed its mean. */
#define ARRIVALS_MORE	    2.0
#define ARRIVALS_MORE_LEAST 1000.0
/* The most that Linux supports. */
#define CPUS_MAX	    8192

/* ---- ranges ---------------------------------------------------------------------------------- */

/* The ranges of fields. */
enum range_id {
	RANGE_FLAG,
	RANGE_PHASE,
	RANGE_ERROR,
	RANGE_NS,
	RANGE_SECONDS,
	RANGE_TICK,
	RANGE_MESSAGES,
	RANGE_LOST,
	RANGE_FIRST,
	RANGE_UNSENT,
	RANGE_SLICES,
	RANGE_SPEED,
	RANGE_CPU,
	RANGE_CPU_SECONDS,
	RANGE_EVENTS,
	RANGE_PRESSURE,
	RANGE_COUNTED,
	RANGE_SHARE,
	RANGE_BYTES,
	RANGE_COUNT,
};

struct range {
	double least, most;
};

static const struct range always[RANGE_COUNT] = {
	[RANGE_FLAG] = {0, 1},
	[RANGE_PHASE] = {PHASE_START, PHASE_COUNT - 1},
	[RANGE_ERROR] = {-4095, 0},
	[RANGE_SLICES] = {0, SLICES},
	[RANGE_SPEED] = {0, 1e12},
	[RANGE_CPU] = {-1, CPUS_MAX - 1},
	[RANGE_SHARE] = {0, 1},
};

double memory_bytes(void)
{
	return (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
}

/* Those of a launch that began at tick `began` and ended well. */
static void set_ranges(struct range r[RANGE_COUNT], const struct job *job, uint64_t began)
{
	const struct clock *clk = &job->clock;
	const struct settings *s = job->settings;
	const struct mode_info *mode = mode_of(&job->item->key);
	double now = (double)clock_now(clk), ticks = now - (double)began;
	double seconds = ticks / (double)clk->ticks_hz, ns = seconds * 1e9;
	double apart = CLOCKS_APART_S * (double)clk->ticks_hz;
	double cpus = (double)sysconf(_SC_NPROCESSORS_CONF);
	double asked = mode->once	  ? (double)job->item->key.channels
		       : s->messages != 0 ? (double)s->messages
					  : INFINITY;

	memcpy(r, always, sizeof(always));
	/* a side that came to its end has left its last phase and met no error */
	r[RANGE_PHASE].least = PHASE_CLOSE;
	r[RANGE_ERROR].least = 0;
	r[RANGE_NS].most = ns;
	r[RANGE_SECONDS].most = seconds;
	r[RANGE_TICK] = (struct range){(double)began - apart, now + apart};
	r[RANGE_LOST].most = ns * MESSAGES_PER_NS;
	/* what nothing brings is received until the sender has ended */
	if (job->item->transport->shape == SHAPE_NULL)
		asked = INFINITY;
	r[RANGE_MESSAGES].most = fmin(asked, r[RANGE_LOST].most);
	r[RANGE_FIRST].most = fmax(r[RANGE_MESSAGES].most, (double)job->item->cell.batch);
	if (job->item->key.mode == MODE_RATE)
		r[RANGE_UNSENT].most = ticks / job->period * ARRIVALS_MORE + ARRIVALS_MORE_LEAST;
	r[RANGE_CPU_SECONDS].most = (seconds + CLOCKS_APART_S) * cpus;
	r[RANGE_EVENTS].most = ns * cpus;
	r[RANGE_PRESSURE].most = seconds + PRESSURE_LAG_S;
	r[RANGE_COUNTED].most = ns * COUNTED_PER_NS * cpus;
	r[RANGE_BYTES].most = memory_bytes();
}

/* ---- fields ---------------------------------------------------------------------------------- */

enum type { U64, U32, I32, F64 };

/* Whether a field may be unset: 0, or NAN if its value is not available. */
enum unset { MUST, MAY };

static const struct field {
	const char *name;
	size_t offset;
	enum type type;
	enum range_id range;
	enum unset unset;
} fields[] = {
#define FIELD(member, ...)                                                                         \
	{                                                                                          \
#member, offsetof(struct report, member), __VA_ARGS__                              \
	}
	FIELD(phase, U32, RANGE_PHASE, MUST),
	FIELD(finished, U32, RANGE_FLAG, MUST),
	FIELD(error, I32, RANGE_ERROR, MUST),
/* the fields above are checked for every worker, failed ones included */
#define FIELDS_OF_ALL 3
	FIELD(attach_ns, U64, RANGE_NS, MUST),
	FIELD(detach_ns, U64, RANGE_NS, MUST),
	FIELD(start_tick, U64, RANGE_TICK, MAY),
	FIELD(first_tick, U64, RANGE_TICK, MAY),
	FIELD(first_ns, U64, RANGE_NS, MUST),
	FIELD(warmup_s, F64, RANGE_SECONDS, MUST),
	FIELD(loop_tick, U64, RANGE_TICK, MAY),
	FIELD(timed_first, U64, RANGE_TICK, MAY),
	FIELD(timed_last, U64, RANGE_TICK, MAY),
	FIELD(timed_first_count, U64, RANGE_FIRST, MUST),
	FIELD(due_last, U64, RANGE_TICK, MAY),
	FIELD(messages, U64, RANGE_MESSAGES, MUST),
	FIELD(lost, U64, RANGE_LOST, MUST),
	FIELD(unsent, U64, RANGE_UNSENT, MUST),
	FIELD(overdue, U32, RANGE_FLAG, MUST),
	FIELD(slice_count, U64, RANGE_SLICES, MUST),
	FIELD(unsteady, U32, RANGE_FLAG, MUST),
	FIELD(speed[0], F64, RANGE_SPEED, MUST),
	FIELD(speed[1], F64, RANGE_SPEED, MUST),
	FIELD(account.used[USED_USER_S], F64, RANGE_CPU_SECONDS, MAY),
	FIELD(account.used[USED_SYS_S], F64, RANGE_CPU_SECONDS, MAY),
	FIELD(account.used[USED_VOL_CSW], F64, RANGE_EVENTS, MAY),
	FIELD(account.used[USED_INVOL_CSW], F64, RANGE_EVENTS, MAY),
	FIELD(account.used[USED_FAULTS], F64, RANGE_EVENTS, MAY),
	FIELD(account.used[USED_MIGRATIONS], F64, RANGE_EVENTS, MAY),
	FIELD(account.used[USED_QUEUED_S], F64, RANGE_CPU_SECONDS, MAY),
	FIELD(account.used[USED_PSI_CPU_S], F64, RANGE_PRESSURE, MAY),
	FIELD(account.used[USED_PSI_MEMORY_S], F64, RANGE_PRESSURE, MAY),
	FIELD(account.used[USED_PSI_IO_S], F64, RANGE_PRESSURE, MAY),
	FIELD(account.counted[COUNTER_CYCLES], F64, RANGE_COUNTED, MAY),
	FIELD(account.counted[COUNTER_INSTRUCTIONS], F64, RANGE_COUNTED, MAY),
	FIELD(account.counted[COUNTER_LLC_MISSES], F64, RANGE_COUNTED, MAY),
	FIELD(account.counted[COUNTER_TASK_CLOCK], F64, RANGE_COUNTED, MAY),
	FIELD(account.counted_share, F64, RANGE_SHARE, MAY),
	FIELD(account.pss_bytes, F64, RANGE_BYTES, MAY),
	FIELD(account.load_s, F64, RANGE_CPU_SECONDS, MAY),
	FIELD(account.helper_s, F64, RANGE_CPU_SECONDS, MAY),
	FIELD(account.helper_pss, F64, RANGE_BYTES, MAY),
	FIELD(cpu, I32, RANGE_CPU, MUST),
	FIELD(migrated, U32, RANGE_FLAG, MUST),
#undef FIELD
};

/* "the sender's ". */
static struct phrase whose(const struct control *c, unsigned int side)
{
	return phrase("the %s's ", side_phrase(c, side).text);
}

/* Of the lane of a job. */
static unsigned int lane_of(const struct job *job)
{
	return (unsigned int)(job->lane - job->control->lane);
}

static struct phrase whose_of(const struct job *job, enum side role)
{
	return whose(job->control, control_side(job->control, lane_of(job), role));
}

static bool exists(const struct job *job, enum side role)
{
	return sides_exist(job->control->topology, 2 * lane_of(job) + role);
}

/* "the first histogram"; of several pairs "the first histogram of pair 3". */
static struct phrase histogram_name(const struct control *c, unsigned int lane, int kind)
{
	const struct phrase of = lane_phrase(c, lane);

	return phrase("the %s histogram%s%s", kind == 0 ? "first" : "second",
		of.text[0] == '\0' ? "" : " of ", of.text);
}

/* "the sender's messages is 99, outside 0 to 50: ...". */
static int outside(
	struct reason *why, const char *who, const char *name, struct phrase value, struct range r)
{
	return reason_set(why, EPROTO,
		"%s%s is %s, outside %.15g to %.15g: shared memory was written over", who, name,
		value.text, r.least, r.most);
}

static struct phrase whole(uint64_t value)
{
	return phrase("%llu", (unsigned long long)value);
}

static bool is_within(double value, struct range r)
{
	return value >= r.least && value <= r.most;
}

/* A whole number of the launch. */
static int check_whole(
	struct reason *why, const char *who, const char *name, uint64_t value, struct range r)
{
	return is_within((double)value, r) ? 0 : outside(why, who, name, whole(value), r);
}

static double value_of(const struct field *f, const struct report *r, struct phrase *text)
{
	const char *at = (const char *)r + f->offset;
	uint64_t u = 0;
	int32_t i = 0;
	double d = 0;

	memcpy(f->type == F64 ? (void *)&d : (void *)&u, at,
		f->type == U64 || f->type == F64 ? 8 : 4);
	memcpy(&i, at, 4);
	*text = f->type == F64 ? phrase("%.15g", d) : f->type == I32 ? phrase("%d", i) : whole(u);
	return f->type == F64 ? d : f->type == I32 ? i : (double)u;
}

static int check_fields(const struct control *c, unsigned int side, size_t count,
	const struct range ranges[RANGE_COUNT], struct reason *why)
{
	const struct report *r = &c->report[side];

	for (const struct field *f = fields; f < fields + count; f++) {
		struct phrase text;
		double value = value_of(f, r, &text);
		bool unset = f->unset == MAY && (f->type == F64 ? isnan(value) : value == 0);

		if (!unset && !is_within(value, ranges[f->range]))
			return outside(why, whose(c, side).text, f->name, text, ranges[f->range]);
	}
	return 0;
}

/* ---- every launch ---------------------------------------------------------------------------- */

/* Every side can write everywhere. The block in front of the damage is its likely origin. */
static int check_guards(const struct control *c, struct reason *why)
{
	static const char text[] = "something wrote beyond the end of %s%s in shared memory";

	for (unsigned int i = 0; i < c->sides; i++)
		if (fence_touched(&c->report[i].behind, sizeof(c->report[i].behind)))
			return reason_set(why, EPROTO, text, whose(c, i).text, "report");
	for (unsigned int i = 0; i < c->sides / 2 * LAT_KINDS; i++) {
		unsigned int lane = i / LAT_KINDS, kind = i % LAT_KINDS;
		const struct canary *behind = &c->lane[lane].times[kind].behind;

		if (fence_touched(behind, sizeof(*behind)))
			return reason_set(
				why, EPROTO, text, histogram_name(c, lane, (int)kind).text, "");
	}
	return control_tail(c) ? reason_set(why, EPROTO, text, "", "the control block") : 0;
}

struct word {
	const char *name;
	uint64_t value;
	struct range range;
};

static int check_words(const char *who, const struct word *words, size_t count, struct reason *why)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < count; i++)
		r = check_whole(why, who, words[i].name, words[i].value, words[i].range);
	return r;
}

static int check_lane(
	const struct control *c, unsigned int number, double extension_s, struct reason *why)
{
	const struct lane *lane = &c->lane[number];
	const struct phrase who =
		c->sides == 2 ? phrase("control.")
			      : phrase("the control block of %s: ", lane_phrase(c, number).text);
	const struct word words[] = {
		{"meeting.arrived", atomic_load(&lane->meeting.arrived), {0, 1}},
		{"more", atomic_load(&lane->more), {0, 1}},
		{"extension_ns", atomic_load(&lane->extension_ns), {0, extension_s * 1e9}},
	};

	return check_words(who.text, words, ARRAY_SIZE(words), why);
}

static int check_report(const struct control *c, unsigned int side, pid_t pid, struct reason *why)
{
	const struct report *report = &c->report[side];
	const struct phrase who = whose(c, side);
	int r = check_whole(why, who.text, "pid", (uint64_t)report->pid, (struct range){pid, pid});

	if (r == 0)
		r = check_whole(
			why, who.text, "ticket", report->ticket, (struct range){0, c->present - 1});
	if (r == 0)
		r = check_fields(c, side, FIELDS_OF_ALL, always, why);
	if (r == 0 && memchr(report->reason.text, '\0', sizeof(report->reason)) == NULL)
		r = reason_set(why, EPROTO, "%sreason has no end: shared memory was written over",
			who.text);
	return r;
}

int control_check(const struct control *c, const pid_t *pid, double extension_s, struct reason *why)
{
	const struct board *b = c->board;
	const struct word words[] = {
		{"ready", atomic_load(&b->ready), {1, 1}},
		{"meeting.arrived", atomic_load(&b->meeting.arrived), {0, c->present - 1}},
		{"tickets", atomic_load(&b->tickets), {0, c->present}},
		/* before the warm-up, and before the window */
		{"running", atomic_load(&b->running), {0, 2 * c->present}},
		{"gathered", atomic_load(&b->gathered), {0, 2 * c->present}},
	};
	int r = check_guards(c, why);

	if (r == 0)
		r = check_words("control.", words, ARRAY_SIZE(words), why);
	for (unsigned int i = 0; r == 0 && i < c->sides / 2; i++)
		r = check_lane(c, i, extension_s, why);
	for (unsigned int i = 0; r == 0 && i < c->sides; i++)
		if (sides_exist(c->topology, i))
			r = check_report(c, i, pid[i], why);
	return r;
}

/* ---- a launch that ended well ---------------------------------------------------------------- */

/* The window lies within the launch. */
static int check_window(const struct job *job, double longest_ns, struct reason *why)
{
	bool returns = mode_of(&job->item->key)->returns;
	enum side side = returns ? SIDE_TX : SIDE_RX;
	const struct report *r = &job->report[side];
	const struct phrase who = whose_of(job, side);
	uint64_t from = returns ? r->loop_tick : r->timed_first;
	struct range range = {
		(double)from, (double)from + longest_ns / 1e9 * (double)job->clock.ticks_hz};

	if (from == 0)
		return outside(why, who.text, returns ? "loop_tick" : "timed_first", whole(from),
			(struct range){1, INFINITY});
	return r->timed_last < from
		       ? outside(why, who.text, "timed_last", whole(r->timed_last), range)
		       : check_whole(why, who.text, "timed_last", r->timed_last, range);
}

/* Slices follow each other. */
static int check_slices(
	const struct job *job, enum side side, const struct range ticks, struct reason *why)
{
	const struct report *r = &job->report[side];
	const struct phrase who = whose_of(job, side);

	for (size_t i = 0; i < r->slice_count; i++) {
		const struct slice *s = &r->slices[i], *last = i > 0 ? s - 1 : s;
		struct phrase name = phrase("slices[%zu]", i);
		int bad = check_whole(
			why, who.text, phrase("%s.tick", name.text).text, s->tick, ticks);

		if (bad == 0 && s->tick >= last->tick && s->messages >= last->messages &&
			s->ns >= last->ns)
			continue;
		return bad < 0 ? bad
			       : reason_set(why, EPROTO,
					 "%s%s is less than the one before: shared memory was written over",
					 who.text, name.text);
	}
	return 0;
}

/* ---- times ----------------------------------------------------------------------------------- */

static uint32_t slot_of(uint64_t ns)
{
	return hist_slot(ns < HIST_MAX_NS ? ns : HIST_MAX_NS);
}

/* The values of a slot; of the last one also those beyond it. */
static struct range slot_range(uint32_t slot, double longest_ns)
{
	bool last = slot == hist_slot(HIST_MAX_NS);

	return (struct range){(double)hist_slot_value(slot),
		fmin(last ? INFINITY : (double)hist_slot_value(slot + 1) - 1, longest_ns)};
}

/* The sum of `count` counts, or the first sum beyond `most`: it never overflows. */
static uint64_t sum_up_to(const uint64_t *counts, size_t count, uint64_t most)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < count && sum <= most; i++)
		sum = counts[i] > UINT64_MAX - sum ? UINT64_MAX : sum + counts[i];
	return sum;
}

/* Whether the mean lies between minimum and maximum; a sum that overflowed is not compared. */
static bool sum_fits(const struct histogram *h)
{
	double total = (double)h->total, sum = (double)h->sum;

	return h->sum == UINT64_MAX || (sum >= (double)h->min * total * (1 - 1e-9) &&
					       sum <= (double)h->max * total * (1 + 1e-9));
}

/* Whether total, minimum, maximum and sum agree with the counts. */
static int check_hist(const struct histogram *h, const char *name, struct range total,
	double longest_ns, struct reason *why)
{
	uint32_t first = 0, last = HIST_SLOTS;
	int r = check_whole(why, name, ".total", h->total, total);
	uint64_t sum = r < 0 ? 0 : sum_up_to(h->count, HIST_SLOTS, h->total);

	if (r == 0 && sum != h->total)
		return outside(why, name, ".count", whole(sum),
			(struct range){(double)h->total, (double)h->total});
	if (r < 0 || h->total == 0)
		return r;
	while (h->count[first] == 0)
		first++;
	while (h->count[last - 1] == 0)
		last--;
	if (slot_of(h->min) != first)
		return outside(why, name, ".min", whole(h->min), slot_range(first, INFINITY));
	if (slot_of(h->max) != last - 1 || (double)h->max > longest_ns)
		return outside(why, name, ".max", whole(h->max), slot_range(last - 1, longest_ns));
	r = check_whole(why, name, ".overflow", h->overflow,
		(struct range){0, (double)h->count[slot_of(HIST_MAX_NS)]});
	return r < 0 || sum_fits(h) ? r
				    : outside(why, name, ".sum", whole(h->sum),
					      (struct range){(double)h->min * (double)h->total,
						      (double)h->max * (double)h->total});
}

/* Every counted message has a time; in an open loop so has every message that was not sent. */
static int check_times(const struct job *job, double longest_ns, struct reason *why)
{
	const struct mode_info *mode = mode_of(&job->item->key);
	double messages = (double)job->report[mode->returns ? SIDE_TX : SIDE_RX].messages;
	double all = messages + (double)job->report[SIDE_TX].unsent;
	struct range total[LAT_KINDS] = {{all, all}, {mode->returns ? messages : 0, messages}};
	int r = 0;

	for (int i = 0; i < LAT_KINDS && r == 0 && mode->records[i] != NULL; i++)
		r = check_hist(&job->lane->times[i].hist,
			histogram_name(job->control, lane_of(job), i).text, total[i], longest_ns,
			why);
	return r;
}

/* A slice begins as a part of the expected window and doubles while the window goes on. */
static int check_timeline(const struct job *job, double seconds, struct reason *why)
{
	const struct settings *s = job->settings;
	double expected_s = s->messages == 0 ? s->duration_s : (double)s->messages * seconds;
	const struct timeline *t = job->timeline;
	uint64_t total = job->lane->times[0].hist.total, sum;
	struct range slice = {1, (expected_s + 2 * seconds + 1) * (double)job->clock.ticks_hz};
	int r;

	if (t == NULL)
		return 0;
	if (fence_tail(t, sizeof(*t)))
		return reason_set(why, EPROTO, "something wrote beyond the end of the timeline");
	r = check_whole(why, "timeline.", "slice_ticks", t->slice_ticks, slice);
	sum = sum_up_to(t->count[0], (size_t)TIMELINE_SLICES * TIMELINE_RANGES, total);
	return r < 0 || sum == total ? r
				     : outside(why, "timeline.", "count", whole(sum),
					       (struct range){(double)total, (double)total});
}

int outcome_check(const struct job *job, uint64_t began, struct reason *why)
{
	const struct mode_info *mode = mode_of(&job->item->key);
	struct range ranges[RANGE_COUNT];
	int r = 0;

	set_ranges(ranges, job, began);
	double longest_ns = ranges[RANGE_NS].most + CLOCKS_APART_S * 1e9;

	for (enum side side = SIDE_TX; r == 0 && side <= SIDE_RX; side++)
		if (exists(job, side))
			r = check_fields(job->control, 2 * lane_of(job) + side, ARRAY_SIZE(fields),
				ranges, why);
	if (r == 0 && exists(job, mode->returns ? SIDE_TX : SIDE_RX))
		r = check_window(job, longest_ns, why);
	for (enum side side = SIDE_TX; r == 0 && side <= SIDE_RX; side++)
		if (exists(job, side) && (side == mode->recorder || job->control->present != 2))
			r = check_slices(job, side, ranges[RANGE_TICK], why);
	if (r == 0)
		r = check_times(job, longest_ns, why);
	return r < 0 ? r : check_timeline(job, ranges[RANGE_SECONDS].most, why);
}
