/* SPDX-License-Identifier: MIT */
/* A run of made-up trials and the comparison tables of it. Included first. */
#ifndef IPCBENCH_TEST_MADE_UP_RUN_H
#define IPCBENCH_TEST_MADE_UP_RUN_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* these come first: cmocka.h does not include them */
#include <cmocka.h>

#include "tables/tables.h"
#include <jansson.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIB 1048576

/* ---- a run of made-up trials ----------------------------------------------------------------- */

struct fixture {
	struct stored_run run;
	struct tables tables;
	char *text;
	size_t len;
	FILE *out;
};

static inline void trial(
	struct fixture *f, const char *keys, const char *status, const char *values)
{
	fprintf(f->out, "1,run-1,lab,%s,%s,%s\n", keys, status, values);
}

/* One trial of a stream of `size` bytes; lost: part that did not arrive. */
static inline void stream(struct fixture *f, const char *who, size_t size, const char *place,
	double rate, const char *lost)
{
	char keys[200], values[200];

	snprintf(keys, sizeof(keys), "%s,copy,throughput,%zu,%s,default", who, size, place);
	snprintf(values, sizeof(values), "1000,%s,%.9g,%.9g,,,0.5,25165824,65536,,,,direct,default",
		lost, rate / (double)size, rate);
	trial(f, keys, "ok,", values);
}

/* One trial of round trips; of notifications with `size` "". */
static inline void trips(
	struct fixture *f, const char *who, const char *size, const char *place, double p50)
{
	char keys[200], values[200];

	snprintf(keys, sizeof(keys), "%s,%s,latency,%s,%s,default", who,
		size[0] != '\0' ? "copy" : "", size, place);
	snprintf(values, sizeof(values), "1000,,,,%.9g,,,25165824,65536,0,,,direct,default", p50);
	trial(f, keys, "ok,", values);
}

static inline void refused(
	struct fixture *f, const char *who, size_t size, const char *place, const char *why)
{
	char keys[200], status[200];

	snprintf(keys, sizeof(keys), "%s,copy,throughput,%zu,%s,default", who, size, place);
	snprintf(status, sizeof(status), "skip,\"%s\"", why);
	trial(f, keys, status, ",,,,,,,,,,,,direct,default");
}

static inline int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	f->out = open_memstream(&f->text, &f->len);
	assert_non_null(f->out);
	fputs("schema_version,run_id,label,transport,family,wait,copy,mode,size_bytes,placement,"
	      "idle,status,reason,messages,lost_messages,msgs_per_s,bytes_per_s,lat_p50_ns,setup_ns,"
	      "cpu_ns_per_byte,mem_pss_bytes,mem_kernel_bytes,think_ns,rate,arrivals,dispatch,mem\n",
		f->out);
	*state = f;
	return 0;
}

static inline int tear_down(void **state)
{
	struct fixture *f = *state;

	tables_free(&f->tables);
	stored_run_free(&f->run);
	free(f);
	setlocale(LC_ALL, "C");
	return 0;
}

/* Makes the tables of what was written. */
static inline void make(struct fixture *f, unsigned int kinds)
{
	struct reason why = {""};

	fclose(f->out);
	f->run = (struct stored_run){
		.dir = "made up", .run_id = "run-1", .label = "", .started_s = NAN};
	if (rows_parse(&f->run.rows, f->text, f->len, "made up", &why) != 0)
		fail_msg("%s", why.text);
	stored_run_read(&f->run);
	tables_read(&f->tables, &f->run, kinds);
}

static inline bool near(double a, double b)
{
	return fabs(a - b) <= 1e-6 * fabs(b);
}

typedef int writer(FILE *out, const void *tables);

static inline char *written(writer write, const struct tables *t)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	assert_int_equal(write(out, t), 0);
	fclose(out);
	return text;
}

static inline int table_80(FILE *out, const void *t)
{
	return document_print(out, DOC_TERMINAL, tables_document, t, 80, false);
}

static inline int table_unlimited(FILE *out, const void *t)
{
	return document_print(out, DOC_TERMINAL, tables_document, t, 0, false);
}

static inline void expect(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg("\"%s\" is missing in:\n%s", part, text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
