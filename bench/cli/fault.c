/* SPDX-License-Identifier: MIT */
/*
 * Why argp rejected an argument. With ARGP_NO_ERRS it prints nothing and does not tell which one
 * it was, only where it stopped, so the element is looked up again.
 */
#include "cli/options.h"
#include "cli/parse.h"
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct argp_option *by_letter(const struct argp_option *table, char letter)
{
	for (const struct argp_option *o = table; o->name != NULL || o->doc != NULL; o++) {
		if (o->name != NULL && o->key == letter)
			return o;
	}
	return NULL;
}

/* As getopt: the exact name, else the only one that begins so. *matches counts. */
static const struct argp_option *by_name(
	const struct argp_option *table, const char *name, size_t len, int *matches)
{
	const struct argp_option *found = NULL;

	*matches = 0;
	for (const struct argp_option *o = table; o->name != NULL || o->doc != NULL; o++) {
		if (o->name == NULL || strncmp(o->name, name, len) != 0)
			continue;
		if (o->name[len] == '\0') {
			*matches = 1;
			return o;
		}
		found = o;
		(*matches)++;
	}
	return found;
}

static int unknown_name(
	const struct argp_option *table, const char *name, size_t len, struct reason *why)
{
	const char *names[64];
	char word[41], hint[64] = "";
	size_t n = 0;

	for (const struct argp_option *o = table; o->name != NULL || o->doc != NULL; o++) {
		if (o->name != NULL && n < ARRAY_SIZE(names))
			names[n++] = o->name;
	}
	snprintf(word, sizeof(word), "%.*s", (int)(len < 40 ? len : 40), name);
	const char *near = parse_near(word, names, n);
	if (near != NULL)
		snprintf(hint, sizeof(hint), "; did you mean --%s?", near);
	return reason_set(why, EINVAL, "there is no option --%s%s (--help shows all)", word, hint);
}

/* 0 if nothing is wrong with --NAME or --NAME=VALUE. */
static int check_long(
	const struct argp_option *table, const char *arg, bool last, struct reason *why)
{
	const char *name = arg + 2;
	size_t len = strcspn(name, "=");
	int matches;
	const struct argp_option *o = by_name(table, name, len, &matches);

	if (matches == 0)
		return unknown_name(table, name, len, why);
	if (matches > 1)
		return reason_set(why, EINVAL,
			"--%.*s is short for more than one option; write the whole name "
			"(--help shows all)",
			(int)(len < 40 ? len : 40), name);
	if (name[len] == '=' && o->arg == NULL)
		return reason_set(
			why, EINVAL, "--%s takes no value, not \"%.40s\"", o->name, name + len + 1);
	if (name[len] == '\0' && o->arg != NULL && last)
		return reason_set(
			why, EINVAL, "--%s needs a value: --%s %s", o->name, o->name, o->arg);
	return 0;
}

/* The same for "-abc" and "-aVALUE". */
static int check_short(
	const struct argp_option *table, const char *arg, bool last, struct reason *why)
{
	for (const char *p = arg + 1; *p != '\0'; p++) {
		const struct argp_option *o = by_letter(table, *p);

		if (o == NULL)
			return reason_set(why, EINVAL,
				isprint((unsigned char)*p)
					? "there is no option -%c (--help shows all)"
					: "there is no such option; its code is %d (--help shows all)",
				*p);
		if (o->arg == NULL)
			continue;
		if (p[1] == '\0' && last)
			return reason_set(why, EINVAL, "-%c (--%s) needs a value: -%c %s", *p,
				o->name, *p, o->arg);
		return 0;
	}
	return 0;
}

static int check(
	const struct argp_option *table, const struct argp_state *state, int at, struct reason *why)
{
	const char *arg = at > 0 && at < state->argc ? state->argv[at] : "";
	bool last = at == state->argc - 1;

	if (strncmp(arg, "--", 2) == 0)
		return check_long(table, arg, last, why);
	return arg[0] == '-' ? check_short(table, arg, last, why) : 0;
}

int option_fault(
	const struct argp_option *table, const struct argp_state *state, struct reason *why)
{
	/* A wrong letter inside "-xyz" leaves argp at this element, any other fault behind it. */
	int err = check(table, state, state->next - 1, why);

	if (err == 0)
		err = check(table, state, state->next, why);
	if (err == 0)
		err = reason_set(why, EINVAL, "the options cannot be read (--help shows all)");
	return err;
}
