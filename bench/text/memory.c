/* SPDX-License-Identifier: MIT */
#include "text/memory.h"

#include <stdarg.h>
#include <stdlib.h>

static void (*exhausted)(void) = abort;

void memory_on_exhausted(void (*end)(void))
{
	exhausted = end;
}

void *needed(void *memory)
{
	if (memory == NULL) {
		exhausted();
		abort();
	}
	return memory;
}

void *need_array(size_t count, size_t size)
{
	return needed(calloc(count > 0 ? count : 1, size));
}

void *need_more(void *old, size_t count, size_t size)
{
	return needed(reallocarray(old, count > 0 ? count : 1, size));
}

char *need_copy(const char *text)
{
	return text == NULL ? NULL : needed(strdup(text));
}

char *need_text(const char *format, ...)
{
	char *text = NULL;
	va_list ap;

	va_start(ap, format);
	if (vasprintf(&text, format, ap) < 0)
		text = NULL;
	va_end(ap);
	return needed(text);
}

FILE *need_stream(char **text, size_t *len)
{
	return needed(open_memstream(text, len));
}

void need_stream_end(FILE *stream)
{
	/* a stream in memory can fail in no other way */
	if (fclose(stream) != 0)
		needed(NULL);
}
