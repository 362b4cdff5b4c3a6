/* SPDX-License-Identifier: MIT */
/* All transports: those built in, in the order of transports/meson.build, then the plugins. */
#ifndef IPCBENCH_REGISTRY_H
#define IPCBENCH_REGISTRY_H

#include <ipcbench/transport.h>

size_t registry_count(void);
const struct transport *registry_at(size_t i);
const struct transport *registry_find(const char *name); /* NULL if there is none */

/*
 * Loads a shared object that defines `ipcbench_transport`. -errno with `why` when it cannot be
 * loaded, was built for another IPCBENCH_ABI, lacks something or has a name already taken.
 */
int registry_load_plugin(const char *path, struct reason *why);

#endif
