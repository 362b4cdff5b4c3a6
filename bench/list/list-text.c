/* SPDX-License-Identifier: MIT */
/* The terminal's view of `ipcbench list`. */
#include "cli/config.h"
#include "list/list.h"
#include "plan/plan.h"
#include "plan/registry.h"
#include "text/format.h"
#include <string.h>

enum { WIDTH = 80, OPTION_COLUMN = 22, NAME_WIDTH = 14 };

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

static void row(FILE *out, const char *name, const char *api, const char *reach, const char *shape,
	const char *lasts, const char *waits, const char *inplace, const char *here)
{
	fprintf(out, "  %-*s  %-8s  %-7s  %-12s  %-7s  %-4s  %-7s  %s\n", NAME_WIDTH, name, api,
		reach, shape, lasts, waits, inplace, here);
}

static void print_mechanism(void *arg, const struct transport *t, bool first_of_family)
{
	FILE *out = arg;
	struct reason why;
	bool available = list_available(t, &why);
	char letters[WAIT_COUNT + 1];

	if (first_of_family)
		fprintf(out, "%s\n", t->family);
	row(out, t->name, api_name(t->api), reach_name(t->reach), shape_name(t->shape),
		persistence_name(t->persistence), wait_letters(t, letters),
		list_inplace(t) ? "yes" : "-", available ? "yes" : "no");
	if (!available) {
		fputs("    ", out);
		format_wrap(out, why.text, 4, 4, WIDTH);
	}
}

static void print_legend(FILE *out)
{
	static const char *const lines[] = {
		"REACH: kin = processes that inherited it, host = any process of this host, network "
		"= another host. LASTS: as long as a process holds it, the kernel runs, or the file "
		"is not removed.",
		"INPLACE: --copy inplace is possible. HERE: it runs on this system.",
	};

	fputs("\nWAIT:", out);
	for (int w = 0; w < WAIT_COUNT; w++) {
		const char *name = wait_name((enum wait)w);

		fprintf(out, " %c = %s%s", name[0] - 'a' + 'A', name,
			w + 1 < WAIT_COUNT ? "," : ";");
	}
	fputs("\n      a capital is what people do, measured without --wait.\n", out);
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		format_wrap(out, lines[i], 0, 2, WIDTH);
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

/* The mechanisms that share an option, and its name. Returns the column reached. */
static size_t print_owners(FILE *out, const struct option_spec *o)
{
	const char *separator = "";
	size_t at = (size_t)fprintf(out, "  ");

	for (size_t i = 0; i < registry_count(); i++) {
		const struct transport *t = registry_at(i);

		if (!has_option(t, o))
			continue;
		if (at + strlen(t->name) + strlen(o->name) + 3 > WIDTH) {
			fprintf(out, "%s\n  ", separator);
			at = 2;
			separator = "";
		}
		at += (size_t)fprintf(out, "%s%s", separator, t->name);
		separator = ", ";
	}
	return at + (size_t)fprintf(out, ":%s", o->name);
}

static void print_option(FILE *out, const struct option_spec *o)
{
	char text[1024];
	size_t at = print_owners(out, o);
	int used = snprintf(text, sizeof(text), "%.500s", o->help == NULL ? "" : o->help);

	if (o->type == OPTION_CHOICE)
		snprintf(text + used, sizeof(text) - (size_t)used, " [%s; default %s]", o->choices,
			o->initial == NULL ? "the first" : o->initial);
	else if (o->initial != NULL && strcmp(o->initial, "0") != 0)
		snprintf(text + used, sizeof(text) - (size_t)used, " [default %s]", o->initial);
	if (at >= OPTION_COLUMN - 1) {
		fputc('\n', out);
		at = 0;
	}
	fprintf(out, "%*s", (int)(OPTION_COLUMN - at), "");
	format_wrap(out, text, OPTION_COLUMN, OPTION_COLUMN, WIDTH);
}

static bool printed_before(const struct transport *owner, const struct option_spec *o)
{
	for (size_t i = 0; i < registry_count() && registry_at(i) != owner; i++) {
		if (has_option(registry_at(i), o))
			return true;
	}
	return false;
}

static void print_options(FILE *out)
{
	for (size_t i = 0; i < registry_count(); i++) {
		const struct transport *t = registry_at(i);

		for (const struct option_spec *o = t->options; o != NULL && o->name != NULL; o++) {
			if (!printed_before(t, o))
				print_option(out, o);
		}
	}
}

void list_text(FILE *out)
{
	row(out, "MECHANISM", "API", "REACH", "SHAPE", "LASTS", "WAIT", "INPLACE", "HERE");
	list_each(print_mechanism, out);
	print_legend(out);
	fputs("\nOptions, as in --transport NAME:OPTION=VALUE,OPTION=VALUE\n", out);
	print_options(out);
}
