/* SPDX-License-Identifier: MIT */
/* The bash completion: a fixed frame around words from the option table and the registry. */
#include "cli/measure-options.h"
#include "cli/selection.h"
#include "commands.h"
#include "plan/plan.h"
#include <stdlib.h>
#include <string.h>

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

static void print_words(FILE *out, const char *const *words)
{
	for (const char *const *w = words; *w != NULL; w++)
		fprintf(out, "%s%s", w == words ? "" : " ", *w);
}

/* What follows an option that takes a value. */
static void print_values(FILE *out, const struct option_row *o)
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
		print_words(out, option_words(o));
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

static void print_choices(FILE *out, const struct transport *t, const struct option_spec *o)
{
	struct choices choices;

	fprintf(out, "	%s:%s=*)\n		words='", t->name, o->name);
	print_words(out, config_choices(&choices, o));
	fputs("'\n		;;\n", out);
}

static void print_transport_options(FILE *out, const struct transport *t)
{
	if (t->options == NULL)
		return;
	for (const struct option_spec *o = t->options; o->name != NULL; o++)
		if (o->type == OPTION_CHOICE)
			print_choices(out, t, o);
	fprintf(out, "	%s:*=*) ;;\n	%s:*)\n		words='", t->name, t->name);
	for (const struct option_spec *o = t->options; o->name != NULL; o++)
		fprintf(out, "%s%s=", o == t->options ? "" : " ", o->name);
	fputs("'\n		;;\n", out);
}

/* Sets `words` of the caller to what can follow the last item of --transport. */
static void print_transports(FILE *out)
{
	const char **names = selection_names();

	fputs("\n_ipcbench_transports() {\n	case $1 in\n", out);
	for (size_t i = 0; i < registry_count(); i++)
		print_transport_options(out, registry_at(i));
	fputs("	*:*) ;;\n	*)\n		words='", out);
	print_words(out, names);
	free(names);
	fputs("'\n		;;\n	esac\n}\n", out);
}

static void print_options(FILE *out, const struct option_row *table)
{
	for (const struct option_row *o = table; !option_is_end(o); o++)
		if (o->name != NULL && !o->hidden)
			fprintf(out, " --%s%s", o->name, o->arg == NULL ? "" : "=");
}

/* Sets `words` to the options of the command in the line, and to the commands where one may be. */
static void print_commands(FILE *out)
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
		print_options(out, c->options);
		fputs("'\n", out);
		if (c->takes_files)
			fputs("		compopt -o default 2>/dev/null\n", out);
		fputs("		;;\n", out);
	}
	fputs("	*)\n		words='", out);
	print_options(out, measure_options);
	fputs("'\n		[[ -n $first ]] || words+='", out);
	for (const struct command *const *c = commands; *c != NULL; c++)
		if (!(*c)->hidden)
			fprintf(out, " %s", (*c)->name);
	fputs("'\n		;;\n	esac\n}\n\n", out);
}

void completion_print(FILE *out)
{
	const char *body = strstr(frame, "# The last of the items");

	fprintf(out, "%.*s", (int)(body - frame), frame);
	print_commands(out);
	print_transports(out);
	fprintf(out, "\n%s", body);
	for (const struct option_row *o = measure_options; !option_is_end(o); o++)
		if (o->name != NULL && o->arg != NULL && !o->hidden)
			print_values(out, o);
	fputs(frame_end, out);
}
