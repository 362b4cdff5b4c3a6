/* SPDX-License-Identifier: MIT */
#include "measure/clock.h"
#include "measure/topology.h"
#include <errno.h>
#include <math.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	PAGES = 8,
	EXCHANGES = 400,       /* per page and direction; the first ones bring the line there */
	EXCHANGES_MIN = 256,   /* of all, below which the best is not taken for the best there is */
	SPINS_PER_LOOK = 4096, /* at the deadline */
	LOOKS = 64,	       /* after this many the other side seems to wait for its CPU */
	NAP_US = 50,
};
/* A few milliseconds are enough unless other programs take turns on either CPU. */
#define DEADLINE_NS UINT64_C(1000000000)

/* One cache line: who waits for the other side reads what the other side writes. */
struct exchange_line {
	_Alignas(CACHE_LINE) _Atomic uint64_t asked;
	_Atomic uint64_t answered;
	uint64_t stamp; /* when the question was seen */
};

/* What the exchanges say about b's clock less a's, in ticks. */
struct interval {
	uint64_t count;
	int64_t low, high;	   /* the offset lies between them: the tightest exchange */
	int64_t all_low, all_high; /* between what all exchanges allow; low > high: nothing */
};

struct shared {
	const struct clock *clk;
	unsigned char *pages;
	size_t page_bytes;
	uint64_t deadline_ns;
	_Atomic bool over; /* a side has given up */
	/* only the side that asks writes, and they ask in turn */
	_Alignas(CACHE_LINE) struct interval seen;
};

struct party {
	struct shared *shared;
	bool b;
};

/* Line 0 of a page is for exchanges that CPU a begins, line 1 for those of CPU b. */
static struct exchange_line *line_of(const struct shared *s, int page, int direction)
{
	return (struct exchange_line *)(void *)(s->pages + (size_t)page * s->page_bytes) +
	       direction;
}

/*
 * Waits for a number to appear; false when it is too late. On busy CPUs a side that never slept
 * would have used up its time slice whenever the other one gets its own.
 */
static bool await(struct shared *s, _Atomic uint64_t *at, uint64_t number)
{
	for (int looks = 0; atomic_load_explicit(at, memory_order_acquire) != number; looks++) {
		for (int i = 0; i < SPINS_PER_LOOK; i++)
			if (atomic_load_explicit(at, memory_order_acquire) == number)
				return true;
		if (atomic_load(&s->over) || clock_gettime_ns() > s->deadline_ns) {
			atomic_store(&s->over, true);
			return false;
		}
		if (looks >= LOOKS)
			usleep(NAP_US);
	}
	return true;
}

static void note(struct interval *in, int64_t low, int64_t high)
{
	if (in->count == 0 || low > in->all_low)
		in->all_low = low;
	if (in->count == 0 || high < in->all_high)
		in->all_high = high;
	if (in->count == 0 || high - low < in->high - in->low) {
		in->low = low;
		in->high = high;
	}
	in->count++;
}

static bool ask(struct party *p, struct exchange_line *l)
{
	const struct clock *clk = p->shared->clk;

	for (uint64_t n = 1; n <= EXCHANGES; n++) {
		uint64_t before = clock_start(clk);

		atomic_store_explicit(&l->asked, n, memory_order_release);
		if (!await(p->shared, &l->answered, n))
			return false;
		uint64_t after = clock_now(clk);
		int64_t low = (int64_t)(l->stamp - after), high = (int64_t)(l->stamp - before);

		note(&p->shared->seen, p->b ? -high : low, p->b ? -low : high);
	}
	return true;
}

static bool answer(struct party *p, struct exchange_line *l)
{
	for (uint64_t n = 1; n <= EXCHANGES; n++) {
		if (!await(p->shared, &l->asked, n))
			return false;
		l->stamp = clock_now(p->shared->clk);
		atomic_store_explicit(&l->answered, n, memory_order_release);
	}
	return true;
}

static void *take_part(void *arg)
{
	struct party *p = arg;
	bool going = true;

	for (int page = 0; page < PAGES && going; page++) {
		for (int direction = 0; direction < 2 && going; direction++) {
			struct exchange_line *l = line_of(p->shared, page, direction);

			going = (direction == 1) == p->b ? ask(p, l) : answer(p, l);
		}
	}
	return NULL;
}

static int conclude(
	const struct shared *s, const int cpu[2], struct offset *out, struct reason *why)
{
	const struct interval all = s->seen;
	double ns = 1e9 / (double)s->clk->ticks_hz, step = clock_resolution_ns(s->clk);

	if (all.count < EXCHANGES_MIN)
		return reason_set(why, ETIMEDOUT,
			"only %llu exchanges between CPUs %d and %d in %g s: they are busy with something else; free them or choose others with --cpus",
			(unsigned long long)all.count, cpu[0], cpu[1], (double)DEADLINE_NS / 1e9);
	if ((double)(all.all_low - all.all_high) * ns > 2 * step)
		return reason_set(why, ERANGE,
			"no constant offset between the clocks of CPUs %d and %d: exchanges contradict each other by %.0f ns",
			cpu[0], cpu[1], (double)(all.all_low - all.all_high) * ns);
	*out = (struct offset){
		.estimate_ns = ((double)all.low + (double)all.high) / 2 * ns,
		.bound_ns = (double)(all.high - all.low) / 2 * ns + step,
		.exchanges = all.count,
	};
	return 0;
}

int offset_measure(
	const struct clock *clk, int cpu_a, int cpu_b, struct offset *out, struct reason *why)
{
	struct shared s = {.clk = clk, .page_bytes = (size_t)sysconf(_SC_PAGESIZE)};
	struct party party[2] = {{.shared = &s}, {.shared = &s, .b = true}};
	const int cpu[2] = {cpu_a, cpu_b};

	*out = (struct offset){0};
	if (cpu_a == cpu_b)
		return 0;
	void *pages = mmap(NULL, PAGES * s.page_bytes, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (pages == MAP_FAILED)
		return reason_set(why, errno,
			"cannot map %d pages to compare clocks: %s; free memory or raise ulimit -v",
			PAGES, strerror(errno));
	s.pages = pages;
	s.deadline_ns = clock_gettime_ns() + DEADLINE_NS;
	int r = pin_threads(2, cpu, take_part, party, sizeof(party[0]), why);

	if (r == 0)
		r = conclude(&s, cpu, out, why);
	munmap(pages, PAGES * s.page_bytes);
	return r;
}
