/* SPDX-License-Identifier: MIT */
/* Claims as people read them. */
#include "claims/claims.h"

#include "plan/plan.h"
#include <ipcbench/host.h>
#include <math.h>

/* ---- words ----------------------------------------------------------------------------------- */

const char *claims_pair_word(const struct claim_pair *p)
{
	bool failed = p->row == NULL && p->verdict == CLAIM_UNDECIDED && p->why.text[0] != '\0';

	return failed ? "failed" : claim_verdict_name(p->verdict);
}

uint64_t claims_pair_batch(const struct claim_pair *p)
{
	return strcmp(p->mode, mode_name(MODE_THROUGHPUT)) == 0 ? CLAIM_BATCH : 0;
}

const char *claims_pair_footprint(const struct claim_pair *p)
{
	return p->large ? axes[AXIS_FOOTPRINT].words[p->cold] : NULL;
}

struct phrase claims_pair_name(const struct claim_pair *p)
{
	struct phrase name =
		phrase("%s vs %s %s %s", p->first, p->second, wait_name(CLAIM_WAIT), p->mode);
	char size[24];

	if (p->size > 0)
		phrase_add(&name, " ", "%s", ipcbench_bytes(size, sizeof(size), p->size));
	phrase_add(&name, " ", "%s", p->place);
	if (p->large)
		phrase_add(&name, " ", "%s", claims_pair_footprint(p));
	if (claims_pair_batch(p) > 0)
		phrase_add(&name, " ", "batch %d", CLAIM_BATCH);
	return name;
}

/* Three significant digits, as far as a reader needs them. */
static struct phrase ratio_phrase(double ratio)
{
	int digits = ratio >= 99.95 ? 0 : ratio >= 9.995 ? 1 : ratio >= 0.0995 ? 2 : 4;

	return phrase("%s", isfinite(ratio) ? format_fixed(ratio, digits).text : "-");
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

/* ---- the head -------------------------------------------------------------------------------- */

static void add_title(struct document *d, const struct claims *c)
{
	size_t of[CLAIM_VERDICTS] = {0};

	for (size_t i = 0; i < c->count; i++)
		of[c->results[i].verdict]++;
	struct phrase title =
		phrase("Of %zu claim%s %zu hold%s on this machine, %zu %s not", c->count,
			c->count == 1 ? "" : "s", of[CLAIM_HOLDS], of[CLAIM_HOLDS] == 1 ? "s" : "",
			of[CLAIM_DOES_NOT_HOLD], of[CLAIM_DOES_NOT_HOLD] == 1 ? "does" : "do");

	if (of[CLAIM_UNDECIDED] > 0)
		phrase_add(&title, ", ", "%zu could not be decided", of[CLAIM_UNDECIDED]);
	if (of[CLAIM_NOT_HERE] > 0)
		phrase_add(&title, ", ", "%zu could not be tested", of[CLAIM_NOT_HERE]);
	document_add(
		d, BLOCK_TITLE, "%s%s", title.text, c->measured.interrupted ? "; interrupted" : "");
}

static void add_subject(struct document *d, const struct gate_results *m)
{
	char machine[200];
	size_t rows = 0;

	/* an interrupted run has rows of which no block was measured */
	for (size_t i = 0; i < m->row_count; i++)
		rows += m->rows[i].blocks > 0;
	document_add(d, BLOCK_LINE, "%zu comparison%s measured, %s, seed %ju; %s; %s", rows,
		rows == 1 ? "" : "s", format_seconds(m->elapsed_s).text, (uintmax_t)m->seed,
		m->run_id, format_plain(machine, sizeof(machine), m->machine, d->glyphs->utf8));
}

static void add_legend(struct document *d)
{
	document_add(d, BLOCK_TEXT,
		"speed: how many times as fast the first is as the second, with its 95%% CI; of a claim that of its weakest comparison; p: "
		"of equal speed, over both looks; n: blocks of four launches. Holds: p below %g, of a "
		"claim about most comparisons below its share of that. Does not hold: p of the contrary "
		"below that, or an interval within %g%% of equal, both adjusted for all comparisons; a claim of "
		"equal speed holds if the interval lies within %g%%. (shown): not part of the claim; hot, cold: --footprint. All of them with --wait %s on both sides",
		CLAIM_ALPHA, 100 * CLAIM_EQUAL, 100 * CLAIM_ALIKE, wait_name(CLAIM_WAIT));
}

/* ---- grids ----------------------------------------------------------------------------------- */

/* Two fields: the speed and its interval. */
static void put_speed(struct grid *g, const struct claim_speed *s)
{
	grid_field(
		g, "%s%s", isfinite(s->ratio) ? g->glyphs->times : "", ratio_phrase(s->ratio).text);
	if (isnan(s->lo))
		grid_field(g, "-");
	else
		grid_field(g, "%s to %s", ratio_phrase(s->lo).text, ratio_phrase(s->hi).text);
}

/* Two fields: "1.23 GB/s", "2.35 µs", both sides in one unit. */
static void put_values(struct grid *g, const struct claim_pair *p)
{
	bool rate = p->row->metric == GATE_THROUGHPUT;
	double by = rate && p->size > 0 ? (double)p->size : 1;
	const double both[] = {p->first_value * by, p->second_value * by};
	struct scale s = scale_pick(!rate	  ? QUANTITY_TIME
				    : p->size > 0 ? QUANTITY_BYTE_RATE
						  : QUANTITY_RATE,
		both, 2, false, g->glyphs);

	for (size_t i = 0; i < 2; i++)
		if (isfinite(both[i]))
			grid_field(g, "%s %s%s", scale_format(&s, both[i]).text, s.unit,
				rate && p->size == 0 ? "msg/s" : "");
		else
			grid_field(g, "-");
}

static void put_pair(struct grid *g, const struct claim_pair *p)
{
	grid_row(g)->tone = p->counts ? tone_of(p->verdict) : TONE_PLAIN;
	grid_field(g, "%s", claims_pair_name(p).text);
	put_values(g, p);
	put_speed(g, &p->speed);
	grid_field(g, "%s", p->speed.p < 0.0005 ? "<0.001" : format_fixed(p->speed.p, 3).text);
	grid_field(g, "%u", p->row->blocks);
	grid_field(g, "%s%s", claims_pair_word(p), p->counts ? "" : " (shown)");
}

static void put_claim(struct grid *g, const struct claim_result *r)
{
	const struct claim_pair *weakest = claim_weakest(r);
	size_t held = r->of[CLAIM_HOLDS];

	grid_row(g)->tone = tone_of(r->verdict);
	grid_field(g, "%s", r->claim->name);
	grid_field(g, "%s", claim_verdict_name(r->verdict));
	grid_field(
		g, "%zu of %zu", held, held + r->of[CLAIM_DOES_NOT_HOLD] + r->of[CLAIM_UNDECIDED]);
	put_speed(g, weakest == NULL ? &CLAIM_SPEED_UNKNOWN : &weakest->speed);
	grid_field(g, "%s", weakest == NULL ? "-" : claims_pair_name(weakest).text);
}

static void add_claims(struct document *d, const struct claims *c)
{
	static const struct grid_column columns[] = {
		{.heading = "claim", .left = true},
		{.heading = "verdict", .left = true},
		{.heading = "hold"},
		{.heading = "speed"},
		{.heading = "interval", .drop = 2},
		{.heading = "the weakest comparison", .left = true, .drop = 1},
	};
	struct grid *g = document_grid(d, columns, ARRAY_SIZE(columns));

	grid_title(g, "What textbooks say");
	g->wraps = true;
	for (size_t i = 0; i < c->count; i++)
		put_claim(g, &c->results[i]);
}

/* The pairs that were measured; without any there is a heading alone. */
static void add_pairs(struct document *d, const struct claim_result *r)
{
	static const struct grid_column columns[] = {
		{.heading = "comparison", .left = true},
		{.heading = "first", .drop = 3},
		{.heading = "second", .drop = 4},
		{.heading = "speed"},
		{.heading = "interval", .drop = 5},
		{.heading = "p", .drop = 2},
		{.heading = "n", .drop = 1},
		{.heading = "verdict", .left = true},
	};
	struct phrase title = phrase("%s: \"%s\": %s", r->claim->name, r->claim->sentence,
		claim_verdict_name(r->verdict));
	struct grid *g = NULL;

	for (size_t i = 0; i < r->pair_count; i++) {
		if (r->pairs[i].row == NULL)
			continue;
		if (g == NULL) {
			g = document_grid(d, columns, ARRAY_SIZE(columns));
			grid_title(g, "%s", title.text);
			g->wraps = true;
		}
		put_pair(g, &r->pairs[i]);
	}
	if (g == NULL)
		document_add(d, BLOCK_SECTION, "%s", title.text);
}

/* ---- the whole ------------------------------------------------------------------------------- */

/* What could not be measured or judged; pairs of one reason share a line. */
static void add_reasons(struct document *d, const struct claim_result *r)
{
	for (size_t i = 0; i < r->pair_count; i++) {
		const struct claim_pair *p = &r->pairs[i];
		char why[300];

		if (p->why.text[0] == '\0')
			continue;
		format_plain(why, sizeof(why), p->why.text, d->glyphs->utf8);
		document_join(d, BLOCK_ITEM, phrase("%s: ", claims_pair_word(p)).text,
			claims_pair_name(p).text, phrase(": %s", why).text);
	}
}

void claims_fill(struct document *d, const void *claims)
{
	const struct claims *c = claims;

	add_title(d, c);
	add_subject(d, &c->measured);
	add_claims(d, c);
	for (size_t i = 0; i < c->count; i++) {
		const struct claim_result *r = &c->results[i];

		add_pairs(d, r);
		if (r->says.text[0] != '\0')
			document_add(d, BLOCK_ITEM, "%s", r->says.text);
		add_reasons(d, r);
	}
	for (size_t i = 0; i < c->measured.note_count; i++)
		document_add(d, BLOCK_NOTE, "note %s", c->measured.notes[i]);
	if (c->measured.row_count > 0)
		add_legend(d);
}
