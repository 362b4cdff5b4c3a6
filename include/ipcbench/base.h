/* SPDX-License-Identifier: MIT */
/*
 * Small things that every part of ipcbench shares: compiler hints, the reason that a mechanism
 * cannot run, and the processor's "I am spinning" instruction.
 */
#ifndef IPCBENCH_BASE_H
#define IPCBENCH_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ALWAYS_INLINE		      inline __attribute__((always_inline))
#define NOINLINE		      __attribute__((noinline))
#define COLD			      __attribute__((cold, noinline))
#define PRINTF_LIKE(f, a)	      __attribute__((format(printf, f, a)))
#define likely(x)		      __builtin_expect(!!(x), 1)
#define unlikely(x)		      __builtin_expect(!!(x), 0)
#define ARRAY_SIZE(a)		      (sizeof(a) / sizeof((a)[0]))
#define container_of(p, type, member) ((type *)(void *)((char *)(p)-offsetof(type, member)))

/* The unit in which caches of different cores take data from each other. */
#define CACHE_LINE 64

/*
 * Why something did not run or broke: one line that names the value, the limit and the remedy,
 * without a full stop or a newline at its end. It becomes the `reason` column of a skip or fail
 * row, so it is written for the person who reads the table.
 */
struct reason {
	char text[256];
};

/*
 * Writes a formatted line into `why` (NULL is accepted) and returns -err, so that a transport can
 * say `return reason_set(&ch->why, errno, "mq_open: %s", strerror(errno));`.
 * A line that does not fit is cut at the end of the buffer.
 */
#ifdef __cplusplus
extern "C" {
#endif
int reason_set(struct reason *why, int err, const char *fmt, ...) PRINTF_LIKE(3, 4);
#ifdef __cplusplus
}
#endif

/* The static analyser does not see into reason_set(): what it returns is a failure. */
#ifdef __clang_analyzer__
#define reason_set(...) ((void)reason_set(__VA_ARGS__), -1)
#endif

/* Tells the core that this is a spin-wait: it saves power and avoids the exit mis-speculation. */
static ALWAYS_INLINE void cpu_relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("isb" ::: "memory");
#else
	__asm__ volatile("" ::: "memory");
#endif
}

#endif
