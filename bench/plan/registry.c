/* SPDX-License-Identifier: MIT */
#include "plan/guard.h"
#include "plan/plan.h"

#include "text/claim.h"
#include "text/memory.h"
#include "text/text-file.h"
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Generated from the list in transports/meson.build. */
extern const struct transport *const builtin_transports[];
extern const size_t builtin_transport_count;

enum { PLUGIN_MAX = 32, PLUGIN_BYTES = 1 << 30 };
static const struct transport *plugins[PLUGIN_MAX];
static const char *plugin_paths[PLUGIN_MAX];
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

const char *registry_plugin_of(const struct transport *t)
{
	for (size_t i = 0; i < plugin_count; i++)
		if (plugins[i] == t)
			return plugin_paths[i];
	return NULL;
}

/* What --transport would take for something else. */
static int check_name_free(const char *who, const char *name, struct reason *why)
{
	bool taken = strcmp(name, GROUP_ALL) == 0 || strcmp(name, GROUP_COMMON) == 0;

	for (size_t i = 0; i < registry_count() && !taken; i++)
		taken = strcmp(name, registry_at(i)->family) == 0;
	if (taken)
		return reason_set(why, EEXIST,
			"%s: name is \"%s\", which is a family or group already", who, name);
	if (registry_find(name) != NULL)
		return reason_set(
			why, EEXIST, "%s: a transport named %s exists already", who, name);
	return 0;
}

/*
 * The symbol is data, and as large as a record of this ABI; smaller ones are another's. musl cannot
 * tell.
 */
static int check_symbol(const char *who, const struct transport *t, struct reason *why)
{
#ifdef __GLIBC__
	ElfW(Sym) *symbol = NULL;
	Dl_info info;

	if (dladdr1(t, &info, (void **)&symbol, RTLD_DL_SYMENT) == 0 || symbol == NULL)
		return 0;
	if (ELF64_ST_TYPE(symbol->st_info) != STT_OBJECT)
		return reason_set(why, EINVAL, "%s: ipcbench_transport is not a variable", who);
	if (symbol->st_size < sizeof(t->abi) ||
		(t->abi == IPCBENCH_ABI && symbol->st_size < sizeof(*t)))
		return reason_set(why, EINVAL,
			"%s: ipcbench_transport has %zu bytes instead of %zu; rebuild it", who,
			(size_t)symbol->st_size, sizeof(*t));
#else
	(void)who;
	(void)t;
	(void)why;
#endif
	return 0;
}

bool registry_in_place(const struct transport *t)
{
	return t->loops != NULL ? t->loops->ping_inplace != NULL : t->ops->reserve != NULL;
}

bool registry_runs_program(const struct transport *t)
{
	for (const struct option_spec *o = t->options; o != NULL && o->name != NULL; o++)
		if (strcmp(o->name, OPTION_PROGRAM) == 0)
			return true;
	return false;
}

static int add(const char *path, const char *who, const struct transport *t, struct reason *why)
{
	int r = record_check(who, t, why);

	if (r == 0)
		r = check_name_free(who, t->name, why);
	if (r == 0 && plugin_count == PLUGIN_MAX)
		r = reason_set(
			why, ENOSPC, "%s: at most %d transports can be loaded", who, PLUGIN_MAX);
	if (r < 0)
		return r;
	plugin_paths[plugin_count] = need_copy(path);
	plugins[plugin_count++] = t;
	return 0;
}

static int load(const char *path, const char *who, struct reason *why)
{
	/* never closed: the records live as long as the process, and closing runs foreign code */
	void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);

	if (handle == NULL)
		return reason_set(why, ENOENT, "cannot load plugin: %s", dlerror());
	claim_input(path);
	const struct transport *t = dlsym(handle, "ipcbench_transport");

	if (t == NULL)
		return reason_set(why, EINVAL, "%s does not define ipcbench_transport", who);
	/* the same file once more; commands that read options several times name it each time */
	if (registry_plugin_of(t) != NULL)
		return 0;
	int r = check_symbol(who, t, why);

	for (unsigned int n = 1; r == 0 && t != NULL; n++, t = t->next) {
		char *record = n == 1 ? need_copy(who) : need_text("%s, record %u", who, n);

		r = registry_plugin_of(t) == NULL
			    ? add(path, record, t, why)
			    : reason_set(why, EINVAL,
				      "%s is loaded already; end the chain of next with NULL",
				      record);
		free(record);
	}
	return r;
}

static int load_file(const char *path, struct reason *why)
{
	struct reason what = {""};
	/* a name without a slash would be looked for among the libraries of the system */
	char *here = need_text("%s%s", strchr(path, '/') == NULL ? "./" : "", path);
	size_t len = strlen(path);
	char *who =
		need_text("plugin %s%s", len > 80 ? "..." : "", path + (len > 80 ? len - 80 : 0));
	int r = guard_begin(why), fd = text_file_open(AT_FDCWD, here, PLUGIN_BYTES, &what);

	if (fd < 0)
		r = reason_set(why, -fd, "cannot load plugin: %.220s", what.text);
	else
		close(fd);
	if (r == 0) {
		guard_enter_file(here, "loading it", GUARD_QUICK_S);
		r = guard_leave(load(here, who, why), why);
	}
	free(who);
	free(here);
	return r;
}

static int is_object(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return len > 3 && strcmp(entry->d_name + len - 3, ".so") == 0;
}

static int load_directory(const char *path, struct reason *why)
{
	struct dirent **found;
	int n = scandir(path, &found, is_object, alphasort), r = 0;

	if (n < 0)
		return reason_set(
			why, errno, "cannot load plugins: %.160s: %s", path, strerror(errno));
	if (n == 0)
		r = reason_set(why, ENOENT,
			"cannot load plugins: %.160s has no *.so; name a shared object", path);
	for (int i = 0; i < n; i++) {
		char *file = need_text("%s/%s", path, found[i]->d_name);

		if (r == 0)
			r = load_file(file, why);
		free(file);
		free(found[i]);
	}
	free(found);
	return r;
}

int registry_load_plugin(const char *path, struct reason *why)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode) ? load_directory(path, why)
							   : load_file(path, why);
}
