/* SPDX-License-Identifier: MIT */
/* What has to be known about two stored runs before their figures are believed. */
#ifndef IPCBENCH_STORED_NOTES_H
#define IPCBENCH_STORED_NOTES_H

#include "gate/stored-cells.h"
#include "gate/stored.h"

/*
 * Decides whether the comparison is advisory, and adds the notes, the most important first. The
 * rows have been judged.
 */
void stored_notes(struct stored *s, const struct stored_cells *cells);

#endif
