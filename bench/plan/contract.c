/* SPDX-License-Identifier: MIT */
/* Checks every field of a plugin's record before any of it is used. */
#include "plan/plan.h"
#include "text/format.h"
#include <errno.h>
#include <string.h>

enum { NAME_LEN = 32, TEXT_LEN = 160, CHOICES_LEN = 511, CHOICES = 32, OPTIONS = 63 };
#define STATE_MAX  ((size_t)64 << 20)
#define CONFIG_MAX ((size_t)64 << 10)

/* What is checked, and where it is told. */
struct check {
	const char *who;
	const struct transport *t;
	struct reason *why;
};

#define REFUSE(c, format, ...) reason_set((c)->why, EINVAL, "%.80s: " format, (c)->who, __VA_ARGS__)

/* ---- texts ----------------------------------------------------------------------------------- */

static int check_text(const struct check *c, const char *field, const char *text, size_t max)
{
	if (text == NULL || text[0] == '\0')
		return REFUSE(c, "%s is missing; give one line of text", field);
	if (strnlen(text, max + 1) > max)
		return REFUSE(c, "%s, \"%.20s...\", is longer than %zu bytes", field, text, max);
	for (size_t i = 0, n; text[i] != '\0'; i += n) {
		char plain[8] = "", one[8] = "";

		n = format_utf8_length(text + i);
		memcpy(one, text + i, n);
		if (n == 0 || strcmp(format_plain(plain, sizeof(plain), one, true), one) != 0)
			return REFUSE(c, "%s has a byte %#x at %zu, which is %s", field,
				(unsigned int)(unsigned char)text[i], i,
				n == 0 ? "not UTF-8" : "a control character");
	}
	return 0;
}

/* What people type. */
static int check_word(const struct check *c, const char *field, const char *word)
{
	int r = check_text(c, field, word, NAME_LEN);

	if (r == 0 && strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(word))
		r = REFUSE(c, "%s is \"%s\", which does not match [a-z0-9-]+", field, word);
	return r;
}

static int check_texts(const struct check *c)
{
	const struct transport *t = c->t;
	int r = check_word(c, "name", t->name);

	if (r == 0)
		r = check_word(c, "family", t->family);
	if (r == 0)
		r = check_text(c, "summary", t->summary, TEXT_LEN);
	if (r == 0 && t->typical_use != NULL)
		r = check_text(c, "typical_use", t->typical_use, TEXT_LEN);
	return r;
}

/* ---- numbers --------------------------------------------------------------------------------- */

static int check_numbers(const struct check *c)
{
	const struct transport *t = c->t;
	const unsigned int all_waits = WAIT_BIT(WAIT_COUNT) - 1;
	const struct {
		const char *field;
		size_t value, least, most;
	} numbers[] = {
		{"api", (unsigned int)t->api, 0, API_NONE},
		{"reach", (unsigned int)t->reach, 0, REACH_NETWORK},
		{"shape", (unsigned int)t->shape, 0, SHAPE_NULL},
		{"persistence", (unsigned int)t->persistence, 0, PERSIST_FILE},
		{"waits", t->waits, 1, all_waits},
		{"customary", t->customary, 1, all_waits},
		{"topologies", t->topologies, 0,
			FAN_IN | FAN_OUT_ONE | FAN_OUT_EVERY | SERVE_THREADS},
		{"one_namespace", t->one_namespace, 0, NAMESPACE_BITS},
		{"state_size", t->state_size, 0, STATE_MAX},
		{"config_size", t->config_size, 0, CONFIG_MAX},
	};

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		if (numbers[i].value < numbers[i].least || numbers[i].value > numbers[i].most)
			return REFUSE(c, "%s is %zu; the least is %zu and the most %zu",
				numbers[i].field, numbers[i].value, numbers[i].least,
				numbers[i].most);
	if ((t->topologies & FAN_OUT_ONE) != 0 && (t->topologies & FAN_OUT_EVERY) != 0)
		return REFUSE(c,
			"topologies is %u, with FAN_OUT_ONE and FAN_OUT_EVERY: a message goes either to one receiver or to every one; set one of them",
			t->topologies);
	if ((t->customary & ~t->waits) != 0)
		return REFUSE(c, "customary is %#x, which has bits that waits, %#x, lacks",
			t->customary, t->waits);
	return 0;
}

/* A bool that is neither 0 nor 1 is both true and false. */
static int check_bools(const struct check *c)
{
	const struct {
		const char *field;
		const bool *at;
	} bools[] = {
		{"common", &c->t->common},
		{"duplex", &c->t->duplex},
		{"may_drop", &c->t->may_drop},
		{"binds_memory", &c->t->binds_memory},
		{"batches", &c->t->batches},
		{"spreads_inplace", &c->t->spreads_inplace},
		{"self_reports", &c->t->self_reports},
	};
	unsigned char byte;

	for (size_t i = 0; i < ARRAY_SIZE(bools); i++) {
		memcpy(&byte, bools[i].at, 1);
		if (byte > 1)
			return REFUSE(c, "%s is %u; a bool is 0 or 1", bools[i].field, byte);
	}
	return 0;
}

/* ---- options --------------------------------------------------------------------------------- */

static size_t field_size(enum option_type type)
{
	static const size_t sizes[] = {
		[OPTION_SIZE] = sizeof(size_t),
		[OPTION_UINT] = sizeof(unsigned int),
		[OPTION_CHOICE] = sizeof(unsigned int),
		[OPTION_STRING] = sizeof(char *),
	};

	return (size_t)type < ARRAY_SIZE(sizes) ? sizes[type] : 0;
}

/* Where its value is stored, and whether another one is there. */
static int check_place(const struct check *c, const struct option_spec *o)
{
	size_t size = field_size(o->type);

	if (o->offset > c->t->config_size || c->t->config_size - o->offset < size)
		return REFUSE(c, "option %s: its %zu bytes at offset %zu exceed config_size, %zu",
			o->name, size, o->offset, c->t->config_size);
	if (o->offset % size != 0)
		return REFUSE(c, "option %s: offset %zu is not a multiple of its %zu bytes",
			o->name, o->offset, size);
	for (const struct option_spec *p = c->t->options; p < o; p++) {
		if (strcmp(p->name, o->name) == 0)
			return REFUSE(c, "option %s occurs twice", o->name);
		if (p->offset < o->offset + size && o->offset < p->offset + field_size(p->type))
			return REFUSE(c,
				"option %s: its %zu bytes at offset %zu are also those of %s",
				o->name, size, o->offset, p->name);
	}
	return 0;
}

static int check_choices(const struct check *c, const struct option_spec *o, const char *field)
{
	size_t count = 0;
	int r = check_text(c, field, o->choices, CHOICES_LEN);

	if (r < 0)
		return r;
	for (const char *word = o->choices; word != NULL; count++) {
		size_t len = strcspn(word, "|");

		if (len == 0 || strcspn(word, ",:= ") < len)
			return REFUSE(c, "%s: \"%.40s\" does not begin with a word", field, word);
		word = word[len] == '|' ? word + len + 1 : NULL;
	}
	return count <= CHOICES ? 0
				: REFUSE(c, "%s: %zu words; the most is %d", field, count, CHOICES);
}

static int check_option(const struct check *c, const struct option_spec *o)
{
	struct phrase of = phrase("the name of option %zu", (size_t)(o - c->t->options));
	int r = check_word(c, of.text, o->name);

	if (r < 0)
		return r;
	if (field_size(o->type) == 0)
		return REFUSE(c, "option %s: type is %u; the most is %d", o->name,
			(unsigned int)o->type, OPTION_STRING);
	r = check_place(c, o);
	of = phrase("option %s: choices", o->name);
	if (r == 0 && o->type == OPTION_CHOICE)
		r = check_choices(c, o, of.text);
	of = phrase("option %s: initial", o->name);
	if (r == 0 && o->initial != NULL && o->initial[0] != '\0')
		r = check_text(c, of.text, o->initial, TEXT_LEN);
	of = phrase("option %s: help", o->name);
	if (r == 0)
		r = check_text(c, of.text, o->help, TEXT_LEN);
	if (r == 0 && o->min > o->max)
		r = REFUSE(c, "option %s: min, %llu, exceeds max, %llu", o->name,
			(unsigned long long)o->min, (unsigned long long)o->max);
	return r;
}

static int check_options(const struct check *c)
{
	const struct option_spec *o = c->t->options;
	int r = 0;

	if (o == NULL && c->t->config_size != 0)
		return REFUSE(c, "config_size is %zu, but there are no options; make it 0",
			c->t->config_size);
	for (size_t i = 0; r == 0 && o != NULL && o[i].name != NULL; i++) {
		if (i == OPTIONS)
			return REFUSE(
				c, "options: no NULL name ends them; the most is %d", OPTIONS);
		r = check_option(c, &o[i]);
	}
	return r;
}

/* ---- functions ------------------------------------------------------------------------------- */

/* Pointers of a table that are there together or not at all. */
struct pointer {
	const char *name;
	size_t offset;
};
#define OP(f)                                                                                      \
	{                                                                                          \
		"ops->" #f, offsetof(struct channel_ops, f)                                        \
	}
#define LOOP(f)                                                                                    \
	{                                                                                          \
		"loops->" #f, offsetof(struct loops, f)                                            \
	}
#define END                                                                                        \
	{                                                                                          \
		NULL, 0                                                                            \
	}

static const struct pointer ops_copy[] = {OP(send), OP(recv), END},
			    ops_inplace[] = {OP(reserve), OP(commit), OP(peek), OP(release), END},
			    ops_batch[] = {OP(send_batch), OP(recv_batch), END},
			    loops_copy[] = {LOOP(ping), LOOP(pong), LOOP(stream_tx),
				    LOOP(stream_rx), LOOP(rate_tx), LOOP(rate_rx),
				    LOOP(oneway_ping), LOOP(oneway_pong), END},
			    loops_inplace[] = {LOOP(ping_inplace), LOOP(pong_inplace),
				    LOOP(stream_tx_inplace), LOOP(stream_rx_inplace),
				    LOOP(rate_tx_inplace), LOOP(rate_rx_inplace),
				    LOOP(oneway_ping_inplace), LOOP(oneway_pong_inplace), END},
			    loops_batch[] = {LOOP(batch_tx), LOOP(batch_rx), END},
			    loops_serve[] = {LOOP(serve), END},
			    loops_fan[] = {LOOP(fan_rx), LOOP(fan_end), END},
			    loops_fan_inplace[] = {
				    LOOP(fan_rx_inplace), LOOP(fan_end_inplace), END};

static bool is_there(const void *table, const struct pointer *p)
{
	void (*function)(void);

	memcpy(&function, (const char *)table + p->offset, sizeof(function));
	return function != NULL;
}

/* The first of a group that is there; NULL = none. */
static const char *any_there(const void *table, const struct pointer *p)
{
	while (p->name != NULL && !is_there(table, p))
		p++;
	return p->name;
}

/* If one of a group is there, or `demanded`, which says why, all have to be. */
static int check_group(
	const struct check *c, const void *table, const struct pointer *group, const char *demanded)
{
	const char *there = any_there(table, group);

	if (demanded == NULL && there == NULL)
		return 0;
	for (const struct pointer *p = group; p->name != NULL; p++)
		if (!is_there(table, p))
			return REFUSE(c, "%s is NULL, but %s%s", p->name,
				demanded != NULL ? demanded : there,
				demanded != NULL ? "" : " is there");
	return 0;
}

static int check_functions(const struct check *c)
{
	const struct transport *t = c->t;
	const char *always = "every mechanism needs it";
	const char *missing = t->open == NULL	 ? "open"
			      : t->close == NULL ? "close"
			      : t->ops == NULL	 ? "ops"
						 : NULL;

	if (missing != NULL)
		return REFUSE(c, "%s is NULL, but %s", missing, always);
	bool in_place = t->loops != NULL && any_there(t->loops, loops_inplace) != NULL;
	bool batch = any_there(t->ops, ops_batch) != NULL;
	int r = check_group(c, t->ops, ops_copy, always);

	if (r == 0)
		r = check_group(c, t->ops, ops_inplace,
			in_place ? "there are loops that work in place" : NULL);
	if (r == 0)
		r = check_group(c, t->ops, ops_batch, NULL);
	if (r < 0 || t->loops == NULL)
		return r;
	r = check_group(c, t->loops, loops_copy, always);
	if (r == 0)
		r = check_group(c, t->loops, loops_inplace, NULL);
	if (r == 0)
		r = check_group(c, t->loops, loops_batch,
			batch ? "there are operations for batches" : NULL);
	if (r == 0)
		r = check_group(c, t->loops, loops_serve,
			t->descriptor != NULL ? "there is a descriptor" : NULL);
	const char *fan = (t->topologies & (FAN_IN | FAN_OUT_ONE | FAN_OUT_EVERY)) != 0
				  ? "topologies is not 0"
				  : NULL;

	if (r == 0)
		r = check_group(c, t->loops, loops_fan, fan);
	if (r == 0)
		r = check_group(c, t->loops, loops_fan_inplace, in_place ? fan : NULL);
	return r;
}

/* ---- all ------------------------------------------------------------------------------------- */

int record_check(const char *who, const struct transport *t, struct reason *why)
{
	static int (*const checks[])(const struct check *) = {
		check_texts, check_numbers, check_bools, check_options, check_functions};
	const struct check c = {who, t, why};
	int r = 0;

	/* first: another ABI has other fields */
	if (t->abi != IPCBENCH_ABI)
		return REFUSE(&c, "built for ABI %u, and this ipcbench has ABI %u; rebuild it",
			t->abi, IPCBENCH_ABI);
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(checks); i++)
		r = checks[i](&c);
	return r;
}
