/* SPDX-License-Identifier: MIT */
#include "gate/comparison.h"

#include "cli/command.h"
#include "cli/exit-status.h"
#include "gate/gate-files.h"
#include "gate/gate-writers.h"
#include "run/interrupt.h"
#include <errno.h>

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
	struct reason why = {""};
	int status = exit_status(r);

	if (gate_files_save(files, r, &why) < 0)
		status = complain(&why, EXIT_NOT_MEASURED);
	int err = gate_files_print(files, r);

	if (err == 1)
		err = quiet ? 0 : gate_table_write(stdout, r, terminal_width(), use_color(color));
	if (err == -ENOMEM) {
		reason_set(&why, ENOMEM, "out of memory while printing");
		status = complain(&why, EXIT_NOT_MEASURED);
	} else if (err < 0) {
		*stdout_error = -err;
	}
	return status;
}
