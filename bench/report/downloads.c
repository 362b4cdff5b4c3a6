/* SPDX-License-Identifier: MIT */
/* The files of a directory within the page, byte for byte. */
#include "report/parts.h"

#include "doc/html-text.h"
#include <string.h>

static void write_file(FILE *out, const struct subject *s, const struct download *f)
{
	bool json = strstr(f->name, ".json") != NULL, large = f->len >= 10000;
	size_t size = large ? (f->len + 500) / 1000 : f->len;
	const char *unit = large ? "kB" : "bytes";

	if (f->embedded) {
		html_put(out, "<li><a download=\"%s%s%s\" href=\"data:%s;charset=utf-8,", s->letter,
			s->letter[0] != '\0' ? "-" : "", f->name,
			json ? "application/json" : "text/csv");
		html_uri(out, f->bytes, f->len);
		html_put(out, "\">%s</a> (%zu %s)</li>\n", f->name, size, unit);
	} else {
		html_put(out,
			"<li><span class=\"missing\">%s (%zu %s): left out, because with it the page "
			"would have more than %zu bytes; it lies in <code>%s</code></span></li>\n",
			f->name, size, unit, REPORT_BYTES_MAX, s->dir);
	}
}

void part_downloads(FILE *out, const struct page *p)
{
	for (size_t i = 0; i < p->count; i++) {
		const struct subject *s = &p->subjects[i];

		part_subject(out, p, i);
		fputs("<ul class=\"files\">\n", out);
		for (size_t k = 0; k < DOWNLOADS_MAX; k++)
			if (s->downloads[k].bytes != NULL)
				write_file(out, s, &s->downloads[k]);
		fputs("</ul>\n", out);
	}
}
