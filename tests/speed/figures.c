/* SPDX-License-Identifier: MIT */
/* What is compared, and what is asked of it. */
#include "compare.h"

#define TRIP(t, b, bytes, at_most, ...)                                                            \
	{                                                                                          \
		.name = "round trip " t ", " bytes " B, same CPU", .transport = t, .size = bytes,  \
		.bare = &bare_##b, .same_cpu = true, .target = at_most, __VA_ARGS__                \
	}
#define SPIN(bytes, b, at_most)                                                                    \
	{                                                                                          \
		.name = "round trip shm, " bytes " B, spin", .transport = "shm", .size = bytes,    \
		.bare = &bare_##b, .target = at_most,                                              \
	}
#define RATE(t, bytes, b, where, on_one_cpu, at_least, ...)                                        \
	{                                                                                          \
		.name = "throughput " t ", " bytes " B, " where, .transport = t, .size = bytes,    \
		.bare = &bare_##b, .same_cpu = on_one_cpu, .rate = true, .target = at_least,       \
		__VA_ARGS__                                                                        \
	}

const struct figure figures[] = {
	TRIP("pipe", pipe, "64", 1.02, .by_mean = true),
	TRIP("fifo", fifo, "64", 1.02, .by_mean = true),
	TRIP("unix-stream", unix_stream, "64", 1.03),
	TRIP("eventfd", eventfd, "0", 1.03),
	TRIP("futex", futex, "0", 1.03),
	TRIP("sysv-mq", sysv_mq, "64", 1.03),
	TRIP("posix-mq", posix_mq, "64", 1.03),
	TRIP("tcp", tcp, "64", 1.05),
	TRIP("udp", udp, "64", 1.05),
	SPIN("8", line_8, 1.15),
	SPIN("48", line_48, 1.15),
	SPIN("4096", copy_exchange, 1.00),
	SPIN("1048576", copy_exchange, 1.00),
	RATE("shm", "64", ring_64, "spin", false, 0.95),
	RATE("shm", "64", ring_64_batched, "spin, batch 256", false, 0.95, .batch = "256"),
	RATE("shm", "1048576", ring_chunked, "spin", false, 0.95),
	RATE("pipe", "65536", pipe_stream, "same CPU", true, 0.97),
	RATE("unix-stream", "65536", unix_stream_stream, "same CPU", true, 0.97),
};

const unsigned int figure_count = sizeof(figures) / sizeof(figures[0]);
