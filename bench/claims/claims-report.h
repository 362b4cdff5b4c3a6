/* SPDX-License-Identifier: MIT */
/* Claims in words and grids, before they are laid out as a terminal table or as Markdown. */
#ifndef IPCBENCH_CLAIMS_REPORT_H
#define IPCBENCH_CLAIMS_REPORT_H

#include "claims/claims-files.h"
#include "results/sections.h"

struct claims_report {
	struct report body; /* the heading; a grid of claims, then one per claim; no notes */
	char subject[512];  /* how long it took, and where */
	char legend[768];   /* empty where nothing was measured */
};

/* 0 or -ENOMEM. report_free(&rep->body) releases it. */
int claims_report_build(struct claims_report *rep, const struct claims *c, bool utf8);

#endif
