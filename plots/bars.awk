# SPDX-License-Identifier: MIT
# One dot per mechanism, best first: by-mechanism.gp.

# Whether row i is one of those that a figure of one place, mode and size compares. size 0 = notifications.
function compares(i, p, m, s, name) {
  return place[i] == p && size[i] == s && wanted(i, m, s == 0, name)
}

function note_absent(figure, p, m, s, name,    i) {
  for (i = 1; i <= rows; i++)
    if (place[i] == p && size[i] == s && mode[i] == m && (family[i] == "notifications") == (s == 0) && \
        family[i] != "harness" && !failed[i] && value[i, name] == "")
      note(place_text[p] (s == 0 ? "" : ", " bytes(s)) ": " label[i] " has too few samples for a dot in " figure)
}

# Of a size that the run has, measured or not. Returns whether bars_end() is due.
function bars(figure, p, m, s, name, marker, falling, units, title,    i, k, n, order, marked, seen, families, spread, spreads, file) {
  n = 0
  for (i = 1; i <= rows; i++)
    if (compares(i, p, m, s, name))
      n = insert_row(order, n, i, name, falling)
  if (n == 0) {
    lose(figure "-" p, "by-mechanism", title, setting_text(p, m, s), why_without(p, m, s, name))
    return 0
  }
  note_absent(figure, p, m, s, name)
  alike(order, n)
  begin(figure "-" p, "by-mechanism", title, setting_text(p, m, s))
  row_panels(order, n)
  file = folder "/rows.csv"
  print "row,panel,family,spread,lo,hi," name "," (marker == "" ? "none" : marker) > file
  families = ""
  for (k = 1; k <= n; k++) {
    i = order[k]
    spread = spread_of(i, name)
    spreads[spread] = 1
    printf "%d,%d,%s,%s,%s,%s,%s,%s\n", k, panel_of[k], family[i], spread, spread == "" ? "" : spread_low, spread == "" ? "" : spread_high, \
      value[i, name], marker == "" ? "" : value[i, marker] > file
    name_row(k, i, human(value[i, name], units))
    marked = marked || (marker != "" && value[i, marker] > 0)
    if (!(family[i] in seen)) families = families " " family[i]
    seen[family[i]] = 1
  }
  close(file)
  print "FAMILIES = " quoted(families) "\nINTERVALS = " spreads["interval"] + 0 "\nRANGES = " spreads["range"] + 0 > info
  print "VALUE = " quoted(name) "\nMARK = " quoted(marked ? marker : "") > info
  bars_axes(order, n, name, marker)
  return n
}

# The axis of each panel, and for text one of all.
function bars_axes(order, n, name, marker,    k, p, low, high) {
  low = high = 0
  print "array PANEL_LOW[" panel_of[n] "]\narray PANEL_HIGH[" panel_of[n] "]" > info
  for (p = 1; p <= panel_of[n]; p++) {
    extent_begin()
    for (k = panel_first[p]; k < panel_first[p] + panel_count[p]; k++) {
      extent(value[order[k], name])
      if (marker != "")
        extent(value[order[k], marker])
      if (spread_of(order[k], name) != "") {
        extent(spread_low)
        extent(spread_high)
      }
    }
    if (p == 1 || extent_low < low) low = extent_low
    if (extent_high > high) high = extent_high
    # differences of little are to look like little
    k = extent_high < 4 * extent_low ? sqrt(4 * extent_low / extent_high) : 1.15
    printf "PANEL_LOW[%d] = %s\nPANEL_HIGH[%d] = %s\n", p, real(extent_low / k), p, real(extent_high * k) > info
  }
  print "LOW = " real(low / 2) "\nHIGH = " real(high * 1.3) > info
}

function bars_end(axis, scale, mark_name) {
  print "AXIS = " quoted(axis) "\nSCALE = " scale "\nMARK_NAME = " quoted(mark_name) > info
  close(info)
}
