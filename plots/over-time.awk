# SPDX-License-Identifier: MIT
# The heat maps of `ipcbench --timeline`: over-time.gp.
#
# A map has a column per slice of time and a row per range of times. Rows are eighths of an octave, all as
# high, from ROW_LOW up; the axis is logarithmic from octave to octave and linear within one.

# At most so many maps per placement and mode, and columns in each, however finely a file has sliced.
BEGIN {
  MAPS = 6
  COLUMNS = 256
  ROW_LAST = 240
  needed["timeline"] = "transport wait mode size_bytes placement trial slice_start_s slice_s low_ns count"
  filled["timeline"] = "transport wait mode placement trial"
}

what == "timeline" { keep_moment() }

# A number, or -1 for what is none.
function moment_number(name) {
  return get(name) ~ /^[0-9]+(\.[0-9]*)?([eE][-+]?[0-9][0-9]?)?$/ ? get(name) + 0 : -1
}

function keep_moment(    key, c, n, slice_s, low, count) {
  slice_s = moment_number("slice_s")
  low = moment_number("low_ns")
  count = moment_number("count")
  if (!(slice_s > 0) || low < 0 || !(count > 0) || moment_number("slice_start_s") < 0)
    return
  keep_date()
  key = cell_key()
  if (!(key in map_of)) {
    map_of[key] = ++maps
    keep_map("m" maps, slice_s)
  }
  c = "m" map_of[key]
  map_trials[c] += !((c, get("trial")) in map_trial_seen)
  map_trial_seen[c, get("trial")] = 1
  # trials are never added; the first one stands for the cell
  if (get("trial") != map_trial[c] || slice_s != map_slice_s[c])
    return
  n = ++map_counts[c]
  map_x[c, n] = int(moment_number("slice_start_s") / slice_s + 0.5)
  map_y[c, n] = map_row_of(low)
  map_n[c, n] = count
}

function keep_map(c, slice_s) {
  keep_name(c)
  mode[c] = word(get("mode"))
  map_trial[c] = get("trial")
  map_slice_s[c] = slice_s
  map_load[c] = map_pace[c] = ""
  if (get("mode") == "rate")
    map_load[c] = " at " plain(get("rate"), 12) (get("rate") ~ /^[0-9.]+$/ ? "/s" : "")
  if (get("arrivals") != "" && get("arrivals") != "constant")
    map_pace[c] = ", " word(get("arrivals")) " arrivals"
  if (get("think_ns") + 0 > 0)
    map_pace[c] = ", each after a pause of " shortest(human(get("think_ns"), "ns µs ms s"))
  map_kind[c] = word(get("lat_kind"))
}

# The row that a time lies in, as a number with a fraction; row 0 begins at 16 ns, row -1 is all below.
function map_row_at(ns,    octave) {
  if (ns < 16)
    return -1
  if (ns >= 2 ^ 34)
    return ROW_LAST
  octave = int(log(ns) / log(2))
  if (2 ^ octave > ns) octave--
  if (2 ^ (octave + 1) <= ns) octave++
  return 8 * (octave - 4) + 8 * (ns / 2 ^ octave - 1)
}

function map_row_of(ns,    row) {
  row = map_row_at(ns)
  return row < 0 ? -1 : int(row + 0.001)
}

# ---- what is drawn ---------------------------------------------------------------------------------

# Mode and placement have one set of maps, of the smallest size; notifications, which have none, their own.
function map_set(c) {
  return place[c] SUBSEP mode[c] SUBSEP (family[c] == "notifications")
}

# Every mechanism has a map before one has a second, of another load or pause.
function draw_over_time(    k, c, set, smallest, turn, turns, most, left) {
  for (k = 1; k <= maps; k++) {
    set = map_set("m" k)
    if (!(set in smallest) || size["m" k] < smallest[set])
      smallest[set] = size["m" k]
  }
  left = most = 0
  for (k = 1; k <= maps; k++) {
    c = "m" k
    set = map_set(c)
    turn[k] = size[c] == smallest[set] ? ++turns[set, id[c]] : 0
    left += turn[k] == 0
    if (turn[k] > most) most = turn[k]
  }
  for (k = 1; k <= most; k++)
    left += draw_turn(k, turn)
  if (left > 0)
    note(left " cell" (left == 1 ? "" : "s") " of timeline.csv left out of over-time: it shows the smallest size, and up to " MAPS " cells per mode and placement")
  if (maps == 0)
    lose("over-time", "over-time", "Messages over time", "", lacks("timeline") != "" ? lacks("timeline") : \
      "timeline.csv has no times")
}

# Draws what there is room for of those whose turn it is; returns how many are left.
function draw_turn(now, turn,    k, set, left) {
  left = 0
  for (k = 1; k <= maps; k++) {
    set = map_set("m" k)
    if (turn[k] != now)
      continue
    if (map_drawn[set] < MAPS) {
      map_drawn[set]++
      draw_map("m" k)
    } else
      left++
  }
  return left
}

# A name for the folder, from nothing but letters that mean nothing to a shell.
function map_name(c,    name) {
  name = label[c]
  gsub(/[^A-Za-z0-9]+/, "-", name)
  name = "over-time-" mode[c] "-" place[c] "-" substr(name, 1, 40)
  sub(/-+$/, "", name)
  if (map_named[name]++)
    name = name "-" map_named[name]
  return name
}

function map_title(c) {
  return plain(label[c], 34) map_load[c] ": " (mode[c] == "latency" ? "round trips" : "messages") \
    (size[c] > 0 ? " of " bytes(size[c]) : "") " over time"
}

# "5 ms" for "5.00 ms"
function shortest(text) {
  sub(/\.0+ /, " ", text)
  return text
}

function draw_map(c,    fold, n, x, y, cell, last, low, high, most) {
  last = 0
  for (n = 1; n <= map_counts[c]; n++)
    if (map_x[c, n] > last) last = map_x[c, n]
  fold = 1
  while (last / fold >= COLUMNS)
    fold *= 2
  last = int(last / fold)
  low = ROW_LAST
  high = -1
  most = 1
  for (n = 1; n <= map_counts[c]; n++) {
    x = int(map_x[c, n] / fold)
    y = map_y[c, n]
    cell[x, y] += map_n[c, n]
    if (cell[x, y] > most) most = cell[x, y]
    if (y < low) low = y
    if (y > high) high = y
  }
  begin(map_name(c), "over-time", map_title(c), place_text[place[c]] map_pace[c] \
    (map_trials[c] > 1 ? ", trial " (map_trial[c] + 0) " of " map_trials[c] : ""))
  write_map(c, fold, last, low, high, most, cell)
}

function write_map(c, fold, last, low, high, most, cell,    x, y, file, unit, scale, seconds) {
  # room above and below, and enough of it that a few rows are no wall
  low = low - 3 > -1 ? low - 3 : -1
  high = high + 3 < ROW_LAST ? high + 3 : ROW_LAST
  while (high - low < 24 && (low > -1 || high < ROW_LAST)) {
    if (low > -1) low--
    if (high < ROW_LAST) high++
  }
  seconds = map_slice_s[c] * fold
  scale = (last + 1) * seconds < 0.002 ? 1e6 : (last + 1) * seconds < 2 ? 1e3 : 1
  unit = scale == 1e6 ? "µs" : scale == 1e3 ? "ms" : "s"
  fill_clock(cell, low, high, last)
  file = folder "/rows.csv"
  print "at,row,count" > file
  for (y = low; y <= high; y++)
    for (x = 0; x <= last; x++)
      printf "%.9g,%.1f,%s\n", (x + 0.5) * seconds * scale, y + 0.5, ((x, y) in cell) ? sprintf("%.9g", cell[x, y]) : \
        ((x, y) in shown_as) ? sprintf("%.9g", shown_as[x, y]) : "NaN" > file
  close(file)
  printf "END = %.9g\nLOW = %d\nHIGH = %d\nMOST = %.9g\n", (last + 1) * seconds * scale, low, high + 1, most > info
  print "TIME = " quoted("time in the window, " unit ", in slices of " shortest(human(seconds * 1e9, "ns µs ms s"))) > info
  print "AXIS = " quoted(map_kind[c] == "intended" ? "from when due" : map_kind[c] == "forward" ? "one way" : "round trip") > info
  map_tics(low, high + 1)
  print "P50 = " map_line(cell, last, 0.5, 20, "p50", seconds * scale) > info
  print "P99 = " map_line(cell, last, 0.99, 1000, "p99", seconds * scale) > info
  close(info)
}

# Below 128 ns a row is finer than the step of many clocks: one that no message of the map can have is no gap, and shows what the
# row below it does.
function fill_clock(cell, low, high, last,    x, y, used, key, at) {
  split("", shown_as)
  for (key in cell) {
    split(key, at, SUBSEP)
    used[at[2]] = 1
  }
  for (y = low + 1; y < high && y < 24; y++)
    for (x = 0; !(y in used) && ((y - 1) in used) && ((y + 1) in used) && x <= last; x++)
      if ((x, y - 1) in cell)
        shown_as[x, y] = cell[x, y - 1]
}

# Marks of the axis: every decade; where there are few, 2 and 5 as well.
function map_tics(low, high,    ns, n, k, row, fine, list) {
  fine = high - low < 8 * 3.4 * 2
  split(fine ? "1 2 5" : "1", list, " ")
  n = 0
  for (ns = 10; ns <= 1e10; ns *= 10)
    for (k = 1; k in list; k++) {
      row = map_row_at(ns * list[k])
      if (row < low || row > high || ns * list[k] < 16)
        continue
      tic_row[++n] = row
      tic_text[n] = shortest(human(ns * list[k], "ns µs ms s"))
    }
  print "TICS = " n "\narray TIC[" n + 1 "]\narray TEXT[" n + 1 "]" > info
  for (k = 1; k <= n; k++)
    printf "TIC[%d] = %.9g\nTEXT[%d] = %s\n", k, tic_row[k], k, quoted(tic_text[k]) > info
}

# A percentile over time into NAME.csv: of as few columns together as have the samples that it needs, in nine of ten places, and
# leave at most 64 points (half a page: 32), since more show noise. Within a row it lies where its rank does. Returns whether
# there is a line.
function map_line(cell, last, q, samples, name, width,    xs, total, together, groups, enough, x, g, file, y, rank, in_row, key, at) {
  for (key in cell) {
    split(key, at, SUBSEP)
    total[at[1]] += cell[key]
  }
  for (together = 1; (last + 1) / together > (ENVIRON["HALF"] ? 32 : 64); together *= 2)
    ;
  for (; together <= (last + 1) / 4; together *= 2) {
    groups = enough = 0
    for (x = 0; x <= last; x += together) {
      g = group_total(total, x, together)
      groups += g > 0
      enough += g >= samples
    }
    if (enough >= 0.9 * groups)
      break
  }
  if (together > (last + 1) / 4)
    return 0
  file = folder "/" name ".csv"
  print "at,row" > file
  for (x = 0; x <= last; x += together) {
    g = group_total(total, x, together)
    # where there is none the line has a gap
    if (g < samples) {
      print "" > file
      continue
    }
    rank = q * g
    for (y = -1; y < ROW_LAST && rank > 0; y++) {
      in_row = 0
      for (xs = x; xs < x + together; xs++)
        in_row += cell_count(cell, xs, y)
      rank -= in_row
    }
    printf "%.9g,%.2f\n", (x + together / 2) * width, y + (in_row > 0 ? rank / in_row : 0) > file
  }
  close(file)
  return 1
}

function group_total(total, x, together,    i, sum) {
  for (i = x; i < x + together; i++)
    sum += (i in total) ? total[i] : 0
  return sum + 0
}

function cell_count(cell, x, y) { return ((x, y) in cell) ? cell[x, y] : 0 }
