/* SPDX-License-Identifier: MIT */
/*
 * Lines of JSON between a worker and a program that it starts: each an object with one member,
 * whose name says what it is (docs/programs.md). Nothing that the program writes is believed before
 * it has been checked.
 */
#ifndef SUPPORT_DIALOG_H
#define SUPPORT_DIALOG_H

#include "support/keeper.h"
#include <jansson.h>

enum {
	DIALOG_LINE_MAX = 256 << 10, /* of a line, in bytes, with its line feed */
	DIALOG_NAME_MAX = 40,
};

/* Whole numbers that every language has. */
#define DIALOG_NUMBER_MAX UINT64_C(9007199254740991) /* 2^53 - 1 */

struct dialog {
	struct keeper keeper;
	int from, to;			/* the program; -1 = none */
	char name[DIALOG_NAME_MAX + 1]; /* that it gave itself; "" = not yet */
	char *text;			/* what was read of it and not taken yet */
	size_t len;
};

/* A state that dialog_end() accepts. */
void dialog_init(struct dialog *d);

/*
 * Starts the program; its descriptors are filled in. 0, or -errno with `why`; dialog_end() is due
 * in any case, which gives it `ms` to end by itself.
 */
int dialog_start(struct dialog *d, struct program *p, struct reason *why);
void dialog_end(struct dialog *d, int ms);

/* "the program ./pair.py (queue): ", the sentence, and what it printed last. Returns -EPROTO. */
int dialog_fault(const struct dialog *d, struct reason *why, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

/* Sends {"kind": value}, and gives back `value`. 0, or -errno with `why`. */
int dialog_say(struct dialog *d, const char *kind, json_t *value, struct reason *why);

/*
 * Waits for the line of this kind: its value, for json_decref(), or NULL with `why`. `task` says
 * what the program has to do, if the launch times out meanwhile.
 */
json_t *dialog_hear(struct dialog *d, const char *kind, const char *task, struct reason *why);

/* A whole number of an object. 0, or -EPROTO with a `why` that names field, value and limits. */
int dialog_number(const struct dialog *d, const json_t *object, const char *kind, const char *field,
	uint64_t least, uint64_t most, uint64_t *out, struct reason *why);

#endif
