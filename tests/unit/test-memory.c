/* SPDX-License-Identifier: MIT */
/*
 * --mem: the choice of nodes on machines made up, and the binding on the one at hand. --footprint:
 * how much memory that is, and what cannot be had. --load memory: the same.
 */
#include "plan/background.h"
#include "plan/footprint.h"
#include "plan/numa.h"

#include "cli/measure-options.h"
#include "measure/clock.h"
#include "plan/plan.h"
#include "run/run.h"
#include "support/shm-base.h"
#include <errno.h>
#include <ipcbench/host.h>
#include <linux/mempolicy.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

static const struct transport binds = {.name = "ring", .binds_memory = true};
static const struct transport does_not = {.name = "pipe"};

static struct topology *machine(const char *desc)
{
	struct reason why = {""};
	struct topology *t = topology_load_synthetic(desc, &why);

	if (t == NULL)
		fail_msg("%s: %s", desc, why.text);
	return t;
}

/* ---- the choice ------------------------------------------------------------------------------ */

static void check_nodes(const struct topology *t, enum mem mem, int tx, int rx, uint64_t nodes)
{
	struct cell cell = {.mem = mem, .cpu_tx = tx, .cpu_rx = rx, .mem_nodes = 99};
	struct reason why = {""};

	if (memory_choose(&cell, &binds, t, &why) != 0)
		fail_msg("%s", why.text);
	assert_int_equal(cell.mem_nodes, nodes);
}

static void check_refused(const struct topology *t, const struct transport *transport,
	struct cell cell, int err, const char *text)
{
	struct reason why = {""};

	assert_int_equal(memory_choose(&cell, transport, t, &why), -err);
	if (strstr(why.text, text) == NULL)
		fail_msg("\"%s\" is not in: %s", text, why.text);
	assert_int_equal(cell.mem_nodes, 0);
}

static void test_two_nodes(void **state)
{
	struct topology *t = machine("numa:2 pack:1 l3:1 core:4 pu:1");

	(void)state;
	check_nodes(t, MEM_DEFAULT, 1, 5, 0);
	check_nodes(t, MEM_TX, 1, 5, 1);
	check_nodes(t, MEM_RX, 1, 5, 2);
	check_nodes(t, MEM_TX, 5, 1, 2);
	check_nodes(t, MEM_RX, 6, 7, 2);
	check_nodes(t, MEM_INTERLEAVE, 1, 2, 3);
	check_nodes(t, MEM_INTERLEAVE, -1, -1, 3);
	topology_free(t);
}

static void test_nodes_with_gaps(void **state)
{
	struct topology *t = machine("numa:2(indexes=0,8) pack:1 core:2 pu:1");

	(void)state;
	check_nodes(t, MEM_RX, 0, 3, 0x100);
	check_nodes(t, MEM_INTERLEAVE, 0, 3, 0x101);
	topology_free(t);
}

static void test_what_cannot_be(void **state)
{
	struct topology *two = machine("numa:2 pack:1 core:2 pu:1");
	struct topology *one = machine("pack:1 core:2 pu:1");
	const struct cell tx = {.mem = MEM_TX, .cpu_tx = 1, .cpu_rx = 2};
	const struct cell loose = {.mem = MEM_RX, .cpu_tx = -1, .cpu_rx = -1};
	const struct cell all = {.mem = MEM_INTERLEAVE, .cpu_tx = 1, .cpu_rx = 1};

	(void)state;
	check_refused(two, &does_not, tx, EOPNOTSUPP, "pipe has no memory segment");
	check_refused(one, &binds, tx, ENODEV,
		"--mem tx needs two NUMA nodes, the machine has one (node 0)");
	check_refused(one, &binds, all, ENODEV, "--mem interleave needs two");
	check_refused(two, &binds, loose, EINVAL, "not pinned");
	topology_free(two);
	topology_free(one);
}

/* ---- footprints ------------------------------------------------------------------------------ */

static void test_buffers_of_a_footprint(void **state)
{
	(void)state;
	assert_int_equal(footprint_buffers(1, 64), 1);
	assert_int_equal(footprint_buffers(64, 64), 1);
	assert_int_equal(footprint_buffers(65, 64), 2);
	assert_int_equal(footprint_buffers(64 << 20, 1 << 20), 64);
	assert_int_equal(footprint_buffers((64 << 20) + 1, 1 << 20), 128);
	assert_int_equal(footprint_buffers(5 * 10048, 10048), 8);
}

static int send_batch(struct channel *ch, const void *buf, size_t n, size_t count)
{
	(void)ch;
	(void)buf;
	(void)n;
	(void)count;
	return 0;
}

/* What sends batches by a call, and what publishes them by itself. */
static const struct channel_ops calls = {.send_batch = send_batch}, publishes;
static const struct transport by_call = {.name = "pipe", .ops = &calls};
static const struct transport by_itself = {
	.name = "ring", .ops = &publishes, .spreads_inplace = true};

static void check_footprint_of(const struct transport *of, const char *desc,
	const struct cell *like, uint64_t asked, int err, const char *text)
{
	struct topology *t = machine(desc);
	struct cell cell = *like;
	struct reason why = {""};

	assert_int_equal(footprint_choose(&cell, asked, of, t, 1, &why), -err);
	if (strstr(why.text, text) == NULL)
		fail_msg("\"%s\" is not in: %s", text, why.text);
	if (err == 0)
		assert_int_equal(cell.footprint, asked == FOOTPRINT_COLD ? 2 << 20 : asked);
	if (err == 0)
		assert_int_equal(cell.cold, asked == FOOTPRINT_COLD);
	topology_free(t);
}

static void check_footprint(
	const char *desc, const struct cell *like, uint64_t asked, int err, const char *text)
{
	check_footprint_of(&by_call, desc, like, asked, err, text);
}

static void test_footprint_of_a_cell(void **state)
{
	static const char cache[] = "pack:1 l2:1(size=524288) core:2 pu:1";
	const struct cell copy = {.mode = MODE_LATENCY, .size = 4096, .batch = 1};
	const struct cell inplace = {
		.mode = MODE_LATENCY, .size = 4096, .copy = COPY_INPLACE, .batch = 1};
	struct cell batch = {.mode = MODE_THROUGHPUT, .size = 4096, .batch = 16};
	const struct cell huge = {.mode = MODE_THROUGHPUT, .size = 4096, .batch = 1 << 28};

	(void)state;
	check_footprint(cache, &copy, 0, 0, "");
	check_footprint(cache, &copy, 4096, 0, "");
	check_footprint(cache, &copy, FOOTPRINT_COLD, 0, "");
	check_footprint("pack:1 core:2 pu:1", &copy, FOOTPRINT_COLD, ENODEV,
		"this machine shows no cache; give a size");
	check_footprint(cache, &copy, 4095, EINVAL,
		"does not hold a message of 4 KiB; use --footprint 4K or");
	check_footprint(cache, &inplace, 8192, EOPNOTSUPP, "pipe cannot spread messages in place");
	check_footprint(cache, &copy, UINT64_C(1) << 40, ENOMEM, "takes 3 TiB in all");
	/* one call takes a batch from one buffer */
	check_footprint(cache, &batch, 64 << 10, 0, "");
	check_footprint(cache, &batch, (64 << 10) - 1, EINVAL,
		"does not hold a batch of 64 KiB; use --footprint 64K");
	check_footprint(cache, &huge, 0, ENOMEM, "a buffer of 1 TiB per side takes 2 TiB in all");
	check_footprint(cache, &huge, 0, ENOMEM, "use a smaller --batch or --size");
	/* a ring takes its messages one by one from such a buffer; in place it holds two batches */
	check_footprint_of(&by_itself, cache, &batch, 4096, 0, "");
	check_footprint_of(&by_itself, cache, &huge, 0, 0, "");
	batch.copy = COPY_INPLACE;
	check_footprint_of(&by_itself, cache, &batch, 128 << 10, 0, "");
	check_footprint_of(&by_itself, cache, &batch, (128 << 10) - 1, EINVAL,
		"does not hold two batches of 64 KiB; use --footprint 128K or more");
}

/* Twice the cache for each process; computing takes none, and nothing does not either. */
static void test_memory_of_a_background_load(void **state)
{
	const struct background none = {BACKGROUND_NONE, 0}, cpu = {BACKGROUND_CPU, 1024},
				memory = {BACKGROUND_MEMORY, 3};
	struct reason why = {""};
	uint64_t bytes = 1;

	(void)state;
	assert_int_equal(background_choose(&bytes, &none, 0, &why), 0);
	assert_int_equal(bytes, 0);
	assert_int_equal(background_choose(&bytes, &cpu, 0, &why), 0);
	assert_int_equal(bytes, 0);
	assert_true(background_seconds(&cpu, bytes) == 0);
	assert_int_equal(background_choose(&bytes, &memory, 1 << 20, &why), 0);
	assert_int_equal(bytes, 2 << 20);
	assert_float_equal(background_seconds(&memory, UINT64_C(1) << 30), 2.147, 0.01);
	assert_int_equal(background_choose(&bytes, &memory, 0, &why), -ENODEV);
	assert_non_null(strstr(why.text, "shows no cache; use --load cpu:3"));
	assert_int_equal(background_choose(&bytes, &memory, UINT64_C(1) << 40, &why), -ENOMEM);
	assert_non_null(strstr(why.text, "--load memory:3 takes 2 TiB for each process, and"));
}

static void test_time_to_make_a_footprint(void **state)
{
	struct cell cell = {.mode = MODE_LATENCY, .size = 1 << 20, .batch = 1};

	(void)state;
	assert_true(footprint_seconds(&cell, &by_call) < 0.01);
	cell.footprint = UINT64_C(8) << 30;
	/* to send and to receive, and what the other side answers from, at 1.5 GB/s */
	assert_float_equal(footprint_seconds(&cell, &by_call), 17.18, 0.01);
	cell.footprint++; /* a power of two of buffers */
	assert_float_equal(footprint_seconds(&cell, &by_call), 34.36, 0.01);
	cell.mode = MODE_THROUGHPUT;
	assert_float_equal(footprint_seconds(&cell, &by_call), 22.91, 0.01);
	/* a batch of a ring has no buffer */
	cell = (struct cell){.mode = MODE_THROUGHPUT, .size = 1 << 20, .batch = 1 << 10};
	assert_float_equal(footprint_seconds(&cell, &by_call), 1.43, 0.01);
	assert_true(footprint_seconds(&cell, &by_itself) < 0.01);
}

static void test_launch_waits_for_its_buffers(void **state)
{
	const struct item hot = {
		.transport = &by_call, .cell = {.mode = MODE_LATENCY, .size = 1 << 20, .batch = 1}};
	struct item large = hot;
	struct settings s = {.duration_s = 1};

	(void)state;
	large.cell.footprint = UINT64_C(8) << 30;
	double buffers = footprint_seconds(&large.cell, &by_call);

	assert_float_equal(launch_limit(&s, &hot), 13, 0.1);
	assert_true(launch_limit(&s, &large) >= 13 + 3 * buffers);
	s.messages = 1;
	assert_float_equal(launch_limit(&s, &hot), 60, 0.1);
	assert_true(launch_limit(&s, &large) >= 60 + 3 * buffers);
	s.timeout_s = 2;
	assert_float_equal(launch_limit(&s, &large), 2, 0);
}

/* ---- the kernel ------------------------------------------------------------------------------ */

/* A cell bound to the first node that this process may use. */
static struct cell bound_cell(void)
{
	unsigned long mask[MEMORY_NODES_MAX / (8 * sizeof(unsigned long))] = {0};
	struct cell cell = {.mem = MEM_TX, .size = 64, .cpu_tx = -1, .cpu_rx = -1, .batch = 1};
	struct reason why = {""};

	if (syscall(SYS_get_mempolicy, NULL, mask, MEMORY_NODES_MAX, NULL, MPOL_F_MEMS_ALLOWED) <
			0 ||
		mask[0] == 0)
		skip();
	cell.mem_nodes = UINT64_C(1) << __builtin_ctzl(mask[0]);
	if (memory_allowed(&cell, &why) < 0)
		skip();
	return cell;
}

static int policy_of(void *address)
{
	int mode = -1;
	unsigned long flags = address == NULL ? 0 : MPOL_F_ADDR;

	assert_int_equal(syscall(SYS_get_mempolicy, &mode, NULL, 0, address, flags), 0);
	return mode;
}

static void test_a_mapping_is_bound(void **state)
{
	struct cell cell = bound_cell();
	size_t bytes = 4 * (size_t)sysconf(_SC_PAGESIZE);
	struct memory_policy before;
	struct reason why = {""};
	char *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	(void)state;
	assert_ptr_not_equal(p, MAP_FAILED);
	assert_int_equal(memory_begin(&cell, &before, &why), 0);
	assert_int_equal(policy_of(NULL), MPOL_BIND);
	memset(p, 1, bytes);
	memory_end(&cell, &before);
	assert_int_equal(policy_of(NULL), MPOL_DEFAULT);
	if (ipcbench_bind_memory(p, bytes, &cell, &why) != 0)
		fail_msg("%s", why.text);
	assert_int_equal(policy_of(p), MPOL_BIND);
	cell.mem = MEM_INTERLEAVE;
	assert_int_equal(ipcbench_bind_memory(p, bytes, &cell, &why), 0);
	assert_int_equal(policy_of(p), MPOL_INTERLEAVE);
	munmap(p, bytes);
}

static void test_default_leaves_everything(void **state)
{
	struct cell cell = bound_cell();
	struct memory_policy before;
	size_t bytes = (size_t)sysconf(_SC_PAGESIZE);
	char *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	(void)state;
	cell.mem = MEM_DEFAULT;
	assert_int_equal(memory_begin(&cell, &before, NULL), 0);
	assert_int_equal(policy_of(NULL), MPOL_DEFAULT);
	memory_end(&cell, &before);
	assert_int_equal(ipcbench_bind_memory(p, bytes, &cell, NULL), 0);
	assert_int_equal(policy_of(p), MPOL_DEFAULT);
	munmap(p, bytes);
}

/* What numactl set is there again afterwards. */
static void test_the_policy_before_comes_back(void **state)
{
	struct cell cell = bound_cell();
	struct memory_policy before;
	unsigned long mask = (unsigned long)cell.mem_nodes;

	(void)state;
	assert_int_equal(syscall(SYS_set_mempolicy, MPOL_INTERLEAVE, &mask, 65), 0);
	assert_int_equal(memory_begin(&cell, &before, NULL), 0);
	assert_int_equal(policy_of(NULL), MPOL_BIND);
	memory_end(&cell, &before);
	assert_int_equal(policy_of(NULL), MPOL_INTERLEAVE);
	assert_int_equal(memory_allowed(&cell, NULL), 0);
	assert_int_equal(policy_of(NULL), MPOL_INTERLEAVE);
	assert_int_equal(syscall(SYS_set_mempolicy, MPOL_DEFAULT, NULL, 0), 0);
}

static void test_a_node_that_is_not_there(void **state)
{
	struct cell cell = bound_cell();
	struct memory_policy before;
	struct reason why = {""};

	(void)state;
	cell.mem_nodes = UINT64_C(1) << 63;
	assert_int_equal(memory_allowed(&cell, &why), -ENODEV);
	assert_non_null(strstr(why.text, "--mem tx needs NUMA node 63"));
	assert_true(memory_begin(&cell, &before, &why) < 0);
	assert_non_null(strstr(why.text, "set_mempolicy to NUMA node 63"));
	assert_int_equal(policy_of(NULL), MPOL_DEFAULT);
}

/* Opens a channel of this transport as the driver does, past the planner, which wants two nodes. */
static void check_segment(const struct selection *sel, const struct cell *cell)
{
	struct shm_state *state =
		aligned_alloc(CACHE_LINE, (sizeof(*state) + CACHE_LINE) / CACHE_LINE * CACHE_LINE);
	struct channel ch = {
		.cell = cell, .config = sel->config, .state = state, .wait = WAIT_SPIN};
	struct memory_policy before;

	assert_non_null(state);
	memset(state, 0, sizeof(*state));
	assert_int_equal(memory_begin(cell, &before, &ch.why), 0);
	int r = sel->transport->open(&ch);

	memory_end(cell, &before);
	if (r != 0)
		fail_msg("%s: %s", sel->spelling, ch.why.text);
	assert_int_equal(policy_of(state->segment.base),
		cell->mem == MEM_INTERLEAVE ? MPOL_INTERLEAVE : MPOL_BIND);
	sel->transport->close(&ch);
	free(state);
}

static void test_every_kind_of_segment(void **state)
{
	struct selection_list list = {NULL, 0};
	struct cell cell = bound_cell();
	struct reason why = {""};

	(void)state;
	cell.wait = WAIT_SPIN;
	assert_int_equal(
		selections_parse(&list, "-t",
			"shm:segment=memfd,shm:segment=posix,posix-shm,sysv-shm,mmap", &why),
		0);
	assert_int_equal(list.count, 5);
	for (size_t i = 0; i < list.count; i++) {
		cell.mem = MEM_RX;
		check_segment(&list.items[i], &cell);
		cell.mem = MEM_INTERLEAVE;
		check_segment(&list.items[i], &cell);
	}
	selections_free(list.items, list.count);
}

static void on_child(int sig)
{
	(void)sig;
}

/* A whole launch, bound. */
static void test_a_launch(void **state)
{
	struct histogram *const unwanted[LAT_KINDS] = {NULL, NULL};
	struct settings settings = {.messages = 500, .timeout_s = 60};
	struct item item = {.transport = registry_find("sysv-shm"), .cell = bound_cell()};
	struct trial trial = {.item = &item};
	struct shm_config config = {0};
	struct clock clock;
	sigset_t child;

	(void)state;
	item.config = &config;
	item.key = (struct cell_key){.transport = "sysv-shm",
		.mode = item.cell.mode,
		.wait = item.cell.wait,
		.copy = item.cell.copy,
		.size = item.cell.size,
		.mem = item.cell.mem};
	signal(SIGCHLD, on_child);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	clock_use_syscall(&clock);
	assert_int_equal(launch(&trial, &settings, &clock, NULL, unwanted), 0);
	if (trial.status != STATUS_OK)
		fail_msg("%s", trial.reason.text);
	assert_int_equal(policy_of(NULL), MPOL_DEFAULT);
	/* a node that is not there is the launch's failure, not its silence */
	item.cell.mem_nodes = UINT64_C(1) << 63;
	assert_int_equal(launch(&trial, &settings, &clock, NULL, unwanted), 0);
	assert_int_equal(trial.status, STATUS_FAIL);
	assert_non_null(strstr(trial.reason.text, "NUMA node 63"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_nodes),
		cmocka_unit_test(test_nodes_with_gaps),
		cmocka_unit_test(test_what_cannot_be),
		cmocka_unit_test(test_buffers_of_a_footprint),
		cmocka_unit_test(test_footprint_of_a_cell),
		cmocka_unit_test(test_memory_of_a_background_load),
		cmocka_unit_test(test_time_to_make_a_footprint),
		cmocka_unit_test(test_launch_waits_for_its_buffers),
		cmocka_unit_test(test_a_mapping_is_bound),
		cmocka_unit_test(test_default_leaves_everything),
		cmocka_unit_test(test_the_policy_before_comes_back),
		cmocka_unit_test(test_a_node_that_is_not_there),
		cmocka_unit_test(test_every_kind_of_segment),
		cmocka_unit_test(test_a_launch),
	};

	return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
