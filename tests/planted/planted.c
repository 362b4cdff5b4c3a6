/* SPDX-License-Identifier: MIT */
/*
 * A transport that misbehaves on demand, loaded with --plugin by the tests. It moves messages over
 * a sequenced-packet socket pair and, at a chosen message or cold callback of a chosen side, plants
 * a delay or a fault. With `log` it also writes down what really happened, on a clock of its own
 * (CLOCK_MONOTONIC_RAW, not the counter that the harness reads), so that a test can compare what
 * the harness reports with the truth even where the scheduler lengthened the planted delay.
 */
#include "config.h"
#include "damage.h"
#include "fault.h"
#include <errno.h>
#include <inttypes.h>
#include <ipcbench/loops.h>
#include <limits.h>
#include <linux/sock_diag.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#define MESSAGE_MAX  ((size_t)65536)
#define RULE_MAX     8
#define LOG_CAPACITY ((size_t)1 << 20)

struct rule {
	uint64_t period, ns;
};

struct state {
	bool opened;
	int fd[2];
	void *mapping; /* where the driver's mapping would have been */
	struct rule rules[RULE_MAX];
	unsigned int rule_count;
	uint64_t sent, received;
	uint64_t sent_at; /* start of the send before the current recv */
	uint64_t *log;
	size_t logged;
	size_t held_len; /* FAULT_REORDER: the message that waits for its successor */
	unsigned char held[MESSAGE_MAX];
};

__attribute__((constructor)) static void planted_load(void)
{
	struct reason why;

	plant_early(WHERE_LOAD, &why);
}

static int planted_probe(struct reason *why)
{
	return plant_early(WHERE_PROBE, why);
}

/* ---- delays ---------------------------------------------------------------------------------- */

static int parse_delays(struct state *st, const char *text, struct reason *why)
{
	const char *p = text;

	while (p != NULL && *p != '\0') {
		struct rule *rule = &st->rules[st->rule_count];

		if (st->rule_count == RULE_MAX ||
			sscanf(p, "%" SCNu64 "x%" SCNu64, &rule->period, &rule->ns) != 2 ||
			rule->period == 0)
			return reason_set(why, EINVAL, "delays=%s is not PERIODxNS+...", text);
		st->rule_count++;
		p = strchr(p, '+');
		p = p != NULL ? p + 1 : NULL;
	}
	return 0;
}

/* One launch in several is slow as a whole: a rule for every call. */
static int draw_mode(struct state *st, const char *text, struct reason *why)
{
	struct rule *rule = &st->rules[st->rule_count];
	uint64_t one_in, ns, number;

	if (text == NULL)
		return 0;
	if (st->rule_count == RULE_MAX || sscanf(text, "%" SCNu64 "x%" SCNu64, &one_in, &ns) != 2 ||
		one_in == 0)
		return reason_set(why, EINVAL, "slow=%s is not NxNS", text);
	if (getrandom(&number, sizeof(number), 0) != (ssize_t)sizeof(number))
		return reason_set(why, errno, "getrandom: %s", strerror(errno));
	*rule = (struct rule){.period = 1, .ns = number % one_in == 0 ? ns : 0};
	st->rule_count++;
	return 0;
}

/* How much longer call number `n` takes. */
static uint64_t delay_of(const struct state *st, uint64_t n)
{
	uint64_t period = 0, ns = 0;

	for (unsigned int i = 0; i < st->rule_count; i++) {
		if (n % st->rules[i].period == 0 && st->rules[i].period > period) {
			period = st->rules[i].period;
			ns = st->rules[i].ns;
		}
	}
	return ns;
}

static void wait_until(uint64_t ns)
{
	while (clock_gettime_ns() < ns)
		cpu_relax();
}

/* Call number `n` of a hot operation: plants what is due. Returns 0 or -errno. */
static int plant_hot(struct channel *ch, enum where where, uint64_t n)
{
	const struct config *cfg = ch->config;
	const struct state *st = ch->state;

	if (cfg->side != ch->side || cfg->where != where)
		return 0;
	if (st->rule_count != 0)
		wait_until(clock_gettime_ns() + delay_of(st, n) / (n <= cfg->until ? 1 : 10));
	return n == cfg->at ? plant(cfg, false) : 0;
}

/* ---- the truth, written down ----------------------------------------------------------------- */

static void log_value(struct state *st, uint64_t ns)
{
	if (st->logged < LOG_CAPACITY)
		st->log[st->logged++] = ns;
}

static void log_write(const struct channel *ch)
{
	const struct config *cfg = ch->config;
	const struct state *st = ch->state;

	if (st->log == NULL || st->logged == 0)
		return;
	FILE *out = fopen(cfg->log, "w");

	if (out == NULL)
		_exit(98);
	for (size_t i = 0; i < st->logged; i++)
		fprintf(out, "%" PRIu64 "\n", st->log[i]);
	if (fclose(out) != 0)
		_exit(98);
}

/* ---- the channel ----------------------------------------------------------------------------- */

static int planted_limits(const struct cell *cell, const void *config, struct reason *why)
{
	if (cell->size > MESSAGE_MAX)
		return reason_set(why, EMSGSIZE,
			"size %zu B is above the limit of 65536 B, which nothing raises",
			cell->size);
	return plant_at(config, WHERE_LIMITS, true, why);
}

static int planted_open(struct channel *ch)
{
	const struct config *cfg = ch->config;
	struct state *st = ch->state;
	int r = parse_delays(st, cfg->delays, &ch->why);

	if (r == 0)
		r = draw_mode(st, cfg->slow, &ch->why);
	if (r < 0)
		return r;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, st->fd) < 0)
		return reason_set(&ch->why, errno, "socketpair: %s", strerror(errno));
	st->opened = true;
	st->mapping = mmap(NULL, 1, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	munmap(st->mapping, 1);
	return plant_cold(ch, WHERE_OPEN, true);
}

static int planted_attach(struct channel *ch)
{
	const struct config *cfg = ch->config;
	struct state *st = ch->state;

	if (cfg->log != NULL) {
		st->log = malloc(LOG_CAPACITY * sizeof(*st->log));
		if (st->log == NULL)
			return reason_set(&ch->why, ENOMEM, "no memory for the log");
		memset(st->log, 0, LOG_CAPACITY * sizeof(*st->log)); /* no faults later */
	}
	return plant_cold(ch, WHERE_ATTACH, false);
}

static void planted_detach(struct channel *ch)
{
	struct state *st = ch->state;

	log_write(ch);
	free(st->log);
	st->log = NULL;
	plant_cold(ch, WHERE_DETACH, false);
}

static void planted_close(struct channel *ch)
{
	struct state *st = ch->state;

	if (st == NULL || !st->opened)
		return;
	plant_cold(ch, WHERE_CLOSE, true);
	if (((const struct config *)ch->config)->fault == FAULT_LOSE)
		ch->state = (char *)mmap(NULL, 1, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) +
			    CACHE_LINE;
	close(st->fd[0]);
	close(st->fd[1]);
	st->opened = false;
}

static long long planted_kernel_bytes(struct channel *ch)
{
	const struct config *cfg = ch->config;
	const struct state *st = ch->state;
	uint32_t mem[SK_MEMINFO_VARS] = {0};
	socklen_t len = sizeof(mem);

	if (plant_cold(ch, WHERE_BYTES, true) > 0)
		return LLONG_MAX;
	if (cfg->fill == 0)
		return -ENOTSUP;
	if (getsockopt(st->fd[SIDE_TX], SOL_SOCKET, SO_MEMINFO, mem, &len) < 0)
		return -errno;
	return mem[SK_MEMINFO_WMEM_ALLOC];
}

static void note_places(const struct channel *ch, const void *buf)
{
	const struct config *cfg = ch->config;
	const struct state *st = ch->state;
	FILE *out = fopen(cfg->places, "a");

	if (out == NULL ||
		fprintf(out, "%zu %zu %p\n", (uintptr_t)&out % 4096, (uintptr_t)buf % 4096,
			st->mapping) < 0 ||
		fclose(out) != 0)
		_exit(97);
}

static void note_buffer(const struct channel *ch, const char *operation, const void *buf)
{
	const struct config *cfg = ch->config;
	FILE *out = cfg->buffers == NULL ? NULL : fopen(cfg->buffers, "a");

	if (out == NULL)
		return;
	fprintf(out, "%s %s %zu\n", ch->side == SIDE_TX ? "tx" : "rx", operation, (uintptr_t)buf);
	fclose(out);
}

/* ---- messages -------------------------------------------------------------------------------- */

static int packet_send(struct channel *ch, const void *buf, size_t n)
{
	struct state *st = ch->state;
	ssize_t r;

	do {
		r = send(st->fd[ch->side], buf, n, MSG_NOSIGNAL);
	} while (r < 0 && errno == EINTR);
	return r < 0 ? -errno : 0;
}

/* The message at which a payload fault is due goes out otherwise than it came in. */
static int send_wrong(struct channel *ch, const void *buf, size_t n)
{
	const struct config *cfg = ch->config;
	struct state *st = ch->state;
	int r;

	switch ((enum fault)cfg->fault) {
	case FAULT_DROP:
		return 0;
	case FAULT_CORRUPT:
		memcpy(st->held, buf, n);
		st->held[n - 1] ^= 0x10;
		return packet_send(ch, st->held, n);
	case FAULT_REORDER:
		memcpy(st->held, buf, n);
		st->held_len = n;
		return 0;
	case FAULT_DUPLICATE:
		r = packet_send(ch, buf, n);
		return r < 0 ? r : packet_send(ch, buf, n);
	case FAULT_TRUNCATE:
		return packet_send(ch, buf, n - 1);
	default:
		return packet_send(ch, buf, n);
	}
}

static int planted_send(struct channel *ch, const void *buf, size_t n)
{
	const struct config *cfg = ch->config;
	struct state *st = ch->state;

	st->sent++;
	if (ch->peer == 0) {
		if (cfg->where == WHERE_FILL && st->sent == cfg->at && plant(cfg, false) < 0)
			return -EIO;
		return packet_send(ch, buf, n);
	}
	if (cfg->places != NULL && ch->side == SIDE_TX && st->sent == 1)
		note_places(ch, buf);
	note_buffer(ch, "send", buf);
	if (st->log != NULL)
		st->sent_at = clock_gettime_ns();
	int r = plant_hot(ch, WHERE_SEND, st->sent);

	if (r < 0)
		return r;
	if (st->sent == cfg->at && cfg->where == WHERE_SEND && cfg->side == ch->side)
		return send_wrong(ch, buf, n);
	r = packet_send(ch, buf, n);
	if (r == 0 && st->held_len != 0) {
		r = packet_send(ch, st->held, st->held_len);
		st->held_len = 0;
	}
	return r;
}

static int planted_recv(struct channel *ch, void *buf, size_t n)
{
	struct state *st = ch->state;
	ssize_t got;

	do {
		got = recv(st->fd[ch->side], buf, n, MSG_TRUNC);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return -errno;
	if ((size_t)got != n)
		return -EMSGSIZE;
	note_buffer(ch, "recv", buf);
	int r = plant_hot(ch, WHERE_RECV, ++st->received);

	if (st->log != NULL && !cell_round_trip(ch->cell) && ch->side == SIDE_RX)
		log_value(st, clock_gettime_ns());
	else if (st->log != NULL && cell_round_trip(ch->cell) && ch->side == SIDE_TX)
		log_value(st, clock_gettime_ns() - st->sent_at);
	return r;
}

static const struct channel_ops ops = {.send = planted_send, .recv = planted_recv};

IPCBENCH_LOOPS(loops_planted, ops);

/* The same loops, behind a look at what they work on. */
#define SEEN(loop)                                                                                 \
	static int seen_##loop(struct worker *w)                                                   \
	{                                                                                          \
		damage_see(w);                                                                     \
		return loops_planted.loop(w);                                                      \
	}
SEEN(ping)
SEEN(pong)
SEEN(stream_tx)
SEEN(stream_rx)
SEEN(rate_tx)
SEEN(rate_rx)
SEEN(oneway_ping)
SEEN(oneway_pong)
SEEN(fan_rx)
SEEN(fan_end)

static const struct loops loops_seen = {.ping = seen_ping,
	.pong = seen_pong,
	.stream_tx = seen_stream_tx,
	.stream_rx = seen_stream_rx,
	.rate_tx = seen_rate_tx,
	.rate_rx = seen_rate_rx,
	.oneway_ping = seen_oneway_ping,
	.oneway_pong = seen_oneway_pong,
	.fan_rx = seen_fan_rx,
	.fan_end = seen_fan_end};

const struct transport ipcbench_transport = {
	.abi = IPCBENCH_ABI,
	.name = "planted",
	.family = "tests",
	.summary = "socket pair that delays, loses, spoils or dies on demand",
	.typical_use = "proving that the harness notices",
	.api = API_POSIX,
	.reach = REACH_KIN,
	.shape = SHAPE_MESSAGE,
	.persistence = PERSIST_PROCESS,
	.waits = WAIT_BIT_BLOCK,
	.customary = WAIT_BIT_BLOCK,
	.duplex = true,
	.topologies = FAN_IN | FAN_OUT_ONE | SERVE_THREADS,
	.state_size = sizeof(struct state),
	.config_size = sizeof(struct config),
	.options = planted_options,
	.probe = planted_probe,
	.limits = planted_limits,
	.open = planted_open,
	.attach = planted_attach,
	.detach = planted_detach,
	.close = planted_close,
	.ops = &ops,
	.loops = &loops_seen,
	.kernel_bytes = planted_kernel_bytes,
};
