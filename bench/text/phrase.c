/* SPDX-License-Identifier: MIT */
#include "text/format.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct phrase phrase(const char *format, ...)
{
	struct phrase p;
	va_list args;

	va_start(args, format);
	vsnprintf(p.text, sizeof(p.text), format, args);
	va_end(args);
	return p;
}

void phrase_add(struct phrase *p, const char *separator, const char *format, ...)
{
	size_t used = strlen(p->text);
	va_list args;

	if (used > 0)
		snprintf(p->text + used, sizeof(p->text) - used, "%s", separator);
	used = strlen(p->text);
	va_start(args, format);
	vsnprintf(p->text + used, sizeof(p->text) - used, format, args);
	va_end(args);
}
