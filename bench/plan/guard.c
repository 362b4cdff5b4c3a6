/* SPDX-License-Identifier: MIT */
#include "plan/guard.h"

#include "plan/plan.h"
#include "text/format.h"
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* How often a callback that does not return is looked at. */
#define TICK_NS	     100000000
/* How long it may go on after a signal that asks the run to end. */
#define GRACE_NS     UINT64_C(1000000000)
#define SAVE_LIMIT_S 60
/* Valgrind keeps the last one for itself. */
#define TICK	     (SIGRTMAX - 2)
/* Errors of the kernel are below it. */
#define ERRNO_END    4096

/* What runs now, and how the driver took signals before. */
static struct {
	const char *plugin; /* NULL = nothing that is guarded */
	const char *callback;
	double limit_s;
	sigset_t mask;
	struct sigaction actions[NSIG];
} visit;

/* When it has to be back, by clock_gettime_ns(), or one of these. */
enum { NOBODY, ENDING };
static _Atomic uint64_t deadline;
/* The thread by which the driver ends by itself. */
static _Thread_local bool ends;

static struct {
	pid_t driver; /* 0 = no plugin was loaded */
	timer_t timer;
	int status;
	guard_save *save;
	void (*leave)(void);
	void *arg;
} guard = {.status = EXIT_FAILURE};

/* Signals of a crash, and what they did before. */
static const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS, SIGTRAP};
static struct sigaction before[ARRAY_SIZE(crashes)];
/* For a callback that has used up the stack; what saves runs on it as well. */
static unsigned char spare_stack[1 << 20];

/* ---- the end --------------------------------------------------------------------------------- */

_Noreturn static void end_process(int status)
{
	for (;;)
		syscall(SYS_exit_group, status);
}

/*
 * Moves the deadline on: to that of a callback, to NOBODY or to ENDING. False if this process is
 * not the driver, or the driver ends by itself; does not return if another thread ends it.
 */
static bool settle(uint64_t next)
{
	uint64_t was = atomic_load(&deadline);

	if (guard.driver != getpid() || ends)
		return false;
	while (was != ENDING)
		if (atomic_compare_exchange_weak(&deadline, &was, next))
			return true;
	for (;;)
		pause();
}

static void forget_crashes(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(crashes); i++)
		signal(crashes[i], SIG_DFL);
}

static bool save_in_child(const struct reason *why, int sent, pid_t (*make)(void))
{
	pid_t pid = make();
	sigset_t none;
	int status;

	if (pid == 0) {
		sigemptyset(&none);
		signal(SIGALRM, SIG_DFL);
		sigprocmask(SIG_SETMASK, &none, NULL);
		alarm(SAVE_LIMIT_S);
		end_process(guard.save(guard.arg, why, sent) ? EXIT_SUCCESS : EXIT_FAILURE);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return false;
	return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS;
}

static void say(const struct reason *why, const char *more)
{
	char line[sizeof(why->text) + 80];
	int len = snprintf(line, sizeof(line), "ipcbench: %s%s\n", why->text, more);
	ssize_t ignored = write(STDERR_FILENO, line, (size_t)len);

	(void)ignored;
}

/*
 * Ends the driver. `make`: fork(), which waits until no other thread is in the allocator, unless
 * this thread may be.
 */
_Noreturn static void give_up(struct reason *why, int sent, pid_t (*make)(void))
{
	const char *more = "";

	forget_crashes();
	reason_plain(why);
	if (guard.save != NULL)
		more = save_in_child(why, sent, make)
			       ? "; what was measured before is kept"
			       : "; what was measured before could not be saved";
	say(why, more);
	if (guard.leave != NULL)
		guard.leave();
	end_process(sent != 0 ? 128 + sent : guard.status);
}

#define NAMED(format, ...) "plugin %.80s: %s " format, visit.plugin, visit.callback, __VA_ARGS__

/* ---- it ends the process --------------------------------------------------------------------- */

static void end_by(const char *function)
{
	struct reason why;

	if (!settle(ENDING))
		return;
	if (visit.plugin == NULL)
		reason_set(&why, 0, "a plugin ended the process by %s outside of its callbacks",
			function);
	else
		reason_set(&why, 0,
			NAMED("ended the process by %s, which only the driver may do", function));
	give_up(&why, 0, fork);
}

/* Of the C library by itself, as in err(3). */
static void at_exit(void)
{
	end_by("exit()");
}

static void at_quick_exit_(void)
{
	end_by("quick_exit()");
}

/*
 * Plugins find the functions of the program before those of the C library. Of several threads that
 * call this one each comes to a stop here, where a handler of atexit() runs for the first alone.
 */
_Noreturn void exit(int status) /* NOLINT(readability-inconsistent-*) */
{
	void (*next)(int);

	end_by("exit()");
	*(void **)&next = dlsym(RTLD_NEXT, "exit");
	next(status);
	end_process(status); /* it does not return */
}

_Noreturn void _exit(int status)
{
	end_by("_exit()");
	end_process(status);
}

_Noreturn void _Exit(int status)
{
	end_by("_Exit()");
	end_process(status);
}

/* It would unwind the stack on which lies what is to be saved; a plugin's own threads may. */
_Noreturn void pthread_exit(void *value) /* NOLINT(readability-inconsistent-*) */
{
	void (*next)(void *);

	if (gettid() == getpid())
		end_by("pthread_exit()");
	*(void **)&next = dlsym(RTLD_NEXT, "pthread_exit");
	next(value);
	end_process(EXIT_FAILURE); /* it does not return */
}

/* ---- it crashes ------------------------------------------------------------------------------ */

static void on_crash(int sig, siginfo_t *info, void *context)
{
	struct reason why;

	(void)context;
	if (settle(ENDING)) {
		if (visit.plugin == NULL)
			reason_set(&why, 0,
				"the driver was ended by signal %d (%s) outside of callbacks; a plugin may have damaged it",
				sig, strsignal(sig));
		else
			reason_set(
				&why, 0, NAMED("was ended by signal %d (%s)", sig, strsignal(sig)));
		give_up(&why, 0, _Fork);
	}
	/* in a worker: as it was; the instruction that faulted faults again */
	for (size_t i = 0; i < ARRAY_SIZE(crashes); i++)
		if (crashes[i] == sig)
			sigaction(sig, &before[i], NULL);
	if (info->si_code <= 0)
		raise(sig);
}

/* ---- it does not return ---------------------------------------------------------------------- */

/* A signal that was sent to the driver meanwhile, and is blocked; 0 = none. */
static int signal_sent(void)
{
	sigset_t pending;

	sigpending(&pending);
	for (int sig = 1; sig < SIGRTMIN; sig++)
		if (sig != SIGCHLD && sigismember(&pending, sig) == 1)
			return sig;
	return 0;
}

static void on_tick(int tick)
{
	uint64_t was = atomic_load(&deadline), now = clock_gettime_ns();
	int sent = signal_sent();
	struct reason why;

	(void)tick;
	if (guard.driver != getpid() || was == NOBODY || was == ENDING)
		return;
	if (sent != 0 && was > now + GRACE_NS)
		atomic_compare_exchange_strong(&deadline, &was, now + GRACE_NS);
	if (now < was || !atomic_compare_exchange_strong(&deadline, &was, ENDING))
		return;
	if (sent != 0)
		reason_set(&why, 0,
			NAMED("did not return within 1 s of signal %d (%s)", sent,
				strsignal(sent)));
	else
		reason_set(&why, 0,
			NAMED("did not return within %g s%s", visit.limit_s,
				visit.limit_s == GUARD_QUICK_S
					? ""
					: "; if it is only slow raise --timeout"));
	give_up(&why, sent, _Fork);
}

/* Where the ticks arrive: the callback may have blocked every signal of the driver's own thread. */
static void *take_ticks(void *set)
{
	sigset_t ticks;

	(void)set;
	sigemptyset(&ticks);
	sigaddset(&ticks, TICK);
	pthread_sigmask(SIG_UNBLOCK, &ticks, NULL);
	for (;;)
		pause();
	return NULL;
}

static void set_timer(long ns)
{
	const struct timespec ts = {.tv_nsec = ns};

	timer_settime(guard.timer, 0, &(struct itimerspec){ts, ts}, NULL);
}

/* ---- around a callback ----------------------------------------------------------------------- */

/* All but the real-time signals, which the driver leaves to mechanisms. */
static bool is_ours(int sig)
{
	return sig < SIGRTMIN || sig == TICK;
}

static void note_signals(void)
{
	pthread_sigmask(SIG_SETMASK, NULL, &visit.mask);
	for (int sig = 1; sig < NSIG; sig++)
		if (is_ours(sig))
			sigaction(sig, NULL, &visit.actions[sig]);
}

/* A driver that ignores SIGCHLD or SIGTERM from here on waits in vain, or is deaf. */
static void restore_signals(void)
{
	for (int sig = 1; sig < NSIG; sig++)
		if (is_ours(sig))
			sigaction(sig, &visit.actions[sig], NULL);
	pthread_sigmask(SIG_SETMASK, &visit.mask, NULL);
}

void guard_enter_file(const char *plugin, const char *what, double limit_s)
{
	visit.plugin = plugin;
	visit.callback = what;
	visit.limit_s = limit_s;
	if (plugin == NULL)
		return;
	note_signals();
	settle(clock_gettime_ns() + (uint64_t)(limit_s * 1e9));
	set_timer(TICK_NS);
}

void guard_enter(const struct transport *t, const char *callback, double limit_s)
{
	guard_enter_file(registry_plugin_of(t), callback, limit_s);
}

/* A child that the callback has made and let return would go on as a second driver. */
static void end_second_driver(void)
{
	struct reason why;

	if (guard.driver == getpid())
		return;
	reason_set(&why, 0,
		NAMED("%s",
			"returned a second time, in a child that it forked; this child ends here. Let it call _exit()"));
	reason_plain(&why);
	say(&why, "");
	end_process(EXIT_FAILURE);
}

int guard_leave(int result, struct reason *why)
{
	if (visit.plugin != NULL) {
		end_second_driver();
		restore_signals();
		settle(NOBODY);
		set_timer(0);
		visit.plugin = NULL;
	}
	if (why == NULL)
		return result;
	reason_plain(why);
	if (result > 0 || result <= -ERRNO_END)
		return reason_set(why, EINVAL, "%s returned %d, which is neither 0 nor -errno",
			visit.callback, result);
	if (result < 0 && why->text[0] == '\0')
		reason_set(why, -result, "%s failed: %s", visit.callback, strerror(-result));
	return result;
}

int guard_probe(const struct transport *t, struct reason *why)
{
	why->text[0] = '\0';
	if (t->probe == NULL)
		return 0;
	guard_enter(t, "probe()", GUARD_QUICK_S);
	return guard_leave(t->probe(why), why);
}

/* ---- once ------------------------------------------------------------------------------------ */

void guard_set_status(int status)
{
	guard.status = status;
}

void guard_set_save(guard_save *save, void (*leave)(void), void *arg)
{
	guard.save = save;
	guard.leave = leave;
	guard.arg = arg;
}

static void catch_crashes(void)
{
	struct sigaction crash = {.sa_sigaction = on_crash, .sa_flags = SA_SIGINFO | SA_ONSTACK};

	sigaltstack(&(stack_t){.ss_sp = spare_stack, .ss_size = sizeof(spare_stack)}, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(crashes); i++)
		sigaction(crashes[i], &crash, &before[i]);
}

static int start_ticks(void)
{
	struct sigaction tick = {.sa_handler = on_tick, .sa_flags = SA_ONSTACK};
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = TICK};
	sigset_t all, was;
	pthread_attr_t attr;
	pthread_t thread;

	sigaction(TICK, &tick, NULL);
	if (timer_create(CLOCK_MONOTONIC, &event, &guard.timer) < 0)
		return errno;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &was);
	pthread_attr_init(&attr);
	/* what saves runs on it, whatever ulimit -s says */
	pthread_attr_setstacksize(&attr, sizeof(spare_stack));
	int err = pthread_create(&thread, &attr, take_ticks, NULL);

	pthread_attr_destroy(&attr);
	sigaddset(&was, TICK);
	pthread_sigmask(SIG_SETMASK, &was, NULL);
	return err;
}

int guard_begin(struct reason *why)
{
	if (guard.driver != 0)
		return 0;
	int err = start_ticks();

	if (err == 0 && (atexit(at_exit) != 0 || at_quick_exit(at_quick_exit_) != 0))
		err = ENOMEM;
	if (err != 0)
		return reason_set(why, err,
			"nothing can watch a plugin here: %s; raise ulimit -u, -i", strerror(err));
	catch_crashes();
	guard.driver = getpid();
	return 0;
}

bool guard_end(void)
{
	ends = settle(ENDING);
	return ends;
}
