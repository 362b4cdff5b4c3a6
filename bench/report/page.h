/* SPDX-License-Identifier: MIT */
/* A whole report: one HTML file that needs nothing else. */
#ifndef IPCBENCH_HTML_PAGE_H
#define IPCBENCH_HTML_PAGE_H

#include "gate/stored.h"
#include "report/side-by-side.h"
#include "report/subject.h"

struct page {
	struct subject *subjects; /* of one kind; their figures and downloads get their shares */
	size_t count;		  /* 1 to REPORT_RUNS_MAX */
	struct stored *pairs;	  /* of runs: each but the first compared with it; else NULL */
	int argc;		  /* the command that makes this page */
	char **argv;
};

/* Makes the page, at most REPORT_BYTES_MAX long, as *html, to be freed. */
void page_make(const struct page *p, char **html, size_t *len);

#endif
