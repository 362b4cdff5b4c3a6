/* SPDX-License-Identifier: MIT */
/* A whole report: one HTML file that needs nothing else. */
#ifndef IPCBENCH_HTML_PAGE_H
#define IPCBENCH_HTML_PAGE_H

#include "gate/stored.h"
#include "report/subject.h"

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

#endif
