/* SPDX-License-Identifier: MIT */
#include "cli/measure-options.h"
#include "cli/option.h"
#include "text/format.h"
#include "text/memory.h"
#include <limits.h>
#include <stdlib.h>

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

const char *const *config_choices(struct choices *out, const struct option_spec *spec)
{
	bool has = spec->type == OPTION_CHOICE && spec->choices != NULL;
	char *rest = out->text, *word;
	size_t n = 0;

	snprintf(out->text, sizeof(out->text), "%s", has ? spec->choices : "");
	while (has && n + 1 < ARRAY_SIZE(out->words) && (word = strsep(&rest, "|")) != NULL)
		out->words[n++] = word;
	out->words[n] = NULL;
	return out->words;
}

const struct option_spec *config_option(const struct transport *t, const char *name)
{
	for (const struct option_spec *o = t->options; o != NULL && o->name != NULL; o++)
		if (strcmp(o->name, name) == 0)
			return o;
	return NULL;
}

/* A config owns its strings; an empty one is NULL. */
static int read_own_string(const struct option_value *v, void *field)
{
	char **string = field;

	free(*string);
	*string = v->text[0] == '\0' ? NULL : need_copy(v->text);
	return 0;
}

int config_set(const struct transport *t, void *config, const struct option_spec *spec,
	const char *text, struct reason *why)
{
	static option_reader *const readers[] = {
		[OPTION_SIZE] = read_size,
		[OPTION_UINT] = read_number,
		[OPTION_CHOICE] = read_word,
		[OPTION_STRING] = read_own_string,
	};
	struct choices choices;
	const struct option_row row = {
		.words = config_choices(&choices, spec), .min = spec->min, .max = spec->max};
	char what[64];

	snprintf(what, sizeof(what), "--transport %s:%s", t->name, spec->name);
	return readers[spec->type](
		&(struct option_value){&row, what, text, why}, (char *)config + spec->offset);
}

int config_new(const struct transport *t, void **config, struct reason *why)
{
	int err = 0;

	*config = NULL;
	if (t->config_size == 0 || t->options == NULL)
		return 0;
	*config = need_array(1, t->config_size);
	for (const struct option_spec *o = t->options; err == 0 && o->name != NULL; o++)
		if (o->initial != NULL)
			err = config_set(t, *config, o, o->initial, why);
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
	for (const struct option_spec *o = t->options; o->name != NULL; o++)
		if (o->type == OPTION_STRING)
			read_own_string(
				&(struct option_value){.text = ""}, (char *)config + o->offset);
	free(config);
}

/* The value as it would be typed. Returns buf, or a text of the config. */
static const char *spell(char *buf, size_t len, const struct option_spec *spec, const void *config,
	struct choices *choices)
{
	const void *field = (const char *)config + spec->offset;
	const char *string;

	switch (spec->type) {
	case OPTION_SIZE:
		return size_spell(buf, len, *(const size_t *)field);
	case OPTION_STRING:
		string = *(const char *const *)field;
		return string == NULL ? "" : string;
	case OPTION_CHOICE:
		return config_choices(choices, spec)[*(const unsigned int *)field];
	default:
		snprintf(buf, len, "%u", *(const unsigned int *)field);
		return buf;
	}
}

char *config_spelling(const struct transport *t, const void *config)
{
	const char *separator = ":";
	char *text = NULL, is[24], was[24];
	struct choices choices[2];
	size_t len;
	void *initial;

	if (config == NULL || config_new(t, &initial, NULL) != 0 || initial == NULL)
		return need_copy(t->name);
	FILE *out = need_stream(&text, &len);

	fputs(t->name, out);
	for (const struct option_spec *o = t->options; o->name != NULL; o++) {
		const char *value = spell(is, sizeof(is), o, config, &choices[0]);

		if (strcmp(value, spell(was, sizeof(was), o, initial, &choices[1])) == 0)
			continue;
		fprintf(out, "%s%s=%s", separator, o->name, value);
		separator = ",";
	}
	need_stream_end(out);
	config_free(t, initial);
	return text;
}
