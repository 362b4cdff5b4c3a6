/* SPDX-License-Identifier: MIT */
/* Measures one figure and prints its line. */
#include "compare.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Both sides of one pair, nanoseconds. */
struct pair {
	double bare, subject;		/* what is judged */
	double bare_loop, subject_loop; /* elapsed / count */
};

/* ---- one pair ------------------------------------------------------------------------------- */

static size_t size_of(const struct figure *f)
{
	return (size_t)strtoul(f->size, NULL, 10);
}

/* Of what a pair compares; see speed.c. */
static bool uses_median(const struct figure *f)
{
	return f->same_cpu && !f->rate;
}

/*
 * Spinning across CPUs is fast or slow by where a page came to lie and where the host runs the two
 * CPUs, for a launch or for seconds: many short slices meet every mode on both sides.
 */
static struct setup slices_of(const struct figure *f, const struct setup *s)
{
	struct setup own = *s;

	if (!f->same_cpu) {
		own.pairs = s->pairs * 5 < MAX_PAIRS ? s->pairs * 5 : MAX_PAIRS;
		own.run_s = s->run_s / 5;
		own.warmup_s = s->warmup_s / 5;
	}
	return own;
}

int bare_alone(char **arg)
{
	struct slice slice = {
		.warmup_s = strtod(arg[1], NULL),
		.run_s = strtod(arg[2], NULL),
		.cpu_a = atoi(arg[3]),
		.cpu_b = atoi(arg[4]),
	};
	const struct figure *f = &figures[strtoul(arg[0], NULL, 10) % figure_count];
	struct sample sample;

	if (bare_run(f->bare, size_of(f), &slice, &sample) < 0)
		return 1;
	printf("%.17g %.17g\n", sample.mean_ns, sample.p50_ns);
	return 0;
}

/*
 * The bare loop runs in a program of its own, as ipcbench does. The addresses of a process, drawn
 * at its start, make it one or two percent faster or slower, and children that are only forked
 * share them: a whole series would compare with one draw.
 */
static int measure_bare(const struct figure *f, const struct setup *s, struct pair *p)
{
	char self[4096] = {0}, command[sizeof(self) + 128];
	double mean = NAN, p50 = NAN;

	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		return -errno;
	snprintf(command, sizeof(command), "exec '%s' --bare %td %.17g %.17g %d %d", self,
		f - figures, s->warmup_s, s->run_s, s->cpu_a, f->same_cpu ? s->cpu_a : s->cpu_b);
	fflush(NULL);
	FILE *out = popen(command, "re");

	if (out == NULL)
		return -errno;
	int read = fscanf(out, "%lf %lf", &mean, &p50);

	if (pclose(out) != 0 || read != 2)
		return -EIO;
	p->bare_loop = mean;
	p->bare = uses_median(f) ? p50 : mean;
	return 0;
}

/* The timed side runs on cpu_a: the one that asks in a round trip, the receiver of a stream. */
static int ask_subject(const struct figure *f, const struct setup *s, struct subject *out)
{
	static const char *const columns[] = {
		"lat_p50_ns", "lat_mean_ns", "msgs_per_s", "duration_s", "messages", NULL};
	int other = f->same_cpu ? s->cpu_a : s->cpu_b;
	char cpus[32], duration[32], warmup[32];
	const char *const args[] = {"--transport", f->transport, "--size",
		size_of(f) != 0 ? f->size : "8", "--wait", f->same_cpu ? "block" : "spin", "--mode",
		f->rate ? "throughput" : "latency", "--copy", "copy", "--cpus", cpus, "--duration",
		duration, "--warmup", warmup, "--trials", "1", "--quiet",
		f->batch != NULL ? "--batch" : NULL, f->batch, NULL};

	snprintf(cpus, sizeof(cpus), "%d,%d", f->rate ? other : s->cpu_a,
		f->rate ? s->cpu_a : other);
	snprintf(duration, sizeof(duration), "%.4f", s->run_s);
	snprintf(warmup, sizeof(warmup), "%.4f", s->warmup_s);
	return subject_run(args, columns, out);
}

static int measure_subject(
	const struct figure *f, const struct setup *s, struct pair *p, char *reason, size_t len)
{
	struct subject out;
	const double *v = out.value[0];

	if (ask_subject(f, s, &out) < 0) {
		snprintf(reason, len, "%s", out.reason);
		return -ENODATA;
	}
	p->subject = f->rate ? 1e9 / v[2] : v[uses_median(f) ? 0 : 1];
	p->subject_loop = v[3] * 1e9 / v[4];
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
	unsigned int valid = 0;
	char left[32], right[32], loop_text[16];

	for (unsigned int i = 0; i < n; i++) {
		bare[i] = pair[i].bare;
		subject[i] = pair[i].subject;
		ratio[i] = ratio_of(f, pair[i].bare, pair[i].subject);
		valid += isnan(ratio[i]) ? 0 : 1;
		loop[i] = ratio_of(f, pair[i].bare_loop, pair[i].subject_loop);
	}
	double middle = median_of(ratio, n); /* and ratio[] is sorted now */

	if (valid == 0)
		return print_nothing(f->name, "no slice was long enough");
	double by_mean = median_of(loop, n);
	bool ok = f->rate ? middle >= f->target
			  : middle <= f->target && !(f->by_mean && by_mean > f->target);

	/* each is sorted as well now: the best comes first */
	show(left, sizeof(left), f, median_of(bare, n));
	show(right, sizeof(right), f, median_of(subject, n));
	snprintf(loop_text, sizeof(loop_text), f->rate ? "-" : "%.3f", by_mean);
	printf("%-42s %12s %12s %7.3f  %.3f-%.3f  %s %.2f  %-4s %7s %7.3f\n", f->name, left, right,
		middle, ratio[valid / 4], ratio[valid - 1 - valid / 4],
		f->rate ? ">=" : "<=", f->target, ok ? "ok" : "MISS", loop_text,
		ratio_of(f, bare[0], subject[0]));
	fflush(stdout);
	return ok ? 0 : 1;
}

int compare(const struct figure *f, const struct setup *s)
{
	const struct setup own = slices_of(f, s);
	struct pair pair[MAX_PAIRS] = {{0}};
	char reason[256] = "the bare loop failed";

	if (!f->same_cpu && s->cpu_a == s->cpu_b) {
		printf("%-42s needs two CPUs\n", f->name);
		return 0;
	}
	for (unsigned int i = 0; i < own.pairs; i++) {
		int r = 0;

		if (i % 2 == 0)
			r = measure_bare(f, &own, &pair[i]);
		if (r == 0)
			r = measure_subject(f, &own, &pair[i], reason, sizeof(reason));
		if (r == 0 && i % 2 != 0)
			r = measure_bare(f, &own, &pair[i]);
		if (r < 0)
			return print_nothing(f->name, reason);
	}
	return report(f, pair, own.pairs);
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
