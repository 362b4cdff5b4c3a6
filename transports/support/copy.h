/* SPDX-License-Identifier: MIT */
/* Moving the bytes of a message into and out of shared memory. */
#ifndef SUPPORT_COPY_H
#define SUPPORT_COPY_H

#include <ipcbench/base.h>
#include <string.h>
#if defined(__x86_64__)
#include <emmintrin.h>
#endif

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

/* Whether processor and kernel have registers that hold a cache line (AVX-512VL). */
static inline bool copy_has_wide(void)
{
#if defined(__x86_64__)
	return __builtin_cpu_supports("avx512vl") != 0;
#else
	return false;
#endif
}

/*
 * One cache line, and half of one. What bounds a stream of short messages is the queue of stores
 * that wait for their lines, in which a line takes one place or four. The register is one that the
 * compiler does not use here and that leaves no other in a state in which narrow instructions are
 * slow.
 */
#define COPY_WIDE(bytes, reg, to, from)                                                            \
	do {                                                                                       \
		typedef unsigned long long unit __attribute__((vector_size(bytes), aligned(1)));   \
		__asm__ volatile("vmovdqu64 %1, %%" reg "\n\t"                                     \
				 "vmovdqu64 %%" reg ", %0"                                         \
				 : "=m"(*(unit *)(void *)(to))                                     \
				 : "m"(*(const unit *)(const void *)(from)));                      \
	} while (0)

static ALWAYS_INLINE void copy_half(
	unsigned char *restrict to, const unsigned char *restrict from, bool wide)
{
#if defined(__x86_64__)
	if (likely(wide)) {
		COPY_WIDE(32, "ymm31", to, from);
		return;
	}
#else
	(void)wide;
#endif
	COPY_UNIT(copy16, to, from);
	COPY_UNIT(copy16, to + 16, from + 16);
}

static ALWAYS_INLINE void copy_line(
	unsigned char *restrict to, const unsigned char *restrict from, bool wide)
{
#if defined(__x86_64__)
	if (likely(wide)) {
		COPY_WIDE(64, "zmm31", to, from);
		return;
	}
#endif
	copy_half(to, from, wide);
	copy_half(to + 32, from + 32, wide);
}

/*
 * The last 1 to 64 bytes of a longer copy, before `to` and `from`, in as few stores as there can
 * be: they may write a part of what lies before once more.
 */
static ALWAYS_INLINE void copy_end(
	unsigned char *restrict to, const unsigned char *restrict from, size_t n, bool wide)
{
	if (n <= 8)
		COPY_UNIT(copy8, to - 8, from - 8);
	else if (n <= 16)
		COPY_UNIT(copy16, to - 16, from - 16);
	else if (n <= 32)
		copy_half(to - 32, from - 32, wide);
	else
		copy_line(to - 64, from - 64, wide);
}

/* Less than a line, in pieces that touch nothing else. */
static ALWAYS_INLINE void copy_short(unsigned char *d, const unsigned char *s, size_t n)
{
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

/* More than two lines. */
static ALWAYS_INLINE void copy_long(
	unsigned char *restrict d, const unsigned char *restrict s, size_t n, bool wide)
{
	const unsigned char *end = s + n;

	if (unlikely(n > COPY_INLINE_MAX)) {
		memcpy(d, s, n);
		return;
	}
	do {
		copy_line(d, s, wide);
		s += 64, d += 64;
	} while (end - s > 64);
	copy_end(d + (end - s), end, (size_t)(end - s), wide);
}

/* `wide` is copy_has_wide(), asked once. */
static ALWAYS_INLINE void copy_bytes(
	void *restrict to, const void *restrict from, size_t n, bool wide)
{
	unsigned char *d = to;
	const unsigned char *s = from;

	if (unlikely(n < 64)) {
		copy_short(d, s, n);
	} else if (unlikely(n > 128)) {
		copy_long(d, s, n, wide);
	} else {
		copy_line(d, s, wide);
		if (n != 64)
			copy_end(d + n, s + n, n - 64, wide);
	}
}

/*
 * Into memory that no cache holds: a line need not be read before it is written, nor does it drive
 * out what the caches do hold.
 */
static inline void copy_past_caches(
	unsigned char *restrict to, const unsigned char *restrict from, size_t n)
{
#if defined(__x86_64__)
	bool aligned = (uintptr_t)to % sizeof(__m128i) == 0;

	for (; aligned && n >= CACHE_LINE; n -= CACHE_LINE)
		for (size_t i = 0; i < CACHE_LINE; i += sizeof(__m128i), to += sizeof(__m128i)) {
			_mm_stream_si128((__m128i *)(void *)to,
				_mm_loadu_si128((const __m128i *)(const void *)from));
			from += sizeof(__m128i);
		}
	_mm_sfence();
#endif
	memcpy(to, from, n);
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
