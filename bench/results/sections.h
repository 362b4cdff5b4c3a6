/* SPDX-License-Identifier: MIT */
/*
 * What people read, before it is laid out: results grouped so that a section compares like with
 * like (one mode, size, placement, pair of CPUs, idle and memory policy; notifications apart), each
 * section a grid of short texts. The terminal table and the Markdown tables show the same grids.
 */
#ifndef IPCBENCH_SECTIONS_H
#define IPCBENCH_SECTIONS_H

#include "results/columns.h"
#include "text/format.h"

enum { GRID_COLUMNS_MAX = 12 };

/* Above the notes, where a report names no other title. */
#define REPORT_NOTES_TITLE "Not measured or failed"

/* What the legend has to explain: marks that stand somewhere in the tables. */
struct legend {
	unsigned int flags;
	bool missing, range, interval, best, cpu, setup, floor, partial, knee, due;
};

struct grid_column {
	char heading[40];
	bool left;	     /* aligned to the left */
	struct legend marks; /* what of its fields wants explaining */
	unsigned int drop;   /* 0 = always shown, else the lowest goes first when space is short */
	bool below;	     /* when it had to go, its texts are listed below the grid */
};

/* What a row is to be taken for; colour repeats it, words have to say it. */
enum tone { TONE_PLAIN, TONE_GOOD, TONE_BAD, TONE_DOUBT };

struct grid {
	char title[256];
	size_t column_count, row_count;
	struct grid_column column[GRID_COLUMNS_MAX];
	char **text;	  /* row_count * column_count strings */
	bool *best;	  /* one per row; NULL = none is marked */
	enum tone *tones; /* one per row; NULL = all plain */
	char **groups; /* one per row: the heading of those that begin with it, or NULL; or no array
			*/
	bool wraps;    /* names that are too long go on in the next line, rather than be cut */
};

struct report {
	struct grid *grids;
	size_t grid_count;
	struct legend legend; /* of what is always shown; columns carry their own marks */
	char **notes;	      /* one per distinct reason: "skip fifo, pipe: ..." */
	size_t note_count;
	char heading[512];
	char explanation[1536];	 /* of columns that the legend does not know; empty = none */
	const char *notes_title; /* in Markdown and LaTeX; NULL = of skips and failures */
	const struct glyphs *glyphs;
};

/* Rows under construction: what grid_fill() works on. */
struct section {
	const struct results *results;
	const struct outcome *outcomes;
	const struct item *like; /* its first row: what defines a section is the same in all */
	const struct item **rows;
	size_t count;
	struct report *report;
	struct grid *grid;
	struct legend *marks; /* of the column under construction */
};

/* Builds the report. 0 or -ENOMEM. */
int report_build(struct report *rep, const struct results *r, bool utf8);
void report_free(struct report *rep);

/* Marks a row as the best of those like it. 0 or -ENOMEM. */
int grid_mark_best(struct grid *g, size_t row);
bool grid_is_best(const struct grid *g, size_t row);

/* Whether its rows carry no payload. */
bool section_notifies(const struct section *s);

/* A metric of one row over its trials. */
const struct estimate *section_metric(const struct section *s, size_t row, enum metric m);

/* Whether some rows copy and some are in place. */
bool section_copies_differ(const struct section *s);

/* grid-heading.c: sets title and best of s->grid. 0 or -ENOMEM. */
int grid_heading(struct section *s);

/* grid.c: fills s->grid. 0 or -ENOMEM, when report_free() cleans up. */
int grid_fill(struct section *s);

/* legend.c: flags as letters, in the order of enum trial_flag. */
extern const char legend_flag_letters[TRIAL_FLAG_COUNT];

/* legend.c: what they mean, likewise. */
extern const char *const legend_flag_meanings[TRIAL_FLAG_COUNT];

/* legend.c: adds the marks of a column that is shown. */
void legend_add(struct legend *into, const struct legend *from);

/* legend.c: what the marks in the tables mean, in one line, empty if there are none. */
char *legend_write(const struct legend *l, char *buf, size_t len);

/* families.c: brings the rows of a family together; families keep the order of their first rows. */
void families_join(struct section *s);

/*
 * families.c: heads the rows of each family with its name, where that tells something: there are
 * several families, and one of them has several rows. Rows of a family stand together; `family`
 * names that of a row. 0 or -ENOMEM.
 */
typedef const char *family_fn(const void *arg, size_t row);
int families_head(struct grid *g, family_fn *family, const void *arg);

/* families.c: the same for a section. */
int families_head_section(struct section *s);

/* table.c, markdown.c, latex.c: a whole report. 0 or -errno. */
int report_table(FILE *out, const struct report *rep, unsigned int width, bool color);
int report_markdown(FILE *out, const struct report *rep);
int report_latex(FILE *out, const struct report *rep);

/* latex.c: text in which LaTeX finds nothing of its own; letters that it may lack become '?'. */
void latex_text(FILE *out, const char *text);

/* markdown.c: text in which Markdown and HTML find nothing of theirs. */
void markdown_text(FILE *out, const char *text);

/* markdown.c: a grid as a section with a table. */
void markdown_grid(FILE *out, const struct grid *g);

/* notes.c: skips and failures, equal reasons joined. 0 or -ENOMEM. */
int notes_build(struct report *rep, const struct results *r, const struct outcome *o, bool utf8);

#endif
