/* SPDX-License-Identifier: MIT */
/* The terminal's view of `ipcbench list`. */
#include "cli/selection.h"
#include "doc/document.h"
#include "list/list.h"
#include "plan/plan.h"
#include "text/memory.h"
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 80, OPTION_COLUMN = 22 };

/* One letter per way of waiting: capital = customary, small = possible, dash = neither. */
static const char *wait_letters(const struct transport *t, char buf[WAIT_COUNT + 1])
{
	for (int w = 0; w < WAIT_COUNT; w++) {
		char letter = wait_name((enum wait)w)[0];

		if (t->customary & WAIT_BIT(w))
			letter = (char)(letter - 'a' + 'A');
		buf[w] = t->waits & WAIT_BIT(w) ? letter : '-';
	}
	buf[WAIT_COUNT] = '\0';
	return buf;
}

static const struct grid_column columns[] = {{"MECHANISM", .left = true}, {"API", .left = true},
	{"REACH", .left = true}, {"SHAPE", .left = true}, {"LASTS", .left = true},
	{"WAIT", .left = true}, {"INPLACE", .left = true}, {"HERE", .left = true}};

static void add_mechanism(void *grid, const struct transport *t, bool first_of_family)
{
	struct grid *g = grid;
	struct reason why;
	char letters[WAIT_COUNT + 1];
	const char *const fields[] = {t->name, api_names[t->api], reach_names[t->reach],
		shape_names[t->shape], persistence_names[t->persistence], wait_letters(t, letters),
		list_inplace(t) ? "yes" : "-", list_available(t, &why) ? "yes" : "no"};
	struct grid_row *row = grid_row(g);

	if (first_of_family)
		row->group = need_copy(t->family);
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		grid_field(g, "%s", fields[i]);
}

static void add_reason(void *document, const struct transport *t, bool first_of_family)
{
	struct reason why;

	(void)first_of_family;
	if (!list_available(t, &why))
		document_add(document, BLOCK_NOTE, "not here: %s: %s", t->name, why.text);
}

static void add_legend(struct document *d)
{
	char waits[80] = "";
	size_t at = 0;

	for (int w = 0; w < WAIT_COUNT; w++) {
		const char *name = wait_name((enum wait)w);

		at += (size_t)snprintf(waits + at, sizeof(waits) - at, " %c = %s%s",
			name[0] - 'a' + 'A', name, w + 1 < WAIT_COUNT ? "," : ";");
	}
	document_add(d, BLOCK_TEXT, "WAIT:%s", waits);
	document_add(d, BLOCK_LINE, "      a capital is what people do, measured without --wait.");
	document_add(d, BLOCK_LINE,
		"REACH: kin = processes that inherited it, host = any process of this host, network "
		"= another host. LASTS: as long as a process holds it, the kernel runs, or the file "
		"is not removed.");
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
	char *names, help[1024];
	const char *separator = "  ";
	size_t len;
	FILE *out = need_stream(&names, &len);

	for (size_t i = 0; i < registry_count(); i++) {
		if (!has_option(registry_at(i), o))
			continue;
		fprintf(out, "%s%s", separator, registry_at(i)->name);
		separator = ", ";
	}
	fprintf(out, ":%s", o->name);
	need_stream_end(out);
	int used = snprintf(help, sizeof(help), "%.500s", o->help == NULL ? "" : o->help);

	if (o->type == OPTION_CHOICE)
		snprintf(help + used, sizeof(help) - (size_t)used, " [%s; default %s]", o->choices,
			o->initial == NULL ? "the first" : o->initial);
	else if (o->initial != NULL && strcmp(o->initial, "0") != 0)
		snprintf(help + used, sizeof(help) - (size_t)used, " [default %s]", o->initial);
	document_term(d, OPTION_COLUMN, names, "%s", help);
	free(names);
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
	struct grid *g = document_grid(d, columns, ARRAY_SIZE(columns));

	(void)product;
	list_each(add_mechanism, g);
	list_each(add_reason, d);
	add_legend(d);
	add_options(d);
}

int list_text(FILE *out)
{
	return document_print(out, DOC_TERMINAL, fill, NULL, WIDTH, false);
}
