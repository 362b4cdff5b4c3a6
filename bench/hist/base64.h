/* SPDX-License-Identifier: MIT */
/* Base 64 as RFC 4648 has it: the standard alphabet, padded, without line ends. */
#ifndef IPCBENCH_HIST_BASE64_H
#define IPCBENCH_HIST_BASE64_H

#include <stddef.h>
#include <stdint.h>

/* Characters that `len` bytes become, and bytes that `len` characters can hold at most. */
#define BASE64_LENGTH(len) (((len) + 2) / 3 * 4)
#define BASE64_BYTES(len)  ((len) / 4 * 3)

/* Writes BASE64_LENGTH(len) characters, and a NUL after them. */
void base64_encode(char *out, const uint8_t *bytes, size_t len);

/*
 * Writes at most BASE64_BYTES(len) bytes and returns how many, or -1 if the text is not what
 * base64_encode() writes: a strange character, a length that is no multiple of 4, padding elsewhere
 * than at the end, or bits behind the last byte that are not 0.
 */
ptrdiff_t base64_decode(uint8_t *out, const char *text, size_t len);

#endif
