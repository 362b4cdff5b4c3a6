/* SPDX-License-Identifier: MIT */
#include "report/downloads.h"

#include "doc/html-text.h"
#include "text/whole-file.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { LINK_OVERHEAD = 300 }; /* bytes of what stands around a file */

int downloads_read(struct downloads *d, const char *dir, const char *const names[DOWNLOADS_MAX],
	struct reason *why)
{
	char path[4200];

	*d = (struct downloads){.dir = dir, .count = 0};
	for (size_t i = 0; i < DOWNLOADS_MAX && names[i] != NULL; i++) {
		struct download *f = &d->files[i];

		f->name = names[i];
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		int r = whole_file_read(path, &f->bytes, &f->len, why);

		if (r < 0 && r != -ENOENT)
			return r;
		d->count = i + 1;
	}
	return 0;
}

void downloads_free(struct downloads *d)
{
	for (size_t i = 0; i < d->count; i++)
		free(d->files[i].bytes);
	*d = (struct downloads){.count = 0};
}

void downloads_spend(struct downloads *d, size_t from, size_t to, struct budget *b)
{
	for (size_t i = from; i < to && i < d->count; i++) {
		struct download *f = &d->files[i];

		f->embedded = f->bytes != NULL &&
			      budget_take(b, html_uri_length(f->bytes, f->len) + LINK_OVERHEAD);
	}
}

static void write_size(FILE *out, size_t len)
{
	if (len < 10000)
		fprintf(out, "%zu bytes", len);
	else
		fprintf(out, "%zu kB", (len + 500) / 1000);
}

static void write_file(FILE *out, const struct downloads *d, size_t i, const char *letter)
{
	const struct download *f = &d->files[i];
	const char *dot = strrchr(f->name, '.');
	bool json = dot != NULL && strcmp(dot, ".json") == 0;

	fputs("<li>", out);
	if (f->embedded) {
		fprintf(out, "<a download=\"%s%s%s\" href=\"data:%s;charset=utf-8,", letter,
			letter[0] != '\0' ? "-" : "", f->name,
			json ? "application/json" : "text/csv");
		html_uri(out, f->bytes, f->len);
		fprintf(out, "\">%s</a> (", f->name);
		write_size(out, f->len);
		fputs(")", out);
	} else {
		fprintf(out, "<span class=\"missing\">%s (", f->name);
		write_size(out, f->len);
		fprintf(out,
			"): left out, because with it the page would have more than %zu bytes; it "
			"lies in <code>",
			REPORT_BYTES_MAX);
		html_text(out, d->dir);
		fputs("</code></span>", out);
	}
	fputs("</li>\n", out);
}

void downloads_write(FILE *out, const struct downloads *d, const char *letter)
{
	fputs("<ul class=\"files\">\n", out);
	for (size_t i = 0; i < d->count; i++)
		if (d->files[i].bytes != NULL)
			write_file(out, d, i, letter);
	fputs("</ul>\n", out);
}
