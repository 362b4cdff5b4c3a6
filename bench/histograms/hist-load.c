/* SPDX-License-Identifier: MIT */
/* Histogram logs become groups of intervals. */
#include "histograms/hist-command.h"

#include "hist/log.h"
#include "results/measured.h"
#include "text/claim.h"
#include "text/memory.h"
#include "text/text-file.h"
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* 1 GiB of filled slots: more than any honest log has, less than what a hostile one could ask for.
 */
#define SLOTS_LIMIT ((size_t)(1 << 30) / sizeof(struct hlog_slot))
/* Of the text of one log. */
#define TEXT_LIMIT  (UINT64_C(1) << 30)

static int compare_text(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return (a != NULL) - (b != NULL);
	return strcmp(a, b);
}

static int by_key(const void *a, const void *b)
{
	const struct hist_group *x = a, *y = b;
	int order = compare_text(x->file, y->file);

	return order != 0 ? order : compare_text(x->tag, y->tag);
}

static struct hist_group *new_group(
	struct hist_set *set, const char *file, const struct hlog_interval *it)
{
	struct hist_group *g = need_array(1, sizeof(*g));

	*g = (struct hist_group){.file = file,
		.tag = need_copy(it->tag),
		.start_s = it->start_s,
		.end_s = it->start_s + it->length_s,
		.number = set->count};
	g->hist = (struct hlog_histogram){.shape = it->hist.shape};
	set->group = need_more(set->group, set->count + 1, sizeof(*set->group));
	set->group[set->count++] = g;
	return g;
}

/* The group that an interval belongs to, new or not. */
static struct hist_group *group_of(
	struct hist_set *set, const char *file, const struct hlog_interval *it)
{
	const struct hist_group key = {
		.file = set->split == SPLIT_TAG ? NULL : file, .tag = (char *)(uintptr_t)it->tag};
	struct hist_group **found;

	if (set->split == SPLIT_INTERVAL)
		return new_group(set, file, it);
	found = tfind(&key, &set->tree, by_key);
	if (found == NULL)
		found = needed(tsearch(new_group(set, key.file, it), &set->tree, by_key));
	return *found;
}

/* 0, -EOVERFLOW or -EFBIG. */
static int take(struct hist_set *set, const char *file, const struct hlog_interval *it)
{
	struct hist_group *g = group_of(set, file, it);

	if (set->all.shape.slots == 0)
		set->all = (struct hlog_histogram){.shape = it->hist.shape};
	set->slots -= g->hist.used;
	int r = hlog_add(&g->hist, &it->hist);

	set->slots += g->hist.used;
	if (r == 0)
		r = hlog_add(&set->all, &it->hist);
	g->intervals++;
	g->start_s = fmin(g->start_s, it->start_s);
	g->end_s = fmax(g->end_s, it->start_s + it->length_s);
	return r == 0 && set->slots > SLOTS_LIMIT ? -EFBIG : r;
}

static int load_stream(struct hist_set *set, FILE *in, const char *name, struct reason *why)
{
	struct hlog_reader reader = {.in = in, .name = name, .limit = TEXT_LIMIT};
	struct hlog_interval it;
	int r;

	while ((r = hlog_read(&reader, &it, why)) == 1) {
		int err = 0;

		if (set->tag == NULL || compare_text(set->tag, it.tag) == 0)
			err = take(set, name, &it);
		hlog_free(&it.hist);
		if (err < 0) {
			r = reason_set(why, -err, "%.80s:%lu: %s", reader.name, reader.line,
				err == -EOVERFLOW
					? "the counts add up to more than 2^63 - 1"
					: "the logs take more than 1 GiB; merge fewer at once, or add them up with merge --add");
			break;
		}
	}
	hlog_reader_end(&reader);
	return r;
}

/* A log that is read in the folder of its run; several of one run tell it once. */
static void tell_incomplete(const char *file, const char *before)
{
	const char *slash = strrchr(file, '/');
	size_t len = slash == NULL ? 0 : (size_t)(slash - file) + 1;
	struct reason line;

	if (before != NULL && strncmp(file, before, len) == 0 && strchr(before + len, '/') == NULL)
		return;
	char *dir = need_text("%.*s..", (int)len, file);

	stored_incomplete(dir, SIZE_MAX, &line);
	free(dir);
}

static int load_file(struct hist_set *set, const char *file, struct reason *why)
{
	bool standard = strcmp(file, "-") == 0;
	int fd = standard ? STDIN_FILENO : text_file_open(AT_FDCWD, file, TEXT_LIMIT, why);

	if (fd < 0)
		return fd;
	FILE *in = standard ? stdin : needed(fdopen(fd, "r"));
	claim_input(standard ? "/dev/stdin" : file);
	int r = load_stream(set, in, standard ? "standard input" : file, why);

	if (!standard)
		fclose(in);
	return r;
}

int hist_load(struct hist_set *set, const char *const *files, size_t n, const char *tag,
	enum hist_split split, struct reason *why)
{
	int r = 0;

	*set = (struct hist_set){.split = split, .tag = tag, .several = n > 1};
	for (size_t i = 0; i < n && r == 0; i++)
		r = load_file(set, files[i], why);
	for (size_t i = 0; i < n && r == 0; i++)
		tell_incomplete(files[i], i > 0 ? files[i - 1] : NULL);
	if (r < 0 || set->count > 0)
		return r;
	if (tag != NULL)
		return reason_set(why, ENOENT,
			"--tag: no interval of \"%.80s\"%s has the tag \"%.60s\"; without --tag, hist show lists the tags",
			files[0], n > 1 ? " and the other files" : "", tag);
	return reason_set(why, ENOENT, "\"%.80s\"%s: holds no interval; name a histogram log",
		files[0], n > 1 ? " and the other files" : "");
}

static void keep(void *node)
{
	(void)node; /* the list owns it */
}

void hist_set_free(struct hist_set *set)
{
	tdestroy(set->tree, keep);
	for (size_t i = 0; i < set->count; i++) {
		hlog_free(&set->group[i]->hist);
		free(set->group[i]->tag);
		free(set->group[i]);
	}
	free(set->group);
	hlog_free(&set->all);
	*set = (struct hist_set){.count = 0};
}
