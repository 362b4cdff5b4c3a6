/* SPDX-License-Identifier: MIT */
/*
 * What connects a worker with a program that the other worker starts, and how the one hands its end
 * to the other: only who uses an end may hold it, or nobody would read the end of file.
 */
#ifndef SUPPORT_ENDS_H
#define SUPPORT_ENDS_H

#include <ipcbench/transport.h>

enum via { VIA_UNIX_STREAM, VIA_UNIX_SEQPACKET, VIA_PIPE, VIA_TCP, VIA_SHM };

/* Both ends of what connects the sender with the program; of a socket in[] and out[] are the same.
 */
struct ends {
	int in[2], out[2]; /* by side */
	int shared;	   /* VIA_SHM: the memory beside them; or -1 */
};

/* 0, or -errno with `why`; in either case ends_close() is due. `bytes`: of the memory. */
int ends_make(struct ends *e, enum via via, size_t bytes, struct reason *why);
void ends_close(struct ends *e);

/* Sends copies of a side's descriptors over a socket, and takes them: in, out, shared or -1. */
enum { ENDS_FDS = 3 };
int ends_send(int link, const struct ends *e, enum side side);
int ends_take(int link, int fd[ENDS_FDS]);

/* The memory, all pages present; NULL with `why`. */
void *ends_map(int fd, size_t bytes, struct reason *why);

#endif
