# SPDX-License-Identifier: MIT
# Lines against the size of a message: bands.gp for round trips, by-size.gp for throughput.

function on_line(i, p, m, name) {
  return place[i] == p && size[i] > 0 && family[i] != "harness" && wanted(i, m, 0, name)
}

# How many sizes there are, the least and the greatest of them in size_low and size_high.
function count_sizes(p, m, name,    i, n, seen) {
  n = 0
  for (i = 1; i <= rows; i++) {
    if (!on_line(i, p, m, name) || size[i] in seen)
      continue
    seen[size[i]] = 1
    if (n++ == 0 || size[i] < size_low) size_low = size[i]
    if (n == 1 || size[i] > size_high) size_high = size[i]
  }
  return n
}

# Where caches end, of those that lie between the sizes: CACHES="L1d=32768 L2=..." of the environment. CACHE_NAMES is their text in
# the legend.
function write_caches(    n, i, c, part, kept, names, list) {
  split("", cache_at)
  n = split(ENVIRON["CACHES"], c, " ")
  kept = 0
  for (i = 1; i <= n; i++)
    if (split(c[i], part, "=") == 2 && part[2] + 0 >= size_low && part[2] + 0 <= size_high) {
      names = names (kept ? ", " : "") word(part[1]) " " bytes(part[2] + 0)
      list[++kept] = part[2] + 0
    }
  print "CACHES = " kept "\nCACHE_NAMES = " quoted(names) "\narray CACHE_BYTES[" kept + 1 "]" > info
  for (i = 1; i <= kept; i++) {
    cache_at[i] = size_at(list[i])
    print "CACHE_BYTES[" i "] = " list[i] > info
  }
}

# Less than two sizes are no line: because the run has no more, or none that was measured.
function lines_lack(figure, kind, p, m, name, title, measured) {
  if (measured >= 2)
    return 0
  if (count_sizes(p, m, "") < 2)
    none(figure "-" p, kind, "it needs " (m == "latency" ? "round trips" : "throughput") " of at least two sizes")
  else
    lose(figure "-" p, kind, title, setting_text(p, m, ""), \
      measured == 0 ? why_without(p, m, -1, name) : "only one of several sizes was measured")
  return 1
}

function lines(figure, kind, p, m, name, title,    i, names, of) {
  if (lines_lack(figure, kind, p, m, name, title, count_sizes(p, m, name)))
    return
  for (i = 1; i <= rows; i++)
    if (on_line(i, p, m, name))
      series_of(i, of, names)
  alike(names, of[""])
  begin(figure "-" p, kind, title, setting_text(p, m, ""))
  facets_begin(of[""], names)
  split("", line_values)
  begin_series(of[""], "size_bytes,lat_p50_ns,lat_p99_ns,msgs_per_s,bytes_per_s")
  for (i = 1; i <= rows; i++) {
    if (!on_line(i, p, m, name))
      continue
    print size[i] "," value[i, "lat_p50_ns"] "," value[i, "lat_p99_ns"] "," value[i, "msgs_per_s"] "," \
      value[i, "bytes_per_s"] > (folder "/series-" of[id[i]] ".csv")
    facet_point(of[id[i]], 1, size[i], value[i, name])
    line_value[of[id[i]], ++line_values[of[id[i]]]] = value[i, name]
    line_size[of[id[i]], line_values[of[id[i]]]] = size[i]
    if (m == "latency" && value[i, "lat_p99_ns"] > 0)
      facet_extent(of[id[i]], 1, value[i, "lat_p99_ns"])
  }
  print "SIZE_LOW = " size_low "\nSIZE_HIGH = " size_high > info
  write_caches()
  if (m == "latency")
    lines_bands(of[""], names)
  else
    print "array VALUE[1] = ['bytes_per_s']\narray SCALE[1] = [1e9]\narray AXIS[1] = ['GB/s']" > info
  facets_end(of[""], 1, names)
  if (m != "latency")
    rate_labels()
  picks(of[""], names, name, m != "latency")
  end_series(of[""], names)
}

# Where 1 k/s, 1 M/s and 1 G/s of the diagonals of equal rates are written: right below, the first place from the left that is free.
# RATES[] has an exponent and a size for each label of a panel. Parts of a panel are from 0 to 1, as wide and high as in facets.gp.
function rate_labels(    half, p, e, x, wide, high, letter) {
  half = ENVIRON["HALF"]
  letter = half ? 9.3 : 10
  wide = half || facets == 1 ? (half ? 303 : 628) : 314
  wide = 6.5 * 0.62 * letter / (wide - (half ? 61 : 78) - 0.6 * facet_chars * (half ? 9.3 : 11))
  print "array RATES[" facets "]" > info
  for (p = 1; p <= facets; p++) {
    high = letter / ((half ? 10.5 : 16) * facet_names(p) * (facets > 1 ? 1 : half ? 1.6 : 2.2))
    rate_boxes = 0
    printf "RATES[%d] = '", p > info
    for (e = 3; e <= 9; e += 3)
      for (x = size_low; x <= size_high; x *= sqrt(2))
        if (rate_fits(p, size_at(x) + 0.03, facet_share(p, x * 10 ^ e) - 0.2 * high, wide, high)) {
          printf " %d %s", e, real(x) > info
          break
        }
    print "'" > info
  }
}

function size_at(x) { return log(1.3 * x / size_low) / log(1.69 * size_high / size_low) }

function facet_share(p, y,    w) {
  w = facet_wait[p]
  return log(y / facet_low[w, 1]) / log(facet_high[w, 1] / facet_low[w, 1])
}

# Whether the box right of x and below y is in the panel and free; it is then taken.
function rate_fits(p, x, y, wide, high,    i, j, k) {
  for (i in cache_at)
    if (x < cache_at[i] && cache_at[i] < x + wide)
      return 0
  # the marks of the axes end at 0.06 and 0.12
  if (x < 0.06 || x + wide > 0.98 || y > 0.98 || y - high < 0.12)
    return 0
  for (i = 1; i <= rate_boxes; i++)
    if (x < rate_x[i] + wide && rate_x[i] < x + wide && y > rate_y[i] - high && rate_y[i] > y - high)
      return 0
  for (i = 1; i <= facet_size[p]; i++) {
    k = facet_line[p, i]
    for (j = 1; j < line_values[k]; j++)
      if (crosses(size_at(line_size[k, j]), facet_share(p, line_value[k, j]), size_at(line_size[k, j + 1]), \
          facet_share(p, line_value[k, j + 1]), x, y, wide, high))
        return 0
    # the thin line that leads on to the name
    if (crosses(size_at(facet_tail_x[k, 1]), facet_share(p, facet_tail[k, 1]), 1, facet_end[k, 1], x, y, wide, high))
      return 0
  }
  rate_x[++rate_boxes] = x
  rate_y[rate_boxes] = y
  return 1
}

# Whether a line from (x1, y1) to (x2, y2) comes near the box right of x and below y.
function crosses(x1, y1, x2, y2, x, y, wide, high,    s, at_x, at_y) {
  for (s = 0; s <= 24; s++) {
    at_x = x1 + s / 24 * (x2 - x1)
    at_y = y1 + s / 24 * (y2 - y1)
    if (at_x > x - 0.04 && at_x < x + wide + 0.04 && at_y > y - 1.5 * high && at_y < y + 0.5 * high)
      return 1
  }
  return 0
}

function lines_bands(n, names,    k, bands) {
  for (k = 1; k <= n; k++)
    bands += write_band(k, names[k])
  print "BANDS = " bands + 0 > info
}

# The sizes of a series that have both percentiles: a gap in a band would confuse gnuplot. A series without two of them
# has a band of no height, along its line. Returns whether the band has one.
function write_band(k, first,    i, n, flat, file) {
  for (i = first; i <= rows; i++)
    n += in_band(i, first, "lat_p99_ns")
  flat = n < 2
  file = folder "/band-" k ".csv"
  print "size_bytes,lat_p50_ns,lat_p99_ns" > file
  for (i = first; i <= rows; i++)
    if (in_band(i, first, flat ? "lat_p50_ns" : "lat_p99_ns"))
      print size[i] "," value[i, "lat_p50_ns"] "," value[i, flat ? "lat_p50_ns" : "lat_p99_ns"] > file
  close(file)
  return !flat
}

function in_band(i, first, name) {
  return id[i] == id[first] && on_line(i, place[first], "latency", "lat_p50_ns") && value[i, name] > 0
}
