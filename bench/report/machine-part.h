/* SPDX-License-Identifier: MIT */
/* What env.json tells: the machine and build, what disturbed them, and how the run is repeated. */
#ifndef IPCBENCH_HTML_MACHINE_H
#define IPCBENCH_HTML_MACHINE_H

#include "report/subject.h"

/* A list of the most important, and all of it folded away. */
void machine_write(FILE *out, const struct subject *s);

/* The findings of the doctor that are not good, the worst first; or that there are none stored. */
void machine_write_doctor(FILE *out, const struct subject *s);

/* The commands that measure it again. */
void machine_write_command(FILE *out, const struct subject *s);

#endif
