/* SPDX-License-Identifier: MIT */
/* Drawings within a page: what draws is let in under names of its own, everything else refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* these come first: cmocka.h does not include them */
#include "report/svg.h"
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SVG(content)                                                                               \
	"<svg viewBox=\"0 0 10 20\" xmlns=\"http://www.w3.org/2000/svg\">" content "</svg>"

static char *out, view_box[64];
static size_t len;
static struct reason why;

static int clean(const char *text)
{
	free(out);
	out = NULL;
	why.text[0] = '\0';
	return svg_clean(&out, &len, view_box, text, strlen(text), "p-", "t.svg", &why);
}

static void same(const char *content, const char *wanted)
{
	if (clean(content) != 0)
		fail_msg("refused: %s", why.text);
	assert_string_equal(out, wanted);
	assert_int_equal(len, strlen(wanted));
	assert_string_equal(view_box, "0 0 10 20");
}

/* Refused, with a line that names the file and says `part`. */
static void refused(const char *text, const char *part)
{
	if (clean(text) == 0)
		fail_msg("let in: %s", text);
	assert_null(out);
	assert_ptr_equal(strstr(why.text, "t.svg: line "), why.text);
	if (strstr(why.text, part) == NULL)
		fail_msg("\"%s\" is not in: %s", part, why.text);
}

static void test_drawing(void **state)
{
	(void)state;
	same(SVG("<path d='M0,0 L1,1' stroke=\"red\"/>"),
		"<g><path d=\"M0,0 L1,1\" stroke=\"red\"></path></g>");
	same(SVG("<text x='1'>4.54 \xc2\xb5s &lt; <tspan>&amp;&#65;></tspan></text>"),
		"<g><text x=\"1\">4.54 \xc2\xb5s &lt; <tspan>&amp;&#65;&gt;</tspan></text></g>");
	/* as in the text of a page, nothing turns the direction or controls a terminal */
	same(SVG("<text>a\xe2\x80\xae\x62\x1b[\xc2\x85</text>"),
		"<g><text>a\xef\xbf\xbd\x62\xef\xbf\xbd[\xef\xbf\xbd</text></g>");
	/* what the root says holds for all of it, but for its place */
	same("<?xml version='1.0'?>\n<!-- x --><svg fill='none' width='9' height='9' viewBox='0 0 10 20'>"
	     "<path d='M0'/></svg>\n",
		"<g fill=\"none\"><path d=\"M0\"></path></g>");
}

static void test_names(void **state)
{
	(void)state;
	same(SVG("<circle id='a'/><use xlink:href='#a'/><use href=\"#a\"/>"
		 "<rect fill='url(#b)' clip-path=\"url(#c)\"/>"),
		"<g><circle id=\"p-a\"></circle><use xlink:href=\"#p-a\"></use><use href=\"#p-a\"></use>"
		"<rect fill=\"url(#p-b)\" clip-path=\"url(#p-c)\"></rect></g>");
}

static void test_styles(void **state)
{
	(void)state;
	same(SVG("<path style='stroke:none; fill: url(#a)' d='M0'/>"),
		"<g><path stroke=\"none\" fill=\"url(#p-a)\" d=\"M0\"></path></g>");
	refused(SVG("<path style='behavior: x'/>"), "a style \"behavior\"");
	refused(SVG("<path style='fill'/>"), "a style \"fill\"");
	refused(SVG("<path style='fill: url(http://x)'/>"), "which is not in the drawing");
}

static void test_left_out(void **state)
{
	(void)state;
	/* no browser shows it either */
	same(SVG("<g><path d='M0'/>\nZ </g>"), "<g><g><path d=\"M0\"></path></g></g>");
	refused(SVG("<g>Z \xff</g>"), "no UTF-8");
	same(SVG("<title>Gnuplot <b></title><desc>x</desc><g class='grid' role=\"img\"><g></g> </g>"
		 "<path d='M0'/>"),
		"<g><path d=\"M0\"></path></g>");
}

static void test_scripts(void **state)
{
	(void)state;
	refused(SVG("<script>alert(1)</script>"), "an element \"script\"");
	refused(SVG("<SCRIPT/>"), "an element \"SCRIPT\"");
	refused(SVG("<style>x</style>"), "an element \"style\"");
	refused(SVG("<foreignObject/>"), "an element \"foreignObject\"");
	refused(SVG("<a href='#x'/>"), "an element \"a\"");
	refused(SVG("<iframe href='#x'/>"), "an element \"iframe\"");
	refused(SVG("<animate/>"), "an element \"animate\"");
	refused(SVG("<path onload='x'/>"), "an attribute \"onload\"");
	refused(SVG("<path ONCLICK='x'/>"), "an attribute \"ONCLICK\"");
	refused("<svg viewBox='0 0 1 1' onload='x'><path/></svg>", "an attribute \"onload\"");
}

static void test_references(void **state)
{
	(void)state;
	refused(SVG("<use href='http://x/#a'/>"), "which is not in the drawing");
	refused(SVG("<use xlink:href='data:,x'/>"), "which is not in the drawing");
	refused(SVG("<use href='javascript:x'/>"), "which is not in the drawing");
	refused(SVG("<use href=''/>"), "which is not in the drawing");
	refused(SVG("<rect fill='url(http://x/#a)'/>"), "which is not in the drawing");
	refused(SVG("<rect fill='URL(//x)'/>"), "which is not in the drawing");
	refused(SVG("<rect fill='url(#a) url(//x)'/>"), "which is not in the drawing");
	refused(SVG("<rect fill='u\\72l(//x)'/>"), "characters");
}

/* A picture comes along, or not at all. */
static void test_pictures(void **state)
{
	(void)state;
	same(SVG("<image width='2' preserveAspectRatio='none' xlink:href='data:image/png;base64,iVBO\nRw0+/=='/>"),
		"<g><image width=\"2\" preserveAspectRatio=\"none\" "
		"xlink:href=\"data:image/png;base64,iVBO\nRw0+/==\"></image></g>");
	refused(SVG("<image href='#x'/>"), "no PNG within the drawing");
	refused(SVG("<image href='http://x/a.png'/>"), "no PNG within the drawing");
	refused(SVG("<image href='data:image/svg+xml;base64,AA=='/>"), "no PNG within the drawing");
	refused(SVG("<image href='data:image/png;base64,AA%3C'/>"), "no PNG within the drawing");
	refused(SVG("<use href='data:image/png;base64,AA=='/>"), "which is not in the drawing");
}

static void test_damage(void **state)
{
	const char whole[] = SVG("<g id='x'><text>a &amp; b</text></g><path d='M0'/>");
	char *cut;

	(void)state;
	refused("", "cut or empty");
	refused("plain text", "cut or empty");
	refused(SVG(""), "cut or empty");
	refused(SVG("<g>"), "not begun");
	refused(SVG("</g>"), "not begun");
	refused(SVG("<path d='x/>"), "does not end");
	refused(SVG("<path d/>"), "without a value");
	refused(SVG("<path d=x/>"), "does not end");
	refused(SVG("<text>a & b</text>"), "entity");
	refused(SVG("<text>&nbsp;</text>"), "entity");
	refused(SVG("<text>\xff</text>"), "no UTF-8");
	refused(SVG("<text>&#8238;abc</text>"), "entity");
	refused(SVG("<text>&#0;</text>"), "entity");
	refused(SVG("<svg><path/></svg>"), "within an svg");
	refused(SVG("<path d='M0'/>") SVG("<path d='M0'/>"), "not one svg");
	refused("<!DOCTYPE svg [<!ENTITY a 'b'>]>" SVG("<path/>"), "a declaration");
	refused(SVG("<![CDATA[x]]>"), "a declaration");
	refused("<svg><path d='M0'/></svg>", "no viewBox");
	refused(SVG("<!-- x"), "ends before");
	/* cut anywhere it is refused, and nothing beyond its end is read */
	for (size_t n = 0; n + 1 < sizeof(whole); n++) {
		cut = strndup(whole, n);
		assert_non_null(cut);
		if (clean(cut) == 0)
			fail_msg("let in: %s", cut);
		free(cut);
	}
	assert_int_equal(clean(whole), 0);
}

static void test_depth(void **state)
{
	char text[4096] = "<svg viewBox='0 0 1 1'>";
	size_t at = strlen(text);

	(void)state;
	for (int i = 0; i < 200; i++, at += 3)
		memcpy(text + at, "<g>", 4);
	refused(text, "within each other");
}

static int clean_up(void **state)
{
	(void)state;
	free(out);
	out = NULL;
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_drawing),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_styles),
		cmocka_unit_test(test_left_out),
		cmocka_unit_test(test_scripts),
		cmocka_unit_test(test_references),
		cmocka_unit_test(test_pictures),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_depth),
	};

	return cmocka_run_group_tests(tests, NULL, clean_up);
}
