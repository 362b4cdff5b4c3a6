/* SPDX-License-Identifier: MIT */
/* What a figure may be made of. */
#ifndef IPCBENCH_HTML_SVG_WORDS_H
#define IPCBENCH_HTML_SVG_WORDS_H

#include <stdbool.h>

struct svg_element {
	const char *name;
	bool root;  /* stands outermost and nowhere else */
	bool group; /* draws nothing without content */
	bool text;  /* holds text */
	bool image; /* is a picture, which its reference holds itself */
};

/* NULL = none that is let in. */
const struct svg_element *svg_element(const char *name);

/* Whether an element only describes the drawing. */
bool svg_is_comment(const char *name);

enum svg_use {
	SVG_REFUSE,
	SVG_KEEP,
	SVG_DROP, /* harmless, and no use within a page */
	SVG_NAME, /* names the element */
	SVG_LINK, /* names another element of the drawing */
};

enum svg_use svg_attribute(const char *name);

#endif
