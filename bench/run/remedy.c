/* SPDX-License-Identifier: MIT */
#include "run/remedy.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct {
	int err;
	const char *said; /* a reason that holds this has named the remedy itself */
	const char *text;
} remedies[] = {
	{EMFILE, "ulimit", "; raise ulimit -n"},
	{ENFILE, "file-max", "; raise sysctl fs.file-max"},
	{EFBIG, "ulimit", "; raise ulimit -f"},
};

static void append(struct reason *why, const char *text)
{
	size_t len = strnlen(why->text, sizeof(why->text) - 1);

	snprintf(why->text + len, sizeof(why->text) - len, "%s", text);
}

void remedy_add(struct reason *why, int err)
{
	for (size_t i = 0; i < ARRAY_SIZE(remedies); i++)
		if (remedies[i].err == -err && strstr(why->text, remedies[i].said) == NULL)
			append(why, remedies[i].text);
	if (strstr(why->text, "ledger") != NULL && (err == -EROFS || err == -ENOSPC))
		append(why, "; set XDG_RUNTIME_DIR to a private directory with room");
}
