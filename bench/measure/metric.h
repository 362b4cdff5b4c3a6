/* SPDX-License-Identifier: MIT */
/*
 * What a trial measures, in the order and under the names of the results schema
 * (results/README.md). One list feeds the trial record, the CSV and JSON writers and the summary,
 * so a metric is added in one place.
 *
 * A value is a double; NAN means not applicable or not measured and is written as an empty field.
 * Counts stay exact up to 2^53.
 */
#ifndef IPCBENCH_METRIC_H
#define IPCBENCH_METRIC_H

#include <stddef.h>

/* METRIC_COUNTED: an integer. METRIC_REAL: written with 9 significant digits. */
enum metric_kind { METRIC_COUNTED, METRIC_REAL };

/* One kind of times, in columns that begin with its name. */
#define METRIC_TIMES(X, ID, name)                                                                  \
	X(ID##_COUNT, name##_count, METRIC_COUNTED, 0)                                             \
	X(ID##_MIN, name##_min_ns, METRIC_COUNTED, 1)                                              \
	X(ID##_MEAN, name##_mean_ns, METRIC_REAL, 1)                                               \
	X(ID##_P50, name##_p50_ns, METRIC_COUNTED, 1)                                              \
	X(ID##_P90, name##_p90_ns, METRIC_COUNTED, 1)                                              \
	X(ID##_P99, name##_p99_ns, METRIC_COUNTED, 1)                                              \
	X(ID##_P999, name##_p999_ns, METRIC_COUNTED, 1)                                            \
	X(ID##_P9999, name##_p9999_ns, METRIC_COUNTED, 1)                                          \
	X(ID##_MAX, name##_max_ns, METRIC_COUNTED, 1)

/* X(identifier, column, kind, summarised: gets median, _ci_lo and _ci_hi in summary.csv) */
#define METRICS(X)                                                                                 \
	X(WARMUP_S, warmup_s, METRIC_REAL, 0)                                                      \
	X(DURATION_S, duration_s, METRIC_REAL, 1)                                                  \
	X(MESSAGES, messages, METRIC_COUNTED, 1)                                                   \
	X(BYTES, bytes, METRIC_COUNTED, 0)                                                         \
	X(LOST, lost_messages, METRIC_COUNTED, 1)                                                  \
	X(MSGS_PER_S, msgs_per_s, METRIC_REAL, 1)                                                  \
	X(BYTES_PER_S, bytes_per_s, METRIC_REAL, 1)                                                \
	X(OFFERED, offered_msgs_per_s, METRIC_REAL, 1)                                             \
	METRIC_TIMES(X, LAT, lat)                                                                  \
	X(SETUP, setup_ns, METRIC_COUNTED, 1)                                                      \
	X(FIRST_MESSAGE, first_message_ns, METRIC_COUNTED, 1)                                      \
	X(TX_USER, tx_user_s, METRIC_REAL, 0)                                                      \
	X(TX_SYS, tx_sys_s, METRIC_REAL, 0)                                                        \
	X(RX_USER, rx_user_s, METRIC_REAL, 0)                                                      \
	X(RX_SYS, rx_sys_s, METRIC_REAL, 0)                                                        \
	X(CPU_PER_MSG, cpu_ns_per_msg, METRIC_REAL, 1)                                             \
	X(CPU_PER_BYTE, cpu_ns_per_byte, METRIC_REAL, 1)                                           \
	X(TX_VOL_CSW, tx_vol_csw, METRIC_COUNTED, 0)                                               \
	X(TX_INVOL_CSW, tx_invol_csw, METRIC_COUNTED, 0)                                           \
	X(RX_VOL_CSW, rx_vol_csw, METRIC_COUNTED, 0)                                               \
	X(RX_INVOL_CSW, rx_invol_csw, METRIC_COUNTED, 0)                                           \
	X(TX_FAULTS, tx_faults, METRIC_COUNTED, 0)                                                 \
	X(RX_FAULTS, rx_faults, METRIC_COUNTED, 0)                                                 \
	X(TX_MIGRATIONS, tx_migrations, METRIC_COUNTED, 0)                                         \
	X(RX_MIGRATIONS, rx_migrations, METRIC_COUNTED, 0)                                         \
	X(MEM_PSS, mem_pss_bytes, METRIC_COUNTED, 1)                                               \
	X(MEM_KERNEL, mem_kernel_bytes, METRIC_COUNTED, 1)                                         \
	X(STEAL, steal_s, METRIC_REAL, 0)                                                          \
	X(PSI_CPU, psi_cpu_some_s, METRIC_REAL, 0)                                                 \
	X(PSI_MEMORY, psi_memory_some_s, METRIC_REAL, 0)                                           \
	X(PSI_IO, psi_io_some_s, METRIC_REAL, 0)                                                   \
	X(TX_CYCLES, tx_cycles, METRIC_COUNTED, 0)                                                 \
	X(TX_INSTRUCTIONS, tx_instructions, METRIC_COUNTED, 0)                                     \
	X(TX_LLC_MISSES, tx_llc_misses, METRIC_COUNTED, 0)                                         \
	X(TX_TASK_CLOCK, tx_task_clock_s, METRIC_REAL, 0)                                          \
	X(RX_CYCLES, rx_cycles, METRIC_COUNTED, 0)                                                 \
	X(RX_INSTRUCTIONS, rx_instructions, METRIC_COUNTED, 0)                                     \
	X(RX_LLC_MISSES, rx_llc_misses, METRIC_COUNTED, 0)                                         \
	X(RX_TASK_CLOCK, rx_task_clock_s, METRIC_REAL, 0)                                          \
	X(COUNTED_SHARE, counted_share, METRIC_REAL, 0)                                            \
	METRIC_TIMES(X, SENT, sent)                                                                \
	METRIC_TIMES(X, BACK, back)                                                                \
	X(OFFSET_BOUND, offset_bound_ns, METRIC_REAL, 0)                                           \
	X(UNSENT, unsent_messages, METRIC_COUNTED, 1)                                              \
	X(CAPACITY, capacity_msgs_per_s, METRIC_REAL, 1)                                           \
	X(CAPACITY_LO, capacity_msgs_per_s_ci_lo, METRIC_REAL, 0)                                  \
	X(CAPACITY_HI, capacity_msgs_per_s_ci_hi, METRIC_REAL, 0)                                  \
	X(TX_SPEED, tx_speed, METRIC_REAL, 0)                                                      \
	X(RX_SPEED, rx_speed, METRIC_REAL, 0)                                                      \
	X(LATE, late_s, METRIC_REAL, 0)                                                            \
	X(SIDE_LEAST, side_least_msgs_per_s, METRIC_REAL, 1)                                       \
	X(SIDE_MOST, side_most_msgs_per_s, METRIC_REAL, 1)                                         \
	X(JAIN_MSGS, jain_msgs, METRIC_REAL, 1)                                                    \
	X(JAIN_P99, jain_p99, METRIC_REAL, 1)                                                      \
	X(TX_QUEUED, tx_queued_s, METRIC_REAL, 0)                                                  \
	X(RX_QUEUED, rx_queued_s, METRIC_REAL, 0)                                                  \
	X(LOAD_CPU, load_cpu_s, METRIC_REAL, 0)                                                    \
	X(HELPER_CPU, helper_cpu_s, METRIC_REAL, 1)                                                \
	X(HELPER_PSS, helper_pss_bytes, METRIC_COUNTED, 1)

/* From here on columns stand behind all that were there before them. */
#define METRIC_APPENDED METRIC_UNSENT
/* And from here on behind the newest axes. */
#define METRIC_NEWEST	METRIC_SIDE_LEAST

enum metric {
#define METRIC_ENUM(id, column, kind, summarised) METRIC_##id,
	METRICS(METRIC_ENUM)
#undef METRIC_ENUM
		METRIC_COUNT
};

/* Where the others of a kind of times stand behind its count. */
enum {
	TIMES_MIN = METRIC_LAT_MIN - METRIC_LAT_COUNT,
	TIMES_MEAN = METRIC_LAT_MEAN - METRIC_LAT_COUNT,
	TIMES_P50 = METRIC_LAT_P50 - METRIC_LAT_COUNT,
	TIMES_MAX = METRIC_LAT_MAX - METRIC_LAT_COUNT
};

struct metric_info {
	const char *column;
	enum metric_kind kind;
	int summarised;
};

extern const struct metric_info metric_info[METRIC_COUNT];

/*
 * The summarised metric that people call `len` bytes of `word`: its column, or of a time the part
 * in the middle ("p99", "p99.9", "mean"). METRIC_COUNT when there is none.
 */
enum metric metric_find(const char *word, size_t len);

/* Of a percentile the quantile, else 0. */
double metric_quantile(enum metric m);

#endif
