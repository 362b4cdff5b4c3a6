/* SPDX-License-Identifier: MIT */
/* Settings -> plan -> run -> summaries -> output. */
#include "commands.h"

#include "cli/command.h"
#include "cli/measure-options.h"
#include "doctor/doctor.h"
#include "measure/clock.h"
#include "measure/machine.h"
#include "measure/usage.h"
#include "plan/guard.h"
#include "replay/resume.h"
#include "report/parts.h"
#include "results/results.h"
#include "run/objects.h"
#include "run/run.h"
#include "run/watch.h"
#include "text/memory.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A long run is saved about this often, so that a crash does not lose a day of work. */
#define SAVE_INTERVAL_NS UINT64_C(10000000000)

/* ---- one run --------------------------------------------------------------------------------- */

struct session {
	const struct settings *settings;
	const struct plan *plan;
	struct run *run;
	const struct saved_options *saved; /* into env.json; NULL for a slice */
	struct replay *replay;		   /* or NULL */
	struct resume *resume;		   /* likewise */
	int *stdout_error;
	struct drawing plot; /* --plot */
	struct progress progress;
	char run_id[RUN_ID_LEN];
	struct counter_support counters; /* with --counters */
	char *env_json;
	uint64_t saved_ns; /* 0 = not yet */
};

/* `summaries` of it are to be freed. */
static struct results summarise_run(const struct session *s, const struct run *run)
{
	const struct plan *plan = s->plan;
	const double **values = need_array(run->trial_count, sizeof(*values));
	struct results out = {
		.plan = plan,
		.run_id = s->run_id,
		.trials = run->trials,
		.trial_count = run->trial_count,
		.summaries = need_array(plan->item_count, sizeof(*out.summaries)),
		.hists = {run->hists[0], run->hists[1]},
		.stops = run->stops,
		.logged = run->logged,
		.env_json = s->env_json,
		.interrupted = run->interrupted,
	};

	trials_flag_slow(run->trials, run->trial_count);
	for (size_t i = 0; i < plan->item_count; i++) {
		size_t n = 0;
		unsigned int failed = 0;

		for (size_t t = 0; t < run->trial_count; t++) {
			if (run->trials[t].item != &plan->items[i])
				continue;
			if (run->trials[t].status == STATUS_OK)
				values[n++] = run->trials[t].value;
			failed += run->trials[t].status == STATUS_FAIL;
		}
		summarise(&out.summaries[i], values, n);
		out.summaries[i].failed = failed;
	}
	free(values);
	return out;
}

/* A failure to save is reported at the end, if the last attempt has failed too. */
static void save_state(struct session *s, const struct run *run)
{
	struct results results = summarise_run(s, run);
	struct reason why = {""};

	store_save(&results, false, &why);
	free(results.summaries);
	s->saved_ns = clock_gettime_ns();
}

/* Results as cells finish: where someone looks on, or waits for long. */
static bool tells_cells(const struct session *s)
{
	const struct settings *set = s->settings;

	return !set->quiet && !set->slice &&
	       (set->quick || s->progress.active || progress_is_long(s->progress.planned_s));
}

static void on_step(void *arg, const struct run *run, size_t index, bool finished)
{
	struct session *s = arg;

	if (finished && s->settings->verbose && run->last != NULL)
		tell_launch(s->plan, run->last, index);
	if (finished && run->cell_done && tells_cells(s))
		tell_cell(&s->progress, run, &s->plan->items[s->plan->launches[index].item]);
	if (s->saved_ns == 0)
		save_state(s, run);
	if (!finished && !s->settings->quiet && !s->settings->verbose)
		progress_tell(&s->progress, s->plan, run, index);
	if (finished && clock_gettime_ns() - s->saved_ns > SAVE_INTERVAL_NS)
		save_state(s, run);
}

/* Standard output: the one format that requested it, else the table. */
static int print(const struct session *s, const struct results *results)
{
	const struct settings *set = s->settings;

	if (store_stdout(set) != NULL)
		return store_print(results);
	if (set->quiet)
		return 0;
	return table_write(stdout, results, terminal_width(), use_color(set->color));
}

static int exit_status(const struct run *run)
{
	size_t ok = 0, failed = 0;

	for (size_t i = 0; i < run->trial_count; i++) {
		ok += run->trials[i].status == STATUS_OK;
		failed += run->trials[i].status == STATUS_FAIL;
	}
	if (run->interrupted)
		return EXIT_SIGNAL + interrupted;
	return failed == 0 && ok != 0 ? EXIT_MEASURED : EXIT_FAILED;
}

/* --replay: what has changed, if the results leave standard output free. */
static int print_changes(const struct session *s, const struct results *results, int status)
{
	const struct settings *set = s->settings;
	bool taken = store_stdout(set) != NULL;
	struct reason why = {""};

	if (s->replay == NULL || set->quiet)
		return status;
	fputc('\n', taken ? stderr : stdout);
	int r = replay_report(taken ? stderr : stdout, s->replay, results,
		taken ? 0 : terminal_width(), !taken && use_color(set->color), &why);

	if (r < 0 && why.text[0] != '\0')
		return complain(&why, EXIT_FAILED);
	if (r < 0 && !taken)
		*s->stdout_error = -r;
	return status;
}

/* --plot: the figures, of what was saved. */
static int print_figures(struct session *s, int status)
{
	struct reason why = {""};

	if (!s->settings->plot || s->run->interrupted)
		return status;
	int r = draw_figures(&s->plot, s->settings, &why);

	if (r == -EINTR)
		return EXIT_SIGNAL + interrupted;
	return r < 0 ? complain(&why, EXIT_FAILED) : status;
}

/* The last screen: a summary of the tables. */
static void print_closing(const struct session *s, const struct results *results)
{
	const struct settings *set = s->settings;

	if (set->quiet || store_stdout(set) != NULL)
		return;
	int r = closing_write(stdout, results, terminal_width(), use_color(set->color));

	if (r < 0)
		*s->stdout_error = -r;
}

/* --quiet: the notes of the table that is left out. */
static void tell_failure(const struct run *run)
{
	const struct trial *worst = NULL;
	struct reason why;
	char name[192];
	size_t failed = 0;

	for (size_t i = 0; i < run->trial_count; i++) {
		const struct trial *t = &run->trials[i];

		failed += t->status == STATUS_FAIL;
		if (t->status != STATUS_OK &&
			(worst == NULL || (failed == 1 && worst->status == STATUS_SKIP)))
			worst = t;
	}
	if (worst == NULL)
		return;
	item_name(name, sizeof(name), worst->item);
	if (failed > 0)
		reason_set(&why, 0, "%zu of %zu launches failed; %.80s: %s", failed, run->launched,
			name, worst->reason.text);
	else
		reason_set(
			&why, 0, "nothing could be measured; %.80s: %s", name, worst->reason.text);
	complain(&why, 0);
}

/* Saves, prints, and says what is wrong with either. */
static int finish(struct session *s, const struct run *run)
{
	struct results results = summarise_run(s, run);
	struct reason why = {""};
	int status = exit_status(run);

	if (s->settings->quiet && status == EXIT_FAILED)
		tell_failure(run);
	if (store_save(&results, true, &why) < 0)
		status = complain(&why, EXIT_FAILED);
	int r = print(s, &results);

	if (r < 0)
		*s->stdout_error = -r;
	status = print_changes(s, &results, status);
	status = print_figures(s, status);
	print_closing(s, &results);
	if (interrupted)
		fprintf(stderr,
			"ipcbench: interrupted by signal %d (%s) after %zu of %zu launch%s%s\n",
			(int)interrupted, strsignal(interrupted), run->launched,
			s->plan->launch_count, s->plan->launch_count == 1 ? "" : "es",
			store_saves(s->settings) ? "; what was measured is kept" : "");
	free(results.summaries);
	return status;
}

/* A plugin has ended the driver; this child has the measurements. */
static bool save_cut(void *session, const struct reason *why, int signal)
{
	struct session *s = session;

	interrupted = signal;
	progress_end(&s->progress);
	run_cut(s->run, signal == 0 ? why : NULL);
	return finish(s, s->run) != EXIT_FAILED && fflush(stdout) == 0;
}

/* ---- measure --------------------------------------------------------------------------------- */

/* Examines the machine and fills s->env_json; warns if it is too noisy to measure on. */
static void describe_machine(struct session *s, const struct topology *topo,
	const struct clock *clock, const struct reason *clock_why)
{
	struct reason warning = {""};
	/* how long counted messages take is not known, and may be less than the probes do */
	bool long_run = s->settings->messages == 0 && plan_seconds(s->plan) > DOCTOR_LONG_RUN_S;
	json_t *plan = needed(saved_options_json(s->saved, s->settings));
	json_t *doctor = doctor_of_run(long_run, topo, clock, clock_why, &warning);

	s->env_json =
		environment_text(topo, clock, s->settings->argc, s->settings->argv, plan, doctor);
	json_decref(plan);
	json_decref(doctor);
	if (warning.text[0] != '\0' && !s->settings->quiet)
		complain(&warning, 0);
}

/* --resume: only on the same machine, with the number and the env.json of the run. */
static int continue_run(struct session *s, struct reason *why)
{
	const struct resume *r = s->resume;
	size_t kept = r->kept, all = s->plan->launch_count;

	if (resume_check(r, s->env_json, why) < 0)
		return -EINVAL;
	free(s->env_json);
	s->env_json = resume_env(r);
	if (r->run.base.run_id[0] != '\0')
		snprintf(s->run_id, sizeof(s->run_id), "%s", r->run.base.run_id);
	if (!s->settings->quiet)
		fprintf(stderr, "ipcbench: %zu of %zu launch%s kept\n", kept, all,
			all == 1 ? "" : "es");
	if (all > 0)
		s->progress.start_s -= s->progress.planned_s * (double)kept / (double)all;
	return 0;
}

/* --counters: events that cannot be counted here are reported once, and again in env.json. */
static void prepare_counters(struct session *s)
{
	if (!s->settings->counters)
		return;
	counters_probe(&s->counters);
	for (int i = 0; i < COUNTER_COUNT && !s->settings->quiet; i++)
		if (!s->counters.available[i])
			fprintf(stderr, "ipcbench: %s cannot be counted: %s\n", counter_names[i],
				s->counters.why[i].text);
}

/* How long counted messages take is not known. */
static void tell_length(const struct session *s)
{
	const struct settings *set = s->settings;
	size_t kept = s->resume != NULL ? s->resume->kept : 0, all = s->plan->launch_count;

	if (!set->quiet && set->messages == 0 && all > 0)
		progress_announce(set->automatic ? "at most" : "about",
			plan_seconds(s->plan) * (double)(all - kept) / (double)all);
}

static int measure_plan(struct session *s, const struct topology *topo)
{
	struct reason why = {""};
	struct clock clock;
	struct run run;

	if (objects_check(&why) < 0)
		return complain(&why, EXIT_FAILED);
	if (why.text[0] != '\0' && !s->settings->quiet)
		complain(&why, 0);
	why.text[0] = '\0';
	clock_calibrate(&clock, s->settings->clock_hz, &why);
	if (why.text[0] != '\0' && !s->settings->quiet)
		complain(&why, 0);
	prepare_counters(s);
	if (!s->settings->slice)
		describe_machine(s, topo, &clock, &why);
	run_id_make(s->run_id, s->settings->seed);
	if (!s->settings->quiet)
		progress_begin(&s->progress, s->plan->launch_count, plan_seconds(s->plan));
	if (s->resume != NULL && continue_run(s, &why) < 0) {
		free(s->env_json);
		return complain(&why, EXIT_USAGE);
	}
	tell_length(s);
	s->run = &run;
	guard_set_save(save_cut, objects_finish, s);
	run_plan(&run, s->plan, &clock, s->settings->counters ? &s->counters : NULL, on_step, s);
	guard_set_save(NULL, NULL, NULL);
	progress_end(&s->progress);
	int status = finish(s, &run);

	run_free(&run);
	free(s->env_json);
	return status;
}

/* The list comes with the results; a hint says how to see it first. */
static void tell_deviations(const struct session *s)
{
	size_t n = s->replay == NULL ? 0 : s->replay->deviation_count;

	if (n > 0 && !s->settings->quiet)
		fprintf(stderr,
			"ipcbench: the plan differs from the stored one in %zu thing%s, listed at the "
			"end; --dry-run lists them at once\n",
			n, n == 1 ? "" : "s");
}

/* Builds the plan, fits it to the stored one in a replay, and prints or measures it. */
static int plan_and_measure(struct session *s)
{
	struct reason why = {""};
	struct topology *topo = topology_load(&why);
	const struct settings *set = s->settings;
	struct plan plan;
	int status = EXIT_MEASURED;

	if (topo == NULL)
		return complain(&why, EXIT_FAILED);
	plan_build(&plan, set, topo);
	int err = plan_check(&plan, &why);

	if (err == 0 && s->replay != NULL)
		replay_fit(s->replay, &plan, topo);
	s->plan = &plan;
	if (err == 0 && s->resume != NULL)
		err = resume_fit(s->resume, &plan, &why);

	/* before there are files that are made for their claims */
	if (!set->dry_run)
		catch_signals();
	if (err == 0)
		err = baseline_check(&plan, &why);
	if (err < 0 || store_prepare(set, &why) < 0) {
		status = complain(&why, EXIT_USAGE);
	} else if (set->dry_run) {
		if (s->resume != NULL)
			resume_cut(&plan);
		plan_print(stdout, &plan);
		if (s->replay != NULL) {
			fputc('\n', stdout);
			replay_print_deviations(stdout, s->replay, terminal_width());
		}
	} else {
		tell_deviations(s);
		status = measure_plan(s, topo);
	}
	s->plan = NULL;
	plan_free(&plan);
	topology_free(topo);
	return status;
}

/* The part of the command line that env.json keeps, or the plan of the stored run. */
static int prepare(struct session *s, struct replay *replay, struct saved_options *saved,
	const struct settings *given, struct reason *why)
{
	int r = 0;

	if (given->replay != NULL) {
		r = replay_open(replay, given, why);
		s->replay = replay;
		s->settings = &replay->settings;
		s->saved = &replay->saved;
	} else if (s->resume != NULL) {
		s->saved = &s->resume->run.saved;
	} else if (!given->slice && !given->dry_run) {
		r = saved_options_read(
			saved, (const char *const *)given->argv, (size_t)given->argc, why);
		s->saved = saved;
	}
	return r;
}

int measure_run(void *settings, struct call *call)
{
	struct resume resume = {.kept = 0};
	struct replay replay = {.step_count = 0};
	struct saved_options saved = {.plugins = 0};
	struct settings *given = settings;
	struct session session = {.stdout_error = &call->stdout_error};
	struct reason why = {""};
	int r = 0;

	if (given->argv == NULL) {
		given->argc = call->argc;
		given->argv = call->argv;
	}
	given->argv[0] = call->argv[0];
	if (given->resume != NULL) {
		r = resume_open(&resume, given, &why);
		session.resume = &resume;
		given = &resume.run.settings;
	} else if (given->replay == NULL) {
		r = sizes_load(given, &why);
	}
	session.settings = given;
	if (r == 0)
		r = draw_prepare(&session.plot, given, &why);
	if (r == 0)
		r = prepare(&session, &replay, &saved, given, &why);
	int status = r < 0 ? complain(&why, EXIT_USAGE) : plan_and_measure(&session);

	draw_end(&session.plot);
	replay_close(&replay);
	resume_close(&resume);
	saved_options_free(&saved);
	return status;
}
