/* SPDX-License-Identifier: MIT */
#include "support/segment.h"

#include "support/limits.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <ipcbench/host.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23 /* Linux 5.14 */
#endif

#define HUGE_POOL "vm.nr_hugepages"

/* ---- limits ---------------------------------------------------------------------------------- */

/* A line of /proc/meminfo in its own unit (kB, or pages of a pool). */
static uint64_t meminfo(const char *field, uint64_t fallback)
{
	FILE *f = fopen("/proc/meminfo", "re");
	uint64_t value = fallback, v;
	char line[128], name[64];

	if (f == NULL)
		return fallback;
	while (fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "%63[^:]: %" SCNu64, name, &v) == 2 && strcmp(name, field) == 0) {
			value = v;
			break;
		}
	}
	fclose(f);
	return value;
}

static size_t round_up(size_t n, size_t unit)
{
	return (n + unit - 1) / unit * unit;
}

static size_t page_bytes(enum segment_kind kind)
{
	if (kind == SEGMENT_HUGETLB)
		return (size_t)meminfo("Hugepagesize", 2048) * 1024;
	return (size_t)sysconf(_SC_PAGESIZE);
}

static int fits_memory(size_t bytes, struct reason *why)
{
	uint64_t room = meminfo("MemAvailable", UINT64_MAX / 1024) * 1024;
	char need[24], have[24];

	if (bytes <= room)
		return 0;
	return reason_set(why, ENOMEM,
		"shared memory of %s is needed, %s of memory are available (MemAvailable in "
		"/proc/meminfo); use smaller messages or a smaller size=",
		ipcbench_bytes(need, sizeof(need), bytes),
		ipcbench_bytes(have, sizeof(have), room));
}

static int fits_directory(const char *dir, const char *remedy, size_t bytes, struct reason *why)
{
	char need[24], have[24];
	struct statvfs fs;

	if (statvfs(dir, &fs) < 0)
		return reason_set(why, errno, "%s: %s; %s", dir, strerror(errno), remedy);
	uint64_t room = (uint64_t)fs.f_bavail * fs.f_frsize;

	if (bytes <= room)
		return 0;
	return reason_set(why, ENOSPC, "shared memory of %s is needed, %s are free in %s; %s",
		ipcbench_bytes(need, sizeof(need), bytes), ipcbench_bytes(have, sizeof(have), room),
		dir, remedy);
}

/* Segments of the system and their pages, which shmmni and shmall limit. */
static struct shm_info sysv_used(void)
{
	struct shm_info info = {0};

	shmctl(0, SHM_INFO, (struct shmid_ds *)(void *)&info);
	return info;
}

static int fits_sysv(size_t bytes, struct reason *why)
{
	const size_t page = page_bytes(SEGMENT_SYSV);
	const struct limit limits[] = {
		{"kernel.shmmax", bytes, UINT64_MAX},
		{"kernel.shmall", sysv_used().shm_tot + round_up(bytes, page) / page, UINT64_MAX},
	};
	char text[24], what[64];

	snprintf(what, sizeof(what), "a segment of %s does not fit",
		ipcbench_bytes(text, sizeof(text), bytes));
	int r = limits_check(why, EINVAL, what, limits, ARRAY_SIZE(limits));

	return r < 0 ? r : fits_memory(bytes, why);
}

static int fits_hugetlb(size_t bytes, struct reason *why)
{
	size_t page = page_bytes(SEGMENT_HUGETLB);
	uint64_t need = round_up(bytes, page) / page;
	uint64_t have = meminfo("HugePages_Free", 0);
	char text[24], what[80];

	snprintf(what, sizeof(what),
		"%" PRIu64 " huge pages of %s are needed, %" PRIu64 " are free", need,
		ipcbench_bytes(text, sizeof(text), page), have);
	/* raised by what lacks */
	return need <= have ? 0
			    : limits_check(why, ENOMEM, what,
				      &(struct limit){
					      HUGE_POOL, limit_now(HUGE_POOL, 0) + need - have, 0},
				      1);
}

int segment_fits(enum segment_kind kind, const char *dir, size_t bytes, struct reason *why)
{
	int r;

	switch (kind) {
	case SEGMENT_POSIX:
		r = fits_directory("/dev/shm", "mount a larger tmpfs there", bytes, why);
		return r < 0 ? r : fits_memory(bytes, why);
	case SEGMENT_SYSV:
		return fits_sysv(bytes, why);
	case SEGMENT_MEMFD:
		return fits_memory(bytes, why);
	case SEGMENT_FILE:
		dir = ipcbench_directory(dir);
		r = ipcbench_directory_check(dir, why);
		return r < 0 ? r
			     : fits_directory(dir, "choose another directory with dir= or TMPDIR",
				       bytes, why);
	case SEGMENT_HUGETLB:
		return fits_hugetlb(bytes, why);
	}
	return -EINVAL;
}

/* ---- providers: a descriptor of an unnamed object -------------------------------------------- */

static int posix_fd(struct reason *why)
{
	char name[OBJECT_NAME_MAX];

	ipcbench_object_name(name, sizeof(name));
	int slot = ipcbench_object_track(OBJECT_POSIX_SHM, name);

	if (slot < 0)
		return reason_set(why, -slot, "ledger of objects: %s", strerror(-slot));
	int fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600), r = fd;

	if (fd >= 0)
		shm_unlink(name);
	else
		r = reason_set(
			why, errno, "shm_open: %s; is /dev/shm a writable tmpfs?", strerror(errno));
	ipcbench_object_untrack(slot);
	return r;
}

/* For file systems without O_TMPFILE. */
static int named_file_fd(const char *dir, struct reason *why)
{
	char path[OBJECT_NAME_MAX], name[64];

	ipcbench_object_name(name, sizeof(name));
	int len = snprintf(path, sizeof(path), "%s%s", dir, name);

	if (len < 0 || (size_t)len >= sizeof(path))
		return reason_set(why, ENAMETOOLONG,
			"dir=%.64s... is longer than the ledger of objects holds (%d); use a "
			"shorter path",
			dir, OBJECT_NAME_MAX);
	int slot = ipcbench_object_track(OBJECT_PATH, path);

	if (slot < 0)
		return reason_set(why, -slot, "ledger of objects: %s", strerror(-slot));
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	int r = fd < 0 ? reason_set(why, errno, "%s: %s", path, strerror(errno)) : fd;

	if (fd >= 0)
		unlink(path);
	ipcbench_object_untrack(slot);
	return r;
}

static int file_fd(const char *dir, struct reason *why)
{
	int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd >= 0)
		return fd;
	/* EISDIR: a kernel that does not know the flag */
	if (errno == EOPNOTSUPP || errno == EISDIR)
		return named_file_fd(dir, why);
	return reason_set(why, errno, "a file in %s: %s; choose another directory with dir=", dir,
		strerror(errno));
}

static int memory_fd(unsigned int flags, struct reason *why)
{
	int fd = memfd_create("ipcbench", MFD_CLOEXEC | flags);

	return fd >= 0 ? fd : reason_set(why, errno, "memfd_create: %s", strerror(errno));
}

static int segment_fd(enum segment_kind kind, const char *dir, struct reason *why)
{
	switch (kind) {
	case SEGMENT_POSIX:
		return posix_fd(why);
	case SEGMENT_FILE:
		return file_fd(ipcbench_directory(dir), why);
	case SEGMENT_HUGETLB:
		return memory_fd(MFD_HUGETLB, why);
	case SEGMENT_MEMFD:
	case SEGMENT_SYSV:
		break;
	}
	return memory_fd(0, why);
}

static const char *remedy(enum segment_kind kind, int err)
{
	if (kind == SEGMENT_HUGETLB)
		return "; raise " HUGE_POOL " with sysctl";
	if (err != ENOSPC)
		return "";
	return kind == SEGMENT_POSIX ? "; mount a larger tmpfs on /dev/shm"
				     : "; choose another directory with dir=";
}

/* fallocate() reserves the space for good: memory that is only ftruncate()d may be missing later.
 */
static int map_fd(struct segment *s, int fd, struct reason *why)
{
	char text[24];
	int r;

	do {
		r = posix_fallocate(fd, 0, (off_t)s->bytes);
	} while (r == EINTR);
	ipcbench_bytes(text, sizeof(text), s->bytes);
	if (r != 0)
		return reason_set(why, r, "allocating shared memory of %s: %s%s", text, strerror(r),
			remedy(s->kind, r));
	void *p = mmap(NULL, s->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (p == MAP_FAILED)
		return reason_set(why, errno, "mapping shared memory of %s: %s%s", text,
			strerror(errno), remedy(s->kind, errno));
	s->base = p;
	return 0;
}

static int refused_sysv(size_t bytes, int err, struct reason *why)
{
	const struct shm_info used = sysv_used();
	const struct limit limits[] = {
		{"kernel.shmmni", (uint64_t)used.used_ids + 2, 4096},
		{"kernel.shmall", used.shm_tot + bytes / page_bytes(SEGMENT_SYSV), UINT64_MAX},
	};
	char text[24], what[64];
	int r = 0;

	snprintf(what, sizeof(what), "shmget of %s: %s", ipcbench_bytes(text, sizeof(text), bytes),
		strerror(err));
	if (err == ENOSPC)
		r = limits_check(why, err, what, limits, ARRAY_SIZE(limits));
	return r < 0 ? r : reason_set(why, err, "%s", what);
}

/* Removal right after attaching: Linux keeps the segment until the last process detaches. */
static int open_sysv(struct segment *s, struct reason *why)
{
	int key = ipcbench_object_key();
	char name[16];

	snprintf(name, sizeof(name), "0x%08x", (unsigned int)key);
	int slot = ipcbench_object_track(OBJECT_SYSV_SHM, name);

	if (slot < 0)
		return reason_set(why, -slot, "ledger of objects: %s", strerror(-slot));
	int id = shmget((key_t)key, s->bytes, IPC_CREAT | IPC_EXCL | 0600);
	int r = 0;

	if (id < 0) {
		r = refused_sysv(s->bytes, errno, why);
		goto untrack;
	}
	void *p = shmat(id, NULL, 0);

	if (p == (void *)-1)
		r = reason_set(why, errno, "shmat: %s", strerror(errno));
	else
		s->base = p;
	shmctl(id, IPC_RMID, NULL);
untrack:
	ipcbench_object_untrack(slot);
	return r;
}

int segment_open(struct segment *s, enum segment_kind kind, const char *dir, size_t bytes,
	struct reason *why)
{
	int r;

	*s = (struct segment){.kind = kind, .bytes = round_up(bytes, page_bytes(kind))};
	if (kind == SEGMENT_SYSV) {
		r = open_sysv(s, why);
	} else {
		int fd = segment_fd(kind, dir, why);

		if (fd < 0)
			return fd;
		r = map_fd(s, fd, why);
		close(fd);
	}
	return r < 0 ? r : segment_populate(s, why);
}

/* Before Linux 5.14: a write to every page that changes nothing, whatever the peer does. */
static void touch_pages(const struct segment *s)
{
	size_t page = page_bytes(s->kind);

	for (size_t i = 0; i < s->bytes; i += page)
		atomic_fetch_or((_Atomic unsigned char *)s->base + i, 0);
}

int segment_populate(const struct segment *s, struct reason *why)
{
	char text[24];

	while (madvise(s->base, s->bytes, MADV_POPULATE_WRITE) < 0) {
		if (errno == EINTR || errno == EAGAIN)
			continue;
		if (errno == EINVAL) {
			touch_pages(s);
			return 0;
		}
		return reason_set(why, errno, "populating shared memory of %s: %s",
			ipcbench_bytes(text, sizeof(text), s->bytes), strerror(errno));
	}
	return 0;
}

void segment_close(struct segment *s)
{
	if (s->base == NULL)
		return;
	if (s->kind == SEGMENT_SYSV)
		shmdt(s->base);
	else
		munmap(s->base, s->bytes);
	s->base = NULL;
}
