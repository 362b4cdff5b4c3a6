/* SPDX-License-Identifier: MIT */
/*
 * What the files of a machine say and what was measured on it, before anybody judges it. Facts
 * that are not to be had are NAN or "".
 */
#ifndef IPCBENCH_FACTS_H
#define IPCBENCH_FACTS_H

#include "doctor/probes.h"

enum { FACT_LEN = 64 };

struct facts {
	/* processor */
	bool hypervisor_known, hypervisor;
	char vendor[FACT_LEN]; /* of the virtual machine */
	char clock_source[FACT_LEN];
	char governor[FACT_LEN], frequency_driver[FACT_LEN]; /* of the slowest-minded CPU */
	double min_khz, max_khz;			     /* between which the policy moves */
	double turbo, smt;				     /* 1 on, 0 off */
	char idle_driver[FACT_LEN], idle_deepest[FACT_LEN];
	double idle_latency_us; /* to leave the deepest state that is enabled, as the kernel says */
	double mitigated, vulnerable; /* holes of the processor */
	char mitigations[160];	      /* names of those that are worked around */

	/* CPUs */
	double cpus_online, cpus_allowed;
	double cpus_isolated, cpus_tickless; /* of those that this process may use */
	double isolated_elsewhere;	     /* isolated, but not for this process */

	/* who else is here */
	double load;	  /* average of a minute */
	double run_queue; /* other tasks that want to run now */
	double steal;	  /* share of the CPUs' time since boot, in percent */
	double quota;	  /* CPUs' worth of time; NAN without a limit or unknown */
	bool quota_known;

	/* memory and limits */
	char thp[FACT_LEN];
	double aslr;
	double mq_msgsize_max, mq_msg_max, mq_rlimit; /* bytes, messages, bytes */
	double pipe_max_size;
	double msgmax, msgmnb;

	struct probes probes;
};

/*
 * Reads the files below `root`, a directory that stands for "/" ("" = this machine). Probes are
 * left as they are. Takes some milliseconds.
 */
void facts_read(struct facts *out, const char *root);

#endif
