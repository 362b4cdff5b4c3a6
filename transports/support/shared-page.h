/* SPDX-License-Identifier: MIT */
/*
 * One zeroed page that the driver and both workers see: the home of futex words, process-shared
 * semaphores, mutexes and the like. It is anonymous, so nothing of it can be left behind.
 */
#ifndef IPCBENCH_SUPPORT_SHARED_PAGE_H
#define IPCBENCH_SUPPORT_SHARED_PAGE_H

#include <ipcbench/transport.h>

#define SHARED_PAGE_SIZE 4096u

/* In open(), before the fork: maps the page into *page. 0, or -errno with ch->why set. */
int shared_page_open(struct channel *ch, void **page);

/* Unmaps it and forgets it; a NULL *page is accepted. */
void shared_page_close(void **page);

#endif
