# SPDX-License-Identifier: MIT
# The hockey stick of an open loop: open-loop.gp.

# The loads of an open loop; name "" = even those that were not measured.
function in_open_loop(i, p, s, a, name) {
  return place[i] == p && size[i] == s && arrivals[i] == a && wanted(i, "rate", s == 0, name)
}

# Whether some mechanism has two loads that have both values.
function open_loop_lines(p, s, a, name, other,    i, of) {
  for (i = 1; i <= rows; i++)
    if (in_open_loop(i, p, s, a, name) && in_open_loop(i, p, s, a, other) && ++of[id[i]] == 2)
      return 1
  return 0
}

function open_loop_lacks(figure, p, s, a, title,    why) {
  if (!open_loop_lines(p, s, a, "", "")) {
    none(figure, "open-loop", "it needs at least two loads of a mechanism")
    return
  }
  why = why_without(p, "rate", s, "lat_p50_ns")
  if (why == "")
    why = why_without(p, "rate", s, "offered_msgs_per_s")
  lose(figure, "open-loop", title, a " arrivals, " place_text[p], \
    why != "" ? why : "no mechanism has two loads that were measured")
}

# Those that wait alike have a column, with an axis of loads; all columns have one axis of times.
function open_loop_columns(n, names, order, m,    k, i, w, c, columns, column_of, list, low, high, x) {
  columns = 0
  for (k = 1; k <= n; k++) {
    w = wait[names[k]]
    if (!(w in column_of)) {
      column_of[w] = ++columns
      list[columns] = ""
    }
    list[column_of[w]] = list[column_of[w]] " " k
  }
  for (k = 1; k <= m; k++) {
    c = column_of[wait[order[k]]]
    x = value[order[k], "offered_msgs_per_s"] + 0
    if (!(c in low) || x < low[c]) low[c] = x
    if (x > high[c]) high[c] = x
  }
  print "COLUMNS = " columns "\narray COLUMN[" columns "]\narray LINES_IN[" columns "]\narray LOADS_LOW[" columns "]\narray LOADS_HIGH[" columns "]" > info
  for (c = 1; c <= columns; c++) {
    split(list[c], i, " ")
    printf "COLUMN[%d] = %s\nLINES_IN[%d] = '%s'\nLOADS_LOW[%d] = %s\nLOADS_HIGH[%d] = %s\n", c, \
      quoted(columns > 1 ? waiting(wait[names[i[1]]]) : ""), c, list[c], c, real(low[c] / 1.3), c, real(high[c] * 1.3) > info
  }
  open_loop_times(order, m, "lat_p50_ns", "P50")
  open_loop_times(order, m, "lat_p99_ns", "P99")
}

# Names stand above the ends of the lines of p99, if every line has such an end and a column has few: the one whose line ends first
# lowest, so that no line to a name runs through another. Without room for them the legend has names.
function open_loop_names(n, names, order, m,    k, j, named, high, x, y, line, row) {
  for (k = 1; k <= n; k++)
    line[id[names[k]]] = k
  for (k = 1; k <= m; k++)
    if (value[order[k], "lat_p99_ns"] > 0) {
      x[line[id[order[k]]]] = value[order[k], "offered_msgs_per_s"] + 0
      y[line[id[order[k]]]] = value[order[k], "lat_p99_ns"] + 0
    }
  named = 1
  for (k = 1; k <= n; k++) {
    row[k] = 1
    for (j = 1; j <= n; j++)
      row[k] += wait[names[j]] == wait[names[k]] && (x[j] < x[k] || (x[j] == x[k] && j < k))
    high = row[k] > high ? row[k] : high
    named = named && y[k] > 0
  }
  named = named && high <= 6
  print "NAME_ROWS = " (named ? high : 0) "\narray END_X[" n "]\narray END_Y[" n "]\narray END_ROW[" n "]" > info
  for (k = 1; k <= n && named; k++)
    printf "END_X[%d] = %s\nEND_Y[%d] = %s\nEND_ROW[%d] = %d\n", k, real(x[k]), k, real(y[k]), k, row[k] > info
}

function open_loop_times(order, m, name, text,    k, save_low, save_high, part) {
  save_low = extent_low
  save_high = extent_high
  extent_begin()
  for (k = 1; k <= m; k++) {
    extent(value[order[k], name])
    if (around(order[k], name) != ",") {
      extent(spread_low)
      extent(spread_high)
    }
    # a limit lies where its diamond is
    if (slo[order[k]] ~ tolower(text) "(_ns)?<" && split(slo_row[order[k]], part, ",") == 4)
      extent(part[4])
  }
  print text "_LOW = " real(extent_low / 1.6) "\n" text "_HIGH = " real(extent_high * 1.6) > info
  extent_low = save_low
  extent_high = save_high
}

# Below which the p99 of a sustained load lies, "" where no knee is marked: as knee_limit() of bench/stats/curve.c has it.
function knee_limit(order, m, line,    k, i, n, highest, marked, sorted) {
  for (k = 1; k <= m; k++)
    if (id[order[k]] == line) {
      highest = value[order[k], "offered_msgs_per_s"]
      marked = marked || knee[order[k]]
    }
  for (k = 1; k <= m; k++) {
    i = order[k]
    if (id[i] == line && value[i, "lat_p99_ns"] > 0 && value[i, "messages"] * value[i, "trials"] >= 3000 && \
        (n == 0 || value[i, "offered_msgs_per_s"] <= 0.25 * highest))
      insert(sorted, n++, value[i, "lat_p99_ns"] + 0)
  }
  return marked && n ? real(10 * middle(sorted, n)) : ""
}

# The times of an open loop against its load, one line per mechanism.
function open_loop(p, s, a,    i, k, m, order, of, names, limit, figure, title, p99) {
  figure = "open-loop-" (s > 0 ? "" : "notifications-") p (a == "constant" ? "" : "-" a)
  title = "Open loop: " (s > 0 ? bytes(s) " messages" : "notifications") " against load"
  if (!open_loop_lines(p, s, a, "lat_p50_ns", "offered_msgs_per_s")) {
    open_loop_lacks(figure, p, s, a, title)
    return
  }
  m = 0
  for (i = 1; i <= rows; i++)
    if (in_open_loop(i, p, s, a, "offered_msgs_per_s")) {
      m = insert_row(order, m, i, "offered_msgs_per_s", 0)
      series_of(i, of, names)
      p99 = p99 || value[i, "lat_p99_ns"] > 0
      if (slo[i] != "")
        limit = slo[i]
    }
  alike(names, of[""])
  begin(figure, "open-loop", title, a " arrivals, " place_text[p])
  spread_text = ""
  begin_series(of[""], "offered_msgs_per_s,msgs_per_s,lat_p50_ns,lat_p99_ns,knee,slo,slo_lo,slo_hi,slo_ns,p50_lo,p50_hi,p99_lo,p99_hi,limit")
  extent_begin()
  for (k = 1; k <= m; k++) {
    i = order[k]
    extent(value[i, "offered_msgs_per_s"])
    print value[i, "offered_msgs_per_s"] "," value[i, "msgs_per_s"] "," value[i, "lat_p50_ns"] "," \
      value[i, "lat_p99_ns"] "," knee[i] "," slo_row[i] "," around(i, "lat_p50_ns") "," around(i, "lat_p99_ns") "," knee_limit(order, m, id[i]) > \
      (folder "/series-" of[id[i]] ".csv")
  }
  open_loop_columns(of[""], names, order, m)
  open_loop_names(of[""], names, order, m)
  # a diamond lies on the curve that the limit is for; of others there is none
  if (limit ~ /p(50|99)(_ns)?</)
    print "SLO = " quoted(limit) "\nSLO_PANEL = " (limit ~ /p50/ ? 2 : 1) > info
  print "LOW = " real(extent_low / 1.3) "\nHIGH = " real(extent_high * 1.3) "\nP99 = " p99 + 0 > info
  print "AROUND = " quoted(spread_text) > info
  picks(of[""], names, "lat_p50_ns", 0)
  end_series(of[""], names)
}

# Per kind of arrivals; of messages one size, and notifications.
function draw_open_loop(p,    i, s, a, part, kinds) {
  s = 0
  for (i = 1; i <= rows; i++)
    if (place[i] == p && wanted(i, "rate", size[i] == 0, "")) {
      kinds[arrivals[i], size[i] > 0] = 1
      if (size[i] > 0 && (s == 0 || size[i] == 64 || (s != 64 && size[i] < s)))
        s = size[i]
    }
  for (a in kinds) {
    split(a, part, SUBSEP)
    open_loop(p, part[2] ? s : 0, part[1])
  }
}
