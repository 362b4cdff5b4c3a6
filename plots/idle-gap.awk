# SPDX-License-Identifier: MIT
# The time of a round trip against the pause before it: idle-gap.gp. No pause has a place of its own, left of
# all others, since an axis of logarithms has none for it.

# size 0 = notifications; name "" = even those that were not measured
function after_pause(i, p, s, name) {
  return place[i] == p && size[i] == s && (id[i] in paused) && \
    (wanted(i, "think", s == 0, name) || wanted(i, "latency", s == 0, name))
}

# Leaves in paused[] the mechanisms with a pause, and returns whether one of them has two, no pause at all included.
function idle_gap_lines(p, s, name,    i, of, two) {
  split("", paused)
  for (i = 1; i <= rows; i++)
    if (place[i] == p && size[i] == s && wanted(i, "think", s == 0, name))
      paused[id[i]] = 1
  two = 0
  for (i = 1; i <= rows; i++)
    two = two || (after_pause(i, p, s, name) && ++of[id[i]] == 2)
  return two
}

# Only where a pause was asked for, so that it is not worth a line otherwise.
function idle_gap_lacks(figure, p, s, title,    two, k, why) {
  two = idle_gap_lines(p, s, "")
  for (k in paused)
    break
  if (!two && k != "")
    none(figure, "idle-gap", "it needs at least two pauses of a mechanism")
  if (two)
    lose(figure, "idle-gap", title, place_text[p], ((why = why_without(p, "think", s, "lat_p50_ns")) != "" \
      ? why : "no mechanism has two pauses that were measured"))
}

function facet_pause(k, i, name, at,    v) {
  v = name == "lat_p50_ns" ? 1 : 2
  facet_point(k, v, at, value[i, name])
  if (around(i, name) == ",")
    return
  facet_extent(k, v, spread_low)
  facet_extent(k, v, spread_high)
}

function idle_gap(figure, p, s, title,    i, k, m, order, of, names, zero, p99) {
  if (!idle_gap_lines(p, s, "lat_p50_ns")) {
    idle_gap_lacks(figure "-" p, p, s, title)
    return
  }
  m = 0
  extent_begin()
  for (i = 1; i <= rows; i++)
    if (after_pause(i, p, s, "lat_p50_ns")) {
      m = insert_row(order, m, i, "think_ns", 0)
      series_of(i, of, names)
      extent(value[i, "think_ns"])
      p99 = p99 || value[i, "lat_p99_ns"] > 0
    }
  alike(names, of[""])
  begin(figure "-" p, "idle-gap", title, place_text[p])
  facets_begin(of[""], names)
  spread_text = ""
  begin_series(of[""], "think_ns,at_ns,lat_p50_ns,lat_p99_ns,p50_lo,p50_hi,p99_lo,p99_hi")
  zero = extent_low / 5
  print "ZERO = " real(zero) "\nHIGH = " real(extent_high * 1.4) "\nP99 = " p99 + 0 > info
  for (k = 1; k <= m; k++) {
    i = order[k]
    print value[i, "think_ns"] + 0 "," (value[i, "think_ns"] > 0 ? value[i, "think_ns"] : zero) "," \
      value[i, "lat_p50_ns"] "," value[i, "lat_p99_ns"] "," around(i, "lat_p50_ns") "," around(i, "lat_p99_ns") > \
      (folder "/series-" of[id[i]] ".csv")
    facet_pause(of[id[i]], i, "lat_p50_ns", value[i, "think_ns"] > 0 ? value[i, "think_ns"] : zero)
    facet_pause(of[id[i]], i, "lat_p99_ns", value[i, "think_ns"] > 0 ? value[i, "think_ns"] : zero)
  }
  facets_end(of[""], 1 + p99, names)
  print "AROUND = " quoted(spread_text) > info
  picks(of[""], names, "lat_p50_ns", 0)
  end_series(of[""], names)
}

# Only where it was asked for, so its absence is not worth a note.
function draw_idle_gap(p,    i, s) {
  s = 0
  for (i = 1; i <= rows; i++)
    if (mode[i] == "think" && place[i] == p && size[i] > 0 && (s == 0 || size[i] == 64 || (s != 64 && size[i] < s)))
      s = size[i]
  if (s > 0)
    idle_gap("idle-gap", p, s, "Round trip of " bytes(s) " after a pause")
  idle_gap("idle-gap-notifications", p, 0, "Notification round trip after a pause")
}
