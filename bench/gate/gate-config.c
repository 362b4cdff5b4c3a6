/* SPDX-License-Identifier: MIT */
/* The option file of `ipcbench gate`: groups of cells. */
#include "gate/gate-option-table.h"

#include "cli/options.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int gate_group_add(struct gate_group *g, char *text)
{
	char **grown =
		text == NULL ? NULL : reallocarray(g->args, g->arg_count + 1, sizeof(*grown));

	if (grown == NULL) {
		free(text);
		return -ENOMEM;
	}
	g->args = grown;
	grown[g->arg_count++] = text;
	return 0;
}

int gate_group_new(struct gate_settings *s, const char *name)
{
	struct gate_group *grown = reallocarray(s->groups, s->group_count + 1, sizeof(*grown)), *g;

	if (grown == NULL)
		return -ENOMEM;
	s->groups = grown;
	g = &grown[s->group_count];
	*g = (struct gate_group){0};
	/* what stands above the sections holds for all of them */
	if (s->group_count > 0) {
		g->metrics = grown[0].metrics;
		g->tolerance = grown[0].tolerance;
		g->min_effect = grown[0].min_effect;
	}
	if (name != NULL && (g->name = strdup(name)) == NULL)
		return -ENOMEM;
	s->group_count++;
	return 0;
}

void gate_group_free(struct gate_group *g)
{
	for (size_t i = 0; i < g->arg_count; i++)
		free(g->args[i]);
	free(g->args);
	free(g->name);
}

static int on_section(void *arg, const char *name, struct reason *why)
{
	struct gate_reading *r = arg;

	for (size_t i = 1; i < r->s->group_count; i++)
		if (strcmp(r->s->groups[i].name, name) == 0)
			return reason_set(why, EINVAL, "there is a section [%.40s] already", name);
	if (gate_group_new(r->s, name) < 0)
		return reason_set(why, ENOMEM, "out of memory");
	r->in_section = true;
	r->group = &r->s->groups[r->s->group_count - 1];
	return 0;
}

/* The name of "--name=value". */
static size_t name_length(const char *arg)
{
	return strcspn(arg, "=");
}

/*
 * "--quiet=true" is "--quiet" as a file has it, and with false nothing. 1: it is no switch; 0: it
 * is off; -EINVAL. Otherwise `name` holds it.
 */
static int read_switch(char *name, size_t size, const char *option, struct reason *why)
{
	size_t len = name_length(option);
	const char *value = option + len + 1;
	const struct argp_option *o = gate_options;

	while (o->name == NULL || strlen(o->name) + 2 != len ||
		strncmp(o->name, option + 2, len - 2) != 0) {
		o++;
		if (o->name == NULL && o->doc == NULL)
			return 1;
	}
	if (o->arg != NULL)
		return 1;
	snprintf(name, size, "--%s", o->name);
	if (strcmp(value, "true") == 0)
		return 2;
	if (strcmp(value, "false") == 0)
		return 0;
	return reason_set(why, EINVAL, "%s: \"%.40s\" is neither true nor false", o->name, value);
}

static int on_option(void *arg, const char *option, struct reason *why)
{
	struct gate_reading *r = arg;
	struct reason *outer = r->why;
	char name[32];
	int is = read_switch(name, sizeof(name), option, why);
	char *argv[] = {(char[]){"gate"}, is == 2 ? name : (char *)(uintptr_t)option, NULL};

	if (is <= 0)
		return is;
	if (strncmp(option, "--config=", 9) == 0)
		return reason_set(why, EINVAL, "an option file cannot name another one");
	if (is == 2 && strcmp(name, "--help") == 0)
		return reason_set(why, EINVAL, "help is for the command line");

	r->why = why;
	int err = options_read(&gate_argp, 2, argv, r, why);

	r->why = outer;
	return err == 0 ? 0 : -EINVAL;
}

/* Whether two options say the same thing; CPUs and their distance are one. */
static bool same_option(const char *a, const char *b)
{
	static const char cpus[] = "--cpus=", placement[] = "--placement=";
	size_t len = name_length(a);

	if (strncmp(a, cpus, strlen(cpus)) == 0 && strncmp(b, placement, strlen(placement)) == 0)
		return true;
	if (strncmp(b, cpus, strlen(cpus)) == 0 && strncmp(a, placement, strlen(placement)) == 0)
		return true;
	return name_length(b) == len && strncmp(a, b, len) == 0;
}

/* A section takes over what it does not say itself. */
static int inherit(const struct gate_group *from, struct gate_group *to)
{
	size_t own = to->arg_count;

	for (size_t i = 0; i < from->arg_count; i++) {
		bool said = false;

		for (size_t k = 0; k < own; k++)
			said |= same_option(to->args[k], from->args[i]);
		if (!said && gate_group_add(to, strdup(from->args[i])) < 0)
			return -ENOMEM;
	}
	return 0;
}

int gate_read_config(struct gate_reading *r)
{
	const struct option_file_reader reader = {on_section, on_option, r};
	struct gate_settings *s = r->s;

	r->from_file = true;
	int err = option_file_read(r->config, &reader, r->why);

	for (size_t i = 1; i < s->group_count && err == 0; i++)
		err = inherit(&s->groups[0], &s->groups[i]);
	if (err != 0 || s->group_count == 1)
		return err;
	for (int key = 0; key < GATE_KEY_END; key++)
		if (r->given[key] && gate_key_of_group((enum gate_key)key))
			return reason_set(r->why, EINVAL,
				"gate: the sections of %.80s say which cells are compared and to what; drop "
				"%s",
				r->config, gate_option(key)->name);
	/* the cells are those of the sections alone */
	gate_group_free(&s->groups[0]);
	memmove(&s->groups[0], &s->groups[1], --s->group_count * sizeof(s->groups[0]));
	return 0;
}
