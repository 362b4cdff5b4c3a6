# SPDX-License-Identifier: MIT
# The hockey stick of an open loop: open-loop.gp.

function in_open_loop(i, p, s, a) {
  return place[i] == p && mode[i] == "rate" && size[i] == s && arrivals[i] == a && value[i, "offered_msgs_per_s"] > 0
}

# The times of an open loop against its load, one line per mechanism. 0 = nothing to draw.
function open_loop(p, s, a,    i, k, m, order, of, names, limit) {
  m = 0
  for (i = 1; i <= rows; i++)
    if (in_open_loop(i, p, s, a)) {
      m = insert_row(order, m, i, "offered_msgs_per_s", 0)
      series_of(i, of, names)
      if (slo[i] != "")
        limit = slo[i]
    }
  if (m == 0 || m < 2 * of[""])
    return 0
  begin("open-loop-" p (a == "constant" ? "" : "-" a), "open-loop.gp", \
    "Open loop: " (s > 0 ? bytes(s) " messages" : "notifications") " against load", a " arrivals, " place_text[p])
  begin_series(of[""], "offered_msgs_per_s,msgs_per_s,lat_p50_ns,lat_p99_ns,knee,slo,slo_lo,slo_hi,slo_ns")
  extent_begin()
  for (k = 1; k <= m; k++) {
    i = order[k]
    extent(value[i, "offered_msgs_per_s"])
    print value[i, "offered_msgs_per_s"] "," value[i, "msgs_per_s"] "," value[i, "lat_p50_ns"] "," \
      value[i, "lat_p99_ns"] "," knee[i] "," slo_row[i] > (folder "/series-" of[id[i]] ".csv")
  }
  # a diamond lies on the curve that the limit is for; of others there is none
  if (limit ~ /p(50|99)(_ns)?</)
    print "SLO = " quoted(limit) "\nSLO_PANEL = " (limit ~ /p50/ ? 2 : 1) > info
  print "LOW = " real(extent_low / 1.3) "\nHIGH = " real(extent_high * 1.3) > info
  picks(of[""], names, "lat_p50_ns", 0)
  end_series(of[""], names)
  return m
}

function draw_open_loop(p,    i, s, a, sizes, kinds) {
  for (i = 1; i <= rows; i++)
    if (place[i] == p && mode[i] == "rate" && size[i] > 0) {
      sizes[size[i]] = 1
      kinds[arrivals[i]] = 1
    }
  s = 0
  for (i in sizes)
    if (s == 0 || i + 0 == 64 || (s != 64 && i + 0 < s))
      s = i + 0
  for (a in kinds)
    if (!open_loop(p, s, a))
      note(p ": an open-loop curve needs at least two loads of each mechanism")
}
