# SPDX-License-Identifier: MIT
# How far every trial lies from the median of its mechanism: trials.gp. Distances are logarithms of ratios.

function ln_ratio(x, of) { return sprintf("%.6g", log(x / of)) }

# What lies around the median of a row: the interval, or without one the range of the trials; spread_low,
# spread_high. Returns "interval", "range" or "" where there is neither.
function spread_of(i, name) {
  if (value[i, name "_ci_lo"] > 0 && value[i, name "_ci_hi"] > 0) {
    spread_low = value[i, name "_ci_lo"]
    spread_high = value[i, name "_ci_hi"]
    return "interval"
  }
  if (range_of(i, name) == ",")
    return ""
  spread_low = range_low
  spread_high = range_high
  return "range"
}

# "LOW,HIGH" of the trials of a row, also in range_low and range_high; "," of fewer than two.
function range_of(i, name,    k, x, n) {
  n = 0
  for (k = 1; k <= trials[i]; k++) {
    x = trial_value[i, k, name] + 0
    if (!(x > 0))
      continue
    if (n++ == 0 || x < range_low) range_low = x
    if (n == 1 || x > range_high) range_high = x
  }
  return n > 1 ? range_low "," range_high : ","
}

# "LOW,HIGH" around the median of a row, also in spread_low and spread_high; "," where there is neither. What it is in spread_text:
# intervals, or where no row has one ranges.
function around(i, name,    kind) {
  kind = spread_of(i, name)
  if (kind == "interval" || spread_text == "")
    spread_text = kind == "interval" ? "95 % interval" : "range of trials"
  return kind == "" ? "," : spread_low "," spread_high
}

# A number, even if it was kept as text: texts would compare letter by letter.
function reaches(ln,    distance) {
  distance = abs(ln + 0)
  if (distance > reach)
    reach = distance
}

function write_trials(k, i, name, file,    t, ln) {
  for (t = 1; t <= trials[i]; t++) {
    if (!(trial_value[i, t, name] > 0))
      continue
    ln = ln_ratio(trial_value[i, t, name], value[i, name])
    reaches(ln)
    # dots of a row stand apart from each other
    printf "%d,%d,%.2f,%s\n", k, panel_of[k], 0.26 * ((t * 2) % 5 - 2) / 2, ln > file
  }
}

function trials_lack(figure, p, m, s, name, title, single) {
  if (single)
    none(figure, "trials", "it needs two trials of a cell")
  else if (mechanisms(p, m, s) > 0)
    lose(figure, "trials", title, setting_text(p, m, s), \
      why_empty(p, m, s, name, "trials", "trials.csv has no trial of these cells"))
}

function trial_rows(figure, p, m, s, name, falling, units, title,    i, n, single, order) {
  n = 0
  for (i = 1; i <= rows; i++)
    if (family[i] != "harness" && compares(i, p, m, s, name)) {
      single += trials[i] == 1
      if (trials[i] > 1)
        n = insert_row(order, n, i, name, falling)
    }
  if (n == 0)
    trials_lack("trials-" figure "-" p, p, m, s, name, title, single)
  else
    distance_rows("trials-" figure "-" p, order, n, name, title, setting_text(p, m, s), "one trial", \
      "from the median of the mechanism", units)
}

# Rows order[1..n], each with the distances of its trial_value[] from its value[]. units 0 = values are shares, and beside them stands the
# inverse of evenness; they have no spread of their own.
function distance_rows(figure, order, n, name, title, subtitle, dot, axis, units,    i, k, kind, kinds, file, dots_file, tics) {
  alike(order, n)
  begin(figure, "trials", title, subtitle)
  print "DOT = " quoted(dot) "\nAXIS = " quoted(axis) > info
  row_panels(order, n)
  file = folder "/rows.csv"
  dots_file = folder "/dots.csv"
  print "row,panel,family,spread,lo,hi" > file
  print "row,panel,aside,ln_ratio" > dots_file
  tics = 0
  print "array REACH[" panel_of[n] "]\narray TIC_PANEL[" 20 * panel_of[n] "]\narray TIC[" 20 * panel_of[n] "]\narray TIC_TEXT[" \
    20 * panel_of[n] "]" > info
  for (k = 1; k <= n; k++) {
    i = order[k]
    if (k == panel_first[panel_of[k]])
      reach = 0.02
    name_row(k, i, units == 0 ? sprintf("%.3g×", 1 / value[i, "evenness"]) : human(value[i, name], units))
    kind = units == 0 ? "" : spread_of(i, name)
    kinds[kind] = 1
    if (kind != "") {
      reaches(ln_ratio(spread_low, value[i, name]))
      reaches(ln_ratio(spread_high, value[i, name]))
    }
    print k "," panel_of[k] "," family[i] "," kind "," (kind == "" ? "," : \
      ln_ratio(spread_low, value[i, name]) "," ln_ratio(spread_high, value[i, name])) > file
    write_trials(k, i, name, dots_file)
    if (k == n || panel_of[k + 1] != panel_of[k])
      tics = reach_tics(panel_of[k], tics)
  }
  close(file)
  close(dots_file)
  print "TICS = " tics "\nINTERVALS = " kinds["interval"] + 0 "\nRANGES = " kinds["range"] + 0 > info
  close(info)
}

# The axis of a panel; returns how many marks there are with those before.
function reach_tics(p, tics,    i, n, list) {
  printf "REACH[%d] = %s\n", p, real(reach * 1.08) > info
  n = change_list(-reach * 1.08, reach * 1.08, ENVIRON["HALF"] == 1 ? 4.5 : 6.5, list)
  for (i = 1; i <= n && i <= 20; i++)
    printf "TIC_PANEL[%d] = %d\nTIC[%d] = %.9g\nTIC_TEXT[%d] = %s\n", ++tics, p, tics, log(1 + list[i] / 100), tics, \
      quoted(change_text(list[i])) > info
  return tics
}

function draw_trials(p,    s) {
  s = compared_size(p, "latency", "lat_p50_ns", 64, 0)
  if (s > 0)
    trial_rows("latency", p, "latency", s, "lat_p50_ns", 0, "ns µs ms s", \
      "Every trial: round trip of " bytes(s))
  s = compared_size(p, "throughput", "bytes_per_s", 65536, 1)
  if (s > 0)
    trial_rows("throughput", p, "throughput", s, "bytes_per_s", 1, "B/s kB/s MB/s GB/s", \
      "Every trial: throughput of " bytes(s) " messages")
}
