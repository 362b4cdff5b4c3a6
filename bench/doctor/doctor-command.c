/* SPDX-License-Identifier: MIT */
/* `ipcbench doctor`. */
#include "doctor/doctor.h"

#include "cli/command.h"
#include "measure/clock.h"
#include "run/interrupt.h"
#include "text/format.h"
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

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

static int check_root(const char *root, struct reason *why)
{
	struct stat st;

	if (stat(root, &st) < 0)
		return reason_set(why, EINVAL,
			"doctor: --root \"%.80s\": %s; give a directory with a "
			"copy of a machine's /proc and /sys",
			root, strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return reason_set(why, EINVAL,
			"doctor: --root \"%.80s\" is no directory; give one with a copy of a machine's "
			"/proc and /sys",
			root);
	return 0;
}

/* Another machine's files, or everything about this one. */
static int examine(struct diagnosis *d, const char *root, struct reason *why)
{
	struct reason clock_why = {""};
	struct clock clk;

	if (root != NULL) {
		diagnosis_make(d, root, PROBES_NONE, NULL, NULL, &clock_why, &interrupted);
		return 0;
	}
	struct topology *topo = topology_load(why);

	if (topo == NULL)
		return -EIO;
	clock_calibrate(&clk, &clock_why);
	diagnosis_make(d, "", PROBES_FULL, topo, &clk, &clock_why, &interrupted);
	topology_free(topo);
	return 0;
}

static int print_json(FILE *out, const struct diagnosis *d)
{
	json_t *o = diagnosis_json(d);
	int r = json_dumpf(o, out, JSON_INDENT(2) | JSON_REAL_PRECISION(9));

	json_decref(o);
	fputc('\n', out);
	return r < 0 ? stream_status(out) : 0;
}

static int run(void *settings, struct call *call)
{
	const struct doctor_settings *s = settings;
	struct reason why = {""};
	struct diagnosis d;
	int r = 0;

	catch_signals();
	if (s->root != NULL && check_root(s->root, &why) < 0)
		return complain(&why, EXIT_USAGE);
	if (examine(&d, s->root, &why) < 0)
		return complain(&why, EXIT_FAILED);
	if (!interrupted)
		r = s->json ? print_json(stdout, &d)
			    : diagnosis_print(stdout, &d, terminal_width());
	diagnosis_free(&d);
	call->stdout_error = -r;
	return interrupted ? EXIT_SIGNAL + interrupted : EXIT_MEASURED;
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
