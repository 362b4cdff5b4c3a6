/* SPDX-License-Identifier: MIT */
#include "tables/tables.h"

#include "results/sections.h"
#include <math.h>

void put_cell(struct record *rec, const struct measured_cell *c)
{
	static const enum axis all[] = {
		AXIS_WAIT, AXIS_COPY, AXIS_PLACEMENT, AXIS_IDLE, AXIS_DISPATCH, AXIS_MEM};

	record_text(rec, "transport", c->key.transport);
	record_text(rec, "family", c->key.transport != NULL ? cell_family(c) : NULL);
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		/* of idle policy, calls and memory only what is not usual is told */
		bool told = all[i] < AXIS_IDLE || !axis_is_usual(&c->key, all[i]);

		record_text(rec, axes[all[i]].column, told ? axis_word(&c->key, all[i]) : NULL);
	}
}

void put_estimate(struct record *rec, const char *name, const struct estimate *e)
{
	const struct {
		const char *suffix;
		double number;
	} parts[] = {{"", e->median}, {"_ci_lo", e->ci_lo}, {"_ci_hi", e->ci_hi}, {"_min", e->min},
		{"_max", e->max}};
	char full[80];

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		snprintf(full, sizeof(full), "%s%s", name, parts[i].suffix);
		record_real(rec, full, parts[i].number);
	}
}

struct medians figures_of(enum quantity q, const struct estimate *first, size_t stride,
	size_t count, const struct glyphs *g)
{
	struct medians f = {scale_pick_of(q, &first->median, stride, count, g), false};

	for (size_t i = 0; i < count; i++) {
		const struct estimate *e = (const void *)((const char *)first + i * stride);

		if (!isnan(e->median) && isnan(e->ci_lo))
			return (struct medians){f.scale, false};
		f.interval |= !isnan(e->ci_lo);
	}
	return f;
}

void figures_head(struct grid *g, size_t column, const char *name, const struct medians *f)
{
	grid_head(g, column, "%s%s%s", name, name[0] != '\0' ? " " : "", f->scale.unit);
	grid_head(g, column + 1, f->interval ? "95%% CI" : "low-high");
	g->column[column + 1].marks = f->interval ? MARK(INTERVAL) : MARK(RANGE);
}

void figures_put(struct grid *g, const struct medians *f, const struct estimate *e)
{
	grid_number(g, &f->scale, e->median);
	grid_span(g, &f->scale, f->interval ? e->ci_lo : e->min, f->interval ? e->ci_hi : e->max);
}
