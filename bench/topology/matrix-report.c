/* SPDX-License-Identifier: MIT */
/* The core-to-core matrix as CSV, which is also read, as JSON and as text. */
#include "topology/matrix.h"

#include "measure/clock.h"
#include "results/results.h"
#include "stats/summary.h"
#include "text/format.h"
#include "text/memory.h"
#include "text/record.h"
#include "text/rows.h"
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
		double p50 = median(ns, n);

		/* they are sorted now */
		out[classes++] =
			(struct matrix_class){(enum placement) class, n, ns[0], p50, ns[n - 1]};
	}
	free(ns);
	return classes;
}

/* ---- CSV and JSON ---------------------------------------------------------------------------- */

static void put_pair(struct record *rec, const void *matrix, size_t i)
{
	static const struct pair blank;
	const struct matrix *m = matrix;
	const struct pair *p = i < m->done ? &m->pairs[i] : &blank;
	bool ok = p->status == STATUS_OK, both = p->cpu_b >= 0;

	if (!record_is_json(rec)) {
		record_whole(rec, "schema_version", true, SCHEMA_VERSION);
		record_text(rec, "run_id", m->run_id);
	}
	record_whole(rec, "cpu_a", true, (uint64_t)p->cpu_a);
	record_whole(rec, "cpu_b", both, (uint64_t)p->cpu_b);
	record_text(rec, "class", both ? placement_name(p->class) : NULL);
	record_whole(rec, "pages", p->pages > 0, p->pages);
	record_whole(rec, "round_trips", p->round_trips > 0, p->round_trips);
	record_real(rec, "rtt_min_ns", p->min_ns);
	record_real(rec, "rtt_p50_ns", p->p50_ns);
	record_real(rec, "rtt_max_ns", p->max_ns);
	record_text(rec, "clock", ok ? clock_name(&m->clock) : NULL);
	record_text(rec, "status", status_name(p->status));
	record_text(rec, "reason", ok ? NULL : p->reason.text);
}

static void put_class(struct record *rec, const void *classes, size_t i)
{
	const struct matrix_class *c = (const struct matrix_class *)classes + i;

	record_text(rec, "class", placement_name(c->class));
	record_whole(rec, "pairs", true, c->pairs);
	record_real(rec, "min_ns", c->min_ns);
	record_real(rec, "median_ns", c->p50_ns);
	record_real(rec, "max_ns", c->max_ns);
}

static json_t *cpus_json(const struct topology *topo)
{
	json_t *list = json_array();

	for (size_t i = 0; i < topo->count; i++) {
		const struct topology_cpu *c = &topo->cpu[i];

		if (c->allowed)
			json_array_append_new(
				list, json_pack("{s:i, s:i, s:i, s:i, s:i}", "cpu", c->cpu,
					      "package", (int)c->package, "node", (int)c->node,
					      "llc", (int)c->llc, "core", (int)c->core));
	}
	return list;
}

int matrix_write_csv(FILE *out, const void *matrix)
{
	const struct matrix *m = matrix;

	return records_csv(out, put_pair, m, m->done);
}

int matrix_write_json(FILE *out, const void *matrix)
{
	const struct matrix *m = matrix;
	struct matrix_class c[PLACE_COUNT];
	size_t n = matrix_classes(c, m);

	return json_put(
		out, json_pack("{s:i, s:s, s:b, s:o, s:o, s:o, s:o}", "schema_version",
			     SCHEMA_VERSION, "run_id", m->run_id, "interrupted", m->interrupted,
			     "env", json_embedded(m->env_json), "cpus", cpus_json(m->topology),
			     "pairs", records_json(put_pair, m, m->done), "classes",
			     records_json(put_class, c, n)));
}

/* ---- read back ------------------------------------------------------------------------------- */

static int read_pair(
	struct pair *p, const struct rows *rows, size_t row, const char *path, struct reason *why)
{
	const char *class = rows_text(rows, row, "class");

	*p = (struct pair){
		.cpu_a = rows_whole(rows, row, "cpu_a", 1e6, -1),
		.cpu_b = rows_whole(rows, row, "cpu_b", 1e6, -1),
		.class = PLACE_NONE,
		.pages = (unsigned int)rows_whole(rows, row, "pages", 1e9, 0),
		.round_trips = strtoull(rows_text(rows, row, "round_trips"), NULL, 10),
		.min_ns = rows_number(rows, row, "rtt_min_ns"),
		.max_ns = rows_number(rows, row, "rtt_max_ns"),
		.p50_ns = rows_number(rows, row, "rtt_p50_ns"),
	};
	status_read(&p->status, rows_text(rows, row, "status"));
	reason_set(&p->reason, 0, "%s", rows_text(rows, row, "reason"));
	if (class[0] != '\0' && !placement_parse(class, &p->class))
		return reason_set(why, EINVAL,
			"%s: row %zu has class \"%.40s\", which this version does not know; use the "
			"ipcbench that wrote it",
			path, row + 1, class);
	if (p->status == STATUS_OK && !(p->p50_ns > 0))
		return reason_set(why, EINVAL,
			"%s: row %zu is ok and has no time; the file is damaged", path, row + 1);
	return 0;
}

int stored_matrix_load(struct matrix *m, const char *dir, struct reason *why)
{
	static const char *const columns[] = {"schema_version", "run_id", "cpu_a", "cpu_b", "class",
		"rtt_p50_ns", "status", NULL};
	char *path = need_text("%s/topology.csv", dir);
	struct rows rows;

	*m = (struct matrix){.pairs = NULL};
	int err = rows_load(&rows, path, why);

	if (err == 0)
		err = rows_expect(&rows, path, "ipcbench topology", columns, why);
	if (err == 0) {
		m->pairs = need_array(rows.count, sizeof(*m->pairs));
		m->pair_count = m->done = rows.count;
	}
	for (size_t i = 0; err == 0 && i < rows.count; i++)
		err = read_pair(&m->pairs[i], &rows, i, path, why);
	if (m->done > 0)
		snprintf(m->run_id, sizeof(m->run_id), "%s", rows_text(&rows, 0, "run_id"));
	rows_free(&rows);
	free(path);
	return err;
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
				i == j		   ? "-"
				: p == NULL	   ? "."
				: isnan(p->p50_ns) ? "fail"
						   : format_fixed(p->p50_ns, decimals).text);
		}
		fputc('\n', out);
	}
}

static void write_list(FILE *out, const struct matrix *m)
{
	int decimals = decimals_of(m);

	fprintf(out, "%6s %6s  %-10s %9s %9s %9s\n", "CPU a", "CPU b", "class", "min", "p50",
		"max");
	for (size_t i = 0; i < m->done; i++) {
		const struct pair *p = &m->pairs[i];

		fprintf(out, "%6d %6d  %-10s %9s %9s %9s\n", p->cpu_a, p->cpu_b,
			placement_name(p->class), format_fixed(p->min_ns, decimals).text,
			format_fixed(p->p50_ns, decimals).text,
			format_fixed(p->max_ns, decimals).text);
	}
}

static void write_classes(FILE *out, const struct matrix *m)
{
	struct matrix_class c[PLACE_COUNT];
	size_t n = matrix_classes(c, m);
	int decimals = decimals_of(m);

	if (n > 0)
		fprintf(out, "\n%-10s %6s %9s %9s %9s\n", "class", "pairs", "min", "median", "max");
	for (size_t i = 0; i < n; i++)
		fprintf(out, "%-10s %6zu %9s %9s %9s\n", placement_name(c[i].class), c[i].pairs,
			format_fixed(c[i].min_ns, decimals).text,
			format_fixed(c[i].p50_ns, decimals).text,
			format_fixed(c[i].max_ns, decimals).text);
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

/* The CPUs of all pairs, measured or not: the first pairs are those of the first CPU. */
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

int matrix_write_text(FILE *out, const void *matrix)
{
	const struct matrix *m = matrix;
	int cpus[MATRIX_CPUS_MAX];
	size_t n = cpus_of(m, cpus, MATRIX_CPUS_MAX);

	errno = 0;
	matrix_write_machine(out, m->topology);
	if (n > 0 && m->done > 0) {
		fprintf(out,
			"\nRun %s: round trip over one cache line, ns, the median of %d pages\n",
			m->run_id, MATRIX_PAGES);
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
