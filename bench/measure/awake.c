/* SPDX-License-Identifier: MIT */
#include "measure/awake.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

int awake_hold(int *fd, struct reason *why)
{
	const int32_t no_latency = 0;

	*fd = open("/dev/cpu_dma_latency", O_WRONLY | O_CLOEXEC);
	if (*fd < 0 || write(*fd, &no_latency, sizeof(no_latency)) != sizeof(no_latency))
		return reason_set(why, errno,
			"cannot hold CPUs awake through /dev/cpu_dma_latency: %s; run as root or use --idle default",
			strerror(errno));
	return 0;
}
