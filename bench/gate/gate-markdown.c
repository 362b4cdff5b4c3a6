/* SPDX-License-Identifier: MIT */
/* A comparison for a pull request: the verdict, the tables, and folded away how it was measured. */
#include "gate/gate-files.h"

#include "gate/gate-report.h"

/* What was named by the user, or read from a file. */
static void put_name(struct document *d, const char *what, const char *name)
{
	char plain[512];

	document_add(d, BLOCK_ITEM, "%s: %s", what, format_plain(plain, sizeof(plain), name, true));
}

static void fill_details(struct document *d, const void *results)
{
	const struct gate_results *r = results;
	char took[32];
	size_t dropped = 0;

	for (size_t i = 0; i < r->block_count; i++)
		dropped += r->blocks[i].dropped;
	put_name(d, "base", r->base);
	put_name(d, "new", r->new);
	document_add(d, BLOCK_ITEM, "protocol: %s",
		gate_is_stored(r)
			? "two stored runs, trial by trial, each in its own time: what the machine did "
			  "in between counts as a difference"
			: "blocks of four launches right after each other, base new new base or the "
			  "reverse as a coin decides; a block gives one difference");
	if (!gate_is_stored(r))
		document_add(d, BLOCK_ITEM,
			"blocks: %zu measured, %zu of them dropped as too disturbed",
			r->block_count, dropped);
	if (r->rule.alpha > 0)
		document_add(d, BLOCK_ITEM,
			"rule: chance of any false regression at most %s, over all rows and %u look%s; "
			"intervals of %s",
			gate_percent(r->rule.alpha).text, r->rule.looks,
			r->rule.looks == 1 ? "" : "s", gate_percent(r->rule.confidence).text);
	if (r->machine != NULL)
		put_name(d, "machine", r->machine);
	if (!gate_is_stored(r)) {
		document_add(d, BLOCK_ITEM, "seed: %llu", (unsigned long long)r->seed);
		document_add(d, BLOCK_ITEM, "took: %s",
			format_seconds(took, sizeof(took), r->elapsed_s));
	}
	put_name(d, "run", r->run_id);
}

int gate_markdown_write(FILE *out, const void *results)
{
	int ret = document_print(out, DOC_MARKDOWN, gate_fill, results, 0, false);

	fputs("\n<details><summary>How it was measured</summary>\n\n", out);
	if (ret == 0)
		ret = document_print(out, DOC_MARKDOWN, fill_details, results, 0, false);
	if (ret == 0 && (fputs("\n</details>\n", out) < 0 || fflush(out) != 0))
		ret = stream_status(out);
	return ret;
}
