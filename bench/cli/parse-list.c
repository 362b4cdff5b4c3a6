/* SPDX-License-Identifier: MIT */
/* Comma lists of rates and of durations. */
#include "cli/parse.h"
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RATE_MAX    1e9
#define PERCENT_MIN 0.1
#define PERCENT_MAX 1000.0

/* What `--rate auto` walks through, in percent; the first is what counts as unloaded. */
static const double auto_percents[] = {5, 10, 20, 30, 40, 50, 60, 70, 80, 85, 90, 95, 100};
/* After which the knee lies within half a percent of the throughput, or 0.6 below 80 %. */
enum { AUTO_REFINEMENTS = 4 };

/* The next item of a comma list, cut to the room; NULL at its end. */
static const char *next_item(const char **list, char *item, size_t room)
{
	if (*list == NULL)
		return NULL;
	size_t len = strcspn(*list, ",");

	snprintf(item, room, "%.*s", (int)(len < room ? len : room - 1), *list);
	*list = (*list)[len] == ',' ? *list + len + 1 : NULL;
	return item;
}

static int add_rate(struct rate **rates, size_t *count, struct rate rate)
{
	for (size_t i = 0; i < *count; i++)
		if ((*rates)[i].kind == rate.kind && !((*rates)[i].value < rate.value) &&
			!((*rates)[i].value > rate.value))
			return 0;
	struct rate *grown = reallocarray(*rates, *count + 1, sizeof(*grown));

	if (grown == NULL)
		return -ENOMEM;
	*rates = grown;
	grown[(*count)++] = rate;
	return 0;
}

static int add_auto(struct rate **rates, size_t *count)
{
	int err = 0;

	for (size_t i = 0; i < ARRAY_SIZE(auto_percents) && err == 0; i++)
		err = add_rate(rates, count, (struct rate){RATE_PERCENT, auto_percents[i]});
	for (int i = 1; i <= AUTO_REFINEMENTS && err == 0; i++)
		err = add_rate(rates, count, (struct rate){RATE_REFINE, i});
	return err;
}

static int parse_rate(const char *what, const char *text, struct rate *out, struct reason *why)
{
	size_t len = strlen(text);
	uint64_t number = 0;
	char *end = NULL;

	if (len == 0 || text[len - 1] != '%') {
		int err = parse_count(what, text, 1, (uint64_t)RATE_MAX, &number, NULL);

		*out = (struct rate){RATE_ABSOLUTE, (double)number};
		return err == 0
			       ? 0
			       : reason_set(why, EINVAL,
					 "%s: \"%.40s\" is not a rate; write 1 to 1G messages per second, as in 10k, a part of the throughput, as in 50%%, or auto",
					 what, text);
	}
	double percent = isdigit((unsigned char)text[0]) ? strtod(text, &end) : 0;

	if (percent < PERCENT_MIN || percent > PERCENT_MAX || end != text + len - 1)
		return reason_set(why, EINVAL,
			"%s: \"%.40s\" is not a part of the throughput; write %g%% to %g%%", what,
			text, PERCENT_MIN, PERCENT_MAX);
	*out = (struct rate){RATE_PERCENT, percent};
	return 0;
}

int parse_rates(
	const char *what, const char *text, struct rate **rates, size_t *count, struct reason *why)
{
	struct rate *list = NULL, rate = {RATE_NONE, 0};
	size_t n = 0;
	char item[48];
	int err = 0;

	while (err == 0 && next_item(&text, item, sizeof(item)) != NULL) {
		if (strcmp(item, "auto") == 0) {
			err = add_auto(&list, &n);
			continue;
		}
		err = parse_rate(what, item, &rate, why);
		if (err == 0)
			err = add_rate(&list, &n, rate);
	}
	if (err != 0) {
		free(list);
		return err;
	}
	free(*rates);
	*rates = list;
	*count = n;
	return 0;
}

int parse_durations(const char *what, const char *text, double max, uint64_t **ns, size_t *count,
	struct reason *why)
{
	uint64_t *list = NULL;
	size_t n = 0;
	char item[48];
	int err = 0;

	while (err == 0 && next_item(&text, item, sizeof(item)) != NULL) {
		uint64_t *grown = reallocarray(list, n + 1, sizeof(*list));
		double seconds = 0;

		if (grown == NULL) {
			err = -ENOMEM;
			break;
		}
		list = grown;
		err = parse_duration(what, item, 0, max, &seconds, why);
		list[n++] = (uint64_t)(seconds * 1e9 + 0.5);
		for (size_t i = 0; i + 1 < n; i++)
			if (list[i] == list[n - 1]) {
				n--;
				break;
			}
	}
	if (err != 0) {
		free(list);
		return err;
	}
	free(*ns);
	*ns = list;
	*count = n;
	return 0;
}

int parse_percent(
	const char *what, const char *text, double min, double max, double *out, struct reason *why)
{
	char *end = NULL;
	double percent = strtod(text, &end);

	if (isdigit((unsigned char)text[0]) && percent >= min && percent <= max &&
		(strcmp(end, "%") == 0 || *end == '\0')) {
		*out = percent / 100;
		return 0;
	}
	return reason_set(why, EINVAL, "%s: \"%.40s\" is not a percentage; write %g%% to %g%%",
		what, text, min, max);
}
