/* SPDX-License-Identifier: MIT */
#include "hist/slots.h"

#include "text/memory.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum {
	WRAPPER_LEN = 8,  /* of the compressed form: cookie, length */
	HEADER_LEN = 40,  /* of the plain form */
	COUNT_LEN = 9,	  /* longest encoding of a count */
	RATIO_MAX = 1032, /* of what zlib can compress */
};

/* The widest histogram there is, none of whose counts is short. */
#define PLAIN_MAX ((uLongf)80 << 20)

/* The second lowest hexadecimal digit of a cookie is the size of a word, or this. */
#define COOKIE_WORD UINT32_C(0xf0)
#define COOKIE_V2   UINT32_C(0x10)

static const struct cookie {
	uint32_t base;
	const char *name;
} cookies[] = {
	{0x1c849303, "V2"}, /* the two that are read come first */
	{0x1c849304, "V2 compressed"},
	{0x1c849301, "V1"},
	{0x1c849302, "V1 compressed"},
	{0x1c849308, "V0"},
	{0x1c849309, "V0 compressed"},
	{0x0c72124e, "a DoubleHistogram"},
	{0x0c72124f, "a compressed DoubleHistogram"},
};

enum { KIND_PLAIN, KIND_COMPRESSED, KIND_OTHER };

/* ---- base 64 --------------------------------------------------------------------------------- */

enum { NO_DIGIT = 64 };

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_encode(char *out, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i += 3) {
		size_t n = len - i < 3 ? len - i : 3;
		uint32_t group = (uint32_t)bytes[i] << 16;

		if (n > 1)
			group |= (uint32_t)bytes[i + 1] << 8;
		if (n > 2)
			group |= bytes[i + 2];
		*out++ = digits[group >> 18];
		*out++ = digits[group >> 12 & 63];
		*out++ = n > 1 ? digits[group >> 6 & 63] : '=';
		*out++ = n > 2 ? digits[group & 63] : '=';
	}
	*out = '\0';
}

static uint32_t digit_of(char c)
{
	const char *at = c == '\0' ? NULL : strchr(digits, c);

	return at == NULL ? NO_DIGIT : (uint32_t)(at - digits);
}

ptrdiff_t base64_decode(uint8_t *out, const char *text, size_t len)
{
	uint8_t *to = out;
	size_t padding = 0;

	if (len % 4 != 0)
		return -1;
	while (len > 0 && padding < 2 && text[len - 1 - padding] == '=')
		padding++;
	for (size_t i = 0; i < len; i += 4) {
		size_t pad = i + 4 == len ? padding : 0;
		uint32_t group = 0;

		for (size_t k = 0; k < 4; k++) {
			uint32_t digit = k < 4 - pad ? digit_of(text[i + k]) : 0;

			if (digit == NO_DIGIT)
				return -1;
			group = group << 6 | digit;
		}
		if ((group & ((1u << 8 * pad) - 1)) != 0)
			return -1;
		for (size_t k = 0; k < 3 - pad; k++)
			*to++ = (uint8_t)(group >> (16 - 8 * k));
	}
	return to - out;
}

/* ---- numbers --------------------------------------------------------------------------------- */

static void put_big(uint8_t *at, uint64_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		at[i] = (uint8_t)(value >> 8 * (bytes - 1 - i));
}

static uint64_t get_big(const uint8_t *at, size_t bytes)
{
	uint64_t value = 0;

	for (size_t i = 0; i < bytes; i++)
		value = value << 8 | at[i];
	return value;
}

/* Seven bits a byte, lowest first; a ninth byte takes the eight that are left. */
static size_t put_count(uint8_t *at, int64_t value)
{
	uint64_t zigzag = (uint64_t)value << 1 ^ (value < 0 ? UINT64_MAX : 0);
	size_t n = 0;

	while (zigzag > 0x7f && n < COUNT_LEN - 1) {
		at[n++] = (uint8_t)(zigzag | 0x80);
		zigzag >>= 7;
	}
	at[n++] = (uint8_t)zigzag;
	return n;
}

/* Returns the bytes read, 0 if the number is cut off. */
static size_t get_count(const uint8_t *at, size_t len, int64_t *value)
{
	uint64_t zigzag = 0;

	for (size_t i = 0; i < len && i < COUNT_LEN; i++) {
		bool last = i == COUNT_LEN - 1;

		zigzag |= (uint64_t)(last ? at[i] : at[i] & 0x7f) << 7 * i;
		if (last || at[i] < 0x80) {
			*value = (int64_t)(zigzag >> 1 ^ (zigzag & 1 ? UINT64_MAX : 0));
			return i + 1;
		}
	}
	return 0;
}

/* ---- writing --------------------------------------------------------------------------------- */

/* The counts from slot 0 to the last that holds something. Returns their length. */
static size_t put_counts(uint8_t *at, const struct hlog_histogram *h)
{
	uint32_t next = 0;
	size_t n = 0;

	if (h->used == 0)
		return put_count(at, 0);
	for (size_t i = 0; i < h->used; i++) {
		int64_t empty = (int64_t)h->slot[i].index - next;

		if (empty != 0)
			n += put_count(at + n, empty == 1 ? 0 : -empty);
		n += put_count(at + n, (int64_t)h->slot[i].count);
		next = h->slot[i].index + 1;
	}
	return n;
}

static size_t put_plain(uint8_t *at, const struct hlog_histogram *h)
{
	size_t len = put_counts(at + HEADER_LEN, h);
	uint64_t ratio;

	memcpy(&ratio, &h->shape.ratio, sizeof(ratio));
	put_big(at, cookies[KIND_PLAIN].base | COOKIE_V2, 4);
	put_big(at + 4, len, 4);
	put_big(at + 8, 0, 4);
	put_big(at + 12, h->shape.digits, 4);
	put_big(at + 16, h->shape.lowest, 8);
	put_big(at + 24, h->shape.highest, 8);
	put_big(at + 32, ratio, 8);
	return HEADER_LEN + len;
}

char *hlog_encode(const struct hlog_histogram *h)
{
	size_t room = HEADER_LEN + 2 * COUNT_LEN * (h->used + 1);
	uLongf len = compressBound(room);
	uint8_t *plain = malloc(room), *packed = malloc(WRAPPER_LEN + len);
	char *text = NULL;

	if (plain == NULL || packed == NULL)
		goto out;
	if (compress(packed + WRAPPER_LEN, &len, plain, put_plain(plain, h)) != Z_OK)
		goto out;
	put_big(packed, cookies[KIND_COMPRESSED].base | COOKIE_V2, 4);
	put_big(packed + 4, len, 4);
	text = malloc(BASE64_LENGTH(WRAPPER_LEN + len) + 1);
	if (text != NULL)
		base64_encode(text, packed, WRAPPER_LEN + len);
out:
	free(plain);
	free(packed);
	return text;
}

/* ---- reading --------------------------------------------------------------------------------- */

static int refuse(struct reason *why, const char *what)
{
	return reason_set(why, EINVAL, "the histogram is damaged: %s", what);
}

static size_t kind_of(uint32_t cookie)
{
	size_t kind = 0;

	while (kind < ARRAY_SIZE(cookies) && cookies[kind].base != cookie &&
		cookies[kind].base != (cookie & ~COOKIE_WORD))
		kind++;
	return kind;
}

/* 0 if the cookie is of the kind that is due. */
static int check_cookie(const uint8_t *bytes, size_t due, struct reason *why)
{
	uint32_t cookie = (uint32_t)get_big(bytes, 4);
	size_t kind = kind_of(cookie);

	if (kind == due)
		return 0;
	if (kind >= KIND_OTHER && kind < ARRAY_SIZE(cookies))
		return reason_set(why, EINVAL,
			"the histogram is %s (cookie 0x%08x); only V2 is read: write the log again with a newer HdrHistogram",
			cookies[kind].name, cookie);
	return reason_set(
		why, EINVAL, "the histogram begins with 0x%08x, which is not a V2 cookie", cookie);
}

static int get_shape(struct hlog_shape *shape, const uint8_t *header, struct reason *why)
{
	uint64_t ratio = get_big(header + 32, 8);
	struct reason what = {""};

	*shape = (struct hlog_shape){
		.digits = (unsigned int)get_big(header + 12, 4),
		.lowest = get_big(header + 16, 8),
		.highest = get_big(header + 24, 8),
	};
	memcpy(&shape->ratio, &ratio, sizeof(ratio));
	if (!(shape->ratio > 0) || isinf(shape->ratio))
		return refuse(why, "its conversion ratio is not a positive number");
	if (hlog_shape_set(shape, &what) < 0)
		return refuse(why, what.text);
	return 0;
}

static int get_counts(struct hlog_histogram *h, const uint8_t *at, size_t len, struct reason *why)
{
	uint64_t index = 0;
	int64_t count;
	int r = 0;

	while (len > 0 && r == 0) {
		size_t n = get_count(at, len, &count);

		if (n == 0)
			return refuse(why, "a count is cut off");
		at += n;
		len -= n;
		/* the negative of the lowest number does not exist, and no run is that long */
		uint64_t step = count < 0 ? -(uint64_t)count : 1;

		if (step > h->shape.slots - index)
			return refuse(why, "it has more counts than its range has slots");
		if (count > 0)
			r = hlog_append(h, (uint32_t)index, (uint64_t)count);
		index += step;
	}
	return r == -EOVERFLOW ? refuse(why, "its counts add up to more than 2^63 - 1") : r;
}

static int decode_plain(
	struct hlog_histogram *out, const uint8_t *bytes, size_t len, struct reason *why)
{
	struct hlog_shape shape;
	int r = len < HEADER_LEN ? refuse(why, "it ends within its header") : 0;

	if (r == 0)
		r = check_cookie(bytes, KIND_PLAIN, why);
	if (r == 0)
		r = get_shape(&shape, bytes, why);
	if (r == 0 && get_big(bytes + 4, 4) > (uint64_t)shape.slots * COUNT_LEN)
		r = refuse(why, "its counts are longer than all slots of its range need");
	if (r == 0 && get_big(bytes + 4, 4) != len - HEADER_LEN)
		r = refuse(why, "its counts are not as long as its header says");
	if (r < 0)
		return r;
	*out = (struct hlog_histogram){.shape = shape};
	r = get_counts(out, bytes + HEADER_LEN, len - HEADER_LEN, why);
	if (r < 0)
		hlog_free(out);
	return r;
}

/* Puts the plain form in the place of the compressed one. */
static int unpack(uint8_t **bytes, size_t *len, struct reason *why)
{
	uLong packed = (uLong)(*len - WRAPPER_LEN), used = packed;
	uLongf room = packed < PLAIN_MAX / RATIO_MAX ? packed * RATIO_MAX : PLAIN_MAX;
	int r = check_cookie(*bytes, KIND_COMPRESSED, why);

	if (r == 0 && get_big(*bytes + 4, 4) != packed)
		r = refuse(why, "its compressed bytes are not as long as it says");
	if (r < 0)
		return r;
	uint8_t *plain = need_more(NULL, room, 1);
	int status = uncompress2(plain, &room, *bytes + WRAPPER_LEN, &used);

	free(*bytes);
	*bytes = plain;
	*len = room;
	if (status == Z_MEM_ERROR)
		needed(NULL);
	if (status != Z_OK)
		return refuse(why, "its compressed bytes are broken or cut off");
	return used == packed ? 0 : refuse(why, "something follows its compressed bytes");
}

int hlog_decode(struct hlog_histogram *out, const char *text, size_t text_len, struct reason *why)
{
	uint8_t *bytes = need_array(BASE64_BYTES(text_len), 1);
	ptrdiff_t got = base64_decode(bytes, text, text_len);
	size_t len = (size_t)got;
	int r = 0;

	*out = (struct hlog_histogram){.used = 0};
	if (got < WRAPPER_LEN)
		r = refuse(why, got < 0 ? "it is not base 64" : "it ends within its header");
	else if (kind_of((uint32_t)get_big(bytes, 4)) != KIND_PLAIN)
		r = unpack(&bytes, &len, why);
	if (r == 0)
		r = decode_plain(out, bytes, len, why);
	free(bytes);
	return r;
}
