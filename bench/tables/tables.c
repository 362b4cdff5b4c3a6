/* SPDX-License-Identifier: MIT */
#include "tables/tables.h"

#include "results/sections.h"
#include "text/memory.h"
#include <stdlib.h>

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

void tables_read(struct tables *t, const struct measured *m, unsigned int kinds)
{
	*t = (struct tables){.run = m->run, .kinds = kinds};
	if (m->run->env != NULL)
		t->machine = env_machine(m->run->env);
	for (enum table_kind kind = 0; kind < TABLE_KINDS; kind++)
		if (has(t, kind))
			makers[kind]->read(&t->table[kind], m);
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
