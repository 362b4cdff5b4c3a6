/* SPDX-License-Identifier: MIT */
#include "results/results.h"

#include "hist/log.h"
#include "text/format.h"
#include "text/memory.h"
#include "text/outputs.h"
#include "text/text-file.h"
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SPELLING_LEN = 120, PATH_LEN = 4096, NS_PER_US = 1000 };

/* ---- names ----------------------------------------------------------------------------------- */

/* FNV-1a, to tell apart what begins alike. */
static uint64_t hash_of(const char *text)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (; *text != '\0'; text++)
		h = (h ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	return h;
}

/*
 * A spelling without what shells, logs or file systems take for something else: the colon before
 * the options and the commas between them become '+', other characters %XX. No two become alike.
 */
static void plain_spelling(char *buf, size_t len, const char *spelling)
{
	const char *options = strchr(spelling, ':');
	size_t at = 0;

	for (const char *p = spelling; *p != '\0' && at + 4 < len; p++) {
		unsigned char c = (unsigned char)*p;

		if (p == options || c == ',')
			buf[at++] = '+';
		else if (c < 0x80 && (isalnum(c) || strchr(".-=_", c) != NULL))
			buf[at++] = (char)c;
		else
			at += (size_t)snprintf(buf + at, len - at, "%%%02X", c);
		/* too long for a name: what is cut off goes into a number */
		if (at >= SPELLING_LEN && p[1] != '\0') {
			snprintf(buf + at, len - at, "%%%016llx",
				(unsigned long long)hash_of(spelling));
			return;
		}
	}
	buf[at] = '\0';
}

/* Adds "_50p", "_10000-poisson", "_mem-rx": the name of some axes, as it can stand in a file's. */
static void add_axes(char *buf, size_t len, const struct cell_key *key, unsigned int which)
{
	char name[80];

	if (key_name(name, sizeof(name), key, which)[0] == '\0')
		return;
	for (char *p = name; *p != '\0'; p++)
		*p = *p == '%' ? 'p' : strchr("/ :#=,", *p) != NULL ? '-' : *p;
	snprintf(buf + strlen(buf), len - strlen(buf), "_%s", name);
}

char *cell_name(char *buf, size_t len, const struct item *item)
{
	const struct cell_key *key = &item->key;
	char spelling[SPELLING_LEN + 24], size[24] = "", cpus[32] = "", load[96] = "";
	const char *copy = axis_word(key, AXIS_COPY);
	bool pinned = item->cell.cpu_tx >= 0;

	plain_spelling(spelling, sizeof(spelling), key->transport);
	if (key->size > 0)
		snprintf(size, sizeof(size), "_%llu", (unsigned long long)key->size);
	if (pinned)
		snprintf(cpus, sizeof(cpus), "_%d-%d", item->cell.cpu_tx, item->cell.cpu_rx);
	add_axes(load, sizeof(load), key, AXIS_LOAD);
	snprintf(buf, len, "%s_%s%s%s_%s%s%s_%s%s_%s", spelling, wait_name(key->wait),
		copy[0] == '\0' ? "" : "_", copy, mode_name(key->mode), load, size,
		placement_name(key->placement), cpus, idle_name(key->idle));
	for (enum axis axis = AXIS_DISPATCH; axis < AXIS_COUNT; axis++)
		add_axes(buf, len, key, AXIS_BIT(axis));
	return buf;
}

/* A name for one kind of times; of cells with the same name all but the first get a number. */
static void unique_name(char *buf, const struct plan *plan, size_t item, unsigned int kind)
{
	enum { ROOM = CELL_NAME_LEN - 24 };
	const struct item *it = &plan->items[item];
	char other[CELL_NAME_LEN];
	size_t same = 1;

	cell_name(buf, ROOM, it);
	for (size_t i = 0; i < item; i++)
		same += strcmp(cell_name(other, ROOM, &plan->items[i]), buf) == 0;
	if (same > 1)
		snprintf(buf + strlen(buf), 12, "_%zu", same % 10000000);
	if (kind > 0)
		snprintf(buf + strlen(buf), 12, "_%s", mode_of(&it->key)->records[kind]);
}

/* ---- files ----------------------------------------------------------------------------------- */

/* What the files of one cell, and of one kind of its times, are made of. */
struct cell_log {
	const struct results *results;
	const struct item *item;
	unsigned int kind;
	char name[CELL_NAME_LEN];
	const struct histogram *hist;
};

/* The next trial of the cell that has a distribution, from number `from` on; NULL = none. */
static const struct trial *next_trial(const struct cell_log *l, size_t *from)
{
	while (*from < l->results->trial_count) {
		const struct trial *t = &l->results->trials[(*from)++];

		if (t->item == l->item && t->hlog[l->kind] != NULL)
			return t;
	}
	return NULL;
}

static int write_comments(FILE *out, const struct cell_log *l, const struct trial *first)
{
	char what[256], comment[400];

	snprintf(comment, sizeof(comment), "ipcbench %s, run %s, %s, %s in nanoseconds",
		IPCBENCH_VERSION, l->results->run_id, item_name(what, sizeof(what), l->item),
		mode_of(&first->key)->records[l->kind]);
	int r = hlog_write_head(out, hlog_floor_ms(first->started_s), comment);

	if (r == 0 && l->hist->overflow != 0)
		fprintf(out, "#[%llu values above one hour are counted as one hour]\n",
			(unsigned long long)l->hist->overflow);
	return r != 0 ? r : stream_status(out);
}

/* The maximum as the encoded counts have it, which other tools will find. */
static uint64_t slot_max(const struct trial *t, unsigned int kind)
{
	double max = t->value[mode_of(&t->key)->times[kind] + TIMES_MAX];

	if (!(max > 0))
		return 0;
	return hist_highest_equivalent(max < (double)HIST_MAX_NS ? (uint64_t)max : HIST_MAX_NS);
}

static int write_hlog(FILE *out, const void *arg)
{
	const struct cell_log *l = arg;
	size_t at = 0;
	const struct trial *t = next_trial(l, &at);
	double start = hlog_floor_ms(t->started_s);
	int r = write_comments(out, l, t);

	for (; r == 0 && t != NULL; t = next_trial(l, &at)) {
		double since = t->started_s - start;

		/* a clock that was set back between trials */
		r = hlog_write_interval(out, l->name, since > 0 ? since : 0,
			t->value[METRIC_DURATION_S], slot_max(t, l->kind), t->hlog[l->kind]);
	}
	return r;
}

static int write_hgrm(FILE *out, const void *arg)
{
	const struct cell_log *l = arg;
	struct hlog_histogram h;
	int r = hlog_from(&h, l->hist);

	if (r == 0)
		r = hgrm_write(out, &h, NS_PER_US);
	hlog_free(&h);
	return r;
}

static int save_log(int folder, const char *dir, const struct cell_log *l, struct reason *why)
{
	char path[PATH_LEN];

	snprintf(path, sizeof(path), "%s/" HIST_FILES_DIR "/%s.hlog", dir, l->name);
	int r = output_write_in(folder, path, write_hlog, l, why);

	snprintf(path, sizeof(path), "%s/" HIST_FILES_DIR "/%s.hgrm", dir, l->name);
	return r < 0 ? r : output_write_in(folder, path, write_hgrm, l, why);
}

/* All kinds of times of a cell. */
static int save_cell(
	int folder, const char *dir, const struct results *r, size_t item, struct reason *why)
{
	int err = 0;

	for (unsigned int k = 0; k < LAT_KINDS && err == 0; k++) {
		struct cell_log l = {.results = r, .item = &r->plan->items[item], .kind = k};

		l.hist = r->hists[k] == NULL ? NULL : r->hists[k][item];
		if (l.hist == NULL)
			continue;
		unique_name(l.name, r->plan, item, k);
		err = save_log(folder, dir, &l, why);
	}
	return err;
}

int hist_files_save(const char *dir, const struct results *r, struct reason *why)
{
	size_t items = r->plan->item_count;
	unsigned int *count = calloc(items + 1, sizeof(*count));
	int err = 0, folder = -1;

	if (count == NULL)
		return reason_set(why, ENOMEM, "out of memory while saving histograms");
	for (size_t t = 0; t < r->trial_count; t++)
		count[r->trials[t].item - r->plan->items] += r->trials[t].hlog[0] != NULL;
	for (size_t i = 0; err == 0 && i < items; i++) {
		if (count[i] == 0 || (r->logged != NULL && r->logged[i] == count[i]))
			continue;
		if (folder < 0)
			err = folder = output_folder(dir, HIST_FILES_DIR, why);
		if (folder >= 0)
			err = save_cell(folder, dir, r, i, why);
		if (err == 0 && r->logged != NULL)
			r->logged[i] = count[i];
	}
	if (folder >= 0) {
		fsync(folder);
		close(folder);
	}
	free(count);
	return err;
}

/* ---- reading back ---------------------------------------------------------------------------- */

/* Takes an interval over if it is that of the trial. */
static bool take_interval(struct trial *t, unsigned int kind, const struct hlog_interval *in)
{
	const double *times = &t->value[mode_of(&t->key)->times[kind]];
	bool same = in->hist.shape.slots == hlog_own_shape.slots &&
		    fabs((double)in->hist.total - times[0]) < 1;

	/* a trial and the one that was measured in its place may have as many times */
	if (same && in->hist.total > 0)
		same = times[TIMES_MIN] >= (double)hlog_min(&in->hist) &&
		       hlog_max(&in->hist) == slot_max(t, kind);
	if (!same)
		return false;
	t->hlog[kind] = need_copy(in->text);
	/* within its millisecond, so that no rounding moves it when it is written again */
	t->started_s = in->start_s + 0.0002;
	return true;
}

/* Both are in the order of the run, but either may lack what the other has. */
static void load_log(const char *path, unsigned int kind, struct trial *const *trials, size_t n)
{
	struct reason why;
	int fd = text_file_open(AT_FDCWD, path, STORED_FILE_MAX, &why);
	FILE *in = fd < 0 ? NULL : needed(fdopen(fd, "r"));
	struct hlog_reader reader = {.in = in, .name = path, .limit = STORED_FILE_MAX};
	struct hlog_interval it;
	size_t from = 0;

	while (in != NULL && hlog_read(&reader, &it, &why) == 1) {
		size_t at = from;

		while (at < n && !take_interval(trials[at], kind, &it))
			at++;
		if (at < n)
			from = at + 1;
		hlog_free(&it.hist);
	}
	hlog_reader_end(&reader);
	if (in != NULL)
		fclose(in);
}

void hist_files_load(const char *dir, const struct plan *plan, size_t item,
	struct trial *const *trials, size_t n)
{
	char name[CELL_NAME_LEN];

	for (unsigned int k = 0; k < LAT_KINDS; k++) {
		if (mode_of(&plan->items[item].key)->records[k] == NULL)
			continue;
		unique_name(name, plan, item, k);
		char *path = need_text("%s/" HIST_FILES_DIR "/%s.hlog", dir, name);

		load_log(path, k, trials, n);
		free(path);
		for (size_t i = 0; i < n; i++)
			if (trials[i]->hlog[k] == NULL)
				trials[i]->item = NULL;
	}
}

/* ---- percentiles of HdrHistogram ------------------------------------------------------------- */

#define TICKS_PER_HALF 5.0

struct hgrm {
	FILE *out;
	const struct hlog_histogram *h;
	uint64_t unit;
};

/* In the chosen unit, with as many decimals as the histogram has digits; halves are rounded up. */
static struct phrase exact(const struct hgrm *g, uint64_t value)
{
	uint64_t power = 1, whole = value / g->unit;

	for (unsigned int i = 0; i < g->h->shape.digits; i++)
		power *= 10;
	uint64_t part = (value % g->unit * power + g->unit / 2) / g->unit;

	whole += part / power;
	part %= power;
	if (power == 1)
		return phrase("%llu", (unsigned long long)whole);
	return phrase("%llu.%0*llu", (unsigned long long)whole, (int)g->h->shape.digits,
		(unsigned long long)part);
}

/* A computed value, likewise. */
static struct phrase computed(const struct hgrm *g, double value)
{
	return format_fixed(value / (double)g->unit, (int)g->h->shape.digits);
}

/* The level after `percent`: steps halve with the rest, until they are lost in rounding. */
static double next_level(double percent)
{
	int halvings = ilogb(100 / (100 - percent)) + 1;
	double next = percent + ldexp(100 / TICKS_PER_HALF, -halvings);

	return next > percent ? next : 100;
}

static void put_row(const struct hgrm *g, uint64_t ns, double percent, uint64_t seen)
{
	/* A level is exact in binary, as a percentage: so is this, and halves are rounded up. */
	unsigned long long level = (unsigned long long)floorl((long double)percent * 1e10L + 0.5L);

	fprintf(g->out, "%12s %llu.%012llu %10llu", exact(g, ns).text, level / 1000000000000ULL,
		level % 1000000000000ULL, (unsigned long long)seen);
	if (percent < 100)
		fprintf(g->out, " %14s", format_fixed(1 / (1 - percent / 100), 2).text);
	fputc('\n', g->out);
}

/* Each level on the slot that reaches it; the last slot takes one, and then the maximum. */
static void put_rows(const struct hgrm *g)
{
	const struct hlog_histogram *h = g->h;
	uint64_t seen = 0, highest = 0;
	double level = 0;

	for (size_t i = 0; i < h->used; i++) {
		bool last = i + 1 == h->used;

		seen += h->slot[i].count;
		highest = hlog_highest(&h->shape, h->slot[i].index);
		while (level < 100 && 100.0 * (double)seen / (double)h->total >= level) {
			put_row(g, highest, level, seen);
			level = next_level(level);
			if (last)
				break;
		}
	}
	if (h->used != 0)
		put_row(g, highest, 100, seen);
}

int hgrm_write(FILE *out, const struct hlog_histogram *h, uint64_t unit)
{
	const struct hgrm g = {.out = out, .h = h, .unit = unit};
	double mean = h->total == 0 ? 0 : hlog_mean(h);
	double deviation = h->total == 0 ? 0 : hlog_deviation(h);

	errno = 0;
	fprintf(out, "%12s %14s %10s %14s\n\n", "Value", "Percentile", "TotalCount",
		"1/(1-Percentile)");
	put_rows(&g);
	fprintf(out, "#[Mean    = %12s, StdDeviation   = %12s]\n", computed(&g, mean).text,
		computed(&g, deviation).text);
	fprintf(out, "#[Max     = %12s, Total count    = %12llu]\n", exact(&g, hlog_max(h)).text,
		(unsigned long long)h->total);
	fprintf(out, "#[Buckets = %12u, SubBuckets     = %12u]\n", h->shape.buckets,
		2u << h->shape.half);
	return stream_status(out);
}
