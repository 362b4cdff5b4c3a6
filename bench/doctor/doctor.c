/* SPDX-License-Identifier: MIT */
#include "doctor/doctor.h"

#include "run/objects.h"
#include "run/watch.h"
#include "text/record.h"
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/*
 * All files below `root` and the probes of a level, for which `topo` and `clk` are needed. With a
 * root other than "" only PROBES_NONE makes sense.
 */
static void examine(struct diagnosis *d, const char *root, enum probe_level level,
	const struct topology *topo, const struct clock *clk, const struct reason *clock_why)
{
	*d = (struct diagnosis){0};
	probes_run(&d->facts.probes, level, topo, clk, clock_why);
	facts_read(&d->facts, root);
	diagnosis_judge(d);
}

json_t *doctor_of_run(bool long_run, const struct topology *topo, const struct clock *clk,
	const struct reason *clock_why, struct reason *warning)
{
	struct diagnosis d;

	examine(&d, "", long_run ? PROBES_SHORT : PROBES_NONE, topo, clk, clock_why);
	if (long_run && d.grade == GRADE_BAD)
		reason_set(warning, 0, "this machine is noisy: %s; see ipcbench doctor",
			finding_headline(&d.finding[d.worst]).text);
	json_t *json = diagnosis_json(&d);

	probes_free(&d.facts.probes);
	return json;
}

/* ---- the command ----------------------------------------------------------------------------- */

struct doctor_settings {
	bool json;
	const char *root; /* a copy of another machine, or NULL */
};

static const struct option_row options[] = {
	OPTION_SWITCH("json", 0, offsetof(struct doctor_settings, json), "print a JSON object"),
	OPTION("root", 0, "DIR", read_text, offsetof(struct doctor_settings, root),
		"judge a copy of another machine's /proc and /sys below DIR, and measure nothing"),
	OPTION_ROWS_END,
};

static int check_root(const char *root, struct reason *why)
{
	struct stat st;

	errno = 0;
	if (stat(root, &st) == 0 && S_ISDIR(st.st_mode))
		return 0;
	return reason_set(why, EINVAL,
		"doctor: --root \"%.80s\": %s; give a directory with a copy of a machine's /proc "
		"and /sys",
		root, strerror(errno != 0 ? errno : ENOTDIR));
}

/* Another machine's files, or everything about this one. */
static int look(struct diagnosis *d, const char *root, struct reason *why)
{
	struct reason clock_why = {""};
	struct clock clk;

	if (root != NULL) {
		examine(d, root, PROBES_NONE, NULL, NULL, &clock_why);
		return 0;
	}
	struct topology *topo = proc_check(why) < 0 ? NULL : topology_load(why);

	if (topo == NULL)
		return -EIO;
	clock_calibrate(&clk, 0, &clock_why);
	examine(d, "", PROBES_FULL, topo, &clk, &clock_why);
	topology_free(topo);
	return 0;
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
	if (look(&d, s->root, &why) < 0)
		return complain(&why, EXIT_FAILED);
	watch_let_signals_in();
	if (!interrupted)
		r = s->json ? json_put(stdout, diagnosis_json(&d))
			    : diagnosis_print(stdout, &d, terminal_width());
	probes_free(&d.facts.probes);
	call->stdout_error = -r;
	return interrupted ? EXIT_SIGNAL + interrupted : EXIT_MEASURED;
}

const struct command doctor_command = {
	.name = "doctor",
	.summary = "print what disturbs measurements here, and what helps",
	.options = options,
	.doc = "Prints within 5 seconds what disturbs measurements on this machine, the worst "
	       "first: each finding with its value, its effect and a remedy. The worst finding is "
	       "the grade: good, note, warn or bad.",
	.exit_status = "0 examined, whatever was found; 1 could not examine; 2 wrong usage",
	.settings_size = sizeof(struct doctor_settings),
	.run = run,
};
