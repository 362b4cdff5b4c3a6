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

# Where caches end, of those that lie between the sizes: CACHES="L1d=32768 L2=..." of the environment.
function write_caches(    n, i, c, part, kept, name, list) {
  n = split(ENVIRON["CACHES"], c, " ")
  kept = 0
  for (i = 1; i <= n; i++)
    if (split(c[i], part, "=") == 2 && part[2] + 0 >= size_low && part[2] + 0 <= size_high) {
      name[++kept] = word(part[1]) " " bytes(part[2] + 0)
      list[kept] = part[2] + 0
    }
  print "CACHES = " kept "\narray CACHE[" kept + 1 "]\narray CACHE_BYTES[" kept + 1 "]" > info
  for (i = 1; i <= kept; i++)
    printf "CACHE[%d] = %s\nCACHE_BYTES[%d] = %d\n", i, quoted(name[i]), i, list[i] > info
}

# Less than two sizes are no line: because the run has no more, or none that was measured.
function lines_lack(figure, kind, p, m, name, title, measured) {
  if (measured >= 2)
    return 0
  if (count_sizes(p, m, "") < 2)
    none(figure "-" p, kind, "it needs " (m == "latency" ? "round trips" : "throughput") " of at least two sizes")
  else
    lose(figure "-" p, kind, title, setting_text(p, m, ""), \
      measured == 0 ? why_without(p, m, -1, name) : "of several sizes one alone was measured")
  return 1
}

function lines(figure, kind, p, m, name, title,    i, names, of, rates) {
  if (lines_lack(figure, kind, p, m, name, title, count_sizes(p, m, name)))
    return
  begin(figure "-" p, kind, title, setting_text(p, m, ""))
  for (i = 1; i <= rows; i++)
    if (on_line(i, p, m, name))
      series_of(i, of, names)
  begin_series(of[""], "size_bytes,lat_p50_ns,lat_p99_ns,msgs_per_s,bytes_per_s")
  extent_begin()
  for (i = 1; i <= rows; i++) {
    if (!on_line(i, p, m, name))
      continue
    print size[i] "," value[i, "lat_p50_ns"] "," value[i, "lat_p99_ns"] "," value[i, "msgs_per_s"] "," \
      value[i, "bytes_per_s"] > (folder "/series-" of[id[i]] ".csv")
    extent(value[i, name])
    if (m == "latency")
      extent(value[i, "lat_p99_ns"])
    rates = rates || value[i, "msgs_per_s"] > 0
  }
  print "SIZE_LOW = " size_low "\nSIZE_HIGH = " size_high > info
  write_caches()
  if (m == "latency")
    lines_bands(of[""], names)
  else
    print "PANELS = " 1 + rates "\narray VALUE[2] = ['bytes_per_s', 'msgs_per_s']\n" \
      "array SCALE[2] = [1e9, 1e6]\narray AXIS[2] = ['GB/s', 'million messages/s']" > info
  picks(of[""], names, name, m != "latency")
  end_series(of[""], names)
}

# Up to three lines with their bands share a panel; of more, each family has its own.
function lines_bands(n, names,    k, f, panels, panel_of, lines_in, bands) {
  print "LOW = " real(extent_low / 1.4) "\nHIGH = " real(extent_high * 1.4) > info
  panels = 0
  print "array PANEL[" n "]\narray LINES_IN[" n "]" > info
  for (k = 1; k <= n; k++) {
    f = n <= 3 ? "" : family[names[k]]
    if (!(f in panel_of)) {
      panel_of[f] = ++panels
      printf "PANEL[%d] = %s\n", panels, quoted(f) > info
    }
    lines_in[panel_of[f]] = lines_in[panel_of[f]] " " k
    bands += write_band(k, names[k])
  }
  print "BANDS = " bands "\nPANELS = " panels > info
  for (k = 1; k <= panels; k++)
    print "LINES_IN[" k "] = '" lines_in[k] "'" > info
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
