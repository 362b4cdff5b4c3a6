/* SPDX-License-Identifier: MIT */
/* What anybody wrote stays text within a page, and a page stays within its limit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* these come first: cmocka.h does not include them */
#include "doc/document.h"
#include "report/parts.h"
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static char *text;
static size_t len;

static FILE *begin(void)
{
	free(text);
	text = NULL;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	return out;
}

static void escaped(const char *from, const char *wanted)
{
	FILE *out = begin();

	html_text(out, from);
	fclose(out);
	assert_string_equal(text, wanted);
}

static void test_text(void **state)
{
	(void)state;
	escaped("plain \xc2\xb5s", "plain \xc2\xb5s");
	escaped("\"><script>alert('&')</script>",
		"&quot;&gt;&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;");
	escaped("a\x1b[31m\r\tb\x7f", "a?[31m??b?");
	/* no UTF-8, an overlong '<', a control character of two bytes */
	escaped("\xff\xc0\xbc\xc2\x9b", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	/* right-to-left override and isolate */
	escaped("a\xe2\x80\xae"
		"b\xe2\x81\xa7"
		"c",
		"a\xef\xbf\xbd"
		"b\xef\xbf\xbd"
		"c");
}

static void test_put(void **state)
{
	FILE *out = begin();

	(void)state;
	html_put(out, "<b id=\"%s\">%zu %d 5%%</b>%.*s", "\"&", (size_t)7, -1, 2, "<i>");
	fclose(out);
	assert_string_equal(text, "<b id=\"&quot;&amp;\">7 -1 5%</b>&lt;i");
}

static void shell(const char *from, const char *wanted)
{
	FILE *out = begin();

	html_shell_word(out, from);
	fclose(out);
	assert_string_equal(text, wanted);
}

static void test_shell_words(void **state)
{
	(void)state;
	shell("--size=64,4K", "--size=64,4K");
	shell("", "&#39;&#39;");
	shell("a b", "&#39;a b&#39;");
	shell("it's", "&#39;it&#39;\\&#39;&#39;s&#39;");
	shell("$(x)<", "&#39;$(x)&lt;&#39;");
	shell("'", "&#39;&#39;\\&#39;&#39;&#39;");
}

/* A URI holds nothing that ends an attribute or a URI, and gives back its bytes. */
static void test_uri(void **state)
{
	char bytes[512], back[512];
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)i;
	FILE *out = begin();

	html_uri(out, bytes, sizeof(bytes));
	fclose(out);
	assert_int_equal(len, html_uri(NULL, bytes, sizeof(bytes)));
	assert_null(strpbrk(text, "\"'<>&#? \n\\"));
	for (const char *p = text; *p != '\0'; p++) {
		char hex[3] = {0};

		if (*p == '%') {
			memcpy(hex, p + 1, 2);
			back[n++] = (char)strtoul(hex, NULL, 16);
			p += 2;
		} else {
			back[n++] = *p;
		}
	}
	assert_int_equal(n, sizeof(bytes));
	assert_memory_equal(back, bytes, n);
}

static void test_budget(void **state)
{
	struct budget b = {.most = 100, .used = 40};

	(void)state;
	assert_false(budget_take(&b, 61));
	assert_int_equal(b.used, 40);
	assert_true(budget_take(&b, 60));
	assert_true(budget_take(&b, 0));
	assert_false(budget_take(&b, 1));
	assert_false(budget_take(&b, SIZE_MAX));
	assert_int_equal(b.used, 100);
}

static void test_figures(void **state)
{
	const struct figure drawn = {
		"a<", "unheard-of", "T <b>", "S", true, NULL, "<svg></svg>", {""}};
	const struct figure missed = {"b", "trials", "T", "S", false, NULL, NULL, {"left <out>"}};
	FILE *out = begin();

	(void)state;
	figure_write(out, &drawn, NULL);
	figure_write(out, &missed, "B: x");
	fclose(out);
	assert_non_null(strstr(text,
		"<figure class=\"screen\" data-kind=\"unheard-of\" data-figure=\"a&lt;\"><div class=\"drawing\"><svg></svg></div>"
		"<figcaption><a href=\"#how-figure\">"));
	assert_non_null(strstr(text, "<p class=\"missing\">left &lt;out&gt;</p>"));
	assert_non_null(strstr(text, "B: x"));
	assert_non_null(strstr(text, "href=\"#how-trials\""));
}

static void test_grid(void **state)
{
	static const struct grid_column columns[] = {
		{.heading = "transport", .left = true}, {.heading = "p50 <"}};
	struct document d = document_begin(DOC_HTML);
	struct grid *g = document_grid(&d, columns, 2);
	struct grid_row *row = grid_row(g);
	FILE *out = begin();

	(void)state;
	grid_title(g, "T <1>");
	row->group = strdup("g&h");
	row->tone = TONE_BAD;
	grid_field(g, "shm:\"x\"");
	grid_field(g, "1.5");
	grid_row(g)->mark = ROW_BEST;
	grid_field(g, "pipe");
	grid_field(g, "-");
	html_grid(out, g, true);
	fclose(out);
	document_free(&d);
	assert_non_null(strstr(text, "<table data-sort>\n<caption>T &lt;1&gt;</caption>"));
	assert_non_null(
		strstr(text, "<th scope=\"col\" class=\"l\">transport</th><th scope=\"col\">p50 "
			     "&lt;</th>"));
	assert_non_null(
		strstr(text, "<tr class=\"group\"><th colspan=\"2\" scope=\"colgroup\">g&amp;h"));
	assert_non_null(strstr(text, "<tr class=\"bad\"><th scope=\"row\" class=\"l\" "
				     "data-h=\"transport\">shm:&quot;x&quot;</th><td data-h=\"p50 "
				     "&lt;\">1.5</td></tr>"));
	assert_non_null(strstr(text, "<tr class=\"best\">"));
	assert_non_null(strstr(text, "pipe<span class=\"star\""));
}

static int clean_up(void **state)
{
	(void)state;
	free(text);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_put),
		cmocka_unit_test(test_shell_words),
		cmocka_unit_test(test_uri),
		cmocka_unit_test(test_budget),
		cmocka_unit_test(test_figures),
		cmocka_unit_test(test_grid),
	};

	return cmocka_run_group_tests(tests, NULL, clean_up);
}
