/* SPDX-License-Identifier: MIT */
/*
 * futex: the kernel's "sleep while this word has this value" (futex(2)), used between processes,
 * hence without FUTEX_PRIVATE_FLAG. The sender counts its posts and makes the system call only if
 * a receiver has said that it sleeps, which is what makes a futex fast. Each of several receivers
 * counts for itself what it has seen, so every post reaches all of them.
 */
#include "support/shared-page.h"
#include "support/spin.h"
#include <ipcbench/loops.h>

#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

/* One cache line: whoever needs one of the words needs the other. */
struct futex_words {
	_Alignas(CACHE_LINE) _Atomic uint64_t posts; /* never wraps, so it needs no upper limit */
	_Atomic uint32_t asleep;		     /* what receivers sleep on */
};

struct futex_state {
	struct futex_words *words;
	void *page;
	uint64_t taken; /* receiver: posts consumed */
};

static int futex_open(struct channel *ch)
{
	struct futex_state *st = ch->state;
	int r = shared_page_open(ch, &st->page);

	st->words = st->page;
	return r;
}

static void futex_close(struct channel *ch)
{
	struct futex_state *st = ch->state;

	shared_page_close(&st->page);
	st->words = NULL;
}

/*
 * `posts` is written before `asleep` is read here, and `asleep` before `posts` in futex_sleep(),
 * both in the single order of seq_cst: at least one side sees the other, and no wake-up is lost.
 * Why both are read-modify-writes says support/waiter.h.
 */
static ALWAYS_INLINE int futex_send(struct channel *ch, const void *buf, size_t n)
{
	struct futex_words *w = ((struct futex_state *)ch->state)->words;

	(void)buf;
	(void)n;
	atomic_fetch_add_explicit(&w->posts, 1, memory_order_seq_cst);
	if (atomic_load_explicit(&w->asleep, memory_order_seq_cst) == 0)
		return 0;
	/* cleared before the call: a receiver on its way to sleep is turned back by the kernel */
	atomic_store_explicit(&w->asleep, 0, memory_order_seq_cst);
	if (unlikely(syscall(SYS_futex, &w->asleep, FUTEX_WAKE, INT_MAX, NULL, NULL, 0) < 0))
		return -errno;
	return 0;
}

static ALWAYS_INLINE int futex_try(struct channel *ch, void *arg)
{
	struct futex_state *st = ch->state;

	(void)arg;
	if (atomic_load_explicit(&st->words->posts, memory_order_seq_cst) == st->taken)
		return 0;
	st->taken++;
	return SPIN_DONE;
}

static ALWAYS_INLINE int futex_sleep(struct channel *ch)
{
	struct futex_words *w = ((struct futex_state *)ch->state)->words;

	for (;;) {
		(void)atomic_exchange_explicit(&w->asleep, 1, memory_order_seq_cst);
		if (futex_try(ch, NULL) == SPIN_DONE)
			break;
		/* EAGAIN: the word has changed meanwhile */
		if (syscall(SYS_futex, &w->asleep, FUTEX_WAIT, 1, NULL, NULL, 0) < 0 &&
			errno != EAGAIN && errno != EINTR)
			return -errno;
		if (futex_try(ch, NULL) == SPIN_DONE)
			break;
	}
	/* another receiver may sleep on it */
	if (ch->cell->receivers == 1)
		atomic_store_explicit(&w->asleep, 0, memory_order_relaxed);
	return 0;
}

static ALWAYS_INLINE int futex_recv(struct channel *ch, void *buf, size_t n)
{
	int r;

	(void)buf;
	(void)n;
	if (ch->wait == WAIT_BLOCK)
		r = futex_try(ch, NULL);
	else
		r = spin_until(ch, futex_try, NULL);
	return r == SPIN_DONE ? 0 : futex_sleep(ch);
}

static const struct channel_ops futex_ops = {.send = futex_send, .recv = futex_recv};

IPCBENCH_LOOPS(loops_futex, futex_ops);

const struct transport transport_futex = {
	.abi = IPCBENCH_ABI,
	.name = "futex",
	.family = "notifications",
	.summary = "futex on a counter in shared memory, woken only when somebody sleeps",
	.typical_use = "building locks and queues",
	.api = API_LINUX,
	.reach = REACH_HOST,
	.shape = SHAPE_NOTIFY,
	.persistence = PERSIST_PROCESS,
	.waits = WAIT_BIT_BLOCK | WAIT_BIT_SPIN | WAIT_BIT_HYBRID,
	.customary = WAIT_BIT_BLOCK,
	.common = true,
	.topologies = FAN_IN | FAN_OUT_EVERY | SERVE_THREADS,
	.state_size = sizeof(struct futex_state),
	.open = futex_open,
	.close = futex_close,
	.ops = &futex_ops,
	.loops = &loops_futex,
};
