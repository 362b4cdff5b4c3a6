/* SPDX-License-Identifier: MIT */
/* Figures and reasons of `ipcbench advise` in words. All return buf. */
#ifndef IPCBENCH_ADVICE_WORDS_H
#define IPCBENCH_ADVICE_WORDS_H

#include "advise/advice.h"
#include "text/format.h"

/* Lines under construction. */
struct lines {
	char **text;
	size_t count;
	bool failed; /* out of memory: nothing more is added */
};

void lines_add(struct lines *l, const char *fmt, ...) PRINTF_LIKE(2, 3);
void lines_free(struct lines *l);

/* "51.7 µs", "3.20 ns"; "-" for NAN. */
char *advice_time(char *buf, size_t len, double ns, const struct glyphs *g);

/* "51.7 µs (49.4–57.3)"; without the interval where it has no width. */
char *advice_span(char *buf, size_t len, const struct span *s, const struct glyphs *g);

/* "126 k msg/s" */
char *advice_rate(char *buf, size_t len, double per_s, const struct glyphs *g);

/* "4.00 GB/s" */
char *advice_bandwidth(char *buf, size_t len, double bytes_per_s, const struct glyphs *g);

/* "pipe", "shm:segment=sysv spin in place": plain, so that a run cannot move the cursor. */
char *advice_label(char *buf, size_t len, const struct candidate *c, bool utf8);

/* What the ranking figure of an item is: "CPU time per message". */
const char *advice_figure_name(const struct advice *a, const struct candidate *c);

/* Why an item is out, the same for all that are out for the same reason. */
char *advice_obstacle(char *buf, size_t len, const struct advice *a, const struct candidate *c,
	const struct glyphs *g);

/* The figure that is too bad, in brackets and with a blank before; "" where there is none. */
char *advice_excess(char *buf, size_t len, const struct candidate *c, const struct glyphs *g);

/* Why the first is ahead of the second, as a sentence without a full stop; "" when there is none.
 */
char *advice_reason(
	char *buf, size_t len, const struct advice *a, const struct glyphs *g, bool utf8);

/* "size 4 KiB, the nearest measured to 1 KiB; same-llc": what the figures are of. */
char *advice_scope(char *buf, size_t len, const struct advice *a);

/* The command that measures what the needs are about. */
char *advice_command(char *buf, size_t len, const struct needs *n);

#endif
