/* SPDX-License-Identifier: MIT */
/* `ipcbench hist`: merges, shows and compares histogram logs, ours and those of other tools. */
#ifndef IPCBENCH_CLI_HIST_H
#define IPCBENCH_CLI_HIST_H

#include "cli/command.h"
#include "hist/slots.h"

enum hist_action { HIST_SHOW, HIST_DIFF, HIST_MERGE };

struct hist_request {
	enum hist_action action;
	const char **files; /* "-" = standard input; allocated, the names are borrowed */
	size_t file_count;
	const char *tag;    /* only intervals with this tag; NULL = all */
	const char *output; /* merge: a file, "-" for `out` */
	bool add;	    /* merge: one interval per tag */
	bool hgrm, json;    /* show (json: diff as well) */
	bool intervals;	    /* show: a row per interval instead of per tag */
};

extern const struct command hist_command;

/* ---- what it works on ------------------------------------------------------------------------ */

/* The intervals of a log that were asked to be one. */
struct hist_group {
	const char *file; /* NULL where files are not told apart */
	char *tag;	  /* NULL = none */
	double start_s, end_s;
	size_t intervals, number; /* how many, and the position of the first */
	struct hlog_histogram hist;
};

enum hist_split { SPLIT_FILE_TAG, SPLIT_TAG, SPLIT_INTERVAL };

struct hist_set {
	struct hist_group **group; /* in the order of their first interval */
	size_t count;
	enum hist_split split;
	const char *tag;	   /* only intervals with this tag; NULL = all */
	bool several;		   /* files */
	size_t slots;		   /* of all groups: what bounds the memory */
	void *tree;		   /* of tsearch(3), by file and tag */
	struct hlog_histogram all; /* everything added up */
};

/*
 * Reads the files. 0; -EINVAL for a file that is not a log, -ENOENT if nothing in them has the tag,
 * -errno; each with `why`. hist_set_free() is due in any case.
 */
int hist_load(struct hist_set *set, const char *const *files, size_t n, const char *tag,
	enum hist_split split, struct reason *why);
void hist_set_free(struct hist_set *set);

/* A row per group and one for all, in columns that each have their unit: of a struct hist_set. */
fill_fn hist_fill;
output_writer hist_json;

/* Two histograms side by side: of an array of their addresses. */
fill_fn hist_diff_fill;
output_writer hist_diff_json;

#endif
