/* SPDX-License-Identifier: MIT */
#include "report/parts.h"

#include <errno.h>
#include <string.h>

#define AT(field) offsetof(struct report_settings, field)

static const struct option_row options[] = {
	OPTION("output", 'o', "FILE", read_text, AT(output),
		"the page to write; - is standard output"),
	OPTION_SWITCH(
		"no-figures", 0, AT(no_figures), "draw nothing, which takes most of the time"),
	OPTION("plugin", 0, "FILE", read_plugin, 0,
		"load one more mechanism from a shared object, for its traits"),
	OPTION_SWITCH("quiet", 'q', AT(quiet), "do not say what was written or could not be drawn"),
	OPTION_ROW_HELP,
	{.name = NULL},
};

static int check(void *settings, const struct arguments *given, struct reason *why)
{
	struct report_settings *s = settings;

	if (given->word_count > REPORT_RUNS_MAX)
		return reason_set(why, EINVAL,
			"report: \"%.80s\" is one directory too many; a page has room for %d",
			given->words[REPORT_RUNS_MAX], REPORT_RUNS_MAX);
	if (given->word_count == 0)
		return reason_set(why, EINVAL,
			"report: no directory given; write report DIR -o report.html, DIR being one "
			"that ipcbench --output has written");
	if (s->output == NULL)
		return reason_set(why, EINVAL,
			"report: no --output given; write report %.80s -o report.html",
			given->words[0]);
	memcpy(s->dirs, given->words, given->word_count * sizeof(s->dirs[0]));
	s->dir_count = given->word_count;
	return 0;
}

const struct command report_command = {
	.name = "report",
	.summary = "make one HTML file of a stored run, or of several side by side",
	.options = options,
	.operands = "DIR...",
	.doc = "Makes one HTML file of a run directory: what is best, what speaks against it, every "
	       "figure and table, the raw data, the machine and the command. It loads nothing from "
	       "anywhere and is readable without scripts. Several runs stand side by side, each "
	       "compared with the first. Directories of gate, compare and topology are taken as "
	       "well.",
	.exit_status = "0; 1 if a run is damaged or the page cannot be written; 2 usage, or a "
		       "directory that is no run.",
	.takes_files = true,
	.settings_size = sizeof(struct report_settings),
	.check = check,
	.run = report_run,
};
