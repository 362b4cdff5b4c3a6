/* SPDX-License-Identifier: MIT */
#include "hist/encoding.h"

#include "hist/base64.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum {
	WRAPPER_LEN = 8, /* of the compressed form: cookie, length */
	HEADER_LEN = 40, /* of the plain form */
	COUNT_LEN = 9,	 /* longest encoding of a count */
};

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
		why, EINVAL, "the histogram begins with 0x%08x, which is no V2 cookie", cookie);
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

/* The length of the counts as the header has it, if that can be. */
static int check_length(const struct hlog_shape *shape, uint64_t len, struct reason *why)
{
	if (len > (uint64_t)shape->slots * COUNT_LEN)
		return refuse(why, "its counts are longer than all slots of its range need");
	return 0;
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
	if (r == 0)
		r = check_length(&shape, get_big(bytes + 4, 4), why);
	if (r == 0 && get_big(bytes + 4, 4) != len - HEADER_LEN)
		r = refuse(why, "its counts are not as long as its header says");
	if (r < 0)
		return r;
	hlog_init(out, &shape);
	r = get_counts(out, bytes + HEADER_LEN, len - HEADER_LEN, why);
	if (r < 0)
		hlog_free(out);
	return r;
}

/* Fills `room` bytes; fewer than that are an error. `last`: the stream has to end there. */
static int inflate_part(z_stream *z, uint8_t *to, size_t room, bool last, struct reason *why)
{
	uint8_t beyond;
	int r;

	z->next_out = to;
	z->avail_out = (uInt)room;
	r = room == 0 ? Z_OK : inflate(z, Z_SYNC_FLUSH);
	if (r == Z_MEM_ERROR)
		return -ENOMEM;
	if ((r != Z_OK && r != Z_STREAM_END) || z->avail_out != 0)
		return refuse(why, "its compressed bytes are broken or cut off");
	if (!last)
		return 0;
	/* the checksum is read by asking for one byte more, which must not come */
	if (r != Z_STREAM_END) {
		z->next_out = &beyond;
		z->avail_out = 1;
		r = inflate(z, Z_FINISH);
		if (r != Z_STREAM_END || z->avail_out == 0)
			return refuse(
				why, "its compressed bytes are not as long as its header says");
	}
	return z->avail_in == 0 ? 0 : refuse(why, "something follows its compressed bytes");
}

/* The header first: it says how much may follow, however well that was compressed. */
static int decode_stream(struct hlog_histogram *out, z_stream *z, struct reason *why)
{
	uint8_t header[HEADER_LEN], *plain;
	struct hlog_shape shape;
	int r = inflate_part(z, header, HEADER_LEN, false, why);

	if (r == 0)
		r = check_cookie(header, KIND_PLAIN, why);
	if (r == 0)
		r = get_shape(&shape, header, why);
	if (r == 0)
		r = check_length(&shape, get_big(header + 4, 4), why);
	if (r < 0)
		return r;
	size_t len = (size_t)get_big(header + 4, 4);

	plain = malloc(HEADER_LEN + len);
	if (plain == NULL)
		return -ENOMEM;
	memcpy(plain, header, HEADER_LEN);
	r = inflate_part(z, plain + HEADER_LEN, len, true, why);
	if (r == 0)
		r = decode_plain(out, plain, HEADER_LEN + len, why);
	free(plain);
	return r;
}

static int decode_compressed(
	struct hlog_histogram *out, uint8_t *bytes, size_t len, struct reason *why)
{
	z_stream z = {.next_in = bytes + WRAPPER_LEN, .avail_in = (uInt)(len - WRAPPER_LEN)};

	if (get_big(bytes + 4, 4) != len - WRAPPER_LEN)
		return refuse(why, "its compressed bytes are not as long as it says");
	if (inflateInit(&z) != Z_OK)
		return -ENOMEM;
	int r = decode_stream(out, &z, why);

	inflateEnd(&z);
	return r;
}

int hlog_decode(struct hlog_histogram *out, const char *text, size_t len, struct reason *why)
{
	uint8_t *bytes = malloc(BASE64_BYTES(len) + 1);
	int r;

	*out = (struct hlog_histogram){.used = 0};
	if (bytes == NULL)
		return -ENOMEM;
	ptrdiff_t got = base64_decode(bytes, text, len);

	if (got < 0)
		r = refuse(why, "it is not base 64");
	else if (got < WRAPPER_LEN)
		r = refuse(why, "it ends within its header");
	else if (kind_of((uint32_t)get_big(bytes, 4)) == KIND_PLAIN)
		r = decode_plain(out, bytes, (size_t)got, why);
	else {
		r = check_cookie(bytes, KIND_COMPRESSED, why);
		if (r == 0)
			r = decode_compressed(out, bytes, (size_t)got, why);
	}
	free(bytes);
	return r;
}
