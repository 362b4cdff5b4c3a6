/* SPDX-License-Identifier: MIT */
#include "plan/mode.h"

#define LOOPS(tx, rx)                                                                              \
	{                                                                                          \
		{offsetof(struct loops, tx), offsetof(struct loops, rx)},                          \
		{                                                                                  \
			offsetof(struct loops, tx##_inplace), offsetof(struct loops, rx##_inplace) \
		}                                                                                  \
	}

static const struct mode_info modes[MODE_COUNT] = {
	[MODE_LATENCY] = {.title = {"Round trip", "Notification round trip"},
		.records = {"rtt"},
		.times = {METRIC_LAT_COUNT},
		.loop = LOOPS(ping, pong),
		.returns = true,
		.figure = METRIC_LAT_P50,
		.ranked = true},
	[MODE_THROUGHPUT] = {.title = {"Throughput", "Post rate"},
		.loop = LOOPS(stream_tx, stream_rx),
		.figure = METRIC_MSGS_PER_S,
		.higher_is_better = true,
		.ranked = true},
	[MODE_RATE] = {.title = {"Open loop", "Notifications in an open loop"},
		.records = {"intended", "sent"},
		.times = {METRIC_LAT_COUNT, METRIC_SENT_COUNT},
		.loop = LOOPS(rate_tx, rate_rx),
		.recorder = SIDE_RX,
		.figure = METRIC_LAT_P50},
	[MODE_ONEWAY] = {.title = {"One way", "Notification one way"},
		.records = {"forward", "back"},
		.times = {METRIC_LAT_COUNT, METRIC_BACK_COUNT},
		.loop = LOOPS(oneway_ping, oneway_pong),
		.returns = true,
		.figure = METRIC_LAT_P50,
		.ranked = true},
	[MODE_SETUP] = {.title = {"Set-up", "Notification set-up"},
		.loop = LOOPS(ping, pong),
		.returns = true,
		.once = true,
		.figure = METRIC_SETUP,
		.ranked = true},
};

static const struct mode_info served_rate = {
	.title = {"Open-loop round trip", "Notification round trip in an open loop"},
	.records = {"intended", "sent"},
	.times = {METRIC_LAT_COUNT, METRIC_SENT_COUNT},
	.loop = LOOPS(ping, pong), /* of a client see client_loop() */
	.returns = true,
	.figure = METRIC_LAT_P50};

/* Of a later version, in a stored run. */
static const struct mode_info unknown = {.title = {"", ""}};

const struct mode_info *mode_of(const struct cell_key *key)
{
	if (key->mode == MODE_RATE && sides_kind(key->sides) == TOPOLOGY_SERVER)
		return &served_rate;
	return key->mode < MODE_COUNT ? &modes[key->mode] : &unknown;
}
