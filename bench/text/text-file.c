/* SPDX-License-Identifier: MIT */
/* Reading files, and taking apart the small ones of /proc and /sys. */
#include "text/text-file.h"
#include "text/memory.h"
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WHOLE_FILE_MAX ((size_t)256 << 20)

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
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -errno : read_up_to(fd, buf, size - 1);

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

static int read_whole(int fd, const char *path, char **text, size_t *len, struct reason *why)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return reason_set(why, errno, "%s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return reason_set(why, EINVAL, "%s: not a regular file", path);
	if ((size_t)st.st_size > WHOLE_FILE_MAX)
		return reason_set(why, EFBIG, "%s: has %jd bytes; at most %zu are read", path,
			(intmax_t)st.st_size, WHOLE_FILE_MAX);
	char *bytes = need_array((size_t)st.st_size + 1, 1);
	ssize_t n = read_up_to(fd, bytes, (size_t)st.st_size);

	if (n < 0) {
		free(bytes);
		return reason_set(why, EIO, "%s: cannot be read", path);
	}
	*text = bytes;
	*len = (size_t)n;
	return 0;
}

int whole_file_read(const char *path, char **text, size_t *len, struct reason *why)
{
	/* at a FIFO nobody waits */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return reason_set(why, errno, "%s: %s", path, strerror(errno));
	int r = read_whole(fd, path, text, len, why);

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
	int r = whole_file_read(path, &text, &len, why);

	if (r < 0)
		return r;
	*out = json_loadb(text, len, 0, &error);
	free(text);
	if (*out == NULL)
		return reason_set(why, EINVAL, "%s: line %d: %s; the file is cut or not JSON", path,
			error.line, error.text);
	return json_is_object(*out) ? 0 : reason_set(why, EINVAL, "%s: not a JSON object", path);
}
