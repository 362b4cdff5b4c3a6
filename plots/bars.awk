# SPDX-License-Identifier: MIT
# One bar per mechanism, best first: by-mechanism.gp.

# What names the rows of a figure: LABEL[] and TEXT[] of row k. The text of a mark is a format to gnuplot.
function name_row(k, i, text,    name) {
  name = label[i]
  gsub(/%/, "%%", name)
  printf "LABEL[%d] = %s\nTEXT[%d] = %s\n", k, quoted(name), k, quoted(text) > info
}

# Whether row i is one of those that a figure of one place, mode and size compares. size 0 = notifications.
function compares(i, p, m, s, name) {
  return place[i] == p && size[i] == s && wanted(i, m, s == 0, name)
}

function note_absent(figure, p, m, s, name,    i) {
  for (i = 1; i <= rows; i++)
    if (place[i] == p && size[i] == s && mode[i] == m && (family[i] == "notifications") == (s == 0) && \
        family[i] != "harness" && !failed[i] && value[i, name] == "")
      note(place_text[p] (s == 0 ? "" : ", " bytes(s)) ": " label[i] " has too few samples for a bar in " figure)
}

# Of a size that the run has, measured or not. Returns whether bars_end() is due.
function bars(figure, p, m, s, name, marker, falling, units, title,    i, k, n, order, marked, seen, families, waits, file) {
  n = 0
  for (i = 1; i <= rows; i++)
    if (compares(i, p, m, s, name))
      n = insert_row(order, n, i, name, falling)
  if (n == 0) {
    lose(figure "-" p, "by-mechanism", title, setting_text(p, m, s), why_without(p, m, s, name))
    return 0
  }
  note_absent(figure, p, m, s, name)
  begin(figure "-" p, "by-mechanism", title, setting_text(p, m, s))
  file = folder "/rows.csv"
  print "array LABEL[" n "]\narray TEXT[" n "]" > info
  print "row,family,wait," name "," (marker == "" ? "none" : marker) > file
  families = waits = ""
  extent_begin()
  for (k = 1; k <= n; k++) {
    i = order[k]
    printf "%d,%s,%s,%s,%s\n", k, family[i], wait[i], value[i, name], marker == "" ? "" : value[i, marker] > file
    name_row(k, i, human(value[i, name], units))
    extent(value[i, name])
    if (marker != "") {
      extent(value[i, marker])
      marked = marked || value[i, marker] > 0
    }
    if (!(family[i] in seen)) families = families " " family[i]
    if (!((wait[i], "wait") in seen)) waits = waits " " wait[i]
    seen[family[i]] = seen[wait[i], "wait"] = 1
  }
  close(file)
  print "ROWS = " n "\nFAMILIES = " quoted(families) "\nWAITS = " quoted(waits) > info
  print "VALUE = " quoted(name) "\nMARK = " quoted(marked ? marker : "") > info
  print "LOW = " real(extent_low / 2) "\nHIGH = " real(extent_high * 1.3) > info
  return n
}

function bars_end(axis, scale, mark_name) {
  print "AXIS = " quoted(axis) "\nSCALE = " scale "\nMARK_NAME = " quoted(mark_name) > info
  close(info)
}
