/* SPDX-License-Identifier: MIT */
/* Runs ipcbench as a user would and reads its CSV by column name. */
#include "speed.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_ARGS = 40, MAX_FIELDS = 128 };

static _Noreturn void become_ipcbench(int out, const char *const *args)
{
	const char *program = getenv("IPCBENCH");
	const char *argv[MAX_ARGS] = {program != NULL ? program : "ipcbench", "--csv", "-"};

	for (size_t i = 0; args[i] != NULL && i < MAX_ARGS - 4; i++)
		argv[i + 3] = args[i];
	dup2(out, STDOUT_FILENO);
	execvp(argv[0], (char *const *)argv);
	fprintf(stderr, "speed: cannot run %s: %s; set IPCBENCH to the program\n", argv[0],
		strerror(errno));
	_exit(127);
}

/* Splits a CSV line (RFC 4180) in place. */
static unsigned int split(char *line, char **field)
{
	unsigned int n = 0;
	char *to = line;

	line[strcspn(line, "\r\n")] = '\0';
	for (bool more = true; more && n < MAX_FIELDS; n++) {
		bool quoted = *line == '"';

		field[n] = to;
		line += quoted;
		for (; *line != '\0' && (quoted || *line != ','); line++) {
			if (quoted && *line == '"' && *++line != '"') {
				quoted = false;
				line--;
				continue;
			}
			*to++ = *line;
		}
		more = *line == ',';
		line += more;
		*to++ = '\0';
	}
	return n;
}

static int column_of(char *const *header, unsigned int n, const char *name)
{
	for (unsigned int i = 0; i < n; i++)
		if (strcmp(header[i], name) == 0)
			return (int)i;
	return -1;
}

static double number(char *const *field, unsigned int n, int column)
{
	if (column < 0 || column >= (int)n || field[column][0] == '\0')
		return NAN;
	return strtod(field[column], NULL);
}

static void read_row(struct subject *out, char *const *header, unsigned int n, char *const *field,
	unsigned int got, const char *const *columns)
{
	int status = column_of(header, n, "status"), reason = column_of(header, n, "reason");

	if (status < 0 || status >= (int)got || out->rows == SUBJECT_ROWS)
		return;
	if (strcmp(field[status], "ok") != 0) {
		if (out->reason[0] == '\0')
			snprintf(out->reason, sizeof(out->reason), "%s: %s", field[status],
				reason >= 0 && reason < (int)got ? field[reason] : "");
		return;
	}
	for (unsigned int c = 0; c < SUBJECT_COLUMNS && columns[c] != NULL; c++)
		out->value[out->rows][c] = number(field, got, column_of(header, n, columns[c]));
	out->rows++;
}

static void read_csv(struct subject *out, FILE *in, const char *const *columns)
{
	char *header_line = NULL, *line = NULL, *header[MAX_FIELDS], *field[MAX_FIELDS];
	size_t header_len = 0, len = 0;

	if (getline(&header_line, &header_len, in) > 0) {
		unsigned int n = split(header_line, header);

		while (getline(&line, &len, in) > 0)
			read_row(out, header, n, field, split(line, field), columns);
	}
	free(header_line);
	free(line);
}

int subject_run(const char *const *args, const char *const *columns, struct subject *out)
{
	double start = seconds_now();
	struct rusage usage;
	int fds[2], status;

	memset(out, 0, sizeof(*out));
	if (pipe2(fds, O_CLOEXEC) < 0)
		return -errno;
	fflush(NULL);
	pid_t pid = fork();

	if (pid == 0)
		become_ipcbench(fds[1], args);
	close(fds[1]);
	FILE *in = pid < 0 ? NULL : fdopen(fds[0], "r");

	if (in == NULL) {
		close(fds[0]);
		return -errno;
	}
	read_csv(out, in, columns);
	fclose(in);
	if (wait4(pid, &status, 0, &usage) < 0)
		return -errno;
	out->max_rss_kib = usage.ru_maxrss;
	out->wall_s = seconds_now() - start;
	if (out->rows == 0 && out->reason[0] == '\0')
		snprintf(out->reason, sizeof(out->reason), "no row; wait status 0x%x", status);
	return out->rows != 0 ? 0 : -ENODATA;
}
