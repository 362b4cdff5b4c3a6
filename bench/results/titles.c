/* SPDX-License-Identifier: MIT */
/* What the sections of a table are called: what all share is said once, above them. */
#include "results/sections.h"

#include <ipcbench/host.h>
#include <string.h>

/* What a title says behind mode, size and placement, in this order. */
enum fact {
	FACT_CPUS,
	FACT_IDLE,
	FACT_MEM,
	FACT_LATE,
	FACT_COPY = FACT_LATE + AXIS_COUNT,
	FACT_COUNT
};

/* Whether the ways of payload differ within a section, so that a column tells them. */
static bool copies_differ(const struct section *s)
{
	for (size_t row = 0; row < s->count; row++)
		if (s->rows[row]->key.copy != s->like->key.copy)
			return true;
	return false;
}

static struct phrase cpus_phrase(const struct cell *c)
{
	if (c->cpu_tx < 0)
		return phrase("%s", "");
	return c->cpu_tx == c->cpu_rx ? phrase("CPU %d", c->cpu_tx)
				      : phrase("CPUs %d and %d", c->cpu_tx, c->cpu_rx);
}

/* "" where it does not apply, or a column tells it. */
static struct phrase fact_phrase(const struct section *s, enum fact fact)
{
	static const char *const memory[MEM_COUNT] = {"", "memory of the sender's node",
		"memory of the receiver's node", "memory of all nodes in turn"};
	const struct cell_key *key = &s->like->key;
	const bool notify = s->like->transport->shape == SHAPE_NOTIFY;
	/* a batch is worth a factor of ten, and other programs hide it */
	const unsigned int always = notify ? 0 : AXIS_BIT(AXIS_BATCH) | AXIS_BIT(AXIS_FOOTPRINT);
	struct phrase late;

	switch (fact) {
	case FACT_CPUS:
		/* of several pairs sides.csv tells them */
		return sides_lanes(s->like->key.sides) > 1 ? phrase("%s", "")
							   : cpus_phrase(&s->like->cell);
	case FACT_IDLE:
		return phrase("idle %s", idle_name(key->idle));
	case FACT_MEM:
		return phrase("%s", memory[key->mem]);
	case FACT_COPY:
		return notify || copies_differ(s)
			       ? phrase("%s", "")
			       : phrase("payload %s",
					 key->copy == COPY_INPLACE ? "in place" : "copied");
	default:
		key_late(late.text, sizeof(late.text), key, AXIS_BIT((enum axis)(fact - FACT_LATE)),
			always);
		return late;
	}
}

/* Whether two sections can be covered by one sentence. CPUs go with a placement. */
static bool agree(const struct section *a, const struct section *b, enum fact fact)
{
	if (fact == FACT_CPUS && a->like->key.placement != b->like->key.placement)
		return true;
	return strcmp(fact_phrase(a, fact).text, fact_phrase(b, fact).text) == 0;
}

/* Whether a section has nothing of a kind, so that a sentence about all is true of it too. */
static bool lacks(const struct section *s, enum fact fact)
{
	const enum axis axis = (enum axis)(fact - FACT_LATE);

	if (fact == FACT_COPY)
		return s->like->transport->shape == SHAPE_NOTIFY;
	if (fact < FACT_LATE)
		return false;
	/* batches of notifications and footprints of small messages are told if they are unusual */
	return fact_phrase(s, fact).text[0] == '\0' &&
	       (!axis_applies(&s->like->key, axis) || axis == AXIS_BATCH || axis == AXIS_FOOTPRINT);
}

static bool is_shared(const struct section *sections, size_t count, enum fact fact)
{
	size_t told = 0;

	for (size_t i = 0; i < count; i++) {
		const struct section *s = &sections[i];

		if (lacks(s, fact))
			continue;
		told += fact_phrase(s, fact).text[0] != '\0';
		for (size_t k = 0; k < i; k++)
			if (!lacks(&sections[k], fact) && !agree(&sections[k], s, fact))
				return false;
	}
	return told > 1;
}

/* "same-cpu is CPU 1, same-llc CPUs 0 and 1" */
static void add_places(struct phrase *line, const struct section *sections, size_t count)
{
	const char *verb = " is";

	for (size_t i = 0; i < count; i++) {
		const struct cell_key *key = &sections[i].like->key;
		const struct phrase cpus = fact_phrase(&sections[i], FACT_CPUS);
		bool told = cpus.text[0] == '\0';

		for (size_t k = 0; k < i && !told; k++)
			told = sections[k].like->key.placement == key->placement;
		if (told)
			continue;
		phrase_add(line, verb[0] != '\0' ? "; " : ", ", "%s%s %s",
			placement_name(key->placement), verb, cpus.text);
		verb = "";
	}
}

void sections_share(struct document *d, struct section *sections, size_t count)
{
	unsigned int shared = 0;
	struct phrase line = {""};

	/* tables of a paper stand apart, each with a caption that has to say everything */
	if (d->format == DOC_LATEX || count < 2)
		return;
	for (enum fact fact = 0; fact < FACT_COUNT; fact++) {
		if (!is_shared(sections, count, fact))
			continue;
		shared |= 1u << fact;
		for (size_t i = 0; i < count && fact != FACT_CPUS; i++) {
			const struct phrase text = fact_phrase(&sections[i], fact);

			if (text.text[0] == '\0')
				continue;
			phrase_add(&line, ", ", "%s", text.text);
			break;
		}
	}
	if ((shared & 1u << FACT_CPUS) != 0)
		add_places(&line, sections, count);
	for (size_t i = 0; i < count; i++)
		sections[i].shared = shared;
	if (shared != 0)
		document_add(d, BLOCK_LINE, "All tables: %s", line.text);
}

void section_title(struct section *s)
{
	const struct cell_key *key = &s->like->key;
	const bool notify = s->like->transport->shape == SHAPE_NOTIFY;
	struct phrase title = phrase("%s", mode_of(key)->title[notify]);

	if (!notify)
		phrase_add(&title, ", ", "%s%s", key->sizes == NULL ? "" : "up to ",
			ipcbench_bytes((char[24]){0}, 24, key->size));
	phrase_add(&title, ", ", "%s",
		key->placement == PLACE_NONE ? "not pinned" : placement_name(key->placement));
	for (enum fact fact = 0; fact < FACT_COUNT; fact++) {
		const struct phrase text = fact_phrase(s, fact);

		if (text.text[0] == '\0' || (s->shared & 1u << fact) != 0)
			continue;
		if (fact == FACT_CPUS)
			phrase_add(&title, " ", "(%s)", text.text);
		else
			phrase_add(&title, ", ", "%s", text.text);
	}
	if (key->mode == MODE_RATE)
		phrase_add(&title, ", ", "%s arrivals", arrival_name(key->arrivals));
	else if (key->think_ns != 0)
		phrase_add(&title, ", ", "each after a pause of %g %ss",
			(double)key->think_ns / 1000, s->grid->glyphs->micro);
	grid_title(s->grid, "%s", title.text);
}
