/* SPDX-License-Identifier: MIT */
/*
 * A program of the user's as the other side (docs/programs.md). Our side keeps the clock and checks
 * what comes back; the program echoes each message, or reads until the end and says how many bytes
 * came. The receiver's worker makes the descriptors, starts the program, which inherits its CPU,
 * and from then on watches it: it sees no message. It hands the other ends to the sender, so that
 * nobody but the program and the sender holds an end: the end of one is what the other reads.
 *
 * What the watcher reports of a loop is what the sender has told it of it, in a tally.
 */
#include "support/ends.h"
#include "support/rounds.h"
#include "support/socket.h"
#include "support/stream.h"
#include "support/watcher.h"
#include <fcntl.h>
#include <ipcbench/loops.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* How long a program may take to end after its input has ended. */
#define LEAVE_MS 200

/* By enum via. */
static const char *const via_names[] = {"unix-stream", "unix-seqpacket", "pipe", "tcp", "shm"};

struct exec_config {
	const char *program, *args;
	unsigned int via;
};

static const struct option_spec exec_options[] = {
	{
		.name = "program",
		.type = OPTION_STRING,
		.offset = offsetof(struct exec_config, program),
		.help = "the program; a name without a slash is looked for in PATH. Short: exec:PROGRAM",
	},
	{
		.name = "args",
		.type = OPTION_STRING,
		.offset = offsetof(struct exec_config, args),
		.help = "its arguments, with spaces between them",
	},
	{
		.name = "via",
		.type = OPTION_CHOICE,
		.offset = offsetof(struct exec_config, via),
		.initial = "unix-stream",
		.choices = "unix-stream|unix-seqpacket|pipe|tcp|shm",
		.help = "what its descriptors 3 and 4 are: one socket, or two pipes; shm: shared memory, and a socket that wakes the other side",
	},
	{.name = NULL},
};

struct exec_state {
	bool opened;
	int link[2]; /* by side: where the workers tell each other */
	/* sender: to and from the program; one end if it is a socket */
	struct fd_end end[2];
	struct fd_end *out, *in;
	uint64_t sent;	       /* messages of all loops, and the one before them */
	unsigned char *shared; /* via=shm: a message to the program, then one from it; or NULL */
	struct watcher watcher;
};

/* ---- limits ---------------------------------------------------------------------------------- */

static int exec_limits(const struct cell *cell, const void *config, struct reason *why)
{
	static const struct socket_buffers defaults;
	const struct exec_config *cfg = config;

	if (cfg->program == NULL)
		return reason_set(why, EINVAL,
			"no program to run; name one, as in -t exec:./echo.py (docs/programs.md)");
	if (cell->mode != MODE_LATENCY && cell->mode != MODE_THROUGHPUT)
		return reason_set(why, EOPNOTSUPP,
			"the program does not read our clock; use --mode latency or throughput");
	if (cell->indirect)
		return reason_set(why, EOPNOTSUPP,
			"exec has loops of its own; use it without --dispatch indirect and --slowdown");
	if (cell->depth > 1)
		return reason_set(why, EOPNOTSUPP,
			"how many messages the program takes before it answers is not known; use --depth 1");
	if (cell->footprint != 0)
		return reason_set(
			why, EOPNOTSUPP, "the program chooses its buffers; use --footprint hot");
	if (cfg->via == VIA_SHM && cell->mode == MODE_THROUGHPUT)
		return reason_set(why, EOPNOTSUPP,
			"via=shm has room for one message each way; use --mode latency or via=unix-stream");
	if (cfg->via == VIA_UNIX_SEQPACKET)
		return socket_unix_message_check(cell, &defaults, why);
	return cfg->via == VIA_TCP ? socket_loopback_probe(why) : 0;
}

/* ---- the driver ------------------------------------------------------------------------------ */

static int exec_open(struct channel *ch)
{
	struct exec_state *st = ch->state;

	st->link[SIDE_TX] = st->link[SIDE_RX] = st->watcher.unread_fd = -1;
	fd_end_init(&st->end[0], -1);
	fd_end_init(&st->end[1], -1);
	keeper_init(&st->watcher.keeper);
	st->opened = true;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, st->link) < 0)
		return reason_set(&ch->why, errno, "socketpair: %s", strerror(errno));
	return 0;
}

/* Also that of a worker, where a program ends after its input has. */
static void exec_close(struct channel *ch)
{
	struct exec_state *st = ch->state;

	if (!st->opened)
		return;
	if (st->shared != NULL)
		munmap(st->shared, 2 * ch->cell->size);
	st->shared = NULL;
	fd_end_close(&st->end[0]);
	fd_end_close(&st->end[1]);
	fd_close(&st->watcher.unread_fd);
	keeper_stop(&st->watcher.keeper, LEAVE_MS);
	fd_close(&st->link[SIDE_TX]);
	fd_close(&st->link[SIDE_RX]);
}

/* ---- operations, of the sender --------------------------------------------------------------- */

static ALWAYS_INLINE enum via via_of(const struct channel *ch)
{
	return (enum via)((const struct exec_config *)ch->config)->via;
}

static ALWAYS_INLINE int exec_send(struct channel *ch, const void *buf, size_t n)
{
	struct exec_state *st = ch->state;

	if (via_of(ch) == VIA_SHM) {
		memcpy(st->shared, buf, n);
		return fd_stream_send(ch, st->out, STREAM_SOCKET, "", 1);
	}
	if (via_of(ch) == VIA_UNIX_SEQPACKET)
		return socket_send_message(ch, st->out, buf, n);
	return via_of(ch) == VIA_PIPE ? fd_stream_send(ch, st->out, STREAM_PIPE, buf, n)
				      : fd_stream_send(ch, st->out, STREAM_SOCKET, buf, n);
}

static ALWAYS_INLINE int exec_recv(struct channel *ch, void *buf, size_t n)
{
	struct exec_state *st = ch->state;

	if (via_of(ch) == VIA_SHM) {
		char byte;
		int r = fd_stream_recv(ch, st->in, STREAM_SOCKET, &byte, 1);

		if (likely(r == 0))
			memcpy(buf, st->shared + n, n);
		return r;
	}
	if (via_of(ch) == VIA_UNIX_SEQPACKET)
		return socket_recv_message(ch, st->in, SOCK_SEQPACKET, buf, n);
	return via_of(ch) == VIA_PIPE ? fd_stream_recv(ch, st->in, STREAM_PIPE, buf, n)
				      : fd_stream_recv(ch, st->in, STREAM_SOCKET, buf, n);
}

static const struct channel_ops exec_ops = {.send = exec_send, .recv = exec_recv};

/* ---- the sender ------------------------------------------------------------------------------ */

/*
 * Tells the watcher how a loop went. If the channel broke, the program may have ended: then the
 * watcher says how, and the driver ends this process meanwhile.
 */
static int tell(struct channel *ch, const struct tally *t, struct reason *why)
{
	struct exec_state *st = ch->state;
	const char *program = ((const struct exec_config *)ch->config)->program;

	if (send(st->link[SIDE_TX], t, sizeof(*t), MSG_NOSIGNAL) < 0 && t->error == 0)
		return reason_set(why, errno, "no word to the receiver: %s", strerror(errno));
	if (channel_gone(t->error)) {
		poll(NULL, 0, VERDICT_MS);
		return reason_set(why, -t->error,
			"the program %.60s closed its descriptor 4 before its input ended",
			program);
	}
	if (t->error < 0)
		return reason_set(why, -t->error, "the program %.60s: %s", program, why->text);
	return 0;
}

/*
 * One message before all others: when it is back, or has been read, the program has started up,
 * which is part of setting up.
 */
static int first_exchange(struct channel *ch)
{
	size_t n = ch->cell->size;
	unsigned char *buf = calloc(2, n);
	struct tally t = {.error = 0};

	if (buf == NULL)
		return reason_set(&ch->why, ENOMEM, "no memory for 2 messages of %zu bytes", n);
	memset(buf, SCRIBBLE_BYTE, n);
	t.error = exec_send(ch, buf, n);
	if (t.error == 0 && ch->cell->mode == MODE_LATENCY)
		t.error = exec_recv(ch, buf + n, n);
	if (t.error < 0)
		reason_set(&ch->why, -t.error, "its first message: %s", strerror(-t.error));
	else if (ch->cell->mode == MODE_LATENCY && memcmp(buf, buf + n, n) != 0)
		t.error = reason_set(&ch->why, EBADMSG, "it sent back other bytes than it got");
	free(buf);
	return tell(ch, &t, &ch->why);
}

static int attach_sender(struct channel *ch)
{
	struct exec_state *st = ch->state;
	int fd[ENDS_FDS] = {-1, -1, -1};
	int err = ends_take(st->link[SIDE_TX], fd);

	if (err < 0)
		return reason_set(
			&ch->why, -err, "no descriptors from the receiver: %s", strerror(-err));
	fd_end_init(&st->end[0], fd[0]);
	fd_end_init(&st->end[1], fd[1]);
	st->in = &st->end[0];
	st->out = &st->end[1];
	if (via_of(ch) != VIA_PIPE) {
		fd_end_close(st->out);
		st->out = st->in;
	}
	if (via_of(ch) == VIA_SHM)
		st->shared = ends_map(fd[2], 2 * ch->cell->size, &ch->why);
	fd_close(&fd[2]);
	err = via_of(ch) == VIA_SHM && st->shared == NULL ? -ENOMEM : fd_end_attach(ch, st->in);
	if (err == 0 && st->out != st->in)
		err = fd_end_attach(ch, st->out);
	st->sent = 1;
	return err < 0 ? err : first_exchange(ch);
}

static int ping_round(struct worker *w)
{
	return loop_ping(w, &exec_ops, false);
}

static int stream_round(struct worker *w)
{
	int r = loop_stream_tx(w, &exec_ops, false);

	w->last_tick = clock_now(&w->clock);
	return r;
}

static int exec_ping(struct worker *w)
{
	struct tally t = {.error = in_warm_up(w) ? rounds_warm_up(w, ping_round) : ping_round(w)};

	t.messages = w->messages;
	return tell(w->out, &t, &w->fault);
}

/* The program reads the end of its input. */
static void end_input(struct channel *ch)
{
	struct exec_state *st = ch->state;

	if (via_of(ch) == VIA_PIPE)
		fd_end_close(st->out);
	else
		shutdown(st->out->fd, SHUT_WR);
}

/* What the program read is what was sent, in all loops. */
static int compare_counts(struct channel *ch, struct reason *why)
{
	const struct exec_state *st = ch->state;
	uint64_t count = 0, sent = st->sent * ch->cell->size;
	int r = fd_read_count(st->in->fd, &count, why);

	if (r < 0 || count == sent)
		return r;
	return reason_set(why, EILSEQ, "lost: it counted %llu bytes of %llu",
		(unsigned long long)count, (unsigned long long)sent);
}

static int exec_stream_tx(struct worker *w)
{
	struct exec_state *st = w->out->state;
	struct tally t = {.began = clock_now(&w->clock)};

	t.error = in_warm_up(w) ? rounds_warm_up(w, stream_round) : stream_round(w);
	t.counted = t.error == 0 && !in_warm_up(w);
	t.messages = w->messages;
	st->sent += w->messages;
	if (t.counted) {
		end_input(w->out);
		t.error = compare_counts(w->out, &w->fault);
	}
	t.ended = clock_now(&w->clock);
	return tell(w->out, &t, &w->fault);
}

/* ---- the watcher ----------------------------------------------------------------------------- */

static void set_task(const struct channel *ch, struct keeper *k)
{
	struct reason task;

	if (via_of(ch) == VIA_SHM)
		reason_set(&task, 0,
			"%s has to read a byte, copy %zu bytes within descriptor 5, and write a byte",
			k->path, ch->cell->size);
	else if (ch->cell->mode == MODE_LATENCY)
		reason_set(&task, 0, "%s has to read all %zu bytes of a message and send them back",
			k->path, ch->cell->size);
	else
		reason_set(&task, 0,
			"%s has to read to the end of file and write the number of bytes", k->path);
	keeper_task(k, task.text);
}

static int start_program(struct channel *ch, const struct ends *e)
{
	const struct exec_config *cfg = ch->config;
	struct exec_state *st = ch->state;
	bool echo = ch->cell->mode == MODE_LATENCY;
	const struct program p = {
		.path = cfg->program,
		.args = cfg->args,
		.mode = echo ? "echo" : "drain",
		.via = via_names[cfg->via],
		.size = ch->cell->size,
		.in = e->in[SIDE_RX],
		.out = e->out[SIDE_RX],
		.shared = e->shared,
	};
	int err = keeper_start(&st->watcher.keeper, &p, &ch->why);

	if (err == 0 && !echo) {
		st->watcher.unread_fd = fcntl(p.in, F_DUPFD_CLOEXEC, 0);
		err = st->watcher.unread_fd < 0
			      ? reason_set(&ch->why, errno, "fcntl: %s", strerror(errno))
			      : 0;
	}
	return err;
}

static int attach_watcher(struct channel *ch)
{
	struct exec_state *st = ch->state;
	struct tally t;
	struct ends e;
	int err = ends_make(&e, via_of(ch), 2 * ch->cell->size, &ch->why);

	if (err == 0)
		err = start_program(ch, &e);
	if (err == 0 && (err = ends_send(st->link[SIDE_RX], &e, SIDE_TX)) < 0)
		reason_set(&ch->why, -err, "no descriptors for the sender: %s", strerror(-err));
	ends_close(&e);
	if (err < 0)
		return err;
	set_task(ch, &st->watcher.keeper);
	st->watcher.link = st->link[SIDE_RX];
	return watcher_loop(&st->watcher, &t, &ch->why);
}

static int exec_pong(struct worker *w)
{
	struct exec_state *st = w->in->state;
	struct tally t;
	int r = watcher_loop(&st->watcher, &t, &w->fault);

	w->messages = r == 0 ? t.messages : 0;
	return r;
}

static int exec_stream_rx(struct worker *w)
{
	struct exec_state *st = w->in->state;
	struct tally t;
	int r = watcher_loop(&st->watcher, &t, &w->fault);

	if (r < 0)
		return r;
	w->messages = t.messages;
	/* from before the first message until the program has counted the last one */
	w->first_count = 0;
	w->first_tick = t.began;
	w->last_tick = t.ended;
	return 0;
}

/* ---- both ------------------------------------------------------------------------------------ */

static int exec_attach(struct channel *ch)
{
	struct exec_state *st = ch->state;

	fd_close(&st->link[ch->side == SIDE_TX ? SIDE_RX : SIDE_TX]);
	return ch->side == SIDE_TX ? attach_sender(ch) : attach_watcher(ch);
}

/* Modes that exec_limits() refuses. */
static int exec_refused(struct worker *w)
{
	return ipcbench_op_fault(w, "exec", w->seq, -EOPNOTSUPP);
}

static const struct loops loops_exec = {
	.ping = exec_ping,
	.pong = exec_pong,
	.stream_tx = exec_stream_tx,
	.stream_rx = exec_stream_rx,
	.rate_tx = exec_refused,
	.rate_rx = exec_refused,
	.oneway_ping = exec_refused,
	.oneway_pong = exec_refused,
};

const struct transport transport_exec = {
	.abi = IPCBENCH_ABI,
	.name = "exec",
	.family = "programs",
	.summary =
		"a program of yours, which echoes or reads: exec:./echo.py; sockets, pipes, shared memory",
	.typical_use = "what a language or a library adds to a system call",
	.api = API_NONE,
	.reach = REACH_KIN,
	.shape = SHAPE_STREAM,
	.persistence = PERSIST_PROCESS,
	.waits = WAIT_BIT_BLOCK | WAIT_BIT_SPIN | WAIT_BIT_HYBRID | WAIT_BIT_EPOLL,
	.customary = WAIT_BIT_BLOCK,
	.duplex = true,
	/* the watcher finds its program by number, starts it by path and connects to it */
	.one_namespace = NAMESPACE_BIT_PID | NAMESPACE_BIT_NET | NAMESPACE_BIT_MOUNT,
	.state_size = sizeof(struct exec_state),
	.config_size = sizeof(struct exec_config),
	.options = exec_options,
	.limits = exec_limits,
	.open = exec_open,
	.attach = exec_attach,
	.detach = exec_close,
	.close = exec_close,
	.ops = &exec_ops,
	.loops = &loops_exec,
};
