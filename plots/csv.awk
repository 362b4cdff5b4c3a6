# SPDX-License-Identifier: MIT
# Reads the tables of a run, RFC 4180, columns addressed by name; the first of the programs that scripts/plot
# puts together of *.awk:
#
#   MACHINE=TEXT CACHES="L1d=32768 ..." awk -f csv.awk -f A.awk -f B.awk ... what=summary summary.csv what=trials trials.csv ...
#
# Each family of figures is a file of its own. Its BEGIN says in needed[TABLE] which columns name a row, and in
# filled[TABLE] which of them no row leaves empty; its rule `what == TABLE { ... }` takes a row, which get() reads, and the
# END of figures.awk calls what draws.

# Splits one record into field[]; returns how many.
function split_record(record,    n, i, c, quoted, text) {
  if (index(record, "\"") == 0)
    return split(record, field, ",")
  delete field
  n = 0; text = ""; quoted = 0
  for (i = 1; i <= length(record); i++) {
    c = substr(record, i, 1)
    if (c == "\"") {
      if (quoted && substr(record, i + 1, 1) == "\"") {
        text = text c
        i++
      } else
        quoted = !quoted
    } else if (c == "," && !quoted) {
      field[++n] = text
      text = ""
    } else
      text = text c
  }
  field[++n] = text
  return n
}

BEGIN {
  for (i = 1; i < ARGC; i++)
    if (ARGV[i] ~ /^what=/)
      given[substr(ARGV[i], 6)] = 1
}

FNR == 1 { end_table(); pending = ""; columns = 0; table = what; read_of[what] = 1 }

# Rules of other files see only whole rows of tables that are usable.
{
  sub(/\r$/, "")
  record = pending == "" ? $0 : pending "\n" $0
  # an odd number of quotes: a field goes on in the next line
  copy_of_record = record
  if (gsub(/"/, "", copy_of_record) % 2 == 1) {
    pending = record
    next
  }
  pending = ""
  if (record == "")
    next
  fields = split_record(record)
  if (columns == 0) {
    columns = fields
    split("", at)
    for (i = 1; i <= fields; i++)
      at[field[i]] = i
    usable = has_columns(what)
    next
  }
  cut = fields != columns || (usable && names_nothing())
  broken += cut
  if (!usable || cut)
    next
}

END { end_table() }

# Rows that were cut have too few fields, or a quote that nothing closes.
function end_table() {
  broken += pending != ""
  if (broken > 0)
    fault(table ".csv is damaged: " broken (broken == 1 ? " row is" : " rows are") " not whole and left out")
  broken = 0
}

# Whether a column that names the row is empty.
function names_nothing(    n, i, names) {
  n = split(filled[what], names, " ")
  for (i = 1; i <= n; i++)
    if (get(names[i]) == "")
      return 1
  return 0
}

# What was left out of figures that are drawn.
function note(text) {
  if (!(text in noted))
    print "note " text
  noted[text] = 1
}

# What is wrong with a table, whatever is drawn of it.
function fault(text) { print "fault " text }

# Whether the file has what names a row; the rest is looked up where it is used.
function has_columns(what,    n, i, names) {
  for (i in at)
    has[what, i] = 1
  n = split(needed[what], names, " ")
  for (i = 1; i <= n; i++)
    if (!(names[i] in at))
      return !(lacking[what] = names[i])
  return 1
}

# Why a table holds nothing, "" if it may hold something.
function lacks(what) {
  return !(what in given) ? what ".csv is missing" : !read_of[what] ? what ".csv is empty" : \
    what in lacking ? what ".csv has no column " lacking[what] : ""
}

function get(name) { return name in at ? field[at[name]] : "" }

# A field of a row is a number or nothing, whatever a file says; no axis goes to infinity.
function amount(name,    text) {
  text = get(name)
  return length(text) <= 40 && text ~ /^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9][0-9]?)?$/ ? text : ""
}

# Text of a user becomes text of a figure: no quotes, no control characters, not endless.
function plain(text, most,    head, tail) {
  gsub(/[\001-\037\177"']/, "?", text)
  if (length(text) <= most)
    return text
  head = substr(text, 1, int(most / 2) - 1)
  tail = substr(text, length(text) - int((most - 1) / 2) + 1)
  # where awk counts bytes, never a part of a character
  sub(/[\300-\377][\200-\277]*$/, "", head)
  sub(/^[\200-\277]+/, "", tail)
  return head ".." tail
}

# What is one of a few words by the schema stays one word whatever a file says.
function word(text) {
  gsub(/[^A-Za-z0-9_-]/, "_", text)
  return substr(text, 1, 20)
}

