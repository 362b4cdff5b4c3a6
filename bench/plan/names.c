/* SPDX-License-Identifier: MIT */
/* How the traits of a mechanism are spelled: here and nowhere else. */
#include "plan/plan.h"

static const char *const apis[] = {
	[API_POSIX] = "POSIX",
	[API_SYSV] = "System V",
	[API_BSD] = "BSD",
	[API_LINUX] = "Linux",
	[API_NONE] = "-",
};
static const char *const reaches[] = {
	[REACH_KIN] = "kin",
	[REACH_HOST] = "host",
	[REACH_NETWORK] = "network",
};
static const char *const shapes[] = {
	[SHAPE_STREAM] = "stream",
	[SHAPE_MESSAGE] = "message",
	[SHAPE_MEMORY] = "memory",
	[SHAPE_NOTIFY] = "notification",
	[SHAPE_NULL] = "null",
};
static const char *const persistences[] = {
	[PERSIST_PROCESS] = "process",
	[PERSIST_KERNEL] = "kernel",
	[PERSIST_FILE] = "file",
};

const char *api_name(enum api a)
{
	return apis[a];
}

const char *reach_name(enum reach r)
{
	return reaches[r];
}

const char *shape_name(enum shape s)
{
	return shapes[s];
}

const char *persistence_name(enum persistence p)
{
	return persistences[p];
}
