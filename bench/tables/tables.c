/* SPDX-License-Identifier: MIT */
#include "tables/tables.h"

#include "gate/fingerprint.h"
#include "results/json.h"
#include <errno.h>
#include <stdlib.h>

const char *const table_names[TABLE_KINDS] = {
	[TABLE_TIME] = "time",
	[TABLE_QUALITIES] = "qualities",
	[TABLE_APIS] = "apis",
};

static bool has(const struct tables *t, enum table_kind kind)
{
	return (t->kinds & 1u << kind) != 0;
}

int tables_read(struct tables *t, const struct measured *m, unsigned int kinds)
{
	int r = 0;

	*t = (struct tables){.run = m->run, .kinds = kinds};
	if (m->run->env != NULL) {
		t->machine = fingerprint_machine(m->run->env);
		r = t->machine == NULL ? -ENOMEM : 0;
	}
	if (r == 0 && has(t, TABLE_TIME))
		r = time_table_read(&t->time, m);
	if (r == 0 && has(t, TABLE_QUALITIES))
		r = quality_table_read(&t->qualities, m);
	if (r == 0 && has(t, TABLE_APIS))
		r = api_table_read(&t->apis, m);
	return r;
}

void tables_free(struct tables *t)
{
	time_table_free(&t->time);
	quality_table_free(&t->qualities);
	api_table_free(&t->apis);
	free(t->machine);
	*t = (struct tables){.run = NULL};
}

size_t tables_rows(const struct tables *t)
{
	return t->time.count + t->qualities.count + t->apis.count;
}

/* ---- for people ------------------------------------------------------------------------------ */

static void write_heading(struct report *rep, const struct tables *t, bool utf8)
{
	const struct rows *trials = &t->run->trials;
	const char *label = trials->count > 0 ? rows_text(trials, 0, "label") : "";
	char run[64], name[160], machine[200];

	format_plain(run, sizeof(run), t->run->run_id, utf8);
	format_plain(name, sizeof(name), label, utf8);
	format_plain(machine, sizeof(machine), t->machine != NULL ? t->machine : "", utf8);
	snprintf(rep->heading, sizeof(rep->heading), "Run %s%s%s%s%s%s", run,
		label[0] != '\0' ? " \"" : "", name, label[0] != '\0' ? "\"" : "",
		machine[0] != '\0' ? ": " : "", machine);
}

int tables_report(struct report *rep, const struct tables *t, bool utf8)
{
	int r = 0;

	*rep = (struct report){.glyphs = glyphs(utf8), .notes_title = "Notes"};
	write_heading(rep, t, utf8);
	if (has(t, TABLE_TIME))
		r = time_table_report(rep, &t->time, utf8);
	if (r == 0 && has(t, TABLE_QUALITIES))
		r = quality_table_report(rep, &t->qualities, utf8);
	if (r == 0 && has(t, TABLE_APIS))
		r = api_table_report(rep, &t->apis, utf8);
	return r;
}

int tables_write_table(FILE *out, const struct tables *t, unsigned int width, bool color)
{
	struct report rep;
	int r = tables_report(&rep, t, format_utf8());

	if (r == 0)
		r = report_table(out, &rep, width, color);
	report_free(&rep);
	return r;
}

int tables_write_markdown(FILE *out, const struct tables *t)
{
	struct report rep;
	int r = tables_report(&rep, t, true);

	if (r == 0)
		r = report_markdown(out, &rep);
	report_free(&rep);
	return r;
}

int tables_write_latex(FILE *out, const struct tables *t)
{
	struct report rep;
	int r = tables_report(&rep, t, true);

	if (r == 0)
		r = report_latex(out, &rep);
	report_free(&rep);
	return r;
}

/* ---- for programs ---------------------------------------------------------------------------- */

/* A table and how to go through it. */
struct view {
	const void *table;
	size_t count;
	table_visit_fn *visit;
};

static struct view view_of(const struct tables *t, enum table_kind kind)
{
	const struct view views[TABLE_KINDS] = {
		[TABLE_TIME] = {&t->time, t->time.count, time_table_visit},
		[TABLE_QUALITIES] = {&t->qualities, t->qualities.count, quality_table_visit},
		[TABLE_APIS] = {&t->apis, t->apis.count, api_table_visit},
	};

	return views[kind];
}

int tables_write_csv(FILE *out, const struct tables *t)
{
	enum table_kind kind = TABLE_TIME;

	while (kind + 1 < TABLE_KINDS && !has(t, kind))
		kind++;
	const struct view v = view_of(t, kind);

	return facts_csv(out, v.table, v.count, v.visit);
}

int tables_write_json(FILE *out, const struct tables *t)
{
	json_t *doc = json_object();
	bool failed = json_object_set_new(doc, "schema_version", json_integer(SCHEMA_VERSION)) < 0;

	failed |= json_object_set_new(doc, "run_id", json_text(t->run->run_id)) < 0;
	failed |= json_object_set_new(doc, "machine", json_text(t->machine)) < 0;
	for (enum table_kind kind = 0; kind < TABLE_KINDS; kind++) {
		const struct view v = view_of(t, kind);

		if (has(t, kind))
			failed |= json_object_set_new(doc, table_names[kind],
					  facts_json(v.table, v.count, v.visit)) < 0;
	}
	if (failed) {
		json_decref(doc);
		return -ENOMEM;
	}
	return json_put(out, doc);
}
