/* SPDX-License-Identifier: MIT */
/*
 * print-run DIR: what every writer of results makes of a stored run. Without a clock and without a
 * measurement, so two builds that differ here differ in how they print.
 */
#include "results/measured.h"
#include <locale.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *title;
	unsigned int width; /* of the terminal table */
	bool color;
	output_writer *write; /* NULL = the terminal table */
} forms[] = {
	{"table, 80 columns", 80, false, NULL},
	{"table, 132 columns", 132, false, NULL},
	{"table, unlimited, in colour", 0, true, NULL},
	{"plan", 0, false, NULL},
	{"markdown", 0, false, markdown_write},
	{"latex", 0, false, latex_write},
	{"trials", 0, false, csv_write_trials},
	{"summary", 0, false, csv_write_summary},
};

static int print_all(const struct results *r, const json_t *env)
{
	char *text = env == NULL ? NULL : json_dumps(env, JSON_INDENT(2));
	int failed = 0;

	for (size_t i = 0; i < ARRAY_SIZE(forms) && failed == 0; i++) {
		printf("==== %s\n", forms[i].title);
		if (forms[i].write != NULL)
			failed = forms[i].write(stdout, r);
		else if (strcmp(forms[i].title, "plan") == 0)
			plan_print(stdout, r->plan);
		else
			failed = table_write(stdout, r, forms[i].width, forms[i].color);
	}
	puts("==== json");
	struct results with_env = *r;

	with_env.env_json = text == NULL ? "{}" : text;
	if (failed == 0)
		failed = json_write(stdout, &with_env);
	free(text);
	return failed;
}

int main(int argc, char **argv)
{
	struct stored_run run = {.dir = NULL};
	struct stored_results stored = {.unlaunched = 0};
	struct reason why = {""};

	if (argc != 2) {
		fputs("print-run DIR\n", stderr);
		return 2;
	}
	setlocale(LC_CTYPE, "");
	int failed = stored_run_load(&run, argv[1], &why);

	if (failed == 0)
		failed = stored_results_make(&stored, &run, &why);
	if (failed == 0)
		failed = print_all(&stored.results, run.env);
	if (failed != 0)
		fprintf(stderr, "print-run: %d %s\n", failed, why.text);
	stored_results_free(&stored);
	stored_run_free(&run);
	return failed != 0;
}
