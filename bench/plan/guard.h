/* SPDX-License-Identifier: MIT */
/*
 * Code of a plugin that runs in the driver: its constructors and the callbacks that create and
 * remove objects. If one ends the process, crashes or does not return, nothing can undo it, because
 * the driver itself is in it. So the driver saves what it has, names the plugin and the callback in
 * one line, and ends. It also does so if a thread of a plugin ends it, or if it crashes later from
 * damage by a callback. Mechanisms of this program run unguarded.
 */
#ifndef IPCBENCH_GUARD_H
#define IPCBENCH_GUARD_H

#include <ipcbench/transport.h>

/* The limit of callbacks that have to be quick: probe(), limits(), constructors. */
#define GUARD_QUICK_S 10.0

/* Prepares the guard, before the first plugin is loaded. 0, or -errno with `why`. */
int guard_begin(struct reason *why);
/* From here on the driver ends by itself, in this thread. Whether a plugin was loaded. */
bool guard_end(void);

/* "open()" of this transport is about to run, and has `limit_s` to return. */
void guard_enter(const struct transport *t, const char *callback, double limit_s);
/* The same of a file that is being loaded. */
void guard_enter_file(const char *plugin, const char *what, double limit_s);

/*
 * It has returned. Gives back its result, or -EINVAL for one that is neither 0 nor -errno; `why`
 * (NULL: it gives no reasons) is then one line of plain text, which a failure always has.
 */
int guard_leave(int result, struct reason *why);

/* probe() or 0, guarded. */
int guard_probe(const struct transport *t, struct reason *why);

/* ---- the end of the driver ------------------------------------------------------------------- */

/* Its exit status. */
void guard_set_status(int status);

/*
 * Saves what there is. Called in a child, since in the driver a lock may be held or the heap be
 * damaged. `signal`: the one that the user sent while the callback did not return, else 0. False if
 * something could not be saved.
 */
typedef bool guard_save(void *arg, const struct reason *why, int signal);
/* `leave` is the last thing that the driver does. NULL: there is nothing to save any more. */
void guard_set_save(guard_save *save, void (*leave)(void), void *arg);

#endif
