/* SPDX-License-Identifier: MIT */
/*
 * The claims. Both sides wait in the kernel (--wait block), as textbook programs do. Where a claim
 * is about the memory rather than about how a side is woken, both sides are given the same way to
 * sleep.
 */
#include "claims/claim-list.h"

#define BOTH   "same-cpu,cross-cpu"
#define CURVES "cross-cpu,same-cpu"

/* What carries bytes and is not memory that both sides see; datagrams and queues stand for theirs.
 */
#define NOT_MEMORY "pipe fifo unix-stream tcp udp sysv-mq posix-mq file"

const struct claim claim_table[] = {
	{.name = "shared-memory-fastest",
		.sentence = "Shared memory is the fastest: nothing is copied between user space "
			    "and kernel",
		.comparisons = {{.first = "shm",
			.second = NOT_MEMORY,
			.modes = "throughput",
			.sizes = "64,1M",
			.placements = BOTH}}},
	{.name = "pipes-and-unix-next",
		.sentence = "Pipes and Unix sockets come next; network sockets and message queues "
			    "are slower",
		.comparisons = {{.first = "pipe unix-stream",
			.second = "tcp sysv-mq posix-mq",
			.modes = "latency",
			.sizes = "64",
			.placements = BOTH}}},
	{.name = "fifo-slower-than-pipe",
		.sentence = "A FIFO is slightly slower than an anonymous pipe",
		.comparisons = {{.first = "pipe",
			.second = "fifo",
			.modes = "latency,throughput",
			.sizes = "64",
			.placements = BOTH}}},
	{.name = "unix-beats-tcp",
		.sentence = "Unix sockets beat TCP on one host: no headers, checksums or "
			    "acknowledgements",
		.comparisons = {{.first = "unix-stream",
					.second = "tcp",
					.modes = "latency",
					.sizes = "64",
					.placements = BOTH},
			{.first = "unix-stream",
				.second = "tcp",
				.modes = "throughput",
				.sizes = "64K",
				.placements = BOTH}}},
	{.name = "mq-beats-pipe-at-1M",
		.sentence = "A message queue moves 1 MB faster than a pipe",
		.comparisons = {{.first = "sysv-mq posix-mq",
			.second = "pipe",
			.modes = "throughput",
			.placements = BOTH}}},
	{.name = "pipe-beats-socket-at-1M",
		.sentence = "A pipe moves 1 MB faster than a socket",
		.comparisons = {{.first = "pipe",
			.second = "unix-stream tcp",
			.modes = "throughput",
			.sizes = CLAIM_LARGEST,
			.placements = BOTH}}},
	{.name = "posix-beats-sysv",
		.sentence = "POSIX IPC usually performs better than System V IPC",
		.needs = CLAIM_MOST,
		.comparisons = {{.first = "posix-mq",
					.second = "sysv-mq",
					.modes = "latency",
					.sizes = "64",
					.placements = BOTH},
			{.first = "posix-shm",
				.second = "sysv-shm",
				.modes = "latency",
				.sizes = "64",
				.placements = BOTH},
			{.first = "posix-sem",
				.second = "sysv-sem",
				.modes = "latency",
				.sizes = "64",
				.placements = BOTH}}},
	{.name = "signals-fast-but-empty",
		.sentence = "Signals are extremely fast but carry (almost) nothing",
		.empty = "signal",
		.comparisons = {{.first = "signal",
			.second = "pipe",
			.modes = "latency",
			.sizes = "64",
			.placements = BOTH}}},
	{.name = "semaphores-fast-but-empty",
		.sentence = "Semaphores are extremely fast but carry nothing",
		.empty = "posix-sem sysv-sem",
		.comparisons = {{.first = "posix-sem sysv-sem",
			.second = "pipe",
			.modes = "latency",
			.sizes = "64",
			.placements = BOTH}}},
	{.name = "files-slowest",
		.sentence = "Files are by far the slowest",
		.comparisons = {{.second = "file",
			.modes = "latency",
			.sizes = "64",
			.placements = "same-cpu"}}},
	{.name = "pipes-small-shm-large",
		.sentence = "Pipes suit data under 64 KB; above 1 MB choose shared memory",
		.curve = true,
		.comparisons = {{.first = "pipe",
					.second = "shm",
					.modes = "latency,throughput",
					.sizes = "64,1K,4K,16K",
					.placements = CURVES},
			{.first = "pipe",
				.second = "shm",
				.modes = "latency,throughput",
				.sizes = "64K,256K",
				.placements = CURVES,
				.shown = true},
			{.first = "shm",
				.second = "pipe",
				.modes = "throughput",
				.sizes = "1M,4M",
				.placements = CURVES}}},
	{.name = "mapped-file-is-memory",
		.sentence = "A memory-mapped file behaves like memory rather than like a file",
		.comparisons = {{.kind = CLAIM_SAME,
			.first = "mmap",
			.second = "shm:waiter=condvar",
			.modes = "throughput",
			.sizes = "64,1M",
			.placements = "cross-cpu"}}},
	{.name = NULL},
};

size_t claim_count(void)
{
	size_t n = 0;

	while (claim_table[n].name != NULL)
		n++;
	return n;
}
