/* SPDX-License-Identifier: MIT */
/* What the planted transport is asked to do wrong. */
#ifndef PLANTED_CONFIG_H
#define PLANTED_CONFIG_H

#include <ipcbench/transport.h>

enum fault {
	FAULT_NONE,
	FAULT_DROP,
	FAULT_CORRUPT,
	FAULT_REORDER,
	FAULT_DUPLICATE,
	FAULT_TRUNCATE,
	FAULT_ERROR,	/* the callback returns -EIO */
	FAULT_CRASH,	/* SIGSEGV */
	FAULT_HANG,	/* never returns, deaf to every signal but SIGKILL */
	FAULT_EXIT,	/* _exit(3) */
	FAULT_QUIT,	/* _exit(0): gone without a word, and with the status of success */
	FAULT_STOP,	/* SIGSTOP */
	FAULT_SCRIBBLE, /* a field is written over, see damage.h */
	FAULT_OVERRUN,	/* bytes around a block are written over */
	FAULT_GARBLE,	/* as error, with words that no terminal should see */
	FAULT_LEAVE,	/* exit(0), and _Exit, quick_exit, pthread_exit */
	FAULT_LEAVE_C,
	FAULT_LEAVE_QUICK,
	FAULT_LEAVE_THREAD,
	FAULT_ABORT,
	FAULT_FORK,	/* the child returns as well */
	FAULT_OVERFLOW, /* of the stack */
	FAULT_POSITIVE, /* the callback returns a positive number */
	FAULT_NOISE,	/* ... or an error, with a reason that is neither plain nor ended */
	FAULT_DEAF,	/* every signal is ignored from here on */
	FAULT_HELPER,	/* a thread that comes and goes */
	FAULT_LATER,	/* threads that call exit(0) when the callback has returned */
	FAULT_LATER_CRASH,
	FAULT_LOSE, /* ch->state points to nothing */
};
#define FAULTS                                                                                      \
	"none|drop|corrupt|reorder|duplicate|truncate|error|crash|hang|exit|quit|stop|scribble|"    \
	"overrun|garble|leave|leave-c|leave-quick|leave-thread|abort|fork|overflow|positive|noise|" \
	"deaf|helper|later|later-crash|lose"

enum where {
	WHERE_OPEN,
	WHERE_ATTACH,
	WHERE_SEND,
	WHERE_RECV,
	WHERE_DETACH,
	WHERE_CLOSE,
	WHERE_FILL, /* the send of the process that fills the channel */
	WHERE_LIMITS,
	WHERE_BYTES,
	WHERE_PROBE, /* these two by PLANTED_EARLY=WHERE:FAULT, since there are no options yet */
	WHERE_LOAD,
};
#define PLACES "open|attach|send|recv|detach|close|fill|limits|bytes|probe|load"

struct config {
	unsigned int fault;
	unsigned int where;
	unsigned int side;
	unsigned int at;
	unsigned int fill;
	unsigned int until;
	unsigned int times;
	unsigned int value;
	unsigned int block;
	unsigned int bytes;
	unsigned int before;
	unsigned int then;
	const char *field;
	const char *delays;
	const char *slow;
	const char *log;
	const char *mark;
	const char *places;
	const char *buffers;
};

extern const struct option_spec planted_options[];

#endif
