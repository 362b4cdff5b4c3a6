/* SPDX-License-Identifier: MIT */
/* The comparison tables of a stored run, and everything that they are written as. */
#ifndef IPCBENCH_TABLES_H
#define IPCBENCH_TABLES_H

#include "tables/apis.h"
#include "tables/qualities.h"
#include "tables/time.h"

enum table_kind { TABLE_TIME, TABLE_QUALITIES, TABLE_APIS, TABLE_KINDS };
#define TABLES_ALL ((1u << TABLE_KINDS) - 1)

/* "time", "qualities", "apis" */
extern const char *const table_names[TABLE_KINDS];

struct tables {
	const struct stored_run *run; /* borrowed */
	char *machine;		      /* "AMD EPYC, 2 CPUs, Linux 6.1"; NULL = not known */
	unsigned int kinds;	      /* 1 << enum table_kind */
	struct time_table time;
	struct quality_table qualities;
	struct api_table apis;
};

/* Makes these of a run, which is borrowed. -ENOMEM. tables_free() is due in any case. */
int tables_read(struct tables *t, const struct measured *m, unsigned int kinds);
void tables_free(struct tables *t);

/* Rows of all tables. */
size_t tables_rows(const struct tables *t);

/* Their grids and notes. 0 or -ENOMEM; report_free() is due in any case. */
int tables_report(struct report *rep, const struct tables *t, bool utf8);

/* 0 or -errno each. CSV holds one table: the first of those that were made. */
int tables_write_table(FILE *out, const struct tables *t, unsigned int width, bool color);
int tables_write_markdown(FILE *out, const struct tables *t);
int tables_write_latex(FILE *out, const struct tables *t);
int tables_write_csv(FILE *out, const struct tables *t);
int tables_write_json(FILE *out, const struct tables *t);

#endif
