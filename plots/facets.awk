# SPDX-License-Identifier: MIT
# What figures of many mechanisms share: rows and lines in panels, apart by how they wait; names of lines at their ends.

function waiting(w) { return w == "block" ? "blocking" : w == "spin" ? "spinning" : w == "hybrid" ? "spinning, then blocking" : w }

# Says, before begin(), which rows a figure shows: where all wait alike its second line says how, and no label does.
function alike(order, n,    k, w) {
  w = n > 0 ? wait[order[1]] : ""
  for (k = 2; k <= n; k++)
    if (wait[order[k]] != w)
      w = ""
  all_wait = w
}

# ---- rows ------------------------------------------------------------------------------------------

# Parts order[1..n] by how the rows wait, the group of the first row first. panel_of[k] is the panel of row k.
function row_panels(order, n,    i, k, m, p, groups, of, sorted, count) {
  groups = m = 0
  for (k = 1; k <= n; k++)
    if (!(wait[order[k]] in of)) {
      of[wait[order[k]]] = ++groups
      panel_wait[groups] = wait[order[k]]
      panel_floor[groups] = 1
    }
  print "PANELS = " groups "\narray PANEL[" groups "]\narray FIRST[" groups "]\narray COUNT[" groups "]" > info
  for (p = 1; p <= groups; p++) {
    panel_first[p] = m + 1
    for (k = 1; k <= n; k++) {
      i = order[k]
      if (of[wait[i]] != p)
        continue
      sorted[++m] = i
      panel_of[m] = p
      panel_floor[p] = panel_floor[p] && family[i] == "harness"
    }
    panel_count[p] = m - panel_first[p] + 1
    printf "PANEL[%d] = %s\nFIRST[%d] = %d\nCOUNT[%d] = %d\n", p, \
      quoted(groups == 1 ? "" : panel_floor[p] ? "nothing sent" : waiting(panel_wait[p])), p, panel_first[p], p, panel_count[p] > info
  }
  for (k = 1; k <= n; k++)
    order[k] = sorted[k]
  print "ROWS = " n "\narray LABEL[" n "]\narray NAME_OF[" n "]\narray TEXT[" n "]" > info
  return groups
}

# What names row k of a figure: LABEL for text, where it is a format to gnuplot, NAME_OF beside its panel, and its figure.
function name_row(k, i, text,    name) {
  name = shown(i)
  gsub(/%/, "%%", name)
  printf "LABEL[%d] = %s\nNAME_OF[%d] = %s\nTEXT[%d] = %s\n", k, quoted(name), k, quoted(bare[i]), k, quoted(text) > info
}

# ---- lines -----------------------------------------------------------------------------------------

# Parts lines 1..n, of rows names[], into panels: by how they wait, and by family where more than four wait alike.
function facets_begin(n, names,    k, i, w, f, p, key, of, count, waits, list) {
  split("", facet_low)
  split("", facet_high)
  split("", facet_tail)
  facets = waits = 0
  for (k = 1; k <= n; k++)
    if (count[wait[names[k]]]++ == 0)
      list[++waits] = wait[names[k]]
  for (w = 1; w <= waits; w++)
    for (k = 1; k <= n; k++) {
      i = names[k]
      if (wait[i] != list[w])
        continue
      f = count[wait[i]] > 4 ? family[i] : ""
      key = wait[i] SUBSEP f
      if (!(key in of)) {
        of[key] = ++facets
        facet_size[facets] = 0
        facet_wait[facets] = wait[i]
        facet_title[facets] = family_title(f) (waits > 1 ? (f == "" ? "" : ", ") waiting(wait[i]) : "")
      }
      p = facet_of[k] = of[key]
      facet_line[p, ++facet_size[p]] = k
    }
}

function family_title(f) { return f == "message-queues" ? "queues" : f == "shared-memory" ? "shared memory" : f }

# A point of line k in the panels of value v, 1 or 2. Those that wait alike have one axis.
function facet_point(k, v, x, y) {
  x += 0; y += 0
  if (!(y > 0))
    return
  facet_extent(k, v, y)
  if (!((k, v) in facet_tail) || x >= facet_tail_x[k, v]) {
    facet_tail[k, v] = y
    facet_tail_x[k, v] = x
  }
}

function facet_extent(k, v, y,    w) {
  w = facet_wait[facet_of[k]]
  if (!((w, v) in facet_low) || y < facet_low[w, v]) facet_low[w, v] = y
  if (!((w, v) in facet_high) || y > facet_high[w, v]) facet_high[w, v] = y
}

# Room at both ends, and at least a factor of eight, so that noise is no mountain.
function facet_room(w, v,    under, over, taken, whole, spare) {
  under = 0.06
  over = 0.09
  taken = log(facet_high[w, v] / facet_low[w, v])
  whole = taken / (1 - under - over)
  spare = whole < log(8) ? (log(8) - whole) / 2 : 0
  facet_low[w, v] /= exp(under * whole + spare)
  facet_high[w, v] *= exp(over * whole + spare)
}

# What facets.gp reads, for so many values.
function facets_end(n, values, names,    p, v, k, w, done) {
  facet_chars = 0
  for (k = 1; k <= n; k++)
    if (length(bare[names[k]]) > facet_chars)
      facet_chars = length(bare[names[k]])
  print "PANELS = " facets "\nNAME_CHARS = " facet_chars "\narray PANEL[" facets "]\narray LINES_IN[" facets "]\narray NAMES[" facets "]" > info
  for (v = 1; v <= values; v++)
    print "array LOW_" v "[" facets "]\narray HIGH_" v "[" facets "]\narray TAIL_" v "[" n "]\narray END_" v "[" n "]\narray TAIL_X_" v "[" n "]" > info
  for (p = 1; p <= facets; p++) {
    w = facet_wait[p]
    printf "PANEL[%d] = %s\nLINES_IN[%d] = '", p, quoted(facet_title[p]), p > info
    for (k = 1; k <= facet_size[p]; k++)
      printf " %d", facet_line[p, k] > info
    printf "'\nNAMES[%d] = %d\n", p, facet_names(p) > info
    for (v = 1; v <= values; v++) {
      if (!((w, v) in done) && (w, v) in facet_low)
        facet_room(w, v)
      done[w, v] = 1
      printf "LOW_%d[%d] = %s\nHIGH_%d[%d] = %s\n", v, p, (w, v) in facet_low ? real(facet_low[w, v]) : "0.0", v, p, \
        (w, v) in facet_low ? real(facet_high[w, v]) : "0.0" > info
      facet_ends(p, v, w)
    }
  }
}

# For how many names a panel has room.
function facet_names(p,    least) {
  least = ENVIRON["HALF"] ? 5 : 7
  return facet_size[p] > least ? facet_size[p] : least
}

# Names of a panel, in the order of the ends of their lines, as near to them as leaves each its room.
# END is where a name stands, from 0 to 1 of the height; TAIL the value where its line ends; -1: no such line.
function facet_ends(p, v, w,    i, j, k, m, at, line, block, sum, size, room, blocks, first) {
  m = 0
  for (i = 1; i <= facet_size[p]; i++) {
    k = facet_line[p, i]
    printf "END_%d[%d] = -1\nTAIL_%d[%d] = 0\nTAIL_X_%d[%d] = 0\n", v, k, v, k, v, k > info
    if (!((k, v) in facet_tail))
      continue
    for (j = ++m; j > 1 && at[j - 1] > facet_at(k, v, w); j--) {
      at[j] = at[j - 1]
      line[j] = line[j - 1]
    }
    at[j] = facet_at(k, v, w)
    line[j] = k
  }
  # names that would touch become a block, which stands around the middle of its lines' ends
  room = 1 / facet_names(p)
  blocks = 0
  for (i = 1; i <= m; i++) {
    first[++blocks] = i
    sum[blocks] = at[i] - i * room
    size[blocks] = 1
    while (blocks > 1 && sum[blocks - 1] / size[blocks - 1] >= sum[blocks] / size[blocks]) {
      sum[blocks - 1] += sum[blocks]
      size[blocks - 1] += size[blocks]
      blocks--
    }
  }
  for (j = 1; j <= blocks; j++)
    for (i = first[j]; i < first[j] + size[j]; i++) {
      k = line[i]
      at[i] = sum[j] / size[j] + i * room
      if (at[i] > 1 - (m - i) * room) at[i] = 1 - (m - i) * room
      # a name stands above the axis, not on it
      if (at[i] < (i - 0.4) * room) at[i] = (i - 0.4) * room
      facet_end[k, v] = at[i]
      printf "END_%d[%d] = %s\nTAIL_%d[%d] = %s\nTAIL_X_%d[%d] = %s\n", v, k, real(at[i]), v, k, real(facet_tail[k, v]), \
        v, k, real(facet_tail_x[k, v]) > info
    }
}

function facet_at(k, v, w) { return log(facet_tail[k, v] / facet_low[w, v]) / log(facet_high[w, v] / facet_low[w, v]) }
