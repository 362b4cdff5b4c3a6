/* SPDX-License-Identifier: MIT */
/* What the comparison tables are written as. */
#include "made-up-run.h"

/* ---- what all of them are written as --------------------------------------------------------- */

static void fill(struct fixture *f)
{
	static const char *const places[] = {"same-cpu", "same-llc"};

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		stream(f, "pipe,pipes,block", MIB, places[i], 1e9, "");
		stream(f, "pipe,pipes,block", 65536, places[i], 2e9, "");
		trips(f, "pipe,pipes,block", "64", places[i], 5000);
		stream(f, "posix-shm,shared-memory,block", MIB, places[i], 2e10, "");
		trips(f, "posix-shm,shared-memory,block", "64", places[i], 4000);
		stream(f, "sysv-shm,shared-memory,block", MIB, places[i], 2.1e10, "");
		trips(f, "sysv-shm,shared-memory,block", "64", places[i], 4100);
		stream(f, "unix-seqpacket,sockets,block", 65536, places[i], 7e9, "");
		trips(f, "unix-seqpacket,sockets,block", "64", places[i], 8000);
	}
}

static void eighty_columns_are_enough(void **state)
{
	struct fixture *f = *state;

	fill(f);
	make(f, TABLES_ALL);
	char *text = written(table_80, &f->tables);

	for (const char *line = text; *line != '\0'; line += strcspn(line, "\n") + 1) {
		if (strcspn(line, "\n") > 80)
			fail_msg("%.*s", (int)strcspn(line, "\n"), line);
	}
	expect(text, "Run run-1 \"lab\"\n");
	expect(text, "\n  transport       wait      messages  time us  ");
	expect(text, "  low-high  trip ns  CPU us\n");
	expect(text, "\n  held KiB\n    pipe            64.0\n");
	free(text);
	text = written(table_unlimited, &f->tables);
	expect(text, "PSS MiB  held KiB  suited to\n");
	free(text);
}

static void utf8_where_the_locale_has_it(void **state)
{
	struct fixture *f = *state;

	fill(f);
	make(f, 1u << TABLE_TIME);
	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
		skip();
	char *text = written(table_unlimited, &f->tables);

	expect(text, "1 × 1 MiB");
	expect(text, "time µs");
	free(text);
}

static size_t count_of(const char *line, char c)
{
	size_t n = 0;

	for (; *line != '\n' && *line != '\0'; line++)
		n += *line == c;
	return n;
}

static void csv_of_each(void **state)
{
	struct fixture *f = *state;
	static const char *const starts[TABLE_KINDS] = {
		[TABLE_TIME] =
			("transport,family,wait,copy,placement,idle,dispatch,mem,trials,"
			 "message_bytes,messages,time_ns,time_ns_ci_lo,time_ns_ci_hi,time_ns_min,"
			 "time_ns_max,round_trip_ns,cpu_ns,mem_pss_bytes,mem_kernel_bytes,lost,"
			 "best,typical_use,obstacle,layout,batch,footprint,tied,topology,sched,load,sizes,isolate,depth,channels\n"
			 "pipe,pipes,block,copy,same-cpu,,,,1,1048576,1,1048576,,,1048576,"),
		[TABLE_QUALITIES] = "transport,family,wait,copy,placement,idle,dispatch,mem,form,"
				    "synchronisation,kinship,across_hosts,lasts_as_long_as,"
				    "left_to_program,complexity,api,",
		[TABLE_APIS] =
			"transport,family,wait,copy,placement,idle,dispatch,mem,"
			"transport_posix,mode,size_bytes,metric,better,sysv,posix,trials_sysv,",
	};

	fill(f);
	make(f, TABLES_ALL);
	for (enum table_kind kind = 0; kind < TABLE_KINDS; kind++) {
		f->tables.kinds = 1u << kind;
		char *text = written(tables_write_csv, &f->tables);
		const char *line = text;
		size_t rows = 0;

		if (strncmp(text, starts[kind], strlen(starts[kind])) != 0)
			fail_msg("%s", text);
		/* no made-up value holds a comma but lists and typical uses, which are quoted */
		for (; *line != '\0'; line += strcspn(line, "\n") + 1, rows++) {
			if (strchr(line, '"') == NULL)
				assert_int_equal(count_of(line, ','), count_of(text, ','));
		}
		assert_true(rows > 1);
		free(text);
	}
}

static void json_of_all(void **state)
{
	struct fixture *f = *state;

	fill(f);
	make(f, TABLES_ALL);
	char *text = written(tables_write_json, &f->tables);
	json_t *doc = json_loads(text, 0, NULL);

	assert_non_null(doc);
	assert_int_equal(json_integer_value(json_object_get(doc, "schema_version")), 2);
	assert_string_equal(json_string_value(json_object_get(doc, "run_id")), "run-1");
	assert_true(json_is_null(json_object_get(doc, "machine")));
	assert_int_equal(json_array_size(json_object_get(doc, "time")), 8);
	assert_int_equal(json_array_size(json_object_get(doc, "qualities")), 8);
	assert_int_equal(json_array_size(json_object_get(doc, "apis")), 4);
	const json_t *row = json_array_get(json_object_get(doc, "time"), 0);

	assert_true(json_is_integer(json_object_get(row, "message_bytes")));
	assert_true(near(json_real_value(json_object_get(row, "time_ns")), MIB));
	assert_true(json_is_null(json_object_get(row, "lost")));
	json_decref(doc);
	free(text);
}

/* Names that a plugin or a hand has put into a run do no harm. */
static void hostile_names(void **state)
{
	struct fixture *f = *state;

	stream(f, "\"a|b&c_d\\e\x1b[31m,{}\",\"fam\nily\",block", MIB, "same-cpu", 1e9, "");
	stream(f, "pipe,pipes,block", MIB, "same-cpu", 2e9, "");
	make(f, TABLES_ALL);
	char *text = written(table_80, &f->tables);

	assert_null(strchr(text, '\x1b'));
	free(text);
	text = written(tables_write_markdown, &f->tables);
	expect(text, "a\\|b\\&c\\_d\\\\e?\\[31m,{}");
	free(text);
	text = written(tables_write_latex, &f->tables);
	expect(text, "a\\textbar{}b\\&c\\_d\\textbackslash{}e?{[}31m,\\{\\}");
	free(text);
	text = written(tables_write_json, &f->tables);
	json_t *doc = json_loads(text, 0, NULL);

	assert_non_null(doc);
	json_decref(doc);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(eighty_columns_are_enough),
		TEST(utf8_where_the_locale_has_it),
		TEST(csv_of_each),
		TEST(json_of_all),
		TEST(hostile_names),
	};

	return cmocka_run_group_tests_name("tables-output", tests, NULL, NULL);
}
