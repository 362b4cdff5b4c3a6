/* SPDX-License-Identifier: MIT */
/* Two transports in one object, in C++20: socket pairs whose messages have boundaries, or not. */
#include <cerrno>
#include <cstring>
#include <ipcbench/host.h>
#include <sys/socket.h>
#include <unistd.h>

namespace
{

struct pair {
	int fd[2]; /* by enum side */
	bool open;
};

pair &of(channel *ch)
{
	return *static_cast<pair *>(ch->state); /* zeroed */
}

/* What does not fit is refused before anything exists, with the value, the limit and the remedy. */
template <int type> int limits(const cell *of, const void *, reason *why)
{
	/* less the kernel's own part */
	uint64_t most = ipcbench_sysctl("/proc/sys/net/core/wmem_default", 212992) - 32;

	if (type == SOCK_STREAM || of->size <= most)
		return 0;
	return reason_set(why, EMSGSIZE, "--size %zu is above %llu; raise net.core.wmem_default",
		of->size, static_cast<unsigned long long>(most));
}

template <int type> int open(channel *ch)
{
	if (socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, of(ch).fd) < 0)
		return reason_set(&ch->why, errno, "socketpair: %s", strerror(errno));
	of(ch).open = true;
	return 0;
}

void close(channel *ch)
{
	if (!of(ch).open)
		return;
	::close(of(ch).fd[0]);
	::close(of(ch).fd[1]);
	of(ch).open = false;
}

int send(channel *ch, const void *buf, size_t n)
{
	/* a stream may take a part of a message; with boundaries it is all or nothing */
	for (size_t done = 0; done < n;) {
		const char *rest = static_cast<const char *>(buf) + done;
		ssize_t r = ::send(of(ch).fd[ch->side], rest, n - done, MSG_NOSIGNAL);

		if (r < 0 && errno != EINTR)
			return -errno;
		done += r < 0 ? 0 : static_cast<size_t>(r);
	}
	return 0;
}

template <int type> int recv(channel *ch, void *buf, size_t n)
{
	/* the length that a bounded message has, even if it is longer than n */
	constexpr int flags = type == SOCK_STREAM ? MSG_WAITALL : MSG_TRUNC;
	size_t done = 0;

	while (done < n) {
		char *rest = static_cast<char *>(buf) + done;
		ssize_t r = ::recv(of(ch).fd[ch->side], rest, n - done, flags);

		if (r == 0)
			return -EPIPE;
		if (r < 0 && errno != EINTR)
			return -errno;
		if (r > 0 && type != SOCK_STREAM)
			return static_cast<size_t>(r) == n ? 0 : -EMSGSIZE;
		done += r < 0 ? 0 : static_cast<size_t>(r);
	}
	return 0;
}

template <int type>
constexpr channel_ops ops = {
	.send = send,
	.recv = recv<type>,
};

template <int type>
constexpr transport record(const char *name, const char *summary, shape kind, const transport *next)
{
	return {
		.abi = IPCBENCH_ABI,
		.name = name,
		.family = "sockets",
		.summary = summary,
		.typical_use = "learning the contract",
		.api = API_BSD,
		.reach = REACH_HOST,
		.shape = kind,
		.persistence = PERSIST_PROCESS,
		.waits = WAIT_BIT_BLOCK,
		.customary = WAIT_BIT_BLOCK,
		.duplex = true, /* one socket pair serves both directions */
		.state_size = sizeof(pair),
		.limits = limits<type>,
		.open = open<type>,
		.close = close,
		.ops = &ops<type>,
		.next = next,
	};
}

const transport bounded = record<SOCK_SEQPACKET>(
	"hello-bounded", "an example in C++: a pair of seqpacket sockets", SHAPE_MESSAGE, nullptr);

} // namespace

const transport ipcbench_transport = record<SOCK_STREAM>(
	"hello-stream", "an example in C++: a pair of stream sockets", SHAPE_STREAM, &bounded);
