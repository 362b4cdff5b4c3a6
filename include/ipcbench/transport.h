/* SPDX-License-Identifier: MIT */
/*
 * The contract between ipcbench and an IPC mechanism.
 *
 * A transport is one `const struct transport`: traits that tables print, a few cold callbacks that
 * make and unmake kernel objects, and the hot operations that move messages. This header is all
 * that the author of a transport has to know; CONTRIBUTING.md walks through an example.
 *
 * The primitive is a one-way CHANNEL between two processes, from SIDE_TX to SIDE_RX. Throughput
 * opens one channel, and so does an open loop; a round trip opens two, one in each direction,
 * unless the transport says `duplex`, in which case both sides send and receive on the same one, as
 * users of sockets do.
 *
 * With --topology fan-in:N and fan-out:N a channel has several senders or receivers. It is opened
 * once, and each of them attaches to it in its process.
 *
 * Who calls what, and where:
 *
 *     driver   probe()            may this run here at all?
 *     driver   limits()           may this cell run here? nothing is created yet
 *     driver   open()             create kernel objects, once per channel
 *     driver   kernel_bytes()     once per cell, on a channel that is closed without a trial
 *              ---- fork: the workers inherit `state` as the driver left it ----
 *     worker   attach()           after pinning; worker-local set-up
 *     worker   ops->...           warm-up and timed loop; nothing else is called there
 *     worker   detach()           after the timed region; not called if the worker died
 *     driver   close()            always, after both workers are gone
 *
 * Errors are 0 or -errno. Whoever returns an error from a cold callback also says why in
 * `ch->why` (see reason_set()); hot operations only return the errno.
 *
 * Names, limits and values in `reason` lines are for people: name the value, the limit and what
 * raises it.
 */
#ifndef IPCBENCH_TRANSPORT_H
#define IPCBENCH_TRANSPORT_H

#include <ipcbench/base.h>
#include <ipcbench/clock.h>
#include <sys/types.h>

/*
 * Raised whenever a struct of this header or of loops.h changes its layout; a plugin of another ABI
 * is refused.
 */
#define IPCBENCH_ABI 6u

#ifdef __cplusplus
extern "C" {
#endif

/* ---- the axes of a measurement -------------------------------------------------------------- */

enum side { SIDE_TX, SIDE_RX };

/* How a side waits until it can go on. */
enum wait {
	WAIT_BLOCK,  /* the kernel puts it to sleep in the call itself */
	WAIT_SPIN,   /* it polls and never sleeps */
	WAIT_HYBRID, /* it polls for struct channel.spin_ticks, then sleeps */
	WAIT_EPOLL,  /* it waits for readiness, then makes a call that does not block */
	WAIT_COUNT,
};
#define WAIT_BIT(w)	(1u << (w))
#define WAIT_BIT_BLOCK	WAIT_BIT(WAIT_BLOCK)
#define WAIT_BIT_SPIN	WAIT_BIT(WAIT_SPIN)
#define WAIT_BIT_HYBRID WAIT_BIT(WAIT_HYBRID)
#define WAIT_BIT_EPOLL	WAIT_BIT(WAIT_EPOLL)

enum copy {
	COPY_PRIVATE, /* `copy`: from a private buffer of the sender into one of the receiver */
	COPY_INPLACE, /* `inplace`: written where it lies and read where it lies */
	COPY_COUNT,
};

enum mode {
	MODE_LATENCY,	 /* closed loop: out and back, cell->depth in flight */
	MODE_THROUGHPUT, /* one direction, back to back */
	MODE_RATE,	 /* open loop: one direction, each message at its time */
	MODE_ONEWAY,	 /* closed loop as in latency, each direction timed by itself */
	MODE_SETUP,	 /* one round trip, the very first; to a transport it is MODE_LATENCY */
	MODE_COUNT,
};

/* On which NUMA node the memory of a segment lies. */
enum mem {
	MEM_DEFAULT,	/* unspecified: the node on which the driver creates it */
	MEM_TX,		/* the node of the sender's CPU */
	MEM_RX,		/* the receiver's */
	MEM_INTERLEAVE, /* page by page on every node in turn */
	MEM_COUNT,
};

/* Namespaces of Linux of which each side has one to itself, as in a container (--isolate). */
#define NAMESPACE_BIT_PID   1u /* process numbers */
#define NAMESPACE_BIT_IPC   2u /* System V objects; names of POSIX message queues */
#define NAMESPACE_BIT_NET   4u /* interfaces, ports, abstract names of sockets */
#define NAMESPACE_BIT_MOUNT 8u /* paths */
#define NAMESPACE_BITS	    15u

/* Senders or receivers of a channel, at most. */
enum { SIDES_MAX = 512 };

/* What is asked of the transport: one point of the plan, without trial and order. */
struct cell {
	enum mode mode;
	enum wait wait;
	enum copy copy;
	size_t size; /* bytes per message, of the largest one if they differ (--size trace:);
			0 for notifications and only there */
	int cpu_tx;  /* -1 = not pinned */
	int cpu_rx;
	enum mem mem;
	uint64_t mem_nodes; /* the NUMA nodes that this means, as bits; 0 for MEM_DEFAULT */
	size_t batch;	    /* of a stream: messages per publication or system call, from 1 */
	uint64_t footprint; /* bytes of payload buffers that a side goes through; 0 = few */
	bool cold;	    /* and these are more than the last-level cache holds */
	bool indirect;	    /* operations are called one by one, through a pointer */
	bool pauses;	    /* after a round trip the next message waits for --think */
	/* on one channel, at most SIDES_MAX; both are 1 unless `topologies` of the transport says
	 * that they can be more */
	unsigned int senders, receivers;
	unsigned int own_namespaces; /* NAMESPACE_BIT_*: each side enters its own before attach() */
	size_t depth;		     /* of MODE_LATENCY: round trips in flight, from 1 */
};

/* Whether messages go both ways; otherwise they go from SIDE_TX to SIDE_RX alone. */
static inline bool cell_round_trip(const struct cell *cell)
{
	return cell->mode == MODE_LATENCY || cell->mode == MODE_ONEWAY;
}

/* Whether they do so one at a time, so that each side sends and receives in turn. */
static inline bool cell_alternates(const struct cell *cell)
{
	return cell_round_trip(cell) && cell->depth <= 1;
}

/* Whether both sides are pinned to one CPU. */
static inline bool cell_one_cpu(const struct cell *cell)
{
	return cell->cpu_tx >= 0 && cell->cpu_tx == cell->cpu_rx;
}

/* ---- traits: what `ipcbench list` and the comparison tables print ---------------------------- */

enum api { API_POSIX, API_SYSV, API_BSD, API_LINUX, API_NONE };

enum reach {
	REACH_KIN,     /* processes that inherited it from a common ancestor */
	REACH_HOST,    /* any process of this host */
	REACH_NETWORK, /* another host */
};

enum shape {
	SHAPE_STREAM,  /* bytes without boundaries */
	SHAPE_MESSAGE, /* bounded messages */
	SHAPE_MEMORY,  /* memory that both sides see */
	SHAPE_NOTIFY,  /* an event without payload: send() posts, recv() waits, size is 0 */
	SHAPE_NULL,    /* nothing is moved: the harness's own floor */
};

/* What several workers can do on one channel, as bits. */
enum fan_bit {
	FAN_IN = 1,	   /* several senders, one receiver */
	FAN_OUT_ONE = 2,   /* one sender, several receivers: each message goes to one of them */
	FAN_OUT_EVERY = 4, /* ... to every one; not together with FAN_OUT_ONE */
	/* not on one channel: several threads of a worker, each on channels of its own */
	SERVE_THREADS = 8,
};

enum persistence {
	PERSIST_PROCESS, /* gone with the last process that holds it */
	PERSIST_KERNEL,	 /* until it is removed or the system restarts */
	PERSIST_FILE,	 /* as long as the file system */
};

/* ---- options: --transport pipe:size=1M ------------------------------------------------------ */

enum option_type {
	OPTION_SIZE,   /* size_t; bytes with the suffixes of --size */
	OPTION_UINT,   /* unsigned int */
	OPTION_CHOICE, /* unsigned int: the index into `choices` */
	OPTION_STRING, /* const char *, NULL when empty */
};

/*
 * One option of a transport. The value is stored at `offset` of a struct of `config_size` bytes,
 * which the transport finds in ch->config. A table of options ends with a NULL name.
 */
struct option_spec {
	const char *name;
	enum option_type type;
	size_t offset;
	const char *initial; /* the default, as a user would type it; NULL = zero */
	const char *choices; /* OPTION_CHOICE: "posix|sysv|memfd" */
	uint64_t min, max;   /* OPTION_SIZE, OPTION_UINT: inclusive range */
	const char *help;    /* one line, no full stop */
};

/* ---- a channel ------------------------------------------------------------------------------ */

/*
 * One direction (or both, for duplex transports) between the two workers of a cell. The driver
 * fills everything in before open(); after the fork each worker has its own copy.
 */
struct channel {
	const struct cell *cell;
	const void *config; /* option values, config_size bytes, read-only */
	void *state;	    /* state_size bytes, zeroed before open() */
	enum side side;	    /* this worker's end; valid from attach() on */
	enum wait wait;	    /* = cell->wait: hot operations look here */
	/* the other worker; valid from attach() on; of several the first; -1 if each has its own
	 * pid namespace */
	pid_t peer;
	struct clock clock;
	uint64_t spin_ticks; /* how long WAIT_HYBRID polls before it sleeps, in clock ticks */
	struct reason why;   /* filled by a cold callback that fails */
	unsigned int
		index; /* of this worker among several senders or receivers, from 0; as `side` */
};

/*
 * Hot operations. A blocking wait inside them is the measurement; nothing else may allocate, log
 * or take a time stamp.
 *
 *   send     moves n bytes from `buf`. When it returns, `buf` may be overwritten.
 *   recv     moves exactly n bytes into `buf`, which has room for cell->size. A message of another
 *            length is -EMSGSIZE.
 *   reserve  returns n contiguous writable bytes of the mechanism; NULL on failure
 *   commit   sends the n bytes last reserved
 *   peek     returns the next message where it lies and its length; NULL on failure
 *   release  gives back the n bytes last peeked
 *   flush    makes visible what send() or commit() held back in order to batch it. The loops call
 *            it after the last message; NULL where nothing is ever held back.
 *   send_batch  sends `count` messages of n bytes, which lie at `buf` without gaps, in as few
 *            calls as possible. When it returns, `buf` may be overwritten.
 *   recv_batch  waits for a message and receives those that are there, at most `count`, into `buf`
 *            without gaps. Returns how many.
 *
 * A transport that `batches` does one of two things. It provides send_batch and recv_batch, which
 * loops->batch_tx and batch_rx call if cell->batch is above 1; or it publishes by itself after
 * every cell->batch messages, in place too. The four in-place operations are NULL if the mechanism
 * has none. A notification is called with a NULL buffer and n = 0.
 *
 * Errors: -EPIPE or -ECONNRESET when the peer's end is gone, -EMSGSIZE as above, else as the
 * system call said. -EINTR and -EAGAIN never leave an operation.
 */
struct channel_ops {
	int (*send)(struct channel *ch, const void *buf, size_t n);
	int (*recv)(struct channel *ch, void *buf, size_t n);
	void *(*reserve)(struct channel *ch, size_t n);
	int (*commit)(struct channel *ch, size_t n);
	const void *(*peek)(struct channel *ch, size_t *n);
	int (*release)(struct channel *ch, size_t n);
	int (*flush)(struct channel *ch);
	int (*send_batch)(struct channel *ch, const void *buf, size_t n, size_t count);
	int (*recv_batch)(struct channel *ch, void *buf, size_t n, size_t count);
};

struct worker;

/* The hot loops, instantiated for one set of operations by IPCBENCH_LOOPS() in loops.h. */
struct loops {
	int (*ping)(struct worker *);
	int (*pong)(struct worker *);
	int (*stream_tx)(struct worker *);
	int (*stream_rx)(struct worker *);
	int (*rate_tx)(struct worker *);
	int (*rate_rx)(struct worker *);
	int (*oneway_ping)(struct worker *);
	int (*oneway_pong)(struct worker *);
	/* the same over reserve/commit/peek/release; NULL where ops has none */
	int (*ping_inplace)(struct worker *);
	int (*pong_inplace)(struct worker *);
	int (*stream_tx_inplace)(struct worker *);
	int (*stream_rx_inplace)(struct worker *);
	int (*rate_tx_inplace)(struct worker *);
	int (*rate_rx_inplace)(struct worker *);
	int (*oneway_ping_inplace)(struct worker *);
	int (*oneway_pong_inplace)(struct worker *);
	/* stream_tx and stream_rx over send_batch and recv_batch, for worker->batch above 1 */
	int (*batch_tx)(struct worker *);
	int (*batch_rx)(struct worker *);
	/* with several senders or receivers; see loops-fan.h */
	int (*fan_rx)(struct worker *);
	int (*fan_end)(struct worker *);
	int (*fan_rx_inplace)(struct worker *);
	int (*fan_end_inplace)(struct worker *);
	/* ping with worker->depth round trips in flight; NULL: it can have one */
	int (*ping_depth)(struct worker *);
	int (*ping_depth_inplace)(struct worker *);
	/* pong for several clients, as their descriptors become readable; see loops-server.h */
	int (*serve)(struct worker *);
};

/* ---- the record ----------------------------------------------------------------------------- */

struct transport {
	unsigned int abi;	 /* IPCBENCH_ABI */
	const char *name;	 /* what the user types: [a-z0-9-]+ */
	const char *family;	 /* the group of the tables; also accepted by --transport */
	const char *summary;	 /* one line, no full stop */
	const char *typical_use; /* a few words */
	enum api api;
	enum reach reach;
	enum shape shape;
	enum persistence persistence;
	unsigned int waits;	 /* WAIT_BIT_*: what it can do */
	unsigned int customary;	 /* WAIT_BIT_*: the usual ways; measured without --wait */
	bool common;		 /* part of the tour that plain `ipcbench` makes */
	bool duplex;		 /* one channel serves both directions */
	bool may_drop;		 /* messages can be lost without an error: losses are counted */
	bool binds_memory;	 /* has a segment and calls ipcbench_bind_memory() for it */
	bool batches;		 /* moves cell->batch messages of a stream at once */
	bool spreads_inplace;	 /* in place it goes through cell->footprint bytes, if not 0 */
	unsigned int topologies; /* enum fan_bit; 0 = a worker has one thread, and one peer */
	/*
	 * NAMESPACE_BIT_*: in which both sides must be together. What open() made is inherited and
	 * works across all of them; what a side looks up by a number, a key, a port or a path does
	 * not.
	 */
	unsigned int one_namespace;
	bool self_reports; /* its loops believe what a program says of its messages */

	size_t state_size;
	size_t config_size;
	const struct option_spec *options; /* NULL = none */

	/*
	 * Can it run on this system? 0, or -errno with `why` saying what is missing and what would
	 * help. Must be cheap and leave nothing behind. NULL = always.
	 */
	int (*probe)(struct reason *why);

	/*
	 * Can this cell run, with this configuration? 0, or -errno with `why` naming the value, the
	 * limit and what raises it. Creates nothing, reads at most /proc. Combinations that `waits`
	 * or a missing in-place operation exclude are rejected before it is called. NULL = always.
	 */
	int (*limits)(const struct cell *cell, const void *config, struct reason *why);

	/*
	 * Creates the kernel objects: mode 0600, unguessable or private names, unlinked at once
	 * where the mechanism allows, otherwise announced by ipcbench_object_track() before they
	 * exist. On failure everything made so far is undone by close(), which is called in any
	 * case.
	 */
	int (*open)(struct channel *ch);

	/* In the worker, pinned; both workers exist (ch->peer), neither has sent. NULL = nothing.
	 */
	int (*attach)(struct channel *ch);

	/* In the worker, after the last message. NULL = nothing. */
	void (*detach)(struct channel *ch);

	/*
	 * Between attach() and detach(), with WAIT_EPOLL: a descriptor that is readable while a
	 * message is there. A server waits for those of all its clients; recv() is then called for
	 * a message that is there, with ch->wait WAIT_HYBRID and nothing to poll for, so that it
	 * makes its call at once and sleeps only for the rest of a message. NULL = there is none.
	 */
	int (*descriptor)(struct channel *ch);

	/*
	 * In the driver: removes everything that open() made. Called after success, after a failed
	 * open() and after a crash of the workers; called twice it does nothing the second time.
	 */
	void (*close)(struct channel *ch);

	const struct channel_ops *ops;
	/*
	 * The hot loops, compiled for `ops` by IPCBENCH_LOOPS() of loops.h, which is C. NULL: those
	 * of the driver, which call `ops` through pointers; the rows say `dispatch` indirect.
	 */
	const struct loops *loops;

	/*
	 * In the driver, between open() and close(): bytes of kernel memory that the channel holds
	 * at present for messages and their bookkeeping, or -errno if that is unknown. It is called
	 * on a separate channel, never in a trial: once while that is empty and, unless the shape
	 * is SHAPE_MEMORY, again when it is full. To fill it, a process calls attach() as SIDE_TX,
	 * with ch->peer 0, and sends until it gets no further. NULL = holds nothing worth
	 * reporting.
	 */
	long long (*kernel_bytes)(struct channel *ch);

	/* Another transport of the same shared object, or NULL. */
	const struct transport *next;
};

/*
 * A transport outside the tree is a shared object that defines this one symbol and is loaded with
 * `ipcbench --plugin ./mine.so --transport mine`.
 */
extern const struct transport ipcbench_transport;

#ifdef __cplusplus
}
#endif

#endif
