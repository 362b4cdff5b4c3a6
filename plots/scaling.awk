# SPDX-License-Identifier: MIT
# Many sides: scaling.gp, the rate of all together and the p99 of their round trips against their number, and how evenly they share
# it, trials.gp. If sides share CPUs, the figure is one of saturation.

BEGIN {
  sides_word["pairs"] = "pairs"
  sides_word["server"] = "clients"
  sides_word["fan-in"] = "senders"
  sides_word["fan-out"] = "receivers"
}

# The name of a place, or its text, without the number of sides. Pairs far apart are another place.
function without_number(text,    rest) {
  if (match(text, /(-|,? )(pairs|server|fan-in|fan-out)[-_:][0-9]+/)) {
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

# name "" = even those that were not measured. One pair is also a fan of one, but no server.
function in_scaling(i, base, kind, s, m, name) {
  return size[i] == s && (many[i] == kind || (many[i] == "" && kind != "server")) && without_number(place[i]) == base && \
    wanted(i, m, 0, name) && family[i] != "harness" && batch[i] < 2
}

# Returns whether a mechanism has two numbers of sides in a mode.
function scales(base, kind, s, m, name,    i, of) {
  for (i = 1; i <= rows; i++)
    if (in_scaling(i, base, kind, s, m, name) && ++of[id[i]] == 2)
      return 1
  return 0
}

# Keeps what a row tells of its series at its number of sides: the rate, or the p99, with the interval. A round trip has a rate of
# interest only if a server answers many.
function scaling_point(i, series, rate_panel, time_panel,    p, lo, hi) {
  p = lanes[i]
  if (mode[i] == "throughput" || many[i] == "server") {
    lo = mode[i] == "throughput" ? end_of_rate(i, "lo") : value[i, "msgs_per_s_ci_lo"]
    hi = mode[i] == "throughput" ? end_of_rate(i, "hi") : value[i, "msgs_per_s_ci_hi"]
    scaling_rate[series, p] = mode[i] == "throughput" ? value[i, "bytes_per_s"] / size[i] : value[i, "msgs_per_s"] + 0
    scaling_text[series, p, "rate"] = real(scaling_rate[series, p]) "," lo "," hi
    scaling_extent(series, rate_panel, p, scaling_rate[series, p], lo, hi)
  }
  if (mode[i] == "latency") {
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

# Both modes of a number of sides in one line, or lines of points would have gaps. Pairs share nothing but the machine, so N of them
# could have N times the rate.
function scaling_lines(n, list, kind,    k, m, p, counts, rate, time) {
  m = split(list, counts, " ")
  for (k = 1; k <= n; k++)
    for (p = 1; p <= m; p++) {
      rate = (k, counts[p], "rate") in scaling_text ? scaling_text[k, counts[p], "rate"] : ",,"
      time = (k, counts[p], "time") in scaling_text ? scaling_text[k, counts[p], "time"] : ",,"
      if (rate time != ",,,,")
        print counts[p] "," rate "," time "," (kind == "pairs" && (k, 1) in scaling_rate ? real(counts[p] * scaling_rate[k, 1]) : "") "," > \
          (folder "/series-" k ".csv")
    }
}

function end_of_rate(i, end) { return value[i, "bytes_per_s_ci_" end] > 0 ? real(value[i, "bytes_per_s_ci_" end] / size[i]) : "" }

function scaling_name(base, kind) { return (kind == "pairs" ? "" : kind "-") base }

function scaling_of(base, kind, text, s,    i, k, m, order, of, names, rate_mode, rates, times, full, list) {
  rate_mode = kind == "server" ? "latency" : "throughput"
  rates = scales(base, kind, s, rate_mode, kind == "server" ? "msgs_per_s" : "bytes_per_s")
  times = kind !~ /^fan/ && scales(base, kind, s, "latency", "lat_p99_ns")
  if (rates + times == 0) {
    none("scaling-" scaling_name(base, kind), "scaling", \
      "it needs at least two numbers of " sides_word[kind] " of a mechanism, as in --topology " kind ":1..8")
    return
  }
  m = full = 0
  split("", scaling_rate)
  split("", scaling_text)
  for (i = 1; i <= rows; i++)
    if ((rates && in_scaling(i, base, kind, s, rate_mode, kind == "server" ? "msgs_per_s" : "bytes_per_s")) || \
        (times && in_scaling(i, base, kind, s, "latency", "lat_p99_ns"))) {
      value[i, "lanes"] = lanes[i]
      m = insert_row(order, m, i, "lanes", 0)
      series_of(i, of, names)
      if (oversubscribed[i] && (full == 0 || lanes[i] < full))
        full = lanes[i]
    }
  alike(names, of[""])
  begin("scaling-" scaling_name(base, kind), "scaling", \
    (full > 0 ? "Saturation" : "Scaling") " by number of " sides_word[kind] ", " bytes(s), \
    text (full > 0 ? "; sides share CPUs from " full " " sides_word[kind] " on" : ""))
  for (k = 1; k <= m; k++)
    if (k == 1 || lanes[order[k]] != lanes[order[k - 1]])
      list = list (k == 1 ? "" : " ") lanes[order[k]]
  print "SIDES = " quoted(sides_word[kind]) "\nBATCHES = " quoted(list) "\nVALUES = " rates + times "\nRATES = " rates \
    "\nIDEAL = " (kind == "pairs" && rates) > info
  facets_begin(of[""], names)
  begin_series(of[""], "sides,msgs_per_s,msgs_per_s_ci_lo,msgs_per_s_ci_hi,p99_ns,p99_ns_ci_lo,p99_ns_ci_hi,ideal_msgs_per_s,ideal_p99_ns")
  split("", scaling_bars)
  for (k = 1; k <= m; k++)
    scaling_point(order[k], of[id[order[k]]], 1, rates + 1)
  print "INTERVALS = " (1 in scaling_bars) > info
  scaling_lines(of[""], list, kind)
  facets_end(of[""], rates + times, names)
  picks(of[""], names, rates ? "msgs_per_s" : "lat_p99_ns", rates)
  end_series(of[""], names)
}

# The largest number of sides that was measured, where each side has a rate.
function most_lanes(base, kind, s, m,    i, n) {
  for (i = 1; i <= rows; i++)
    if (many[i] == kind && in_scaling(i, base, kind, s, m, "") && sides[i] > 1 && lanes[i] > n)
      n = lanes[i]
  return n + 0
}

# What each side has of the mean of its trial, where most sides were measured. Beside it how many times the slowest the fastest is in
# the median trial. A side that has nearly nothing has a hundredth.
function fairness_of(base, kind, text, s,    m, n, i, r, t, k, x, low, high, order, count) {
  m = kind == "server" || most_lanes(base, kind, s, "throughput") == 0 ? "latency" : "throughput"
  n = most_lanes(base, kind, s, m)
  for (i = 1; i <= rows && n > 0; i++)
    if (many[i] == kind && lanes[i] == n && sides[i] > 1 && in_scaling(i, base, kind, s, m, "")) {
      r = like_row(i, "sides")
      trials[r] = 0
      value[r, "share"] = 1
      for (t = 1; t <= side_trials[i]; t++) {
        low = high = ""
        for (k = 1; k <= sides[i] && side_sum[i, t] > 0; k++) {
          x = side_rate[i, t, k] * sides[i] / side_sum[i, t]
          if (x < 0.01) x = 0.01
          trial_value[r, ++trials[r], "share"] = x
          if (low == "" || x < low) low = x
          if (high == "" || x > high) high = x
        }
        side_spread[t] = low == "" ? 1 : high / low
      }
      value[r, "evenness"] = 1 / middle_of(side_spread, side_trials[i])
      count = insert_row(order, count + 0, r, "evenness", 1)
    }
  if (count > 0)
    distance_rows("fairness-" scaling_name(base, kind), order, count, "share", "Fairness among " n " " sides_word[kind] ", " bytes(s), \
      text, "one of " n " " sides_word[kind] " in a trial", "from the mean of all " sides_word[kind], 0)
}

# The median of list[1..n], which it sorts.
function middle_of(list, n,    i, k, x) {
  for (i = 2; i <= n; i++) {
    x = list[i]
    for (k = i - 1; k > 0 && list[k] > x; k--)
      list[k + 1] = list[k]
    list[k + 1] = x
  }
  return n % 2 == 1 ? list[(n + 1) / 2] : (list[n / 2] + list[n / 2 + 1]) / 2
}

# Only where they were asked for, so their absence is not worth a note.
function draw_scaling(p,    i, s, base, kind, text) {
  base = without_number(p)
  for (kind in sides_word) {
    s = 0
    for (i = 1; i <= rows; i++)
      if (many[i] == kind && lanes[i] > 1 - (kind == "server") && mode[i] ~ /^(latency|throughput)$/ && size[i] > 0 && place[i] == p && \
          (s == 0 || size[i] == 64 || (s != 64 && size[i] < s)))
        s = size[i]
    if (s == 0 || (base, kind) in scaling_drawn)
      continue
    scaling_drawn[base, kind] = 1
    text = without_cpus(without_number(place_text[p]))
    scaling_of(base, kind, text, s)
    fairness_of(base, kind, text, s)
  }
}
