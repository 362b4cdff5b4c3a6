/* SPDX-License-Identifier: MIT */
/*
 * pingpong MECHANISM SIZE CPU CPU MILLISECONDS [EXTRA]: the median round trip of SIZE bytes between
 * two processes, measured in the plainest way that there is. It shares no line with ipcbench: the
 * clock is CLOCK_MONOTONIC_RAW by the C library, every sample is kept and sorted, and the measuring
 * side is the parent itself. Prints the median in nanoseconds and the number of samples.
 *
 * EXTRA plants a fault of the measurement: every timed interval is made so many percent longer.
 */
#include <errno.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SAMPLES_MAX = 1 << 21, LINE = 64, BODY_MAX = 48, SIZE_LIMIT = 4096 };

/* One direction of a shared page: what is passed on, and how often it was. */
struct line {
	_Alignas(LINE) _Atomic uint32_t turn;
	char body[BODY_MAX];
};

/* One process's view: where it reads, where it writes. */
struct end {
	int in, out;
	struct line *from, *to;
	uint32_t received;
	size_t size;
	char data[SIZE_LIMIT];
};

struct mechanism {
	const char *name;
	void (*open)(struct end *ping, struct end *pong);
	void (*send)(struct end *);
	void (*receive)(struct end *);
};

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "pingpong: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t nanoseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_RAW, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* ---- mechanisms ----------------------------------------------------------------------------- */

static void open_pipes(struct end *ping, struct end *pong)
{
	int there[2], back[2];

	if (pipe(there) < 0 || pipe(back) < 0)
		die("pipe");
	ping->out = there[1];
	pong->in = there[0];
	pong->out = back[1];
	ping->in = back[0];
}

static void open_sockets(struct end *ping, struct end *pong, int type)
{
	int s[2];

	if (socketpair(AF_UNIX, type, 0, s) < 0)
		die("socketpair");
	ping->in = ping->out = s[0];
	pong->in = pong->out = s[1];
}

static void open_stream(struct end *ping, struct end *pong)
{
	open_sockets(ping, pong, SOCK_STREAM);
}

static void open_packets(struct end *ping, struct end *pong)
{
	open_sockets(ping, pong, SOCK_SEQPACKET);
}

static void socket_send(struct end *e)
{
	if (send(e->out, e->data, e->size, 0) != (ssize_t)e->size)
		die("send");
}

static void socket_receive(struct end *e)
{
	for (size_t got = 0; got < e->size;) {
		ssize_t n = recv(e->in, e->data + got, e->size - got, 0);

		if (n <= 0)
			die("recv");
		got += (size_t)n;
	}
}

static void fd_send(struct end *e)
{
	if (write(e->out, e->data, e->size) != (ssize_t)e->size)
		die("write");
}

static void fd_receive(struct end *e)
{
	for (size_t got = 0; got < e->size;) {
		ssize_t n = read(e->in, e->data + got, e->size - got);

		if (n <= 0)
			die("read");
		got += (size_t)n;
	}
}

static void open_memory(struct end *ping, struct end *pong)
{
	struct line *lines =
		mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (lines == MAP_FAILED)
		die("mmap");
	memset(lines, 0, 4096);
	/* not neighbours, which the processor might fetch together */
	ping->to = pong->from = &lines[0];
	pong->to = ping->from = &lines[32];
}

static void line_put(struct end *e)
{
	memcpy(e->to->body, e->data, e->size);
	atomic_fetch_add_explicit(&e->to->turn, 1, memory_order_release);
}

static void line_take(struct end *e)
{
	e->received++;
	memcpy(e->data, e->from->body, e->size);
}

static int line_waiting(struct end *e)
{
	return atomic_load_explicit(&e->from->turn, memory_order_acquire) == e->received;
}

static void spin_receive(struct end *e)
{
	while (line_waiting(e)) {
#if defined(__x86_64__) || defined(__i386__)
		__builtin_ia32_pause();
#endif
	}
	line_take(e);
}

static void futex_send(struct end *e)
{
	line_put(e);
	if (syscall(SYS_futex, &e->to->turn, FUTEX_WAKE, 1, NULL, NULL, 0) < 0)
		die("FUTEX_WAKE");
}

static void futex_receive(struct end *e)
{
	while (line_waiting(e)) {
		if (syscall(SYS_futex, &e->from->turn, FUTEX_WAIT, e->received, NULL, NULL, 0) <
				0 &&
			errno != EAGAIN && errno != EINTR)
			die("FUTEX_WAIT");
	}
	line_take(e);
}

static const struct mechanism mechanisms[] = {
	{"pipe", open_pipes, fd_send, fd_receive},
	{"stream", open_stream, socket_send, socket_receive},
	{"packets", open_packets, socket_send, socket_receive},
	{"futex", open_memory, futex_send, futex_receive},
	{"spin", open_memory, line_put, spin_receive},
};

/* ---- the measurement ------------------------------------------------------------------------ */

static void pin(const char *cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((size_t)atoi(cpu), &set);
	if (sched_setaffinity(0, sizeof(set), &set) < 0)
		die("sched_setaffinity");
}

static _Noreturn void answer(const struct mechanism *m, struct end *e, const char *cpu)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		die("prctl");
	pin(cpu);
	for (;;) {
		m->receive(e);
		m->send(e);
	}
}

static size_t exchange(
	const struct mechanism *m, struct end *e, uint64_t *samples, uint64_t window, uint64_t more)
{
	const uint64_t until = nanoseconds() + window;
	size_t n = 0;

	while (n < SAMPLES_MAX) {
		e->data[0]++;
		uint64_t before = nanoseconds();

		m->send(e);
		m->receive(e);
		uint64_t after = nanoseconds();

		/* the planted fault: waste that the interval should not contain */
		for (uint64_t stop = after + more; more != 0 && after < stop;)
			after = nanoseconds();
		samples[n++] = after - before;
		if (after >= until)
			break;
	}
	return n;
}

static int ascending(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* The value that half of the samples do not exceed. */
static uint64_t middle(uint64_t *samples, size_t n)
{
	qsort(samples, n, sizeof(*samples), ascending);
	return samples[(n - 1) / 2];
}

int main(int argc, char **argv)
{
	static struct end ping, pong;
	const struct mechanism *m = NULL;

	for (size_t i = 0; argc >= 6 && i < sizeof(mechanisms) / sizeof(*mechanisms); i++)
		if (strcmp(mechanisms[i].name, argv[1]) == 0)
			m = &mechanisms[i];
	if (m == NULL) {
		fprintf(stderr, "usage: pingpong MECHANISM SIZE CPU CPU MILLISECONDS [EXTRA]\n");
		return 2;
	}
	ping.size = pong.size = (size_t)atol(argv[2]);
	if (ping.size == 0 || ping.size > (m->open == open_memory ? BODY_MAX : SIZE_LIMIT)) {
		fprintf(stderr, "pingpong: size %s is not possible\n", argv[2]);
		return 2;
	}
	uint64_t *samples = malloc(SAMPLES_MAX * sizeof(*samples));
	uint64_t window = (uint64_t)atol(argv[5]) * 1000000;

	if (samples == NULL)
		die("malloc");
	memset(samples, 0, SAMPLES_MAX * sizeof(*samples));
	m->open(&ping, &pong);
	pid_t child = fork();

	if (child < 0)
		die("fork");
	if (child == 0)
		answer(m, &pong, argv[4]);
	pin(argv[3]);
	uint64_t usual = middle(samples, exchange(m, &ping, samples, window / 4, 0));
	uint64_t more = argc > 6 ? usual * (uint64_t)atol(argv[6]) / 100 : 0;
	size_t n = exchange(m, &ping, samples, window, more);

	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	printf("%llu %zu\n", (unsigned long long)middle(samples, n), n);
	free(samples);
	return 0;
}
