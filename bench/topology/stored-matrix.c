/* SPDX-License-Identifier: MIT */
#include "topology/matrix.h"

#include "text/memory.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_LEN = 4200 };

static int cpu_of(const struct rows *rows, size_t row, const char *column)
{
	double cpu = rows_number(rows, row, column);

	return cpu >= 0 && cpu < 1e6 ? (int)cpu : -1;
}

static int read_pair(
	struct pair *p, const struct rows *rows, size_t row, const char *path, struct reason *why)
{
	const char *class = rows_text(rows, row, "class"), *status = rows_text(rows, row, "status");
	double pages = rows_number(rows, row, "pages");

	*p = (struct pair){
		.cpu_a = cpu_of(rows, row, "cpu_a"),
		.cpu_b = cpu_of(rows, row, "cpu_b"),
		.class = PLACE_NONE,
		.status = strcmp(status, "ok") == 0	? STATUS_OK
			  : strcmp(status, "fail") == 0 ? STATUS_FAIL
							: STATUS_SKIP,
		.pages = pages > 0 && pages < 1e9 ? (unsigned int)pages : 0,
		.round_trips = strtoull(rows_text(rows, row, "round_trips"), NULL, 10),
		.min_ns = rows_number(rows, row, "rtt_min_ns"),
		.max_ns = rows_number(rows, row, "rtt_max_ns"),
		.p50_ns = rows_number(rows, row, "rtt_p50_ns"),
	};
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

int stored_matrix_load(struct stored_matrix *m, const char *dir, struct reason *why)
{
	static const char *const columns[] = {"schema_version", "run_id", "cpu_a", "cpu_b", "class",
		"rtt_p50_ns", "status", NULL};
	char path[PATH_LEN];

	*m = (struct stored_matrix){.run_id = ""};
	snprintf(path, sizeof(path), "%s/topology.csv", dir);
	int err = rows_load(&m->rows, path, why);

	if (err == 0)
		err = rows_expect(&m->rows, path, "ipcbench topology", columns, why);
	if (err < 0)
		return err;
	m->matrix.pairs = need_array(m->rows.count, sizeof(*m->matrix.pairs));
	for (size_t i = 0; i < m->rows.count && err == 0; i++)
		err = read_pair(&m->matrix.pairs[i], &m->rows, i, path, why);
	m->matrix.pair_count = m->matrix.done = m->rows.count;
	if (m->rows.count > 0)
		m->run_id = rows_text(&m->rows, 0, "run_id");
	return err;
}

void stored_matrix_free(struct stored_matrix *m)
{
	free(m->matrix.pairs);
	rows_free(&m->rows);
	*m = (struct stored_matrix){.run_id = ""};
}
