/* SPDX-License-Identifier: MIT */
#include "hist/base64.h"

#include <string.h>

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
