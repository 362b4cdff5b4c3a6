# SPDX-License-Identifier: MIT
# The time of a round trip against the pause before it: idle-gap.gp. No pause has a place of its own, left of
# all others, since an axis of logarithms has none for it.

# size 0 = notifications
function after_pause(i, p, s) {
  return place[i] == p && size[i] == s && (family[i] == "notifications") == (s == 0) && \
    (mode[i] == "think" || mode[i] == "latency") && (id[i] in paused) && value[i, "lat_p50_ns"] > 0
}

function idle_gap(figure, p, s, title,    i, k, m, order, of, names, zero) {
  split("", paused)
  for (i = 1; i <= rows; i++)
    if (mode[i] == "think" && place[i] == p && size[i] == s && value[i, "lat_p50_ns"] > 0)
      paused[id[i]] = 1
  m = 0
  extent_begin()
  for (i = 1; i <= rows; i++)
    if (after_pause(i, p, s)) {
      m = insert_row(order, m, i, "think_ns", 0)
      series_of(i, of, names)
      extent(value[i, "think_ns"])
    }
  if (m == 0)
    return
  if (m < 2 * of[""]) {
    note(p ": " figure " needs at least two pauses of each mechanism")
    return
  }
  begin(figure "-" p, "idle-gap.gp", title, place_text[p])
  begin_series(of[""], "think_ns,at_ns,lat_p50_ns,lat_p99_ns")
  zero = extent_low / 5
  print "ZERO = " real(zero) "\nHIGH = " real(extent_high * 1.4) > info
  for (k = 1; k <= m; k++) {
    i = order[k]
    print value[i, "think_ns"] + 0 "," (value[i, "think_ns"] > 0 ? value[i, "think_ns"] : zero) "," \
      value[i, "lat_p50_ns"] "," value[i, "lat_p99_ns"] > (folder "/series-" of[id[i]] ".csv")
  }
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
