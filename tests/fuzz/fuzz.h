/* SPDX-License-Identifier: MIT */
/*
 * Fuzz targets: each is a parser of untrusted text, called as the program calls it, and what has to
 * hold of its result. scripts/fuzz runs them; LibFuzzer and the sanitizers find the rest.
 */
#ifndef IPCBENCH_FUZZ_H
#define IPCBENCH_FUZZ_H

#include "doc/document.h"
#include "measure/topology.h"
#include "plan/plan.h"
#include "text/outputs.h"

/* Takes an input of `len` bytes, with a 0 behind them, which it may write to. */
typedef void fuzz_fn(char *text, size_t len);

fuzz_fn fuzz_command, fuzz_option_file, fuzz_sizes, fuzz_rows, fuzz_key, fuzz_text, fuzz_document,
	fuzz_slice, fuzz_count, fuzz_proc;
fuzz_fn fuzz_run, fuzz_replay, fuzz_resume, fuzz_gate, fuzz_matrix, fuzz_hist_log, fuzz_histogram,
	fuzz_machine, fuzz_ledger;

/* Ends the process with a line, so that the input becomes a finding. */
#define EXPECT(holds)                                                                              \
	do {                                                                                       \
		if (!(holds))                                                                      \
			fuzz_fail(__FILE__, __LINE__, #holds);                                     \
	} while (0)
_Noreturn void fuzz_fail(const char *file, int line, const char *what);

/* A machine with every class of placement. */
const struct topology *fuzz_topology(void);

/* What stands up to the next form feed, or up to the end; NULL behind that. */
char *fuzz_part(char **rest);

/* ---- files: below a directory of this process ------------------------------------------------ */

extern char fuzz_dir[];

/* Writes a file, whose folders are made. */
void fuzz_write(const char *name, const void *bytes, size_t len);

/* Writes the parts of an input to these files, which NULL ends; those without a part are removed.
 */
void fuzz_write_parts(const char *const *names, char *text);

/* ---- what has to hold of what is written ----------------------------------------------------- */

enum form { FORM_PLAIN, FORM_MARKDOWN, FORM_LATEX, FORM_MARKUP, FORM_JSON, FORM_CSV };

/* Valid UTF-8 without control characters, and of its form with nothing unescaped in it. */
void fuzz_check(const char *text, enum form form);

/* The same of what a writer writes, without an error, and of a document in all its forms. */
void fuzz_check_output(output_writer *write, const void *what, enum form form);
void fuzz_check_document(fill_fn *fill, const void *what);

/* The same of a plan. False if it is very large, and was not made. */
bool fuzz_check_plan(const struct settings *settings);

#endif
