/* SPDX-License-Identifier: MIT */
/* Reading files, and taking apart the small ones of /proc and /sys. */
#include "text/text-file.h"
#include "text/memory.h"
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <ipcbench/host.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whole files are read in pieces: those of /proc have no size, and others may grow. */
#define PIECE ((size_t)1 << 16)

/* ---- opening --------------------------------------------------------------------------------- */

static int check_kind(int fd, const char *path, uint64_t limit, struct reason *why)
{
	struct stat st;
	char most[32];

	ipcbench_bytes(most, sizeof(most), limit);
	if (fstat(fd, &st) < 0)
		return reason_set(why, errno, "%.140s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return reason_set(why, S_ISDIR(st.st_mode) ? EISDIR : EINVAL,
			"%.140s: not a regular file but a %s; only regular files of at most %s are read",
			path,
			S_ISDIR(st.st_mode)    ? "directory"
			: S_ISFIFO(st.st_mode) ? "FIFO"
					       : "device",
			most);
	if ((uint64_t)st.st_size > limit)
		return reason_set(why, EFBIG,
			"%.140s: has %jd bytes, more than the limit of %s; name a smaller file",
			path, (intmax_t)st.st_size, most);
	return 0;
}

int text_file_open(int at, const char *path, uint64_t limit, struct reason *why)
{
	/* nobody waits for a FIFO to be written, nor for a terminal */
	int fd = openat(at, path,
		O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY | (at == AT_FDCWD ? 0 : O_NOFOLLOW));

	if (fd < 0)
		return reason_set(why, errno, "%.140s: %s", path,
			errno == ENXIO
				? "a socket or a device that does not exist; name a regular file"
			: errno == ELOOP && at != AT_FDCWD ? "a link, which is not followed here"
							   : strerror(errno));
	int r = check_kind(fd, path, limit, why);

	if (r == 0)
		return fd;
	close(fd);
	return r;
}

/* Reads up to the end: /proc and seq files hand out a page at a time. The length, or -errno. */
static ssize_t read_up_to(int fd, char *buf, size_t size)
{
	size_t n = 0;

	while (n < size) {
		ssize_t got = read(fd, buf + n, size - n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			break;
		n += (size_t)got;
	}
	return (ssize_t)n;
}

/* ---- small files ----------------------------------------------------------------------------- */

int text_file_read(const char *path, char *buf, size_t size)
{
	int fd = text_file_open(AT_FDCWD, path, UINT64_MAX, NULL);
	ssize_t n = fd < 0 ? fd : read_up_to(fd, buf, size - 1);

	if (fd >= 0)
		close(fd);
	while (n > 0 && isspace((unsigned char)buf[n - 1]))
		n--;
	buf[n < 0 ? 0 : n] = '\0';
	return (int)n;
}

int text_file_read_under(const char *root, const char *path, char *buf, size_t size)
{
	char whole[PATH_MAX];

	if ((size_t)snprintf(whole, sizeof(whole), "%s%s", root, path) >= sizeof(whole)) {
		buf[0] = '\0';
		return -ENAMETOOLONG;
	}
	return text_file_read(whole, buf, size);
}

static const char *skip_blanks(const char *p)
{
	while (*p == ' ' || *p == '\t')
		p++;
	return p;
}

char *text_find(const char *text, const char *key, char separator, char *buf, size_t size)
{
	size_t key_len = strlen(key);

	for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, key, key_len) != 0)
			continue;
		const char *value = skip_blanks(line + key_len);

		if (*value != separator)
			continue;
		value = skip_blanks(value + 1);
		size_t len = strcspn(value, "\n");

		while (len > 0 && isspace((unsigned char)value[len - 1]))
			len--;
		snprintf(buf, size, "%.*s", (int)len, value);
		return buf;
	}
	return NULL;
}

bool text_lists(const char *list, const char *separators, const char *word)
{
	for (size_t len; *list != '\0'; list += len + (list[len] != '\0')) {
		len = strcspn(list, separators);
		if (len == strlen(word) && strncmp(list, word, len) == 0)
			return true;
	}
	return false;
}

char *text_chosen(char *text)
{
	char *open = strchr(text, '['), *close = open == NULL ? NULL : strchr(open, ']');

	if (close == NULL)
		return NULL;
	*close = '\0';
	return open + 1;
}

/* ---- whole files ----------------------------------------------------------------------------- */

static int read_whole(
	int fd, const char *path, size_t limit, char **text, size_t *len, struct reason *why)
{
	char *bytes = NULL;
	size_t n = 0;
	ssize_t got;

	do {
		bytes = need_room(bytes, n + PIECE + 1, 1);
		got = read_up_to(fd, bytes + n, PIECE);
		n += got < 0 ? 0 : (size_t)got;
	} while (got == (ssize_t)PIECE && n <= limit);
	if (got >= 0 && n <= limit) {
		bytes[n] = '\0';
		*text = bytes;
		*len = n;
		return 0;
	}
	free(bytes);
	return got < 0 ? reason_set(why, (int)-got, "%.140s: cannot be read: %s", path,
				 strerror((int)-got))
		       : reason_set(why, EFBIG,
				 "%.140s: exceeds the limit of %zu bytes; name a smaller file",
				 path, limit);
}

int whole_file_read(const char *path, size_t limit, char **text, size_t *len, struct reason *why)
{
	int fd = text_file_open(AT_FDCWD, path, limit, why);

	if (fd < 0)
		return fd;
	int r = read_whole(fd, path, limit, text, len, why);

	close(fd);
	return r;
}

int whole_file_json(const char *path, json_t **out, struct reason *why)
{
	char *text;
	size_t len;
	json_error_t error;

	*out = NULL;
	if (access(path, F_OK) < 0 && errno == ENOENT)
		return 0;
	int r = whole_file_read(path, STORED_FILE_MAX, &text, &len, why);

	if (r < 0)
		return r;
	*out = json_loadb(text, len, 0, &error);
	free(text);
	if (*out == NULL)
		return reason_set(why, EINVAL, "%s: line %d: %s; the file is cut or not JSON", path,
			error.line, error.text);
	return json_is_object(*out) ? 0 : reason_set(why, EINVAL, "%s: not a JSON object", path);
}
