# SPDX-License-Identifier: MIT
# What every figure begins with: a folder in the current one, with the rows that gnuplot reads, the columns by
# their own names; figure.gp, which says what the gnuplot script has to know of them; about.csv, its row of
# figures.csv but for the reason. Prints one line per figure: "draw FOLDER KIND"; "lost FOLDER KIND REASON" of one that
# the run asks for and that cannot be drawn; "omit FOLDER KIND REASON" of one that would say nothing; "none FOLDER KIND REASON" of one that nothing in the run asks for.

function quoted(text) {
  gsub(/'/, "''", text)
  return "'" text "'"
}

# A field of RFC 4180.
function csv_field(text) {
  if (text !~ /[",\n\r]/)
    return text
  gsub(/"/, "\"\"", text)
  return "\"" text "\""
}

function bytes(n) {
  if (n >= 1073741824 && n % 1073741824 == 0) return n / 1073741824 " GiB"
  if (n >= 1048576 && n % 1048576 == 0) return n / 1048576 " MiB"
  if (n >= 1024 && n % 1024 == 0) return n / 1024 " KiB"
  return n " B"
}

# Three significant digits and the unit that suits: "2.15 µs", "310 ns".
function human(x, units,    n, u, i) {
  n = split(units, u, " ")
  x += 0
  for (i = 1; i < n && x >= 999.5; i++)
    x /= 1000
  return sprintf(x >= 99.95 ? "%.0f %s" : x >= 9.995 ? "%.1f %s" : "%.2f %s", x, u[i])
}

# A number that gnuplot does not take for an integer, whose division would lose what follows the point.
function real(x,    text) {
  text = sprintf("%.6g", x)
  return text ~ /[.e]/ ? text : text ".0"
}

function abs(x) { return x < 0 ? -x : x }

# Makes the folder and about.csv. Returns what the machine and the day are.
function describe(name, kind, title, subtitle,    where, about) {
  system("mkdir " name)
  where = ENVIRON["MACHINE"]
  if (date != "")
    where = where (where == "" ? "" : ", ") date
  about = name "/about.csv"
  print name "," kind "," csv_field(title) "," csv_field(subtitle (where == "" ? "" : "; " where)) > about
  close(about)
  return where
}

function begin(name, kind, title, subtitle,    where) {
  one_wait = all_wait
  all_wait = ""
  if (one_wait != "")
    subtitle = subtitle ", " waiting(one_wait)
  where = describe(name, kind, title, subtitle)
  folder = name
  info = folder "/figure.gp"
  print "NAME = " quoted(name) "\nTITLE = " quoted(title) > info
  print "SUBTITLE = " quoted(subtitle) "\nWHERE = " quoted(where) > info
  print "draw " name " " kind
}

# The name of row i in a figure, without what its second line says.
function shown(i) { return one_wait == "" ? label[i] : bare[i] }

function lose(name, kind, title, subtitle, reason) {
  describe(name, kind, title, subtitle)
  print "lost " name " " kind " " reason
}

# Of a figure that could be drawn and would say nothing.
function omit(name, kind, title, subtitle, reason) {
  describe(name, kind, title, subtitle)
  print "omit " name " " kind " " reason
}

function none(name, kind, reason) { print "none " name " " kind " " reason }

# Rows in the order of a value, best first: inserts row i into order[1..n] and returns the new n.
function insert_row(order, n, i, name, falling,    k) {
  for (k = n; k > 0 && (falling ? value[order[k], name] + 0 < value[i, name] + 0 \
      : value[order[k], name] + 0 > value[i, name] + 0); k--)
    order[k + 1] = order[k]
  order[k + 1] = i
  return n + 1
}

# ---- series: a line of a figure, in a file series-N.csv --------------------------------------------

# The number of the series of row i, a new one if it has none; of[] and names[] are the figure's.
function series_of(i, of, names) {
  if (!(id[i] in of)) {
    of[id[i]] = ++of[""]
    names[of[""]] = i
  }
  return of[id[i]]
}

function begin_series(n, header,    k) {
  for (k = 1; k <= n; k++)
    print header > (folder "/series-" k ".csv")
}

# The series that a figure in text has room for: all of a few, else the best of each family and way to wait, up
# to FEW. The value of a series is that of its first row.
function picks(n, names, name, falling,    k, i, key, best, list, found, few) {
  few = 6
  for (k = 1; k <= n; k++) {
    i = names[k]
    key = family[i] SUBSEP wait[i]
    if (!(key in best) || (falling ? value[i, name] + 0 > value[names[best[key]], name] + 0 \
        : value[i, name] + 0 < value[names[best[key]], name] + 0))
      best[key] = k
  }
  found = 0
  for (k = 1; k <= n && found < few; k++)
    if (n <= few || best[family[names[k]], wait[names[k]]] == k) {
      list = list " " k
      found++
    }
  print "PICKS = '" list "'" > info
}

function end_series(n, names,    k, i, chars) {
  chars = 0
  print "SERIES = " n > info
  print "array NAME_OF[" n "]\narray BARE[" n "]\narray FAMILY[" n "]\narray WAIT[" n "]\narray POINT[" n "]\narray WIDTH_OF[" n "]" > info
  for (k = 1; k <= n; k++) {
    close(folder "/series-" k ".csv")
    i = names[k]
    printf "NAME_OF[%d] = %s\nBARE[%d] = %s\nFAMILY[%d] = %s\nWAIT[%d] = %s\nPOINT[%d] = %d\nWIDTH_OF[%d] = %s\n", k, \
      quoted(shown(i)), k, quoted(bare[i]), k, quoted(family[i]), k, quoted(wait[i]), k, point[i], k, \
      copy[i] == "inplace" ? "3.2" : "1.6" > info
    if (length(shown(i)) > chars)
      chars = length(shown(i))
  }
  print "CHARS = " chars > info
  close(info)
}

# ---- extent of an axis -----------------------------------------------------------------------------

function extent_begin() { extent_low = extent_high = 0 }

function extent(x) {
  x += 0
  if (x <= 0)
    return
  if (extent_high == 0 || x < extent_low) extent_low = x
  if (x > extent_high) extent_high = x
}
