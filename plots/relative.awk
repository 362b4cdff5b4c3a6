# SPDX-License-Identifier: MIT
# How many times as fast mechanisms are as a baseline, by size: relative.gp. BASELINE of the environment names it; without,
# it is pipe, or else the first mechanism of the run.

function baseline_of(p, m, name,    i, asked, found) {
  asked = ENVIRON["BASELINE"] == "" ? "pipe" : ENVIRON["BASELINE"]
  for (i = 1; i <= rows; i++)
    if (on_line(i, p, m, name)) {
      if (transport[i] == asked)
        return asked
      if (found == "")
        found = transport[i]
    }
  return ENVIRON["BASELINE"] == "" ? found : ""
}

# " pipe, tcp", as many as a line holds.
function all_transports(p, m, name,    i, seen, list) {
  for (i = 1; i <= rows; i++)
    if (on_line(i, p, m, name) && !(transport[i] in seen)) {
      seen[transport[i]] = 1
      list = list (list == "" ? " " : ", ") transport[i]
    }
  return plain(list, 200)
}

# The row that those of one size and one way to wait are compared with: the baseline's that waits alike, else its first. 0 = none.
function base_row(base, p, m, s, w, name,    i, found) {
  for (i = 1; i <= rows; i++)
    if (transport[i] == base && size[i] == s && on_line(i, p, m, name)) {
      if (wait[i] == w)
        return i
      if (!found)
        found = i
    }
  # unlike ways to wait are compared only if that was asked for
  return ENVIRON["BASELINE"] == "" ? 0 : found + 0
}

# What the run has besides the baseline, in the order of columns: sizes in rel_size[], series in rel_series[], of each its
# first row; rel_base[i] is the row that row i is compared with. Returns the number of series.
function relative_rows(base, p, m, name,    i, b, of) {
  rel_sizes = 0
  split("", rel_first)
  split("", rel_base)
  split("", rel_seen)
  for (i = 1; i <= rows; i++) {
    b = on_line(i, p, m, name) ? base_row(base, p, m, size[i], wait[i], name) : 0
    if (b == 0 || id[i] == id[b])
      continue
    rel_base[i] = b
    series_of(i, of, rel_first)
    if (!(size[i] in rel_seen)) {
      rel_seen[size[i]] = 1
      rel_size[++rel_sizes] = size[i]
    }
  }
  sort_numbers(rel_size, rel_sizes)
  return of[""] + 0
}

# The row of a series at a size; 0 = there is none.
function relative_row(first, s,    i) {
  for (i = first; i <= rows; i++)
    if (id[i] == id[first] && size[i] == s && (i in rel_base) && place[i] == place[first] && mode[i] == mode[first])
      return i
  return 0
}

# A row of the figure: all sizes of a series, each a dot.
function relative_series(first, s, name, falling,    k, i, n, y, says) {
  i = relative_row(first, s)
  if (i) {
    compare_rows(i, rel_base[i], name, falling)
    says = (is_tied() ? "= " : "") ratio_text(ratio)
    rel_kinds["tied"] += is_tied()
  }
  for (k = 1; k <= rel_sizes; k++)
    n += relative_row(first, rel_size[k]) > 0
  dots_row(bare[first], says, n < 3 ? 1 : 0.34 * n + 0.3)
  y = dots_y - 0.34 * (n + 1) / 2
  for (k = 1; k <= rel_sizes; k++)
    if ((i = relative_row(first, rel_size[k])) > 0) {
      compare_rows(i, rel_base[i], name, falling)
      rel_kinds[ratio_kind] = 1
      dots_point(y += 0.34, ratio, ratio_lo, ratio_hi, ratio_kind, family[i], k)
    }
}

# The series that wait alike, the best first: in order[1..m]. Returns m.
function relative_order(order, n, w, s, name, falling,    k, i, m) {
  m = 0
  for (k = 1; k <= n; k++) {
    if (wait[rel_first[k]] != w)
      continue
    i = relative_row(rel_first[k], s)
    if (i)
      compare_rows(i, rel_base[i], name, falling)
    value[rel_first[k], "relative"] = i ? ratio : 0
    m = insert_row(order, m, rel_first[k], "relative", 1)
  }
  return m
}

# A figure per way to wait: what spins is so much faster that it would squeeze the others.
function relative_figure(figure, p, m, name, falling, s, title, base, n, w,    k, count, order) {
  begin(figure, "relative", title, setting_text(p, m, ""))
  dots_begin()
  split("", rel_kinds)
  count = relative_order(order, n, w, s, name, falling)
  k = rel_base[order[1]]
  dots_head(waiting(w) ", against " (wait[k] == w ? "" : waiting(wait[k]) " ") bare[k], "at " bytes(s))
  for (k = 1; k <= count; k++)
    relative_series(order[k], s, name, falling)
  dots_extent(0, 0)
  print "SIZES = " rel_sizes "\narray SIZE[" rel_sizes "]" > info
  for (k = 1; k <= rel_sizes; k++)
    printf "SIZE[%d] = %s\n", k, quoted(bytes(rel_size[k])) > info
  print "INTERVALS = " rel_kinds["interval"] + 0 "\nRANGES = " rel_kinds["range"] + 0 "\nTIES = " rel_kinds["tied"] + 0 > info
  dots_end("times as fast as " base, "")
}

function relative(figure, p, m, name, falling, s, title,    k, n, base, seen, w) {
  base = baseline_of(p, m, name)
  title = title " relative to " (base == "" ? plain(ENVIRON["BASELINE"], 40) : base)
  if (base == "") {
    if (why_without(p, m, -1, name) == "")
      lose(figure, "relative", title, setting_text(p, m, ""), \
        "the baseline " plain(ENVIRON["BASELINE"], 40) " was not measured; there are" all_transports(p, m, name))
    return
  }
  n = relative_rows(base, p, m, name)
  if (n == 0)
    none(figure, "relative", "it needs a mechanism besides " base " at the same size")
  s = s in rel_seen ? s : rel_size[1]
  for (k = 1; k <= n; k++) {
    w = wait[rel_first[k]]
    if (!(w in seen))
      relative_figure(figure (w == wait[rel_first[1]] ? "" : "-" w), p, m, name, falling, s, title, base, n, w)
    seen[w] = 1
  }
}

function draw_relative(p,    s) {
  # batches have a figure of their own
  if (p ~ /-batch-[0-9]+(-|$)/)
    return
  s = compared_size(p, "latency", "lat_p50_ns", 64, 0)
  if (s > 0)
    relative("relative-latency-" p, p, "latency", "lat_p50_ns", 0, s, "Round trip")
  s = compared_size(p, "throughput", "bytes_per_s", 65536, 1)
  if (s > 0)
    relative("relative-throughput-" p, p, "throughput", "bytes_per_s", 1, s, "Throughput")
}
