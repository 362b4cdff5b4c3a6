/* SPDX-License-Identifier: MIT */
/* --dry-run: the plan, a line per cell. */
#include "results/results.h"

#include "text/format.h"
#include <ipcbench/host.h>
#include <math.h>

/* The last column has nothing behind it. */
static int width_of(enum axis axis)
{
	return axis + 1 == AXIS_COUNT ? 0 : axis == AXIS_DISPATCH ? 8 : 10;
}

static void print_item(FILE *out, const struct item *it)
{
	char bytes[32], cpus[32], load[64];

	snprintf(cpus, sizeof(cpus), it->cell.cpu_tx < 0 ? "-" : "%d,%d", it->cell.cpu_tx,
		it->cell.cpu_rx);
	fprintf(out, "%-28s %-6s %-7s %-10s %9s  %-10s %-6s %-7s %-8s", it->key.transport,
		wait_name(it->key.wait), copy_name(it->key.copy), mode_name(it->key.mode),
		it->transport->shape == SHAPE_NOTIFY
			? "-"
			: ipcbench_bytes(bytes, sizeof(bytes), it->key.size),
		placement_name(it->key.placement), cpus, idle_name(it->key.idle),
		key_load(load, sizeof(load), &it->key));
	for (enum axis axis = AXIS_DISPATCH; axis < AXIS_COUNT; axis++)
		fprintf(out, " %-*s", width_of(axis),
			axis_applies(&it->key, axis)
				? axis_spell(load, sizeof(load), &it->key, axis)
				: "-");
	if (it->skip != 0)
		fprintf(out, "  skip: %s", it->why.text);
	fputc('\n', out);
}

void plan_print(FILE *out, const struct plan *plan)
{
	double seconds = plan_seconds(plan);
	size_t skipped = 0;

	fprintf(out, "%-28s %-6s %-7s %-10s %9s  %-10s %-6s %-7s %-8s", "transport", "wait", "copy",
		"mode", "size", "placement", "cpus", "idle", "pace");
	for (enum axis axis = AXIS_DISPATCH; axis < AXIS_COUNT; axis++)
		fprintf(out, " %-*s", width_of(axis), axes[axis].column);
	fputc('\n', out);
	for (size_t i = 0; i < plan->item_count; i++) {
		print_item(out, &plan->items[i]);
		skipped += plan->items[i].skip != 0;
	}
	bool fewer = plan->settings->automatic ||
		     plan->launch_count < (plan->item_count - skipped) * plan->settings->trials;

	fprintf(out, "\n%zu cell%s, %zu skipped; %s%u trial%s each, %zu launch%s, ",
		plan->item_count, plan->item_count == 1 ? "" : "s", skipped, fewer ? "up to " : "",
		plan->settings->trials, plan->settings->trials == 1 ? "" : "s", plan->launch_count,
		plan->launch_count == 1 ? "" : "es");
	if (plan->settings->messages != 0)
		fprintf(out, "as long as %llu messages take",
			(unsigned long long)plan->settings->messages);
	else
		fprintf(out, "about %s", format_seconds(ceil(seconds)).text);
	fprintf(out, "; seed %llu\n", (unsigned long long)plan->settings->seed);
}
