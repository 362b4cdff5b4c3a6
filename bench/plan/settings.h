/* SPDX-License-Identifier: MIT */
/* What the user asked for: filled by cli/, turned into cells by plan/, read by run/ and output/. */
#ifndef IPCBENCH_SETTINGS_H
#define IPCBENCH_SETTINGS_H

#include "measure/metric.h"
#include "plan/key.h"
#include "plan/sizes.h"

enum color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* The order of rows in a section of the tables. */
enum sorting { SORT_FAMILY, SORT_SPEED, SORT_NAME, SORT_CPU };

/* One transport with its options, as asked for. */
struct selection {
	const struct transport *transport;
	void *config;	/* config_size bytes, or NULL when the transport has no options */
	char *spelling; /* canonical: the name, then the options that differ from their defaults */
};

#define FOOTPRINT_AUTO (FOOTPRINT_COLD - 1)

/* The CPUs that a placement had in a run that is replayed. */
struct place_pair {
	bool known;
	int tx, rx;
};

/* What a load has to hold: "p99<50us". */
struct slo {
	const char *text; /* as it was given; NULL = nothing */
	enum metric metric;
	double limit_ns;
};

/* Each once, in the order in which they were given. */
struct count_list {
	uint64_t *values;
	size_t count;
};

struct settings {
	struct selection *selections;
	size_t selection_count;
	size_t *sizes;
	size_t size_count;
	struct sizes *mixes; /* distributions and traces of --size, behind these */
	size_t mix_count;
	/*
	 * By axis: bit 1 << its value. No wait means each transport's customary ways, and no
	 * placement is that of --cpus.
	 */
	unsigned int words[AXIS_COUNT];
	bool placement_given; /* by the user, rather than the default */
	bool dispatch_given;
	bool transport_given, plugin_given;
	int *cpus;	  /* --cpus: sender and receiver of each pair in turn */
	size_t cpu_count; /* 0 = not given */
	int *helper_cpus; /* --cpu-helper; NULL: helpers run where this process may */
	size_t helper_cpu_count;
	struct place_pair
		pairs[PLACE_COUNT]; /* by class: taken where they are of this class here */
	struct rate *rates;	    /* mode rate */
	size_t rate_count;
	struct slo slo;	     /* the highest rate that holds it is looked for */
	uint64_t *thinks_ns; /* modes latency and oneway: pauses before each round trip */
	size_t think_count;
	uint64_t *batches; /* mode throughput: messages per publication or call */
	size_t batch_count;
	struct count_list depths;   /* mode latency: round trips in flight */
	struct count_list channels; /* mode setup: of a launch */
	bool batch_before;	    /* a replay of a run older than that axis: as it was then */
	uint64_t *footprints; /* as in a key, or FOOTPRINT_AUTO: cold, but only of large messages */
	size_t footprint_count;
	uint64_t *topologies; /* as in a key */
	size_t topology_count;
	struct background *backgrounds; /* --load */
	size_t background_count;
	double duration_s; /* timed window of a trial */
	uint64_t messages; /* instead of a duration; 0 = by time */
	double warmup_s;
	unsigned int trials;
	bool quick;	     /* cell after cell, each told when it is done ... */
	double quick_cell_s; /* ... with fewer trials where a cell took longer; 0 = not fewer */
	bool automatic;	     /* --auto: as many trials as `precision` needs, at most `trials` ... */
	double precision; /* half width of the 95 % interval of the median, as a part of it ... */
	enum metric precise_metric; /* ... of this metric; METRIC_COUNT = what its mode is about */
	double max_time_s;	    /* ... and at most so long */
	uint64_t seed;
	double timeout_s; /* wall-clock limit of one trial, 0 = derived from the duration */
	bool verify;
	bool counters; /* perf_event_open(2) in the timed window */
	bool slice;    /* for a gate: nothing but the window ... */
	bool slowed;   /* every operation works this many steps more; 0 = through pointers only */
	uint64_t slowdown;
	uint64_t clock_hz;		   /* ... by a counter calibrated elsewhere; 0 = not */
	bool plot;			   /* print the figures as text */
	bool timeline;			   /* record when times were, into the run directory */
	const char *output_dir;		   /* run directory, or NULL */
	const char *csv, *json, *md, *tex; /* a file, "-" for stdout, or NULL */
	const char *label;
	const char *replay, *resume; /* directories of stored runs, or NULL */
	bool dry_run, quiet, verbose;
	enum color color;
	enum sorting sort;
	const char *baseline; /* a mechanism to which tables show ratios, or NULL */
	const char *config;   /* an option file, or NULL */
	int argc;	      /* the command line, for env.json; with what the option file says */
	char **argv;
};

#endif
