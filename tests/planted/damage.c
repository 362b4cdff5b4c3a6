/* SPDX-License-Identifier: MIT */
#include "damage.h"

#include "run/control.h"
#include <stdlib.h>

static struct worker *seen;

void damage_see(struct worker *w)
{
	seen = w;
}

/* Of a launch of one pair; board, reports and lane follow each other. */
static struct lane *lane(void)
{
	return container_of(seen->hist, struct lane, times[0].hist);
}

static struct report *reports(void)
{
	return (struct report *)lane() - 2;
}

static struct board *board(void)
{
	return (struct board *)reports() - 1;
}

/* ---- fields ---------------------------------------------------------------------------------- */

struct field {
	const char *name;
	size_t offset, len;
	bool real;
};

#define MEMBER(type, member)                                                                       \
	{                                                                                          \
#member, offsetof(type, member), sizeof(((type *)0)->member),                      \
			_Generic(((type *)0)->member, double                                       \
				 : true, default                                                   \
				 : false)                                                          \
	}

static const struct field of_report[] = {
#define OF(member) MEMBER(struct report, member)
	OF(pid),
	OF(phase),
	OF(error),
	OF(ticket),
	OF(reason),
	OF(attach_ns),
	OF(start_tick),
	OF(first_tick),
	OF(first_ns),
	OF(warmup_s),
	OF(loop_tick),
	OF(timed_first),
	OF(timed_last),
	OF(timed_first_count),
	OF(due_last),
	OF(messages),
	OF(lost),
	OF(unsent),
	OF(overdue),
	OF(slices[1].tick),
	OF(slice_count),
	OF(speed[0]),
	OF(speed[1]),
	OF(account.used[USED_USER_S]),
	OF(account.used[USED_SYS_S]),
	OF(account.used[USED_VOL_CSW]),
	OF(account.used[USED_INVOL_CSW]),
	OF(account.used[USED_FAULTS]),
	OF(account.used[USED_MIGRATIONS]),
	OF(account.used[USED_QUEUED_S]),
	OF(account.used[USED_PSI_CPU_S]),
	OF(account.used[USED_PSI_MEMORY_S]),
	OF(account.used[USED_PSI_IO_S]),
	OF(account.counted[COUNTER_CYCLES]),
	OF(account.counted[COUNTER_INSTRUCTIONS]),
	OF(account.counted[COUNTER_LLC_MISSES]),
	OF(account.counted[COUNTER_TASK_CLOCK]),
	OF(account.counted_share),
	OF(account.pss_bytes),
	OF(account.load_s),
	OF(cpu),
	OF(migrated),
	{0},
#undef OF
};

static const struct field of_board[] = {
#define OF(member) MEMBER(struct board, member)
	OF(ready),
	OF(meeting.arrived),
	OF(tickets),
	OF(running),
	OF(gathered),
	{0},
#undef OF
};

static const struct field of_lane[] = {
#define OF(member) MEMBER(struct lane, member)
	OF(meeting.arrived),
	OF(extension_ns),
	OF(more),
	{0},
#undef OF
};

static const struct field of_hist[] = {
#define OF(member) MEMBER(struct histogram, member)
	OF(total),
	OF(min),
	OF(max),
	OF(overflow),
	OF(sum),
	OF(count[0]),
	OF(count[HIST_SLOTS - 1]),
	{0},
#undef OF
};

static const struct field of_timeline[] = {
#define OF(member) MEMBER(struct timeline, member)
	OF(slice_ticks),
	OF(count[0][0]),
	OF(count[TIMELINE_SLICES - 1][0]),
	{0},
#undef OF
};

static void put(void *at, const struct field *f, enum value value)
{
	static const double real[] = {
		[VALUE_HUGE] = 1e300, [VALUE_NEGATIVE] = -1, [VALUE_NAN] = NAN, [VALUE_ZERO] = 0};
	static const uint64_t whole[] = {[VALUE_HUGE] = UINT64_C(0x4000000040000000),
		[VALUE_NEGATIVE] = UINT64_C(0xfffffffefffffffe),
		[VALUE_NAN] = UINT64_C(0x7ff800007fc00000),
		[VALUE_ZERO] = 0};

	memset(at, 0xff, f->len);
	if (value != VALUE_ONES && f->len <= sizeof(*whole))
		memcpy(at, f->real ? (const void *)&real[value] : &whole[value], f->len);
}

void damage_field(const char *name, enum value value)
{
	const struct {
		const char *prefix;
		const struct field *fields;
		void *base;
	} places[] = {
		{"tx.", of_report, &reports()[SIDE_TX]},
		{"rx.", of_report, &reports()[SIDE_RX]},
		{"control.", of_board, board()},
		{"control.", of_lane, lane()},
		{"lane.", of_lane, lane()},
		{"hist0.", of_hist, &lane()->times[0].hist},
		{"hist1.", of_hist, &lane()->times[1].hist},
		{"timeline.", of_timeline, seen->timeline},
	};

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		size_t len = strlen(places[i].prefix);

		if (strncmp(name, places[i].prefix, len) != 0)
			continue;
		for (const struct field *f = places[i].fields; f->name != NULL; f++)
			if (strcmp(name + len, f->name) == 0) {
				put((char *)places[i].base + f->offset, f, value);
				return;
			}
	}
	abort();
}

/* ---- around blocks --------------------------------------------------------------------------- */

void damage_around(enum block block, enum side side, bool before, size_t bytes)
{
	const struct {
		void *at;
		size_t len;
	} of[] = {
		[BLOCK_TX] = {seen->tx, seen->size},
		[BLOCK_RX] = {seen->rx, seen->size},
		[BLOCK_CONTROL] = {board(), (size_t)((char *)(lane() + 1) - (char *)board())},
		[BLOCK_REPORT] = {&reports()[side], offsetof(struct report, behind)},
		[BLOCK_HIST] = {&lane()->times[0].hist, sizeof(struct histogram)},
		[BLOCK_TIMELINE] = {seen->timeline, sizeof(struct timeline)},
	};
	volatile unsigned char *p = of[block].at;

	/* outwards, as a copy that goes too far does */
	for (size_t i = 0; i < bytes; i++)
		if (before)
			p[-1 - (ptrdiff_t)i] = 0;
		else
			p[of[block].len + i] = 0;
}
