/* SPDX-License-Identifier: MIT */
/* A ring in shared memory that every one of several readers reads. */
#include "support/fan-base.h"

FAN_OPERATIONS(broadcast);

const struct transport transport_shm_broadcast = FAN_RECORD(broadcast, "shm-broadcast",
	"ring in shared memory that every reader reads", "market data, events to all",
	FAN_OUT_EVERY, .customary = WAIT_BIT_BLOCK | WAIT_BIT_SPIN);
