/* SPDX-License-Identifier: MIT */
#include "list/clean.h"
#include "list/remove.h"
#include "run/objects.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct cleaning {
	FILE *out;
	bool dry_run;
	unsigned int removed, missed, alive;
};

static bool remove_entry(struct cleaning *c, const struct ledger *l, size_t i)
{
	uint32_t stored = atomic_load_explicit(&l->slot[i].kind, memory_order_acquire);
	char name[sizeof(l->slot[i].name)], text[320];
	struct reason why = {""};

	if (stored == 0 || stored > (uint32_t)OBJECT_SYSV_SHM + 1)
		return true;
	enum object_kind kind = (enum object_kind)(stored - 1);
	memcpy(name, l->slot[i].name, sizeof(name));
	name[sizeof(name) - 1] = '\0';
	object_describe(text, sizeof(text), kind, name);

	int err = object_remove(kind, name, l->created, c->dry_run, &why);
	/* Announced but never made, or unmade and not yet struck out. */
	if (err == -ENOENT)
		return true;
	if (err == 0) {
		fprintf(c->out, "%s %s\n", c->dry_run ? "would remove" : "removed", text);
		c->removed++;
		return true;
	}
	fprintf(c->out, "cannot remove %s: %s\n", text, why.text);
	c->missed++;
	return false;
}

/* Backwards: what lies in a directory was announced after it. */
static bool remove_entries(struct cleaning *c, const struct ledger *l)
{
	bool all = true;

	for (size_t i = LEDGER_SLOTS; i-- > 0;)
		all = remove_entry(c, l, i) && all;
	return all;
}

/* A pid of another container's /proc looks dead; the lock tells. */
static bool in_use(const char *file, int fd)
{
	int pid = 0;
	unsigned long long start = 0;

	if (sscanf(file, "%d.%llu", &pid, &start) != 2)
		return true;
	return (start != 0 && process_start(pid) == start) || flock(fd, LOCK_EX | LOCK_NB) != 0;
}

static void clean_ledger(struct cleaning *c, const char *dir, int dir_fd, const char *file)
{
	struct stat st;
	struct ledger *l = MAP_FAILED;
	int fd = openat(dir_fd, file, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return;
	if (in_use(file, fd)) {
		c->alive++;
		goto out;
	}
	if (fstat(fd, &st) == 0 && st.st_uid == geteuid() && st.st_size == sizeof(*l))
		l = mmap(NULL, sizeof(*l), PROT_READ, MAP_PRIVATE, fd, 0);
	/* Killed while it made its ledger: nothing can stand in it. */
	bool whole = l != MAP_FAILED && memcmp(l->magic, LEDGER_MAGIC, sizeof(LEDGER_MAGIC)) == 0;
	if ((!whole || remove_entries(c, l)) && !c->dry_run && unlinkat(dir_fd, file, 0) != 0 &&
		errno != ENOENT) {
		fprintf(c->out, "cannot remove %s/%s: %s\n", dir, file, strerror(errno));
		c->missed++;
	}
	if (l != MAP_FAILED)
		munmap(l, sizeof(*l));
out:
	close(fd);
}

static bool is_ledger(const char *file)
{
	size_t len = strlen(file), suffix = strlen(LEDGER_SUFFIX);

	return len > suffix && strcmp(file + len - suffix, LEDGER_SUFFIX) == 0;
}

static void clean_dir(struct cleaning *c, const char *path)
{
	struct reason why = {""};
	int fd = ledger_dir_open(path, false, &why);
	DIR *dir;

	if (fd == -ENOENT)
		return;
	if (fd < 0 || (dir = fdopendir(fd)) == NULL) {
		fprintf(c->out, "cannot look into %s\n", why.text[0] != '\0' ? why.text : path);
		c->missed++;
		if (fd >= 0)
			close(fd);
		return;
	}
	for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
		if (is_ledger(e->d_name))
			clean_ledger(c, path, dirfd(dir), e->d_name);
	}
	closedir(dir);
	if (!c->dry_run)
		rmdir(path); /* fails while a run is in progress, as it should */
}

int clean_run(FILE *out, bool dry_run)
{
	struct cleaning c = {.out = out, .dry_run = dry_run};
	char dirs[LEDGER_DIRS][LEDGER_DIR_MAX];
	size_t n = ledger_dirs(dirs);

	for (size_t i = 0; i < n; i++)
		clean_dir(&c, dirs[i]);
	if (c.alive != 0)
		fprintf(out, "left alone: objects of %u run%s in progress\n", c.alive,
			c.alive == 1 ? "" : "s");
	if (c.removed == 0 && c.missed == 0)
		fprintf(out, "nothing to remove\n");
	return c.missed == 0 ? 0 : 1;
}
