/* SPDX-License-Identifier: MIT */
/* Measures one figure and prints its line. */
#include "compare.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Both sides of one pair, nanoseconds. */
struct pair {
	double bare, subject;		/* what is judged */
	double bare_loop, subject_loop; /* elapsed / count */
	double bare_best, subject_best; /* of the launches of a slice */
};

/* ---- one pair ------------------------------------------------------------------------------- */

static double least(const double *value, unsigned int n)
{
	double best = NAN;

	for (unsigned int i = 0; i < n; i++)
		best = fmin(best, value[i]);
	return best;
}

static size_t size_of(const struct figure *f)
{
	return (size_t)strtoul(f->size, NULL, 10);
}

/* A blocking loop needs one launch per slice; a spinning one several, see above. */
static unsigned int launches_of(const struct figure *f)
{
	return f->same_cpu ? 1 : 5;
}

static int measure_bare(const struct figure *f, const struct setup *s, struct pair *p)
{
	unsigned int launches = launches_of(f);
	struct slice slice = {
		.warmup_s = s->warmup_s / launches,
		.run_s = s->run_s / launches,
		.launches = launches,
		.cpu_a = s->cpu_a,
		.cpu_b = f->same_cpu ? s->cpu_a : s->cpu_b,
	};
	struct sample sample = {0};
	int r = bare_run(f->bare, size_of(f), &slice, &sample);
	double *value = f->rate ? sample.mean : sample.p50;

	if (r < 0)
		return r;
	p->bare_loop = median_of(sample.mean, sample.count);
	p->bare_best = least(value, sample.count);
	p->bare = median_of(value, sample.count);
	return 0;
}

/* The timed side runs on cpu_a: the one that asks in a round trip, the receiver of a stream. */
static int ask_subject(const struct figure *f, const struct setup *s, struct subject *out)
{
	static const char *const columns[] = {
		"lat_p50_ns", "msgs_per_s", "duration_s", "messages", NULL};
	unsigned int launches = launches_of(f);
	int other = f->same_cpu ? s->cpu_a : s->cpu_b;
	char cpus[32], duration[32], warmup[32], trials[16];
	const char *const args[] = {"--transport", f->transport, "--size",
		size_of(f) != 0 ? f->size : "8", "--wait", f->same_cpu ? "block" : "spin", "--mode",
		f->rate ? "throughput" : "latency", "--copy", "copy", "--cpus", cpus, "--duration",
		duration, "--warmup", warmup, "--trials", trials, "--quiet", NULL};

	snprintf(cpus, sizeof(cpus), "%d,%d", f->rate ? other : s->cpu_a,
		f->rate ? s->cpu_a : other);
	snprintf(duration, sizeof(duration), "%.4f", s->run_s / launches);
	snprintf(warmup, sizeof(warmup), "%.4f", s->warmup_s / launches);
	snprintf(trials, sizeof(trials), "%u", launches);
	return subject_run(args, columns, out);
}

static int measure_subject(
	const struct figure *f, const struct setup *s, struct pair *p, char *reason, size_t len)
{
	double value[SUBJECT_ROWS], loop[SUBJECT_ROWS];
	struct subject out;

	if (ask_subject(f, s, &out) < 0) {
		snprintf(reason, len, "%s", out.reason);
		return -ENODATA;
	}
	for (unsigned int i = 0; i < out.rows; i++) {
		const double *v = out.value[i];

		value[i] = f->rate ? 1e9 / v[1] : v[0];
		loop[i] = v[2] * 1e9 / v[3];
	}
	p->subject_best = least(value, out.rows);
	p->subject = median_of(value, out.rows);
	p->subject_loop = median_of(loop, out.rows);
	return 0;
}

/* ---- one figure ------------------------------------------------------------------------------ */

static void show(char *buf, size_t len, const struct figure *f, double ns)
{
	if (!f->rate)
		snprintf(buf, len, ns < 1000 ? "%.1f ns" : "%.0f ns", ns);
	else if (size_of(f) < 4096)
		snprintf(buf, len, "%.1f M/s", 1e3 / ns);
	else
		snprintf(buf, len, "%.2f GB/s", (double)size_of(f) / ns);
}

static int print_nothing(const char *name, const char *reason)
{
	printf("%-42s not measured: %s\n", name, reason);
	fflush(stdout);
	return -ENODATA;
}

/* Above 1 = slower for a round trip, faster for a rate. */
static double ratio_of(const struct figure *f, double bare, double subject)
{
	return f->rate ? bare / subject : subject / bare;
}

static int report(const struct figure *f, const struct pair *pair, unsigned int n)
{
	double ratio[MAX_PAIRS], loop[MAX_PAIRS], bare[MAX_PAIRS], subject[MAX_PAIRS];
	double bare_best = NAN, subject_best = NAN;
	unsigned int valid = 0;
	char left[32], right[32], loop_text[16];

	for (unsigned int i = 0; i < n; i++) {
		bare[i] = pair[i].bare;
		subject[i] = pair[i].subject;
		ratio[i] = ratio_of(f, pair[i].bare, pair[i].subject);
		valid += isnan(ratio[i]) ? 0 : 1;
		loop[i] = ratio_of(f, pair[i].bare_loop, pair[i].subject_loop);
		bare_best = fmin(bare_best, pair[i].bare_best);
		subject_best = fmin(subject_best, pair[i].subject_best);
	}
	double middle = median_of(ratio, n); /* and ratio[] is sorted now */

	if (valid == 0)
		return print_nothing(f->name, "no slice was long enough");
	bool ok = f->rate ? middle >= f->target : middle <= f->target;

	show(left, sizeof(left), f, median_of(bare, n));
	show(right, sizeof(right), f, median_of(subject, n));
	snprintf(loop_text, sizeof(loop_text), f->rate ? "-" : "%.3f", median_of(loop, n));
	printf("%-42s %12s %12s %7.3f  %.3f-%.3f  %s %.2f  %-4s %7s %7.3f\n", f->name, left, right,
		middle, ratio[valid / 4], ratio[valid - 1 - valid / 4],
		f->rate ? ">=" : "<=", f->target, ok ? "ok" : "MISS", loop_text,
		ratio_of(f, bare_best, subject_best));
	fflush(stdout);
	return ok ? 0 : 1;
}

int compare(const struct figure *f, const struct setup *s)
{
	struct pair pair[MAX_PAIRS];
	char reason[256] = "the bare loop failed";

	if (!f->same_cpu && s->cpu_a == s->cpu_b) {
		printf("%-42s needs two CPUs\n", f->name);
		return 0;
	}
	for (unsigned int i = 0; i < s->pairs; i++) {
		int r = 0;

		if (i % 2 == 0)
			r = measure_bare(f, s, &pair[i]);
		if (r == 0)
			r = measure_subject(f, s, &pair[i], reason, sizeof(reason));
		if (r == 0 && i % 2 != 0)
			r = measure_bare(f, s, &pair[i]);
		if (r < 0)
			return print_nothing(f->name, reason);
	}
	return report(f, pair, s->pairs);
}

void print_header(void)
{
	printf("%-42s %12s %12s %7s  %-11s  %-7s  %-4s %7s %7s\n", "figure", "bare", "ipcbench",
		"ratio", "quartiles", "target", "", "loop", "best");
}

int print_absolute(const char *name, double value, const char *unit, double target)
{
	char text[32];
	bool ok = value <= target;

	if (isnan(value))
		return print_nothing(name, "no row");
	snprintf(text, sizeof(text), "%.2f %s", value, unit);
	printf("%-42s %12s %12s %7s  %-11s  <= %.2f  %s\n", name, "", text, "", "", target,
		ok ? "ok" : "MISS");
	fflush(stdout);
	return ok ? 0 : 1;
}
