/* SPDX-License-Identifier: MIT */
/* The commands beside measuring, and their few options. */
#include "advise/advise-options.h"
#include "claims/claims-options.h"
#include "cli/options.h"
#include "cli/parse.h"
#include "gate/compare-options.h"
#include "gate/gate-options.h"
#include "plan/registry.h"
#include "report/report-options.h"
#include "tables/tables-options.h"
#include "topology/topology-options.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	FLAG_DRY_RUN = 'n',
	FLAG_HELP = 'h',
	FLAG_OUTPUT = 'o',
	FLAG_JSON = 0x100,
	FLAG_MD,
	FLAG_PLUGIN,
	FLAG_HGRM,
	FLAG_INTERVALS,
	FLAG_TAG,
	FLAG_ADD,
	FLAG_ROOT,
};

/* What argp's callback works on. */
struct reading {
	struct command *command;
	const struct command_info *info;
	struct reason *why;
	int words; /* of `manual` */
};

static int manual_word(struct reading *r, char *word)
{
	r->words++;
	if (r->words == 1 && (strcmp(word, "man") == 0 || strcmp(word, "completion") == 0)) {
		r->command->man_page = word[0] == 'm' ? "" : NULL;
		return 0;
	}
	if (r->words == 2 && r->command->man_page != NULL) {
		r->command->man_page = word;
		return 0;
	}
	return reason_set(r->why, EINVAL,
		"manual: \"%.40s\" is not understood; write \"man TEMPLATE\" or \"completion\"",
		word);
}

/* The first word is what to do, the others are files. */
static int hist_word(struct reading *r, const char *word)
{
	struct hist_request *h = &r->command->hist;
	unsigned int action;

	if (h->has_action) {
		h->files[h->file_count++] = word;
		return 0;
	}
	if (parse_choice("hist", word, hist_action_names, HIST_ACTIONS, &action, r->why) < 0)
		return -EINVAL;
	h->action = (enum hist_action)action;
	h->has_action = true;
	return 0;
}

static int check_hist(const struct hist_request *h, struct reason *why)
{
	bool show = h->action == HIST_SHOW, merge = h->action == HIST_MERGE;

	if (!h->has_action)
		return reason_set(
			why, EINVAL, "hist: write show FILE..., diff A B or merge -o OUT FILE...");
	if (h->action == HIST_DIFF && h->file_count != 2)
		return reason_set(why, EINVAL,
			"hist diff: %zu file%s given; it compares 2: hist diff A B", h->file_count,
			h->file_count == 1 ? "" : "s");
	if (h->file_count == 0)
		return reason_set(why, EINVAL,
			"hist %s: no file given; name a log, or - for standard input",
			hist_action_names[h->action]);
	if (merge != (h->output != NULL))
		return reason_set(why, EINVAL,
			merge ? "hist merge: no --output given; write merge -o OUT FILE..."
			      : "--output is for hist merge only; show and diff print");
	if (h->add && !merge)
		return reason_set(why, EINVAL, "--add is for hist merge only");
	if ((h->hgrm || h->intervals) && !show)
		return reason_set(
			why, EINVAL, "--%s is for hist show only", h->hgrm ? "hgrm" : "intervals");
	if (h->json && merge)
		return reason_set(why, EINVAL, "--json is for hist show and diff only");
	if (h->hgrm && (h->json || h->intervals))
		return reason_set(why, EINVAL, "--hgrm and --%s exclude each other: give one",
			h->json ? "json" : "intervals");
	return 0;
}

static int check_whole(const struct reading *r)
{
	const struct command *c = r->command;

	if (c->json && c->markdown)
		return reason_set(r->why, EINVAL, "--json and --md exclude each other: give one");
	if (c->kind == COMMAND_MANUAL &&
		(r->words == 0 || (c->man_page != NULL && c->man_page[0] == '\0')))
		return reason_set(
			r->why, EINVAL, "manual: write \"man TEMPLATE\" or \"completion\"");
	return c->kind == COMMAND_HIST ? check_hist(&c->hist, r->why) : 0;
}

/* An option of `hist`; false if it is none. */
static bool hist_option(struct hist_request *h, int key, const char *text)
{
	switch (key) {
	case FLAG_ADD:
		h->add = true;
		return true;
	case FLAG_HGRM:
		h->hgrm = true;
		return true;
	case FLAG_INTERVALS:
		h->intervals = true;
		return true;
	case FLAG_JSON:
		h->json = true;
		return true;
	case FLAG_OUTPUT:
		h->output = text;
		return true;
	case FLAG_TAG:
		h->tag = text;
		return true;
	default:
		return false;
	}
}

static error_t read_argument(int key, char *text, struct argp_state *state)
{
	struct reading *r = state->input;

	if (r->command->kind == COMMAND_HIST && hist_option(&r->command->hist, key, text))
		return 0;
	switch (key) {
	case FLAG_JSON:
		r->command->json = true;
		return 0;
	case FLAG_MD:
		r->command->markdown = true;
		return 0;
	case FLAG_DRY_RUN:
		r->command->dry_run = true;
		return 0;
	case FLAG_ROOT:
		r->command->root = text;
		return text[0] != '\0'
			       ? 0
			       : -reason_set(r->why, EINVAL,
					 "doctor: --root is empty; give a directory with a copy of "
					 "a machine's /proc and /sys");
	case FLAG_PLUGIN:
		return -registry_load_plugin(text, r->why);
	case FLAG_HELP:
		return options_print_help(r->info->argp, r->info->name);
	case ARGP_KEY_ARG:
		if (r->command->kind == COMMAND_MANUAL)
			return -manual_word(r, text);
		if (r->command->kind == COMMAND_HIST)
			return -hist_word(r, text);
		return -reason_set(r->why, EINVAL,
			"%s: \"%.40s\" is not understood; the command takes options only (ipcbench %s --help "
			"shows them)",
			r->info->name, text, r->info->name);
	case ARGP_KEY_END:
		return -check_whole(r);
	case ARGP_KEY_ERROR:
		return options_rejected(state, r->why);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

#define HELP_OPTION                                                                                \
	{                                                                                          \
		"help", FLAG_HELP, NULL, 0, "print this help", 1                                   \
	}

static const struct argp_option list_options[] = {
	{"json", FLAG_JSON, NULL, 0, "as a JSON array, with the options of each mechanism", 0},
	{"md", FLAG_MD, NULL, 0, "as a Markdown table", 0},
	{"plugin", FLAG_PLUGIN, "FILE", 0, "load one more mechanism from a shared object", 0},
	HELP_OPTION,
	{0},
};

static const struct argp_option clean_options[] = {
	{"dry-run", FLAG_DRY_RUN, NULL, 0, "print what would be removed", 0},
	HELP_OPTION,
	{0},
};

static const struct argp_option hist_options[] = {
	{"add", FLAG_ADD, NULL, 0, "merge: add up the intervals of each tag into one", 0},
	{"hgrm", FLAG_HGRM, NULL, 0,
		"show: the percentile distribution of all together, in microseconds", 0},
	{"intervals", FLAG_INTERVALS, NULL, 0, "show: a row per interval instead of per tag", 0},
	{"json", FLAG_JSON, NULL, 0, "show, diff: as JSON, values in nanoseconds", 0},
	{"output", FLAG_OUTPUT, "FILE", 0, "merge: the log to write; - is standard output", 0},
	{"tag", FLAG_TAG, "TAG", 0, "only intervals with this tag", 0},
	HELP_OPTION,
	{0},
};

static const struct argp_option doctor_options[] = {
	{"json", FLAG_JSON, NULL, 0, "as a JSON object", 0},
	{"root", FLAG_ROOT, "DIR", 0,
		"judge the files below a copy of another machine's /proc and /sys, and measure nothing",
		0},
	HELP_OPTION,
	{0},
};

static const struct argp_option manual_options[] = {HELP_OPTION, {0}};

static const struct argp list_argp = {
	.options = list_options,
	.parser = read_argument,
	.doc = "Prints every mechanism, its traits, and whether it runs here; if not, why, and what "
	       "would help.",
};

static const struct argp clean_argp = {
	.options = clean_options,
	.parser = read_argument,
	.doc = "Removes the kernel objects and files that killed runs of ipcbench left, and only "
	       "those.\vExit status: 0; 1 if something could not be removed; 2 usage.",
};

static const struct argp hist_argp = {
	.options = hist_options,
	.parser = read_argument,
	.args_doc = "show FILE...\ndiff A B\nmerge -o OUT FILE...",
	.doc = "Shows, compares and merges histogram logs (HdrHistogram, format 1.x, V2 encoding), "
	       "those in hist/ of a run directory and those of other tools; - is standard input. "
	       "Values are taken as nanoseconds. A percentile is shown if at least 10 values lie "
	       "beyond it.\vExit status: 0; 1 if a file cannot be read or written, or is no such log; "
	       "2 usage.",
};

static const struct argp doctor_argp = {
	.options = doctor_options,
	.parser = read_argument,
	.doc = "Says within 5 seconds what disturbs measurement on this machine, the worst first: each "
	       "finding with its figure, its effect and a remedy. The worst finding is the grade: "
	       "good, note, warn or bad.\vExit status: 0, whatever was found; 1 if it could not "
	       "look; 2 usage.",
};

static const struct argp manual_argp = {
	.options = manual_options,
	.parser = read_argument,
	.args_doc = "man TEMPLATE\ncompletion",
	.doc = "Prints the man page or the bash completion; used by the build.",
};

const struct command_info command_table[] = {
	{"list", "print every mechanism, its traits, and whether it runs here", COMMAND_LIST,
		&list_argp, false, false, NULL},
	{"clean", "remove what killed runs of ipcbench left, and only that", COMMAND_CLEAN,
		&clean_argp, false, false, NULL},
	{"hist", "show, compare and merge histogram logs of this and other tools", COMMAND_HIST,
		&hist_argp, false, true, hist_action_names},
	{"doctor", "print what disturbs measurement on this machine, and what would help",
		COMMAND_DOCTOR, &doctor_argp, false, false, NULL},
	{"topology", "show the machine's parts and measure the round trip between every two CPUs",
		COMMAND_TOPOLOGY, &topology_argp, false, false, NULL},
	{"gate", "say whether a new version is slower than the old one, and prove it", COMMAND_GATE,
		&gate_argp, false, false, NULL},
	{"compare", "compare two stored runs, as far as stored runs can be compared",
		COMMAND_COMPARE, &compare_argp, false, true, NULL},
	{"advise", "say which mechanism to use, from the figures of a stored run", COMMAND_ADVISE,
		&advise_argp, false, true, NULL},
	{"tables", "print comparison tables of a stored run, also as Markdown and LaTeX",
		COMMAND_TABLES, &tables_argp, false, true, NULL},
	{"report", "make one HTML file of a stored run, or of several side by side", COMMAND_REPORT,
		&report_argp, false, true, NULL},
	{"claims", "put what textbooks say of IPC to the test on this machine", COMMAND_CLAIMS,
		&claims_argp, false, false, NULL},
	{"manual", "print the man page or the bash completion", COMMAND_MANUAL, &manual_argp, true,
		false, NULL},
	{0},
};

static const struct command_info *command_of(int argc, char **argv)
{
	for (const struct command_info *c = command_table; argc > 1 && c->name != NULL; c++) {
		if (strcmp(c->name, argv[1]) == 0)
			return c;
	}
	return NULL;
}

int command_parse(struct command *c, int argc, char **argv, struct reason *why)
{
	const struct command_info *info = command_of(argc, argv);
	struct reading r = {.command = c, .info = info, .why = why};

	*c = (struct command){.kind = info == NULL ? COMMAND_MEASURE : info->kind};
	/* the others have a parser of their own */
	if (info == NULL || info->argp->parser != read_argument)
		return 0;
	c->hist.files = calloc((size_t)argc, sizeof(*c->hist.files));
	if (c->hist.files == NULL)
		return reason_set(why, ENOMEM, "out of memory");
	return options_read(info->argp, argc - 1, argv + 1, &r, why);
}

void command_free(struct command *c)
{
	free(c->hist.files);
	c->hist.files = NULL;
}
