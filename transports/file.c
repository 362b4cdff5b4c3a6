/* SPDX-License-Identifier: MIT */
/*
 * A regular file: one process writes, the other reads, as programs do that leave each other files
 * in a spool directory. A channel is three files without a name: `data` with a few slots that are
 * used in turn, and two of one byte, `sent` and `taken`, in which the sides announce how many
 * messages they have written and read. They are files of their own so that a watch for changes of
 * one sees nothing else.
 *
 * A count is one byte, modulo 256, because one byte cannot be read half written, which read(2)
 * does not promise of more. There are far fewer slots than 256.
 *
 * How the reader learns of a message (option notify):
 *   poll	it reads `sent` until that changes
 *   inotify	it sleeps until the kernel reports that `sent` was modified
 *   lock	byte k of `sent` stands for slot k and the sides walk around the slots hand over
 *hand: the sender locks the next slot before it unlocks the one that it has written, the reader
 *locks the next slot before it unlocks the one that it has read. With three slots or more neither
 *can pass the other, nor do both ever wait at once.
 */
#include "support/fd.h"
#include "support/limits.h"
#include <errno.h>
#include <fcntl.h>
#include <ipcbench/loops.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/statvfs.h>

enum notify { NOTIFY_AUTO, NOTIFY_POLL, NOTIFY_INOTIFY, NOTIFY_LOCK };
enum sync { SYNC_NONE, SYNC_DATA };
enum { FILE_DATA, FILE_SENT, FILE_TAKEN, FILE_COUNT };
enum { BLOCK_SIZE = 4096 };

struct file_config {
	const char *dir;
	unsigned int notify, sync;
};

struct file_state {
	bool opened;
	enum notify notify;
	bool sync;
	int fd[FILE_COUNT];
	size_t slots, stride;
	uint64_t count;	     /* messages that this side has written or read */
	uint64_t peer;	     /* messages of the other side, as last seen */
	struct fd_end watch; /* inotify, made in attach() */
};

static const struct option_spec file_options[] = {
	{
		.name = "dir",
		.type = OPTION_STRING,
		.offset = offsetof(struct file_config, dir),
		.help = "directory of the file; empty = $TMPDIR, or /tmp",
	},
	{
		.name = "notify",
		.type = OPTION_CHOICE,
		.offset = offsetof(struct file_config, notify),
		.initial = "auto",
		.choices = "auto|poll|inotify|lock",
		.help = "how the reader learns of a message; auto = poll to spin, else inotify",
	},
	{
		.name = "sync",
		.type = OPTION_CHOICE,
		.offset = offsetof(struct file_config, sync),
		.initial = "none",
		.choices = "none|data",
		.help = "data = fdatasync(2) before a message is announced",
	},
	{.name = NULL},
};

/* ---- what a cell needs ----------------------------------------------------------------------- */

static enum notify notify_of(const struct file_config *cfg, enum wait wait)
{
	if (cfg->notify != NOTIFY_AUTO)
		return (enum notify)cfg->notify;
	return wait == WAIT_SPIN ? NOTIFY_POLL : NOTIFY_INOTIFY;
}

/* More slots let the sender run ahead; large messages gain nothing from it and take space. */
static size_t slots_of(size_t size)
{
	if (size <= (64u << 10))
		return 16;
	return size <= (16u << 20) ? 4 : 3;
}

static size_t stride_of(size_t size)
{
	return (size + BLOCK_SIZE - 1) / BLOCK_SIZE * BLOCK_SIZE;
}

static int check_wait(const struct file_config *cfg, enum wait wait, struct reason *why)
{
	enum notify notify = notify_of(cfg, wait);

	if (notify == NOTIFY_POLL && wait != WAIT_SPIN)
		return reason_set(why, ENOTSUP, "notify=poll never sleeps: use --wait spin");
	if (notify == NOTIFY_INOTIFY && wait == WAIT_SPIN)
		return reason_set(why, ENOTSUP,
			"notify=inotify sleeps: use --wait block, hybrid or epoll, or notify=poll");
	if (notify == NOTIFY_LOCK && wait != WAIT_BLOCK)
		return reason_set(
			why, ENOTSUP, "notify=lock sleeps in fcntl(F_SETLKW): use --wait block");
	return 0;
}

static int check_space(const char *dir, uint64_t file, uint64_t total, struct reason *why)
{
	char need[24], have[24];
	struct statvfs fs;
	struct rlimit limit;

	if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur < file)
		return reason_set(why, EFBIG,
			"needs a file of %s, RLIMIT_FSIZE is %s: raise it with ulimit -f unlimited, or use a "
			"smaller --size",
			ipcbench_bytes(need, sizeof(need), file),
			ipcbench_bytes(have, sizeof(have), limit.rlim_cur));
	int r = ipcbench_directory_check(dir, why);

	if (r < 0)
		return r;
	if (statvfs(dir, &fs) < 0)
		return reason_set(why, errno,
			"directory %.120s: %s; choose another with dir= or TMPDIR", dir,
			strerror(errno));
	if ((uint64_t)fs.f_bavail * fs.f_frsize < total)
		return reason_set(why, ENOSPC,
			"needs %s, %.100s has %s free: choose another with dir=, or use a smaller "
			"--size",
			ipcbench_bytes(need, sizeof(need), total), dir,
			ipcbench_bytes(have, sizeof(have), (uint64_t)fs.f_bavail * fs.f_frsize));
	return 0;
}

static int file_limits(const struct cell *cell, const void *config, struct reason *why)
{
	const struct file_config *cfg = config;
	uint64_t file = (uint64_t)slots_of(cell->size) * stride_of(cell->size);
	unsigned int channels = cell_round_trip(cell) ? 2 : 1;
	int r = check_wait(cfg, cell->wait, why);

	return r < 0 ? r : check_space(ipcbench_directory(cfg->dir), file, channels * file, why);
}

/* ---- making the files ------------------------------------------------------------------------ */

/* For file systems without O_TMPFILE: a name that exists for an instant. */
static int open_named(const char *dir)
{
	char name[64], path[OBJECT_NAME_MAX];

	ipcbench_object_name(name, sizeof(name));
	if (snprintf(path, sizeof(path), "%s%s", dir, name) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	int slot = ipcbench_object_track(OBJECT_PATH, path);

	if (slot < 0)
		return slot;
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int err = errno;

	if (fd >= 0)
		unlink(path);
	ipcbench_object_untrack(slot);
	return fd >= 0 ? fd : -err;
}

/* EISDIR is how a kernel or a file system says that it does not know O_TMPFILE. */
static int open_anonymous(const char *dir)
{
	int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd >= 0)
		return fd;
	if (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL)
		return open_named(dir);
	return -errno;
}

static int make_file(struct channel *ch, int *fd, size_t size)
{
	const struct file_config *cfg = ch->config;
	const char *dir = ipcbench_directory(cfg->dir);
	char bytes[24];

	*fd = open_anonymous(dir);
	if (*fd < 0)
		return reason_set(&ch->why, -*fd,
			"no file in %.120s: %s; choose another with dir=", dir, strerror(-*fd));
	int err = posix_fallocate(*fd, 0, (off_t)size);

	if (err != 0)
		return reason_set(&ch->why, err, "fallocate of %s in %.120s: %s",
			ipcbench_bytes(bytes, sizeof(bytes), size), dir, strerror(err));
	return 0;
}

static int file_open(struct channel *ch)
{
	const struct file_config *cfg = ch->config;
	struct file_state *st = ch->state;
	int r = 0;

	st->opened = true;
	fd_end_init(&st->watch, -1);
	for (int i = 0; i < FILE_COUNT; i++)
		st->fd[i] = -1;
	st->notify = notify_of(cfg, ch->cell->wait);
	st->sync = cfg->sync == SYNC_DATA;
	st->slots = slots_of(ch->cell->size);
	st->stride = stride_of(ch->cell->size);
	for (int i = 0; i < FILE_COUNT && r == 0; i++)
		r = make_file(ch, &st->fd[i], i == FILE_DATA ? st->slots * st->stride : 1);
	return r;
}

/* The data, and two announcements of a byte each. */
static long long file_kernel_bytes(struct channel *ch)
{
	const struct file_state *st = ch->state;

	return (long long)(st->slots * st->stride) + FILE_COUNT - 1;
}

static void file_close(struct channel *ch)
{
	struct file_state *st = ch->state;

	if (!st->opened)
		return;
	for (int i = 0; i < FILE_COUNT; i++)
		fd_close(&st->fd[i]);
}

/* ---- hand over hand -------------------------------------------------------------------------- */

static int slot_lock(struct file_state *st, uint64_t message, short type)
{
	struct flock lock = {
		.l_type = type,
		.l_whence = SEEK_SET,
		.l_start = (off_t)(message % st->slots),
		.l_len = 1,
	};

	while (fcntl(st->fd[FILE_SENT], F_SETLKW, &lock) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
}

/* Takes the next slot, then gives back the one in hand. */
static int slot_step(struct file_state *st, uint64_t next)
{
	int r = slot_lock(st, next, F_WRLCK);

	return r < 0 ? r : slot_lock(st, next + st->slots - 1, F_UNLCK);
}

/* ---- worker ---------------------------------------------------------------------------------- */

/* The kernel does not tell how many this user has: as many more as a channel takes. */
static int watch_refused(struct channel *ch, const char *call, int err)
{
	const uint64_t files = limits_need_files(err);
	const char *instances = "fs.inotify.max_user_instances",
		   *watches = "fs.inotify.max_user_watches";
	const struct limit limits[] = {
		{"ulimit -n", files, 0},
		{instances, err == EMFILE && files == 0 ? limit_now(instances, 0) + 2 : 0, 0},
		{watches, err == ENOSPC ? limit_now(watches, 0) + 2 : 0, 0},
	};
	char what[96];

	snprintf(what, sizeof(what), "%s: %s", call, strerror(err));
	int r = limits_check(&ch->why, err, what, limits, ARRAY_SIZE(limits));

	return r < 0 ? r : reason_set(&ch->why, err, "%s", what);
}

static int watch(struct channel *ch)
{
	struct file_state *st = ch->state;
	char path[40];

	/* the file has no name but this one */
	snprintf(path, sizeof(path), "/proc/self/fd/%d",
		st->fd[ch->side == SIDE_RX ? FILE_SENT : FILE_TAKEN]);
	fd_end_init(&st->watch, inotify_init1(IN_CLOEXEC));
	if (st->watch.fd < 0)
		return watch_refused(ch, "inotify_init1", errno);
	if (inotify_add_watch(st->watch.fd, path, IN_MODIFY) < 0)
		return watch_refused(ch, "inotify_add_watch", errno);
	return fd_end_attach(ch, &st->watch);
}

/* The sender begins with slot 0 in hand, the reader with the one before it. */
static int file_attach(struct channel *ch)
{
	struct file_state *st = ch->state;
	int r = 0;

	if (st->notify == NOTIFY_INOTIFY)
		return watch(ch);
	if (st->notify == NOTIFY_LOCK)
		r = slot_lock(st, ch->side == SIDE_TX ? 0 : st->slots - 1, F_WRLCK);
	return r < 0 ? reason_set(&ch->why, -r, "fcntl(F_SETLKW): %s", strerror(-r)) : 0;
}

static void file_detach(struct channel *ch)
{
	struct file_state *st = ch->state;

	fd_end_close(&st->watch);
	file_close(ch);
}

/* ---- hot ------------------------------------------------------------------------------------- */

static ALWAYS_INLINE int write_all(int fd, const unsigned char *buf, size_t n, off_t at)
{
	for (;;) {
		ssize_t done = pwrite(fd, buf, n, at);

		if (likely(done == (ssize_t)n))
			return 0;
		if (unlikely(done < 0 && errno != EINTR))
			return -errno;
		if (done > 0) {
			buf += done;
			n -= (size_t)done;
			at += done;
		}
	}
}

static ALWAYS_INLINE int read_all(int fd, unsigned char *buf, size_t n, off_t at)
{
	for (;;) {
		ssize_t done = pread(fd, buf, n, at);

		if (likely(done == (ssize_t)n))
			return 0;
		if (unlikely(done < 0 && errno != EINTR))
			return -errno;
		if (unlikely(done == 0))
			return -EIO; /* the file ends where it must not */
		if (done > 0) {
			buf += done;
			n -= (size_t)done;
			at += done;
		}
	}
}

static ALWAYS_INLINE off_t slot_offset(const struct file_state *st)
{
	return (off_t)(st->count % st->slots * st->stride);
}

/*
 * Until the watched file may have changed. An event that came in since the file was last looked at
 * is still queued, so none is missed; one that is older causes one look in vain. Equal events are
 * merged by the kernel, so the queue does not grow.
 */
static int sleep_for_change(struct channel *ch, uint64_t *since)
{
	struct file_state *st = ch->state;
	char events[16 * sizeof(struct inotify_event)];
	int r;

	if (st->notify == NOTIFY_POLL)
		return 0;
	if (ch->wait == WAIT_HYBRID && !fd_spun_out(ch, since))
		return 0;
	if (ch->wait != WAIT_BLOCK) {
		r = fd_sleep(ch, &st->watch, EPOLLIN);
		if (r < 0)
			return r;
	}
	if (read(st->watch.fd, events, sizeof(events)) < 0 && errno != EINTR && errno != EAGAIN)
		return -errno;
	return 0;
}

/* Waits until the other side's count moves on from what was last seen. */
static ALWAYS_INLINE int wait_for_peer(struct channel *ch, int fd)
{
	struct file_state *st = ch->state;
	uint64_t since = 0;

	for (;;) {
		unsigned char byte;
		int r = read_all(fd, &byte, 1, 0);

		if (unlikely(r < 0))
			return r;
		unsigned int news = (byte - (unsigned int)st->peer) & 0xff;

		if (news != 0) {
			st->peer += news;
			/* what was announced is not read before the announcement */
			atomic_thread_fence(memory_order_acquire);
			return 0;
		}
		r = sleep_for_change(ch, &since);
		if (unlikely(r < 0))
			return r;
	}
}

static ALWAYS_INLINE int announce(struct file_state *st, int fd)
{
	unsigned char byte = (unsigned char)st->count;

	atomic_thread_fence(memory_order_release);
	return write_all(fd, &byte, 1, 0);
}

static int file_send(struct channel *ch, const void *buf, size_t n)
{
	struct file_state *st = ch->state;
	bool lock = st->notify == NOTIFY_LOCK;
	int r;

	if (!lock && unlikely(st->count - st->peer == st->slots)) {
		r = wait_for_peer(ch, st->fd[FILE_TAKEN]);
		if (unlikely(r < 0))
			return r;
	}
	r = write_all(st->fd[FILE_DATA], buf, n, slot_offset(st));
	if (unlikely(r < 0))
		return r;
	if (st->sync && fdatasync(st->fd[FILE_DATA]) < 0)
		return -errno;
	st->count++;
	return lock ? slot_step(st, st->count) : announce(st, st->fd[FILE_SENT]);
}

static int file_recv(struct channel *ch, void *buf, size_t n)
{
	struct file_state *st = ch->state;
	int r = 0;

	if (st->notify == NOTIFY_LOCK)
		r = slot_step(st, st->count);
	else if (st->count == st->peer)
		r = wait_for_peer(ch, st->fd[FILE_SENT]);
	if (unlikely(r < 0))
		return r;
	r = read_all(st->fd[FILE_DATA], buf, n, slot_offset(st));
	if (unlikely(r < 0))
		return r;
	st->count++;
	/* the sender looks only when all slots are full, so half a turn at a time will do */
	if (st->notify != NOTIFY_LOCK && st->count % (st->slots / 2) == 0)
		r = announce(st, st->fd[FILE_TAKEN]);
	return r;
}

static const struct channel_ops file_ops = {.send = file_send, .recv = file_recv};

IPCBENCH_LOOPS(loops_file, file_ops);

const struct transport transport_file = {
	.abi = IPCBENCH_ABI,
	.name = "file",
	.family = "files",
	.summary = "regular file: pwrite(2), a notice, pread(2)",
	.typical_use = "spool directories, logs that are followed",
	.api = API_POSIX,
	.reach = REACH_HOST,
	.shape = SHAPE_MEMORY,
	.persistence = PERSIST_FILE,
	.waits = WAIT_BIT_BLOCK | WAIT_BIT_SPIN | WAIT_BIT_HYBRID | WAIT_BIT_EPOLL,
	.customary = WAIT_BIT_BLOCK,
	.state_size = sizeof(struct file_state),
	.config_size = sizeof(struct file_config),
	.options = file_options,
	.limits = file_limits,
	.open = file_open,
	.attach = file_attach,
	.detach = file_detach,
	.close = file_close,
	.ops = &file_ops,
	.loops = &loops_file,
	.kernel_bytes = file_kernel_bytes,
};
