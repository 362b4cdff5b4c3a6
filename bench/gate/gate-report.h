/* SPDX-License-Identifier: MIT */
/* A comparison as people read it. */
#ifndef IPCBENCH_GATE_REPORT_H
#define IPCBENCH_GATE_REPORT_H

#include "doc/document.h"
#include "gate/gate.h"
#include "text/format.h"

/* Each fills a document from a struct gate_results: all of it, or what a page has in two places. */
fill_fn gate_fill, gate_fill_verdict, gate_fill_tables;

/* ---- gate-words.c ---------------------------------------------------------------------------- */

/* A ratio as a signed change in percent: "+7.2%", "0.0%", "-" where it is not finite. */
struct phrase gate_change(double ratio);

/* A part in percent, without a sign: "5%", "3.1%"; "-" where it is not finite. */
struct phrase gate_percent(double part);

/* "is 7.2 % slower (5.9 % to 8.4 %)": what a row's cell does, as the end of a sentence. */
struct phrase gate_phrase(const struct gate_row *row);

/* Whether the blocks are of stored runs: trials that were not taken together. */
bool gate_is_stored(const struct gate_results *r);

#endif
