/* SPDX-License-Identifier: MIT */
#include "gate/compare-command.h"

#include "cli/command.h"
#include "cli/exit-status.h"
#include "gate/compare-options.h"
#include "gate/comparison.h"
#include "measure/clock.h"
#include <errno.h>
#include <sys/random.h>

int compare_command(int argc, char **argv, int *stdout_error)
{
	uint64_t start = clock_gettime_ns();
	struct compare_settings settings;
	struct reason why = {""};
	char run_id[RUN_ID_LEN];
	struct stored stored;
	uint32_t number;
	int r = compare_parse(&settings, argc - 1, argv + 1, &why);

	if (r != 0)
		return r > 0 ? EXIT_MEASURED : complain(&why, EXIT_USAGE);
	if (getrandom(&number, sizeof(number), 0) != (ssize_t)sizeof(number))
		number = (uint32_t)start;
	r = stored_compare(&stored, &settings.what, &why);
	if (r < 0) {
		r = complain(&why, r == -ENOENT || r == -ENOTDIR ? EXIT_USAGE : EXIT_NOT_MEASURED);
	} else if (comparison_check(&settings.files, &why) < 0) {
		r = complain(&why, EXIT_USAGE);
	} else {
		run_id_make(run_id, number);
		stored.results.run_id = run_id;
		stored.results.elapsed_s = (double)(clock_gettime_ns() - start) / 1e9;
		r = comparison_finish(
			&stored.results, &settings.files, settings.quiet, COLOR_AUTO, stdout_error);
	}
	stored_free(&stored);
	return r;
}
