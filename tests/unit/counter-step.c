/* SPDX-License-Identifier: MIT */
/*
 * Why test-clock is left out under qemu-user: the counter that it emulates follows a clock of
 * microseconds, so it stands still between jumps of many ticks, and reading it seems to take no
 * time. Fails once an emulator has a counter that moves tick by tick, as those of processors do.
 */
#include <inttypes.h>
#include <stdio.h>

static uint64_t counter(void)
{
	uint64_t ticks;

	__asm__ volatile("isb; mrs %0, cntvct_el0" : "=r"(ticks));
	return ticks;
}

int main(void)
{
	uint64_t hz, least = UINT64_MAX;

	__asm__ volatile("mrs %0, cntfrq_el0" : "=r"(hz));
	for (int i = 0; i < 1000000; i++) {
		uint64_t before = counter(), step = counter() - before;

		least = step > 0 && step < least ? step : least;
	}
	printf("%" PRIu64 " Hz, but never less than %" PRIu64 " ticks at once\n", hz, least);
	return least > 8 ? 0 : 1;
}
