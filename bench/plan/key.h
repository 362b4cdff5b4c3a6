/* SPDX-License-Identifier: MIT */
/*
 * Which cell a row belongs to: a value for each axis of axes.def. Plans, stored runs and gates
 * name, order, read and write their cells here and nowhere else.
 */
#ifndef IPCBENCH_KEY_H
#define IPCBENCH_KEY_H

#include "measure/namespaces.h"
#include "measure/scheduling.h"
#include "measure/topology.h"
#include "text/record.h"
#include "text/rows.h"
#include <ipcbench/transport.h>

enum idle { IDLE_DEFAULT, IDLE_AWAKE };
/* How a loop reaches the operations of a transport: called directly, or through its table. */
enum dispatch { DISPATCH_DIRECT, DISPATCH_INDIRECT };

/* Where the stacks, buffers and mappings of a launch lie. */
enum layout { LAYOUT_FIXED, LAYOUT_RANDOM };

/* When the messages of an open loop are due. */
enum arrival { ARRIVAL_CONSTANT, ARRIVAL_POISSON, ARRIVAL_COUNT };

/* The offered load of an open loop. Steps come last. */
enum rate_kind {
	RATE_NONE,     /* not an open loop */
	RATE_ABSOLUTE, /* messages per second */
	RATE_PERCENT,  /* of what the same open loop moves if all is due at once */
	RATE_REFINE,   /* a step towards the knee, between the two nearest loads */
	RATE_SLO,      /* a step towards the highest rate that meets --slo, likewise */
};

struct rate {
	enum rate_kind kind;
	double value; /* messages/s or percent; the number of a step, from 1 */
};

/* Whether a load is found by those that were measured before it. */
static inline bool rate_is_step(const struct rate *r)
{
	return r->kind >= RATE_REFINE;
}

/* Processes that run beside those of a measurement. */
struct background {
	enum background_kind { BACKGROUND_NONE, BACKGROUND_CPU, BACKGROUND_MEMORY } kind;
	unsigned int count; /* 0 for none and only there */
};

enum axis {
#define AXIS(id, ...) AXIS_##id,
#include "plan/axes.def"
#undef AXIS
	AXIS_COUNT
};

/* A set of axes. */
#define AXIS_BIT(axis) (1u << (axis))
#define AXIS_ALL       (AXIS_BIT(AXIS_COUNT) - 1)
/* What sets the pace of a loop. */
#define AXIS_LOAD      (AXIS_BIT(AXIS_THINK) | AXIS_BIT(AXIS_RATE) | AXIS_BIT(AXIS_ARRIVALS))
/* How the harness measures. */
#define AXIS_HARNESS   (AXIS_BIT(AXIS_DISPATCH) | AXIS_BIT(AXIS_MEM))
/* From here on the columns of axes stand behind those that were last before them. */
#define AXIS_APPENDED  (AXIS_MEM + 1)
/* And from here on behind the columns of later values too. */
#define AXIS_NEWEST    AXIS_TOPOLOGY
#define AXIS_NEW       (AXIS_ALL & ~(AXIS_BIT(AXIS_NEWEST) - 1))
#define AXIS_LATE      (AXIS_ALL & ~(AXIS_BIT(AXIS_APPENDED) - 1))

enum axis_type {
	AXIS_TEXT,	/* const char * */
	AXIS_WORD,	/* an enum with a word for each value */
	AXIS_BYTES,	/* uint64_t */
	AXIS_PAUSE,	/* uint64_t, nanoseconds */
	AXIS_COUNTED,	/* uint64_t, from 1; 0 is read as 1; or COUNT_UNKNOWN */
	AXIS_AMOUNT,	/* uint64_t, bytes; 0 is the first word, AMOUNT_SECOND the second */
	AXIS_OFFERED,	/* struct rate */
	AXIS_PROCESSES, /* struct background */
	AXIS_SIDES,	/* uint64_t, as sides_make() */
	AXIS_NAMED,	/* const char *; NULL is the only word */
};

/* Processes of a background load, at most. */
#define BACKGROUND_LIMIT 1024
#define AMOUNT_SECOND	 UINT64_MAX
#define COUNT_UNKNOWN	 UINT64_MAX
#define FOOTPRINT_COLD	 AMOUNT_SECOND
/* From here on it matters whether payload comes from a cache. */
#define FOOTPRINT_TELLS	 (UINT64_C(64) << 10)

/* How the sides of a launch are connected. */
enum topology_kind {
	TOPOLOGY_PAIR,	  /* one sender, one receiver */
	TOPOLOGY_PAIRS,	  /* several pairs at once, each on channels of its own */
	TOPOLOGY_BIDI,	  /* one pair, both directions at once */
	TOPOLOGY_SERVER,  /* several clients, one server that answers each */
	TOPOLOGY_FAN_IN,  /* several senders, one receiver */
	TOPOLOGY_FAN_OUT, /* one sender, several receivers */
};
/* Round trips in flight, at most: more than any queue of the kernel holds by default. */
enum { DEPTH_MAX = 1 << 14 };
/* Channels of a launch, at most: all of them exist at once. */
enum { CHANNELS_MAX = 1 << 12 };
/* More need more processes and memory than a machine of today has CPUs for. */
enum { LANES_MAX = SIDES_MAX };

/*
 * The value of an AXIS_SIDES, which orders by kind and count; 0 is a pair, and so are one of
 * several pairs and a fan of one. A pair in both directions at once has two lanes.
 */
static inline uint64_t sides_make(enum topology_kind kind, unsigned int count, bool scatter)
{
	bool pair = count <= 1 && kind != TOPOLOGY_BIDI && kind != TOPOLOGY_SERVER;

	return pair ? 0 : (uint64_t)kind << 32 | (uint64_t)count << 1 | scatter;
}

static inline enum topology_kind sides_kind(uint64_t sides)
{
	return (enum topology_kind)(sides >> 32);
}

/* N: the ways from one side to another, each a lane of a launch. */
static inline unsigned int sides_lanes(uint64_t sides)
{
	return sides == 0 ? 1 : (uint32_t)sides >> 1;
}

/* The role that one side plays in all lanes, as enum side, or COMMON_NONE. */
enum common { COMMON_TX, COMMON_RX, COMMON_NONE };

static inline enum common sides_common(uint64_t sides)
{
	enum topology_kind kind = sides_kind(sides);

	if (kind == TOPOLOGY_FAN_OUT)
		return COMMON_TX;
	return kind == TOPOLOGY_FAN_IN || kind == TOPOLOGY_SERVER ? COMMON_RX : COMMON_NONE;
}

/*
 * Sides are numbered 2 * lane + role, in every topology; whether this one exists. The common one is
 * that of lane 0.
 */
static inline bool sides_exist(uint64_t sides, unsigned int side)
{
	return side < 2 || side % 2 != sides_common(sides);
}

/* How many exist. */
static inline unsigned int sides_present(uint64_t sides)
{
	unsigned int lanes = sides_lanes(sides);

	return sides_common(sides) == COMMON_NONE ? 2 * lanes : lanes + 1;
}

/* Whether several senders or receivers share one channel. */
static inline bool sides_fan(uint64_t sides)
{
	enum topology_kind kind = sides_kind(sides);

	return kind == TOPOLOGY_FAN_IN || kind == TOPOLOGY_FAN_OUT;
}

/* Channels for each direction: those of a fan share one. */
static inline unsigned int sides_channels(uint64_t sides)
{
	return sides_fan(sides) ? 1 : sides_lanes(sides);
}

/* Whether lanes keep away from each other, rather than close together. */
static inline bool sides_scatter(uint64_t sides)
{
	return (sides & 1) != 0;
}

struct cell_key {
	const char *transport; /* its spelling, options included */
	uint64_t size;	       /* bytes per message; 0 for notifications and only there */
	uint64_t think_ns;     /* pause before each round trip */
	uint64_t footprint;    /* bytes of payload buffers of a side; 0 = hot, or FOOTPRINT_COLD */
	struct rate rate;
	struct background background;
	enum mode mode;
	enum wait wait;
	enum copy copy;
	enum placement placement;
	enum idle idle;
	enum arrival arrivals;
	enum dispatch dispatch;
	enum mem mem;
	enum layout layout;
	enum policy sched;
	enum isolation isolate;
	uint64_t batch;	   /* messages of a stream per publication or system call */
	uint64_t depth;	   /* round trips in flight */
	uint64_t channels; /* mode setup: that a launch creates, uses and removes */
	uint64_t sides;
	const char
		*sizes; /* of messages that differ, as rows name them; then `size` is the largest */
	/* a stored word that this version does not know; the field is the number of known ones */
	const char *foreign[AXIS_COUNT];
};

struct axis_info {
	const char *column, *option;
	const char *initial;	  /* the default of the option, as a user would type it, or NULL */
	const char *const *words; /* in the order of the enum; NULL ends them */
	const char *label;	  /* NULL = no value is left unstated */
	size_t offset;		  /* of the field */
	enum axis_type type;
};

extern const struct axis_info axes[AXIS_COUNT];

/* The number of words of an axis. */
unsigned int axis_words(enum axis axis);

bool axis_applies(const struct cell_key *key, enum axis axis);

/* Takes the value of an axis from text; "" is the first. False for a word that is not known. */
bool axis_read(struct cell_key *key, enum axis axis, const char *text);

/* Sets the value of an AXIS_WORD. */
void axis_set(struct cell_key *key, enum axis axis, unsigned int value);

/* The value as the CSV files have it, maybe in buf; "" where the axis does not apply. */
const char *axis_spell(char *buf, size_t len, const struct cell_key *key, enum axis axis);

/*
 * The value of an axis that is a number, or the place of an AXIS_WORD in its list; of an
 * AXIS_PROCESSES another for each value, in their order.
 */
uint64_t axis_number(const struct cell_key *key, enum axis axis);

/* The word of an AXIS_WORD, likewise. */
const char *axis_word(const struct cell_key *key, enum axis axis);

/* Whether the value is the unstated default, or the axis does not apply. */
bool axis_is_usual(const struct cell_key *key, enum axis axis);

/* Whether those of all these axes do. */
bool key_is_usual(const struct cell_key *key, unsigned int which);

/*
 * Messages per publication in versions without that axis, by the other axes, or COUNT_UNKNOWN.
 * Shared-memory mechanisms chose it themselves, so a row without the column need not be of batch 1.
 */
uint64_t key_batch_before(const struct cell_key *key);

/* The key of a row. A column that a file lacks has the only value that existed before it. */
void key_read(struct cell_key *key, const struct rows *rows, size_t row);

/* Writes the columns of the axes from `first` to before `end`. */
void key_write(struct record *rec, const struct cell_key *key, enum axis first, enum axis end);

/* The order of two values, words by their spelling; 0 = the same. */
int axis_order(const struct cell_key *a, const struct cell_key *b, enum axis axis);

/* The order of two cells by the values of `which` axes, the first in the list first. */
int key_order_by(const struct cell_key *a, const struct cell_key *b, unsigned int which);

/* The order in which cells are listed; 0 = the same cell. */
int key_order(const struct cell_key *a, const struct cell_key *b);

/* The axes in which two cells differ. */
unsigned int key_differences(const struct cell_key *a, const struct cell_key *b);

/*
 * The values of `which` axes as people read them, without those that go without saying. All:
 * "pipe block latency 64 B same-cpu". Returns buf.
 */
char *key_name(char *buf, size_t len, const struct cell_key *key, unsigned int which);

/* The same, to be freed. */
char *key_name_new(const struct cell_key *key, unsigned int which);

/* " batch 1" behind the name of a rate, which leaves it out for being usual; "" behind others. */
const char *key_one_by_one(const struct cell_key *key);
/* The name with that behind it, for the caller to free(). */
char *key_title_new(const struct cell_key *key, const char *name);

/*
 * What a heading says of `which` late axes: "layout random, batch 16". Those of `always` are told
 * even if their value is the usual one, the footprint only of large messages. Returns buf.
 */
char *key_late(
	char *buf, size_t len, const struct cell_key *key, unsigned int which, unsigned int always);

/* "50%/poisson", "10us", "-": what sets the pace. Returns buf. */
char *key_load(char *buf, size_t len, const struct cell_key *key);

/* Words of the CLI, the CSV and the tables. */
const char *wait_name(enum wait value);
const char *copy_name(enum copy value);
const char *mode_name(enum mode value);
const char *idle_name(enum idle value);
const char *mem_name(enum mem value);
const char *arrival_name(enum arrival value);

#endif
