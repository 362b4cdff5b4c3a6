/* SPDX-License-Identifier: MIT */
/* What speaks against the figures: flags of trials, skips, failures. */
#ifndef IPCBENCH_HTML_DOUBTS_H
#define IPCBENCH_HTML_DOUBTS_H

#include "report/subject.h"

/* How much was measured, and how much of it carries flags, was skipped or failed. */
void doubts_write(FILE *out, const struct subject *s);

#endif
