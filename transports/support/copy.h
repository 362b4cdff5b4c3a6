/* SPDX-License-Identifier: MIT */
/* Moving the bytes of a message into and out of shared memory. */
#ifndef SUPPORT_COPY_H
#define SUPPORT_COPY_H

#include <ipcbench/base.h>
#include <string.h>

/* Longer copies are left to the C library, whose call costs more than it saves below. */
#define COPY_INLINE_MAX 512

/*
 * Units of a copy, at any address. They are of another type than the fields of struct ring_end, so
 * the compiler may keep those in registers from one message to the next; characters could be a
 * part of them. Whoever else touches a message does so by characters, so nothing is assumed that
 * is not so.
 */
typedef unsigned long long copy16 __attribute__((vector_size(16), aligned(1)));
typedef unsigned long long copy8 __attribute__((aligned(1)));
typedef unsigned int copy4 __attribute__((aligned(1)));
typedef unsigned short copy2 __attribute__((aligned(1)));

#define COPY_UNIT(type, to, from) (*(type *)(void *)(to) = *(const type *)(const void *)(from))

/* Whether the processor, and the kernel for it, has registers that hold a cache line (AVX-512). */
static inline bool copy_has_wide(void)
{
#if defined(__x86_64__)
	return __builtin_cpu_supports("avx512f") != 0;
#else
	return false;
#endif
}

/*
 * One cache line. What bounds a stream of single lines is the queue of stores that wait for theirs,
 * in which a line takes one place or four. The register is one that the compiler does not use here
 * and that leaves no other in a state in which narrow instructions are slow.
 */
static ALWAYS_INLINE void copy_line(
	unsigned char *restrict to, const unsigned char *restrict from, bool wide)
{
#if defined(__x86_64__)
	typedef unsigned long long line __attribute__((vector_size(64), aligned(1)));

	if (likely(wide)) {
		__asm__ volatile("vmovdqu64 %1, %%zmm31\n\t"
				 "vmovdqu64 %%zmm31, %0"
				 : "=m"(*(line *)(void *)to)
				 : "m"(*(const line *)(const void *)from));
		return;
	}
#else
	(void)wide;
#endif
	COPY_UNIT(copy16, to, from);
	COPY_UNIT(copy16, to + 16, from + 16);
	COPY_UNIT(copy16, to + 32, from + 32);
	COPY_UNIT(copy16, to + 48, from + 48);
}

/* `wide` is copy_has_wide(), asked once. */
static ALWAYS_INLINE void copy_bytes(
	void *restrict to, const void *restrict from, size_t n, bool wide)
{
	unsigned char *d = to;
	const unsigned char *s = from, *whole_lines = s + (n & ~(size_t)63);

	if (likely(n == 64)) {
		copy_line(d, s, wide);
		return;
	}
	if (unlikely(n > COPY_INLINE_MAX)) {
		memcpy(d, s, n);
		return;
	}
	for (; s != whole_lines; s += 64, d += 64)
		copy_line(d, s, false); /* longer messages gain nothing from wide ones */
	if (n & 32) {
		COPY_UNIT(copy16, d, s);
		COPY_UNIT(copy16, d + 16, s + 16);
		d += 32, s += 32;
	}
	if (n & 16) {
		COPY_UNIT(copy16, d, s);
		d += 16, s += 16;
	}
	if (n & 8) {
		COPY_UNIT(copy8, d, s);
		d += 8, s += 8;
	}
	if ((n & 7) == 0)
		return;
	if (n & 4) {
		COPY_UNIT(copy4, d, s);
		d += 4, s += 4;
	}
	if (n & 2) {
		COPY_UNIT(copy2, d, s);
		d += 2, s += 2;
	}
	if (n & 1)
		*d = *s;
}

/*
 * The line that a writer comes to next is still in the reader's cache. Asking for it early hides a
 * part of the time that it takes to get it back; past the end of the ring it does nothing.
 */
#define PREFETCH_AHEAD 2048

static ALWAYS_INLINE void prefetch_to_write(const unsigned char *p)
{
#if defined(__x86_64__)
	/* the compiler takes a plain prefetch unless it is told that the processor has this one */
	__asm__ volatile("prefetchw %0" ::"m"(*p));
#else
	__builtin_prefetch(p, 1);
#endif
}

#endif
