/* SPDX-License-Identifier: MIT */
#include "run/helpers.h"

#include "measure/clock.h"
#include "run/objects.h"
#include "run/watch.h"
#include "support/keeper.h"
#include "text/claim.h"
#include "text/format.h"
#include "text/memory.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { READY_MS = 10000, STOP_MS = 2000 };
/* Between two questions whether a helper is ready. */
#define ASK_NS	   UINT64_C(5000000)
/* The part of a limit that helpers may use: the rest is for the transport. */
#define LIMIT_PART 0.8
/* A channel breaks a moment before it is known that a helper has ended. */
#define VERDICT_NS UINT64_C(2000000000)
/* Of a directory's random name, so that the path of a socket in it has room. */
enum { NAME_LEN = 12 };

enum state { STARTING, RUNNING, ENDED };

/* What the warden tells. */
struct notice {
	_Atomic uint32_t state;
	pid_t keeper;	    /* when it is running */
	struct reason said; /* the last line */
	struct reason why;  /* when it has ended */
};

struct ipcbench_helper {
	struct ipcbench_helper *next;
	struct channel *ch;
	struct notice *notice;
	char *dir, *name;
	char *path;  /* of the program, valid in any directory */
	int slot;    /* of the ledger */
	int control; /* to the warden; a byte asks it to end the helper, and so does the end */
	pid_t warden, keeper;
};

/* Of the driver; workers have a copy. */
static struct ipcbench_helper *helpers;
static const int *helper_cpus;
static size_t helper_cpu_count;
static uint64_t helper_deadline = UINT64_MAX;

void helpers_place(const int *cpus, size_t count)
{
	helper_cpus = cpus;
	helper_cpu_count = count;
}

void helpers_hurry(double limit_s)
{
	helper_deadline = clock_gettime_ns() + (uint64_t)(LIMIT_PART * limit_s * 1e9);
}

/* ---- the warden ------------------------------------------------------------------------------ */

/* Of the driver's files it keeps its end of the control, and the lock that tells clean to wait. */
static void leave_driver(int control)
{
	int lock = objects_lock() < 0 ? control : objects_lock();
	int low = lock < control ? lock : control, high = lock < control ? control : lock;
	int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);

	setsid();
	claims_leave();
	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	/* only the driver ends it */
	for (size_t i = 0; i < WATCH_SIGNALS; i++)
		signal(watch_signals[i], SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		dup2(nothing, fd);
	if (low > STDERR_FILENO + 1)
		syscall(SYS_close_range, STDERR_FILENO + 1, low - 1, 0);
	if (high > low + 1)
		syscall(SYS_close_range, low + 1, high - 1, 0);
	syscall(SYS_close_range, high + 1, ~0u, 0);
}

static int pin_helper(struct reason *why)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	for (size_t i = 0; i < helper_cpu_count; i++)
		CPU_SET((size_t)helper_cpus[i], &set);
	if (helper_cpu_count == 0 || sched_setaffinity(0, sizeof(set), &set) == 0)
		return 0;
	return reason_set(why, errno,
		"--cpu-helper: %s; name CPUs that exist and that this process may use",
		strerror(errno));
}

/* Also what a keeper that was killed has left behind. */
static void end_orphans(void)
{
	pid_t child[64];

	do {
		for (size_t n = ipcbench_children(getpid(), child, ARRAY_SIZE(child)); n > 0; n--)
			kill(child[n - 1], SIGKILL);
	} while (waitpid(-1, NULL, 0) >= 0 || errno == EINTR);
}

/* Until the helper has ended or it is asked to end it. */
static int watch_helper(struct keeper *k, int control, struct reason *why)
{
	int r = keeper_wait(k, control, -1, why);
	char said[128];

	if (r == KEEPER_ENDED)
		r = reason_set(why, EPIPE,
			"the program %s ended with status 0; a helper must stay in the foreground%s",
			k->path, keeper_said(k, said, sizeof(said)));
	return r;
}

_Noreturn static void be_warden(const struct ipcbench_helper *h,
	const struct ipcbench_helper_spec *spec, int control, pid_t driver)
{
	const struct program p = {.path = h->path,
		.argv = spec->argv,
		.dir = h->dir,
		.ask_ms = (int)(spec->stop_ms == 0 ? STOP_MS : spec->stop_ms),
		.in = -1,
		.out = -1,
		.shared = -1};
	struct notice *b = h->notice;
	struct keeper k;
	char asked = 0;

	leave_driver(control);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	keeper_init(&k);
	int r = pin_helper(&b->why);

	if (r == 0)
		r = keeper_start(&k, &p, &b->why);
	if (r == 0) {
		k.shown = &b->said;
		b->keeper = k.pid;
		atomic_store(&b->state, RUNNING);
		r = watch_helper(&k, control, &b->why);
	}
	if (r < 0) {
		atomic_store(&b->state, ENDED);
		/* it may sleep until a worker ends */
		if (getppid() == driver)
			kill(driver, SIGCHLD);
	}
	ssize_t n = read(control, &asked, 1);

	keeper_stop(&k, 0);
	end_orphans();
	/* the driver does it, if there is one */
	if (n <= 0)
		folder_remove(h->dir);
	_exit(EXIT_SUCCESS);
}

/* ---- the driver ------------------------------------------------------------------------------ */

/* "redis-server", of a longer path its end. */
static char *name_of(const char *program)
{
	const char *slash = strrchr(program, '/');

	return need_text("the helper %.40s", slash == NULL ? program : slash + 1);
}

/* It runs in another directory than this process. */
static char *path_of(const char *program)
{
	char *cwd = program[0] == '/' || strchr(program, '/') == NULL ? NULL : getcwd(NULL, 0);
	char *path = cwd == NULL ? need_copy(program) : need_text("%s/%s", cwd, program);

	free(cwd);
	return path;
}

/* A copy of a line that its warden may be writing. */
static const char *line_of(const struct reason *line, struct reason *copy)
{
	memcpy(copy, line, sizeof(*copy));
	copy->text[sizeof(copy->text) - 1] = '\0';
	reason_plain(copy);
	return copy->text;
}

static bool has_ended(struct ipcbench_helper *h)
{
	siginfo_t info = {.si_pid = 0};

	if (h->warden <= 0)
		return false;
	if (atomic_load(&h->notice->state) == ENDED)
		return true;
	return waitid(P_PID, (id_t)h->warden, &info, WEXITED | WNOHANG | WNOWAIT) < 0 ||
	       info.si_pid != 0;
}

bool helpers_ended(void)
{
	for (struct ipcbench_helper *h = helpers; h != NULL; h = h->next)
		if (has_ended(h))
			return true;
	return false;
}

static int why_ended(const struct ipcbench_helper *h, struct reason *why)
{
	struct reason told;

	if (atomic_load(&h->notice->state) != ENDED)
		return reason_set(why, EPIPE, "the process that watches %s was killed", h->name);
	return reason_set(why, EPIPE, "helper: %s", line_of(&h->notice->why, &told));
}

/* Appends what it printed last. */
static void quote(const struct ipcbench_helper *h, struct reason *why)
{
	struct reason said;
	const char *line = line_of(&h->notice->said, &said);

	/* a line that ended it is quoted already */
	if (line[0] != '\0' && strstr(why->text, line) == NULL)
		reason_set(why, 0, "%s; %s said: %s", phrase("%.*s", 150, why->text).text, h->name,
			line);
}

static bool is_gone(int err)
{
	return err == -EPIPE || err == -ECONNRESET || err == -ENOTCONN || err == -ECONNREFUSED;
}

int helpers_judge(int r, struct reason *why)
{
	uint64_t until = clock_gettime_ns() + VERDICT_NS;

	if (helpers == NULL || r == -EINTR)
		return r;
	while (is_gone(r) && !helpers_ended() && !interrupted && clock_gettime_ns() < until)
		watch_sleep(ASK_NS);
	for (struct ipcbench_helper *h = helpers; h != NULL; h = h->next)
		if (has_ended(h))
			return why_ended(h, why);
	for (struct ipcbench_helper *h = helpers; h != NULL && r < 0; h = h->next)
		if (h->notice->said.text[0] != '\0') {
			quote(h, why);
			break;
		}
	return r;
}

static size_t count_of(const struct channel *ch)
{
	size_t n = 0;

	for (const struct ipcbench_helper *h = helpers; h != NULL; h = h->next)
		n += h->ch == ch;
	return n;
}

size_t helpers_roots(const struct channel *ch, pid_t *roots, size_t max)
{
	size_t n = 0;

	for (const struct ipcbench_helper *h = helpers; h != NULL && n < max; h = h->next)
		if (h->ch == ch && h->keeper > 0)
			roots[n++] = h->keeper;
	return n;
}

/* Announces the directory, then makes it. */
static int make_directory(struct ipcbench_helper *h, struct reason *why)
{
	char name[OBJECT_NAME_MAX];

	ipcbench_object_name(name, sizeof(name));
	name[strlen("/ipcbench-") + NAME_LEN] = '\0';
	h->dir = need_text("%s%s", ipcbench_directory(NULL), name);
	h->slot = ipcbench_object_track(OBJECT_TREE, h->dir);
	if (h->slot < 0)
		return reason_set(why, -h->slot, "the ledger: %s", strerror(-h->slot));
	if (mkdir(h->dir, 0700) == 0)
		return 0;
	return reason_set(why, errno, "mkdir %.180s: %s", h->dir, strerror(errno));
}

struct ipcbench_helper *ipcbench_helper_new(struct channel *ch)
{
	enum { MOST = 4 };

	if ((ch->cell->own_namespaces & NAMESPACE_BIT_PID) != 0) {
		reason_set(&ch->why, EOPNOTSUPP,
			"a side in a pid namespace of its own cannot read the CPU time of a helper; use another --isolate");
		return NULL;
	}
	if (count_of(ch) == MOST) {
		reason_set(&ch->why, E2BIG, "a channel has at most %d helpers", MOST);
		return NULL;
	}
	struct ipcbench_helper *h = need_array(1, sizeof(*h));

	*h = (struct ipcbench_helper){.next = helpers, .ch = ch, .slot = -1, .control = -1};
	helpers = h;
	h->notice = mmap(NULL, sizeof(*h->notice), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (h->notice == MAP_FAILED) {
		h->notice = NULL;
		reason_set(&ch->why, errno, "no shared memory for a helper: %s", strerror(errno));
		return NULL;
	}
	return make_directory(h, &ch->why) < 0 ? NULL : h;
}

const char *ipcbench_helper_directory(const struct ipcbench_helper *h)
{
	return h->dir;
}

static int fork_warden(struct ipcbench_helper *h, const struct ipcbench_helper_spec *spec)
{
	pid_t driver = getpid();
	int control[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, control) < 0)
		return reason_set(&h->ch->why, errno, "socketpair: %s", strerror(errno));
	h->warden = fork();
	if (h->warden == 0)
		be_warden(h, spec, control[1], driver);
	close(control[1]);
	h->control = control[0];
	if (h->warden < 0)
		return reason_set(&h->ch->why, errno,
			"cannot fork a process for %s: %s; raise ulimit -u or the pids limit of the cgroup",
			h->name, strerror(errno));
	/* a worker must not write over what its warden tells */
	madvise(h->notice, sizeof(*h->notice), MADV_DONTFORK);
	return 0;
}

static int await_ready(struct ipcbench_helper *h, const struct ipcbench_helper_spec *spec)
{
	uint64_t began = clock_gettime_ns();
	uint64_t limit =
		began + (spec->ready_ms == 0 ? READY_MS : spec->ready_ms) * UINT64_C(1000000);
	uint64_t until = limit < helper_deadline ? limit : helper_deadline;
	int r = -EAGAIN;

	while (r == -EAGAIN) {
		if (has_ended(h))
			return why_ended(h, &h->ch->why);
		if (atomic_load(&h->notice->state) == RUNNING)
			r = spec->ready == NULL ? 0 : spec->ready(h->ch);
		if (r != -EAGAIN)
			break;
		if (clock_gettime_ns() >= until) {
			reason_set(&h->ch->why, 0,
				"%s was not ready after %.1f s; if it is only slow, raise --timeout",
				h->name, (double)(until - began) / 1e9);
			quote(h, &h->ch->why);
			return -ETIMEDOUT;
		}
		watch_sleep(ASK_NS);
		if (interrupted)
			return reason_set(&h->ch->why, EINTR, "interrupted");
	}
	h->keeper = h->notice->keeper;
	if (r < 0)
		quote(h, &h->ch->why);
	return r;
}

int ipcbench_helper_start(struct ipcbench_helper *h, const struct ipcbench_helper_spec *spec)
{
	free(h->name);
	free(h->path);
	h->name = name_of(spec->argv[0]);
	h->path = path_of(spec->argv[0]);
	if (h->warden > 0)
		return reason_set(&h->ch->why, EBUSY, "%s is started already", h->name);
	int r = fork_warden(h, spec);

	return r < 0 ? r : await_ready(h, spec);
}

static void end_one(struct ipcbench_helper *h)
{
	if (h->warden > 0) {
		ssize_t ignored = send(h->control, "", 1, MSG_NOSIGNAL);

		/* one that was killed does not read it */
		(void)ignored;
		while (waitpid(h->warden, NULL, 0) < 0 && errno == EINTR)
			;
	}
	if (h->control >= 0)
		close(h->control);
	if (h->dir != NULL && (folder_remove(h->dir) == 0 || access(h->dir, F_OK) != 0))
		ipcbench_object_untrack(h->slot);
	if (h->notice != NULL)
		munmap(h->notice, sizeof(*h->notice));
	free(h->dir);
	free(h->name);
	free(h->path);
	free(h);
}

void helpers_end(const struct channel *ch)
{
	struct ipcbench_helper **at = &helpers;

	while (*at != NULL) {
		struct ipcbench_helper *h = *at;

		if (h->ch != ch) {
			at = &h->next;
			continue;
		}
		*at = h->next;
		end_one(h);
	}
}
