/* SPDX-License-Identifier: MIT */
/*
 * Prints how ipcbench compares with hand-written minimal loops. Every ratio is the median over
 * pairs of slices, one bare and one of ipcbench, run one after the other (bare first in even pairs,
 * last in odd ones), so that whatever else the machine does meets both sides.
 *
 * Which numbers are compared:
 * - Round trips over system calls: time per round trip, elapsed/count, against lat_mean_ns. Both
 *   are means, so both contain the same timer interrupts and context switches.
 * - Round trips by spinning: the median, because a time slice that somebody else gets on either
 *   of two CPUs is longer than ten thousand round trips. The bare median is one over batches, since
 *   reading a clock in every round trip would make the bare loop less bare; several launches with
 *   fresh pages, because it matters where a page lies, of which the median launch counts.
 * - Throughput: elapsed/count of the receiver against msgs_per_s.
 * The last columns say more than the verdict: `loop` is the whole of ipcbench's loop, clock and
 * record included, and `best` compares the fastest launch of all pairs on either side.
 */
#include "speed.h"

#include <errno.h>
#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_PAIRS = 64, MAX_FIGURE_ARGS = 8 };

enum unit { TRIP_MEAN, TRIP_MEDIAN, RATE };

struct figure {
	const char *name;
	const struct bare *bare;
	size_t size; /* of the bare loop */
	bool same_cpu;
	enum unit unit;
	double target; /* at most for a round trip, at least for a rate */
	const char *args[MAX_FIGURE_ARGS];
};

#define TRIP_ARGS(t, size, wait)                                                                   \
	{                                                                                          \
		"--transport", t, "--size", size, "--wait", wait                                   \
	}
#define BLOCKING(name, t, bare, target)                                                            \
	{                                                                                          \
		name ", 64 B, same CPU", bare, 64, true, TRIP_MEAN, target,                        \
			TRIP_ARGS(t, "64", "block")                                                \
	}

static const struct figure figures[] = {
	BLOCKING("round trip pipe", "pipe", &bare_pipe, 1.03),
	BLOCKING("round trip unix-stream", "unix-stream", &bare_unix_stream, 1.03),
	{"round trip eventfd, same CPU", &bare_eventfd, 8, true, TRIP_MEAN, 1.03,
		TRIP_ARGS("eventfd", "64", "block")},
	{"round trip futex, same CPU", &bare_futex, 0, true, TRIP_MEAN, 1.03,
		TRIP_ARGS("futex", "64", "block")},
	BLOCKING("round trip sysv-mq", "sysv-mq", &bare_sysv_mq, 1.03),
	BLOCKING("round trip posix-mq", "posix-mq", &bare_posix_mq, 1.03),
	BLOCKING("round trip tcp", "tcp", &bare_tcp, 1.05),
	BLOCKING("round trip udp", "udp", &bare_udp, 1.05),
	{"round trip shm, 8 B, spin", &bare_line_8, 8, false, TRIP_MEDIAN, 1.15,
		TRIP_ARGS("shm", "8", "spin")},
	{"round trip shm, 48 B, spin", &bare_line_48, 48, false, TRIP_MEDIAN, 1.15,
		TRIP_ARGS("shm", "48", "spin")},
	{"round trip shm, 4 KiB, spin", &bare_copy_exchange, 4096, false, TRIP_MEDIAN, 1.00,
		TRIP_ARGS("shm", "4K", "spin")},
	{"round trip shm, 1 MiB, spin", &bare_copy_exchange, 1 << 20, false, TRIP_MEDIAN, 1.00,
		TRIP_ARGS("shm", "1M", "spin")},
	{"throughput shm, 64 B, spin", &bare_ring_64, 64, false, RATE, 0.95,
		TRIP_ARGS("shm", "64", "spin")},
	{"throughput shm, 1 MiB, spin", &bare_ring_chunked, 1 << 20, false, RATE, 0.95,
		TRIP_ARGS("shm", "1M", "spin")},
	{"throughput pipe, 64 KiB, same CPU", &bare_pipe_stream, 65536, true, RATE, 0.97,
		TRIP_ARGS("pipe", "64K", "block")},
	{"throughput unix-stream, 64 KiB, same CPU", &bare_unix_stream_stream, 65536, true, RATE,
		0.97, TRIP_ARGS("unix-stream", "64K", "block")},
};

/* What was asked for on the command line, and the CPUs that there are. */
struct setup {
	unsigned int pairs;
	double run_s, warmup_s;
	int cpu_a, cpu_b;
	const char *filter;
	bool strict;
};

/* Both sides of one pair, nanoseconds. */
struct pair {
	double bare, subject, loop, bare_best, subject_best;
};

static bool is_rate(const struct figure *f)
{
	return f->unit == RATE;
}

/* ---- one pair ------------------------------------------------------------------------------- */

static double least(const double *value, unsigned int n)
{
	double best = value[0];

	for (unsigned int i = 1; i < n; i++)
		best = value[i] < best ? value[i] : best;
	return best;
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
	int r = bare_run(f->bare, f->size, &slice, &sample);
	double *value = f->unit == TRIP_MEDIAN ? sample.p50 : sample.mean;

	if (r < 0)
		return r;
	p->bare_best = least(value, sample.count);
	p->bare = median_of(value, sample.count);
	return 0;
}

static int measure_subject(
	const struct figure *f, const struct setup *s, struct pair *p, char *reason, size_t len)
{
	static const char *const columns[] = {
		"lat_mean_ns", "lat_p50_ns", "msgs_per_s", "duration_s", "messages", NULL};
	unsigned int launches = launches_of(f);
	char cpus[32], duration[32], warmup[32], trials[16];
	const char *args[24];
	double value[SUBJECT_ROWS], loop[SUBJECT_ROWS];
	struct subject out;
	size_t n = 0;

	/* the receiver of a stream is the timed side of the bare loops */
	int tx = is_rate(f) ? s->cpu_b : s->cpu_a, rx = is_rate(f) ? s->cpu_a : s->cpu_b;

	snprintf(cpus, sizeof(cpus), "%d,%d", f->same_cpu ? s->cpu_a : tx,
		f->same_cpu ? s->cpu_a : rx);
	snprintf(duration, sizeof(duration), "%.4f", s->run_s / launches);
	snprintf(warmup, sizeof(warmup), "%.4f", s->warmup_s / launches);
	snprintf(trials, sizeof(trials), "%u", launches);
	for (; f->args[n] != NULL; n++)
		args[n] = f->args[n];
	const char *const rest[] = {"--mode", is_rate(f) ? "throughput" : "latency", "--cpus", cpus,
		"--duration", duration, "--warmup", warmup, "--trials", trials, "--copy", "copy",
		"--quiet", NULL};

	memcpy(args + n, rest, sizeof(rest));
	if (subject_run(args, columns, &out) < 0) {
		snprintf(reason, len, "%s", out.reason);
		return -ENODATA;
	}
	for (unsigned int i = 0; i < out.rows; i++) {
		const double *v = out.value[i];

		value[i] = is_rate(f) ? 1e9 / v[2] : v[f->unit == TRIP_MEDIAN ? 1 : 0];
		loop[i] = v[3] * 1e9 / v[4];
	}
	p->subject_best = least(value, out.rows);
	p->subject = median_of(value, out.rows);
	p->loop = median_of(loop, out.rows);
	return 0;
}

/* ---- one figure ------------------------------------------------------------------------------ */

static void show(char *buf, size_t len, const struct figure *f, double ns)
{
	if (!is_rate(f))
		snprintf(buf, len, ns < 1000 ? "%.1f ns" : "%.0f ns", ns);
	else if (f->size < 4096)
		snprintf(buf, len, "%.1f M/s", 1e3 / ns);
	else
		snprintf(buf, len, "%.2f GB/s", (double)f->size / ns);
}

/* Above 1 = slower for a round trip, faster for a rate. */
static double ratio_of(const struct figure *f, double bare, double subject)
{
	return is_rate(f) ? bare / subject : subject / bare;
}

static bool report(const struct figure *f, const struct pair *pair, unsigned int n)
{
	double ratio[MAX_PAIRS], loop[MAX_PAIRS], bare[MAX_PAIRS], subject[MAX_PAIRS];
	double bare_best = INFINITY, subject_best = INFINITY;
	char left[32], right[32], loop_text[16];

	for (unsigned int i = 0; i < n; i++) {
		bare[i] = pair[i].bare;
		subject[i] = pair[i].subject;
		ratio[i] = ratio_of(f, pair[i].bare, pair[i].subject);
		loop[i] = ratio_of(f, pair[i].bare, pair[i].loop);
		bare_best = fmin(bare_best, pair[i].bare_best);
		subject_best = fmin(subject_best, pair[i].subject_best);
	}
	double middle = median_of(ratio, n); /* and ratio[] is sorted now */
	bool ok = is_rate(f) ? middle >= f->target : middle <= f->target;

	show(left, sizeof(left), f, median_of(bare, n));
	show(right, sizeof(right), f, median_of(subject, n));
	snprintf(loop_text, sizeof(loop_text), is_rate(f) ? "-" : "%.3f", median_of(loop, n));
	printf("%-42s %12s %12s %7.3f  %.3f-%.3f  %s %.2f  %-4s %7s %7.3f\n", f->name, left, right,
		middle, ratio[n / 4], ratio[n - 1 - n / 4], is_rate(f) ? ">=" : "<=", f->target,
		ok ? "ok" : "MISS", loop_text, ratio_of(f, bare_best, subject_best));
	fflush(stdout);
	return ok;
}

/* 0 = within its target, 1 = not, -errno = could not be measured. */
static int compare(const struct figure *f, const struct setup *s)
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
		if (r < 0) {
			printf("%-42s not measured: %s\n", f->name, reason);
			return r;
		}
	}
	return report(f, pair, s->pairs) ? 0 : 1;
}

/* ---- figures without a bare loop --------------------------------------------------------------
 */

static int absolute(const char *name, double value, const char *unit, double target)
{
	char text[32];
	bool ok = value <= target;

	if (isnan(value)) {
		printf("%-42s not measured\n", name);
		return -ENODATA;
	}
	snprintf(text, sizeof(text), "%.2f %s", value, unit);
	printf("%-42s %12s %12s %7s  %-11s  <= %.2f  %s\n", name, "", text, "", "", target,
		ok ? "ok" : "MISS");
	fflush(stdout);
	return ok ? 0 : 1;
}

/*
 * Seconds that ipcbench needs with `trials` launches of two messages and no warm-up; the
 * difference of two such runs is launches and nothing else.
 */
static double wall_of(const char *transport, const char *trials)
{
	static const char *const columns[] = {"messages", NULL};
	const char *const args[] = {"--transport", transport, "--size", "64", "--mode", "latency",
		"--messages", "2", "--warmup", "0", "--trials", trials, "--quiet", NULL};
	double wall[5];
	struct subject out;

	for (int i = 0; i < 5; i++) {
		if (subject_run(args, columns, &out) < 0)
			return NAN;
		wall[i] = out.wall_s;
	}
	return median_of(wall, 5);
}

/* A whole launch, from open to close, is an upper bound of its start to its first message. */
static double start_ms(void)
{
	static const char *const transports[] = {"pipe", "unix-stream", "tcp", "shm"};
	double worst = 0;

	for (int i = 0; i < 4; i++) {
		double per_launch =
			(wall_of(transports[i], "13") - wall_of(transports[i], "3")) / 10 * 1e3;

		if (!(per_launch <= worst))
			worst = per_launch;
	}
	return worst;
}

/* Peak resident set of the run with a hundred times the messages, relative to the other. */
static double memory_growth(void)
{
	static const char *const columns[] = {"messages", NULL};
	static const char *const counts[] = {"10000", "1000000"};
	double kib[2];

	for (int i = 0; i < 2; i++) {
		const char *const args[] = {"--transport", "pipe", "--size", "64", "--mode",
			"latency", "--messages", counts[i], "--warmup", "0.01", "--trials", "1",
			"--quiet", NULL};
		double rss[5];
		struct subject out;

		for (int k = 0; k < (i == 0 ? 5 : 3); k++) {
			if (subject_run(args, columns, &out) < 0)
				return NAN;
			rss[k] = (double)out.max_rss_kib;
		}
		kib[i] = median_of(rss, i == 0 ? 5 : 3);
	}
	return kib[1] / kib[0];
}

/* ---- the program ------------------------------------------------------------------------------
 */

static bool wanted(const struct setup *s, const char *name)
{
	return s->filter == NULL || strstr(name, s->filter) != NULL;
}

/* The last two CPUs that this process may use: the first one serves most interrupts. */
static void choose_cpus(struct setup *s)
{
	cpu_set_t set;

	s->cpu_a = s->cpu_b = 0;
	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		return;
	for (int cpu = 0, found = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET((size_t)cpu, &set))
			continue;
		s->cpu_b = found++ != 0 ? s->cpu_a : cpu;
		s->cpu_a = cpu;
	}
}

static int parse(struct setup *s, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--quick") == 0) {
			s->pairs = 3;
			s->run_s = 0.1;
		} else if (strcmp(argv[i], "--strict") == 0) {
			s->strict = true;
		} else if (strcmp(argv[i], "--pairs") == 0 && i + 1 < argc) {
			s->pairs = (unsigned int)strtoul(argv[++i], NULL, 10);
		} else if (argv[i][0] != '-' && s->filter == NULL) {
			s->filter = argv[i];
		} else {
			return -EINVAL;
		}
	}
	return s->pairs >= 1 && s->pairs <= MAX_PAIRS ? 0 : -EINVAL;
}

int main(int argc, char **argv)
{
	struct setup s = {.pairs = 9, .run_s = 0.25, .warmup_s = 0.05};
	int missed = 0, broken = 0;

	if (parse(&s, argc, argv) < 0) {
		fprintf(stderr,
			"usage: speed [--quick] [--strict] [--pairs 1..%d] [PART-OF-A-FIGURE'S-NAME]\n"
			"IPCBENCH=path names the program. Exit status: 0 measured, 1 something could "
			"not be, or, with --strict, missed its target.\n",
			MAX_PAIRS);
		return 2;
	}
	choose_cpus(&s);
	printf("%-42s %12s %12s %7s  %-11s  %-7s  %-4s %7s %7s\n", "figure", "bare", "ipcbench",
		"ratio", "quartiles", "target", "", "loop", "best");
	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++) {
		int r = wanted(&s, figures[i].name) ? compare(&figures[i], &s) : 0;

		missed += r > 0;
		broken += r < 0;
	}
	const struct {
		const char *name, *unit;
		double (*measure)(void);
		double target;
	} costs[] = {
		{"recording one latency", "ns", cost_of_recording, 2},
		{"one launch, first call to last", "ms", start_ms, 20},
		{"peak memory, 10^6 / 10^4 messages", "x", memory_growth, 1.02},
	};

	for (size_t i = 0; i < sizeof(costs) / sizeof(costs[0]); i++) {
		int r = 0;

		if (wanted(&s, costs[i].name))
			r = absolute(
				costs[i].name, costs[i].measure(), costs[i].unit, costs[i].target);
		missed += r > 0;
		broken += r < 0;
	}
	printf("%d missed, %d not measured\n", missed, broken);
	return broken != 0 || (s.strict && missed != 0) ? 1 : 0;
}
