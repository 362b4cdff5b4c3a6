/* SPDX-License-Identifier: MIT */
/*
 * What connects a worker with a program that the other worker starts, and how the one hands its end
 * to the other: only who uses an end may hold it, or nobody would read the end of file.
 */
#ifndef SUPPORT_ENDS_H
#define SUPPORT_ENDS_H

#include <ipcbench/transport.h>

enum via { VIA_UNIX_STREAM, VIA_UNIX_SEQPACKET, VIA_PIPE, VIA_TCP };

/* Both ends of what connects the sender with the program; of a socket in[] and out[] are the same.
 */
struct ends {
	int in[2], out[2]; /* by side */
};

/* 0, or -errno with `why`; in either case ends_close() is due for both sides. */
int ends_make(struct ends *e, enum via via, struct reason *why);
void ends_close(struct ends *e, enum side side);

/* Sends a copy of two descriptors over a socket, and takes them: `in`, then `out`. 0 or -errno. */
int ends_send(int link, int in, int out);
int ends_take(int link, int fd[2]);

#endif
