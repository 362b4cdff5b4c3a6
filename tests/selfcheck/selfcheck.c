/* SPDX-License-Identifier: MIT */
/*
 * selfcheck CHECK PINGPONG: ipcbench against the independent measurement of pingpong.c, on the same
 * CPUs. Short trials of the two are interleaved A B B A ..., so that what drifts hits both; the
 * ratio of each two neighbours is one value; verdict.h says how values become a verdict. A machine
 * may be any factor slower: only ratios are judged.
 *
 * Checks whose name begins with "planted" spoil one of the two sides and pass when that is found.
 * Exit status 0: as it should be; 1: not; 77: cannot run here.
 */
#include "speed.h"
#include "verdict.h"

#include <errno.h>
#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LOOKS = 3, BLOCK = 16, PAIRS = LOOKS * BLOCK, VOID_MAX = 2 * PAIRS, SKIPPED = 77 };

/*
 * A trial of either program with fewer round trips is void: it went by in waiting for a CPU, and
 * its median would be a time slice of the scheduler.
 */
enum { SAMPLES_MIN = 200 };

struct check {
	const char *name;
	const char *mechanism; /* of pingpong */
	const char *transport; /* of ipcbench */
	const char *wait, *size;
	bool apart;	/* on two CPUs */
	const char *ms; /* length of a trial */
	double margin;
	const char *extra; /* per cent, planted into pingpong; NULL = none */
	enum verdict expected;
};

/*
 * On one CPU the two sides take turns and a round trip is a path through the kernel, the same for
 * both programs but for a few instructions: they agree within 6 % here. A spinning round trip of
 * 0.1 us is ten steps of the clock of some machines, contains an empty interval of the clock
 * itself, which costs more through the C library, and jumps by a factor of five with the
 * placement of virtual CPUs: 50 %. Where other work holds the two CPUs in turn, the sides hardly
 * meet: such trials are longer.
 */
#define TIGHT 1.15
#define WIDE  1.5

static const struct check checks[] = {
	{"pipe", "pipe", "pipe", "block", "64", false, "40", TIGHT, NULL, AGREE},
	{"unix-stream", "stream", "unix-stream", "block", "64", false, "40", TIGHT, NULL, AGREE},
	{"shm-block", "futex", "shm", "block", "48", false, "40", TIGHT, NULL, AGREE},
	{"shm-spin", "spin", "shm", "spin", "48", true, "80", WIDE, NULL, AGREE},
	/* the measurement itself is wrong by half */
	{"planted-extra", "pipe", "pipe", "block", "64", false, "40", TIGHT, "50", DISAGREE},
	/* the plugin is sound without a delay, and every message 20 us late with one */
	{"planted-none", "packets", "planted", "block", "64", false, "40", TIGHT, NULL, AGREE},
	{"planted-delay", "packets", "planted:delays=1x20000", "block", "64", false, "40", TIGHT,
		NULL, DISAGREE},
};

/* Trials so far, in nanoseconds. */
struct trials {
	double ours[PAIRS], theirs[PAIRS];
	size_t pairs, voids;
};

static char cpu_a[16], cpu_b[16]; /* as both programs are told */

/* The last CPU that this process may use, and another one if it may. */
static int pick_cpus(bool apart)
{
	cpu_set_t set;
	int first = -1, last = -1;

	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		return -errno;
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET((size_t)cpu, &set))
			continue;
		first = first < 0 ? cpu : first;
		last = cpu;
	}
	if (apart && first == last)
		return -ENODEV;
	snprintf(cpu_a, sizeof(cpu_a), "%d", apart ? first : last);
	snprintf(cpu_b, sizeof(cpu_b), "%d", last);
	return 0;
}

/*
 * A trial: its median in *ns, NAN if it is void. 0, or -ENODATA if the program did not measure.
 */
static int run_ipcbench(const struct check *c, double *ns)
{
	static const char *const columns[] = {"lat_p50_ns", "lat_count", NULL};
	const char *plugin = getenv("PLANTED");
	struct subject s;
	char cpus[40], length[16];

	snprintf(cpus, sizeof(cpus), "%s,%s", cpu_a, cpu_b);
	snprintf(length, sizeof(length), "%sms", c->ms);
	const char *args[] = {"-q", "-t", c->transport, "-w", c->wait, "-s", c->size, "-m",
		"latency", "--cpus", cpus, "-T", "1", "-d", length, "--warmup", "0.01", "--plugin",
		plugin, NULL};

	if (plugin == NULL || strncmp(c->transport, "planted", 7) != 0)
		args[17] = NULL;
	if (subject_run(args, columns, &s) < 0) {
		printf("ipcbench measured nothing: %s\n", s.reason);
		return -ENODATA;
	}
	if (s.value[0][1] >= SAMPLES_MIN)
		*ns = s.value[0][0];
	return 0;
}

static int run_pingpong(const struct check *c, const char *program, double *ns)
{
	const char *const args[] = {
		program, c->mechanism, c->size, cpu_a, cpu_b, c->ms, c->extra, NULL};
	int fds[2], status = -1, samples = 0;

	if (pipe(fds) < 0)
		return -errno;
	fflush(NULL);
	pid_t pid = fork();

	if (pid == 0) {
		dup2(fds[1], STDOUT_FILENO);
		execv(program, (char *const *)args);
		_exit(127);
	}
	close(fds[1]);
	FILE *in = fdopen(fds[0], "r");

	if (in != NULL && fscanf(in, "%lf %d", ns, &samples) != 2)
		samples = 0;
	if (in != NULL)
		fclose(in);
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || status != 0 || samples == 0) {
		printf("%s measured nothing: wait status 0x%x\n", program, (unsigned int)status);
		return -ENODATA;
	}
	if (samples < SAMPLES_MIN)
		*ns = NAN;
	return 0;
}

/* One more pair, unless it is void; the order of the two alternates. */
static int add_pair(struct trials *t, const struct check *c, const char *program)
{
	bool ours_first = (t->pairs + t->voids) % 2 == 0;
	double ours = NAN, theirs = NAN;
	int r = ours_first ? run_ipcbench(c, &ours) : 0;

	if (r == 0)
		r = run_pingpong(c, program, &theirs);
	if (r == 0 && !ours_first)
		r = run_ipcbench(c, &ours);
	if (r < 0)
		return r;
	if (isnan(ours) || isnan(theirs)) {
		t->voids++;
		return 0;
	}
	t->ours[t->pairs] = ours;
	t->theirs[t->pairs++] = theirs;
	return 0;
}

static enum verdict look(const struct trials *t, const struct check *c, bool last)
{
	static const char *const words[] = {"undecided", "agree", "disagree"};
	double ratio[PAIRS], ours[PAIRS], theirs[PAIRS];

	for (size_t i = 0; i < t->pairs; i++) {
		ours[i] = t->ours[i];
		theirs[i] = t->theirs[i];
		ratio[i] = ours[i] / theirs[i];
	}
	struct interval o = median_interval(ours, t->pairs, 0.95);
	struct interval p = median_interval(theirs, t->pairs, 0.95);
	struct interval r = median_interval(ratio, t->pairs, 0.999);
	enum verdict v = judge(&r, c->margin, last);

	printf("%zu pairs (%zu void): ipcbench %.0f ns (95 %%: %.0f-%.0f), pingpong %.0f ns (95 %%: %.0f-%.0f), "
	       "ratio %.3f (99.9 %%: %.3f-%.3f): %s\n",
		t->pairs, t->voids, o.median, o.low, o.high, p.median, p.low, p.high, r.median,
		r.low, r.high, words[v]);
	return v;
}

static int run_check(const struct check *c, const char *program)
{
	struct trials t = {.pairs = 0};
	enum verdict v = UNDECIDED;

	for (size_t n = 1; n <= LOOKS && v == UNDECIDED; n++) {
		while (t.pairs < n * BLOCK && t.voids < VOID_MAX)
			if (add_pair(&t, c, program) < 0)
				return EXIT_FAILURE;
		if (t.pairs < BLOCK) {
			printf("skipped: other work keeps the two CPUs from exchanging anything: %d void trials\n",
				VOID_MAX);
			return SKIPPED;
		}
		v = look(&t, c, n == LOOKS || t.voids == VOID_MAX);
	}
	return v == c->expected ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	for (size_t i = 0; argc == 3 && i < sizeof(checks) / sizeof(*checks); i++) {
		if (strcmp(argv[1], checks[i].name) != 0)
			continue;
		if (pick_cpus(checks[i].apart) < 0) {
			printf("skipped: needs two CPUs\n");
			return SKIPPED;
		}
		return run_check(&checks[i], argv[2]);
	}
	fprintf(stderr, "usage: selfcheck CHECK PINGPONG\n");
	return 2;
}
