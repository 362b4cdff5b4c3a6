/* SPDX-License-Identifier: MIT */
/* The percentile text that HdrHistogram's tools print and its plotters read (.hgrm). */
#ifndef IPCBENCH_HGRM_H
#define IPCBENCH_HGRM_H

#include "hist/slots.h"
#include <stdio.h>

/*
 * Writes the distribution with values divided by `unit` (1000: microseconds from nanoseconds; at
 * most 10^12), in
 * the rows, digits and order of the reference implementation: five steps over the first half, five
 * over half of what is left, and so on; then the footer. 0 or -errno of the stream.
 */
int hgrm_write(FILE *out, const struct hlog_histogram *h, uint64_t unit);

#endif
