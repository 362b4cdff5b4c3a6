/* SPDX-License-Identifier: MIT */
#include "plan/plan.h"

#include "text/claim.h"
#include <ctype.h>
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

/* Generated from the list in transports/meson.build. */
extern const struct transport *const builtin_transports[];
extern const size_t builtin_transport_count;

enum { PLUGIN_MAX = 32 };
static const struct transport *plugins[PLUGIN_MAX];
static size_t plugin_count;

const char *const api_names[] = {[API_POSIX] = "POSIX",
	[API_SYSV] = "System V",
	[API_BSD] = "BSD",
	[API_LINUX] = "Linux",
	[API_NONE] = "-"};
const char *const reach_names[] = {
	[REACH_KIN] = "kin", [REACH_HOST] = "host", [REACH_NETWORK] = "network"};
const char *const shape_names[] = {[SHAPE_STREAM] = "stream",
	[SHAPE_MESSAGE] = "message",
	[SHAPE_MEMORY] = "memory",
	[SHAPE_NOTIFY] = "notification",
	[SHAPE_NULL] = "null"};
const char *const persistence_names[] = {
	[PERSIST_PROCESS] = "process", [PERSIST_KERNEL] = "kernel", [PERSIST_FILE] = "file"};

size_t registry_count(void)
{
	return builtin_transport_count + plugin_count;
}

const struct transport *registry_at(size_t i)
{
	return i < builtin_transport_count ? builtin_transports[i]
					   : plugins[i - builtin_transport_count];
}

const struct transport *registry_find(const char *spelling)
{
	size_t len = strcspn(spelling, ":");

	for (size_t i = 0; i < registry_count(); i++)
		if (strlen(registry_at(i)->name) == len &&
			strncmp(registry_at(i)->name, spelling, len) == 0)
			return registry_at(i);
	return NULL;
}

/* Whether what sends batches can receive them too, in loops as well. */
static bool batches_whole(const struct transport *t)
{
	return (t->ops->send_batch != NULL) == (t->ops->recv_batch != NULL) &&
	       (t->ops->send_batch == NULL ||
		       (t->loops->batch_tx != NULL && t->loops->batch_rx != NULL));
}

/* A record that the rest of the driver can rely on. */
static int check_record(const char *path, const struct transport *t, struct reason *why)
{
	if (t->abi != IPCBENCH_ABI)
		return reason_set(why, EINVAL,
			"plugin %s was built for ABI %u, this ipcbench has ABI %u; rebuild it",
			path, t->abi, IPCBENCH_ABI);
	if (t->name == NULL || t->name[0] == '\0' ||
		strspn(t->name, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(t->name))
		return reason_set(why, EINVAL, "plugin %s: its name must match [a-z0-9-]+", path);
	if (t->family == NULL || t->summary == NULL || t->open == NULL || t->close == NULL ||
		t->ops == NULL || t->loops == NULL || t->waits == 0 ||
		(t->customary & ~t->waits) != 0 || t->customary == 0)
		return reason_set(why, EINVAL,
			"plugin %s: %s lacks one of family, summary, waits, customary, open, close, ops, loops",
			path, t->name);
	if (!batches_whole(t))
		return reason_set(why, EINVAL,
			"plugin %s: %s lacks one of send_batch, recv_batch, and the loops batch_tx and batch_rx; have all four or none",
			path, t->name);
	if (registry_find(t->name) != NULL)
		return reason_set(why, EEXIST, "plugin %s: a transport named %s exists already",
			path, t->name);
	return 0;
}

int registry_load_plugin(const char *path, struct reason *why)
{
	char here[PATH_MAX];

	/* a name without a slash would be looked for among the libraries of the system */
	if (strchr(path, '/') == NULL && snprintf(here, sizeof(here), "./%s", path) > 0)
		path = here;
	/* never closed: the records live as long as the process */
	void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);

	if (handle == NULL)
		return reason_set(why, ENOENT, "cannot load plugin: %s", dlerror());
	claim_input(path);
	const struct transport *t = dlsym(handle, "ipcbench_transport");

	if (t == NULL) {
		dlclose(handle);
		return reason_set(
			why, EINVAL, "plugin %s does not define ipcbench_transport", path);
	}
	/* the same file once more; commands that read options several times name it each time */
	for (size_t i = 0; i < plugin_count; i++)
		if (plugins[i] == t) {
			dlclose(handle);
			return 0;
		}
	int r = check_record(path, t, why);

	if (r == 0 && plugin_count == PLUGIN_MAX)
		r = reason_set(why, ENOSPC, "plugin %s: at most %d plugins can be loaded", path,
			PLUGIN_MAX);
	if (r < 0) {
		dlclose(handle);
		return r;
	}
	plugins[plugin_count++] = t;
	return 0;
}
