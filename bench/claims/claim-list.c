/* SPDX-License-Identifier: MIT */
/*
 * The claims. Both sides wait in the kernel (--wait block), as textbook programs do. Where a claim
 * is about the memory rather than about how a side is woken, both sides are given the same way to
 * sleep.
 */
#include "claims/claims.h"

#define K 1024
#define M (K * K)

#define BOTH   "same-cpu", "cross-cpu"
#define CURVES "cross-cpu", "same-cpu"

/* What carries bytes and is not memory that both sides see; datagrams and queues stand for theirs.
 */
#define NOT_MEMORY "pipe", "fifo", "unix-stream", "tcp", "udp", "sysv-mq", "posix-mq", "file"

/* Of a comparison: kind, whether it counts, first, second, modes, sizes, placements. */
#define FASTER CLAIM_FASTER, true
#define SHOWN  CLAIM_FASTER, false

const struct claim claim_table[] = {
	{.name = "shared-memory-fastest",
		.sentence = "Shared memory is the fastest: nothing is copied between user space "
			    "and kernel",
		.comparisons = {{FASTER, {"shm"}, {NOT_MEMORY}, {"throughput"}, {64, M}, {BOTH}}}},
	{.name = "pipes-and-unix-next",
		.sentence = "Pipes and Unix sockets come next; network sockets and message queues "
			    "are slower",
		.comparisons = {{FASTER, {"pipe", "unix-stream"}, {"tcp", "sysv-mq", "posix-mq"},
			{"latency"}, {64}, {BOTH}}}},
	{.name = "fifo-slower-than-pipe",
		.sentence = "A FIFO is slightly slower than an anonymous pipe",
		.comparisons = {{FASTER, {"pipe"}, {"fifo"}, {"latency", "throughput"}, {64},
			{BOTH}}}},
	{.name = "unix-beats-tcp",
		.sentence = "Unix sockets beat TCP on one host: no headers, checksums or "
			    "acknowledgements",
		.comparisons = {{FASTER, {"unix-stream"}, {"tcp"}, {"latency"}, {64}, {BOTH}},
			{FASTER, {"unix-stream"}, {"tcp"}, {"throughput"}, {64 * K}, {BOTH}}}},
	{.name = "mq-beats-pipe-at-1M",
		.sentence = "A message queue moves 1 MB faster than a pipe",
		.comparisons = {{FASTER, {"sysv-mq", "posix-mq"}, {"pipe"}, {"throughput"}, {0},
			{BOTH}}}},
	{.name = "pipe-beats-socket-at-1M",
		.sentence = "A pipe moves 1 MB faster than a socket",
		.comparisons = {{FASTER, {"pipe"}, {"unix-stream", "tcp"}, {"throughput"}, {M},
			{BOTH}}}},
	{.name = "posix-beats-sysv",
		.sentence = "POSIX IPC usually performs better than System V IPC",
		.needs = CLAIM_MOST,
		.comparisons = {{FASTER, {"posix-mq"}, {"sysv-mq"}, {"latency"}, {64}, {BOTH}},
			{FASTER, {"posix-shm"}, {"sysv-shm"}, {"latency"}, {64}, {BOTH}},
			{FASTER, {"posix-sem"}, {"sysv-sem"}, {"latency"}, {64}, {BOTH}}}},
	{.name = "signals-fast-but-empty",
		.sentence = "Signals are extremely fast but carry (almost) nothing",
		.empty = {"signal"},
		.comparisons = {{FASTER, {"signal"}, {"pipe"}, {"latency"}, {64}, {BOTH}}}},
	{.name = "semaphores-fast-but-empty",
		.sentence = "Semaphores are extremely fast but carry nothing",
		.empty = {"posix-sem", "sysv-sem"},
		.comparisons = {{FASTER, {"posix-sem", "sysv-sem"}, {"pipe"}, {"latency"}, {64},
			{BOTH}}}},
	{.name = "files-slowest",
		.sentence = "Files are by far the slowest",
		.comparisons = {{FASTER, {NULL}, {"file"}, {"latency"}, {64}, {"same-cpu"}}}},
	{.name = "pipes-small-shm-large",
		.sentence = "Pipes suit data under 64 KB; above 1 MB choose shared memory",
		.curve = true,
		.comparisons = {{FASTER, {"pipe"}, {"shm"}, {"latency", "throughput"},
					{64, K, 4 * K, 16 * K}, {CURVES}},
			{SHOWN, {"pipe"}, {"shm"}, {"latency", "throughput"}, {64 * K, 256 * K},
				{CURVES}},
			{FASTER, {"shm"}, {"pipe"}, {"throughput"}, {M, 4 * M}, {CURVES}}}},
	{.name = "mapped-file-is-memory",
		.sentence = "A memory-mapped file behaves like memory rather than like a file",
		.comparisons = {{CLAIM_SAME, true, {"mmap"}, {"shm:waiter=condvar"}, {"throughput"},
			{64, M}, {"cross-cpu"}}}},
	{.name = NULL},
};

size_t claim_count(void)
{
	size_t n = 0;

	while (claim_table[n].name != NULL)
		n++;
	return n;
}
