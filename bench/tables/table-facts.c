/* SPDX-License-Identifier: MIT */
#include "tables/table-facts.h"

#include "results/json.h"
#include "tables/cells.h"
#include "text/csv-row.h"
#include <errno.h>
#include <math.h>

struct value fact_text(const char *text)
{
	bool empty = text == NULL || text[0] == '\0';

	return (struct value){.kind = empty ? VALUE_NONE : VALUE_TEXT, .text = text};
}

struct value fact_number(double number)
{
	return (struct value){.kind = isnan(number) ? VALUE_NONE : VALUE_REAL, .number = number};
}

struct value fact_count(double number)
{
	return (struct value){.kind = isnan(number) ? VALUE_NONE : VALUE_COUNT, .number = number};
}

int facts_visit(const struct fact *facts, size_t n, column_fn fn, void *ctx)
{
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++)
		r = fn(ctx, facts[i].name, &facts[i].value);
	return r;
}

int facts_cell(const struct measured_cell *c, column_fn fn, void *ctx)
{
	static const enum axis all[] = {
		AXIS_WAIT, AXIS_COPY, AXIS_PLACEMENT, AXIS_IDLE, AXIS_DISPATCH, AXIS_MEM};
	const struct fact names[] = {
		{"transport", fact_text(c != NULL ? c->key.transport : "")},
		{"family", fact_text(c != NULL ? cell_family(c) : "")},
	};
	int r = facts_visit(names, ARRAY_SIZE(names), fn, ctx);

	for (size_t i = 0; i < ARRAY_SIZE(all) && r == 0; i++) {
		/* of idle policy, calls and memory only what is not usual is told */
		bool told = c != NULL && (all[i] < AXIS_IDLE || !axis_is_usual(&c->key, all[i]));
		const struct value value = fact_text(told ? axis_word(&c->key, all[i]) : "");

		r = fn(ctx, axes[all[i]].column, &value);
	}
	return r;
}

int facts_estimate(const char *name, const struct estimate *e, column_fn fn, void *ctx)
{
	const struct {
		const char *suffix;
		double number;
	} parts[] = {{"", e->median}, {"_ci_lo", e->ci_lo}, {"_ci_hi", e->ci_hi}, {"_min", e->min},
		{"_max", e->max}};
	char full[80];
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(parts) && r == 0; i++) {
		const struct value value = fact_number(parts[i].number);

		snprintf(full, sizeof(full), "%s%s", name, parts[i].suffix);
		r = fn(ctx, full, &value);
	}
	return r;
}

/* ---- CSV ------------------------------------------------------------------------------------- */

int facts_csv(FILE *out, const void *table, size_t count, table_visit_fn *visit)
{
	struct csv csv = csv_begin(out);

	visit(table, SIZE_MAX, csv_put, &csv);
	int ret = csv_end_row(&csv);

	for (size_t row = 0; ret == 0 && row < count; row++) {
		visit(table, row, csv_put, &csv);
		ret = csv_end_row(&csv);
	}
	return csv_finish(&csv, ret);
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static int put_member(void *ctx, const char *name, const struct value *v)
{
	return json_object_set_new(ctx, name, json_column(v)) == 0 ? 0 : -ENOMEM;
}

json_t *facts_json(const void *table, size_t count, table_visit_fn *visit)
{
	json_t *array = json_array();

	for (size_t row = 0; array != NULL && row < count; row++) {
		json_t *object = json_object();
		int r = object == NULL ? -ENOMEM : visit(table, row, put_member, object);

		if (json_array_append_new(array, object) < 0 || r < 0) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}
