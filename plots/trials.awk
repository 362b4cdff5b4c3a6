# SPDX-License-Identifier: MIT
# Medians, and how far every trial lies from its own: trials.gp. Distances are logarithms of ratios.

function ln_ratio(x, of) { return sprintf("%.6g", log(x / of)) }

# What lies around the median of a row: the interval, or without one the range of the trials; spread_low,
# spread_high. Returns "interval", "range" or "" where there is neither.
function spread_of(i, name,    k, x, n) {
  if (value[i, name "_ci_lo"] > 0 && value[i, name "_ci_hi"] > 0) {
    spread_low = value[i, name "_ci_lo"]
    spread_high = value[i, name "_ci_hi"]
    return "interval"
  }
  n = 0
  for (k = 1; k <= trials[i]; k++) {
    x = trial_value[i, k, name] + 0
    if (!(x > 0))
      continue
    if (n++ == 0 || x < spread_low) spread_low = x
    if (n == 1 || x > spread_high) spread_high = x
  }
  return n > 1 ? "range" : ""
}

function reaches(ln,    distance) {
  distance = abs(ln)
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
    printf "%.2f,%s\n", k + 0.26 * ((t * 2) % 5 - 2) / 2, ln > file
  }
}

function trials_lack(figure, p, m, s, name, title, single) {
  if (single)
    none(figure, "trials", "it needs two trials of a cell")
  else if (mechanisms(p, m, s) > 0)
    lose(figure, "trials", title, setting_text(p, m, s), \
      why_empty(p, m, s, name, "trials", "trials.csv has no trial of these cells"))
}

function trial_bars(figure, p, m, s, name, falling, units, scale, axis, title,    i, k, n, single, order, kind, kinds, file, dots_file) {
  n = 0
  for (i = 1; i <= rows; i++)
    if (family[i] != "harness" && compares(i, p, m, s, name)) {
      single += trials[i] == 1
      if (trials[i] > 1)
        n = insert_row(order, n, i, name, falling)
    }
  if (n == 0) {
    trials_lack("trials-" figure "-" p, p, m, s, name, title, single)
    return
  }
  begin("trials-" figure "-" p, "trials", title, setting_text(p, m, s))
  file = folder "/rows.csv"
  dots_file = folder "/dots.csv"
  print "array LABEL[" n "]\narray TEXT[" n "]" > info
  print "row,family,value,spread,lo,hi" > file
  print "row,ln_ratio" > dots_file
  reach = 0.005
  extent_begin()
  for (k = 1; k <= n; k++) {
    i = order[k]
    name_row(k, i, human(value[i, name], units))
    extent(value[i, name])
    kind = spread_of(i, name)
    kinds[kind] = 1
    if (kind != "") {
      reaches(ln_ratio(spread_low, value[i, name]))
      reaches(ln_ratio(spread_high, value[i, name]))
    }
    print k "," family[i] "," value[i, name] "," kind "," (kind == "" ? "," : \
      ln_ratio(spread_low, value[i, name]) "," ln_ratio(spread_high, value[i, name])) > file
    write_trials(k, i, name, dots_file)
  }
  close(file)
  close(dots_file)
  print "ROWS = " n "\nLOW = " real(extent_low / 2) "\nHIGH = " real(extent_high * 1.3) "\nSCALE = " scale > info
  print "AXIS = " quoted(axis) > info
  print "REACH = " real(reach * 1.08) "\nINTERVALS = " kinds["interval"] + 0 "\nRANGES = " kinds["range"] + 0 > info
  change_tics(-reach * 1.08, reach * 1.08, 4.5)
  close(info)
}

function draw_trials(p,    s) {
  s = compared_size(p, "latency", "lat_p50_ns", 64, 0)
  if (s > 0)
    trial_bars("latency", p, "latency", s, "lat_p50_ns", 0, "ns µs ms s", "1e3", "p50, µs", \
      "Every trial: round trip of " bytes(s))
  s = compared_size(p, "throughput", "bytes_per_s", 65536, 1)
  if (s > 0)
    trial_bars("throughput", p, "throughput", s, "bytes_per_s", 1, "B/s kB/s MB/s GB/s", "1e9", "GB/s", \
      "Every trial: throughput of " bytes(s) " messages")
}
