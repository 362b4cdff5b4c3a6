/* SPDX-License-Identifier: MIT */
#include "measure/namespaces.h"

#include <errno.h>
#include <fcntl.h>
#include <ipcbench/host.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

/* By bit. */
static const struct {
	unsigned int bit;
	int flag;
	const char *name, *needs; /* what a mechanism needs that has to share it */
} kinds[] = {
	{NAMESPACE_BIT_PID, CLONE_NEWPID, "pid", "works with numbers of processes or threads"},
	{NAMESPACE_BIT_IPC, CLONE_NEWIPC, "ipc", "works with numbers of System V objects"},
	{NAMESPACE_BIT_NET, CLONE_NEWNET, "net", "makes a connection within a side"},
	{NAMESPACE_BIT_MOUNT, CLONE_NEWNS, "mount", "opens a path within a side"},
};

static const unsigned int bits_of[ISOLATION_COUNT] = {
	[ISOLATE_PID] = NAMESPACE_BIT_PID,
	[ISOLATE_IPC] = NAMESPACE_BIT_IPC,
	[ISOLATE_NET] = NAMESPACE_BIT_NET,
	[ISOLATE_MOUNT] = NAMESPACE_BIT_MOUNT,
	[ISOLATE_CONTAINER] = NAMESPACE_BITS,
};
static const char *const words[ISOLATION_COUNT] = {
	"none", "pid", "ipc", "net", "mount", "container"};

unsigned int isolation_bits(enum isolation isolation)
{
	/* a stored row may have a word that is unknown here */
	return isolation < ISOLATION_COUNT ? bits_of[isolation] : 0;
}

int isolation_refuse(
	const char *transport, unsigned int bits, enum isolation isolation, struct reason *why)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if ((bits & bits_of[isolation] & kinds[i].bit) != 0)
			return reason_set(why, EOPNOTSUPP,
				"%s %s, so both sides must be in one %s namespace; use another --isolate than %s",
				transport, kinds[i].needs, kinds[i].name, words[isolation]);
	return 0;
}

/* ---- mounts ---------------------------------------------------------------------------------- */

/* An empty file system over a directory, if it is there. */
static int hide(const char *dir, struct reason *why)
{
	if (access(dir, F_OK) != 0 ||
		mount("tmpfs", dir, "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777") == 0)
		return 0;
	return reason_set(
		why, errno, "--isolate: mounting a tmpfs on %.160s: %s", dir, strerror(errno));
}

static int hide_all(struct reason *why)
{
	const char *tmp = ipcbench_directory(NULL);

	/* nothing of it must reach the mounts of others */
	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return reason_set(why, errno, "--isolate: private mounts: %s", strerror(errno));
	int r = hide(tmp, why);

	if (r == 0 && strcmp(tmp, "/tmp") != 0)
		r = hide("/tmp", why);
	return r < 0 ? r : hide("/dev/shm", why);
}

/* ---- entering -------------------------------------------------------------------------------- */

static int flags_of(enum isolation isolation)
{
	int flags = 0;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if ((bits_of[isolation] & kinds[i].bit) != 0)
			flags |= kinds[i].flag;
	return flags;
}

int isolation_enter(enum isolation isolation, struct reason *why)
{
	int flags = flags_of(isolation) & ~CLONE_NEWPID;

	if (flags != 0 && unshare(flags) < 0)
		return reason_set(
			why, errno, "--isolate %s: %s", words[isolation], strerror(errno));
	return (flags & CLONE_NEWNS) != 0 ? hide_all(why) : 0;
}

pid_t isolation_fork(enum isolation isolation)
{
	if ((bits_of[isolation] & NAMESPACE_BIT_PID) == 0)
		return fork();
	/* not clone(): what the C library keeps of a process is made new by fork() alone */
	int own = open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC);
	pid_t pid = own < 0 || unshare(CLONE_NEWPID) < 0 ? -1 : fork();
	int err = errno;

	/* what this process forks later is in its own again */
	if (pid != 0 && own >= 0)
		setns(own, CLONE_NEWPID);
	if (own >= 0)
		close(own);
	errno = err;
	return pid;
}

int isolation_allowed(enum isolation isolation, struct reason *why)
{
	int status = 0;

	if (isolation == ISOLATE_NONE)
		return 0;
	/* only an attempt tells; the workers enter in the same way */
	pid_t pid = isolation_fork(isolation);

	if (pid == 0)
		_exit(-isolation_enter(isolation, NULL));
	int err = pid < 0 ? errno : 0;

	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (pid > 0)
		err = WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
	if (err == EPERM)
		return reason_set(why, err,
			"--isolate %s needs CAP_SYS_ADMIN: run as root, or in a user namespace (unshare --user --map-root-user --mount), or use --isolate none",
			words[isolation]);
	return err == 0 ? 0
			: reason_set(why, err, "--isolate %s is refused: %s; use --isolate none",
				  words[isolation], strerror(err));
}
