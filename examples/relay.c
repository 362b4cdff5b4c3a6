/* SPDX-License-Identifier: MIT */
/*
 * A transport through a broker, which ipcbench starts, watches, accounts for and ends: a helper.
 * Both sides are clients of relay.py, which passes on what one of them sends to the other.
 * docs/helpers.md says what to change for a broker of your own.
 */
#include <errno.h>
#include <ipcbench/host.h>
#include <ipcbench/loops.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct relay_config {
	const char *program;
};

static const struct option_spec relay_options[] = {
	{
		.name = "program",
		.type = OPTION_STRING,
		.offset = offsetof(struct relay_config, program),
		.help = "the broker, as in relay:./relay.py; it gets the name of a socket to listen on",
	},
	{.name = NULL},
};

struct relay {
	struct sockaddr_un address;
	int fd[2]; /* by enum side */
	bool open;
};

static int relay_limits(const struct cell *cell, const void *config, struct reason *why)
{
	uint64_t most = ipcbench_sysctl("/proc/sys/net/core/wmem_default", 212992) - 32;

	if (((const struct relay_config *)config)->program == NULL)
		return reason_set(why, EINVAL, "no broker; name one, as in relay:./relay.py");
	if (cell->size <= most)
		return 0;
	return reason_set(why, EMSGSIZE, "--size %zu is above %llu; raise net.core.wmem_default",
		cell->size, (unsigned long long)most);
}

/* The handshake: the broker is ready when it takes both connections. */
static int relay_ready(struct channel *ch)
{
	struct relay *r = ch->state;

	for (int side = 0; side < 2; side++)
		if (connect(r->fd[side], (const struct sockaddr *)&r->address, sizeof(r->address)) <
				0 &&
			errno != EISCONN)
			return errno == ENOENT || errno == ECONNREFUSED
				       ? -EAGAIN
				       : reason_set(
						 &ch->why, errno, "connect: %s", strerror(errno));
	return 0;
}

static int relay_open(struct channel *ch)
{
	const struct relay_config *config = ch->config;
	struct relay *r = ch->state;
	struct ipcbench_helper *helper = ipcbench_helper_new(ch);

	if (helper == NULL)
		return -EIO; /* ch->why says it */
	/* it runs in this directory, so its configuration can name files without a path */
	const char *dir = ipcbench_helper_directory(helper);
	const char *const argv[] = {config->program, "socket", NULL};
	const struct ipcbench_helper_spec spec = {.argv = argv, .ready = relay_ready};

	r->address.sun_family = AF_UNIX;
	if (snprintf(r->address.sun_path, sizeof(r->address.sun_path), "%s/socket", dir) >=
		(int)sizeof(r->address.sun_path))
		return reason_set(
			&ch->why, ENAMETOOLONG, "%s is too long; set a shorter TMPDIR", dir);
	r->fd[0] = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	r->fd[1] = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	r->open = true;
	if (r->fd[0] < 0 || r->fd[1] < 0)
		return reason_set(&ch->why, errno, "socket: %s", strerror(errno));
	return ipcbench_helper_start(helper, &spec);
}

/* The helper is ended after it, with all that is in its directory. */
static void relay_close(struct channel *ch)
{
	struct relay *r = ch->state;

	if (!r->open)
		return;
	close(r->fd[0]);
	close(r->fd[1]);
	r->open = false;
}

static inline int relay_send(struct channel *ch, const void *buf, size_t n)
{
	struct relay *r = ch->state;
	ssize_t sent = send(r->fd[ch->side], buf, n, MSG_NOSIGNAL);

	return sent == (ssize_t)n ? 0 : sent < 0 ? -errno : -EMSGSIZE;
}

static inline int relay_recv(struct channel *ch, void *buf, size_t n)
{
	struct relay *r = ch->state;
	ssize_t got = recv(r->fd[ch->side], buf, n, 0);

	return got == (ssize_t)n ? 0 : got < 0 ? -errno : got == 0 ? -EPIPE : -EMSGSIZE;
}

static const struct channel_ops relay_ops = {.send = relay_send, .recv = relay_recv};

IPCBENCH_LOOPS(relay_loops, relay_ops);

const struct transport ipcbench_transport = {
	.abi = IPCBENCH_ABI,
	.name = "relay",
	.family = "brokers",
	.summary = "an example: through a broker on a unix socket",
	.typical_use = "learning how a transport runs a broker",
	.api = API_BSD,
	.reach = REACH_HOST,
	.shape = SHAPE_MESSAGE,
	.persistence = PERSIST_PROCESS,
	.waits = WAIT_BIT_BLOCK,
	.customary = WAIT_BIT_BLOCK,
	.duplex = true, /* one broker serves both directions */
	.one_namespace =
		NAMESPACE_BIT_PID, /* as with every helper: its CPU time is read by number */
	.state_size = sizeof(struct relay),
	.config_size = sizeof(struct relay_config),
	.options = relay_options,
	.limits = relay_limits,
	.open = relay_open,
	.close = relay_close,
	.ops = &relay_ops,
	.loops = &relay_loops,
};
