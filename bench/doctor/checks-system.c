/* SPDX-License-Identifier: MIT */
/* Who else is here, and the limits of the kernel. */
#include "doctor/checks.h"
#include <math.h>
#include <string.h>

void check_steal(const struct facts *f, struct finding *out)
{
	bool now = !isnan(f->probes.steal);
	double steal = now ? f->probes.steal : f->steal;

	if (isnan(steal))
		return;
	set_figure(out, steal, "%");
	set_state(out, "%s", now ? "during the probes" : "since boot");
	out->grade = grade_by(steal, 0.1, 1, 10);
	/* what was long ago says little about now */
	if (!now && out->grade > GRADE_WARN)
		out->grade = GRADE_WARN;
	set_effect(out, "%s",
		out->grade == GRADE_GOOD ? "the CPUs are this machine's own"
					 : "the host ran somebody else instead of this machine");
	if (out->grade > GRADE_GOOD)
		set_remedy(out,
			"a host with reserved CPUs; rows above 1 %% are flagged; take more trials");
}

void check_quota(const struct facts *f, struct finding *out)
{
	if (!f->quota_known)
		return;
	if (isnan(f->quota)) {
		out->grade = GRADE_GOOD;
		set_state(out, "none");
		set_effect(out, "nothing stops a process that wants to run");
		return;
	}
	set_figure(out, f->quota, "CPUs");
	out->grade = f->quota < 2		  ? GRADE_BAD
		     : f->quota < f->cpus_allowed ? GRADE_WARN
						  : GRADE_NOTE;
	set_effect(out, "%s",
		f->quota < 2 ? "two busy processes are stopped for part of every period (100 ms)"
			     : "enough for two busy processes as long as nobody else uses it");
	set_remedy(out,
		f->quota < 2
			? "give the control group or container 2 CPUs or more (cpu.max, --cpus)"
			: "run nothing else in this control group");
}

/* Without a look at the CPUs, two: no smaller machine is common. */
static double cpus(const struct facts *f)
{
	return f->cpus_online > 0 ? f->cpus_online : 2;
}

void check_run_queue(const struct facts *f, struct finding *out)
{
	bool one_look = isnan(f->probes.run_queue);
	double others = one_look ? f->run_queue : f->probes.run_queue;

	if (isnan(others))
		return;
	set_figure(out, others, "tasks");
	if (one_look)
		set_state(out, "one look");
	/* one is enough where it meets the pair that is measured; from one per CPU on it must */
	out->grade = others < 1 ? GRADE_GOOD
				: grade_by(others / cpus(f), 0, 0.5, one_look ? INFINITY : 1);
	if (out->grade == GRADE_GOOD) {
		set_effect(out, "nobody else wants a CPU");
		return;
	}
	set_effect(out, "%.0f CPUs are shared with them: a process waits while one of them runs",
		cpus(f));
	set_remedy(out, "stop them, or keep them on other CPUs (taskset, cpuset)");
}

void check_load(const struct facts *f, struct finding *out)
{
	if (isnan(f->load))
		return;
	set_figure(out, f->load, "tasks");
	out->grade = grade_by(f->load / cpus(f), 0.1, 0.5, 1.5);
	set_effect(out, "%s",
		out->grade == GRADE_GOOD
			? "the machine was idle"
			: "so many tasks wanted to run, an earlier benchmark's included");
	if (out->grade > GRADE_GOOD)
		set_remedy(out, "wait a minute; if it stays, see run-queue");
}

void check_cpus(const struct facts *f, struct finding *out)
{
	if (f->cpus_allowed < 0)
		return;
	set_figure(out, f->cpus_allowed, "CPUs");
	if (f->cpus_online > 0)
		set_state(out, "of %d online", f->cpus_online);
	if (f->cpus_allowed < 2) {
		out->grade = GRADE_WARN;
		set_effect(out, "nothing can be measured across CPUs");
		set_remedy(out, "%s",
			f->cpus_online < 2
				? "a machine with two CPUs"
				: "widen the affinity (taskset -c) or the cpuset of the cgroup");
	} else if (f->cpus_allowed < f->cpus_online) {
		out->grade = GRADE_NOTE;
		set_effect(out, "placements are chosen among these");
		set_remedy(
			out, "widen the affinity (taskset -c) or the cpuset if others are wanted");
	} else {
		out->grade = GRADE_GOOD;
		set_effect(out, "every placement that the machine has can be measured");
	}
}

/* ---- memory --------------------------------------------------------------------------------- */

void check_thp(const struct facts *f, struct finding *out)
{
	if (f->thp[0] == '\0')
		return;
	set_state(out, "%s", f->thp);
	if (strcmp(f->thp, "always") != 0) {
		out->grade = GRADE_GOOD;
		set_effect(out, "buffers lie on small pages in every trial");
		return;
	}
	out->grade = GRADE_NOTE;
	set_effect(out, "large private buffers lie on huge pages in one trial and not in the next");
	set_remedy(out, "echo madvise >/sys/kernel/mm/transparent_hugepage/enabled");
}

void check_aslr(const struct facts *f, struct finding *out)
{
	if (isnan(f->aslr))
		return;
	set_figure(out, f->aslr, "");
	set_state(out, "%s", f->aslr > 0 ? "on" : "off");
	if (f->aslr > 0) {
		out->grade = GRADE_GOOD;
		set_effect(out,
			"every trial has a layout of its own, so that its luck is part of the spread");
		return;
	}
	out->grade = GRADE_NOTE;
	set_effect(
		out, "all trials share one layout, lucky or not, and the spread does not show it");
	set_remedy(out, "sysctl -w kernel.randomize_va_space=2");
}

/* ---- limits: what does not fit is skipped, with a reason, so none of them is worse than a note */

#define ROOMY 65536

void check_mqueue(const struct facts *f, struct finding *out)
{
	if (isnan(f->mq_msgsize_max))
		return;
	set_figure(out, f->mq_msgsize_max, "B");
	if (!isnan(f->mq_msg_max))
		set_state(out, "%.0f in a queue", f->mq_msg_max);
	out->grade = f->mq_msgsize_max >= ROOMY ? GRADE_GOOD : GRADE_NOTE;
	set_effect(out, "posix-mq skips larger sizes%s",
		f->mq_rlimit < 1 << 20 ? ", and ulimit -q bounds what all queues hold" : "");
	if (out->grade == GRADE_NOTE)
		set_remedy(out, "sysctl -w fs.mqueue.msgsize_max=1048576; ulimit -q unlimited");
}

void check_pipe(const struct facts *f, struct finding *out)
{
	if (isnan(f->pipe_max_size))
		return;
	set_figure(out, f->pipe_max_size, "B");
	out->grade = f->pipe_max_size >= 1 << 20 ? GRADE_GOOD : GRADE_NOTE;
	set_effect(out, "pipe:size=N goes so far without privileges; messages may be larger");
	if (out->grade == GRADE_NOTE)
		set_remedy(out, "sysctl -w fs.pipe-max-size=1048576");
}

void check_sysv(const struct facts *f, struct finding *out)
{
	if (isnan(f->msgmax))
		return;
	set_figure(out, f->msgmax, "B");
	if (!isnan(f->msgmnb))
		set_state(out, "%.0f B in a queue", f->msgmnb);
	out->grade = f->msgmax >= ROOMY ? GRADE_GOOD : GRADE_NOTE;
	set_effect(out, "sysv-mq skips larger sizes");
	if (out->grade == GRADE_NOTE)
		set_remedy(out, "sysctl -w kernel.msgmax=1048576 kernel.msgmnb=4194304");
}
