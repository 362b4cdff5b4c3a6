/* SPDX-License-Identifier: MIT */
/* Documents made by hand: families, columns that have no room, LaTeX. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* these come first: cmocka.h does not include them */
#include <cmocka.h>

#include "doc/document.h"
#include "results/sections.h"
#include <stdlib.h>
#include <string.h>

/* ---- helpers --------------------------------------------------------------------------------- */

/* Adds a grid with these fields, row by row. */
static struct grid *add_grid(struct document *d, const struct grid_column *columns, size_t count,
	const char *const *fields, size_t rows)
{
	struct grid *g = document_grid(d, columns, count);

	grid_title(g, "A section");
	for (size_t i = 0; i < rows * count; i++) {
		if (i % count == 0)
			grid_row(g);
		grid_field(g, "%s", fields[i]);
	}
	return g;
}

static struct document make_document(void)
{
	struct document d = document_begin(DOC_TERMINAL);

	d.glyphs = glyphs(false);
	document_add(&d, BLOCK_LINE, "Run 1");
	return d;
}

static void set_families(struct grid *g, const char *const *families, size_t count)
{
	assert_int_equal(g->row_count, count);
	for (size_t row = 0; row < count; row++)
		g->rows[row].family = families[row];
	grid_families(g);
}

static __attribute__((noinline)) char *written(
	struct document *d, enum doc_format format, unsigned int width)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	d->format = format;
	assert_int_equal(document_write(out, d, width, false), 0);
	fclose(out);
	return text;
}

static void expect(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg("\"%s\" is missing in:\n%s", part, text);
}

static const struct grid_column two_columns[] = {
	{.heading = "transport", .left = true}, {.heading = "time us"}};

/* ---- families -------------------------------------------------------------------------------- */

static void families_are_headed(void **state)
{
	static const char *const fields[] = {"pipe", "1", "fifo", "2", "tcp", "3"};
	static const char *const families[] = {"pipes", "pipes", "sockets"};
	struct document d = make_document();
	struct grid *g = add_grid(&d, two_columns, 2, fields, 3);

	(void)state;
	set_families(g, families, ARRAY_SIZE(families));
	char *text = written(&d, DOC_TERMINAL, 80);

	assert_string_equal(text, "Run 1\n\n"
				  "A section\n"
				  "  transport  time us\n"
				  "pipes\n"
				  "  pipe             1\n"
				  "  fifo             2\n"
				  "sockets\n"
				  "  tcp              3\n");
	free(text);
	text = written(&d, DOC_MARKDOWN, 0);
	expect(text,
		"| **pipes** |  |\n| pipe | 1 |\n| fifo | 2 |\n| **sockets** |  |\n| tcp | 3 |\n");
	free(text);
	text = written(&d, DOC_LATEX, 0);
	expect(text, "\\midrule\n\\multicolumn{2}{l}{\\emph{pipes}} \\\\\npipe & 1 \\\\\n");
	expect(text, "\\addlinespace\n\\multicolumn{2}{l}{\\emph{sockets}} \\\\\ntcp & 3 \\\\\n");
	free(text);
	document_free(&d);
}

/* One family, or a family per row: headings would only be noise. */
static void families_that_tell_nothing(void **state)
{
	static const char *const fields[] = {"a", "1", "b", "2"};
	static const char *const one[] = {"pipes", "pipes"}, *const each[] = {"pipes", "files"};
	struct document d = make_document();
	struct grid *g = add_grid(&d, two_columns, 2, fields, 2);

	(void)state;
	set_families(g, one, ARRAY_SIZE(one));
	assert_null(g->rows[0].group);
	set_families(g, each, ARRAY_SIZE(each));
	assert_null(g->rows[0].group);
	document_free(&d);
}

/* Rows of a family come together; families stay where they begin, rows in their order. */
static void families_are_joined(void **state)
{
	static const struct transport pipe = {.name = "pipe", .family = "pipes"},
				      tcp = {.name = "tcp", .family = "sockets"},
				      file = {.name = "file", .family = "files"};
	const struct item items[] = {{.transport = &tcp}, {.transport = &pipe}, {.transport = &tcp},
		{.transport = &file}, {.transport = &pipe}, {.transport = &tcp}};
	const struct item *rows[] = {
		&items[0], &items[1], &items[2], &items[3], &items[4], &items[5]};
	static const size_t expected[] = {0, 2, 5, 1, 4, 3};
	struct section s = {.rows = rows, .count = ARRAY_SIZE(rows)};

	(void)state;
	section_join_families(&s);
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
		assert_ptr_equal(rows[i], &items[expected[i]]);
}

/* ---- columns without room -------------------------------------------------------------------- */

static const struct grid_column use_columns[] = {
	{.heading = "transport", .left = true},
	{.heading = "wait", .left = true},
	{.heading = "suited to", .left = true, .drop = 1, .below = true},
};

static void texts_without_room_stand_below(void **state)
{
	static const char *const fields[] = {"pipe", "block", "parent and child, shell pipelines",
		"shm", "block", "lowest latency and highest bandwidth on one host", "shm", "spin",
		"lowest latency and highest bandwidth on one host", "odd", "spin", ""};
	struct document d = make_document();

	add_grid(&d, use_columns, 3, fields, 4);

	(void)state;
	char *text = written(&d, DOC_TERMINAL, 40);

	assert_string_equal(text, "Run 1\n\n"
				  "A section\n"
				  "  transport  wait\n"
				  "  pipe       block\n"
				  "  shm        block\n"
				  "  shm        spin\n"
				  "  odd        spin\n"
				  "\n"
				  "  suited to\n"
				  "    pipe       parent and child, shell\n"
				  "               pipelines\n"
				  "    shm        lowest latency and\n"
				  "               highest bandwidth on one\n"
				  "               host\n");
	free(text);
	text = written(&d, DOC_TERMINAL, 80);
	expect(text, "  pipe       block  parent and child, shell pipelines\n");
	assert_null(strstr(text, "\n  suited to\n"));
	free(text);
	document_free(&d);
}

/* What an earlier grid has said is not said again. */
static void texts_stand_below_once(void **state)
{
	static const char *const fields[] = {"pipe", "block", "parent and child, shell pipelines",
		"tcp", "block", "many services"};
	static const char *const others[] = {"pipe", "block", "parent and child, shell pipelines",
		"tcp", "block", "services that may move to another host"};
	struct document d = make_document();

	(void)state;
	add_grid(&d, use_columns, 3, fields, 2);
	add_grid(&d, use_columns, 3, others, 2);
	char *text = written(&d, DOC_TERMINAL, 40);
	const char *second = strstr(text, "  suited to");

	assert_non_null(second);
	second = strstr(second + 1, "  suited to");
	assert_non_null(second);
	assert_null(strstr(second, "pipe "));
	expect(second, "    tcp        services that may move to");
	free(text);
	document_free(&d);
}

/* ---- LaTeX ----------------------------------------------------------------------------------- */

static char *latex_of(const char *text)
{
	char *out = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&out, &len);

	latex_text(f, text);
	fclose(f);
	return out;
}

static void latex_escapes(void **state)
{
	static const char *const cases[][2] = {
		{"plain text, 1.5 GB/s", "plain text, 1.5 GB/s"},
		{"& % $ # _ { }", "\\& \\% \\$ \\# \\_ \\{ \\}"},
		{"~^\\", "\\textasciitilde{}\\textasciicircum{}\\textbackslash{}"},
		{"<>|", "\\textless{}\\textgreater{}\\textbar{}"},
		{"\"it's\"", "{''}it{'}s{''}"},
		{"?`", "?{}`{}"},
		{"[x] *", "{[}x] {*}"},
		{"same-cpu --trials ---", "same-cpu -{}-trials -{}-{}-"},
		{"-", "-"},
		{"µs μs", "\\ensuremath{\\mu}s \\ensuremath{\\mu}s"},
		{"1–2 × 3…", "1--2 \\ensuremath{\\times} 3\\dots{}"},
		{"ä中\xff\xc2", "????"},
		{"a\nb\tc\x7f", "a?b?c?"},
		{"", ""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *text = latex_of(cases[i][0]);

		assert_string_equal(text, cases[i][1]);
		free(text);
	}
}

/* Every byte that LaTeX would take for a command or a separator is escaped or made by the writer.
 */
static void latex_leaves_nothing_alive(void **state)
{
	char all[256];

	(void)state;
	for (int c = 1; c < 256; c++)
		all[c - 1] = (char)c;
	all[255] = '\0';
	char *text = latex_of(all);
	int depth = 0;

	for (const char *s = text; *s != '\0'; s++) {
		assert_true((unsigned char)*s >= ' ' && (unsigned char)*s < 0x7f);
		if (*s == '\\') {
			s++;
			assert_true(strchr("&%$#_{}t", *s) != NULL);
			continue;
		}
		assert_null(strchr("&%$#_~^<>|\"", *s));
		depth += (*s == '{') - (*s == '}');
		assert_true(depth >= 0);
	}
	assert_int_equal(depth, 0);
	free(text);
}

/* Braces and environments close in order; every row has as many fields as the table columns. */
static void check_latex(const char *text, size_t columns)
{
	const char *open[8] = {NULL};
	size_t environments = 0, rows = 0;
	int depth = 0;

	for (const char *line = text; *line != '\0'; line += strcspn(line, "\n") + 1) {
		size_t len = strcspn(line, "\n"), fields = 1;
		bool row = false;

		if (*line == '%')
			continue;
		if (strncmp(line, "\\begin{", 7) == 0)
			open[environments++] = line + 7;
		if (strncmp(line, "\\end{", 5) == 0) {
			assert_true(environments > 0);
			environments--;
			assert_memory_equal(
				open[environments], line + 5, strcspn(line + 5, "}") + 1);
		}
		for (size_t i = 0; i < len; i++) {
			if (line[i] == '\\') {
				row |= line[i + 1] == '\\';
				i++;
				continue;
			}
			depth += (line[i] == '{') - (line[i] == '}');
			fields += line[i] == '&';
		}
		assert_int_equal(depth, 0);
		if (row && strncmp(line, "\\multicolumn{", 13) != 0) {
			assert_int_equal(fields, columns);
			rows++;
		} else {
			assert_int_equal(fields, 1);
		}
	}
	assert_int_equal(environments, 0);
	assert_true(rows > 0);
}

static void latex_structure(void **state)
{
	static const char *const fields[] = {"&_%", "\\\\", "#{}", "a & b \\\\ \\end{tabular}", "x",
		"longer than a column of one line is to be"};
	struct document d = document_begin(DOC_LATEX);

	(void)state;
	d.notes_title = "Notes";
	document_add(&d, BLOCK_LINE, "Run \"100%% of } it\"");
	struct grid *g = add_grid(&d, use_columns, 3, fields, 2);

	grid_title(g, "}{ & \\end{table}");
	g->rows[1].mark = ROW_BEST;
	g->rows[0].group = strdup("a & b");
	document_add(&d, BLOCK_NOTE, "skip x_y: use 50%% & \\more");
	char *text = written(&d, DOC_LATEX, 0);

	expect(text, "\\multicolumn{3}{l}{\\emph{a \\& b}} \\\\\n");
	check_latex(text, 3);
	expect(text, "% Made by ipcbench. Put \\usepackage{booktabs} into the preamble");
	expect(text,
		"\\begin{tabular}{llp{0.25\\textwidth}}\n\\toprule\ntransport & wait & suited to "
		"\\\\\n\\midrule\n");
	expect(text, "\\caption{\\}\\{ \\& \\textbackslash{}end\\{table\\}}");
	expect(text, "tabular\\} {*} & x & longer");
	expect(text, "\\bottomrule\n\\end{tabular}\n\\end{table}\n");
	expect(text, "\\item skip x\\_y: use 50\\% \\& \\textbackslash{}more\n");
	free(text);
	document_free(&d);
}

static void latex_to_a_full_device(void **state)
{
	struct document d = document_begin(DOC_LATEX);
	FILE *full = fopen("/dev/full", "w");

	(void)state;
	document_add(&d, BLOCK_LINE, "Run 1");
	if (full != NULL) {
		assert_true(document_write(full, &d, 0, false) < 0);
		fclose(full);
	}
	document_free(&d);
	if (full == NULL)
		skip();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(families_are_headed),
		cmocka_unit_test(families_that_tell_nothing),
		cmocka_unit_test(families_are_joined),
		cmocka_unit_test(texts_without_room_stand_below),
		cmocka_unit_test(texts_stand_below_once),
		cmocka_unit_test(latex_escapes),
		cmocka_unit_test(latex_leaves_nothing_alive),
		cmocka_unit_test(latex_structure),
		cmocka_unit_test(latex_to_a_full_device),
	};

	return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
