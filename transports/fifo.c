/* SPDX-License-Identifier: MIT */
/*
 * mkfifo(3): the named pipe. Once open it is the object that pipe(2) makes, except that the two
 * ends were opened by name and that its file system may cost something on the way.
 *
 * The driver opens it once for reading and once for writing, as two strangers would: two open file
 * descriptions, of which each worker uses one. Then the name goes, before anything can crash.
 */
#include "support/pipe-size.h"
#include "support/stream.h"
#include <fcntl.h>
#include <ipcbench/loops.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct fifo_config {
	size_t size;
	const char *dir;
};

static const struct option_spec fifo_options[] = {
	{
		.name = "size",
		.type = OPTION_SIZE,
		.offset = offsetof(struct fifo_config, size),
		.max = PIPE_SIZE_MAX,
		.help = "capacity of the FIFO; 0 = what the kernel gives",
	},
	{
		.name = "dir",
		.type = OPTION_STRING,
		.offset = offsetof(struct fifo_config, dir),
		.help = "directory to make it in; default $TMPDIR, else /tmp",
	},
	{.name = NULL},
};

static int fifo_limits(const struct cell *cell, const void *config, struct reason *why)
{
	const struct fifo_config *cfg = config;

	int r = ipcbench_directory_check(ipcbench_directory(cfg->dir), why);

	if (r == 0)
		r = pipe_fan_check(cell, why);
	return r < 0 ? r : pipe_size_check(cfg->size, why);
}

/* "<parent>/ipcbench-<random>"; absolute, because `ipcbench clean` may run elsewhere. */
static int name_directory(struct channel *ch, char dir[OBJECT_NAME_MAX])
{
	const struct fifo_config *cfg = ch->config;
	const char *parent = ipcbench_directory(cfg->dir);
	char name[64], real[PATH_MAX];

	if (realpath(parent, real) == NULL)
		return reason_set(&ch->why, errno, "directory %s: %s", parent, strerror(errno));
	ipcbench_object_name(name, sizeof(name));
	if (snprintf(dir, OBJECT_NAME_MAX, "%s%s", real, name) >= OBJECT_NAME_MAX)
		return reason_set(&ch->why, ENAMETOOLONG,
			"choose a shorter directory with dir= or TMPDIR: too long is %s", parent);
	return 0;
}

/* The reader first and without waiting for a writer; the writer then finds it. */
static int open_ends(struct channel *ch, const char *path)
{
	struct fd_pair *pair = ch->state;

	pair->end[SIDE_RX].fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (pair->end[SIDE_RX].fd >= 0)
		pair->end[SIDE_TX].fd = open(path, O_WRONLY | O_CLOEXEC);
	if (pair->end[SIDE_RX].fd < 0 || pair->end[SIDE_TX].fd < 0)
		return reason_set(&ch->why, errno, "open %s: %s", path, strerror(errno));
	return 0;
}

/* Makes the FIFO at `path`, opens both ends and removes it. */
static int make_fifo(struct channel *ch, const char *path)
{
	int slot = ipcbench_object_track(OBJECT_PATH, path);

	if (slot < 0)
		return reason_set(
			&ch->why, -slot, "cannot note %s in the ledger: %s", path, strerror(-slot));
	int err;

	if (mkfifo(path, 0600) < 0) {
		err = reason_set(&ch->why, errno, "mkfifo %s: %s", path, strerror(errno));
	} else {
		err = open_ends(ch, path);
		unlink(path);
	}
	ipcbench_object_untrack(slot);
	return err;
}

static int fifo_open(struct channel *ch)
{
	const struct fifo_config *cfg = ch->config;
	struct fd_pair *pair = ch->state;
	char dir[OBJECT_NAME_MAX], path[OBJECT_NAME_MAX + sizeof("/fifo")];

	fd_pair_init(pair);
	int err = name_directory(ch, dir);

	if (err < 0)
		return err;
	snprintf(path, sizeof(path), "%s/fifo", dir);
	int slot = ipcbench_object_track(OBJECT_DIR, dir);

	if (slot < 0)
		return reason_set(
			&ch->why, -slot, "cannot note %s in the ledger: %s", dir, strerror(-slot));
	if (mkdir(dir, 0700) < 0) {
		err = reason_set(&ch->why, errno, "mkdir %s: %s", dir, strerror(errno));
	} else {
		err = make_fifo(ch, path);
		rmdir(dir);
	}
	ipcbench_object_untrack(slot);
	return err < 0 ? err : pipe_size_set(pair->end[SIDE_TX].fd, cfg->size, &ch->why);
}

static ALWAYS_INLINE int fifo_send(struct channel *ch, const void *buf, size_t n)
{
	struct fd_pair *pair = ch->state;

	return fd_stream_send(ch, &pair->end[SIDE_TX], STREAM_PIPE, buf, n);
}

static ALWAYS_INLINE int fifo_recv(struct channel *ch, void *buf, size_t n)
{
	struct fd_pair *pair = ch->state;

	return fd_stream_recv(ch, &pair->end[SIDE_RX], STREAM_PIPE, buf, n);
}

static const struct channel_ops fifo_ops = {.send = fifo_send,
	.recv = fifo_recv,
	.send_batch = pipe_send_batch,
	.recv_batch = pipe_recv_batch};

IPCBENCH_LOOPS(loops_fifo, fifo_ops);

const struct transport transport_fifo = {
	.abi = IPCBENCH_ABI,
	.name = "fifo",
	.family = "pipes",
	.summary = "named pipe: mkfifo(3), write(2), read(2)",
	.typical_use = "unrelated programs, scripts",
	.api = API_POSIX,
	.reach = REACH_HOST,
	.shape = SHAPE_STREAM,
	.persistence = PERSIST_FILE,
	.waits = WAIT_BIT_BLOCK | WAIT_BIT_SPIN | WAIT_BIT_HYBRID | WAIT_BIT_EPOLL,
	.customary = WAIT_BIT_BLOCK,
	.common = true,
	.batches = true,
	.topologies = FAN_IN | FAN_OUT_ONE | SERVE_THREADS,
	.state_size = sizeof(struct fd_pair),
	.config_size = sizeof(struct fifo_config),
	.options = fifo_options,
	.limits = fifo_limits,
	.open = fifo_open,
	.attach = fd_pair_attach,
	.detach = fd_pair_close,
	.descriptor = fd_pair_descriptor,
	.close = fd_pair_close,
	.ops = &fifo_ops,
	.loops = &loops_fifo,
	.kernel_bytes = pipe_size_held,
};
