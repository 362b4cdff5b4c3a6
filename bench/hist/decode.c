/* SPDX-License-Identifier: MIT */
#include "hist/slots.h"
#include "measure/hist.h"
#include <errno.h>
#include <ipcbench/host.h>

/* Of ours. */
enum { DIGITS_LEAST = 3 };

/* Whether no value gets less exact by moving into our slots. */
static int check_shape(const struct hlog_shape *s, struct reason *why)
{
	if (s->digits < DIGITS_LEAST)
		return reason_set(why, EINVAL,
			"the histogram has %u significant digits; use %d or more", s->digits,
			DIGITS_LEAST);
	if (s->lowest > 1)
		return reason_set(why, EINVAL,
			"the histogram's lowest discernible value is %llu ns; use 1",
			(unsigned long long)s->lowest);
	return 0;
}

static uint64_t middle(const struct hlog_shape *s, uint32_t index)
{
	uint64_t low = hlog_lowest(s, index);

	return low + (hlog_highest(s, index) - low) / 2;
}

int ipcbench_hist_decode(struct histogram *h, const char *text, size_t len, struct reason *why)
{
	struct hlog_histogram from;
	int r = hlog_decode(&from, text, len, why);

	if (r == 0)
		r = check_shape(&from.shape, why);
	if (r == 0 && from.total > UINT64_MAX - h->total)
		r = reason_set(why, EOVERFLOW, "the histogram has too many values");
	for (size_t i = 0; r == 0 && i < from.used; i++)
		hist_record_many(h, middle(&from.shape, from.slot[i].index), from.slot[i].count);
	hlog_free(&from);
	return r;
}
