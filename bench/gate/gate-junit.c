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
#include "gate/gate-files.h"

#include "gate/gate-report.h"
#include "text/format.h"
#include <errno.h>
#include <math.h>
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
	char buf[40];

	if (seconds >= 0) /* and not NAN */
		fprintf(out, " time=\"%s\"", format_fixed(buf, sizeof(buf), seconds, 3));
}

static void open_case(FILE *out, const struct gate_results *r, size_t cell, const char *name)
{
	fputs("    <testcase", out);
	put_attribute(out, "classname", r->cells[cell].name);
	put_attribute(out, "name", name);
	if (r->block_count > 0)
		put_time(out, row_seconds(r, cell));
}

/* The end of a test case with a result: <failure>, <error> or <skipped>. */
static void put_result(FILE *out, const char *element, const char *type, const char *message)
{
	fprintf(out, ">\n      <%s", element);
	put_attribute(out, "message", message);
	put_attribute(out, "type", type);
	fputc('>', out);
	put_text(out, message);
	fprintf(out, "</%s>\n    </testcase>\n", element);
}

static void put_row(FILE *out, const struct gate_results *r, const struct gate_row *row)
{
	char phrase[160], message[512], mde[40];
	enum gate_verdict v = row->found.verdict;
	const char *cell = r->cells[row->cell].name;

	open_case(out, r, row->cell, gate_metric_words[row->metric]);
	if (v == VERDICT_REGRESSION) {
		snprintf(message, sizeof(message), "%s%.200s %s",
			r->advisory ? "advisory, the runs differ: " : "", cell,
			gate_phrase(phrase, sizeof(phrase), row));
		put_result(out, r->advisory ? "skipped" : "failure", "regression", message);
	} else if (v == VERDICT_INCONCLUSIVE) {
		bool some = isfinite(row->found.mde);

		snprintf(message, sizeof(message), "inconclusive with %u %s: %s%s", row->blocks,
			gate_is_stored(r) ? "trials" : "blocks",
			some ? "the smallest change for the worse that could have been shown is "
			     : "no change could have been shown",
			some ? gate_percent(mde, sizeof(mde), row->found.mde) : "");
		put_result(out, "skipped", "inconclusive",
			row->why.text[0] != '\0' ? row->why.text : message);
	} else {
		fputs("/>\n", out);
	}
}

static void put_cell(FILE *out, const struct gate_results *r, size_t cell)
{
	const struct gate_cell *c = &r->cells[cell];
	bool fail = c->status == STATUS_FAIL;

	if (c->status == STATUS_OK)
		return;
	open_case(out, r, cell, "cell");
	put_result(out, fail ? "error" : "skipped", fail ? "fail" : "skip", c->why.text);
}

/* ---- the document ---------------------------------------------------------------------------- */

struct counts {
	size_t tests, failures, errors, skipped;
};

static struct counts count_cases(const struct gate_results *r)
{
	struct counts n = {.tests = r->row_count};

	for (size_t i = 0; i < r->row_count; i++) {
		enum gate_verdict v = r->rows[i].found.verdict;
		bool worse = v == VERDICT_REGRESSION;

		n.failures += worse && !r->advisory;
		n.skipped += v == VERDICT_INCONCLUSIVE || (worse && r->advisory);
	}
	for (size_t i = 0; i < r->cell_count; i++) {
		n.tests += r->cells[i].status != STATUS_OK;
		n.errors += r->cells[i].status == STATUS_FAIL;
		n.skipped += r->cells[i].status == STATUS_SKIP;
	}
	return n;
}

static void put_property(FILE *out, const char *name, const char *value)
{
	fputs("      <property", out);
	put_attribute(out, "name", name);
	put_attribute(out, "value", value != NULL ? value : "");
	fputs("/>\n", out);
}

static void put_properties(FILE *out, const struct gate_results *r)
{
	char seed[24];

	snprintf(seed, sizeof(seed), "%llu", (unsigned long long)r->seed);
	fputs("    <properties>\n", out);
	put_property(out, "outcome", gate_outcome_name(gate_outcome(r)));
	put_property(out, "base", r->base);
	put_property(out, "new", r->new);
	put_property(out, "run_id", r->run_id);
	put_property(out, "seed", seed);
	put_property(out, "machine", r->machine);
	fputs("    </properties>\n", out);
}

int gate_junit_write(FILE *out, const void *results)
{
	const struct gate_results *r = results;
	struct counts n = count_cases(r);
	char name[40];

	errno = 0;
	snprintf(name, sizeof(name), "ipcbench %s", r->command);
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite", out);
	put_attribute(out, "name", name);
	fprintf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\"", n.tests,
		n.failures, n.errors, n.skipped);
	put_time(out, r->elapsed_s);
	fputs(">\n", out);
	put_properties(out, r);
	for (size_t i = 0; i < r->row_count; i++)
		put_row(out, r, &r->rows[i]);
	for (size_t i = 0; i < r->cell_count; i++)
		put_cell(out, r, i);
	fputs("  </testsuite>\n</testsuites>\n", out);
	fflush(out);
	return stream_status(out);
}
