/* SPDX-License-Identifier: MIT */
#include "doctor/doctor.h"
#include "measure/clock.h"
#include "text/format.h"
#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

/*
 * All files below `root` and the probes of a level, for which `topo` and `clk` are needed. With a
 * root other than "" only PROBES_NONE makes sense.
 */
static void diagnosis_make(struct diagnosis *out, const char *root, enum probe_level level,
	const struct topology *topo, const struct clock *clk, const struct reason *clock_why,
	const volatile int *interrupted)
{
	*out = (struct diagnosis){0};
	probes_run(&out->facts.probes, level, topo, clk, clock_why, interrupted);
	facts_read(&out->facts, root);
	out->count = checks_run(&out->facts, out->finding, CHECKS_MAX);
	for (size_t i = 0; i < out->count; i++)
		if (out->finding[i].grade > out->grade)
			out->grade = out->finding[i].grade;
}

static void diagnosis_free(struct diagnosis *d)
{
	probes_free(&d->facts.probes);
}

const struct finding *diagnosis_worst(const struct diagnosis *d)
{
	for (size_t i = 0; i < d->count; i++)
		if (d->finding[i].grade == d->grade && d->grade != GRADE_NONE)
			return &d->finding[i];
	return NULL;
}

json_t *doctor_of_run(bool long_run, const struct topology *topo, const struct clock *clk,
	const struct reason *clock_why, const volatile int *interrupted, struct reason *warning)
{
	struct diagnosis d;
	char line[256];

	diagnosis_make(
		&d, "", long_run ? PROBES_SHORT : PROBES_NONE, topo, clk, clock_why, interrupted);
	if (long_run && d.grade == GRADE_BAD)
		reason_set(warning, 0, "this machine is noisy: %s; see ipcbench doctor",
			finding_headline(diagnosis_worst(&d), line, sizeof(line)));
	json_t *json = diagnosis_json(&d);

	diagnosis_free(&d);
	return json;
}

/* ---- the command ----------------------------------------------------------------------------- */

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
static int examine(
	struct diagnosis *d, const char *root, const volatile int *interrupted, struct reason *why)
{
	struct reason clock_why = {""};
	struct clock clk;

	if (root[0] != '\0') {
		if (check_root(root, why) < 0)
			return -EINVAL;
		diagnosis_make(d, root, PROBES_NONE, NULL, NULL, &clock_why, interrupted);
		return 0;
	}
	struct topology *topo = topology_load(why);

	if (topo == NULL)
		return -EIO;
	clock_calibrate(&clk, &clock_why);
	diagnosis_make(d, root, PROBES_FULL, topo, &clk, &clock_why, interrupted);
	topology_free(topo);
	return *interrupted ? -EINTR : 0;
}

static int print_json(FILE *out, const struct diagnosis *d)
{
	json_t *o = diagnosis_json(d);
	int r = json_dumpf(o, out, JSON_INDENT(2) | JSON_REAL_PRECISION(9));

	json_decref(o);
	fputc('\n', out);
	return r < 0 ? stream_status(out) : 0;
}

int doctor_run(FILE *out, const char *root, bool json, unsigned int width,
	const volatile int *interrupted, struct reason *why)
{
	struct diagnosis d = {0};
	int r = examine(&d, root == NULL ? "" : root, interrupted, why);

	if (r == 0)
		r = json ? print_json(out, &d) : diagnosis_print(out, &d, width);
	diagnosis_free(&d);
	return r;
}
