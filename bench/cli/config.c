/* SPDX-License-Identifier: MIT */
#include "cli/config.h"
#include "cli/parse.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A value as it lies in a config, so that the cast from its offset stands in one place. */
union value {
	size_t size;
	unsigned int number;
	const char *text;
};

static size_t value_len(enum option_type type)
{
	switch (type) {
	case OPTION_SIZE:
		return sizeof(size_t);
	case OPTION_STRING:
		return sizeof(const char *);
	default:
		return sizeof(unsigned int);
	}
}

static union value value_get(const struct option_spec *spec, const void *config)
{
	union value v = {0};

	memcpy(&v, (const char *)config + spec->offset, value_len(spec->type));
	return v;
}

static void value_put(const struct option_spec *spec, void *config, union value v)
{
	memcpy((char *)config + spec->offset, &v, value_len(spec->type));
}

const char *option_type_name(enum option_type type)
{
	static const char *const names[] = {
		[OPTION_SIZE] = "size",
		[OPTION_UINT] = "number",
		[OPTION_CHOICE] = "choice",
		[OPTION_STRING] = "text",
	};

	return names[type];
}

size_t config_choices(
	const struct option_spec *spec, char *buf, size_t len, const char **words, size_t max)
{
	char *rest = buf, *word;
	size_t n = 0;

	snprintf(buf, len, "%s", spec->choices == NULL ? "" : spec->choices);
	while (n < max && (word = strsep(&rest, "|")) != NULL)
		words[n++] = word;
	return n;
}

const struct option_spec *config_option(const struct transport *t, const char *name)
{
	for (const struct option_spec *o = t->options; o != NULL && o->name != NULL; o++) {
		if (strcmp(o->name, name) == 0)
			return o;
	}
	return NULL;
}

static int set_choice(const struct option_spec *spec, const char *what, const char *text,
	union value *v, struct reason *why)
{
	char buf[CONFIG_CHOICES_LEN];
	const char *words[CONFIG_CHOICES_MAX];
	size_t n = config_choices(spec, buf, sizeof(buf), words, ARRAY_SIZE(words));

	return parse_choice(what, text, words, n, &v->number, why);
}

static int set_string(
	const struct option_spec *spec, void *config, const char *text, struct reason *why)
{
	union value v = value_get(spec, config);
	char *copy = NULL;

	if (text[0] != '\0' && (copy = strdup(text)) == NULL)
		return reason_set(why, ENOMEM, "out of memory");
	free((void *)(uintptr_t)v.text);
	v.text = copy;
	value_put(spec, config, v);
	return 0;
}

int config_set(const struct transport *t, void *config, const struct option_spec *spec,
	const char *text, struct reason *why)
{
	union value v = {0};
	uint64_t number = 0;
	char what[64];
	int err;

	snprintf(what, sizeof(what), "--transport %s:%s", t->name, spec->name);
	switch (spec->type) {
	case OPTION_STRING:
		return set_string(spec, config, text, why);
	case OPTION_CHOICE:
		err = set_choice(spec, what, text, &v, why);
		break;
	case OPTION_SIZE:
		err = parse_size(what, text, spec->min, spec->max, &number, why);
		v.size = (size_t)number;
		break;
	default:
		err = parse_count(what, text, spec->min,
			spec->max < UINT_MAX ? spec->max : UINT_MAX, &number, why);
		v.number = (unsigned int)number;
		break;
	}
	if (err == 0)
		value_put(spec, config, v);
	return err;
}

int config_new(const struct transport *t, void **config, struct reason *why)
{
	int err = 0;

	*config = NULL;
	if (t->config_size == 0 || t->options == NULL)
		return 0;
	*config = calloc(1, t->config_size);
	if (*config == NULL)
		return reason_set(why, ENOMEM, "out of memory");
	for (const struct option_spec *o = t->options; err == 0 && o->name != NULL; o++) {
		if (o->initial != NULL)
			err = config_set(t, *config, o, o->initial, why);
	}
	if (err != 0) {
		config_free(t, *config);
		*config = NULL;
	}
	return err;
}

void config_free(const struct transport *t, void *config)
{
	if (config == NULL)
		return;
	for (const struct option_spec *o = t->options; o->name != NULL; o++) {
		if (o->type == OPTION_STRING)
			free((void *)(uintptr_t)value_get(o, config).text);
	}
	free(config);
}

static bool value_equal(enum option_type type, union value a, union value b)
{
	switch (type) {
	case OPTION_SIZE:
		return a.size == b.size;
	case OPTION_STRING:
		return strcmp(a.text == NULL ? "" : a.text, b.text == NULL ? "" : b.text) == 0;
	default:
		return a.number == b.number;
	}
}

static void print_value(FILE *out, const struct option_spec *spec, union value v)
{
	char buf[CONFIG_CHOICES_LEN];
	const char *words[CONFIG_CHOICES_MAX];
	size_t n;

	switch (spec->type) {
	case OPTION_SIZE:
		fputs(size_spell(buf, sizeof(buf), v.size), out);
		break;
	case OPTION_STRING:
		fputs(v.text == NULL ? "" : v.text, out);
		break;
	case OPTION_CHOICE:
		n = config_choices(spec, buf, sizeof(buf), words, ARRAY_SIZE(words));
		fputs(v.number < n ? words[v.number] : "", out);
		break;
	default:
		fprintf(out, "%u", v.number);
	}
}

static void print_spelling(
	FILE *out, const struct transport *t, const void *config, const void *initial)
{
	const char *separator = ":";

	fputs(t->name, out);
	for (const struct option_spec *o = t->options; o->name != NULL; o++) {
		union value v = value_get(o, config);

		if (value_equal(o->type, v, value_get(o, initial)))
			continue;
		fprintf(out, "%s%s=", separator, o->name);
		print_value(out, o, v);
		separator = ",";
	}
}

char *config_spelling(const struct transport *t, const void *config)
{
	void *initial;
	char *text = NULL;
	size_t len;

	if (config == NULL)
		return strdup(t->name);
	if (config_new(t, &initial, NULL) != 0 || initial == NULL)
		return NULL;
	FILE *out = open_memstream(&text, &len);
	if (out != NULL) {
		print_spelling(out, t, config, initial);
		if (fclose(out) != 0) {
			free(text);
			text = NULL;
		}
	}
	config_free(t, initial);
	return text;
}
