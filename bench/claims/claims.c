/* SPDX-License-Identifier: MIT */
#include "claims/claims.h"

#include "claims/expand.h"
#include "cli/parse.h"
#include "plan/plan.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- groups of the gate ---------------------------------------------------------------------- */

enum { ARGS = 4 };

static void group_free(struct gate_group *g)
{
	for (size_t i = 0; i < g->arg_count; i++)
		free(g->args[i]);
	free(g->args);
	*g = (struct gate_group){0};
}

/* A group of one cell. The strings of `cell` are borrowed. `sizes` as for --size. */
static int group_make(struct gate_group *g, const struct claim_cell *cell, const char *sizes)
{
	const char *const values[ARGS][2] = {{"size", sizes}, {"mode", cell->mode},
		{"wait", wait_name(CLAIM_WAIT)}, {"placement", cell->place}};

	*g = (struct gate_group){
		.args = calloc(ARGS, sizeof(*g->args)),
		.metrics = 1u << GATE_THROUGHPUT | 1u << GATE_LATENCY,
		.tolerance = CLAIM_EQUAL,
		.min_effect = CLAIM_EQUAL,
		.side = {cell->transport[0], cell->transport[1]},
	};
	for (size_t i = 0; g->args != NULL && i < ARGS; i++) {
		if (asprintf(&g->args[i], "--%s=%s", values[i][0], values[i][1]) < 0) {
			g->args[i] = NULL;
			break;
		}
		g->arg_count++;
	}
	return g->arg_count == ARGS ? 0 : -ENOMEM;
}

static int make_groups(struct claims *c)
{
	c->gate.groups = calloc(c->cell_count + 1, sizeof(*c->gate.groups));
	if (c->gate.groups == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < c->cell_count; i++) {
		char size[24];
		int err = group_make(&c->gate.groups[i], &c->cells[i],
			size_spell(size, sizeof(size), c->cells[i].size));

		c->gate.group_count++;
		if (err < 0)
			return err;
	}
	return 0;
}

/* ---- the largest size that fits -------------------------------------------------------------- */

/* What a sizer plans with. */
struct sizing {
	const struct gate_settings *gate;
	const struct topology *topo;
	const struct clock *clock;
};

static void choose_size(struct claim_cell *cell, const struct gate_plan *plan, struct reason *why)
{
	uint64_t most = 0, fits = 0;

	why->text[0] = '\0';
	for (size_t i = 0; i < plan->count; i++) {
		const struct gate_cell *c = &plan->cells[i];

		if (c->size > most) {
			most = c->size;
			*why = c->status == STATUS_OK ? (struct reason){""} : c->why;
		}
		if (c->status == STATUS_OK && c->size > fits)
			fits = c->size;
	}
	if (fits == 0) /* the reason is that of the cell */
		why->text[0] = '\0';
	cell->size = fits > 0 ? fits : most;
}

static int largest(void *arg, struct claim_cell *cell, struct reason *why, struct reason *error)
{
	const struct sizing *s = arg;
	struct gate_settings gate = *s->gate;
	struct gate_group group;
	struct gate_plan plan = {0};
	int err = group_make(&group, cell, "1K.." CLAIM_LARGEST);

	gate.groups = &group;
	gate.group_count = 1;
	if (err == 0)
		err = gate_plan_build(&plan, &gate, s->topo, s->clock, error);
	if (err == 0)
		choose_size(cell, &plan, why);
	gate_plan_free(&plan);
	group_free(&group);
	return err == -ENOMEM ? reason_set(error, ENOMEM, "out of memory") : err;
}

/* ---- the plan -------------------------------------------------------------------------------- */

/* A row wants no more blocks when all pairs that it answers have an answer. */
static bool is_settled(void *arg, const struct gate_row *row)
{
	const struct claims *c = arg;

	for (size_t i = 0; i < c->count; i++)
		for (size_t k = 0; k < c->results[i].pair_count; k++) {
			const struct claim_pair *p = &c->results[i].pairs[k];

			if (p->cell != row->cell)
				continue;
			struct claim_speed speed = claim_speed(&row->found,
				gate_metrics[row->metric].higher_is_better, p->first_is_base);

			if (claim_judge_pair(p->kind, &speed) == CLAIM_UNDECIDED)
				return false;
		}
	return true;
}

static struct gate_settings gate_of(struct claims *c, const struct claims_request *request)
{
	struct gate_settings s = {
		.base = "what is measured first",
		.new = "what is measured second",
		.rule = claim_rule(request->quick ? 1 : GATE_LOOKS),
		.settled = is_settled,
		.settled_arg = c,
		.duration_s = request->duration_s > 0 ? request->duration_s
			      : request->quick	      ? CLAIMS_QUICK_DURATION_S
						      : CLAIMS_DURATION_S,
		.warmup_s = CLAIMS_WARMUP_S,
		.max_time_s = request->max_time_s,
		.seed = request->seed,
	};

	return s;
}

/* What neither side carries is no size of the pair. */
static void take_sizes(struct claims *c)
{
	for (size_t i = 0; i < c->count; i++)
		for (size_t k = 0; k < c->results[i].pair_count; k++) {
			struct claim_pair *p = &c->results[i].pairs[k];

			p->size = c->plan.cells[p->cell].size;
		}
}

static int expand(struct claims *c, const struct claims_request *request, struct sizing *sizing,
	struct reason *why)
{
	int err = 0;

	c->results = calloc(claim_count(), sizeof(*c->results));
	if (c->results == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < claim_count() && err == 0; i++) {
		if (!request->wanted[i])
			continue;
		struct claim_result *r = &c->results[c->count++];

		*r = (struct claim_result){.claim = &claim_table[i], .verdict = CLAIM_UNDECIDED};
		err = claim_expand(c, r, largest, sizing, why);
	}
	claim_name_places(c);
	return err;
}

int claims_plan(struct claims *c, const struct claims_request *request, const struct topology *topo,
	const struct clock *clock, struct reason *why)
{
	*c = (struct claims){.quick = request->quick, .gate = gate_of(c, request)};
	struct sizing sizing = {&c->gate, topo, clock};
	int err = expand(c, request, &sizing, why);

	if (err == 0)
		err = make_groups(c);
	if (err == 0)
		err = gate_plan_build(&c->plan, &c->gate, topo, clock, why);
	/* a group is one cell, so that the cells of the gate are those of the claims */
	if (err == 0 && c->plan.count != c->cell_count)
		err = reason_set(why, EINVAL, "claims: %zu comparisons became %zu cells",
			c->cell_count, c->plan.count);
	if (err == 0)
		take_sizes(c);
	return err == -ENOMEM && why->text[0] == '\0' ? reason_set(why, ENOMEM, "out of memory")
						      : err;
}

size_t claims_runnable(const struct claims *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->plan.count; i++)
		n += c->plan.cells[i].status == STATUS_OK;
	return n;
}

int claims_measure(struct claims *c, const volatile int *interrupted, gate_step *step, void *arg)
{
	int err = gate_measure(&c->measured, &c->gate, &c->plan, interrupted, step, arg);

	c->measured.command = "claims";
	return err < 0 ? err : claims_judge(c);
}

void claims_free(struct claims *c)
{
	for (size_t i = 0; i < c->count; i++) {
		for (size_t k = 0; k < c->results[i].pair_count; k++) {
			free(c->results[i].pairs[k].first);
			free(c->results[i].pairs[k].second);
		}
		free(c->results[i].pairs);
		free(c->results[i].curves);
	}
	for (size_t i = 0; i < c->gate.group_count; i++)
		group_free(&c->gate.groups[i]);
	free(c->gate.groups);
	free(c->results);
	free(c->cells);
	gate_plan_free(&c->plan);
	gate_results_free(&c->measured);
	*c = (struct claims){0};
}
