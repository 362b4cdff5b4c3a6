/* SPDX-License-Identifier: MIT */
/*
 * Memory for what the driver keeps outside of a launch. Nothing here returns NULL: if there is no
 * memory left, the program ends through the function that main() has set, with a line that says so.
 * Code that runs while workers do has objects to remove, so it calls malloc() and returns -ENOMEM.
 */
#ifndef IPCBENCH_MEMORY_H
#define IPCBENCH_MEMORY_H

#include <ipcbench/base.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* What ends the program, also within the JSON library; it must not return. Default: abort(). */
void memory_on_exhausted(void (*end)(void));

/* What an allocation of a library has returned, if that is not NULL. */
void *needed(void *memory);

/* `count` zeroed elements of `size` bytes; for 0 of them a pointer that can be freed. */
void *need_array(size_t count, size_t size);

/* realloc() to `count` elements of `size` bytes; what is new is not zeroed. */
void *need_more(void *old, size_t count, size_t size);

/* The same with room to spare, so that a list that grows by one is seldom copied. */
void *need_room(void *old, size_t count, size_t size);

/* A copy of a string; NULL stays NULL. */
char *need_copy(const char *text);

/* asprintf(), vasprintf(). */
char *need_text(const char *format, ...) PRINTF_LIKE(1, 2);
char *need_vtext(const char *format, va_list args);

/* open_memstream(), to be ended by need_stream_end(): *text and *len are valid from then on. */
FILE *need_stream(char **text, size_t *len);
void need_stream_end(FILE *stream);

/* Appends a zeroed element to `array`, whose length `count` counts, and returns its address. */
#define need_next(array, count)                                                                    \
	((array) = need_room((array), (count) + 1, sizeof(*(array))),                              \
		(__typeof__(array))memset(&(array)[(count)++], 0, sizeof(*(array))))

#endif
