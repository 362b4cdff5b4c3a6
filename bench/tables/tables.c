/* SPDX-License-Identifier: MIT */
#include "tables/tables.h"

#include "cli/command.h"
#include "results/sections.h"
#include "text/memory.h"
#include "text/outputs.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const table_names[TABLE_KINDS + 1] = {
	[TABLE_TIME] = "time",
	[TABLE_QUALITIES] = "qualities",
	[TABLE_APIS] = "apis",
};

static const struct table_maker *const makers[TABLE_KINDS] = {
	[TABLE_TIME] = &time_maker,
	[TABLE_QUALITIES] = &quality_maker,
	[TABLE_APIS] = &api_maker,
};

static bool has(const struct tables *t, enum table_kind kind)
{
	return (t->kinds & 1u << kind) != 0;
}

void tables_read(struct tables *t, const struct stored_run *run, unsigned int kinds)
{
	*t = (struct tables){.run = run, .kinds = kinds};
	if (run->env != NULL)
		t->machine = env_machine(run->env);
	size_t count;
	const struct measured_cell **cells = cells_select(run, &count);

	for (enum table_kind kind = 0; kind < TABLE_KINDS; kind++)
		if (has(t, kind))
			makers[kind]->read(&t->table[kind], run, cells, count);
	free(cells);
}

void tables_free(struct tables *t)
{
	for (enum table_kind kind = 0; kind < TABLE_KINDS; kind++)
		free(t->table[kind].rows);
	free(t->machine);
	*t = (struct tables){.run = NULL};
}

size_t tables_rows(const struct tables *t)
{
	size_t rows = 0;

	for (enum table_kind kind = 0; kind < TABLE_KINDS; kind++)
		rows += t->table[kind].count;
	return rows;
}

/* ---- for people ------------------------------------------------------------------------------ */

static void add_heading(struct document *d, const struct tables *t)
{
	char run[64], name[160], machine[200];
	bool utf8 = d->glyphs->utf8;

	format_plain(run, sizeof(run), t->run->run_id, utf8);
	format_plain(name, sizeof(name), t->run->label, utf8);
	format_plain(machine, sizeof(machine), t->machine != NULL ? t->machine : "", utf8);
	document_add(d, BLOCK_LINE, "Run %s%s%s%s%s%s", run, name[0] != '\0' ? " \"" : "", name,
		name[0] != '\0' ? "\"" : "", machine[0] != '\0' ? ": " : "", machine);
}

/* What stands in the columns of those tables that have rows. */
static void add_explanation(struct document *d, const struct tables *t)
{
	char *text;
	size_t len;
	FILE *out = need_stream(&text, &len);

	for (enum table_kind kind = 0; kind < TABLE_KINDS; kind++)
		if (t->table[kind].count > 0)
			fprintf(out, "%s%s", ftello(out) > 0 ? " " : "", makers[kind]->explanation);
	need_stream_end(out);
	/* on a terminal right below the legend */
	bool legend = d->blocks[d->count - 1].kind == BLOCK_LEGEND;

	if (len > 0)
		document_add(d, BLOCK_TEXT, "%s", text)->gap = !legend;
	free(text);
}

void tables_document(struct document *d, const void *tables)
{
	const struct tables *t = tables;

	d->legend = legend_texts;
	d->notes_title = "Notes";
	add_heading(d, t);
	results_tell_speeds(d, t->run->trials, t->run->count);
	for (enum table_kind kind = 0; kind < TABLE_KINDS; kind++)
		if (has(t, kind))
			makers[kind]->add_grids(d, &t->table[kind]);
	document_legend(d);
	add_explanation(d, t);
	for (enum table_kind kind = 0; kind < TABLE_KINDS; kind++)
		if (has(t, kind))
			makers[kind]->add_notes(d, &t->table[kind]);
}

int tables_write_markdown(FILE *out, const void *tables)
{
	return document_print(out, DOC_MARKDOWN, tables_document, tables, 0, false);
}

int tables_write_latex(FILE *out, const void *tables)
{
	return document_print(out, DOC_LATEX, tables_document, tables, 0, false);
}

/* ---- for programs ---------------------------------------------------------------------------- */

int tables_write_csv(FILE *out, const void *tables)
{
	const struct tables *t = tables;
	enum table_kind kind = TABLE_TIME;

	while (kind + 1 < TABLE_KINDS && !has(t, kind))
		kind++;
	return records_csv(out, makers[kind]->put, &t->table[kind], t->table[kind].count);
}

int tables_write_json(FILE *out, const void *tables)
{
	const struct tables *t = tables;
	json_t *doc = json_pack("{s:i, s:o, s:o}", "schema_version", SCHEMA_VERSION, "run_id",
		json_text(t->run->run_id), "machine", json_text(t->machine));

	for (enum table_kind kind = 0; kind < TABLE_KINDS; kind++)
		if (has(t, kind))
			json_object_set_new(doc, table_names[kind],
				records_json(
					makers[kind]->put, &t->table[kind], t->table[kind].count));
	return json_put(out, doc);
}

/* ---- shared ---------------------------------------------------------------------------------- */

/* From idle policy on, only what is not usual is told, and how many messages are a batch. */
static void put_axes(struct record *rec, const struct measured_cell *c, unsigned int which)
{
	char value[40];

	for (enum axis axis = AXIS_WAIT; axis < AXIS_COUNT; axis++) {
		bool told = axis < AXIS_IDLE || !axis_is_usual(&c->key, axis) ||
			    axes[axis].type == AXIS_COUNTED;

		if ((which & AXIS_BIT(axis)) != 0)
			record_text(rec, axes[axis].column,
				told ? axis_spell(value, sizeof(value), &c->key, axis) : NULL);
	}
}

void put_cell(struct record *rec, const struct measured_cell *c)
{
	record_text(rec, "transport", c->key.transport);
	record_text(rec, "family", c->key.transport != NULL ? cell_family(c) : NULL);
	put_axes(rec, c,
		AXIS_BIT(AXIS_WAIT) | AXIS_BIT(AXIS_COPY) | AXIS_BIT(AXIS_PLACEMENT) |
			AXIS_BIT(AXIS_IDLE) | AXIS_HARNESS);
}

void put_late_axes(struct record *rec, const struct measured_cell *c)
{
	put_axes(rec, c, AXIS_LATE & ~AXIS_NEW);
}

void put_new_axes(struct record *rec, const struct measured_cell *c)
{
	put_axes(rec, c, AXIS_NEW);
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

/* ---- the command ----------------------------------------------------------------------------- */

struct tables_settings {
	const char *dir;
	unsigned int kinds;		   /* 1 << enum table_kind */
	const char *md, *tex, *csv, *json; /* a file, "-" for stdout, or NULL */
	bool cells, quiet;
};

/* What is printed: a struct tables, or the cells of a run, which are a struct results. */
struct printed {
	fill_fn *fill;
	output_writer *md, *tex, *csv, *json;
	const void *what;
	bool empty;
};

static int finish(const struct tables_settings *s, const struct printed *p, int *stdout_error)
{
	const struct outputs o = {.targets = {{"--md", s->md, p->md}, {"--tex", s->tex, p->tex},
					  {"--csv", s->csv, p->csv}, {"--json", s->json, p->json}}};
	struct reason why = {""};

	if (outputs_check(&o, &why) < 0)
		return complain(&why, EXIT_USAGE);
	bool saved =
		command_deliver(&o, s->quiet ? NULL : p->fill, p->what, COLOR_AUTO, stdout_error);

	if (!p->empty)
		return saved ? EXIT_MEASURED : EXIT_FAILED;
	reason_set(&why, ENODATA,
		"%s: holds nothing that these tables show; they need cells in modes latency, "
		"throughput, oneway or setup",
		s->dir);
	return complain(&why, EXIT_FAILED);
}

static int print_tables(
	const struct tables_settings *set, const struct stored_run *stored, struct call *call)
{
	struct tables tables;

	tables_read(&tables, stored, set->kinds);
	int status = finish(set,
		&(struct printed){tables_document, tables_write_markdown, tables_write_latex,
			tables_write_csv, tables_write_json, &tables, tables_rows(&tables) == 0},
		&call->stdout_error);

	tables_free(&tables);
	return status;
}

/* --cells */
static int print_cells(
	const struct tables_settings *set, const struct stored_run *stored, struct call *call)
{
	struct stored_results cells;
	struct reason why = {""};
	int status = stored_results_make(&cells, stored, &why) < 0
			     ? complain(&why, EXIT_FAILED)
			     : finish(set,
				       &(struct printed){results_document, markdown_write,
					       latex_write, NULL, NULL, &cells.results, false},
				       &call->stdout_error);

	stored_results_free(&cells);
	return status;
}

static int run(void *settings, struct call *call)
{
	const struct tables_settings *set = settings;
	struct reason why = {""};
	struct stored_run stored;
	int r = stored_run_load(&stored, set->dir, &why);
	int status =
		r < 0 ? complain(&why, r == -ENOENT || r == -ENOTDIR ? EXIT_USAGE : EXIT_FAILED)
		      : (set->cells ? print_cells : print_tables)(set, &stored, call);

	stored_run_free(&stored);
	return status;
}

#define AT(field) offsetof(struct tables_settings, field)

static const struct option_row options[] = {
	OPTION("table", 0, "LIST", read_words, AT(kinds),
		"which tables: time (to move 1 MiB), qualities (what each mechanism is and did), "
		"apis (System V against POSIX), all. Default: {default}",
		.initial = "all", .words = table_names),
	OPTION_SWITCH("cells", 0, AT(cells),
		"print every cell instead, as ipcbench does at the end of a run; as text, Markdown or "
		"LaTeX"),
	OPTION("md", 0, "FILE", read_text, AT(md), "write Markdown; - is standard output"),
	OPTION("tex", 0, "FILE", read_text, AT(tex), "write LaTeX; - is standard output"),
	OPTION("csv", 0, "FILE", read_text, AT(csv),
		"write one table as CSV; - is standard output"),
	OPTION("json", 0, "FILE", read_text, AT(json),
		"write the tables as JSON; - is standard output"),
	OPTION("plugin", 0, "FILE", read_plugin, 0,
		"load another mechanism from a shared object, for its traits"),
	OPTION_SWITCH("quiet", 'q', AT(quiet), "print no table on standard output"),
	OPTION_ROWS_END,
};

static const struct option_rule rules[] = {
	{.one = "cells", .other = "table", .because = "the run printed other tables"},
	{.one = "cells", .other = "csv", .because = "summary.csv of the run has its cells"},
	{.one = "cells", .other = "json", .because = "summary.csv of the run has its cells"},
	{.one = NULL},
};

static int check(void *settings, const struct arguments *given, struct reason *why)
{
	struct tables_settings *s = settings;

	if (given->word_count == 0)
		return reason_set(why, EINVAL,
			"tables: no directory given; write tables DIR, one that ipcbench --output has "
			"written");
	s->dir = given->words[0];
	if (s->csv != NULL && (s->kinds & (s->kinds - 1)) != 0)
		return reason_set(why, EINVAL, "--csv takes one table; name it, as in --table %s",
			table_names[0]);
	return command_check_words(&tables_command, given, 1, why);
}

const struct command tables_command = {
	.name = "tables",
	.summary = "print comparison tables of a stored run",
	.options = options,
	.rules = rules,
	.operands = "DIR",
	.doc = "Prints comparison tables of a stored run (a directory that ipcbench --output "
	       "wrote): the time to move 1 MiB, the qualities of the mechanisms, and System V "
	       "against POSIX; with --cells the tables that the run printed.",
	.exit_status =
		"0 printed; 1 the run is damaged, holds nothing for the tables, or a file cannot "
		"be written; 2 wrong usage, or a directory that is not a run",
	.takes_files = true,
	.settings_size = sizeof(struct tables_settings),
	.check = check,
	.run = run,
};
