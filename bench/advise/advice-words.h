/* SPDX-License-Identifier: MIT */
/* Figures and reasons of `ipcbench advise` in words. */
#ifndef IPCBENCH_ADVICE_WORDS_H
#define IPCBENCH_ADVICE_WORDS_H

#include "advise/judge.h"
#include "text/format.h"
#include "text/phrase.h"

/* "51.7 µs", "3.20 ns"; "-" for NAN. */
struct phrase advice_time(double ns, const struct glyphs *g);

/* A figure of such a need: "126 k msg/s", "4.00 GB/s", or a time. */
struct phrase advice_quantity(enum need which, double value, const struct glyphs *g);

/* Text of a run or of the user: plain, so that it cannot move the cursor. */
struct phrase advice_plain(const char *text, const struct glyphs *g);

/* "pipe", "shm:segment=sysv spin in place" */
struct phrase advice_label(const struct candidate *c, const struct glyphs *g);

/* Why an item is out, the same for all that are out for the same reason. */
struct phrase advice_obstacle(
	const struct advice *a, const struct candidate *c, const struct glyphs *g);

/* The figure that is too bad, in brackets and with a blank before; "" where there is none. */
struct phrase advice_excess(const struct candidate *c, const struct glyphs *g);

/* Why the first is ahead of the second, as a sentence without a full stop; "" when there is none.
 */
struct phrase advice_reason(const struct advice *a, const struct glyphs *g);

/* "64 B (the nearest measured to 100 B); same-llc": what the figures are of. */
struct phrase advice_scope(const struct advice *a);

/* The command that measures what the needs are about. */
struct phrase advice_command(const struct needs *n);

#endif
