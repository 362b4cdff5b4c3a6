/* SPDX-License-Identifier: MIT */
/* pipe(2): the anonymous pipe. */
#include "support/pipe-size.h"
#include "support/stream.h"
#include <fcntl.h>
#include <ipcbench/loops.h>
#include <string.h>

struct pipe_config {
	size_t size;
};

static const struct option_spec pipe_options[] = {
	{
		.name = "size",
		.type = OPTION_SIZE,
		.offset = offsetof(struct pipe_config, size),
		.max = PIPE_SIZE_MAX,
		.help = "capacity of the pipe; 0 = what the kernel gives",
	},
	{.name = NULL},
};

static int pipe_limits(const struct cell *cell, const void *config, struct reason *why)
{
	const struct pipe_config *cfg = config;

	int r = pipe_fan_check(cell, why);

	return r < 0 ? r : pipe_size_check(cfg->size, why);
}

static int pipe_open(struct channel *ch)
{
	const struct pipe_config *cfg = ch->config;
	struct fd_pair *pair = ch->state;
	int fd[2];

	fd_pair_init(pair);
	if (pipe2(fd, O_CLOEXEC) < 0)
		return reason_set(&ch->why, errno, "pipe2: %s", strerror(errno));
	pair->end[SIDE_RX].fd = fd[0];
	pair->end[SIDE_TX].fd = fd[1];
	return pipe_size_set(fd[1], cfg->size, &ch->why);
}

static ALWAYS_INLINE int pipe_send(struct channel *ch, const void *buf, size_t n)
{
	struct fd_pair *pair = ch->state;

	return fd_stream_send(ch, &pair->end[SIDE_TX], STREAM_PIPE, buf, n);
}

static ALWAYS_INLINE int pipe_recv(struct channel *ch, void *buf, size_t n)
{
	struct fd_pair *pair = ch->state;

	return fd_stream_recv(ch, &pair->end[SIDE_RX], STREAM_PIPE, buf, n);
}

static const struct channel_ops pipe_ops = {.send = pipe_send,
	.recv = pipe_recv,
	.send_batch = pipe_send_batch,
	.recv_batch = pipe_recv_batch};

IPCBENCH_LOOPS(loops_pipe, pipe_ops);

const struct transport transport_pipe = {
	.abi = IPCBENCH_ABI,
	.name = "pipe",
	.family = "pipes",
	.summary = "anonymous pipe: pipe(2), write(2), read(2)",
	.typical_use = "parent and child, shell pipelines",
	.api = API_POSIX,
	.reach = REACH_KIN,
	.shape = SHAPE_STREAM,
	.persistence = PERSIST_PROCESS,
	.waits = WAIT_BIT_BLOCK | WAIT_BIT_SPIN | WAIT_BIT_HYBRID | WAIT_BIT_EPOLL,
	.customary = WAIT_BIT_BLOCK,
	.common = true,
	.batches = true,
	.topologies = FAN_IN | FAN_OUT_ONE | SERVE_THREADS,
	.state_size = sizeof(struct fd_pair),
	.config_size = sizeof(struct pipe_config),
	.options = pipe_options,
	.limits = pipe_limits,
	.open = pipe_open,
	.attach = fd_pair_attach,
	.detach = fd_pair_close,
	.descriptor = fd_pair_descriptor,
	.close = fd_pair_close,
	.ops = &pipe_ops,
	.loops = &loops_pipe,
	.kernel_bytes = pipe_size_held,
};
