# SPDX-License-Identifier: MIT
# The hockey stick of an open loop: open-loop.gp.

# The loads of an open loop; name "" = even those that were not measured.
function in_open_loop(i, p, s, a, name) {
  return place[i] == p && size[i] == s && arrivals[i] == a && wanted(i, "rate", s == 0, name)
}

# Whether some mechanism has two loads that have both values.
function open_loop_lines(p, s, a, name, other,    i, of) {
  for (i = 1; i <= rows; i++)
    if (in_open_loop(i, p, s, a, name) && in_open_loop(i, p, s, a, other) && ++of[id[i]] == 2)
      return 1
  return 0
}

function open_loop_lacks(figure, p, s, a, title,    why) {
  if (!open_loop_lines(p, s, a, "", "")) {
    none(figure, "open-loop", "it needs at least two loads of a mechanism")
    return
  }
  why = why_without(p, "rate", s, "lat_p50_ns")
  if (why == "")
    why = why_without(p, "rate", s, "offered_msgs_per_s")
  lose(figure, "open-loop", title, a " arrivals, " place_text[p], \
    why != "" ? why : "no mechanism has two loads that were measured")
}

# The times of an open loop against its load, one line per mechanism.
function open_loop(p, s, a,    i, k, m, order, of, names, limit, figure, title, p99) {
  figure = "open-loop-" (s > 0 ? "" : "notifications-") p (a == "constant" ? "" : "-" a)
  title = "Open loop: " (s > 0 ? bytes(s) " messages" : "notifications") " against load"
  if (!open_loop_lines(p, s, a, "lat_p50_ns", "offered_msgs_per_s")) {
    open_loop_lacks(figure, p, s, a, title)
    return
  }
  m = 0
  for (i = 1; i <= rows; i++)
    if (in_open_loop(i, p, s, a, "offered_msgs_per_s")) {
      m = insert_row(order, m, i, "offered_msgs_per_s", 0)
      series_of(i, of, names)
      p99 = p99 || value[i, "lat_p99_ns"] > 0
      if (slo[i] != "")
        limit = slo[i]
    }
  begin(figure, "open-loop", title, a " arrivals, " place_text[p])
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
  print "LOW = " real(extent_low / 1.3) "\nHIGH = " real(extent_high * 1.3) "\nP99 = " p99 + 0 > info
  picks(of[""], names, "lat_p50_ns", 0)
  end_series(of[""], names)
}

# Per kind of arrivals; of messages one size, and notifications.
function draw_open_loop(p,    i, s, a, part, kinds) {
  s = 0
  for (i = 1; i <= rows; i++)
    if (place[i] == p && wanted(i, "rate", size[i] == 0, "")) {
      kinds[arrivals[i], size[i] > 0] = 1
      if (size[i] > 0 && (s == 0 || size[i] == 64 || (s != 64 && size[i] < s)))
        s = size[i]
    }
  for (a in kinds) {
    split(a, part, SUBSEP)
    open_loop(p, part[2] ? s : 0, part[1])
  }
}
