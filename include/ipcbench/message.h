/* SPDX-License-Identifier: MIT */
/*
 * What the bytes of a message are: its number, the mark of the last one, and what is written and
 * summed in place.
 *
 * A message of n >= 8 bytes begins with a 64-bit word: number | END << 63. Shorter messages carry
 * the low bits of the number and END in the topmost bit of their last byte.
 *
 * Of several senders on one channel each begins with the number index << MSG_SENDER_SHIFT, so a
 * word is END in the topmost bit, 15 bits of sender and 48 of sequence.
 */
#ifndef IPCBENCH_MESSAGE_H
#define IPCBENCH_MESSAGE_H

#include <ipcbench/base.h>
#include <string.h>

#define MSG_END_FLAG	 (UINT64_C(1) << 63)
#define MSG_SEQ_MASK	 (~MSG_END_FLAG)
#define MSG_SENDER_SHIFT 48

/* Writes the number of a message, and whether it is the last. The other bytes are left alone. */
static ALWAYS_INLINE void msg_stamp(unsigned char *buf, size_t n, uint64_t seq, bool end)
{
	uint64_t word = seq | (end ? MSG_END_FLAG : 0);

	if (likely(n >= 8)) {
		memcpy(buf, &word, 8);
		return;
	}
	for (size_t i = 0; i < n; i++)
		buf[i] = (unsigned char)(seq >> (8 * i));
	if (n != 0)
		buf[n - 1] = (unsigned char)((buf[n - 1] & 0x7f) | (end ? 0x80 : 0));
}

/* The bits of a number that a message of n bytes carries. */
static ALWAYS_INLINE uint64_t msg_seq_mask(size_t n)
{
	return n >= 8 ? MSG_SEQ_MASK : (UINT64_C(1) << (8 * n - (n != 0))) - 1;
}

/* What msg_stamp() wrote, as far as n bytes carry it: number | END << 63. */
static ALWAYS_INLINE uint64_t msg_word(const unsigned char *buf, size_t n)
{
	uint64_t word = 0;

	if (likely(n >= 8)) {
		memcpy(&word, buf, 8);
		return word;
	}
	for (size_t i = 0; i < n; i++)
		word |= (uint64_t)buf[i] << (8 * i);
	if (n != 0 && (buf[n - 1] & 0x80) != 0)
		word = (word & msg_seq_mask(n)) | MSG_END_FLAG;
	return word;
}

/* ---- bytes in place: every byte written, every byte read ------------------------------------- */

static ALWAYS_INLINE uint64_t inplace_value(uint64_t seq)
{
	return (seq + 1) * UINT64_C(0x9e3779b97f4a7c15);
}

/* Writes the number, then one value derived from it over all other bytes. */
static ALWAYS_INLINE void inplace_write(unsigned char *p, size_t n, uint64_t seq, bool end)
{
	uint64_t value = inplace_value(seq);
	size_t words = n / 8;

	msg_stamp(p, n, seq, end);
	for (size_t i = 1; i < words; i++)
		memcpy(p + 8 * i, &value, 8);
	if (n > 8)
		for (size_t i = words * 8; i < n; i++)
			p[i] = (unsigned char)value;
}

/* The sum of everything after the number. */
static ALWAYS_INLINE uint64_t inplace_sum(const unsigned char *p, size_t n)
{
	uint64_t sum = 0;
	size_t words = n / 8;

	for (size_t i = 1; i < words; i++) {
		uint64_t word;

		memcpy(&word, p + 8 * i, 8);
		sum += word;
	}
	if (n > 8)
		for (size_t i = words * 8; i < n; i++)
			sum += p[i];
	return sum;
}

static ALWAYS_INLINE uint64_t inplace_expected(size_t n, uint64_t seq)
{
	uint64_t value = inplace_value(seq);

	if (n <= 8)
		return 0;
	return value * (n / 8 - 1) + (value & 0xff) * (n % 8);
}

#endif
