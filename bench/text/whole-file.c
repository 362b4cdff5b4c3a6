/* SPDX-License-Identifier: MIT */
#include "text/whole-file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define WHOLE_FILE_MAX ((size_t)256 << 20)

/* Neither a pipe, at which a reader could wait, nor a device or a directory. */
static int check_regular(const char *path, struct reason *why)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return reason_set(why, errno, "%s: %s", path, strerror(errno));
	return S_ISREG(st.st_mode) ? 0 : reason_set(why, EINVAL, "%s: is no regular file", path);
}

static int read_all(FILE *in, const char *path, char **text, size_t *len, struct reason *why)
{
	struct stat st;

	if (fstat(fileno(in), &st) < 0)
		return reason_set(why, errno, "%s: %s", path, strerror(errno));
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
	int r = check_regular(path, why);
	FILE *in = r < 0 ? NULL : fopen(path, "re");

	if (r < 0)
		return r;
	if (in == NULL)
		return reason_set(why, errno, "%s: %s", path, strerror(errno));
	r = read_all(in, path, text, len, why);

	fclose(in);
	return r;
}

int whole_file_json(const char *path, json_t **out, struct reason *why)
{
	struct stat st;
	json_error_t error;

	*out = NULL;
	if (stat(path, &st) < 0 && errno == ENOENT)
		return 0;
	int r = check_regular(path, why);

	if (r < 0)
		return r;
	*out = json_load_file(path, 0, &error);
	if (*out == NULL)
		return reason_set(why, EINVAL, "%s: line %d: %s; the file is cut or no JSON", path,
			error.line, error.text);
	return json_is_object(*out) ? 0 : reason_set(why, EINVAL, "%s: is no JSON object", path);
}
