/* SPDX-License-Identifier: MIT */
#include "list/list.h"
#include "cli/selection.h"
#include "plan/plan.h"
#include "text/record.h"
#include <string.h>

bool list_available(const struct transport *t, struct reason *why)
{
	why->text[0] = '\0';
	return t->probe == NULL || t->probe(why) == 0;
}

bool list_inplace(const struct transport *t)
{
	return t->loops->ping_inplace != NULL;
}

static bool family_seen(size_t before)
{
	for (size_t i = 0; i < before; i++) {
		if (strcmp(registry_at(i)->family, registry_at(before)->family) == 0)
			return true;
	}
	return false;
}

void list_each(void (*visit)(void *arg, const struct transport *t, bool first_of_family), void *arg)
{
	for (size_t i = 0; i < registry_count(); i++) {
		if (family_seen(i))
			continue;
		for (size_t j = i; j < registry_count(); j++) {
			if (strcmp(registry_at(j)->family, registry_at(i)->family) == 0)
				visit(arg, registry_at(j), j == i);
		}
	}
}

/* ---- JSON ----------------------------------------------------------------------------------- */

static json_t *waits_json(unsigned int waits)
{
	json_t *array = json_array();

	for (int w = 0; w < WAIT_COUNT; w++) {
		if (waits & WAIT_BIT(w))
			json_array_append_new(array, json_string(wait_name((enum wait)w)));
	}
	return array;
}

static json_t *choices_json(const struct option_spec *o)
{
	json_t *array = json_array();
	struct choices choices;

	for (const char *const *w = config_choices(&choices, o); *w != NULL; w++)
		json_array_append_new(array, json_string(*w));
	return array;
}

static json_t *options_json(const struct transport *t)
{
	json_t *array = json_array();

	for (const struct option_spec *o = t->options; o != NULL && o->name != NULL; o++) {
		bool ranged = o->type == OPTION_SIZE || o->type == OPTION_UINT;

		json_array_append_new(array,
			json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:s}", "name", o->name, "type",
				option_type_name(o->type), "default", json_text(o->initial),
				"choices", choices_json(o), "min", json_whole(ranged, o->min),
				"max", json_whole(ranged, o->max), "help",
				o->help == NULL ? "" : o->help));
	}
	return array;
}

static void add_json(void *arg, const struct transport *t, bool first_of_family)
{
	struct reason why;
	bool available = list_available(t, &why);

	(void)first_of_family;
	json_array_append_new(arg,
		json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:b, s:b, s:b, s:b, "
			  "s:b, s:o, s:b, s:o}",
			"name", t->name, "family", t->family, "summary", t->summary, "typical_use",
			t->typical_use == NULL ? "" : t->typical_use, "api", api_names[t->api],
			"reach", reach_names[t->reach], "shape", shape_names[t->shape],
			"persistence", persistence_names[t->persistence], "waits",
			waits_json(t->waits), "customary", waits_json(t->customary), "inplace",
			list_inplace(t), "common", t->common, "duplex", t->duplex, "may_drop",
			t->may_drop, "binds_memory", t->binds_memory, "options", options_json(t),
			"available", available, "reason", json_text(available ? NULL : why.text)));
}

void list_json(FILE *out)
{
	json_t *array = json_array();

	list_each(add_json, array);
	json_dumpf(array, out, JSON_INDENT(2));
	json_decref(array);
	fputc('\n', out);
}

/* ---- Markdown ------------------------------------------------------------------------------- */

static void cell(FILE *out, const char *text)
{
	fputs(" ", out);
	for (const char *p = text == NULL ? "" : text; *p != '\0'; p++)
		fprintf(out, *p == '|' ? "\\%c" : "%c", *p);
	fputs(" |", out);
}

static void waits_cell(FILE *out, const struct transport *t)
{
	const char *separator = " ";

	for (int w = 0; w < WAIT_COUNT; w++) {
		const char *strong = t->customary & WAIT_BIT(w) ? "**" : "";

		if ((t->waits & WAIT_BIT(w)) == 0)
			continue;
		fprintf(out, "%s%s%s%s", separator, strong, wait_name((enum wait)w), strong);
		separator = ", ";
	}
	fputs(" |", out);
}

static void add_markdown(void *arg, const struct transport *t, bool first_of_family)
{
	FILE *out = arg;

	fputs("|", out);
	cell(out, first_of_family ? t->family : "");
	fprintf(out, " `%s` |", t->name);
	cell(out, t->summary);
	cell(out, t->typical_use);
	cell(out, api_names[t->api]);
	cell(out, reach_names[t->reach]);
	cell(out, shape_names[t->shape]);
	cell(out, persistence_names[t->persistence]);
	waits_cell(out, t);
	cell(out, list_inplace(t) ? "yes" : "");
	fputc('\n', out);
}

void list_markdown(FILE *out)
{
	fputs("| family | mechanism | what it is | typical use | API | reach | shape | lasts as "
	      "long as its | waits (**customary**) | in place |\n"
	      "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n",
		out);
	list_each(add_markdown, out);
}
