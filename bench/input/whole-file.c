/* SPDX-License-Identifier: MIT */
#include "input/whole-file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define WHOLE_FILE_MAX ((size_t)256 << 20)

static int read_all(FILE *in, const char *path, char **text, size_t *len, struct reason *why)
{
	struct stat st;

	if (fstat(fileno(in), &st) < 0)
		return reason_set(why, errno, "%s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return reason_set(why, EINVAL, "%s: is no regular file", path);
	if ((size_t)st.st_size > WHOLE_FILE_MAX)
		return reason_set(why, EFBIG, "%s: has %jd bytes; at most %zu are read", path,
			(intmax_t)st.st_size, WHOLE_FILE_MAX);
	*text = malloc((size_t)st.st_size + 1);
	if (*text == NULL)
		return reason_set(why, ENOMEM, "%s: out of memory", path);
	*len = fread(*text, 1, (size_t)st.st_size, in);
	(*text)[*len] = '\0';
	if (ferror(in)) {
		free(*text);
		return reason_set(why, EIO, "%s: cannot be read", path);
	}
	return 0;
}

int whole_file_read(const char *path, char **text, size_t *len, struct reason *why)
{
	FILE *in = fopen(path, "re");

	if (in == NULL)
		return reason_set(why, errno, "%s: %s", path, strerror(errno));
	int r = read_all(in, path, text, len, why);

	fclose(in);
	return r;
}
