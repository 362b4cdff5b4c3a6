/* SPDX-License-Identifier: MIT */
#include "claims/claims.h"

#include "cli/command.h"
#include "cli/option.h"
#include "text/memory.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define AT(field) offsetof(struct claims_settings, field)

static const struct option_row options[] = {
	OPTION_SWITCH("list", 0, AT(list), "print the claims and measure nothing"),
	OPTION_SWITCH("quick", 0, AT(quick),
		"a short run: the first placement of each comparison alone, and one look at the "
		"blocks, which decides less"),
	OPTION("duration", 0, "TIME", read_duration, AT(duration_s),
		"timed part of each launch. Default: 25ms, with --quick 15ms", .min = OPTION_MS,
		.max = 60 * OPTION_S),
	OPTION("max-time", 0, "TIME", read_duration, AT(max_time_s),
		"measure no longer than this, and judge what there is. Default: no limit",
		.min = 100 * OPTION_MS, .max = 24 * OPTION_HOUR),
	OPTION("seed", 0, "N", read_seed, AT(seed),
		"of the order within blocks. Default: random, and recorded", .initial = "random"),
	OPTION("output", 'o', "DIR", read_text, AT(output_dir),
		"write a directory with claims.csv, blocks.csv, claims.json and env.json"),
	OPTION("csv", 0, "FILE", read_text, AT(csv),
		"write a row per comparison; - is standard output"),
	OPTION("json", 0, "FILE", read_text, AT(json),
		"write everything as JSON; - is standard output"),
	OPTION("md", 0, "FILE", read_text, AT(md), "write Markdown tables; - is standard output"),
	OPTION_SWITCH(
		"dry-run", 0, AT(dry_run), "print what would be compared and how long it takes"),
	OPTION_SWITCH("quiet", 'q', AT(quiet), "no table, no progress"),
	OPTION_SWITCH("verbose", 'v', AT(verbose), "a line per block, on standard error"),
	OPTION("color", 0, "WHEN", read_word, AT(color),
		"colours in the table: {words}. Default: {default}", .words = color_words,
		.initial = "auto"),
	OPTION_ROW_HELP,
	{.name = NULL},
};

static const struct option_rule rules[] = {
	{.one = "quiet", .other = "verbose", .because = "give one"},
	{.one = "list", .other = "dry-run", .because = "give one"},
	{.one = NULL},
};

static const char *claim_name(size_t i)
{
	return claim_table[i].name;
}

/* The claims that the words name, or all of them. */
static int check(void *settings, const struct arguments *given, struct reason *why)
{
	struct claims_settings *s = settings;
	const char **names = need_array(claim_count() + 1, sizeof(*names));
	const struct option_row row = {.words = names};
	char hint[96];
	unsigned int which;
	int r = 0;

	s->wanted = need_array(claim_count(), sizeof(*s->wanted));
	for (size_t i = 0; i < claim_count(); i++) {
		names[i] = claim_name(i);
		s->wanted[i] = given->word_count == 0;
	}
	for (size_t i = 0; i < given->word_count && r == 0; i++) {
		const char *word = given->words[i];

		if (read_word(&(struct option_value){&row, "", word, NULL}, &which) == 0)
			s->wanted[which] = true;
		else
			r = reason_set(why, EINVAL,
				"claims: there is no claim \"%.40s\"; ipcbench claims --list shows all%s",
				word, parse_hint(hint, sizeof(hint), word, names));
	}
	free(names);
	return r;
}

const struct command claims_command = {
	.name = "claims",
	.summary = "put what textbooks say of IPC to the test on this machine",
	.options = options,
	.rules = rules,
	.operands = "[NAME...]",
	.operand = claim_name,
	.doc = "Puts what textbooks say of IPC to the test on this machine: each claim is a set of "
	       "comparisons of mechanisms, measured in interleaved blocks, and holds, does not hold, "
	       "could not be decided, or could not be tested here.",
	.exit_status =
		"0 measured, whatever holds; 2 usage; 4 nothing could be measured, a "
		"comparison failed, or a result could not be written; interrupted: 128 and the "
		"number of the signal.",
	.settings_size = sizeof(struct claims_settings),
	.check = check,
	.run = claims_run,
	.unwritten = EXIT_NOT_MEASURED,
};
