/* SPDX-License-Identifier: MIT */
/*
 * `ipcbench --resume DIR`: continues a run that was interrupted.
 *
 * Its options and its seed give the same plan again. Launches that are stored whole keep their
 * places in it; launches that are missing, or have lost their latencies, are repeated.
 */
#ifndef IPCBENCH_RESUME_H
#define IPCBENCH_RESUME_H

#include "replay/replay.h"

struct resume {
	struct replay run;  /* with the settings to continue with */
	const char *replay; /* what the run replays, or NULL */
	json_t *words;	    /* its directory and command, to which settings point */
	size_t kept;	    /* launches */
};

/*
 * Reads the stored run given->resume, its options and its output options. -EINVAL or another -errno
 * with `why` if it is complete, damaged, of another user or of another version. resume_close() is
 * due in any case.
 */
int resume_open(struct resume *r, const struct settings *given, struct reason *why);
void resume_close(struct resume *r);

/* -EINVAL with `why` if env.json of this machine has a difference that --replay would report. */
int resume_check(const struct resume *r, const char *env, struct reason *why);

/*
 * Notes in the plan which launches are kept. -EINVAL with `why` if a stored launch has no place in
 * it, or a different one.
 */
int resume_fit(struct resume *r, struct plan *plan, struct reason *why);

/* Leaves only the launches that are missing, for --dry-run. */
void resume_cut(struct plan *plan);

/* env.json of the run, in which it says that the run was resumed. To be freed; once. */
char *resume_env(const struct resume *r);

#endif
