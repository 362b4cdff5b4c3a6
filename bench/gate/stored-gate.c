/* SPDX-License-Identifier: MIT */
#include "gate/stored-gate.h"

#include "text/whole-file.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_LEN = 4200 };

static const char *const required[] = {"schema_version", "run_id", "cell", "transport_base",
	"transport_new", "mode", "placement", "metric", "base", "new", "ratio", "verdict"};

static int check(const struct rows *rows, const char *path, struct reason *why)
{
	for (size_t i = 0; i < ARRAY_SIZE(required); i++)
		if (!rows_has(rows, required[i]))
			return reason_set(why, EINVAL,
				"%s: has no column %s; it is not what ipcbench gate writes", path,
				required[i]);
	for (size_t i = 0; i < rows->count; i++)
		if (strcmp(rows_text(rows, i, "schema_version"), "1") != 0)
			return reason_set(why, EINVAL,
				"%s: row %zu has schema version \"%.20s\", and version 1 is read; use "
				"the ipcbench that wrote it",
				path, i + 1, rows_text(rows, i, "schema_version"));
	return 0;
}

/* ---- rows ------------------------------------------------------------------------------------ */

/* The index of a cell; cell_count if it is not there yet. */
static size_t find_cell(const struct gate_results *r, const char *name)
{
	size_t i = 0;

	while (i < r->cell_count && strcmp(r->cells[i].name, name) != 0)
		i++;
	return i;
}

static int add_cell(struct gate_results *r, const struct rows *rows, size_t row)
{
	const char *verdict = rows_text(rows, row, "verdict");
	struct gate_cell *c = &r->cells[r->cell_count++];

	*c = (struct gate_cell){
		.name = strdup(rows_text(rows, row, "cell")),
		.base = strdup(rows_text(rows, row, "transport_base")),
		.new = strdup(rows_text(rows, row, "transport_new")),
		.status = strcmp(verdict, "fail") == 0	 ? STATUS_FAIL
			  : strcmp(verdict, "skip") == 0 ? STATUS_SKIP
							 : STATUS_OK,
	};
	key_read(&c->key, rows, row);
	c->key.transport = rows_text(rows, row, "transport_base");
	if (c->status != STATUS_OK)
		reason_set(&c->why, 0, "%s", rows_text(rows, row, "reason"));
	return c->name != NULL && c->base != NULL && c->new != NULL ? 0 : -ENOMEM;
}

/* -EINVAL when a metric or a verdict is none. */
static int add_row(struct gate_results *r, const struct rows *rows, size_t row, size_t cell)
{
	const char *metric = rows_text(rows, row, "metric"),
		   *verdict = rows_text(rows, row, "verdict");
	unsigned int m = 0, v = 0;

	while (m < GATE_METRIC_COUNT && strcmp(gate_metrics[m].name, metric) != 0)
		m++;
	while (v <= VERDICT_INCONCLUSIVE &&
		strcmp(gate_verdict_name((enum gate_verdict)v), verdict) != 0)
		v++;
	if (m == GATE_METRIC_COUNT || v > VERDICT_INCONCLUSIVE)
		return -EINVAL;
	struct gate_row *out = &r->rows[r->row_count++];

	*out = (struct gate_row){
		.cell = cell,
		.metric = (enum gate_metric)m,
		.blocks = (unsigned int)strtoul(rows_text(rows, row, "blocks"), NULL, 10),
		.dropped = (unsigned int)strtoul(rows_text(rows, row, "dropped"), NULL, 10),
		.base = rows_number(rows, row, "base"),
		.new = rows_number(rows, row, "new"),
		.found = {.ratio = rows_number(rows, row, "ratio"),
			.ci_lo = rows_number(rows, row, "ci_lo"),
			.ci_hi = rows_number(rows, row, "ci_hi"),
			.p = rows_number(rows, row, "p"),
			.p_adjusted = rows_number(rows, row, "p_holm"),
			.mde = rows_number(rows, row, "mde"),
			.verdict = (enum gate_verdict)v},
		.tolerance = rows_number(rows, row, "tolerance"),
		.min_effect = rows_number(rows, row, "min_effect"),
		.look = (unsigned int)strtoul(rows_text(rows, row, "look"), NULL, 10),
	};
	reason_set(&out->why, 0, "%s", rows_text(rows, row, "reason"));
	return 0;
}

static int read_rows(struct stored_gate *g, const char *path, struct reason *why)
{
	struct gate_results *r = &g->results;
	const struct rows *rows = &g->compare;
	int err = 0;

	r->cells = calloc(rows->count + 1, sizeof(*r->cells));
	r->rows = calloc(rows->count + 1, sizeof(*r->rows));
	if (r->cells == NULL || r->rows == NULL)
		err = -ENOMEM;
	for (size_t i = 0; err == 0 && i < rows->count; i++) {
		size_t cell = find_cell(r, rows_text(rows, i, "cell"));

		if (cell == r->cell_count)
			err = add_cell(r, rows, i);
		if (err == 0 && r->cells[cell].status == STATUS_OK)
			err = add_row(r, rows, i, cell);
		if (err == -EINVAL)
			return reason_set(why, EINVAL,
				"%s: row %zu has metric \"%.20s\" and verdict \"%.20s\", which this "
				"version does not know; use the ipcbench that wrote it",
				path, i + 1, rows_text(rows, i, "metric"),
				rows_text(rows, i, "verdict"));
	}
	return err < 0 ? reason_set(why, ENOMEM, "out of memory while reading %s", path) : 0;
}

/* ---- gate.json ------------------------------------------------------------------------------- */

static const char *text_of(const json_t *doc, const char *key)
{
	const char *text = json_string_value(json_object_get(doc, key));

	return text != NULL ? text : "";
}

static int copy_notes(struct gate_results *r, const json_t *doc)
{
	const json_t *notes = json_object_get(doc, "notes");
	size_t n = json_array_size(notes);

	r->notes = calloc(n + 1, sizeof(*r->notes));
	if (r->notes == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		const char *text = json_string_value(json_array_get(notes, i));

		if (text != NULL && (r->notes[r->note_count++] = strdup(text)) == NULL)
			return -ENOMEM;
	}
	return 0;
}

static int read_document(struct stored_gate *g, const char *path, struct reason *why)
{
	struct gate_results *r = &g->results;
	int err = whole_file_json(path, &g->document, why);

	if (err < 0 || g->document == NULL)
		return err;
	const json_t *rule = json_object_get(g->document, "rule"),
		     *seed = json_object_get(g->document, "seed");

	r->command = strcmp(text_of(g->document, "command"), "gate") == 0 ? "gate" : "compare";
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
	g->env = json_object_get(g->document, "env");
	if (!json_is_object(g->env))
		g->env = NULL;
	return copy_notes(r, g->document) < 0
		       ? reason_set(why, ENOMEM, "out of memory while reading %s", path)
		       : 0;
}

int stored_gate_load(struct stored_gate *gate, const char *dir, struct reason *why)
{
	char path[PATH_LEN];

	*gate = (struct stored_gate){.results = {.command = "compare", .run_id = ""}};
	struct gate_results *r = &gate->results;

	snprintf(path, sizeof(path), "%s/compare.csv", dir);
	int err = rows_load(&gate->compare, path, why);

	if (err == 0)
		err = check(&gate->compare, path, why);
	if (err == 0)
		err = read_rows(gate, path, why);
	if (err == 0) {
		snprintf(path, sizeof(path), "%s/gate.json", dir);
		err = read_document(gate, path, why);
	}
	bool any = err == 0 && gate->compare.count > 0;

	r->run_id = any ? rows_text(&gate->compare, 0, "run_id") : "";
	r->base = any ? rows_text(&gate->compare, 0, "version_base") : "";
	r->new = any ? rows_text(&gate->compare, 0, "version_new") : "";
	return err;
}

void stored_gate_free(struct stored_gate *gate)
{
	gate_results_free(&gate->results);
	rows_free(&gate->compare);
	json_decref(gate->document);
	*gate = (struct stored_gate){.env = NULL};
}
