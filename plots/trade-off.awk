# SPDX-License-Identifier: MIT
# The time of a round trip against the CPU time that it takes: trade-off.gp. Every point has its name beside it;
# where points crowd, names stand farther off, with a line to their point. Three mechanisms that wait alike have a panel; all places are
# units of its box, BOX_WIDTH by BOX_HEIGHT.

BEGIN {
  narrow = ENVIRON["HALF"] == 1
  box_width = narrow ? 234 : 530
  label_height = narrow ? 11.5 : 16
  label_char = narrow ? 5.7 : 6.9
  circle = 2 * atan2(0, -1)
}

# Letters as wide as m take half as much again.
function text_width(text) { return label_char * (length(text) + 0.5 * gsub(/[mw]/, "", text)) }

function pixel(x, low, high, span) { return span * log(x / low) / log(high / low) }

function box_add(x0, y0, x1, y1) {
  boxes++
  box[boxes, "text"] = 0
  box[boxes, "x0"] = x0; box[boxes, "y0"] = y0
  box[boxes, "x1"] = x1; box[boxes, "y1"] = y1
}

function box_free(x0, y0, x1, y1,    k) {
  if (x0 < 4 || y0 < 4 || x1 > box_width - 2 || y1 > box_height - 2)
    return 0
  for (k = 1; k <= boxes; k++)
    if (x0 < box[k, "x1"] && x1 > box[k, "x0"] && y0 < box[k, "y1"] && y1 > box[k, "y0"])
      return 0
  return 1
}

# Whether two ends of a line lie on both sides of a step of the front, of which one coordinate is `at` and the other from a to b.
function crosses_step(p, q, x, y, at, a, b,    cross) {
  if ((p - at) * (q - at) > 0 || p == q)
    return 0
  cross = x + (y - x) * (at - p) / (q - p)
  return cross >= a - 2 && cross <= b + 2
}

function crosses_front(px, py, x, y,    k, left, right) {
  for (k = 2; k <= on_front; k++) {
    left = front[k - 1]
    right = front[k]
    if (crosses_step(py, y, px, x, point_y[left], point_x[left], point_x[right]) || \
        crosses_step(px, x, py, y, point_x[right], point_y[right], point_y[left]))
      return 1
  }
  return 0
}

# Whether a line from a point would run through a text or the front.
function line_free(px, py, x, y,    k, s, lx, ly) {
  if (crosses_front(px + 0.2 * (x - px), py + 0.2 * (y - py), x, y))
    return 0
  for (s = 0.2; s < 1; s += 0.1)
    for (k = 1; k <= boxes; k++) {
      lx = px + s * (x - px)
      ly = py + s * (y - py)
      if (box[k, "text"] && lx > box[k, "x0"] && lx < box[k, "x1"] && ly > box[k, "y0"] && ly < box[k, "y1"])
        return 0
    }
  return 1
}

# Later texts keep off the line to an earlier one.
function line_add(px, py, x, y,    s) {
  for (s = 0.5; s < 1; s += 0.1)
    box_add(px + s * (x - px) - 1, py + s * (y - py) - 1, px + s * (x - px) + 1, py + s * (y - py) + 1)
}

# The direction that leads away from the points around; to the right where there are none.
function way_out(k, n,    j, dx, dy) {
  dx = dy = 0
  for (j = 1; j <= n; j++)
    if (abs(point_x[j] - point_x[k]) < 40 && abs(point_y[j] - point_y[k]) < 40) {
      dx += point_x[k] - point_x[j]
      dy += point_y[k] - point_y[j]
    }
  return dx == 0 && dy == 0 ? 0 : atan2(dy, dx)
}

function distance_to_text(k, x, y, width,    dx, dy) {
  dx = point_x[k] < x ? x - point_x[k] : point_x[k] > x + width ? point_x[k] - x - width : 0
  dy = abs(point_y[k] - y) > label_height / 2 ? abs(point_y[k] - y) - label_height / 2 : 0
  return sqrt(dx * dx + dy * dy)
}

# Whether a reader would take a text for the name of point k and no other.
function text_is_of(k, n, x, y, width,    j, own) {
  own = distance_to_text(k, x, y, width)
  for (j = 1; j <= n; j++)
    if (j != k && distance_to_text(j, x, y, width) < own * 1.3)
      return 0
  return 1
}

# Whether a text far from its point keeps so far from the others that it is not taken for theirs.
function text_stands_off(k, n, x, y, width,    j) {
  for (j = 1; j <= n; j++)
    if (j != k && distance_to_text(j, x, y, width) < 20)
      return 0
  return 1
}

# Finds room for the name of point k in wider and wider rings, on the way out first. Leaves the left end of the text
# in label_x[k], its middle in label_y[k]. Returns the distance, 0 = no room.
function place_in_rings(k, n, width,    r, a, start, steps, x, y, turn) {
  start = way_out(k, n)
  for (r = 13; r < box_width; r += 10) {
    steps = r < 20 ? 8 : 32
    for (a = 0; a < steps; a++) {
      turn = start + (a % 2 ? 1 : -1) * int((a + 1) / 2) * circle / steps
      x = point_x[k] + r * cos(turn)
      y = point_y[k] + r * sin(turn)
      # the end of the text that is nearer to the point lies on the ring
      label_x[k] = cos(turn) > 0.3 ? x : cos(turn) < -0.3 ? x - width : x - width / 2
      label_y[k] = y
      if (box_free(label_x[k], y - label_height / 2, label_x[k] + width, y + label_height / 2) && \
          (r < 20 ? text_is_of(k, n, label_x[k], y, width) : \
           text_stands_off(k, n, label_x[k], y, width) && line_free(point_x[k], point_y[k], x, y))) {
        add_label(k, width)
        if (r > 20)
          line_add(point_x[k], point_y[k], x, y)
        return r
      }
    }
  }
  return 0
}

function add_label(k, width) {
  box_add(label_x[k], label_y[k] - label_height / 2, label_x[k] + width, label_y[k] + label_height / 2)
  box[boxes, "text"] = 1
}

function add_points(n, order,    k) {
  boxes = 0
  for (k = 1; k <= n; k++) {
    box_add(point_x[k] - 6, point_y[k] - 6, point_x[k] + 6, point_y[k] + 6)
    add_bars(k, order[k])
  }
  # the steps of the front
  for (k = 2; k <= on_front; k++) {
    box_add(point_x[front[k - 1]], point_y[front[k - 1]] - 1, point_x[front[k]], point_y[front[k - 1]] + 1)
    box_add(point_x[front[k]] - 1, point_y[front[k]], point_x[front[k]] + 1, point_y[front[k - 1]])
  }
}

# The points that are near to k, or to such a point: member[1..], in the order of their height.
function crowd_of(k, n, member, crowd,    m, j, i, at) {
  m = 1
  member[1] = k
  crowd[k] = 1
  for (i = 1; i <= m; i++)
    for (j = 1; j <= n; j++)
      if (!(j in crowd) && abs(point_x[j] - point_x[member[i]]) < 30 && abs(point_y[j] - point_y[member[i]]) < 30) {
        crowd[j] = 1
        member[++m] = j
      }
  for (i = 2; i <= m; i++) {
    at = member[i]
    for (j = i; j > 1 && point_y[member[j - 1]] > point_y[at]; j--)
      member[j] = member[j - 1]
    member[j] = at
  }
  return m
}

# Of more than a column has room for, the fastest remain; the others get no name. Returns how many remain.
function fit_column(member, m,    i, slowest, room) {
  for (room = int(box_height / (label_height + 2)) - 1; m > room; m--) {
    slowest = 1
    for (i = 2; i <= m; i++)
      if (member[i] > member[slowest])
        slowest = i
    placed[member[slowest]] = 0
    for (i = slowest; i < m; i++)
      member[i] = member[i + 1]
  }
  return m
}

# The names of a crowd in a column beside it, as high as their points are in it: lines do not cross.
function place_column(member, m, order,    i, k, left, right, width, widest, bottom) {
  m = fit_column(member, m)
  left = box_width
  right = widest = 0
  for (i = 1; i <= m; i++) {
    k = member[i]
    if (point_x[k] < left) left = point_x[k]
    if (point_x[k] > right) right = point_x[k]
    bottom += point_y[k] / m
    width = text_width(shown_in(order[k]))
    if (width > widest) widest = width
  }
  bottom -= (m - 1) / 2 * (label_height + 2)
  if (bottom + (m - 1) * (label_height + 2) > box_height - label_height)
    bottom = box_height - label_height - (m - 1) * (label_height + 2)
  if (bottom < label_height)
    bottom = label_height
  for (i = 1; i <= m; i++) {
    k = member[i]
    width = text_width(shown_in(order[k]))
    label_x[k] = left > widest + 60 ? left - 50 - width : right + 50
    label_y[k] = bottom + (i - 1) * (label_height + 2)
    add_label(k, width)
    placed[k] = 50
  }
}

# Beside the points, or where that leads too far the names of crowds in columns. Returns the longest way.
function place_all(n, order, columns,    k, m, member, crowd, far) {
  split("", placed)
  add_points(n, order)
  for (k = 1; columns && k <= n; k++) {
    split("", member)
    m = k in crowd ? 0 : crowd_of(k, n, member, crowd)
    if (m > 4)
      place_column(member, m, order)
  }
  far = 0
  for (k = 1; k <= n; k++) {
    if (!(k in placed))
      placed[k] = place_in_rings(k, n, text_width(shown_in(order[k])))
    if (placed[k] > far || placed[k] == 0)
      far = placed[k] ? placed[k] : box_width
  }
  return far
}

# One row per name, which TEXT[] holds since data would have to quote it; the line to it ends where its box is nearest to the point.
function write_labels(order, n, p,    k, width, x, y, side, nameless, file) {
  file = folder "/labels-" p ".csv"
  print "series,anchor,x,y,from_x,from_y,to_x,to_y" > file
  if (place_all(n, order, 0) > 60)
    place_all(n, order, 1)
  for (k = 1; k <= n; k++) {
    if (placed[k] == 0) {
      nameless++
      continue
    }
    width = text_width(shown_in(order[k]))
    x = point_x[k] < label_x[k] ? label_x[k] - 2 : point_x[k] > label_x[k] + width ? label_x[k] + width + 2 : point_x[k]
    y = x != point_x[k] ? label_y[k] : point_y[k] < label_y[k] ? label_y[k] - label_height / 2 : label_y[k] + label_height / 2
    side = x > point_x[k] ? "left" : x < point_x[k] ? "right" : "center"
    printf "%d,%s,%.1f,%.1f,", k, side, \
      side == "left" ? label_x[k] : side == "right" ? label_x[k] + width : label_x[k] + width / 2, label_y[k] > file
    if (placed[k] > 20)
      printf "%.1f,%.1f,%.1f,%.1f\n", point_x[k], point_y[k], x, y > file
    else
      print ",,," > file
  }
  close(file)
  if (nameless > 0)
    note(place_text[place[order[1]]] ": trade-off has no room for the names of " nameless " mechanisms")
}

# An axis from what extent() saw, with room for texts at both ends: pixels before and after.
function axis_of(span, before, after,    ratio, px) {
  ratio = extent_high > extent_low * 1.15 ? extent_high / extent_low : 1.15
  px = span - before - after
  axis_low = extent_low * exp(-log(ratio) * before / px)
  axis_high = extent_low * exp(log(ratio) * (1 + after / px))
}

function extent_of(i, name, with_interval) {
  extent(value[i, name])
  if (with_interval) {
    extent(value[i, name "_ci_lo"])
    extent(value[i, name "_ci_hi"])
  }
}

function begin_axes(order, n, p,    k) {
  extent_begin()
  for (k = 1; k <= n; k++)
    extent_of(order[k], "lat_p50_ns", k in candidate)
  axis_of(box_width, box_width / 9, box_width / 4.5)
  x_low = axis_low
  x_high = axis_high
  extent_begin()
  for (k = 1; k <= n; k++)
    extent_of(order[k], "cpu_ns_per_msg", k in candidate)
  axis_of(box_height, box_height / 8, box_height / 4.6)
  y_low = axis_low
  y_high = axis_high
  printf "X_LOW[%d] = %s\nX_HIGH[%d] = %s\nY_LOW[%d] = %s\nY_HIGH[%d] = %s\n", p, real(x_low), p, real(x_high), p, real(y_low), p, \
    real(y_high) > info
}

# order[] is by latency: whatever is cheaper than all before it is beaten by none, candidate[k]. The front leads through those of them
# whose intervals part them from the one before, since those that are tied trade nothing.
function find_front(order, n,    k, i, best) {
  split("", candidate)
  best = on_front = 0
  for (k = 1; k <= n; k++) {
    i = order[k]
    if (k > 1 && value[i, "cpu_ns_per_msg"] + 0 >= best)
      continue
    best = value[i, "cpu_ns_per_msg"] + 0
    candidate[k] = 1
    if (on_front == 0 || (!overlap(order[front[on_front]], i, "lat_p50_ns") && !overlap(order[front[on_front]], i, "cpu_ns_per_msg")))
      front[++on_front] = k
  }
  if (on_front < 2)
    on_front = 0
}

function write_points(order, n, p,    k, i, file) {
  file = folder "/points-" p ".csv"
  print "series,lat_p50_ns,cpu_ns_per_msg" > file
  for (k = 1; k <= n; k++) {
    i = order[k]
    print k "," value[i, "lat_p50_ns"] "," value[i, "cpu_ns_per_msg"] > file
    point_x[k] = pixel(value[i, "lat_p50_ns"], x_low, x_high, box_width)
    point_y[k] = pixel(value[i, "cpu_ns_per_msg"], y_low, y_high, box_height)
  }
  close(file)
  file = folder "/front-" p ".csv"
  print "lat_p50_ns,cpu_ns_per_msg" > file
  for (k = 1; k <= on_front; k++)
    print value[order[front[k]], "lat_p50_ns"] "," value[order[front[k]], "cpu_ns_per_msg"] > file
  close(file)
  file = folder "/bars-" p ".csv"
  print "series,lat_p50_ns,cpu_ns_per_msg,lat_lo,lat_hi,cpu_lo,cpu_hi" > file
  for (k = 1; k <= n; k++) {
    i = order[k]
    # the first is the fastest; it is the cheapest as well if no interval of another reaches its own
    trades = trades || (k > 1 && (k in candidate || !beaten(i, order[1])))
    if (k in candidate && value[i, "lat_p50_ns_ci_lo"] > 0 && value[i, "cpu_ns_per_msg_ci_lo"] > 0 && ++barred)
      print k "," value[i, "lat_p50_ns"] "," value[i, "cpu_ns_per_msg"] "," value[i, "lat_p50_ns_ci_lo"] "," value[i, "lat_p50_ns_ci_hi"] \
        "," value[i, "cpu_ns_per_msg_ci_lo"] "," value[i, "cpu_ns_per_msg_ci_hi"] > file
  }
  close(file)
}

# Whether a row is slower than another and costs more, beyond both intervals.
function beaten(i, by) { return apart(by, i, "lat_p50_ns") && apart(by, i, "cpu_ns_per_msg") }
function apart(a, b, name) { return value[a, name "_ci_hi"] > 0 && value[a, name "_ci_hi"] + 0 < value[b, name "_ci_lo"] + 0 }

# The bars of a point, which names keep off.
function add_bars(k, i) {
  if (!(k in candidate) || !(value[i, "lat_p50_ns_ci_lo"] > 0) || !(value[i, "cpu_ns_per_msg_ci_lo"] > 0))
    return
  box_add(pixel(value[i, "lat_p50_ns_ci_lo"], x_low, x_high, box_width), point_y[k] - 1, \
    pixel(value[i, "lat_p50_ns_ci_hi"], x_low, x_high, box_width), point_y[k] + 1)
  box_add(point_x[k] - 1, pixel(value[i, "cpu_ns_per_msg_ci_lo"], y_low, y_high, box_height), point_x[k] + 1, \
    pixel(value[i, "cpu_ns_per_msg_ci_hi"], y_low, y_high, box_height))
}

# Fewer than three points make no front.
function trade_off_lacks(p, s, title,    why) {
  if (mechanisms(p, "latency", s) < 3) {
    none("trade-off-" p, "trade-off", "it needs round trips of at least three mechanisms")
    return
  }
  why = why_without(p, "latency", s, "lat_p50_ns")
  if (why == "")
    why = why_without(p, "latency", s, "cpu_ns_per_msg")
  lose("trade-off-" p, "trade-off", title, place_text[p], \
    why != "" ? why : "fewer than three mechanisms have a median and a CPU time")
}

function draw_trade_off(p,    i, n, s, title, order) {
  s = compared_size(p, "latency", "lat_p50_ns", 64, 0)
  if (s == 0)
    return
  title = "Round trip of " bytes(s) " against its CPU time"
  n = 0
  for (i = 1; i <= rows; i++)
    if (compares(i, p, "latency", s, "lat_p50_ns") && family[i] != "harness" && value[i, "cpu_ns_per_msg"] > 0)
      n = insert_row(order, n, i, "lat_p50_ns", 0)
  if (n < 3) {
    trade_off_lacks(p, s, title)
    return
  }
  alike(order, n)
  begin("trade-off-" p, "trade-off", title, place_text[p])
  trade_off_panels(order, n)
}

# Those that wait alike have a panel, if there are three of them; the others are told below, or have one together.
function trade_off_panels(order, n,    k, w, p, m, panels, count, list, some, series, rest, fronts) {
  for (k = 1; k <= n; k++)
    if (++count[wait[order[k]]] == 3)
      list[++panels] = wait[order[k]]
  in_panels = panels > 0
  if (!in_panels)
    list[panels = 1] = ""
  # one panel is higher than each of two
  box_height = narrow ? (panels > 1 ? 170 : 215) : panels > 1 ? 300 : 420
  print "PANELS = " panels "\narray PANEL[" panels "]\narray X_LOW[" panels "]\narray X_HIGH[" panels "]\narray Y_LOW[" panels "]\narray Y_HIGH[" \
    panels "]\narray FIRST[" panels "]\narray COUNT[" panels "]" > info
  printf "BOX_WIDTH = %d\nBOX_HEIGHT = %d\n", box_width, box_height > info
  trades = barred = 0
  for (p = 1; p <= panels; p++) {
    m = 0
    split("", some)
    for (k = 1; k <= n; k++)
      if (list[p] == "" || wait[order[k]] == list[p])
        some[++m] = order[k]
    printf "PANEL[%d] = %s\nFIRST[%d] = %d\nCOUNT[%d] = %d\n", p, \
      quoted(in_panels && one_wait == "" ? waiting(list[p]) : ""), p, series[""] + 1, p, m > info
    find_front(some, m)
    begin_axes(some, m, p)
    write_points(some, m, p)
    fronts += on_front
    write_labels(some, m, p)
    for (k = 1; k <= m; k++)
      series[++series[""]] = some[k]
  }
  for (k = 1; k <= n; k++)
    if (in_panels && count[wait[order[k]]] < 3)
      rest = rest (rest == "" ? "" : "; ") waiting(wait[order[k]]) ": " bare[order[k]] ", " \
        unbroken(value[order[k], "lat_p50_ns"]) ", CPU time " unbroken(value[order[k], "cpu_ns_per_msg"])
  print "REST = " quoted(rest) "\nFRONT = " fronts + 0 "\nTRADES = " trades "\nBARS = " barred > info
  end_series(series[""], series)
}

# A time with a no-break space before its unit, for a heading of several lines.
function unbroken(ns,    text) {
  text = human(ns, "ns µs ms s")
  sub(/ /, "\302\240", text)
  return text
}

# The name of a row beside its point.
function shown_in(i) { return in_panels ? bare[i] : shown(i) }
