/* SPDX-License-Identifier: MIT */
#include "gate/stored.h"

#include "gate/fingerprint.h"
#include "stats/summary.h"
#include "stats/two-sample.h"
#include "text/format.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- how it was measured --------------------------------------------------------------------- */

static bool is_counted(const struct stored_run *run)
{
	for (size_t i = 0; i < run->count; i++)
		if (!isnan(run->trials[i].value[METRIC_COUNTED_SHARE]) ||
			!isnan(run->trials[i].value[METRIC_TX_TASK_CLOCK]))
			return true;
	return false;
}

/* --verify, which may be shortened to where it parts from --verbose and --version. */
static bool is_verified(const struct stored_run *run)
{
	const json_t *plan = json_object_get(run->env, "plan");
	/* the command of a replay does not tell its plan; older runs have nothing else */
	const json_t *command = plan != NULL ? json_object_get(plan, "options")
					     : json_object_get(run->env, "command");

	for (size_t i = 0; i < json_array_size(command); i++) {
		const char *word = json_string_value(json_array_get(command, i));

		if (word != NULL && strncmp(word, "--veri", 6) == 0)
			return true;
	}
	return false;
}

/*
 * Whether the trials of a cell were asked to last unlike long: then both their time and their
 * messages differ. A version that became faster moves only one of the two.
 */
static bool lasts_unlike(const struct measured_pair *pair, double seconds[2])
{
	double messages[2];

	for (int run = 0; run < 2; run++) {
		seconds[run] = measured_value(pair->of[run], METRIC_DURATION_S);
		messages[run] = measured_value(pair->of[run], METRIC_MESSAGES);
	}
	return (seconds[0] > 2 * seconds[1] && messages[0] > 2 * messages[1]) ||
	       (seconds[1] > 2 * seconds[0] && messages[1] > 2 * messages[0]);
}

/* Tells how the runs were measured differently. */
static void compare_conditions(struct stored *s, const struct measured_pair *pairs)
{
	static const char *const names[] = {"base", "new"};
	bool counted = is_counted(&s->runs[1]), verified = is_verified(&s->runs[1]);
	struct gate_results *r = &s->results;
	double seconds[2];

	if (counted != is_counted(&s->runs[0]))
		gate_note(r, "--counters, which slows every switch: only in %s", names[counted]);
	if (verified != is_verified(&s->runs[0]))
		gate_note(r, "--verify, which costs time per byte: only in %s", names[verified]);
	for (size_t i = 0; i < r->cell_count; i++)
		if (r->cells[i].status == STATUS_OK && lasts_unlike(&pairs[i], seconds)) {
			gate_note(r, "length of the trials: %.3g s in base, %.3g s in new (%s)",
				seconds[0], seconds[1], r->cells[i].name);
			return;
		}
}

/* ---- what the figures bear ------------------------------------------------------------------- */

/* Changes of the machine between the runs look like changes of the program. */
static void note_drift(struct stored *s)
{
	double apart = fabs(s->runs[1].started_s - s->runs[0].started_s);
	char when[64] = "";

	if (apart >= 2 * 86400)
		snprintf(when, sizeof(when), ", %.0f days apart", apart / 86400);
	else if (apart >= 2 * 3600)
		snprintf(when, sizeof(when), ", %.0f hours apart", apart / 3600);
	else if (apart >= 120)
		snprintf(when, sizeof(when), ", %.0f minutes apart", apart / 60);
	gate_note(&s->results,
		"stored runs do not interleave: they were measured one after the other%s, and what the "
		"machine did in between cannot be told from a change of the program; ipcbench gate "
		"measures both in turn and decides",
		when);
}

static void note_trials(struct gate_results *r)
{
	size_t few = 0, bare = 0, half = 0, compared = 0;

	for (size_t i = 0; i < r->row_count; i++) {
		const struct gate_row *row = &r->rows[i];
		bool both = !isnan(row->base) && !isnan(row->new);

		half += !both;
		compared += both;
		few += both && isinf(row->found.mde);
		bare += both && isinf(row->found.ci_hi);
	}
	if (few > 0)
		gate_note(r,
			"%zu of %zu comparisons have too few trials to prove a change%s; --trials %zu for "
			"both runs is enough for so many comparisons",
			few, compared,
			bare > 0 ? " (those without an interval show the ratio of the medians)"
				 : "",
			stored_trials_needed(compared));
	if (half > 0)
		gate_note(r,
			"%zu metric%s measured in only one of the runs: inconclusive; longer trials "
			"measure more percentiles",
			half, half == 1 ? " was" : "s were");
}

/* Cells whose load was a part of what the run itself found the mechanism to bear. */
static void note_loads(struct gate_results *r)
{
	for (size_t i = 0; i < r->cell_count; i++) {
		enum rate_kind kind = r->cells[i].key.rate.kind;

		if (kind == RATE_PERCENT || kind == RATE_REFINE) {
			gate_note(r,
				"loads in percent and steps to the knee are parts of what each run could "
				"bear: the same row is not the same load; give --rate in messages per "
				"second to compare");
			return;
		}
	}
}

/* "short-run 3, steal 1": which doubts the trials of a run carry. */
static void note_doubts(struct gate_results *r, const struct stored_run *run, const char *name)
{
	size_t doubtful = 0, count[TRIAL_FLAG_COUNT] = {0};
	struct phrase list = {""};

	for (size_t i = 0; i < run->count; i++) {
		doubtful += run->trials[i].flags != 0;
		for (size_t f = 0; f < TRIAL_FLAG_COUNT; f++)
			count[f] += (run->trials[i].flags >> f) & 1;
	}
	for (size_t f = 0; f < TRIAL_FLAG_COUNT; f++)
		if (count[f] > 0)
			phrase_add(&list, ", ", "%s %zu", trial_flag_names[f], count[f]);
	if (doubtful > 0)
		gate_note(r, "%zu of %zu rows of %s carry flags: %s", doubtful, run->count, name,
			list.text);
}

/* ---- all of them ----------------------------------------------------------------------------- */

/* Puts the verdict on the differences, of which each is a note, in front of them. */
static void note_verdict(struct gate_results *r)
{
	size_t differences = r->note_count;

	r->advisory = differences > 0;
	if (differences > 0)
		gate_note(r,
			"advisory, the exit status is 0 whatever was found: the runs differ in %zu thing%s "
			"beside the program",
			differences, differences == 1 ? "" : "s");
	else
		gate_note(r,
			"same machine, same build and same way of measuring, as far as env.json tells");
	char *last = r->notes[differences];

	memmove(r->notes + 1, r->notes, differences * sizeof(*r->notes));
	r->notes[0] = last;
}

void stored_notes(struct stored *s, const struct measured_pair *pairs)
{
	const struct stored_run *base = &s->runs[0], *new = &s->runs[1];
	struct gate_results *r = &s->results;
	const char *version = fingerprint_version(base->env),
		   *new_version = fingerprint_version(new->env);

	fingerprint_compare(r, base->env, new->env);
	s->differences = r->note_count;
	compare_conditions(s, pairs);
	note_verdict(r);
	if (base->run_id[0] != '\0' && strcmp(base->run_id, new->run_id) == 0)
		gate_note(r, "both are the same run (%s): nothing can differ", base->run_id);
	else
		note_drift(s);
	note_trials(r);
	note_loads(r);
	if (strcmp(version, new_version) != 0)
		gate_note(r, "ipcbench %s in base, %s in new", version, new_version);
	note_doubts(r, base, "base");
	note_doubts(r, new, "new");
}
