/* SPDX-License-Identifier: MIT */
#include "cli/measure-options.h"
#include "cli/option.h"
#include "plan/plan.h"
#include "text/claim.h"
#include "text/memory.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One --transport value while it is read. */
struct reader {
	struct selection_list *list;
	const char *what;
	bool options_open; /* the item before was a single mechanism: options may follow */
	uint64_t given;	   /* its options so far, by their place in the table */
	struct reason *why;
};

void selections_free(struct selection *items, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		config_free(items[i].transport, items[i].config);
		free(items[i].spelling);
	}
	free(items);
}

static int append(struct reader *r, const struct transport *t)
{
	struct selection s = {.transport = t};
	int err = config_new(t, &s.config, r->why);

	if (err == 0)
		*need_next(r->list->items, r->list->count) = s;
	return err;
}

static bool in_group(const struct transport *t, const char *group)
{
	if (strcmp(group, GROUP_COMMON) == 0)
		return t->common;
	/* what runs a program needs to know which */
	return (strcmp(group, GROUP_ALL) == 0 && !registry_runs_program(t)) ||
	       strcmp(group, t->family) == 0;
}

static int append_group(struct reader *r, const char *group, bool *found)
{
	int err = 0;

	*found = strcmp(group, GROUP_COMMON) == 0 || strcmp(group, GROUP_ALL) == 0;
	for (size_t i = 0; err == 0 && i < registry_count(); i++) {
		if (!in_group(registry_at(i), group))
			continue;
		*found = true;
		err = append(r, registry_at(i));
	}
	return err;
}

static bool listed(const char *const *names, const char *name)
{
	while (*names != NULL && strcmp(*names, name) != 0)
		names++;
	return *names != NULL;
}

const char **selection_names(void)
{
	const char **names = need_array(2 * registry_count() + 3, sizeof(*names));
	size_t n = 0;

	for (size_t i = 0; i < registry_count(); i++)
		names[n++] = registry_at(i)->name;
	for (size_t i = 0; i < registry_count(); i++)
		if (!listed(names, registry_at(i)->family))
			names[n++] = registry_at(i)->family;
	names[n++] = GROUP_ALL;
	names[n++] = GROUP_COMMON;
	return names;
}

static int unknown_name(struct reader *r, const char *name)
{
	const char **names = selection_names();
	char hint[64];

	parse_hint(hint, sizeof(hint), name, names);
	free(names);
	return reason_set(r->why, EINVAL,
		"%s: unknown mechanism, family or group \"%.40s\"%s (`ipcbench list` shows all)",
		r->what, name, hint);
}

static int unknown_option(struct reader *r, const struct transport *t, const char *name)
{
	const char *names[64] = {NULL};
	size_t n = 0;
	char hint[64];

	for (const struct option_spec *o = t->options; o != NULL && o->name != NULL; o++) {
		if (n + 1 < ARRAY_SIZE(names))
			names[n++] = o->name;
	}
	if (n == 0)
		return reason_set(r->why, EINVAL, "%s: %s takes no options, not \"%.40s\"", r->what,
			t->name, name);
	parse_hint(hint, sizeof(hint), name, names);
	return reason_set(r->why, EINVAL,
		"%s: %s has no option \"%.40s\"%s (`ipcbench list` shows its options)", r->what,
		t->name, name, hint);
}

/* "NAME=VALUE" for the last selection, or the value of its option `program` alone. */
static int read_option(struct reader *r, char *text, bool alone)
{
	char program[] = OPTION_PROGRAM;
	char *value = strchr(text, '=');

	if (!r->options_open)
		return reason_set(r->why, EINVAL,
			"%s: the option \"%.40s\" needs one mechanism before it, as in %s", r->what,
			text, "shm:segment=sysv");
	const struct selection *last = &r->list->items[r->list->count - 1];
	const struct transport *t = last->transport;

	if (alone && value == NULL && registry_runs_program(t)) {
		value = text;
		text = program;
	} else if (value != NULL) {
		*value++ = '\0';
	}
	if (value == NULL)
		return reason_set(r->why, EINVAL,
			"%s: the option \"%.40s\" of %s lacks its value; write NAME=VALUE", r->what,
			text, t->name);
	const struct option_spec *spec = config_option(t, text);

	if (spec == NULL || last->config == NULL)
		return unknown_option(r, t, text);
	uint64_t bit = UINT64_C(1) << ((spec - t->options) % 64);

	if (r->given & bit)
		return reason_set(r->why, EINVAL,
			"%s: %s is given twice for one %s; to compare values, name the mechanism "
			"again: %s:%s=...",
			r->what, text, t->name, t->name, text);
	r->given |= bit;
	/* a name without a slash is looked up in PATH */
	if (strcmp(spec->name, OPTION_PROGRAM) == 0 && strchr(value, '/') != NULL)
		claim_input(value);
	return config_set(t, last->config, spec, value, r->why);
}

/* "NAME", "GROUP", "NAME:OPTION=VALUE" or "exec:PROGRAM". */
static int read_name(struct reader *r, char *text)
{
	char *option = strchr(text, ':');
	const struct transport *t;
	bool found = false;
	int err;

	if (option != NULL)
		*option++ = '\0';
	t = registry_find(text);
	r->options_open = t != NULL;
	r->given = 0;
	err = t != NULL ? append(r, t) : append_group(r, text, &found);
	if (err != 0)
		return err;
	if (t == NULL && !found)
		return unknown_name(r, text);
	return option == NULL ? 0 : read_option(r, option, true);
}

static bool is_option(const char *item)
{
	return item[strcspn(item, ":=")] == '=';
}

/* Spells every selection that has no spelling yet and drops those that are there already. */
static void settle(struct selection_list *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++) {
		struct selection s = list->items[i];
		bool twin = false;

		if (s.spelling == NULL)
			s.spelling = config_spelling(s.transport, s.config);
		for (size_t j = 0; j < kept && !twin; j++)
			twin = strcmp(list->items[j].spelling, s.spelling) == 0;
		if (!twin) {
			list->items[kept++] = s;
			continue;
		}
		config_free(s.transport, s.config);
		free(s.spelling);
	}
	list->count = kept;
}

int selections_parse(
	struct selection_list *list, const char *what, const char *text, struct reason *why)
{
	struct reader r = {.list = list, .what = what, .why = why};
	char *copy = need_copy(text), *rest = copy, *item;
	int err = 0;

	while (err == 0 && (item = strsep(&rest, ",")) != NULL)
		err = is_option(item) ? read_option(&r, item, false) : read_name(&r, item);
	free(copy);
	settle(list);
	return err;
}
