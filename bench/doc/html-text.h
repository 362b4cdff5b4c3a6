/* SPDX-License-Identifier: MIT */
/* Text and bytes that anybody may have written, put into HTML so that nothing of them is markup. */
#ifndef IPCBENCH_HTML_TEXT_H
#define IPCBENCH_HTML_TEXT_H

#include <stddef.h>
#include <stdio.h>

/*
 * Text between tags or between double quotes of an attribute. Control characters become '?', what
 * is not UTF-8 becomes U+FFFD, and characters that turn the direction of writing become U+FFFD too,
 * so that no label can make others read as something else.
 */
void html_text(FILE *out, const char *text);

/* printf() whose result goes through html_text(); cut at 1023 bytes. */
void html_textf(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Bytes as the end of a data: URI in an attribute between double quotes. */
void html_uri(FILE *out, const char *bytes, size_t len);

/* How many bytes html_uri() writes. */
size_t html_uri_length(const char *bytes, size_t len);

/* An argument as a POSIX shell reads it, quoted where it has to be, through html_text(). */
void html_shell_word(FILE *out, const char *word);

#endif
