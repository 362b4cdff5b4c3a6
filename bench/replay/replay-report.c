/* SPDX-License-Identifier: MIT */
/* What has changed since the stored run. */
#include "replay/replay.h"

#include "doc/layout.h"
#include "gate/compare-options.h"
#include "gate/gate-files.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- the plans ------------------------------------------------------------------------------- */

static void put_line(const struct layout *l, const char *text)
{
	char plain[640] = "  ";

	format_plain(plain + 2, sizeof(plain) - 2, text, format_utf8());
	layout_text(l, plain, 4);
}

static void put_deviations(const struct layout *l, const struct replay *r)
{
	char line[640];

	for (size_t i = 0; i < r->deviation_count; i++) {
		const struct deviation *d = &r->deviations[i];

		if (d->cell == NULL)
			snprintf(line, sizeof(line), "plan: %.500s", d->text);
		else if (d->cells == 1)
			snprintf(line, sizeof(line), "%.200s: %.400s", d->cell, d->text);
		else
			snprintf(line, sizeof(line), "%.200s and %zu more cell%s: %.400s", d->cell,
				d->cells - 1, d->cells == 2 ? "" : "s", d->text);
		put_line(l, line);
	}
}

void replay_print_deviations(FILE *out, const struct replay *r, unsigned int width)
{
	const struct layout l = {.out = out, .glyphs = glyphs(format_utf8()), .width = width};
	char line[512], dir[200];

	format_plain(dir, sizeof(dir), r->base.dir, format_utf8());
	if (r->deviation_count == 0)
		snprintf(line, sizeof(line),
			"The plan is that of %s: the same cells, CPUs, order and seed.", dir);
	else
		snprintf(line, sizeof(line),
			"The plan differs from that of %s in %zu thing%s:", dir, r->deviation_count,
			r->deviation_count == 1 ? "" : "s");
	layout_text(&l, line, 2);
	put_deviations(&l, r);
}

/* ---- machines and builds --------------------------------------------------------------------- */

/*
 * The differences of the fingerprints are the notes behind the first one; here they go ahead of
 * the figures instead.
 */
static void put_differences(const struct layout *l, struct gate_results *found, size_t n)
{
	if (n == 0)
		layout_text(l, "Machine and build are the same, as far as env.json tells.", 2);
	else
		layout_text(l, "Machine and build differ from those of the stored run:", 2);
	for (size_t i = 1; i <= n; i++) {
		put_line(l, found->notes[i]);
		free(found->notes[i]);
	}
	found->note_count -= n;
	memmove(found->notes + 1, found->notes + 1 + n,
		(found->note_count - 1) * sizeof(*found->notes));
}

/* A replay fails for what it measured, never for what it found; and its plan counts as well. */
static int rewrite_verdict(struct gate_results *found, const struct replay *r)
{
	char *text;

	found->advisory |= r->deviation_count > 0;
	if (!found->advisory)
		return 0;
	text = strdup(
		"advisory: what differs beside the program is listed above or below; the exit "
		"status says whether everything was measured, not what has changed");
	if (text == NULL)
		return -ENOMEM;
	free(found->notes[0]);
	found->notes[0] = text;
	return 0;
}

/* ---- figures --------------------------------------------------------------------------------- */

/* The rows that were just measured, as if they were read from a file. */
static int read_back(struct stored_run *run, const struct results *results, const char *env_json,
	struct reason *why)
{
	const char *dir = results->plan->settings->output_dir;
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	int err = out == NULL ? -ENOMEM : csv_write_trials(out, results);

	if (out != NULL && fclose(out) != 0)
		err = -ENOMEM;
	if (err < 0) {
		free(text);
		return reason_set(why, ENOMEM, "out of memory while comparing");
	}
	return stored_run_make(run, dir != NULL ? dir : "this run", text, len, env_json, why);
}

/* What `ipcbench compare` would find, by its defaults. */
static int compare(struct stored *found, const struct results *results, const char *env_json,
	struct reason *why)
{
	char *words[] = {(char[]){"compare"}, (char[]){"base"}, (char[]){"new"}, NULL};
	struct compare_settings defaults;
	int err = command_parse(&compare_command, &defaults, 3, words, why);

	if (err == 0)
		err = read_back(&found->runs[1], results, env_json, why);
	if (err == 0)
		stored_compare_runs(found, &defaults.what);
	found->results.run_id = results->run_id;
	found->results.interrupted = results->interrupted;
	return err;
}

int replay_report(FILE *out, struct replay *r, const struct results *results, const char *env_json,
	unsigned int width, bool color, struct reason *why)
{
	const struct layout l = {.out = out, .glyphs = glyphs(format_utf8()), .width = width};
	struct stored found = {.runs = {r->base}};
	int err = compare(&found, results, env_json, why);

	if (err == 0 && rewrite_verdict(&found.results, r) < 0)
		err = reason_set(why, ENOMEM, "out of memory while comparing");
	if (err == 0) {
		put_differences(&l, &found.results, found.differences);
		replay_print_deviations(out, r, width);
		fputc('\n', out);
		err = gate_table_write(out, &found.results, width, color);
		if (err == -ENOMEM)
			reason_set(why, ENOMEM, "out of memory while printing");
	}
	r->base = (struct stored_run){0};
	stored_free(&found);
	return err;
}
