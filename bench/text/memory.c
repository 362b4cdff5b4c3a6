/* SPDX-License-Identifier: MIT */
#include "text/memory.h"

#include <jansson.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdlib.h>

static void (*exhausted)(void) = abort;

void *needed(void *memory)
{
	if (memory == NULL) {
		exhausted();
		abort();
	}
	return memory;
}

static void *need_bytes(size_t n)
{
	return needed(malloc(n));
}

void memory_on_exhausted(void (*end)(void))
{
	exhausted = end;
	/* a member that found no memory would only be missing from what is written */
	json_set_alloc_funcs(need_bytes, free);
}

void *need_array(size_t count, size_t size)
{
	return needed(calloc(count > 0 ? count : 1, size));
}

void *need_more(void *old, size_t count, size_t size)
{
	return needed(reallocarray(old, count > 0 ? count : 1, size));
}

void *need_room(void *old, size_t count, size_t size)
{
	if (old != NULL && malloc_usable_size(old) / size >= count)
		return old;
	return need_more(old, count + count / 2, size);
}

char *need_copy(const char *text)
{
	return text == NULL ? NULL : needed(strdup(text));
}

char *need_vtext(const char *format, va_list args)
{
	char *text = NULL;

	return needed(vasprintf(&text, format, args) < 0 ? NULL : text);
}

char *need_text(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	char *text = need_vtext(format, args);

	va_end(args);
	return text;
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
