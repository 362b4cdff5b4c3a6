/* SPDX-License-Identifier: MIT */
/*
 * JUnit XML in the part that its readers agree on: the schema of Jenkins' xUnit plugin (junit-10),
 * which follows Surefire's, and what GitLab and the GitHub actions look at. There is no binding
 * standard, so
 *
 *  - the root is <testsuites>, with one <testsuite>;
 *  - a message stands both in the attribute, which Jenkins shows, and as text, which is all that
 *    GitLab shows of a <failure>;
 *  - classname and name together are unique, because GitLab drops the second of two test cases;
 *  - an inconclusive row is <skipped> with a message. A reader knows passed, failed, broken and
 *    skipped. "Passed" would claim what was not shown, "failed" would blame the new version for
 *    the machine, and skipped is the one that everywhere means "no answer, see why". Whether no
 *    answer stops a pipeline is for the exit status to say, as it is with GitLab in any case;
 *  - what an advisory comparison calls a regression is <skipped> too: it may not fail.
 */
#include "gate/gate.h"

#include "text/memory.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/*
 * Text that is safe in XML 1.0, between tags and between double quotes. A control character cannot
 * be written even as a reference, so it becomes U+FFFD, as what is not UTF-8 does; so do U+FFFE and
 * U+FFFF, which are no characters.
 */
static void put_text(FILE *out, const char *s)
{
	static const char replacement[] = "\xef\xbf\xbd";

	while (*s != '\0') {
		size_t n = format_utf8_length(s);
		bool odd = n == 0 || strncmp(s, "\xef\xbf\xbe", 3) == 0 ||
			   strncmp(s, "\xef\xbf\xbf", 3) == 0 ||
			   ((unsigned char)*s < 0x20 && strchr("\t\n\r", *s) == NULL);

		if (odd)
			fputs(replacement, out);
		else if (strchr("<>&\"'\t\n\r\x7f", *s) != NULL)
			fprintf(out, "&#%d;", *s);
		else
			fwrite(s, 1, n, out);
		s += n > 0 ? n : 1;
	}
}

static void put_attribute(FILE *out, const char *name, const char *value)
{
	fprintf(out, " %s=\"", name);
	put_text(out, value);
	fputc('"', out);
}

/* ---- test cases ------------------------------------------------------------------------------ */

/* The time of a cell's blocks, shared by its rows. */
static double row_seconds(const struct gate_results *r, size_t cell)
{
	double sum = 0;
	size_t rows = 0;

	for (size_t i = 0; i < r->block_count; i++) {
		for (size_t k = 0; r->blocks[i].cell == cell && k < GATE_SLICES; k++)
			sum += r->blocks[i].slices[k].wall_s;
	}
	for (size_t i = 0; i < r->row_count; i++)
		rows += r->rows[i].cell == cell;
	return sum / (double)(rows > 0 ? rows : 1);
}

static void put_time(FILE *out, double seconds)
{
	if (seconds >= 0) /* and not NAN */
		fprintf(out, " time=\"%s\"", format_fixed(seconds, 3).text);
}

struct test_case {
	size_t cell;
	const char *name;
	const char *element,
		*type; /* of its result: <failure>, <error> or <skipped>; NULL = passed */
	struct phrase message;
};

static struct test_case case_of_row(const struct gate_results *r, const struct gate_row *row)
{
	struct test_case t = {.cell = row->cell, .name = gate_metric_words[row->metric]};
	bool some = isfinite(row->found.mde);

	if (row->found.verdict == VERDICT_REGRESSION) {
		t.element = r->advisory ? "skipped" : "failure";
		t.type = "regression";
		t.message = phrase("%s%.200s %s", r->advisory ? "advisory, the runs differ: " : "",
			r->cells[row->cell].name, gate_phrase(row).text);
	} else if (row->found.verdict == VERDICT_INCONCLUSIVE) {
		t.element = "skipped";
		t.type = "inconclusive";
		t.message = phrase("inconclusive with %u %s: %s%s", row->blocks,
			gate_is_stored(r) ? "trials" : "blocks",
			some ? "the smallest slowdown that could have been detected is "
			     : "no change could have been detected",
			some ? gate_percent(row->found.mde).text : "");
		if (row->why.text[0] != '\0')
			t.message = phrase("%s", row->why.text);
	}
	return t;
}

static struct test_case case_of_cell(const struct gate_results *r, size_t cell)
{
	const struct gate_cell *c = &r->cells[cell];
	struct test_case t = {
		.cell = cell,
		.name = "cell",
		.element = c->status == STATUS_FAIL ? "error" : "skipped",
		.type = status_name(c->status),
	};

	t.message = phrase("%s", c->why.text);
	return t;
}

static void put_case(FILE *out, const struct gate_results *r, const struct test_case *t)
{
	const struct gate_cell *c = &r->cells[t->cell];
	char *title = key_title_new(&c->key, c->name);

	fputs("    <testcase", out);
	put_attribute(out, "classname", title);
	free(title);
	put_attribute(out, "name", t->name);
	if (r->block_count > 0)
		put_time(out, row_seconds(r, t->cell));
	if (t->element == NULL) {
		fputs("/>\n", out);
		return;
	}
	fprintf(out, ">\n      <%s", t->element);
	put_attribute(out, "message", t->message.text);
	put_attribute(out, "type", t->type);
	fputc('>', out);
	put_text(out, t->message.text);
	fprintf(out, "</%s>\n    </testcase>\n", t->element);
}

static size_t count(const struct test_case *cases, size_t n, const char *element)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++)
		found += cases[i].element != NULL && strcmp(cases[i].element, element) == 0;
	return found;
}

/* ---- the document ---------------------------------------------------------------------------- */

static void put_properties(FILE *out, const struct gate_results *r)
{
	const struct phrase seed = phrase("%llu", (unsigned long long)r->seed);
	const char *const properties[][2] = {
		{"outcome", gate_outcome_name(gate_outcome(r))},
		{"base", r->base},
		{"new", r->new},
		{"run_id", r->run_id},
		{"seed", seed.text},
		{"machine", r->machine != NULL ? r->machine : ""},
	};

	fputs("    <properties>\n", out);
	for (size_t i = 0; i < ARRAY_SIZE(properties); i++) {
		fputs("      <property", out);
		put_attribute(out, "name", properties[i][0]);
		put_attribute(out, "value", properties[i][1]);
		fputs("/>\n", out);
	}
	fputs("    </properties>\n", out);
}

int gate_junit_write(FILE *out, const void *results)
{
	const struct gate_results *r = results;
	struct test_case *cases = need_array(r->row_count + r->cell_count, sizeof(*cases));
	size_t n = 0;

	for (size_t i = 0; i < r->row_count; i++)
		cases[n++] = case_of_row(r, &r->rows[i]);
	for (size_t i = 0; i < r->cell_count; i++)
		if (r->cells[i].status != STATUS_OK)
			cases[n++] = case_of_cell(r, i);
	errno = 0;
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite", out);
	put_attribute(out, "name", phrase("ipcbench %s", r->command).text);
	fprintf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\"", n,
		count(cases, n, "failure"), count(cases, n, "error"), count(cases, n, "skipped"));
	put_time(out, r->elapsed_s);
	fputs(">\n", out);
	put_properties(out, r);
	for (size_t i = 0; i < n; i++)
		put_case(out, r, &cases[i]);
	fputs("  </testsuite>\n</testsuites>\n", out);
	free(cases);
	fflush(out);
	return stream_status(out);
}
