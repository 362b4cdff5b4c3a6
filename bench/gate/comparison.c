/* SPDX-License-Identifier: MIT */
#include "gate/comparison.h"

#include "cli/command.h"
#include "gate/gate-files.h"
#include "gate/gate-plan.h"
#include "gate/gate-report.h"
#include "measure/clock.h"
#include "measure/machine.h"
#include "results/stored-run.h"
#include "run/interrupt.h"
#include "text/record.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* ---- a command that measures ----------------------------------------------------------------- */

int gate_session_open(
	struct gate_session *s, uint64_t seed, int argc, char **argv, struct reason *why)
{
	s->topology = topology_load(why);
	if (s->topology == NULL)
		return -EIO;
	clock_calibrate(&s->clock, why);
	if (why->text[0] != '\0' && !s->quiet)
		complain(why, 0);
	why->text[0] = '\0';
	run_id_make(s->run_id, seed);
	s->env_json = environment_text(s->topology, &s->clock, argc, argv, NULL, NULL);
	json_t *env = json_embedded(s->env_json);

	s->machine = env_machine(env);
	json_decref(env);
	return 0;
}

void gate_session_close(struct gate_session *s)
{
	topology_free(s->topology);
	free(s->machine);
	free(s->env_json);
}

static void on_block(void *session, const struct gate_cell *cell, size_t done, size_t most)
{
	struct gate_session *s = session;

	s->progress.total = most;
	if (s->verbose)
		fprintf(stderr, "ipcbench: block %zu of at most %zu: %s\n", done + 1, most,
			cell->name);
	else if (!s->quiet)
		progress_show(&s->progress, cell->name, done);
}

void gate_session_measure(struct gate_session *s, struct gate_results *out,
	const struct gate_settings *settings, struct gate_plan *plan)
{
	if (!s->quiet && !s->verbose)
		progress_begin(&s->progress, 1, gate_seconds(settings, plan));
	gate_measure(out, settings, plan, on_block, s);
	progress_end(&s->progress);
	out->run_id = s->run_id;
	out->machine = s->machine;
	out->env_json = s->env_json;
}

void gate_session_mourn(const struct gate_session *s, const struct gate_results *r)
{
	if (r->interrupted && !s->quiet)
		fprintf(stderr,
			"ipcbench: interrupted by %s after %zu blocks; no verdict comes of them\n",
			strsignal(interrupted), r->block_count);
}

/* ---- results --------------------------------------------------------------------------------- */

enum { TARGETS = 7 };

static struct outputs outputs_of(const struct gate_files *f, struct output_target targets[TARGETS])
{
	static const struct output_file run_files[] = {
		{"compare.csv", gate_compare_csv_write},
		{"blocks.csv", gate_blocks_csv_write},
		{"gate.json", gate_json_write},
		{"env.json", gate_env_write},
	};
	const struct output_target all[TARGETS] = {
		{"--csv", f->csv, gate_compare_csv_write},
		{"--json", f->json, gate_json_write},
		{"--md", f->md, gate_markdown_write},
		{"--junit", f->junit, gate_junit_write},
		{"--action-bigger", f->action_bigger, gate_action_bigger_write},
		{"--action-smaller", f->action_smaller, gate_action_smaller_write},
		{"--bmf", f->bmf, gate_bmf_write},
	};

	memcpy(targets, all, sizeof(all));
	return (struct outputs){targets, TARGETS, f->output_dir, run_files, ARRAY_SIZE(run_files)};
}

int comparison_check(const struct gate_files *files, struct reason *why)
{
	struct output_target targets[TARGETS];
	const struct outputs o = outputs_of(files, targets);

	return outputs_check(&o, why);
}

static int exit_status(const struct gate_results *r)
{
	static const int status[] = {
		[GATE_PASSED] = EXIT_MEASURED,
		[GATE_REGRESSED] = EXIT_REGRESSED,
		[GATE_INCONCLUSIVE] = EXIT_INCONCLUSIVE,
		[GATE_NOT_MEASURED] = EXIT_NOT_MEASURED,
	};

	if (r->interrupted)
		return EXIT_SIGNAL + interrupted;
	/* what is advisory fails for want of data only */
	if (r->advisory && r->row_count > 0)
		return EXIT_MEASURED;
	return status[gate_outcome(r)];
}

int comparison_finish(const struct gate_results *r, const struct gate_files *files, bool quiet,
	enum color color, int *stdout_error)
{
	struct output_target targets[TARGETS];
	struct outputs o = outputs_of(files, targets);

	/* stored runs have no blocks, and directories of their own that describe the machine */
	if (r->blocks == NULL && r->env_json == NULL)
		o.file_count = 1;
	return command_deliver(&o, quiet ? NULL : gate_fill, r, color, stdout_error)
		       ? exit_status(r)
		       : EXIT_NOT_MEASURED;
}

/* ---- ipcbench compare ------------------------------------------------------------------------ */

int compare_run(void *settings, struct call *call)
{
	const struct compare_settings *set = settings;
	uint64_t start = clock_gettime_ns();
	struct reason why = {""};
	char run_id[RUN_ID_LEN];
	struct stored stored;
	uint32_t number;

	if (getrandom(&number, sizeof(number), 0) != (ssize_t)sizeof(number))
		number = (uint32_t)start;
	int r = stored_compare(&stored, &set->what, &why);
	if (r < 0) {
		r = complain(&why, r == -ENOENT || r == -ENOTDIR ? EXIT_USAGE : EXIT_NOT_MEASURED);
	} else if (comparison_check(&set->files, &why) < 0) {
		r = complain(&why, EXIT_USAGE);
	} else {
		run_id_make(run_id, number);
		stored.results.run_id = run_id;
		stored.results.elapsed_s = (double)(clock_gettime_ns() - start) / 1e9;
		r = comparison_finish(
			&stored.results, &set->files, set->quiet, COLOR_AUTO, &call->stdout_error);
	}
	stored_free(&stored);
	return r;
}
