/* SPDX-License-Identifier: MIT */
/* Reason lines, sizes for people, directories, and numbers from /proc/sys. */
#include "text/text-file.h"
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <ipcbench/host.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int(reason_set)(struct reason *why, int err, const char *fmt, ...)
{
	struct reason line;
	va_list ap;

	if (why == NULL)
		return -err;
	/* By way of a second buffer, since an argument may be the old text of `why` itself. */
	va_start(ap, fmt);
	vsnprintf(line.text, sizeof(line.text), fmt, ap);
	va_end(ap);
	memcpy(why->text, line.text, strlen(line.text) + 1);
	return -err;
}

const char *ipcbench_bytes(char *buf, size_t len, uint64_t bytes)
{
	static const char *const unit[] = {"B", "KiB", "MiB", "GiB", "TiB"};
	size_t u = 0;

	while (bytes != 0 && bytes % 1024 == 0 && u + 1 < ARRAY_SIZE(unit)) {
		bytes /= 1024;
		u++;
	}
	snprintf(buf, len, "%" PRIu64 " %s", bytes, unit[u]);
	return buf;
}

const char *ipcbench_directory(const char *dir)
{
	if (dir == NULL || dir[0] == '\0')
		dir = getenv("TMPDIR");
	return dir == NULL || dir[0] == '\0' ? "/tmp" : dir;
}

int ipcbench_directory_check(const char *dir, struct reason *why)
{
	struct stat st;

	if (stat(dir, &st) < 0 || access(dir, W_OK | X_OK) < 0)
		return reason_set(why, errno,
			"directory %.120s: %s; choose another with dir= or TMPDIR", dir,
			strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return reason_set(why, ENOTDIR,
			"%.120s is not a directory; choose one with dir= or TMPDIR", dir);
	return 0;
}

uint64_t ipcbench_sysctl(const char *path, uint64_t fallback)
{
	char text[64];

	/* "max" and "-1", which some files say, are no numbers. */
	if (text_file_read(path, text, sizeof(text)) < 0 || !isdigit((unsigned char)text[0]))
		return fallback;
	errno = 0;
	unsigned long long value = strtoull(text, NULL, 10);
	return errno == 0 ? (uint64_t)value : fallback;
}
