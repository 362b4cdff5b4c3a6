/* SPDX-License-Identifier: MIT */
#include "support/keeper.h"

#include "support/fd.h"
#include <fcntl.h>
#include <ipcbench/host.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/* The program's descriptors, and where those that it must not have begin. */
enum { PROGRAM_IN = 3, PROGRAM_OUT, PROGRAM_SHARED, PROGRAM_END };
enum { WORDS_MAX = 64, CHILDREN_MAX = 256 };
/* Reads of what a program prints, between which something else is looked at. */
enum { HEAR_MAX = 64 };

/* What the keeper tells. */
enum event_kind { EVENT_NOT_STARTED, EVENT_EXITED, EVENT_KILLED };
struct event {
	enum event_kind kind;
	int value; /* errno, status or signal */
};

static void tell(int fd, enum event_kind kind, int value)
{
	const struct event e = {kind, value};
	ssize_t ignored = write(fd, &e, sizeof(e));

	/* whoever should read it is gone */
	(void)ignored;
}

/* ---- the program's process, until it is the program ------------------------------------------ */

static void close_others(int first, int last)
{
	/* all are closed by execvp() anyway unless a plugin forgot O_CLOEXEC */
	if (first <= last)
		syscall(SYS_close_range, first, last, 0);
}

/* Without a channel it reads nothing. Returns the new number of `event`. */
static int arrange_plain(int said, int event)
{
	int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int print = fcntl(said, F_DUPFD_CLOEXEC, PROGRAM_END);

	event = fcntl(event, F_DUPFD_CLOEXEC, PROGRAM_END);
	dup2(nothing, STDIN_FILENO);
	dup2(print, STDOUT_FILENO);
	dup2(print, STDERR_FILENO);
	close_others(STDERR_FILENO + 1, event - 1);
	close_others(event + 1, INT32_MAX);
	return event;
}

/* Its descriptors, with `event` above them. Returns the new number of `event`. */
static int arrange(const struct program *p, int said, int event)
{
	int in = fcntl(p->in, F_DUPFD_CLOEXEC, PROGRAM_END);
	int out = fcntl(p->out, F_DUPFD_CLOEXEC, PROGRAM_END);
	int print = fcntl(said, F_DUPFD_CLOEXEC, PROGRAM_END);

	int shared = p->shared < 0 ? -1 : fcntl(p->shared, F_DUPFD_CLOEXEC, PROGRAM_END);

	event = fcntl(event, F_DUPFD_CLOEXEC, PROGRAM_END);
	dup2(in, STDIN_FILENO);
	dup2(in, PROGRAM_IN);
	dup2(out, PROGRAM_OUT);
	/* without it the number is free or belongs to somebody else */
	close(PROGRAM_SHARED);
	if (shared >= 0)
		dup2(shared, PROGRAM_SHARED);
	dup2(print, STDOUT_FILENO);
	dup2(print, STDERR_FILENO);
	close_others(PROGRAM_END, event - 1);
	close_others(event + 1, INT32_MAX);
	return event;
}

static void set_environment(const struct program *p)
{
	char size[24];

	snprintf(size, sizeof(size), "%zu", p->size);
	setenv("IPCBENCH_MODE", p->mode, 1);
	setenv("IPCBENCH_VIA", p->via, 1);
	setenv("IPCBENCH_SIZE", size, 1);
}

static void set_cpus(const struct program *p)
{
	int most = p->cpus[0] > p->cpus[1] ? p->cpus[0] : p->cpus[1];
	cpu_set_t *set = CPU_ALLOC((size_t)most + 1);
	size_t len = CPU_ALLOC_SIZE((size_t)most + 1);

	if (set == NULL)
		return;
	CPU_ZERO_S(len, set);
	CPU_SET_S((size_t)p->cpus[0], len, set);
	CPU_SET_S((size_t)p->cpus[1], len, set);
	sched_setaffinity(0, len, set);
	CPU_FREE(set);
}

static void restore_signals(void)
{
	sigset_t none;

	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

_Noreturn static void become(const struct program *p, int said, int event, pid_t keeper)
{
	char *argv[WORDS_MAX + 2] = {strdup(p->path)}, *rest = p->args ? strdup(p->args) : NULL;
	char *word;

	/* no key that is pressed at the terminal reaches it, and it has a group that can be ended
	 */
	setsid();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != keeper)
		_exit(EXIT_FAILURE);
	event = p->in < 0 ? arrange_plain(said, event) : arrange(p, said, event);
	if (p->mode != NULL)
		set_environment(p);
	if (p->cpus != NULL)
		set_cpus(p);
	restore_signals();
	if (p->dir != NULL && chdir(p->dir) < 0) {
		tell(event, EVENT_NOT_STARTED, errno);
		_exit(EXIT_FAILURE);
	}
	for (size_t n = 1; n <= WORDS_MAX && (word = strsep(&rest, " ")) != NULL;)
		if (word[0] != '\0')
			argv[n++] = word;
	execvp(p->path, p->argv != NULL ? (char *const *)p->argv : argv);
	tell(event, EVENT_NOT_STARTED, errno);
	_exit(EXIT_FAILURE);
}

/* ---- the keeper ------------------------------------------------------------------------------ */

/* Asks all to end by themselves, and gives them `ms`. */
static void ask_all(pid_t program, int ms)
{
	const struct timespec moment = {.tv_nsec = 10 * 1000000};
	pid_t child[CHILDREN_MAX];
	sigset_t ended;

	sigemptyset(&ended);
	sigaddset(&ended, SIGCHLD);
	kill(-program, SIGTERM);
	for (size_t n = ipcbench_children(getpid(), child, CHILDREN_MAX); n > 0; n--)
		kill(child[n - 1], SIGTERM);
	for (uint64_t until = clock_gettime_ns() + (uint64_t)ms * 1000000;
		clock_gettime_ns() < until;) {
		pid_t pid;

		while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
			;
		if (pid < 0 && errno == ECHILD)
			return;
		sigtimedwait(&ended, NULL, &moment);
	}
}

/* Also what has left the program's group: it becomes a child of this process as its parent ends. */
static void end_all(pid_t program)
{
	pid_t child[CHILDREN_MAX];

	do {
		kill(-program, SIGKILL);
		for (size_t n = ipcbench_children(getpid(), child, CHILDREN_MAX); n > 0; n--)
			kill(child[n - 1], SIGKILL);
	} while (waitpid(-1, NULL, 0) >= 0 || errno == EINTR);
}

/* Tells once that the program has ended; it stays a zombie whose CPU time can be read. */
static void look(pid_t program, int event, bool *told)
{
	siginfo_t info = {.si_pid = 0};

	if (*told || waitid(P_PID, (id_t)program, &info, WEXITED | WNOHANG | WNOWAIT) < 0 ||
		info.si_pid == 0)
		return;
	*told = true;
	tell(event, info.si_code == CLD_EXITED ? EVENT_EXITED : EVENT_KILLED, info.si_status);
}

_Noreturn static void keep(const struct program *p, int said, int event, pid_t worker)
{
	pid_t keeper = getpid();
	bool told = false;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != worker)
		_exit(EXIT_FAILURE);
	pid_t program = fork();

	if (program == 0)
		become(p, said, event, keeper);
	if (program < 0)
		tell(event, EVENT_NOT_STARTED, errno);
	/* it must not hold the ends of anybody's channel open */
	close_others(0, event - 1);
	close_others(event + 1, INT32_MAX);
	while (program > 0 && sigwaitinfo(&set, NULL) != SIGTERM)
		look(program, event, &told);
	if (program > 0 && p->ask_ms > 0)
		ask_all(program, p->ask_ms);
	if (program > 0)
		end_all(program);
	_exit(EXIT_SUCCESS);
}

/* ---- the worker ------------------------------------------------------------------------------ */

void keeper_init(struct keeper *k)
{
	*k = (struct keeper){.event_fd = -1, .said_fd = -1};
}

/* The end of a path, which tells more than its start. */
static void set_path(struct keeper *k, const char *path)
{
	size_t len = strlen(path), most = sizeof(k->path) - 4;

	snprintf(k->path, sizeof(k->path), "%s%s", len > most ? "..." : "",
		path + (len > most ? len - most : 0));
}

int keeper_start(struct keeper *k, const struct program *p, struct reason *why)
{
	int said[2] = {-1, -1}, event[2] = {-1, -1}, err = 0;
	pid_t worker = getpid(), pid = -1;

	set_path(k, p->path);
	if (pipe2(said, O_CLOEXEC) == 0 && pipe2(event, O_CLOEXEC) == 0 &&
		fcntl(said[0], F_SETFL, O_NONBLOCK) == 0)
		pid = fork();
	if (pid == 0)
		keep(p, said[1], event[1], worker);
	if (pid < 0)
		err = reason_set(
			why, errno, "no process for the program %s: %s", k->path, strerror(errno));
	k->pid = pid > 0 ? pid : 0;
	k->said_fd = said[0];
	k->event_fd = event[0];
	fd_close(&said[1]);
	fd_close(&event[1]);
	return err;
}

const char *keeper_said(const struct keeper *k, char *buf, size_t len)
{
	snprintf(buf, len, "%s%s", k->len > 0 ? "; it said: " : "", k->line);
	return buf;
}

/* Says so, with what the program has said meanwhile. */
static void announce(const struct keeper *k)
{
	char text[256], said[128];

	if (k->task[0] == '\0')
		return;
	snprintf(text, sizeof(text), "%s%s", k->task, keeper_said(k, said, sizeof(said)));
	ipcbench_awaits(text);
}

void keeper_task(struct keeper *k, const char *task)
{
	snprintf(k->task, sizeof(k->task), "%s", task);
	announce(k);
}

/* Keeps the last line that is not empty. */
static void hear(struct keeper *k)
{
	char text[512];
	ssize_t n = 1;

	/* one that prints without an end must not keep the caller here */
	for (int reads = 0; reads < HEAR_MAX && n > 0; reads++) {
		n = read(k->said_fd, text, sizeof(text));
		for (ssize_t i = 0; i < n; i++) {
			if (text[i] == '\n') {
				k->complete = true;
				continue;
			}
			if (k->complete)
				k->len = 0;
			k->complete = false;
			if (k->len < sizeof(k->line) - 1)
				k->line[k->len++] = text[i];
		}
	}
	k->line[k->len] = '\0';
	if (k->shown != NULL)
		reason_set(k->shown, 0, "%s", k->line);
	announce(k);
	/* all of its processes have closed their outputs */
	if (n == 0)
		fd_close(&k->said_fd);
}

static int not_started(const struct keeper *k, int err, struct reason *why)
{
	bool path = strchr(k->path, '/') != NULL;
	const char *remedy = "";

	if (err == ENOENT && !path)
		remedy = "; it is not in PATH: name a file with a slash, as in ./echo.py";
	else if (err == ENOENT)
		remedy = "; name an existing file whose first line names an existing interpreter";
	else if (err == EACCES)
		remedy = "; make the file executable with chmod +x";
	return reason_set(
		why, err, "the program %s cannot be started: %s%s", k->path, strerror(err), remedy);
}

/* What an event means: KEEPER_ENDED, or -errno with `why`. */
static int judge(struct keeper *k, struct reason *why)
{
	struct event e = {EVENT_KILLED, SIGKILL};
	char said[128];

	/* a keeper that died without a word had been killed */
	if (read(k->event_fd, &e, sizeof(e)) < 0 && errno == EINTR)
		return KEEPER_LATE;
	fd_close(&k->event_fd);
	if (e.kind == EVENT_NOT_STARTED)
		return not_started(k, e.value, why);
	if (k->said_fd >= 0)
		hear(k);
	keeper_said(k, said, sizeof(said));
	if (e.kind == EVENT_KILLED)
		return reason_set(why, EPIPE, "the program %s was ended by signal %d (%s)%s",
			k->path, e.value, strsignal(e.value), said);
	if (e.value != 0)
		return reason_set(why, EPIPE, "the program %s ended with status %d%s", k->path,
			e.value, said);
	return KEEPER_ENDED;
}

int keeper_wait(struct keeper *k, int fd, int ms, struct reason *why)
{
	for (;;) {
		struct pollfd p[] = {{.fd = k->event_fd, .events = POLLIN},
			{.fd = k->said_fd, .events = POLLIN}, {.fd = fd, .events = POLLIN}};
		int n = poll(p, ARRAY_SIZE(p), ms);

		if (n < 0 && errno != EINTR)
			return reason_set(why, errno, "poll: %s", strerror(errno));
		if (n == 0)
			return KEEPER_LATE;
		if (n > 0 && p[1].revents != 0)
			hear(k);
		/* what was told before the program ended comes first */
		if (n > 0 && p[2].revents != 0)
			return KEEPER_READY;
		if (n > 0 && p[0].revents != 0)
			return judge(k, why);
	}
}

void keeper_stop(struct keeper *k, int ms)
{
	struct reason ignored;

	if (k->pid > 0) {
		if (ms > 0 && k->event_fd >= 0)
			keeper_wait(k, -1, ms, &ignored);
		kill(k->pid, SIGTERM);
		while (waitpid(k->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	fd_close(&k->event_fd);
	fd_close(&k->said_fd);
	keeper_init(k);
}
