/* SPDX-License-Identifier: MIT */
#include "gate/gate.h"

#include "text/memory.h"
#include <stdarg.h>
#include <stdlib.h>

const char *const gate_metric_words[GATE_METRIC_COUNT + 1] = {
	[GATE_THROUGHPUT] = "throughput",
	[GATE_LATENCY] = "latency",
	[GATE_MEAN] = "mean",
	[GATE_P99] = "p99",
	[GATE_CPU] = "cpu",
};

const struct gate_metric_info gate_metrics[GATE_METRIC_COUNT] = {
	[GATE_THROUGHPUT] = {"throughput", "msg/s", METRIC_MSGS_PER_S, true, false},
	[GATE_LATENCY] = {"median latency", "ns", METRIC_LAT_P50, false, false},
	[GATE_MEAN] = {"mean time per message", "ns", METRIC_LAT_MEAN, false, true},
	[GATE_P99] = {"p99 latency", "ns", METRIC_LAT_P99, false, false},
	[GATE_CPU] = {"CPU time per message", "ns", METRIC_CPU_PER_MSG, false, false},
};

double gate_block_total(const struct gate_block *b, enum gate_metric m, bool of_new)
{
	double sum = 0;

	for (size_t i = 0; i < GATE_SLICES; i++)
		if (gate_slice_is_new(b, i) == of_new)
			sum += b->slices[i].value[m];
	return sum > 0 && isfinite(sum) ? sum : NAN;
}

double gate_block_difference(const struct gate_block *b, enum gate_metric m)
{
	double of[2][GATE_SLICES];
	size_t n[2] = {0, 0};

	if (gate_metrics[m].of_means)
		return log(gate_block_total(b, m, true) / gate_block_total(b, m, false));
	for (size_t i = 0; i < GATE_SLICES; i++) {
		bool is_new = gate_slice_is_new(b, i);

		of[is_new][n[is_new]++] = b->slices[i].value[m];
	}
	return gate_difference(of[0], n[0], of[1], n[1]);
}

double gate_block_messages(const struct gate_block *b)
{
	double least = b->slices[0].messages;

	for (size_t i = 1; i < GATE_SLICES; i++)
		least = fmin(least, b->slices[i].messages);
	return least;
}

bool gate_block_is_short(const struct gate_block *b)
{
	double messages = gate_block_messages(b);

	return messages > 0 && messages < GATE_MESSAGES;
}

unsigned int gate_block_flags(const struct gate_block *b)
{
	unsigned int flags = 0;

	for (size_t i = 0; i < GATE_SLICES; i++)
		flags |= b->slices[i].flags;
	return flags;
}

static size_t count_flag(const struct gate_results *r, size_t cell, unsigned int flag)
{
	size_t n = 0;

	for (size_t i = 0; i < r->block_count; i++)
		for (size_t k = 0; r->blocks[i].cell == cell && k < GATE_SLICES; k++)
			n += (r->blocks[i].slices[k].flags & flag) == flag;
	return n;
}

unsigned int gate_cell_flags(const struct gate_results *r, size_t cell, struct phrase *out)
{
	unsigned int flags = 0;

	*out = phrase("%s", "");
	for (unsigned int f = 0; f < TRIAL_FLAG_COUNT; f++) {
		size_t n = count_flag(r, cell, 1u << f);

		if (n == 0)
			continue;
		flags |= 1u << f;
		phrase_add(out, ", ", "%s in %zu of %zu", trial_flag_names[f], n,
			count_flag(r, cell, 0));
	}
	return flags;
}

double gate_worsening(const struct gate_row *row)
{
	double d = log(row->found.ratio);

	return gate_metrics[row->metric].higher_is_better ? -d : d;
}

enum gate_outcome gate_outcome(const struct gate_results *r)
{
	size_t failed = 0, undecided = 0;

	for (size_t i = 0; i < r->row_count; i++) {
		enum gate_verdict v = r->rows[i].found.verdict;

		if (v == VERDICT_REGRESSION)
			return GATE_REGRESSED;
		undecided += v == VERDICT_INCONCLUSIVE && !r->rows[i].optional;
	}
	for (size_t i = 0; i < r->cell_count; i++)
		failed += r->cells[i].status == STATUS_FAIL;
	if (failed > 0 || r->row_count == 0)
		return GATE_NOT_MEASURED;
	return undecided > 0 ? GATE_INCONCLUSIVE : GATE_PASSED;
}

const char *gate_outcome_name(enum gate_outcome o)
{
	static const char *const names[] = {"PASS", "REGRESSION", "INCONCLUSIVE", "NOT MEASURED"};

	return names[o];
}

void gate_note(struct gate_results *r, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	char *text = need_vtext(format, args);

	va_end(args);
	for (char *p = text; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = '?';
	*need_next(r->notes, r->note_count) = text;
}

void gate_cells_free(struct gate_cell *cells, size_t count)
{
	for (size_t i = 0; cells != NULL && i < count; i++) {
		free(cells[i].name);
		free(cells[i].base);
		free(cells[i].new);
		free(cells[i].sizes);
	}
	free(cells);
}

void gate_results_free(struct gate_results *r)
{
	gate_cells_free(r->cells, r->cell_count);
	for (size_t i = 0; i < r->row_count; i++)
		free(r->rows[i].d);
	for (size_t i = 0; i < r->note_count; i++)
		free(r->notes[i]);
	free(r->blocks);
	free(r->rows);
	free(r->notes);
	*r = (struct gate_results){0};
}

/* ---- in words -------------------------------------------------------------------------------- */

bool gate_is_stored(const struct gate_results *r)
{
	return strcmp(r->command, "compare") == 0;
}

/* ---- numbers --------------------------------------------------------------------------------- */

static int decimals(double percent)
{
	return fabs(percent) < 99.95 ? 1 : 0;
}

struct phrase gate_change(double ratio)
{
	double percent = (ratio - 1) * 100;

	if (!isfinite(ratio))
		return phrase("-");
	return phrase("%s%s%%",
		fabs(percent) < 0.05 ? ""
		: percent < 0	     ? "-"
				     : "+",
		format_fixed(fabs(percent), decimals(percent)).text);
}

struct phrase gate_percent(double part)
{
	double percent = part * 100;

	if (!isfinite(percent))
		return phrase("-");
	if (fabs(percent - round(percent)) < 1e-6)
		return phrase("%.0f%%", percent);
	return phrase("%s%%", format_fixed(percent, decimals(percent)).text);
}

/* "5.9 %": without a sign. */
static struct phrase spaced(double percent)
{
	return phrase("%s %%", format_fixed(fabs(percent), decimals(percent)).text);
}

/* ---- one row --------------------------------------------------------------------------------- */

/* What a metric does when it falls and when it rises. */
static const char *const verbs[GATE_METRIC_COUNT][2][2] = {
	[GATE_THROUGHPUT] = {{"moves ", "fewer messages"}, {"moves ", "more messages"}},
	[GATE_LATENCY] = {{"is ", "faster"}, {"is ", "slower"}},
	[GATE_MEAN] = {{"takes ", "less time per message"}, {"takes ", "more time per message"}},
	[GATE_P99] = {{"has a p99 latency ", "lower"}, {"has a p99 latency ", "higher"}},
	[GATE_CPU] = {{"takes ", "less CPU time per message"},
		{"takes ", "more CPU time per message"}},
};

struct phrase gate_phrase(const struct gate_row *row)
{
	const struct gate_finding *f = &row->found;
	bool rises = f->ratio > 1;
	double lo = (f->ci_lo - 1) * 100, hi = (f->ci_hi - 1) * 100;
	const char *const *verb = verbs[row->metric][rises];
	struct phrase p = phrase("%s%s %s", verb[0], spaced((f->ratio - 1) * 100).text, verb[1]);

	if (!isfinite(lo) || !isfinite(hi))
		return p;
	if (lo < 0 && hi > 0) /* without signs it would say something else */
		phrase_add(&p, " ", "(-%s to +%s)", spaced(lo).text, spaced(hi).text);
	else
		phrase_add(&p, " ", "(%s to %s)", spaced(rises ? lo : hi).text,
			spaced(rises ? hi : lo).text);
	return p;
}
