/* SPDX-License-Identifier: MIT */
/* What has changed since the stored run. */
#include "replay/replay.h"

#include "text/memory.h"
#include <stdlib.h>
#include <string.h>

/* ---- the plans ------------------------------------------------------------------------------- */

static void add_item(struct document *d, const char *text)
{
	char plain[640];

	document_add(
		d, BLOCK_ITEM, "%s", format_plain(plain, sizeof(plain), text, d->glyphs->utf8));
}

static void add_deviation(struct document *d, const struct deviation *deviation)
{
	char line[640];

	if (deviation->cell == NULL)
		snprintf(line, sizeof(line), "plan: %.500s", deviation->text);
	else if (deviation->cells == 1)
		snprintf(line, sizeof(line), "%.200s: %.400s", deviation->cell, deviation->text);
	else
		snprintf(line, sizeof(line), "%.200s and %zu more cell%s: %.400s", deviation->cell,
			deviation->cells - 1, deviation->cells == 2 ? "" : "s", deviation->text);
	add_item(d, line);
}

static void fill_deviations(struct document *d, const void *replay)
{
	const struct replay *r = replay;
	char dir[200];

	format_plain(dir, sizeof(dir), r->base.dir, d->glyphs->utf8);
	if (r->deviation_count == 0)
		document_add(d, BLOCK_LINE,
			"The plan is that of %s: the same cells, CPUs, order and seed.", dir);
	else
		document_add(d, BLOCK_LINE, "The plan differs from that of %s in %zu thing%s:", dir,
			r->deviation_count, r->deviation_count == 1 ? "" : "s");
	for (size_t i = 0; i < r->deviation_count; i++)
		add_deviation(d, &r->deviations[i]);
}

void replay_print_deviations(FILE *out, const struct replay *r, unsigned int width)
{
	document_print(out, DOC_TERMINAL, fill_deviations, r, width, false);
}

/* ---- machines and builds --------------------------------------------------------------------- */

/*
 * The differences of the fingerprints are the notes behind the first one; here they go ahead of
 * the figures instead.
 */
static void add_differences(struct document *d, struct gate_results *found, size_t n)
{
	document_add(d, BLOCK_LINE, "Machine and build %s",
		n == 0 ? "are the same, as far as env.json tells."
		       : "differ from those of the stored run:");
	for (size_t i = 1; i <= n; i++) {
		add_item(d, found->notes[i]);
		free(found->notes[i]);
	}
	found->note_count -= n;
	memmove(found->notes + 1, found->notes + 1 + n,
		(found->note_count - 1) * sizeof(*found->notes));
}

/* A replay fails for what it measured, never for what it found; and its plan counts as well. */
static void rewrite_verdict(struct gate_results *found, const struct replay *r)
{
	found->advisory |= r->deviation_count > 0;
	if (!found->advisory)
		return;
	free(found->notes[0]);
	found->notes[0] = need_copy(
		"advisory: what differs besides the program is listed above or below; the exit "
		"status says whether everything was measured, not what has changed");
}

/* ---- figures --------------------------------------------------------------------------------- */

/* What `ipcbench compare` would find, by its defaults. */
static int compare(struct stored *found, const struct stored_run *base, struct stored_run *new,
	const struct results *results, struct reason *why)
{
	char *words[] = {(char[]){"compare"}, (char[]){"base"}, (char[]){"new"}, NULL};
	const char *dir = results->plan->settings->output_dir;
	struct compare_settings defaults;
	int err = command_parse(&compare_command, &defaults, 3, words, why);

	if (err < 0)
		return err;
	stored_run_of(new, dir != NULL ? dir : "this run", results, results->env_json);
	stored_compare(found, base, new, &defaults.what);
	found->results.run_id = results->run_id;
	found->results.interrupted = results->interrupted;
	return 0;
}

int replay_report(FILE *out, struct replay *r, const struct results *results, unsigned int width,
	bool color, struct reason *why)
{
	struct document d = document_begin(DOC_TERMINAL);
	struct stored found = {.runs = {NULL}};
	struct stored_run new = {.dir = NULL};
	int err = compare(&found, &r->base, &new, results, why);

	if (err == 0) {
		rewrite_verdict(&found.results, r);
		add_differences(&d, &found.results, found.differences);
		fill_deviations(&d, r);
		size_t told = d.count;

		gate_fill(&d, &found.results);
		d.blocks[told].gap = true;
		err = document_write(out, &d, width, color);
	}
	document_free(&d);
	stored_free(&found);
	stored_run_free(&new);
	return err;
}
