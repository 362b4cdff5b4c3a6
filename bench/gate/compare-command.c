/* SPDX-License-Identifier: MIT */
#include "cli/exit-status.h"
#include "gate/compare-options.h"
#include "gate/comparison.h"
#include "measure/clock.h"
#include <errno.h>
#include <sys/random.h>

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
