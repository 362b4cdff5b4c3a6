/* SPDX-License-Identifier: MIT */
/* A comparison for a pull request: the verdict, the tables, and folded away how it was measured. */
#include "gate/gate-files.h"

#include "doc/writers.h"
#include "gate/gate-report.h"

static void put_item(FILE *out, const char *name, const char *text)
{
	char plain[512];

	fprintf(out, "- %s: ", name);
	markdown_text(out, format_plain(plain, sizeof(plain), text, true));
	fputc('\n', out);
}

static void put_protocol(FILE *out, const struct gate_results *r)
{
	char text[256];
	size_t dropped = 0;

	if (gate_is_stored(r)) {
		put_item(out, "protocol",
			"two stored runs, trial by trial, each in its own time: what the machine "
			"did in between counts as a difference");
		return;
	}
	for (size_t i = 0; i < r->block_count; i++)
		dropped += r->blocks[i].dropped;
	put_item(out, "protocol",
		"blocks of four launches right after each other, base new new base or the "
		"reverse as a coin decides; a block gives one difference");
	snprintf(text, sizeof(text), "%zu measured, %zu of them dropped as too disturbed",
		r->block_count, dropped);
	put_item(out, "blocks", text);
}

static void put_rule(FILE *out, const struct gate_rule *rule)
{
	char text[256], alpha[40], confidence[40];

	if (rule->alpha <= 0)
		return;
	snprintf(text, sizeof(text),
		"chance of any false regression at most %s, over all rows and %u look%s; "
		"intervals of %s",
		gate_percent(alpha, sizeof(alpha), rule->alpha), rule->looks,
		rule->looks == 1 ? "" : "s",
		gate_percent(confidence, sizeof(confidence), rule->confidence));
	put_item(out, "rule", text);
}

static void put_details(FILE *out, const struct gate_results *r)
{
	char text[64];

	fputs("\n<details><summary>How it was measured</summary>\n\n", out);
	put_item(out, "base", r->base);
	put_item(out, "new", r->new);
	put_protocol(out, r);
	put_rule(out, &r->rule);
	if (r->machine != NULL)
		put_item(out, "machine", r->machine);
	if (!gate_is_stored(r)) {
		snprintf(text, sizeof(text), "%llu", (unsigned long long)r->seed);
		put_item(out, "seed", text);
		put_item(out, "took", format_seconds(text, sizeof(text), r->elapsed_s));
	}
	put_item(out, "run", r->run_id);
	fputs("\n</details>\n", out);
}

int gate_markdown_write(FILE *out, const void *results)
{
	int ret = document_print(out, DOC_MARKDOWN, gate_fill, results, 0, false);

	if (ret != 0)
		return ret;
	put_details(out, results);
	fflush(out);
	return stream_status(out);
}
