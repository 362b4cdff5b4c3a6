/* SPDX-License-Identifier: MIT */
/* How enums are spelled in the CLI, the CSV and the tables: here and nowhere else. */
#include "plan/plan.h"

#include <stdio.h>

static const char *const waits[WAIT_COUNT] = {
	[WAIT_BLOCK] = "block",
	[WAIT_SPIN] = "spin",
	[WAIT_HYBRID] = "hybrid",
	[WAIT_EPOLL] = "epoll",
};
static const char *const copies[COPY_COUNT] = {
	[COPY_PRIVATE] = "copy",
	[COPY_INPLACE] = "inplace",
};
static const char *const modes[MODE_COUNT] = {
	[MODE_LATENCY] = "latency",
	[MODE_THROUGHPUT] = "throughput",
	[MODE_RATE] = "rate",
	[MODE_ONEWAY] = "oneway",
	[MODE_SETUP] = "setup",
};
static const char *const idles[IDLE_COUNT] = {
	[IDLE_DEFAULT] = "default",
	[IDLE_AWAKE] = "awake",
};
static const char *const arrivals[ARRIVAL_COUNT] = {
	[ARRIVAL_CONSTANT] = "constant",
	[ARRIVAL_POISSON] = "poisson",
};
static const char *const dispatches[DISPATCH_COUNT] = {
	[DISPATCH_DIRECT] = "direct",
	[DISPATCH_INDIRECT] = "indirect",
};
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

static const char *const mems[] = {
	[MEM_DEFAULT] = "default",
	[MEM_TX] = "tx",
	[MEM_RX] = "rx",
	[MEM_INTERLEAVE] = "interleave",
};

const char *mem_name(enum mem m)
{
	return mems[m];
}

const char *wait_name(enum wait w)
{
	return waits[w];
}

const char *copy_name(enum copy c)
{
	return copies[c];
}

const char *mode_name(enum mode m)
{
	return modes[m];
}

const char *idle_name(enum idle i)
{
	return idles[i];
}

const char *arrival_name(enum arrival a)
{
	return arrivals[a];
}

const char *rate_spell(char *buf, size_t len, const struct rate *r)
{
	switch (r->kind) {
	case RATE_ABSOLUTE:
		snprintf(buf, len, "%.15g", r->value);
		break;
	case RATE_PERCENT:
		snprintf(buf, len, "%g%%", r->value);
		break;
	case RATE_REFINE:
		snprintf(buf, len, "knee-%g", r->value);
		break;
	case RATE_NONE:
		snprintf(buf, len, "%s", "");
		break;
	}
	return buf;
}

char *load_spell(char *buf, size_t len, const struct item *it)
{
	char rate[40];
	uint64_t ns = it->think_ns;

	if (it->rate.kind != RATE_NONE)
		snprintf(buf, len, "%s%s%s", rate_spell(rate, sizeof(rate), &it->rate),
			it->arrival == ARRIVAL_CONSTANT ? "" : "/",
			it->arrival == ARRIVAL_CONSTANT ? "" : arrival_name(it->arrival));
	else if (ns == 0)
		snprintf(buf, len, "-");
	else if (ns % 1000000 == 0)
		snprintf(buf, len, "%llums", (unsigned long long)ns / 1000000);
	else if (ns % 1000 == 0)
		snprintf(buf, len, "%lluus", (unsigned long long)ns / 1000);
	else
		snprintf(buf, len, "%lluns", (unsigned long long)ns);
	return buf;
}

const char *dispatch_name(enum dispatch d)
{
	return dispatches[d];
}

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
