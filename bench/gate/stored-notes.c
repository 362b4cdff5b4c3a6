/* SPDX-License-Identifier: MIT */
#include "gate/comparison.h"

#include "stats/two-sample.h"
#include "text/memory.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the machines and the builds ------------------------------------------------------------- */

/* A member of env.json. An empty key stands for all members of the section. */
struct trait {
	const char *section, *key, *title;
	double tolerance; /* numbers that differ by no more than this part are equal */
};

/* The most important first. */
static const struct trait traits[] = {
	{"cpu", "model", "CPU model", 0},
	{"cpu", "cpus", "CPUs", 0},
	{"cpu", "cores", "cores", 0},
	{"cpu", "packages", "CPU packages", 0},
	{"cpu", "nodes", "NUMA nodes", 0},
	{"cpu", "llcs", "last-level caches", 0},
	{"kernel", "architecture", "architecture", 0},
	/* machines of one model tick at different rates; the calibration errs by less than this */
	{"clock", "ticks_hz", "clock rate", 1e-3},
	{"virtual_machine", "hypervisor", "virtual machine", 0},
	{"virtual_machine", "vendor", "hypervisor", 0},
	{"kernel", "release", "kernel", 0},
	{"kernel", "version", "kernel build", 0},
	{"cpu", "microcode", "microcode", 0},
	{"mitigations", "", "mitigation", 0},
	{"cpu", "frequency_driver", "frequency driver", 0},
	{"cpu", "frequency_governor", "frequency governor", 0},
	{"cpu", "frequency_max_khz", "highest frequency in kHz", 0},
	{"cpu", "turbo", "turbo", 0},
	{"cpu", "idle_driver", "idle driver", 0},
	{"cpu", "idle_governor", "idle governor", 0},
	{"cpu", "smt", "SMT", 0},
	{"cpu", "online", "CPUs online", 0},
	{"cpu", "isolated", "isolated CPUs", 0},
	{"limits", "cgroup_cpus", "CPU quota of the control group", 0},
	{"ipcbench", "compiler", "compiler of ipcbench", 0},
	{"ipcbench", "cflags", "compiler flags of ipcbench", 0},
	{"ipcbench", "optimized", "optimised build of ipcbench", 0},
	{"clock", "name", "clock", 0},
	{"kernel", "clocksource", "clock source of the kernel", 0},
	{"kernel", "thp", "transparent huge pages", 0},
	{"kernel", "thp_shmem", "huge pages of shared memory", 0},
	{"kernel", "numa_balancing", "NUMA balancing", 0},
	{"kernel", "aslr", "ASLR", 0},
	{"kernel", "os", "operating system", 0},
	{"memory", "page_bytes", "page size", 0},
	/* kernels keep different shares for themselves */
	{"memory", "total_bytes", "memory in bytes", 1e-2},
	{"limits", "wmem_default", "net.core.wmem_default", 0},
	{"limits", "rmem_default", "net.core.rmem_default", 0},
	{"limits", "wmem_max", "net.core.wmem_max", 0},
	{"limits", "rmem_max", "net.core.rmem_max", 0},
	{"limits", "tcp_wmem", "net.ipv4.tcp_wmem", 0},
	{"limits", "tcp_rmem", "net.ipv4.tcp_rmem", 0},
	{"limits", "max_dgram_qlen", "net.unix.max_dgram_qlen", 0},
	{"limits", "pipe_max_size", "fs.pipe-max-size", 0},
	{"limits", "msgmnb", "kernel.msgmnb", 0},
	{"limits", "mq_msg_max", "fs.mqueue.msg_max", 0},
};

static bool equal(const json_t *a, const json_t *b, double tolerance)
{
	bool known_a = a != NULL && !json_is_null(a), known_b = b != NULL && !json_is_null(b);

	if (!known_a || !known_b)
		return known_a == known_b;
	if (!json_is_number(a) || !json_is_number(b))
		return json_equal(a, b);
	double x = json_number_value(a), y = json_number_value(b);

	return fabs(x - y) <= tolerance * fmax(fabs(x), fabs(y));
}

static void compare_value(struct gate_results *r, const struct trait *t, const char *detail,
	const json_t *base, const json_t *new)
{
	if (equal(base, new, t->tolerance))
		return;
	char *x = env_value(base), *y = env_value(new);

	gate_note(r, "%s%s%s: %s in base, %s in new", t->title, detail[0] == '\0' ? "" : " ",
		detail, x, y);
	free(x);
	free(y);
}

/* All members of a section; those that only the new one has are behind. */
static void compare_section(
	struct gate_results *r, const struct trait *t, json_t *base, json_t *new)
{
	const char *key;
	json_t *value;

	json_object_foreach(base, key, value)
	{
		compare_value(r, t, key, value, json_object_get(new, key));
	}
	json_object_foreach(new, key, value)
	{
		if (json_object_get(base, key) == NULL)
			compare_value(r, t, key, NULL, value);
	}
}

void stored_machines(struct gate_results *r, const json_t *base, const json_t *new)
{
	if (base == NULL || new == NULL) {
		gate_note(r, "the machine%s unknown: env.json is missing%s",
			base != NULL  ? " of new is"
			: new != NULL ? " of base is"
				      : "s are",
			base == NULL && new == NULL ? " in either run" : "");
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(traits); i++) {
		const struct trait *t = &traits[i];
		json_t *a = json_object_get(base, t->section),
		       *b = json_object_get(new, t->section);

		if (t->key[0] == '\0')
			compare_section(r, t, a, b);
		else
			compare_value(
				r, t, "", json_object_get(a, t->key), json_object_get(b, t->key));
	}
}

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
	bool counted = is_counted(s->runs[1]), verified = is_verified(s->runs[1]);
	struct gate_results *r = &s->results;
	double seconds[2];

	if (counted != is_counted(s->runs[0]))
		gate_note(r, "--counters, which slows every switch: only in %s", names[counted]);
	if (verified != is_verified(s->runs[0]))
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
	double apart = fabs(s->runs[1]->started_s - s->runs[0]->started_s);
	char when[64] = "";

	if (apart >= 2 * 86400)
		snprintf(when, sizeof(when), ", %.0f days apart", apart / 86400);
	else if (apart >= 2 * 3600)
		snprintf(when, sizeof(when), ", %.0f hours apart", apart / 3600);
	else if (apart >= 120)
		snprintf(when, sizeof(when), ", %.0f minutes apart", apart / 60);
	gate_note(&s->results,
		"stored runs are not interleaved: they were measured one after the other%s, so a change "
		"of the machine looks like a change of the program; ipcbench gate measures both in turn "
		"and decides",
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
			"too few trials to prove a change in %zu of %zu comparison%s%s; --trials %zu for "
			"both runs is enough for this many comparisons",
			few, compared, compared == 1 ? "" : "s",
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

		if (kind != RATE_NONE && kind != RATE_ABSOLUTE) {
			gate_note(r,
				"loads in percent and steps of a search are fractions of what each run could "
				"sustain, so the same row is not the same load; give --rate in messages per "
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
		gate_note(r, "flags on %zu of %zu row%s of %s: %s", doubtful, run->count,
			run->count == 1 ? "" : "s", name, list.text);
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
			"besides the program",
			differences, differences == 1 ? "" : "s");
	else
		gate_note(r, "same machine, same build and same settings, as far as env.json says");
	char *last = r->notes[differences];

	memmove(r->notes + 1, r->notes, differences * sizeof(*r->notes));
	r->notes[0] = last;
}

void stored_notes(struct stored *s, const struct measured_pair *pairs)
{
	const struct stored_run *base = s->runs[0], *new = s->runs[1];
	struct gate_results *r = &s->results;
	const char *version = env_version(base->env), *new_version = env_version(new->env);

	stored_machines(r, base->env, new->env);
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
