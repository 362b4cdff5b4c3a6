/* SPDX-License-Identifier: MIT */
#include "support/shared-page.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

int shared_page_open(struct channel *ch, void **page)
{
	void *p = mmap(
		NULL, SHARED_PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return reason_set(&ch->why, errno,
			"mapping %u B of shared memory: %s; check ulimit -v and free memory",
			SHARED_PAGE_SIZE, strerror(errno));
	*page = p;
	return 0;
}

void shared_page_close(void **page)
{
	if (*page != NULL)
		munmap(*page, SHARED_PAGE_SIZE);
	*page = NULL;
}
