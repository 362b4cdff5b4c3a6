/* SPDX-License-Identifier: MIT */
/* The ledger and `clean`: what a killed process left is removed, and nothing else. */
#include "list/list.h"
#include "run/objects.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
/* after what it needs */
#include <cmocka.h>

/* ---- a private place ------------------------------------------------------------------------ */

struct place {
	char dir[64], ledgers[80], file[96], shm[64], key_name[16];
	int key;
};

static int make_place(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return -1;
	snprintf(p->dir, sizeof(p->dir), "/tmp/ipcbench-test-XXXXXX");
	if (mkdtemp(p->dir) == NULL || setenv("XDG_RUNTIME_DIR", p->dir, 1) != 0)
		return -1;
	snprintf(p->ledgers, sizeof(p->ledgers), "%s/ipcbench", p->dir);
	snprintf(p->file, sizeof(p->file), "%s/object", p->dir);
	ipcbench_object_name(p->shm, sizeof(p->shm));
	p->key = ipcbench_object_key();
	snprintf(p->key_name, sizeof(p->key_name), "0x%x", (unsigned int)p->key);
	*state = p;
	return 0;
}

static int unmake_place(void **state)
{
	struct place *p = *state;
	char command[128];
	int id = msgget(p->key, 0);

	objects_finish();
	shm_unlink(p->shm);
	if (id >= 0)
		msgctl(id, IPC_RMID, NULL);
	snprintf(command, sizeof(command), "rm -rf '%s'", p->dir);
	int status = system(command);
	free(p);
	return status;
}

static int ledgers(const struct place *p)
{
	DIR *dir = opendir(p->ledgers);
	int n = 0;

	if (dir == NULL)
		return 0;
	for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir))
		n += strstr(e->d_name, LEDGER_SUFFIX) != NULL;
	closedir(dir);
	return n;
}

static bool exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

static int make_file(const char *path)
{
	int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);

	return fd < 0 ? -1 : close(fd);
}

/* What clean printed, to be freed. */
static char *cleaned(bool dry_run, int want_status)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	int status = clean_run(out, dry_run);
	fclose(out);
	if (status != want_status)
		fail_msg("status %d, not %d: %s", status, want_status, text);
	return text;
}

static void expect_output(bool dry_run, int status, const char *part)
{
	char *text = cleaned(dry_run, status);

	if (strstr(text, part) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", text, part);
	free(text);
}

/* ---- processes that leave things ------------------------------------------------------------- */

/* A process that tracks and makes objects, says so, and waits to be killed. */
static pid_t start_run(const struct place *p, void (*make)(const struct place *))
{
	int ready[2];
	char byte = 0;

	assert_int_equal(pipe(ready), 0);
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		/* a failed assertion does not come to kill_run() */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		make(p);
		if (write(ready[1], &byte, 1) == 1)
			pause();
		_exit(1);
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return pid;
}

static void kill_run(pid_t pid)
{
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void make_three(const struct place *p)
{
	ipcbench_object_track(OBJECT_PATH, p->file);
	ipcbench_object_track(OBJECT_POSIX_SHM, p->shm);
	ipcbench_object_track(OBJECT_SYSV_MSG, p->key_name);
	int fd = shm_open(p->shm, O_CREAT | O_EXCL | O_RDWR, 0600);

	if (make_file(p->file) != 0 || fd < 0 || msgget(p->key, IPC_CREAT | IPC_EXCL | 0600) < 0)
		_exit(1);
	close(fd);
}

static void a_killed_run_is_cleaned(void **state)
{
	const struct place *p = *state;

	kill_run(start_run(p, make_three));
	assert_int_equal(ledgers(p), 1);

	expect_output(true, 0, "would remove file ");
	assert_true(exists(p->file));
	assert_int_equal(ledgers(p), 1);

	char *text = cleaned(false, 0);
	char key_line[80];

	snprintf(key_line, sizeof(key_line), "removed System V message queue, key 0x%08x\n",
		(unsigned int)p->key);
	assert_non_null(strstr(text, "removed file "));
	assert_non_null(strstr(text, "removed POSIX shared memory /ipcbench-"));
	assert_non_null(strstr(text, key_line));
	free(text);
	assert_false(exists(p->file));
	assert_int_equal(msgget(p->key, 0), -1);
	assert_int_equal(shm_open(p->shm, O_RDONLY, 0), -1);
	assert_false(exists(p->ledgers));
}

static void a_run_in_progress_is_left_alone(void **state)
{
	const struct place *p = *state;
	pid_t pid = start_run(p, make_three);

	expect_output(false, 0, "in progress");
	assert_true(exists(p->file));
	assert_true(msgget(p->key, 0) >= 0);
	assert_int_equal(ledgers(p), 1);
	kill_run(pid);
	expect_output(false, 0, "removed file ");
	assert_false(exists(p->file));
}

/* Gives the only ledger the name that the process `pid`, started at 1, would have given it. */
static void rename_ledger(const struct place *p, pid_t pid)
{
	char to[64], from[NAME_MAX + 1] = "";
	DIR *dir = opendir(p->ledgers);

	assert_non_null(dir);
	for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir))
		if (strstr(e->d_name, LEDGER_SUFFIX) != NULL)
			memcpy(from, e->d_name, strlen(e->d_name) + 1);
	snprintf(to, sizeof(to), "%d.1.0" LEDGER_SUFFIX, (int)pid);
	assert_int_equal(renameat(dirfd(dir), from, dirfd(dir), to), 0);
	closedir(dir);
}

/* Seen from another pid namespace a living process does not exist; its lock does. */
static void a_locked_ledger_is_left_alone(void **state)
{
	const struct place *p = *state;
	pid_t pid = start_run(p, make_three);

	rename_ledger(p, pid);
	expect_output(false, 0, "in progress");
	assert_true(exists(p->file));
	kill_run(pid);
	/* the number lives on in another process: its start time tells them apart */
	rename_ledger(p, getpid());
	expect_output(false, 0, "removed file ");
}

/* ---- what is not ours ------------------------------------------------------------------------ */

static void make_foreign(const struct place *p)
{
	ipcbench_object_track(OBJECT_PATH, p->file);
	ipcbench_object_track(OBJECT_SYSV_MSG, p->key_name);
	if (symlink("/etc/passwd", p->file) != 0 || msgget(p->key, IPC_CREAT | IPC_EXCL | 0644) < 0)
		_exit(1);
}

static void what_is_not_ours_stays(void **state)
{
	const struct place *p = *state;

	kill_run(start_run(p, make_foreign));
	char *text = cleaned(false, 1);

	assert_non_null(strstr(text, "not the kind of file"));
	assert_non_null(strstr(text, "its mode is 644, not 600"));
	free(text);
	assert_true(exists(p->file));
	assert_true(msgget(p->key, 0) >= 0);
	/* kept, so that the next clean says so again */
	assert_int_equal(ledgers(p), 1);
}

static void make_nothing(const struct place *p)
{
	ipcbench_object_track(OBJECT_PATH, p->file);
	ipcbench_object_untrack(ipcbench_object_track(OBJECT_POSIX_SHM, p->shm));
}

static void entries_without_objects_vanish(void **state)
{
	const struct place *p = *state;

	kill_run(start_run(p, make_nothing));
	char *text = cleaned(false, 0);

	assert_null(strstr(text, "removed file"));
	free(text);
	assert_int_equal(ledgers(p), 0);
}

static void torn_ledgers_vanish(void **state)
{
	const struct place *p = *state;
	char path[160];

	assert_int_equal(mkdir(p->ledgers, 0700), 0);
	snprintf(path, sizeof(path), "%s/1.1%s", p->ledgers, LEDGER_SUFFIX);
	assert_int_equal(make_file(path), 0);
	free(cleaned(false, 0));
	assert_false(exists(path));
}

static void open_directories_are_refused(void **state)
{
	const struct place *p = *state;
	struct reason why = {""};

	assert_int_equal(mkdir(p->ledgers, 0700), 0);
	assert_int_equal(chmod(p->ledgers, 0777), 0);
	assert_int_equal(objects_check(&why), 0);
	assert_non_null(strstr(why.text, "mode 777"));
	assert_non_null(strstr(why.text, "recorded in /tmp/ipcbench-"));
	assert_true(ipcbench_object_track(OBJECT_PATH, p->file) >= 0);
	assert_int_equal(ledgers(p), 0);
	expect_output(false, 1, "cannot look into ");
	assert_int_equal(rmdir(p->ledgers), 0);

	assert_int_equal(symlink("/tmp", p->ledgers), 0);
	assert_int_equal(objects_check(&why), 0);
	assert_non_null(strstr(why.text, "a link"));
}

/* ---- the ledger itself ----------------------------------------------------------------------- */

static void what_is_left_stays_listed(void **state)
{
	const struct place *p = *state;

	assert_int_equal(ipcbench_object_track(OBJECT_PATH, p->file), 0);
	objects_finish();
	assert_int_equal(ledgers(p), 1);
}

static void it_is_gone_when_empty(void **state)
{
	const struct place *p = *state;

	ipcbench_object_untrack(ipcbench_object_track(OBJECT_PATH, p->file));
	assert_int_equal(ledgers(p), 1);
	objects_finish();
	assert_false(exists(p->ledgers));
	objects_finish();
	ipcbench_object_untrack(-ENOENT);
}

static void workers_leave_it_alone(void **state)
{
	const struct place *p = *state;
	int slot = ipcbench_object_track(OBJECT_PATH, p->file), status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		ipcbench_object_untrack(slot);
		objects_finish();
		_exit(ipcbench_object_track(OBJECT_PATH, "/x") == -EPERM ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	assert_int_equal(ledgers(p), 1);
	/* the slot is still taken: the next one is another */
	assert_int_equal(ipcbench_object_track(OBJECT_PATH, p->file), slot + 1);
	ipcbench_object_untrack(slot);
	ipcbench_object_untrack(slot + 1);
}

static void slots_are_used_again_and_end(void **state)
{
	const struct place *p = *state;
	char name[OBJECT_NAME_MAX + 1];

	for (int i = 0; i < LEDGER_SLOTS; i++)
		assert_int_equal(ipcbench_object_track(OBJECT_PATH, p->file), i);
	assert_int_equal(ipcbench_object_track(OBJECT_PATH, p->file), -ENOSPC);
	ipcbench_object_untrack(7);
	assert_int_equal(ipcbench_object_track(OBJECT_PATH, p->file), 7);
	for (int i = 0; i < LEDGER_SLOTS; i++)
		ipcbench_object_untrack(i);

	memset(name, 'x', OBJECT_NAME_MAX);
	name[0] = '/';
	name[OBJECT_NAME_MAX] = '\0';
	assert_int_equal(ipcbench_object_track(OBJECT_PATH, name), -ENAMETOOLONG);
	name[OBJECT_NAME_MAX - 1] = '\0';
	assert_int_equal(ipcbench_object_track(OBJECT_PATH, name), 0);
	ipcbench_object_untrack(0);
}

int main(void)
{
#define PLACED(f) cmocka_unit_test_setup_teardown(f, make_place, unmake_place)
	const struct CMUnitTest tests[] = {
		PLACED(a_killed_run_is_cleaned),
		PLACED(a_run_in_progress_is_left_alone),
		PLACED(a_locked_ledger_is_left_alone),
		PLACED(what_is_not_ours_stays),
		PLACED(entries_without_objects_vanish),
		PLACED(torn_ledgers_vanish),
		PLACED(open_directories_are_refused),
		PLACED(it_is_gone_when_empty),
		PLACED(workers_leave_it_alone),
		PLACED(slots_are_used_again_and_end),
		PLACED(what_is_left_stays_listed),
	};

	return cmocka_run_group_tests_name("objects", tests, NULL, NULL);
}
