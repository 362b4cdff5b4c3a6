/* SPDX-License-Identifier: MIT */
/*
 * posix-mq: a POSIX message queue (mq_overview(7)), one per direction. Its messages are exactly as
 * large as the cell's, and all of one priority, so that they keep their order; the receiver checks
 * that the priority arrived. On Linux a queue is a file descriptor, so it can be polled.
 *
 * A privileged process may exceed /proc/sys/fs/mqueue; we do not, so that figures do not depend on
 * who measures.
 */
#include "support/fd.h"
#include "support/limits.h"
#include "support/msg-msg.h"
#include <ipcbench/loops.h>

#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>

#define USUAL_DEPTH 10

/*
 * What the kernel charges to RLIMIT_MSGQUEUE for a message besides its text (getrlimit(2)):
 * sizeof(struct msg_msg) + sizeof(struct posix_msg_tree_node), 48 B each on 64-bit machines.
 */
#define OVERHEAD (sizeof(void *) == 8 ? 96u : 52u)

struct posix_mq_config {
	unsigned int depth;
	unsigned int priority;
};

struct posix_mq_state {
	bool opened; /* `end` is valid */
	struct fd_end end;
	unsigned int priority;
};

static uint64_t posix_mq_depth(const struct posix_mq_config *config)
{
	uint64_t most = ipcbench_sysctl("/proc/sys/fs/mqueue/msg_max", USUAL_DEPTH);

	if (config->depth != 0)
		return config->depth;
	return most < USUAL_DEPTH ? most : USUAL_DEPTH;
}

static int posix_mq_probe(struct reason *why)
{
	/* nothing has this name; a kernel without message queues gives another error */
	if (mq_open("/ipcbench-probe", O_RDONLY) == (mqd_t)-1 && errno == ENOSYS)
		return reason_set(why, ENOSYS,
			"this kernel has no POSIX message queues; it needs CONFIG_POSIX_MQUEUE=y");
	return 0;
}

/* HARD_MSGSIZEMAX of the kernel's include/linux/ipc_namespace.h: no sysctl goes beyond it. */
#define HARD_MESSAGE_MAX (16u << 20)

static int posix_mq_limits(const struct cell *cell, const void *config, struct reason *why)
{
	const uint64_t depth = posix_mq_depth(config), bytes = depth * (cell->size + OVERHEAD);
	struct limit limits[] = {
		{"fs.mqueue.msgsize_max", cell->size, 8192},
		{"fs.mqueue.msg_max", depth, USUAL_DEPTH},
		{"ulimit -q", cell_round_trip(cell) ? 2 * bytes : bytes, UINT64_MAX},
	};
	char what[96];

	if (cell->size > HARD_MESSAGE_MAX)
		return reason_set(why, EMSGSIZE,
			"%zu B is above 16 MiB, the largest message that Linux allows; use unix-stream or shm",
			cell->size);
	snprintf(what, sizeof(what), "queues of %llu messages of %zu B do not fit",
		(unsigned long long)depth, cell->size);
	if (limits_check(why, EMSGSIZE, what, limits, ARRAY_SIZE(limits)) == 0)
		return 0;
	/* what suffices for a round trip suffices for a stream: one remedy for both */
	limits[2].need = 2 * bytes;
	return limits_check(why, EMSGSIZE, what, limits, ARRAY_SIZE(limits));
}

static int posix_mq_refused(struct channel *ch, int err)
{
	const struct posix_mq_config *config = ch->config;
	const char *queues = "fs.mqueue.queues_max", *charge = "ulimit -q";
	const uint64_t files = limits_need_files(err);
	const uint64_t bytes = 2 * posix_mq_depth(config) * (ch->cell->size + OVERHEAD),
		       limit = limit_now(charge, 0);
	/* the kernel does not tell how much this user has in use: twice as much gets there soon */
	const struct limit limits[] = {
		{queues, err == ENOSPC ? limit_now(queues, 256) + 2 : 0, 256},
		{charge, err == EMFILE && files == 0 ? limit + (limit > bytes ? limit : bytes) : 0,
			0},
		{"ulimit -n", files, 0},
	};
	int r = limits_check(
		&ch->why, err, "mq_open: no room for another queue", limits, ARRAY_SIZE(limits));

	return r < 0 ? r : reason_set(&ch->why, err, "mq_open: %s", strerror(err));
}

static int posix_mq_open(struct channel *ch)
{
	struct posix_mq_state *st = ch->state;
	const struct posix_mq_config *config = ch->config;
	struct mq_attr attr = {
		.mq_maxmsg = (long)posix_mq_depth(config),
		.mq_msgsize = (long)ch->cell->size,
	};
	char name[48];
	int slot, err;
	mqd_t mq;

	fd_end_init(&st->end, -1);
	st->opened = true;
	st->priority = config->priority;
	ipcbench_object_name(name, sizeof(name));
	slot = ipcbench_object_track(OBJECT_POSIX_MQ, name);
	if (slot < 0)
		return reason_set(&ch->why, -slot, "noting queue %s in the ledger: %s", name,
			strerror(-slot));
	mq = mq_open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600, &attr);
	err = errno;
	if (mq != (mqd_t)-1)
		mq_unlink(name);
	ipcbench_object_untrack(slot);
	if (mq == (mqd_t)-1)
		return posix_mq_refused(ch, err);
	st->end.fd = mq;
	return 0;
}

/* struct posix_msg_tree_node of the kernel, one for each priority in use. */
#define TREE_NODE (sizeof(void *) == 8 ? 48 : 28)

static long long posix_mq_kernel_bytes(struct channel *ch)
{
	const struct posix_mq_state *st = ch->state;
	struct mq_attr attr;

	if (mq_getattr(st->end.fd, &attr) < 0)
		return -errno;
	return attr.mq_curmsgs * msg_msg_bytes(ch->cell->size) +
	       (attr.mq_curmsgs > 0 ? TREE_NODE : 0);
}

static int posix_mq_attach(struct channel *ch)
{
	struct posix_mq_state *st = ch->state;

	return fd_end_attach(ch, &st->end);
}

/* Both in a worker and in the driver: the last descriptor of an unlinked queue removes it. */
static int posix_mq_descriptor(struct channel *ch)
{
	const struct posix_mq_state *st = ch->state;

	return st->end.fd;
}

static void posix_mq_close(struct channel *ch)
{
	struct posix_mq_state *st = ch->state;

	if (st->opened)
		fd_end_close(&st->end);
}

static ALWAYS_INLINE int posix_mq_send(struct channel *ch, const void *buf, size_t n)
{
	struct posix_mq_state *st = ch->state;
	uint64_t since = 0;
	int err;

	do {
		if (likely(mq_send(st->end.fd, buf, n, st->priority) == 0))
			return 0;
		err = fd_wait_writable(ch, &st->end, errno, &since);
	} while (err == 0);
	return err;
}

static ALWAYS_INLINE int posix_mq_recv(struct channel *ch, void *buf, size_t n)
{
	struct posix_mq_state *st = ch->state;
	unsigned int priority;
	uint64_t since = 0;
	ssize_t got;
	int err;

	do {
		err = fd_before_read(ch, &st->end);
		if (unlikely(err < 0))
			return err;
		/* which takes room for the largest message, whatever the next one is */
		got = mq_receive(st->end.fd, buf, ch->cell->size, &priority);
		if (likely(got >= 0)) {
			if (unlikely((size_t)got != n))
				return -EMSGSIZE;
			return likely(priority == st->priority) ? 0 : -EILSEQ;
		}
		err = fd_wait_readable(ch, &st->end, errno, &since);
	} while (err == 0);
	return err;
}

static const struct channel_ops posix_mq_ops = {.send = posix_mq_send, .recv = posix_mq_recv};

IPCBENCH_LOOPS(loops_posix_mq, posix_mq_ops);

static const struct option_spec posix_mq_options[] = {
	{
		.name = "depth",
		.type = OPTION_UINT,
		.offset = offsetof(struct posix_mq_config, depth),
		.initial = "0",
		.min = 0,
		.max = 65536,
		.help = "messages that a queue holds; 0 = 10, or fs.mqueue.msg_max if that is less",
	},
	{
		.name = "priority",
		.type = OPTION_UINT,
		.offset = offsetof(struct posix_mq_config, priority),
		.initial = "1",
		.min = 0,
		.max = 31,
		.help = "priority of every message; 31 is the highest that POSIX guarantees",
	},
	{.name = NULL},
};

const struct transport transport_posix_mq = {
	.abi = IPCBENCH_ABI,
	.name = "posix-mq",
	.family = "message-queues",
	.summary = "POSIX message queue with priorities, one per direction",
	.typical_use = "small prioritised commands",
	.api = API_POSIX,
	.reach = REACH_HOST,
	.shape = SHAPE_MESSAGE,
	.persistence = PERSIST_KERNEL,
	.waits = WAIT_BIT_BLOCK | WAIT_BIT_SPIN | WAIT_BIT_HYBRID | WAIT_BIT_EPOLL,
	.customary = WAIT_BIT_BLOCK,
	.common = true,
	.topologies = FAN_IN | FAN_OUT_ONE | SERVE_THREADS,
	.state_size = sizeof(struct posix_mq_state),
	.config_size = sizeof(struct posix_mq_config),
	.options = posix_mq_options,
	.probe = posix_mq_probe,
	.limits = posix_mq_limits,
	.open = posix_mq_open,
	.attach = posix_mq_attach,
	.detach = posix_mq_close,
	.descriptor = posix_mq_descriptor,
	.close = posix_mq_close,
	.ops = &posix_mq_ops,
	.loops = &loops_posix_mq,
	.kernel_bytes = posix_mq_kernel_bytes,
};
