/* SPDX-License-Identifier: MIT */
/* ipcbench: settings -> plan -> run -> summaries -> output. Only this file exits the driver. */
#include "cli/clean.h"
#include "cli/list.h"
#include "cli/manual.h"
#include "cli/options.h"
#include "command.h"
#include "compare-command.h"
#include "doctor/doctor.h"
#include "exit-status.h"
#include "gate-command.h"
#include "measure/clock.h"
#include "measure/counters.h"
#include "measure/environment.h"
#include "output/format.h"
#include "output/progress.h"
#include "output/run-id.h"
#include "output/store.h"
#include "run/objects.h"
#include "run/run.h"
#include "tables-command.h"
#include "topology-command.h"
#include <errno.h>
#include <fcntl.h>
#include <ipcbench/host.h>
#include <locale.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A long run is saved about this often, so that losing the machine does not lose the day. */
#define SAVE_INTERVAL_NS UINT64_C(10000000000)

/* What a writer to stdout met; close_stdout() tells it, once. */
static int stdout_error;

/* What that is worth: where 1 stands for a regression, an unwritten result is none. */
static int unwritten_status = EXIT_FAILED;

/* ---- one run --------------------------------------------------------------------------------- */

struct session {
	const struct settings *settings;
	const struct plan *plan;
	struct progress progress;
	char run_id[RUN_ID_LEN];
	struct counter_support counters; /* with --counters */
	char *env_json;
	uint64_t saved_ns;
	struct reason save_error;
};

static int summarise_run(struct results *out, const struct session *s, const struct run *run)
{
	const struct plan *plan = s->plan;
	const double **values = calloc(run->trial_count + 1, sizeof(*values));

	*out = (struct results){
		.plan = plan,
		.run_id = s->run_id,
		.trials = run->trials,
		.trial_count = run->trial_count,
		.summaries = calloc(plan->item_count + 1, sizeof(*out->summaries)),
		.hists = {run->hists[0], run->hists[1]},
		.stops = run->stops,
		.logged = run->logged,
		.interrupted = run->interrupted,
	};
	if (values == NULL || out->summaries == NULL) {
		free(values);
		free(out->summaries);
		return -ENOMEM;
	}
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
		summarise(&out->summaries[i], values, n);
		out->summaries[i].failed = failed;
	}
	free(values);
	return 0;
}

static int save(struct session *s, const struct run *run, bool last, struct reason *why)
{
	struct results results;
	int r = summarise_run(&results, s, run);

	if (r < 0)
		return reason_set(why, -r, "out of memory while saving");
	r = store_save(&results, s->env_json, last, why);
	free(results.summaries);
	s->saved_ns = clock_gettime_ns();
	return r;
}

/* --verbose: a line per launch instead of a progress line that overwrites itself. */
static void tell_launch(const struct session *s, const struct run *run, size_t index)
{
	char what[192], figure[32] = "";
	const struct trial *t = &run->trials[index];
	double ns = t->value[METRIC_LAT_P50], rate = t->value[METRIC_MSGS_PER_S];

	if (t->status == STATUS_FAIL)
		snprintf(figure, sizeof(figure), "fail: ");
	else if (t->item->cell.mode == MODE_SETUP)
		snprintf(figure, sizeof(figure), "set-up %.0f ns", t->value[METRIC_SETUP]);
	else if (!isnan(ns))
		snprintf(figure, sizeof(figure), "p50 %.0f ns", ns);
	else if (!isnan(rate))
		snprintf(figure, sizeof(figure), "%.0f msg/s", rate);
	fprintf(stderr, "ipcbench: %zu/%zu %s, trial %u: %s%s\n", index + 1, s->plan->launch_count,
		format_item(what, sizeof(what), t->item), t->number, figure,
		t->status == STATUS_FAIL ? t->reason.text : "");
}

static void on_step(void *arg, const struct run *run, size_t index, bool finished)
{
	struct session *s = arg;

	if (finished && s->settings->verbose && index < run->launched)
		tell_launch(s, run, index);
	if (!finished) {
		if (!s->settings->quiet && !s->settings->verbose)
			progress_step(&s->progress, &s->plan->items[s->plan->launches[index].item],
				index);
		return;
	}
	/* a failure to save is told at the end, when the last attempt has failed too */
	if (clock_gettime_ns() - s->saved_ns > SAVE_INTERVAL_NS)
		save(s, run, false, &s->save_error);
}

/* What goes to stdout: the one format that asked for it, else the table. */
static int print(const struct session *s, const struct results *results)
{
	const struct settings *set = s->settings;
	int r;

	if (store_is_stdout(set->csv))
		r = csv_write_trials(stdout, results);
	else if (store_is_stdout(set->json))
		r = json_write(stdout, results, s->env_json);
	else if (store_is_stdout(set->md))
		r = markdown_write(stdout, results);
	else if (store_is_stdout(set->tex))
		r = latex_write(stdout, results);
	else if (set->quiet)
		return 0;
	else
		r = table_write(stdout, results, terminal_width(), use_color(set->color));
	return r;
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

/* Saves, prints, and says what is wrong with either. */
static int finish(struct session *s, const struct run *run)
{
	struct results results;
	struct reason why = {""};
	int status = exit_status(run);

	if (save(s, run, true, &why) < 0)
		status = complain(&why, EXIT_FAILED);
	if (summarise_run(&results, s, run) < 0) {
		reason_set(&why, ENOMEM, "out of memory while summarising");
		return complain(&why, EXIT_FAILED);
	}
	int r = print(s, &results);

	if (r == -ENOMEM) {
		reason_set(&why, ENOMEM, "out of memory while printing");
		status = complain(&why, EXIT_FAILED);
	} else if (r < 0) {
		stdout_error = -r;
	}
	if (run->interrupted && !s->settings->quiet)
		fprintf(stderr,
			"ipcbench: interrupted by %s after %zu of %zu launches; they are kept\n",
			strsignal(interrupted), run->launched, s->plan->launch_count);
	free(results.summaries);
	return status;
}

/* ---- measure ----------------------------------------------------------------------------------
 */

/* Examines the machine and fills s->env_json; warns of one that is too noisy to measure on. */
static int describe_machine(struct session *s, const struct topology *topo,
	const struct clock *clock, const struct reason *clock_why)
{
	struct reason warning = {""};
	/* how long counted messages take is not known, and may be less than the probes do */
	bool long_run = s->settings->messages == 0 && plan_seconds(s->plan) > DOCTOR_LONG_RUN_S;
	json_t *doctor;

	if (doctor_of_run(&doctor, long_run, topo, clock, clock_why, &interrupted, &warning) < 0)
		return -ENOMEM;
	s->env_json = environment_text(topo, clock, s->settings->argc, s->settings->argv, doctor);
	json_decref(doctor);
	if (warning.text[0] != '\0' && !s->settings->quiet)
		complain(&warning, 0);
	return s->env_json == NULL ? -ENOMEM : 0;
}

/* --counters: what cannot be counted here is said once, and again in env.json. */
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

static int measure_plan(struct session *s, const struct topology *topo)
{
	struct reason why = {""};
	struct clock clock;
	struct run run;

	if (store_prepare(s->settings, &why) < 0)
		return complain(&why, EXIT_USAGE);
	if (objects_check(&why) < 0)
		return complain(&why, EXIT_FAILED);
	if (clock_adopt(&clock, s->settings->clock_hz, &why) < 0)
		return complain(&why, EXIT_FAILED);
	if (why.text[0] != '\0' && !s->settings->quiet)
		complain(&why, 0);
	prepare_counters(s);
	catch_signals();
	if (!s->settings->slice && describe_machine(s, topo, &clock, &why) < 0) {
		reason_set(&why, ENOMEM, "out of memory while describing the machine");
		return complain(&why, EXIT_FAILED);
	}
	run_id_make(s->run_id, s->settings->seed);
	if (!s->settings->quiet)
		progress_begin(&s->progress, s->plan->launch_count, plan_seconds(s->plan));
	s->saved_ns = clock_gettime_ns();
	int r = run_plan(&run, s->plan, &clock, s->settings->counters ? &s->counters : NULL,
		&interrupted, on_step, s);

	progress_end(&s->progress);
	if (r < 0) {
		reason_set(&why, -r,
			"out of memory: the plan has %zu launches; ask for fewer cells",
			s->plan->launch_count);
		run_free(&run);
		free(s->env_json);
		return complain(&why, EXIT_FAILED);
	}
	int status = finish(s, &run);

	run_free(&run);
	free(s->env_json);
	objects_finish();
	return status;
}

static int measure(int argc, char **argv)
{
	struct settings settings;
	struct reason why = {""};
	struct plan plan;
	int r = options_parse(&settings, argc, argv, &why);

	if (r != 0) {
		settings_free(&settings);
		return r > 0 ? EXIT_MEASURED : complain(&why, EXIT_USAGE);
	}
	struct topology *topo = topology_load(&why);
	int status = EXIT_FAILED;

	if (topo == NULL) {
		status = complain(&why, EXIT_FAILED);
	} else if (plan_build(&plan, &settings, topo) < 0) {
		reason_set(&why, ENOMEM, "out of memory while planning; ask for fewer cells");
		status = complain(&why, EXIT_FAILED);
	} else {
		struct session session = {.settings = &settings, .plan = &plan};

		if (settings.dry_run)
			plan_print(stdout, &plan);
		status = settings.dry_run ? EXIT_MEASURED : measure_plan(&session, topo);
		plan_free(&plan);
	}
	topology_free(topo);
	settings_free(&settings);
	return status;
}

/* A standard stream that the caller closed would lend its number to the next file opened. */
static void occupy_standard_streams(void)
{
	for (int fd = 0; fd <= STDERR_FILENO; fd++) {
		/* not for writing, so that what is written to it fails, as on a closed one */
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) < 0)
			_exit(EXIT_FAILED);
	}
}

/* What was printed has to have arrived; a reader that has seen enough is no failure. */
static int close_stdout(int status)
{
	struct reason why;

	if (fflush(stdout) != 0 && stdout_error == 0)
		stdout_error = errno;
	if (ferror(stdout) && stdout_error == 0)
		stdout_error = EIO;
	if (stdout_error == 0 || stdout_error == EPIPE)
		return status;
	reason_set(
		&why, stdout_error, "cannot write to standard output: %s", strerror(stdout_error));
	return complain(&why, unwritten_status);
}

static int examine_machine(const struct command *command)
{
	struct reason why = {""};

	catch_signals();
	int r = doctor_run(
		stdout, command->root, command->json, terminal_width(), &interrupted, &why);

	if (r == -EINTR)
		return EXIT_SIGNAL + interrupted;
	if (why.text[0] != '\0')
		return complain(&why, r == -EINVAL ? EXIT_USAGE : EXIT_FAILED);
	stdout_error = -r;
	return EXIT_MEASURED;
}

static int run_command(const struct command *command, int argc, char **argv)
{
	struct reason why = {""};

	switch (command->kind) {
	case COMMAND_LIST:
		stdout_error = -list_print(stdout, command->json, command->markdown);
		return EXIT_MEASURED;
	case COMMAND_CLEAN:
		return clean_run(stdout, command->dry_run);
	case COMMAND_HIST:
		if (hist_run(stdout, &command->hist, &why) == 0)
			return EXIT_MEASURED;
		/* close_stdout() tells what is wrong with that */
		return ferror(stdout) ? EXIT_FAILED : complain(&why, EXIT_FAILED);
	case COMMAND_DOCTOR:
		return examine_machine(command);
	case COMMAND_GATE:
		unwritten_status = EXIT_NOT_MEASURED;
		catch_signals();
		return gate_command(argc, argv, &stdout_error);
	case COMMAND_TOPOLOGY:
		catch_signals();
		return topology_command(argc, argv, &stdout_error);
	case COMMAND_COMPARE:
		unwritten_status = EXIT_NOT_MEASURED;
		return compare_command(argc, argv, &stdout_error);
	case COMMAND_TABLES:
		return tables_command(argc, argv, &stdout_error);
	case COMMAND_MANUAL:
		return manual_print(stdout, command->man_page) < 0 ? EXIT_FAILED : EXIT_MEASURED;
	case COMMAND_MEASURE:
		break;
	}
	return measure(argc, argv);
}

/*
 * A text that argp prints is written in one piece at the end: a write that fails in the middle of
 * it leaves no errno behind that would say why.
 */
static void widen_stdout(void)
{
	static char room[1 << 16];

	if (!isatty(STDOUT_FILENO))
		setvbuf(stdout, room, _IOFBF, sizeof(room));
}

static int parse_and_run(int argc, char **argv)
{
	struct command command;
	struct reason why = {""};
	int r = command_parse(&command, argc, argv, &why);
	int status = r > 0   ? EXIT_MEASURED
		     : r < 0 ? complain(&why, EXIT_USAGE)
			     : run_command(&command, argc, argv);

	command_free(&command);
	return status;
}

int main(int argc, char **argv)
{
	occupy_standard_streams();
	widen_stdout();
	/* characters as the terminal has them, numbers as every parser has them */
	setlocale(LC_CTYPE, "");
	/* here rather than with the other signals: list and --help are piped into head as well */
	signal(SIGPIPE, SIG_IGN);
	/* a file above ulimit -f is an error with a reason, not the end of the run */
	signal(SIGXFSZ, SIG_IGN);
	return close_stdout(parse_and_run(argc, argv));
}
