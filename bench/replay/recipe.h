/* SPDX-License-Identifier: MIT */
/*
 * What of a command line makes the plan: the options that say what is measured and for how long,
 * without those that say what becomes of the results. The words may come from a file that anybody
 * wrote: nothing is loaded, opened, run or printed for them.
 */
#ifndef IPCBENCH_REPLAY_RECIPE_H
#define IPCBENCH_REPLAY_RECIPE_H

#include "cli/option.h"
#include "plan/settings.h"
#include <jansson.h>

struct recipe {
	struct arguments options; /* borrowed texts */
	unsigned int plugins;	  /* how often --plugin was there, which is left out */
	/* which of these are told rather than left to their defaults */
	bool has_seed, has_length, has_warmup;
};

/*
 * Reads a command line whose first word is the program. -EINVAL with `why` when it is not that of a
 * measurement whose results could have been stored; whether the values are valid is for
 * settings_read() to say. recipe_free() is due in any case.
 */
int recipe_read(struct recipe *r, const char *const *words, size_t count, struct reason *why);
void recipe_free(struct recipe *r);

/*
 * `plan` of env.json: the options without the program, and what they leave to chance or to
 * defaults that another version may have changed. A new reference; NULL when out of memory.
 */
json_t *recipe_json(const struct recipe *r, const struct settings *s);

#endif
