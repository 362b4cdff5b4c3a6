/* SPDX-License-Identifier: MIT */
#include "claims/claims-report.h"

#include "doc/build.h"
#include "plan/plan.h"
#include <errno.h>
#include <ipcbench/host.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
	CLAIM,
	CLAIM_VERDICT,
	CLAIM_PAIRS,
	CLAIM_SPEED,
	CLAIM_INTERVAL,
	CLAIM_WEAKEST,
	CLAIM_COLUMNS
};
enum { PAIR, FIRST, SECOND, SPEED, INTERVAL, P, BLOCKS, VERDICT, COLUMNS };

/* ---- words ----------------------------------------------------------------------------------- */

const char *claims_pair_word(const struct claim_pair *p)
{
	bool failed = p->row == NULL && p->verdict == CLAIM_UNDECIDED && p->why.text[0] != '\0';

	return failed ? "failed" : claim_verdict_name(p->verdict);
}

char *claims_pair_name(char *buf, size_t len, const struct claim_pair *p)
{
	char size[24];

	snprintf(buf, len, "%s vs %s %s %s%s%s %s", p->first, p->second, wait_name(CLAIM_WAIT),
		p->mode, p->size > 0 ? " " : "",
		p->size > 0 ? ipcbench_bytes(size, sizeof(size), p->size) : "", p->place);
	return buf;
}

static size_t count_verdict(const struct claims *c, enum claim_verdict v)
{
	size_t n = 0;

	for (size_t i = 0; i < c->count; i++)
		n += c->results[i].verdict == v;
	return n;
}

static void write_heading(char *buf, size_t len, const struct claims *c)
{
	size_t holds = count_verdict(c, CLAIM_HOLDS), here = count_verdict(c, CLAIM_NOT_HERE);
	size_t open = count_verdict(c, CLAIM_UNDECIDED);

	snprintf(buf, len, "Of %zu claim%s %zu hold%s on this machine, %zu %s not", c->count,
		c->count == 1 ? "" : "s", holds, holds == 1 ? "s" : "",
		count_verdict(c, CLAIM_DOES_NOT_HOLD),
		count_verdict(c, CLAIM_DOES_NOT_HOLD) == 1 ? "does" : "do");
	if (open > 0)
		snprintf(buf + strlen(buf), len - strlen(buf), ", %zu could not be decided", open);
	if (here > 0)
		snprintf(buf + strlen(buf), len - strlen(buf), ", %zu could not be tested", here);
	if (c->measured.interrupted)
		snprintf(buf + strlen(buf), len - strlen(buf), "; interrupted");
}

/* An interrupted run has rows of which no block was measured. */
static size_t measured_rows(const struct gate_results *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->row_count; i++)
		n += m->rows[i].blocks > 0;
	return n;
}

static void write_subject(char *buf, size_t len, const struct claims *c, bool utf8)
{
	const struct gate_results *m = &c->measured;
	size_t rows = measured_rows(m);
	char took[24], machine[200];

	snprintf(buf, len, "%zu comparison%s measured, %s, seed %llu; %s; %s", rows,
		rows == 1 ? "" : "s", format_seconds(took, sizeof(took), m->elapsed_s),
		(unsigned long long)m->seed, m->run_id,
		format_plain(machine, sizeof(machine), m->machine, utf8));
}

static void write_legend(char *buf, size_t len, const struct claims *c)
{
	buf[0] = '\0';
	if (c->measured.row_count == 0)
		return;
	snprintf(buf, len,
		"speed: how many times as fast the first is as the second, with its 95%% interval; of a claim that of its weakest comparison; p: "
		"of equal speed, adjusted for all comparisons; n: blocks of four launches. Holds and does "
		"not hold: p below %g, or for the latter an interval within %g%% of equal; a claim of "
		"equal speed holds if the interval lies within %g%%. (shown): not part of the claim. All of them with --wait %s on both sides",
		CLAIM_ALPHA, 100 * CLAIM_EQUAL, 100 * CLAIM_ALIKE, wait_name(CLAIM_WAIT));
}

/* ---- fields ---------------------------------------------------------------------------------- */

/* "1.23 GB/s", "2.35 µs": both sides in one unit. */
static void value_text(
	const struct claim_pair *p, double value, char *buf, size_t len, const struct glyphs *g)
{
	bool rate = p->row != NULL && p->row->metric == GATE_THROUGHPUT;
	double by = rate && p->size > 0 ? (double)p->size : 1;
	double both[2] = {p->first_value * by, p->second_value * by};
	struct scale s = scale_pick(!rate	  ? QUANTITY_TIME
				    : p->size > 0 ? QUANTITY_BYTE_RATE
						  : QUANTITY_RATE,
		both, 2, false, g);
	char number[40];

	if (!isfinite(value))
		snprintf(buf, len, "-");
	else
		snprintf(buf, len, "%s %s%s", scale_format(number, sizeof(number), &s, value * by),
			s.unit, rate && p->size == 0 ? "msg/s" : "");
}

/* Three significant digits, as far as a reader needs them. */
static void ratio_text(double ratio, char *buf, size_t len)
{
	int digits = ratio >= 99.95 ? 0 : ratio >= 9.995 ? 1 : ratio >= 0.0995 ? 2 : 4;

	if (isfinite(ratio))
		format_fixed(buf, len, ratio, digits);
	else
		snprintf(buf, len, "-");
}

static void speed_text(const struct claim_speed *s, char *buf, size_t len, const struct glyphs *g)
{
	char number[40];

	ratio_text(s->ratio, number, sizeof(number));
	snprintf(buf, len, "%s%s", isfinite(s->ratio) ? g->times : "", number);
}

static void interval_text(const struct claim_speed *s, char *buf, size_t len)
{
	char lo[40], hi[40];

	if (!isfinite(s->lo) || !isfinite(s->hi) || s->lo <= 0) {
		snprintf(buf, len, "-");
		return;
	}
	ratio_text(s->lo, lo, sizeof(lo));
	ratio_text(s->hi, hi, sizeof(hi));
	snprintf(buf, len, "%s to %s", lo, hi);
}

static void p_text(double p, char *buf, size_t len)
{
	if (!isfinite(p))
		snprintf(buf, len, "-");
	else if (p < 0.0005)
		snprintf(buf, len, "<0.001");
	else
		format_fixed(buf, len, p, 3);
}

static void pair_field(
	const struct claim_pair *p, size_t column, char *buf, size_t len, const struct glyphs *g)
{
	switch (column) {
	case PAIR:
		claims_pair_name(buf, len, p);
		break;
	case FIRST:
		value_text(p, p->first_value, buf, len, g);
		break;
	case SECOND:
		value_text(p, p->second_value, buf, len, g);
		break;
	case SPEED:
		speed_text(&p->speed, buf, len, g);
		break;
	case INTERVAL:
		interval_text(&p->speed, buf, len);
		break;
	case P:
		p_text(p->speed.p_adjusted, buf, len);
		break;
	case BLOCKS:
		snprintf(buf, len, "%u", p->row == NULL ? 0 : p->row->blocks);
		break;
	default:
		snprintf(buf, len, "%s%s", claims_pair_word(p), p->counts ? "" : " (shown)");
	}
}

static enum tone tone_of(enum claim_verdict v)
{
	static const enum tone tones[CLAIM_VERDICTS] = {
		[CLAIM_HOLDS] = TONE_GOOD,
		[CLAIM_DOES_NOT_HOLD] = TONE_BAD,
		[CLAIM_UNDECIDED] = TONE_DOUBT,
		[CLAIM_NOT_HERE] = TONE_PLAIN,
	};

	return tones[v];
}

/* ---- grids ----------------------------------------------------------------------------------- */

static const struct grid_column claim_columns[CLAIM_COLUMNS] = {
	[CLAIM] = {.heading = "claim", .left = true},
	[CLAIM_VERDICT] = {.heading = "verdict", .left = true},
	[CLAIM_PAIRS] = {.heading = "hold"},
	[CLAIM_SPEED] = {.heading = "speed"},
	[CLAIM_INTERVAL] = {.heading = "interval", .drop = 2},
	[CLAIM_WEAKEST] = {.heading = "the weakest comparison", .left = true, .drop = 1},
};

static const struct grid_column pair_columns[COLUMNS] = {
	[PAIR] = {.heading = "comparison", .left = true},
	[FIRST] = {.heading = "first", .drop = 3},
	[SECOND] = {.heading = "second", .drop = 4},
	[SPEED] = {.heading = "speed"},
	[INTERVAL] = {.heading = "interval", .drop = 5},
	[P] = {.heading = "p", .drop = 2},
	[BLOCKS] = {.heading = "n", .drop = 1},
	[VERDICT] = {.heading = "verdict", .left = true},
};

/* "5 of 6": of the comparisons that could be measured. */
static void held_text(const struct claim_result *r, char *buf, size_t len)
{
	size_t held = 0, of = 0;

	for (size_t i = 0; i < r->pair_count; i++) {
		held += r->pairs[i].counts && r->pairs[i].verdict == CLAIM_HOLDS;
		of += r->pairs[i].counts && r->pairs[i].verdict != CLAIM_NOT_HERE;
	}
	snprintf(buf, len, "%zu of %zu", held, of);
}

static void claim_field(
	const struct claim_result *r, size_t column, char *buf, size_t len, const struct glyphs *g)
{
	const struct claim_pair *weakest = claim_weakest(r);

	snprintf(buf, len, "-");
	if (column == CLAIM)
		snprintf(buf, len, "%s", r->claim->name);
	else if (column == CLAIM_VERDICT)
		snprintf(buf, len, "%s", claim_verdict_name(r->verdict));
	else if (column == CLAIM_PAIRS)
		held_text(r, buf, len);
	else if (weakest == NULL)
		return;
	else if (column == CLAIM_SPEED)
		speed_text(&weakest->speed, buf, len, g);
	else if (column == CLAIM_INTERVAL)
		interval_text(&weakest->speed, buf, len);
	else
		claims_pair_name(buf, len, weakest);
}

/* What build_fields() draws from. */
struct fields {
	const struct claims *claims;
	const struct claim_result *result;
	const struct glyphs *glyphs;
};

static void put_claim(const void *ctx, size_t row, size_t column, char *buf, size_t len)
{
	const struct fields *f = ctx;

	claim_field(&f->claims->results[row], column, buf, len, f->glyphs);
}

/* Pairs that could not be measured have no row. */
static const struct claim_pair *measured_pair(const struct claim_result *r, size_t row)
{
	size_t i = 0;

	while (r->pairs[i].row == NULL || row-- > 0)
		i++;
	return &r->pairs[i];
}

static void put_pair(const void *ctx, size_t row, size_t column, char *buf, size_t len)
{
	const struct fields *f = ctx;

	pair_field(measured_pair(f->result, row), column, buf, len, f->glyphs);
}

static int add_grid(struct report *body, struct grid **g, const struct grid_column *columns,
	size_t column_count, size_t rows)
{
	int err = build_grid(body, g, rows, columns, column_count);

	if (err < 0)
		return err;
	(*g)->wraps = true;
	(*g)->tones = calloc(rows + 1, sizeof(*(*g)->tones));
	return (*g)->tones == NULL ? -ENOMEM : 0;
}

static int claims_grid(struct report *body, const struct claims *c)
{
	const struct fields f = {.claims = c, .glyphs = body->glyphs};
	struct grid *g;
	int err = add_grid(body, &g, claim_columns, CLAIM_COLUMNS, c->count);

	if (err < 0)
		return err;
	snprintf(g->title, sizeof(g->title), "What textbooks say");
	for (size_t i = 0; i < c->count; i++)
		g->tones[i] = tone_of(c->results[i].verdict);
	return build_fields(g, put_claim, &f);
}

static int pairs_grid(struct report *body, const struct claim_result *r)
{
	const struct fields f = {.result = r, .glyphs = body->glyphs};
	size_t measured = 0;
	struct grid *g;

	for (size_t i = 0; i < r->pair_count; i++)
		measured += r->pairs[i].row != NULL;
	int err = add_grid(body, &g, pair_columns, COLUMNS, measured);

	if (err < 0)
		return err;
	snprintf(g->title, sizeof(g->title), "%s: \"%s\": %s", r->claim->name, r->claim->sentence,
		claim_verdict_name(r->verdict));
	for (size_t row = 0; row < measured; row++) {
		const struct claim_pair *p = measured_pair(r, row);

		g->tones[row] = p->counts ? tone_of(p->verdict) : TONE_PLAIN;
	}
	return build_fields(g, put_pair, &f);
}

int claims_report_build(struct claims_report *rep, const struct claims *c, bool utf8)
{
	struct report *body = &rep->body;

	*rep = (struct claims_report){.body.glyphs = glyphs(utf8)};
	write_heading(body->heading, sizeof(body->heading), c);
	write_subject(rep->subject, sizeof(rep->subject), c, utf8);
	write_legend(rep->legend, sizeof(rep->legend), c);
	int err = claims_grid(body, c);

	for (size_t i = 0; i < c->count && err == 0; i++)
		err = pairs_grid(body, &c->results[i]);
	if (err != 0)
		report_free(body);
	return err;
}
