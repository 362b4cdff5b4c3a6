/* SPDX-License-Identifier: MIT */
#include "compare-command.h"

#include "cli/compare.h"
#include "command.h"
#include "exit-status.h"
#include "measure/clock.h"
#include "output/gate.h"
#include "output/run-id.h"
#include "output/store.h"
#include <errno.h>
#include <stdio.h>
#include <sys/random.h>

static const char *const run_files[] = {"compare.csv"};

/* ---- files ----------------------------------------------------------------------------------- */

static int write_csv(FILE *out, const void *arg)
{
	return gate_compare_csv_write(out, arg);
}

static int write_json(FILE *out, const void *arg)
{
	return gate_json_write(out, arg);
}

static int write_markdown(FILE *out, const void *arg)
{
	return gate_markdown_write(out, arg);
}

static int write_junit(FILE *out, const void *arg)
{
	return gate_junit_write(out, arg);
}

enum { FORMATS = 4 };

/* The formats that an option names a file for. */
struct format {
	const char *option, *path;
	store_writer *write;
};

static void list_formats(struct format out[FORMATS], const struct compare_settings *s)
{
	out[0] = (struct format){"--csv", s->csv, write_csv};
	out[1] = (struct format){"--json", s->json, write_json};
	out[2] = (struct format){"--md", s->md, write_markdown};
	out[3] = (struct format){"--junit", s->junit, write_junit};
}

static int prepare(const struct compare_settings *s, struct reason *why)
{
	struct format formats[FORMATS];
	struct store_file files[FORMATS];

	list_formats(formats, s);
	for (size_t i = 0; i < FORMATS; i++)
		files[i] = (struct store_file){formats[i].option, formats[i].path};
	return store_check(files, FORMATS, s->output_dir, run_files, ARRAY_SIZE(run_files), why);
}

static int save(const struct compare_settings *s, const struct gate_results *r, struct reason *why)
{
	struct format formats[FORMATS];
	char path[4200];
	int err = 0;

	list_formats(formats, s);
	for (size_t i = 0; i < FORMATS && err == 0; i++)
		if (formats[i].path != NULL && !store_is_stdout(formats[i].path))
			err = store_write(formats[i].path, formats[i].write, r, why);
	if (err < 0 || s->output_dir == NULL)
		return err;
	snprintf(path, sizeof(path), "%s/%s", s->output_dir, run_files[0]);
	return store_write(path, write_csv, r, why);
}

/* The one format that asked for standard output, else the table. */
static int print(const struct compare_settings *s, const struct gate_results *r)
{
	struct format formats[FORMATS];

	list_formats(formats, s);
	for (size_t i = 0; i < FORMATS; i++)
		if (store_is_stdout(formats[i].path))
			return formats[i].write(stdout, r);
	return s->quiet ? 0 : gate_table_write(stdout, r, terminal_width(), use_color(COLOR_AUTO));
}

/* ---- run ------------------------------------------------------------------------------------- */

static int exit_status(const struct gate_results *r)
{
	if (r->row_count == 0)
		return EXIT_NOT_MEASURED;
	if (r->advisory)
		return EXIT_MEASURED;
	switch (gate_outcome(r)) {
	case GATE_REGRESSED:
		return EXIT_REGRESSED;
	case GATE_INCONCLUSIVE:
		return EXIT_INCONCLUSIVE;
	case GATE_NOT_MEASURED:
		return EXIT_NOT_MEASURED;
	case GATE_PASSED:
		break;
	}
	return EXIT_MEASURED;
}

/* Saves, prints, and says what is wrong with either. */
static int finish(const struct compare_settings *s, const struct gate_results *r, int *stdout_error)
{
	struct reason why = {""};
	int status = exit_status(r);

	if (save(s, r, &why) < 0)
		status = complain(&why, EXIT_FAILED);
	int err = print(s, r);

	if (err == -ENOMEM) {
		reason_set(&why, ENOMEM, "out of memory while printing");
		status = complain(&why, EXIT_FAILED);
	} else if (err < 0) {
		*stdout_error = -err;
	}
	return status;
}

int compare_command(int argc, char **argv, int *stdout_error)
{
	uint64_t start = clock_gettime_ns();
	struct compare_settings settings;
	struct reason why = {""};
	char run_id[RUN_ID_LEN];
	struct stored stored;
	uint32_t number;
	int r = compare_parse(&settings, argc - 1, argv + 1, &why);

	if (r != 0)
		return r > 0 ? EXIT_MEASURED : complain(&why, EXIT_USAGE);
	if (getrandom(&number, sizeof(number), 0) != (ssize_t)sizeof(number))
		number = (uint32_t)start;
	r = stored_compare(&stored, &settings.what, &why);
	if (r == 0 && prepare(&settings, &why) < 0) {
		r = complain(&why, EXIT_USAGE);
	} else if (r == 0) {
		run_id_make(run_id, number);
		stored.results.run_id = run_id;
		stored.results.elapsed_s = (double)(clock_gettime_ns() - start) / 1e9;
		r = finish(&settings, &stored.results, stdout_error);
	} else {
		r = complain(&why, r == -ENOENT || r == -ENOTDIR ? EXIT_USAGE : EXIT_NOT_MEASURED);
	}
	stored_free(&stored);
	return r;
}
