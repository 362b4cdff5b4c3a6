/* SPDX-License-Identifier: MIT */
/*
 * What the build makes out of the tables of the program: the bash completion, and the man page.
 * That is a template in which a line @COMMANDS@, @OPTIONS@, @MECHANISMS@ or
 * @TRANSPORT_OPTIONS@ stands for a section made here, and @VERSION@ for the version.
 */
#include "commands.h"

#include "cli/command.h"
#include "cli/measure-options.h"
#include "list/list.h"
#include "plan/plan.h"
#include "text/memory.h"
#include "text/text-file.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Text as troff shows it: a plain hyphen would become a dash that nobody can paste. */
static void roff(FILE *out, const char *text)
{
	static const char plain[] = "\\-'`~";
	static const char *const escaped[] = {"\\e", "\\-", "\\(aq", "\\(ga", "\\(ti"};

	for (const char *p = text; *p != '\0'; p++) {
		if (p == text && (*p == '.' || *p == '\''))
			fputs("\\&", out);
		const char *special = strchr(plain, *p);

		if (special != NULL)
			fputs(escaped[special - plain], out);
		else
			fputc(*p, out);
	}
}

/* Text as --help has it: a capital letter would change a word that is to be typed. */
static void roff_line(FILE *out, const char *text)
{
	roff(out, text);
	fputc('\n', out);
}

static void option_entry(FILE *out, const struct option_row *o)
{
	char *help = option_help(o);

	fputs(".TP\n", out);
	if (o->letter != '\0')
		fprintf(out, "\\fB\\-%c\\fR, ", o->letter);
	fputs("\\fB\\-\\-", out);
	roff(out, o->name);
	fputs("\\fR", out);
	if (o->arg != NULL)
		fprintf(out, "=\\fI%s\\fR", o->arg);
	fputc('\n', out);
	roff_line(out, help);
	free(help);
}

static void option_title(FILE *out, const char *help)
{
	char *title = need_text("%.*s", (int)strcspn(help, ":"), help);

	fputs(".SS \"", out);
	roff(out, title);
	fputs("\"\n", out);
	free(title);
}

static void option_entries(FILE *out, const struct option_row *o)
{
	for (; !option_is_end(o); o++) {
		if (o->name == NULL)
			option_title(out, o->help);
		else if (!o->hidden)
			option_entry(out, o);
	}
}

static void print_commands(FILE *out)
{
	for (const struct command *const *c = commands; *c != NULL; c++) {
		if ((*c)->hidden)
			continue;
		fprintf(out, ".SS \"ipcbench %s\"\n", (*c)->name);
		roff_line(out, (*c)->summary);
		option_entries(out, (*c)->options);
	}
}

static void mechanism(void *arg, const struct transport *t, bool first_of_family)
{
	FILE *out = arg;

	if (first_of_family)
		fprintf(out, ".SS \"%s\"\n", t->family);
	fputs(".TP\n.B ", out);
	roff(out, t->name);
	fputc('\n', out);
	roff_line(out, t->summary);
}

static void transport_option(FILE *out, const struct transport *t, const struct option_spec *o)
{
	struct choices choices;

	fputs(".TP\n\\fB", out);
	roff(out, t->name);
	fputs(":", out);
	roff(out, o->name);
	fprintf(out, "\\fR=\\fI%s\\fR\n", option_type_name(o->type));
	roff(out, o->help == NULL ? o->name : o->help);
	for (const char *const *w = config_choices(&choices, o); *w != NULL; w++) {
		fputs(w == choices.words ? "; one of \\fB" : ", \\fB", out);
		roff(out, *w);
		fputs("\\fR", out);
	}
	if (o->initial != NULL) {
		fputs(". Default: ", out);
		roff(out, o->initial);
	}
	fputc('\n', out);
}

static void transport_options(void *arg, const struct transport *t, bool first_of_family)
{
	(void)first_of_family;
	for (const struct option_spec *o = t->options; o != NULL && o->name != NULL; o++)
		transport_option(arg, t, o);
}

static void template_line(FILE *out, const char *line)
{
	const char *version = strstr(line, "@VERSION@");

	if (strcmp(line, "@COMMANDS@") == 0)
		print_commands(out);
	else if (strcmp(line, "@OPTIONS@") == 0)
		option_entries(out, measure_options);
	else if (strcmp(line, "@MECHANISMS@") == 0)
		list_each(mechanism, out);
	else if (strcmp(line, "@TRANSPORT_OPTIONS@") == 0)
		list_each(transport_options, out);
	else if (version != NULL)
		fprintf(out, "%.*s%s%s\n", (int)(version - line), line, IPCBENCH_VERSION,
			version + strlen("@VERSION@"));
	else
		fprintf(out, "%s\n", line);
}

static int man_page_print(FILE *out, const char *path)
{
	struct reason why;
	char *text;
	size_t len;
	int r = whole_file_read(path, WRITTEN_FILE_MAX, &text, &len, &why);

	if (r < 0)
		return complain(&why, r);
	text[len - (len > 0 && text[len - 1] == '\n')] = '\0';
	for (char *rest = text, *line; (line = strsep(&rest, "\n")) != NULL;)
		template_line(out, line);
	free(text);
	return 0;
}

/* ---- the bash completion: a fixed frame around words from option table and registry ---------- */

/*
 * Words are cut out of the line here, since bash splits them at ':' and '='; what it replaces
 * begins after the last of these.
 */
static const char frame[] =
	"# Made by `ipcbench manual completion`.\n"
	"# shellcheck shell=bash\n"
	"\n"
	"# The last of the items of --transport: after NAME:OPTION=VALUE and a comma, more options of\n"
	"# that mechanism can follow as well as another mechanism.\n"
	"_ipcbench_items() {\n"
	"	local owner='' options\n"
	"	[[ $2 == *:* || $1 != *:* ]] || owner=${1%:*}\n"
	"	if [[ -n $owner ]]; then\n"
	"		_ipcbench_transports \"${owner##*,}:$2\"\n"
	"		options=$words\n"
	"		[[ $2 == *=* ]] && return\n"
	"	fi\n"
	"	_ipcbench_transports \"$2\"\n"
	"	words=\"$words $options\"\n"
	"}\n"
	"\n"
	"_ipcbench() {\n"
	"	local line=${COMP_LINE:0:COMP_POINT} token option value item words='' match\n"
	"	token=${line##*[[:space:]]}\n"
	"	line=${line%\"$token\"}\n"
	"	COMPREPLY=()\n"
	"	if [[ $token == --*=* ]]; then\n"
	"		option=${token%%=*} value=${token#*=}\n"
	"	else\n"
	"		read -r -a match <<<\"$line\"\n"
	"		option='' value=$token\n"
	"		((${#match[@]} == 0)) || option=${match[-1]}\n"
	"	fi\n"
	"	item=${value##*,}\n"
	"	case $option in\n";

static const char frame_end[] =
	"	*)\n"
	"		item=$token\n"
	"		_ipcbench_words \"$line\"\n"
	"		;;\n"
	"	esac\n"
	"	local before=${token%\"$item\"} kept=${token##*[:=]}\n"
	"	kept=${token%\"$kept\"}\n"
	"	while read -r match; do\n"
	"		[[ -z $match ]] && continue\n"
	"		match=$before$match\n"
	"		COMPREPLY+=(\"${match#\"$kept\"}\")\n"
	"		[[ $match == *= ]] && compopt -o nospace 2>/dev/null\n"
	"	done < <(compgen -W \"$words\" -- \"$item\")\n"
	"}\n"
	"complete -F _ipcbench ipcbench\n";

/* What follows an option that takes a value. */
static void complete_values(FILE *out, const struct option_row *o)
{
	if (o->letter != '\0')
		fprintf(out, "	-%c | --%s)\n", o->letter, o->name);
	else
		fprintf(out, "	--%s)\n", o->name);
	if (strcmp(o->name, "transport") == 0) {
		fputs("		_ipcbench_items \"$value\" \"$item\"\n		item=${item##*[:=]}\n",
			out);
	} else if (option_words(o) != NULL) {
		fputs("		words='", out);
		words_write(out, option_words(o), " ");
		fputs("'\n", out);
	} else if (strcmp(o->arg, "FILE") == 0 || strcmp(o->arg, "DIR") == 0) {
		fprintf(out,
			"		mapfile -t COMPREPLY < <(compgen -%c -- \"$value\")\n"
			"		compopt -o filenames 2>/dev/null\n"
			"		return\n",
			o->arg[0] == 'D' ? 'd' : 'f');
	} else {
		fputs("		return\n", out);
	}
	fputs("		;;\n", out);
}

static void complete_choices(FILE *out, const struct transport *t, const struct option_spec *o)
{
	struct choices choices;

	fprintf(out, "	%s:%s=*)\n		words='", t->name, o->name);
	words_write(out, config_choices(&choices, o), " ");
	fputs("'\n		;;\n", out);
}

static void complete_transport_options(FILE *out, const struct transport *t)
{
	if (t->options == NULL)
		return;
	for (const struct option_spec *o = t->options; o->name != NULL; o++)
		if (o->type == OPTION_CHOICE)
			complete_choices(out, t, o);
	fprintf(out, "	%s:*=*) ;;\n	%s:*)\n		words='", t->name, t->name);
	for (const struct option_spec *o = t->options; o->name != NULL; o++)
		fprintf(out, "%s%s=", o == t->options ? "" : " ", o->name);
	fputs("'\n		;;\n", out);
}

/* Sets `words` of the caller to what can follow the last item of --transport. */
static void complete_transports(FILE *out)
{
	const char **names = selection_names();

	fputs("\n_ipcbench_transports() {\n	case $1 in\n", out);
	for (size_t i = 0; i < registry_count(); i++)
		complete_transport_options(out, registry_at(i));
	fputs("	*:*) ;;\n	*)\n		words='", out);
	words_write(out, names, " ");
	free(names);
	fputs("'\n		;;\n	esac\n}\n", out);
}

static void complete_options(FILE *out, const struct option_row *table)
{
	for (const struct option_row *o = table; !option_is_end(o); o++)
		if (o->name != NULL && !o->hidden)
			fprintf(out, " --%s%s", o->name, o->arg == NULL ? "" : "=");
}

/* Sets `words` to the options of the command in the line, and to the commands where one may be. */
static void complete_commands(FILE *out)
{
	fputs("_ipcbench_words() {\n	local first\n	read -r _ first _ <<<\"$1\"\n	case $first in\n",
		out);
	for (const struct command *const *of = commands; *of != NULL; of++) {
		const struct command *c = *of;

		if (c->hidden)
			continue;
		fprintf(out, "	%s)\n		words='", c->name);
		for (size_t i = 0; c->operand != NULL && c->operand(i) != NULL; i++)
			fprintf(out, " %s", c->operand(i));
		complete_options(out, c->options);
		fputs("'\n", out);
		if (c->takes_files)
			fputs("		compopt -o default 2>/dev/null\n", out);
		fputs("		;;\n", out);
	}
	fputs("	*)\n		words='", out);
	complete_options(out, measure_options);
	fputs("'\n		[[ -n $first ]] || words+='", out);
	for (const struct command *const *c = commands; *c != NULL; c++)
		if (!(*c)->hidden)
			fprintf(out, " %s", (*c)->name);
	fputs("'\n		;;\n	esac\n}\n\n", out);
}

static void completion_print(FILE *out)
{
	const char *body = strstr(frame, "# The last of the items");

	fprintf(out, "%.*s", (int)(body - frame), frame);
	complete_commands(out);
	complete_transports(out);
	fprintf(out, "\n%s", body);
	for (const struct option_row *o = measure_options; !option_is_end(o); o++)
		if (o->name != NULL && o->arg != NULL && !o->hidden)
			complete_values(out, o);
	fputs(frame_end, out);
}

/* ---- the command ----------------------------------------------------------------------------- */

struct manual_settings {
	const char *template; /* of the man page; NULL = the bash completion */
};

static int check(void *settings, const struct arguments *given, struct reason *why)
{
	struct manual_settings *s = settings;
	bool man = given->word_count > 0 && strcmp(given->words[0], "man") == 0;
	bool completion = given->word_count > 0 && strcmp(given->words[0], "completion") == 0;
	size_t most = man ? 2 : completion;

	if (given->word_count > most)
		return reason_set(why, EINVAL,
			"manual: \"%.40s\" is not understood; write \"man TEMPLATE\" or "
			"\"completion\"",
			given->words[most]);
	if (given->word_count == 0 || given->word_count < most)
		return reason_set(why, EINVAL, "manual: write \"man TEMPLATE\" or \"completion\"");
	s->template = man ? given->words[1] : NULL;
	return 0;
}

static int run(void *settings, struct call *call)
{
	const struct manual_settings *s = settings;

	if (s->template == NULL)
		completion_print(stdout);
	else if (man_page_print(stdout, s->template) < 0)
		return EXIT_FAILED;
	(void)call;
	return EXIT_MEASURED;
}

static const struct option_row options[] = {OPTION_ROWS_END};

const struct command manual_command = {
	.name = "manual",
	.summary = "print the man page or the bash completion",
	.options = options,
	.operands = "man TEMPLATE\ncompletion",
	.doc = "Prints the man page or the bash completion; used by the build.",
	.hidden = true,
	.settings_size = sizeof(struct manual_settings),
	.check = check,
	.run = run,
};
