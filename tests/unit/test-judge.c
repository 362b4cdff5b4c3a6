/* SPDX-License-Identifier: MIT */
/* Made-up figures judged: what is out and why, what is first, and of which cells. */
#include "advice-world.h"

/* ---- traits ---------------------------------------------------------------------------------- */

static const struct advice *by_traits(struct world *w, const char *need)
{
	if (judge_as(w, need, NULL, RANK_AUTO) != 0)
		fail_msg("%s", w->why.text);
	return &w->advice;
}

static void test_by_traits_the_simplest_is_first(void **state)
{
	const struct advice *a = by_traits(*state, NULL);

	assert_int_equal(a->ranking, RANK_SIMPLICITY);
	expect_order(a, "tube named packet stream queue ring");
	expect_out(a, "bell", OBSTACLE_NO_DATA);
	expect_out(a, "lossy", OBSTACLE_LOSS);
	assert_int_equal(a->count, 8); /* the harness's own is nothing to choose */
	assert_int_equal(advice_lead(a), LEAD_SIMPLER);
}

static void test_every_trait_excludes(void **state)
{
	struct world *w = *state;
	const struct advice *a = by_traits(w, "shape=message");

	expect_order(a, "packet queue");
	expect_out(a, "tube", OBSTACLE_SHAPE);
	expect_out(a, "bell", OBSTACLE_SHAPE);
	a = by_traits(w, "family=sockets");
	expect_order(a, "packet stream");
	expect_out(a, "tube", OBSTACLE_FAMILY);
	expect_order(by_traits(w, "family=shared-memory shape=memory"), "ring");
	expect_order(by_traits(w, "shape=notify"), "bell");
	expect_order(by_traits(w, "loss=yes reach=network"), "stream lossy");
	a = by_traits(w, "boundaries=yes");
	expect_order(a, "packet queue");
	expect_out(a, "ring", OBSTACLE_BOUNDARIES);
	a = by_traits(w, "reach=host");
	expect_order(a, "named packet stream queue");
	expect_out(a, "ring", OBSTACLE_REACH);
	a = by_traits(w, "persistence=no");
	expect_order(a, "tube packet stream ring");
	expect_out(a, "queue", OBSTACLE_PERSISTENCE);
	expect_order(by_traits(w, "persistence=kernel"), "named queue");
	expect_order(by_traits(w, "persistence=file"), "named");
	a = by_traits(w, "api=posix");
	expect_order(a, "tube named packet stream queue");
	expect_out(a, "ring", OBSTACLE_API);
	expect_order(by_traits(w, "api=sysv"), "queue");
	expect_order(by_traits(w, "api=bsd"), "packet stream");
	a = by_traits(w, "wait=epoll");
	assert_int_equal(a->qualified, 0);
	expect_out(a, "tube", OBSTACLE_WAIT);
}

/* What ties with the lowest goes before what does not, however wide its interval. */
static void test_a_wide_interval_lets_nothing_slower_pass(void **state)
{
	struct world *w = *state;
	struct measured_cell *wide;

	add_trips(w, "tube", 64, 100);
	add_trips(w, "stream", 64, 300);
	add_trips(w, "packet", 64, 200);
	wide = add_trips(w, "ring", 64, 104);
	set_metric(wide, METRIC_LAT_P50, 95e3, 104e3, 900e3);
	expect_order(judge(w, NULL), "tube ring packet stream");
}

static void test_several_sides_are_a_trait(void **state)
{
	struct world *w = *state;
	const struct advice *a = by_traits(w, "producers=4");

	expect_order(a, "packet");
	expect_out(a, "tube", OBSTACLE_SIDES);
	expect_order(by_traits(w, "consumers=2"), "packet");
	expect_order(by_traits(w, "subscribers=2"), "ring");
	expect_order(by_traits(w, "clients=8"), "ring");
	/* a thread for each client cannot poll, and a ring has no descriptor */
	expect_order(by_traits(w, "clients=8 wait=spin"), "");
}

/* Cells of so many sides, and no others. */
static void test_figures_are_those_of_so_many_sides(void **state)
{
	struct world *w = *state;
	const struct advice *a;

	add_stream(w, "packet", 64, 3e6, 10);
	add_stream(w, "packet", 64, 1e6, 10)->key.sides = sides_make(TOPOLOGY_FAN_IN, 4, false);
	struct measured_cell *served = add_trips(w, "ring", 64, 5);

	served->key.sides = sides_make(TOPOLOGY_SERVER, 2, false);
	set_metric(served, METRIC_MSGS_PER_S, 290e3, 300e3, 310e3);
	a = judge(w, "rate=2M");
	expect_order(a, "packet");
	assert_int_equal(a->scope.left_out, 2);
	a = judge(w, "rate=2M producers=4");
	expect_out(a, "packet", obstacle_of(NEED_RATE));
	expect_order(judge(w, "rate=900k producers=4"), "packet");
	expect_order(judge(w, "clients=2 rate=200k p99<11us"), "ring");
	expect_out(judge(w, "clients=2 rate=400k"), "ring", obstacle_of(NEED_RATE));
	/* back to back nothing is measured of a server */
	assert_false(judge(w, "clients=2 rate=290k")->back_to_back);
	assert_int_equal(judge_as(w, "clients=3", &w->measured, RANK_AUTO), -ENODATA);
	assert_non_null(strstr(w->why.text,
		"no results of 3 clients; measure with ipcbench -t all -s 64..1M --topology server:3"));
	served->key.foreign[AXIS_TOPOLOGY] = "mesh:2";
	served->key.sides = 0;
	expect_out(judge(w, NULL), "ring", OBSTACLE_NOT_MEASURED);
}

/* ---- which cells ----------------------------------------------------------------------------- */

static void test_the_nearest_size_in_ratio(void **state)
{
	struct world *w = *state;

	add_trips(w, "tube", 64, 5);
	add_trips(w, "tube", 4096, 6);
	add_trips(w, "tube", 65536, 7);
	assert_int_equal(judge(w, NULL)->scope.size, 64);
	assert_int_equal(judge(w, "size=100")->scope.size, 64);
	assert_int_equal(judge(w, "size=16")->scope.size, 64);
	assert_int_equal(judge(w, "size=1K")->scope.size, 4096);
	assert_int_equal(judge(w, "size=16K")->scope.size, 65536); /* as near to both */
	assert_int_equal(judge(w, "size=256K")->scope.size, 65536);
	assert_int_equal(judge_as(w, "size=257K", &w->measured, RANK_AUTO), -ENODATA);
	assert_non_null(strstr(w->why.text, "64 B, 4 KiB, 64 KiB"));
	assert_non_null(strstr(w->why.text, "ipcbench -s 257K"));
	assert_int_equal(judge_as(w, "size=15", &w->measured, RANK_AUTO), -ENODATA);
	assert_int_equal(judge_as(w, "size=300", &w->measured, RANK_AUTO), -ENODATA);
}

/* The nearest size is not the one that is needed, and a message has a largest size. */
static void test_messages_have_to_have_been_carried(void **state)
{
	struct world *w = *state;
	struct measured_cell *c;

	add_trips(w, "tube", 4096, 5);
	add_trips(w, "packet", 4096, 6);
	add_trips(w, "packet", 65536, 7);
	add_trips(w, "queue", 4096, 8);
	c = add_trips(w, "queue", 1048576, 9);
	c->ok = false;
	c->reason = "1 MiB is too much";
	c = add_trips(w, "queue", 65536, 9);
	c->ok = false;
	c->reason = "64 KiB is too much";
	/* by where it is, not by its size */
	c = add_trips(w, "queue", 8192, 9);
	c->key.placement = PLACE_CROSS_NUMA;
	c->ok = false;
	c->reason = "one node";
	add_trips(w, "lossy", 4096, 8);
	const struct advice *a = judge(w, "size=12K,loss=yes");

	assert_int_equal(a->scope.size, 4096);
	expect_order(a, "tube packet");
	expect_out(a, "queue", OBSTACLE_SKIPPED);
	assert_string_equal(find(a, "queue")->why, "64 KiB is too much");
	expect_out(a, "lossy", OBSTACLE_SIZE);
	expect_order(judge(w, "size=4K,loss=yes"), "tube packet lossy queue");
	expect_order(judge(w, "size=2K,loss=yes"), "tube packet lossy queue");
}

static void test_the_place(void **state)
{
	struct world *w = *state;

	add_trips(w, "tube", 64, 5)->key.placement = PLACE_SAME_CPU;
	assert_string_equal(placement_name(judge(w, NULL)->scope.placement), "same-cpu");
	assert_int_equal(judge_as(w, "placement=cross-cpu", &w->measured, RANK_AUTO), -ENODATA);
	add_trips(w, "tube", 64, 50)->key.placement = PLACE_CROSS_NUMA;
	assert_string_equal(placement_name(judge(w, NULL)->scope.placement), "cross-numa");
	add_trips(w, "tube", 64, 30);
	assert_string_equal(placement_name(judge(w, NULL)->scope.placement), "same-llc");
	assert_true(w->advice.items[0].figure[NEED_P50].value == 30000);
	assert_string_equal(
		placement_name(judge(w, "placement=cross-cpu")->scope.placement), "same-llc");
	judge(w, "placement=same-cpu");
	assert_true(w->advice.items[0].figure[NEED_P50].value == 5000);
	assert_int_equal(judge_as(w, "placement=smt", &w->measured, RANK_AUTO), -ENODATA);
	assert_non_null(strstr(w->why.text, "same-cpu, same-llc, cross-numa"));
}

static void test_only_what_is_usual_is_looked_at(void **state)
{
	static const struct {
		enum axis axis;
		const char *value;
	} unusual[] = {{AXIS_IDLE, "awake"}, {AXIS_THINK, "1000"}, {AXIS_DISPATCH, "indirect"},
		{AXIS_MEM, "rx"}, {AXIS_LAYOUT, "random"}, {AXIS_FOOTPRINT, "cold"},
		{AXIS_SCHED, "fifo"}, {AXIS_BACKGROUND, "cpu:2"}};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_SIZE(unusual); i++)
		axis_read(&add_trips(w, "tube", 64, 1)->key, unusual[i].axis, unusual[i].value);
	add_trips(w, "tube", 64, 1)->key.mode = MODE_ONEWAY;
	assert_int_equal(judge_as(w, NULL, &w->measured, RANK_AUTO), -ENODATA);
	add_trips(w, "tube", 64, 5);
	assert_int_equal(judge(w, NULL)->scope.left_out, 8);
	assert_true(w->advice.items[0].figure[NEED_P50].value == 5000);
}

static void test_waits(void **state)
{
	struct world *w = *state;

	add_trips(w, "tube", 64, 5);
	add_trips(w, "ring", 64, 5);
	add_trips(w, "ring", 64, 0.1)->key.wait = WAIT_SPIN;
	expect_order(judge(w, NULL), "tube ring");
	expect_order(judge(w, "wait=spin"), "ring/spin");
	expect_out(&w->advice, "tube", OBSTACLE_NOT_MEASURED);
	expect_order(judge(w, "wait=any"), "ring/spin tube ring");
	assert_int_equal(judge_as(w, "wait=epoll", &w->measured, RANK_AUTO), -ENODATA);
	assert_non_null(strstr(w->why.text, "epoll"));
}

static void test_options_and_copies_are_items_of_their_own(void **state)
{
	struct world *w = *state;

	add_trips(w, "tube", 64, 5);
	add_trips(w, "tube:size=1M", 64, 3);
	add_trips(w, "tube:size=1M", 64, 2)->key.copy = COPY_INPLACE;
	add_trips(w, "tube2", 64, 1);
	const struct advice *a = judge(w, NULL);

	expect_order(a, "tube:size=1M tube:size=1M tube");
	assert_int_equal(a->items[0].key.copy, COPY_INPLACE);
	expect_out(a, "tube2", OBSTACLE_UNKNOWN);
	assert_null(find(a, "tube2")->transport);
}

/* ---- what was measured ----------------------------------------------------------------------- */

static void test_missing_and_broken_cells(void **state)
{
	struct world *w = *state;
	struct measured_cell *c;

	add_trips(w, "tube", 64, 5);
	c = add_trips(w, "stream", 64, 5);
	c->ok = false;
	c->reason = "too large";
	c = add_trips(w, "packet", 64, 5);
	c->ok = false;
	c->failed = true;
	c->reason = "it broke";
	add_trips(w, "queue", 64, 5);
	c = add_stream(w, "queue", 64, 1000, 1);
	c->ok = false;
	c->failed = true;
	c->reason = "this broke too";
	const struct advice *a = judge(w, NULL);

	expect_order(a, "tube");
	expect_out(a, "stream", OBSTACLE_SKIPPED);
	assert_string_equal(find(a, "stream")->why, "too large");
	expect_out(a, "packet", OBSTACLE_FAILED);
	assert_string_equal(find(a, "packet")->why, "it broke");
	expect_out(a, "queue", OBSTACLE_FAILED);
	assert_string_equal(find(a, "queue")->why, "this broke too");
	expect_out(a, "ring", OBSTACLE_NOT_MEASURED);
	a = judge(w, "rate=10");
	assert_int_equal(a->qualified, 0);
	expect_out(a, "tube", OBSTACLE_NOT_MEASURED);
}

static void test_a_stream_without_round_trips(void **state)
{
	struct world *w = *state;

	add_stream(w, "tube", 64, 1000, 10);
	add_stream(w, "stream", 64, 4000, 20);
	const struct advice *a = judge(w, NULL);

	assert_int_equal(a->ranking, RANK_TIME);
	expect_order(a, "stream tube");
	assert_true(a->back_to_back);
	assert_true(a->items[0].figure[NEED_CPU].value == 20);
	expect_out(judge(w, "p50<1s"), "tube", OBSTACLE_NOT_MEASURED);
	expect_order(judge(w, "cpu<15ns"), "tube");
}

/* ---- limits ---------------------------------------------------------------------------------- */

static void test_limits_are_exact(void **state)
{
	struct world *w = *state;

	add_trips(w, "tube", 64, 5);
	add_stream(w, "tube", 64, 1000, 10);
	expect_order(judge(w, "rate=1000"), "tube");
	expect_out(judge(w, "rate=1001"), "tube", obstacle_of(NEED_RATE));
	expect_order(judge(w, "bandwidth=64kB/s"), "tube");
	expect_out(judge(w, "bandwidth=64001"), "tube", obstacle_of(NEED_BANDWIDTH));
	expect_order(judge(w, "p50<=5us"), "tube");
	expect_out(judge(w, "p50<5us"), "tube", obstacle_of(NEED_P50));
	expect_order(judge(w, "p99<=10us"), "tube");
	expect_out(judge(w, "p99<10us"), "tube", obstacle_of(NEED_P99));
	expect_order(judge(w, "cpu<=2500ns"), "tube");
	expect_out(judge(w, "cpu<2500ns"), "tube", obstacle_of(NEED_CPU));
}

static void test_a_missing_percentile_does_not_qualify(void **state)
{
	struct world *w = *state;

	set_metric(add_trips(w, "tube", 64, 5), METRIC_LAT_P99, NAN, NAN, NAN);
	expect_order(judge(w, NULL), "tube");
	expect_out(judge(w, "p99<1s"), "tube", obstacle_of(NEED_P99));
}

/* ---- order ----------------------------------------------------------------------------------- */

static void test_the_lowest_median_is_first(void **state)
{
	struct world *w = *state;

	add_trips(w, "tube", 64, 9);
	add_trips(w, "stream", 64, 5);
	add_trips(w, "ring", 64, 7);
	const struct advice *a = judge(w, NULL);

	assert_int_equal(a->ranking, RANK_P50);
	expect_order(a, "stream ring tube");
	assert_int_equal(advice_lead(a), LEAD_FIGURE);
	assert_int_equal(a->lowest, 0);
	assert_true(isnan(a->items[0].headroom));
}

/* Round trips of these lengths, whose CPU time says nothing of them. */
static void add_tied(struct world *w, const char *transport, double us, double cpu_us)
{
	double ns = cpu_us * 1000;

	set_metric(add_trips(w, transport, 64, us), METRIC_CPU_PER_MSG, ns * 0.95, ns, ns * 1.05);
}

static void test_ties_go_by_cpu_time(void **state)
{
	struct world *w = *state;

	add_tied(w, "ring", 5, 8);
	add_tied(w, "tube", 5.4, 4);
	add_tied(w, "queue", 5.2, 2);
	add_tied(w, "packet", 6, 1);
	const struct advice *a = judge(w, NULL);

	/* tube reaches from 5.13 to 5.67, ring to 5.25: they overlap; packet begins at 5.7 */
	expect_order(a, "queue tube ring packet");
	assert_int_equal(advice_lead(a), LEAD_CPU);
	assert_int_equal(a->lowest, 2);
	assert_int_equal(a->tied, 3);
	assert_int_equal(a->frugal, 1);
	assert_true(advice_tied(a, 0) && advice_tied(a, 1) && !advice_tied(a, 3));
}

static void test_ties_in_cpu_time_go_by_simplicity(void **state)
{
	struct world *w = *state;

	add_tied(w, "ring", 5, 4);
	add_tied(w, "tube", 5.4, 4.2);
	add_tied(w, "queue", 5.2, 4.1);
	add_tied(w, "named", 5.1, 40);
	add_tied(w, "packet", 6, 1);
	const struct advice *a = judge(w, NULL);

	expect_order(a, "tube queue ring named packet");
	assert_int_equal(advice_lead(a), LEAD_SIMPLER);
	assert_int_equal(a->lowest, 2);
	assert_int_equal(a->tied, 4);
	assert_int_equal(a->frugal, 3);
}

/* What costs less than a missing figure is not known. */
static void test_a_tie_without_cpu_time_goes_behind_one_with_it(void **state)
{
	struct world *w = *state;

	set_metric(add_trips(w, "tube", 64, 5), METRIC_CPU_PER_MSG, NAN, NAN, NAN);
	add_trips(w, "ring", 64, 5);
	expect_order(judge(w, NULL), "ring tube");
	set_metric(&w->cells[1], METRIC_CPU_PER_MSG, NAN, NAN, NAN);
	expect_order(judge(w, NULL), "tube ring");
}

static void test_too_few_trials_rank_nothing(void **state)
{
	struct world *w = *state;
	struct measured_cell *c;

	add_trips(w, "ring", 64, 1);
	c = add_trips(w, "tube", 64, 50);
	add_trips(w, "queue", 64, 20);
	expect_order(judge(w, NULL), "ring queue tube");
	assert_int_equal(w->advice.few, 0);
	/* a single range, however far from the rest */
	c->summary.trials = 5;
	c->summary.metric[METRIC_LAT_P50].ci_lo = c->summary.metric[METRIC_LAT_P50].ci_hi = NAN;
	const struct advice *a = judge(w, NULL);

	expect_order(a, "tube queue ring");
	assert_int_equal(a->few, 5);
	assert_true(a->items[0].figure[NEED_P50].lo == 47500);
	/* with one there is nothing to rank */
	assert_int_equal(judge(w, "p50<10us")->few, 0);
	expect_order(&w->advice, "ring");
}

static void test_cpu_time_decides_where_there_is_headroom(void **state)
{
	struct world *w = *state;

	/* round trips cost what they take; the figures of p99 are twice p50 */
	set_metric(add_trips(w, "tube", 64, 5), METRIC_CPU_PER_MSG, 8000, 8000, 8000);
	set_metric(add_trips(w, "packet", 64, 9), METRIC_CPU_PER_MSG, 6000, 6000, 6000);
	set_metric(add_trips(w, "ring", 64, 12), METRIC_CPU_PER_MSG, 2000, 2000, 2000);
	const struct advice *a = judge(w, "p99<40us");

	/* ring meets 40 µs, but not twice over */
	assert_int_equal(a->ranking, RANK_CPU);
	expect_order(a, "packet tube ring");
	assert_false(a->back_to_back);
	assert_true(a->items[0].figure[NEED_CPU].value == 3000);
	assert_true(fabs(a->items[0].headroom - 40.0 / 18) < 1e-9);
	assert_true(a->items[1].roomy && !a->items[2].roomy);
	expect_order(judge(w, "p99<48us"), "ring packet tube");
	/* nobody has headroom: the median decides */
	a = judge(w, "p99<=24us cpu<=3us");
	expect_order(a, "packet ring");
	assert_int_equal(a->ranking, RANK_P50);
	a = judge(w, "p99<30us");
	expect_order(a, "tube packet ring");
	assert_int_equal(a->ranking, RANK_CPU);
	assert_int_equal(advice_lead(a), LEAD_HEADROOM);
}

static void test_cpu_time_back_to_back_where_messages_are_dense(void **state)
{
	struct world *w = *state;

	add_trips(w, "tube", 64, 10);
	add_stream(w, "tube", 64, 1e7, 100);
	add_trips(w, "packet", 64, 20);
	add_stream(w, "packet", 64, 1e7, 50);
	/* half of the faster round trip takes 5 µs: 200,000 of them are a second */
	const struct advice *a = judge(w, "rate=199k");

	assert_false(a->back_to_back);
	expect_order(a, "tube packet");
	assert_true(a->items[0].figure[NEED_CPU].value == 5000);
	a = judge(w, "rate=200k");
	assert_true(a->back_to_back);
	expect_order(a, "packet tube");
	assert_true(a->items[0].figure[NEED_CPU].value == 50);
	assert_true(fabs(a->items[0].headroom - 50) < 1e-9);
	a = judge(w, "bandwidth=12800kB/s");
	assert_true(a->back_to_back);
}

static void test_notifications(void **state)
{
	struct world *w = *state;

	add_trips(w, "tube", 64, 5);
	add_trips(w, "bell", 0, 4);
	const struct advice *a = judge(w, "shape=notify");

	expect_order(a, "bell");
	assert_true(a->items[0].figure[NEED_P50].value == 4000);
	assert_int_equal(a->scope.size, 0);
	expect_order(judge(w, NULL), "tube");
	expect_out(&w->advice, "bell", OBSTACLE_NO_DATA);
}

/* ---- the tree -------------------------------------------------------------------------------- */

static void build_tree(struct tree *t, struct world *w, const struct stored_run *m)
{
	const struct judge_input in = {
		.transports = w->transports, .transport_count = ARRAY_SIZE(made_up), .measured = m};

	assert_int_equal(tree_build(t, &in, &w->why), 0);
}

static void test_the_tree_chooses_from_the_data(void **state)
{
	struct world *w = *state;
	struct tree t;

	add_trips(w, "tube", 64, 50);
	add_stream(w, "tube", 1048576, 1000, 1);
	add_trips(w, "stream", 64, 60);
	add_stream(w, "stream", 1048576, 4000, 1);
	add_trips(w, "queue", 64, 30);
	add_trips(w, "packet", 64, 40);
	add_trips(w, "lossy", 64, 10);
	add_stream(w, "ring", 1048576, 40000, 1);
	add_trips(w, "bell", 0, 20);
	build_tree(&t, w, &w->measured);
	assert_int_equal(t.small.scope.size, 64);
	assert_int_equal(t.large.scope.size, 1048576);
	expect_order(&t.leaves[1].advice, "stream"); /* another host */
	expect_order(&t.leaves[3].advice, "bell");
	expect_order(&t.leaves[6].advice, "ring");	  /* much data, shared */
	expect_order(&t.leaves[9].advice, "stream tube"); /* much data, sent */
	expect_order(&t.leaves[11].advice, "queue packet");
	expect_order(&t.leaves[12].advice, "tube stream");
	assert_true(t.leaves[12].p50 == 50000 && t.leaves[12].time == 1e6);
	assert_true(t.leaves[6].time == 25000 && isnan(t.leaves[6].p50));
	expect_order(&t.small, "queue packet tube stream");
	assert_string_equal(t.large.items[0].key.transport, "ring");
	tree_free(&t);
}

/* Two nodes follow each question; those that are left at the end would hang in the air. */
static void test_the_tree_is_whole(void **state)
{
	struct world *w = *state;
	int due = 1;
	struct tree t;

	build_tree(&t, w, NULL);
	for (size_t i = 0; i < TREE_NODES; i++) {
		assert_true(due > 0);
		due += t.nodes[i].needs == NULL ? 1 : -1;
		/* no made-up mechanism is a file */
		if (t.nodes[i].needs != NULL && i != 8)
			assert_true(t.leaves[i].advice.qualified > 0);
	}
	assert_int_equal(due, 0);
	expect_order(&t.leaves[11].advice, "packet queue");
	tree_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_by_traits_the_simplest_is_first),
		TEST(test_every_trait_excludes),
		TEST(test_a_wide_interval_lets_nothing_slower_pass),
		TEST(test_several_sides_are_a_trait),
		TEST(test_figures_are_those_of_so_many_sides),
		TEST(test_the_nearest_size_in_ratio),
		TEST(test_messages_have_to_have_been_carried),
		TEST(test_the_place),
		TEST(test_only_what_is_usual_is_looked_at),
		TEST(test_waits),
		TEST(test_options_and_copies_are_items_of_their_own),
		TEST(test_missing_and_broken_cells),
		TEST(test_a_stream_without_round_trips),
		TEST(test_limits_are_exact),
		TEST(test_a_missing_percentile_does_not_qualify),
		TEST(test_the_lowest_median_is_first),
		TEST(test_ties_go_by_cpu_time),
		TEST(test_ties_in_cpu_time_go_by_simplicity),
		TEST(test_a_tie_without_cpu_time_goes_behind_one_with_it),
		TEST(test_too_few_trials_rank_nothing),
		TEST(test_cpu_time_decides_where_there_is_headroom),
		TEST(test_cpu_time_back_to_back_where_messages_are_dense),
		TEST(test_notifications),
		TEST(test_the_tree_chooses_from_the_data),
		TEST(test_the_tree_is_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
