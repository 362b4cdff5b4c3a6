# SPDX-License-Identifier: MIT
# What placements do to mechanisms: slope.gp leads from one placement to the others, best.gp names the fastest by size and
# placement. Both are of places that differ in nothing else.

function has_line(p, m, name,    i) {
  for (i = 1; i <= rows; i++)
    if (on_line(i, p, m, name))
      return 1
  return 0
}

# The places of one setting that have a value, near ones first: spot[1..spots].
function placements_of(rest, m, name,    k, n, w, near, words_near) {
  near = "same-cpu smt same-llc cross-llc cross-numa cross-cpu"
  n = split(near, words_near, " ")
  spots = 0
  for (w = 1; w <= n + 1; w++)
    for (k = 1; k <= place_count; k++)
      if (place_rest[places[k]] == rest && has_line(places[k], m, name) && \
          (w <= n ? place_word[places[k]] == words_near[w] : index(" " near " ", " " place_word[places[k]] " ") == 0))
        spot[++spots] = places[k]
}

# "same-cpu (CPU 1), same-llc (CPUs 0 and 1), batch 1": what they have in common is said once.
function placements_text(m, s,    c, text) {
  for (c = 1; c < spots; c++)
    text = text place_cpus[spot[c]] ", "
  return text setting_text(spot[spots], m, s)
}

# The row of a mechanism at a place; 0 = there is none.
function row_at(first, p, m, s, name,    i) {
  for (i = 1; i <= rows; i++)
    if (id[i] == id[first] && size[i] == s && on_line(i, p, m, name))
      return i
  return 0
}

# ---- slopes ----------------------------------------------------------------------------------------

# Moves texts at y[1..n], which ascend, apart by at least one line, as little as that takes, between 0 and `most`.
function spread_texts(y, n, most,    k, b, j, sum, count) {
  for (k = 1; k <= n; k++) {
    sum[++b] = y[k]
    count[b] = 1
    while (b > 1 && sum[b - 1] / count[b - 1] + count[b - 1] > sum[b] / count[b]) {
      sum[b - 1] += sum[b] - count[b] * count[b - 1]
      count[b - 1] += count[b]
      b--
    }
  }
  n = 0
  for (k = 1; k <= b; k++)
    for (j = 0; j < count[k]; j++)
      y[++n] = sum[k] / count[k] + j
  for (k = 1; k <= n; k++)
    if (y[k] < (k == 1 ? 0 : y[k - 1] + 1))
      y[k] = k == 1 ? 0 : y[k - 1] + 1
  for (k = n; k > 0; k--)
    if (y[k] > (k == n ? most : y[k + 1] - 1))
      y[k] = k == n ? most : y[k + 1] - 1
}

# Where a value lies in the panel, in lines from its top.
function slope_y(x) { return slope_lines * log(slope_high / x) / log(slope_high / slope_low) }

# A mark of the axis, all in the unit of the highest value.
function slope_mark(x, units,    n, u, i) {
  n = split(units, u, " ")
  for (i = 1; i < n && slope_high / 1000 ^ i >= 0.9995; i++)
    x /= 1000
  return sprintf("%.4g %s", x, u[i])
}

# How far names would stand from one end of the lines of a panel, all together.
function slope_moved(order, n, p, m, s, name,    k, i, at, end, y, sum) {
  end = sum = 0
  for (k = 1; k <= n; k++)
    if ((i = row_at(order[k], p, m, s, name)) > 0)
      end = insert_row(at, end, i, name, 1)
  for (k = 1; k <= end; k++)
    y[k] = slope_y(value[at[k], name])
  spread_texts(y, end, slope_lines)
  for (k = 1; k <= end; k++)
    sum += abs(y[k] - slope_y(value[at[k], name]))
  return sum
}

# Half a page has room for all names at one end only: where they stand nearer to their lines in the first panel.
function slope_sides(order, n, m, s, name, panel) {
  if (!ENVIRON["HALF"])
    slope_left = 1
  else if (panel == 1)
    slope_left = slope_moved(order, n, spot[1], m, s, name) < slope_moved(order, n, spot[spots], m, s, name)
}

# The names at one end of the lines of a panel, in the order of their values. If the left has all names, one text at the right names
# all that are statistically tied with the best; half a page has room for their number alone.
function slope_names(order, n, p, c, m, s, name, panel, falling,    k, i, at, end, texts, y, from, to, text, single) {
  end = texts = 0
  for (k = 1; k <= n; k++) {
    i = row_at(order[k], p, m, s, name)
    if (i)
      end = insert_row(at, end, i, name, falling)
  }
  for (k = 1; k <= end; k++) {
    if (c > 1 && slope_left && k > 1 && overlap(from[texts], at[k], name)) {
      best_tied[++best_ties] = at[k]
      to[texts] = at[k]
      text[texts] = ENVIRON["HALF"] ? best_ties + 1 " tied" : bare[from[texts]] " " tied_text(10)
      continue
    }
    if (c > 1 && slope_left && ENVIRON["HALF"] && k > 1)
      break
    best_ties = 0
    from[++texts] = to[texts] = at[k]
    text[texts] = bare[at[k]]
  }
  if (c > 1 && slope_left && ENVIRON["HALF"] && best_ties == 0)
    return
  # from the top
  for (k = 1; k <= texts; k++)
    y[falling ? k : texts + 1 - k] = (slope_y(value[from[k], name]) + slope_y(value[to[k], name])) / 2
  spread_texts(y, texts, slope_lines)
  for (k = 1; k <= texts; k++) {
    if (length(text[k]) > slope_chars[c > 1])
      slope_chars[c > 1] = length(text[k])
    single = from[k] == to[k]
    printf "%d,%d,%.3f,%.3f,%.3f,%d,%s,%s\n", panel, c, y[falling ? k : texts + 1 - k], slope_y(value[from[k], name]), \
      slope_y(value[to[k], name]), single ? slope_series_of[id[from[k]]] : 0, single ? slope_slot[from[k]] : "", \
      csv_field(text[k]) > (folder "/labels.csv")
  }
}

# Points that would touch stand side by side, in four places at most: slope_slot[row] is how many off their placement.
function slope_slots(order, n, p, m, s, name,    k, i, at, end, slot, best, taken, y) {
  end = 0
  for (k = 1; k <= n; k++)
    if ((i = row_at(order[k], p, m, s, name)) > 0)
      end = insert_row(at, end, i, name, 1)
  for (k = 1; k <= end; k++) {
    y = slope_y(value[at[k], name])
    for (slot = best = 0; slot < 4 && best in taken && y < taken[best] + 0.7; slot++)
      if (!(slot in taken) || taken[slot] < taken[best])
        best = slot
    taken[best] = y
    slope_slot[at[k]] = best
  }
}

function slope_extent(i, name) {
  extent(value[i, name])
  extent(value[i, name "_ci_lo"])
  extent(value[i, name "_ci_hi"])
  slope_bars = slope_bars || value[i, name "_ci_lo"] > 0
}

function slope_end(i, name, end) { return value[i, name "_ci_" end] > 0 ? sprintf("%.3f", slope_y(value[i, name "_ci_" end])) : "" }

# A panel: mechanisms that wait alike and have a value at two placements at least.
function slope_panel(order, n, m, s, name, units, panel, falling,    k, c, i, file, list) {
  extent_begin()
  for (k = 1; k <= n; k++)
    for (c = 1; c <= spots; c++)
      if ((i = row_at(order[k], spot[c], m, s, name)) > 0)
        slope_extent(i, name)
  slope_high = extent_high * 1.02
  slope_low = extent_low / 1.02
  slope_lines = n < 8 ? 9 : n * 1.2
  for (c = 1; c <= spots; c++)
    slope_slots(order, n, spot[c], m, s, name)
  for (k = 1; k <= n; k++) {
    file = folder "/series-" ++slope_series ".csv"
    print "column,slot,y,lo,hi" > file
    for (c = 1; c <= spots; c++)
      if ((i = row_at(order[k], spot[c], m, s, name)) > 0)
        printf "%d,%d,%.3f,%s,%s\n", c, slope_slot[i], slope_y(value[i, name]), slope_end(i, name, "lo"), slope_end(i, name, "hi") > file
    close(file)
    slope_first[slope_series] = order[k]
    slope_series_of[id[order[k]]] = slope_series
    slope_panel_of[slope_series] = panel
  }
  slope_sides(order, n, m, s, name, panel)
  if (slope_left)
    slope_names(order, n, spot[1], 1, m, s, name, panel, falling)
  slope_names(order, n, spot[spots], spots, m, s, name, panel, falling)
  for (k = tic_list(log(slope_low), log(slope_high), list); k > 0; k--)
    printf "%d,%.3f,%s\n", panel, slope_y(list[k]), csv_field(slope_mark(list[k], units)) > (folder "/tics.csv")
}

# The mechanisms with a value at both ends, by how they wait: slope_of[wait, 1..n]; the ways in slope_wait[1..slope_waits].
function slope_rows(m, s, name,    i, w, seen) {
  slope_waits = 0
  split("", slope_count)
  for (i = 1; i <= rows; i++)
    if (size[i] == s && on_line(i, spot[1], m, name) && !(id[i] in seen) && row_at(i, spot[spots], m, s, name)) {
      seen[id[i]] = 1
      w = wait[i]
      if (!(w in slope_count))
        slope_wait[++slope_waits] = w
      slope_of[w, ++slope_count[w]] = i
    }
}

function slope_figure(figure, rest, m, name, falling, s, title, units, axis,    w, k, n, order) {
  placements_of(rest, m, name)
  if (spots < 2) {
    none(figure, "slope", "it needs two placements, as in --placement same-cpu,cross-cpu")
    return
  }
  slope_rows(m, s, name)
  slope_bars = 0
  if (slope_waits == 0) {
    none(figure, "slope", "no mechanism was measured at two placements")
    return
  }
  begin(figure, "slope", title, placements_text(m, s))
  slope_series = slope_chars[0] = slope_chars[1] = 0
  print "panel,column,y,from,to,series,slot,text" > (folder "/labels.csv")
  print "panel,y,text" > (folder "/tics.csv")
  print "PANELS = " slope_waits "\narray PANEL[" slope_waits "]\narray LINES_OF[" slope_waits "]" > info
  for (w = 1; w <= slope_waits; w++) {
    n = slope_count[slope_wait[w]]
    for (k = 1; k <= n; k++)
      order[k] = slope_of[slope_wait[w], k]
    slope_panel(order, n, m, s, name, units, w, falling)
    printf "PANEL[%d] = %s\nLINES_OF[%d] = %.2f\n", w, quoted(slope_wait[w]), w, slope_lines > info
  }
  close(folder "/labels.csv")
  close(folder "/tics.csv")
  print "AXIS = " quoted(axis (slope_bars ? "; bars: 95 % interval" : "")) "\nLEFT_CHARS = " slope_chars[0] "\nRIGHT_CHARS = " slope_chars[1] > info
  print "PLACES = " spots "\narray PLACE[" spots "]" > info
  for (k = 1; k <= spots; k++)
    printf "PLACE[%d] = %s\n", k, quoted(place_word[spot[k]]) > info
  print "array PANEL_OF[" slope_series "]" > info
  for (k = 1; k <= slope_series; k++)
    print "PANEL_OF[" k "] = " slope_panel_of[k] > info
  end_series(slope_series, slope_first)
}

# ---- the fastest -----------------------------------------------------------------------------------

# Whether the intervals of the medians of two rows overlap: 1 or 0, or "" where one has none; as rank_estimates() has it.
function overlap(i, k, name) {
  if (!(value[i, name "_ci_lo"] > 0) || !(value[k, name "_ci_lo"] > 0))
    return ""
  return value[i, name "_ci_lo"] + 0 <= value[k, name "_ci_hi"] + 0 && value[k, name "_ci_lo"] + 0 <= value[i, name "_ci_hi"] + 0
}

# The fastest of those at a place and size that wait alike: best_row, how many there are in best_of, and those that
# are tied with it in best_tied[1..best_ties]; best_doubt: it has too few trials to be told from all others.
function find_best(p, m, s, w, name, falling,    i, k, n, order) {
  n = best_ties = best_doubt = best_row = 0
  for (i = 1; i <= rows; i++)
    if (size[i] == s && wait[i] == w && on_line(i, p, m, name))
      n = insert_row(order, n, i, name, falling)
  best_of = n
  best_row = n > 0 ? order[1] : 0
  for (k = 2; k <= n; k++) {
    i = overlap(best_row, order[k], name)
    best_doubt = best_doubt || i == ""
    if (i)
      best_tied[++best_ties] = order[k]
  }
}

# The family of the fastest, if all that are tied with it are of that family.
function best_family(    k) {
  for (k = 1; k <= best_ties; k++)
    if (family[best_tied[k]] != family[best_row])
      return "several"
  return family[best_row]
}

# "= fifo = tcp = 2 more", about as long as `most`.
function tied_text(most,    k, text) {
  for (k = 1; k <= best_ties; k++) {
    if (k > 1 && length(text " = " bare[best_tied[k]]) + (k < best_ties ? 9 : 0) > most)
      return text " = " (best_ties - k + 1) " more"
    text = text (k > 1 ? " " : "") "= " bare[best_tied[k]]
  }
  return text
}

# Places and ways to wait in which two mechanisms at least compete: best_place[], best_wait[]; sizes in best_size[].
# Returns the number of columns.
function best_columns(m, name, falling,    c, i, k, n, s, seen, sizes, is_size) {
  n = best_sizes = 0
  for (c = 1; c <= spots; c++)
    for (i = 1; i <= rows; i++) {
      if (!on_line(i, spot[c], m, name) || (c, wait[i], size[i]) in seen)
        continue
      seen[c, wait[i], size[i]] = 1
      find_best(spot[c], m, size[i], wait[i], name, falling)
      if (best_of < 2)
        continue
      if (!(size[i] in is_size))
        best_size[++best_sizes] = size[i]
      is_size[size[i]] = 1
      if (!((c, wait[i]) in seen)) {
        best_place[++n] = spot[c]
        best_wait[n] = wait[i]
      }
      seen[c, wait[i]] = 1
    }
  sort_numbers(best_size, best_sizes)
  return n
}

function best_figure(figure, rest, m, name, falling, title, units,    n, c, k, file, doubts, ties, several, most) {
  placements_of(rest, m, name)
  n = spots > 0 ? best_columns(m, name, falling) : 0
  if (n == 0) {
    none(figure, "best", "it needs two mechanisms of the same wait mode")
    return
  }
  begin(figure, "best", title, placements_text(m, ""))
  most = int((ENVIRON["HALF"] ? 36 : 68) / n)
  file = folder "/rows.csv"
  print "x,y,family,name,tied,value" > file
  print "PLACES = " n "\narray PLACE[" n "]\narray WAIT[" n "]\nSIZES = " best_sizes "\narray SIZE[" best_sizes "]" > info
  for (c = 1; c <= n; c++) {
    printf "PLACE[%d] = %s\nWAIT[%d] = %s\n", c, quoted(place_word[best_place[c]]), c, quoted(best_wait[c]) > info
    for (k = 1; k <= best_sizes; k++) {
      find_best(best_place[c], m, best_size[k], best_wait[c], name, falling)
      if (best_of == 0)
        continue
      ties += best_ties
      several = several || best_family() == "several"
      doubts = doubts || (best_of > 1 && best_doubt && best_ties == 0)
      printf "%d,%d,%s,%s,%s,%s\n", c, k, best_family(), \
        csv_field(plain(bare[best_row], most < 10 ? 10 : most) \
          (best_of < 2 ? " alone" : best_doubt && best_ties == 0 ? " ?" : "")), csv_field(tied_text(most)), \
        human(value[best_row, name], units) > file
    }
  }
  for (k = 1; k <= best_sizes; k++)
    printf "SIZE[%d] = %s\n", k, quoted(bytes(best_size[k])) > info
  close(file)
  print "DOUBTS = " doubts + 0 "\nTIES = " ties + 0 "\nSEVERAL = " several + 0 > info
  close(info)
}

# ---- both ------------------------------------------------------------------------------------------

# Of the places that differ from p in the placement alone, once.
function draw_placements(p,    rest, key, s) {
  rest = place_rest[p]
  # batches have a figure of their own
  if (rest in rest_drawn || p ~ /-batch-[0-9]+(-|$)/)
    return
  for (key = slug(rest); key in rest_name; key = key "_")
    ;
  rest_drawn[rest] = rest_name[key] = 1
  key = key == "" ? "" : "-" key
  s = compared_size(p, "latency", "lat_p50_ns", 64, 0)
  if (s > 0) {
    slope_figure("slope-latency" key, rest, "latency", "lat_p50_ns", 0, s, "Round trip of " bytes(s) " by placement", "ns µs ms s", \
      "round trip, p50")
    best_figure("best-latency" key, rest, "latency", "lat_p50_ns", 0, "Fastest round trip by size and placement", "ns µs ms s")
  }
  s = compared_size(p, "throughput", "bytes_per_s", 65536, 1)
  if (s > 0) {
    slope_figure("slope-throughput" key, rest, "throughput", "bytes_per_s", 1, s, "Throughput of " bytes(s) " messages by placement", \
      "B/s kB/s MB/s GB/s", "throughput")
    best_figure("best-throughput" key, rest, "throughput", "bytes_per_s", 1, "Highest throughput by size and placement", \
      "B/s kB/s MB/s GB/s")
  }
}
