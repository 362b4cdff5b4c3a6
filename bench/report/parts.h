/* SPDX-License-Identifier: MIT */
/* The sections of a page, each written for all of its subjects. */
#ifndef IPCBENCH_HTML_PARTS_H
#define IPCBENCH_HTML_PARTS_H

#include "gate/comparison.h"
#include "topology/matrix.h"

/* ---- figures --------------------------------------------------------------------------------- */

/* A figure of a directory: drawn anew, with its title and explanation. */
struct figure {
	const char *stem; /* "latency-by-mechanism-same-cpu": the name of its file */
	const char *kind; /* "by-mechanism": how it is read, see glossary.c */
	const char *title, *subtitle;
	bool screen;	   /* left out on paper */
	char *file;	   /* the text of its drawing ... */
	const char *svg;   /* ... and the element in it; NULL = it is not shown ... */
	struct reason why; /* ... and why not */
};

struct figures {
	struct rows rows;    /* figures.csv */
	struct figure *list; /* in the order of showing */
	size_t count;
	char *said;	   /* what could not be drawn, in lines; NULL = nothing */
	struct reason why; /* why there are no figures; "" otherwise */
};

/*
 * Draws the run in `dir` in a temporary directory, and reads the drawings. Ids in them begin with
 * `prefix`. f->why says what went wrong. 0 or -EINTR if a signal came.
 */
int figures_draw(struct figures *f, const char *dir, const char *prefix);
void figures_free(struct figures *f);

/* A figure with its caption. `whose` names its run, NULL = there is only one. */
void figure_write(FILE *out, const struct figure *f, const char *whose);

/* ---- drawing --------------------------------------------------------------------------------- */

/*
 * A run of the script that draws (scripts/plot, installed as ipcbench-plot). It is started without
 * a shell, in its own process group, and nothing of it remains when the call returns.
 */
struct drawing {
	char *script;  /* NULL = none was found */
	char *folder;  /* a temporary directory, NULL = none; figures are in its folder "figures" */
	int lock;      /* of the folder */
	char *said;    /* what the script wrote on standard error; NULL = nothing */
	char *run_dir; /* of a run that is stored in the folder; NULL = elsewhere */
};

/*
 * For --plot, the figures of a measurement as text below its table. Before anything is measured:
 * finds the script that draws, and gives a run without --output a private directory. Does nothing
 * unless s->plot. -errno with `why`. draw_end() is due in any case.
 */
int draw_prepare(struct drawing *d, struct settings *s, struct reason *why);

/* Draws what is stored to standard output. -errno with `why`; -EINTR without. */
int draw_figures(struct drawing *d, const struct settings *s, struct reason *why);

/* Removes the folder with everything in it. */
void draw_end(struct drawing *d);

/* ---- subject --------------------------------------------------------------------------------- */

enum subject_kind { SUBJECT_RUN, SUBJECT_GATE, SUBJECT_MATRIX };

enum {
	REPORT_RUNS_MAX = 5, /* in one report: as many as a row has room for */
	DOWNLOADS_MAX = 6,
};

/* A file of the directory. */
struct download {
	const char *name; /* "trials.csv" */
	char *bytes;	  /* NULL = there is no such file */
	size_t len;
	bool embedded; /* it got a share of the page */
};

/* A directory that a report describes: its content, whichever command wrote it. */
struct subject {
	const char *dir;
	enum subject_kind kind;
	char letter[2];	    /* "A", "B", ...; "" = the only one */
	char name[400];	    /* "A: results/today (my label)": what it is called */
	const char *run_id; /* "" = none */
	json_t *env;	    /* NULL = unknown */

	/* SUBJECT_RUN */
	struct stored_run run;
	struct stored_results stored;
	/* SUBJECT_GATE */
	struct stored_gate gate;
	/* SUBJECT_MATRIX */
	struct matrix matrix;

	struct figures figures;
	struct download downloads[DOWNLOADS_MAX]; /* the most important first */
};

/*
 * Reads the content of `dir`; figures are left to the caller. -ENOENT or -ENOTDIR if it is not a
 * directory of ipcbench; -EINVAL if a file is damaged; or an error of the system: each with `why`.
 * subject_free() is due in any case. `dir` is borrowed. `letter`: 0 = the only one.
 */
int subject_load(struct subject *s, const char *dir, char letter, struct reason *why);
void subject_free(struct subject *s);

/* "run", "gate", "core-to-core matrix" */
const char *subject_kind_name(enum subject_kind kind);

/* ---- page ------------------------------------------------------------------------------------ */

/* A whole report: one HTML file that needs nothing else. */

struct page {
	struct subject subjects[REPORT_RUNS_MAX]; /* of one kind */
	size_t count;
	struct stored pairs[REPORT_RUNS_MAX - 1]; /* of runs: each but the first against it */
	size_t pair_count;
	int argc; /* the command that makes this page */
	char **argv;
};

/*
 * Makes the page, at most REPORT_BYTES_MAX long, as *html, to be freed. Figures and downloads get
 * their shares.
 */
void page_make(struct page *p, char **html, size_t *len);

/* Bytes of a report: 3 MB. Mail and bug trackers take that. */
#define REPORT_BYTES_MAX ((size_t)3000000)

/* The most important parts come first; what does not fit is left out, and the page says so. */
struct budget {
	size_t most, used;
};

/* Takes this many bytes, or none if fewer are left. */
static inline bool budget_take(struct budget *b, size_t bytes)
{
	if (bytes > b->most - b->used)
		return false;
	b->used += bytes;
	return true;
}

/* The verdict, or what is best. */
void part_headline(FILE *out, const struct page *p);

/* Doubts about the results, and the machine. */
void part_doubts(FILE *out, const struct page *p);
void part_machine(FILE *out, const struct page *p);

/* All tables that fit, and what their marks mean. The notes below them go to `notes`. */
void part_tables(FILE *out, FILE *notes, const struct page *p, struct budget *b);

/* The figures and files that got a share. */
void part_figures(FILE *out, const struct page *p);
void part_downloads(FILE *out, const struct page *p);

/* The commands that measure it again. */
void part_commands(FILE *out, const struct page *p);

/* How figures and tables of the page are read. */
void part_glossary(FILE *out, const struct page *p);

/* ---- shared by them -------------------------------------------------------------------------- */

/* "<h3>A: results/today</h3>", if there are several. */
void part_subject(FILE *out, const struct page *p, size_t i);

/* Writes a part for each subject, side by side if there is room. */
void part_beside(
	FILE *out, const struct page *p, void (*write)(FILE *out, const struct subject *s));

/*
 * The best mechanisms of a run, or the distances between CPUs in a matrix: from a struct subject.
 */
fill_fn headline_fill;

/*
 * Runs side by side, of a struct page: a row per cell, a column per run, a grid per metric, mode,
 * size and placement, and notes of what could not be compared.
 */
fill_fn compare_fill;

/* Compares run i + 1 with the first, and lists in what they differ besides the program. */
void compare_headline(FILE *out, const struct page *p, size_t i);

/* The anchor of the explanation for a kind of figure, or for any figure if the kind is unknown. */
const char *glossary_anchor(const char *kind);

extern const struct command report_command;

/* ---- assets ---------------------------------------------------------------------------------- */

/* report.css and report.js, put into the program by embed.py. */

extern const char html_style[], html_style_hash[];
extern const char html_script[], html_script_hash[];

#endif
