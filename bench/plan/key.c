/* SPDX-License-Identifier: MIT */
#include "plan/key.h"

#include "plan/plan.h"
#include "text/memory.h"
#include <errno.h>
#include <inttypes.h>
#include <ipcbench/host.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WORDS(...)                                                                                 \
	(const char *const[])                                                                      \
	{                                                                                          \
		__VA_ARGS__, NULL                                                                  \
	}

const struct axis_info axes[AXIS_COUNT] = {
#define AXIS(id, field, type_, column_, option_, initial_, words_, label_, applies)                \
	[AXIS_##id] = {.column = (column_),                                                        \
		.option = (option_),                                                               \
		.initial = (initial_),                                                             \
		.words = words_,                                                                   \
		.label = (label_),                                                                 \
		.offset = offsetof(struct cell_key, field),                                        \
		.type = (type_)},
#include "plan/axes.def"
#undef AXIS
};

bool axis_applies(const struct cell_key *key, enum axis axis)
{
	switch (axis) {
#define AXIS(id, field, type, column, option, initial, words, label, applies)                      \
	case AXIS_##id:                                                                            \
		return applies;
#include "plan/axes.def"
#undef AXIS
	case AXIS_COUNT:
		break;
	}
	return false;
}

/* ---- one value ------------------------------------------------------------------------------- */

static const void *field(const struct cell_key *key, enum axis axis)
{
	return (const char *)key + axes[axis].offset;
}

static unsigned int index_of(const struct cell_key *key, enum axis axis)
{
	return *(const unsigned int *)field(key, axis);
}

uint64_t axis_number(const struct cell_key *key, enum axis axis)
{
	if (axes[axis].type == AXIS_WORD)
		return index_of(key, axis);
	if (axes[axis].type == AXIS_PROCESSES)
		return (uint64_t)key->background.kind << 32 | key->background.count;
	uint64_t number = *(const uint64_t *)field(key, axis);

	return number == 0 && axes[axis].type == AXIS_COUNTED ? 1 : number;
}

unsigned int axis_words(enum axis axis)
{
	unsigned int n = 0;

	while (axes[axis].words != NULL && axes[axis].words[n] != NULL)
		n++;
	return n;
}

void axis_set(struct cell_key *key, enum axis axis, unsigned int value)
{
	*(unsigned int *)((char *)key + axes[axis].offset) = value;
}

/* A number as this program writes it. */
static bool read_number(uint64_t *value, const char *text)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 10);
	return text[0] == '\0' || (text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0);
}

static bool read_word(struct cell_key *key, enum axis axis, const char *text)
{
	unsigned int *value = (unsigned int *)((char *)key + axes[axis].offset);
	unsigned int count = axis_words(axis);

	for (*value = 0; *value < count; ++*value)
		if (text[0] == '\0' || strcmp(text, axes[axis].words[*value]) == 0)
			return true;
	return false;
}

static const char unknown[] = "unknown";

/* The word that stands for a number, or NULL. */
static const char *number_word(const struct cell_key *key, enum axis axis)
{
	if (axes[axis].type == AXIS_COUNTED)
		return axis_number(key, axis) == COUNT_UNKNOWN ? unknown : NULL;
	if (axes[axis].type != AXIS_AMOUNT)
		return NULL;
	return axis_number(key, axis) == 0		 ? axes[axis].words[0]
	       : axis_number(key, axis) == AMOUNT_SECOND ? axes[axis].words[1]
							 : NULL;
}

static bool read_count(uint64_t *count, const char *text)
{
	if (strcmp(text, unknown) != 0)
		return read_number(count, text) && (text[0] == '\0' || *count != 0);
	*count = COUNT_UNKNOWN;
	return true;
}

static bool read_amount(uint64_t *amount, enum axis axis, const char *text)
{
	bool second = strcmp(text, axes[axis].words[1]) == 0;

	*amount = second ? AMOUNT_SECOND : 0;
	return second || strcmp(text, axes[axis].words[0]) == 0 || read_number(amount, text);
}

/* Whether a topology is of one pair, so that its word stands without a number. */
static bool stands_alone(unsigned int kind)
{
	return kind == TOPOLOGY_PAIR || kind == TOPOLOGY_BIDI;
}

/* "bidi", "pairs:4", "pairs:4:scatter". */
static bool read_sides(uint64_t *sides, enum axis axis, const char *text)
{
	const unsigned int kinds = axis_words(axis);
	size_t len = strcspn(text, ":");
	unsigned int kind = 0;
	char *end = NULL;

	*sides = 0;
	while (kind < kinds && (strlen(axes[axis].words[kind]) != len ||
				       strncmp(text, axes[axis].words[kind], len) != 0))
		kind++;
	if (text[0] == '\0' || kind == kinds)
		return text[0] == '\0';
	if (stands_alone(kind)) {
		*sides = sides_make((enum topology_kind)kind, kind == TOPOLOGY_BIDI ? 2 : 1, false);
		return text[len] == '\0';
	}
	if (text[len] != ':' || text[len + 1] < '1' || text[len + 1] > '9')
		return false;
	unsigned long count = strtoul(text + len + 1, &end, 10);
	bool scatter = strcmp(end, ":scatter") == 0;

	*sides = sides_make((enum topology_kind)kind, (unsigned int)count, scatter);
	return count <= LANES_MAX && (scatter || *end == '\0');
}

static bool read_rate(struct rate *r, const char *text)
{
	enum rate_kind kind = strncmp(text, "knee-", 5) == 0  ? RATE_REFINE
			      : strncmp(text, "slo-", 4) == 0 ? RATE_SLO
							      : RATE_ABSOLUTE;
	char *end;

	*r = (struct rate){.kind = RATE_NONE};
	if (text[0] == '\0')
		return true;
	double value = strtod(kind == RATE_ABSOLUTE ? text : strchr(text, '-') + 1, &end);

	if (kind == RATE_ABSOLUTE && *end == '%') {
		kind = RATE_PERCENT;
		end++;
	}
	if (!isfinite(value) || value <= 0 || *end != '\0')
		return false;
	*r = (struct rate){kind, value};
	return true;
}

/* "none", "cpu:2". */
static bool read_background(struct background *b, enum axis axis, const char *text)
{
	const char *const *words = axes[axis].words;
	size_t len = strcspn(text, ":");
	uint64_t count = 0;

	*b = (struct background){BACKGROUND_NONE, 0};
	if (text[0] == '\0' || strcmp(text, words[BACKGROUND_NONE]) == 0)
		return true;
	for (enum background_kind kind = BACKGROUND_CPU; kind <= BACKGROUND_MEMORY; kind++)
		if (strlen(words[kind]) == len && strncmp(text, words[kind], len) == 0)
			b->kind = kind;
	if (b->kind == BACKGROUND_NONE || text[len] != ':' ||
		!read_number(&count, text + len + 1) || count == 0 || count > BACKGROUND_LIMIT)
		return false;
	b->count = (unsigned int)count;
	return true;
}

static const char *read_name(enum axis axis, const char *text)
{
	return text[0] == '\0' || strcmp(text, axes[axis].words[0]) == 0 ? NULL : text;
}

bool axis_read(struct cell_key *key, enum axis axis, const char *text)
{
	void *at = (char *)key + axes[axis].offset;
	bool known = true;

	switch (axes[axis].type) {
	case AXIS_TEXT:
		*(const char **)at = text;
		break;
	case AXIS_NAMED:
		*(const char **)at = read_name(axis, text);
		break;
	case AXIS_WORD:
		known = read_word(key, axis, text);
		break;
	case AXIS_BYTES:
	case AXIS_PAUSE:
		known = read_number(at, text);
		break;
	case AXIS_COUNTED:
		known = read_count(at, text);
		break;
	case AXIS_AMOUNT:
		known = read_amount(at, axis, text);
		break;
	case AXIS_OFFERED:
		known = read_rate(at, text);
		break;
	case AXIS_SIDES:
		known = read_sides(at, axis, text);
		break;
	case AXIS_PROCESSES:
		known = read_background(at, axis, text);
		break;
	}
	key->foreign[axis] = known ? NULL : text;
	return known;
}

/* A number that is read back as the same, between two texts. */
static void real_spell(char *buf, size_t len, const char *before, double value, const char *after)
{
	for (int digits = 15; digits <= 17; digits += 2) {
		snprintf(buf, len, "%s%.*g%s", before, digits, value, after);
		if (strtod(buf + strlen(before), NULL) == value)
			return;
	}
}

/* "10000", "50%", "knee-1"; empty for RATE_NONE. Returns buf. */
static char *rate_spell(char *buf, size_t len, const struct rate *r)
{
	switch (r->kind) {
	case RATE_ABSOLUTE:
		real_spell(buf, len, "", r->value, "");
		break;
	case RATE_PERCENT:
		real_spell(buf, len, "", r->value, "%");
		break;
	case RATE_REFINE:
		real_spell(buf, len, "knee-", r->value, "");
		break;
	case RATE_SLO:
		real_spell(buf, len, "slo-", r->value, "");
		break;
	case RATE_NONE:
		snprintf(buf, len, "%s", "");
		break;
	}
	return buf;
}

static const char *sides_spell(char *buf, size_t len, uint64_t sides, enum axis axis)
{
	const char *word = axes[axis].words[sides_kind(sides)];

	if (stands_alone(sides_kind(sides)))
		return word;
	snprintf(buf, len, "%s:%u%s", word, sides_lanes(sides),
		sides_scatter(sides) ? ":scatter" : "");
	return buf;
}

static const char *background_spell(char *buf, size_t len, const struct background *b)
{
	const char *word = axes[AXIS_BACKGROUND].words[b->kind];

	if (b->kind == BACKGROUND_NONE)
		return word;
	snprintf(buf, len, "%s:%u", word, b->count);
	return buf;
}

static const char *name_of(const struct cell_key *key, enum axis axis)
{
	const char *name = *(const char *const *)field(key, axis);

	return name == NULL ? axes[axis].words[0] : name;
}

const char *axis_word(const struct cell_key *key, enum axis axis)
{
	const char *foreign = key->foreign[axis];

	if (foreign != NULL)
		return foreign;
	return axis_applies(key, axis) ? axes[axis].words[index_of(key, axis)] : "";
}

const char *axis_spell(char *buf, size_t len, const struct cell_key *key, enum axis axis)
{
	if (key->foreign[axis] != NULL)
		return key->foreign[axis];
	if (!axis_applies(key, axis))
		return "";
	switch (axes[axis].type) {
	case AXIS_TEXT:
		return key->transport;
	case AXIS_WORD:
		return axis_word(key, axis);
	case AXIS_OFFERED:
		return rate_spell(buf, len, &key->rate);
	case AXIS_SIDES:
		return sides_spell(buf, len, axis_number(key, axis), axis);
	case AXIS_PROCESSES:
		return background_spell(buf, len, &key->background);
	case AXIS_NAMED:
		return name_of(key, axis);
	case AXIS_AMOUNT:
	case AXIS_COUNTED:
		if (number_word(key, axis) != NULL)
			return number_word(key, axis);
		break;
	case AXIS_BYTES:
	case AXIS_PAUSE:
		break;
	}
	snprintf(buf, len, "%" PRIu64, axis_number(key, axis));
	return buf;
}

bool axis_is_usual(const struct cell_key *key, enum axis axis)
{
	if (key->foreign[axis] != NULL)
		return false;
	if (!axis_applies(key, axis))
		return true;
	if (axes[axis].label == NULL)
		return false;
	if (axes[axis].type == AXIS_WORD)
		return index_of(key, axis) == 0;
	if (axes[axis].type == AXIS_COUNTED)
		return axis_number(key, axis) == 1;
	if (axes[axis].type == AXIS_PROCESSES)
		return key->background.kind == BACKGROUND_NONE;
	if (axes[axis].type == AXIS_NAMED)
		return name_of(key, axis) == axes[axis].words[0];
	return (axes[axis].type == AXIS_PAUSE || axes[axis].type == AXIS_AMOUNT ||
		       axes[axis].type == AXIS_SIDES) &&
	       axis_number(key, axis) == 0;
}

bool key_is_usual(const struct cell_key *key, unsigned int which)
{
	for (enum axis axis = 0; axis < AXIS_COUNT; axis++)
		if ((which & AXIS_BIT(axis)) != 0 && !axis_is_usual(key, axis))
			return false;
	return true;
}

/* ---- before there was an axis ---------------------------------------------------------------- */

/* The value of an option in a canonical spelling such as "shm:batch=16,chunk=1K", or NULL. */
static const char *spelled(const char *spelling, const char *option)
{
	size_t len = strlen(option);

	for (const char *at = spelling; (at = strpbrk(at, ":,")) != NULL;)
		if (strncmp(++at, option, len) == 0 && at[len] == '=')
			return at + len + 1;
	return NULL;
}

uint64_t key_batch_before(const struct cell_key *key)
{
	enum { MESSAGE_MAX = 8 << 10, BYTES = 16 << 10 };
	const struct transport *t = registry_find(key->transport);
	const char *batch = spelled(key->transport, "batch");
	const char *layout = spelled(key->transport, "layout");

	if (t == NULL || t->shape != SHAPE_MEMORY || !t->batches || key->size == 0)
		return 1;
	if (batch != NULL)
		return strtoull(batch, NULL, 10);
	if (key->size > MESSAGE_MAX || (layout != NULL && strncmp(layout, "inline", 6) == 0))
		return 1;
	if (spelled(key->transport, "chunk") != NULL || spelled(key->transport, "size") != NULL)
		return COUNT_UNKNOWN;
	/* powers of two, of slots of 8 B or of whole lines, and at least two */
	uint64_t unit = key->size < CACHE_LINE ? 8 : CACHE_LINE;
	uint64_t fit = BYTES / ((key->size + unit - 1) / unit * unit), chosen = 2;

	while (chosen * 2 <= fit)
		chosen *= 2;
	return chosen;
}

/* ---- keys ------------------------------------------------------------------------------------ */

void key_read(struct cell_key *key, const struct rows *rows, size_t row)
{
	*key = (struct cell_key){.transport = ""};
	for (enum axis axis = 0; axis < AXIS_COUNT; axis++)
		axis_read(key, axis, rows_text(rows, row, axes[axis].column));
	/* the oldest columns have a word wherever their axis applies */
	for (enum axis axis = 0; axis < AXIS_IDLE; axis++)
		if (axes[axis].type == AXIS_WORD && axis_applies(key, axis) &&
			rows_has(rows, axes[axis].column) &&
			rows_text(rows, row, axes[axis].column)[0] == '\0')
			key->foreign[axis] = "";
	if (axis_applies(key, AXIS_BATCH) &&
		rows_text(rows, row, axes[AXIS_BATCH].column)[0] == '\0')
		key->batch = key_batch_before(key);
}

static bool is_number(enum axis_type type)
{
	return type == AXIS_BYTES || type == AXIS_PAUSE || type == AXIS_COUNTED;
}

void key_write(struct record *rec, const struct cell_key *key, enum axis first, enum axis end)
{
	char text[40];

	for (enum axis axis = first; axis < end; axis++) {
		const struct axis_info *info = &axes[axis];
		bool there = axis_applies(key, axis);

		if (is_number(info->type) && key->foreign[axis] == NULL &&
			number_word(key, axis) == NULL)
			record_whole(rec, info->column, there, axis_number(key, axis));
		else
			record_text(rec, info->column, axis_spell(text, sizeof(text), key, axis));
	}
}

/* What tells loads apart at first: 10% before 100%, and steps of a search before all of them. */
static double load_of(const struct rate *r)
{
	return r->kind == RATE_ABSOLUTE || r->kind == RATE_PERCENT ? r->value : 0;
}

int axis_order(const struct cell_key *a, const struct cell_key *b, enum axis axis)
{
	uint64_t x, y;
	double p, q;

	if (a->foreign[axis] != NULL || b->foreign[axis] != NULL)
		return strcmp(axis_spell((char[40]){0}, 40, a, axis),
			axis_spell((char[40]){0}, 40, b, axis));
	switch (axes[axis].type) {
	case AXIS_BYTES:
	case AXIS_PAUSE:
	case AXIS_COUNTED:
	case AXIS_AMOUNT:
	case AXIS_SIDES:
	case AXIS_PROCESSES:
		x = axis_number(a, axis);
		y = axis_number(b, axis);
		return (x > y) - (x < y);
	case AXIS_WORD:
		return strcmp(axis_is_usual(a, axis) ? "" : axis_word(a, axis),
			axis_is_usual(b, axis) ? "" : axis_word(b, axis));
	case AXIS_TEXT:
		return strcmp(a->transport, b->transport);
	case AXIS_NAMED:
		return strcmp(name_of(a, axis), name_of(b, axis));
	case AXIS_OFFERED:
		break;
	}
	if (a->rate.kind == b->rate.kind && a->rate.value == b->rate.value)
		return 0;
	p = load_of(&a->rate);
	q = load_of(&b->rate);
	return p != q ? (p > q) - (p < q)
		      : strcmp(rate_spell((char[40]){0}, 40, &a->rate),
				rate_spell((char[40]){0}, 40, &b->rate));
}

int key_order_by(const struct cell_key *a, const struct cell_key *b, unsigned int which)
{
	int order = 0;

	for (enum axis axis = 0; axis < AXIS_COUNT && order == 0; axis++)
		if ((which & AXIS_BIT(axis)) != 0)
			order = axis_order(a, b, axis);
	return order;
}

int key_order(const struct cell_key *a, const struct cell_key *b)
{
	static const enum axis first[] = {AXIS_TRANSPORT, AXIS_MODE, AXIS_SIZE};
	int order = 0;

	for (size_t i = 0; i < ARRAY_SIZE(first) && order == 0; i++)
		order = axis_order(a, b, first[i]);
	return order != 0 ? order : key_order_by(a, b, AXIS_ALL);
}

unsigned int key_differences(const struct cell_key *a, const struct cell_key *b)
{
	unsigned int differ = 0;

	for (enum axis axis = 0; axis < AXIS_COUNT; axis++)
		if (axis_order(a, b, axis) != 0)
			differ |= AXIS_BIT(axis);
	return differ;
}

/* ---- names ----------------------------------------------------------------------------------- */

static char *pause_name(char *buf, size_t len, uint64_t ns)
{
	uint64_t unit = ns % 1000000 == 0 ? 1000000 : ns % 1000 == 0 ? 1000 : 1;

	snprintf(buf, len, "%" PRIu64 "%s", ns / unit,
		unit == 1000000 ? "ms"
		: unit == 1000	? "us"
				: "ns");
	return buf;
}

/* Adds a value to a name, behind `gap` if it is not the first. */
static void add_value(
	char *buf, size_t len, const struct cell_key *key, enum axis axis, const char *gap)
{
	const struct axis_info *info = &axes[axis];
	const char *text;
	size_t used = strlen(buf);
	char value[64];

	if (key->foreign[axis] != NULL)
		text = key->foreign[axis];
	else if (number_word(key, axis) != NULL)
		text = number_word(key, axis);
	else if (info->type == AXIS_BYTES || info->type == AXIS_AMOUNT)
		text = ipcbench_bytes(value, sizeof(value), axis_number(key, axis));
	else if (info->type == AXIS_PAUSE)
		text = pause_name(value, sizeof(value), axis_number(key, axis));
	else if (info->type == AXIS_TEXT)
		text = key->transport;
	else if (info->type == AXIS_OFFERED)
		text = rate_spell(value, sizeof(value), &key->rate);
	else
		text = axis_spell(value, sizeof(value), key, axis);
	snprintf(buf + used, len - used, "%s%s%s", used == 0 ? "" : gap,
		info->label == NULL ? "" : info->label, text);
}

/* Adds what does not go without saying; random arrivals belong to their load. */
static void add_unusual(char *buf, size_t len, const struct cell_key *key, enum axis axis)
{
	if (!axis_is_usual(key, axis))
		add_value(buf, len, key, axis, axis == AXIS_ARRIVALS ? "/" : " ");
}

char *key_name(char *buf, size_t len, const struct cell_key *key, unsigned int which)
{
	static const enum axis first[] = {AXIS_TRANSPORT, AXIS_WAIT, AXIS_COPY, AXIS_MODE,
		AXIS_THINK, AXIS_RATE, AXIS_ARRIVALS};

	buf[0] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(first); i++) {
		if (which & AXIS_BIT(first[i]))
			add_unusual(buf, len, key, first[i]);
		which &= ~AXIS_BIT(first[i]);
	}
	for (enum axis axis = 0; axis < AXIS_COUNT; axis++)
		if (which & AXIS_BIT(axis))
			add_unusual(buf, len, key, axis);
	return buf;
}

char *key_name_new(const struct cell_key *key, unsigned int which)
{
	size_t room = 1;

	for (enum axis axis = 0; axis < AXIS_COUNT; axis++)
		room += 64 + (key->foreign[axis] == NULL ? 0 : strlen(key->foreign[axis]));
	room += strlen(key->transport) + strlen(name_of(key, AXIS_SIZES));
	return key_name(need_array(room, 1), room, key, which);
}

const char *key_one_by_one(const struct cell_key *key)
{
	bool rate = key->mode == MODE_THROUGHPUT && key->size > 0;

	/* a batch is worth a factor of ten, and other programs hide it */
	return rate && axis_is_usual(key, AXIS_BATCH) ? " batch 1" : "";
}

char *key_title_new(const struct cell_key *key, const char *name)
{
	const char *more = key_one_by_one(key);
	size_t len = strlen(name) + strlen(more) + 1;
	char *title = need_array(len, 1);

	snprintf(title, len, "%s%s", name, more);
	return title;
}

char *key_late(
	char *buf, size_t len, const struct cell_key *key, unsigned int which, unsigned int always)
{
	buf[0] = '\0';
	if (key->size < FOOTPRINT_TELLS)
		always &= ~AXIS_BIT(AXIS_FOOTPRINT);
	for (enum axis axis = AXIS_APPENDED; axis < AXIS_COUNT; axis++)
		if ((which & AXIS_BIT(axis)) != 0 && axis_applies(key, axis) &&
			(!axis_is_usual(key, axis) || (always & AXIS_BIT(axis)) != 0))
			add_value(buf, len, key, axis, ", ");
	return buf;
}

char *key_load(char *buf, size_t len, const struct cell_key *key)
{
	if (key_name(buf, len, key, AXIS_LOAD)[0] == '\0')
		snprintf(buf, len, "-");
	return buf;
}

#define NAME(function, axis, type)                                                                 \
	const char *function(type value)                                                           \
	{                                                                                          \
		return axes[axis].words[value];                                                    \
	}
NAME(wait_name, AXIS_WAIT, enum wait)
NAME(copy_name, AXIS_COPY, enum copy)
NAME(mode_name, AXIS_MODE, enum mode)
NAME(idle_name, AXIS_IDLE, enum idle)
NAME(mem_name, AXIS_MEM, enum mem)
NAME(arrival_name, AXIS_ARRIVALS, enum arrival)
