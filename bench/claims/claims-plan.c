/* SPDX-License-Identifier: MIT */
/* Claims of the table become pairs, and the cells of a gate that measures them. */
#include "claims/claims.h"

#include "plan/plan.h"
#include "text/format.h"
#include "text/memory.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct planning {
	struct claims *claims;
	const struct claims_settings *settings;
	const struct topology *topo;
	const struct clock *clock;
	struct reason *why;
};

/* ---- groups of the gate ---------------------------------------------------------------------- */

static void ask(struct gate_group *g, const char *option, const char *value)
{
	arguments_add(
		&g->asked, option_find(gate_options, option, strlen(option), false, NULL), value);
}

/* A group of the cell of a pair. Texts are borrowed. `sizes` as for --size. */
static struct gate_group group_make(
	const struct planning *x, const struct claim_pair *p, const char *sizes)
{
	struct gate_group g = {
		.metrics = 1u << GATE_THROUGHPUT | 1u << GATE_LATENCY,
		.tolerance = CLAIM_EQUAL,
		.min_effect = CLAIM_EQUAL,
		.side = {p->first, p->second},
	};

	ask(&g, "size", sizes);
	ask(&g, "mode", p->mode);
	ask(&g, "wait", wait_name(CLAIM_WAIT));
	ask(&g, "placement", p->place);
	ask(&g, "layout", axes[AXIS_LAYOUT].words[x->settings->layout]);
	if (p->cold)
		ask(&g, "footprint", "cold");
	return g;
}

/* ---- the largest size that fits -------------------------------------------------------------- */

/* `plan` has the pair at all sizes up to CLAIM_LARGEST; if none fits, the reason is the cell's. */
static void choose_size(struct claim_pair *p, const struct gate_plan *plan)
{
	uint64_t most = 0, fits = 0;
	struct reason why = {""};

	for (size_t i = 0; i < plan->count; i++) {
		const struct gate_cell *c = &plan->cells[i];

		if (c->key.size > most) {
			most = c->key.size;
			why = c->why;
		}
		if (c->status == STATUS_OK && c->key.size > fits)
			fits = c->key.size;
	}
	p->size = fits > 0 ? fits : most;
	if (fits > 0 && fits < most)
		p->fits = why;
}

static void find_largest(const struct planning *x, struct claim_pair *p)
{
	struct gate_group group = group_make(x, p, "1K.." CLAIM_LARGEST);
	struct gate_settings gate = x->claims->gate;
	struct gate_plan plan;

	gate.groups = &group;
	gate.group_count = 1;
	if (gate_plan_build(&plan, &gate, x->topo, x->clock, x->why) == 0)
		choose_size(p, &plan);
	gate_plan_free(&plan);
	arguments_free(&group.asked);
}

/* ---- pairs and cells ------------------------------------------------------------------------- */

/* The pair that has this one's cell already, if any. */
static const struct claim_pair *find_alike(const struct claims *c, const struct claim_pair *p)
{
	const struct claim_pair *q;

	for (size_t i = 0; (q = claims_pair(c, i, NULL)) != NULL; i++) {
		bool straight =
			strcmp(q->first, p->first) == 0 && strcmp(q->second, p->second) == 0;
		bool crossed = strcmp(q->first, p->second) == 0 && strcmp(q->second, p->first) == 0;

		if (q != p && (straight || crossed) && q->size == p->size && q->cold == p->cold &&
			strcmp(q->mode, p->mode) == 0 && strcmp(q->place, p->place) == 0)
			return q;
	}
	return NULL;
}

static void choose_cell(const struct planning *x, struct claim_pair *p)
{
	struct claims *c = x->claims;
	const struct claim_pair *alike = find_alike(c, p);
	char size[24];

	if (alike != NULL) {
		p->cell = alike->cell;
		p->first_is_base = alike->first_is_base == (strcmp(alike->first, p->first) == 0);
		return;
	}
	p->cell = c->gate.group_count;
	p->first_is_base = true;
	char *sizes = need_copy(size_spell(size, sizeof(size), p->size));
	struct gate_group *g = need_next(c->gate.groups, c->gate.group_count);

	*g = group_make(x, p, sizes);
	g->sizes = sizes;
}

static void add_pair(const struct planning *x, struct claim_result *r, struct claim_pair pair)
{
	struct claim_pair *p = need_next(r->pairs, r->pair_count);

	*p = pair;
	if (p->size == 0)
		find_largest(x, p);
	choose_cell(x, p);
}

static void add_footprints(const struct planning *x, struct claim_result *r, struct claim_pair pair)
{
	pair.large = pair.size == 0 || pair.size >= FOOTPRINT_TELLS;
	add_pair(x, r, pair);
	pair.cold = true;
	if (pair.large)
		add_pair(x, r, pair);
}

/* At each size, mode and placement. */
static void add_points(const struct planning *x, struct claim_result *r,
	const struct claim_comparison *of, struct claim_pair pair)
{
	for (size_t s = 0; s == 0 || of->sizes[s] > 0; s++)
		for (size_t m = 0; of->modes[m] != NULL; m++)
			for (size_t p = 0; of->placements[p] != NULL; p++) {
				pair.size = of->sizes[s];
				pair.mode = of->modes[m];
				pair.place = of->placements[p];
				if (p == 0 || !x->settings->quick)
					add_footprints(x, r, pair);
			}
}

/* Word `i` of a side, or if it has none the mechanism `i` that carries bytes but is not `other`. */
static const char *mechanism(const char *const *side, size_t i, const char *other)
{
	if (side[0] != NULL)
		return side[i];
	for (size_t k = 0; k < registry_count(); k++) {
		const struct transport *t = registry_at(k);

		if (t->shape != SHAPE_NOTIFY && t->shape != SHAPE_NULL &&
			!registry_runs_program(t) && strcmp(t->name, other) != 0 && i-- == 0)
			return t->name;
	}
	return NULL;
}

static void add_comparison(
	const struct planning *x, struct claim_result *r, const struct claim_comparison *of)
{
	struct claim_pair pair = {
		.kind = of->kind, .counts = of->counts, .verdict = CLAIM_UNDECIDED};

	for (size_t i = 0; (pair.first = mechanism(of->first, i, of->second[0])) != NULL; i++)
		for (size_t k = 0; (pair.second = mechanism(of->second, k, pair.first)) != NULL;
			k++)
			add_points(x, r, of, pair);
}

/* ---- the plan -------------------------------------------------------------------------------- */

/* A row wants no more blocks when all pairs that it answers have an answer. */
static bool is_settled(void *arg, const struct gate_row *row)
{
	const struct claims *c = arg;
	const struct claim_result *r;
	const struct claim_pair *p;

	for (size_t i = 0; (p = claims_pair(c, i, &r)) != NULL; i++) {
		struct claim_speed speed = claim_speed(&row->found, c->gate.rule.looks,
			gate_metrics[row->metric].higher_is_better, p->first_is_base);

		if (p->cell == row->cell &&
			(claim_judge_pair(p->kind, &speed, p->share) == CLAIM_UNDECIDED ||
				(r->claim->curve && !claim_is_on_curve(&speed))))
			return false;
	}
	return true;
}

static struct gate_settings gate_of(struct claims *c, const struct claims_settings *set)
{
	double usual = set->quick ? CLAIMS_QUICK_DURATION_S : CLAIMS_DURATION_S;

	struct gate_settings gate = {
		.base = "what is measured first",
		.new = "what is measured second",
		.rule = GATE_RULE_DEFAULT,
		.settled = is_settled,
		.settled_arg = c,
		.duration_s = set->duration_s > 0 ? set->duration_s : usual,
		.warmup_s = CLAIMS_WARMUP_S,
		.max_time_s = set->max_time_s,
		.seed = set->seed,
		.least = {CLAIMS_FIRST_LOOK, CLAIMS_LAST_LOOK},
	};

	gate.rule.alpha = CLAIM_ALPHA;
	gate.rule.looks = set->quick ? 1 : GATE_LOOKS;
	return gate;
}

static void add_claim(const struct planning *x, const struct claim *claim)
{
	struct claim_result *r = need_next(x->claims->results, x->claims->count);

	*r = (struct claim_result){.claim = claim, .verdict = CLAIM_UNDECIDED};
	for (const struct claim_comparison *of = claim->comparisons; of->modes[0] != NULL; of++)
		add_comparison(x, r, of);
	size_t n = 0;

	for (size_t i = 0; i < r->pair_count; i++)
		n += r->pairs[i].counts;
	/* those that are not on this machine are counted too, which errs on the safe side */
	for (size_t i = 0; i < r->pair_count; i++)
		r->pairs[i].share = claim_share(claim->needs, n);
}

int claims_plan(struct claims *c, const struct claims_settings *settings,
	const struct topology *topo, const struct clock *clock, struct reason *why)
{
	const struct planning x = {c, settings, topo, clock, why};
	struct claim_pair *p;

	*c = (struct claims){.gate = gate_of(c, settings)};
	for (size_t i = 0; i < claim_count(); i++)
		if (settings->wanted[i])
			add_claim(&x, &claim_table[i]);
	/* what could not be planned alone cannot be planned with the others either */
	int err = gate_plan_build(&c->plan, &c->gate, topo, clock, why);

	/* a group is one cell, so that the cells of the gate are those of the pairs */
	if (err == 0 && c->plan.count != c->gate.group_count)
		err = reason_set(why, EINVAL, "claims: %zu comparisons became %zu cells",
			c->gate.group_count, c->plan.count);
	/* a size that neither side carries is not one of the pair */
	for (size_t i = 0; err == 0 && (p = claims_pair(c, i, NULL)) != NULL; i++)
		p->size = c->plan.cells[p->cell].key.size;
	return err;
}

struct claim_pair *claims_pair(const struct claims *c, size_t i, const struct claim_result **result)
{
	const struct claim_result *r = c->results, *end = r + c->count;

	for (; r < end && i >= r->pair_count; r++)
		i -= r->pair_count;
	if (result != NULL)
		*result = r;
	return r < end ? &r->pairs[i] : NULL;
}

void claims_free(struct claims *c)
{
	for (size_t i = 0; i < c->count; i++) {
		free(c->results[i].pairs);
		free(c->results[i].curves);
	}
	gate_settings_free(&c->gate);
	free(c->results);
	gate_plan_free(&c->plan);
	gate_results_free(&c->measured);
	*c = (struct claims){0};
}
