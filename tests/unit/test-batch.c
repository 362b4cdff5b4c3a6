/* SPDX-License-Identifier: MIT */
/*
 * Several messages per call: what one process sends at once, the other one finds. And several
 * operations per call, which have loops of their own.
 */
#include "measure/clock.h"
#include "measure/hist.h"
#include "plan/plan.h"
#include "run/control.h"
#include "run/run.h"
#include "support/shm-base.h"
#include <errno.h>
#include <ipcbench/loops.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { SIZE = 64, BATCH = 8, SENT = 5 };

struct pair {
	struct item item;
	struct channel ch;
	unsigned char buf[BATCH * SIZE];
	pid_t child;
	int told[2]; /* a pipe: the child has sent */
};

static void open_key(struct pair *p, const struct cell_key *key)
{
	struct clock clock = {.kind = CLOCK_KIND_SYSCALL, .mult = UINT64_C(1) << 32};
	struct reason why = {""};

	*p = (struct pair){.item = {.transport = registry_find(key->transport), .key = *key}};
	p->item.config = calloc(1, p->item.transport->config_size);
	p->item.cell = item_cell(&p->item.key, -1, -1);
	if (channel_open(&p->ch, &p->item, &clock, &why) < 0)
		fail_msg("%s: %s", key->transport, why.text);
	assert_int_equal(pipe(p->told), 0);
}

static void open_pair_of(
	struct pair *p, const char *name, enum copy copy, size_t size, size_t batch)
{
	const struct cell_key key = {.transport = name,
		.mode = MODE_THROUGHPUT,
		.copy = copy,
		.size = size,
		.batch = batch};

	open_key(p, &key);
}

static void close_pair(struct pair *p)
{
	channel_close(&p->ch, &p->item, 10);
	close(p->told[0]);
	close(p->told[1]);
	free((void *)(uintptr_t)p->item.config);
}

static void open_pair(struct pair *p, const char *name)
{
	open_pair_of(p, name, COPY_PRIVATE, SIZE, BATCH);
}

/* What this process has called: the linker sends these calls through here (--wrap). */
static unsigned int calls;

#define COUNTED(type, name, params, ...)                                                           \
	type real_##name params __asm__("__real_" #name);                                          \
	type counted_##name params __asm__("__wrap_" #name);                                       \
	type counted_##name params                                                                 \
	{                                                                                          \
		calls++;                                                                           \
		return real_##name(__VA_ARGS__);                                                   \
	}
COUNTED(ssize_t, write, (int fd, const void *buf, size_t n), fd, buf, n)
COUNTED(ssize_t, read, (int fd, void *buf, size_t n), fd, buf, n)
COUNTED(ssize_t, send, (int fd, const void *buf, size_t n, int flags), fd, buf, n, flags)
COUNTED(ssize_t, recv, (int fd, void *buf, size_t n, int flags), fd, buf, n, flags)
COUNTED(int, sendmmsg, (int fd, struct mmsghdr *m, unsigned int n, int flags), fd, m, n, flags)
COUNTED(int, recvmmsg, (int fd, struct mmsghdr *m, unsigned int n, int flags, struct timespec *end),
	fd, m, n, flags, end)

/* Sends whole messages, then `part` bytes of the next one, whose rest follows later. */
_Noreturn static void send_all(struct pair *p, size_t part)
{
	const struct channel_ops *ops = p->item.transport->ops;
	struct channel *ch = &p->ch;

	ch->side = SIDE_TX;
	int r = p->item.transport->attach(ch);

	for (size_t i = 0; i < sizeof(p->buf); i++)
		p->buf[i] = (unsigned char)(i / SIZE);
	calls = 0;
	if (r == 0)
		r = ops->send_batch(ch, p->buf, SIZE, SENT);
	bool once = calls == 1;

	if (r == 0 && part > 0)
		r = ops->send(ch, p->buf + (size_t)SENT * SIZE, part);
	if (!once || r < 0 || write(p->told[1], "", 1) != 1)
		_exit(EXIT_FAILURE);
	if (part > 0 && ops->send(ch, p->buf + (size_t)SENT * SIZE + part, SIZE - part) < 0)
		_exit(EXIT_FAILURE);
	for (;;)
		pause();
}

static void begin(struct pair *p, size_t part)
{
	char byte;

	p->child = fork();
	if (p->child == 0)
		send_all(p, part);
	close(p->told[1]);
	p->ch.side = SIDE_RX;
	assert_int_equal(p->item.transport->attach(&p->ch), 0);
	assert_int_equal(read(p->told[0], &byte, 1), 1);
}

static void end(struct pair *p)
{
	kill(p->child, SIGKILL);
	waitpid(p->child, NULL, 0);
	p->item.transport->detach(&p->ch);
	channel_close(&p->ch, &p->item, 10);
	close(p->told[0]);
	free((void *)(uintptr_t)p->item.config);
}

static const char *const batching[] = {
	"pipe", "fifo", "unix-stream", "tcp", "unix-dgram", "unix-seqpacket", "udp"};

/* What one call takes of the messages sent. */
static int take_once(const char *name)
{
	struct pair p;

	open_pair(&p, name);
	begin(&p, 0);
	calls = 0;
	int got = p.item.transport->ops->recv_batch(&p.ch, p.buf, SIZE, BATCH);

	if (calls != 1)
		fail_msg("%s: %u calls", name, calls);
	for (int k = 0; k < got * SIZE; k++)
		assert_int_equal(p.buf[k], k / SIZE);
	end(&p);
	return got;
}

/* The loopback may deliver datagrams that were sent at once one after the other. */
static bool is_udp(const char *name)
{
	return strcmp(name, "udp") == 0;
}

static void test_one_call_takes_all(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(batching); i++) {
		int got = take_once(batching[i]);

		for (int tries = 1; is_udp(batching[i]) && got < SENT && tries < 20; tries++)
			got = take_once(batching[i]);
		if (got != SENT)
			fail_msg("%s: %d messages instead of %d", batching[i], got, SENT);
	}
}

/* Takes at most `most` messages by one call; of udp by several until there are `wanted`. */
static int take(struct pair *p, int most, int wanted)
{
	int got = 0, r;

	do {
		r = p->item.transport->ops->recv_batch(&p->ch, p->buf, SIZE, (size_t)(most - got));
		got += r;
	} while (r > 0 && got < wanted && is_udp(p->item.transport->name));
	return r < 0 ? r : got;
}

static void test_no_more_than_asked_for(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(batching); i++) {
		struct pair p;

		open_pair(&p, batching[i]);
		begin(&p, 0);
		assert_int_equal(take(&p, 2, 2), 2);
		assert_int_equal(take(&p, BATCH, SENT - 2), SENT - 2);
		end(&p);
	}
}

static void test_a_stream_ends_within_a_message(void **state)
{
	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct pair p;

		open_pair(&p, batching[i]);
		begin(&p, 40);
		assert_int_equal(
			p.item.transport->ops->recv_batch(&p.ch, p.buf, SIZE, BATCH), SENT + 1);
		assert_int_equal(p.buf[sizeof(p.buf) - 2 * SIZE - 1], SENT);
		end(&p);
	}
}

static void test_a_datagram_of_another_length(void **state)
{
	(void)state;
	for (size_t i = 4; i < ARRAY_SIZE(batching); i++) {
		struct pair p;

		open_pair(&p, batching[i]);
		begin(&p, 40);
		assert_int_equal(take(&p, BATCH, SENT + 1), -EMSGSIZE);
		end(&p);
	}
}

static void test_the_sender_is_gone(void **state)
{
	(void)state;
	for (size_t i = 0; i < 6; i++) {
		struct pair p;

		/* nobody tells a datagram socket */
		if (strcmp(batching[i], "unix-dgram") == 0)
			continue;
		open_pair(&p, batching[i]);
		begin(&p, 0);
		const struct channel_ops *ops = p.item.transport->ops;

		assert_int_equal(ops->recv_batch(&p.ch, p.buf, SIZE, BATCH), SENT);
		kill(p.child, SIGKILL);
		waitpid(p.child, NULL, 0);
		int r = ops->recv_batch(&p.ch, p.buf, SIZE, BATCH);

		if (r != -EPIPE && r != -ECONNRESET)
			fail_msg("%s: %d", batching[i], r);
		end(&p);
	}
}

static int put(struct channel *ch, const struct channel_ops *ops, size_t size)
{
	static const unsigned char message[4096];

	if (ch->cell->copy == COPY_PRIVATE)
		return ops->send(ch, message, size);
	return ops->reserve(ch, size) == NULL ? -EIO : ops->commit(ch, size);
}

/* What a batch begins is shown when the next one begins, or by the flush at the end. */
static void check_ring(enum copy copy, size_t size, size_t batch)
{
	struct pair p;

	open_pair_of(&p, "shm", copy, size, batch);
	const struct channel_ops *ops = p.item.transport->ops;
	const struct shm_state *s = p.ch.state;
	const struct ring_control *shared = s->segment.base;

	assert_int_equal(p.item.transport->attach(&p.ch), 0);
	for (size_t n = 1; n <= 2 * batch; n++) {
		size_t held = batch == 1 ? 0 : (n - 1) % batch + 1;

		assert_int_equal(put(&p.ch, ops, size), 0);
		assert_int_equal(atomic_load(&shared->tail), (n - held) * s->geometry.stride);
	}
	assert_int_equal(ops->flush(&p.ch), 0);
	assert_int_equal(atomic_load(&shared->tail), 2 * batch * s->geometry.stride);
	p.item.transport->detach(&p.ch);
	close_pair(&p);
}

static void test_a_ring_publishes_whole_batches(void **state)
{
	static const size_t sizes[] = {8, 32, 64, 4096}, batches[] = {1, 4, 256};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
		for (size_t k = 0; k < ARRAY_SIZE(batches); k++) {
			check_ring(COPY_PRIVATE, sizes[i], batches[k]);
			check_ring(COPY_INPLACE, sizes[i], batches[k]);
		}
}

/* Of shared memory whose sides poll. */
static struct ring_geometry geometry_of(enum mode mode, size_t size)
{
	const struct cell_key key = {
		.transport = "shm", .mode = mode, .wait = WAIT_SPIN, .size = size, .batch = 1};
	struct pair p;

	open_key(&p, &key);
	const struct ring_geometry g = ((const struct shm_state *)p.ch.state)->geometry;

	close_pair(&p);
	return g;
}

/* What moves between CPUs are lines: short messages of a stream share them. */
static void test_a_stream_lies_packed(void **state)
{
	static const size_t strides[][2] = {
		{48, 48}, {64, 64}, {72, 80}, {80, 80}, {96, 96}, {500, 512}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(strides); i++) {
		const struct ring_geometry g = geometry_of(MODE_THROUGHPUT, strides[i][0]);

		assert_int_equal(g.kind, RING_STREAM);
		assert_int_equal(g.stride, strides[i][1]);
	}
}

/* A message that fills a line travels in one; longer ones in lines side by side, without an index.
 */
static void test_a_polled_round_trip_lies_inline(void **state)
{
	(void)state;
	assert_int_equal(geometry_of(MODE_LATENCY, 48).kind, RING_INLINE);
	assert_int_equal(geometry_of(MODE_LATENCY, 56).kind, RING_INLINE);
	assert_int_equal(geometry_of(MODE_LATENCY, 57).kind, RING_WORD);
	assert_int_equal(geometry_of(MODE_ONEWAY, 64).kind, RING_WORD);
	assert_int_equal(geometry_of(MODE_LATENCY, 65).kind, RING_INLINE);
	assert_int_equal(geometry_of(MODE_LATENCY, 4096).kind, RING_INDEX);
}

/* So that the rate is not that of copying out what was there, as it is not where a call brings it.
 */
static void test_the_clock_starts_behind_a_batch(void **state)
{
	const struct timespec gap = {.tv_nsec = 200000000};
	struct pair p;

	(void)state;
	open_pair_of(&p, "shm", COPY_PRIVATE, SIZE, BATCH);
	const struct channel_ops *ops = p.item.transport->ops;
	struct worker w = {
		.in = &p.ch, .size = SIZE, .rx = p.buf, .clock = p.ch.clock, .first_count = BATCH};
	uint64_t start = clock_now(&w.clock);

	p.child = fork();
	p.ch.side = p.child == 0 ? SIDE_TX : SIDE_RX;
	assert_int_equal(p.item.transport->attach(&p.ch), 0);
	for (uint64_t i = 0; i <= BATCH && p.child == 0; i++) {
		if (i == BATCH / 2 && ops->flush(&p.ch) == 0)
			nanosleep(&gap, NULL);
		msg_stamp(p.buf, SIZE, i, i == BATCH);
		if (ops->send(&p.ch, p.buf, SIZE) < 0 || (i == BATCH && ops->flush(&p.ch) < 0))
			_exit(EXIT_FAILURE);
	}
	if (p.child == 0)
		_exit(EXIT_SUCCESS);
	assert_int_equal(p.item.transport->loops->stream_rx(&w), 0);
	assert_int_equal(w.messages, BATCH + 1);
	assert_true(w.first_tick - start >= (uint64_t)gap.tv_nsec && w.last_tick > w.first_tick);
	close(p.told[1]);
	end(&p);
}

/* As in other loops: a steady state is told by slices. */
static void test_a_pair_of_semaphores_keeps_slices(void **state)
{
	struct slice slices[SLICES];
	struct pair p;

	(void)state;
	open_pair(&p, "sysv-sem");
	*(unsigned int *)(uintptr_t)p.item.config = 1; /* ops=pair */
	struct worker w = {.out = &p.ch,
		.in = &p.ch,
		.max_messages = 1000,
		.deadline = UINT64_MAX,
		.clock = p.ch.clock,
		.hist = calloc(1, sizeof(*w.hist)),
		.end = shared_pages(sizeof(*w.end), "the end", NULL),
		.slices = slices,
		.slice_ticks = 1000};

	hist_reset(w.hist);
	atomic_store(&w.end->last_post, UINT64_MAX);
	p.child = fork();
	if (p.child == 0) {
		p.ch.side = SIDE_RX;
		_exit(p.item.transport->loops->pong(&w) < 0);
	}
	assert_int_equal(p.item.transport->loops->ping(&w), 0);
	waitpid(p.child, NULL, 0);
	assert_int_equal(w.messages, 1000);
	assert_in_range(w.slice_count, 10, SLICES);
	munmap(w.end, sizeof(*w.end));
	free(w.hist);
	close_pair(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_call_takes_all),
		cmocka_unit_test(test_no_more_than_asked_for),
		cmocka_unit_test(test_a_stream_ends_within_a_message),
		cmocka_unit_test(test_a_datagram_of_another_length),
		cmocka_unit_test(test_the_sender_is_gone),
		cmocka_unit_test(test_a_ring_publishes_whole_batches),
		cmocka_unit_test(test_a_stream_lies_packed),
		cmocka_unit_test(test_a_polled_round_trip_lies_inline),
		cmocka_unit_test(test_the_clock_starts_behind_a_batch),
		cmocka_unit_test(test_a_pair_of_semaphores_keeps_slices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
