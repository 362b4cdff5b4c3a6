/* SPDX-License-Identifier: MIT */
/* What every command does with argp, which by itself prints, exits and sorts what it reads. */
#include "cli/options.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

error_t options_print_help(const struct argp *argp, const char *command)
{
	char name[64];

	snprintf(name, sizeof(name), "ipcbench%s%s", command[0] == '\0' ? "" : " ", command);
	argp_help(argp, stdout, ARGP_HELP_STD_HELP & ~ARGP_HELP_EXIT_OK, name);
	return ECANCELED;
}

error_t options_rejected(const struct argp_state *state, struct reason *why)
{
	if (why->text[0] == '\0')
		option_fault(state->root_argp->options, state, why);
	return 0;
}

int options_read(
	const struct argp *argp, int argc, char *const *argv, void *input, struct reason *why)
{
	char **copy = calloc((size_t)argc + 1, sizeof(*copy));
	int err = ENOMEM;

	why->text[0] = '\0';
	if (copy != NULL) {
		memcpy(copy, argv, (size_t)argc * sizeof(*copy));
		err = argp_parse(
			argp, argc, copy, ARGP_NO_ERRS | ARGP_NO_HELP | ARGP_NO_EXIT, NULL, input);
	}
	free(copy);
	if (err == ENOMEM)
		return why->text[0] != '\0' ? -ENOMEM : reason_set(why, ENOMEM, "out of memory");
	if (err != 0 && err != ECANCELED)
		return -EINVAL;
	/* what was tried on the way, or what argp makes of the cancelling */
	why->text[0] = '\0';
	return err == 0 ? 0 : 1;
}
