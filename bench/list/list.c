/* SPDX-License-Identifier: MIT */
#include "list/list.h"

#include "cli/command.h"
#include "cli/measure-options.h"
#include "doc/document.h"
#include "plan/guard.h"
#include "plan/plan.h"
#include "text/memory.h"
#include "text/record.h"
#include <ctype.h>
#include <limits.h>
#include <string.h>

/* Whether a mechanism runs here; if not, why. */
static bool is_available(const struct transport *t, struct reason *why)
{
	return guard_probe(t, why) == 0;
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

/* ---- JSON ------------------------------------------------------------------------------------ */

/* The words whose bits are set. */
static json_t *words_json(const char *const *words, unsigned int bits)
{
	json_t *array = json_array();

	for (unsigned int w = 0; words[w] != NULL; w++)
		if ((bits >> w & 1u) != 0)
			json_array_append_new(array, json_string(words[w]));
	return array;
}

static json_t *options_json(const struct transport *t)
{
	json_t *array = json_array();

	for (const struct option_spec *o = t->options; o != NULL && o->name != NULL; o++) {
		bool ranged = o->type == OPTION_SIZE || o->type == OPTION_UINT;
		struct choices choices;

		json_array_append_new(array,
			json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:s}", "name", o->name, "type",
				option_type_name(o->type), "default", json_text(o->initial),
				"choices", words_json(config_choices(&choices, o), UINT_MAX), "min",
				json_whole(ranged, o->min), "max", json_whole(ranged, o->max),
				"help", o->help == NULL ? "" : o->help));
	}
	return array;
}

/* By the bits of enum fan_bit, and whether there is a descriptor. */
static const char *const fan_names[] = {
	"fan-in", "fan-out one", "fan-out every", "server threads", "server epoll", NULL};
/* By bit. */
static const char *const namespace_words[] = {"pid", "ipc", "net", "mount", NULL};

static void add_json(void *arg, const struct transport *t, bool first_of_family)
{
	struct reason why;
	bool available = is_available(t, &why);

	(void)first_of_family;
	json_array_append_new(arg,
		json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:b, s:b, s:b, s:b, "
			  "s:b, s:b, s:b, s:b, s:o, s:o, s:o, s:b, s:o}",
			"name", t->name, "family", t->family, "summary", t->summary, "typical_use",
			t->typical_use == NULL ? "" : t->typical_use, "api", api_names[t->api],
			"reach", reach_names[t->reach], "shape", shape_names[t->shape],
			"persistence", persistence_names[t->persistence], "waits",
			words_json(axes[AXIS_WAIT].words, t->waits), "customary",
			words_json(axes[AXIS_WAIT].words, t->customary), "inplace",
			registry_in_place(t), "common", t->common, "duplex", t->duplex, "may_drop",
			t->may_drop, "binds_memory", t->binds_memory, "spreads_inplace",
			t->spreads_inplace, "batches", t->batches, "self_reports", t->self_reports,
			"topologies",
			words_json(fan_names,
				t->topologies | (t->descriptor != NULL ? SERVE_THREADS << 1 : 0)),
			"one_namespace", words_json(namespace_words, t->one_namespace), "options",
			options_json(t), "available", available, "reason",
			json_text(available ? NULL : why.text)));
}

static void list_json(FILE *out)
{
	json_t *array = json_array();

	list_each(add_json, array);
	json_dumpf(array, out, JSON_INDENT(2));
	json_decref(array);
	fputc('\n', out);
}

/* ---- Markdown -------------------------------------------------------------------------------- */

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
	cell(out, registry_in_place(t) ? "yes" : "");
	fputc('\n', out);
}

/* What the README holds: it shows nothing of this machine. */
static void list_markdown(FILE *out)
{
	fputs("| family | mechanism | what it is | typical use | API | reach | shape | lasts as "
	      "long as its | waits (**customary**) | in place |\n"
	      "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n",
		out);
	list_each(add_markdown, out);
}

/* ---- terminal -------------------------------------------------------------------------------- */

enum { WIDTH = 80, OPTION_COLUMN = 22 };

/* One letter per way of waiting: capital = customary, small = possible, dash = neither. */
static struct phrase wait_letters(const struct transport *t)
{
	struct phrase p = {""};

	for (enum wait w = 0; w < WAIT_COUNT; w++) {
		int letter = (unsigned char)wait_name(w)[0];

		if (t->customary & WAIT_BIT(w))
			letter = toupper(letter);
		phrase_add(&p, "", "%c", t->waits & WAIT_BIT(w) ? letter : '-');
	}
	return p;
}

static const struct grid_column columns[] = {{"MECHANISM", .left = true}, {"API", .left = true},
	{"REACH", .left = true}, {"SHAPE", .left = true}, {"LASTS", .left = true},
	{"WAIT", .left = true}, {"INPLACE", .left = true}, {"HERE", .left = true}};

/* A row of the grid, and a note below if it does not run here. */
static void add_mechanism(void *document, const struct transport *t, bool first_of_family)
{
	struct document *d = document;
	struct grid *g = d->blocks[0].grid;
	struct reason why;
	bool here = is_available(t, &why);
	const struct phrase letters = wait_letters(t);
	const char *const fields[] = {t->name, api_names[t->api], reach_names[t->reach],
		shape_names[t->shape], persistence_names[t->persistence], letters.text,
		registry_in_place(t) ? "yes" : "-", here ? "yes" : "no"};
	struct grid_row *row = grid_row(g);

	if (first_of_family)
		row->group = need_copy(t->family);
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		grid_field(g, "%s", fields[i]);
	if (!here)
		document_add(d, BLOCK_NOTE, "not here: %s: %s", t->name, why.text);
}

static void add_legend(struct document *d)
{
	struct phrase waits = {""};

	for (enum wait w = 0; w < WAIT_COUNT; w++)
		phrase_add(&waits, ", ", "%c = %s", toupper(wait_name(w)[0]), wait_name(w));
	document_add(d, BLOCK_TEXT, "WAIT: %s;", waits.text);
	document_add(d, BLOCK_LINE,
		"      a capital letter marks the usual way, measured without --wait.");
	document_add(d, BLOCK_LINE,
		"REACH: kin = processes that inherited it, host = any process of this host, "
		"network "
		"= another host. LASTS: as long as a process holds it, the kernel runs, or the "
		"file is not removed.");
	document_add(d, BLOCK_LINE,
		"INPLACE: --copy inplace is possible. HERE: it runs on this system.");
}

static bool same_text(const char *a, const char *b)
{
	return strcmp(a == NULL ? "" : a, b == NULL ? "" : b) == 0;
}

/* Whether a mechanism has this very option, which then is printed once for all that have it. */
static bool has_option(const struct transport *t, const struct option_spec *o)
{
	const struct option_spec *other = config_option(t, o->name);

	return other != NULL && other->type == o->type && same_text(other->help, o->help) &&
	       same_text(other->choices, o->choices) && same_text(other->initial, o->initial);
}

static void add_option(struct document *d, const struct option_spec *o)
{
	struct phrase names = {""}, help = phrase("%s", o->help == NULL ? "" : o->help);

	for (size_t i = 0; i < registry_count(); i++)
		if (has_option(registry_at(i), o))
			phrase_add(&names, ", ", "%s", registry_at(i)->name);
	if (o->type == OPTION_CHOICE)
		phrase_add(&help, " ", "[%s; default %s]", o->choices,
			o->initial == NULL ? "the first" : o->initial);
	else if (o->initial != NULL && strcmp(o->initial, "0") != 0)
		phrase_add(&help, " ", "[default %s]", o->initial);
	document_term(
		d, OPTION_COLUMN, phrase("  %s:%s", names.text, o->name).text, "%s", help.text);
}

static bool listed_before(const struct transport *owner, const struct option_spec *o)
{
	for (size_t i = 0; i < registry_count() && registry_at(i) != owner; i++) {
		if (has_option(registry_at(i), o))
			return true;
	}
	return false;
}

static void add_options(struct document *d)
{
	document_add(d, BLOCK_TEXT, "Options, as in --transport NAME:OPTION=VALUE,OPTION=VALUE");
	for (size_t i = 0; i < registry_count(); i++) {
		const struct transport *t = registry_at(i);

		for (const struct option_spec *o = t->options; o != NULL && o->name != NULL; o++) {
			if (!listed_before(t, o))
				add_option(d, o);
		}
	}
}

static void fill(struct document *d, const void *product)
{
	(void)product;
	document_grid(d, columns, ARRAY_SIZE(columns));
	list_each(add_mechanism, d);
	add_legend(d);
	add_options(d);
}

/* ---- the command ----------------------------------------------------------------------------- */

struct list_settings {
	bool json, markdown;
};

static const struct option_row list_options[] = {
	OPTION_SWITCH("json", 0, offsetof(struct list_settings, json),
		"print a JSON array, with the options of each mechanism"),
	OPTION_SWITCH("md", 0, offsetof(struct list_settings, markdown), "print a Markdown table"),
	OPTION("plugin", 0, "FILE", read_plugin, 0,
		"load more mechanisms from a shared object, or from all *.so of a directory"),
	OPTION_ROWS_END,
};

static const struct option_rule list_rules[] = {
	{.one = "json", .other = "md", .because = "give one"},
	{.one = NULL},
};

static int list_run(void *settings, struct call *call)
{
	const struct list_settings *s = settings;

	if (s->json)
		list_json(stdout);
	else if (s->markdown)
		list_markdown(stdout);
	else
		call->stdout_error =
			-document_print(stdout, DOC_TERMINAL, fill, NULL, WIDTH, false);
	return EXIT_MEASURED;
}

const struct command list_command = {
	.name = "list",
	.summary = "print every mechanism, its traits, and whether it runs here",
	.options = list_options,
	.rules = list_rules,
	.doc = "Prints every mechanism, its traits, and whether it runs here; if it does not, the "
	       "reason and the remedy.",
	.settings_size = sizeof(struct list_settings),
	.run = list_run,
};
