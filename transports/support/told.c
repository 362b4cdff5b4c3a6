/* SPDX-License-Identifier: MIT */
#include "support/told.h"

#include <errno.h>
#include <ipcbench/host.h>
#include <string.h>

/* How far the program's clock may differ from ours, and how much a slot of a histogram forgets. */
#define CLOCK_SHARE 0.01
#define SLOT_SHARE  0.01

/* The version of the protocol. */
enum { PROTOCOL = 1 };

static int take_hello(struct dialog *d, const json_t *hello, struct reason *why)
{
	const json_t *name = json_object_get(hello, "name");
	uint64_t version;
	int r = dialog_number(d, hello, "hello", "protocol", PROTOCOL, PROTOCOL, &version, why);

	if (r < 0)
		return r;
	if (!json_is_string(name) || json_string_length(name) == 0 ||
		json_string_length(name) > DIALOG_NAME_MAX)
		return dialog_fault(
			d, why, "hello.name has to be a string of 1 to %d bytes", DIALOG_NAME_MAX);
	memcpy(d->name, json_string_value(name), json_string_length(name));
	return 0;
}

int told_hello(struct dialog *d, struct reason *why)
{
	json_t *hello = dialog_hear(d, "hello", "write its \"hello\"", why);
	int r = hello == NULL ? -EPROTO : take_hello(d, hello, why);

	json_decref(hello);
	return r;
}

int told_result(struct dialog *d, const struct task *task, uint64_t wall_ns, json_t *result,
	struct told *out, struct reason *why)
{
	uint64_t most_ns = (uint64_t)((double)wall_ns * (1 + CLOCK_SHARE)), least_ns = 1;
	uint64_t least = task->duration_ns == DIALOG_NUMBER_MAX ? task->messages : 1;
	int r = dialog_number(
		d, result, "result", "messages", least, task->messages, &out->messages, why);

	/* it may only stop early when it has moved all of them */
	if (r == 0 && out->messages < task->messages)
		least_ns = (uint64_t)((double)task->duration_ns * (1 - CLOCK_SHARE));
	if (r == 0)
		r = dialog_number(d, result, "result", "elapsed_ns", least_ns, most_ns,
			&out->elapsed_ns, why);
	if (r == 0 && out->messages > out->elapsed_ns)
		r = dialog_fault(d, why,
			"result.messages is %llu in result.elapsed_ns %llu; the most is one per ns",
			(unsigned long long)out->messages, (unsigned long long)out->elapsed_ns);
	return r;
}

/* ---- times ----------------------------------------------------------------------------------- */

static int take_array(struct dialog *d, const struct told *t, const json_t *array,
	struct histogram *h, struct reason *why)
{
	for (size_t i = 0; i < json_array_size(array); i++) {
		const json_t *value = json_array_get(array, i);
		json_int_t ns = json_integer_value(value);

		if (!json_is_integer(value) || ns < 0)
			return dialog_fault(
				d, why, "times[%zu] is not a whole number of nanoseconds", i);
		if (h->total == t->messages)
			return dialog_fault(d, why,
				"there are more times than the %llu of result.messages",
				(unsigned long long)t->messages);
		if ((uint64_t)ns > t->elapsed_ns)
			return dialog_fault(d, why,
				"times[%zu] is %lld, above the %llu of result.elapsed_ns", i,
				(long long)ns, (unsigned long long)t->elapsed_ns);
		hist_record(h, (uint64_t)ns);
	}
	return json_array_size(array) > 0 ? 0 : dialog_fault(d, why, "times is empty");
}

static int take_histogram(
	struct dialog *d, const json_t *text, struct histogram *h, struct reason *why)
{
	struct reason what;

	if (h->total > 0)
		return dialog_fault(d, why, "a histogram has to be the only line of \"times\"");
	if (ipcbench_hist_decode(h, json_string_value(text), json_string_length(text), &what) < 0)
		return dialog_fault(d, why, "times: %.120s", what.text);
	return h->total > 0 ? 0 : dialog_fault(d, why, "times: the histogram is empty");
}

/* One after the other, so together they cannot take longer than all. */
static int check_times(
	struct dialog *d, const struct told *t, const struct histogram *h, struct reason *why)
{
	double most = (double)t->elapsed_ns * (1 + SLOT_SHARE);

	if (h->total != t->messages)
		return dialog_fault(d, why, "times has %llu values, and result.messages is %llu",
			(unsigned long long)h->total, (unsigned long long)t->messages);
	if ((double)h->max > most)
		return dialog_fault(d, why,
			"times has a value of %llu, above the %llu of result.elapsed_ns",
			(unsigned long long)h->max, (unsigned long long)t->elapsed_ns);
	if ((double)h->sum > most)
		return dialog_fault(d, why,
			"times add up to %llu, above the %llu of result.elapsed_ns",
			(unsigned long long)h->sum, (unsigned long long)t->elapsed_ns);
	return 0;
}

int told_times(struct dialog *d, const struct told *t, struct histogram *h, struct reason *why)
{
	int r = 0;

	memset(h, 0, sizeof(*h));
	h->min = UINT64_MAX;
	while (r == 0 && h->total < t->messages) {
		json_t *times = dialog_hear(
			d, "times", "write the times of the messages in \"times\"", why);

		if (times == NULL)
			return -EPROTO;
		bool whole = json_is_string(times);

		r = whole ? take_histogram(d, times, h, why)
		    : json_is_array(times)
			    ? take_array(d, t, times, h, why)
			    : dialog_fault(d, why, "times is neither an array nor a histogram");
		json_decref(times);
		if (whole)
			break;
	}
	return r < 0 ? r : check_times(d, t, h, why);
}
