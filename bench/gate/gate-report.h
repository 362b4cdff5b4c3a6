/* SPDX-License-Identifier: MIT */
/* A comparison in words and grids, before it is laid out as a terminal table or as Markdown. */
#ifndef IPCBENCH_GATE_REPORT_H
#define IPCBENCH_GATE_REPORT_H

#include "gate/gate.h"
#include "results/sections.h"

struct gate_report {
	struct report body;   /* heading: the verdict; its grids; notes */
	char subject[640];    /* what was compared, how long it took */
	char warning[256];    /* that it is advisory; empty where it is not */
	char advice[512];     /* what would settle what is inconclusive; empty if nothing is */
	char legend[1024];    /* empty without rows */
	enum gate_outcome is; /* the outcome */
};

/* 0 or -ENOMEM. */
int gate_report_build(struct gate_report *rep, const struct gate_results *r, bool utf8);
void gate_report_free(struct gate_report *rep);

/* ---- gate-words.c ---------------------------------------------------------------------------- */

/* A ratio as a signed change in percent: "+7.2%", "0.0%", "-" where it is not finite. */
char *gate_change(char *buf, size_t len, double ratio);

/* A part in percent, without a sign: "5%", "3.1%"; "-" where it is not finite. */
char *gate_percent(char *buf, size_t len, double part);

/* "is 7.2 % slower (5.9 % to 8.4 %)": what a row's cell does, as the end of a sentence. */
char *gate_phrase(char *buf, size_t len, const struct gate_row *row);

/* "REGRESSION: pipe block latency 64 B same-cpu is 7.2 % slower (5.9 % to 8.4 %)" */
char *gate_headline(char *buf, size_t len, const struct gate_results *r, bool utf8);

/* What was compared, and how long it took. */
char *gate_subject(char *buf, size_t len, const struct gate_results *r, bool utf8);

/* What the inconclusive rows could have shown, and what gets an answer. */
void gate_advice(char *buf, size_t len, const struct gate_results *r);

/* What columns and verdicts mean, of those that occur. */
void gate_legend(char *buf, size_t len, const struct gate_results *r);

/* By how much a row is worse: ln of the ratio, its sign turned where higher is better. */
double gate_worsening(const struct gate_row *row);

/* Whether the blocks are of stored runs: trials that were not taken together. */
bool gate_is_stored(const struct gate_results *r);

#endif
