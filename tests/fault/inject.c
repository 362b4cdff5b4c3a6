/* SPDX-License-Identifier: MIT */
/*
 * Linked into ipcbench-faults, which is ipcbench with its calls of the functions below sent through
 * here by the linker (--wrap; tests/meson.build has the same names). What FAULT says happens once
 * over all processes of a run, those that it starts included:
 *
 *     FAULT=count           every call is written to FAULT_LOG, with a number for its path
 *     FAULT=NAME:N          the Nth call of a function fails; N = 0: each
 *     FAULT=NAME:N:kill     the process is killed before it
 *     FAULT=NAME:N:stop     the process stops itself at the Nth call of a function, or when it gets
 *                           to a point of a launch for the Nth time
 *
 * Points: driver-planned, -opened, -closing and -launched; sender- and receiver-start, -attach,
 * -warm-up, -timed, -loop (before the first message of the window), -drain (after the last one,
 * which the other side may not have reached), -report and -close.
 */
#include "measure/topology.h"
#include "run/run.h"
#include "run/worker.h"
#include <dirent.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <mqueue.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATH_DEPTH = 24 };

/* What it returns, its name and parameters, what the call says of its failure, and returns. */
#define FUNCTIONS(X)                                                                               \
	X(void *, malloc, (size_t n), (n), ENOMEM, NULL)                                           \
	X(void *, calloc, (size_t n, size_t m), (n, m), ENOMEM, NULL)                              \
	X(void *, reallocarray, (void *p, size_t n, size_t m), (p, n, m), ENOMEM, NULL)            \
	X(void *, aligned_alloc, (size_t a, size_t n), (a, n), ENOMEM, NULL)                       \
	X(char *, strdup, (const char *s), (s), ENOMEM, NULL)                                      \
	X(int, vasprintf, (char **p, const char *f, va_list a), (p, f, a), ENOMEM, -1)             \
	X(FILE *, open_memstream, (char **p, size_t *n), (p, n), ENOMEM, NULL)                     \
	X(void *, mmap64, (void *p, size_t n, int prot, int flags, int fd, off_t at),              \
		(p, n, prot, flags, fd, at), ENOMEM, MAP_FAILED)                                   \
	X(int, open64, (const char *s, int flags, mode_t mode), (s, flags, mode), EMFILE, -1)      \
	X(int, openat64, (int dir, const char *s, int flags, mode_t mode), (dir, s, flags, mode),  \
		EMFILE, -1)                                                                        \
	X(FILE *, fopen64, (const char *s, const char *mode), (s, mode), EMFILE, NULL)             \
	X(FILE *, fdopen, (int fd, const char *mode), (fd, mode), ENOMEM, NULL)                    \
	X(DIR *, fdopendir, (int fd), (fd), ENOMEM, NULL)                                          \
	X(DIR *, opendir, (const char *s), (s), EMFILE, NULL)                                      \
	X(ssize_t, read, (int fd, void *p, size_t n), (fd, p, n), EIO, -1)                         \
	X(ssize_t, pread64, (int fd, void *p, size_t n, off_t at), (fd, p, n, at), EIO, -1)        \
	X(ssize_t, write, (int fd, const void *p, size_t n), (fd, p, n), ENOSPC, -1)               \
	X(int, fflush, (FILE * f), (f), ENOSPC, EOF)                                               \
	X(int, ferror, (FILE * f), (f), ENOSPC, 1)                                                 \
	X(int, fclose, (FILE * f), (f), ENOSPC, (real_fclose(f), EOF))                             \
	X(int, fsync, (int fd), (fd), EIO, -1)                                                     \
	X(int, fdatasync, (int fd), (fd), EIO, -1)                                                 \
	X(int, ftruncate64, (int fd, off_t n), (fd, n), ENOSPC, -1)                                \
	X(int, posix_fallocate64, (int fd, off_t at, off_t n), (fd, at, n), ENOSPC, ENOSPC)        \
	X(int, renameat, (int d, const char *a, int e, const char *b), (d, a, e, b), ENOSPC, -1)   \
	X(int, mkdir, (const char *s, mode_t mode), (s, mode), ENOSPC, -1)                         \
	X(int, mkdirat, (int dir, const char *s, mode_t mode), (dir, s, mode), ENOSPC, -1)         \
	X(char *, mkdtemp, (char *s), (s), ENOSPC, NULL)                                           \
	X(int, mkfifo, (const char *s, mode_t mode), (s, mode), ENOSPC, -1)                        \
	X(int, flock, (int fd, int how), (fd, how), ENOLCK, -1)                                    \
	X(pid_t, fork, (void), (), EAGAIN, -1)                                                     \
	X(int, pthread_create,                                                                     \
		(pthread_t * t, const pthread_attr_t *a, void *(*f)(void *), void *arg),           \
		(t, a, f, arg), EAGAIN, EAGAIN)                                                    \
	X(int, memfd_create, (const char *s, unsigned int flags), (s, flags), EMFILE, -1)          \
	X(int, pipe2, (int fd[2], int flags), (fd, flags), EMFILE, -1)                             \
	X(int, socketpair, (int d, int type, int p, int fd[2]), (d, type, p, fd), EMFILE, -1)      \
	X(int, socket, (int d, int type, int p), (d, type, p), EMFILE, -1)                         \
	X(int, bind, (int fd, const struct sockaddr *a, socklen_t n), (fd, a, n), EADDRINUSE, -1)  \
	X(int, listen, (int fd, int n), (fd, n), EADDRINUSE, -1)                                   \
	X(int, connect, (int fd, const struct sockaddr *a, socklen_t n), (fd, a, n), EAGAIN, -1)   \
	X(int, accept4, (int fd, struct sockaddr *a, socklen_t *n, int flags), (fd, a, n, flags),  \
		EMFILE, -1)                                                                        \
	X(int, setsockopt, (int fd, int level, int name, const void *p, socklen_t n),              \
		(fd, level, name, p, n), ENOMEM, -1)                                               \
	X(int, shm_open, (const char *s, int flags, mode_t mode), (s, flags, mode), EMFILE, -1)    \
	X(int, shmget, (int key, size_t n, int flags), (key, n, flags), ENOSPC, -1)                \
	X(void *, shmat, (int id, const void *p, int flags), (id, p, flags), ENOMEM, (void *)-1)   \
	X(int, semget, (int key, int n, int flags), (key, n, flags), ENOSPC, -1)                   \
	X(int, msgget, (int key, int flags), (key, flags), ENOSPC, -1)                             \
	X(mqd_t, mq_open, (const char *s, int flags, mode_t mode, void *a), (s, flags, mode, a),   \
		ENOSPC, -1)                                                                        \
	X(sem_t *, sem_open, (const char *s, int flags, mode_t mode, unsigned int n),              \
		(s, flags, mode, n), ENOSPC, SEM_FAILED)                                           \
	X(int, eventfd, (unsigned int n, int flags), (n, flags), EMFILE, -1)                       \
	X(int, signalfd, (int fd, const sigset_t *s, int flags), (fd, s, flags), EMFILE, -1)       \
	X(int, timerfd_create, (int clock, int flags), (clock, flags), EMFILE, -1)                 \
	X(int, epoll_create1, (int flags), (flags), EMFILE, -1)                                    \
	X(int, inotify_init1, (int flags), (flags), EMFILE, -1)

#define ENUMERATOR(type, name, params, args, err, fails) CALL_##name,
enum { FUNCTIONS(ENUMERATOR) CALL_COUNT };

#define NAME(type, name, params, args, err, fails) [CALL_##name] = #name,
static const char *const names[CALL_COUNT] = {FUNCTIONS(NAME)};

/* In a file beside FAULT_LOG, so that a program which another one has started counts on. */
struct counts {
	_Atomic unsigned int calls[CALL_COUNT], point;
};

static struct counts *counts;
static char target[64];
static unsigned int nth;
static bool counting;
static int signal_then; /* raised instead; 0 = none */
static int log_fd = -1;
static pid_t driver;

#define DECLARE(type, name, params, args, err, fails)                                              \
	type real_##name params __asm__("__real_" #name);                                          \
	type faulty_##name params __asm__("__wrap_" #name);
FUNCTIONS(DECLARE)

/* ---- what has been called -------------------------------------------------------------------- */

extern const char program[] __asm__("__executable_start"), program_end[] __asm__("etext");

/* Notes a call, and by which functions of the program it came about: for addr2line, and alike. */
static void note(const char *name, unsigned int n)
{
	void *frame[PATH_DEPTH];
	int depth = backtrace(frame, PATH_DEPTH);
	size_t len;
	char text[32 + 16 * PATH_DEPTH];

	len = (size_t)snprintf(text, sizeof(text), "%s %u ", name, n);
	for (int i = 2; i < depth; i++) {
		const char *at = frame[i];

		if (at >= program && at < program_end)
			len += (size_t)snprintf(
				text + len, sizeof(text) - len, "/%tx", at - program);
	}
	text[len++] = '\n';
	if (real_write(log_fd, text, len) < 0)
		_exit(EXIT_FAILURE);
}

static bool is_due(const char *name, unsigned int n)
{
	return strcmp(name, target) == 0 && (nth == 0 || nth == n);
}

/* The sanitizers call these functions as well, before they are ready for code that they check. */
#define UNCHECKED __attribute__((no_sanitize("address", "undefined")))

/* Whether this call is to fail. */
UNCHECKED static bool strikes(unsigned int call)
{
	int before = errno;
	bool due;

	if (counts == NULL)
		return false;
	unsigned int n = 1 + atomic_fetch_add(&counts->calls[call], 1);

	due = !counting && is_due(names[call], n);
	if (counting || due)
		note(names[call], n);
	if (due && signal_then != 0)
		raise(signal_then);
	errno = before;
	return due && signal_then == 0;
}

#define DEFINE(type, name, params, args, err, fails)                                               \
	UNCHECKED type faulty_##name params                                                        \
	{                                                                                          \
		if (!strikes(CALL_##name))                                                         \
			return real_##name args;                                                   \
		type failed = fails;                                                               \
                                                                                                   \
		errno = err;                                                                       \
		return failed;                                                                     \
	}
FUNCTIONS(DEFINE)

/* ---- how far a process has come -------------------------------------------------------------- */

static const char *side_of_this = "driver";
static enum phase phase;
static unsigned int meetings; /* since the phase began */

static void reach(const char *where)
{
	char point[64];

	snprintf(point, sizeof(point), "%s-%s", side_of_this, where);
	if (counts != NULL && strcmp(point, target) == 0 &&
		is_due(point, 1 + atomic_fetch_add(&counts->point, 1)))
		raise(signal_then);
}

#define PASS(type, name, params)                                                                   \
	type real_##name params __asm__("__real_" #name);                                          \
	type passing_##name params __asm__("__wrap_" #name);                                       \
	type passing_##name params

PASS(void, plan_build, (struct plan * p, const struct settings *s, const struct topology *t))
{
	real_plan_build(p, s, t);
	reach("planned");
}

PASS(int, channel_open,
	(struct channel * ch, const struct item *item, const struct clock *clock,
		struct reason *why))
{
	int r = real_channel_open(ch, item, clock, why);

	reach("opened");
	return r;
}

PASS(void, channel_close, (struct channel * ch, const struct item *item, double limit_s))
{
	reach("closing");
	real_channel_close(ch, item, limit_s);
}

PASS(int, launch,
	(struct trial * t, const struct settings *settings, const struct clock *clock,
		const struct counter_support *counters, struct histogram *const hists[LAT_KINDS]))
{
	int r = real_launch(t, settings, clock, counters, hists);

	reach("launched");
	return r;
}

PASS(int, worker_main, (const void *arg, unsigned int side, struct reason *why))
{
	side_of_this = side % 2 == SIDE_TX ? "sender" : "receiver";
	reach("start");
	return real_worker_main(arg, side, why);
}

PASS(void, phase_enter, (struct report * report, enum phase p))
{
	real_phase_enter(report, p);
	phase = p;
	meetings = 0;
	reach(phase_name(p));
}

PASS(void, control_meet, (const struct control *c))
{
	meetings++;
	if (phase == PHASE_TIMED && meetings == 3)
		reach("drain");
	if (phase == PHASE_TIMED && meetings == 4)
		reach("report");
	real_control_meet(c);
	if (phase == PHASE_TIMED && meetings == 2)
		reach("loop");
}

/* ---- the environment ------------------------------------------------------------------------- */

__attribute__((constructor)) static void begin(void)
{
	const char *fault = getenv("FAULT"), *log = getenv("FAULT_LOG");
	char path[4096], how[8] = "";

	if (fault == NULL || fault[0] == '\0' || log == NULL)
		return;
	counting = strcmp(fault, "count") == 0;
	if (!counting && sscanf(fault, "%63[^:]:%u:%7s", target, &nth, how) < 2)
		abort();
	signal_then = strcmp(how, "stop") == 0 ? SIGSTOP : strcmp(how, "kill") == 0 ? SIGKILL : 0;
	snprintf(path, sizeof(path), "%s.counts", log);
	int fd = real_open64(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	int low = real_open64(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	/* the program finds the descriptors that it would have */
	log_fd = fcntl(low, F_DUPFD_CLOEXEC, 500);
	if (fd < 0 || log_fd < 0 || real_ftruncate64(fd, sizeof(*counts)) < 0)
		abort();
	void *map = real_mmap64(NULL, sizeof(*counts), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (map == MAP_FAILED)
		abort();
	close(fd);
	close(low);
	driver = getpid();
	counts = map;
}

/* Who exits has waited for every process that it started. */
__attribute__((destructor)) static void end(void)
{
	if (counts != NULL && getpid() == driver && waitpid(-1, NULL, WNOHANG | __WALL) >= 0)
		note("child-left", 0);
}
