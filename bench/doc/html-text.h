/* SPDX-License-Identifier: MIT */
/* Text and bytes that anybody may have written, put into HTML so that nothing of them is markup. */
#ifndef IPCBENCH_HTML_TEXT_H
#define IPCBENCH_HTML_TEXT_H

#include <ipcbench/base.h>
#include <stddef.h>
#include <stdio.h>

/*
 * Text between tags or between double quotes of an attribute. Control characters become '?', what
 * is not UTF-8 becomes U+FFFD, and characters that turn the direction of writing become U+FFFD too,
 * so that no label can make others read as something else.
 */
void html_text(FILE *out, const char *text);

/*
 * printf() of markup: what stands in `markup` goes out as it is, the text of a "%s" through
 * html_text(). Besides it knows %.*s, %d, %zu and %%.
 */
void html_put(FILE *out, const char *markup, ...) PRINTF_LIKE(2, 3);

/* Bytes as the end of a data: URI in an attribute between double quotes. */
void html_uri(FILE *out, const char *bytes, size_t len);

/* How many bytes html_uri() writes. */
size_t html_uri_length(const char *bytes, size_t len);

/* An argument as a POSIX shell reads it, quoted where it has to be, through html_text(). */
void html_shell_word(FILE *out, const char *word);

#endif
