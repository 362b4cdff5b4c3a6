/* SPDX-License-Identifier: MIT */
/* A queue in shared memory for several writers or several readers. */
#include "support/fan-base.h"

FAN_OPERATIONS(queue);

const struct transport transport_shm_queue = FAN_RECORD(queue, "shm-queue",
	"lock-free queue in shared memory for several writers or readers",
	"work for a pool of processes", FAN_IN | FAN_OUT_ONE,
	.customary = WAIT_BIT_BLOCK | WAIT_BIT_SPIN);
