/* SPDX-License-Identifier: MIT */
/*
 * Completion for bash, zsh and fish: fixed frames around words from the tables of options and
 * commands and from the registry of transports.
 */
#include "commands.h"

#include "cli/command.h"
#include "cli/measure-options.h"
#include "plan/plan.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool names_transports(const struct option_row *o)
{
	return strcmp(o->name, "transport") == 0;
}

static bool is_path(const struct option_row *o)
{
	return strcmp(o->arg, "FILE") == 0 || strcmp(o->arg, "DIR") == 0;
}

static void operands_write(FILE *out, const struct command *c)
{
	for (size_t i = 0; c->operand != NULL && c->operand(i) != NULL; i++)
		fprintf(out, "%s%s", i == 0 ? "" : " ", c->operand(i));
}

/* ---- mechanisms, for bash and zsh ------------------------------------------------------------ */

static const char items[] =
	"# The last of the items of --transport: after NAME:OPTION=VALUE and a comma, more options of\n"
	"# that mechanism can follow as well as another mechanism.\n"
	"_ipcbench_items() {\n"
	"	local owner='' more\n"
	"	[[ $2 == *:* || $1 != *:* ]] || owner=${1%:*}\n"
	"	if [[ -n $owner ]]; then\n"
	"		_ipcbench_transports \"${owner##*,}:$2\"\n"
	"		more=$found\n"
	"		[[ $2 == *=* ]] && return\n"
	"	fi\n"
	"	_ipcbench_transports \"$2\"\n"
	"	found=\"$found $more\"\n"
	"}\n";

static void complete_choices(FILE *out, const struct transport *t, const struct option_spec *o)
{
	struct choices choices;

	fprintf(out, "	%s:%s=*)\n		found='", t->name, o->name);
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
	fprintf(out, "	%s:*=*) ;;\n	%s:*)\n		found='", t->name, t->name);
	for (const struct option_spec *o = t->options; o->name != NULL; o++)
		fprintf(out, "%s%s=", o == t->options ? "" : " ", o->name);
	fputs("'\n		;;\n", out);
}

/* Sets `found` of the caller to what can follow the last item of --transport. */
static void complete_transports(FILE *out)
{
	const char **names = selection_names();

	fputs("\n_ipcbench_transports() {\n	case $1 in\n", out);
	for (size_t i = 0; i < registry_count(); i++)
		complete_transport_options(out, registry_at(i));
	fputs("	*:*) ;;\n	*)\n		found='", out);
	words_write(out, names, " ");
	free(names);
	fputs("'\n		;;\n	esac\n}\n", out);
}

/* ---- bash ------------------------------------------------------------------------------------ */

/*
 * Words are cut out of the line here, since bash splits them at ':' and '='; what it replaces
 * begins after the last of these.
 */
static const char frame[] =
	"_ipcbench() {\n"
	"	local line=${COMP_LINE:0:COMP_POINT} token option value item found='' match\n"
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
	"	done < <(compgen -W \"$found\" -- \"$item\")\n"
	"}\n"
	"complete -F _ipcbench ipcbench\n";

/* What follows an option that takes a value. */
static void complete_values(FILE *out, const struct option_row *o)
{
	if (o->letter != '\0')
		fprintf(out, "	-%c | --%s)\n", o->letter, o->name);
	else
		fprintf(out, "	--%s)\n", o->name);
	if (names_transports(o)) {
		fputs("		_ipcbench_items \"$value\" \"$item\"\n		item=${item##*[:=]}\n",
			out);
	} else if (option_words(o) != NULL) {
		fputs("		found='", out);
		words_write(out, option_words(o), " ");
		fputs("'\n", out);
	} else if (is_path(o)) {
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

static const struct option_row *row_named(const struct option_row *table, const char *name)
{
	for (; !option_is_end(table); table++)
		if (table->name != NULL && strcmp(table->name, name) == 0)
			return table;
	return NULL;
}

/* An option that several commands have is completed as in the first of their tables. */
static const struct option_row *first_row(const char *name)
{
	const struct option_row *found = row_named(measure_options, name);

	for (const struct command *const *c = commands; *c != NULL && found == NULL; c++)
		if (!(*c)->hidden)
			found = row_named((*c)->options, name);
	return found;
}

static void complete_all_values(FILE *out, const struct option_row *table)
{
	for (const struct option_row *o = table; !option_is_end(o); o++)
		if (o->name != NULL && o->arg != NULL && !o->hidden && o == first_row(o->name))
			complete_values(out, o);
}

static void complete_options(FILE *out, const struct option_row *table)
{
	for (const struct option_row *o = table; !option_is_end(o); o++)
		if (o->name != NULL && !o->hidden)
			fprintf(out, " --%s%s", o->name, o->arg == NULL ? "" : "=");
}

/* Sets `found` to the options of the command in the line, and to the commands where one may be. */
static void complete_commands(FILE *out)
{
	fputs("_ipcbench_words() {\n	local first\n	read -r _ first _ <<<\"$1\"\n	case $first in\n",
		out);
	for (const struct command *const *of = commands; *of != NULL; of++) {
		const struct command *c = *of;

		if (c->hidden)
			continue;
		fprintf(out, "	%s)\n		found='", c->name);
		operands_write(out, c);
		complete_options(out, c->options);
		fputs("'\n", out);
		if (c->takes_files)
			fputs("		compopt -o default 2>/dev/null\n", out);
		fputs("		;;\n", out);
	}
	fputs("	*)\n		found='", out);
	complete_options(out, measure_options);
	fputs("'\n		[[ -n $first ]] || found+='", out);
	for (const struct command *const *c = commands; *c != NULL; c++)
		if (!(*c)->hidden)
			fprintf(out, " %s", (*c)->name);
	fputs("'\n		;;\n	esac\n}\n\n", out);
}

static void bash_print(FILE *out)
{
	fputs("# Made by `ipcbench manual completion bash`.\n# shellcheck shell=bash\n\n", out);
	complete_commands(out);
	complete_transports(out);
	fprintf(out, "\n%s\n%s", items, frame);
	complete_all_values(out, measure_options);
	for (const struct command *const *c = commands; *c != NULL; c++)
		if (!(*c)->hidden)
			complete_all_values(out, (*c)->options);
	fputs(frame_end, out);
}

/* ---- what zsh and fish show beside an option ------------------------------------------------- */

/* Too short for one is what goes before the text: "merge: the log to write". */
#define CLAUSE_MIN 12

/* The first clause of a help text, for single quotes, with a backslash before each of `marked`. */
static void quote(FILE *out, const char *text, const char *marked)
{
	for (const char *p = text; *p != '\0'; p++) {
		if (strchr(";:.", *p) != NULL && (p[1] == ' ' || p[1] == '\0') &&
			p - text >= CLAUSE_MIN)
			break;
		if (strchr(marked, *p) != NULL)
			fputc('\\', out);
		fputs(*p == '\'' ? "'\\''" : (const char[]){*p, '\0'}, out);
	}
}

static void quote_option(FILE *out, const struct option_row *o, const char *marked)
{
	char *help = option_help(o);

	quote(out, help, marked);
	free(help);
}

/* ---- zsh ------------------------------------------------------------------------------------- */

static void zsh_value(FILE *out, const struct option_row *o)
{
	fprintf(out, ":%s:", o->arg);
	if (names_transports(o)) {
		fputs("_ipcbench_transport", out);
	} else if (option_words(o) != NULL) {
		bool list = o->read == read_words;

		fputs(list ? "_sequence compadd - " : "(", out);
		words_write(out, option_words(o), " ");
		fputs(list ? "" : ")", out);
	} else if (is_path(o)) {
		fputs(o->arg[0] == 'D' ? "_files -/" : "_files", out);
	} else {
		fputc(' ', out);
	}
}

static void zsh_options(FILE *out, const struct option_row *table)
{
	for (const struct option_row *o = table; !option_is_end(o); o++) {
		const char *equals = o->arg == NULL ? "" : "=";

		if (o->name == NULL || o->hidden)
			continue;
		fputs(" \\\n		'*", out);
		if (o->letter != '\0')
			fprintf(out, "'{-%c%s,--%s%s}'[", o->letter, o->arg == NULL ? "" : "+",
				o->name, equals);
		else
			fprintf(out, "--%s%s[", o->name, equals);
		quote_option(out, o, "[]\\");
		fputc(']', out);
		if (o->arg != NULL)
			zsh_value(out, o);
		fputc('\'', out);
	}
}

static void zsh_command(FILE *out, const struct command *c)
{
	fprintf(out, "	%s)\n		_arguments -s", c->name);
	zsh_options(out, c->options);
	if (c->operand != NULL || c->takes_files)
		fputs(" \\\n		'*:operand:{", out);
	if (c->operand != NULL) {
		fputs("compadd -- ", out);
		operands_write(out, c);
	}
	if (c->operand != NULL || c->takes_files)
		fputs(c->takes_files ? "; _files}'" : "}'", out);
	fputs("\n		;;\n", out);
}

static void zsh_print(FILE *out)
{
	fputs("#compdef ipcbench\n"
	      "# Made by `ipcbench manual completion zsh`.\n",
		out);
	complete_transports(out);
	fprintf(out, "\n%s", items);
	fputs("\n"
	      "_ipcbench_transport() {\n"
	      "	local found=''\n"
	      "	_ipcbench_items \"$PREFIX\" \"${PREFIX##*,}\"\n"
	      "	compset -P '*[,:=]'\n"
	      "	compadd -S '' -- ${=found}\n"
	      "}\n"
	      "\n"
	      "_ipcbench() {\n"
	      "	local command=''\n"
	      "	local -a subcommands=(",
		out);
	for (const struct command *const *c = commands; *c != NULL; c++) {
		if ((*c)->hidden)
			continue;
		fprintf(out, "\n		'%s:", (*c)->name);
		quote(out, (*c)->summary, "\\");
		fputc('\'', out);
	}
	fputs("\n	)\n"
	      "	if ((CURRENT > 2)) && [[ -n ${subcommands[(r)$words[2]:*]} ]]; then\n"
	      "		shift words\n"
	      "		((CURRENT--))\n"
	      "		command=$words[1]\n"
	      "	elif ((CURRENT == 2)); then\n"
	      "		_describe command subcommands\n"
	      "	fi\n"
	      "	case $command in\n",
		out);
	for (const struct command *const *c = commands; *c != NULL; c++)
		if (!(*c)->hidden)
			zsh_command(out, *c);
	fputs("	*)\n		_arguments -s", out);
	zsh_options(out, measure_options);
	fputs("\n		;;\n	esac\n}\n\n_ipcbench \"$@\"\n", out);
}

/* ---- fish ------------------------------------------------------------------------------------ */

static void fish_value(FILE *out, const struct option_row *o)
{
	const char *const *words = option_words(o);

	if (is_path(o)) {
		fputs(o->arg[0] == 'D' ? " -x -a '(__fish_complete_directories)'" : " -r -F", out);
		return;
	}
	fputs(" -x", out);
	if (names_transports(o)) {
		fputs(" -a '(__ipcbench_list $__ipcbench_transports)'", out);
	} else if (words != NULL) {
		fputs(o->read == read_words ? " -a '(__ipcbench_list " : " -a '", out);
		words_write(out, words, " ");
		fputs(o->read == read_words ? ")'" : "'", out);
	}
}

/* Of a command, or of measuring, whose name is empty. */
static void fish_command(FILE *out, const struct command *c)
{
	const char *name = c->name[0] == '\0' ? "measure" : c->name;

	fputc('\n', out);
	if (c->name[0] != '\0') {
		fprintf(out, "complete -c ipcbench -n __ipcbench_first -a %s -d '", name);
		quote(out, c->summary, "\\");
		fputs("'\n", out);
	}
	if (c->takes_files)
		fprintf(out, "complete -c ipcbench -n '__ipcbench_is %s' -F\n", name);
	if (c->operand != NULL) {
		fprintf(out, "complete -c ipcbench -n '__ipcbench_is %s' -a '", name);
		operands_write(out, c);
		fputs("'\n", out);
	}
	for (const struct option_row *o = c->options; !option_is_end(o); o++) {
		if (o->name == NULL || o->hidden)
			continue;
		fprintf(out, "complete -c ipcbench -n '__ipcbench_is %s' -l %s", name, o->name);
		if (o->letter != '\0')
			fprintf(out, " -s %c", o->letter);
		if (o->arg != NULL)
			fish_value(out, o);
		fputs(" -d '", out);
		quote_option(out, o, "\\");
		fputs("'\n", out);
	}
}

static void fish_transports(FILE *out)
{
	const char **names = selection_names();

	fputs("set -g __ipcbench_transports ", out);
	words_write(out, names, " ");
	free(names);
	for (size_t i = 0; i < registry_count(); i++) {
		const struct transport *t = registry_at(i);

		for (const struct option_spec *o = t->options; o != NULL && o->name != NULL; o++) {
			struct choices choices;

			if (o->type != OPTION_CHOICE) {
				fprintf(out, " %s:%s=", t->name, o->name);
				continue;
			}
			for (const char *const *w = config_choices(&choices, o); *w != NULL; w++)
				fprintf(out, " %s:%s=%s", t->name, o->name, *w);
		}
	}
	fputc('\n', out);
}

static void fish_print(FILE *out)
{
	fputs("# Made by `ipcbench manual completion fish`.\n"
	      "complete -c ipcbench -f\n\n",
		out);
	fish_transports(out);
	fputs("set -g __ipcbench_commands", out);
	for (const struct command *const *c = commands; *c != NULL; c++)
		if (!(*c)->hidden)
			fprintf(out, " %s", (*c)->name);
	fputs("\n\n"
	      "function __ipcbench_first\n"
	      "    test (count (commandline -opc)) -eq 1\n"
	      "end\n"
	      "\n"
	      "# Whether the line is of this command; `measure` stands for none.\n"
	      "function __ipcbench_is\n"
	      "    set -l line (commandline -opc)\n"
	      "    if contains -- \"$line[2]\" $__ipcbench_commands\n"
	      "        test \"$line[2]\" = $argv[1]\n"
	      "    else\n"
	      "        test measure = $argv[1]\n"
	      "    end\n"
	      "end\n"
	      "\n"
	      "# The words, each behind the items of the list that stand there already.\n"
	      "function __ipcbench_list\n"
	      "    set -l value (commandline -ct | string replace -r '^--[^=]*=' '')\n"
	      "    set -l before (string match -r '^.*,' -- $value)\n"
	      "    # after NAME:OPTION=VALUE and a comma, more options of that mechanism\n"
	      "    set -l owner (string replace -rf '^(.*,)?([^,:]+):[^:]*,[^,:]*$' '$2' -- $value)\n"
	      "    test -z \"$owner\"; or set -a argv (string replace -rf \"^$owner:\" '' -- $argv)\n"
	      "    printf '%s\\n' \"$before\"$argv\n"
	      "end\n",
		out);
	for (const struct command *const *c = commands; *c != NULL; c++)
		if (!(*c)->hidden)
			fish_command(out, *c);
	fish_command(out, &measure_command);
}

/* ---- all three ------------------------------------------------------------------------------- */

static const struct shell {
	const char *name;
	void (*print)(FILE *out);
} shells[] = {{"bash", bash_print}, {"zsh", zsh_print}, {"fish", fish_print}};

int completion_print(FILE *out, const char *shell)
{
	for (size_t i = 0; i < ARRAY_SIZE(shells); i++) {
		if (strcmp(shells[i].name, shell) != 0)
			continue;
		if (out != NULL)
			shells[i].print(out);
		return 0;
	}
	return -EINVAL;
}
