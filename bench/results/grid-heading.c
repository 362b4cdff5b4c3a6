/* SPDX-License-Identifier: MIT */
/* What a section is called, and which of its rows is the best. */
#include "results/sections.h"

#include <ipcbench/host.h>
#include <math.h>

/*
 * The best row of those that wait alike is the one with the lowest median time or the highest rate
 * that moves something. Spinning beside blocking would compare ways of waiting.
 */
static void mark_best(struct section *s)
{
	const struct mode_info *mode = &modes[s->like->key.mode];
	size_t best[WAIT_COUNT], candidates = 0;

	for (enum wait w = 0; w < WAIT_COUNT; w++)
		best[w] = SIZE_MAX;
	for (size_t row = 0; row < s->count; row++) {
		size_t *leader = &best[s->rows[row]->key.wait];
		double v = section_metric(s, row, mode->figure)->median;

		if (s->rows[row]->transport->shape == SHAPE_NULL) {
			s->grid->column[0].marks |= MARK(FLOOR);
			continue;
		}
		candidates++;
		double lead = *leader == SIZE_MAX
				      ? NAN
				      : section_metric(s, *leader, mode->figure)->median;

		if (!isnan(v) && !(mode->higher_is_better ? v <= lead : v >= lead))
			*leader = row;
	}
	for (enum wait w = 0; w < WAIT_COUNT && candidates > 1 && mode->ranked; w++) {
		if (best[w] == SIZE_MAX)
			continue;
		s->grid->column[0].marks |= MARK(BEST);
		s->grid->rows[best[w]].best = true;
	}
}

static void write_title(struct section *s)
{
	const struct item *like = s->like;
	const struct cell *c = &like->cell;
	bool notify = section_notifies(s);
	static const char *const memory[MEM_COUNT] = {"", ", memory of the sender's node",
		", memory of the receiver's node", ", memory of all nodes in turn"};
	char size[24] = "", cpus[48] = "", copy[40] = "", load[64] = "";

	if (!notify)
		ipcbench_bytes(size, sizeof(size), like->key.size);
	if (c->cpu_tx >= 0 && c->cpu_tx == c->cpu_rx)
		snprintf(cpus, sizeof(cpus), " (CPU %d)", c->cpu_tx);
	else if (c->cpu_tx >= 0)
		snprintf(cpus, sizeof(cpus), " (CPUs %d and %d)", c->cpu_tx, c->cpu_rx);
	if (!notify && !section_copies_differ(s))
		snprintf(copy, sizeof(copy), ", payload %s",
			like->key.copy == COPY_INPLACE ? "in place" : "copied");
	if (like->key.mode == MODE_RATE)
		snprintf(load, sizeof(load), ", %s arrivals", arrival_name(like->key.arrivals));
	else if (like->key.think_ns != 0)
		snprintf(load, sizeof(load), ", each after a pause of %g %ss",
			(double)like->key.think_ns / 1000, s->grid->glyphs->micro);
	grid_title(s->grid, "%s, %s%s%s%s, idle %s%s%s%s", modes[like->key.mode].title[notify],
		size, notify ? "" : ", ",
		like->key.placement == PLACE_NONE ? "not pinned"
						  : placement_name(like->key.placement),
		cpus, idle_name(like->key.idle), memory[like->key.mem], copy, load);
}

void grid_heading(struct section *s)
{
	write_title(s);
	mark_best(s);
}
