/* SPDX-License-Identifier: MIT */
/*
 * A drawing made elsewhere, to stand within a page.
 *
 * What is let in is listed, everything else refused: elements that draw, attributes that say how,
 * references within the drawing, pictures (PNG) that are themselves in it. So neither scripts nor
 * handlers nor anything of another place can come with one, and a page that forbids inline styles
 * shows it whole: style attributes become presentation attributes. Names get a prefix, because a
 * page has one name space for all of its drawings. Titles, descriptions, comments and groups
 * without content are left out.
 */
#ifndef IPCBENCH_HTML_SVG_H
#define IPCBENCH_HTML_SVG_H

#include <ipcbench/base.h>

/*
 * What the root element holds as a group, as *out, to be freed, and its viewBox. `prefix` is of
 * letters, digits and '-'. -EINVAL with `why`, which begins with `name` and gives the line, for
 * what is not let in or is no SVG; -ENOMEM.
 */
int svg_clean(char **out, size_t *len, char view_box[64], const char *text, size_t text_len,
	const char *prefix, const char *name, struct reason *why);

#endif
