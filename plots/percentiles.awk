# SPDX-License-Identifier: MIT
# The distribution of one size: percentiles.gp.

function distribution(p, s,    k, n, names, title) {
  if (mechanisms(p, "latency", s) == 0)
    return
  title = "Round trip of " bytes(s) " by percentile"
  n = 0
  for (k = 1; k <= curves; k++) {
    if (place["c" k] != p || size["c" k] != s || family["c" k] == "notifications" || family["c" k] == "harness")
      continue
    # a point is not a curve
    if (points_of[k] < 2)
      note(place_text[p] ", " bytes(s) ": " label["c" k] " has too few samples for a percentile curve")
    else
      names[++n] = "c" k
  }
  if (n == 0) {
    lose("percentiles-" p, "percentiles", title, place_text[p], why_empty(p, "latency", s, "lat_p50_ns", "percentiles", \
      "percentiles.csv has no curve of that size"))
    return
  }
  alike(names, n)
  begin("percentiles-" p, "percentiles", title, place_text[p])
  facets_begin(n, names)
  write_curves(n, names)
  facets_end(n, 1, names)
  picks(n, names, "lat_p50_ns", 0)
  end_series(n, names)
}

# Those that wait alike have one axis of percentiles. The median, each further nine and the end are marked by a point.
function write_curves(n, names,    k, c, d, x, w, high, p, file, nine, last) {
  for (k = 1; k <= n; k++) {
    c = substr(names[k], 2)
    w = wait[names[k]]
    file = folder "/series-" k ".csv"
    print "quantile,value_ns,point" > file
    nine = 2
    last = dots[c] - (quantile[c, dots[c]] == 1)
    for (d = 1; d <= dots[c]; d++) {
      x = quantile[c, d] < 1 ? 1 / (1 - quantile[c, d]) : 0
      print quantile[c, d] "," quantile_ns[c, d] "," (x > 0.999999 * nine || d == last) > file
      while (x > 0.999999 * nine)
        nine *= nine == 2 ? 5 : 10
      if (x > high[w]) high[w] = x
      if (x > high[""]) high[""] = x
      # from p10 on, as the figure begins
      if (quantile[c, d] >= 0.1 && x > 0)
        facet_point(k, 1, quantile[c, d], quantile_ns[c, d])
    }
  }
  print "MOST = " real((high[""] > 10 ? high[""] : 10) * 1.2) "\narray HIGH[" facets "]" > info
  for (p = 1; p <= facets; p++)
    printf "HIGH[%d] = %s\n", p, real((high[facet_wait[p]] > 10 ? high[facet_wait[p]] : 10) * 1.2) > info
}
