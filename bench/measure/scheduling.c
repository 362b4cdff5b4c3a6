/* SPDX-License-Identifier: MIT */
#include "measure/scheduling.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct {
	const char *name;
	int number;
} policies[] = {
	[POLICY_OTHER] = {"other", SCHED_OTHER},
	[POLICY_FIFO] = {"fifo", SCHED_FIFO},
	[POLICY_RR] = {"rr", SCHED_RR},
};

/* Of this process, which has one thread. musl has no such function, because POSIX means all
 * threads. */
static int set(int policy, int priority)
{
	const struct sched_param param = {.sched_priority = priority};

	return syscall(SYS_sched_setscheduler, 0, policy, &param) < 0 ? errno : 0;
}

static bool is_real_time(int policy)
{
	return policy == SCHED_FIFO || policy == SCHED_RR;
}

int policy_refusal(enum policy policy, int err, uint64_t limit, struct reason *why)
{
	const char *name = policies[policy].name;

	if (err == EPERM && limit < PRIORITY_DRIVER)
		return reason_set(why, err,
			"--sched %s takes real-time priorities up to %d, and the limit is %llu; raise it with ulimit -r %d, run with CAP_SYS_NICE (as root outside of containers), or use --sched other",
			name, PRIORITY_DRIVER, (unsigned long long)limit, PRIORITY_DRIVER);
	if (err == EPERM)
		return reason_set(why, err,
			"--sched %s is refused although ulimit -r is %llu: the control group has no real-time share; set its cpu.rt_runtime_us, or use --sched other",
			name, (unsigned long long)limit);
	return reason_set(
		why, err, "--sched %s is refused: %s; use --sched other", name, strerror(err));
}

static int refuse(enum policy policy, int err, struct reason *why)
{
	struct rlimit limit = {.rlim_cur = 0};

	getrlimit(RLIMIT_RTPRIO, &limit);
	return policy_refusal(policy, err, limit.rlim_cur, why);
}

int policy_take(enum policy policy, struct reason *why)
{
	bool ordinary = policy == POLICY_OTHER;
	int err = 0;

	/* SCHED_BATCH and SCHED_IDLE are ordinary, too */
	if (!ordinary || is_real_time((int)syscall(SYS_sched_getscheduler, 0)))
		err = set(policies[policy].number, ordinary ? 0 : PRIORITY_WORKER);
	return err == 0 ? 0 : refuse(policy, err, why);
}

int policy_allowed(enum policy policy, struct reason *why)
{
	int status = 0;

	if (policy == POLICY_OTHER)
		return 0;
	/* only an attempt tells, and a process that has no other policy to return to can make it */
	pid_t pid = fork();

	if (pid == 0)
		_exit(set(policies[policy].number, PRIORITY_DRIVER));
	if (pid < 0)
		return reason_set(why, errno, "cannot fork to try --sched %s: %s",
			policies[policy].name, strerror(errno));
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	return refuse(policy, WIFEXITED(status) ? WEXITSTATUS(status) : EINTR, why);
}

int policy_rise(struct policy_before *before, enum policy policy, struct reason *why)
{
	struct sched_param param = {.sched_priority = 0};

	*before = (struct policy_before){.policy = -1};
	if (policy == POLICY_OTHER)
		return 0;
	int now = (int)syscall(SYS_sched_getscheduler, 0);

	syscall(SYS_sched_getparam, 0, &param);
	if (is_real_time(now) && param.sched_priority >= PRIORITY_DRIVER)
		return 0;
	int err = set(SCHED_FIFO, PRIORITY_DRIVER);

	if (err != 0)
		return refuse(policy, err, why);
	*before = (struct policy_before){now, param.sched_priority};
	return 0;
}

void policy_descend(const struct policy_before *before)
{
	if (before->policy >= 0)
		set(before->policy, before->priority);
}
