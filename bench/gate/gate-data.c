/* SPDX-License-Identifier: MIT */
/*
 * A comparison for programs: compare.csv, blocks.csv, and one JSON document with the same fields
 * and more. The files of --output are also read back here.
 */
#include "gate/gate.h"

#include "results/results.h"
#include "text/memory.h"
#include "text/record.h"
#include "text/text-file.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- rows ------------------------------------------------------------------------------------ */

/* The numbers of a row, in the order of the columns. */
static const struct {
	const char *name;
	size_t offset;
} numbers[] = {
	{"base", offsetof(struct gate_row, base)},
	{"new", offsetof(struct gate_row, new)},
	{"ratio", offsetof(struct gate_row, found.ratio)},
	{"ci_lo", offsetof(struct gate_row, found.ci_lo)},
	{"ci_hi", offsetof(struct gate_row, found.ci_hi)},
	{"p", offsetof(struct gate_row, found.p)},
	{"p_holm", offsetof(struct gate_row, found.p_adjusted)},
	{"mde", offsetof(struct gate_row, found.mde)},
	{"min_effect", offsetof(struct gate_row, min_effect)},
	{"tolerance", offsetof(struct gate_row, tolerance)},
};

static double *number(struct gate_row *row, size_t i)
{
	return (void *)((char *)row + numbers[i].offset);
}

static void put_cell(struct record *rec, const void *cells, size_t i)
{
	const struct gate_cell *c = (const struct gate_cell *)cells + i;

	record_text(rec, "cell", c->name);
	record_text(rec, "transport_base", c->base);
	record_text(rec, "transport_new", c->new);
	record_text(rec, "wait", axis_word(&c->key, AXIS_WAIT));
	record_text(rec, "copy", axis_word(&c->key, AXIS_COPY));
	record_text(rec, "mode", axis_word(&c->key, AXIS_MODE));
	record_whole(rec, "size_bytes", c->key.size > 0, c->key.size);
	record_text(rec, "placement", axis_word(&c->key, AXIS_PLACEMENT));
	if (!record_is_json(rec))
		return;
	record_text(rec, "status", status_name(c->status));
	record_text(rec, "reason", c->status == STATUS_OK ? NULL : c->why.text);
}

/* What would lower an MDE: more blocks, or more builds. */
static const char *const mde_by[] = {"blocks", "layout"};

static void put_optional(struct record *rec, bool any, bool optional)
{
	if (any)
		record_bool(rec, "optional", optional);
	else
		record_text(rec, "optional", NULL);
}

static void put_row(struct record *rec, const void *results, size_t i)
{
	static const struct gate_cell blank;
	const struct gate_results *r = results;
	struct gate_row row = i < r->row_count ? r->rows[i] : (struct gate_row){0};
	const struct gate_metric_info *m = &gate_metrics[row.metric];
	const struct gate_cell *c = i < r->row_count ? &r->cells[row.cell] : &blank;
	bool any = row.metric < GATE_METRIC_COUNT;

	if (record_is_json(rec)) {
		record_text(rec, "cell", c->name);
	} else {
		record_whole(rec, "schema_version", true, SCHEMA_VERSION);
		record_text(rec, "run_id", r->run_id);
		put_cell(rec, c, 0);
	}
	record_text(rec, "metric", any ? gate_metric_words[row.metric] : NULL);
	record_text(rec, "unit", any ? m->unit : NULL);
	record_text(rec, "better", !any ? NULL : m->higher_is_better ? "higher" : "lower");
	record_whole(rec, "blocks", any, row.blocks);
	record_whole(rec, "dropped", any, row.dropped);
	/* the interval is known at both ends or not at all */
	if (!isfinite(row.found.ci_lo) || !isfinite(row.found.ci_hi))
		row.found.ci_lo = row.found.ci_hi = NAN;
	for (size_t k = 0; k < ARRAY_SIZE(numbers); k++)
		record_real(rec, numbers[k].name, any ? *number(&row, k) : NAN);
	record_whole(rec, "look", row.look > 0, row.look);
	record_text(rec, "verdict",
		any ? gate_verdict_name(row.found.verdict) : status_name(c->status));
	record_text(rec, "reason", any ? row.why.text : c->why.text);
	if (!record_is_json(rec)) {
		record_text(rec, "version_base", r->base);
		record_text(rec, "version_new", r->new);
		key_write(rec, &c->key, AXIS_IDLE, AXIS_NEWEST);
	}
	put_optional(rec, any, row.optional);
	record_text(rec, "mde_by",
		any && !gate_is_stored(r) && isfinite(row.found.mde) ? mde_by[row.found.by_layout]
								     : NULL);
	if (!record_is_json(rec))
		key_write(rec, &c->key, AXIS_NEWEST, AXIS_COUNT);
}

int gate_compare_csv_write(FILE *out, const void *results)
{
	struct gate_results r = *(const struct gate_results *)results;
	struct gate_row *rows = need_array(r.row_count + r.cell_count, sizeof(*rows));

	for (size_t i = 0; i < r.row_count; i++)
		rows[i] = r.rows[i];
	/* cells that were skipped or failed have a row each, after the metrics */
	for (size_t i = 0; i < r.cell_count; i++)
		if (r.cells[i].status != STATUS_OK)
			rows[r.row_count++] = (struct gate_row){i, .metric = GATE_METRIC_COUNT};
	r.rows = rows;
	int ret = records_csv(out, put_row, &r, r.row_count);

	free(rows);
	return ret;
}

/* ---- blocks ---------------------------------------------------------------------------------- */

/* A block, in CSV in one metric. */
struct block_line {
	const struct gate_results *results;
	const struct gate_block *block;
	enum gate_metric metric;
};

/* Whether any slice has a value: a cell has the metrics of its mode. */
static bool measured(const struct gate_block *b, enum gate_metric m)
{
	for (size_t i = 0; i < GATE_SLICES; i++)
		if (isfinite(b->slices[i].value[m]))
			return true;
	return false;
}

static void put_slice(struct record *rec, const void *block, size_t i)
{
	const struct gate_slice *s = &((const struct gate_block *)block)->slices[i];

	record_text(rec, "version", gate_slice_is_new(block, i) ? "new" : "base");
	for (enum gate_metric m = 0; m < GATE_METRIC_COUNT; m++)
		record_real(rec, gate_metric_words[m], s->value[m]);
	record_real(rec, "wall_s", s->wall_s);
	record_real(rec, "steal_s", s->steal_s);
	record_real(rec, "foreign_s", s->foreign_s);
	record_real(rec, "stall_s", s->stall_s);
	record_whole(rec, "messages", s->messages > 0, (uint64_t)s->messages);
	record_words(rec, "flags", trial_flag_names, TRIAL_FLAG_COUNT, s->flags);
}

/* In CSV: the values of a metric, and what disturbed the block as a whole. */
static void put_slices(struct record *rec, const struct gate_block *b, enum gate_metric m)
{
	static const char *const names[GATE_SLICES] = {"slice1", "slice2", "slice3", "slice4"};
	struct gate_slice sum = {.wall_s = 0};

	for (size_t i = 0; i < GATE_SLICES; i++) {
		record_real(rec, names[i], b->slices[i].value[m]);
		sum.steal_s += b->slices[i].steal_s;
		sum.foreign_s += b->slices[i].foreign_s;
		sum.stall_s += b->slices[i].stall_s;
		sum.wall_s += b->slices[i].wall_s;
	}
	record_real(rec, "ln_ratio", gate_block_difference(b, m));
	record_real(rec, "steal_s", sum.steal_s);
	record_real(rec, "foreign_s", sum.foreign_s);
	record_real(rec, "stall_s", sum.stall_s);
	record_real(rec, "wall_s", sum.wall_s);
}

static void put_block(struct record *rec, const void *lines, size_t i)
{
	const struct block_line *l = (const struct block_line *)lines + i;
	const struct gate_block *b = l->block;
	bool json = record_is_json(rec);

	if (!json) {
		record_whole(rec, "schema_version", true, SCHEMA_VERSION);
		record_text(rec, "run_id", l->results->run_id);
	}
	record_text(rec, "cell", rec->names ? NULL : l->results->cells[b->cell].name);
	if (!json)
		record_text(rec, "metric", gate_metric_words[l->metric]);
	record_whole(rec, "block", true, b->number);
	record_real(rec, "at_s", b->at_s);
	record_text(rec, "order", b->reversed ? "BAAB" : "ABBA");
	record_whole(rec, "cpu_tx", b->cpu_tx >= 0, (unsigned int)b->cpu_tx);
	record_whole(rec, "cpu_rx", b->cpu_rx >= 0, (unsigned int)b->cpu_rx);
	if (json)
		json_object_set_new(rec->object, "slices", records_json(put_slice, b, GATE_SLICES));
	else
		put_slices(rec, b, l->metric);
	record_real(rec, "disturbance", b->disturbance);
	record_bool(rec, "dropped", b->dropped);
	if (!json) {
		record_words(rec, "flags", trial_flag_names, TRIAL_FLAG_COUNT, gate_block_flags(b));
		record_whole(rec, "messages", gate_block_messages(b) > 0,
			(uint64_t)gate_block_messages(b));
	}
	record_whole(rec, "build_base", l->results->builds[0].count > 0, b->build[0] + 1u);
	record_whole(rec, "build_new", l->results->builds[1].count > 0, b->build[1] + 1u);
}

int gate_blocks_csv_write(FILE *out, const void *results)
{
	static const struct gate_block blank;
	const struct gate_results *r = results;
	struct block_line *lines =
		need_array(r->block_count * GATE_METRIC_COUNT + 1, sizeof(*lines));
	size_t n = 0;

	lines[0] = (struct block_line){.results = r, .block = &blank};
	for (size_t i = 0; i < r->block_count; i++)
		for (enum gate_metric m = 0; m < GATE_METRIC_COUNT; m++)
			if (measured(&r->blocks[i], m))
				lines[n++] = (struct block_line){r, &r->blocks[i], m};
	int ret = records_csv(out, put_block, lines, n);

	free(lines);
	return ret;
}

int gate_env_write(FILE *out, const void *results)
{
	const struct gate_results *r = results;

	return fputs(r->env_json, out) < 0 || fputc('\n', out) < 0 ? -EIO : 0;
}

/* ---- gate.json ------------------------------------------------------------------------------- */

static json_t *rule_json(const struct gate_rule *rule)
{
	if (rule->alpha <= 0)
		return json_null();
	return json_pack("{s:o, s:o, s:o, s:i}", "alpha", json_rounded(rule->alpha), "confidence",
		json_rounded(rule->confidence), "power", json_rounded(rule->power), "looks",
		(int)rule->looks);
}

static json_t *builds_json(const struct gate_builds *b)
{
	json_t *names = json_array();

	for (size_t i = 0; i < b->count; i++)
		json_array_append_new(names, json_text(b->program[i]));
	return names;
}

static json_t *blocks_json(const struct gate_results *r)
{
	json_t *blocks = json_array();

	for (size_t i = 0; i < r->block_count; i++) {
		const struct block_line line = {.results = r, .block = &r->blocks[i]};

		json_array_append_new(blocks, record_json(put_block, &line, 0));
	}
	return blocks;
}

int gate_json_write(FILE *out, const void *results)
{
	const struct gate_results *r = results;
	json_t *notes = json_array();

	for (size_t i = 0; i < r->note_count; i++)
		json_array_append_new(notes, json_text(r->notes[i]));
	return json_put(out,
		json_pack("{s:i, s:o, s:o, s:o, s:o, s:s, s:b, s:b, s:o, s:o, s:o, s:o, s:o,"
			  "s:o, s:o, s:o, s:o, s:o, s:o}",
			"schema_version", SCHEMA_VERSION, "run_id", json_text(r->run_id), "command",
			json_text(r->command), "base", json_text(r->base), "new", json_text(r->new),
			"outcome", gate_outcome_name(gate_outcome(r)), "advisory", r->advisory,
			"interrupted", r->interrupted, "seed", json_seed(r->seed), "elapsed_s",
			json_rounded(r->elapsed_s), "machine", json_text(r->machine), "rule",
			rule_json(&r->rule), "env", json_embedded(r->env_json), "cells",
			records_json(put_cell, r->cells, r->cell_count), "rows",
			records_json(put_row, r, r->row_count), "blocks", blocks_json(r), "notes",
			notes, "builds_base", builds_json(&r->builds[0]), "builds_new",
			builds_json(&r->builds[1])));
}

/* ---- what was stored ------------------------------------------------------------------------- */

/* The index of the cell of a row, which is added if it is not there yet. */
static size_t read_cell(struct gate_results *r, const struct rows *rows, size_t row)
{
	const char *name = rows_text(rows, row, "cell"), *verdict = rows_text(rows, row, "verdict");
	size_t i = 0;

	while (i < r->cell_count && strcmp(r->cells[i].name, name) != 0)
		i++;
	if (i < r->cell_count)
		return i;
	struct gate_cell *c = need_next(r->cells, r->cell_count);

	c->name = need_copy(name);
	c->base = need_copy(rows_text(rows, row, "transport_base"));
	c->new = need_copy(rows_text(rows, row, "transport_new"));
	key_read(&c->key, rows, row);
	c->key.transport = rows_text(rows, row, "transport_base");
	if (!status_read(&c->status, verdict))
		c->status = STATUS_OK;
	else
		reason_set(&c->why, 0, "%s", rows_text(rows, row, "reason"));
	return i;
}

static unsigned int count_of(const struct rows *rows, size_t row, const char *column)
{
	return (unsigned int)strtoul(rows_text(rows, row, column), NULL, 10);
}

/* Whether its metric and its verdict are known. */
static bool read_row(struct gate_results *r, const struct rows *rows, size_t row, size_t cell)
{
	struct gate_row *out = need_next(r->rows, r->row_count);
	enum gate_verdict *v = &out->found.verdict;

	out->cell = cell;
	while (out->metric < GATE_METRIC_COUNT &&
		strcmp(gate_metric_words[out->metric], rows_text(rows, row, "metric")) != 0)
		out->metric++;
	while (*v <= VERDICT_INCONCLUSIVE &&
		strcmp(gate_verdict_name(*v), rows_text(rows, row, "verdict")) != 0)
		(*v)++;
	out->blocks = count_of(rows, row, "blocks");
	out->dropped = count_of(rows, row, "dropped");
	out->look = count_of(rows, row, "look");
	out->optional = strcmp(rows_text(rows, row, "optional"), "1") == 0;
	out->found.by_layout = strcmp(rows_text(rows, row, "mde_by"), mde_by[true]) == 0;
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		*number(out, i) = rows_number(rows, row, numbers[i].name);
	reason_set(&out->why, 0, "%s", rows_text(rows, row, "reason"));
	return out->metric < GATE_METRIC_COUNT && *v <= VERDICT_INCONCLUSIVE;
}

static int read_rows(struct stored_gate *g, const char *path, struct reason *why)
{
	struct gate_results *r = &g->results;
	const struct rows *rows = &g->compare;

	if (rows->count > 0) {
		r->run_id = rows_text(rows, 0, "run_id");
		r->base = rows_text(rows, 0, "version_base");
		r->new = rows_text(rows, 0, "version_new");
	}
	for (size_t i = 0; i < rows->count; i++) {
		size_t cell = read_cell(r, rows, i);

		if (r->cells[cell].status == STATUS_OK && !read_row(r, rows, i, cell))
			return reason_set(why, EINVAL,
				"%s: row %zu has metric \"%.20s\" and verdict \"%.20s\", which this "
				"version does not know; use the ipcbench that wrote it",
				path, i + 1, rows_text(rows, i, "metric"),
				rows_text(rows, i, "verdict"));
	}
	return 0;
}

static void read_builds(struct gate_builds *b, const json_t *names)
{
	while (b->count < GATE_BUILDS && b->count < json_array_size(names) &&
		json_is_string(json_array_get(names, b->count))) {
		b->program[b->count] = json_string_value(json_array_get(names, b->count));
		b->count++;
	}
}

static int read_document(struct stored_gate *g, const char *path, struct reason *why)
{
	struct gate_results *r = &g->results;
	int err = whole_file_json(path, &g->document, why);

	if (err < 0 || g->document == NULL)
		return err;
	const json_t *rule = json_object_get(g->document, "rule"),
		     *seed = json_object_get(g->document, "seed"),
		     *notes = json_object_get(g->document, "notes");
	const char *command = json_string_value(json_object_get(g->document, "command"));

	r->command = command != NULL && strcmp(command, "gate") == 0 ? "gate" : "compare";
	r->machine = json_string_value(json_object_get(g->document, "machine"));
	r->advisory = json_is_true(json_object_get(g->document, "advisory"));
	r->interrupted = json_is_true(json_object_get(g->document, "interrupted"));
	r->elapsed_s = json_number_value(json_object_get(g->document, "elapsed_s"));
	r->seed = json_is_string(seed) ? strtoull(json_string_value(seed), NULL, 10)
				       : (uint64_t)json_integer_value(seed);
	r->rule = (struct gate_rule){
		.alpha = json_number_value(json_object_get(rule, "alpha")),
		.confidence = json_number_value(json_object_get(rule, "confidence")),
		.power = json_number_value(json_object_get(rule, "power")),
		.looks = (unsigned int)json_integer_value(json_object_get(rule, "looks")),
	};
	read_builds(&r->builds[0], json_object_get(g->document, "builds_base"));
	read_builds(&r->builds[1], json_object_get(g->document, "builds_new"));
	g->env = json_object_get(g->document, "env");
	if (!json_is_object(g->env))
		g->env = NULL;
	for (size_t i = 0; i < json_array_size(notes); i++)
		if (json_is_string(json_array_get(notes, i)))
			*need_next(r->notes, r->note_count) =
				need_copy(json_string_value(json_array_get(notes, i)));
	return 0;
}

int stored_gate_load(struct stored_gate *gate, const char *dir, struct reason *why)
{
	static const char *const columns[] = {"schema_version", "run_id", "cell", "transport_base",
		"transport_new", "mode", "placement", "metric", "base", "new", "ratio", "verdict",
		NULL};
	char path[4200];

	*gate = (struct stored_gate){
		.results = {.command = "compare", .run_id = "", .base = "", .new = ""}};
	snprintf(path, sizeof(path), "%s/compare.csv", dir);
	int err = rows_load(&gate->compare, path, why);

	if (err == 0)
		err = rows_expect(&gate->compare, path, "ipcbench gate", columns, why);
	if (err == 0)
		err = read_rows(gate, path, why);
	if (err == 0) {
		snprintf(path, sizeof(path), "%s/gate.json", dir);
		err = read_document(gate, path, why);
	}
	return err;
}

void stored_gate_free(struct stored_gate *gate)
{
	gate_results_free(&gate->results);
	rows_free(&gate->compare);
	json_decref(gate->document);
	*gate = (struct stored_gate){.env = NULL};
}
