/* SPDX-License-Identifier: MIT */
/*
 * A program of the user's that makes both sides (docs/programs.md): a queue of a language, a remote
 * call, processes of a launcher. It moves the messages and says how many there were and how long
 * they took, in lines of JSON. What can be seen from outside bounds what it says; the rest is its
 * word, and the row says so.
 *
 * The sender's worker starts the program, talks to it, and is charged for it. The receiver's does
 * nothing: it waits until the sender tells it how a loop went.
 */
#include "support/fd.h"
#include "support/rounds.h"
#include "support/told.h"
#include <fcntl.h>
#include <ipcbench/loops.h>
#include <string.h>
#include <sys/socket.h>

/* How long a program may take to end after its input has ended. */
#define LEAVE_MS 200

struct pair_config {
	const char *program, *args;
};

static const struct option_spec pair_options[] = {
	{
		.name = "program",
		.type = OPTION_STRING,
		.offset = offsetof(struct pair_config, program),
		.help = "the program; a name without a slash is looked for in PATH. Short: exec-pair:PROGRAM",
	},
	{
		.name = "args",
		.type = OPTION_STRING,
		.offset = offsetof(struct pair_config, args),
		.help = "its arguments, with spaces between them",
	},
	{.name = NULL},
};

/* A loop, as the sender tells the receiver. */
struct round {
	uint64_t messages, began, ended;
};

struct pair_state {
	bool opened;
	int link[2]; /* by side */
	struct dialog dialog;
};

static int pair_limits(const struct cell *cell, const void *config, struct reason *why)
{
	const struct pair_config *cfg = config;

	if (cfg->program == NULL)
		return reason_set(why, EINVAL,
			"no program to run; name one, as in -t exec-pair:./pair.py (docs/programs.md)");
	if (cell->indirect)
		return reason_set(why, EOPNOTSUPP,
			"exec-pair has loops of its own; use it without --dispatch indirect and --slowdown");
	if (cell->footprint != 0)
		return reason_set(
			why, EOPNOTSUPP, "the program chooses its buffers; use --footprint hot");
	if (cell->pauses)
		return reason_set(why, EOPNOTSUPP,
			"the program sends when it likes to; use it without --think");
	return 0;
}

static int pair_open(struct channel *ch)
{
	struct pair_state *st = ch->state;

	st->link[SIDE_TX] = st->link[SIDE_RX] = -1;
	dialog_init(&st->dialog);
	st->opened = true;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, st->link) < 0)
		return reason_set(&ch->why, errno, "socketpair: %s", strerror(errno));
	return 0;
}

static void pair_close(struct channel *ch)
{
	struct pair_state *st = ch->state;

	if (!st->opened)
		return;
	dialog_end(&st->dialog, LEAVE_MS);
	fd_close(&st->link[SIDE_TX]);
	fd_close(&st->link[SIDE_RX]);
}

/* ---- before the first loop ------------------------------------------------------------------- */

static int say_config(struct dialog *d, const struct cell *cell, struct reason *why)
{
	json_t *cpus = json_array();

	for (int i = 0; cell->cpu_tx >= 0 && i < 2; i++)
		json_array_append_new(cpus, json_integer(i == 0 ? cell->cpu_tx : cell->cpu_rx));
	return dialog_say(d, "config",
		json_pack("{s:s, s:I, s:o}", "mode",
			cell->mode == MODE_LATENCY ? "latency" : "throughput", "size",
			(json_int_t)cell->size, "cpus", cpus),
		why);
}

static int introduce(struct dialog *d, const struct cell *cell, struct reason *why)
{
	int r = told_hello(d, why);

	if (r == 0)
		r = say_config(d, cell, why);
	if (r < 0)
		return r;
	json_t *ready = dialog_hear(d, "ready", "read its \"config\" and write \"ready\"", why);

	json_decref(ready);
	return ready == NULL ? -EPROTO : 0;
}

static int pair_attach(struct channel *ch)
{
	const struct pair_config *cfg = ch->config;
	struct pair_state *st = ch->state;
	const int cpus[] = {ch->cell->cpu_tx, ch->cell->cpu_rx};
	struct program p = {
		.path = cfg->program,
		.args = cfg->args,
		.mode = "pair",
		.via = "pipe",
		.size = ch->cell->size,
		.shared = -1,
		.cpus = ch->cell->cpu_tx < 0 ? NULL : cpus,
	};

	fd_close(&st->link[ch->side == SIDE_TX ? SIDE_RX : SIDE_TX]);
	if (ch->side == SIDE_RX)
		return 0;
	int r = dialog_start(&st->dialog, &p, &ch->why);

	if (r == 0)
		r = introduce(&st->dialog, ch->cell, &ch->why);
	if (r < 0)
		dialog_end(&st->dialog, 0);
	return r;
}

/* ---- loops of the sender --------------------------------------------------------------------- */

static int say_go(struct dialog *d, const struct task *t, struct reason *why)
{
	return dialog_say(d, "go",
		json_pack("{s:I, s:I, s:b, s:b, s:I}", "messages", (json_int_t)t->messages,
			"duration_ns", (json_int_t)t->duration_ns, "warmup", t->warmup, "verify",
			t->verify, "seed", (json_int_t)t->seed),
		why);
}

static struct task task_of(const struct worker *w)
{
	uint64_t now = clock_now(&w->clock);
	struct task t = {
		.messages = DIALOG_NUMBER_MAX,
		.duration_ns = DIALOG_NUMBER_MAX,
		.warmup = in_warm_up(w),
		.verify = w->verify,
		.seed = w->arrivals_seed & DIALOG_NUMBER_MAX,
	};

	if (w->max_messages < t.messages)
		t.messages = w->max_messages;
	if (w->deadline != UINT64_MAX)
		t.duration_ns = w->deadline > now ? clock_ns(&w->clock, w->deadline - now) : 1;
	return t;
}

/* From "go" to the end of what the program has to say of it. */
static int play(struct worker *w)
{
	struct dialog *d = &((struct pair_state *)w->out->state)->dialog;
	const struct task task = task_of(w);
	struct told told = {0};

	w->first_tick = clock_now(&w->clock);
	int r = say_go(d, &task, &w->fault);
	json_t *result = r < 0 ? NULL
			       : dialog_hear(d, "result", "move messages and write its \"result\"",
					 &w->fault);
	uint64_t wall = clock_now(&w->clock) - w->first_tick;

	if (result == NULL)
		return r < 0 ? r : -EPROTO;
	if (!task.warmup)
		ipcbench_window_over();
	r = told_result(d, &task, clock_ns(&w->clock, wall), result, &told, &w->fault);
	json_decref(result);
	if (r == 0 && w->out->cell->mode == MODE_LATENCY)
		r = told_times(d, &told, w->hist, &w->fault);
	w->messages += told.messages;
	w->last_tick = w->first_tick + clock_ticks(&w->clock, told.elapsed_ns);
	return r;
}

static int pair_tx(struct worker *w)
{
	struct pair_state *st = w->out->state;
	int r = in_warm_up(w) ? rounds_warm_up(w, play) : play(w);
	const struct round all = {w->messages, w->first_tick, w->last_tick};

	if (r < 0) {
		dialog_end(&st->dialog, 0);
		return r;
	}
	if (send(st->link[SIDE_TX], &all, sizeof(all), MSG_NOSIGNAL) < 0)
		return reason_set(&w->fault, errno, "no word to the receiver: %s", strerror(errno));
	return 0;
}

static int pair_rx(struct worker *w)
{
	const struct pair_state *st = w->in->state;
	struct round all;
	ssize_t n;

	do
		n = recv(st->link[SIDE_RX], &all, sizeof(all), 0);
	while (n < 0 && errno == EINTR);
	if (n != (ssize_t)sizeof(all))
		return reason_set(&w->fault, EPROTO, "no word from the sender");
	w->messages = all.messages;
	w->first_count = 0;
	w->first_tick = all.began;
	w->last_tick = all.ended;
	return 0;
}

/* ---- what nobody asks for -------------------------------------------------------------------- */

static int pair_send(struct channel *ch, const void *buf, size_t n)
{
	(void)ch;
	(void)buf;
	(void)n;
	return -EOPNOTSUPP;
}

static int pair_recv(struct channel *ch, void *buf, size_t n)
{
	(void)ch;
	(void)buf;
	(void)n;
	return -EOPNOTSUPP;
}

static const struct channel_ops pair_ops = {.send = pair_send, .recv = pair_recv};

/* Modes that the plan refuses. */
static int pair_refused(struct worker *w)
{
	return ipcbench_op_fault(w, "exec-pair", w->seq, -EOPNOTSUPP);
}

static const struct loops loops_pair = {
	.ping = pair_tx,
	.pong = pair_rx,
	.stream_tx = pair_tx,
	.stream_rx = pair_rx,
	.rate_tx = pair_refused,
	.rate_rx = pair_refused,
	.oneway_ping = pair_refused,
	.oneway_pong = pair_refused,
};

const struct transport transport_exec_pair = {
	.abi = IPCBENCH_ABI,
	.name = "exec-pair",
	.family = "programs",
	.summary = "a program of yours that makes both sides and reports: exec-pair:./pair.py",
	.typical_use = "queues of a language, remote calls, MPI: what only they can time",
	.api = API_NONE,
	.reach = REACH_KIN,
	.shape = SHAPE_MESSAGE,
	.persistence = PERSIST_PROCESS,
	.waits = WAIT_BIT_BLOCK,
	.customary = WAIT_BIT_BLOCK,
	.duplex = true,
	.self_reports = true,
	.state_size = sizeof(struct pair_state),
	.config_size = sizeof(struct pair_config),
	.options = pair_options,
	.limits = pair_limits,
	.open = pair_open,
	.attach = pair_attach,
	.detach = pair_close,
	.close = pair_close,
	.ops = &pair_ops,
	.loops = &loops_pair,
};
