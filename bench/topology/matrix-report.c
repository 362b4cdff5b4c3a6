/* SPDX-License-Identifier: MIT */
#include "topology/matrix.h"

#include "measure/clock.h"
#include "stats/summary.h"
#include "text/format.h"
#include "text/memory.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* More CPUs than this are a list of pairs: a line of the matrix would be too long to read. */
#define MATRIX_CPUS_MAX 32

/* ---- classes --------------------------------------------------------------------------------- */

size_t matrix_classes(struct matrix_class out[PLACE_COUNT], const struct matrix *m)
{
	double *ns = need_array(m->done, sizeof(*ns));
	size_t classes = 0;

	for (int class = 0; class < PLACE_COUNT; class ++) {
		size_t n = 0;

		for (size_t i = 0; i < m->done; i++)
			if (m->pairs[i].status == STATUS_OK && (int)m->pairs[i].class == class)
				ns[n++] = m->pairs[i].p50_ns;
		if (n == 0)
			continue;
		struct matrix_class *c = &out[classes++];

		*c = (struct matrix_class){(enum placement) class, n, .p50_ns = median(ns, n)};
		c->min_ns = c->max_ns = ns[0];
		for (size_t i = 1; i < n; i++) {
			c->min_ns = fmin(c->min_ns, ns[i]);
			c->max_ns = fmax(c->max_ns, ns[i]);
		}
	}
	free(ns);
	return classes;
}

/* ---- text ------------------------------------------------------------------------------------ */

/* The allowed CPUs of each cache: one line. */
static void write_caches(FILE *out, const struct topology *t)
{
	int *list = need_array(t->count, sizeof(*list));
	bool *told = need_array(t->count, sizeof(*told));
	char text[256];

	for (size_t i = 0; i < t->count; i++) {
		const struct topology_cpu *c = &t->cpu[i];
		size_t count = 0;

		if (told[i] || !c->allowed)
			continue;
		for (size_t j = i; j < t->count; j++)
			if (t->cpu[j].allowed && t->cpu[j].llc == c->llc &&
				t->cpu[j].node == c->node) {
				list[count++] = t->cpu[j].cpu;
				told[j] = true;
			}
		fprintf(out, "  package %u, node %u, last-level cache %u: CPU%s %s\n", c->package,
			c->node, c->llc, count == 1 ? "" : "s",
			cpu_list(text, sizeof(text), list, count));
	}
	free(list);
	free(told);
}

void matrix_write_machine(FILE *out, const struct topology *topo)
{
	struct topology_counts c;

	topology_count(topo, &c);
#define SOME(n) (n), (n) == 1 ? "" : "s"
	fprintf(out,
		"What this process may use, as hwloc sees it: %u package%s, %u NUMA node%s, "
		"%u last-level cache%s, %u core%s, %u CPU%s\n",
		SOME(c.packages), SOME(c.nodes), SOME(c.llcs), SOME(c.cores), SOME(c.cpus));
#undef SOME
	write_caches(out, topo);
}

/* Tenths of a nanosecond say something only of the shortest times. */
static int decimals_of(const struct matrix *m)
{
	for (size_t i = 0; i < m->done; i++)
		if (m->pairs[i].status == STATUS_OK && m->pairs[i].p50_ns < 100)
			return 1;
	return 0;
}

static const struct pair *pair_of(const struct matrix *m, int a, int b)
{
	for (size_t i = 0; i < m->done; i++) {
		const struct pair *p = &m->pairs[i];

		if ((p->cpu_a == a && p->cpu_b == b) || (p->cpu_a == b && p->cpu_b == a))
			return p;
	}
	return NULL;
}

static void write_matrix(FILE *out, const struct matrix *m, const int *cpus, size_t n)
{
	char text[40];
	int decimals = decimals_of(m), width = decimals > 0 ? 7 : 6;

	fprintf(out, "%5s", "CPU");
	for (size_t i = 0; i < n; i++)
		fprintf(out, "%*d", width, cpus[i]);
	fputc('\n', out);
	for (size_t i = 0; i < n; i++) {
		fprintf(out, "%5d", cpus[i]);
		for (size_t j = 0; j < n; j++) {
			const struct pair *p = i == j ? NULL : pair_of(m, cpus[i], cpus[j]);

			fprintf(out, "%*s", width,
				i == j	    ? "-"
				: p == NULL ? "."
				: isnan(p->p50_ns)
					? "fail"
					: format_fixed(text, sizeof(text), p->p50_ns, decimals));
		}
		fputc('\n', out);
	}
}

static void write_list(FILE *out, const struct matrix *m)
{
	int decimals = decimals_of(m);
	char min[40], p50[40], max[40];

	fprintf(out, "%6s %6s  %-10s %9s %9s %9s\n", "CPU a", "CPU b", "class", "min", "p50",
		"max");
	for (size_t i = 0; i < m->done; i++) {
		const struct pair *p = &m->pairs[i];

		fprintf(out, "%6d %6d  %-10s %9s %9s %9s\n", p->cpu_a, p->cpu_b,
			placement_name(p->class),
			format_fixed(min, sizeof(min), p->min_ns, decimals),
			format_fixed(p50, sizeof(p50), p->p50_ns, decimals),
			format_fixed(max, sizeof(max), p->max_ns, decimals));
	}
}

static void write_classes(FILE *out, const struct matrix *m)
{
	struct matrix_class c[PLACE_COUNT];
	size_t n = matrix_classes(c, m);
	int decimals = decimals_of(m);
	char min[40], p50[40], max[40];

	if (n > 0)
		fprintf(out, "\n%-10s %6s %9s %9s %9s\n", "class", "pairs", "min", "median", "max");
	for (size_t i = 0; i < n; i++)
		fprintf(out, "%-10s %6zu %9s %9s %9s\n", placement_name(c[i].class), c[i].pairs,
			format_fixed(min, sizeof(min), c[i].min_ns, decimals),
			format_fixed(p50, sizeof(p50), c[i].p50_ns, decimals),
			format_fixed(max, sizeof(max), c[i].max_ns, decimals));
}

/* Equal reasons in a row are told once, with the first pair. */
static void write_reasons(FILE *out, const struct matrix *m)
{
	const char *last = "";

	for (size_t i = 0; i < m->done; i++) {
		const struct pair *p = &m->pairs[i];

		if (p->status == STATUS_OK || strcmp(p->reason.text, last) == 0)
			continue;
		last = p->reason.text;
		if (p->cpu_b < 0)
			fprintf(out, "\n%s: %s\n", status_name(p->status), last);
		else
			fprintf(out, "\n%s CPUs %d and %d: %s\n", status_name(p->status), p->cpu_a,
				p->cpu_b, last);
	}
}

/* The CPUs of all pairs, measured or not: the first is in the first row of pairs with each other.
 */
static size_t cpus_of(const struct matrix *m, int *cpus, size_t max)
{
	size_t n = 0;

	if (m->pair_count == 0 || m->pairs[0].cpu_b < 0)
		return 0;
	cpus[n++] = m->pairs[0].cpu_a;
	for (size_t i = 0; i < m->pair_count && m->pairs[i].cpu_a == cpus[0]; i++) {
		if (n == max)
			return max + 1;
		cpus[n++] = m->pairs[i].cpu_b;
	}
	return n;
}

int matrix_write_text(FILE *out, const void *results)
{
	const struct matrix_results *r = results;
	const struct matrix *m = r->matrix;
	int cpus[MATRIX_CPUS_MAX];
	size_t n = cpus_of(m, cpus, MATRIX_CPUS_MAX);

	errno = 0;
	matrix_write_machine(out, r->topology);
	if (n > 0 && m->done > 0) {
		fprintf(out,
			"\nRun %s: round trip over one cache line, ns, the median of %d pages\n",
			r->run_id, MATRIX_PAGES);
		if (n <= MATRIX_CPUS_MAX)
			write_matrix(out, m, cpus, n);
		else
			write_list(out, m);
		write_classes(out, m);
	}
	write_reasons(out, m);
	fflush(out);
	return stream_status(out);
}
