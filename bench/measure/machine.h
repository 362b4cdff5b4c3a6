/* SPDX-License-Identifier: MIT */
/*
 * Facts about the machine that take more than reading one file. `root` is a directory that stands
 * for "/": "" for this machine, else one with a copy of another machine's /proc and /sys.
 */
#ifndef IPCBENCH_MACHINE_H
#define IPCBENCH_MACHINE_H

#include "measure/topology.h"
#include <ipcbench/clock.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* "AMD EPYC 9755 128-Core Processor". Returns buf, or NULL where nothing says so. */
char *machine_cpu_model(char *buf, size_t size);

/* "Debian GNU/Linux 12 (bookworm)". Returns buf, or NULL. */
char *machine_os_name(char *buf, size_t size);

/* 1 with clock boost on, 0 with it off, -1 where the kernel does not say. */
int machine_turbo(const char *root);

/*
 * 1 in a virtual machine, with what the hypervisor calls itself in `vendor` ("" if nothing); 0 on
 * bare metal; -1 where the processor does not say.
 */
int machine_hypervisor(char *vendor, size_t size);

/* What the kernel says of each known hole of the processor, in the order of names, or null. */
json_t *machine_mitigations(const char *root);

/* Name ("L1d", "L2") and bytes of every cache of CPU 0 that holds data, the nearest first. */
json_t *machine_caches(const char *root);

/*
 * How many CPUs' worth of time the control groups around this process allow, the tightest limit of
 * them; NAN without a limit.
 */
double machine_cpu_quota(const char *root);

/* Bytes that this process may still have: of the machine, and of the control groups around it. */
double machine_memory_room(const char *root);

/* The number that a file begins with; NAN if there is none. */
double machine_number(const char *root, const char *path);

/* The average of a minute, and the tasks that want to run now except the reader itself; NAN. */
void machine_load(const char *root, double *load, double *others);

/* What /proc/stat counts over all CPUs since boot, in ticks of 1/100 s. */
struct machine_ticks {
	double all, idle, stolen;
};

/* False, with NAN, where the kernel does not say. */
bool machine_ticks(const char *root, struct machine_ticks *out);

/*
 * Seconds, over all CPUs since boot, for which the hypervisor ran something else although a CPU
 * of this machine was ready; NAN.
 */
double machine_stolen_s(void);

/* Share of the last ten seconds in which some process waited for a CPU, in percent; or NAN. */
double machine_cpu_pressure(void);

/* ---- environment ----------------------------------------------------------------------------- */

/*
 * The fingerprint of a run, env.json: what a result depends on besides the code under test, as far
 * as this process may read it. Null is absent or unreadable here. It contains no name of the
 * machine, of a user or of a home directory.
 */

/*
 * As indented text, to be freed by free(). The last keys are `plan` (borrowed; NULL = there is no
 * such key), what replay/replay.h makes, and `doctor` (borrowed; NULL = null), what the doctor
 * found. Takes about a millisecond, in which it measures what the clock and the histogram cost.
 */
char *environment_text(const struct topology *topo, const struct clock *clk, int argc,
	char *const *argv, json_t *plan, json_t *doctor);

#endif
