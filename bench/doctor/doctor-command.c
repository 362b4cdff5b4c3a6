/* SPDX-License-Identifier: MIT */
/* `ipcbench doctor`. */
#include "doctor/doctor-command.h"

#include "cli/exit-status.h"
#include "doctor/doctor.h"
#include "run/interrupt.h"
#include <errno.h>

struct doctor_settings {
	bool json;
	const char *root; /* a copy of another machine, or NULL */
};

static const struct option_row options[] = {
	OPTION_SWITCH("json", 0, offsetof(struct doctor_settings, json), "as a JSON object"),
	OPTION("root", 0, "DIR", read_text, offsetof(struct doctor_settings, root),
		"judge the files below a copy of another machine's /proc and /sys, and measure nothing"),
	OPTION_ROW_HELP,
	{.name = NULL},
};

static int run(void *settings, struct call *call)
{
	const struct doctor_settings *s = settings;
	struct reason why = {""};

	catch_signals();
	int r = doctor_run(stdout, s->root, s->json, terminal_width(), &interrupted, &why);

	if (r == -EINTR)
		return EXIT_SIGNAL + interrupted;
	if (why.text[0] != '\0')
		return complain(&why, r == -EINVAL ? EXIT_USAGE : EXIT_FAILED);
	call->stdout_error = -r;
	return EXIT_MEASURED;
}

const struct command doctor_command = {
	.name = "doctor",
	.summary = "print what disturbs measurement on this machine, and what would help",
	.options = options,
	.doc = "Says within 5 seconds what disturbs measurement on this machine, the worst first: each "
	       "finding with its figure, its effect and a remedy. The worst finding is the grade: "
	       "good, note, warn or bad.",
	.exit_status = "0, whatever was found; 1 if it could not look; 2 usage.",
	.settings_size = sizeof(struct doctor_settings),
	.run = run,
};
