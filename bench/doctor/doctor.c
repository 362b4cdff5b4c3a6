/* SPDX-License-Identifier: MIT */
#include "doctor/doctor.h"

void diagnosis_make(struct diagnosis *out, const char *root, enum probe_level level,
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

void diagnosis_free(struct diagnosis *d)
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
