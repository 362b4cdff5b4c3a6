/* SPDX-License-Identifier: MIT */
#include "report/svg-words.h"

#include <stddef.h>
#include <string.h>

static const struct svg_element elements[] = {
	{"svg", .root = true},
	{"g", .group = true},
	{"defs", .group = true},
	{.name = "path"},
	{.name = "rect"},
	{.name = "circle"},
	{.name = "ellipse"},
	{.name = "line"},
	{.name = "polyline"},
	{.name = "polygon"},
	{"text", .text = true},
	{"tspan", .text = true},
	{.name = "use"},
	{.name = "image", .image = true},
	{.name = "clipPath"},
	{.name = "pattern"},
	{.name = "filter"},
	{.name = "feFlood"},
	{.name = "feComposite"},
};

static const struct {
	const char *name;
	enum svg_use use;
} attributes[] = {
	{"id", SVG_NAME},
	{"href", SVG_LINK},
	{"xlink:href", SVG_LINK},
	{"class", SVG_DROP},
	{"version", SVG_DROP},
	{"xmlns", SVG_DROP},
	{"xmlns:xlink", SVG_DROP},
	{"viewBox", SVG_DROP},
	{"role", SVG_DROP},
	{"aria-label", SVG_DROP},
	{"aria-labelledby", SVG_DROP},
	{"aria-describedby", SVG_DROP},
	{"aria-hidden", SVG_DROP},
};

/* Numbers, colours and words that say how something is drawn. */
static const char *const kept[] = {"baseline-shift", "clip-path", "clip-rule", "color", "cx", "cy",
	"d", "dx", "dy", "fill", "fill-opacity", "fill-rule", "filter", "filterUnits",
	"flood-color", "flood-opacity", "font-family", "font-size", "font-style", "font-weight",
	"height", "image-rendering", "in", "in2", "opacity", "operator", "patternTransform",
	"patternUnits", "points", "preserveAspectRatio", "r", "result", "rotate", "rx", "ry",
	"shape-rendering", "stroke", "stroke-dasharray", "stroke-dashoffset", "stroke-linecap",
	"stroke-linejoin", "stroke-miterlimit", "stroke-opacity", "stroke-width", "text-anchor",
	"text-decoration", "textLength", "transform", "width", "x", "x1", "x2", "xml:space", "y",
	"y1", "y2"};

const struct svg_element *svg_element(const char *name)
{
	for (size_t i = 0; i < sizeof(elements) / sizeof(elements[0]); i++)
		if (strcmp(elements[i].name, name) == 0)
			return &elements[i];
	return NULL;
}

bool svg_is_comment(const char *name)
{
	return strcmp(name, "title") == 0 || strcmp(name, "desc") == 0;
}

enum svg_use svg_attribute(const char *name)
{
	for (size_t i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++)
		if (strcmp(attributes[i].name, name) == 0)
			return attributes[i].use;
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		if (strcmp(kept[i], name) == 0)
			return SVG_KEEP;
	return SVG_REFUSE;
}
