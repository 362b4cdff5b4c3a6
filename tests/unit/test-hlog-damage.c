/* SPDX-License-Identifier: MIT */
/* Damaged, truncated and hostile histogram logs: refused in one line, in bounded memory. */
#include "hlog.h"

#include <zlib.h>

enum { MUTATIONS = 20000, LOG_MUTATIONS = 4000 };

/* Refused with -EINVAL and a line that says `part`. */
static void check_refused(const char *text, size_t len, const char *part)
{
	struct hlog_histogram h;
	struct reason why = {""};

	assert_int_equal(hlog_decode(&h, text, len, &why), -EINVAL);
	if (strstr(why.text, part) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", why.text, part);
}

/* ---- refusals -------------------------------------------------------------------------------- */

static void test_base64(void **state)
{
	(void)state;
	/* RFC 4648, section 10 */
	static const char *const pairs[][2] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="},
		{"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="},
		{"foobar", "Zm9vYmFy"}};
	static const char *const bad[] = {"Zg",
		"Zg=", "Z===", "====", "Zh==", "Zm9=", "Zg==Zg==", "Zm9v\n", "Zm 9", "Zm9_",
		"=Zm9"};
	char text[16];
	uint8_t bytes[16];

	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		size_t len = strlen(pairs[i][0]);

		base64_encode(text, (const uint8_t *)pairs[i][0], len);
		assert_string_equal(text, pairs[i][1]);
		assert_int_equal(base64_decode(bytes, text, strlen(text)), len);
		assert_memory_equal(bytes, pairs[i][0], len);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(base64_decode(bytes, bad[i], strlen(bad[i])), -1);
}

/* A text around a plain V2 histogram with this header and these counts, deflated or not. */
static char *craft(bool deflated, uint32_t cookie, uint32_t length, uint32_t digits,
	const uint8_t *counts, size_t len)
{
	uint64_t fields[] = {cookie, length, 0, digits};
	uLongf packed_len = compressBound(40 + len);
	static const uint8_t wrapper[] = {0x1c, 0x84, 0x93, 0x14};
	uint8_t *plain = calloc(1, 40 + len), *packed = calloc(1, 8 + packed_len);
	char *text = malloc(BASE64_LENGTH(8 + packed_len) + 1);

	for (size_t i = 0; i < 16; i++)
		plain[i] = (uint8_t)(fields[i / 4] >> 8 * (3 - i % 4));
	plain[23] = 1;
	plain[24] = 0x3f; /* the highest value: above 2^61 */
	plain[32] = 0x3f;
	plain[33] = 0xf0; /* 1.0 */
	if (len > 0)
		memcpy(plain + 40, counts, len);
	if (deflated) {
		assert_int_equal(compress(packed + 8, &packed_len, plain, 40 + len), Z_OK);
		memcpy(packed, wrapper, sizeof(wrapper));
		for (size_t i = 0; i < 4; i++)
			packed[4 + i] = (uint8_t)(packed_len >> 8 * (3 - i));
		base64_encode(text, packed, 8 + packed_len);
	} else {
		base64_encode(text, plain, 40 + len);
	}
	free(plain);
	free(packed);
	return text;
}

static void check_crafted(uint32_t cookie, uint32_t length, uint32_t digits, const uint8_t *counts,
	size_t len, const char *part)
{
	for (int deflated = 0; deflated < 2; deflated++) {
		char *text = craft(deflated, cookie, length, digits, counts, len);

		check_refused(text, strlen(text), part);
		free(text);
	}
}

static void test_refusals(void **state)
{
	(void)state;
	static const uint8_t run[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
	static const uint8_t cut[] = {0x80};
	/* twice 2^62 */
	static const uint8_t large[] = {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
		0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80};

	check_crafted(0x1c849301, 0, 3, NULL, 0, "is V1 (cookie 0x1c849301)");
	check_crafted(0x1c849388, 0, 3, NULL, 0, "is V0 (cookie 0x1c849388)");
	check_crafted(0x0c72124e, 0, 3, NULL, 0, "is a DoubleHistogram");
	check_refused("HISTAgAAAAA=", 12, "is V1 compressed (cookie 0x1c849302)");
	check_refused("HISTCQAAAAA=", 12, "is V0 compressed (cookie 0x1c849309)");
	check_refused("AAAAAAAAAAA=", 12, "is not a V2 cookie");
	check_refused("", 0, "it ends within its header");
	check_refused("HISTFA==", 8, "it ends within its header");
	check_refused("HISTEwAAAAA=", 12, "it ends within its header");
	check_refused("HISTFAAAAAA=", 12, "broken or cut off");
	check_refused("HISTFA", 6, "it is not base 64");
	check_crafted(0x1c849313, 0, 6, NULL, 0, "6 significant digits; 0 to 5 are possible");
	check_crafted(0x1c849313, UINT32_MAX, 3, NULL, 0, "longer than all slots");
	check_crafted(0x1c849313, 1, 3, cut, 1, "a count is cut off");
	check_crafted(0x1c849313, 9, 3, run, 9, "more counts than its range has slots");
	check_crafted(0x1c849313, 18, 3, large, 18, "add up to more than 2^63 - 1");
}

/* A few kilobytes that inflate to 64 MiB: refused from what the header allows. */
static void test_bomb(void **state)
{
	(void)state;
	enum { BOMB = 64 << 20 };
	uint8_t *zeros = calloc(1, BOMB);

	assert_non_null(zeros);
	char *text = craft(true, 0x1c849313, BOMB, 3, zeros, BOMB);

	check_refused(text, strlen(text), "longer than all slots");
	free(text);
	/* the header is modest, what follows is not */
	text = craft(true, 0x1c849313, 100, 3, zeros, BOMB);
	check_refused(text, strlen(text), "not as long as its header says");
	free(text);
	/* as many as there are slots are not a bomb, one more is */
	text = craft(true, 0x1c849313, 53 * 1024, 3, zeros, 53 * 1024);
	struct hlog_histogram h;
	struct reason why = {""};

	if (hlog_decode(&h, text, strlen(text), &why) != 0)
		fail_msg("%s", why.text);
	assert_int_equal(h.used, 0);
	hlog_free(&h);
	free(text);
	text = craft(true, 0x1c849313, 53 * 1024 + 1, 3, zeros, 53 * 1024 + 1);
	check_refused(text, strlen(text), "more counts than its range has slots");
	free(text);
	free(zeros);
}

/* ---- mutations ------------------------------------------------------------------------------- */

/* Flips, overwrites, cuts, doubles and moves bytes. Returns the new length, at most twice `len`. */
static size_t mutate(uint8_t *bytes, size_t len, uint64_t *seed)
{
	for (uint64_t n = 1 + below(seed, 4); n > 0 && len > 0; n--) {
		size_t at = below(seed, len), other = below(seed, len);

		switch (below(seed, 5)) {
		case 0:
			bytes[at] ^= (uint8_t)(1 << below(seed, 8));
			break;
		case 1:
			bytes[at] = (uint8_t)order_random(seed);
			break;
		case 2:
			len = at;
			break;
		case 3:
			memmove(bytes + at, bytes + other, len - (at > other ? at : other));
			break;
		default:
			memset(bytes + at, below(seed, 2) != 0 ? 0xff : 0, below(seed, len - at));
			break;
		}
	}
	return len;
}

/*
 * The text itself, the bytes in it, and the counts behind the checksum of zlib in turn, so that
 * each layer of the reader meets damage that the one above would have refused.
 */
static void mutate_layer(unsigned int layer, const char *text, uint64_t *seed)
{
	size_t len = strlen(text), room = len;
	uint8_t *bytes = malloc(room + 1);
	char *again = NULL;
	struct hlog_histogram h;
	struct reason why = {""};

	memcpy(bytes, text, len + 1);
	if (layer == 0) {
		len = mutate(bytes, len, seed);
		again = strndup((char *)bytes, len);
	} else {
		len = (size_t)base64_decode(bytes, text, len);
		if (layer == 2) {
			uLongf plain_len = 64 + 9 * HIST_SLOTS;
			uint8_t *plain = malloc(plain_len);

			assert_int_equal(uncompress(plain, &plain_len, bytes + 8, len - 8), Z_OK);
			free(bytes);
			bytes = plain;
			len = plain_len;
		}
		len = mutate(bytes, len, seed);
		again = malloc(BASE64_LENGTH(len) + 1);
		base64_encode(again, bytes, len);
	}
	int r = hlog_decode(&h, again, strlen(again), &why);

	assert_true(r == 0 || (r == -EINVAL && why.text[0] != '\0'));
	/* what is accepted is whole: it can be written and read again */
	if (r == 0)
		check_round_trip(&h);
	hlog_free(&h);
	free(again);
	free(bytes);
}

static void test_mutated_histograms(void **state)
{
	uint64_t seed = 20261121;
	char *text = NULL;

	(void)state;
	for (unsigned int n = 0; n < MUTATIONS; n++) {
		if (n % 100 == 0) {
			free(text);
			text = random_text(&seed);
		}
		mutate_layer(n % 3, text, &seed);
	}
	free(text);
}

static void test_truncated_histograms(void **state)
{
	uint64_t seed = 5;
	char *text = random_text(&seed);
	struct hlog_histogram h;
	struct reason why = {""};

	(void)state;
	for (size_t len = 0; len < strlen(text); len++)
		assert_int_equal(hlog_decode(&h, text, len, &why), -EINVAL);
	free(text);
}

static void test_mutated_logs(void **state)
{
	uint64_t seed = 7;
	size_t len = strlen(reference_log), intact = 0;
	uint8_t *bytes = malloc(2 * len);

	(void)state;
	assert_non_null(bytes);
	for (unsigned int n = 0; n < LOG_MUTATIONS; n++) {
		memcpy(bytes, reference_log, len + 1);
		size_t now = mutate(bytes, len, &seed);

		if (now > 0)
			intact += read_all(bytes, now) == REFERENCE_INTERVALS;
	}
	assert_true(intact < LOG_MUTATIONS);
	free(bytes);
}

static void check_line(const char *line, const char *part)
{
	FILE *in = fmemopen((void *)(uintptr_t)line, strlen(line), "r");
	struct hlog_reader reader = {.in = in, .name = "log"};
	struct hlog_interval it;
	struct reason why = {""};

	assert_int_equal(hlog_read(&reader, &it, &why), -EINVAL);
	if (strstr(why.text, part) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", why.text, part);
	hlog_reader_end(&reader);
	fclose(in);
}

static void test_lines_that_are_none(void **state)
{
	(void)state;
	check_line("#[Histogram log format version 2.0]\n", "log:1: log format version 2.0; only");
	check_line("#x\nhello\n", "log:2: not a line of a histogram log");
	check_line("Tag=a", "the line ends within its tag");
	check_line("Tag=,0,1,2,HIST", "the tag is empty");
	check_line("Tag=a b,0,1,2,HIST", "white space");
	check_line("0,1,2", "not a line of a histogram log");
	check_line("0,-1,2,HIST", "not a line of a histogram log");
	check_line("nan,1,2,HIST", "not a line of a histogram log");
	check_line("0x1,1,2,HIST", "not a line of a histogram log");
	check_line("1e300,1,2,HIST", "not a line of a histogram log");
	check_line("0,1,2,", "it ends within its header");
	check_line("0,1,2,HISTFAAA,x", "it is not base 64");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_base64),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_bomb),
		cmocka_unit_test(test_mutated_histograms),
		cmocka_unit_test(test_truncated_histograms),
		cmocka_unit_test(test_mutated_logs),
		cmocka_unit_test(test_lines_that_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
