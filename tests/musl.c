/* SPDX-License-Identifier: MIT */
/*
 * Debian has hwloc, jansson and zlib for glibc only. Their static libraries also link with musl,
 * whose ABI is that of glibc for all they use, but for these functions: the checked ones of
 * _FORTIFY_SOURCE, two of sched.h, and libudev, of which there is no static library and without
 * which hwloc knows less of disks.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int __vsnprintf_chk(char *to, size_t n, int flag, size_t room, const char *format, va_list args)
{
	(void)flag;
	(void)room;
	return vsnprintf(to, n, format, args);
}

#define PRINTS(call)                                                                               \
	va_list args;                                                                              \
                                                                                                   \
	(void)flag;                                                                                \
	va_start(args, format);                                                                    \
	int r = call;                                                                              \
                                                                                                   \
	va_end(args);                                                                              \
	return r

int __snprintf_chk(char *to, size_t n, int flag, size_t room, const char *format, ...)
{
	(void)room;
	PRINTS(vsnprintf(to, n, format, args));
}

int __sprintf_chk(char *to, int flag, size_t room, const char *format, ...)
{
	PRINTS(vsnprintf(to, room, format, args));
}

int __fprintf_chk(FILE *to, int flag, const char *format, ...)
{
	PRINTS(vfprintf(to, format, args));
}

int __asprintf_chk(char **to, int flag, const char *format, ...)
{
	PRINTS(vasprintf(to, format, args));
}

void *__memcpy_chk(void *to, const void *from, size_t n, size_t room)
{
	(void)room;
	return memcpy(to, from, n);
}

void *__memmove_chk(void *to, const void *from, size_t n, size_t room)
{
	(void)room;
	return memmove(to, from, n);
}

char *__strncpy_chk(char *to, const char *from, size_t n, size_t room)
{
	(void)room;
	return strncpy(to, from, n);
}

void *__sched_cpualloc(size_t cpus)
{
	return calloc((cpus + 63) / 64, 8);
}

void __sched_cpufree(void *set)
{
	free(set);
}

void *udev_new(void)
{
	return NULL;
}

void *udev_unref(void *udev)
{
	return udev;
}

void *udev_device_new_from_subsystem_sysname(void *udev, const char *subsystem, const char *name)
{
	(void)subsystem;
	(void)name;
	return udev;
}

void *udev_device_unref(void *device)
{
	return device;
}

const char *udev_device_get_property_value(void *device, const char *name)
{
	(void)name;
	return device;
}
