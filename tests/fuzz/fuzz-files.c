/* SPDX-License-Identifier: MIT */
/* Targets that take files: an input is their texts, with a form feed between two. */
#include "fuzz.h"

#include "advise/advice.h"
#include "doctor/doctor.h"
#include "gate/comparison.h"
#include "hist/log.h"
#include "histograms/hist-command.h"
#include "list/list.h"
#include "measure/machine.h"
#include "replay/resume.h"
#include "report/parts.h"
#include "results/sections.h"
#include "run/objects.h"
#include "spread/spread.h"
#include "tables/tables.h"
#include "text/memory.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <zlib.h>

/* ---- a report -------------------------------------------------------------------------------- */

static int write_page(FILE *out, const void *page)
{
	char *html;
	size_t len;

	page_make((struct page *)(uintptr_t)page, &html, &len);
	EXPECT(len <= REPORT_BYTES_MAX && fwrite(html, 1, len, out) == len);
	free(html);
	return 0;
}

/* Loads the directory, as one side of a page or as both, and makes the page. 0 or -errno. */
static int check_page(struct page *p, size_t sides)
{
	static const struct stored_options options = {(1u << GATE_METRIC_COUNT) - 1, 0.1};
	struct reason why = {""};
	int r = 0;

	*p = (struct page){.count = 0};
	while (p->count < sides && r == 0)
		r = subject_load(&p->subjects[p->count++], fuzz_dir, 'A', &why);
	EXPECT(r == 0 || why.text[0] != '\0');
	if (r == 0 && sides == 2) {
		stored_compare(&p->pairs[p->pair_count++], &p->subjects[0].run, &p->subjects[1].run,
			&options);
		p->pairs[0].results.run_id = p->subjects[1].run_id;
	}
	if (r == 0)
		fuzz_check_output(write_page, p, FORM_MARKUP);
	return r;
}

static void free_page(struct page *p)
{
	for (size_t i = 0; i < p->pair_count; i++)
		stored_free(&p->pairs[i]);
	for (size_t i = 0; i < p->count; i++)
		subject_free(&p->subjects[i]);
}

/* ---- stored runs ----------------------------------------------------------------------------- */

static void check_results(const struct results *r)
{
	fuzz_check_document(results_document, r);
	fuzz_check_output(csv_write_trials, r, FORM_CSV);
	fuzz_check_output(csv_write_summary, r, FORM_CSV);
	fuzz_check_output(json_write, r, FORM_JSON);
	fuzz_check_output(markdown_write, r, FORM_MARKDOWN);
	fuzz_check_output(latex_write, r, FORM_LATEX);
}

static void check_comparison(const struct gate_results *r)
{
	fuzz_check_document(gate_fill, r);
	fuzz_check_output(gate_markdown_write, r, FORM_MARKDOWN);
	fuzz_check_output(gate_json_write, r, FORM_JSON);
	fuzz_check_output(gate_compare_csv_write, r, FORM_CSV);
	fuzz_check_output(gate_junit_write, r, FORM_MARKUP);
	fuzz_check_output(gate_action_bigger_write, r, FORM_JSON);
	fuzz_check_output(gate_action_smaller_write, r, FORM_JSON);
	fuzz_check_output(gate_bmf_write, r, FORM_JSON);
}

static void check_tables(const struct stored_run *run)
{
	struct spread spread;
	struct tables tables;

	tables_read(&tables, run, TABLES_ALL);
	fuzz_check_document(tables_document, &tables);
	fuzz_check_output(tables_write_csv, &tables, FORM_CSV);
	fuzz_check_output(tables_write_json, &tables, FORM_JSON);
	tables_free(&tables);
	spread_read(&spread, run, 1, METRIC_COUNT);
	fuzz_check_document(spread_document, &spread);
	fuzz_check_output(spread_write_csv, &spread, FORM_CSV);
	spread_free(&spread);
}

static int write_advice(FILE *out, const void *answer)
{
	const struct answer *a = answer;

	return json_put(out, record_json(a->asked != NULL ? advice_put : tree_put, a, 0));
}

/* What it advises for these needs, or the tree. */
static void check_advice(const struct stored_run *run, const char *asked)
{
	const struct transport *transports[64];
	struct needs needs;
	struct answer a = {.asked = asked, .run = run, .machine = env_machine(run->env)};
	struct judge_input in = {.transports = transports, .measured = run, .needs = &needs};
	struct reason why;

	needs_init(&needs);
	EXPECT(asked == NULL || needs_parse(&needs, asked, &why) == 0);
	while (in.transport_count < registry_count() && in.transport_count < 64) {
		transports[in.transport_count] = registry_at(in.transport_count);
		in.transport_count++;
	}
	int r = asked == NULL ? tree_build(&a.tree, &in, &why) : advise_judge(&a.advice, &in, &why);

	if (r == 0) {
		fuzz_check_document(asked == NULL ? tree_fill : advice_fill, &a);
		fuzz_check_output(write_advice, &a, FORM_JSON);
	}
	advice_free(&a.advice);
	tree_free(&a.tree);
	free(a.machine);
}

void fuzz_run(char *text, size_t len)
{
	static const char *const files[] = {"trials.csv", "env.json", "summary.csv", NULL};
	struct page p;

	(void)len;
	fuzz_write_parts(files, text);
	if (check_page(&p, 2) == 0) {
		check_results(&p.subjects[0].stored.results);
		check_comparison(&p.pairs[0].results);
		check_tables(&p.subjects[0].run);
		check_advice(&p.subjects[0].run, NULL);
		check_advice(&p.subjects[0].run, "size=64,rate=1k,p99<90us");
	}
	free_page(&p);
}

static int write_deviations(FILE *out, const void *replay)
{
	replay_print_deviations(out, replay, 60);
	return 0;
}

void fuzz_replay(char *text, size_t len)
{
	static const char *const files[] = {"trials.csv", "env.json", NULL};
	const struct settings given = {.replay = fuzz_dir};
	struct reason why = {""};
	struct replay r;
	struct plan plan;

	(void)len;
	fuzz_write_parts(files, text);
	int err = replay_open(&r, &given, &why);

	EXPECT(err == 0 || why.text[0] != '\0');
	if (err == 0 && fuzz_check_plan(&r.settings)) {
		plan_build(&plan, &r.settings, fuzz_topology());
		replay_fit(&r, &plan, fuzz_topology());
		EXPECT(plan.launch_count <= r.step_count);
		fuzz_check_output(write_deviations, &r, FORM_PLAIN);
		plan_free(&plan);
	}
	replay_close(&r);
}

/* Of one cell, whose log has the name that the plan gives it. */
void fuzz_resume(char *text, size_t len)
{
	static const char *const files[] = {"trials.csv", "env.json", "incomplete",
		"hist/pipe_block_copy_latency_64_same-cpu_2-2_default.hlog", "timeline.csv",
		"sides.csv", NULL};
	const struct settings given = {.resume = fuzz_dir, .dry_run = true};
	struct reason why = {""};
	struct resume r;
	struct plan plan;

	(void)len;
	fuzz_write_parts(files, text);
	int err = resume_open(&r, &given, &why);

	if (err == 0)
		resume_check(&r, "{}", &why);
	if (err == 0 && fuzz_check_plan(&r.run.settings)) {
		plan_build(&plan, &r.run.settings, fuzz_topology());
		size_t planned = plan.launch_count;

		err = resume_fit(&r, &plan, &why);
		resume_cut(&plan);
		EXPECT(err < 0 || plan.launch_count + r.kept == planned);
		plan_free(&plan);
		char *env = resume_env(&r);

		fuzz_check(env, FORM_JSON);
		free(env);
	}
	EXPECT(err == 0 || why.text[0] != '\0');
	resume_close(&r);
}

/* ---- stored comparisons and matrices --------------------------------------------------------- */

void fuzz_gate(char *text, size_t len)
{
	static const char *const files[] = {
		"compare.csv", "gate.json", "env.json", "blocks.csv", NULL};
	struct page p;

	(void)len;
	fuzz_write_parts(files, text);
	if (check_page(&p, 1) == 0)
		check_comparison(&p.subjects[0].gate.results);
	free_page(&p);
}

void fuzz_matrix(char *text, size_t len)
{
	static const char *const files[] = {"topology.csv", "env.json", NULL};
	struct page p;

	(void)len;
	fuzz_write_parts(files, text);
	if (check_page(&p, 1) == 0)
		fuzz_check_output(matrix_write_csv, &p.subjects[0].matrix, FORM_CSV);
	free_page(&p);
}

/* ---- histograms ------------------------------------------------------------------------------ */

static int write_hgrm(FILE *out, const void *h)
{
	return hgrm_write(out, h, 1000);
}

static void check_histogram(const struct hlog_histogram *h)
{
	struct hlog_histogram again;
	struct reason why;
	char *text = hlog_encode(h);

	EXPECT(text != NULL && hlog_decode(&again, text, strlen(text), &why) == 0);
	EXPECT(again.total == h->total && again.used == h->used);
	for (size_t i = 0; i < h->used; i++)
		EXPECT(again.slot[i].index == h->slot[i].index &&
			again.slot[i].count == h->slot[i].count);
	EXPECT(hlog_min(h) <= hlog_quantile(h, 0.5));
	EXPECT(hlog_quantile(h, 0.5) <= hlog_max(h));
	EXPECT(hlog_add(&again, h) == 0 || h->total > INT64_MAX / 2);
	fuzz_check_output(write_hgrm, h, FORM_PLAIN);
	hlog_free(&again);
	free(text);
}

/* What a log has as text: base 64 of a cookie, a length and compressed bytes; or of plain bytes. */
static char *wrap(const char *bytes, size_t len, bool compress)
{
	uLongf n = compressBound(len);
	uint8_t *wrapped = need_array(n + 8, 1);
	char *text = need_array(BASE64_LENGTH(n + 8) + 1, 1);

	if (compress) {
		EXPECT(compress2(wrapped + 8, &n, (const Bytef *)bytes, len, 1) == Z_OK);
		memcpy(wrapped, "\x1c\x84\x93\x14", 4);
		for (int i = 0; i < 4; i++)
			wrapped[4 + i] = (uint8_t)(n >> (24 - 8 * i));
		n += 8;
	} else {
		n = len;
		memcpy(wrapped, bytes, len);
	}
	base64_encode(text, wrapped, n);
	free(wrapped);
	return text;
}

/* A letter, then text as it stands in a log, bytes to be compressed, or plain bytes. */
void fuzz_histogram(char *text, size_t len)
{
	struct hlog_histogram h;
	struct reason why = {""};

	if (len == 0)
		return;
	char *wrapped =
		text[0] == 't' ? need_copy(text + 1) : wrap(text + 1, len - 1, text[0] == 'c');
	int r = hlog_decode(&h, wrapped, strlen(wrapped), &why);

	EXPECT(r == 0 || why.text[0] != '\0');
	if (r == 0) {
		check_histogram(&h);
		hlog_free(&h);
	}
	free(wrapped);
}

void fuzz_hist_log(char *text, size_t len)
{
	char *path = need_text("%s/log", fuzz_dir);
	const char *const files[] = {path, path};
	struct reason why = {""};
	struct hist_set set;

	fuzz_write("log", text, len);
	for (enum hist_split split = SPLIT_FILE_TAG; split <= SPLIT_INTERVAL; split++) {
		int r = hist_load(&set, files, split == SPLIT_TAG ? 2 : 1, NULL, split, &why);
		const struct hlog_histogram *const pair[] = {&set.all, &set.all};

		EXPECT(r == 0 || why.text[0] != '\0');
		if (r == 0 && split != SPLIT_TAG) {
			fuzz_check_document(hist_fill, &set);
			fuzz_check_output(hist_json, &set, FORM_JSON);
		}
		if (r == 0) {
			fuzz_check_document(hist_diff_fill, pair);
			fuzz_check_output(hist_diff_json, pair, FORM_JSON);
			fuzz_check_output(write_hgrm, &set.all, FORM_PLAIN);
		}
		hist_set_free(&set);
	}
	free(path);
}

/* ---- /proc and /sys, the ledger -------------------------------------------------------------- */

static int write_diagnosis(FILE *out, const void *diagnosis)
{
	return diagnosis_print(out, diagnosis, 60);
}

static int write_diagnosis_json(FILE *out, const void *diagnosis)
{
	return json_put(out, diagnosis_json(diagnosis));
}

#define CPUS "sys/devices/system/cpu/"

void fuzz_machine(char *text, size_t len)
{
	static const char *const files[] = {"proc/cpuinfo", "proc/self/status", "proc/self/cgroup",
		"proc/self/limits", "proc/stat", "proc/loadavg", "proc/meminfo", CPUS "online",
		CPUS "isolated", CPUS "nohz_full", CPUS "cpu0/cpufreq/scaling_governor",
		CPUS "cpu0/cpufreq/scaling_max_freq", CPUS "cpu0/cpuidle/state0/latency",
		CPUS "cpu0/cpuidle/state0/name", CPUS "vulnerabilities/mds",
		CPUS "cpu0/cache/index0/level", CPUS "cpu0/cache/index0/type",
		CPUS "cpu0/cache/index0/size", "sys/fs/cgroup/cpu.max", "sys/fs/cgroup/memory.max",
		"sys/fs/cgroup/memory.current", "sys/fs/cgroup/memory.stat",
		"sys/kernel/mm/transparent_hugepage/enabled", "sys/class/dmi/id/sys_vendor",
		"sys/hypervisor/type", NULL};
	struct diagnosis d = {.worst = 0};

	(void)len;
	fuzz_write_parts(files, text);
	facts_read(&d.facts, fuzz_dir);
	diagnosis_judge(&d);
	fuzz_check_output(write_diagnosis, &d, FORM_PLAIN);
	fuzz_check_output(write_diagnosis_json, &d, FORM_JSON);
	json_decref(machine_caches(fuzz_dir));
	EXPECT(!(machine_memory_room(fuzz_dir) < 0));
}

static int write_cleaning(FILE *out, const void *unused)
{
	(void)unused;
	clean_run(out, true);
	return 0;
}

/* Entries of a ledger: a digit for the kind, then the name. Nothing is removed. */
void fuzz_ledger(char *text, size_t len)
{
	static struct ledger ledger;

	(void)len;
	memset(&ledger, 0, sizeof(ledger));
	memcpy(ledger.magic, LEDGER_MAGIC, sizeof(LEDGER_MAGIC));
	for (size_t i = 0; i < LEDGER_SLOTS && text != NULL; i++) {
		const char *entry = fuzz_part(&text);

		ledger.slot[i].kind = (uint32_t)(entry[0] - '0');
		strncpy(ledger.slot[i].name, entry[0] == '\0' ? "" : entry + 1,
			sizeof(ledger.slot[i].name));
	}
	fuzz_write("ipcbench/1.1.00000000.ledger", &ledger, sizeof(ledger));
	fuzz_check_output(write_cleaning, NULL, FORM_PLAIN);
}
