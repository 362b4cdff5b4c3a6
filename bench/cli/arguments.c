/* SPDX-License-Identifier: MIT */
/* What was given: on a command line, which is taken apart as getopt_long(3) does, or in a file. */
#include "cli/option.h"
#include "text/format.h"
#include "text/memory.h"
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

/* ---- taking a command line apart ------------------------------------------------------------- */

static const struct option_row *by_letter(const struct option_row *table, char letter)
{
	for (const struct option_row *o = table; !option_is_end(o); o++)
		if (o->letter == letter && letter != '\0')
			return o;
	return NULL;
}

static void no_such_option(const struct option_row *table, const char *name, size_t len,
	bool in_file, struct reason *why)
{
	const char *names[64] = {NULL}, *before = in_file ? "\"" : "--",
		   *after = in_file ? "\"" : "";
	char word[41], hint[64] = "";
	size_t n = 0;

	for (const struct option_row *o = table; !option_is_end(o); o++)
		if (o->name != NULL && n + 1 < ARRAY_SIZE(names))
			names[n++] = o->name;
	snprintf(word, sizeof(word), "%.*s", (int)(len < 40 ? len : 40), name);
	const char *near = parse_near(word, names);

	if (near != NULL)
		snprintf(hint, sizeof(hint), "; did you mean %s%s%s?", before, near, after);
	reason_set(why, EINVAL, "unknown option %s%s%s%s (--help shows all)", before, word, after,
		hint);
}

const struct option_row *option_find(const struct option_row *table, const char *name, size_t len,
	bool in_file, struct reason *why)
{
	const struct option_row *found = NULL;
	size_t matches = 0;

	for (const struct option_row *o = table; !option_is_end(o); o++) {
		if (o->name == NULL || strncmp(o->name, name, len) != 0)
			continue;
		if (o->name[len] == '\0')
			return o;
		found = o;
		matches++;
	}
	if (matches == 1)
		return found;
	if (matches == 0)
		no_such_option(table, name, len, in_file, why);
	else
		reason_set(why, EINVAL,
			"%s%.*s is short for more than one option; write the whole name "
			"(--help shows all)",
			in_file ? "" : "--", (int)(len < 40 ? len : 40), name);
	return NULL;
}

/* "--name", "--name=value" or "--name value". Returns how many words that took, or -EINVAL. */
static int take_long(
	struct arguments *a, const struct option_row *table, const char *name, const char *next)
{
	size_t len = strcspn(name, "=");
	const struct option_row *o = option_find(table, name, len, false, &a->fault);
	const char *value = name[len] == '=' ? name + len + 1 : NULL;

	if (o == NULL)
		return -EINVAL;
	if (o->arg == NULL && value != NULL)
		return reason_set(
			&a->fault, EINVAL, "--%s takes no value, not \"%.40s\"", o->name, value);
	if (o->arg != NULL && value == NULL && next == NULL)
		return reason_set(
			&a->fault, EINVAL, "--%s needs a value: --%s %s", o->name, o->name, o->arg);
	bool takes_next = o->arg != NULL && value == NULL;

	arguments_add(a, o, takes_next ? next : value);
	return takes_next ? 2 : 1;
}

/* "-abc", "-avalue" or "-a value", likewise. */
static int take_short(
	struct arguments *a, const struct option_row *table, const char *letters, const char *next)
{
	for (const char *p = letters; *p != '\0'; p++) {
		const struct option_row *o = by_letter(table, *p);

		if (o == NULL)
			return reason_set(&a->fault, EINVAL,
				isprint((unsigned char)*p)
					? "unknown option -%c (--help shows all)"
					: "unknown option; its code is %d (--help shows all)",
				*p);
		if (o->arg == NULL) {
			arguments_add(a, o, NULL);
			continue;
		}
		bool takes_next = p[1] == '\0';

		if (takes_next && next == NULL)
			return reason_set(&a->fault, EINVAL, "-%c (--%s) needs a value: -%c %s", *p,
				o->name, *p, o->arg);
		arguments_add(a, o, takes_next ? next : p + 1);
		return takes_next ? 2 : 1;
	}
	return 1;
}

void arguments_split(
	struct arguments *a, const struct option_row *table, int argc, const char *const *argv)
{
	bool only_words = false;
	int used = 1;

	*a = (struct arguments){.words = need_array((size_t)argc + 1, sizeof(*a->words))};
	for (int i = 1; i < argc && used > 0; i += used) {
		const char *arg = argv[i], *next = i + 1 < argc ? argv[i + 1] : NULL;

		used = 1;
		if (only_words || arg[0] != '-' || arg[1] == '\0')
			a->words[a->word_count++] = arg;
		else if (strcmp(arg, "--") == 0)
			only_words = true;
		else if (arg[1] == '-')
			used = take_long(a, table, arg + 2, next);
		else
			used = take_short(a, table, arg + 1, next);
	}
}

/* ---- lists of arguments ---------------------------------------------------------------------- */

void arguments_add(struct arguments *a, const struct option_row *o, const char *value)
{
	*need_next(a->options, a->count) = (struct argument){.option = o, .value = value};
}

void arguments_free(struct arguments *a)
{
	for (size_t i = 0; i < a->section_count; i++)
		arguments_free(&a->sections[i]);
	free(a->sections);
	free(a->options);
	free(a->words);
	*a = (struct arguments){.count = 0};
}

const struct argument *arguments_given(const struct arguments *a, const char *name)
{
	for (size_t i = a->count; i-- > 0;)
		if (strcmp(a->options[i].option->name, name) == 0)
			return &a->options[i];
	return NULL;
}

static bool is_end(const struct option_rule *rule)
{
	return rule == NULL || rule->one == NULL;
}

bool arguments_say(const struct arguments *a, const struct option_rule *rules, const char *name)
{
	bool said = arguments_given(a, name) != NULL;

	for (const struct option_rule *r = rules; !said && !is_end(r); r++)
		if (r->other != NULL)
			said = (strcmp(r->one, name) == 0 &&
				       arguments_given(a, r->other) != NULL) ||
			       (strcmp(r->other, name) == 0 && arguments_given(a, r->one) != NULL);
	return said;
}

void arguments_inherit(struct arguments *to, const struct arguments *from,
	const struct option_rule *rules, unsigned int parts)
{
	const struct arguments own = *to;

	to->options = NULL;
	to->count = 0;
	for (size_t i = 0; i < from->count; i++) {
		const struct argument *given = &from->options[i];

		if ((parts & 1u << given->option->part) != 0 &&
			!arguments_say(&own, rules, given->option->name))
			*need_next(to->options, to->count) = *given;
	}
	for (size_t i = 0; i < own.count; i++)
		*need_next(to->options, to->count) = own.options[i];
	if (to->file == NULL)
		to->file = from->file;
	free(own.options);
}

int arguments_blame(
	const struct arguments *a, const struct argument *given, int r, struct reason *why)
{
	/* names have no dashes in a file */
	const char *text = why->text + (strncmp(why->text, "--", 2) == 0 ? 2 : 0);

	if (r < 0 && given->line > 0)
		return reason_set(why, -r, "%s: line %u: %.200s", a->file, given->line, text);
	return r;
}

char **arguments_words(const struct arguments *a, int *count)
{
	char **words = need_array(a->count + 2, sizeof(*words));
	int n = 1;

	for (size_t i = 0; i < a->count; i++) {
		const struct option_row *o = a->options[i].option;
		bool valued = o->arg != NULL;

		if (strcmp(o->name, OPTION_FILE) != 0)
			words[n++] = need_text("--%s%s%s", o->name, valued ? "=" : "",
				valued ? a->options[i].value : "");
	}
	*count = n;
	return words;
}

int arguments_read(const struct arguments *a, unsigned int part, void *settings, struct reason *why)
{
	for (size_t i = 0; i < a->count; i++) {
		const struct argument *given = &a->options[i];

		if (given->option->part != part)
			continue;
		int r = arguments_blame(
			a, given, option_read(given->option, given->value, settings, why), why);

		if (r != 0)
			return r;
	}
	return a->fault.text[0] == '\0' ? 0 : reason_set(why, EINVAL, "%s", a->fault.text);
}

int arguments_default(const struct arguments *a, const struct option_row *table,
	const struct option_rule *rules, unsigned int part, void *settings, struct reason *why)
{
	int r = 0;

	for (const struct option_row *o = table; r == 0 && !option_is_end(o); o++)
		if (option_initial(o) != NULL && o->part == part &&
			!arguments_say(a, rules, o->name))
			r = option_read(o, option_initial(o), settings, why);
	return r;
}

/* What a rule excludes, if it was given. */
static const struct argument *find_excluded(
	const struct arguments *a, const struct option_rule *rule)
{
	for (size_t i = 0; rule->others != NULL && i < a->count; i++)
		if (rule->others(a->options[i].option))
			return &a->options[i];
	return rule->other == NULL ? NULL : arguments_given(a, rule->other);
}

/* "--size", "size (line 3 of FILE)" */
static struct phrase origin(const struct arguments *a, const struct argument *given)
{
	struct phrase p = phrase("%s%s", given->line > 0 ? "" : "--", given->option->name);

	if (given->line > 0)
		phrase_add(&p, " ", "(line %u of %.60s)", given->line, a->file);
	return p;
}

int arguments_check(const struct arguments *a, const struct option_rule *rules, struct reason *why)
{
	for (const struct option_rule *r = rules; !is_end(r); r++) {
		const struct argument *one = arguments_given(a, r->one);

		if (one == NULL)
			continue;
		const struct argument *other = find_excluded(a, r);

		if (r->needs != NULL && arguments_given(a, r->needs) == NULL)
			return reason_set(why, EINVAL, "%s %s", origin(a, one).text, r->because);
		if (other != NULL)
			return reason_set(why, EINVAL, "%s and %s exclude each other: %s",
				origin(a, one).text, origin(a, other).text, r->because);
	}
	return 0;
}
