/* SPDX-License-Identifier: MIT */
/* The target that FUZZ_TARGET names, and what the targets share. Without a name it lists them. */
#include "fuzz.h"

#include "cli/option.h"
#include "results/results.h"
#include "text/claim.h"
#include "text/memory.h"
#include "text/record.h"
#include "text/rows.h"
#include <errno.h>
#include <locale.h>
#include <sanitizer/allocator_interface.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct target {
	const char *name;
	fuzz_fn *run;
	bool keeps; /* memory until the program ends, as the command line does */
} targets[] = {
	{"command", fuzz_command, true},
	{"count", fuzz_count, false},
	{"document", fuzz_document, false},
	{"gate", fuzz_gate, false},
	{"hist-log", fuzz_hist_log, false},
	{"histogram", fuzz_histogram, false},
	{"key", fuzz_key, false},
	{"ledger", fuzz_ledger, false},
	{"machine", fuzz_machine, false},
	{"matrix", fuzz_matrix, false},
	{"option-file", fuzz_option_file, true},
	{"proc", fuzz_proc, false},
	{"replay", fuzz_replay, false},
	{"resume", fuzz_resume, false},
	{"rows", fuzz_rows, false},
	{"run", fuzz_run, false},
	{"sizes", fuzz_sizes, false},
	{"slice", fuzz_slice, false},
	{"text", fuzz_text, false},
};
static const struct target *target;
static struct topology *topology;
char fuzz_dir[200];

_Noreturn void fuzz_fail(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
	abort();
}

const struct topology *fuzz_topology(void)
{
	return topology;
}

char *fuzz_part(char **rest)
{
	return strsep(rest, "\f");
}

/* ---- what a command keeps until its end ------------------------------------------------------ */

/* What the present input has allocated and not freed. */
static struct {
	bool on;
	const volatile void *at[1 << 16];
	size_t count;
} kept;

static void on_malloc(const volatile void *memory, size_t size)
{
	(void)size;
	if (kept.on && memory != NULL && kept.count < ARRAY_SIZE(kept.at))
		kept.at[kept.count++] = memory;
}

/* What is freed is mostly what was allocated last. */
static void on_free(const volatile void *memory)
{
	for (size_t i = kept.on ? kept.count : 0; i-- > 0;) {
		if (kept.at[i] == memory) {
			kept.at[i] = kept.at[--kept.count];
			return;
		}
	}
}

static void free_kept(void)
{
	kept.on = false;
	while (kept.count > 0)
		free((void *)(uintptr_t)kept.at[--kept.count]);
}

/* ---- files ----------------------------------------------------------------------------------- */

void fuzz_write(const char *name, const void *bytes, size_t len)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", fuzz_dir, name);
	FILE *out = fopen(path, "we");

	for (char *p = path + strlen(fuzz_dir) + 1; out == NULL && (p = strchr(p, '/')) != NULL;) {
		*p = '\0';
		mkdir(path, 0700);
		*p++ = '/';
	}
	out = out == NULL ? fopen(path, "we") : out;
	EXPECT(out != NULL && fwrite(bytes, 1, len, out) == len && fclose(out) == 0);
}

void fuzz_write_parts(const char *const *names, char *text)
{
	static char *there[32]; /* a target has one list of names */
	char path[512];

	for (size_t i = 0; names[i] != NULL; i++) {
		const char *part = fuzz_part(&text);

		if (part != NULL && there[i] != NULL && strcmp(part, there[i]) == 0)
			continue;
		free(there[i]);
		there[i] = need_copy(part);
		if (part != NULL)
			fuzz_write(names[i], part, strlen(part));
		else if (snprintf(path, sizeof(path), "%s/%s", fuzz_dir, names[i]) > 0)
			unlink(path);
	}
}

/* ---- what is written ------------------------------------------------------------------------- */

static void check_plain(const char *text)
{
	char *plain = need_copy(text);

	format_plain(plain, strlen(text) + 1, text, true);
	for (size_t i = 0; text[i] != '\0'; i++)
		EXPECT(plain[i] == text[i] || text[i] == '\n');
	EXPECT(strlen(plain) == strlen(text));
	free(plain);
}

static bool tag_is(const char *tag, const char *name, size_t len)
{
	return strncmp(tag, name, len) == 0 && strchr(" \n/>", tag[len]) != NULL;
}

/* Rows of a table have the same number of bars, and the only HTML is what folds text away. */
static void check_markdown(const char *text)
{
	size_t bars = 0, before = 0;

	for (; *text != '\0'; text++) {
		if (*text == '\\' && text[1] != '\n' && text[1] != '\0') {
			text++;
			continue;
		}
		const char *tag = text + 1 + (text[1] == '/');

		EXPECT(*text != '<' || tag_is(tag, "details", 7) || tag_is(tag, "summary", 7));
		bars += *text == '|';
		if (*text == '\n') {
			EXPECT(before == 0 || bars == 0 || bars == before);
			before = bars;
			bars = 0;
		}
	}
}

/* Braces match, and what is special stands behind a backslash. */
static void check_latex(const char *text)
{
	size_t depth = 0;

	for (; *text != '\0'; text++) {
		EXPECT((unsigned char)*text < 0x80 && strchr("#$^~_\"", *text) == NULL);
		if (*text == '\\' && text[1] != '\0') {
			text++;
			continue;
		}
		EXPECT(*text != '}' || depth > 0);
		depth += *text == '{';
		depth -= *text == '}';
	}
	EXPECT(depth == 0);
}

/* Returns what is behind a tag; a value in quotes may hold its end. */
static const char *skip_tag(const char *at)
{
	bool quoted = false;

	for (; *at != '>' || quoted; at++) {
		EXPECT(*at != '\0' && *at != '<');
		quoted ^= *at == '"';
	}
	return at + 1;
}

/* What is behind an opening tag, or behind the text of a style or a script. */
static const char *skip_body(const char *tag, const char *at)
{
	const char *end = tag_is(tag, "style", 5)    ? "</style>"
			  : tag_is(tag, "script", 6) ? "</script>"
						     : NULL;

	return end == NULL ? at : strstr(at, end);
}

/* XML or HTML whose elements end where they should. */
static void check_markup(const char *text)
{
	const char *open[64], *at = text;
	size_t depth = 0;

	while ((at = strpbrk(at, "<&")) != NULL) {
		const char *tag = at + 1 + (at[1] == '/');
		size_t len = strcspn(tag, " \n/>");

		if (*at == '&') {
			at += 1 + strspn(at + 1, "#abcdefghijklmnopqrstuvwxyz0123456789");
			EXPECT(*at == ';');
			continue;
		}
		bool closes = tag > at + 1;

		at = skip_tag(tag);
		if (strchr("!?", *tag) != NULL || at[-2] == '/' || tag_is(tag, "meta", 4) ||
			tag_is(tag, "input", 5) || tag_is(tag, "br", 2))
			continue;
		EXPECT(closes ? depth > 0 && tag_is(open[depth - 1], tag, len)
			      : depth < ARRAY_SIZE(open));
		depth -= closes;
		if (!closes) {
			open[depth++] = tag;
			at = skip_body(tag, at);
		}
	}
	EXPECT(depth == 0);
}

static void check_json(const char *text)
{
	json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

	EXPECT(json != NULL);
	json_decref(json);
}

static void check_csv(const char *text)
{
	struct reason why;
	struct rows rows;

	EXPECT(rows_parse(&rows, need_copy(text), strlen(text), "", &why) == 0);
	rows_free(&rows);
}

void fuzz_check(const char *text, enum form form)
{
	static void (*const checks[])(const char *text) = {
		[FORM_PLAIN] = check_plain,
		[FORM_MARKDOWN] = check_markdown,
		[FORM_LATEX] = check_latex,
		[FORM_MARKUP] = check_markup,
		[FORM_JSON] = check_json,
		[FORM_CSV] = check_csv,
	};

	/* the last two are data, which is kept as it is */
	if (form < FORM_JSON)
		check_plain(text);
	checks[form](text);
}

void fuzz_check_output(output_writer *write, const void *what, enum form form)
{
	char *text;
	size_t len;
	FILE *out = need_stream(&text, &len);

	EXPECT(write(out, what) == 0);
	need_stream_end(out);
	EXPECT(strlen(text) == len);
	fuzz_check(text, form);
	free(text);
}

void fuzz_check_document(fill_fn *fill, const void *what)
{
	static const enum form forms[] = {[DOC_TERMINAL] = FORM_PLAIN,
		[DOC_MARKDOWN] = FORM_MARKDOWN,
		[DOC_LATEX] = FORM_LATEX,
		[DOC_HTML] = FORM_MARKUP};
	char *text;
	size_t len;

	for (enum doc_format format = DOC_TERMINAL; format <= DOC_HTML; format++) {
		FILE *out = need_stream(&text, &len);

		EXPECT(document_print(out, format, fill, what, 60, false) == 0);
		need_stream_end(out);
		fuzz_check(text, forms[format]);
		free(text);
	}
}

static int write_plan(FILE *out, const void *plan)
{
	plan_print(out, plan);
	return 0;
}

bool fuzz_check_plan(const struct settings *s)
{
	const bool rates = (s->words[AXIS_MODE] & (1u << MODE_RATE)) != 0;
	const size_t counts[] = {s->selection_count, s->size_count + s->mix_count,
		rates ? s->rate_count : 1, s->think_count, s->batch_count, s->footprint_count,
		s->background_count, s->depths.count, s->channels.count};
	double launches = s->trials;
	struct plan plan;

	for (size_t i = 0; i < ARRAY_SIZE(counts); i++)
		launches *= counts[i] > 0 ? (double)counts[i] : 1;
	for (enum axis axis = 0; axis < AXIS_COUNT; axis++)
		launches *= s->words[axis] != 0 ? __builtin_popcount(s->words[axis]) : 1;
	if (launches > 1e5)
		return false;
	plan_build(&plan, s, topology);
	fuzz_check_output(write_plan, &plan, FORM_PLAIN);
	plan_free(&plan);
	return true;
}

/* ---- LibFuzzer ------------------------------------------------------------------------------- */

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* No input loads a plugin: the linker puts this in the place of what does. */
int refuse_plugin(const char *path, struct reason *why) __asm__("__wrap_registry_load_plugin");
int refuse_plugin(const char *path, struct reason *why)
{
	return reason_set(why, ENOENT, "%s: not loaded", path);
}

/* NOLINTNEXTLINE(readability-non-const-parameter): as LibFuzzer declares it */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *name = getenv("FUZZ_TARGET"), *tmp = getenv("TMPDIR");
	struct reason why;

	(void)argc;
	(void)argv;
	for (size_t i = 0; i < ARRAY_SIZE(targets); i++) {
		if (name == NULL)
			puts(targets[i].name);
		else if (strcmp(targets[i].name, name) == 0)
			target = &targets[i];
	}
	if (target == NULL && name != NULL)
		fprintf(stderr, "fuzz: FUZZ_TARGET=%s: no such target\n", name);
	if (target == NULL)
		exit(name == NULL ? 0 : 2);
	setlocale(LC_CTYPE, "C.UTF-8");
	snprintf(fuzz_dir, sizeof(fuzz_dir), "%s/ipcbench-fuzz-XXXXXX", tmp == NULL ? "/tmp" : tmp);
	EXPECT(mkdtemp(fuzz_dir) != NULL && setenv("XDG_RUNTIME_DIR", fuzz_dir, 1) == 0);
	topology = topology_load_synthetic("numa:2 pack:1 l3:2 core:2 pu:2", &why);
	EXPECT(topology != NULL);
	__sanitizer_install_malloc_and_free_hooks(on_malloc, on_free);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *text = need_array(len + 1, 1);

	memcpy(text, data, len);
	kept.on = target->keeps;
	target->run(text, len);
	claims_end(); /* what it has read is noted until then */
	option_files_free();
	free_kept();
	free(text);
	return 0;
}
