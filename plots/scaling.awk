# SPDX-License-Identifier: MIT
# The rate of all pairs together and the p99 of their round trips, against the number of pairs: scaling.gp. If pairs share CPUs, the figure
# is one of saturation.

# The name of a place, or its text, without the number of pairs. Pairs far apart are another place.
function no_pairs(text,    rest) {
  if (match(text, /(-|,? )pairs[-_:][0-9]+/)) {
    rest = substr(text, RSTART + RLENGTH)
    text = substr(text, 1, RSTART - 1)
    if (sub(/^[-_:]scatter/, "", rest))
      text = text (text ~ / / ? ", scatter" : "-scatter")
    text = text rest
  }
  return text
}

# Of a place's text: each number of pairs has other CPUs.
function without_cpus(text) {
  sub(/ \(CPUs? [0-9]+( and [0-9]+)?\)/, "", text)
  return text
}

# name "" = even those that were not measured
function in_scaling(i, base, s, m, name) {
  return size[i] == s && no_pairs(place[i]) == base && wanted(i, m, 0, name) && family[i] != "harness" && batch[i] < 2
}

# Returns whether a mechanism has two numbers of pairs in a mode.
function scales(base, s, m, name,    i, of) {
  for (i = 1; i <= rows; i++)
    if (in_scaling(i, base, s, m, name) && ++of[id[i]] == 2)
      return 1
  return 0
}

# Keeps what a row tells of its series at its number of pairs: the rate, or the p99, with the interval.
function scaling_point(i, series, rate_panel, time_panel,    p) {
  p = pair_count[i]
  if (mode[i] == "throughput") {
    scaling_rate[series, p] = value[i, "bytes_per_s"] / size[i]
    scaling_text[series, p, "rate"] = real(scaling_rate[series, p]) "," end_of_rate(i, "lo") "," end_of_rate(i, "hi")
    scaling_extent(series, rate_panel, p, scaling_rate[series, p], end_of_rate(i, "lo"), end_of_rate(i, "hi"))
  } else {
    scaling_text[series, p, "time"] = value[i, "lat_p99_ns"] "," value[i, "lat_p99_ns_ci_lo"] "," value[i, "lat_p99_ns_ci_hi"]
    scaling_extent(series, time_panel, p, value[i, "lat_p99_ns"], value[i, "lat_p99_ns_ci_lo"], value[i, "lat_p99_ns_ci_hi"])
  }
}

# Intervals have room as well.
function scaling_extent(series, panel, p, y, lo, hi) {
  facet_point(series, panel, p, y)
  if (lo > 0 && hi > 0) {
    facet_extent(series, panel, lo + 0)
    facet_extent(series, panel, hi + 0)
    scaling_bars[1]
  }
}

# Both modes of a number of pairs in one line, or lines of points would have gaps.
function scaling_lines(n, list,    k, m, p, counts, rate, time) {
  m = split(list, counts, " ")
  for (k = 1; k <= n; k++)
    for (p = 1; p <= m; p++) {
      rate = (k, counts[p], "rate") in scaling_text ? scaling_text[k, counts[p], "rate"] : ",,"
      time = (k, counts[p], "time") in scaling_text ? scaling_text[k, counts[p], "time"] : ",,"
      if (rate time != ",,,,")
        print counts[p] "," rate "," time "," ((k, 1) in scaling_rate ? real(counts[p] * scaling_rate[k, 1]) : "") "," > \
          (folder "/series-" k ".csv")
    }
}

function end_of_rate(i, end) { return value[i, "bytes_per_s_ci_" end] > 0 ? real(value[i, "bytes_per_s_ci_" end] / size[i]) : "" }

function scaling_of(base, text, s,    i, k, m, order, of, names, rates, times, full, list, modes) {
  rates = scales(base, s, "throughput", "bytes_per_s")
  times = scales(base, s, "latency", "lat_p99_ns")
  if (rates + times == 0) {
    none("scaling-" base, "scaling", "it needs at least two numbers of pairs of a mechanism, as in --topology pairs:1..8")
    return
  }
  m = full = 0
  split("", scaling_rate)
  split("", scaling_text)
  modes = (rates ? " throughput" : "") (times ? " latency" : "")
  for (i = 1; i <= rows; i++)
    if ((rates && in_scaling(i, base, s, "throughput", "bytes_per_s")) || (times && in_scaling(i, base, s, "latency", "lat_p99_ns"))) {
      value[i, "pairs"] = pair_count[i]
      m = insert_row(order, m, i, "pairs", 0)
      series_of(i, of, names)
      if (oversubscribed[i] && (full == 0 || pair_count[i] < full))
        full = pair_count[i]
    }
  alike(names, of[""])
  begin("scaling-" base, "scaling", (full > 0 ? "Saturation" : "Scaling") " by number of pairs, " bytes(s), \
    text (full > 0 ? "; pairs share CPUs from " full " pairs on" : ""))
  for (k = 1; k <= m; k++)
    if (k == 1 || pair_count[order[k]] != pair_count[order[k - 1]])
      list = list (k == 1 ? "" : " ") pair_count[order[k]]
  print "BATCHES = " quoted(list) "\nVALUES = " rates + times "\nRATES = " rates > info
  facets_begin(of[""], names)
  begin_series(of[""], "pairs,msgs_per_s,msgs_per_s_ci_lo,msgs_per_s_ci_hi,p99_ns,p99_ns_ci_lo,p99_ns_ci_hi,ideal_msgs_per_s,ideal_p99_ns")
  split("", scaling_bars)
  for (k = 1; k <= m; k++)
    scaling_point(order[k], of[id[order[k]]], 1, rates + 1)
  print "INTERVALS = " (1 in scaling_bars) > info
  scaling_lines(of[""], list)
  facets_end(of[""], rates + times, names)
  picks(of[""], names, rates ? "msgs_per_s" : "lat_p99_ns", rates)
  end_series(of[""], names)
}

# Only where it was asked for, so its absence is not worth a note.
function draw_scaling(p,    i, s, base) {
  base = no_pairs(p)
  if (base in scaling_drawn)
    return
  scaling_drawn[base] = 1
  s = 0
  for (i = 1; i <= rows; i++)
    if (pair_count[i] > 1 && size[i] > 0 && no_pairs(place[i]) == base && (s == 0 || size[i] == 64 || (s != 64 && size[i] < s)))
      s = size[i]
  if (s > 0)
    scaling_of(base, without_cpus(no_pairs(place_text[p])), s)
}
