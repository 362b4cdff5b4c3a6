/* SPDX-License-Identifier: MIT */
/* What the kernel keeps of a message in a queue, System V or POSIX (ipc/msgutil.c). */
#ifndef SUPPORT_MSG_MSG_H
#define SUPPORT_MSG_MSG_H

#include <stddef.h>
#include <unistd.h>

/* struct msg_msg heads the first piece, struct msg_msgseg every further one. */
#define MSG_HEAD  (sizeof(void *) == 8 ? 48 : 24)
#define MSG_PIECE ((long long)sizeof(void *))

/*
 * Bytes for the text of `n` bytes with its heads: pieces of at most a page each. What the
 * allocator rounds up is not in it.
 */
static inline long long msg_msg_bytes(size_t n)
{
	long long page = sysconf(_SC_PAGESIZE), rest = (long long)n - (page - MSG_HEAD);
	long long pieces = rest <= 0 ? 0 : (rest + page - MSG_PIECE - 1) / (page - MSG_PIECE);

	return (long long)n + MSG_HEAD + pieces * MSG_PIECE;
}

#endif
