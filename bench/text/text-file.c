/* SPDX-License-Identifier: MIT */
/* Reading and taking apart the small text files of /proc and /sys. */
#include "text/text-file.h"
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int text_file_read(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err = 0;
	size_t n = 0;

	buf[0] = '\0';
	if (fd < 0)
		return -errno;
	/* /proc and seq files hand out a page at a time */
	while (n < size - 1) {
		ssize_t got = read(fd, buf + n, size - 1 - n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			err = -errno;
		if (got <= 0)
			break;
		n += (size_t)got;
	}
	close(fd);
	while (n > 0 && isspace((unsigned char)buf[n - 1]))
		n--;
	if (err < 0)
		n = 0;
	buf[n] = '\0';
	return err < 0 ? err : (int)n;
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

char *text_chosen(char *text)
{
	char *open = strchr(text, '['), *close = open == NULL ? NULL : strchr(open, ']');

	if (close == NULL)
		return NULL;
	*close = '\0';
	return open + 1;
}
