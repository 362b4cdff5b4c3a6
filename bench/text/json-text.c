/* SPDX-License-Identifier: MIT */
#include "results/json.h"
#include "text/format.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

json_t *json_text(const char *s)
{
	static const char replacement[] = "\xef\xbf\xbd";

	if (s == NULL)
		return json_null();
	json_t *j = json_string(s);

	if (j != NULL)
		return j;
	char *fixed = malloc(strlen(s) * (sizeof(replacement) - 1) + 1);
	size_t at = 0;

	if (fixed == NULL)
		return NULL;
	while (*s != '\0') {
		size_t n = format_utf8_length(s), put = n > 0 ? n : sizeof(replacement) - 1;

		memcpy(fixed + at, n > 0 ? s : replacement, put);
		at += put;
		s += n > 0 ? n : 1;
	}
	fixed[at] = '\0';
	j = json_string(fixed);
	free(fixed);
	return j;
}

json_t *json_rounded(double value)
{
	char buf[40];

	if (!isfinite(value))
		return json_null();
	snprintf(buf, sizeof(buf), "%.9g", value);
	return json_real(strtod(buf, NULL));
}

json_t *json_seed(uint64_t seed)
{
	char buf[24];

	if (seed <= INT64_MAX)
		return json_integer((json_int_t)seed);
	snprintf(buf, sizeof(buf), "%llu", (unsigned long long)seed);
	return json_string(buf);
}

int json_put(FILE *out, json_t *doc)
{
	int ret = 0;

	if (doc == NULL)
		return -ENOMEM;
	errno = 0;
	/* 15 digits print every value that was rounded to 9 as it is meant. */
	if (json_dumpf(doc, out, JSON_INDENT(1) | JSON_REAL_PRECISION(15)) != 0)
		ret = stream_status(out) != 0 ? stream_status(out) : -EIO;
	json_decref(doc);
	if (ret == 0 && (fputc('\n', out) == EOF || fflush(out) != 0))
		ret = stream_status(out);
	return ret;
}
