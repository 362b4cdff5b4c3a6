/* SPDX-License-Identifier: MIT */
/* Targets that take texts: command lines, option files, rows, keys, and what is printed. */
#include "fuzz.h"

#include "cli/measure-options.h"
#include "commands.h"
#include "gate/comparison.h"
#include "measure/kin.h"
#include "results/results.h"
#include "run/trial.h"
#include "support/fd.h"
#include "text/memory.h"
#include "text/record.h"
#include "text/rows.h"
#include "text/text-file.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>

/* ---- command lines and option files ---------------------------------------------------------- */

/* What a selection is called selects it. */
static void check_spelling(const struct selection *s)
{
	struct selection_list list = {.items = NULL};
	struct reason why;

	EXPECT(selections_parse(&list, "", s->spelling, &why) == 0 && list.count == 1);
	EXPECT(strcmp(list.items[0].spelling, s->spelling) == 0);
	selections_free(list.items, list.count);
}

/* Whether an error line says something. */
static void check_reason(int r, const struct reason *why)
{
	EXPECT(r >= 0 || why->text[0] != '\0');
}

/* Whether an option file is named: the next target is about these. */
static bool names_file(const struct command *c, int argc, char *const *argv)
{
	struct arguments a;

	arguments_split(&a, c->options, argc, (const char *const *)argv);
	bool named = arguments_given(&a, OPTION_FILE) != NULL;

	arguments_free(&a);
	return named;
}

/* A word per line. */
void fuzz_command(char *text, size_t len)
{
	char *words[64] = {need_copy("ipcbench")}, **argv = words;
	struct reason why = {""};
	int argc = 1;

	if (len > 0 && text[len - 1] == '\n')
		text[len - 1] = '\0';
	for (char *word; argc < 63 && (word = strsep(&text, "\n")) != NULL;)
		words[argc++] = word;
	const struct command *c = command_of(argc, argv);

	if (c != &measure_command) {
		argv++;
		argc--;
	}
	if (names_file(c, argc, argv))
		return;
	void *settings = need_array(1, c->settings_size);
	int r = command_parse(c, settings, argc, argv, &why);

	check_reason(r, &why);
	if (r != 0 || c != &measure_command)
		return;
	const struct settings *s = settings;

	for (size_t i = 0; i < s->selection_count; i++)
		check_spelling(&s->selections[i]);
	fuzz_check_plan(s);
}

/* The first letter says whether it has weights. What a run stores is read back as the same. */
void fuzz_sizes(char *text, size_t len)
{
	const char *source = text[0] == 'd' ? "dist:x" : "trace:x";
	struct sizes mix = {.source = need_copy(source)}, again = {.source = need_copy(source)};
	struct reason why = {""};
	int r = len == 0 ? -EINVAL : sizes_read(&mix, text + 1, len - 1, &why);

	EXPECT(len == 0 || r == 0 || why.text[0] != '\0');
	if (r == 0) {
		char *stored = need_copy(mix.text);
		uint32_t *turn = sizes_turn(&mix, len);

		fuzz_check(mix.name, FORM_PLAIN);
		EXPECT(sizes_read(&again, stored, strlen(stored), &why) == 0);
		EXPECT(strcmp(again.name, mix.name) == 0 && again.count == mix.count);
		EXPECT(memcmp(again.turn, mix.turn, mix.count * sizeof(*turn)) == 0);
		EXPECT(sizes_bytes(turn, mix.count, 0, mix.count) <= (double)mix.count * mix.most);
		free(turn);
		free(stored);
	}
	sizes_free(&mix);
	sizes_free(&again);
}

/* The words that stand for an option file ask for the same, and nothing else is wrong with them. */
static void check_words_of(const struct settings *s)
{
	struct settings again;
	struct reason why = {""};

	EXPECT(command_parse(&measure_command, &again, s->argc, s->argv, &why) == 0);
	EXPECT(again.config == NULL && again.selection_count == s->selection_count);
	EXPECT(again.trials == s->trials && again.size_count == s->size_count);
	for (size_t i = 0; i < s->selection_count; i++)
		EXPECT(strcmp(again.selections[i].spelling, s->selections[i].spelling) == 0);
}

/* Of a gate, and of a measurement. */
void fuzz_option_file(char *text, size_t len)
{
	char *path = need_text("%s/options", fuzz_dir);
	char *argv[] = {need_copy("ipcbench"), need_copy("--config"), path, NULL};
	struct gate_settings gate;
	struct settings settings;
	struct reason why = {""};

	fuzz_write("options", text, len);
	check_reason(command_parse(&gate_command, &gate, 3, argv, &why), &why);
	why.text[0] = '\0';
	int r = command_parse(&measure_command, &settings, 3, argv, &why);

	check_reason(r, &why);
	if (r == 0)
		check_words_of(&settings);
}

/* ---- rows ------------------------------------------------------------------------------------ */

/* The fields of row `i` of all lines, the header included. */
static void put_fields(struct record *rec, const void *table, size_t i)
{
	const struct rows *rows = table;

	for (size_t c = 0; c < rows->columns; c++)
		record_text(rec, "a,\"b", rows->fields[i * rows->columns + c]);
}

/* What is read comes back when it is written and read again. */
void fuzz_rows(char *text, size_t len)
{
	struct reason why;
	struct rows rows, again = {.text = NULL};
	char *copy = need_array(len + 1, 1), *csv;

	memcpy(copy, text, len);
	if (rows_parse(&rows, copy, len, "", &why) == 0) {
		FILE *out = need_stream(&csv, &len);
		size_t lines = rows.count + 1;

		EXPECT(records_csv(out, put_fields, &rows, lines) == 0);
		need_stream_end(out);
		/* a line with nothing but an empty field is one at the end as well */
		EXPECT(rows_parse(&again, csv, len, "", &why) == 0);
		EXPECT(again.count == lines && again.columns == rows.columns);
		for (size_t i = 0; i < lines * rows.columns; i++)
			EXPECT(strcmp(rows.fields[i], again.fields[rows.columns + i]) == 0);
		for (size_t i = 0; i < rows.count; i++) {
			rows_number(&rows, i, rows.fields[0]);
			rows_whole(&rows, i, rows.fields[0], 1e9, -1);
		}
	}
	rows_free(&rows);
	rows_free(&again);
}

/* ---- keys ------------------------------------------------------------------------------------ */

static void put_key(struct record *rec, const void *key, size_t i)
{
	(void)i;
	key_write(rec, key, 0, AXIS_COUNT);
}

/* A key that was written says the same where its axes apply. */
static void check_key(const struct cell_key *key)
{
	struct cell_key again;
	struct reason why;
	struct rows rows;
	char *csv, *name = key_name_new(key, AXIS_ALL), buf[64];
	size_t len;
	FILE *out = need_stream(&csv, &len);

	records_csv(out, put_key, key, 1);
	need_stream_end(out);
	EXPECT(rows_parse(&rows, csv, len, "", &why) == 0 && rows.count == 1);
	key_read(&again, &rows, 0);
	for (enum axis axis = 0; axis < AXIS_COUNT; axis++) {
		EXPECT(!axis_applies(key, axis) || axis_order(key, &again, axis) == 0);
		axis_spell(buf, sizeof(buf), key, axis);
	}
	char *name_again = key_name_new(&again, AXIS_ALL);

	EXPECT(strcmp(name, name_again) == 0);
	free(key_title_new(key, name));
	free(name_again);
	free(name);
	rows_free(&rows);
}

/* A file name with only what stands for itself, and the short names in small buffers. */
static void check_names(const struct cell_key *key)
{
	const struct item item = {.key = *key, .cell = item_cell(key, 0, 1)};
	char name[CELL_NAME_LEN];

	key_late(name, 40, key, AXIS_LATE, AXIS_ALL);
	key_load(name, 40, key);
	for (enum axis axis = 0; axis < AXIS_COUNT; axis++)
		if (key->foreign[axis] != NULL)
			return;
	cell_name(name, sizeof(name), &item);
	EXPECT(name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				 ".+-=_%")] == '\0');
}

/* A line per axis. */
void fuzz_key(char *text, size_t len)
{
	char none[] = "", *fields[2 * AXIS_COUNT];
	const struct rows rows = {.fields = fields, .columns = AXIS_COUNT, .count = 1};
	struct cell_key key;

	(void)len;
	for (enum axis axis = 0; axis < AXIS_COUNT; axis++) {
		char *value = strsep(&text, "\n");

		fields[axis] = (char *)(uintptr_t)axes[axis].column;
		fields[AXIS_COUNT + axis] = value == NULL ? none : value;
	}
	key_read(&key, &rows, 0);
	check_key(&key);
	check_names(&key);
}

/* ---- texts ----------------------------------------------------------------------------------- */

/* What is cut stays whole characters. */
static void check_plain(const char *text, size_t len)
{
	char *plain = need_array(len + 1, 1);

	for (size_t room = len + 1; room > 0; room = room / 2) {
		format_plain(plain, room, text, room % 2 == 0);
		fuzz_check(plain, FORM_PLAIN);
	}
	EXPECT(format_leading(plain, 7) <= strlen(plain));
	free(plain);
}

/* Of flags, statuses and identifiers that are known, the spelling is read back. */
static void check_words(const char *text)
{
	unsigned int flags = flags_read(text);
	char spelled[256];
	enum status status;
	uint32_t folded;

	EXPECT(flags_read(flags_spell(spelled, sizeof(spelled), flags)) == flags);
	EXPECT(!status_read(&status, text) || strcmp(status_name(status), text) == 0);
	if (run_id_read(text, &folded))
		EXPECT(strlen(text) < RUN_ID_LEN);
}

/* The value of a key has no end of a line in it and no blanks around it. */
static void check_finding(char *text)
{
	char value[24];

	if (text_find(text, "flags", ':', value, sizeof(value)) != NULL)
		EXPECT(strchr(value, '\n') == NULL && value[0] != ' ');
	text_lists(text, ",:", "cpu");
	char *chosen = text_chosen(text);

	EXPECT(chosen == NULL || strchr(chosen, ']') == NULL);
}

static int write_wrapped(FILE *out, const void *text)
{
	format_wrap(out, text, 3, 6, 20);
	return 0;
}

void fuzz_text(char *text, size_t len)
{
	char *plain = need_copy(text);
	json_t *json = json_text(text);

	EXPECT(json_is_string(json));
	json_decref(json);
	check_plain(text, len);
	check_words(text);
	format_plain(plain, strlen(text) + 1, plain, true);
	fuzz_check_output(write_wrapped, plain, FORM_PLAIN);
	check_finding(text);
	free(plain);
}

/* ---- documents and records ------------------------------------------------------------------- */

/* Every place of a document that takes texts, each with text of a user. */
static void fill_document(struct document *d, const void *texts)
{
	const char *const *text = texts;
	static const char *const legend[] = {"best", "range"};

	d->legend = legend;
	for (enum block_kind kind = BLOCK_TITLE; kind <= BLOCK_NOTE; kind++)
		document_add(d, kind, "%s", text[0])->level = kind % 2;
	document_term(d, 12, text[1], "%s", text[0]);
	document_join(d, BLOCK_NOTE, text[0], text[1], text[2]);
	document_join(d, BLOCK_NOTE, text[0], text[2], text[2]);
	struct grid *g = document_grid(d, NULL, 0);

	grid_title(g, "%s", text[2]);
	grid_column(g, "%s", text[0])->left = true;
	grid_column(g, "%s", text[1])->marks = 3;
	g->column[1].drop = 1;
	g->column[1].below = true;
	g->wraps = text[0][0] == 'w';
	for (size_t i = 0; i < 3; i++) {
		struct grid_row *row = grid_row(g);

		row->group = need_copy(text[i]);
		row->mark = (const char[]){0, ROW_BEST, ROW_TIED}[i];
		row->tone = (enum tone)i;
		grid_plain(g, text[i]);
		grid_plain(g, text[2 - i]);
	}
	document_legend(d);
}

static void put_texts(struct record *rec, const void *texts, size_t i)
{
	const char *const *text = texts;

	record_text(rec, "a", text[i]);
	record_text(rec, "b", text[2 - i]);
	record_words(rec, "c", text, 0, 0);
}

static int write_csv(FILE *out, const void *texts)
{
	return records_csv(out, put_texts, texts, 3);
}

static int write_json(FILE *out, const void *texts)
{
	const char *const *text = texts;

	return json_put(out, json_pack("{s:o, s:o}", "rows", records_json(put_texts, texts, 3),
				     "env", json_embedded(text[0])));
}

static int write_page(FILE *out, const void *texts)
{
	const char *const *text = texts;

	html_put(out, "<p title=\"%s\">%.*s</p><pre>", text[0], 9, text[1]);
	html_shell_word(out, text[2]);
	fputs("</pre><a href=\"", out);
	html_uri(out, text[0], strlen(text[0]));
	fputs("\"></a>", out);
	return 0;
}

/* Three texts. */
void fuzz_document(char *text, size_t len)
{
	const char *raw[3];
	char *plain[3];

	for (size_t i = 0; i < 3; i++) {
		const char *part = fuzz_part(&text);

		raw[i] = part == NULL ? "" : part;
		plain[i] = need_copy(raw[i]);
		format_plain(plain[i], strlen(raw[i]) + 1, raw[i], true);
	}
	(void)len;
	fuzz_check_document(fill_document, plain);
	fuzz_check_output(write_csv, raw, FORM_CSV);
	fuzz_check_output(write_json, raw, FORM_JSON);
	fuzz_check_output(write_page, raw, FORM_MARKUP);
	for (size_t i = 0; i < 3; i++)
		free(plain[i]);
}

/* ---- what a gate reads of a build ------------------------------------------------------------ */

/* Standard output, then standard error, of a program that ended well and of one that did not. */
void fuzz_slice(char *text, size_t len)
{
	static const struct cell_key asked = {
		.transport = "shm", .size = 64, .mode = MODE_THROUGHPUT, .batch = 1};
	struct gate_slice slice = {.messages = 0};

	(void)len;
	const char *out = fuzz_part(&text), *err = text == NULL ? "" : text;

	for (int status = 0; status <= 256; status += 256) {
		struct slice_said said = {need_copy(out), need_copy(err), status};
		struct slice_result result = {.status = STATUS_FAIL};
		int r = slice_understand(&slice, &result, &said, "./ipcbench", &asked);

		check_reason(r, &result.why);
		struct reason plain = result.why;

		reason_plain(&plain);
		EXPECT(strcmp(plain.text, result.why.text) == 0);
		EXPECT(slice.messages >= 0);
		free(said.out);
		free(said.err);
	}
}

/* ---- what a program writes, and what the kernel tells ---------------------------------------- */

/* What a program as a side writes at its end. */
void fuzz_count(char *text, size_t len)
{
	struct reason why = {""};
	uint64_t count = UINT64_MAX;
	char spelled[32];
	int pair[2];

	/* a pipe holds this much, and one line is read */
	EXPECT(pipe(pair) == 0 && (len > 4096 || write(pair[1], text, len) == (ssize_t)len));
	close(pair[1]);
	int r = fd_read_count(pair[0], &count, &why);

	close(pair[0]);
	EXPECT(r == 0 || r == -EPIPE || why.text[0] != '\0');
	if (r < 0)
		return;
	text[strcspn(text, "\n")] = '\0';
	snprintf(spelled, sizeof(spelled), "%llu", (unsigned long long)count);
	EXPECT(strcmp(text + strspn(text, "0"), spelled + (count == 0)) == 0);
}

/* The files of /proc that the present input stands for, one after the other. */
static char *told;

int read_file(const char *path, char *buf, size_t size) __asm__("__real_text_file_read");
int read_told(const char *path, char *buf, size_t size) __asm__("__wrap_text_file_read");
int read_told(const char *path, char *buf, size_t size)
{
	if (told == NULL)
		return read_file(path, buf, size);
	const char *part = fuzz_part(&told);

	told = told == NULL ? strchr(part, '\0') : told;
	snprintf(buf, size, "%s", part);
	return (int)strlen(buf);
}

/* The processes of a worker, and its own pressure and switches. */
void fuzz_proc(char *text, size_t len)
{
	struct kin k = {.count = 1, .of = {{.pid = getpid()}}};
	double used[USED_COUNT] = {0};

	(void)len;
	told = text;
	double pss = kin_close(&k, used), own = usage_pss(), stall = usage_stall();

	EXPECT(k.count <= KIN_MAX && pss >= 0 && isfinite(pss) && !(own < 0) && !(stall < 0));
	for (int i = 0; i < USED_COUNT; i++)
		EXPECT(isnan(used[i]) || (isfinite(used[i]) && used[i] >= 0));
	usage_told(used);
	for (int i = USED_MIGRATIONS; i < USED_COUNT; i++)
		EXPECT(isnan(used[i]) || (isfinite(used[i]) && used[i] >= 0));
	told = NULL;
}
